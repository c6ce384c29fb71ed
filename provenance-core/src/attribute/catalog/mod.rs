//! `Catalog`: what commits say of themselves and what they change, kept from one run to the next.
//!
//! Takes commits as they are read, and gives what was read of them before: parents, people, dates,
//! titles, what their messages let one conclude, and the digests of their changes. A commit never
//! changes, so whoever counts a whole history reads only the commits that are new.
//!
//! # Invariants
//!
//! - What is kept follows from the objects alone, and from the rules of inference whose digest is
//!   kept with it.
//! - A commit on which a note is, or that pins a record, is read and judged each time. Of another
//!   nothing can be believed, and that is all that is taken from here.
//! - A patch that is kept only saves working it out. Where it speaks against a record, it is worked
//!   out ([`KnownPatches`]).
//! - A commit whose parents are not all here, and one at the boundary of a shallow clone, are not
//!   kept.
//!
//! # What is not checked
//!
//! Whether somebody who can write to the file lies in it: then counts can be wrong. `verify`, `show`
//! and `log` never read it.

mod add;
mod entry;
mod population;
mod stored;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use self::entry::{Author, Entry, Inferred};
use self::stored::{Row, Said, Stored};
use super::commit::{CommitFacts, KnownCommits, Moment, Unspoken};
use super::kept::circumstances;
use crate::digest::Digest;
use crate::git::{GitError, RawCommit, Repo, trailer};
use crate::infer::{Inference, Rules};
use crate::object_id::ObjectId;
use crate::table::Map;
use crate::verify::KnownPatches;

/// What is known of commits.
#[derive(Debug)]
pub struct Catalog {
    file: Option<PathBuf>,
    circumstances: Digest,
    boundary: HashSet<ObjectId>,
    /// The rules by which is concluded now; `None` where nobody asks.
    rules: Option<Digest>,
    stored: Stored,
    /// The same as in `stored`, by their numbers.
    inferences: Vec<Arc<Inference>>,
    numbers: Map<ObjectId, u32>,
    news: Mutex<News>,
}

/// What was read in this run.
#[derive(Debug, Default)]
struct News {
    entries: Map<ObjectId, Entry>,
    patches: Map<ObjectId, Digest>,
}

impl Catalog {
    /// Opens the catalog in `file`; without one, or without a file there, nothing is known yet.
    /// With rules it knows what they let one conclude.
    ///
    /// # Errors
    ///
    /// [`GitError::State`] when the boundary of a shallow clone cannot be read.
    pub fn open(repo: &Repo, file: Option<&Path>, rules: Option<&Rules>) -> Result<Self, GitError> {
        let circumstances = circumstances(repo)?;
        let stored = file.and_then(|file| Stored::read(file, circumstances));
        let stored = stored.unwrap_or_default();
        let numbers = stored.ids.iter().copied().zip(0..).collect();
        let inferences = stored.inferences.iter();
        let inferences = inferences.map(|inference| Arc::new(inference.into()));
        Ok(Self {
            inferences: inferences.collect(),
            file: file.map(Path::to_owned),
            circumstances,
            boundary: repo.shallow_boundary()?,
            rules: rules.map(Rules::digest),
            stored,
            numbers,
            news: Mutex::default(),
        })
    }

    /// What a row says, without the patch. What was concluded by other rules is not asked yet.
    fn entry(&self, row: &Row<'_>) -> Option<Entry> {
        let parents = row.parents.iter();
        let parents = parents.map(|number| self.stored.ids.get(*number as usize).copied());
        let moment = |(seconds, offset_minutes)| Moment {
            seconds,
            offset_minutes,
        };
        Some(Entry {
            parent_ids: parents.collect::<Option<_>>()?,
            author: self.stored.people.get(row.author as usize)?.clone(),
            author_moment: moment(row.author_moment),
            commit_moment: moment(row.commit_moment),
            title: row.title.to_owned(),
            is_pinned: row.said.is_pinned,
            inferred: self.inferred(row.said)?,
        })
    }

    fn inferred(&self, said: Said) -> Option<Inferred> {
        let holds = self.rules.is_none() || self.stored.rules == self.rules;
        Some(match said.inferred {
            0 => Inferred::NotAsked,
            _ if !holds => Inferred::NotAsked,
            1 => Inferred::Asked(None),
            number => {
                let inference = self.inferences.get(number as usize - 2)?;
                Inferred::Asked(Some(Arc::clone(inference)))
            }
        })
    }

    fn news(&self) -> std::sync::MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The catalog, where there is one, as what is known of commits.
pub(super) fn known(catalog: Option<&Arc<Catalog>>) -> Option<Arc<dyn KnownCommits>> {
    let catalog = catalog.map(Arc::clone);
    catalog.map(|catalog| catalog as Arc<dyn KnownCommits>)
}

impl KnownCommits for Catalog {
    fn unspoken(&self, commit_id: ObjectId) -> Option<Unspoken> {
        let said = self.stored.said(*self.numbers.get(&commit_id)?)?;
        match self.inferred(said)? {
            _ if said.is_pinned => None,
            _ if self.rules.is_none() => Some(Unspoken::default()),
            Inferred::Asked(inferred) => Some(Unspoken { inferred }),
            Inferred::NotAsked => None,
        }
    }

    fn facts(&self, commit_id: ObjectId) -> Option<CommitFacts> {
        let Unspoken { inferred } = self.unspoken(commit_id)?;
        let row = self.stored.row(*self.numbers.get(&commit_id)?)?;
        let entry = self.entry(&row)?;
        Some(CommitFacts {
            parent_ids: entry.parent_ids,
            author: entry.author.identity,
            author_name: entry.author.name,
            author_moment: entry.author_moment,
            commit_moment: entry.commit_moment,
            title: entry.title,
            inferred,
            ..CommitFacts::unspoken(commit_id)
        })
    }

    fn add(&self, raw: &RawCommit, facts: &CommitFacts) {
        if self.file.is_none() || self.boundary.contains(&raw.id) {
            return;
        }
        let known = || {
            let row = self.stored.row(*self.numbers.get(&raw.id)?)?;
            self.entry(&row)
        };
        let known = known();
        // Of what is believed nothing is concluded.
        let is_asked = self.rules.is_some() && !facts.judgement.verdict.is_believed();
        let concluded_before = known.as_ref().map(|known| known.inferred.clone());
        let entry = Entry {
            parent_ids: raw.parent_ids.clone(),
            author: Author {
                name: facts.author_name.clone(),
                identity: facts.author.clone(),
            },
            author_moment: facts.author_moment,
            commit_moment: facts.commit_moment,
            title: facts.title.clone(),
            is_pinned: trailer::pins(&raw.message) != trailer::Pins::Listed(Vec::new()),
            inferred: if is_asked {
                Inferred::Asked(facts.inferred.clone())
            } else {
                concluded_before.unwrap_or(Inferred::NotAsked)
            },
        };
        if known.as_ref() != Some(&entry) {
            self.news().entries.insert(raw.id, entry);
        }
    }
}

impl KnownPatches for Catalog {
    fn patch(&self, commit_id: ObjectId) -> Option<Digest> {
        let row = self.stored.row(*self.numbers.get(&commit_id)?)?;
        row.patch?.try_into().ok().map(Digest::from_bytes)
    }

    fn learn(&self, commit_id: ObjectId, patch: Digest) {
        if self.file.is_some() {
            self.news().patches.insert(commit_id, patch);
        }
    }
}
