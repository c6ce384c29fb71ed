//! Blame: which commit each line of a file came from, as `git blame` says.
//!
//! Takes a commit and a path, gives the lines with their origins. Git itself is asked, with what
//! configuration and attributes could change switched off: no ignored revisions, no text
//! conversion, the algorithm of the [pinned diff](super::diff). So the lines that are given to a
//! commit are lines that it adds ([`super::added`]).
//!
//! # What is not checked
//!
//! Whether history is whole. At the boundary of a shallow clone Git gives the oldest commit that
//! is here every line that it cannot follow further.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use super::tree::Version;
use super::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::text;

/// How lines are followed, beyond what `git blame` does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlameOptions {
    /// `-w`: white space does not count.
    pub ignore_whitespace: bool,
    /// `-M`: lines that moved within a file keep their commit.
    pub follow_moves: bool,
    /// How often `-C` is given: lines that came from other files keep their commit.
    pub follow_copies: u8,
    /// `-L`, each in Git's own syntax; none means all lines.
    pub ranges: Vec<String>,
}

/// One line of a file, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlamedLine {
    /// The line in the file that was asked about, 1-based.
    pub line: u64,
    /// The commit that it came from.
    pub commit_id: ObjectId,
    /// The path that the file had there.
    pub original_path: Arc<[u8]>,
    /// The line that it was there, 1-based.
    pub original_line: u64,
    /// What it says, without its LF.
    pub content: Vec<u8>,
}

impl Repo {
    /// Returns where each line of a file came from, as the file stands in `commit_id`.
    ///
    /// # Errors
    ///
    /// [`GitError::NoSuchPath`]; [`GitError::MissingObject`] in a shallow or partial clone, where
    /// nothing is fetched; [`GitError::Blame`] for a range of lines that is none;
    /// [`GitError::NoGit`].
    pub fn blame(
        &self,
        commit_id: ObjectId,
        path: &[u8],
        options: &BlameOptions,
    ) -> Result<Vec<BlamedLine>, GitError> {
        let output = self.blame_porcelain(commit_id, path, options)?;
        parse(&output).ok_or_else(|| GitError::Blame {
            path: shown(path),
            message: "it printed something that cannot be read".to_owned(),
        })
    }

    /// Returns the bytes that `git blame --porcelain` prints.
    ///
    /// # Errors
    ///
    /// As for [`Repo::blame`].
    pub fn blame_porcelain(
        &self,
        commit_id: ObjectId,
        path: &[u8],
        options: &BlameOptions,
    ) -> Result<Vec<u8>, GitError> {
        // `git blame` takes paths relative to where it runs; ours start at the root.
        let root = self.work_tree().unwrap_or_else(|| self.git_dir());
        let mut args = vec![OsString::from("-C"), root.into()];
        for setting in ["diff.algorithm=myers", "diff.indentHeuristic=true"] {
            args.extend(["-c", setting].map(OsString::from));
        }
        args.extend(
            ["blame", "--porcelain", "--no-textconv", "--encoding=none"].map(OsString::from),
        );
        args.push(OsString::from("--ignore-revs-file="));
        if options.ignore_whitespace {
            args.push(OsString::from("-w"));
        }
        if options.follow_moves {
            args.push(OsString::from("-M"));
        }
        for _ in 0..options.follow_copies.min(3) {
            args.push(OsString::from("-C"));
        }
        for range in &options.ranges {
            args.push(OsString::from(format!("-L{range}")));
        }
        args.push(OsString::from(commit_id.to_string()));
        args.push(OsString::from("--"));
        args.push(os_string(path));
        let output = self.git(args.iter().map(OsStr::new))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(self.refusal(commit_id, path, &String::from_utf8_lossy(&output.stderr)))
    }

    /// The submodule that a path is, or in which it lies.
    fn submodule_of(&self, commit_id: ObjectId, path: &[u8]) -> Option<String> {
        let tree_id = self.commit(commit_id).ok()?.tree_id;
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let ends = ends.map(|(end, _)| end).chain([path.len()]);
        let prefixes = ends.filter_map(|end| path.get(..end));
        let is_submodule = |prefix: &&[u8]| {
            let version = self.version_at(tree_id, prefix).ok().flatten();
            version.is_some_and(Version::is_submodule)
        };
        prefixes.into_iter().find(is_submodule).map(shown)
    }

    /// What Git's words on standard error mean.
    fn refusal(&self, commit_id: ObjectId, path: &[u8], message: &str) -> GitError {
        let is_missing = |id: ObjectId| self.has_object(id).is_ok_and(|here| !here);
        let found = self
            .commit(commit_id)
            .and_then(|commit| self.version_at(commit.tree_id, path));
        let is_outside = |found: &Option<Version>| found.is_none_or(Version::is_submodule);
        if found.as_ref().is_ok_and(is_outside)
            && let Some(path) = self.submodule_of(commit_id, path)
        {
            return GitError::Submodule { path };
        }
        let missing = match found {
            Err(error) => return error,
            Ok(Some(version)) if version.is_tree() => {
                return GitError::Directory {
                    path: shown(path),
                    commit_id,
                };
            }
            Ok(None) => {
                return GitError::NoSuchPath {
                    path: shown(path),
                    commit_id,
                };
            }
            // Git says of a blob that is not here that there is no such path.
            Ok(Some(version)) if is_missing(version.id) => Some(version.id),
            Ok(Some(_)) => {
                let words = message.split(|c: char| !c.is_ascii_alphanumeric());
                let ids = words.filter_map(|word| word.parse().ok());
                ids.into_iter().find(|id| is_missing(*id))
            }
        };
        if let Some(id) = missing {
            return GitError::MissingObject { id };
        }
        let line = message.lines().next().unwrap_or_default();
        let line = line.strip_prefix("fatal: ").unwrap_or(line);
        GitError::Blame {
            path: shown(path),
            message: if line.starts_with("usage:") {
                "the lines are not given as -L takes them".to_owned()
            } else {
                text::escaped(line).into_owned()
            },
        }
    }
}

fn shown(path: &[u8]) -> String {
    text::escaped(&String::from_utf8_lossy(path)).into_owned()
}

#[cfg(unix)]
pub(super) fn os_string(path: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(path.to_vec())
}

#[cfg(not(unix))]
pub(super) fn os_string(path: &[u8]) -> OsString {
    OsString::from(String::from_utf8_lossy(path).into_owned())
}

fn parse(porcelain: &[u8]) -> Option<Vec<BlamedLine>> {
    let mut lines = Vec::new();
    let mut paths: HashMap<ObjectId, Arc<[u8]>> = HashMap::new();
    let mut current: Option<(ObjectId, u64, u64)> = None;
    let mut rest = porcelain;
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        let (row, after) = rest.split_at(end);
        rest = after.strip_prefix(b"\n").unwrap_or(after);
        if let Some(content) = row.strip_prefix(b"\t") {
            let (commit_id, original_line, line) = current.take()?;
            lines.push(BlamedLine {
                line,
                commit_id,
                original_path: Arc::clone(paths.get(&commit_id)?),
                original_line,
                content: content.to_vec(),
            });
        } else if let Some((commit_id, _, _)) = current {
            if let Some(name) = row.strip_prefix(b"filename ") {
                paths.insert(commit_id, unquoted(name)?.into());
            }
        } else {
            current = Some(header(row)?);
        }
    }
    current.is_none().then_some(lines)
}

/// `<commit> <original line> <line> [<lines in this group>]`.
fn header(row: &[u8]) -> Option<(ObjectId, u64, u64)> {
    let mut words = std::str::from_utf8(row).ok()?.split(' ');
    let commit_id = words.next()?.parse().ok()?;
    Some((
        commit_id,
        words.next()?.parse().ok()?,
        words.next()?.parse().ok()?,
    ))
}

/// A path as Git quotes it in C's manner, or as it is.
fn unquoted(name: &[u8]) -> Option<Vec<u8>> {
    let Some(inner) = name.strip_prefix(b"\"") else {
        return Some(name.to_vec());
    };
    let mut bytes = inner.strip_suffix(b"\"")?.iter().copied();
    let mut path = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            path.push(byte);
            continue;
        }
        path.push(match bytes.next()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            first @ b'0'..=b'3' => {
                let (second, third) = (bytes.next()?, bytes.next()?);
                (first - b'0') * 64 + (second & 7) * 8 + (third & 7)
            }
            other => other,
        });
    }
    Some(path)
}
