//! `GitError`: why a repository could not be read or written.
//!
//! Each way in which libgit2 refuses a repository has a variant of its own, because each has
//! another way out. What is merely absent and may be absent (a ref, a note) is a value, not an
//! error.

use std::io;
use std::path::PathBuf;

use super::{CommitFault, ObjectKind};
use crate::object_id::ObjectId;

/// Why a repository could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// There is no repository here or above.
    #[error("not a git repository (or any of the parent directories): {start}; run `git init` first", start = .start.display())]
    NotARepository {
        /// Where discovery started.
        start: PathBuf,
    },
    /// Another user owns it, and `safe.directory` does not name it.
    #[error(
        "{path} belongs to another user; if you trust it: git config --global --add safe.directory {path}",
        path = .path.display()
    )]
    NotOwned {
        /// The directory to trust.
        path: PathBuf,
    },
    /// `extensions.objectFormat` is one that this build cannot read.
    #[error(
        "the repository at {path} uses the object format `sha256`, which this build cannot read; \
         build with `--features sha256`",
        path = .path.display()
    )]
    ObjectFormat {
        /// Where it was found.
        path: PathBuf,
    },
    /// `extensions.refStorage`: refs are kept in reftable files.
    #[error(
        "the repository at {path} keeps its refs as `reftable`, which libgit2 cannot read; \
         go back with: git refs migrate --ref-format=files",
        path = .path.display()
    )]
    Reftable {
        /// Where it was found.
        path: PathBuf,
    },
    /// Any other extension that libgit2 does not know.
    #[error("the repository at {path} needs a Git extension that libgit2 does not know", path = .path.display())]
    Extension {
        /// Where it was found.
        path: PathBuf,
        /// What libgit2 said.
        source: git2::Error,
    },
    /// The directory is there, but cannot be opened as a repository.
    #[error("the repository at {path} cannot be opened; `git status` there may say why", path = .path.display())]
    Open {
        /// Where it was looked for.
        path: PathBuf,
        /// What libgit2 said.
        source: git2::Error,
    },
    /// An object is named, and is not here: shallow, partial or damaged.
    #[error(
        "object {id} is missing; in a shallow clone: git fetch --unshallow, in a partial one: git fetch --refetch --no-filter"
    )]
    MissingObject {
        /// The object's name.
        id: ObjectId,
    },
    /// An object exists, and could not be read.
    #[error("object {id} cannot be read; `git fsck` tells more")]
    Object {
        /// The object's name.
        id: ObjectId,
        /// What libgit2 said.
        source: git2::Error,
    },
    /// The file of an object is cut off or holds something else.
    #[error(
        "the file of object {id} is damaged; `git fsck` tells more; fetch it again, or restore it"
    )]
    Damaged {
        /// The object's name.
        id: ObjectId,
    },
    /// The file of an object could not be read.
    #[error("the file of object {id} cannot be read; may you read it?")]
    Read {
        /// The object's name.
        id: ObjectId,
        /// What the operating system said.
        source: io::Error,
    },
    /// An object is of another type than the one that was asked for.
    #[error("object {id} is a {found:?}, which is not what was expected here")]
    WrongKind {
        /// The object's name.
        id: ObjectId,
        /// What it is.
        found: ObjectKind,
    },
    /// An object is larger than what is read into memory.
    #[error("object {id} has {size} bytes, and at most {cap} are read")]
    TooLarge {
        /// The object's name.
        id: ObjectId,
        /// Its size in bytes.
        size: usize,
        /// The cap in bytes.
        cap: usize,
    },
    /// The bytes of a commit can be read in more ways than one.
    #[error("commit {id} is malformed; `git fsck` tells more")]
    MalformedCommit {
        /// The commit's name.
        id: ObjectId,
        /// What is wrong with it.
        #[source]
        fault: CommitFault,
    },
    /// The bytes of a tree are no list of entries.
    #[error("tree {id} is malformed; `git fsck` tells more")]
    MalformedTree {
        /// The tree's name.
        id: ObjectId,
    },
    /// Trees that spell out more paths, or deeper ones, than any worktree has.
    #[error("the trees below {id} name too many paths or nest too deeply to be a project's files")]
    TooManyPaths {
        /// Where the bound was reached.
        id: ObjectId,
    },
    /// The index cannot be read, or no tree can be made of it.
    #[error("cannot make a tree of the index {path}: {message}; `git status` may say why",
        path = .path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// What Git or the operating system said, escaped.
        message: String,
    },
    /// A notes tree names its own parts again and again.
    #[error(
        "the notes tree leads to the same directories more than {limit} times, so it was made to \
         be endless; take an older one: git reflog, git update-ref"
    )]
    EndlessNotes {
        /// How many repetitions were followed.
        limit: usize,
    },
    /// Other writers were faster for too long, or one of them died with the lock.
    #[error(
        "others kept writing {notes_ref}; nothing was lost, try again; if no git process is \
         running, remove {lock}",
        lock = .lock.display()
    )]
    NotesContended {
        /// The notes reference.
        notes_ref: String,
        /// The lock file that may have been left behind.
        lock: PathBuf,
    },
    /// An object or a reference could not be written.
    #[error("cannot write at {path}; is there space, and may you write there?", path = .path.display())]
    Write {
        /// The directory of the objects, or the file of the reference.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// What was written could not be flushed to the disk.
    #[error("cannot flush {path} to the disk", path = .path.display())]
    Flush {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A name that no reference can have.
    #[error("`{name}` cannot be the name of a reference; see git check-ref-format")]
    RefName {
        /// The name, escaped.
        name: String,
    },
    /// Nothing has this name.
    #[error("unknown revision `{revision}`; `git log` lists commits, `git branch -a` branches")]
    UnknownRevision {
        /// What was typed, escaped.
        revision: String,
    },
    /// A commit has no such file.
    #[error(
        "there is no `{path}` in {commit_id}; `git ls-tree -r --name-only {commit_id}` lists what is"
    )]
    NoSuchPath {
        /// The path, escaped.
        path: String,
        /// The commit.
        commit_id: ObjectId,
    },
    /// What a commit has at a path has no lines to be followed.
    #[error("`{path}` is a directory in {commit_id}; name a file of it")]
    Directory {
        /// The path, escaped.
        path: String,
        /// The commit.
        commit_id: ObjectId,
    },
    /// A path is a submodule or lies in one.
    #[error("`{path}` is a submodule; ask in it: git -C {path} provenance …")]
    Submodule {
        /// The submodule's path, escaped.
        path: String,
    },
    /// A file that a commit has is not on disk.
    #[error(
        "`{path}` is not in the work tree; ask about a commit: git provenance blame HEAD -- {path}"
    )]
    NotInWorkTree {
        /// The path, escaped.
        path: String,
    },
    /// `git blame` refused.
    #[error("`git blame` cannot follow the lines of `{path}`: {message}")]
    Blame {
        /// The path, escaped.
        path: String,
        /// What Git said, escaped.
        message: String,
    },
    /// Git knows no such form of dates.
    #[error(
        "dates cannot be shown as `{form}`: {message}; git help log lists the forms, such as iso or format:%Y-%m-%d"
    )]
    DateForm {
        /// What was typed, escaped.
        form: String,
        /// What Git said, escaped.
        message: String,
    },
    /// Git refused the range.
    #[error(
        "cannot list the commits of `{range}`: {message}; ranges are written as for `git log`, such as main..feature"
    )]
    Range {
        /// What was typed, escaped.
        range: String,
        /// What Git said, escaped.
        message: String,
    },
    /// Git refused the pathspecs.
    #[error(
        "cannot list the paths that are meant: {message}; pathspecs are written as for `git log`, such as src/ ':!*.md'"
    )]
    Pathspec {
        /// What Git said, escaped.
        message: String,
    },
    /// Git cannot say what a merge would be.
    #[error(
        "cannot merge {theirs} into {ours} on trial: {message}; this needs Git 2.38 or newer, and all of both histories"
    )]
    Merge {
        /// The commit that would be merged into.
        ours: String,
        /// The commit that would be merged.
        theirs: String,
        /// What Git said, escaped.
        message: String,
    },
    /// `git` cannot be started.
    #[error("cannot start `git`; is it installed and on PATH?")]
    NoGit {
        /// What the operating system said.
        source: io::Error,
    },
    /// `git -c`, or the variables behind it, hold what Git cannot read.
    #[error("the configuration given by `git -c` or GIT_CONFIG_* cannot be read: {message}")]
    ConfigEnvironment {
        /// The part that cannot be read, escaped.
        message: String,
    },
    /// A file in which Git keeps what it is in the middle of cannot be read.
    #[error("{path} does not hold what Git writes there; `git status` tells more", path = .path.display())]
    State {
        /// The file.
        path: PathBuf,
    },
    /// A configuration value makes no sense.
    #[error("`{key}` is `{value}`, expected {expected}; set it with: git config {key} …")]
    Setting {
        /// The key.
        key: &'static str,
        /// The value, escaped.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// `provenance.notesRef` is not the name of a notes reference.
    #[error(
        "`provenance.notesRef` is `{name}`, expected refs/notes/ and letters, digits, `.`, `_`, \
         `/`, `-`; set it with: git config provenance.notesRef refs/notes/provenance"
    )]
    NotesRef {
        /// The value, escaped.
        name: String,
    },
    /// Nobody said who the user is.
    #[error("no {missing} is set; tell Git who you are: git config user.{missing} …")]
    NoIdentity {
        /// `name` or `email`.
        missing: &'static str,
    },
    /// `GIT_COMMON_DIR` and the Git directory disagree.
    #[error("GIT_COMMON_DIR is {given}, but this Git directory belongs to {found}; unset it",
        given = .given.display(), found = .found.display())]
    CommonDir {
        /// What the environment says.
        given: PathBuf,
        /// What the Git directory says.
        found: PathBuf,
    },
    /// libgit2 failed at something that has no rarer cause.
    #[error("cannot {action}")]
    Failed {
        /// What was tried, as a verb and its object.
        action: &'static str,
        /// What libgit2 said.
        source: git2::Error,
    },
}

impl GitError {
    /// Wraps what has no rarer cause.
    pub(crate) fn failed(action: &'static str, source: git2::Error) -> Self {
        Self::Failed { action, source }
    }
}
