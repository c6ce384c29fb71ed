//! `RepoPath`: a path inside a repository's trees, as the bytes that Git has.
//!
//! Takes bytes from Git or from a record and gives a path that can only be looked up in a tree:
//! relative, `/`-separated, without `.`, `..` or `.git` in any of the disguises that file systems
//! accept (git-fsck(1), `verify_path` in Git's `read-cache.c`). In JSON it is a string when it is
//! UTF-8 without disguising characters, else `{"b64":"…"}`.
//!
//! # What is not checked
//!
//! Whether the path exists. Nothing here touches a disk.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text;

/// The most bytes that a path may have.
pub const MAX_PATH_BYTES: usize = 4096;

/// A path inside a repository's trees.
// Invariant: what `RepoPath::new` accepts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// Accepts the bytes of a path as Git's trees spell it.
    ///
    /// # Errors
    ///
    /// [`RepoPathError`] names the rule that the bytes break.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, RepoPathError> {
        let bytes = bytes.into();
        check(&bytes)?;
        Ok(Self(bytes))
    }

    /// Answers whether a record can hold a path with these bytes.
    #[must_use]
    pub fn is_valid(bytes: &[u8]) -> bool {
        check(bytes).is_ok()
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the path as text where it is UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Returns the path's components, outermost first.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/')
    }

    /// The text form, when the path has one that cannot be mistaken for another.
    fn plain(&self) -> Option<&str> {
        self.as_str().filter(|text| text::is_undisguised(text))
    }
}

/// Shows the path for people: escaped, on one line, other bytes as `\xNN`.
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(&text::escaped(chunk.valid()))?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

/// The JSON form of a path that is no plain text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    b64: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    Text(String),
    Bytes(Encoded),
}

impl RepoPath {
    /// Writes the path of a directory, with a trailing `/`.
    pub(crate) fn serialize_directory<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if let Some(text) = self.plain() {
            return to.collect_str(&format_args!("{text}/"));
        }
        let bytes = [self.as_bytes(), b"/"].concat();
        Encoded {
            b64: BASE64.encode(bytes),
        }
        .serialize(to)
    }

    /// Reads a path, and whether a trailing `/` says that it is a directory's.
    pub(crate) fn deserialize_claimed<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<(Self, bool), D::Error> {
        use serde::de::Error as _;
        let (mut bytes, was_text) = match Wire::deserialize(from)? {
            Wire::Text(text) => (text.into_bytes(), true),
            Wire::Bytes(Encoded { b64 }) => (BASE64.decode(b64).map_err(D::Error::custom)?, false),
        };
        let directory = bytes.last() == Some(&b'/');
        if directory {
            bytes.pop();
        }
        let path = Self::new(bytes).map_err(D::Error::custom)?;
        // A path has one spelling: text exactly when it can be text.
        if path.plain().is_some() != was_text {
            return Err(D::Error::custom(RepoPathError::Spelling));
        }
        Ok((path, directory))
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.plain() {
            Some(text) => serializer.serialize_str(text),
            None => Encoded {
                b64: BASE64.encode(&self.0),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RepoPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Self::deserialize_claimed(deserializer)? {
            (path, false) => Ok(path),
            (_, true) => Err(serde::de::Error::custom(RepoPathError::Component)),
        }
    }
}

/// Why bytes are not a path inside a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RepoPathError {
    /// No bytes, or more than Git can check out.
    #[error("a path must have 1 to {MAX_PATH_BYTES} bytes")]
    Length,
    /// Starts with `/` or a drive letter.
    #[error("a path must be relative to the repository's root")]
    Absolute,
    /// An empty component, `.` or `..`.
    #[error("a path must not have empty, `.` or `..` components")]
    Component,
    /// `.git`, in any case or disguise.
    #[error("a path must not have a `.git` component")]
    GitDirectory,
    /// NUL or backslash.
    #[error("a path must not have NUL or backslash")]
    Byte,
    /// Text where bytes are due, or bytes where text is.
    #[error("a path is text where it is plain UTF-8, else {{\"b64\":\"…\"}}")]
    Spelling,
}

fn check(bytes: &[u8]) -> Result<(), RepoPathError> {
    if bytes.is_empty() || bytes.len() > MAX_PATH_BYTES {
        return Err(RepoPathError::Length);
    }
    if bytes.first() == Some(&b'/') || is_drive(bytes) {
        return Err(RepoPathError::Absolute);
    }
    if bytes.iter().any(|byte| matches!(byte, 0 | b'\\')) {
        return Err(RepoPathError::Byte);
    }
    for component in bytes.split(|byte| *byte == b'/') {
        if matches!(component, b"" | b"." | b"..") {
            return Err(RepoPathError::Component);
        }
        if is_git_directory(component) {
            return Err(RepoPathError::GitDirectory);
        }
    }
    Ok(())
}

fn is_drive(bytes: &[u8]) -> bool {
    matches!(bytes, [letter, b':', b'/', ..] | [letter, b':'] if letter.is_ascii_alphabetic())
}

/// `.git` as HFS+ (ignorable characters) and NTFS (case, `git~1`, trailing dots, blanks and
/// streams) would open it.
fn is_git_directory(component: &[u8]) -> bool {
    // Nearly every name: nothing is ignored in it, and it begins otherwise.
    let is_plain = component.iter().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain && !matches!(component.first(), Some(b'.' | b'g' | b'G')) {
        return false;
    }
    let mut folded: Vec<u8> = match std::str::from_utf8(component) {
        Ok(text) => text
            .chars()
            .filter(|c| !text::is_disguise(*c))
            .collect::<String>()
            .into(),
        Err(_) => component.to_vec(),
    };
    folded.make_ascii_lowercase();
    let name = folded
        .split(|byte| *byte == b':')
        .next()
        .unwrap_or_default();
    let end = name
        .iter()
        .rposition(|byte| !matches!(byte, b'.' | b' '))
        .map_or(0, |i| i + 1);
    matches!(name.get(..end), Some(b".git" | b"git~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_are_accepted_and_written_as_text() {
        for good in [
            "a",
            "src/retry.rs",
            ".gitignore",
            ".github/x",
            "größe/日本.txt",
            "a b",
            "git~2",
        ] {
            let path = RepoPath::new(good).unwrap();
            let json = serde_json::to_string(&path).unwrap();
            assert_eq!(json, serde_json::to_string(good).unwrap());
            assert_eq!(serde_json::from_str::<RepoPath>(&json).unwrap(), path);
        }
    }

    #[test]
    fn bytes_that_are_no_plain_text_are_written_in_base64() {
        for odd in [b"caf\xe9".as_slice(), "a\u{202e}b".as_bytes(), b"a\nb"] {
            let path = RepoPath::new(odd).unwrap();
            let json = serde_json::to_string(&path).unwrap();
            assert!(json.starts_with("{\"b64\":"), "{json}");
            assert_eq!(serde_json::from_str::<RepoPath>(&json).unwrap(), path);
        }
        assert!(
            serde_json::from_str::<RepoPath>(r#"{"b64":"YQ=="}"#).is_err(),
            "`a` is text"
        );
    }

    #[test]
    fn attack_g32_paths_that_leave_the_tree_are_malformed() {
        use RepoPathError::{Absolute, Byte, Component, GitDirectory, Length};
        for (bad, error) in [
            ("", Length),
            ("/etc/passwd", Absolute),
            ("C:/x", Absolute),
            ("C:\\x", Byte),
            ("a\\..\\b", Byte),
            ("../x", Component),
            ("a/../b", Component),
            ("a//b", Component),
            ("./a", Component),
            ("a/", Component),
            (".git/config", GitDirectory),
            ("a/.GIT/config", GitDirectory),
            ("git~1", GitDirectory),
            (".git. .", GitDirectory),
            (".git::$INDEX_ALLOCATION", GitDirectory),
            (".g\u{200c}it", GitDirectory),
            ("a\0b", Byte),
        ] {
            assert_eq!(RepoPath::new(bad).unwrap_err(), error, "{bad:?}");
        }
    }
}
