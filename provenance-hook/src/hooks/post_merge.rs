//! `post-merge`: attaches the record of a merge, which runs no post-commit.

use std::ffi::{OsStr, OsString};

use provenance_core::attest::Attester;
use provenance_core::git::Repo;

use super::writer::Writer;
use crate::environment::Environment;
use crate::failure::HookError;

/// Attaches the record of `HEAD`, where it is a merge that was just made. A squash makes no commit
/// yet, and a fast-forward makes none at all.
///
/// # Errors
///
/// [`HookError`], whatever went wrong; nothing is attached then.
pub fn run(environment: &Environment, is_squash: Option<&OsString>) -> Result<(), HookError> {
    if is_squash.is_some_and(|flag| flag == OsStr::new("1")) {
        let repo = Repo::open(&environment.location())?;
        return Ok(Attester::squashed(&repo)?);
    }
    let mut writer = Writer::open_or_keep(environment)?;
    if let Some(commit_id) = writer.repo().head()?.commit_id {
        writer.attester().merged(commit_id)?;
    }
    Ok(())
}
