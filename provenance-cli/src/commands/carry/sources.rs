//! The pull and merge requests of a remote that are fetched to look for sources.
//!
//! Of however many, only those whose number or head a commit points to, and the newest few.

use std::collections::BTreeSet;

use provenance_core::attest::{MergeSearch, Wanted};
use provenance_core::git::ObjectId;
use provenance_hook::proposals::{Proposal, Proposals};
use provenance_hook::remote::{Deadline, Remote, RemoteError, TalkError};

use crate::context::Context;
use crate::error::CliError;

/// The most requests that are fetched because something points to them.
const MAX_POINTED: usize = 256;
/// The most requests that are fetched because they are the newest.
const MAX_NEWEST: usize = 64;

/// What came of fetching.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    /// How many heads can be looked in now that could not before.
    pub(super) heads: usize,
    /// Why the remote could not be asked.
    pub(super) trouble: Option<CliError>,
}

/// Fetches what may be the source of these commits.
pub(super) fn fetch(
    context: &Context,
    search: &mut MergeSearch<'_>,
    commits: &[ObjectId],
    remote: Option<&str>,
    deadline: Deadline,
) -> Result<Fetched, CliError> {
    let (repo, environment) = (context.repo()?, context.environment());
    let remote = match remote {
        Some(name) => Remote::named(name, repo, environment)?,
        None => match Remote::default_of(repo, environment) {
            Ok(remote) => remote,
            // Then what is here is all that there is.
            Err(RemoteError::None) => return Ok(Fetched::default()),
            Err(error) => return Err(error.into()),
        },
    };
    let mut wanted = Wanted::default();
    for commit_id in commits {
        let more = search.wanted(*commit_id)?;
        wanted.numbers.extend(more.numbers);
        wanted.commit_ids.extend(more.commit_ids);
    }
    let proposals = Proposals::of(&remote, environment, repo.config()?, deadline);
    let mut fetched = Fetched::default();
    let listed = match proposals.list() {
        Ok(listed) => listed,
        Err(trouble) => {
            fetched.trouble = Some(unanswered(&remote, &trouble));
            return Ok(fetched);
        }
    };
    let mut absent = BTreeSet::new();
    for one in &listed {
        if !repo.has_object(one.head_id)? {
            absent.insert(one.head_id);
        }
    }
    let is_pointed = |one: &&Proposal| {
        wanted.numbers.contains(&one.number) || wanted.commit_ids.contains(&one.head_id)
    };
    // A head that is here may be all that another job has fetched of it so far: Git looks further.
    let pointed = listed.iter().filter(is_pointed);
    let newest = listed.iter().filter(|one| absent.contains(&one.head_id));
    for group in [
        pointed.take(MAX_POINTED).collect::<Vec<_>>(),
        newest.take(MAX_NEWEST).collect(),
    ] {
        if let Err(trouble) = proposals.fetch(&group) {
            fetched.trouble = Some(unanswered(&remote, &trouble));
            break;
        }
    }
    for one in listed {
        if repo.has_object(one.head_id)? {
            fetched.heads += 1;
            search.add_head(one.number, one.head_id);
        }
    }
    Ok(fetched)
}

fn unanswered(remote: &Remote, trouble: &TalkError) -> CliError {
    let shown = &remote.shown;
    CliError::said(format_args!("carry from {shown}: {trouble}")).hint(format_args!(
        "git ls-remote {shown} shows whether it answers; --no-fetch looks only in what is here"
    ))
}
