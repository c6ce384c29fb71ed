//! Many at once: parallel writers, parallel tool calls, and Git reading between.

use std::thread;

use harness::Sandbox;
use serde_json::json;

use crate::lines::{kinds, predicate};

#[test]
fn parallel_tool_calls_of_one_session_lose_no_edit() {
    let repo = Sandbox::new().with_provenance();
    let agent = repo.agent("openai/gpt-5.1");
    thread::scope(|scope| {
        for n in 0..16 {
            let agent = &agent;
            scope.spawn(move || agent.edits(&format!("{n}.txt"), format!("{n}\n")).session());
        }
    });
    repo.commit("sixteen at once");
    for n in 0..16 {
        assert_eq!(kinds(&repo, &format!("{n}.txt")), "a", "{n}.txt");
    }
    let contribution = &predicate(&repo, "HEAD")["contributions"][0];
    assert_eq!(contribution["edits"], json!(16));
}

#[test]
fn parallel_sessions_of_different_agents_do_not_mix() {
    let repo = Sandbox::new().with_provenance();
    thread::scope(|scope| {
        for n in 0..8 {
            let repo = &repo;
            scope.spawn(move || {
                let model = format!("maker/model-{n}");
                let agent = repo.agent(&model);
                for line in 0..4 {
                    agent.appends(&format!("{n}.txt"), format!("{line}\n"));
                }
                agent.ends();
            });
        }
    });
    repo.commit("eight sessions");
    for n in 0..8 {
        let blame = repo
            .provenance(["blame", "--json", &format!("{n}.txt")])
            .succeeds()
            .json();
        for line in blame["lines"].as_array().unwrap() {
            assert_eq!(line["model"], format!("maker/model-{n}"));
        }
    }
}

#[test]
fn attack_g14_no_record_of_forty_parallel_committers_is_lost() {
    const COMMITTERS: usize = 40;
    const COMMITS_EACH: usize = 25;
    let repo = Sandbox::new().with_provenance();
    repo.commit_with(["--allow-empty", "-m", "base"]);
    for n in 0..COMMITTERS {
        let (folder, branch) = (format!("../w{n}"), format!("b{n}"));
        repo.git(["worktree", "add", "--quiet", "-b", &branch, &folder]);
    }
    thread::scope(|scope| {
        for n in 0..COMMITTERS {
            let worktree = repo.within(format!("../w{n}"));
            scope.spawn(move || {
                let mut shell = worktree.command("sh");
                let script = format!(
                    "for i in $(seq {COMMITS_EACH}); do \
                     git commit --quiet --allow-empty -m $i || exit 1; done"
                );
                let output = worktree.run(shell.args(["-c", &script])).succeeds();
                assert_eq!(output.talk(), "", "no hook had anything to say");
            });
        }
        // And Git reads between.
        scope.spawn(|| {
            for _ in 0..20 {
                repo.git(["notes", "--ref=provenance", "list"]);
            }
        });
    });
    let noted = repo.git(["notes", "--ref=provenance", "list"]);
    assert_eq!(noted.lines().count(), COMMITTERS * COMMITS_EACH + 1);
    let verify = repo
        .provenance(["verify", "--json", "main..b0"])
        .succeeds()
        .json();
    assert_eq!(verify["counts"]["verified"], COMMITS_EACH);
}

#[test]
fn attack_g14_parallel_records_of_one_commit_are_all_lines_of_its_note() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "a\n");
    repo.commit("by hand");
    thread::scope(|scope| {
        for writer in 0..8 {
            let repo = &repo;
            scope.spawn(move || {
                for n in 0..10 {
                    let session = format!("w{writer}-{n}");
                    repo.provenance(["record", "--tool", "my-agent", "--session", &session])
                        .succeeds();
                }
            });
        }
    });
    let lines = repo.note("HEAD");
    let mut sorted = lines.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(lines, sorted, "a note is its sorted, unique lines");
    assert_eq!(lines.len(), 8 * 10 + 1);
    repo.provenance(["verify"]).succeeds();
}
