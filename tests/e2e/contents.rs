//! Contents and names of every kind: what has no lines is claimed whole, and nothing trips.

use harness::Sandbox;

use crate::lines::{kinds, predicate};

const MODEL: &str = "anthropic/claude-opus-4-5";

#[test]
fn carriage_returns_and_a_missing_final_newline_do_not_move_lines() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "one\r\ntwo\r\n");
    repo.commit("by hand");
    repo.agent(MODEL).appends("a.txt", "three\r\nfour");
    repo.commit("by the agent");
    assert_eq!(kinds(&repo, "a.txt"), "hhaa");
    repo.append("a.txt", "\r\nfive");
    repo.commit("by hand again");
    let kinds = kinds(&repo, "a.txt");
    assert_eq!(kinds.len(), 5);
    assert!(kinds.starts_with("hha") && kinds.ends_with('h'), "{kinds}");
}

#[test]
fn a_binary_file_is_claimed_whole() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL)
        .edits("logo.png", b"\x89PNG\0\x01\x02\n\xff");
    repo.commit("binary");
    let file = &predicate(&repo, "HEAD")["contributions"][0]["files"][0];
    assert_eq!(file["path"], "logo.png");
    assert_eq!(file["ai"], "all");
    repo.provenance(["stats", "--json"]).succeeds();
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn in_a_file_of_a_million_lines_each_line_is_whose_it_is() {
    let repo = Sandbox::new().with_provenance();
    let mut lines: Vec<String> = (0..1_000_000).map(|line| format!("{line}\n")).collect();
    repo.write("data.txt", lines.concat());
    repo.commit("by hand");
    lines[500] = "agent\n".to_owned();
    repo.agent(MODEL).edits("data.txt", lines.concat());
    lines[700] = "person\n".to_owned();
    repo.write("data.txt", lines.concat());
    repo.commit("by both");
    let file = &predicate(&repo, "HEAD")["contributions"][0]["files"][0];
    assert_eq!(file["ai"], serde_json::json!([[501, 501]]));
}

// Other file systems refuse such a name.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_recorded_as_its_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let repo = Sandbox::new().with_provenance();
    let name = OsStr::from_bytes(b"caf\xe9.txt");
    repo.claude_code()
        .runs("printf 'a\\n' > \"$(printf 'caf\\351.txt')\"");
    assert!(repo.path().join(name).exists());
    repo.commit("bytes");
    let file = &predicate(&repo, "HEAD")["contributions"][0]["files"][0];
    assert_eq!(file["path"], serde_json::json!({"b64": "Y2Fm6S50eHQ="}));
    repo.provenance(["show", "HEAD"]).succeeds();
    repo.provenance(["stats", "--json"]).succeeds();
}

#[test]
fn names_with_blanks_quotes_and_other_alphabets_are_ordinary() {
    let repo = Sandbox::new().with_provenance();
    let names = [
        "a b.txt",
        "größe/日本.txt",
        "it's \"quoted\".txt",
        "-dash",
        "#hash",
    ];
    let agent = repo.agent(MODEL);
    for name in names {
        agent.edits(name, "a\n");
    }
    repo.commit("names");
    for name in names {
        assert_eq!(kinds(&repo, name), "a", "{name}");
    }
}

#[test]
fn a_symbolic_link_is_followed_nowhere() {
    let repo = Sandbox::new().with_provenance();
    repo.write("../secret.txt", "outside the repository\n");
    repo.claude_code().runs("ln -s ../secret.txt link");
    repo.write("a.txt", "by hand\n");
    repo.commit("a link");
    assert_eq!(kinds(&repo, "a.txt"), "h");
    assert!(
        !predicate(&repo, "HEAD")
            .to_string()
            .contains("outside the repository")
    );
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn a_submodule_is_claimed_whole_or_not_at_all() {
    let repo = Sandbox::new().with_provenance();
    let library = Sandbox::new();
    library.write("lib.txt", "lib\n");
    library.commit("lib");
    repo.git([
        "submodule",
        "--quiet",
        "add",
        library.path().to_str().unwrap(),
        "lib",
    ]);
    repo.agent(MODEL).edits("a.txt", "a\n");
    repo.commit("a submodule");
    assert_eq!(kinds(&repo, "a.txt"), "a");
    repo.provenance(["stats", "--json"]).succeeds();
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn a_file_of_a_hundred_megabytes_does_not_stop_anything() {
    let repo = Sandbox::new().with_provenance();
    let agent = repo.agent(MODEL);
    agent.runs("head -c 104857600 /dev/zero > big.bin");
    agent.edits("a.txt", "a\n");
    repo.commit("big");
    assert_eq!(kinds(&repo, "a.txt"), "a");
    assert!(repo.note("HEAD")[0].len() < 100_000);
}

#[test]
fn an_empty_file_has_no_lines() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("empty.txt", "");
    repo.commit("empty");
    assert_eq!(kinds(&repo, "empty.txt"), "");
}

#[test]
fn a_deleted_file_and_a_renamed_one_claim_nothing_new() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL)
        .edits("a.txt", "a\n")
        .edits("b.txt", "b\n");
    repo.commit("two files");
    repo.git(["rm", "--quiet", "a.txt"]);
    repo.git(["mv", "b.txt", "c.txt"]);
    repo.commit("moved");
    repo.provenance(["verify"]).succeeds();
    let kinds = kinds(&repo, "c.txt");
    assert!(
        kinds == "a" || kinds == "h",
        "the author of the line or of the move: {kinds}"
    );
}
