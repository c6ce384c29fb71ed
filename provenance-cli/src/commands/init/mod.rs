//! `init`: key, hooks, notes, trust and agents in one step, which may be repeated.

mod key;

use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use provenance_core::git::hooks::HookName;
use provenance_core::{capture, whole_file};
use provenance_hook::Environment;
use provenance_hook::install::{self, Agent, Installed, Owner, Placement, Program, Site, Wanted};

use super::doctor;
use super::trust::{self, Established};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::{Output, Style, safe};

/// Set up this repository: key, hooks, notes, trust, agents
///
/// Makes a signing key if there is none, puts the Git hooks in place (your own still run first,
/// and a hook manager's files get a few marked lines), has Git merge the records without loss, and
/// has the agents that it finds report what they do. Running it again changes nothing that is
/// right already. `git provenance uninstall` takes out exactly what it put in.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Do not ask: set up every agent that is found
    #[arg(short, long)]
    yes: bool,

    /// Which agents are to report: those that are found, none, or a list of names
    #[arg(long, value_name = "auto|none|LIST", default_value = "auto", value_parser = agent_choice)]
    agents: AgentChoice,

    /// Sign with this key in this repository: an OpenSSH private key file, Ed25519, no passphrase
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Which agents are to report.
#[derive(Debug, Clone, PartialEq, Eq)]
enum AgentChoice {
    Auto,
    These(Vec<Agent>),
}

fn agent_choice(typed: &str) -> Result<AgentChoice, String> {
    match typed {
        "auto" => Ok(AgentChoice::Auto),
        "none" => Ok(AgentChoice::These(Vec::new())),
        list => list
            .split(',')
            .map(|name| {
                Agent::from_name(name.trim()).ok_or_else(|| {
                    let known: Vec<_> = Agent::ALL.iter().map(|agent| agent.name()).collect();
                    format!(
                        "unknown agent `{name}`; known: auto, none, {}",
                        known.join(", ")
                    )
                })
            })
            .collect::<Result<_, _>>()
            .map(AgentChoice::These),
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let environment = context.environment();
    let site = Site::find(context.repo()?, environment)?;
    let program = Program::choose(&std::env::current_exe()?, environment);
    let agents = chosen_agents(args, &site, environment)?;
    let key = key::prepare(context, args.key.as_deref())?;
    let wanted = Wanted {
        agents: &agents.to_set_up,
        signing_key: key.setting(),
    };
    let installed = match install::install(&site, &program, wanted) {
        Ok(installed) => installed,
        Err(error) => {
            key.discard();
            return Err(error.into());
        }
    };
    capture::watch(context.repo()?)?;
    // Housekeeping: what was captured longer ago than it is kept for goes when `init` comes by.
    let now = context.clock().now();
    let let_go = capture::prune(context.repo()?, now);
    install::sweep(&site, now.into());
    if let Some(keys) = key.path().parent() {
        whole_file::sweep(keys, now.into());
    }
    // A root is signed with this key, so it is made when nothing can discard the key any more.
    let trust = trust::establish(context, key.path());
    let mut out = context.output();
    tell(&mut out, context, &site, &key, &agents, &installed)?;
    for (index, text) in trust.iter().flat_map(Established::lines).enumerate() {
        line(&mut out, if index == 0 { "Trust" } else { "" }, &text)?;
    }
    if let_go > 0 {
        let text = format!("{let_go} files of over 90 days ago let go");
        line(&mut out, "Captured", &text)?;
    }
    let concluded = conclude(&mut out, context, &installed)?;
    Ok(concluded.and(trust?.outcome()?))
}

/// What is to be done about agents, and what is to be said about those left out.
#[derive(Debug, Default)]
struct ChosenAgents {
    to_set_up: Vec<Agent>,
    left_out: Vec<(Agent, &'static str)>,
}

fn chosen_agents(
    args: &Args,
    site: &Site,
    environment: &Environment,
) -> Result<ChosenAgents, CliError> {
    let mut chosen = ChosenAgents::default();
    if let AgentChoice::These(agents) = &args.agents {
        chosen.to_set_up.clone_from(agents);
        return Ok(chosen);
    }
    let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    for agent in Agent::ALL.iter().copied() {
        let settings = agent.settings_path(site.work_tree());
        if !agent.is_found(site.work_tree(), environment) {
            continue;
        }
        if args.yes || (can_ask && ask(agent, &shown(&settings, site, environment))?) {
            chosen.to_set_up.push(agent);
        } else if can_ask {
            chosen.left_out.push((agent, "as you say"));
        } else {
            chosen.left_out.push((agent, "nobody to ask here"));
        }
    }
    Ok(chosen)
}

fn ask(agent: Agent, settings: &str) -> io::Result<bool> {
    let question = format!(
        "{} is on this machine. Have it report its edits here ({settings})? [Y/n] ",
        agent.title()
    );
    io::stderr().write_all(question.as_bytes())?;
    let mut answer = String::new();
    let bytes_read = io::stdin().lock().read_line(&mut answer)?;
    // Nothing at all is no answer, and no answer is no.
    Ok(bytes_read > 0 && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn tell(
    out: &mut Output,
    context: &Context,
    site: &Site,
    key: &key::Key,
    agents: &ChosenAgents,
    installed: &Installed,
) -> Result<(), CliError> {
    let environment = context.environment();
    let place = |path: &Path| shown(path, site, environment);
    let [id, origin] = key.told(environment);
    line(out, "Key", &id)?;
    line(out, "", &origin)?;
    tell_hooks(out, site, environment, installed)?;
    let notes_ref = context.repo()?.config()?.settings()?.notes_ref;
    line(
        out,
        "Notes",
        &format!("{}, merged without loss", notes_ref.as_str()),
    )?;
    for (agent, path) in &installed.agents {
        line(
            out,
            "Agents",
            &format!("{} reports from now on ({})", agent.title(), place(path)),
        )?;
    }
    for (agent, why) in &agents.left_out {
        let how = format!("git provenance init --agents {}", agent.name());
        line(
            out,
            "Agents",
            &format!("{} does not report ({why}): {how}", agent.title()),
        )?;
    }
    Ok(())
}

/// Says where the hooks are, one line for each way in which they got there.
fn tell_hooks(
    out: &mut Output,
    site: &Site,
    environment: &Environment,
    installed: &Installed,
) -> io::Result<()> {
    let place = |path: &Path| shown(path, site, environment);
    let names = |chosen: &dyn Fn(&Placement) -> bool| -> String {
        let names: Vec<_> = installed
            .hooks
            .iter()
            .filter(|(_, placement)| chosen(placement))
            .map(|(hook, _)| hook.as_str())
            .collect();
        names.join(", ")
    };
    let linked = names(&|placement| {
        matches!(
            placement,
            Placement::Link {
                after_own: false,
                ..
            }
        )
    });
    let after_own = names(&|placement| {
        matches!(
            placement,
            Placement::Link {
                after_own: true,
                ..
            }
        )
    });
    if !linked.is_empty() {
        line(out, "Hooks", &linked)?;
    }
    if !after_own.is_empty() {
        line(
            out,
            "Hooks",
            &format!("{after_own} (yours still run first)"),
        )?;
    }
    for (hook, placement) in &installed.hooks {
        match placement {
            Placement::Link { .. } => {}
            Placement::Chain { path, is_shared } => {
                let advice = if *is_shared {
                    "; commit it with the rest"
                } else {
                    ""
                };
                let text = format!("{hook}: a few marked lines in {}{advice}", place(path));
                line(out, "Hooks", &text)?;
            }
            Placement::OwnLine { path } => {
                line(
                    out,
                    "Hooks",
                    &format!("{hook}: {} calls us already", place(path)),
                )?;
            }
            Placement::ByHand {
                path,
                why,
                line: to_add,
            } => {
                by_hand(out, *hook, &place(path), why, to_add.as_deref())?;
            }
        }
    }
    if let Owner::Git = site.owner() {
        return Ok(());
    }
    line(
        out,
        "",
        &format!("(Git looks for hooks in {})", place(site.hooks_dir())),
    )
}

fn by_hand(
    out: &mut Output,
    hook: HookName,
    path: &str,
    why: &str,
    to_add: Option<&str>,
) -> io::Result<()> {
    let text = format!("{hook}: NOT installed in {path}: {why}");
    line(out, "Hooks", &text)?;
    if let Some(to_add) = to_add {
        line(
            out,
            "",
            "add this line to it, before anything that ends it:",
        )?;
        let painted = out.paint(Style::Hint, to_add).to_string();
        writeln!(out, "  {painted}")?;
    }
    Ok(())
}

fn line(out: &mut Output, word: &str, text: &str) -> io::Result<()> {
    let word = out.paint(Style::Heading, format!("{word:<10}")).to_string();
    writeln!(out, "{word} {}", safe(text))
}

/// Ends with what is true: whether the next commit will be recorded.
fn conclude(
    out: &mut Output,
    context: &Context,
    installed: &Installed,
) -> Result<Outcome, CliError> {
    let is_whole = !installed
        .hooks
        .iter()
        .any(|(_, placement)| matches!(placement, Placement::ByHand { .. }));
    let diagnosis = doctor::diagnose(context)?;
    if let Some(obstacle) = diagnosis.obstacle() {
        writeln!(
            out,
            "Your next commit is NOT recorded: {}",
            safe(&obstacle.message)
        )?;
        writeln!(out, "See what to do: git provenance doctor")?;
    } else if !is_whole {
        writeln!(
            out,
            "Your next commit is recorded, but not in full: add the line above."
        )?;
    } else {
        writeln!(
            out,
            "Your next commit is recorded. Undo with: git provenance uninstall"
        )?;
    }
    out.flush()?;
    Ok(Outcome::from(is_whole && diagnosis.obstacle().is_none()))
}

/// Returns a path as people know it: from the worktree, or from their home.
pub(super) fn shown(path: &Path, site: &Site, environment: &Environment) -> String {
    if let Ok(inside) = path.strip_prefix(site.work_tree()) {
        return inside.display().to_string();
    }
    from_home(path, environment)
}

/// Returns a path with `~` for the home directory.
pub(super) fn from_home(path: &Path, environment: &Environment) -> String {
    match environment
        .home()
        .map(|home| path.strip_prefix(home).map(Path::to_owned))
    {
        Some(Ok(inside)) => format!("~/{}", inside.display()),
        _ => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_chosen_by_name() {
        assert_eq!(agent_choice("auto"), Ok(AgentChoice::Auto));
        assert_eq!(agent_choice("none"), Ok(AgentChoice::These(vec![])));
        assert_eq!(
            agent_choice("claude-code"),
            Ok(AgentChoice::These(vec![Agent::ClaudeCode]))
        );
        assert!(agent_choice("claude").unwrap_err().contains("claude-code"));
    }
}
