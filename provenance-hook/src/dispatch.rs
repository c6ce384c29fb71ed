//! From `argv` to a job, and from what came of it to an exit code.
//!
//! # What is not checked
//!
//! Who calls. A person who types `provenance-hook post-commit` gets what Git would get.

use std::any::Any;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use provenance_core::clock::{self, Clock as _};
use provenance_core::git::hooks::HookName;
use provenance_core::text;

use crate::environment::Environment;
use crate::failure::{HookError, Job};
use crate::git_program::GitProgram;
use crate::log::{self, LogEntry};
use crate::{VERSION, agent, hooks, saved_hook};

/// The names in githooks(5). A link may have any of them: another version may have made it.
const GIT_HOOKS: &[&str] = &[
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// Answers whether a program that was started as `argv0` was started as a hook or as
/// `provenance-hook`, whatever file that name leads to.
#[must_use]
pub fn is_hook_name(argv0: &OsStr) -> bool {
    is_hook_link(argv0) || stem(argv0) == "provenance-hook"
}

/// Answers whether `argv0` is a link in a hooks directory.
fn is_hook_link(argv0: &OsStr) -> bool {
    GIT_HOOKS.contains(&stem(argv0))
}

/// Does what `argv` asks for and returns the exit code.
///
/// `args` are those after `argv0`.
#[must_use]
pub fn run(argv0: &OsStr, args: &[OsString], environment: &Environment) -> u8 {
    // A panic is reported once, by us, on one line; tests share a process and want theirs.
    #[cfg(not(test))]
    panic::set_hook(Box::new(|_| {}));
    let mut job = Job::Command;
    let done = panic::catch_unwind(AssertUnwindSafe(|| {
        if is_hook_link(argv0) {
            as_link(Path::new(argv0), args, environment, &mut job)
        } else {
            as_command(args, environment, &mut job)
        }
    }));
    match done {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => failed(job, &error, environment),
        Err(payload) => failed(
            job,
            &HookError::Panicked {
                message: panic_message(payload.as_ref()),
            },
            environment,
        ),
    }
}

/// Runs as the hook that the link is named after: the user's own first, then ours.
fn as_link(
    link: &Path,
    args: &[OsString],
    environment: &Environment,
    job: &mut Job,
) -> Result<u8, HookError> {
    let name = stem(link.as_os_str());
    let hook = HookName::from_name(OsStr::new(name));
    *job = hook.map_or(Job::UnknownHook, Job::Hook);
    // What Git tells a hook on standard input is told to both.
    let input = match hook {
        Some(HookName::PrePush | HookName::PostRewrite) => Some(standard_input()?),
        _ => None,
    };
    let is_after = matches!(
        hook,
        Some(
            HookName::PostCommit
                | HookName::PostMerge
                | HookName::PostApplypatch
                | HookName::PostRewrite
        )
    );
    match saved_hook::run(link, name, args, input.as_deref())? {
        // Git gives up the commit or the push here; so there is nothing to record.
        Some(code) if code != 0 && !is_after => return Ok(code),
        _ => {}
    }
    match hook {
        Some(hook) => as_hook(hook, args, input.as_deref(), environment),
        None => Ok(0),
    }
}

/// Reads standard input to its end; a person at a terminal gives none.
fn standard_input() -> Result<Vec<u8>, HookError> {
    let mut input = Vec::new();
    let mut stdin = io::stdin().lock();
    if !stdin.is_terminal() {
        let read = stdin.read_to_end(&mut input);
        read.map_err(|source| HookError::Input { source })?;
    }
    Ok(input)
}

fn as_command(
    args: &[OsString],
    environment: &Environment,
    job: &mut Job,
) -> Result<u8, HookError> {
    let Some((name, rest)) = args.split_first() else {
        return Err(HookError::UnknownJob {
            name: String::new(),
        });
    };
    if let Some(hook) = HookName::from_name(name) {
        *job = Job::Hook(hook);
        return as_hook(hook, rest, None, environment);
    }
    match name.to_str() {
        Some("agent") => {
            *job = Job::Agent;
            // Not switched off by `PROVENANCE=0`: the lines would pass as a human's later.
            let agent_name = rest.first().ok_or(HookError::NoAgentName)?;
            agent::run(agent_name, &mut io::stdin().lock(), environment)?;
            Ok(0)
        }
        Some("--version" | "-V" | "version") => {
            let version = format!("provenance-hook {VERSION}\n");
            // Nobody is told that nobody listens.
            drop(io::stdout().write_all(version.as_bytes()));
            Ok(0)
        }
        _ => Err(HookError::UnknownJob {
            name: name.to_string_lossy().into_owned(),
        }),
    }
}

fn as_hook(
    hook: HookName,
    args: &[OsString],
    input: Option<&[u8]>,
    environment: &Environment,
) -> Result<u8, HookError> {
    match hook {
        // It is told that it is switched off: the next record counts the commits that had none.
        HookName::PostCommit => hooks::post_commit::run(environment)?,
        _ if environment.is_off() => {}
        HookName::CommitMsg => {
            let message_file = args.first().ok_or(HookError::NoMessageFile)?;
            hooks::commit_msg::run(environment, Path::new(message_file))?;
        }
        HookName::PostMerge => hooks::post_merge::run(environment, args.first())?,
        HookName::PostApplypatch => hooks::post_applypatch::run(environment)?,
        HookName::PostRewrite => match input {
            Some(input) => hooks::post_rewrite::run(environment, input)?,
            None => hooks::post_rewrite::run(environment, &standard_input()?)?,
        },
        HookName::PrePush => match input {
            Some(input) => hooks::pre_push::run(environment, args, input)?,
            None => hooks::pre_push::run(environment, args, &standard_input()?)?,
        },
        // A name that the list gains has its arm here; until then it does nothing.
        _ => {}
    }
    Ok(0)
}

/// Logs the failure, says it in one line, and returns the exit code that the table allows.
fn failed(job: Job, error: &HookError, environment: &Environment) -> u8 {
    let message = log::chain(error);
    let git = GitProgram::new(environment);
    if job != Job::Command {
        let logged = git
            .ask_path(&["rev-parse", "--path-format=absolute", "--git-common-dir"])
            .map(|common_dir| {
                let entry = LogEntry {
                    at: clock::System.now(),
                    job: job_name(job).to_owned(),
                    message: message.clone(),
                };
                log::append(&common_dir, &entry)
            });
        // No repository, or one that cannot be written: standard error is all there is.
        drop(logged);
    }
    let line = format!(
        "provenance: {}: {}\n",
        job_name(job),
        text::escaped(&message)
    );
    drop(io::stderr().write_all(line.as_bytes()));
    job.exit_code(|| {
        git.ask_maybe(&["config", "--type=bool", "--get", "provenance.failClosed"])
            .is_ok_and(|answer| answer.as_deref() == Some("true"))
    })
}

fn job_name(job: Job) -> &'static str {
    match job {
        Job::Hook(hook) => hook.as_str(),
        Job::Agent => "agent",
        Job::UnknownHook => "hook",
        Job::Command => "provenance-hook",
    }
}

/// Returns the file name up to its first dot; empty where it is no text.
fn stem(argv0: &OsStr) -> &str {
    let name = Path::new(argv0)
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or_default();
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|message| (*message).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked".to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::scratch;

    struct Scene {
        dir: tempfile::TempDir,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                dir: scratch::watched_repository(),
            }
        }

        fn git(&self, args: &[&str]) {
            scratch::git(self.dir.path(), args);
        }

        fn run(&self, argv0: &str, args: &[&str]) -> u8 {
            let path = std::env::vars_os().filter(|(name, _)| name == "PATH");
            let environment = Environment::new(self.dir.path(), path);
            let args: Vec<OsString> = args.iter().map(OsString::from).collect();
            run(OsStr::new(argv0), &args, &environment)
        }

        fn logged(&self) -> String {
            fs::read_to_string(self.dir.path().join(".git/provenance/hook.log")).unwrap_or_default()
        }
    }

    #[test]
    fn a_failure_lets_the_commit_through_unless_the_user_asked() {
        let scene = Scene::new();
        // Git always names the file; whoever does not is in trouble of their own.
        assert_eq!(scene.run(".git/hooks/commit-msg", &[]), 0);
        assert!(
            scene.logged().contains("commit-msg needs the file"),
            "{}",
            scene.logged()
        );
        scene.git(&["config", "provenance.failClosed", "yes"]);
        assert_eq!(scene.run(".git/hooks/commit-msg", &[]), 1);
        assert_eq!(scene.run("provenance-hook", &["commit-msg"]), 1);
    }

    #[test]
    fn an_agent_is_never_blocked() {
        let scene = Scene::new();
        assert_eq!(scene.run("provenance-hook", &["agent"]), 0);
        assert!(
            scene.logged().contains("agent which agent?"),
            "{}",
            scene.logged()
        );
    }

    #[test]
    fn a_link_of_another_version_is_in_nobodys_way() {
        let scene = Scene::new();
        for link in [".git/hooks/pre-rebase", "/x/.git/hooks/post-update.legacy"] {
            assert_eq!(scene.run(link, &["origin", "url"]), 0, "{link}");
        }
        assert_eq!(scene.logged(), "");
    }

    #[test]
    fn a_person_at_a_prompt_is_told_of_a_mistake() {
        let scene = Scene::new();
        assert_eq!(scene.run("provenance-hook", &[]), 2);
        assert_eq!(scene.run("/usr/bin/provenance-hook", &["comit-msg"]), 2);
        assert_eq!(scene.run("provenance-hook", &["--version"]), 0);
        assert_eq!(scene.logged(), "");
    }

    #[test]
    fn a_panic_says_what_it_said() {
        let payload = panic::catch_unwind(|| panic!("seven {}", 7)).unwrap_err();
        assert_eq!(panic_message(payload.as_ref()), "seven 7");
    }
}
