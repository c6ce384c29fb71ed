//! The chain: a few marked lines that call us from a hook that somebody else owns.
//!
//! Takes the text of a shell script, gives it with our lines in it, or without them again. The
//! lines find the program through a link in the Git directory that `init` makes, so that a file
//! that a team shares holds no machine's path, and does nothing in a clone where `init` never ran.
//!
//! # Invariants
//!
//! - The rest of the script runs first, and its exit code is respected; ours runs even if the
//!   script ends in `exec` or `exit`, because then our lines stand at its top and start it.
//! - A program that has vanished never fails the hook.
//! - What Git tells a hook on standard input reaches the rest of the script whole.
//! - [`without`] undoes [`with`], line for line.
//!
//! # What is not checked
//!
//! What the script does, and whether it is sound. A script that is no shell script is refused.

use provenance_core::git::hooks::HookName;

/// The first of our lines.
pub const START: &str = "# START git-provenance";
/// The last of our lines.
pub const END: &str = "# END git-provenance";

/// The link in the Git directory through which chains find the program.
pub const LINK_NAME: &str = "provenance-hook";

/// Words after which an appended line might not run, or might run elsewhere.
const ENDINGS: &[&str] = &["exec", "exit", "return", "cd", "pushd", "trap"];

/// Shells whose scripts understand our lines.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"];

/// How a script is started, as far as our lines must start it themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// Git starts the file itself.
    ByGit,
    /// husky starts it with `sh -e`; it needs no executable bit.
    ByHusky,
}

/// Why a script is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUnderstood {
    /// It is not text.
    Binary,
    /// Its first line names another interpreter than a shell.
    NotAShell,
    /// One of our markers stands alone.
    Markers,
}

impl std::fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Binary => "it is a program, not a script",
            Self::NotAShell => "it is no shell script",
            Self::Markers => "the lines that git-provenance put in are no longer whole",
        })
    }
}

/// Returns the one line that a person adds by hand where we do not edit.
#[must_use]
pub fn line_by_hand(hook: HookName) -> String {
    format!(
        "p=\"$(git rev-parse --git-common-dir)/provenance/{LINK_NAME}\"; \
         [ ! -x \"$p\" ] || \"$p\" {hook} \"$@\" || exit $?"
    )
}

/// Answers whether a script calls us, through our lines or through a person's own.
#[must_use]
pub fn calls_us(script: &[u8]) -> bool {
    String::from_utf8_lossy(script).lines().any(|line| {
        let line = line.trim_start();
        !line.starts_with('#')
            && (line.contains("provenance-hook")
                || line.contains("git-provenance hook")
                || line.contains("git provenance hook"))
    })
}

/// Returns a new script that does nothing but call us.
#[must_use]
pub fn alone(hook: HookName, started: Started) -> String {
    let lines = appended(hook);
    match started {
        Started::ByGit => format!("#!/bin/sh\n{lines}"),
        Started::ByHusky => lines,
    }
}

/// Returns the script with our lines in it; lines of ours that were there are replaced.
///
/// # Errors
///
/// [`NotUnderstood`] says why the script is left alone.
pub fn with(script: &[u8], hook: HookName, started: Started) -> Result<String, NotUnderstood> {
    let script = without(script)?;
    let first = script.lines().next().unwrap_or_default();
    if let Some(interpreter) = first.strip_prefix("#!")
        && !is_shell(interpreter)
    {
        return Err(NotUnderstood::NotAShell);
    }
    // Whatever else the script does may read what Git tells it before our lines are reached.
    let may_read = hook == HookName::PrePush && !is_empty(&script);
    if !may_read && !may_end_early(&script) {
        let gap = if script.is_empty() || script.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return Ok(format!("{script}{gap}{}", appended(hook)));
    }
    let lines = wrapped(hook, started);
    match script.split_once('\n') {
        Some((first, rest)) if first.starts_with("#!") => Ok(format!("{first}\n{lines}{rest}")),
        _ => Ok(format!("{lines}{script}")),
    }
}

/// Returns the script without our lines.
///
/// # Errors
///
/// [`NotUnderstood::Binary`], and [`NotUnderstood::Markers`] when only one marker is left.
pub fn without(script: &[u8]) -> Result<String, NotUnderstood> {
    if script.contains(&0) {
        return Err(NotUnderstood::Binary);
    }
    let script = std::str::from_utf8(script).map_err(|_| NotUnderstood::Binary)?;
    let mut kept = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.split_inclusive('\n') {
        match (line.trim_end(), inside) {
            (START, false) => inside = true,
            (END, true) => inside = false,
            (START, true) | (END, false) => return Err(NotUnderstood::Markers),
            (_, false) => kept.push_str(line),
            (_, true) => {}
        }
    }
    if inside {
        return Err(NotUnderstood::Markers);
    }
    Ok(kept)
}

/// Answers whether our lines stand in a script, whole.
#[must_use]
pub fn is_marked(script: &[u8]) -> bool {
    without(script).is_ok_and(|rest| rest.len() != script.len())
}

const EXPLANATION: &str = "\
# Keeps the AI provenance of commits; does nothing where `git provenance init` never ran.
# `git provenance uninstall` takes these lines out.
";

/// The lines at the end of a script that always reaches its end.
fn appended(hook: HookName) -> String {
    format!(
        "{START}\n{EXPLANATION}\
         git_provenance=\"$(git rev-parse --git-common-dir 2>/dev/null || :)/provenance/{LINK_NAME}\"\n\
         if [ -x \"$git_provenance\" ]; then \"$git_provenance\" {hook} \"$@\" || exit $?; fi\n\
         {END}\n"
    )
}

/// The lines at the top of any other script: they start it again, without themselves, and go on.
fn wrapped(hook: HookName, started: Started) -> String {
    let itself = match started {
        Started::ByGit => "\"$0\"",
        Started::ByHusky => "sh -e \"$0\"",
    };
    if hook == HookName::PrePush {
        return wrapped_with_input(hook, itself);
    }
    format!(
        "{START}\n{EXPLANATION}\
         if [ \"${{GIT_PROVENANCE_CHAIN-}}\" != {hook} ]; then\n\
         \x20 GIT_PROVENANCE_CHAIN={hook} {itself} \"$@\" || exit $?\n\
         \x20 git_provenance=\"$(git rev-parse --git-common-dir 2>/dev/null || :)/provenance/{LINK_NAME}\"\n\
         \x20 if [ -x \"$git_provenance\" ]; then exec \"$git_provenance\" {hook} \"$@\"; fi\n\
         \x20 exit 0\n\
         fi\n\
         {END}\n"
    )
}

/// The same for a hook that Git tells something on standard input: the script and we both get it.
fn wrapped_with_input(hook: HookName, itself: &str) -> String {
    let input = "printf \"${git_provenance_input:+%s\\n}\" \"$git_provenance_input\"";
    format!(
        "{START}\n{EXPLANATION}\
         if [ \"${{GIT_PROVENANCE_CHAIN-}}\" != {hook} ]; then\n\
         \x20 git_provenance_input=\"$(cat)\"\n\
         \x20 {input} | GIT_PROVENANCE_CHAIN={hook} {itself} \"$@\" || exit $?\n\
         \x20 git_provenance=\"$(git rev-parse --git-common-dir 2>/dev/null || :)/provenance/{LINK_NAME}\"\n\
         \x20 if [ -x \"$git_provenance\" ]; then {input} | \"$git_provenance\" {hook} \"$@\" || exit $?; fi\n\
         \x20 exit 0\n\
         fi\n\
         {END}\n"
    )
}

/// Answers whether a line after the last one might not run. Sure only when it says no: a word in
/// a comment counts too.
fn may_end_early(script: &str) -> bool {
    script.contains("<<")
        || script.trim_end_matches(['\n', '\r']).ends_with('\\')
        || script
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
            .any(|word| ENDINGS.contains(&word))
}

/// Answers whether a script does nothing.
fn is_empty(script: &str) -> bool {
    script
        .lines()
        .all(|line| line.trim().is_empty() || line.starts_with('#'))
}

fn is_shell(interpreter: &str) -> bool {
    let mut words = interpreter.split_whitespace().map(file_name);
    let mut program = words.next().unwrap_or_default();
    if program == "env" {
        program = words
            .find(|word| !word.starts_with('-'))
            .unwrap_or_default();
    }
    if program == "busybox" {
        program = words.next().unwrap_or_default();
    }
    SHELLS.contains(&program)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
