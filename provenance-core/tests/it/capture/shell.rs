//! Edits that no tool reports: commands.

use super::*;

impl Watched {
    /// Lets an agent's command run, reported before and after.
    fn agent_runs(&self, command: &str, act: impl FnOnce()) {
        let call = self.call();
        self.report(&json!({"event": "before-shell", "call": call, "command": command}));
        act();
        self.report(&json!({"event": "after-shell", "call": call}));
    }
}

#[test]
fn what_a_command_changed_is_the_agents_and_what_was_there_is_not() {
    let watched = Watched::new();
    watched.write("clean.txt", "1\n2\n");
    watched.write("dirty.txt", "1\n");
    watched.write("gone.txt", "1\n");
    watched.commit("base");
    watched.write("dirty.txt", "1\nhand\n");
    watched.write("new by hand.txt", "hand\n");
    watched.agent_runs("make", || {
        watched.write("clean.txt", "1\nai\n");
        watched.write("dirty.txt", "1\nhand\nai\n");
        watched.write("new.txt", "ai\nai\n");
        fs::remove_file(watched.root().join("gone.txt")).unwrap();
    });
    let observation = watched.pending();
    assert_eq!(
        claims(&observation),
        ["clean.txt ai 2-2", "dirty.txt ai 3-3", "new.txt ai 1-2"]
    );
    assert_eq!(observation.contributions[0].tools["shell"], 1);
    assert_eq!(
        observation.contributions[0].edits,
        Some(1),
        "one call, however many files"
    );
}

#[test]
fn what_a_checkout_a_merge_or_a_stash_brings_is_not_the_agents() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    watched.sandbox.git(["checkout", "--quiet", "-b", "side"]);
    watched.write("a.txt", "1\nside\n");
    watched.commit("side");
    watched.sandbox.git(["checkout", "--quiet", "main"]);
    watched.agent_runs("git merge side", || {
        watched.sandbox.git(["merge", "--quiet", "side"]);
    });
    watched
        .sandbox
        .git(["reset", "--quiet", "--soft", "HEAD~1"]);
    assert_eq!(claims(&watched.pending()), Vec::<String>::new());
    // A person's line survives the agent's stash and comes back as the person's.
    watched.sandbox.git(["reset", "--quiet", "--hard", "HEAD"]);
    watched.agent_writes("a.txt", "1\nai\n");
    watched.write("a.txt", "1\nai\nhand\n");
    watched.agent_runs("git stash", || {
        watched.sandbox.git(["stash", "--quiet"]);
    });
    watched.agent_runs("git stash pop", || {
        watched.sandbox.git(["stash", "pop", "--quiet"]);
    });
    assert_eq!(claims(&watched.pending()), ["a.txt ai 2-2"]);
}

#[test]
fn a_command_that_was_not_announced_or_whose_snapshot_is_gone_claims_nothing_and_says_so() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.report(&json!({"event": "after-shell", "call": "x"}));
    assert_eq!(watched.pending().codes, ["no-before-shell"]);
    watched.report(&json!({"event": "before-shell", "call": "y"}));
    fs::remove_dir_all(watched.root().join(".git/provenance/states")).unwrap();
    watched.report(&json!({"event": "after-shell", "call": "y"}));
    assert_eq!(
        watched.pending().codes,
        ["no-before-shell", "snapshot-missing"]
    );
}

#[test]
fn while_a_command_runs_a_persons_commit_leaves_its_new_lines_open() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    watched.report(&json!({"event": "before-shell", "call": "x", "command": "npm run dev"}));
    watched.write("a.txt", "1\nwhose?\n");
    let observation = watched.pending();
    assert_eq!(observation.committed_by, CommittedBy::Human);
    assert_eq!(observation.codes, ["open-shell"]);
    assert_eq!(observation.unknown.len(), 1);
    assert!(observation.unknown[0].lines.contains(2) && !observation.unknown[0].lines.contains(1));
    // A person who prompts again has seen it end.
    watched.report(&json!({"event": "prompt", "text": "stop"}));
    let observation = watched.pending();
    assert_eq!((observation.unknown.len(), observation.codes.len()), (0, 0));
}

#[test]
fn a_command_that_may_commit_makes_the_commit_the_agents() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    watched.report(&json!({"event": "before-shell", "call": "x", "command": "git commit -am y"}));
    watched.write("a.txt", "1\nai\n");
    let observation = watched.pending();
    assert_eq!(observation.committed_by, CommittedBy::Agent);
    assert_eq!(claims(&observation), ["a.txt ai 2-2"]);
}

#[test]
fn many_changed_files_are_kept_beside_the_journals_line() {
    let watched = Watched::new();
    watched.agent_runs("generate", || {
        for number in 0..100 {
            watched.write(&format!("gen/{number}.txt"), "generated\n");
        }
    });
    assert_eq!(claims(&watched.pending()).len(), 100);
    let journal = fs::read_to_string(
        watched
            .root()
            .join(".git/provenance/journal/main/current.jsonl"),
    );
    assert!(journal.unwrap().len() < 4096);
}

#[test]
fn a_file_that_a_command_moves_keeps_the_authors_of_its_lines() {
    let watched = Watched::new();
    watched.agent_writes("a.txt", "ai\n");
    watched.write("a.txt", "ai\nhand\n");
    watched.write("b.txt", "hand\n");
    watched.commit("base");
    let root = watched.root();
    watched.agent_runs("mv a.txt c.txt; mv b.txt d.txt", || {
        fs::rename(root.join("a.txt"), root.join("c.txt")).unwrap();
        fs::rename(root.join("b.txt"), root.join("d.txt")).unwrap();
    });
    assert_eq!(claims(&watched.pending()), ["c.txt ai 1-1"]);
}

#[test]
fn an_agents_commit_in_a_command_during_which_its_person_typed_is_still_the_agents() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    watched.report(&json!({"event": "before-shell", "call": "x", "command": "./release"}));
    watched.report(&json!({"event": "prompt", "text": "hurry"}));
    watched.write("a.txt", "1\nai\n");
    watched.sandbox.git(["add", "--all"]);
    let hint =
        AgentHint::of(|name| (name == "GIT_PROVENANCE_SESSION").then(|| "my-agent:s-1".into()));
    let observation = watched.pending_as_staged(hint);
    assert_eq!(claims(&observation), ["a.txt ai 2-2"]);
    assert_eq!(observation.codes, Vec::<String>::new());
}
