//! Claude Code's settings: the hooks through which it reports to us.
//!
//! Takes the text of a settings file (JSON, with comments if somebody wrote some), gives it with
//! our hooks in it, or without them. `init` edits `.claude/settings.local.json`: the file of this
//! person in this clone, which may name a path on this machine. `.claude/settings.json` belongs to
//! the team, and other agents read it too, so nothing is put there.
//!
//! # Invariants
//!
//! - Comments, order and unknown keys stay as they are.
//! - Adding twice adds once; hooks of ours that name another path are replaced.
//!
//! # What is not checked
//!
//! Whether Claude Code accepts the rest of the file.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};

/// The name under which Claude Code reports.
pub const NAME: &str = "claude-code";

/// The tools that edit files or run commands.
const EDITS_AND_COMMANDS: &str = "Write|Edit|MultiEdit|NotebookEdit|Bash";

/// The events that we listen to, and the tools whose events these are.
const EVENTS: &[(&str, Option<&str>)] = &[
    ("SessionStart", None),
    ("UserPromptSubmit", None),
    ("PreToolUse", Some(EDITS_AND_COMMANDS)),
    ("PostToolUse", Some(EDITS_AND_COMMANDS)),
    ("PostToolUseFailure", Some(EDITS_AND_COMMANDS)),
    ("PostModelSwitch", None),
    ("Stop", None),
    ("SessionEnd", None),
];

/// Seconds after which Claude Code goes on without us.
const TIMEOUT_SECONDS: u64 = 30;

/// Why a settings file is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsFault {
    /// It is no JSON; what the parser says about it.
    Syntax(String),
    /// It is a link that leads out of the worktree.
    LeadsOut,
    /// It is JSON, but something is not an object or a list where Claude Code wants one.
    Shape(&'static str),
}

impl std::fmt::Display for SettingsFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LeadsOut => f.write_str("it is a link that leads out of the worktree"),
            Self::Syntax(said) => write!(f, "not valid JSON: {said}"),
            Self::Shape(what) => write!(f, "`{what}` has an unexpected form"),
        }
    }
}

/// Returns the settings with our hooks, each of which runs `command`; `None` makes a new file.
///
/// # Errors
///
/// [`SettingsFault`] says why the file is left alone.
pub fn with(settings: Option<&str>, command: &str) -> Result<String, SettingsFault> {
    let Some(settings) = settings.filter(|text| !text.trim().is_empty()) else {
        let mut fresh = with(Some("{}"), command)?;
        fresh.push('\n');
        return Ok(fresh);
    };
    if missing_events(settings, command)?.is_empty() {
        return Ok(settings.to_owned());
    }
    // What names another path goes first, so that no event is reported twice.
    let settings = without(settings)?;
    let root = parsed(&settings)?;
    let hooks = root
        .object_value_or_create()
        .ok_or(SettingsFault::Shape("the file"))?
        .object_value_or_create("hooks")
        .ok_or(SettingsFault::Shape("hooks"))?;
    for (event, matcher) in EVENTS {
        let groups = hooks
            .array_value_or_create(event)
            .ok_or(SettingsFault::Shape(event))?;
        groups.append(group(*matcher, command));
    }
    Ok(root.to_string())
}

/// Returns the settings without our hooks, and without the lists that only they were in.
///
/// # Errors
///
/// [`SettingsFault`] says why the file is left alone.
pub fn without(settings: &str) -> Result<String, SettingsFault> {
    let root = parsed(settings)?;
    let Some(top) = root.object_value() else {
        return Ok(settings.to_owned());
    };
    let Some(hooks) = top.object_value("hooks") else {
        return Ok(settings.to_owned());
    };
    let mut removed = false;
    for event in hooks.properties() {
        let Some(groups) = event.array_value() else {
            continue;
        };
        let mut removed_here = false;
        for group in groups.elements() {
            removed_here |= remove_ours(group);
        }
        if removed_here && groups.elements().is_empty() {
            event.remove();
        }
        removed |= removed_here;
    }
    if removed
        && hooks.properties().is_empty()
        && let Some(hooks) = top.get("hooks")
    {
        hooks.remove();
    }
    Ok(root.to_string())
}

/// Returns the events that do not reach `command`.
///
/// # Errors
///
/// [`SettingsFault`] when the file cannot be read as settings.
pub fn missing_events(settings: &str, command: &str) -> Result<Vec<&'static str>, SettingsFault> {
    let hooks = parsed(settings)?
        .object_value()
        .and_then(|top| Some(commands(&top.object_value("hooks")?)))
        .unwrap_or_default();
    Ok(EVENTS
        .iter()
        .map(|(event, _)| *event)
        .filter(|event| {
            !hooks
                .iter()
                .any(|(name, found)| name == event && found == command)
        })
        .collect())
}

/// Returns the commands of ours that a settings file runs, each once.
///
/// # Errors
///
/// [`SettingsFault`] when the file cannot be read as settings.
pub fn our_commands(settings: &str) -> Result<Vec<String>, SettingsFault> {
    let mut found: Vec<String> = parsed(settings)?
        .object_value()
        .and_then(|top| Some(commands(&top.object_value("hooks")?)))
        .unwrap_or_default()
        .into_iter()
        .map(|(_, command)| command)
        .filter(|command| is_ours(command))
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// Returns the setting that switches hooks off, if it is there.
///
/// # Errors
///
/// [`SettingsFault`] when the file cannot be read as settings.
pub fn switched_off_by(settings: &str) -> Result<Option<&'static str>, SettingsFault> {
    let top = parsed(settings)?.object_value();
    let is_true = |name: &str| {
        top.as_ref()
            .and_then(|top| top.get(name)?.value()?.as_boolean_lit())
            .is_some_and(|setting| setting.value())
    };
    Ok(["disableAllHooks", "allowManagedHooksOnly"]
        .into_iter()
        .find(|name| is_true(name)))
}

fn parsed(settings: &str) -> Result<CstRootNode, SettingsFault> {
    CstRootNode::parse(settings, &ParseOptions::default())
        .map_err(|error| SettingsFault::Syntax(error.to_string()))
}

fn group(matcher: Option<&str>, command: &str) -> CstInputValue {
    let hook = CstInputValue::Object(vec![
        ("type".to_owned(), "command".into()),
        ("command".to_owned(), command.into()),
        ("timeout".to_owned(), TIMEOUT_SECONDS.into()),
    ]);
    let mut group = Vec::new();
    if let Some(matcher) = matcher {
        group.push(("matcher".to_owned(), matcher.into()));
    }
    group.push(("hooks".to_owned(), CstInputValue::Array(vec![hook])));
    CstInputValue::Object(group)
}

/// Removes our hooks from one group, and the group if they were all of it.
fn remove_ours(group: CstNode) -> bool {
    let Some(list) = group
        .as_object()
        .and_then(|group| group.array_value("hooks"))
    else {
        return false;
    };
    let mut removed = false;
    for hook in list.elements() {
        if command_of(&hook).is_some_and(|command| is_ours(&command)) {
            hook.remove();
            removed = true;
        }
    }
    if removed && list.elements().is_empty() {
        group.remove();
    }
    removed
}

fn commands(hooks: &CstObject) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for event in hooks.properties() {
        let (Some(name), Some(groups)) = (event.decoded_name(), event.array_value()) else {
            continue;
        };
        for list in groups.elements().iter().filter_map(hooks_of) {
            for command in list.elements().iter().filter_map(command_of) {
                found.push((name.clone(), command));
            }
        }
    }
    found
}

fn hooks_of(group: &CstNode) -> Option<CstArray> {
    group.as_object()?.array_value("hooks")
}

fn command_of(hook: &CstNode) -> Option<String> {
    hook.as_object()?
        .get("command")?
        .value()?
        .as_string_lit()?
        .decoded_value()
        .ok()
}

fn is_ours(command: &str) -> bool {
    let program = command.contains("provenance-hook") || command.contains("git-provenance");
    program && command.contains("agent claude-code")
}
