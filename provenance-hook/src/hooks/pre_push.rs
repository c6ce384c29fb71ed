//! `pre-push`: sends the records, and whom to believe, before the branch that they are about.
//!
//! Takes what Git gives the hook: the remote's name and address, and on standard input a line for
//! each reference that is pushed. Where the remote is known to have everything, nothing is asked
//! of it. The push goes on whatever happens here.
//!
//! # What is not checked
//!
//! Whether the push will be accepted: records may be at the remote before their branch, or without
//! it, as in a `git push --dry-run`, of which a hook is not told.

use std::ffi::OsString;
use std::time::Duration;

use provenance_core::git::{FsyncPolicy, Repo, Settings};
use provenance_core::store::{Inboxes, Notes, Offer};
use provenance_core::trust::TRUST_REF;

use crate::environment::Environment;
use crate::failure::HookError;
use crate::remote::{Remote, RemoteError};
use crate::signing_key;
use crate::sync::{self, Options, SyncError};

/// Sends what the remote of this push lacks. `refs` is what Git wrote to the hook.
///
/// # Errors
///
/// [`HookError::NotSent`] with what kept it; [`HookError::Git`] and others of this repository.
pub fn run(environment: &Environment, args: &[OsString], refs: &[u8]) -> Result<(), HookError> {
    let repo = Repo::open(&environment.location())?;
    let settings = repo.config()?.settings()?;
    if environment.is_off() || !settings.auto_sync || !is_of_branches(refs, &settings) {
        return Ok(());
    }
    let text = |n: usize| args.get(n).map(|arg| arg.to_string_lossy().into_owned());
    let (Some(name), Some(url)) = (text(0), text(1)) else {
        return Ok(());
    };
    let failed = |source: SyncError| HookError::Sync(Box::new(source));
    let remote = Remote::of_push(&name, &url, &repo, environment)
        .map_err(|error: RemoteError| failed(error.into()))?;
    if is_sent(&repo, &settings, &remote).map_err(failed)? {
        return Ok(());
    }
    let key = signing_key::load(&repo, environment).ok();
    let options = Options {
        limit: Duration::from_secs(settings.auto_sync_timeout),
        dry_run: false,
        unattended: true,
        writer: key.map(|key| key.id().clone()),
    };
    let report = sync::sync(&repo, environment, &remote, &options).map_err(failed)?;
    let findings = report.findings.iter().map(|found| found.message.clone());
    let unfinished = report.unfinished.iter().map(ToString::to_string);
    let why: Vec<String> = findings.chain(unfinished).collect();
    if why.is_empty() {
        return Ok(());
    }
    Err(HookError::NotSent {
        remote: report.remote,
        why: why.join("; "),
    })
}

/// Answers whether something is pushed, and nothing of it is ours: who pushes our references by
/// name would find them changed under his hands.
fn is_of_branches(refs: &[u8], settings: &Settings) -> bool {
    let refs = String::from_utf8_lossy(refs);
    let inboxes = Inboxes::of(&settings.notes_ref);
    let is_ours = |name: &str| {
        name == settings.notes_ref.as_str()
            || name == TRUST_REF
            || name.starts_with(inboxes.prefix())
    };
    let mut names = refs.lines().filter_map(|line| line.split(' ').nth(2));
    let mut some = false;
    let none_is_ours = names.all(|name| {
        some = true;
        !is_ours(name)
    });
    some && none_is_ours
}

/// Answers whether the remote had everything when it was last seen, and we have all that we had.
fn is_sent(repo: &Repo, settings: &Settings, remote: &Remote) -> Result<bool, SyncError> {
    let trust = repo.ref_target(TRUST_REF)?;
    if trust.is_some() && trust != repo.ref_target(&remote.trust_tracking_ref())? {
        return Ok(false);
    }
    let notes = Notes::open(repo, &settings.notes_ref);
    let ours = notes.tip()?;
    let theirs = repo.ref_target(&remote.notes_tracking_ref())?;
    let offer = notes.offer(ours, theirs, FsyncPolicy::GIT_DEFAULT)?;
    Ok(matches!(offer, Offer::Nothing { .. }) && notes.set_back_from()?.is_empty())
}

#[cfg(test)]
mod tests {
    use provenance_core::git::Config;

    use super::*;

    #[test]
    fn only_a_push_of_something_else_sends_records() {
        let settings = Config::default().settings().unwrap();
        let line = |name: &str| format!("refs/heads/x {0} {name} {0}\n", "0".repeat(40));
        let of = |names: &[&str]| {
            let lines: String = names.iter().map(|name| line(name)).collect();
            is_of_branches(lines.as_bytes(), &settings)
        };
        assert!(of(&["refs/heads/main"]));
        assert!(of(&["refs/heads/main", "refs/tags/v1"]));
        assert!(!of(&[]));
        assert!(!of(&["refs/heads/main", "refs/notes/provenance"]));
        assert!(!of(&["refs/provenance/trust"]));
        assert!(!of(&["refs/notes/provenance-inbox/SHA256-x"]));
    }
}
