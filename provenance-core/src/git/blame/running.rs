//! `RunningBlame`: Git at work on a file, while its reader does other things.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Output, Stdio};
use std::sync::Arc;

use super::porcelain;
use super::{BlameForm, BlameOptions, BlameQuestion, Blamed, BlamedLine};
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// What a configuration may not change.
const SETTINGS: [&str; 2] = ["diff.algorithm=myers", "diff.indentHeuristic=true"];
/// What makes Git mark each line that it followed by guess, and nothing else.
const MARKS: [&str; 4] = [
    "blame.markIgnoredLines=true",
    "blame.markUnblamableLines=true",
    "blame.blankBoundary=false",
    "blame.coloring=none",
];

/// `git blame` at work.
#[derive(Debug)]
pub struct RunningBlame<'r> {
    repo: &'r Repo,
    commit_id: Option<ObjectId>,
    path: Vec<u8>,
    form: BlameForm,
    child: Running,
    /// The same question once more, in the one form in which Git says what it guessed.
    marks: Option<Running>,
}

impl Repo {
    /// Starts to ask where the lines of a file came from.
    ///
    /// # Errors
    ///
    /// [`GitError::NoGit`].
    pub fn start_blame(&self, question: &BlameQuestion<'_>) -> Result<RunningBlame<'_>, GitError> {
        let form = match question.form {
            BlameForm::Porcelain => "--porcelain",
            BlameForm::LinePorcelain => "--line-porcelain",
            BlameForm::Incremental => "--incremental",
        };
        let mut args = vec![OsString::from(form)];
        if let Some(encoding) = question.encoding {
            args.push(OsString::from(format!("--encoding={encoding}")));
        }
        let child = self.run_blame(question, &SETTINGS, args)?;
        let marks = if question.options.may_guess() {
            let settings = [&SETTINGS[..], &MARKS].concat();
            let args = ["-s", "--no-progress"].map(OsString::from);
            Some(self.run_blame(question, &settings, args.into())?)
        } else {
            None
        };
        Ok(RunningBlame {
            repo: self,
            commit_id: question.commit_id,
            path: question.path.to_vec(),
            form: question.form,
            child,
            marks,
        })
    }

    /// Git calls the first commit of a history a boundary too, unless it is configured otherwise.
    fn forget_roots(&self, lines: &mut [BlamedLine]) {
        let mut is_cut: HashMap<ObjectId, bool> = HashMap::new();
        for line in lines.iter_mut().filter(|line| line.is_boundary) {
            let has_parents = || {
                let commit = self.commit(line.commit_id);
                commit.is_ok_and(|commit| !commit.parent_ids.is_empty())
            };
            line.is_boundary = *is_cut.entry(line.commit_id).or_insert_with(has_parents);
        }
    }

    fn run_blame(
        &self,
        question: &BlameQuestion<'_>,
        settings: &[&str],
        form: Vec<OsString>,
    ) -> Result<Running, GitError> {
        // `git blame` takes paths relative to where it runs; ours start at the root.
        let root = self.work_tree().unwrap_or_else(|| self.git_dir());
        let mut args = vec![OsString::from("-C"), root.into()];
        args.extend(
            settings
                .iter()
                .flat_map(|setting| ["-c", *setting])
                .map(OsString::from),
        );
        args.push(OsString::from("blame"));
        args.extend(form);
        args.extend(following(question.options));
        args.extend(question.commit_id.map(|id| OsString::from(id.to_string())));
        args.push(OsString::from("--"));
        args.push(os_string(question.path));
        let contents = question.options.contents.clone();
        Running::start(self, &args, contents)
    }
}

/// The arguments that say how lines are followed.
fn following(options: &BlameOptions) -> Vec<OsString> {
    let mut args = vec![OsString::from("--no-textconv")];
    // An empty name forgets what the configuration names.
    args.push(OsString::from("--ignore-revs-file="));
    for file in &options.ignored_files {
        args.push(OsString::from("--ignore-revs-file"));
        args.push(file.clone());
    }
    let score = |score: Option<u32>| score.map_or_else(String::new, |score| score.to_string());
    let mut say = |is_wanted: bool, arg: String| {
        if is_wanted {
            args.push(OsString::from(arg));
        }
    };
    for commit_id in &options.ignored {
        say(true, format!("--ignore-rev={commit_id}"));
    }
    say(options.ignore_whitespace, "-w".to_owned());
    say(options.first_parent, "--first-parent".to_owned());
    say(options.show_root, "--root".to_owned());
    say(options.contents.is_some(), "--contents=-".to_owned());
    say(
        options.follow_moves,
        format!("-M{}", score(options.move_score)),
    );
    for _ in 0..options.follow_copies.min(3) {
        say(true, format!("-C{}", score(options.copy_score)));
    }
    for range in &options.ranges {
        say(true, format!("-L{range}"));
    }
    if let Some(since) = &options.since {
        say(true, format!("--since={since}"));
    }
    for commit_id in &options.excluded {
        say(true, format!("^{commit_id}"));
    }
    args
}

impl RunningBlame<'_> {
    /// Waits for Git, and returns what it said. `named` is told of commits while Git is still at
    /// work, perhaps more than once; in [`BlameForm::Incremental`] long before the end.
    ///
    /// # Errors
    ///
    /// [`GitError::NoSuchPath`], [`GitError::Directory`], [`GitError::Submodule`],
    /// [`GitError::NotInWorkTree`]; [`GitError::MissingObject`] in a shallow or partial clone,
    /// where nothing is fetched; [`GitError::Blame`] for a range of lines that is none, and for
    /// what else Git does not take.
    pub fn finish(self, named: &mut dyn FnMut(ObjectId)) -> Result<Blamed, GitError> {
        let output = self.child.finish(&mut |row| {
            if let Some(commit_id) = porcelain::named(row) {
                named(commit_id);
            }
        })?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(self
                .repo
                .blame_refusal(self.commit_id, &self.path, &message));
        }
        let unreadable = || GitError::Blame {
            path: super::refusal::shown(&self.path),
            message: "it printed something that cannot be read".to_owned(),
        };
        let mut told = match self.form {
            BlameForm::Incremental => porcelain::parse_incremental(&output.stdout),
            BlameForm::Porcelain | BlameForm::LinePorcelain => porcelain::parse(&output.stdout),
        }
        .ok_or_else(unreadable)?;
        if let Some(marks) = self.marks {
            let marks = marks.finish(&mut |_| {})?;
            mark(&mut told.lines, &marks.stdout)
                .filter(|()| marks.status.success())
                .ok_or_else(unreadable)?;
        }
        self.repo.forget_roots(&mut told.lines);
        Ok(Blamed {
            lines: told.lines,
            uncommitted: told.uncommitted,
            output: output.stdout,
        })
    }
}

/// Notes which lines Git marks as guessed: with `?` before the id, behind the `^` of a boundary.
/// `*` is a line that stays with an ignored commit.
fn mark(lines: &mut [BlamedLine], marked: &[u8]) -> Option<()> {
    let mut rows = marked.split_inclusive(|byte| *byte == b'\n');
    for line in lines {
        let row = rows.next()?;
        let mut marks = row
            .iter()
            .take_while(|byte| matches!(byte, b'^' | b'*' | b'?'));
        line.is_guessed = marks.any(|mark| *mark == b'?');
    }
    rows.next().is_none().then_some(())
}

/// A process that is fed by a thread, where it is fed at all.
#[derive(Debug)]
struct Running {
    child: Child,
}

impl Running {
    fn start(repo: &Repo, args: &[OsString], input: Option<Arc<[u8]>>) -> Result<Self, GitError> {
        let mut git = repo.git_command(args.iter().map(OsStr::new));
        git.stdout(Stdio::piped()).stderr(Stdio::piped());
        if input.is_some() {
            git.stdin(Stdio::piped());
        }
        let mut child = git.spawn().map_err(|source| GitError::NoGit { source })?;
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            // Whoever refuses the rest of the question does not read its input either.
            std::thread::spawn(move || drop(stdin.write_all(&input)));
        }
        Ok(Self { child })
    }

    /// Reads to the end, row by row.
    fn finish(mut self, row: &mut dyn FnMut(&[u8])) -> Result<Output, GitError> {
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let read = || -> io::Result<Output> {
            std::thread::scope(|scope| {
                // Whoever is not read in time waits for ever.
                let said = scope.spawn(|| {
                    let mut said = Vec::new();
                    stderr.map_or(Ok(0), |mut stderr| stderr.read_to_end(&mut said))?;
                    io::Result::Ok(said)
                });
                let mut told = Vec::new();
                if let Some(stdout) = stdout {
                    let mut stdout = BufReader::new(stdout);
                    loop {
                        let start = told.len();
                        if stdout.read_until(b'\n', &mut told)? == 0 {
                            break;
                        }
                        row(told.get(start..).unwrap_or_default());
                    }
                }
                Ok(Output {
                    status: self.child.wait()?,
                    stdout: told,
                    stderr: said.join().unwrap_or_else(|_| Ok(Vec::new()))?,
                })
            })
        };
        read().map_err(|source| GitError::NoGit { source })
    }
}

#[cfg(unix)]
pub(in crate::git) fn os_string(path: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(path.to_vec())
}

#[cfg(not(unix))]
pub(in crate::git) fn os_string(path: &[u8]) -> OsString {
    OsString::from(String::from_utf8_lossy(path).into_owned())
}
