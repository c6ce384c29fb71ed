//! `Step`: one thing that somebody does, and how it is done with real Git.
//!
//! A step draws from its own seed, so that leaving out others does not change it more than the
//! state of the world does. What Git refuses (nothing to commit, a dirty tree) is no failure: it is
//! a step that changed nothing.

use harness::Agent;

use super::chance::Chance;
use super::line::{SESSIONS, changed, fresh};
use super::world::{PLACES, Place, World};

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    AgentEdits,
    AgentUsesShell,
    AgentCommits,
    HumanEdits,
    Add,
    Commit,
    CommitAll,
    CommitPath,
    CommitBypassed,
    Amend,
    Stash,
    StashPop,
    ResetSoft,
    ResetMixed,
    ResetHard,
    Restore,
    RestoreSource,
    Apply,
    Switch,
    Move,
    CherryPick,
    CherryPickNoCommit,
    Revert,
    Merge,
    MergeSquash,
    Rebase,
    RebaseInteractive,
    Synchronize,
}

use Operation::{
    Add, AgentCommits, AgentEdits, AgentUsesShell, Amend, Apply, CherryPick, CherryPickNoCommit,
    Commit, CommitAll, CommitBypassed, CommitPath, HumanEdits, Merge, MergeSquash, Move, Rebase,
    RebaseInteractive, ResetHard, ResetMixed, ResetSoft, Restore, RestoreSource, Revert, Stash,
    StashPop, Switch, Synchronize,
};

/// How often each is done.
const OPERATIONS: &[(Operation, usize)] = &[
    (AgentEdits, 16),
    (AgentUsesShell, 4),
    (AgentCommits, 2),
    (HumanEdits, 16),
    (Add, 4),
    (Commit, 4),
    (CommitAll, 14),
    (CommitPath, 2),
    (CommitBypassed, 1),
    (Amend, 4),
    (Stash, 2),
    (StashPop, 2),
    (ResetSoft, 2),
    (ResetMixed, 2),
    (ResetHard, 1),
    (Restore, 1),
    (RestoreSource, 2),
    (Apply, 2),
    (Switch, 2),
    (Move, 1),
    (CherryPick, 3),
    (CherryPickNoCommit, 1),
    (Revert, 2),
    (Merge, 3),
    (MergeSquash, 1),
    (Rebase, 2),
    (RebaseInteractive, 3),
    (Synchronize, 5),
];

const FILES: [&str; 4] = ["a.txt", "b.txt", "c.txt", "folder/d.txt"];

/// One thing that is done somewhere.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) number: usize,
    pub(super) place: usize,
    pub(super) operation: Operation,
    seed: u64,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = PLACES[self.place];
        write!(f, "{:>4}  {place}: {:?}", self.number, self.operation)
    }
}

impl Step {
    pub(super) fn random(number: usize, chance: &mut Chance) -> Self {
        let all: usize = OPERATIONS.iter().map(|(_, weight)| weight).sum();
        let mut at = chance.below(all);
        let drawn = OPERATIONS.iter().find(|(_, weight)| {
            let is_here = at < *weight;
            at = at.saturating_sub(*weight);
            is_here
        });
        Self {
            number,
            place: chance.below(PLACES.len()),
            operation: drawn.unwrap().0,
            seed: chance.next(),
        }
    }

    /// Does it.
    pub(super) fn perform(&self, world: &World) {
        let mut doing = Doing {
            place: &world.places[self.place],
            chance: Chance::of(self.seed),
            step: self.number,
            had_conflicts: false,
        };
        doing.act(self.operation);
        // Edits leave nothing behind that Git could be in the middle of.
        let is_edit = [AgentEdits, AgentUsesShell, HumanEdits, Add].contains(&self.operation);
        if !is_edit {
            doing.settle();
        }
        let how = if doing.had_conflicts {
            format!("{:?} with conflicts", self.operation)
        } else {
            format!("{:?}", self.operation)
        };
        world.note(doing.place, &how);
    }
}

pub(super) struct Doing<'w> {
    pub(super) place: &'w Place,
    pub(super) chance: Chance,
    step: usize,
    pub(super) had_conflicts: bool,
}

impl Doing<'_> {
    fn act(&mut self, operation: Operation) {
        match operation {
            AgentEdits => self.agent_edits(),
            AgentUsesShell => self.agent_uses_shell(),
            AgentCommits => {
                let message = format!("git commit -qam 'by an agent in {}' || true", self.step);
                self.agent().runs(&message);
            }
            HumanEdits => self.human_edits(),
            Add => {
                let file = self.file();
                let what = if self.chance.once_in(2) {
                    "--all"
                } else {
                    &file
                };
                self.git(&["add", what]);
            }
            Commit => self.commit(&[]),
            CommitAll => {
                self.git(&["add", "--all"]);
                self.commit(&[]);
            }
            CommitPath => {
                let file = self.file();
                self.commit(&["--", &file]);
            }
            CommitBypassed => self.commit(&["--all", "--no-verify"]),
            Amend => match self.chance.below(3) {
                0 => self.git(&["commit", "-q", "--amend", "--no-edit"]),
                1 => self.git(&["commit", "-q", "--amend", "--no-edit", "--all"]),
                _ => self.commit(&["--amend", "--all"]),
            },
            Stash => self.git(&["stash", "push", "-q"]),
            StashPop => {
                let how = *self.chance.pick(&["pop", "apply"]);
                self.git(&["stash", how, "-q"]);
            }
            ResetSoft => self.git(&["reset", "-q", "--soft", "HEAD~1"]),
            ResetMixed => self.git(&["reset", "-q", "HEAD~1"]),
            ResetHard => {
                let to = *self.chance.pick(&["HEAD", "HEAD~1", "HEAD@{1}"]);
                self.git(&["reset", "-q", "--hard", to]);
            }
            Restore => {
                let file = self.file();
                self.git(&["restore", "--staged", "--worktree", "--", &file]);
            }
            RestoreSource => {
                let file = self.file();
                if let Some(commit) = self.any_commit(&[]) {
                    let source = format!("--source={commit}");
                    self.git(&["restore", &source, "--worktree", "--", &file]);
                }
            }
            Apply => {
                if let Some(commit) = self.any_commit(&["--no-merges"]) {
                    let patch = self.place.git_dir.join("a.patch");
                    let patch = patch.to_str().unwrap();
                    self.git(&["format-patch", "-1", "--output", patch, &commit]);
                    self.git(&["apply", "--3way", patch]);
                }
            }
            Switch => self.switch(),
            Move => {
                let (from, to) = (self.file(), self.file());
                self.git(&["mv", &from, &to]);
            }
            CherryPick => self.cherry_pick(&[]),
            CherryPickNoCommit => self.cherry_pick(&["--no-commit"]),
            Revert => {
                let recent = self.place.commits(&["--no-merges", "-n", "5", "HEAD"]);
                let commit = self.chance.pick(&recent).clone();
                self.git(&["revert", "--no-edit", &commit]);
            }
            Merge => {
                let branch = self.branch();
                self.git(&["merge", "-q", "--no-ff", "--no-edit", &branch]);
            }
            MergeSquash => {
                let branch = self.branch();
                self.git(&["merge", "-q", "--squash", &branch]);
                self.settle();
                self.commit(&[]);
            }
            Rebase => {
                let branch = self.branch();
                self.git(&["rebase", "-q", "--autostash", &branch]);
            }
            RebaseInteractive => self.rebase_interactive(),
            Synchronize => {
                let branch = self.place.name.replace("'s ", "-");
                self.place.synchronize(&branch);
            }
        }
    }

    pub(super) fn git(&self, args: &[&str]) {
        self.place.sandbox.try_git(args);
    }

    fn commit(&mut self, args: &[&str]) {
        let message = format!("step {}", self.step);
        self.git(&[&["commit", "-q", "-m", &message], args].concat());
    }

    fn file(&mut self) -> String {
        (*self.chance.pick(&FILES)).to_owned()
    }

    /// An agent's session; each can be at work anywhere.
    pub(super) fn agent(&mut self) -> Agent<'_> {
        let number = self.chance.below(SESSIONS.len());
        let model = ["openai/gpt-5.1", "anthropic/claude-opus-4-5", "x/y"][number];
        Agent::with_session(&self.place.sandbox, model, SESSIONS[number])
    }

    fn agent_edits(&mut self) {
        let file = self.file();
        let mut chance = self.chance.clone();
        let (step, sandbox) = (self.step, &self.place.sandbox);
        let agent = self.agent();
        let text = changed(&sandbox.read(&file), agent.session(), step, &mut chance);
        agent.edits(&file, text);
    }

    fn agent_uses_shell(&mut self) {
        let file = self.file();
        let step = self.step;
        let exists = self.place.sandbox.path().join(&file).exists();
        let removes = exists && self.chance.once_in(3);
        let agent = self.agent();
        let line = fresh(agent.session(), step, 0);
        let command = if removes {
            format!("sed -i 1d {file}")
        } else {
            // A line of its own, also where the last one does not end.
            format!(
                "mkdir -p folder; tail -c1 {file} 2>&- | grep -q . && echo >> {file}; echo '{line}' >> {file}"
            )
        };
        agent.runs(&command);
    }

    fn human_edits(&mut self) {
        let file = self.file();
        let text = self.place.sandbox.read(&file);
        let text = changed(&text, self.place.person, self.step, &mut self.chance);
        self.place.sandbox.write(&file, text);
    }

    fn switch(&mut self) {
        if self.chance.once_in(2) {
            let name = format!("topic-{}", self.step);
            self.git(&["switch", "-q", "--create", &name]);
        } else {
            let branch = self.branch();
            self.git(&["switch", "-q", &branch]);
        }
    }

    /// Another branch, one's own or somebody's.
    fn branch(&mut self) -> String {
        let format = "--format=%(refname:lstrip=2)";
        let listed = ["for-each-ref", format, "refs/heads", "refs/remotes/origin"];
        let listed = self.place.sandbox.git(listed);
        let branches: Vec<&str> = listed.lines().collect();
        (*self.chance.pick(&branches)).to_owned()
    }

    /// A commit of any branch.
    fn any_commit(&mut self, args: &[&str]) -> Option<String> {
        let all = ["-n", "60", "--branches", "--remotes"];
        let commits = self.place.commits(&[&all, args].concat());
        (!commits.is_empty()).then(|| self.chance.pick(&commits).clone())
    }

    fn cherry_pick(&mut self, args: &[&str]) {
        let foreign = [
            "--no-merges",
            "-n",
            "20",
            "--branches",
            "--remotes",
            "--not",
            "HEAD",
        ];
        let commits = self.place.commits(&foreign);
        if !commits.is_empty() {
            let commit = self.chance.pick(&commits).clone();
            self.git(&[&["cherry-pick"], args, &[&commit]].concat());
        }
    }

    fn rebase_interactive(&mut self) {
        let edit = *self.chance.pick(&[
            "sed -i 2s/^pick/fixup/",
            "sed -i 2s/^pick/squash/",
            "sed -i 1s/^pick/reword/",
            "sed -i 1d",
            "sed -i '1{h;d};2{G}'",
        ]);
        let editor = format!("sequence.editor={edit}");
        self.git(&["-c", &editor, "rebase", "-q", "-i", "--autostash", "HEAD~3"]);
    }
}
