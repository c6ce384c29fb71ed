//! `Talk`: lists, fetches and pushes references of a remote, through Git itself.
//!
//! # Invariants
//!
//! - A fetch writes no reference of ours: the refspecs of the configuration do not apply, and what
//!   came is found by its id.
//! - A push is never forced. Git sends the value that it saw, and the remote compares.
//! - No hook runs for our own push, so that it does not start itself again.
//! - Git's words are shown to people and never read: what became of a push is a character.

use provenance_core::git::{Config, ObjectId};

use super::Deadline;
use super::running::{Answer, Running};
use crate::environment::Environment;

/// Git programs that talk to remotes, in one environment.
#[derive(Debug, Clone, Copy)]
pub struct Talk<'a> {
    environment: &'a Environment,
    config: &'a Config,
    may_ask: bool,
}

/// Why a remote gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TalkError {
    /// There is no `git` to start.
    #[error("cannot run `git`; is it installed and on PATH?")]
    NotStarted(#[source] std::io::Error),
    /// It took too long.
    #[error("no answer within {seconds} seconds")]
    TimeLimit {
        /// The limit.
        seconds: f32,
    },
    /// Git could not reach it, or was turned away.
    #[error("{said}")]
    Failed {
        /// What Git said, escaped.
        said: String,
    },
}

/// A reference of a remote.
pub type Listed = (String, ObjectId);

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The commit.
    pub commit_id: ObjectId,
    /// The reference of the remote that is to point at it.
    pub ref_name: String,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The remote has it.
    Done,
    /// The remote, or Git for it, said no.
    Refused,
}

impl<'a> Talk<'a> {
    /// Prepares to talk. With `may_ask` a program of the user's may ask for a password; Git itself
    /// never does.
    #[must_use]
    pub const fn new(environment: &'a Environment, config: &'a Config, may_ask: bool) -> Self {
        Self {
            environment,
            config,
            may_ask,
        }
    }

    /// Returns the references of a remote that match one of the patterns.
    ///
    /// # Errors
    ///
    /// [`TalkError`].
    pub fn list(
        self,
        address: &str,
        patterns: &[&str],
        deadline: Deadline,
    ) -> Result<Vec<Listed>, TalkError> {
        let mut arguments = vec!["ls-remote", "--quiet", "--refs", "--", address];
        arguments.extend(patterns);
        let answer = self.answer(&arguments, deadline)?;
        if !answer.success {
            return Err(TalkError::Failed { said: answer.said });
        }
        let listed = answer.stdout.lines().filter_map(|line| {
            let (id, name) = line.split_once('\t')?;
            Some((name.to_owned(), id.parse().ok()?))
        });
        Ok(listed.collect())
    }

    /// Fetches what references of a remote point at. No reference of ours changes.
    ///
    /// # Errors
    ///
    /// [`TalkError`].
    pub fn fetch(
        self,
        address: &str,
        ref_names: &[&str],
        deadline: Deadline,
    ) -> Result<(), TalkError> {
        let mut arguments = vec![
            "fetch",
            "--quiet",
            "--refmap=",
            "--no-filter",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--",
            address,
        ];
        arguments.extend(ref_names);
        provenance_core::fail_point!("remote: fetch");
        match self.answer(&arguments, deadline)? {
            Answer { success: true, .. } => Ok(()),
            Answer { said, .. } => Err(TalkError::Failed { said }),
        }
    }

    /// Sends commits, each as a fast-forward or not at all; the answers are in the same order.
    ///
    /// # Errors
    ///
    /// [`TalkError`] when it is not known what became of one.
    pub fn push(
        self,
        address: &str,
        pushes: &[Push],
        deadline: Deadline,
    ) -> Result<Vec<Pushed>, TalkError> {
        let refspecs = pushes
            .iter()
            .map(|push| format!("{}:{}", push.commit_id, push.ref_name));
        let refspecs: Vec<String> = refspecs.collect();
        let mut arguments = vec![
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--no-signed",
            "--recurse-submodules=no",
            "--",
            address,
        ];
        arguments.extend(refspecs.iter().map(String::as_str));
        provenance_core::fail_point!("remote: push");
        let answer = self.answer(&arguments, deadline)?;
        let outcomes: Option<Vec<_>> = pushes
            .iter()
            // Git does not mention what was there already.
            .map(|push| outcome(&answer.stdout, push).or(answer.success.then_some(Pushed::Done)))
            .collect();
        outcomes.ok_or(TalkError::Failed { said: answer.said })
    }

    fn answer(self, arguments: &[&str], deadline: Deadline) -> Result<Answer, TalkError> {
        if deadline.left().is_none() {
            let seconds = deadline.limit().as_secs_f32();
            return Err(TalkError::TimeLimit { seconds });
        }
        let running = Running::start(self.environment, self.config, self.may_ask, arguments)?;
        running.finish(deadline)
    }
}

impl TalkError {
    /// Answers whether it took too long.
    #[must_use]
    pub const fn is_time_limit(&self) -> bool {
        matches!(self, Self::TimeLimit { .. })
    }
}

/// Finds what `git push --porcelain` says of one reference: `<flag> TAB <from>:<to> TAB …`.
fn outcome(porcelain: &str, push: &Push) -> Option<Pushed> {
    let to = format!(":{}", push.ref_name);
    porcelain.lines().find_map(|line| {
        let (flag, rest) = line.split_once('\t')?;
        let (names, _) = rest.split_once('\t')?;
        if !names.ends_with(&to) {
            return None;
        }
        match flag {
            // A fast-forward, a new reference, nothing to do.
            " " | "*" | "=" => Some(Pushed::Done),
            "!" => Some(Pushed::Refused),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_push_is_a_character_whatever_the_words() {
        let push = |ref_name: &str| Push {
            commit_id: ObjectId::from_bytes(&[7; 20]).unwrap(),
            ref_name: ref_name.to_owned(),
        };
        let said = "To ../hub.git\n\
                    *\tabc:refs/notes/a\t[neu]\n\
                    \x20\tabc:refs/notes/b\t1..2\n\
                    =\tabc:refs/notes/c\t[aktuell]\n\
                    !\tabc:refs/notes/d\t[remote rejected] (nein)\n\
                    +\tabc:refs/notes/e\t1...2 (forced update)\n\
                    Done\n";
        for (name, expected) in [
            ("refs/notes/a", Some(Pushed::Done)),
            ("refs/notes/b", Some(Pushed::Done)),
            ("refs/notes/c", Some(Pushed::Done)),
            ("refs/notes/d", Some(Pushed::Refused)),
            // We never force: that Git says so is no answer to anything that we asked.
            ("refs/notes/e", None),
            ("notes/a", None),
            ("refs/notes/f", None),
        ] {
            assert_eq!(outcome(said, &push(name)), expected, "{name}");
        }
    }
}
