//! The repository: who commits, what is set, and whether its history is the one that was made.

use provenance_core::git::{Config, IdentityRole, Repo};

use super::{Check, Status};

/// Looks at the repository.
pub(super) fn checks(repo: &Repo) -> Vec<Check> {
    vec![
        Check::ok("repository", repo.git_dir().display().to_string()),
        settings(repo),
        identity(repo),
        history(repo),
    ]
}

fn settings(repo: &Repo) -> Check {
    match repo.config().and_then(Config::settings) {
        Ok(settings) => Check::ok(
            "settings",
            format!("records in {}", settings.notes_ref.as_str()),
        ),
        Err(error) => Check::error("settings", Status::Blocking, &error),
    }
}

fn identity(repo: &Repo) -> Check {
    let identity = repo
        .config()
        .and_then(|config| config.identity(IdentityRole::Committer, repo.location()));
    match identity {
        Ok(identity) => Check::ok(
            "identity",
            format!("{} <{}>", identity.name, identity.email),
        ),
        Err(error) => Check::error("identity", Status::Blocking, &error),
    }
}

fn history(repo: &Repo) -> Check {
    let gaps = match repo.history_gaps() {
        Ok(gaps) => gaps,
        Err(error) => return Check::error("history", Status::Broken, &error),
    };
    if gaps.grafts {
        return Check::broken(
            "history",
            "info/grafts gives commits other parents; Git shows what was never made",
            "git replace --convert-graft-file, or remove .git/info/grafts",
        );
    }
    if let Some(first) = gaps.replaced.first() {
        let count = gaps.replaced.len();
        return Check::broken(
            "history",
            format!(
                "refs/replace shows {count} object(s) as others, such as {}",
                first.short()
            ),
            &format!("git replace -d {first}, or read past them with: git --no-replace-objects"),
        );
    }
    if gaps.shallow {
        return Check::note(
            "history",
            "a shallow clone: what is older than its boundary cannot be verified",
            "git fetch --unshallow",
        );
    }
    if gaps.partial {
        return Check::note(
            "history",
            "a partial clone: objects that are not here cannot be verified",
            "git fetch --refetch --no-filter",
        );
    }
    Check::ok("history", "whole, nothing replaced")
}
