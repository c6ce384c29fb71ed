//! How the hooks get where Git looks for them, and how they leave without a trace.
//!
//! [`install`] decides everything first, then does all of it or nothing; [`uninstall`] takes out
//! exactly what a manifest says was put in. The command line's `init`, `uninstall` and `doctor`
//! call this; the hooks themselves never do.
//!
//! # Invariants
//!
//! - Installing twice changes nothing the second time.
//! - The user's own hooks still run, first, and come back byte for byte.
//! - A file that is not understood is not edited: the line to add is shown instead.
//!
//! # What is not checked
//!
//! Whether the next commit will be recorded: that needs a key too. `doctor` answers it.

pub mod agents;
pub mod chain;
mod change;
pub mod claude_code;
pub mod git_settings;
mod manifest;
mod placement;
mod plan;
pub mod program;
mod removal;
pub mod site;
#[cfg(test)]
mod tests;

pub use agents::{Agent, is_set_up};
pub use manifest::{check_manifest, is_installed};
pub use placement::{Placement, our_link, set_aside_by_pre_commit};
pub use program::Program;
pub use removal::{Removal, Removed};
pub use site::{Owner, Site};

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use provenance_core::git::hooks::HookName;
use provenance_core::whole_file;

use crate::git_program::GitProgramError;
use plan::Plan;

/// What stands now, after [`install`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Each hook and how it reaches us.
    pub hooks: Vec<(HookName, Placement)>,
    /// Each agent that was asked for, and its settings file.
    pub agents: Vec<(Agent, PathBuf)>,
    /// Whether anything had to be changed.
    pub has_changed: bool,
}

/// What is to be installed besides the hooks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The agents that are to report.
    pub agents: &'a [Agent],
    /// The key that is to sign here, where it is not this person's usual one.
    pub signing_key: Option<&'a Path>,
}

/// Installs the hooks, the settings and the agents; all of it or nothing.
///
/// # Errors
///
/// [`InstallError`]; everything is then as it was.
pub fn install(
    site: &Site,
    program: &Program,
    wanted: Wanted<'_>,
) -> Result<Installed, InstallError> {
    let mut plan = Plan::new(&site.common_dir)?;
    let link = site.state_dir().join(chain::LINK_NAME);
    if our_link(&link).as_deref() != Some(program.path()) {
        plan.link(&link, program.path(), None)?;
    }
    let mut hooks = Vec::new();
    for hook in HookName::ALL.iter().copied() {
        hooks.push((hook, placement::place(site, program, hook, &mut plan)?));
    }
    git_settings::place(site, &settings(wanted)?, &mut plan)?;
    let mut placed = Vec::new();
    for agent in wanted.agents.iter().copied() {
        placed.push((agent, agents::place(site, program, agent, &mut plan)?));
    }
    let has_changed = !plan.is_empty();
    if has_changed {
        plan.carry_out()?;
    }
    Ok(Installed {
        hooks,
        agents: placed,
        has_changed,
    })
}

fn settings(wanted: Wanted<'_>) -> Result<Vec<(String, String)>, InstallError> {
    let merge = (
        git_settings::MERGE_STRATEGY_KEY.to_owned(),
        git_settings::MERGE_STRATEGY.to_owned(),
    );
    let Some(key) = wanted.signing_key else {
        return Ok(vec![merge]);
    };
    let text = key.to_str().ok_or_else(|| InstallError::NotText {
        path: key.to_owned(),
    })?;
    Ok(vec![
        merge,
        ("provenance.signingKey".to_owned(), text.to_owned()),
    ])
}

/// Takes out everything that [`install`] put in; returns what became of each thing.
///
/// # Errors
///
/// [`InstallError`] of the first step that failed; what is left can be taken out later.
pub fn uninstall(site: &Site) -> Result<Vec<Removal>, InstallError> {
    removal::take_out(site)
}

/// Removes what an `init` left that died over an hour before `now`.
pub fn sweep(site: &Site, now: SystemTime) {
    let mut folders = vec![
        site.hooks_dir.clone(),
        site.common_dir.clone(),
        site.common_dir.join("info"),
        site.state_dir(),
    ];
    if let Owner::Husky { scripts } = site.owner() {
        folders.push(scripts.clone());
    }
    let settings = Agent::ALL
        .iter()
        .map(|agent| agent.settings_path(site.work_tree()));
    folders.extend(settings.filter_map(|file| Some(file.parent()?.to_owned())));
    for folder in folders {
        whole_file::sweep(&folder, now);
    }
}

/// Why something could not be installed or taken out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// A bare repository makes no commits.
    #[error("{path} is a bare repository, in which nobody commits; run this in a clone of it", path = .path.display())]
    Bare {
        /// Its Git directory.
        path: PathBuf,
    },
    /// Git gave no answer.
    #[error("cannot ask Git where things are")]
    Git(#[from] GitProgramError),
    /// A file or a directory could not be read or changed.
    #[error("cannot {action} {path}; look at its owner, its mode and the free space", path = .path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A path or a file that has to be text is not.
    #[error("{path} is not valid UTF-8; rename or mend it first", path = .path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
    /// A hook of the user stands where ours stood, and an older one is still set aside.
    #[error(
        "{hook} is new, and an older hook of yours is still set aside as {saved}; merge them into one, remove the other, and run this again",
        hook = .hook.display(), saved = .saved.display()
    )]
    BothThere {
        /// The new one.
        hook: PathBuf,
        /// The old one.
        saved: PathBuf,
    },
    /// The capture of what agents do cannot be ended.
    #[error("cannot end the capture of what agents do")]
    Capture(#[from] provenance_core::capture::CaptureError),
    /// An agent's settings cannot be edited.
    #[error("{path} is left alone: {fault}; mend it and run this again", path = .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: claude_code::SettingsFault,
    },
    /// The manifest is damaged.
    #[error(
        "{path} is damaged; it says what `init` put in: restore it, or take our hooks out by hand and remove it",
        path = .path.display()
    )]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A newer version ran `init`.
    #[error("{path} was written by git-provenance {version}; use that version or a newer one", path = .path.display())]
    NewerManifest {
        /// The file.
        path: PathBuf,
        /// Who wrote it.
        version: String,
    },
}

impl InstallError {
    fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            source,
        }
    }
}
