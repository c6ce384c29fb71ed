//! The agents that `init` can set up, and which of them are on this machine.

use std::path::{Path, PathBuf};

use super::claude_code::{self, SettingsFault};
use super::manifest::{Manifest, Part};
use super::plan::Plan;
use super::program::Program;
use super::site::Site;
use super::{InstallError, change};
use crate::environment::Environment;

/// An agent whose events `init` can have reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Agent {
    /// Anthropic's Claude Code.
    ClaudeCode,
}

impl Agent {
    /// Every agent that can be set up.
    pub const ALL: &[Self] = &[Self::ClaudeCode];

    /// Returns the name under which it reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClaudeCode => claude_code::NAME,
        }
    }

    /// Returns the name that people know.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
        }
    }

    /// Returns the agent with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|agent| agent.name() == name)
    }

    /// Answers whether it seems to be used: here, or by this person on this machine.
    #[must_use]
    pub fn is_found(self, work_tree: &Path, environment: &Environment) -> bool {
        match self {
            Self::ClaudeCode => {
                let home = environment
                    .path("CLAUDE_CONFIG_DIR")
                    .or_else(|| Some(environment.home()?.join(".claude")));
                work_tree.join(".claude").is_dir()
                    || home.is_some_and(|home| home.is_dir())
                    || is_on_path("claude", environment)
            }
        }
    }

    /// Returns the file of this clone in which it is told to report.
    #[must_use]
    pub fn settings_path(self, work_tree: &Path) -> PathBuf {
        match self {
            Self::ClaudeCode => work_tree.join(".claude").join("settings.local.json"),
        }
    }
}

/// Returns the line that an agent runs to report to this program.
#[must_use]
pub fn command(agent: Agent, program: &Path) -> String {
    let shown = program.to_string_lossy();
    let is_plain = shown
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+'));
    let quoted = if is_plain {
        shown.into_owned()
    } else {
        format!("'{}'", shown.replace('\'', r"'\''"))
    };
    let stem = program.file_stem().unwrap_or_default();
    let verb = if stem == "provenance-hook" {
        ""
    } else {
        " hook"
    };
    format!("{quoted}{verb} agent {}", agent.name())
}

/// Answers whether `init` had an agent report from this worktree, whatever came of it since.
#[must_use]
pub fn is_set_up(site: &Site, agent: Agent) -> bool {
    let path = agent.settings_path(&site.work_tree);
    Manifest::load(&site.common_dir).is_ok_and(|manifest| {
        manifest
            .files
            .iter()
            .any(|entry| entry.path.path(&site.common_dir) == path)
    })
}

/// Plans that an agent reports to us from now on; returns its settings file.
pub(super) fn place(
    site: &Site,
    program: &Program,
    agent: Agent,
    plan: &mut Plan<'_>,
) -> Result<PathBuf, InstallError> {
    let path = agent.settings_path(&site.work_tree);
    let fault = |fault| InstallError::Settings {
        path: path.clone(),
        fault,
    };
    if site.leads_out(&path) {
        return Err(fault(SettingsFault::LeadsOut));
    }
    let current = change::read(&path)?;
    let text = match &current {
        Some(bytes) => Some(
            std::str::from_utf8(bytes).map_err(|_| InstallError::NotText { path: path.clone() })?,
        ),
        None => None,
    };
    let after = claude_code::with(text, &command(agent, program.path())).map_err(fault)?;
    let bare = match text {
        Some(text) => claude_code::without(text).map_err(fault)?,
        None => String::new(),
    };
    plan.write(
        &path,
        Part::ClaudeCode,
        after.into_bytes(),
        bare.as_bytes(),
        0o644,
    )?;
    keep_untracked(site, &path, plan)?;
    Ok(path)
}

/// Sees to it that `git add -A` does not take the settings of one machine along.
fn keep_untracked(site: &Site, path: &Path, plan: &mut Plan<'_>) -> Result<(), InstallError> {
    let git = site.git();
    let name = path.strip_prefix(&site.work_tree).unwrap_or(path);
    let is_ignored = git
        .ask(&[
            "check-ignore".as_ref(),
            "--quiet".as_ref(),
            "--".as_ref(),
            name.as_os_str(),
        ])
        .is_ok();
    let is_tracked = git
        .ask(&[
            "ls-files".as_ref(),
            "--error-unmatch".as_ref(),
            "--".as_ref(),
            name.as_os_str(),
        ])
        .is_ok();
    let Some(name) = name.to_str().filter(|_| !is_ignored && !is_tracked) else {
        return Ok(());
    };
    let exclude = git.ask_path(&[
        "rev-parse",
        "--path-format=absolute",
        "--git-path",
        "info/exclude",
    ])?;
    let current = change::read(&exclude)?.unwrap_or_default();
    let mut after = current.clone();
    if !after.is_empty() && !after.ends_with(b"\n") {
        after.push(b'\n');
    }
    after.extend_from_slice(format!("/{name}\n").as_bytes());
    plan.write(&exclude, Part::Exclude, after, &current, 0o644)
}

fn is_on_path(name: &str, environment: &Environment) -> bool {
    let path = environment.get("PATH").unwrap_or_default();
    std::env::split_paths(path).any(|dir| dir.join(name).is_file())
}
