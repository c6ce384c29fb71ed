//! Compaction: a long segment of the journal is folded into checkpoints and closed.
//!
//! Everything that a commit may ask of the segment is written beside it first: the chain of every
//! file that it names, and every session. Then the segment is set aside, and the next one begins
//! with what has begun and not ended. A crash in between loses nothing: checkpoints say up to where
//! they know, and entries before that are passed over.

use super::CaptureError;
use super::chain::FileChain;
use super::fold::Watched;
use super::gap::Gap;
use super::site::Site;
use crate::clock::Timestamp;
use crate::repo_path::RepoPath;
use std::collections::BTreeSet;

/// Closes the current segment where it is long.
pub(super) fn if_long(site: &Site<'_>, now: Timestamp) -> Result<(), CaptureError> {
    if site.journal.is_long() {
        close(site, now)
    } else {
        Ok(())
    }
}

/// Closes the current segment.
pub(super) fn close(site: &Site<'_>, now: Timestamp) -> Result<(), CaptureError> {
    let locked = site.journal.lock()?;
    let mut watched = Watched::of(site, now)?;
    let mut paths: BTreeSet<RepoPath> = watched.steps.keys().cloned().collect();
    for used in &watched.used {
        paths.extend(used.paths.iter().flatten().cloned());
    }
    for path in paths {
        let mut chain = FileChain::open(site, &path);
        chain.replay(site, &watched.steps);
        chain.count_out(&watched.used);
        chain.keep(site, watched.end)?;
    }
    watched.keep_sessions()?;
    if watched.damaged > 0 {
        Gap::open(&site.journal);
    }
    let mut carried: Vec<_> = std::mem::take(&mut watched.announced)
        .into_entries()
        .collect();
    carried.extend(
        watched
            .shells
            .drain(..)
            .map(|open| (open.position, open.entry)),
    );
    carried.sort_by_key(|(position, _)| *position);
    let carried: Vec<_> = carried.into_iter().map(|(_, entry)| entry).collect();
    site.journal
        .close(&locked, watched.end.generation, &carried)
}
