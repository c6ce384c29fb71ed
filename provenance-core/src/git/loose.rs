//! Loose objects: a file each below `objects/`, zlib over `<type> <size>`, NUL and the content
//! (gitrepository-layout(5), "Object storage format" in Pro Git).
//!
//! libgit2 opens such a file twice where the size must be known first, looks for new packs before
//! each write, makes the file in another directory than its own, and never comes back from one
//! that was cut off. Here it is opened once, made in its place, and what is damaged is said.
//! Packs, alternates and files of another form stay with libgit2.
//!
//! # What is not checked
//!
//! Whether an object that is read has the name that was asked for: the caller compares. Whether
//! one that is written stands in a pack already; then it is there twice until `git gc`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::{ObjectKind, stored};
use crate::object_id::ObjectId;

/// Most files are smaller, and then read at once.
const USUAL_FILE_BYTES: usize = 4 << 10;
/// Most objects are smaller, and then inflated at once, for which zlib needs no window.
const USUAL_OBJECT_BYTES: usize = 16 << 10;
/// A file takes whole blocks of this size at least: what fits into one is made no smaller.
const BLOCK_BYTES: usize = 4 << 10;
/// A tree is mostly ids, which nothing makes smaller, and one of notes is rarely larger than this.
const STORED_TREE_BYTES: usize = 16 << 10;
/// The most bytes of `<type> <size>` and NUL, with room for any size.
const MAX_HEADER_BYTES: usize = 32;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Returns the file of an object.
pub(super) fn path(objects: &Path, id: ObjectId) -> PathBuf {
    let hex = id.to_string();
    let (directory, name) = hex.split_at_checked(2).unwrap_or_default();
    objects.join(directory).join(name)
}

/// What stands in the place of a loose object.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Loose {
    /// No file, or one of another form: libgit2 may know the object.
    Elsewhere,
    /// An object.
    Object(ObjectKind, Vec<u8>),
    /// More bytes than may be read.
    TooLarge(usize),
    /// A file that is cut off, or holds something else.
    Damaged,
}

/// Reads a loose object of at most `cap` bytes.
pub(super) fn read(objects: &Path, id: ObjectId, cap: usize) -> io::Result<Loose> {
    let opened = match File::open(path(objects, id)) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Loose::Elsewhere),
        Err(error) => return Err(error),
    };
    let mut file = Vec::with_capacity(USUAL_FILE_BYTES);
    // What zlib cannot make smaller grows by a thousandth.
    let most = cap + cap / 1000 + USUAL_FILE_BYTES;
    opened.take(most as u64).read_to_end(&mut file)?;
    Ok(match file.as_slice() {
        // The first two bytes of every zlib stream (RFC 1950, 2.2).
        [first, second, ..]
            if first & 0x8f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0 =>
        {
            inflated(&file, cap).unwrap_or(Loose::Damaged)
        }
        [_, _, ..] => Loose::Elsewhere,
        _ => Loose::Damaged,
    })
}

/// Inflates a file; `None` where it is damaged.
fn inflated(file: &[u8], cap: usize) -> Option<Loose> {
    let mut inflate = Decompress::new(true);
    let usual = 8 * file.len().min(USUAL_FILE_BYTES) + MAX_HEADER_BYTES;
    let mut object = Vec::with_capacity(usual.min(USUAL_OBJECT_BYTES));
    let mut status = inflate
        .decompress_vec(file, &mut object, FlushDecompress::Finish)
        .ok()?;
    let end = object
        .iter()
        .take(MAX_HEADER_BYTES)
        .position(|byte| *byte == 0)?;
    let (kind, size) = header(object.get(..end)?)?;
    if size > cap {
        return Some(Loose::TooLarge(size));
    }
    let whole = end + 1 + size;
    // One byte more than it may have, so that a longer one is seen.
    object.reserve_exact((whole + 1).saturating_sub(object.len()));
    while status != Status::StreamEnd {
        let used = usize::try_from(inflate.total_in()).ok()?;
        let before = (used, object.len());
        let rest = file.get(used..)?;
        status = inflate
            .decompress_vec(rest, &mut object, FlushDecompress::Finish)
            .ok()?;
        let used = usize::try_from(inflate.total_in()).ok()?;
        if status != Status::StreamEnd && before == (used, object.len()) {
            return None;
        }
    }
    if object.len() != whole || inflate.total_in() != file.len() as u64 {
        return None;
    }
    object.drain(..=end);
    Some(Loose::Object(kind, object))
}

fn header(bytes: &[u8]) -> Option<(ObjectKind, usize)> {
    let (kind, size) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
    let kind = match kind {
        "commit" => ObjectKind::Commit,
        "tree" => ObjectKind::Tree,
        "blob" => ObjectKind::Blob,
        "tag" => ObjectKind::Tag,
        _ => return None,
    };
    Some((kind, size.parse().ok()?))
}

/// Writes an object beside its place and renames it, as Git does: whole or not at all. Returns its
/// file.
pub(super) fn write(
    objects: &Path,
    id: ObjectId,
    kind: ObjectKind,
    content: &[u8],
    deflater: &mut Deflater,
) -> io::Result<PathBuf> {
    let file = deflater.deflated(kind, content)?;
    let place = path(objects, id);
    let directory = place.parent().unwrap_or(objects);
    // `git gc` knows the name, should we die in between.
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let beside = directory.join(format!("tmp_obj_{}_{number}", std::process::id()));
    let mut opened = match open_new(&beside) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            crate::fail_point!("object: make a directory");
            match fs::create_dir(directory) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            open_new(&beside)?
        }
        // Left behind by a process that died and had our id.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            crate::fail_point!("object: remove a dead one's");
            fs::remove_file(&beside)?;
            open_new(&beside)?
        }
        opened => opened?,
    };
    crate::fail_point!("object: fill");
    let written = opened.write_all(&file);
    drop(opened);
    crate::fail_point!("object: rename");
    let written = written.and_then(|()| fs::rename(&beside, &place));
    if written.is_err() {
        // What is left of a full disk is removed; that it cannot be is no second error.
        drop(fs::remove_file(&beside));
    }
    // Some systems do not rename over a file that cannot be written: it is the same object.
    match written {
        Err(error) if !place.exists() => Err(error),
        _ => Ok(place),
    }
}

fn open_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o444);
    }
    crate::fail_point!("object: open beside");
    options.open(path)
}

/// What deflates objects, one after the other: zlib's tables are some 260 KiB, and each page of new
/// ones is a page fault. So what gains nothing by it is stored as it is, unless a level was asked for.
pub(super) struct Deflater {
    level: Option<Compression>,
    made: Option<(u8, Compress)>,
}

impl Deflater {
    pub(super) const fn new(level: Option<Compression>) -> Self {
        Self { level, made: None }
    }

    fn deflated(&mut self, kind: ObjectKind, content: &[u8]) -> io::Result<Vec<u8>> {
        let name = match kind {
            ObjectKind::Commit => "commit",
            ObjectKind::Tree => "tree",
            ObjectKind::Blob => "blob",
            ObjectKind::Tag => "tag",
        };
        let mut object = format!("{name} {}\0", content.len()).into_bytes();
        object.extend_from_slice(content);
        let gains_nothing = match kind {
            ObjectKind::Tree => object.len() <= STORED_TREE_BYTES,
            _ => object.len() <= BLOCK_BYTES,
        };
        if self.level.is_none()
            && gains_nothing
            && let Some(file) = stored::stream(&object)
        {
            return Ok(file);
        }
        let mut file = Vec::with_capacity(object.len() + object.len() / 1000 + 64);
        let deflate = self.ready_for(object.len());
        loop {
            let used = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
            let rest = object.get(used..).unwrap_or_default();
            let status = deflate.compress_vec(rest, &mut file, FlushCompress::Finish)?;
            if status == Status::StreamEnd {
                return Ok(file);
            }
            file.reserve(file.len().max(256));
        }
    }

    /// Begins a stream with a window no larger than what it looks back on, if there is none yet.
    fn ready_for(&mut self, size: usize) -> &mut Compress {
        let window = (9..15).find(|bits| size < 1 << bits).unwrap_or(15);
        let level = self.level.unwrap_or(Compression::fast());
        let kept = self.made.take().filter(|(bits, _)| *bits >= window);
        let kept = kept.map(|(bits, mut deflate)| {
            deflate.reset();
            (bits, deflate)
        });
        let new = || (window, Compress::new_with_window_bits(level, true, window));
        &mut self.made.insert(kept.unwrap_or_else(new)).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of(content: &[u8]) -> Vec<u8> {
        let mut deflater = Deflater::new(Some(Compression::fast()));
        deflater.deflated(ObjectKind::Blob, content).unwrap()
    }

    /// Text that zlib makes small, and text that it cannot.
    fn contents() -> Vec<Vec<u8>> {
        let noise = |n: usize| {
            let digests = (0..n / 32).map(|i| crate::digest::Digest::of(&i.to_le_bytes()));
            digests.flat_map(|digest| *digest.as_bytes()).collect()
        };
        vec![
            Vec::new(),
            b"one line\n".to_vec(),
            b"again ".repeat(20_000),
            b"again ".repeat(600),
            noise(300),
            noise(100_000),
        ]
    }

    #[test]
    fn what_was_deflated_is_inflated_whole_at_every_level() {
        let asked = (0..=9).map(|level| Some(Compression::new(level)));
        for level in asked.chain([None]) {
            // One after the other, larger and smaller ones, from one deflater.
            let mut deflater = Deflater::new(level);
            for content in contents() {
                let file = deflater.deflated(ObjectKind::Tree, &content).unwrap();
                let read = inflated(&file, content.len());
                let expected = Loose::Object(ObjectKind::Tree, content.clone());
                assert_eq!(read, Some(expected), "{level:?}");
            }
        }
    }

    #[test]
    fn what_fits_into_a_block_is_stored_unless_a_level_was_asked_for() {
        let length = |level, kind, size: usize| {
            let content = b"again ".repeat(size / 6);
            let file = Deflater::new(level).deflated(kind, &content).unwrap();
            (file.len(), content.len())
        };
        for (kind, stored, deflated) in [
            (ObjectKind::Blob, 4_000, 4_200),
            (ObjectKind::Commit, 4_000, 4_200),
            (ObjectKind::Tree, 16_000, 17_000),
        ] {
            let (file, content) = length(None, kind, stored);
            assert!(file > content, "{kind:?}");
            let (file, content) = length(None, kind, deflated);
            assert!(file < content / 10, "{kind:?}");
            let (file, content) = length(Some(Compression::fast()), kind, stored);
            assert!(file < content / 10, "{kind:?}");
        }
    }

    #[test]
    fn attack_a_file_that_was_cut_or_grew_is_no_object() {
        for content in contents() {
            let file = file_of(&content);
            let step = file.len() / 50 + 1;
            for end in (0..file.len()).step_by(step) {
                assert_eq!(inflated(&file[..end], usize::MAX / 4), None, "{end}");
            }
        }
    }

    #[test]
    fn attack_a_file_that_claims_another_size_is_no_object() {
        let lying = |header: &str, content: &[u8]| {
            let mut object = header.as_bytes().to_vec();
            object.push(0);
            object.extend_from_slice(content);
            let mut deflate = Compress::new(Compression::fast(), true);
            let mut file = Vec::with_capacity(object.len() + 100);
            deflate
                .compress_vec(&object, &mut file, FlushCompress::Finish)
                .unwrap();
            inflated(&file, 1000)
        };
        assert!(lying("blob 3", b"abc").is_some());
        assert_eq!(lying("blob 1001", b"abc"), Some(Loose::TooLarge(1001)));
        for header in [
            "blob 2",
            "blob 4",
            "blob 99999999999999999999",
            "blob -3",
            "blob",
            "blub 3",
            "commit3",
            "",
        ] {
            assert_eq!(lying(header, b"abc"), None, "{header}");
        }
    }

    #[test]
    fn attack_a_bomb_is_refused_by_its_header() {
        let file = file_of(&vec![0; 1 << 24]);
        assert!(file.len() < 1 << 18);
        assert_eq!(inflated(&file, 1 << 20), Some(Loose::TooLarge(1 << 24)));
    }
}
