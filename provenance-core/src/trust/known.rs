//! `Known`: what a new record says about trust, at the price of one small file.
//!
//! A commit hook needs the repository's id and the number of the newest version, and reading a
//! chain of thirty versions to find them takes longer than all the rest of it. So the answer is
//! remembered in the Git directory, beside the commit that it was read from; when the reference
//! moves it is read again.
//!
//! # What is not checked
//!
//! The remembered answer. Whoever changes that file makes this clone's records name a repository
//! that no reader has, which grants nothing; verifying never looks at it.

use std::path::PathBuf;

use super::storage::TRUST_REF;
use super::{Trust, TrustError};
use crate::capture::local;
use crate::git::{ObjectId, Repo};
use crate::record::RecordId;

/// The most bytes of the remembered answer: two digests, a number, and the blanks.
const MAX_BYTES: u64 = 256;

/// What a new record says about trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The id of version 1, which is the repository's.
    pub root_id: RecordId,
    /// The number of the newest good version.
    pub version: u64,
}

impl Known {
    /// Returns what is known of the repository's own chain; `None` where there is none.
    ///
    /// # Errors
    ///
    /// As for [`Trust::load`].
    pub fn of(repo: &Repo) -> Result<Option<Self>, TrustError> {
        let Some(tip) = repo.ref_target(TRUST_REF)? else {
            return Ok(None);
        };
        let path = path(repo);
        let remembered = local::read(&path, MAX_BYTES).ok().flatten();
        if let Some(known) = remembered.and_then(|bytes| parse(&bytes, tip)) {
            return Ok(Some(known));
        }
        let Some(trust) = Trust::load(repo)? else {
            return Ok(None);
        };
        let known = Self {
            root_id: trust.root_id(),
            version: trust.version(),
        };
        // The reference may have moved since; then this answer is that of the new tip, or is read
        // once more the next time. Where nothing can be written it is read every time.
        if repo.ref_target(TRUST_REF)? == Some(tip) {
            let line = format!("{tip} {} {}\n", known.root_id, known.version);
            drop(local::write(&path, line.as_bytes()));
        }
        Ok(Some(known))
    }
}

fn path(repo: &Repo) -> PathBuf {
    repo.common_dir().join("provenance/trust-known")
}

/// Reads an answer, if it is about this commit.
fn parse(bytes: &[u8], tip: ObjectId) -> Option<Known> {
    let line = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let mut words = line.split(' ');
    let is_of_tip = words.next()?.parse() == Ok(tip);
    let known = Known {
        root_id: words.next()?.parse().ok()?,
        version: words.next()?.parse().ok()?,
    };
    (is_of_tip && words.next().is_none()).then_some(known)
}
