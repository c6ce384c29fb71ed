//! `Inboxes`: notes references of one writer each, for when the shared one is contended.
//!
//! Takes the name of the notes reference and gives the names beside it: `refs/notes/provenance`
//! has its inboxes under `refs/notes/provenance-inbox/`, one for each key.
//!
//! A reader unites what waits there with the rest.
//!
//! # What is not checked
//!
//! Who writes an inbox. Its name is a hint, as a key id always is.

use std::collections::BTreeMap;

use super::{Notes, StoreError};
use crate::git::{GitError, NotesRef, Repo};
use crate::key::KeyId;
use crate::object_id::ObjectId;

/// The inboxes beside a notes reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inboxes {
    prefix: String,
}

impl Inboxes {
    /// Names the inboxes beside a notes reference.
    #[must_use]
    pub fn of(notes_ref: &NotesRef) -> Self {
        Self {
            prefix: format!("{}-inbox/", notes_ref.as_str()),
        }
    }

    /// Returns what the name of every inbox starts with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns the inbox of a key.
    ///
    /// # Errors
    ///
    /// [`GitError::NotesRef`] for a key id that is no fingerprint.
    pub fn of_key(&self, key: &KeyId) -> Result<NotesRef, GitError> {
        let name = key.as_str();
        let name = name.replace(':', "-").replace('/', "_").replace('+', "-");
        let full = format!("{}{name}", self.prefix);
        if Self::is_name(&name) {
            NotesRef::new(&full)
        } else {
            Err(GitError::NotesRef {
                name: crate::text::escaped(&full).into_owned(),
            })
        }
    }

    /// Answers whether the last part of a name is that of a key: `SHA256-` and its digest, as
    /// URL-safe base64.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        name.strip_prefix("SHA256-").is_some_and(|digest| {
            let is_digit = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            digest.len() == 43 && digest.bytes().all(is_digit)
        })
    }
}

impl<'r> Notes<'r> {
    /// Names the notes of a repository together with what waits in its inboxes, as a reader wants
    /// them: where `sync` pushes to, inboxes may hold what no other reference has. Those that the
    /// notes reference descends from have been absorbed. One that cannot be read is passed over.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when the references or our own notes cannot be read.
    pub fn with_inboxes(repo: &'r Repo, notes_ref: &NotesRef) -> Result<Self, StoreError> {
        let mut notes = Self::open(repo, notes_ref);
        let inboxes = repo.refs(Inboxes::of(notes_ref).prefix())?;
        if inboxes.is_empty() {
            return Ok(notes);
        }
        let shared = repo.notes(notes_ref)?;
        let mut waiting: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
        for (_, tip) in inboxes {
            let absorbed = |ours| repo.is_ancestor(tip, ours).unwrap_or(false);
            if shared.tip().is_some_and(absorbed) {
                continue;
            }
            let theirs = repo.notes_at(Some(tip));
            let Ok(differences) = theirs.and_then(|theirs| shared.differences(&theirs)) else {
                continue;
            };
            for (commit_id, difference) in differences {
                for blob_id in difference.there {
                    let known = waiting.entry(commit_id).or_default();
                    if !difference.here.contains(&blob_id)
                        && !known.contains(&blob_id)
                        && repo.has_object(blob_id)?
                    {
                        known.push(blob_id);
                    }
                }
            }
        }
        waiting.retain(|_, blob_ids| !blob_ids.is_empty());
        notes.waiting = waiting;
        Ok(notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_one_inbox_and_nothing_else_is_one() {
        let inboxes = Inboxes::of(&NotesRef::default());
        let key = KeyId::from_hint("SHA256:jEK6DaxlKS7wzEZR+dEFrUK5gzAPzjC7D/a/hbvxv6I");
        let inbox = inboxes.of_key(&key).unwrap();
        assert_eq!(
            inbox.as_str(),
            "refs/notes/provenance-inbox/SHA256-jEK6DaxlKS7wzEZR-dEFrUK5gzAPzjC7D_a_hbvxv6I"
        );
        for hint in ["", "SHA256:", "../heads/main", "SHA256:jEK6"] {
            assert!(inboxes.of_key(&KeyId::from_hint(hint)).is_err(), "{hint}");
        }
        for name in ["trust", "", "SHA256-a/trust", "SHA256-é"] {
            assert!(!Inboxes::is_name(name), "{name}");
        }
    }
}
