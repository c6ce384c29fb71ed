//! Where the lines of files come from, followed as the request asks.
//!
//! The [history pass](crate::attribute::history) finds it for all files in one walk, with or without
//! white space. Moves and copies (`-M`, `-C`) hang on the pieces in which `git blame` passes each
//! file's lines, so Git itself is asked for them: file by file, on all cores.

use std::collections::HashSet;
use std::sync::Arc;

use super::Request;
use crate::attribute::AttributeError;
use crate::attribute::history::{self, FileOrigins, Found, Question, Run};
use crate::git::blame::BlameOptions;
use crate::git::diff::{MAX_BYTES, is_binary};
use crate::git::tree::File;
use crate::git::{Compared, GitError, Repo};
use crate::object_id::ObjectId;

/// Returns where the lines of each file come from, in the order of the files, and what can be kept
/// of that.
pub(super) fn origins<'a>(
    request: &Request<'a>,
    files: &'a [File],
    within: Option<&'a HashSet<ObjectId>>,
    compared: Option<&'a Arc<Compared>>,
) -> Result<(Vec<FileOrigins>, Found<'a>), AttributeError> {
    let follow = request.follow;
    if follow.follow_moves || follow.follow_copies > 0 {
        return Ok((by_git(request, files)?, Found::nothing()));
    }
    Ok(history::find(&Question {
        location: request.location,
        commit_id: request.head,
        files,
        within,
        ignore_whitespace: follow.ignore_whitespace,
        index: request.index,
        compared,
        is_whole_tree: request.range.is_none() && request.paths.is_none(),
        threads: request.threads,
        progress: request.progress,
    })?)
}

fn by_git(request: &Request<'_>, files: &[File]) -> Result<Vec<FileOrigins>, AttributeError> {
    let follow = request.follow;
    let options = BlameOptions {
        ignore_whitespace: follow.ignore_whitespace,
        follow_moves: follow.follow_moves,
        move_score: follow.move_score,
        follow_copies: follow.follow_copies,
        copy_score: follow.copy_score,
        ..BlameOptions::default()
    };
    request.crew(None).over(files, |repo, _, file| {
        Ok(of_file(repo, request.head, file, &options)?)
    })
}

fn of_file(
    repo: &Repo,
    head: ObjectId,
    file: &File,
    options: &BlameOptions,
) -> Result<FileOrigins, GitError> {
    let lines = match repo.blob(file.version.id, MAX_BYTES) {
        Ok(content) if is_binary(&content) => return Ok(FileOrigins::Binary),
        Ok(_) => repo.blame(head, &file.path, options),
        Err(error) => Err(error),
    };
    match lines {
        Ok(lines) => Ok(FileOrigins::Lines(Run::joined(&lines))),
        Err(GitError::TooLarge { .. }) => Ok(FileOrigins::TooLarge),
        Err(GitError::MissingObject { id }) => Ok(FileOrigins::Missing(id)),
        Err(error) => Err(error),
    }
}
