//! Proposals: the heads of pull and merge requests that a remote keeps.
//!
//! A forge keeps the commits of a request after its branch is gone: GitHub under
//! `refs/pull/N/head`, GitLab under `refs/merge-requests/N/head`. Takes a remote and gives their
//! heads, and fetches those that are asked for. No reference of ours changes.
//!
//! # What is not checked
//!
//! Whether a request was ever merged, and what is in it: anybody may open one.

use provenance_core::git::{Config, GitError, ObjectId, Repo};

use crate::environment::Environment;
use crate::remote::{Deadline, Remote, Talk, TalkError};

/// Where forges keep the heads, and how those names end.
const PLACES: [&str; 2] = ["refs/pull/", "refs/merge-requests/"];
const HEAD: &str = "/head";

/// The head of a pull or merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub number: u64,
    /// The commit at its end.
    pub head_id: ObjectId,
    ref_name: String,
}

/// The pull and merge requests of a remote.
#[derive(Debug)]
pub struct Proposals<'a> {
    talk: Talk<'a>,
    remote: &'a Remote,
    deadline: Deadline,
}

impl<'a> Proposals<'a> {
    /// Prepares to ask a remote, until the deadline.
    #[must_use]
    pub const fn of(
        remote: &'a Remote,
        environment: &'a Environment,
        config: &'a Config,
        deadline: Deadline,
    ) -> Self {
        Self {
            talk: Talk::new(environment, config, true),
            remote,
            deadline,
        }
    }

    /// Returns all of them, the newest first.
    ///
    /// # Errors
    ///
    /// [`TalkError`].
    pub fn list(&self) -> Result<Vec<Proposal>, TalkError> {
        let patterns = PLACES.map(|place| format!("{place}*{HEAD}"));
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let listed = self
            .talk
            .list(&self.remote.address, &patterns, self.deadline)?;
        let mut found: Vec<Proposal> = listed
            .into_iter()
            .filter_map(|(ref_name, head_id)| Proposal::of(ref_name, head_id))
            .collect();
        found.sort_by(|a, b| (b.number, &b.ref_name).cmp(&(a.number, &a.ref_name)));
        Ok(found)
    }

    /// Fetches the commits of some.
    ///
    /// # Errors
    ///
    /// [`TalkError`].
    pub fn fetch(&self, wanted: &[&Proposal]) -> Result<(), TalkError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = wanted.iter().map(|one| one.ref_name.as_str()).collect();
        self.talk.fetch(&self.remote.address, &names, self.deadline)
    }
}

/// Returns those whose heads are references here, as a mirror has them.
///
/// # Errors
///
/// [`GitError`] when the references cannot be listed.
pub fn here(repo: &Repo) -> Result<Vec<Proposal>, GitError> {
    let mut found = Vec::new();
    for place in PLACES {
        let refs = repo.refs(place)?.into_iter();
        found.extend(refs.filter_map(|(ref_name, head_id)| Proposal::of(ref_name, head_id)));
    }
    Ok(found)
}

impl Proposal {
    /// Reads the name of a reference, exactly: patterns match the ends of names, and slashes too.
    fn of(ref_name: String, head_id: ObjectId) -> Option<Self> {
        let number = PLACES
            .iter()
            .find_map(|place| ref_name.strip_prefix(place)?.strip_suffix(HEAD))?;
        if number.starts_with('0') || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            number: number.parse().ok()?,
            head_id,
            ref_name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_a_number_and_nothing_else_between_its_slashes() {
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        let number = |name: &str| Proposal::of(name.to_owned(), id).map(|one| one.number);
        assert_eq!(number("refs/pull/12/head"), Some(12));
        assert_eq!(number("refs/merge-requests/3/head"), Some(3));
        for name in [
            "refs/pull/12/merge",
            "refs/pull/x/head",
            "refs/pull/1/2/head",
            "refs/pull/+1/head",
            "refs/pull/01/head",
            "refs/pull//head",
            "refs/heads/refs/pull/1/head",
            "refs/pull/99999999999999999999999/head",
        ] {
            assert_eq!(number(name), None, "{name}");
        }
    }
}
