//! Git's version, and whether the two programs of ours belong together.

use provenance_hook::git_program::GitProgram;
use provenance_hook::install::{Program, Site, program};
use provenance_hook::{Environment, VERSION};

use super::Check;

/// The first Git whose `rev-parse` tells absolute paths.
const OLDEST_GIT: (u32, u32) = (2, 31);

/// Looks at Git.
pub(super) fn git(environment: &Environment) -> Check {
    let said = match GitProgram::new(environment).ask_maybe(&["--version"]) {
        Ok(said) => said.unwrap_or_default(),
        Err(error) => return Check::error("git", super::Status::Blocking, &error),
    };
    let version = said.trim_start_matches("git version ").to_owned();
    let mut numbers = version
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found >= OLDEST_GIT {
        Check::ok("git", version)
    } else {
        let (major, minor) = OLDEST_GIT;
        Check::broken(
            "git",
            format!("{version} is too old"),
            &format!("install Git {major}.{minor} or newer"),
        )
    }
}

/// Looks at the programs that are installed, and at those that the hooks lead to.
pub(super) fn checks(site: &Site, environment: &Environment) -> Vec<Check> {
    let Ok(running) = std::env::current_exe() else {
        return Vec::new();
    };
    let mut checks = Vec::new();
    let sibling =
        running.with_file_name(format!("provenance-hook{}", std::env::consts::EXE_SUFFIX));
    match program::version_of(&sibling) {
        Some(version) if version != VERSION => checks.push(Check::broken(
            "program",
            format!(
                "git-provenance is {VERSION}, and {} is {version}",
                sibling.display()
            ),
            "install both from one release, then: git provenance init",
        )),
        _ => {
            let chosen = Program::choose(&running, environment);
            checks.push(Check::ok(
                "program",
                format!("{VERSION}, {}", chosen.path().display()),
            ));
        }
    }
    let link = site.state_dir().join("provenance-hook");
    if let Ok(target) = std::fs::read_link(&link) {
        match program::version_of(&target) {
            Some(version) if version == VERSION => {}
            Some(version) => checks.push(Check::broken(
                "program",
                format!("the hooks lead to version {version}: {}", target.display()),
                "git provenance init",
            )),
            None => checks.push(Check::blocking(
                "program",
                format!("the hooks lead to {}, which does not run", target.display()),
                "git provenance init",
            )),
        }
    }
    checks
}
