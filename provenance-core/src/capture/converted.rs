//! Lines of files that Git keeps otherwise than they stand on disk.
//!
//! The chain knows contents as they were on disk; a commit has what a filter made of the last one.
//! Where the file on disk is what was committed, line by line, its labels are those of the blob.
//! Where that cannot be told, lines that are no agent's are nobody's.
//!
//! # What is not checked
//!
//! Whether a filter that keeps the number of lines keeps their order.

use super::CaptureError;
use super::chain::{FileChain, Labels};
use super::site::Site;
use super::states::{Seen, look};
use crate::git::diff;
use crate::object_id::ObjectId;
use crate::repo_path::RepoPath;

/// How the lines of a blob were told.
pub(super) enum Told {
    /// As if it were on disk.
    Plainly(Labels),
    /// So that what is no agent's may still be one's.
    InPart(Labels),
}

/// Labels the lines of a committed text.
pub(super) fn settle(
    site: &Site<'_>,
    path: &RepoPath,
    chain: &FileChain,
    (blob_id, blob): (ObjectId, &[u8]),
) -> Result<Told, CaptureError> {
    let labels = chain.settle(Some(blob));
    let is_open = matches!(labels, Labels::Lines(_)) && !chain.is_now(blob);
    if !is_open || !site.repo.is_converted(path.as_bytes())? {
        return Ok(Told::Plainly(labels));
    }
    let disk = path.as_str().map(|path| look(&site.root.join(path)));
    if let Some(Seen::Text(disk)) = disk
        && diff::count_lines(&disk) == diff::count_lines(blob)
        && site.repo.id_on_disk(path.as_bytes())? == Some(blob_id)
    {
        return Ok(Told::Plainly(chain.settle(Some(&disk))));
    }
    Ok(Told::InPart(labels))
}
