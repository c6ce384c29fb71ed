//! Whose the lines of the files of a tree are.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::collect::Collected;
use super::followed;
use super::part::{Part, Parting};
use super::{Files, Request};
use crate::attribute::AttributeError;
use crate::attribute::commit::CommitCache;
use crate::attribute::file::attribute;
use crate::attribute::history::{FileOrigins, Run};
use crate::attribute::strays::Strays;
use crate::git::tree::File;
use crate::git::{Compared, GitError, Repo};
use crate::object_id::ObjectId;

/// Counts the lines of files that are regular ones.
pub(super) fn count(
    cache: &CommitCache,
    request: &Request<'_>,
    files: &[File],
    parting: &Parting,
    compared: Option<&Arc<Compared>>,
) -> Result<Collected, AttributeError> {
    let in_range: Option<HashSet<ObjectId>> =
        request.range.map(|range| range.iter().copied().collect());
    let (origins, found) = followed::origins(request, files, in_range.as_ref(), compared)?;
    let files: Vec<_> = files.iter().zip(&origins).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| found.keep());
        let shares = request.crew(None).shares(
            &files,
            |collected: &mut Collected, repo, verifier, (file, origins)| {
                let files = &mut collected.files;
                let Some(runs) = lines_of(repo, request, &file.path, origins, files)? else {
                    return Ok(());
                };
                let part = parting.part(&file.path);
                collected.count_file(part);
                let mut lines = Vec::new();
                let mut strays = Strays::of(request.follow);
                let who = (verifier, cache);
                attribute(repo, who, &runs, &mut strays, |commit, author, count| {
                    let range = in_range.as_ref();
                    if range.is_none_or(|range| range.contains(&commit.commit_id))
                        && request.wants(commit, &author)
                    {
                        lines.push((Arc::clone(commit), author, count));
                    }
                })?;
                collected.add_lines(&file.path, part, &lines, request);
                Ok(())
            },
        )?;
        let mut all = Collected::default();
        for share in shares {
            all.merge(share);
        }
        Ok(all)
    })
}

/// Returns where the lines of a file come from, and counts it as what it is; `None` where it has
/// no lines to count.
fn lines_of<'a>(
    repo: &Repo,
    request: &Request<'_>,
    path: &[u8],
    origins: &'a FileOrigins,
    files: &mut Files,
) -> Result<Option<Cow<'a, [Run]>>, AttributeError> {
    let runs = match origins {
        FileOrigins::Binary => {
            files.binary += 1;
            return Ok(None);
        }
        FileOrigins::TooLarge => {
            files.too_large += 1;
            return Ok(None);
        }
        FileOrigins::Missing(_) => {
            files.missing += 1;
            return Ok(None);
        }
        FileOrigins::Lines(runs) => Cow::Borrowed(runs.as_slice()),
        FileOrigins::Incomparable => match repo.blame(request.head, path, request.follow) {
            Ok(lines) => Cow::Owned(lines.iter().map(Run::from).collect()),
            Err(GitError::MissingObject { .. }) => {
                files.missing += 1;
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        },
    };
    files.text += 1;
    Ok(Some(runs))
}

/// Answers whether lines of this part are left out of what is counted together.
pub(super) fn is_left_out(request: &Request<'_>, part: Part) -> bool {
    request.without.contains(&part)
}
