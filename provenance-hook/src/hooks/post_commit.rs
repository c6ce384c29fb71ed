//! `post-commit`: binds the fixed record to the commit, signs it and attaches it.

use provenance_core::attest::Attester;
use provenance_core::git::Repo;

use super::writer::Writer;
use crate::environment::Environment;
use crate::failure::HookError;

/// Binds, signs and attaches the record of `HEAD`.
///
/// It runs with `PROVENANCE=0` too ([`Environment::is_off`]), and then only counts the commit.
///
/// # Errors
///
/// [`HookError`], whatever went wrong; nothing is attached then, and without a key the record waits
/// for one.
pub fn run(environment: &Environment) -> Result<(), HookError> {
    if environment.is_off() {
        let repo = Repo::open(&environment.location())?;
        return Ok(Attester::skip(&repo)?);
    }
    let mut writer = Writer::open_or_keep(environment)?;
    let Some(commit_id) = writer.repo().head()?.commit_id else {
        return Ok(());
    };
    writer.attester().attest(commit_id)?;
    Ok(())
}
