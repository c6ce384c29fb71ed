//! References: read, and changed only by compare-and-swap.
//!
//! Takes names and ids. A change names the value that its maker saw; when another writer was
//! faster nothing is written and the answer is [`RefUpdate::Raced`].
//!
//! # What is not checked
//!
//! Whether a change is a fast-forward, and whether the caller may make it.

use git2::ErrorCode;

use super::{GitError, ObjectId, Repo, from_oid, to_oid};

/// Where `HEAD` stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The full name of the branch; `None` when detached.
    pub ref_name: Option<String>,
    /// The commit; `None` on an unborn branch.
    pub commit_id: Option<ObjectId>,
}

/// What became of a change to a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RefUpdate {
    /// The reference has the new value.
    Done,
    /// Another writer holds it or changed it first; nothing was written.
    Raced,
}

impl Repo {
    /// Returns where `HEAD` stands.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`] when `HEAD` cannot be read.
    pub fn head(&self) -> Result<Head, GitError> {
        if let Some(head) = self.head_in_file() {
            return Ok(head);
        }
        let failed = |source| GitError::failed("read HEAD", source);
        let head = self.inner().find_reference("HEAD").map_err(failed)?;
        let ref_name = head
            .symbolic_target_bytes()
            .map(|name| String::from_utf8_lossy(name).into_owned());
        let commit_id = match head.resolve() {
            Ok(resolved) => resolved.target().map(from_oid),
            Err(source) if source.code() == ErrorCode::NotFound => None,
            Err(source) => return Err(failed(source)),
        };
        Ok(Head {
            ref_name,
            commit_id,
        })
    }

    /// Returns what a reference points at, through symbolic ones; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`GitError::RefName`], [`GitError::Failed`].
    pub fn ref_target(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        if let Some(id) = self.ref_in_file(name) {
            return Ok(Some(id));
        }
        match self.inner().refname_to_id(name) {
            Ok(oid) => Ok(Some(from_oid(oid))),
            Err(source) => match source.code() {
                ErrorCode::NotFound => Ok(None),
                ErrorCode::InvalidSpec => Err(bad_name(name)),
                _ => Err(GitError::failed("read a reference", source)),
            },
        }
    }

    /// Returns the references whose full name starts with `prefix`, with what they point at,
    /// sorted by name.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`].
    pub fn refs(&self, prefix: &str) -> Result<Vec<(String, ObjectId)>, GitError> {
        let failed = |source| GitError::failed("list the references", source);
        let mut found = Vec::new();
        // The pattern keeps libgit2 out of the folders of other references.
        let matching = self.inner().references_glob(&format!("{prefix}*"));
        for reference in matching.map_err(failed)? {
            let reference = reference.map_err(failed)?;
            let Ok(name) = reference.name().map(str::to_owned) else {
                continue;
            };
            if !name.starts_with(prefix) {
                continue;
            }
            let target = reference.resolve().ok().and_then(|r| r.target());
            if let Some(oid) = target {
                found.push((name, from_oid(oid)));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Points the reference `name` at `new_id` if it still points at `expected`; with `None` only
    /// if it does not exist. The old value is compared under the reference's lock.
    ///
    /// # Errors
    ///
    /// [`GitError::RefName`]; [`GitError::MissingObject`] when `new_id` is not here;
    /// [`GitError::Failed`] for everything but a faster writer.
    pub fn update_ref(
        &self,
        name: &str,
        new_id: ObjectId,
        expected: Option<ObjectId>,
        reflog_message: &str,
    ) -> Result<RefUpdate, GitError> {
        let new_oid = to_oid(new_id)?;
        // The null id means "there must be none"; libgit2 compares it under the lock as well,
        // which its own "create unless it exists" does not.
        let expected = match expected {
            Some(id) => to_oid(id)?,
            None => null_oid(new_id)?,
        };
        crate::fail_point!("ref: move");
        let made = self
            .inner()
            .reference_matching(name, new_oid, true, expected, reflog_message);
        match made {
            Ok(_) => {
                self.share(&self.common_dir().join(name))?;
                self.share(&self.common_dir().join("logs").join(name))?;
                Ok(RefUpdate::Done)
            }
            Err(source) => match source.code() {
                ErrorCode::Modified
                | ErrorCode::Locked
                | ErrorCode::Exists
                | ErrorCode::NotFound => Ok(RefUpdate::Raced),
                ErrorCode::InvalidSpec => Err(bad_name(name)),
                _ => Err(GitError::failed("update a reference", source)),
            },
        }
    }
}

fn null_oid(like: ObjectId) -> Result<git2::Oid, GitError> {
    let zeros = [0; 32];
    let zeros = zeros.get(..like.as_bytes().len()).unwrap_or_default();
    git2::Oid::from_bytes(zeros).map_err(|_| GitError::MissingObject { id: like })
}

fn bad_name(name: &str) -> GitError {
    GitError::RefName {
        name: crate::text::escaped(name).into_owned(),
    }
}
