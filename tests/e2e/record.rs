//! `record`: what somebody says after the fact.

use harness::Sandbox;
use serde_json::json;

use crate::lines::kinds;
use crate::schemas::validates;

fn human_commit() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice.write("a.txt", "one\n");
    alice.commit("one");
    alice.append("a.txt", "two\nthree\nfour\n");
    alice.commit("three more");
    alice
}

#[test]
fn a_declared_record_reaches_the_lines_that_it_names_and_the_commit_adds() {
    let alice = human_commit();
    assert_eq!(kinds(&alice, "a.txt"), "hhhh");
    insta::assert_snapshot!(
        alice.provenance([
            "record", "--tool", "my-agent@1.2", "--model", "gpt-5.1", "--session", "s-1",
            "--iterations", "2", "--file", "a.txt:1-2", "--mixed", "a.txt:3",
            "--approver", "alice@example.com",
        ]),
        @r"
        commit [oid 1] has a new record: 2 lines
        [sha256 1]
        not claimed, because the commit does not add them: 1 line
        [exit 0]
        "
    );
    assert_eq!(kinds(&alice, "a.txt"), "hamh");
    let stats = alice.provenance(["stats", "--json"]).succeeds().json();
    assert_eq!(stats["origins"]["declared"], 2);
    alice.provenance(["verify", "HEAD^!"]).succeeds();
    for line in alice.note("HEAD") {
        validates("record.v1", &crate::first_commit::statement(&line));
    }
}

#[test]
fn a_harness_declares_on_standard_input() {
    let alice = human_commit();
    let declaration = json!({
        "contributions": [{
            "tool": "my-agent", "model": "openai/gpt-5.1", "session": "s-9", "iterations": 3,
            "files": [{"path": "a.txt", "ai": [[2, 4]]}],
        }],
        "approver": "bob@example.com",
    });
    let mut record = alice.command("git");
    record.args(["provenance", "record", "--stdin", "--json"]);
    let done = alice.run_with_input(&mut record, declaration.to_string().as_bytes());
    let done = done.succeeds().json();
    validates("recorded.v1", &done);
    assert_eq!(done["claimed"], 3);
    assert_eq!(kinds(&alice, "a.txt"), "haaa");
    let log = alice
        .provenance(["log", "--approver", "bob@*", "--json"])
        .succeeds()
        .json();
    assert_eq!(log["records"].as_array().unwrap().len(), 2, "{log:#}");
}

#[test]
fn without_a_file_it_is_everything_that_the_commit_adds() {
    let alice = human_commit();
    alice
        .provenance(["record", "--tool", "my-agent"])
        .succeeds()
        .says("3 lines");
    assert_eq!(kinds(&alice, "a.txt"), "haaa");
}

#[test]
fn nonsense_is_refused_and_nothing_is_attached() {
    let alice = human_commit();
    let before = alice.note("HEAD");
    for (args, words) in [
        (
            vec!["--tool", "x", "--file", "nope.txt"],
            "adds nothing to `nope.txt`",
        ),
        (
            vec!["--tool", "x", "--file", "../a.txt"],
            "a path must not have",
        ),
        (
            vec!["--tool", "x", "--file", "a.txt:0"],
            "write them as 1-10,12",
        ),
        (vec!["--tool", "two words"], "must match"),
        (vec!["--tool", "x", "--commit", "nope"], "nope"),
        (vec![], "--tool"),
    ] {
        let args: Vec<&str> = ["record"].iter().chain(&args).copied().collect();
        alice.provenance(&args).exits(2).says(words);
    }
    let mut stdin = alice.command("git");
    stdin.args(["provenance", "record", "--stdin"]);
    for bad in [
        "",
        "{}",
        "[]",
        "{\"contributions\":[]}",
        "{\"contributions\":[{}]}",
    ] {
        alice.run_with_input(&mut stdin, bad.as_bytes()).exits(2);
    }
    assert_eq!(alice.note("HEAD"), before);
}

#[test]
fn attack_g14_forty_processes_attach_twenty_five_records_each_and_none_is_lost() {
    let alice = Sandbox::new().with_provenance();
    let commits: Vec<String> = (0..40)
        .map(|process| alice.commit_with(["--allow-empty", "-m", &process.to_string()]))
        .collect();
    let record = "for n in $(seq 25); do \
                  git provenance record --commit $0 --tool t --session s-$n >/dev/null \
                  || echo lost; done";
    let children: Vec<_> = commits
        .iter()
        .map(|commit| {
            let mut shell = alice.command("sh");
            shell.args(["-c", record, commit]);
            shell.stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    }
    let declared = |commit: &String| {
        let note = alice.note(commit);
        let statements = note.iter().map(|line| crate::first_commit::statement(line));
        statements
            .filter(|statement| statement["predicate"]["origin"] == "declared")
            .count()
    };
    assert_eq!(commits.iter().map(declared).sum::<usize>(), 1000);
}
