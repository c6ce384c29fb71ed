//! Messages: what the configuration does to them, and that the pin survives it.

use harness::Sandbox;

use super::{is_told, write};

/// Commits through an editor that writes `text` above what Git and the hooks have put there.
fn commits_in_an_editor(repo: &Sandbox, text: &str, arguments: &[&str]) {
    let file = repo.home().join("text");
    std::fs::write(&file, text).unwrap();
    let editor = format!(
        "cat '{}' \"$1\" >\"$1.new\"; mv \"$1.new\" \"$1\"",
        file.display()
    );
    let mut commit = repo.command("git");
    let editor = format!("f() {{ {editor}; }}; f");
    commit.env("GIT_EDITOR", editor).args(["commit", "--quiet"]);
    repo.run(commit.args(arguments)).succeeds();
}

#[track_caller]
fn is_pinned(repo: &Sandbox) {
    let message = repo.message("HEAD");
    let pins = message
        .lines()
        .filter(|line| line.starts_with("Provenance: sha256:"));
    assert_eq!(pins.count(), 1, "{message}");
    is_told(repo, "a.txt");
}

#[test]
fn attack_g39_every_cleanup_and_comment_leaves_one_pin() {
    for cleanup in ["default", "strip", "whitespace", "verbatim", "scissors"] {
        for comment in [
            ("core.commentChar", ";"),
            ("core.commentString", "//"),
            ("core.commentChar", "auto"),
        ] {
            for verbose in [&[][..], &["--verbose"]] {
                let repo = Sandbox::new().with_provenance();
                repo.git(["config", "commit.cleanup", cleanup]);
                repo.git(["config", comment.0, comment.1]);
                write(&repo, "a.txt");
                repo.git(["add", "-A"]);
                let text = "a subject\n\nA body.\n\nFixes: #1\n";
                commits_in_an_editor(&repo, text, verbose);
                is_pinned(&repo);
                let message = repo.message("HEAD");
                let first = "a subject\n\nA body.\n\nFixes: #1\n";
                assert!(
                    message.starts_with(first),
                    "{cleanup} {comment:?}: {message}"
                );
            }
        }
    }
}

#[test]
fn a_pin_that_git_takes_for_a_comment_is_missed_by_nobody() {
    let repo = Sandbox::new().with_provenance();
    repo.git(["config", "core.commentChar", "P"]);
    write(&repo, "a.txt");
    repo.git(["add", "-A"]);
    commits_in_an_editor(&repo, "a subject\n", &[]);
    assert!(!repo.message("HEAD").contains("Provenance: "));
    is_told(&repo, "a.txt");
}

#[test]
fn a_template_is_kept_and_one_that_nobody_filled_in_makes_no_commit() {
    let repo = Sandbox::new().with_provenance();
    std::fs::write(repo.home().join("template"), "subject: \n\n# Why?\n").unwrap();
    repo.git(["config", "commit.template", "~/template"]);
    write(&repo, "a.txt");
    repo.git(["add", "-A"]);
    let mut commit = repo.command("git");
    commit.env("GIT_EDITOR", "true").args(["commit", "--quiet"]);
    assert_ne!(
        repo.run(&mut commit).status,
        0,
        "the template was committed"
    );
    assert_eq!(
        repo.try_git(["rev-parse", "-q", "--verify", "HEAD"]).status,
        1
    );
    commits_in_an_editor(&repo, "told\n\n", &[]);
    is_pinned(&repo);
    assert!(repo.message("HEAD").starts_with("told\n\nsubject:"));
}

#[test]
fn a_message_in_another_encoding_is_pinned_and_verified() {
    for encoding in ["ISO-8859-1", "Shift_JIS", "UTF-16"] {
        let repo = Sandbox::new().with_provenance();
        repo.git(["config", "i18n.commitEncoding", encoding]);
        write(&repo, "a.txt");
        repo.git(["add", "-A"]);
        let message = repo.home().join("message");
        std::fs::write(&message, b"gr\xf6\xdfer\n").unwrap();
        repo.git(["commit", "--quiet", "-F", message.to_str().unwrap()]);
        let raw = repo.try_git(["cat-file", "commit", "HEAD"]).stdout;
        let raw = String::from_utf8_lossy(&raw);
        assert!(raw.contains("\nencoding "), "{raw}");
        assert!(raw.contains("\nProvenance: sha256:"), "{raw}");
        is_told(&repo, "a.txt");
        repo.provenance(["log"]).succeeds();
        repo.provenance(["show", "HEAD"]).succeeds();
    }
}

#[test]
fn carriage_returns_and_other_trailers_stay() {
    let repo = Sandbox::new().with_provenance();
    write(&repo, "a.txt");
    repo.git(["add", "-A"]);
    let message = "crlf\r\n\r\nbody\r\n\r\nSigned-off-by: A <a@example.com>\r\n";
    repo.git(["commit", "--quiet", "-m", message]);
    is_pinned(&repo);
    assert!(
        repo.message("HEAD")
            .contains("Signed-off-by: A <a@example.com>")
    );
}
