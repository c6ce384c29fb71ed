//! `Packs`: objects out of pack files (gitformat-pack(5)).
//!
//! gitoxide finds entries and unpacks one; what a delta was made against is remembered here, each
//! step of a chain and the whole object at its end, because the versions of one file stand on each
//! other and are read one after the other.
//!
//! # What is not checked
//!
//! Checksums of packs and their indexes.

use std::cell::{Cell, RefCell};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clru::{CLruCache, CLruCacheConfig, WeightScale};
use foldhash::fast::RandomState;
use gix_object::Kind;
use gix_pack::cache::Never;
use gix_pack::data::decode::entry::ResolvedBase;
use gix_pack::data::entry::Header;
use gix_pack::data::{Entry, File};
use gix_pack::index;

use super::Bulk;
use crate::git::objects::ObjectKind;
use crate::object_id::ObjectId;

/// What is larger is libgit2's to read, which looks at its size first.
const MAX_BYTES: usize = 64 << 20;
/// How many bytes of objects are remembered.
const REMEMBERED_BYTES: usize = 8 << 20;
/// Git makes no chain longer than this.
const MAX_CHAIN: usize = 4096;

/// The packs of a repository and of those that it borrows objects from.
pub(super) struct Packs(Arc<[Pack]>);

/// Who reads them; each thread has its own.
pub(super) struct Reader {
    packs: Arc<[Pack]>,
    /// Where an object was found last.
    latest: Cell<usize>,
    unpacking: RefCell<Unpacking>,
}

struct Pack {
    index: index::File,
    data: File,
}

/// An object, or what a delta is made against.
#[derive(Clone)]
struct Unpacked {
    kind: Kind,
    bytes: Arc<[u8]>,
}

/// A pack by its place, and an offset in it.
type Place = (usize, u64);

struct Bytes;

impl WeightScale<Place, Unpacked> for Bytes {
    fn weight(&self, _: &Place, unpacked: &Unpacked) -> usize {
        unpacked.bytes.len()
    }
}

struct Unpacking {
    inflate: gix_zlib::Inflate,
    room: Vec<u8>,
    remembered: CLruCache<Place, Unpacked, RandomState, Bytes>,
}

impl Packs {
    /// Opens the packs below a directory of objects; those that cannot be opened are left out.
    pub(super) fn open(objects: &Path) -> Self {
        let mut packs = Vec::new();
        for directory in with_alternates(objects) {
            packs.extend(indexes(&directory.join("pack")).filter_map(Pack::open));
        }
        Self(packs.into())
    }

    /// Returns one who reads them.
    pub(super) fn reader(&self) -> Reader {
        let most = NonZeroUsize::new(REMEMBERED_BYTES).unwrap_or(NonZeroUsize::MIN);
        let config = CLruCacheConfig::new(most)
            .with_hasher(RandomState::default())
            .with_scale(Bytes);
        Reader {
            packs: Arc::clone(&self.0),
            latest: Cell::new(0),
            unpacking: RefCell::new(Unpacking {
                inflate: gix_zlib::Inflate::default(),
                room: Vec::new(),
                remembered: CLruCache::with_config(config),
            }),
        }
    }
}

impl Reader {
    fn find(&self, id: ObjectId) -> Option<(usize, &Pack, u64)> {
        let id = gix_hash::oid::try_from_bytes(id.as_bytes()).ok()?;
        let latest = self.latest.get();
        let order = std::iter::once(latest).chain((0..self.packs.len()).filter(|n| *n != latest));
        for number in order {
            let pack = self.packs.get(number)?;
            if let Some(found) = pack.index.lookup(id) {
                self.latest.set(number);
                return Some((number, pack, pack.index.pack_offset_at_index(found)));
            }
        }
        None
    }
}

impl Bulk for Reader {
    fn read(&self, id: ObjectId, kind: ObjectKind, cap: usize) -> Option<Arc<[u8]>> {
        let (number, pack, offset) = self.find(id)?;
        let mut unpacking = self.unpacking.borrow_mut();
        let unpacked = unpacking.object(number, pack, offset)?;
        let is_expected = matches!(
            (unpacked.kind, kind),
            (Kind::Commit, ObjectKind::Commit)
                | (Kind::Tree, ObjectKind::Tree)
                | (Kind::Blob, ObjectKind::Blob)
                | (Kind::Tag, ObjectKind::Tag)
        );
        (is_expected && unpacked.bytes.len() <= cap).then_some(unpacked.bytes)
    }
}

impl Pack {
    fn open(index: PathBuf) -> Option<Self> {
        let data = File::at(index.with_extension("pack"), gix_hash::Kind::Sha1).ok()?;
        Some(Self {
            index: index::File::at(index, gix_hash::Kind::Sha1).ok()?,
            data: data.with_alloc_limit_bytes(Some(MAX_BYTES)),
        })
    }

    /// Where the base of a delta stands; `None` where it is not in this pack.
    fn base(&self, delta: &Entry) -> Option<u64> {
        match delta.header {
            Header::OfsDelta { base_distance } => delta.checked_base_pack_offset(base_distance),
            Header::RefDelta { base_id } => {
                let found = self.index.lookup(base_id)?;
                Some(self.index.pack_offset_at_index(found))
            }
            Header::Commit | Header::Tree | Header::Blob | Header::Tag => None,
        }
    }
}

impl Unpacking {
    fn object(&mut self, number: usize, pack: &Pack, offset: u64) -> Option<Unpacked> {
        let mut chain = Vec::new();
        let mut next = offset;
        let mut unpacked = loop {
            if let Some(known) = self.remembered.get(&(number, next)) {
                break known.clone();
            }
            let entry = pack.data.entry(next).ok()?;
            if entry.header.is_delta() {
                let base = pack.base(&entry)?;
                chain.push((next, entry));
                next = base;
                if chain.len() > MAX_CHAIN {
                    return None;
                }
                continue;
            }
            let whole = self.unpack(&pack.data, entry, None)?;
            // Few commits are a base.
            if whole.kind != Kind::Commit || !chain.is_empty() {
                self.remember((number, next), &whole);
            }
            break whole;
        };
        for (at, entry) in chain.into_iter().rev() {
            unpacked = self.unpack(&pack.data, entry, Some(&unpacked))?;
            self.remember((number, at), &unpacked);
        }
        Some(unpacked)
    }

    /// Unpacks one entry, on top of what it was made against.
    fn unpack(&mut self, data: &File, entry: Entry, base: Option<&Unpacked>) -> Option<Unpacked> {
        let entry = match base {
            // It is named as if it stood in another pack, because that is how it can be handed over.
            Some(_) => Entry {
                header: Header::RefDelta {
                    base_id: gix_hash::ObjectId::null(gix_hash::Kind::Sha1),
                },
                ..entry
            },
            None => entry,
        };
        let resolve = |_: &gix_hash::oid, room: &mut Vec<u8>| {
            Ok(base.map(|base| {
                room.clear();
                room.extend_from_slice(&base.bytes);
                ResolvedBase::OutOfPack {
                    kind: base.kind,
                    end: base.bytes.len(),
                }
            }))
        };
        let unpacked = data
            .decode_entry(
                entry,
                &mut self.room,
                &mut self.inflate,
                &resolve,
                &mut Never,
            )
            .ok()?;
        let size = usize::try_from(unpacked.object_size).ok()?;
        Some(Unpacked {
            kind: unpacked.kind,
            bytes: self.room.get(..size)?.into(),
        })
    }

    fn remember(&mut self, place: Place, unpacked: &Unpacked) {
        // One that is larger than all room is not.
        drop(self.remembered.put_with_weight(place, unpacked.clone()));
    }
}

/// The indexes in a directory of packs.
fn indexes(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "idx"))
}

/// A directory of objects, and those that it names in `info/alternates`, directly or through each
/// other. A quoted path is left out; libgit2 reads it.
fn with_alternates(objects: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::canonicalize(objects).into_iter().collect();
    let mut at = 0;
    while let Some(directory) = all.get(at).cloned() {
        at += 1;
        let text = std::fs::read_to_string(directory.join("info/alternates"));
        for line in text.unwrap_or_default().lines() {
            let is_path = !line.is_empty() && !line.starts_with(['#', '"']);
            // In one spelling, because two can name each other.
            let named = std::fs::canonicalize(directory.join(line));
            all.extend(named.ok().filter(|named| is_path && !all.contains(named)));
        }
    }
    all
}
