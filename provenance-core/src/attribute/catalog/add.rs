//! Adding what was read to what is kept.

use super::entry::{Author, Entry, Inferred, StoredInference};
use super::stored::{Place, Row, Said, Stored};
use super::{Catalog, News};
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::table::Map;

impl Catalog {
    /// Writes what is new to the file, if anything is. That it cannot be written is no error: it is
    /// read again the next time.
    pub fn save(&self) {
        let news = std::mem::take(&mut *self.news());
        let Some(file) = &self.file else {
            return;
        };
        if news.entries.is_empty() && news.patches.is_empty() {
            return;
        }
        if let Some(stored) = self.with(news) {
            stored.write(file, self.circumstances);
        }
    }

    /// Returns what is kept and what is new; `None` where it is too much to be kept.
    fn with(&self, mut news: News) -> Option<Stored> {
        let live: usize = self
            .stored
            .places
            .iter()
            .map(|place| place.length as usize)
            .sum();
        let is_void = self.rules.is_some() && self.stored.rules != self.rules;
        // Rows that took the place of others stand behind them, until they are as many.
        let mut all = if is_void || self.stored.rows.len() > live.saturating_mul(2) {
            self.anew()?
        } else {
            Addition::to(self.stored.clone(), self.numbers.clone())
        };
        if self.rules.is_some() {
            all.stored.rules = self.rules;
        }
        let mut entries: Vec<_> = news.entries.into_iter().collect();
        entries.sort_unstable_by_key(|(commit_id, _)| *commit_id);
        for (commit_id, entry) in entries {
            let patch = news.patches.remove(&commit_id);
            let known = || crate::verify::KnownPatches::patch(self, commit_id);
            all.put(commit_id, &entry, patch.or_else(known))?;
        }
        for (commit_id, patch) in news.patches {
            let row = self.numbers.get(&commit_id);
            let row = row.and_then(|number| self.stored.row(*number));
            if let Some(entry) = row.and_then(|row| self.entry(&row)) {
                all.put(commit_id, &entry, Some(patch))?;
            }
        }
        Some(all.stored)
    }

    /// Returns the same rows, written anew.
    fn anew(&self) -> Option<Addition> {
        let mut all = Addition::to(Stored::default(), Map::default());
        all.stored.rules = self.stored.rules;
        for (commit_id, number) in self.stored.ids.iter().zip(0..) {
            let row = self.stored.row(number);
            if let Some(entry) = row.and_then(|row| self.entry(&row)) {
                let patch = crate::verify::KnownPatches::patch(self, *commit_id);
                all.put(*commit_id, &entry, patch)?;
            }
        }
        Some(all)
    }
}

/// What is kept, while more is added.
struct Addition {
    stored: Stored,
    numbers: Map<ObjectId, u32>,
    people: Map<Author, u32>,
    inferences: Map<StoredInference, u32>,
}

impl Addition {
    fn to(stored: Stored, numbers: Map<ObjectId, u32>) -> Self {
        Self {
            people: stored.people.iter().cloned().zip(0..).collect(),
            inferences: stored.inferences.iter().cloned().zip(0..).collect(),
            stored,
            numbers,
        }
    }

    fn put(&mut self, commit_id: ObjectId, entry: &Entry, patch: Option<Digest>) -> Option<()> {
        let parents = entry.parent_ids.iter();
        let parents: Option<Vec<u32>> = parents.map(|id| self.number(*id)).collect();
        let moment = |moment: super::Moment| (moment.seconds, moment.offset_minutes);
        let inferred = match &entry.inferred {
            Inferred::NotAsked => 0,
            Inferred::Asked(None) => 1,
            Inferred::Asked(Some(inference)) => {
                let (known, all) = (&mut self.inferences, &mut self.stored.inferences);
                number(known, all, &(&**inference).into())?.checked_add(2)?
            }
        };
        let row = Row {
            said: Said {
                is_pinned: entry.is_pinned,
                inferred,
            },
            parents: parents?,
            author: number(&mut self.people, &mut self.stored.people, &entry.author)?,
            author_moment: moment(entry.author_moment),
            commit_moment: moment(entry.commit_moment),
            title: &entry.title,
            patch: patch.as_ref().map(|patch| patch.as_bytes().as_slice()),
        };
        let start = u32::try_from(self.stored.rows.len()).ok()?;
        postcard::to_io(&row, &mut self.stored.rows).ok()?;
        let end = u32::try_from(self.stored.rows.len()).ok()?;
        let own = self.number(commit_id)?;
        let place = self.stored.places.get_mut(own as usize)?;
        *place = Place {
            start,
            length: end - start,
        };
        Some(())
    }

    /// The number of a commit; it has one from now on.
    fn number(&mut self, commit_id: ObjectId) -> Option<u32> {
        if let Some(known) = self.numbers.get(&commit_id) {
            return Some(*known);
        }
        let number = u32::try_from(self.stored.ids.len()).ok()?;
        self.stored.ids.push(commit_id);
        self.stored.places.push(Place::default());
        self.numbers.insert(commit_id, number);
        Some(number)
    }
}

/// The number of what is in a table, or is from now on.
fn number<T: Clone + Eq + std::hash::Hash>(
    known: &mut Map<T, u32>,
    all: &mut Vec<T>,
    one: &T,
) -> Option<u32> {
    if let Some(known) = known.get(one) {
        return Some(*known);
    }
    let next = u32::try_from(all.len()).ok()?;
    all.push(one.clone());
    known.insert(one.clone(), next);
    Some(next)
}
