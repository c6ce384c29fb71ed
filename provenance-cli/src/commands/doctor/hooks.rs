//! The hooks: whether Git finds them, may run them, and gets to us through them.

use std::fs;
use std::path::Path;

use provenance_core::git::hooks::HookName;
use provenance_hook::Environment;
use provenance_hook::git_program::GitProgram;
use provenance_hook::install::{self, Owner, Site, chain, our_link};
use provenance_hook::saved_hook::{self, is_executable};

use super::super::init::shown;
use super::{Check, Status};

const INIT: &str = "git provenance init";

/// Looks at every hook of ours.
pub(super) fn checks(site: &Site, environment: &Environment) -> Vec<Check> {
    let mut checks: Vec<Check> = HookName::ALL
        .iter()
        .map(|hook| one(site, *hook, environment))
        .collect();
    checks.extend(shadowed(site, environment));
    checks.extend(switched_off(environment));
    checks
}

/// A record needs `post-commit`; without `commit-msg` it is made, but not pinned, and without
/// `pre-push` it stays here. The others see merges, patches and rewrites.
const fn gravity(hook: HookName) -> Status {
    match hook {
        HookName::PostCommit => Status::Blocking,
        _ => Status::Broken,
    }
}

fn one(site: &Site, hook: HookName, environment: &Environment) -> Check {
    let name = hook.as_str();
    let wrong = |message: String, fix: &str| Check::new(name, gravity(hook), message, Some(fix));
    let (path, started_by_git) = match site.owner() {
        Owner::Husky { scripts } => (scripts.join(name), false),
        _ => (site.hooks_dir().join(name), true),
    };
    let place = shown(&path, site, environment);
    if *site.owner() == Owner::Nowhere {
        return wrong(
            format!(
                "core.hooksPath is {}: Git runs no hooks",
                site.hooks_dir().display()
            ),
            &format!(
                "git config --{} --unset core.hooksPath, then: git provenance init",
                hooks_path_is_set(environment).0
            ),
        );
    }
    let Ok(metadata) = fs::symlink_metadata(&path) else {
        return missing(site, hook, &place, &wrong);
    };
    if let Some(target) = our_link(&path).filter(|_| metadata.is_symlink()) {
        return linked(hook, &path, &target, &place, &wrong);
    }
    let script = fs::read(&path).unwrap_or_default();
    if let Some(legacy) = install::set_aside_by_pre_commit(&path, &script) {
        if !is_executable(&legacy) {
            let legacy = shown(&legacy, site, environment);
            return wrong(
                format!("{legacy} leads to a program that does not run"),
                INIT,
            );
        }
        return Check::ok(
            name,
            format!("pre-commit runs us first, from {place}.legacy"),
        );
    }
    if !chain::calls_us(&script) {
        let how = match site.owner() {
            Owner::Git | Owner::Project | Owner::Husky { .. } => INIT.to_owned(),
            _ => format!("add this line to it: {}", chain::line_by_hand(hook)),
        };
        return wrong(format!("{place} does not call us any more"), &how);
    }
    if started_by_git && !is_executable(&path) {
        return wrong(
            format!("{place} is not executable, so Git ignores it"),
            &format!("chmod +x {place}"),
        );
    }
    // husky's own part is not committed: a fresh clone or worktree has none until npm makes it.
    let stub = site.hooks_dir().join(name);
    if !started_by_git && !is_executable(&stub) {
        let stub = shown(&stub, site, environment);
        return wrong(
            format!("{stub} is missing, so Git does not get to {place}"),
            "npm install, or: npx husky",
        );
    }
    if !is_executable(&site.state_dir().join(chain::LINK_NAME)) {
        return wrong(format!("{place} calls a program that is not there"), INIT);
    }
    Check::ok(name, format!("called by {place}"))
}

fn missing(
    site: &Site,
    hook: HookName,
    place: &str,
    wrong: &dyn Fn(String, &str) -> Check,
) -> Check {
    if !install::is_installed(site.common_dir()) {
        return wrong("not installed".to_owned(), INIT);
    }
    if *site.owner() == Owner::Shared {
        let line = chain::line_by_hand(hook);
        let advice = format!("make {place} an executable script with this line: {line}");
        return wrong(format!("{place} is missing"), &advice);
    }
    wrong(format!("{place} is missing"), INIT)
}

fn linked(
    hook: HookName,
    path: &Path,
    target: &Path,
    place: &str,
    wrong: &dyn Fn(String, &str) -> Check,
) -> Check {
    let saved = path
        .parent()
        .map(|dir| saved_hook::path(dir, hook.as_str()))
        .filter(|saved| saved.exists());
    if !path.exists() {
        let yours = if saved.is_some() {
            "; your own hook does not run either"
        } else {
            ""
        };
        return wrong(
            format!(
                "{place} leads to {}, which is gone{yours}",
                target.display()
            ),
            INIT,
        );
    }
    if !is_executable(path) {
        return wrong(
            format!(
                "{} lost its executable bit, so Git ignores the hook",
                target.display()
            ),
            &format!("chmod +x {}", target.display()),
        );
    }
    let after = if saved.is_some() {
        ", after your own"
    } else {
        ""
    };
    Check::ok(hook.as_str(), format!("{place} leads here{after}"))
}

/// Finds hooks of ours that Git no longer looks at, because it was told to look elsewhere.
fn shadowed(site: &Site, environment: &Environment) -> Option<Check> {
    let own = site.common_dir().join("hooks");
    if *site.owner() == Owner::Git && site.hooks_dir() == own {
        return None;
    }
    let is_left = HookName::ALL
        .iter()
        .any(|hook| our_link(&own.join(hook.as_str())).is_some());
    if !is_left {
        return None;
    }
    let (scope, origin) = hooks_path_is_set(environment);
    Some(Check::broken(
        "hooks-path",
        format!(
            "core.hooksPath ({origin}) has Git look in {}, and not where our hooks are",
            shown(site.hooks_dir(), site, environment)
        ),
        &format!("git provenance init, or: git config --{scope} --unset core.hooksPath"),
    ))
}

/// Returns which of Git's settings names the hooks' directory, and the file that does.
fn hooks_path_is_set(environment: &Environment) -> (String, String) {
    let asked = [
        "config",
        "--show-scope",
        "--show-origin",
        "--get",
        "core.hooksPath",
    ];
    let said = GitProgram::new(environment).ask_maybe(&asked);
    let said = said.ok().flatten().unwrap_or_default();
    let mut parts = said.split('\t').map(str::to_owned);
    let scope = parts.next().filter(|scope| !scope.is_empty());
    (
        scope.unwrap_or_else(|| "local".to_owned()),
        parts.next().unwrap_or_default(),
    )
}

fn switched_off(environment: &Environment) -> Option<Check> {
    environment.is_off().then(|| {
        Check::blocking(
            "environment",
            "PROVENANCE=0 switches the hooks off",
            "unset PROVENANCE",
        )
    })
}
