//! Asking remotes for their chain, without a prompt and within a time limit.
//!
//! Takes the remotes of the repository and gives, for each, that it has a chain (fetched into its
//! tracking reference by then), that it has none, or that it did not answer. Nobody is asked for
//! a password: a remote that needs one did not answer.
//!
//! # What is not checked
//!
//! What was fetched; reading the chain does that.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use provenance_core::git::Config;
use provenance_core::text;
use provenance_core::trust::{TRUST_REF, tracking_ref};
use provenance_hook::Environment;
use provenance_hook::git_program::{GitProgram, GitProgramError};

/// How long a remote may take to say whether it has a chain.
const ASK_LIMIT: Duration = Duration::from_secs(8);
/// How long it may take to send one.
const FETCH_LIMIT: Duration = Duration::from_secs(30);
/// The most remotes that are asked.
const MAX_REMOTES: usize = 8;
/// The most bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// What a remote said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has a chain, which is in our tracking reference now.
    Fetched,
    /// It has none.
    Nothing,
    /// It did not answer, and why.
    Silent(String),
}

/// Asks every remote, all at once, and fetches what they have.
///
/// # Errors
///
/// [`GitProgramError`] when `git remote` itself fails.
pub(super) fn ask(
    environment: &Environment,
    config: &Config,
) -> Result<Vec<(String, Answer)>, GitProgramError> {
    let listed = GitProgram::new(environment).ask(&["remote"])?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let remotes: Vec<&str> = listed.lines().collect();
    let asked: Vec<_> = remotes
        .iter()
        .take(MAX_REMOTES)
        .map(|remote| {
            let arguments = ["ls-remote", "--quiet", "--", remote, TRUST_REF];
            (*remote, Running::start(environment, config, &arguments))
        })
        .collect();
    let mut answers = Vec::with_capacity(remotes.len());
    for (remote, running) in asked {
        let said = running.and_then(|running| running.finish(ASK_LIMIT));
        let answer = match said {
            Ok(listing) if !names_chain(&listing) => Answer::Nothing,
            Ok(_) => fetch(environment, config, remote),
            Err(why) => Answer::Silent(why),
        };
        answers.push((remote.to_owned(), answer));
    }
    for remote in remotes.iter().skip(MAX_REMOTES) {
        let why = format!("only {MAX_REMOTES} remotes are asked");
        answers.push(((*remote).to_owned(), Answer::Silent(why)));
    }
    Ok(answers)
}

/// Answers whether a listing has the reference; its pattern also matches longer names.
fn names_chain(listing: &str) -> bool {
    listing.lines().any(|line| {
        line.split_once('\t')
            .is_some_and(|(_, name)| name == TRUST_REF)
    })
}

fn fetch(environment: &Environment, config: &Config, remote: &str) -> Answer {
    let refspec = format!("+{TRUST_REF}:{}", tracking_ref(remote));
    let arguments = [
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--",
        remote,
        &refspec,
    ];
    let fetched = Running::start(environment, config, &arguments)
        .and_then(|running| running.finish(FETCH_LIMIT));
    match fetched {
        Ok(_) => Answer::Fetched,
        Err(why) => Answer::Silent(why),
    }
}

/// A Git that talks to a remote.
struct Running {
    child: Child,
    stdout: mpsc::Receiver<String>,
    stderr: mpsc::Receiver<String>,
}

impl Running {
    fn start(
        environment: &Environment,
        config: &Config,
        arguments: &[&str],
    ) -> Result<Self, String> {
        let mut command = Command::new("git");
        command
            // No dialog of a credential helper, no program that asks for a password.
            .args(["-c", "credential.interactive=false", "-c", "core.askPass="])
            .args(arguments)
            .env_clear()
            .envs(environment.variables())
            .env_remove("GIT_ASKPASS")
            .env_remove("SSH_ASKPASS")
            .env("SSH_ASKPASS_REQUIRE", "never")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .current_dir(environment.current_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Whoever chose another ssh knows whether it prompts; the time limit holds in any case.
        let chosen = ["GIT_SSH_COMMAND", "GIT_SSH"];
        if chosen.iter().all(|name| environment.get(name).is_none())
            && !config.is_set("core.sshCommand")
        {
            command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=5");
        }
        Self::apart(&mut command);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let stdout = drained(child.stdout.take());
        let stderr = drained(child.stderr.take());
        Ok(Self {
            child,
            stdout,
            stderr,
        })
    }

    /// Waits for the end, or ends it; returns standard output, or why there is none.
    fn finish(mut self, limit: Duration) -> Result<String, String> {
        let Ok(answer) = self.stdout.recv_timeout(limit) else {
            self.end();
            return Err(format!("no answer within {} seconds", limit.as_secs()));
        };
        let status = self.child.wait().map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(answer);
        }
        let said = self.stderr.recv_timeout(Duration::from_secs(1));
        let said = said.unwrap_or_default();
        let said = said.lines().next().unwrap_or("git failed").trim();
        let said = said.strip_prefix("fatal: ").unwrap_or(said);
        Err(text::escaped(said).into_owned())
    }
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
            drop(std::io::copy(&mut pipe, &mut std::io::sink()));
        }
        drop(sender.send(String::from_utf8_lossy(&bytes).into_owned()));
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_reference_itself_counts() {
        assert!(names_chain("abc\trefs/provenance/trust\n"));
        assert!(!names_chain("abc\trefs/x/refs/provenance/trust\n"));
        assert!(!names_chain(""));
        assert!(!names_chain("refs/provenance/trust"));
    }

    #[test]
    fn a_remote_that_never_answers_is_silent_after_the_limit() {
        let environment = Environment::of_process();
        let config = Config::default();
        let waits = ["-c", "alias.wait=!exec tail -f /dev/null", "wait"];
        let running = Running::start(&environment, &config, &waits).unwrap();
        let group = running.child.id().to_string();
        let answer = running.finish(Duration::from_millis(50));
        assert!(answer.unwrap_err().starts_with("no answer within"));
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

        let fails = Running::start(&environment, &config, &["no-such-command"]).unwrap();
        let answer = fails.finish(ASK_LIMIT).unwrap_err();
        assert!(answer.contains("no-such-command"), "{answer}");
    }
}
