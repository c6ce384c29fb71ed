//! What Git's words on standard error mean, where `git blame` gave no answer.

use crate::git::tree::Version;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::text;

impl Repo {
    /// Says why Git gave no answer about a path of a commit, or of the work tree (`None`).
    pub(super) fn blame_refusal(
        &self,
        commit_id: Option<ObjectId>,
        path: &[u8],
        message: &str,
    ) -> GitError {
        let is_on_disk = commit_id.is_none();
        let commit_id = match commit_id.map_or_else(|| self.commit_of_head(), Ok) {
            Ok(commit_id) => commit_id,
            Err(error) => return error,
        };
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
        if is_on_disk
            && ["cannot lstat", "Cannot lstat"]
                .iter()
                .any(|w| line.starts_with(w))
        {
            return GitError::NotInWorkTree { path: shown(path) };
        }
        GitError::Blame {
            path: shown(path),
            message: if line.starts_with("usage:") {
                "the lines are not given as -L takes them".to_owned()
            } else {
                text::escaped(line).into_owned()
            },
        }
    }

    fn commit_of_head(&self) -> Result<ObjectId, GitError> {
        self.head()?
            .commit_id
            .ok_or_else(|| GitError::UnknownRevision {
                revision: "HEAD".to_owned(),
            })
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
}

pub(super) fn shown(path: &[u8]) -> String {
    text::escaped(&String::from_utf8_lossy(path)).into_owned()
}
