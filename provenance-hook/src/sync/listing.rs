//! `Listing`: what a remote has of ours.
//!
//! Takes what `git ls-remote` printed. Its patterns match the ends of names, so names are compared
//! again. An inbox counts only with the name that a key has.

use provenance_core::git::{ObjectId, Repo};
use provenance_core::store::Inboxes;
use provenance_core::trust::TRUST_REF;

use super::SyncError;
use crate::remote::Listed;

/// The most inboxes that one sync reads.
const MAX_INBOXES: usize = 1024;

/// What a remote has of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Listing {
    /// Where its notes are.
    pub(super) notes: Option<ObjectId>,
    /// Where its inboxes are, by the last part of their names.
    pub(super) inboxes: Vec<(String, ObjectId)>,
    /// Where its chain of trust is.
    pub(super) trust: Option<ObjectId>,
    /// How many inboxes were passed over: too many, or with a name that no key has.
    pub(super) passed_over: u64,
}

impl Listing {
    pub(super) fn of(listed: Vec<Listed>, notes_ref: &str, inboxes: &Inboxes) -> Self {
        let mut listing = Self::default();
        for (name, id) in listed {
            if name == notes_ref {
                listing.notes = Some(id);
            } else if name == TRUST_REF {
                listing.trust = Some(id);
            } else if let Some(inbox) = name.strip_prefix(inboxes.prefix()) {
                if Inboxes::is_name(inbox) && listing.inboxes.len() < MAX_INBOXES {
                    listing.inboxes.push((inbox.to_owned(), id));
                } else {
                    listing.passed_over += 1;
                }
            }
        }
        listing
    }

    /// Answers whether everything that is named is in the object database.
    pub(super) fn is_here(&self, repo: &Repo) -> Result<bool, SyncError> {
        let inboxes = self.inboxes.iter().map(|(_, id)| *id);
        for id in self.notes.into_iter().chain(self.trust).chain(inboxes) {
            if !repo.has_object(id)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns where an inbox is.
    pub(super) fn inbox(&self, name: &str) -> Option<ObjectId> {
        let found = self.inboxes.iter().find(|(inbox, _)| inbox == name);
        found.map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use provenance_core::git::NotesRef;

    use super::*;

    #[test]
    fn only_names_that_are_meant_count() {
        let id = |n| ObjectId::from_bytes(&[n; 20]).unwrap();
        let inbox = format!("SHA256-{}", "a".repeat(43));
        let listed = [
            ("refs/notes/provenance".to_owned(), id(1)),
            ("refs/heads/refs/notes/provenance".to_owned(), id(2)),
            ("refs/x/refs/provenance/trust".to_owned(), id(3)),
            (format!("refs/notes/provenance-inbox/{inbox}"), id(4)),
            (format!("refs/notes/provenance-inbox/{inbox}/trust"), id(5)),
            ("refs/notes/provenance-inbox/trust".to_owned(), id(6)),
        ];
        let notes_ref = NotesRef::default();
        let inboxes = Inboxes::of(&notes_ref);
        let listing = Listing::of(listed.to_vec(), notes_ref.as_str(), &inboxes);
        assert_eq!(listing.notes, Some(id(1)));
        assert_eq!(listing.trust, None);
        assert_eq!(listing.inboxes, [(inbox.clone(), id(4))]);
        assert_eq!(listing.inbox(&inbox), Some(id(4)));
        assert_eq!(listing.passed_over, 2);
    }
}
