//! Links: where a session's chain of records stands in this clone.
//!
//! `$GIT_COMMON_DIR/provenance/sessions/<digest>.json` holds the number and the id of the session's
//! last record, whichever worktree made it. The number of the next is only used up when its commit
//! exists: a commit that was given up leaves no gap.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{CaptureError, local};
use crate::digest::Digest;
use crate::record::{RecordId, SessionLink};

#[derive(Serialize, Deserialize)]
struct Last {
    session: String,
    seq: u64,
    record: RecordId,
}

/// Returns the place of the session's next record.
pub(super) fn next(common_dir: &Path, session: &str) -> SessionLink {
    // A link that is damaged begins the chain anew: a gap is a reason, never a verdict.
    let last = local::read(&path(common_dir, session), 4096).ok().flatten();
    let last = last.and_then(|json| serde_json::from_slice::<Last>(&json).ok());
    let last = last.filter(|last| last.session == session);
    SessionLink {
        id: session.to_owned(),
        seq: last.as_ref().map_or(1, |last| last.seq.saturating_add(1)),
        previous: last.map(|last| last.record),
    }
}

/// Says that the session's record `seq` exists.
pub(super) fn advance(
    common_dir: &Path,
    session: &str,
    seq: u64,
    record: RecordId,
) -> Result<(), CaptureError> {
    if next(common_dir, session).seq > seq {
        return Ok(());
    }
    let path = path(common_dir, session);
    let failed = |source| CaptureError::Write {
        path: path.clone(),
        source,
    };
    let last = Last {
        session: session.to_owned(),
        seq,
        record,
    };
    let json = serde_json::to_vec(&last).map_err(|error| failed(error.into()))?;
    local::write(&path, &json).map_err(failed)
}

fn path(common_dir: &Path, session: &str) -> PathBuf {
    common_dir
        .join("provenance")
        .join("sessions")
        .join(format!("{}.json", Digest::of(session.as_bytes()).to_hex()))
}
