//! Whose the lines of a file are, at the commit that made it what it is.

use std::sync::Arc;

use super::lines::{Cursor, FileSpans, Span, Spans, UNFOLLOWED, push, spans_of};
use super::prepare::Prepared;
use super::removals::LOST;
use super::tree::Content;
use super::walk::{Became, Birth, Visit, Walk};
use crate::attribute::history::batch::{Answer, Hunks, answer, gone};
use crate::attribute::history::lines::{Lines, split};
use crate::git::rename::Gone;
use crate::git::tree::{File, MergeChange, Version};
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

impl Walk<'_> {
    /// Finds whose lines a file has, as `git blame` would; `None` where none is followed.
    pub(super) fn file(
        &mut self,
        repo: &Repo,
        prepared: &Prepared,
        visit: &mut Visit<'_>,
        change: &MergeChange,
        (path, new): (u32, Version),
        is_in_range: bool,
    ) -> Result<Option<(Spans, Content)>, GitError> {
        // Who has the path: the file as it is here, or an older one.
        let mut older: Vec<Option<(u32, ObjectId)>> = Vec::new();
        for (old, tree) in change.old.iter().zip(&visit.trees) {
            let old = old.filter(|old| old.is_file());
            if old.is_some_and(|old| old.id == new.id) {
                return Ok(owned(tree.any(path)));
            }
            older.push(old.map(|old| (path, old.id)));
        }
        // Who has the file under another path. Also a parent of which nothing is followed takes
        // lines before those behind it.
        let matters = is_in_range || visit.trees.iter().any(|tree| !tree.is_empty());
        for (number, old) in change.old.iter().enumerate() {
            let tree = visit.trees.get(number);
            if old.is_some() || !matters {
                continue;
            }
            let source = match self.rename(repo, prepared, visit, number, (&change.path, new))? {
                Ok(Some(source)) => source,
                Ok(None) => continue,
                Err(_) => {
                    // Which of those that are gone it was cannot be known.
                    if visit.is_lost.insert(number) {
                        let gone = visit.changes.iter().filter(|change| change.new.is_none());
                        let gone = gone.map(|change| (number, self.paths.number(&change.path)));
                        visit.lost.extend(gone);
                    }
                    self.unread += 1;
                    return Ok(None);
                }
            };
            let source_path = self.paths.number(&source.path);
            self.paths.rename(source_path, path);
            if source.version.id == new.id {
                return Ok(owned(tree.and_then(|tree| tree.any(source_path))));
            }
            if let Some(older) = older.get_mut(number) {
                *older = Some((source_path, source.version.id));
            }
        }
        let is_followed = |(number, older): (usize, &Option<(u32, ObjectId)>)| {
            let tree = visit.trees.get(number);
            tree.zip(*older)
                .is_some_and(|(tree, (path, _))| tree.any(path).is_some())
        };
        let is_any_followed = older.iter().enumerate().any(is_followed);
        if !is_in_range && !is_any_followed {
            return Ok(None);
        }
        let text = match prepared.text(repo, new.id)? {
            // What comes while a file is a binary is no line.
            Ok(text) if text.content == Content::Binary && !is_any_followed => return Ok(None),
            Ok(text) => text,
            Err(_) => {
                self.unread += 1;
                let all = older.iter().enumerate();
                visit
                    .lost
                    .extend(all.filter_map(|(n, older)| Some((n, (*older)?.0))));
                return Ok(None);
            }
        };
        let is_born = is_in_range && text.content == Content::Text;
        let lines = (path, new.id, text.lines);
        let spans = self.lines(repo, prepared, visit, lines, &older, is_born)?;
        Ok(spans.map(|spans| (spans, text.content)))
    }

    /// Gives each line of a file to the first parent that has it, or to the commit.
    fn lines(
        &mut self,
        repo: &Repo,
        prepared: &Prepared,
        visit: &mut Visit<'_>,
        (path, blob_id, count): (u32, ObjectId, u32),
        older: &[Option<(u32, ObjectId)>],
        is_born: bool,
    ) -> Result<Option<Spans>, GitError> {
        let mut pieces: Vec<(u32, Span)> = Vec::new();
        let mut left = Vec::new();
        // Where a parent cannot be compared, it cannot be said which lines are new.
        let mut is_known = true;
        if count > 0 {
            left.push(Lines {
                file: 0,
                line: 0,
                old_line: 0,
                count,
            });
        }
        for (number, older) in older.iter().enumerate() {
            let (Some((old_path, old_id)), Some(tree)) = (older, visit.trees.get(number)) else {
                continue;
            };
            let hunks: Hunks = prepared.hunks(repo, (*old_id, blob_id))?;
            let Ok(hunks) = hunks else {
                visit.lost.insert((number, *old_path));
                is_known = false;
                continue;
            };
            let (passed, kept) = split(&left, &hunks);
            let old = tree.any(*old_path).map(|(spans, _)| spans);
            let mut old = Cursor::new(spans_of(old));
            for lines in passed {
                let mut spans = Vec::new();
                old.copy(&mut spans, lines.old_line, lines.count);
                let mut at = lines.line;
                for span in spans {
                    pieces.push((at, span));
                    at += span.count;
                }
            }
            visit
                .became
                .entry((number, *old_path))
                .or_insert(Became { hunks, path });
            left = kept;
        }
        self.unread += u64::from(!is_known);
        for lines in left {
            let first = if is_born && is_known {
                self.bear(visit.place, path, lines)
            } else {
                UNFOLLOWED
            };
            let count = lines.count;
            pieces.push((lines.line, Span { first, count }));
        }
        pieces.sort_unstable_by_key(|(line, _)| *line);
        let mut spans = Vec::with_capacity(pieces.len());
        for (_, span) in pieces {
            push(&mut spans, span);
        }
        let is_followed = spans.iter().any(|span| span.is_followed());
        let made = visit.place;
        Ok(is_followed.then(|| Arc::new(FileSpans { made, all: spans })))
    }

    fn bear(&mut self, place: usize, path: u32, lines: Lines) -> u32 {
        let first = self.born;
        // Numbers end before those that mean something else.
        if LOST - first <= lines.count {
            return UNFOLLOWED;
        }
        self.born += lines.count;
        self.births.push(Birth {
            first,
            count: lines.count,
            place,
            path,
            line: lines.old_line,
        });
        first
    }

    /// Returns which file of a parent a new one was.
    fn rename(
        &self,
        repo: &Repo,
        prepared: &Prepared,
        visit: &Visit<'_>,
        number: usize,
        (path, new): (&[u8], Version),
    ) -> Result<Answer<Option<File>>, GitError> {
        if number == 0
            && let Some(known) = prepared.rename(visit.place, path)
        {
            return Ok(known);
        }
        let Some(gone) = visit.gone.get(number) else {
            return Ok(Ok(None));
        };
        if gone.get().is_none() {
            let found = self.gone(repo, visit, number)?;
            gone.get_or_init(|| found);
        }
        match gone.get() {
            Some(Ok(gone)) => answer(gone.source(repo, path, new).map(Option::<&_>::cloned)),
            Some(Err(obstacle)) => Ok(Err(*obstacle)),
            None => Ok(Ok(None)),
        }
    }

    /// The files that a parent has and the commit has not, if what became of them matters.
    fn gone(
        &self,
        repo: &Repo,
        visit: &Visit<'_>,
        number: usize,
    ) -> Result<Answer<Gone>, GitError> {
        if number == 0 {
            // They were not looked for where nothing seemed to be followed; then they matter only
            // to a merge.
            let is_merge = visit.parents.len() > 1;
            let tree = visit.trees.first();
            let is_followed = |change: &MergeChange| {
                let path = self.paths.known(&change.path);
                change.new.is_none()
                    && tree
                        .zip(path)
                        .is_some_and(|(tree, path)| tree.any(path).is_some())
            };
            let matters = is_merge || visit.changes.iter().any(is_followed);
            return Ok(Ok(gone(if matters { visit.changes } else { &[] }, 0)));
        }
        let place = visit.parents.get(number);
        let (Some(node), Some(parent)) = (
            self.graph.nodes.get(visit.place),
            place.and_then(|place| self.graph.nodes.get(*place)),
        ) else {
            return Ok(Ok(gone(&[], 0)));
        };
        let changes = repo.changed_paths_over_first_parent(&[parent.tree_id], node.tree_id);
        Ok(answer(changes)?.map(|changes| gone(&changes, 0)))
    }
}

fn owned(lines: Option<(&Spans, Content)>) -> Option<(Spans, Content)> {
    lines.map(|(spans, content)| (Arc::clone(spans), content))
}
