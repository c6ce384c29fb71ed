//! Commits of every shape, between an agent and a person.

use super::*;

#[test]
fn a_worktree_without_agents_is_a_persons() {
    let watched = Watched::new();
    watched.write("a.txt", "one\n");
    let observation = watched.pending();
    assert_eq!(observation.contributions, []);
    assert_eq!(observation.remainder, Remainder::Human);
    assert_eq!(observation.committed_by, CommittedBy::Human);
}

#[test]
fn an_agent_in_a_worktree_where_none_was_seen_leaves_the_author_open() {
    let watched = Watched::new();
    watched.write("a.txt", "one\n");
    watched.sandbox.git(["add", "--all"]);
    let hint = AgentHint::of(|name| (name == "CLAUDECODE").then(|| "1".to_owned()));
    let observation = watched.pending_as_staged(hint);
    assert_eq!(observation.remainder, Remainder::Unknown);
    assert_eq!(observation.committed_by, CommittedBy::Agent);
    assert_eq!(observation.codes, ["agent-unseen"]);
}

#[test]
fn lines_are_claimed_by_who_wrote_them() {
    let watched = Watched::new();
    watched.report(&json!({"event": "session"}));
    watched.report(&json!({"event": "prompt", "text": "write it"}));
    watched.agent_writes("a.txt", "ai 1\nai 2\nai 3\n");
    watched.write("a.txt", "ai 1\nai 2\nai 3\nhand 4\nhand 5\n");
    let observation = watched.commit("first");
    assert_eq!(claims(&observation), ["a.txt ai 1-3"]);
    let [contribution] = observation.contributions.as_slice() else {
        panic!("{observation:?}")
    };
    assert_eq!(contribution.tool.name, "my-agent");
    assert_eq!(contribution.tool.version.as_deref(), Some("1.2"));
    assert_eq!(contribution.model.as_ref().unwrap().id, "openai/gpt-5.1");
    assert_eq!(contribution.operator.as_deref(), Some("carol@example.com"));
    assert_eq!(contribution.iterations, Some(1));
    assert_eq!(contribution.edits, Some(1));
    assert_eq!(contribution.tools["edit"], 1);
    assert_eq!(
        (contribution.session.seq, contribution.session.previous),
        (1, None)
    );
    let context = contribution.prompt_context.as_ref().unwrap();
    assert_eq!(
        (context.parts, context.covers.as_slice()),
        (1, ["prompts".to_owned()].as_slice())
    );
    let opening = &observation.openings[0];
    assert!(opening.is_prompt(0, "write it"));

    // The session goes on: its next record stands on this one, and counts from anew.
    watched.agent_writes("a.txt", "ai 1\nai 2\nai 3\nhand 4\nhand 5\nai 6\n");
    let observation = watched.commit("second");
    assert_eq!(claims(&observation), ["a.txt ai 6-6"]);
    let second = &observation.contributions[0];
    assert_eq!(second.session.seq, 2);
    assert_eq!(second.session.previous, Some(Digest::of(b"first")));
    assert_eq!(
        (second.edits, second.prompt_context.is_none()),
        (Some(1), true)
    );
}

#[test]
fn a_commit_that_was_given_up_is_as_if_it_had_not_been_asked_for() {
    let watched = Watched::new();
    watched.report(&json!({"event": "prompt", "text": "write it"}));
    watched.agent_writes("a.txt", "ai\n");
    let given_up = watched.pending();
    let made = watched.commit("made");
    assert_eq!(given_up, made);
}

#[test]
fn half_of_an_edit_is_committed_and_the_other_half_stays_pending() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    watched.commit("base");
    watched.agent_writes("a.txt", "ai a\n1\n2\n3\n4\n5\n6\n7\n8\n9\nai b\n");
    let whole = fs::read(watched.root().join("a.txt")).unwrap();
    watched.write("a.txt", "ai a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    watched.sandbox.git(["add", "--all"]);
    watched.write("a.txt", whole);
    let first = watched.pending_as_staged(AgentHint::default());
    assert_eq!(claims(&first), ["a.txt ai 1-1"]);
    watched.commit_staged("half", &first);
    let second = watched.commit("rest");
    assert_eq!(claims(&second), ["a.txt ai 11-11"]);
    assert_eq!(second.contributions[0].session.seq, 2);
}

#[test]
fn lines_that_come_back_after_a_reset_are_still_known() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    watched.agent_writes("a.txt", "1\nai 2\n");
    watched.commit("with ai");
    watched
        .sandbox
        .git(["reset", "--quiet", "--soft", "HEAD~1"]);
    assert_eq!(claims(&watched.commit("again")), ["a.txt ai 2-2"]);
    watched
        .sandbox
        .git(["reset", "--quiet", "--hard", "HEAD~1"]);
    watched
        .sandbox
        .git(["checkout", "--quiet", "HEAD@{1}", "--", "a.txt"]);
    assert_eq!(claims(&watched.commit("and again")), ["a.txt ai 2-2"]);
}

#[test]
fn what_an_agent_only_took_away_is_its_work_too() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n2\n3\n");
    watched.write("b.txt", "1\n");
    watched.commit("base");
    watched.agent_writes("a.txt", "1\n3\n");
    watched.agent_does(&["b.txt"], || {
        fs::remove_file(watched.root().join("b.txt")).unwrap();
    });
    let observation = watched.pending();
    assert_eq!(claims(&observation), Vec::<String>::new());
    assert_eq!(observation.contributions[0].edits, Some(2));
}

#[test]
fn two_sessions_in_one_file_keep_their_own_lines() {
    let watched = Watched::new();
    watched.agent_writes("a.txt", "one\n");
    let call = watched.call();
    let other = |event: &str| {
        json!({"event": event, "session": "s-2", "call": call, "paths": ["a.txt"],
               "tool": {"name": "other"}, "model": "claude-opus-4-5"})
    };
    watched.report(&other("before-edit"));
    watched.write("a.txt", "one\ntwo\n");
    watched.report(&other("after-edit"));
    let observation = watched.pending();
    let of = |session: &str| {
        let found = observation
            .contributions
            .iter()
            .find(|c| c.session.id == session);
        found.unwrap().files[0].ai.clone()
    };
    assert!(of("s-1").contains(1) && !of("s-1").contains(2));
    assert!(of("s-2").contains(2) && !of("s-2").contains(1));
    let models: Vec<_> = observation
        .contributions
        .iter()
        .map(|c| c.model.clone().unwrap().id)
        .collect();
    assert!(models.contains(&"anthropic/claude-opus-4-5".to_owned()));
}

#[test]
fn parallel_worktrees_are_kept_apart_and_an_edit_counts_where_its_file_is() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    let linked = watched.sandbox.beside("linked");
    watched
        .sandbox
        .git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    // The session runs in the main worktree, and edits a file of each.
    watched.report(&json!({"event": "session"}));
    watched.agent_writes("a.txt", "1\nmain\n");
    let path = linked.join("a.txt");
    let paths = json!([path.to_str().unwrap()]);
    let event = |event: &str| json!({"event": event, "call": "x", "paths": paths, "model": null, "tool": null});
    watched.report(&event("before-edit"));
    fs::write(&path, "1\nlinked\nlinked\n").unwrap();
    watched.report(&event("after-edit"));

    assert_eq!(claims(&watched.pending()), ["a.txt ai 2-2"]);
    let repo = Repo::open(&provenance_core::git::Location::at(&linked)).unwrap();
    watched
        .sandbox
        .git(["-C", linked.to_str().unwrap(), "add", "--all"]);
    let tree_id = watched
        .sandbox
        .id(["-C", linked.to_str().unwrap(), "write-tree"]);
    let there = observe(&repo, &watched.head_trees(), tree_id, AgentHint::default());
    assert_eq!(claims(&there), ["a.txt ai 2-3"]);
    // Model and harness are known from where the session runs.
    assert_eq!(there.contributions[0].tool.name, "my-agent");
    assert_eq!(
        there.contributions[0].model.as_ref().unwrap().id,
        "openai/gpt-5.1"
    );
}

#[test]
fn a_merge_claims_only_what_no_parent_has() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    watched.sandbox.git(["checkout", "--quiet", "-b", "side"]);
    watched.agent_writes("a.txt", "1\nside\n");
    watched.commit("side");
    watched.sandbox.git(["checkout", "--quiet", "main"]);
    watched.agent_writes("b.txt", "main\n");
    watched.commit("main");
    watched
        .sandbox
        .git(["merge", "--quiet", "--no-commit", "side"]);
    let tree_id = watched.sandbox.id(["write-tree"]);
    let tree = |name: &str| {
        watched
            .sandbox
            .id(["rev-parse", &format!("{name}^{{tree}}")])
    };
    let merge = observe(
        &watched.repo(),
        &[tree("main"), tree("side")],
        tree_id,
        AgentHint::default(),
    );
    assert_eq!(claims(&merge), Vec::<String>::new());
}

#[test]
fn a_file_that_a_person_moves_keeps_the_authors_of_its_lines() {
    let watched = Watched::new();
    watched.agent_writes("a.txt", "the agent wrote this line\n");
    watched.write(
        "a.txt",
        "the agent wrote this line\na person wrote this line\n",
    );
    watched.commit("base");
    watched.sandbox.git(["mv", "a.txt", "b.txt"]);
    assert_eq!(claims(&watched.pending()), ["b.txt ai 1-1"]);
}

#[test]
fn what_was_stashed_in_another_worktree_is_still_known_and_a_closing_brace_is_nobodys() {
    let watched = Watched::new();
    watched.write("a.txt", "start\n");
    watched.commit("base");
    let linked = watched.sandbox.beside("linked");
    let at = linked.to_str().unwrap();
    watched.sandbox.git(["worktree", "add", "--quiet", at]);
    let path = linked.join("a.txt");
    let event = |event: &str| {
        json!({"event": event, "session": "s-9", "call": "x", "cwd": at,
               "paths": [path.to_str().unwrap()]})
    };
    watched.report(&event("before-edit"));
    fs::write(&path, "start\nfn written_by_agent() {\n}\n").unwrap();
    watched.report(&event("after-edit"));

    watched.write("a.txt", "start\nfn written_by_person() {\n}\n");
    assert_eq!(claims(&watched.pending()), Vec::<String>::new());

    watched.sandbox.git(["reset", "--quiet", "--hard"]);
    watched.sandbox.git(["-C", at, "stash", "--quiet"]);
    watched.sandbox.git(["worktree", "remove", "--force", at]);
    watched.sandbox.git(["stash", "pop", "--quiet"]);
    let observation = watched.pending();
    assert_eq!(claims(&observation), ["a.txt ai 2-3"]);
    let contribution = &observation.contributions[0];
    assert_eq!(
        (
            contribution.session.id.as_str(),
            contribution.tool.name.as_str()
        ),
        ("s-9", "my-agent")
    );
}

#[test]
fn a_branch_that_is_squashed_keeps_the_authors_of_its_lines() {
    let watched = Watched::new();
    watched.write("a.txt", "start\n");
    watched.commit("base");
    watched.sandbox.git(["checkout", "--quiet", "-b", "side"]);
    watched.agent_writes("a.txt", "start\nthe agent wrote this line\n");
    watched.commit("side");
    watched.sandbox.git(["checkout", "--quiet", "main"]);
    watched
        .sandbox
        .git(["merge", "--quiet", "--squash", "side"]);
    assert_eq!(claims(&watched.pending()), ["a.txt ai 2-2"]);
}

#[test]
fn the_text_of_prompts_and_the_reasons_are_kept_only_where_that_is_asked_for() {
    let watched = Watched::new();
    let says = |text: &str| {
        watched.report(&json!({"event": "prompt", "text": text}));
        watched.report(&json!({"event": "task", "task": "PAY-118", "rationale": "429 is common"}));
        watched.agent_writes("a.txt", text.len().to_string());
        watched.commit(text)
    };
    let plain = says("secret one");
    assert_eq!(plain.contributions[0].task.as_deref(), Some("PAY-118"));
    assert_eq!(plain.contributions[0].rationale, None);
    let opening = &plain.openings[0];
    assert_eq!(opening.parts[0].text, None);
    let everything = watched.sandbox.root().join(".git/provenance");
    let found = std::process::Command::new("grep")
        .args(["-r", "secret one"])
        .arg(&everything)
        .status();
    assert!(!found.unwrap().success(), "no text of a prompt is stored");

    watched
        .sandbox
        .git(["config", "provenance.keepPrompts", "true"]);
    watched
        .sandbox
        .git(["config", "provenance.recordRationale", "true"]);
    let asked = says("told at last");
    assert_eq!(
        asked.contributions[0].rationale.as_deref(),
        Some("429 is common")
    );
    assert_eq!(
        asked.openings[0].parts[0].text.as_deref(),
        Some("told at last")
    );
    let commitment = asked.openings[0].commitment;
    assert_eq!(
        asked.openings[0].check(commitment),
        capture::Opened::Matches
    );
}
