//! `Importer`: from what was found to signed records in the notes.
//!
//! Takes what a source found, and a key. Each commit is read and compared with its parents on all
//! threads; then everything that is new is attached in one notes commit.
//!
//! # What is not checked
//!
//! Whether the source tells the truth: the record says that it was imported, and from then on it is
//! its signer's word that it was there.

use std::collections::{HashMap, HashSet};

use super::maker::{Maker, Outcome};
use super::spread::Spread;
use super::{Found, ImportError, Refusal};
use crate::clock::Clock;
use crate::git::{IdentityRole, Person, Repo};
use crate::key::SigningKey;
use crate::record::Recorder;
use crate::store::{Entry, Notes};
use crate::trust::Trust;

/// What importing works with.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct Importer<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Who signs.
    pub key: &'a SigningKey,
    /// When the notes commit is made.
    pub clock: &'a dyn Clock,
    /// What writes the records.
    pub recorder: Recorder,
    /// Over how many threads, and who is told.
    pub spread: Spread<'a>,
    /// Whether to say what would be, and write nothing.
    pub dry_run: bool,
}

/// What became of everything that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many things were found; the sum of the three that follow.
    pub found: u64,
    /// How many became records, or would.
    pub imported: u64,
    /// How many are records already.
    pub unchanged: u64,
    /// Which were not taken over, and why.
    pub refused: Vec<Refused>,
    /// How many lines the new records claim.
    pub lines: u64,
    /// How many lines were claimed that their commits do not add.
    pub not_added: u64,
    /// How many lines a human wrote by the source's word.
    pub human_lines: u64,
}

/// One thing that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands; escaped.
    pub place: String,
    /// Why.
    pub refusal: Refusal,
}

impl Importer<'_> {
    /// Makes records of everything that was found, and attaches those that are new.
    ///
    /// # Errors
    ///
    /// [`ImportError`] when the repository cannot be read or written. Nothing was written then.
    pub fn import(&self, found: Vec<Found>) -> Result<Summary, ImportError> {
        let trust = Trust::load(self.repo)?;
        let maker = Maker {
            key: self.key,
            recorder: self.recorder.clone(),
            trust: trust.map(|trust| (trust.root_id(), trust.version())),
        };
        let outcomes = self
            .spread
            .over(self.repo, &found, |desk, found| match &found.said {
                Ok(said) => maker.outcome(desk, said),
                Err(refusal) => Ok(Outcome::Refused(refusal.clone())),
            })?;
        let mut summary = Summary {
            found: found.len() as u64,
            ..Summary::default()
        };
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        let mut places = HashMap::new();
        for (found, outcome) in found.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Refused(refusal) => summary.refused.push(Refused {
                    place: found.place,
                    refusal,
                }),
                Outcome::Unchanged => summary.unchanged += 1,
                // The same thing stands in two places.
                Outcome::New { entry, .. } if !seen.insert(entry.line.clone()) => {
                    summary.unchanged += 1;
                }
                Outcome::New {
                    entry,
                    cut,
                    human_lines,
                } => {
                    summary.imported += 1;
                    summary.lines += cut.claimed;
                    summary.not_added += cut.not_added;
                    summary.human_lines += human_lines;
                    places.insert(entry.line.clone(), found.place);
                    entries.push(entry);
                }
            }
        }
        if !self.dry_run && !entries.is_empty() {
            for line in self.attach(&entries)? {
                summary.imported = summary.imported.saturating_sub(1);
                summary.refused.push(Refused {
                    place: places.remove(&line).unwrap_or_default(),
                    refusal: Refusal::NoteFull,
                });
            }
        }
        Ok(summary)
    }

    /// Attaches everything, and gives back the lines for which a note has no room.
    fn attach(&self, entries: &[Entry]) -> Result<Vec<Vec<u8>>, ImportError> {
        let config = self.repo.config()?;
        let identity = config.identity(IdentityRole::Committer, self.repo.location())?;
        let committer = Person {
            name: identity.name.into_bytes(),
            email: identity.email.into_bytes(),
            seconds: self.clock.now().unix_seconds(),
            offset_minutes: 0,
        };
        let notes = Notes::open(self.repo, &config.settings()?.notes_ref);
        let appended = notes.append_all(entries, &committer, config.fsync_policy()?)?;
        let refused = appended.refused.into_iter();
        Ok(refused.map(|refused| refused.entry.line).collect())
    }
}
