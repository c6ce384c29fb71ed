//! `Links`: the tree and the parents of a commit, as Git reads them when it walks a history.
//!
//! Git walks commits that [`RawCommit`](super::RawCommit) calls malformed, as long as they begin
//! with a tree (`parse_commit_buffer` in its `commit.c`). What follows a history as Git does reads
//! them likewise.
//!
//! # What is not checked
//!
//! Whether another reader sees the same commit, and whether tree and parents are here.

use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// The tree and the parents of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The tree's id.
    pub tree_id: ObjectId,
    /// The parents' ids, first parent first.
    pub parent_ids: Vec<ObjectId>,
}

impl Repo {
    /// Returns the tree and the parents of a commit, from its raw header; `None` where Git could
    /// not walk on from it either.
    ///
    /// # Errors
    ///
    /// As for [`Repo::commit_bytes`].
    pub fn links(&self, commit_id: ObjectId) -> Result<Option<Links>, GitError> {
        Ok(parse(&self.commit_bytes(commit_id)?))
    }
}

fn parse(bytes: &[u8]) -> Option<Links> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let tree_id = id(lines.next()?, b"tree ")?;
    let parents = lines.map_while(|line| id(line, b"parent "));
    Some(Links {
        tree_id,
        parent_ids: parents.collect(),
    })
}

fn id(line: &[u8], key: &[u8]) -> Option<ObjectId> {
    let hex = std::str::from_utf8(line.strip_prefix(key)?).ok()?;
    hex.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_commit_with_a_broken_header_can_still_be_walked() {
        let (tree, parent) = ("4".repeat(40), "7".repeat(40));
        let text = format!("tree {tree}\nparent {parent}\nparent {tree}\nauthor\0\n");
        let links = parse(text.as_bytes()).unwrap();
        assert_eq!(links.tree_id.to_string(), tree);
        assert_eq!(links.parent_ids.len(), 2);
        assert_eq!(parse(format!("parent {parent}\n").as_bytes()), None);
        assert_eq!(parse(b""), None);
    }
}
