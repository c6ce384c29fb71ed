//! The notes of a tree as Git keeps them in memory: sixteen ways at each hex digit.
//!
//! Takes a notes tree and the notes to set, gives the tree that Git's own `git notes` would
//! write. Git chooses how many directories deep a note lies (its fan-out) for each part of the
//! tree by itself: a level becomes a directory where each of its sixteen digits leads on to more
//! than one note (`determine_fanout` in Git's notes.c). Two writers that choose differently break
//! `git notes merge`, so the choice is made in the same way, and directories that nobody asked
//! for stay unread, as with Git, and are written back by their id.
//!
//! # What is not checked
//!
//! What the notes say.

use std::collections::HashSet;
use std::mem;

use super::directory::Directory;
use super::{BLOB_MODE, Foreign, TREE_MODE, entries_of, is_hex};
use crate::git::tree::Entry;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// How often one change unfolds a directory that it has unfolded elsewhere. Commit ids do not
/// repeat, so honest trees never need it; others can be endless without being large.
const MAX_REPEATS: usize = 256;
const ENDLESS: GitError = GitError::EndlessNotes { limit: MAX_REPEATS };
/// Hex digits of the longest id.
const MAX_LEVEL: usize = 64;

type Key = [u8; 32];
type Slots = [Node; 16];

/// What stands where a digit leads.
#[derive(Default)]
enum Node {
    #[default]
    Empty,
    /// More than one thing starts with these digits.
    Inner(Box<Slots>),
    Note(Leaf),
    Folded(Folded),
}

/// The entries of one commit, more than one where the tree has several.
struct Leaf {
    commit_id: ObjectId,
    /// Each blob, and in how many directories it was found.
    entries: Vec<(ObjectId, usize)>,
}

/// A directory that has not been read.
struct Folded {
    /// The bytes that its path spells, then zeros.
    prefix: Key,
    length: usize,
    tree_id: ObjectId,
}

impl Folded {
    fn covers(&self, key: &Key) -> bool {
        self.prefix.get(..self.length) == key.get(..self.length)
    }
}

/// Reads directories, and remembers what in them is no note.
struct Reader<'r> {
    repo: &'r Repo,
    id_length: usize,
    foreign: Vec<Foreign>,
    unfolded: HashSet<ObjectId>,
    repeats: usize,
}

/// A notes tree that is being changed.
pub(super) struct Trie<'r> {
    reader: Reader<'r>,
    slots: Slots,
}

impl<'r> Trie<'r> {
    /// Reads the root of a notes tree. `id_length` is the length of the repository's ids.
    pub(super) fn open(
        repo: &'r Repo,
        tree_id: Option<ObjectId>,
        id_length: usize,
    ) -> Result<Self, GitError> {
        let mut trie = Self {
            reader: Reader {
                repo,
                id_length,
                foreign: Vec::new(),
                unfolded: HashSet::new(),
                repeats: 0,
            },
            slots: Slots::default(),
        };
        if let Some(tree_id) = tree_id {
            let root = Folded {
                prefix: Key::default(),
                length: 0,
                tree_id,
            };
            trie.reader.unfold(&root, &mut trie.slots, 0)?;
        }
        Ok(trie)
    }

    /// Returns the blobs of all entries of a commit.
    pub(super) fn entries(&mut self, commit_id: ObjectId) -> Result<Vec<ObjectId>, GitError> {
        let found = self.reader.find(&mut self.slots, 0, commit_id)?;
        let entries = found
            .map(|leaf| leaf.entries.as_slice())
            .unwrap_or_default();
        Ok(entries.iter().map(|(blob_id, _)| *blob_id).collect())
    }

    /// Makes `blob_id` the one note of a commit.
    pub(super) fn set(&mut self, commit_id: ObjectId, blob_id: ObjectId) -> Result<(), GitError> {
        let entries = vec![(blob_id, 0)];
        if let Some(leaf) = self.reader.find(&mut self.slots, 0, commit_id)? {
            leaf.entries = entries;
            return Ok(());
        }
        let leaf = Node::Note(Leaf { commit_id, entries });
        self.reader.insert(&mut self.slots, 0, leaf)
    }

    /// Writes the directories that were read, and returns the id of the root.
    /// Everything that was written is added to `written`.
    pub(super) fn write(mut self, written: &mut Vec<ObjectId>) -> Result<ObjectId, GitError> {
        let mut root = Directory::default();
        self.reader.emit(&mut self.slots, 0, 0, &mut root)?;
        for foreign in &self.reader.foreign {
            root.put_unless_taken(
                &foreign.directories,
                &foreign.name,
                foreign.mode,
                foreign.id,
            );
        }
        root.write(self.reader.repo, written)
    }
}

impl Reader<'_> {
    /// Puts a note or a folded directory where its digits lead.
    fn insert(&mut self, slots: &mut Slots, level: usize, item: Node) -> Result<(), GitError> {
        let Some(key) = key_of(&item) else {
            return Ok(());
        };
        if level >= MAX_LEVEL {
            return Err(ENDLESS);
        }
        self.unfold_covering(slots, level, &key)?;
        let slot = slot(slots, level, &key);
        match (mem::take(slot), item) {
            (Node::Empty, item) => *slot = item,
            (Node::Inner(mut inner), item) => {
                self.insert(&mut inner, level + 1, item)?;
                *slot = Node::Inner(inner);
            }
            (Node::Note(mut old), Node::Note(new)) if old.commit_id == new.commit_id => {
                old.entries.extend(new.entries);
                *slot = Node::Note(old);
            }
            (Node::Note(old), Node::Folded(new)) if new.covers(&bytes(old.commit_id)) => {
                *slot = Node::Note(old);
                self.unfold(&new, slots, level)?;
            }
            (old, item) => {
                let mut inner = Box::new(Slots::default());
                self.insert(&mut inner, level + 1, old)?;
                self.insert(&mut inner, level + 1, item)?;
                *slot = Node::Inner(inner);
            }
        }
        Ok(())
    }

    fn find<'s>(
        &mut self,
        slots: &'s mut Slots,
        level: usize,
        commit_id: ObjectId,
    ) -> Result<Option<&'s mut Leaf>, GitError> {
        let key = bytes(commit_id);
        self.unfold_covering(slots, level, &key)?;
        match slot(slots, level, &key) {
            Node::Inner(inner) => self.find(inner, level + 1, commit_id),
            Node::Note(leaf) if leaf.commit_id == commit_id => Ok(Some(leaf)),
            _ => Ok(None),
        }
    }

    /// Reads the directories in the way of `key`. One whose digits are used up stands at 0.
    fn unfold_covering(
        &mut self,
        slots: &mut Slots,
        level: usize,
        key: &Key,
    ) -> Result<(), GitError> {
        for key_of_slot in [&Key::default(), key] {
            while let Some(folded) = take_unless(slot(slots, level, key_of_slot), |folded| {
                !folded.covers(key)
            }) {
                self.unfold(&folded, slots, level)?;
            }
        }
        Ok(())
    }

    /// Reads a directory and puts what is in it among `slots`.
    fn unfold(&mut self, folded: &Folded, slots: &mut Slots, level: usize) -> Result<(), GitError> {
        self.repeats += usize::from(!self.unfolded.insert(folded.tree_id));
        if self.repeats > MAX_REPEATS {
            return Err(ENDLESS);
        }
        let tree = self.repo.tree_bytes(folded.tree_id)?;
        for Entry { mode, name, id } in entries_of(&tree, folded.tree_id)? {
            let mut key = folded.prefix;
            let rest = key.get_mut(folded.length..self.id_length);
            let rest = rest.unwrap_or_default();
            let is_note = name.len() == 2 * rest.len();
            let into = if is_note {
                Some(rest)
            } else {
                rest.get_mut(..1)
            };
            let spelt =
                is_hex(name) && into.is_some_and(|into| hex::decode_to_slice(name, into).is_ok());
            let item = match mode {
                BLOB_MODE if spelt && is_note => key
                    .get(..self.id_length)
                    .and_then(ObjectId::from_bytes)
                    .map(|commit_id| {
                        Node::Note(Leaf {
                            commit_id,
                            entries: vec![(id, folded.length)],
                        })
                    }),
                TREE_MODE if spelt && !is_note => Some(Node::Folded(Folded {
                    prefix: key,
                    length: folded.length + 1,
                    tree_id: id,
                })),
                _ => None,
            };
            match item {
                Some(item) => self.insert(slots, level, item)?,
                None => self.foreign.push(Foreign {
                    directories: segments(&folded.prefix, folded.length),
                    name: name.to_vec(),
                    mode,
                    id,
                }),
            }
        }
        Ok(())
    }

    /// Lays everything out into directories, as deep as Git would.
    fn emit(
        &mut self,
        slots: &mut Slots,
        level: usize,
        depth: usize,
        root: &mut Directory,
    ) -> Result<(), GitError> {
        let depth = deepened(slots, level, depth);
        for digit in 0..16 {
            // A directory that lies where none should is unfolded into the level above it; so is
            // one whose digits are used up, which only a tree with two layouts has.
            let is_kept = |f: &Folded| level < 2 * depth && level < 2 * f.length;
            while let Some(folded) = slots.get_mut(digit).and_then(|s| take_unless(s, is_kept)) {
                self.unfold(&folded, slots, level)?;
            }
            match slots.get_mut(digit) {
                Some(Node::Inner(inner)) => self.emit(inner, level + 1, depth, root)?,
                Some(Node::Note(leaf)) => place(leaf, depth, root),
                Some(Node::Folded(folded)) => {
                    let mut directories = segments(&folded.prefix, folded.length);
                    let name = directories.pop().unwrap_or_default();
                    root.put(&directories, &name, TREE_MODE, folded.tree_id);
                }
                Some(Node::Empty) | None => {}
            }
        }
        Ok(())
    }
}

/// Takes a folded directory out of its slot, unless it stays.
fn take_unless(slot: &mut Node, stays: impl Fn(&Folded) -> bool) -> Option<Folded> {
    if !matches!(slot, Node::Folded(folded) if !stays(folded)) {
        return None;
    }
    match mem::take(slot) {
        Node::Folded(folded) => Some(folded),
        _ => None,
    }
}

/// The depth for this part of the tree: one more where a level of directories ends and each of
/// the sixteen digits leads on to more than one note, or to a directory.
fn deepened(slots: &Slots, level: usize, depth: usize) -> usize {
    let leads_on = |node: &Node| matches!(node, Node::Inner(_) | Node::Folded(_));
    let ends_here = level.is_multiple_of(2) && level <= 2 * depth;
    if ends_here && slots.iter().all(leads_on) {
        depth + 1
    } else {
        depth
    }
}

/// Puts a note where it belongs. Where the tree had several for one commit and nobody united
/// them, the others stay where they were.
fn place(leaf: &Leaf, depth: usize, root: &mut Directory) {
    let at = |depth: usize| {
        let hex = leaf.commit_id.to_string().into_bytes();
        let (directories, name) = hex.split_at(2 * depth);
        let directories = directories
            .chunks(2)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>();
        (directories, name.to_vec())
    };
    let own = leaf.entries.iter().position(|(_, found)| *found == depth);
    let own = own.unwrap_or(0);
    for (i, (blob_id, found)) in leaf.entries.iter().enumerate() {
        let (directories, name) = at(if i == own { depth } else { *found });
        root.put(&directories, &name, BLOB_MODE, *blob_id);
    }
}

fn key_of(node: &Node) -> Option<Key> {
    match node {
        Node::Note(leaf) => Some(bytes(leaf.commit_id)),
        Node::Folded(folded) => Some(folded.prefix),
        Node::Empty | Node::Inner(_) => None,
    }
}

fn bytes(id: ObjectId) -> Key {
    let mut key = Key::default();
    key.iter_mut()
        .zip(id.as_bytes())
        .for_each(|(to, from)| *to = *from);
    key
}

#[expect(
    clippy::indexing_slicing,
    reason = "half a byte is less than 16, and `insert` refuses levels beyond the key"
)]
fn slot<'s>(slots: &'s mut Slots, level: usize, key: &Key) -> &'s mut Node {
    let byte = key[level / 2];
    let digit = if level.is_multiple_of(2) {
        byte >> 4
    } else {
        byte & 0x0f
    };
    &mut slots[usize::from(digit)]
}

/// The directories that spell the first bytes of a key.
fn segments(key: &Key, length: usize) -> Vec<Vec<u8>> {
    let bytes = key.iter().take(length);
    bytes
        .map(|byte| hex::encode([*byte]).into_bytes())
        .collect()
}
