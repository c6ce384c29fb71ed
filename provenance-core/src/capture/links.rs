//! Links: where a session's chain of records stands in this clone.
//!
//! `$GIT_COMMON_DIR/provenance/sessions/<digest>.json` holds the number and the id of the session's
//! last record, whichever worktree made it, as its last line. The number of the next is only used
//! up when its commit exists: a commit that was given up leaves no gap. A line is appended, which
//! costs a disk less than a file that takes the place of another; now and then the file begins anew.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{CaptureError, local};
use crate::digest::Digest;
use crate::record::{RecordId, SessionLink};

/// From this size on the file begins anew.
const LONG_FILE_BYTES: usize = 4 << 10;
/// The most bytes that are read: one line may be long, as a session's id may be.
const MAX_FILE_BYTES: u64 = 16 << 10;

#[derive(Serialize, Deserialize)]
struct Last {
    session: String,
    seq: u64,
    record: RecordId,
}

/// Returns the place of the session's next record.
pub(super) fn next(common_dir: &Path, session: &str) -> SessionLink {
    after(last(&kept(&path(common_dir, session)), session), session)
}

fn after(last: Option<Last>, session: &str) -> SessionLink {
    SessionLink {
        id: session.to_owned(),
        seq: last.as_ref().map_or(1, |last| last.seq.saturating_add(1)),
        previous: last.map(|last| last.record),
    }
}

/// What the file holds; nothing where it cannot be read.
fn kept(path: &Path) -> Vec<u8> {
    let kept = local::read(path, MAX_FILE_BYTES).ok().flatten();
    kept.unwrap_or_default()
}

/// The last line of the session that is whole. A link that is damaged is passed over, and where
/// there is no other the chain begins anew: a gap is a reason, never a verdict.
fn last(kept: &[u8], session: &str) -> Option<Last> {
    let lines = kept.split(|byte| *byte == b'\n').rev();
    let lines = lines.filter(|line| !line.is_empty());
    let mut links = lines.filter_map(|line| serde_json::from_slice::<Last>(line).ok());
    links.find(|last| last.session == session)
}

/// Says that the session's record `seq` exists.
pub(super) fn advance(
    common_dir: &Path,
    session: &str,
    seq: u64,
    record: RecordId,
) -> Result<(), CaptureError> {
    let path = path(common_dir, session);
    let kept = kept(&path);
    if after(last(&kept, session), session).seq > seq {
        return Ok(());
    }
    let failed = |source| CaptureError::Write {
        path: path.clone(),
        source,
    };
    let last = Last {
        session: session.to_owned(),
        seq,
        record,
    };
    let mut line = serde_json::to_vec(&last).map_err(|error| failed(error.into()))?;
    line.push(b'\n');
    // A line that was cut off must not become the beginning of this one.
    let goes_on = kept.ends_with(b"\n") && kept.len() + line.len() <= LONG_FILE_BYTES;
    if goes_on {
        append(&path, &line).map_err(failed)
    } else {
        local::write(&path, &line).map_err(failed)
    }
}

fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = local::options().append(true).open(path)?;
    crate::fail_point!("link: append");
    file.write_all(line)
}

fn path(common_dir: &Path, session: &str) -> PathBuf {
    common_dir
        .join("provenance")
        .join("sessions")
        .join(format!("{}.json", Digest::of(session.as_bytes()).to_hex()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn record(n: u64) -> RecordId {
        Digest::of(&n.to_le_bytes())
    }

    #[test]
    fn a_chain_goes_on_where_it_was_left() {
        let dir = tempfile::tempdir().unwrap();
        let long = "s".repeat(2_000);
        for session in ["a", "b", &long] {
            let mut sizes = Vec::new();
            for n in 1..200 {
                let link = next(dir.path(), session);
                assert_eq!((link.seq, link.id.as_str()), (n, session));
                assert_eq!(link.previous, (n > 1).then(|| record(n - 1)));
                advance(dir.path(), session, n, record(n)).unwrap();
                // Said twice, as after a crash, it is one record.
                advance(dir.path(), session, n, record(n + 7)).unwrap();
                sizes.push(fs::metadata(path(dir.path(), session)).unwrap().len());
            }
            assert!(sizes.iter().all(|size| *size <= LONG_FILE_BYTES as u64));
            assert!(sizes.is_sorted_by(|a, b| a <= b) == (session == long));
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path(), "s");
        for n in 1..=3 {
            advance(dir.path(), "s", n, record(n)).unwrap();
        }
        let whole = fs::read(&file).unwrap();
        for end in 0..whole.len() {
            fs::write(&file, &whole[..end]).unwrap();
            let lines = whole[..end].split(|byte| *byte == b'\n').count() as u64 - 1;
            let found = next(dir.path(), "s").seq - 1;
            assert!(found == lines || found == lines + 1, "{end}");
            advance(dir.path(), "s", found + 1, record(9)).unwrap();
            let link = next(dir.path(), "s");
            assert_eq!((link.seq, link.previous), (found + 2, Some(record(9))));
        }
    }
}
