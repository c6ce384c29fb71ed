//! `Sandbox`: a home, a repository, and people in it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use crate::agent::Agent;
use crate::binaries;
use crate::claude_code::ClaudeCode;
use crate::output::{self, Output};

/// 2026-05-04T09:00:00Z: the first moment of every story.
const FIRST_SECOND: i64 = 1_777_885_200;

/// A home, a repository in it, and one person at work.
///
/// [`Sandbox::clone_for`] gives another person a clone of it, under the same temporary folder.
#[derive(Debug)]
pub struct Sandbox {
    root: Arc<TempDir>,
    clock: Arc<AtomicI64>,
    home: PathBuf,
    repo: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// Makes a sandbox with an empty repository on branch `main`, owned by Alice.
    pub fn new() -> Self {
        let sandbox = Self::without_repository();
        sandbox.git(["init", "--quiet"]);
        sandbox
    }

    /// Makes a sandbox whose folder is no repository.
    pub fn without_repository() -> Self {
        let root = TempDir::with_prefix("provenance-").expect("a temporary folder");
        // macOS hands out a link; Git prints the folder behind it.
        let path = root.path().canonicalize().unwrap();
        let sandbox = Self {
            home: path.join("alice"),
            repo: path.join("alice/repo"),
            root: Arc::new(root),
            clock: Arc::new(AtomicI64::new(FIRST_SECOND)),
            environment: Vec::new(),
        };
        sandbox.settle("Alice", "alice@example.com");
        sandbox
    }

    fn settle(&self, name: &str, email: &str) {
        fs::create_dir_all(&self.repo).unwrap();
        let config = format!(
            "[user]\n\tname = {name}\n\temail = {email}\n[init]\n\tdefaultBranch = main\n\
             [advice]\n\tdetachedHead = false\n[protocol \"file\"]\n\tallow = always\n"
        );
        fs::write(self.home.join(".gitconfig"), config).unwrap();
    }

    /// Runs `git provenance init --yes --agents none`, which must succeed.
    #[must_use]
    #[track_caller]
    pub fn with_provenance(self) -> Self {
        self.provenance(["init", "--yes", "--agents", "none"])
            .succeeds();
        self
    }

    /// Sets a variable for every command from here on.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Clones the repository for another person, with a home and an identity of their own.
    ///
    /// `name` becomes the folder's name and, with `@example.com`, the address.
    #[must_use]
    #[track_caller]
    pub fn clone_for(&self, name: &str) -> Self {
        let home = self.root.path().canonicalize().unwrap().join(name);
        let clone = Self {
            repo: home.join("repo"),
            home,
            root: Arc::clone(&self.root),
            clock: Arc::clone(&self.clock),
            environment: Vec::new(),
        };
        let mut capitalized = name.to_owned();
        capitalized[..1].make_ascii_uppercase();
        clone.settle(&capitalized, &format!("{name}@example.com"));
        let origin = self.repo.to_str().unwrap();
        clone.git(["clone", "--quiet", origin, "."]);
        clone
    }

    /// Lets this repository believe what another person signs.
    #[track_caller]
    pub fn trusts(&self, other: &Self, id: &str) {
        let key = other.provenance(["key", "export"]).succeeds();
        let key = key.text().trim_end();
        self.provenance(["trust", "add", id, "--kind", "human", "--key", key])
            .succeeds();
    }

    /// Returns another view of the same home, whose commands run in `folder` (relative to the
    /// repository), such as a linked worktree or a submodule.
    #[must_use]
    pub fn within(&self, folder: impl AsRef<Path>) -> Self {
        Self {
            root: Arc::clone(&self.root),
            clock: Arc::clone(&self.clock),
            home: self.home.clone(),
            repo: self.repo.join(folder),
            environment: self.environment.clone(),
        }
    }

    /// Returns the working folder of the repository.
    pub fn path(&self) -> &Path {
        &self.repo
    }

    /// Returns the person's home.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the Git directory (`git rev-parse --absolute-git-dir`).
    #[track_caller]
    pub fn git_dir(&self) -> PathBuf {
        PathBuf::from(self.git(["rev-parse", "--absolute-git-dir"]))
    }

    /// Prepares a command in the working folder with the sandbox's environment; the clock ticks.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let second = self.clock.fetch_add(1, Ordering::Relaxed);
        let date = format!("{second} +0000");
        let mut path = OsString::from(binaries::directory());
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command
            .current_dir(&self.repo)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.home)
            .env("TMPDIR", self.root.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home.join(".gitconfig"))
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            // Not `:`, which tells Git and its hooks that there is no editor at all.
            .env("GIT_EDITOR", "true")
            .env("GIT_PAGER", "cat")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command that [`Sandbox::command`] prepared.
    #[track_caller]
    pub fn run(&self, command: &mut Command) -> Output {
        let shown = shown(command);
        let output = match output::finished(command) {
            Ok(output) => output,
            Err(error) => panic!("could not start {shown}: {error}"),
        };
        Output::new(shown, &self.root_text(), output)
    }

    /// Runs a command that [`Sandbox::command`] prepared, with `input` on its standard input.
    #[track_caller]
    pub fn run_with_input(&self, command: &mut Command, input: &[u8]) -> Output {
        let shown = shown(command);
        let spawned = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => panic!("could not start {shown}: {error}"),
        };
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            // A command that does not read its input to the end closes the pipe: not our failure.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().unwrap()
        });
        Output::new(shown, &self.root_text(), output)
    }

    /// Runs Git, which must succeed; returns its standard output without the last line's end.
    #[track_caller]
    pub fn git<I>(&self, args: I) -> String
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let output = self.try_git(args).succeeds();
        let text = output.text();
        text.strip_suffix('\n').unwrap_or(text).to_owned()
    }

    /// Runs Git and returns whatever came of it.
    #[track_caller]
    pub fn try_git<I>(&self, args: I) -> Output
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.run(self.command("git").args(args))
    }

    /// Runs `git provenance`, as people do, and returns whatever came of it.
    #[track_caller]
    pub fn provenance<I>(&self, args: I) -> Output
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.run(self.command("git").arg("provenance").args(args))
    }

    /// Runs `provenance-hook` with `input` on its standard input.
    #[track_caller]
    pub fn hook<I>(&self, args: I, input: &[u8]) -> Output
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.run_with_input(self.command("provenance-hook").args(args), input)
    }

    /// Writes a file of the working folder, with its folders.
    #[track_caller]
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.repo.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self
    }

    /// Appends to a file of the working folder.
    #[track_caller]
    pub fn append(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.repo.join(path);
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .unwrap_or_else(|error| panic!("cannot append to {}: {error}", path.display()));
        file.write_all(content.as_ref()).unwrap();
        self
    }

    /// Reads a text file of the working folder; a missing one is empty.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.repo.join(path);
        match fs::read(&path) {
            Ok(bytes) => String::from_utf8(bytes).expect("the file is UTF-8"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => panic!("cannot read {}: {error}", path.display()),
        }
    }

    /// Stages everything and commits it through the real hooks; returns the commit's id.
    ///
    /// The hooks must print nothing: whatever Git's standard error says ends the test.
    #[track_caller]
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "--all"]);
        self.commit_with(["--message", message])
    }

    /// Runs `git commit --quiet` with these arguments; returns the commit's id.
    #[track_caller]
    pub fn commit_with<I>(&self, args: I) -> String
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let output = self.run(self.command("git").args(["commit", "--quiet"]).args(args));
        let output = output.succeeds();
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "a hook talked during a commit that went well\n{}",
            output.full()
        );
        self.head()
    }

    /// Returns the commit id of HEAD.
    #[track_caller]
    pub fn head(&self) -> String {
        self.git(["rev-parse", "HEAD"])
    }

    /// Returns the full message of a commit.
    #[track_caller]
    pub fn message(&self, revision: &str) -> String {
        self.git(["log", "-1", "--format=%B", revision])
    }

    /// Returns the lines of a commit's note; none where it has no note.
    #[track_caller]
    pub fn note(&self, revision: &str) -> Vec<String> {
        let output = self.try_git(["notes", "--ref=provenance", "show", revision]);
        if output.status == 0 {
            output.text().lines().map(str::to_owned).collect()
        } else {
            Vec::new()
        }
    }

    /// Replaces a commit's note with plain Git; no lines removes it.
    #[track_caller]
    pub fn rewrite_note(&self, revision: &str, lines: &[String]) {
        if lines.is_empty() {
            self.git(["notes", "--ref=provenance", "remove", revision]);
            return;
        }
        let mut content = lines.join("\n");
        content.push('\n');
        let mut hash = self.command("git");
        hash.args(["hash-object", "-w", "--stdin"]);
        let blob = self
            .run_with_input(&mut hash, content.as_bytes())
            .succeeds();
        let blob = blob.text().trim().to_owned();
        self.git([
            "notes",
            "--ref=provenance",
            "add",
            "-f",
            "-C",
            &blob,
            revision,
        ]);
    }

    /// Starts an agent that speaks the generic protocol.
    pub fn agent(&self, model: &str) -> Agent<'_> {
        Agent::new(self, model)
    }

    /// Starts a Claude Code session.
    pub fn claude_code(&self) -> ClaudeCode<'_> {
        ClaudeCode::new(self)
    }

    /// A number that no other call on this sandbox or its clones returned.
    pub(crate) fn tick(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::Relaxed) - FIRST_SECOND
    }

    fn root_text(&self) -> String {
        let root = self.root.path().canonicalize();
        root.map_or_else(|_| String::new(), |path| path.display().to_string())
    }
}

/// The command as somebody would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| {
        let word = word.to_string_lossy();
        if word.is_empty() || word.contains(|c: char| c.is_whitespace() || c == '\'') {
            format!("{word:?}")
        } else {
            word.into_owned()
        }
    });
    let line = words.collect::<Vec<_>>().join(" ");
    let folder = command.get_current_dir().unwrap_or(Path::new("."));
    format!("{line}    # in {}", folder.display())
}
