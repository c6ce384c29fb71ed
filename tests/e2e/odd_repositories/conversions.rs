//! Conversions: where what stands on disk is not what Git keeps.

use harness::Sandbox;

use super::{MODEL, is_told};
use crate::lines::{kinds, predicate};

/// A repository with such attributes and settings.
fn with(attributes: &str, settings: &[(&str, &str)]) -> Sandbox {
    let repo = Sandbox::new();
    for (name, value) in settings {
        repo.git(["config", name, value]);
    }
    repo.write(".gitattributes", attributes);
    repo.git(["add", "-A"]);
    repo.git(["commit", "--quiet", "-m", "before records began"]);
    repo.with_provenance()
}

#[test]
fn line_ends_on_disk_are_no_lines_of_anybody() {
    for (attributes, settings) in [
        ("", &[("core.autocrlf", "true")][..]),
        ("", &[("core.autocrlf", "input")]),
        ("*.txt text eol=crlf\n", &[]),
        ("* text=auto\n", &[("core.eol", "crlf")]),
    ] {
        let repo = with(attributes, settings);
        repo.agent(MODEL).edits("a.txt", "ai one\r\nai two\r\n");
        repo.append("a.txt", "by hand\r\n");
        repo.commit("with carriage returns");
        assert_eq!(
            repo.git(["show", "HEAD:a.txt"]),
            "ai one\nai two\nby hand",
            "{settings:?}"
        );
        is_told(&repo, "a.txt");
        // What Git checks out again is nobody's change.
        std::fs::remove_file(repo.path().join("a.txt")).unwrap();
        repo.git(["checkout", "--", "a.txt"]);
        let text = repo.read("a.txt");
        repo.write("a.txt", format!("by hand first\r\n{text}"));
        repo.agent(MODEL).appends("a.txt", "ai last\r\n");
        repo.commit("more");
        assert_eq!(kinds(&repo, "a.txt"), "haaha", "{attributes} {settings:?}");
    }
}

#[test]
fn lines_that_a_filter_writes_otherwise_keep_their_authors() {
    // On disk every line is indented, and numbered at its end.
    let settings = [
        ("filter.odd.clean", "sed -e 's/^    //' -e 's/ #[0-9]*$//'"),
        (
            "filter.odd.smudge",
            "sed -e 's/^/    /' | awk '{print $0 \" #\" NR}'",
        ),
        ("filter.odd.required", "true"),
    ];
    let repo = with("*.txt filter=odd\n", &settings);
    let agent = repo.agent(MODEL);
    agent.edits("a.txt", "    ai says one #1\n    ai says two #2\n");
    repo.append("a.txt", "    and this by hand #3\n");
    repo.commit("filtered");
    let kept = "ai says one\nai says two\nand this by hand";
    assert_eq!(repo.git(["show", "HEAD:a.txt"]), kept);
    is_told(&repo, "a.txt");
}

#[test]
fn a_keyword_that_git_expands_changes_no_author() {
    let repo = with("*.txt ident\n", &[]);
    repo.agent(MODEL).edits("a.txt", "$Id$ by ai\nai two\n");
    repo.append("a.txt", "by hand\n");
    repo.commit("a keyword");
    is_told(&repo, "a.txt");
    std::fs::remove_file(repo.path().join("a.txt")).unwrap();
    repo.git(["checkout", "--", "a.txt"]);
    assert!(repo.read("a.txt").starts_with("$Id: "), "Git expands it");
    repo.append("a.txt", "more by hand\n");
    repo.agent(MODEL).appends("a.txt", "ai last\n");
    repo.commit("more");
    assert_eq!(kinds(&repo, "a.txt"), "aahha");
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_in_another_encoding_on_disk_has_lines_all_the_same() {
    let repo = with("*.txt working-tree-encoding=UTF-16LE text eol=lf\n", &[]);
    repo.agent(MODEL)
        .edits("a.txt", utf16("ai größer\nai two\n"));
    repo.write("a.txt", utf16("ai größer\nai two\nby hand\n"));
    repo.commit("wide");
    assert_eq!(
        repo.git(["show", "HEAD:a.txt"]),
        "ai größer\nai two\nby hand"
    );
    // Nobody can tell the lines of such a file apart: it is never a person's.
    let seen = kinds(&repo, "a.txt");
    assert!(["aah", "aaa"].contains(&seen.as_str()), "{seen}");
    repo.provenance(["verify", "HEAD~1..HEAD"]).succeeds();
}

/// A stand-in for Git LFS: the blob is a pointer, the content lies in the Git directory.
const LFS: [(&str, &str); 3] = [
    (
        "filter.lfs.clean",
        "f() { t=$(mktemp); cat >\"$t\"; o=$(sha256sum <\"$t\" | cut -d' ' -f1); s=$(wc -c <\"$t\"); \
         mkdir -p .git/lfs; mv \"$t\" .git/lfs/$o; \
         printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %d\\n' $o $s; }; f",
    ),
    (
        "filter.lfs.smudge",
        "f() { o=$(sed -n 's/^oid sha256://p'); cat .git/lfs/$o; }; f",
    ),
    ("filter.lfs.required", "true"),
];

#[test]
fn a_pointer_of_lfs_is_claimed_whole() {
    let repo = with("*.bin filter=lfs -text\n", &LFS);
    repo.agent(MODEL).edits("by-ai.bin", "drawn\nby an agent\n");
    repo.write("by-hand.bin", "drawn\nby hand\n");
    repo.commit("pictures");
    assert!(repo.git(["show", "HEAD:by-ai.bin"]).contains("git-lfs"));
    let record = predicate(&repo, "HEAD");
    let files = record["contributions"][0]["files"].as_array().unwrap();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(
        (&files[0]["path"], &files[0]["ai"]),
        (&"by-ai.bin".into(), &"all".into())
    );
    assert_eq!(kinds(&repo, "by-ai.bin"), "aaa");
    assert_eq!(kinds(&repo, "by-hand.bin"), "hhh");
    repo.provenance(["verify", "HEAD~1..HEAD"]).succeeds();
    // Checked out anew, the content is there, and nobody changed it.
    std::fs::remove_file(repo.path().join("by-ai.bin")).unwrap();
    repo.git(["checkout", "--", "by-ai.bin"]);
    assert_eq!(repo.read("by-ai.bin"), "drawn\nby an agent\n");
    // A person draws it anew: the new pointer is the person's.
    repo.write("by-ai.bin", "drawn\nby hand after all\n");
    repo.commit("anew");
    let seen = kinds(&repo, "by-ai.bin");
    assert!(seen.starts_with('a') && !seen.contains('u'), "{seen}");
}
