//! Absorbing: the union of our notes with others', and what the others lack of it.
//!
//! Takes the tips of other notes histories, such as what was fetched from a remote. Our reference
//! moves to one of them if that one has everything, else to a notes commit with all of them as
//! parents. Never a three-way merge: that would adopt what the other side removed.
//!
//! # Invariants
//!
//! - No line of ours goes away, whatever the others hold.
//! - A notes commit is made only where no tip has everything, and depends on its parents alone:
//!   two people who unite the same states make the same commit.
//! - No note is made larger than its cap. What a cap keeps out stays in the history that it came
//!   from, which is then no parent: the lines of a notes commit contain those of its parents.
//!
//! # What is not checked
//!
//! Everything that a line says, as for [`Notes`].

use super::append::unite_note;
use super::gap::{Blobs, Gap, gaps};
use super::{Notes, StoreError};
use crate::git::publish::{Patience, Step, commit_bytes};
use crate::git::{FsyncPolicy, NotesEdit, NotesTree, ObjectKind, Person, RefUpdate, Repo};
use crate::object_id::ObjectId;

/// The message of a commit that unites others.
pub(super) const MESSAGE: &str = "Notes united by 'git provenance'";

/// What became of an absorption.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Absorbed {
    /// Where our reference points now; `None` where there is nothing anywhere.
    pub tip: Option<ObjectId>,
    /// Whether the reference moved.
    pub moved: bool,
    /// What a cap kept out.
    pub surplus: Surplus,
}

/// What a cap kept out of a union. It stays where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surplus {
    /// The lines that did not fit, and notes that are over the cap themselves.
    pub lines: u64,
    /// The commits whose notes they are of; the first few.
    pub commit_ids: Vec<ObjectId>,
}

impl Surplus {
    /// The most commits that are named.
    const NAMED: usize = 16;

    /// Answers whether everything fitted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines == 0
    }

    fn add(&mut self, commit_id: ObjectId, lines: u64) {
        if lines == 0 {
            return;
        }
        self.lines += lines;
        if self.commit_ids.len() < Self::NAMED && !self.commit_ids.contains(&commit_id) {
            self.commit_ids.push(commit_id);
        }
    }
}

/// What another history of notes is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Offer {
    /// It has everything that we have and that it can hold.
    Nothing {
        /// What a cap keeps out of it: it stays with us.
        surplus: Surplus,
    },
    /// This commit, which descends from it.
    Commit {
        /// The commit.
        commit_id: ObjectId,
        /// What it lacked before.
        gap: Gap,
        /// What a cap kept out of it: it stays with us.
        surplus: Surplus,
    },
}

impl Offer {
    fn nothing() -> Self {
        Self::Nothing {
            surplus: Surplus::default(),
        }
    }

    /// Returns what a cap keeps out of the other history.
    #[must_use]
    pub const fn surplus(&self) -> &Surplus {
        match self {
            Self::Nothing { surplus } | Self::Commit { surplus, .. } => surplus,
        }
    }
}

impl Notes<'_> {
    /// Unites our notes with those of other tips, the first of them being the one to take where
    /// several would do.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when a tip cannot be read, and nothing was changed then; with
    /// [`GitError::NotesContended`](crate::git::GitError::NotesContended) when others kept writing our
    /// reference.
    pub fn absorb(&self, tips: &[ObjectId], fsync: FsyncPolicy) -> Result<Absorbed, StoreError> {
        let mut patience = Patience::default();
        loop {
            let before = self.repo.notes(&self.name)?;
            let union = unite(self.repo, &before, tips)?;
            let Some(tip) = union.tip.filter(|tip| Some(*tip) != before.tip()) else {
                return Ok(Absorbed {
                    tip: before.tip(),
                    moved: false,
                    surplus: union.surplus,
                });
            };
            let step = Step {
                name: self.name.as_str(),
                commit_id: tip,
                expected: before.tip(),
                written: &union.written,
                message: MESSAGE,
                who: None,
            };
            if self.repo.publish(&step, fsync)? == RefUpdate::Done {
                *self.seen.borrow_mut() = None;
                return Ok(Absorbed {
                    tip: Some(tip),
                    moved: true,
                    surplus: union.surplus,
                });
            }
            patience.wait(self.repo, &step)?;
        }
    }

    /// Returns what absorbing would come to, and moves no reference.
    ///
    /// # Errors
    ///
    /// As for [`Notes::absorb`].
    pub fn united_with(&self, tips: &[ObjectId]) -> Result<Absorbed, StoreError> {
        let union = unite(self.repo, &self.repo.notes(&self.name)?, tips)?;
        Ok(Absorbed {
            tip: union.tip,
            moved: false,
            surplus: union.surplus,
        })
    }

    /// Returns what a history that ends at `theirs` is to be given so that it has all that one
    /// which ends at `ours` has. Absorb it first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when either cannot be read.
    pub fn offer(
        &self,
        ours: Option<ObjectId>,
        theirs: Option<ObjectId>,
        fsync: FsyncPolicy,
    ) -> Result<Offer, StoreError> {
        let ours = self.repo.notes_at(ours)?;
        let Some(our_tip) = ours.tip() else {
            return Ok(Offer::nothing());
        };
        let their_notes = self.repo.notes_at(theirs)?;
        let gap = gaps(self.repo, &ours, &their_notes)?.1;
        let their_tip = match theirs {
            Some(_) if gap.is_empty() => return Ok(Offer::nothing()),
            Some(tip) if !self.repo.is_ancestor(tip, our_tip)? => tip,
            _ => {
                return Ok(Offer::Commit {
                    commit_id: our_tip,
                    gap,
                    surplus: Surplus::default(),
                });
            }
        };
        // A cap keeps the two apart: theirs grows by what fits, and stays as it is otherwise.
        let mut surplus = Surplus::default();
        let mut edit = their_notes.edit()?;
        if !add(self.repo, &mut edit, &their_notes, &ours, &mut surplus)? {
            return Ok(Offer::Nothing { surplus });
        }
        let (tree_id, mut written) = edit.write_all()?;
        let commit_id = commit(self.repo, tree_id, vec![their_tip], &mut written)?;
        if fsync.loose_objects {
            self.repo.flush_objects(&written)?;
        }
        Ok(Offer::Commit {
            commit_id,
            gap,
            surplus,
        })
    }
}

/// Where our reference is to point.
struct Union {
    tip: Option<ObjectId>,
    written: Vec<ObjectId>,
    surplus: Surplus,
}

fn unite(repo: &Repo, ours: &NotesTree<'_>, tips: &[ObjectId]) -> Result<Union, StoreError> {
    let mut surplus = Surplus::default();
    // Without notes of our own, the first tip is where ours begin.
    let base = match ours.tip() {
        Some(_) => *ours,
        None => repo.notes_at(tips.first().copied())?,
    };
    let Some(base_tip) = base.tip() else {
        return Ok(Union {
            tip: None,
            written: Vec::new(),
            surplus,
        });
    };
    let mut edit = base.edit()?;
    let mut grew = false;
    let mut all = vec![base_tip];
    for tip in tips {
        if !all.contains(tip) {
            let theirs = repo.notes_at(Some(*tip))?;
            grew |= add(repo, &mut edit, &base, &theirs, &mut surplus)?;
            all.push(*tip);
        }
    }
    let (tree_id, mut written) = match (grew, base.tree_id()) {
        (false, Some(tree_id)) => (tree_id, Vec::new()),
        _ => edit.write_all()?,
    };
    let heads = if surplus.is_empty() {
        repo.independent(&all)?
    } else {
        vec![base_tip]
    };
    let has_all = |tip: ObjectId| {
        let notes = repo.notes_at(Some(tip))?;
        let union = repo.notes_at(Some(tree_id))?;
        Ok::<_, StoreError>(gaps(repo, &notes, &union)?.0.is_empty())
    };
    let whole = match heads.as_slice() {
        [tip] if *tip == base_tip => (!grew).then_some(base_tip),
        [tip] => has_all(*tip)?.then_some(*tip),
        // Equal trees: no commit is needed, and the first tip is the one that others have.
        _ if !grew => equal(repo, tree_id, &heads, tips)?,
        _ => None,
    };
    let tip = match whole {
        Some(tip) => tip,
        None => commit(repo, tree_id, heads, &mut written)?,
    };
    Ok(Union {
        tip: Some(tip),
        written,
        surplus,
    })
}

/// Returns the first of `tips` if all heads have this very tree, and it is one of them.
fn equal(
    repo: &Repo,
    tree_id: ObjectId,
    heads: &[ObjectId],
    tips: &[ObjectId],
) -> Result<Option<ObjectId>, StoreError> {
    for head in heads {
        if repo.notes_at(Some(*head))?.tree_id() != Some(tree_id) {
            return Ok(None);
        }
    }
    Ok(tips.iter().copied().find(|tip| heads.contains(tip)))
}

/// Adds to a tree that is being changed what `theirs` has more than `base`, from which it began;
/// `false` when that changes nothing.
fn add(
    repo: &Repo,
    edit: &mut NotesEdit<'_>,
    base: &NotesTree<'_>,
    theirs: &NotesTree<'_>,
    surplus: &mut Surplus,
) -> Result<bool, StoreError> {
    let mut grew = false;
    for (commit_id, difference) in base.differences(theirs)? {
        let blobs = Blobs::read(repo, &difference.there)?;
        surplus.add(commit_id, blobs.unreadable);
        let mut refused = 0;
        let mut refuse = |_: &[u8], _| refused += 1;
        let new = blobs.lines();
        grew |= unite_note(repo, edit, commit_id, &new, &blobs.notes, &mut refuse)?;
        surplus.add(commit_id, refused);
    }
    Ok(grew)
}

/// Writes the commit that unites its parents: a function of them and of the tree alone. Its
/// person and its date are those of the newest parent.
fn commit(
    repo: &Repo,
    tree_id: ObjectId,
    mut parent_ids: Vec<ObjectId>,
    written: &mut Vec<ObjectId>,
) -> Result<ObjectId, StoreError> {
    parent_ids.sort_unstable();
    let mut newest = Person::default();
    for parent_id in &parent_ids {
        let person = repo.commit(*parent_id)?.committer;
        if (person.seconds, person.line()) > (newest.seconds, newest.line()) {
            newest = person;
        }
    }
    let bytes = commit_bytes(tree_id, &parent_ids, &newest, MESSAGE);
    let commit_id = repo.write_object(ObjectKind::Commit, &bytes)?;
    written.push(commit_id);
    Ok(commit_id)
}
