//! What is kept in the Git directory: failures of hooks, and who may read the state.

use std::fs;

use provenance_core::capture;
use provenance_core::git::Repo;
use provenance_hook::install::{self, Site};
use provenance_hook::{Environment, log};

use super::super::init::shown;
use super::{Check, Status};
use crate::error::CliError;

/// Looks at our own state.
pub(super) fn checks(repo: &Repo, site: &Site, environment: &Environment) -> Vec<Check> {
    let dir = site.state_dir();
    if dir.exists() && !dir.is_dir() {
        let place = shown(&dir, site, environment);
        return vec![Check::blocking(
            "state",
            format!("{place} is not a directory"),
            "move it away, then: git provenance init",
        )];
    }
    let mut checks = vec![failures(site)];
    checks.extend(privacy(site, environment));
    checks.extend(watching(repo));
    checks.extend(manifest(site));
    checks
}

/// Where the journals are gone, agents report in vain and people's lines are unattested.
fn watching(repo: &Repo) -> Option<Check> {
    (!capture::is_watched(repo)).then(|| {
        Check::broken(
            "capture",
            "nobody takes down what agents do here",
            "git provenance init",
        )
    })
}

/// What `init` put in can be taken out only as long as this is known.
fn manifest(site: &Site) -> Option<Check> {
    let error = install::check_manifest(site.common_dir()).err()?;
    Some(Check::error("installed", Status::Broken, &error))
}

/// Removes the log of failures.
pub(super) fn forget(repo: &Repo) -> Result<(), CliError> {
    let path = log::path(repo.common_dir());
    for path in [path.with_extension("log.1"), path] {
        provenance_core::fail_point!("doctor: forget a log");
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
        Err(error) => return Check::error("hook-log", Status::Broken, &error),
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
