//! What an index file says about itself, read without its entries' content
//! (gitformat-index(5), versions 2 to 4).
//!
//! Takes the bytes of the file. Gives the tree that the index is known to have, and whether it is
//! simple enough for libgit2.
//!
//! # What is not checked
//!
//! The checksum at the end; Git does not check it either, and `index.skipHash` leaves it out.

use crate::object_id::ObjectId;

/// What an index file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many entries it has; for a split index, those that are not in the shared part.
    pub(super) entries: u32,
    /// No split index, no sparse one, nothing required that is not known here, no entry that a tree
    /// leaves out, no conflict.
    pub(super) is_plain: bool,
    /// The tree of the whole index, where Git has computed it since the last change: the root of
    /// the cache-tree extension.
    pub(super) tree_id: Option<ObjectId>,
}

/// Reads an index file; `None` where it is none, or of a version that is not known here.
/// `id_length` is 20 or 32.
pub(super) fn read(file: &[u8], id_length: usize) -> Option<Layout> {
    let body = file.get(..file.len().checked_sub(id_length)?)?;
    let header = body.strip_prefix(b"DIRC")?;
    let version = number(header)?;
    let entries = number(header.get(4..)?)?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let mut layout = Layout {
        entries,
        is_plain: true,
        tree_id: None,
    };
    let mut at = 12;
    for _ in 0..entries {
        let (length, is_plain) = entry(body.get(at..)?, version, id_length)?;
        at += length;
        layout.is_plain &= is_plain;
    }
    let mut is_split = false;
    let mut rest = body.get(at..)?;
    while !rest.is_empty() {
        let signature = rest.get(..4)?;
        let length = usize::try_from(number(rest.get(4..)?)?).ok()?;
        let end = length.checked_add(8)?;
        let content = rest.get(8..end)?;
        match signature {
            b"TREE" => layout.tree_id = root(content, id_length, entries),
            b"link" => is_split = true,
            // An extension in lower case changes what the entries mean.
            [first, ..] if !first.is_ascii_uppercase() => layout.is_plain = false,
            _ => {}
        }
        rest = rest.get(end..)?;
    }
    if is_split {
        layout.is_plain = false;
        layout.tree_id = None;
    }
    Some(layout)
}

/// The length of the first entry of `bytes`, and whether it is one that libgit2 puts into a tree
/// as Git does.
fn entry(bytes: &[u8], version: u32, id_length: usize) -> Option<(usize, bool)> {
    const EXTENDED: u16 = 0x4000;
    const STAGE: u16 = 0x3000;
    const NAME_LENGTH: u16 = 0x0fff;
    const INTENT_TO_ADD: u16 = 0x2000;
    let fixed = 40 + id_length + 2;
    let flags = short(bytes.get(fixed - 2..)?)?;
    let is_extended = version > 2 && flags & EXTENDED != 0;
    let extended = if is_extended {
        short(bytes.get(fixed..)?)?
    } else {
        0
    };
    let is_plain = flags & STAGE == 0 && extended & INTENT_TO_ADD == 0;
    let start = if is_extended { fixed + 2 } else { fixed };
    let length = if version == 4 {
        // How much of the previous name to drop, then the rest of this one.
        let varint = 1 + bytes
            .get(start..)?
            .iter()
            .position(|byte| byte & 0x80 == 0)?;
        start + varint + name_length(bytes.get(start + varint..)?)? + 1
    } else {
        let name = match flags & NAME_LENGTH {
            NAME_LENGTH => name_length(bytes.get(start..)?)?,
            length => usize::from(length),
        };
        // One to eight NULs follow the name.
        (start + name + 8) & !7
    };
    (length <= bytes.len()).then_some((length, is_plain))
}

/// The tree id of the root entry of a cache-tree extension: `NUL count SP subtrees LF id`. Git
/// writes -1 where the tree is not known. A count that is not that of the index is not believed.
fn root(extension: &[u8], id_length: usize, entries: u32) -> Option<ObjectId> {
    let rest = extension.strip_prefix(b"\0")?;
    let lf = rest.iter().position(|byte| *byte == b'\n')?;
    let counts = std::str::from_utf8(rest.get(..lf)?).ok()?;
    let (count, _) = counts.split_once(' ')?;
    if count.parse::<u32>().ok()? != entries {
        return None;
    }
    ObjectId::from_bytes(rest.get(lf + 1..lf + 1 + id_length)?)
}

fn name_length(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == 0)
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.first_chunk()?))
}

fn short(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.first_chunk()?))
}
