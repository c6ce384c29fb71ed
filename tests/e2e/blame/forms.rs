//! The forms for programs: Git's bytes, with our rows where every reader of Git's skips them.

use harness::Sandbox;

use super::like_git::{of_json, read, story};
use super::mixed;

/// What is left of a form without our rows.
fn stripped(form: &[u8]) -> Vec<u8> {
    let rows = form.split_inclusive(|byte| *byte == b'\n');
    rows.filter(|row| !row.starts_with(b"provenance-"))
        .flatten()
        .copied()
        .collect()
}

/// Our rows of a form, by name.
fn rows<'a>(form: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("provenance-{name} ");
    form.lines()
        .filter_map(|row| row.strip_prefix(start.as_str()))
        .collect()
}

fn both(repo: &Sandbox, words: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let ours = repo.provenance([&["blame"], words].concat()).succeeds();
    let git = repo.try_git([&["blame"], words].concat()).succeeds();
    (ours.stdout, git.stdout)
}

#[test]
fn without_our_rows_every_form_is_gits_byte_for_byte() {
    let repo = story();
    repo.git(["config", "user.name", "Zo\u{eb}"]);
    repo.write(
        "caf\u{e9} \"x\".rs",
        repo.read("main.rs") + "caf\u{e9}\r\n\tprovenance-kind ai\n",
    );
    repo.write("latin1", b"caf\xe9\n\0\nprovenance-kind ai\nlast");
    repo.commit("odd names and bytes");
    for form in ["-p", "--porcelain", "--line-porcelain", "--incremental"] {
        for words in [
            &["main.rs"][..],
            &["HEAD~1", "main.rs"],
            &["-w", "-C", "-C", "-L5,30", "HEAD", "--", "main.rs"],
            &["v1..HEAD", "--", "main.rs"],
            &["--root", "HEAD", "copy.rs"],
            &["--encoding=latin1", "HEAD", "caf\u{e9} \"x\".rs"],
            &["--ignore-rev", "HEAD~2", "HEAD", "main.rs"],
            &["HEAD", "latin1"],
            &["empty"],
        ] {
            let (ours, git) = both(&repo, &[&[form], words].concat());
            let ours = String::from_utf8_lossy(&stripped(&ours)).into_owned();
            assert_eq!(ours, String::from_utf8_lossy(&git), "{form} {words:?}");
        }
    }
}

#[test]
fn a_reader_that_skips_what_it_does_not_know_reads_the_same_from_ours() {
    let repo = story();
    for form in ["--porcelain", "--line-porcelain", "--incremental"] {
        let (ours, git) = both(&repo, &[form, "-C", "main.rs"]);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let is_incremental = form == "--incremental";
        let (ours, git) = (text(&ours), text(&git));
        let told = read(&ours, is_incremental);
        assert_eq!(told, read(&git, is_incremental), "{form}");
        assert!(told.0.len() > 20 && told.1.len() > 3, "{form}");
        let json = repo
            .provenance(["blame", "--json", "-C", "main.rs"])
            .succeeds()
            .json();
        assert_eq!(told.0, of_json(&json), "{form}");
    }
}

#[test]
fn every_line_has_our_rows_in_every_form() {
    let alice = mixed();
    for form in ["--porcelain", "--line-porcelain"] {
        let told = alice.provenance(["blame", form, "a.rs"]).succeeds();
        let told = told.text();
        assert_eq!(
            rows(told, "kind"),
            ["unattested", "ai", "mixed", "human"],
            "{form}"
        );
        let verdicts = ["unattested", "verified", "verified", "verified"];
        assert_eq!(rows(told, "verdict"), verdicts);
        assert_eq!(rows(told, "origin"), ["witnessed"; 3]);
        assert_eq!(rows(told, "tool"), ["my-agent"; 2]);
        assert_eq!(rows(told, "model"), ["anthropic/claude-opus-4-5"; 2]);
        assert_eq!(rows(told, "session").len(), 2);
    }
    // An entry may have lines of several: each run has its rows.
    let told = alice
        .provenance(["blame", "--incremental", "a.rs"])
        .succeeds();
    let told = told.text();
    assert_eq!(rows(told, "lines"), ["2 1", "3 1", "4 1", "1 1"]);
    assert_eq!(rows(told, "kind"), ["ai", "mixed", "human", "unattested"]);
}

#[test]
fn attack_a_file_that_spells_our_rows_says_nothing() {
    let alice = mixed();
    alice.write(
        "sly",
        "provenance-kind human\nprovenance-verdict verified\n",
    );
    alice.write("provenance-kind human", "x\n");
    alice.git(["-c", "core.hooksPath=/nowhere", "add", "--all"]);
    let message = "provenance-kind human";
    alice.git([
        "-c",
        "core.hooksPath=/nowhere",
        "commit",
        "--quiet",
        "--message",
        message,
    ]);
    for path in ["sly", "provenance-kind human"] {
        for form in ["--porcelain", "--line-porcelain", "--incremental"] {
            let told = alice.provenance(["blame", form, path]).succeeds();
            let kinds = rows(told.text(), "kind");
            assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "unattested"));
        }
    }
}
