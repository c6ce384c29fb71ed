//! `Stage`: a throw-away home with a repository, and what is shown of the commands that run there.
//!
//! # Invariants
//!
//! - Nothing of the user's is read or written but the programs on PATH: home, configuration,
//!   environment and temporary files are the stage's own, and gone when it is dropped.
//! - A command whose exit code is not the expected one ends the story.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::Broken;
use crate::context::Context;
use crate::error::CliError;
use crate::names::wrapped;
use crate::output::{Output, Style, safe};

/// How many characters a row of the narrator has.
const WIDTH: usize = 78;

const CONFIG: &str = "\
[user]
\tname = Alice
\temail = alice@example.com
[init]
\tdefaultBranch = main
[core]
\tlogAllRefUpdates = true
[commit]
\tgpgSign = false
";

/// A throw-away home with a repository, and the screen.
pub(super) struct Stage {
    root: TempDir,
    path: OsString,
    out: Output,
    last: Last,
}

/// What was shown last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Title,
    Words,
    Command,
}

/// What a command printed.
pub(super) struct Printed {
    command: String,
    pub(super) text: String,
}

impl Stage {
    /// Makes the home, the folder for the repository, and `git-provenance` on its PATH.
    pub(super) fn new(context: &Context) -> Result<Self, CliError> {
        let environment = context.environment();
        let temporary = environment
            .path("TMPDIR")
            .unwrap_or_else(|| PathBuf::from("/tmp"));
        let root = tempfile::Builder::new()
            .prefix("provenance-demo-")
            .tempdir_in(temporary)?;
        for directory in ["bin", "home", "home/repo"] {
            fs::create_dir(root.path().join(directory))?;
        }
        fs::write(root.path().join("home/.gitconfig"), CONFIG)?;
        let bin = root.path().join("bin");
        std::os::unix::fs::symlink(std::env::current_exe()?, bin.join("git-provenance"))?;
        let mut path = bin.into_os_string();
        if let Some(own) = environment.get("PATH") {
            path.push(":");
            path.push(own);
        }
        Ok(Self {
            root,
            path,
            out: context.output(),
            last: Last::Title,
        })
    }

    /// Returns the folder of the repository.
    pub(super) fn repository(&self) -> PathBuf {
        self.home().join("repo")
    }

    /// Returns the throw-away home.
    pub(super) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Starts a chapter.
    pub(super) fn chapter(&mut self, title: &str) -> Result<(), CliError> {
        let title = self.out.paint(Style::Heading, title).to_string();
        writeln!(self.out, "\n\n{title}")?;
        self.last = Last::Title;
        Ok(())
    }

    /// Tells something.
    pub(super) fn tell(&mut self, text: &str) -> Result<(), CliError> {
        self.apart(Last::Words)?;
        for row in wrapped(text, WIDTH) {
            writeln!(self.out, "{row}")?;
        }
        Ok(self.out.flush()?)
    }

    /// Tells something after a pause.
    pub(super) fn after(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.out)?;
        self.tell(text)
    }

    /// Leaves a row empty between what is told and what is typed.
    fn apart(&mut self, next: Last) -> Result<(), CliError> {
        if self.last != next {
            writeln!(self.out)?;
        }
        self.last = next;
        Ok(())
    }

    /// Writes a file of the repository, and shows what it says.
    pub(super) fn write(&mut self, path: &str, content: &str) -> Result<(), CliError> {
        let file = self.repository().join(path);
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory)?;
        }
        Ok(fs::write(file, content)?)
    }

    /// Runs a command as one would type it, shows both, and expects it to succeed.
    pub(super) fn run(&mut self, line: &str) -> Result<Printed, CliError> {
        self.run_expecting(line, 0)
    }

    /// Runs a command as one would type it, shows both, and expects an exit code.
    pub(super) fn run_expecting(&mut self, line: &str, code: i32) -> Result<Printed, CliError> {
        self.apart(Last::Command)?;
        let prompt = format!("$ {line}");
        let prompt = self.out.paint(Style::Hint, prompt).to_string();
        writeln!(self.out, "{prompt}")?;
        let printed = self.quietly_expecting(line, &[], code)?;
        for row in printed.text.trim_end().lines() {
            writeln!(self.out, "{}", safe(row).trim_end())?;
        }
        if code != 0 {
            let text = self
                .out
                .paint(Style::Bad, format!("[exit code {code}]"))
                .to_string();
            writeln!(self.out, "{text}")?;
        }
        self.out.flush()?;
        Ok(printed)
    }

    /// Runs a command with `input` and shows nothing.
    pub(super) fn quietly(&self, line: &str, input: &[u8]) -> Result<Printed, CliError> {
        self.quietly_expecting(line, input, 0)
    }

    fn quietly_expecting(&self, line: &str, input: &[u8], code: i32) -> Result<Printed, CliError> {
        let mut child = Command::new("sh")
            .args(["-c", line])
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", self.home())
            .env("TMPDIR", self.root.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home().join(".gitconfig"))
            .env("GIT_CEILING_DIRECTORIES", self.root.path())
            .env("GIT_EDITOR", ":")
            .env("GIT_PAGER", "cat")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .current_dir(self.repository())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // Whoever does not read its input may close it.
            drop(stdin.write_all(input));
        }
        let output = child.wait_with_output()?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        let printed = Printed {
            command: line.to_owned(),
            text,
        };
        if output.status.code() == Some(code) {
            Ok(printed)
        } else {
            let found = output
                .status
                .code()
                .map_or("a signal".to_owned(), |c| c.to_string());
            Err(printed.broken(&format!("exit code {code}, not {found}")))
        }
    }
}

impl Printed {
    /// Ends the story unless the command printed `text`.
    pub(super) fn shows(&self, text: &str) -> Result<(), CliError> {
        self.shows_times(text, 1)
    }

    /// Ends the story unless at least `times` rows hold `text`.
    pub(super) fn shows_times(&self, text: &str, times: usize) -> Result<(), CliError> {
        let found = self.text.lines().filter(|row| row.contains(text)).count();
        if found >= times {
            Ok(())
        } else {
            Err(self.broken(&format!("`{text}` in {times} rows, not in {found}")))
        }
    }

    /// Ends the story if the command printed anything.
    pub(super) fn shows_nothing(&self) -> Result<(), CliError> {
        if self.text.is_empty() {
            Ok(())
        } else {
            Err(self.broken("nothing at all"))
        }
    }

    /// Returns a value of the JSON document that the command printed.
    pub(super) fn json(&self, pointer: &str) -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_str(&self.text).unwrap_or_default();
        document.pointer(pointer).cloned().unwrap_or_default()
    }

    fn broken(&self, expected: &str) -> CliError {
        CliError::from(Broken {
            command: self.command.clone(),
            expected: expected.to_owned(),
            printed: self.text.clone(),
        })
    }
}

/// Returns a path as the agent reports it: absolute.
pub(super) fn absolute(repository: &Path, path: &str) -> String {
    repository.join(path).display().to_string()
}
