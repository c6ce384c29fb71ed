//! Whose the lines were, and what became of them, counted together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::dates::Dates;
use super::ends::{End, Ends};
use super::walk::{Birth, Walk};
use super::{Cohort, Fate, Question};
use crate::attribute::AttributeError;
use crate::attribute::added::{added, kind_of_commit};
use crate::attribute::catalog::known;
use crate::attribute::commit::{CommitCache, CommitFacts};
use crate::attribute::crew::Crew;
use crate::attribute::file::attribute;
use crate::attribute::history::Run;
use crate::attribute::kind::{LineAuthor, LineKind};
use crate::attribute::strays::Strays;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::verify::Verifier;

/// The cohorts, and what the commits of their births are like.
pub(super) struct Counted {
    pub(super) cohorts: Vec<Cohort>,
    pub(super) boundary_commits: u64,
}

/// The authors of all lines, by their numbers.
#[derive(Default)]
struct Authors {
    all: Vec<LineAuthor>,
    of_line: Vec<u32>,
    commits: HashMap<usize, Arc<CommitFacts>>,
}

impl Authors {
    fn number(&self, line: u32) -> u32 {
        self.of_line.get(line as usize).copied().unwrap_or_default()
    }

    fn author(&self, number: u32) -> LineAuthor {
        let author = self.all.get(number as usize);
        author.cloned().unwrap_or(LineAuthor::UNATTESTED)
    }
}

/// Counts.
pub(super) fn count(
    question: &Question<'_>,
    walk: &Walk<'_>,
    dates: &Dates,
    ends: &Ends,
) -> Result<Counted, AttributeError> {
    let cache = CommitCache::over_gaps().with_catalog(question.catalog.as_ref());
    let authors = authors(question, walk, &cache)?;
    let kinds = kinds(question, walk, ends, &cache)?;
    let mut cohorts = Vec::new();
    let of_file = |a: &Birth, b: &Birth| a.place == b.place && a.path == b.path;
    for births in walk.births.chunk_by(of_file) {
        let Some(first) = births.first() else {
            continue;
        };
        let path = walk.paths.name(first.path);
        let is_meant = question.paths.is_none_or(|paths| paths.contains(&path[..]));
        let Some(commit) = authors.commits.get(&first.place).filter(|_| is_meant) else {
            continue;
        };
        // By author, what became of them, and the author of what came instead.
        let mut counts: BTreeMap<(u32, End, Option<u32>), (u64, u64)> = BTreeMap::new();
        for line in births
            .iter()
            .flat_map(|birth| birth.first..birth.first + birth.count)
        {
            let (end, standing) = ends.of(line);
            let (end, successor) = match end {
                End::Gone { place, successor } => {
                    let successor = successor.map(|line| authors.number(line));
                    (
                        End::Gone {
                            place,
                            successor: None,
                        },
                        successor,
                    )
                }
                other => (other, None),
            };
            let count = counts
                .entry((authors.number(line), end, successor))
                .or_default();
            count.0 += 1;
            count.1 += standing;
        }
        for ((author, end, successor), (lines, standing)) in counts {
            let author = authors.author(author);
            if !(question.wanted)(commit, &author) {
                continue;
            }
            let fate = match end {
                End::Alive => Fate::Alive { standing },
                End::Unknown => Fate::Unknown,
                End::Gone { place, .. } => Fate::Gone {
                    commit_id: id(walk, place),
                    commit_kind: kinds.get(&place).copied().unwrap_or(LineKind::Unattested),
                    lived_seconds: dates.between(first.place, place),
                    successor: successor.map(|number| authors.author(number)),
                },
            };
            cohorts.push(Cohort {
                commit: Arc::clone(commit),
                path: Arc::clone(&path),
                author,
                lines,
                seen_seconds: dates.between(first.place, 0),
                fate,
            });
        }
    }
    let edges = authors.commits.values().filter(|commit| !commit.is_whole);
    Ok(Counted {
        cohorts,
        boundary_commits: edges.count() as u64,
    })
}

/// Asks whose the lines are, commit by commit.
fn authors(
    question: &Question<'_>,
    walk: &Walk<'_>,
    cache: &CommitCache,
) -> Result<Authors, AttributeError> {
    let by_commit: Vec<&[Birth]> = walk.births.chunk_by(|a, b| a.place == b.place).collect();
    let mut found = crew(question).over(&by_commit, |repo, verifier, births| {
        authors_of(repo, verifier, cache, walk, births)
    })?;
    // The order in which threads were done decides nothing.
    found.sort_unstable_by_key(|(first, _, _)| *first);
    let mut authors = Authors {
        of_line: Vec::with_capacity(walk.born as usize),
        ..Authors::default()
    };
    let mut numbers: HashMap<LineAuthor, u32> = HashMap::new();
    for ((_, facts, lines), births) in found.into_iter().zip(&by_commit) {
        if let (Some(facts), Some(first)) = (facts, births.first()) {
            authors.commits.insert(first.place, facts);
        }
        for (author, count) in lines {
            let number = *numbers.entry(author).or_insert_with_key(|author| {
                authors.all.push(author.clone());
                u32::try_from(authors.all.len() - 1).unwrap_or(u32::MAX)
            });
            authors.of_line.extend(std::iter::repeat_n(number, count));
        }
    }
    Ok(authors)
}

/// Lines of one commit: the number of the first, the commit, and runs of lines by one author.
type Attributed = (u32, Option<Arc<CommitFacts>>, Vec<(LineAuthor, usize)>);

fn authors_of(
    repo: &Repo,
    verifier: &Verifier<'_>,
    cache: &CommitCache,
    walk: &Walk<'_>,
    births: &[Birth],
) -> Result<Attributed, AttributeError> {
    let Some(first) = births.first() else {
        return Ok((0, None, Vec::new()));
    };
    let commit_id = id(walk, first.place);
    let facts = cache.get(repo, verifier, commit_id)?;
    if !facts.judgement.verdict.is_believed() {
        let count = births.iter().map(|birth| birth.count as usize).sum();
        return Ok((
            first.first,
            Some(facts),
            vec![(LineAuthor::UNATTESTED, count)],
        ));
    }
    let run = |birth: &Birth| Run {
        line: u64::from(birth.line) + 1,
        count: u64::from(birth.count),
        commit_id,
        original_path: walk.paths.name(birth.path),
        original_line: u64::from(birth.line) + 1,
    };
    let runs: Vec<Run> = births.iter().map(run).collect();
    let mut lines: Vec<(LineAuthor, usize)> = Vec::new();
    let mut strays = Strays::none();
    let who = (verifier, cache);
    attribute(repo, who, &runs, &mut strays, |_, author, count| {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        match lines.last_mut() {
            Some(last) if last.0 == author => last.1 += count,
            _ => lines.push((author, count)),
        }
    })?;
    Ok((first.first, Some(facts), lines))
}

/// The kinds of the commits that took lines out.
fn kinds(
    question: &Question<'_>,
    walk: &Walk<'_>,
    ends: &Ends,
    cache: &CommitCache,
) -> Result<HashMap<usize, LineKind>, AttributeError> {
    let places: Vec<usize> = ends.places();
    let kinds = crew(question).over(&places, |repo, verifier, place| {
        let facts = cache.get(repo, verifier, id(walk, *place))?;
        if !facts.judgement.verdict.is_believed() {
            return Ok((*place, LineKind::Unattested));
        }
        match added(repo, &facts) {
            Ok(files) => Ok((*place, kind_of_commit(&facts, &files))),
            // What it added is not known, so nobody is known to have written all of it.
            Err(AttributeError::Git(GitError::MissingObject { .. })) => {
                Ok((*place, LineKind::Unattested))
            }
            Err(error) => Err(error),
        }
    })?;
    Ok(kinds.into_iter().collect())
}

fn crew<'a>(question: &Question<'a>) -> Crew<'a> {
    Crew {
        location: question.location,
        threads: question.threads,
        progress: question.progress,
        known_before: known(question.catalog.as_ref()),
        compared: None,
    }
}

fn id(walk: &Walk<'_>, place: usize) -> ObjectId {
    let node = walk
        .graph
        .nodes
        .get(place)
        .or_else(|| walk.graph.nodes.first());
    #[expect(clippy::expect_used, reason = "a graph has its head")]
    node.expect("because a graph is never empty").commit_id
}
