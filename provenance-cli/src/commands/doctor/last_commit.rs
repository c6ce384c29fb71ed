//! The last commit: whether what should have been recorded was.
//!
//! A crash between the hooks, a client that runs none, and a stripped note all show here first.

use provenance_core::git::{Config, IdentityRole, ObjectId, RawCommit, Repo};
use provenance_core::verify::{Judgement, Verdict, Verifier};
use provenance_hook::install::{self, Site};

use super::{Check, Status};

const NAME: &str = "last-commit";

/// Looks at HEAD; nothing to say where there is none, or `init` never ran.
pub(super) fn check(repo: &Repo, site: &Site) -> Option<Check> {
    if !install::is_installed(site.common_dir()) {
        return None;
    }
    let commit_id = repo.head().ok()?.commit_id?;
    // Where it cannot be opened, the checks of the chain and of the notes say why.
    let verifier = Verifier::open(repo).ok()?;
    let judgement = match verifier.judge(commit_id) {
        Ok(judgement) => judgement,
        Err(error) => return Some(Check::error(NAME, Status::Broken, &error)),
    };
    let adopted_at = verifier.trust().map_or(&[][..], |trust| trust.adopted_at());
    Some(told(repo, commit_id, &judgement, adopted_at))
}

fn told(repo: &Repo, commit_id: ObjectId, judgement: &Judgement, adopted_at: &[ObjectId]) -> Check {
    let short = commit_id.short();
    let reason = judgement
        .reasons
        .first()
        .map_or_else(String::new, |reason| format!(": {}", reason.message));
    match judgement.verdict {
        Verdict::Missing => Check::broken(
            NAME,
            format!("{short} names a record that is not here: stripped, not fetched, or cut off"),
            "fetch the notes from where the commit came from, or: git provenance verify HEAD",
        ),
        Verdict::Invalid => Check::broken(
            NAME,
            format!("{short} has no good record{reason}"),
            "git provenance verify HEAD",
        ),
        Verdict::Untrusted => Check::note(
            NAME,
            format!("{short} is recorded by a key that is not believed{reason}"),
            "git provenance verify HEAD",
        ),
        Verdict::Unattested => unattested(repo, commit_id, adopted_at),
        verdict => Check::ok(NAME, format!("{short} is {}", verdict.as_str())),
    }
}

fn unattested(repo: &Repo, commit_id: ObjectId, adopted_at: &[ObjectId]) -> Check {
    let short = commit_id.short();
    let is_before = adopted_at
        .iter()
        .any(|head| *head == commit_id || repo.is_ancestor(commit_id, *head).unwrap_or(false));
    if is_before {
        return Check::ok(NAME, format!("{short} is from before records began"));
    }
    let records_humans = repo
        .config()
        .and_then(Config::settings)
        .is_ok_and(|settings| settings.record_human);
    let is_own = repo
        .commit(commit_id)
        .is_ok_and(|commit| is_own(repo, &commit));
    if is_own && records_humans {
        return Check::note(
            NAME,
            format!(
                "{short} is yours and has no record: made where no hook ran, or with PROVENANCE=0"
            ),
            "commit with a client that runs Git's hooks",
        );
    }
    Check::ok(
        NAME,
        format!("{short} has no record, and need not have one from here"),
    )
}

fn is_own(repo: &Repo, commit: &RawCommit) -> bool {
    let identity = repo
        .config()
        .and_then(|config| config.identity(IdentityRole::Committer, repo.location()));
    identity.is_ok_and(|identity| commit.committer.email == identity.email.as_bytes())
}
