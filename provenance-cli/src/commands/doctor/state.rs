//! What is kept in the Git directory: failures of hooks, and who may read the state.

use std::fs;

use provenance_core::git::Repo;
use provenance_hook::install::Site;
use provenance_hook::{Environment, log};

use super::super::init::shown;
use super::Check;
use crate::error::CliError;

/// Looks at our own state.
pub(super) fn checks(site: &Site, environment: &Environment) -> Vec<Check> {
    let mut checks = vec![failures(site)];
    checks.extend(privacy(site, environment));
    checks
}

/// Removes the log of failures.
pub(super) fn forget(repo: &Repo) -> Result<(), CliError> {
    let path = log::path(repo.common_dir());
    for path in [path.with_extension("log.1"), path] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

fn failures(site: &Site) -> Check {
    let entries = match log::entries(site.common_dir()) {
        Ok(entries) => entries,
        Err(error) => return Check::error("hook-log", super::Status::Broken, &error),
    };
    let Some(last) = entries.last() else {
        return Check::ok("hook-log", "no hook has failed");
    };
    let count = entries.len();
    let times = if count == 1 { "once" } else { "times" };
    let how_often = if count == 1 {
        times.to_owned()
    } else {
        format!("{count} {times}")
    };
    Check::broken(
        "hook-log",
        format!(
            "hooks failed {how_often}, last on {}: {}: {}",
            last.at, last.job, last.message
        ),
        "mend the cause, then: git provenance doctor --forget",
    )
}

#[cfg(unix)]
fn privacy(site: &Site, environment: &Environment) -> Option<Check> {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = site.state_dir();
    let mode = fs::metadata(&dir).ok()?.permissions().mode() & 0o777;
    let place = shown(&dir, site, environment);
    Some(if mode & 0o077 == 0 {
        Check::ok("state", format!("{place}, yours alone"))
    } else {
        Check::broken(
            "state",
            format!("{place} can be entered by others (mode {mode:04o}); it holds prompt openings"),
            &format!("chmod 700 {place}"),
        )
    })
}

#[cfg(not(unix))]
fn privacy(_site: &Site, _environment: &Environment) -> Option<Check> {
    None
}
