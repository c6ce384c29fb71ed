//! `Asked`: which file, of which commit, and where its history ends for this question.

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use provenance_core::git::blame::BlameOptions;
use provenance_core::git::diff::MAX_BYTES;
use provenance_core::git::{ObjectId, Repo};
use provenance_core::repo_path::RepoPath;

use crate::context::Context;
use crate::error::CliError;
use crate::selection;

/// Which file, of which commit, and where its history ends for this question.
#[derive(Debug)]
pub(super) struct Asked {
    /// The commit; `None` for the work tree.
    pub(super) commit_id: Option<ObjectId>,
    /// The commit, or that of HEAD.
    pub(super) rev: ObjectId,
    /// What is not followed further.
    pub(super) excluded: Vec<ObjectId>,
    /// The file, from the root.
    pub(super) path: RepoPath,
}

impl Asked {
    /// Sorts out revisions and file, as `git blame` does.
    ///
    /// # Errors
    ///
    /// [`CliError`] where there is no file, or more than one commit to start from; where a
    /// revision is not known, or there is no commit yet.
    pub(super) fn read(
        context: &Context,
        repo: &Repo,
        words: &[OsString],
        file: Option<&OsStr>,
    ) -> Result<Self, CliError> {
        let (revisions, file) = match (words.split_last(), file) {
            (_, Some(file)) => (words, file),
            (Some((file, revisions)), None) => (revisions, file.as_os_str()),
            (None, None) => {
                return Err(CliError::said("name one file")
                    .hint("git provenance blame [<rev>] [--] <file>"));
            }
        };
        let path = from_root(context, repo, file)?;
        let (mut starts, mut excluded) = (Vec::new(), Vec::new());
        for revision in revisions {
            let revision = revision.to_string_lossy();
            if is_range(&revision) {
                let (more, ends) = repo.range_ends(&revision)?;
                starts.extend(more);
                excluded.extend(ends);
            } else if revision == "HEAD" {
                starts.push(selection::head(repo)?);
            } else {
                starts.push(repo.resolve(&revision)?);
            }
        }
        let commit_id = match *starts.as_slice() {
            [] if repo.is_bare() => Some(selection::head(repo)?),
            [] => None,
            [commit_id] => Some(commit_id),
            _ => {
                return Err(CliError::said("that is more than one commit to start from")
                    .hint("name one revision or one range: git provenance blame a..b -- <file>"));
            }
        };
        let rev = commit_id.map_or_else(|| selection::head(repo), Ok)?;
        Ok(Self {
            commit_id,
            rev,
            excluded,
            path,
        })
    }

    /// Answers whether the file is the very one that a commit has, also where that of the work
    /// tree was asked about.
    pub(super) fn is_of_a_commit(&self, repo: &Repo) -> Result<bool, CliError> {
        Ok(self.commit_id.is_some() || repo.is_as_committed(self.rev, self.path.as_bytes())?)
    }

    /// Returns what the file says, where a commit has it.
    pub(super) fn content(
        &self,
        repo: &Repo,
        options: &BlameOptions,
    ) -> Result<Option<Arc<[u8]>>, CliError> {
        if options.contents.is_some() || !self.is_of_a_commit(repo)? {
            return Ok(None);
        }
        let tree_id = repo.commit(self.rev)?.tree_id;
        let version = repo.version_at(tree_id, self.path.as_bytes())?;
        // Whatever is not there, or is no file, Git refuses in its own words.
        let version = version.filter(|version| version.is_file());
        let content = version.map(|version| repo.blob(version.id, MAX_BYTES));
        Ok(content.and_then(Result::ok))
    }
}

/// Whether a word may name more than one commit, or what is excluded.
fn is_range(revision: &str) -> bool {
    revision.starts_with('^')
        || revision.contains("..")
        || revision.contains("^!")
        || revision.contains("^@")
        || revision.contains("^-")
}

/// Turns a path from where the user stands into one from the root.
fn from_root(context: &Context, repo: &Repo, file: &OsStr) -> Result<RepoPath, CliError> {
    let outside = || {
        CliError::said(format!("{} is outside the repository", file.display()))
            .hint("name a file of this repository")
    };
    let mut names: Vec<&[u8]> = Vec::new();
    let below = below_root(context, repo);
    let mut typed = file.as_encoded_bytes();
    if typed.starts_with(b"/") {
        let root = repo.work_tree().ok_or_else(outside)?;
        let root = root.as_os_str().as_encoded_bytes();
        let root = root.strip_suffix(b"/").unwrap_or(root);
        typed = typed.strip_prefix(root).ok_or_else(outside)?;
        if !(typed.is_empty() || typed.starts_with(b"/")) {
            return Err(outside());
        }
    } else {
        names.extend(below.as_encoded_bytes().split(|byte| *byte == b'/'));
    }
    names.extend(typed.split(|byte| *byte == b'/'));
    let mut path: Vec<&[u8]> = Vec::new();
    for name in names {
        match name {
            b"" | b"." => {}
            b".." => drop(path.pop().ok_or_else(outside)?),
            _ => path.push(name),
        }
    }
    Ok(RepoPath::new(path.join(&b'/'))?)
}

/// The folder in which the user stands, from the root of the work tree; nothing where it is not
/// in it.
fn below_root(context: &Context, repo: &Repo) -> OsString {
    let real = |path: &Path| path.canonicalize().ok();
    let here = real(context.environment().current_dir());
    let root = repo.work_tree().and_then(real);
    let (Some(here), Some(root)) = (here, root) else {
        return OsString::new();
    };
    let in_git_dir = real(repo.git_dir()).is_some_and(|git_dir| here.starts_with(git_dir));
    match here.strip_prefix(root) {
        Ok(below) if !in_git_dir => below.as_os_str().to_owned(),
        _ => OsString::new(),
    }
}

/// Reads what is to be taken for the file's content.
///
/// # Errors
///
/// [`CliError`] where it cannot be read.
pub(super) fn contents(context: &Context, file: &OsStr) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    if file == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let path = context.environment().current_dir().join(file);
    std::fs::read(path).map_err(|error| {
        CliError::said(format!("cannot read {}: {error}", file.display()))
            .hint("--contents takes a file, or - for standard input")
    })
}
