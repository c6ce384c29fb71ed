//! `post-applypatch`: attaches the record of a commit that was made of a patch.

use super::writer::Writer;
use crate::environment::Environment;
use crate::failure::HookError;

/// Attaches to `HEAD` the records of the commit that the patch was made of, where that is known.
///
/// # Errors
///
/// [`HookError`], whatever went wrong; nothing is attached then.
pub fn run(environment: &Environment) -> Result<(), HookError> {
    let mut writer = Writer::open(environment)?;
    if let Some(commit_id) = writer.repo().head()?.commit_id {
        writer.attester().attest(commit_id)?;
    }
    Ok(())
}
