//! Other people's answers: the places where their vectors lie, and the loud word where they do not.
//!
//! The larger sets are data of others that this repository does not carry. They are read from
//! `../shared/data/vectors` beside the checkout; where that folder is missing a test says that it
//! checked nothing, and what would have made it check.

use std::io::Write as _;
use std::path::PathBuf;

/// Returns the path of a vector set, or says aloud that it is not here.
pub(crate) fn set(name: &str) -> Option<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/vectors");
    let path = PathBuf::from(folder).join(name);
    if path.exists() {
        return Some(path);
    }
    // Standard error, past the capture of the test harness: nobody shall miss it.
    let notice = format!(
        "SKIPPED: {name}: no vectors at {}; nothing was checked\n",
        path.display()
    );
    drop(std::io::stderr().write_all(notice.as_bytes()));
    None
}

/// Reads a vector set that is one JSON document.
pub(crate) fn json(name: &str) -> Option<serde_json::Value> {
    let bytes = std::fs::read(set(name)?).unwrap();
    Some(serde_json::from_slice(&bytes).unwrap())
}
