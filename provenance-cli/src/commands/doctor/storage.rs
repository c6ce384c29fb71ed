//! Where records are kept: the notes reference and Git's settings for it.

use provenance_core::clock::Timestamp;
use provenance_core::git::{Config, NotesRef, ObjectId, ObjectKind, Repo};
use provenance_core::store::{self, Notes};
use provenance_core::trust::TRACKING_PREFIX;
use provenance_hook::install::git_settings;

use super::{Check, Status};

/// Looks at the notes reference and its settings.
pub(super) fn checks(repo: &Repo, now: Timestamp) -> Vec<Check> {
    let Ok(settings) = repo.config().and_then(Config::settings) else {
        // Told already.
        return Vec::new();
    };
    let name = settings.notes_ref.as_str();
    let mut checks = vec![reference(repo, name), merge_strategy(repo)];
    checks.extend(set_back(repo, &settings.notes_ref));
    checks.extend(lock(repo, name, now));
    checks.extend(rewrite_ref(repo, name));
    checks.extend(display_ref(repo, name));
    checks.extend(forced_fetch(repo, name));
    checks.extend(diverging(repo, name));
    checks
}

fn reference(repo: &Repo, name: &str) -> Check {
    let tip = match repo.ref_target(name) {
        Ok(Some(tip)) => tip,
        Ok(None) => return Check::ok("notes", format!("{name} has no records yet")),
        Err(error) => return Check::error("notes", Status::Blocking, &error),
    };
    let bad = |what: String| {
        Check::blocking(
            "notes",
            format!("{name} {what}"),
            &format!(
                "git reflog {name} shows what it was; set it back with: git update-ref {name} <commit>"
            ),
        )
    };
    match repo.object_header(tip) {
        Ok((ObjectKind::Commit, _)) => {}
        Ok((kind, _)) => {
            return bad(format!("points at a {kind:?}, not at a commit").to_lowercase());
        }
        Err(error) => return bad(format!("points at nothing that can be read: {error}")),
    }
    let tree = repo.commit(tip).map(|commit| commit.tree_id);
    match tree.and_then(|tree| repo.tree(tree)) {
        Ok(_) => Check::ok("notes", format!("{name} at {}", tip.short())),
        Err(error) => bad(format!("has a tree that cannot be read: {error}")),
    }
}

/// Finds that something set the reference back, and records are gone from it.
fn set_back(repo: &Repo, name: &NotesRef) -> Option<Check> {
    // Notes that cannot be read are told already.
    let from = Notes::open(repo, name).set_back_from().ok()?;
    let tip = from.first()?;
    Some(Check::broken(
        "notes-set-back",
        format!(
            "{} was set back from {}, by a fetch by force or by hand, and lost records",
            name.as_str(),
            tip.short()
        ),
        "git provenance reconcile (its reflog has them)",
    ))
}

/// Finds the lock that a writer left who died: Git never removes one, and neither do we.
fn lock(repo: &Repo, name: &str, now: Timestamp) -> Option<Check> {
    let lock = repo.stale_lock(name, now.into())?;
    let lock = lock.display();
    Some(Check::blocking(
        "notes-lock",
        format!("{name} is locked, and has been for a while: somebody died who was writing it"),
        &format!("if no git process is running: rm {lock}, then: git provenance reconcile"),
    ))
}

fn merge_strategy(repo: &Repo) -> Check {
    let key = git_settings::MERGE_STRATEGY_KEY;
    let set = repo.config().ok().and_then(|config| config.string(key));
    match set {
        Some(git_settings::MERGE_STRATEGY) => Check::ok("notes-merge", "as a union of lines"),
        Some(other) => Check::broken(
            "notes-merge",
            format!("{key} is `{other}`, which loses records when notes are merged"),
            "git provenance init",
        ),
        None => Check::broken(
            "notes-merge",
            format!("{key} is not set; merging notes would stop or lose records"),
            "git provenance init",
        ),
    }
}

/// Answers whether a name is, or with a star at its end begins as, a pattern says.
fn covers(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |prefix| name.starts_with(prefix))
}

fn rewrite_ref(repo: &Repo, name: &str) -> Option<Check> {
    let config = repo.config().ok()?;
    let set = config.strings("notes.rewriteRef");
    let pattern = set.iter().find(|pattern| covers(pattern, name))?;
    // Git copies after our post-commit hook has attached the record of the new commit, and before
    // post-rewrite, which puts back what was there.
    let what = if config.string("notes.rewriteMode") == Some("overwrite") {
        ", with notes.rewriteMode `overwrite`, has Git replace the records of rewritten commits, which are put back afterwards"
    } else {
        " has Git copy records to rewritten commits, which are not about these"
    };
    Some(Check::note(
        "notes-copy",
        format!("notes.rewriteRef `{pattern}`{what}"),
        "git config --unset notes.rewriteRef (our own hooks carry records over)",
    ))
}

fn display_ref(repo: &Repo, name: &str) -> Option<Check> {
    let set = repo.config().ok()?.strings("notes.displayRef");
    let pattern = set.iter().find(|pattern| covers(pattern, name))?;
    Some(Check::note(
        "notes-log",
        format!("notes.displayRef `{pattern}` has `git log` print signed records"),
        "name the notes that you want to see, without this one",
    ))
}

/// Answers whether the notes at `theirs` have a line that those at `ours` have not.
fn lacks(repo: &Repo, ours: ObjectId, theirs: ObjectId) -> Option<bool> {
    let here = repo.notes_at(Some(ours)).ok()?;
    let there = repo.notes_at(Some(theirs)).ok()?;
    Some(store::gaps(repo, &here, &there).ok()?.0.commits > 0)
}

/// Finds a fetch that overwrites our records by whatever a remote has.
fn forced_fetch(repo: &Repo, name: &str) -> Option<Check> {
    let config = repo.config().ok()?;
    let (remote, refspec) = config
        .of_subsections("remote", "fetch")
        .find(|(_, refspec)| {
            let to = refspec
                .strip_prefix('+')
                .and_then(|rest| rest.split_once(':'));
            to.is_some_and(|(_, to)| covers(to, name))
        })?;
    Some(Check::broken(
        "notes-fetch",
        format!(
            "remote.{remote}.fetch `{refspec}` overwrites {name}: each fetch loses records that were not pushed"
        ),
        &format!(
            "git config --unset --fixed-value remote.{remote}.fetch '{refspec}', and fetch records with: git provenance sync"
        ),
    ))
}

/// Finds records at a remote, as far as they were fetched, that are not in ours.
fn diverging(repo: &Repo, name: &str) -> Option<Check> {
    let short = name.strip_prefix("refs/notes/")?;
    let ours = repo.ref_target(name).ok()??;
    let by_git = repo.refs("refs/notes/remotes/").ok()?.into_iter();
    let by_git = by_git.filter(|(theirs_name, _)| theirs_name.ends_with(&format!("/{short}")));
    let by_us = repo.refs(TRACKING_PREFIX).ok()?.into_iter();
    let by_us = by_us.filter(|(theirs_name, _)| theirs_name.ends_with("/notes"));
    let (theirs_name, _) = by_us
        .chain(by_git)
        .find(|(_, theirs)| lacks(repo, ours, *theirs).unwrap_or(false))?;
    Some(Check::note(
        "notes-remote",
        format!("{theirs_name} has records that {name} has not"),
        "git provenance sync",
    ))
}
