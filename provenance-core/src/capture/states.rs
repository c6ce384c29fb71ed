//! `States`: what files held before and after an edit, kept for as long as lines may come back.
//!
//! Takes the files of a worktree and gives a [`State`] for each: absent, text under the name of its
//! SHA-256, or opaque. Texts are kept compressed in
//! `$GIT_COMMON_DIR/provenance/states/<aa>/<sha256>`, shared by all worktrees, so that a removed
//! worktree loses nothing and the same content is kept once.
//!
//! Invariants: only regular files are opened (never a FIFO or a device), and only their first
//! [`MAX_TEXT_BYTES`] are read: a file of 100 MB costs one `stat`. A state that was damaged is not
//! there: its digest is checked when it is read.
//!
//! # What is not checked
//!
//! Git's filters. A state is what stands on disk; with `core.autocrlf` or a clean filter the blob
//! may differ from it, and `converted` says what becomes of the labels.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use serde::{Deserialize, Serialize};

use super::{CaptureError, local};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::git::diff;

/// The largest text that is kept: 8 MiB. What is larger is claimed whole or not at all.
pub const MAX_TEXT_BYTES: usize = 8 << 20;

/// Most texts are smaller.
const USUAL_BYTES: usize = 16 << 10;

/// How long a state is kept after it was last seen.
pub const KEPT: Duration = Duration::from_hours(90 * 24);

/// What a path held at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing.
    Absent,
    /// A text, kept under its digest.
    Text(Digest),
    /// Something whose lines are not known: binary, larger than [`MAX_TEXT_BYTES`], a symbolic
    /// link, a directory, or unreadable. Equal marks mean equal content, as far as can be told.
    Opaque(String),
}

/// The store of file contents.
#[derive(Debug, Clone)]
pub struct States {
    dir: PathBuf,
}

impl States {
    /// Names the store of the repository whose common Git directory this is.
    #[must_use]
    pub fn at(common_dir: &Path) -> Self {
        Self {
            dir: common_dir.join("provenance").join("states"),
        }
    }

    /// Looks at a file and keeps what it holds.
    ///
    /// A file that cannot be read is opaque: that it is there is all that was seen.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Write`] when the store cannot be written.
    pub fn keep_file(&self, path: &Path) -> Result<State, CaptureError> {
        match look(path) {
            Seen::Absent => Ok(State::Absent),
            Seen::Opaque(mark) => Ok(State::Opaque(mark)),
            Seen::Text(content) => self.keep(&content),
        }
    }

    /// Keeps a content.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Write`] when the store cannot be written.
    pub fn keep(&self, content: &[u8]) -> Result<State, CaptureError> {
        let digest = Digest::of(content);
        if content.len() > MAX_TEXT_BYTES || diff::is_binary(content) {
            return Ok(State::Opaque(digest.to_string()));
        }
        self.put(digest, content)?;
        Ok(State::Text(digest))
    }

    /// Keeps bytes of any kind and size under their digest.
    pub(super) fn put(&self, digest: Digest, bytes: &[u8]) -> Result<(), CaptureError> {
        let path = self.path(digest);
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        if let Ok(file) = File::options().append(true).open(&path)
            // A file that lost its content when the power went is written again.
            && file.metadata().is_ok_and(|data| data.len() > 0)
        {
            // Seen again: its 90 days begin anew. That the time cannot be set only shortens them.
            drop(file.set_modified(now()));
            return Ok(());
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        let packed = encoder
            .write_all(bytes)
            .and_then(|()| encoder.finish())
            .map_err(failed)?;
        local::write(&path, &packed).map_err(failed)
    }

    /// Returns a content; `None` where it is not kept (any more) or damaged.
    #[must_use]
    pub fn read(&self, digest: Digest) -> Option<Vec<u8>> {
        self.get(digest, MAX_TEXT_BYTES)
    }

    pub(super) fn get(&self, digest: Digest, cap: usize) -> Option<Vec<u8>> {
        // What zlib cannot make smaller grows by a thousandth.
        let most = cap + cap / 1000 + USUAL_BYTES;
        let packed = local::read(&self.path(digest), most as u64).ok()??;
        let content = inflated(&packed, cap)?;
        (Digest::of(&content) == digest).then_some(content)
    }

    /// Removes what was last seen more than [`KEPT`] before `now`; returns how many.
    ///
    /// For housekeeping, never for a hook: it walks the whole store.
    #[must_use]
    pub fn prune(&self, now: Timestamp) -> u64 {
        let shards = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        shards
            .map(|shard| local::prune(&shard.path(), now, KEPT))
            .sum()
    }

    fn path(&self, digest: Digest) -> PathBuf {
        let hex = digest.to_hex();
        let shard = hex.get(..2).unwrap_or_default();
        self.dir.join(shard).join(&hex)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file's own time, which the file system would set too; no fact depends on it"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Inflates a content of at most `cap` bytes; `None` where it has more, or was cut off.
fn inflated(packed: &[u8], cap: usize) -> Option<Vec<u8>> {
    let mut inflate = Decompress::new(true);
    // What is inflated at once needs no window.
    let mut content = Vec::with_capacity(USUAL_BYTES.max(4 * packed.len()).min(cap + 1));
    loop {
        let used = usize::try_from(inflate.total_in()).ok()?;
        let rest = packed.get(used..)?;
        let status = inflate.decompress_vec(rest, &mut content, FlushDecompress::Finish);
        if status.ok()? == Status::StreamEnd {
            return (content.len() <= cap).then_some(content);
        }
        if content.len() < content.capacity() || content.len() > cap {
            return None;
        }
        content.reserve(content.len());
    }
}

/// What a look at a path found.
pub(super) enum Seen {
    /// Nothing.
    Absent,
    /// A text, whole.
    Text(Vec<u8>),
    /// Anything else.
    Opaque(String),
}

/// Looks at a path without following a link, reading at most [`MAX_TEXT_BYTES`].
pub(super) fn look(path: &Path) -> Seen {
    let unreadable = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Seen::Absent,
        kind => Seen::Opaque(format!("unreadable: {kind}")),
    };
    let data = match fs::symlink_metadata(path) {
        Ok(data) => data,
        Err(error) => return unreadable(&error),
    };
    if data.is_symlink() {
        let target = fs::read_link(path).unwrap_or_default();
        let target = Digest::of(target.as_os_str().as_encoded_bytes());
        return Seen::Opaque(format!("link {target}"));
    }
    if !data.is_file() {
        return Seen::Opaque("not a file".to_owned());
    }
    if data.len() > MAX_TEXT_BYTES as u64 {
        return Seen::Opaque(large(&data));
    }
    let mut content = Vec::with_capacity(usize::try_from(data.len()).unwrap_or_default() + 1);
    let read = File::open(path).and_then(|file| {
        file.take(MAX_TEXT_BYTES as u64 + 1)
            .read_to_end(&mut content)
    });
    match read {
        Err(error) => unreadable(&error),
        // It grew while it was read.
        Ok(length) if length > MAX_TEXT_BYTES => Seen::Opaque(large(&data)),
        Ok(_) if diff::is_binary(&content) => Seen::Opaque(Digest::of(&content).to_string()),
        Ok(_) => Seen::Text(content),
    }
}

fn large(data: &fs::Metadata) -> String {
    let modified = data
        .modified()
        .ok()
        .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok())
        .unwrap_or_default();
    format!("{} bytes at {}", data.len(), modified.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, States) {
        let dir = tempfile::tempdir().unwrap();
        let states = States::at(dir.path());
        (dir, states)
    }

    #[test]
    fn a_text_is_kept_under_its_digest_and_for_its_owner_only() {
        let (dir, states) = store();
        fs::write(dir.path().join("a"), "fn main() {}\r\nlast").unwrap();
        let digest = Digest::of(b"fn main() {}\r\nlast");
        let state = states.keep_file(&dir.path().join("a")).unwrap();
        assert_eq!(state, State::Text(digest));
        assert_eq!(states.read(digest).unwrap(), b"fn main() {}\r\nlast");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&states.path(digest)), 0o600);
            assert_eq!(mode(states.path(digest).parent().unwrap()), 0o700);
        }
    }

    #[test]
    fn what_has_no_lines_is_opaque() {
        let (dir, states) = store();
        let path = |name: &str| dir.path().join(name);
        assert_eq!(states.keep_file(&path("none")).unwrap(), State::Absent);
        fs::write(path("bin"), b"\x7fELF\0\0").unwrap();
        fs::create_dir(path("dir")).unwrap();
        File::create(path("large"))
            .unwrap()
            .set_len(100_000_000)
            .unwrap();
        for name in ["bin", "dir", "large"] {
            let state = states.keep_file(&path(name)).unwrap();
            assert!(matches!(state, State::Opaque(_)), "{name}: {state:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/passwd", path("link")).unwrap();
            let state = states.keep_file(&path("link")).unwrap();
            assert!(matches!(state, State::Opaque(_)), "{state:?}");
        }
    }

    #[test]
    fn a_damaged_state_is_not_there() {
        let (_dir, states) = store();
        let State::Text(digest) = states.keep(b"text\n").unwrap() else {
            panic!("a text")
        };
        fs::write(states.path(digest), b"garbage").unwrap();
        assert_eq!(states.read(digest), None);
    }

    #[test]
    fn a_state_is_read_whole_or_not_at_all() {
        let (_dir, states) = store();
        for repeated in [0, 1, 900, 100_000] {
            let content = b"the same line\n".repeat(repeated);
            let digest = Digest::of(&content);
            states.put(digest, &content).unwrap();
            assert_eq!(states.get(digest, content.len()), Some(content.clone()));
            if repeated > 0 {
                assert_eq!(states.get(digest, content.len() - 1), None);
            }
            let packed = fs::read(states.path(digest)).unwrap();
            for end in [0, 1, packed.len() / 2, packed.len() - 1] {
                fs::write(states.path(digest), &packed[..end]).unwrap();
                assert_eq!(states.get(digest, content.len()), None, "{end}");
            }
        }
    }

    #[test]
    fn states_are_pruned_90_days_after_they_were_last_seen() {
        let (_dir, states) = store();
        let now = Timestamp::from_unix_seconds(1_795_167_328).unwrap();
        let day =
            |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_167_328 - days * 86_400);
        for (content, age) in [("old", 91), ("new", 89)] {
            let State::Text(digest) = states.keep(content.as_bytes()).unwrap() else {
                panic!("a text")
            };
            let file = File::options()
                .append(true)
                .open(states.path(digest))
                .unwrap();
            file.set_modified(day(age)).unwrap();
        }
        assert_eq!(states.prune(now), 1);
        assert_eq!(states.read(Digest::of(b"old")), None);
        assert_eq!(states.read(Digest::of(b"new")).unwrap(), b"new");
    }
}
