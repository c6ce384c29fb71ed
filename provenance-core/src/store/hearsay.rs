//! `Hearsay`: the authoring statement that a line of a note has, unverified; and where in the notes
//! a record stands.
//!
//! Takes lines and gives statements that nobody has checked: enough to find a record and to name
//! it, never to believe it. What is no authoring statement about a commit is passed over.
//!
//! # What is not checked
//!
//! Signatures, and whether the record is about the commit on whose note it was found.

use super::{Notes, StoreError};
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::record::{Kind, RecordId, Statement, Subject};
use crate::seal::Envelope;

/// A line of a note, and the authoring statement that it claims to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearsay {
    /// The record's id.
    pub record_id: RecordId,
    /// The commit that it names as its subject.
    pub about: ObjectId,
    /// The statement.
    pub statement: Statement,
    /// The line, without its line feed.
    pub line: Vec<u8>,
}

/// What a walk over all notes found, and what it could not see.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The records that were asked for, one entry for each line.
    pub records: Vec<Hearsay>,
    /// The commits whose notes could not be read: a record that was not found may stand there.
    pub unreadable: Vec<ObjectId>,
}

impl Hearsay {
    /// Reads a line; `None` where it is no authoring statement about a commit.
    #[must_use]
    pub fn of(line: &[u8]) -> Option<Self> {
        let statement = Envelope::parse(line).ok()?.unverified_statement().ok()?;
        if statement.kind() != Kind::Authoring {
            return None;
        }
        Some(Self {
            record_id: statement.record_id(),
            about: statement.subject().first().and_then(Subject::commit_id)?,
            statement,
            line: line.to_vec(),
        })
    }

    /// Returns what its subject says that the commit changes.
    #[must_use]
    pub fn patch(&self) -> Option<Digest> {
        self.statement
            .subject()
            .first()?
            .annotations
            .as_ref()?
            .patch
    }
}

impl Notes<'_> {
    /// Returns what the note of a commit claims about that very commit.
    ///
    /// # Errors
    ///
    /// As for [`Notes::lines`].
    pub fn hearsay(&self, commit_id: ObjectId) -> Result<Vec<Hearsay>, StoreError> {
        let lines = self.lines(commit_id)?.lines;
        let claims = lines.iter().filter_map(|line| Hearsay::of(line));
        Ok(claims.filter(|said| said.about == commit_id).collect())
    }

    /// Looks through every note for the records that `wanted` names. A note that cannot be read is
    /// said, and the others are still looked through.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when the notes cannot be listed.
    pub fn find(&self, wanted: impl Fn(RecordId) -> bool) -> Result<Found, StoreError> {
        let mut records = Vec::new();
        let unreadable = self.each(|said| {
            if wanted(said.record_id) {
                records.push(said);
            }
        })?;
        Ok(Found {
            records,
            unreadable,
        })
    }

    /// Hands over every authoring statement of every note, and gives the commits whose notes could
    /// not be read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when the notes cannot be listed.
    pub fn each(&self, mut take: impl FnMut(Hearsay)) -> Result<Vec<ObjectId>, StoreError> {
        let mut unreadable = Vec::new();
        for commit_id in self.list()?.notes.keys() {
            match self.lines(*commit_id) {
                Ok(note) => {
                    let said = note.lines.iter().filter_map(|line| Hearsay::of(line));
                    said.for_each(&mut take);
                }
                Err(_) => unreadable.push(*commit_id),
            }
        }
        Ok(unreadable)
    }
}
