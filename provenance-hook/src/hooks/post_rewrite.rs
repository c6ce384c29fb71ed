//! `post-rewrite`: carries records over to the commits that took the place of others.

use std::collections::BTreeMap;

use provenance_core::git::ObjectId;

use super::writer::Writer;
use crate::environment::Environment;
use crate::failure::HookError;

/// Reads lines of an old and a new commit, as githooks(5) has them, and sees to it that every new
/// one has the records of its old ones. What post-commit has done already is not done again.
///
/// # Errors
///
/// [`HookError`] of the first commit that failed; the others have theirs.
pub fn run(environment: &Environment, rewritten: &[u8]) -> Result<(), HookError> {
    let mut old_ids: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
    for line in String::from_utf8_lossy(rewritten).lines() {
        let mut words = line.split_ascii_whitespace();
        let (old, new) = (words.next(), words.next());
        if let (Some(Ok(old)), Some(Ok(new))) = (old.map(str::parse), new.map(str::parse)) {
            old_ids.entry(new).or_default().push(old);
        }
    }
    if old_ids.is_empty() {
        return Ok(());
    }
    let mut writer = Writer::open(environment)?;
    let mut attester = writer.attester();
    let mut failed = None;
    for (new_id, old_ids) in old_ids {
        if let Err(error) = attester.rewritten(&old_ids, new_id) {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}
