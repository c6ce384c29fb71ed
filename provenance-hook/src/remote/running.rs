//! `Running`: a Git that talks to a remote, without a prompt and within a time limit.
//!
//! # Invariants
//!
//! - It asks nobody: no terminal prompt, `ssh` in batch mode where the user chose no other `ssh`.
//! - When its time is over it is ended, with what it started, and nothing else is.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use provenance_core::git::Config;

use super::{Deadline, TalkError};
use crate::environment::Environment;

/// The most bytes of an answer that are read: some 200,000 references.
const MAX_ANSWER_BYTES: u64 = 16 << 20;
/// How often it is looked whether a Git that has said everything has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A Git that talks to a remote.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    stdout: mpsc::Receiver<String>,
    stderr: mpsc::Receiver<String>,
}

/// What Git said when it ended.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether it exited with 0.
    pub(super) success: bool,
    /// Standard output.
    pub(super) stdout: String,
    /// The line of standard error that says the most.
    pub(super) said: String,
}

impl Running {
    /// Starts Git.
    pub(super) fn start(
        environment: &Environment,
        config: &Config,
        may_ask: bool,
        arguments: &[&str],
    ) -> Result<Self, TalkError> {
        let mut command = Command::new("git");
        if !may_ask {
            // No dialog of a credential helper, no program that asks for a password.
            command.args(["-c", "credential.interactive=false", "-c", "core.askPass="]);
        }
        command
            // The empty grafts file below would bring a hint before Git's own words.
            .args(["-c", "advice.graftFileDeprecated=false"])
            .args(arguments)
            .env_clear()
            .envs(environment.variables())
            // What is sent and compared is what there is, not what Git was told to show.
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .current_dir(environment.current_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !may_ask {
            command
                .env_remove("GIT_ASKPASS")
                .env_remove("SSH_ASKPASS")
                .env("SSH_ASKPASS_REQUIRE", "never");
        }
        // Whoever chose another ssh knows whether it prompts; the time limit holds in any case.
        let chosen = ["GIT_SSH_COMMAND", "GIT_SSH"];
        if chosen.iter().all(|name| environment.get(name).is_none())
            && !config.is_set("core.sshCommand")
        {
            command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=5");
        }
        Self::apart(&mut command);
        let mut child = command.spawn().map_err(TalkError::NotStarted)?;
        let stdout = drained(child.stdout.take());
        let stderr = drained(child.stderr.take());
        Ok(Self {
            child,
            stdout,
            stderr,
        })
    }

    /// Waits for the end, or ends it.
    pub(super) fn finish(mut self, deadline: Deadline) -> Result<Answer, TalkError> {
        let over = || TalkError::TimeLimit {
            seconds: deadline.limit().as_secs_f32(),
        };
        let left = deadline.left().unwrap_or_default();
        let Ok(stdout) = self.stdout.recv_timeout(left) else {
            self.end();
            return Err(over());
        };
        let status = loop {
            match self.child.try_wait().map_err(TalkError::NotStarted)? {
                Some(status) => break status,
                None if deadline.left().is_some() => thread::sleep(LOOK_AGAIN),
                None => {
                    self.end();
                    return Err(over());
                }
            }
        };
        let said = if status.success() {
            String::new()
        } else {
            // An ssh that stays in the background keeps standard error open.
            let said = self.stderr.recv_timeout(Duration::from_secs(1));
            most_telling(&said.unwrap_or_default())
        };
        Ok(Answer {
            success: status.success(),
            stdout,
            said,
        })
    }
}

/// The first line that Git calls an error, else the first one.
fn most_telling(stderr: &str) -> String {
    let marked = |line: &&str| line.starts_with("fatal: ") || line.starts_with("error: ");
    let mut lines = stderr.lines().map(str::trim);
    let first = lines.clone().find(|line| !line.is_empty());
    let line = lines.find(marked).or(first).unwrap_or("git failed");
    let line = line.strip_prefix("fatal: ").unwrap_or(line);
    let line = line.strip_prefix("error: ").unwrap_or(line);
    provenance_core::text::escaped(line).into_owned()
}

#[cfg(unix)]
impl Running {
    /// Puts Git and what it starts into a group of their own: it can be ended as a whole, and
    /// whoever in it asks at the terminal is stopped instead of answered.
    fn apart(command: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }

    /// Ends Git and the ssh that it started.
    fn end(&mut self) {
        let group = self.child.id().to_string();
        let mut kill = Command::new("sh");
        kill.args(["-c", r#"kill -s KILL -- "-$0""#, &group])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // It may have ended by itself just now; then there is nothing to end.
        drop(kill.status());
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(not(unix))]
impl Running {
    fn apart(_: &mut Command) {}

    /// Ends Git; what it started ends when it finds that Git has gone.
    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads a pipe to its end on a thread of its own.
fn drained(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before a failure is what there is to tell.
            drop(pipe.by_ref().take(MAX_ANSWER_BYTES).read_to_end(&mut bytes));
            drop(io::copy(&mut pipe, &mut io::sink()));
        }
        drop(sender.send(String::from_utf8_lossy(&bytes).into_owned()));
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(arguments: &[&str]) -> Running {
        let environment = Environment::of_process();
        Running::start(&environment, &Config::default(), false, arguments).unwrap()
    }

    #[test]
    fn a_remote_that_never_answers_is_ended_after_the_limit() {
        let running = start(&["-c", "alias.wait=!exec tail -f /dev/null", "wait"]);
        let group = running.child.id().to_string();
        let answer = running.finish(Deadline::after(Duration::from_millis(50)));
        assert!(matches!(answer, Err(TalkError::TimeLimit { .. })));
        #[cfg(unix)]
        {
            let listed = Command::new("ps")
                .args(["-A", "-o", "pgid=,stat="])
                .output();
            let listed = listed.map(|ps| String::from_utf8_lossy(&ps.stdout).into_owned());
            let runs = |line: &str| {
                let mut words = line.split_whitespace();
                // A zombie only waits for whoever reaps it.
                words.next() == Some(&group) && words.next().is_some_and(|s| !s.starts_with('Z'))
            };
            assert!(!listed.unwrap_or_default().lines().any(runs));
        }
    }

    #[test]
    fn what_git_says_when_it_fails_is_kept() {
        let fails = start(&["no-such-command"]);
        let answer = fails.finish(Deadline::after(Duration::from_mins(1)));
        let answer = answer.unwrap();
        assert!(!answer.success && answer.said.contains("no-such-command"));
        assert_eq!(
            most_telling("remote: hm\nfatal: no\u{1b} way\n"),
            "no\\u{1b} way"
        );
        assert_eq!(most_telling("\n"), "git failed");
    }
}
