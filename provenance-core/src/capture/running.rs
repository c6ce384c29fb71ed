//! `Running`: who makes a commit, and which commands of agents run while it is made.
//!
//! Takes the environment's hint and the commands that began and were not seen to end; says whether
//! an agent commits, and adds to a file's chain what such a command changed.

use super::CaptureError;
use super::account::Account;
use super::chain::{FileChain, content};
use super::fold::{OpenShell, Watched};
use super::hint::AgentHint;
use super::observe::Observation;
use super::shell::{Snapshot, Tree, read_snapshot};
use super::site::Site;
use crate::record::{CommittedBy, Remainder};
use crate::repo_path::RepoPath;

/// A command that runs while the commit is made.
pub(super) struct Running {
    pub(super) shell: OpenShell,
    /// Whether a person commits beside it.
    pub(super) unsure: bool,
}

/// Finds out who commits, and which commands run meanwhile.
pub(super) fn committer(
    watched: &mut Watched,
    agent: &AgentHint,
    observation: &mut Observation,
) -> Vec<Running> {
    let shells = watched.shells.clone();
    let by_agent = |shell: OpenShell| Running {
        shell,
        unsure: false,
    };
    if let Some(tool) = &agent.tool {
        observation.committed_by = CommittedBy::Agent;
        let (seen, own): (bool, Vec<OpenShell>) = if let Some(id) = &agent.session {
            let id = super::witness::session_id(id);
            let seen = watched.session(&id).began.is_some();
            let own = |open: &OpenShell| open.by.session == id;
            (seen, shells.into_iter().filter(own).collect())
        } else {
            let speaks =
                |session: &Account| session.tool().name == *tool && session.began.is_some();
            let seen = watched.sessions.values().any(speaks);
            let own = |open: &OpenShell| watched.sessions.get(&open.by.session).is_some_and(speaks);
            (seen, shells.into_iter().filter(own).collect())
        };
        if own.is_empty() {
            observation.remainder = Remainder::Unknown;
            let code = if seen { "shell-unseen" } else { "agent-unseen" };
            observation.codes.push(code.to_owned());
        }
        return own.into_iter().map(by_agent).collect();
    }
    // A person's environment: a command whose session went on to something else is over.
    let shells = shells.into_iter().filter(|open| !open.doubtful);
    let (committing, others): (Vec<_>, Vec<_>) = shells.partition(|open| open.commits);
    if committing.is_empty() {
        return others
            .into_iter()
            .map(|shell| Running {
                shell,
                unsure: true,
            })
            .collect();
    }
    observation.committed_by = CommittedBy::Agent;
    committing.into_iter().map(by_agent).collect()
}

/// A running command, with what the worktree held when it began.
pub(super) struct Command<'s> {
    running: &'s Running,
    before: Snapshot,
    head: Tree<'s>,
}

pub(super) fn commands<'s>(
    site: &'s Site<'_>,
    running: &'s [Running],
) -> Result<Vec<Command<'s>>, CaptureError> {
    let mut commands = Vec::new();
    for running in running {
        if let Some(before) = read_snapshot(site, running.shell.snapshot) {
            commands.push(Command {
                running,
                before,
                head: Tree::of(&site.repo, running.shell.head)?,
            });
        }
    }
    Ok(commands)
}

impl Command<'_> {
    /// Adds to a chain what the command changed before the commit.
    pub(super) fn observe(
        &self,
        site: &Site<'_>,
        path: &RepoPath,
        chain: &mut FileChain,
        blob: &[u8],
    ) {
        let dirty = self.before.files.iter().find(|dirty| dirty.path == *path);
        let before = match dirty.map(|dirty| &dirty.state) {
            Some(state) => content(site, state),
            None => Some(self.head.text(path).ok().flatten().unwrap_or_default()),
        };
        if let Some(before) = before.filter(|before| before != blob) {
            chain.observe_commit(&self.running.shell.by, self.running.unsure, &before, blob);
        }
    }
}
