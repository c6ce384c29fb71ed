//! `Touched`: the files that a commit changes and an agent had to do with.
//!
//! Takes a scene and the journal; gives the chain of each such file, brought up to the commit, with
//! the lines that the commit adds.

use std::sync::Arc;

use super::CaptureError;
use super::chain::{FileChain, Labels, content};
use super::converted::{self, Told};
use super::fold::Watched;
use super::lines::Label;
use super::observe::Scene;
use super::relatives::Relatives;
use super::running::{Running, commands};
use super::site::Site;
use super::states::MAX_TEXT_BYTES;
use crate::git::added::{AddedLines, is_lfs_pointer};
use crate::git::diff;
use crate::git::tree::{MergeChange, Version};
use crate::git::{GitError, Repo};
use crate::record::{Extent, LineRange, UnknownLines};
use crate::repo_path::RepoPath;

/// So many steps of one file are not gone through twice.
const MANY_STEPS: usize = 8;

/// One file that the commit changes and an agent had to do with.
pub(super) struct Touched {
    pub(super) path: RepoPath,
    pub(super) chain: FileChain,
    pub(super) added: AddedLines,
    pub(super) blob: Option<Arc<[u8]>>,
    /// Whose the lines of the blob are.
    pub(super) labels: Labels,
    /// Whether a line that has no label may be an agent's all the same.
    pub(super) is_doubtful: bool,
}

impl Touched {
    /// The added lines whose author cannot be told.
    pub(super) fn doubtful(&self) -> Option<UnknownLines> {
        let (Labels::Lines(labels), AddedLines::Ranges(ranges)) = (&self.labels, &self.added)
        else {
            return None;
        };
        let added = ranges.iter().flat_map(|(first, last)| *first..=*last);
        let open = added.filter(|line| {
            let label = (*line as usize)
                .checked_sub(1)
                .and_then(|at| labels.get(at));
            label.is_none_or(|label| label.key().is_none())
        });
        let lines: Vec<u64> = open.map(u64::from).collect();
        (self.is_doubtful && !lines.is_empty()).then(|| UnknownLines {
            path: self.path.clone(),
            lines: Extent::Lines(LineRange::from_lines(lines)),
        })
    }

    /// Answers whether every line that the commit adds is an agent's.
    pub(super) fn is_settled(&self) -> bool {
        let (Labels::Lines(labels), AddedLines::Ranges(ranges)) = (&self.labels, &self.added)
        else {
            return matches!(self.labels, Labels::Whole(_));
        };
        let mut added = ranges.iter().flat_map(|(first, last)| *first..=*last);
        added.all(|line| {
            let label = (line as usize).checked_sub(1).and_then(|at| labels.get(at));
            matches!(label, Some(Label::Ai(_) | Label::Mixed(_)))
        })
    }
}

pub(super) fn changes(repo: &Repo, scene: &Scene<'_>) -> Result<Vec<MergeChange>, CaptureError> {
    if scene.parent_tree_ids.len() > 1 {
        return Ok(repo.changed_paths_of_merge(scene.parent_tree_ids, scene.tree_id)?);
    }
    let parent = scene.parent_tree_ids.first().copied();
    let changes = repo.changed_paths(parent, Some(scene.tree_id))?;
    Ok(changes
        .into_iter()
        .map(|change| MergeChange {
            path: change.path,
            old: vec![change.old],
            new: change.new,
        })
        .collect())
}

/// Brings the chains of the changed files up to the commit.
pub(super) fn gather(
    site: &Site<'_>,
    scene: &Scene<'_>,
    watched: &Watched,
    running: &[Running],
) -> Result<Vec<Touched>, CaptureError> {
    let commands = commands(site, running)?;
    let mut files = Vec::new();
    let changes = changes(&site.repo, scene)?;
    let mut relatives = Relatives::new(site, scene.now, &changes);
    for change in changes {
        // Names that no record can hold are not claimed.
        let Ok(path) = RepoPath::new(change.path) else {
            continue;
        };
        let mut chain = FileChain::open(site, &path);
        if chain.replay(site, &watched.steps) >= MANY_STEPS {
            chain.keep_early(site, watched.end)?;
        }
        chain.count_out(&watched.used);
        let is_new = change.old.iter().all(Option::is_none);
        let kin = relatives.of(watched, &path, is_new);
        let unfinished = watched.announced.of_file(&path);
        let is_known = !chain.is_empty() || !kin.is_empty();
        if !is_known && commands.is_empty() && unfinished.is_empty() {
            continue;
        }
        let blob = blob(&site.repo, change.new)?;
        let is_text = blob
            .as_deref()
            .is_some_and(|blob| !diff::is_binary(blob) && !is_lfs_pointer(blob));
        if is_text {
            for command in &commands {
                command.observe(site, &path, &mut chain, blob.as_deref().unwrap_or_default());
            }
            // Whether the edit was done, and by whom what is new since was written, nobody saw.
            for (by, state) in &unfinished {
                let text = blob.as_deref().unwrap_or_default();
                if let Some(before) = content(site, state).filter(|before| before != text) {
                    chain.observe_commit(by, true, &before, text);
                }
            }
        }
        let text = blob.as_deref().filter(|_| is_text);
        let told = match text.zip(change.new) {
            Some((text, version)) => converted::settle(site, &path, &chain, (version.id, text))?,
            None => Told::Plainly(chain.settle(None)),
        };
        let (mut labels, is_doubtful) = match told {
            Told::Plainly(labels) => (labels, false),
            Told::InPart(labels) => (labels, true),
        };
        if let Some(text) = text {
            for relative in &kin {
                chain.borrow(&mut labels, relative, text);
            }
        }
        if chain.is_empty() {
            continue;
        }
        let added = match change.new {
            Some(version) => site.repo.added_to_file(&change.old, version)?,
            None => AddedLines::Ranges(Vec::new()),
        };
        files.push(Touched {
            path,
            chain,
            added,
            blob,
            labels,
            is_doubtful,
        });
    }
    Ok(files)
}

/// Reads a file's content; `None` where there is none that fits.
pub(super) fn blob(
    repo: &Repo,
    version: Option<Version>,
) -> Result<Option<Arc<[u8]>>, CaptureError> {
    let Some(version) = version.filter(|version| version.is_file()) else {
        return Ok(None);
    };
    match repo.blob(version.id, MAX_TEXT_BYTES) {
        Ok(blob) => Ok(Some(blob)),
        Err(GitError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
