//! `Witness`: looks at the worktree when an event arrives, and takes down what it sees.
//!
//! Takes an [`Event`] and appends to the journal of every repository that it concerns: the one of
//! the event's directory, and for files the one that each file belongs to (a submodule's file is
//! the submodule's). What it sees are states of files, before and after.
//!
//! The content before an edit is, in this order: what the harness told (`originalFile`, else its
//! patch taken back), the state at the announcement of the same call, the last state that the
//! journal knows, the blob at HEAD. The first is kept here; the others are found when a commit asks.
//!
//! Invariants: on the path of an edit no `git` is started and no journal is read. Prompt text goes
//! into a salted digest. A file that is outside every repository, or inside a Git directory, is
//! ignored and counted.
//!
//! # What is not checked
//!
//! Who changed a file between the announcement of an edit and its end. That is the agent's, unless
//! the harness says otherwise.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::agent::{Ignored, Why};
use super::before::changed;
use super::context::{Secret, prompt_digest};
use super::entry::{Act, Entry};
use super::event::{Event, Kind};
use super::fold::Watched;
use super::gap::Gap;
use super::observe::read_transcripts;
use super::site::{Site, absolute, repo_path, resolved};
use super::states::{Seen, look};
use super::under_way::UnderWay;
use super::{CaptureError, compact, shell};
use crate::clock::{Clock, Timestamp};
use crate::digest::Digest;
use crate::entropy::Entropy;
use crate::git::Location;
use crate::repo_path::RepoPath;
use crate::text;

/// The most files that one event may name.
const MAX_FILES: usize = 10_000;

/// Takes down events, in as many repositories as they concern.
#[derive(Debug)]
pub struct Witness<'e> {
    clock: &'e dyn Clock,
    entropy: &'e mut dyn Entropy,
    sites: Vec<Site<'static>>,
    found: HashMap<PathBuf, Option<usize>>,
    /// Whether the event that is being taken down tells whose lines are.
    tells_lines: bool,
    /// Of each site, what says that such an event is being taken down there.
    under_way: HashMap<usize, UnderWay>,
}

/// Files of one worktree: its number, and of each file the path in the repository, the path on
/// disk and what was told.
type Located<T> = (usize, Vec<(RepoPath, PathBuf, T)>);

impl<'e> Witness<'e> {
    /// Makes a witness that has seen nothing yet.
    #[must_use]
    pub fn new(clock: &'e dyn Clock, entropy: &'e mut dyn Entropy) -> Self {
        Self {
            clock,
            entropy,
            sites: Vec::new(),
            found: HashMap::new(),
            tells_lines: false,
            under_way: HashMap::new(),
        }
    }

    /// Takes down one event. Where there is no repository, nothing happens.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when the journal or the states could not be written or, for the end of a
    /// shell command, read.
    pub fn take(&mut self, event: &Event) -> Result<(), CaptureError> {
        use Kind::{AfterEdit, AfterShell, BeforeEdit, BeforeShell};
        self.tells_lines = matches!(
            event.kind,
            BeforeEdit { .. } | AfterEdit { .. } | BeforeShell { .. } | AfterShell { .. }
        );
        let taken = self.try_take(event);
        if taken.is_err() {
            self.sites.iter().for_each(|site| Gap::open(&site.journal));
        }
        self.under_way.clear();
        taken
    }

    fn try_take(&mut self, event: &Event) -> Result<(), CaptureError> {
        let home = event.cwd.as_deref().and_then(|cwd| self.site_of_dir(cwd));
        match &event.kind {
            Kind::BeforeEdit { paths } => {
                let files = self.by_site(event, home, paths.iter().map(|path| (path, ())))?;
                for (number, files) in files {
                    let site = self.site(number);
                    let states = files
                        .into_iter()
                        .map(|(path, disk, ())| Ok((path, site.states.keep_file(&disk)?)))
                        .collect::<Result<_, CaptureError>>()?;
                    self.append(number, home, event, Act::BeforeEdit { files: states })?;
                }
                Ok(())
            }
            Kind::AfterEdit { name, files } => {
                let files =
                    self.by_site(event, home, files.iter().map(|edit| (&edit.path, edit)))?;
                for (number, files) in files {
                    let site = self.site(number);
                    let changes = files
                        .into_iter()
                        .map(|(path, disk, edit)| changed(site, path, &disk, edit))
                        .collect::<Result<_, CaptureError>>()?;
                    let name = text::cleaned_id(name).unwrap_or_else(|| "edit".to_owned());
                    let act = Act::Edited {
                        name,
                        files: changes,
                    };
                    self.append(number, home, event, act)?;
                }
                Ok(())
            }
            _ => match home {
                Some(number) => self.take_at(number, event),
                None => Ok(()),
            },
        }
    }

    /// Takes down that a part of a payload was not understood, where its directory is a repository.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Write`] when the journal cannot be written.
    pub fn ignore(&mut self, ignored: &Ignored) -> Result<(), CaptureError> {
        let cwd = ignored.cwd.as_deref().map(Path::new);
        let Some(number) = cwd.and_then(|cwd| self.site_of_dir(cwd)) else {
            return Ok(());
        };
        let session = ignored.session.clone().unwrap_or_default();
        let event = Event::new(
            session,
            crate::record::Tool {
                name: String::new(),
                version: None,
            },
            Kind::Idle,
        );
        let act = Act::Ignored {
            why: ignored.why,
            name: ignored.name.clone(),
        };
        self.append(number, None, &event, act)
    }

    /// Takes down an event that is about the session and its directory.
    fn take_at(&mut self, number: usize, event: &Event) -> Result<(), CaptureError> {
        let act = match &event.kind {
            Kind::Session => Act::Session {
                transcript_bytes: event
                    .transcript
                    .as_deref()
                    .and_then(|path| Some(fs::metadata(path).ok()?.len())),
            },
            Kind::Prompt { text, human } => Act::Prompt {
                digest: self.salted(number, &event.session, text)?,
                human: *human,
                text: self.site(number).keeps_prompts().then(|| text.clone()),
            },
            Kind::Failed => Act::Failed,
            Kind::BeforeShell { name, command } => {
                let name = text::cleaned_id(name).unwrap_or_else(|| "shell".to_owned());
                shell::before(self.site(number), name, command.as_deref())?
            }

            Kind::AfterShell { name } => {
                let name = text::cleaned_id(name).unwrap_or_else(|| "shell".to_owned());
                shell::after(self.site(number), event, name)?
            }
            Kind::Context { kind, name, digest } => {
                // Whoever opens the commitment later needs the salt of now.
                let common_dir = self.site(number).repo.common_dir().to_owned();
                Secret::of(&common_dir, self.entropy)?;
                let (kind, name, digest) = self.context(number, event, kind, name, *digest);
                Act::Context { kind, name, digest }
            }
            Kind::Usage(usage) => Act::Used(*usage),
            Kind::Task { task, rationale } => Act::Task {
                task: task.as_deref().map(|text| text::cleaned(text).into_owned()),
                rationale: rationale
                    .as_deref()
                    .map(|text| text::cleaned(text).into_owned()),
            },
            Kind::Approve { approver } => Act::Approve {
                approver: text::cleaned(approver).into_owned(),
            },
            Kind::ModelSwitch => Act::ModelSwitch,
            Kind::Idle => Act::Idle,
            Kind::End => Act::End,
            Kind::BeforeEdit { .. } | Kind::AfterEdit { .. } => return Ok(()),
        };
        let rests = matches!(act, Act::Session { .. } | Act::Idle | Act::End);
        self.append(number, None, event, act)?;
        if rests {
            rest(
                self.site(number),
                &session_id(&event.session),
                self.clock.now(),
            )?;
        }
        Ok(())
    }

    fn salted(&mut self, number: usize, session: &str, text: &str) -> Result<Digest, CaptureError> {
        let common_dir = self.site(number).repo.common_dir().to_owned();
        let secret = Secret::of(&common_dir, self.entropy)?;
        Ok(prompt_digest(secret.part_salt(&session_id(session)), text))
    }

    /// What was read: a file by its path in the repository and the digest of its content.
    fn context(
        &mut self,
        number: usize,
        event: &Event,
        kind: &str,
        name: &str,
        digest: Option<Digest>,
    ) -> (String, String, Option<Digest>) {
        let short = |name: &str| text::cleaned(name).into_owned();
        if kind != "file" {
            let kind = text::cleaned_id(kind).unwrap_or_else(|| "other".to_owned());
            return (kind, short(name), digest);
        }
        let kind = "files-read".to_owned();
        let disk = absolute(event.cwd.as_deref(), Path::new(name));
        let digest = digest.or_else(|| match look(&disk) {
            Seen::Text(content) => Some(Digest::of(&content)),
            _ => None,
        });
        let inside = disk.strip_prefix(&self.site(number).root).ok();
        let name = inside
            .and_then(Path::to_str)
            .map_or_else(|| short(name), short);
        (kind, name, digest)
    }

    /// Sorts files by the worktree that they belong to; those of none are counted.
    fn by_site<'p, T>(
        &mut self,
        event: &Event,
        home: Option<usize>,
        files: impl Iterator<Item = (&'p PathBuf, T)>,
    ) -> Result<Vec<Located<T>>, CaptureError> {
        let mut sorted: Vec<(usize, Vec<_>)> = Vec::new();
        let mut outside = 0_u32;
        for (path, told) in files.take(MAX_FILES) {
            let disk = absolute(event.cwd.as_deref(), path);
            let number = disk.parent().and_then(|dir| self.site_of_dir(dir));
            let inside = number.and_then(|number| {
                let path = disk.strip_prefix(&self.site(number).root).ok()?;
                Some((number, repo_path(path)?))
            });
            match inside {
                None => outside += 1,
                Some((number, path)) => {
                    let file = (path, disk, told);
                    match sorted.iter_mut().find(|(site, _)| *site == number) {
                        Some((_, files)) => files.push(file),
                        None => sorted.push((number, vec![file])),
                    }
                }
            }
        }
        if let (Some(home), true) = (home, outside > 0) {
            let act = Act::Ignored {
                why: Why::OutsideRepository,
                name: outside.to_string(),
            };
            self.append(home, None, event, act)?;
        }
        Ok(sorted)
    }

    fn append(
        &self,
        number: usize,
        home: Option<usize>,
        event: &Event,
        act: Act,
    ) -> Result<(), CaptureError> {
        let site = self.site(number);
        let begins = matches!(act, Act::Session { .. } | Act::Prompt { .. });
        let operator = match &event.operator {
            Some(operator) => Some(operator.clone()),
            None if begins => site.git_identity(),
            None => None,
        };
        let elsewhere = home
            .filter(|home| *home != number)
            .map(|home| self.site(home));
        let entry = Entry {
            at: self.clock.now(),
            session: session_id(&event.session),
            subagent: event.subagent.as_deref().and_then(text::cleaned_id),
            tool: (!event.tool.name.is_empty()).then(|| event.tool.clone()),
            mode: event.mode,
            model: event
                .model
                .as_deref()
                .map(|model| text::cleaned(model).into_owned()),
            operator: operator.map(|name| text::cleaned(&name).into_owned()),
            call: event.call.as_deref().and_then(text::cleaned_id),
            transcript: event
                .transcript
                .as_deref()
                .and_then(Path::to_str)
                .map(str::to_owned),
            home: elsewhere.and_then(|site| Some(site.journal.dir().to_str()?.to_owned())),
            act,
        };
        site.journal.append(&[entry])
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "numbers are handed out by `site_of_dir`, and no site is ever removed"
    )]
    fn site(&self, number: usize) -> &Site<'static> {
        &self.sites[number]
    }

    /// Returns the worktree in which a directory lies, and says that something is being taken down
    /// there.
    fn site_of_dir(&mut self, dir: &Path) -> Option<usize> {
        let number = self.found_site(dir)?;
        if self.tells_lines
            && !self.under_way.contains_key(&number)
            && let Ok(begun) = UnderWay::begin(&self.site(number).journal)
        {
            self.under_way.insert(number, begun);
        }
        Some(number)
    }

    /// Returns the worktree in which a directory lies, or would lie if it were there.
    fn found_site(&mut self, dir: &Path) -> Option<usize> {
        let dir = resolved(dir);
        if let Some(known) = self.found.get(&dir) {
            return *known;
        }
        let there = dir.ancestors().find(|dir| dir.is_dir())?;
        let site = Site::open(&Location::at(there));
        let number = site.map(|site| {
            let known = self.sites.iter().position(|known| known.root == site.root);
            known.unwrap_or_else(|| {
                self.sites.push(site);
                self.sites.len() - 1
            })
        });
        self.found.insert(dir, number);
        number
    }
}

/// Does what takes longer while nobody waits: reads the session's transcript, closes a long journal.
fn rest(site: &Site<'_>, session: &str, now: Timestamp) -> Result<(), CaptureError> {
    let mut watched = Watched::of(site, now)?;
    let entries = read_transcripts(watched.session(session), None, now);
    if !entries.is_empty() {
        site.journal.append(&entries)?;
    }
    compact::if_long(site, now)
}

/// Returns the id under which a session is known.
pub(super) fn session_id(session: &str) -> String {
    text::cleaned_id(session).unwrap_or_else(|| "unnamed".to_owned())
}
