//! The `linguist-generated` and `linguist-vendored` attributes of paths, as a commit's tree has them.
//!
//! Takes a commit, the files of its tree, and paths; gives what the `.gitattributes` files of that
//! tree say. Git itself is asked (`git check-attr --source`), so patterns, macros and precedence
//! are Git's. The files on disk and the configuration of the user and of the machine say nothing;
//! `$GIT_DIR/info/attributes`, which belongs to this clone, does. Where no file mentions linguist,
//! Git is not started.
//!
//! # What is not checked
//!
//! Git before 2.40 cannot read attributes from a tree, and a file of attributes can be left out of
//! a partial clone: then [`Linguist::is_whole`] is false, and nothing is made up.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::Stdio;

use super::tree::File;
use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// The attributes that are asked for.
const NAMES: [&str; 2] = ["linguist-generated", "linguist-vendored"];
/// Git reads no larger file of attributes than this (`ATTR_MAX_FILE_SIZE` in its `attr.h`).
const MAX_ATTRIBUTES_BYTES: usize = 100 << 20;

/// What attributes say about one path; `None` where they say nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinguistFlags {
    /// `linguist-generated`.
    pub generated: Option<bool>,
    /// `linguist-vendored`.
    pub vendored: Option<bool>,
}

/// What attributes say about paths.
#[derive(Debug, Clone, Default)]
pub struct Linguist {
    /// The paths about which they say something.
    pub flags: HashMap<Vec<u8>, LinguistFlags>,
    /// Whether every file of attributes could be read.
    pub is_whole: bool,
}

impl Repo {
    /// Returns what the attributes of a commit's tree say about paths, which need not exist there.
    /// `files` are the files of that tree.
    ///
    /// # Errors
    ///
    /// [`GitError::NoGit`], and what reading a blob gives, but for one that is not here.
    pub fn linguist<'p>(
        &self,
        commit_id: ObjectId,
        files: &[File],
        paths: impl Iterator<Item = &'p [u8]>,
    ) -> Result<Linguist, GitError> {
        let mut linguist = Linguist {
            is_whole: true,
            ..Linguist::default()
        };
        let own = std::fs::read(self.common_dir().join("info/attributes"));
        let mut is_mentioned = own.is_ok_and(|text| mentions_linguist(&text));
        for file in files {
            let name = file.path.rsplit(|byte| *byte == b'/').next();
            if name != Some(b".gitattributes") || !file.version.is_file() {
                continue;
            }
            match self.blob(file.version.id, MAX_ATTRIBUTES_BYTES) {
                Ok(text) => is_mentioned |= mentions_linguist(&text),
                Err(GitError::MissingObject { .. }) => linguist.is_whole = false,
                // Git does not read it either.
                Err(GitError::TooLarge { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if !is_mentioned {
            return Ok(linguist);
        }
        let mut asked = Vec::new();
        for path in paths {
            asked.extend_from_slice(path);
            asked.push(0);
        }
        match self.check_linguist(commit_id, &asked)? {
            Some(answer) => read(&answer, &mut linguist.flags),
            None => linguist.is_whole = false,
        }
        Ok(linguist)
    }

    /// Returns what `git check-attr` prints; `None` where Git cannot do that.
    fn check_linguist(
        &self,
        commit_id: ObjectId,
        asked: &[u8],
    ) -> Result<Option<Vec<u8>>, GitError> {
        // Paths count from where Git runs; ours start at the root.
        let root = self.work_tree().unwrap_or_else(|| self.git_dir());
        let source = format!("--source={commit_id}");
        let mut git = self.git_command(["-C".as_ref(), root.as_os_str()]);
        let no_git = |source| GitError::NoGit { source };
        let mut child = git
            .args(["-c", "core.attributesFile=/dev/null"])
            .args(["check-attr", "--stdin", "-z", &source])
            .args(NAMES)
            .env("GIT_ATTR_NOSYSTEM", "1")
            // Or it writes each answer by itself.
            .env("GIT_FLUSH", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(no_git)?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            // Git that cannot do it closes the pipe; its status says so.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(asked)));
            child.wait_with_output()
        });
        let output = output.map_err(no_git)?;
        Ok(output.status.success().then_some(output.stdout))
    }
}

fn mentions_linguist(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"linguist-").is_some()
}

/// Reads `path NUL attribute NUL value NUL`, again and again.
fn read(answer: &[u8], flags: &mut HashMap<Vec<u8>, LinguistFlags>) {
    let mut fields = answer.split(|byte| *byte == 0);
    while let (Some(path), Some(name), Some(value)) = (fields.next(), fields.next(), fields.next())
    {
        let value = match value {
            b"unspecified" => continue,
            b"unset" | b"false" => false,
            _ => true,
        };
        let flags = flags.entry(path.to_vec()).or_default();
        if name == b"linguist-generated" {
            flags.generated = Some(value);
        } else {
            flags.vendored = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_prints_is_read() {
        let answer = b"a\0linguist-generated\0set\0a\0linguist-vendored\0unspecified\0\
                       b c\0linguist-generated\0unset\0b c\0linguist-vendored\0true\0\
                       d\0linguist-generated\0unspecified\0d\0linguist-vendored\0false\0";
        let mut flags = HashMap::new();
        read(answer, &mut flags);
        let of = |path: &[u8]| (flags[path].generated, flags[path].vendored);
        assert_eq!(of(b"a"), (Some(true), None));
        assert_eq!(of(b"b c"), (Some(false), Some(true)));
        assert_eq!(of(b"d"), (None, Some(false)));
        assert_eq!(flags.len(), 3);
    }
}
