//! A repository in a temporary directory, driven by the real `git` with nothing of the machine's
//! own configuration, and with a clock that ticks a minute a command.

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use provenance_core::git::{Location, ObjectId, Repo};
use tempfile::TempDir;

/// The repository `repo/` under a home directory of its own.
pub(crate) struct Sandbox {
    home: TempDir,
    minutes: Cell<u64>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self::with(["init", "--quiet", "--initial-branch=main", "."])
    }

    pub(crate) fn with<const N: usize>(init: [&str; N]) -> Self {
        let sandbox = Self {
            home: tempfile::tempdir().unwrap(),
            minutes: Cell::new(0),
        };
        std::fs::create_dir(sandbox.root()).unwrap();
        sandbox.git(init);
        sandbox
    }

    /// The root of the worktree.
    pub(crate) fn root(&self) -> PathBuf {
        self.home.path().join("repo")
    }

    /// A path beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn repo(&self) -> Repo {
        Repo::open(&Location::at(self.root())).unwrap()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// A hermetic `git`, in `directory`.
    #[expect(
        clippy::disallowed_methods,
        reason = "`git` is found where the machine has it"
    )]
    pub(crate) fn command(&self, directory: &Path) -> Command {
        let minutes = self.minutes.get();
        self.minutes.set(minutes + 1);
        let date = format!("{} +0100", 1_767_225_600 + minutes * 60);
        let mut command = Command::new("git");
        command
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_EDITOR", "true")
            .env("GIT_AUTHOR_NAME", "Alice")
            .env("GIT_AUTHOR_EMAIL", "alice@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "Bob")
            .env("GIT_COMMITTER_EMAIL", "bob@example.com")
            .env("GIT_COMMITTER_DATE", &date);
        command
    }

    /// Runs `git` in the repository and returns what it printed.
    pub(crate) fn git<I, S>(&self, arguments: I) -> Vec<u8>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.git_with_input(arguments, b"")
    }

    pub(crate) fn git_with_input<I, S>(&self, arguments: I, input: &[u8]) -> Vec<u8>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command(&self.root());
        command.args(arguments);
        let (output, ok) = run(&mut command, input);
        assert!(ok, "{command:?}: {}", String::from_utf8_lossy(&output));
        output
    }

    /// Runs `git` and returns the one id that it printed.
    pub(crate) fn id<I, S>(&self, arguments: I) -> ObjectId
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let output = String::from_utf8(self.git(arguments)).unwrap();
        output.trim().parse().unwrap()
    }

    /// Commits everything in the worktree.
    pub(crate) fn commit(&self, message: &str) -> ObjectId {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "-m", message]);
        self.id(["rev-parse", "HEAD"])
    }
}

/// Returns standard output, or standard error where the command failed.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> (Vec<u8>, bool) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it; what it did is judged by its status.
    drop(child.stdin.take().unwrap().write_all(input));
    let output = child.wait_with_output().unwrap();
    let ok = output.status.success();
    (if ok { output.stdout } else { output.stderr }, ok)
}
