//! The repository: the only place that names git2.
//!
//! Takes a [`Location`], gives a [`Repo`], and through it objects, refs, notes, configuration.
//! Everything that comes out is bytes and ids as they stand in the object database: parents from
//! the raw header, never from grafts or `refs/replace`.
//!
//! # What is not checked
//!
//! Anything that a signature would have to prove. Whoever can write the repository decides what
//! is read here.

pub mod added;
pub mod attributes;
pub mod blame;
mod bulk;
mod commit;
mod compared;
mod config;
mod converted;
mod dates;
pub mod diff;
mod error;
mod flush;
mod history;
pub mod hooks;
mod index;
mod links;
mod location;
mod loose;
mod merge;
mod notes;
mod objects;
mod patch;
mod pathspec;
mod progress;
pub(crate) mod publish;
mod ref_file;
mod refs;
pub mod rename;
mod repeat;
mod revisions;
mod shared;
mod status;
mod stored;
pub mod trailer;
pub mod tree;
mod worktrees;

pub use bulk::Names;
pub use commit::{CommitFault, Person, RawCommit};
pub use compared::Compared;
pub use config::{
    Config, FsyncPolicy, Identity, IdentityRole, NotesRef, SETTINGS, Setting, Settings,
    TrailerPolicy,
};
pub use error::GitError;
pub use history::HistoryGaps;
pub use links::Links;
pub use location::{IdentityVariables, Location};
pub use notes::{
    NoteChange, NoteDifference, NoteEntries, NoteFault, NoteList, NoteProblem, NotesEdit,
    NotesTree, NotesUpdate, NotesWriter,
};
pub use objects::{MAX_COMMIT_BYTES, MAX_TREE_BYTES, ObjectKind, TreeEntry};
pub use progress::{Making, Move};
pub use refs::{Head, RefUpdate};
pub use repeat::{LineSource, Repetition};
pub use status::{Status, StatusFile};

pub use crate::object_id::ObjectId;

use std::cell::{OnceCell, RefCell};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

/// An open repository.
pub struct Repo {
    inner: Repository,
    location: Location,
    config: OnceCell<Config>,
    deflater: RefCell<Option<loose::Deflater>>,
    trees: RefCell<objects::AtHand>,
    blobs: RefCell<objects::AtHand>,
    bulk: Option<(Box<dyn bulk::Bulk>, Names)>,
    compared: Option<Arc<Compared>>,
}

impl fmt::Debug for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repo")
            .field("git_dir", &self.git_dir())
            .finish_non_exhaustive()
    }
}

/// How the names of objects are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectFormat {
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
}

impl ObjectFormat {
    /// Returns how many bytes an id has.
    #[must_use]
    pub const fn id_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

impl Repo {
    /// Opens the repository that Git would use from here.
    ///
    /// # Errors
    ///
    /// [`GitError::NotARepository`], [`GitError::NotOwned`], [`GitError::ObjectFormat`],
    /// [`GitError::Reftable`], [`GitError::Extension`], [`GitError::Open`].
    pub fn open(location: &Location) -> Result<Self, GitError> {
        let (path, flags) = match &location.git_dir {
            Some(git_dir) => (
                location.start.join(git_dir),
                RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT,
            ),
            None => (location.start.clone(), RepositoryOpenFlags::empty()),
        };
        let ceilings: Vec<&OsStr> = location
            .ceiling_dirs
            .iter()
            .map(|d| d.as_os_str())
            .collect();
        let inner = Repository::open_ext(&path, flags, ceilings)
            .map_err(|source| explained(path, source))?;
        let repo = Self {
            inner,
            location: location.clone(),
            config: OnceCell::new(),
            deflater: RefCell::new(None),
            trees: RefCell::default(),
            blobs: RefCell::default(),
            bulk: None,
            compared: None,
        };
        repo.check_common_dir()?;
        repo.settle_work_tree()?;
        repo.add_object_dirs()?;
        Ok(repo)
    }

    /// `GIT_COMMON_DIR` can only be believed where it changes nothing: libgit2 takes no other.
    fn check_common_dir(&self) -> Result<(), GitError> {
        let Some(given) = &self.location.common_dir else {
            return Ok(());
        };
        let (given, found) = (
            self.location.start.join(given),
            self.common_dir().to_owned(),
        );
        let same = matches!((given.canonicalize(), found.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if same {
            Ok(())
        } else {
            Err(GitError::CommonDir { given, found })
        }
    }

    /// `GIT_WORK_TREE` wins. With `GIT_DIR` alone Git takes the directory where it started, unless
    /// the repository is bare, names its worktree, or is a linked one.
    fn settle_work_tree(&self) -> Result<(), GitError> {
        let Location {
            start,
            git_dir,
            work_tree,
            ..
        } = &self.location;
        let root = match (work_tree, git_dir) {
            (Some(work_tree), _) => start.join(work_tree),
            (None, Some(_)) if !self.is_bare() && !self.inner.is_worktree() => {
                let named = self
                    .inner
                    .config()
                    .and_then(|c| c.get_path("core.worktree"));
                match named {
                    Ok(_) => return Ok(()),
                    Err(_) => start.clone(),
                }
            }
            _ => return Ok(()),
        };
        let set = self.inner.set_workdir(&root, false);
        set.map_err(|source| GitError::Open { path: root, source })
    }

    fn add_object_dirs(&self) -> Result<(), GitError> {
        if self.location.object_dirs.is_empty() {
            return Ok(());
        }
        let failed = |source| GitError::failed("add a directory of objects", source);
        let odb = self.inner.odb().map_err(failed)?;
        for directory in &self.location.object_dirs {
            let directory = self.location.start.join(directory);
            odb.add_disk_alternate(&directory.to_string_lossy())
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Gives the other files of this module libgit2's repository.
    pub(in crate::git) fn inner(&self) -> &Repository {
        &self.inner
    }

    /// Returns where this repository was looked for.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Returns the Git directory of this worktree.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// Returns the Git directory that all worktrees share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Returns the root of the worktree; `None` in a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// Returns a key for state that belongs to this worktree, a plain file name: `main`, or
    /// `linked-` and the name of the linked worktree's Git directory.
    #[must_use]
    pub fn worktree_key(&self) -> String {
        if !self.inner.is_worktree() {
            return "main".to_owned();
        }
        let name = self.git_dir().file_name().unwrap_or_default();
        format!("linked-{}", name.to_string_lossy())
    }

    /// Returns how names of objects are computed here.
    #[must_use]
    pub fn object_format(&self) -> ObjectFormat {
        match self.inner.object_format() {
            git2::ObjectFormat::Sha1 => ObjectFormat::Sha1,
            #[cfg(feature = "sha256")]
            git2::ObjectFormat::Sha256 => ObjectFormat::Sha256,
            #[cfg(not(feature = "sha256"))]
            _ => ObjectFormat::Sha1,
        }
    }

    /// Answers whether there is no worktree.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }
}

fn explained(path: PathBuf, source: git2::Error) -> GitError {
    match source.code() {
        ErrorCode::NotFound => GitError::NotARepository { start: path },
        ErrorCode::Owner => {
            // Only the message says which directory has to be trusted.
            let named = source.message().split('\'').nth(1).map(PathBuf::from);
            let path = named.unwrap_or(path);
            GitError::NotOwned { path }
        }
        _ if source.message().contains("object format") => GitError::ObjectFormat { path },
        _ if source.message().contains("refstorage") => GitError::Reftable { path },
        _ if source.message().contains("unsupported extension") => {
            GitError::Extension { path, source }
        }
        _ => GitError::Open { path, source },
    }
}

/// Converts libgit2's id.
pub(in crate::git) fn from_oid(oid: git2::Oid) -> ObjectId {
    #[expect(
        clippy::expect_used,
        reason = "libgit2 has ids of 20 and 32 bytes only"
    )]
    ObjectId::from_bytes(oid.as_bytes()).expect("because libgit2's ids have 20 or 32 bytes")
}

/// Converts to libgit2's id.
///
/// # Errors
///
/// [`GitError::MissingObject`] when the id has a length that no object of this build can have.
pub(in crate::git) fn to_oid(id: ObjectId) -> Result<git2::Oid, GitError> {
    git2::Oid::from_bytes(id.as_bytes()).map_err(|_| GitError::MissingObject { id })
}
