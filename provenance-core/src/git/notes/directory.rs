//! `Directory`: a notes tree that is about to be written, as names inside names.
//!
//! Takes entries by path, writes tree objects in Git's order (a directory sorts as if its name
//! ended in `/`).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::TREE_MODE;
use crate::git::{GitError, ObjectKind, Repo};
use crate::object_id::ObjectId;

/// The entries of one directory.
#[derive(Default)]
pub(super) struct Directory {
    entries: BTreeMap<Vec<u8>, Entry>,
}

enum Entry {
    Object(u32, ObjectId),
    Directory(Directory),
}

impl Directory {
    /// Puts an object at a path; what was there gives way.
    pub(super) fn put(&mut self, directories: &[Vec<u8>], name: &[u8], mode: u32, id: ObjectId) {
        let Some((first, rest)) = directories.split_first() else {
            self.entries.insert(name.to_vec(), Entry::Object(mode, id));
            return;
        };
        if let Some(Entry::Directory(directory)) = self.entries.get_mut(first) {
            directory.put(rest, name, mode, id);
            return;
        }
        let mut directory = Self::default();
        directory.put(rest, name, mode, id);
        let directory = Entry::Directory(directory);
        self.entries.insert(first.clone(), directory);
    }

    /// Puts an object at a path, unless the path or a directory on the way to it is taken by
    /// something else.
    pub(super) fn put_unless_taken(
        &mut self,
        directories: &[Vec<u8>],
        name: &[u8],
        mode: u32,
        id: ObjectId,
    ) {
        match directories.split_first() {
            None if self.entries.contains_key(name) => {}
            None => self.put(&[], name, mode, id),
            Some((first, rest)) => match self.entries.get_mut(first) {
                Some(Entry::Directory(directory)) => {
                    directory.put_unless_taken(rest, name, mode, id);
                }
                Some(Entry::Object(..)) => {}
                None => self.put(directories, name, mode, id),
            },
        }
    }

    /// Writes the tree objects, innermost first, and returns the id of this one, which is the
    /// last of `written`.
    pub(super) fn write(
        &self,
        repo: &Repo,
        written: &mut Vec<ObjectId>,
    ) -> Result<ObjectId, GitError> {
        let mut entries = Vec::with_capacity(self.entries.len());
        for (name, entry) in &self.entries {
            let (mode, id) = match entry {
                Entry::Object(mode, id) => (*mode, *id),
                Entry::Directory(directory) => (TREE_MODE, directory.write(repo, written)?),
            };
            entries.push((name, mode, id));
        }
        entries.sort_by(|(left, left_mode, _), (right, right_mode, _)| {
            in_tree_order((left, *left_mode), (right, *right_mode))
        });
        let mut tree = Vec::new();
        for (name, mode, id) in entries {
            tree.extend_from_slice(format!("{mode:o} ").as_bytes());
            tree.extend_from_slice(name);
            tree.push(0);
            tree.extend_from_slice(id.as_bytes());
        }
        let tree_id = repo.write_object(ObjectKind::Tree, &tree)?;
        written.push(tree_id);
        Ok(tree_id)
    }
}

fn in_tree_order(left: (&[u8], u32), right: (&[u8], u32)) -> Ordering {
    let spelt = |(name, mode): (&'_ [u8], u32)| {
        let slash = (mode == TREE_MODE).then_some(b'/');
        name.iter().copied().chain(slash).collect::<Vec<_>>()
    };
    let common = left.0.len().min(right.0.len());
    match left.0.iter().take(common).cmp(right.0.iter().take(common)) {
        Ordering::Equal => spelt(left).cmp(&spelt(right)),
        decided => decided,
    }
}
