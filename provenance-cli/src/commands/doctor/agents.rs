//! The agents: whether what they do is reported.

use std::fs;
use std::path::{Path, PathBuf};

use provenance_hook::Environment;
use provenance_hook::install::{self, Agent, Site, claude_code};
use provenance_hook::saved_hook::is_executable;

use super::super::init::shown;
use super::Check;

const SET_UP: &str = "git provenance init --agents claude-code";

/// Looks at the agents that are on this machine.
pub(super) fn checks(site: &Site, environment: &Environment) -> Vec<Check> {
    let mut checks = Vec::new();
    for agent in Agent::ALL.iter().copied() {
        let is_found = agent.is_found(site.work_tree(), environment);
        checks.extend(match agent {
            Agent::ClaudeCode => claude(site, environment, is_found),
            _ => None,
        });
    }
    checks
}

fn claude(site: &Site, environment: &Environment, is_found: bool) -> Option<Check> {
    let mut commands = Vec::new();
    for path in settings_files(site, environment) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let place = shown(&path, site, environment);
        match claude_code::switched_off_by(&text) {
            Ok(None) => {}
            Ok(Some(setting)) => {
                return Some(Check::broken(
                    "claude-code",
                    format!(
                        "`{setting}` in {place} switches its hooks off: its edits are not seen"
                    ),
                    &format!("take `{setting}` out of {place}, or ask whoever manages it"),
                ));
            }
            Err(fault) => {
                return Some(Check::broken(
                    "claude-code",
                    format!("{place} is {fault}"),
                    &format!("mend {place}"),
                ));
            }
        }
        for command in claude_code::our_commands(&text).unwrap_or_default() {
            commands.push((text.clone(), command, place.clone()));
        }
    }
    let Some((text, command, place)) = commands.first() else {
        if install::is_set_up(site, Agent::ClaudeCode) {
            let message = "it no longer reports: our hooks are gone from its settings";
            return Some(Check::broken("claude-code", message, SET_UP));
        }
        let message = "it is on this machine and does not report here: its lines pass as yours";
        return is_found.then(|| Check::note("claude-code", message, SET_UP));
    };
    let program = program_of(command);
    if program.is_absolute() && !is_executable(&program) {
        return Some(Check::broken(
            "claude-code",
            format!("{place} runs {}, which is not there", program.display()),
            SET_UP,
        ));
    }
    let missing = claude_code::missing_events(text, command).unwrap_or_default();
    if !missing.is_empty() {
        return Some(Check::broken(
            "claude-code",
            format!("{place} lacks the events {}", missing.join(", ")),
            SET_UP,
        ));
    }
    Some(Check::ok("claude-code", format!("reports through {place}")))
}

/// Every file that Claude Code reads here, those that win first.
fn settings_files(site: &Site, environment: &Environment) -> Vec<PathBuf> {
    let project = site.work_tree().join(".claude");
    let mut files = vec![
        PathBuf::from("/etc/claude-code/managed-settings.json"),
        PathBuf::from("/Library/Application Support/ClaudeCode/managed-settings.json"),
        project.join("settings.local.json"),
        project.join("settings.json"),
    ];
    let person = environment
        .path("CLAUDE_CONFIG_DIR")
        .or_else(|| Some(environment.home()?.join(".claude")));
    files.extend(person.map(|dir| dir.join("settings.json")));
    files
}

/// Returns the program of a command line that `install::agents::command` made.
fn program_of(command: &str) -> PathBuf {
    let program = match command.strip_prefix('\'') {
        Some(quoted) => quoted
            .rsplit_once('\'')
            .map_or(quoted, |(program, _)| program)
            .replace(r"'\''", "'"),
        None => command.split(' ').next().unwrap_or_default().to_owned(),
    };
    Path::new(&program).to_owned()
}

#[cfg(test)]
mod tests {
    use provenance_hook::install::agents;

    use super::*;

    #[test]
    fn the_program_of_a_command_is_found_again() {
        for program in [
            "/usr/bin/provenance-hook",
            "/opt/my tools/provenance-hook",
            "/it's/ärgerlich/git-provenance",
        ] {
            let command = agents::command(Agent::ClaudeCode, Path::new(program));
            assert_eq!(program_of(&command), Path::new(program), "{command}");
        }
    }
}
