//! `util`: what packagers, shells and other tools ask for, and the help pages.

use harness::Sandbox;

/// Every command, as the help page lists them.
fn commands(nowhere: &Sandbox) -> Vec<String> {
    let help = nowhere.provenance(["-h"]).succeeds();
    let listed = help
        .text()
        .lines()
        .skip_while(|row| *row != "Commands:")
        .skip(1);
    listed
        .take_while(|row| !row.is_empty())
        .filter(|row| row.starts_with("  ") && !row.starts_with("   "))
        .map(|row| row.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_command_has_a_help_page_that_ends_with_the_exit_codes() {
    let nowhere = Sandbox::without_repository();
    let commands = commands(&nowhere);
    assert!(commands.len() >= 14, "{commands:?}");
    for command in &commands {
        let help = nowhere.provenance([command.as_str(), "-h"]).succeeds();
        let end: Vec<&str> = help.text().trim_end().lines().rev().take(4).collect();
        assert_eq!(end[3], "Exit codes:", "{}", help.full());
        assert!(
            help.text().lines().all(|row| row.chars().count() <= 80),
            "{}",
            help.full()
        );
    }
}

#[test]
fn a_usage_error_is_could_not_answer() {
    let nowhere = Sandbox::without_repository();
    for args in [vec!["nope"], vec!["verify", "--nope"], vec![]] {
        let output = nowhere.provenance(&args).exits(2);
        assert!(output.stdout.is_empty(), "{}", output.full());
    }
}

#[test]
fn git_help_finds_the_page_that_was_installed() {
    let alice = Sandbox::new();
    alice
        .provenance(["util", "man", "--install"])
        .succeeds()
        .says("share/man/man1");
    let pages = alice.home().join(".local/share/man");
    let page = std::fs::read_to_string(pages.join("man1/git-provenance.1")).unwrap();
    assert!(page.starts_with(".ie \\n(.g") || page.contains(".TH git-provenance 1"));
    for command in commands(&alice) {
        assert!(
            pages
                .join(format!("man1/git-provenance-{command}.1"))
                .exists(),
            "{command}"
        );
        let one = alice.provenance(["util", "man", &command]).succeeds();
        assert!(one.text().contains(".SH DESCRIPTION") || one.text().contains(".SH SYNOPSIS"));
    }
    let mut help = alice.command("git");
    help.args(["provenance", "--help"])
        .env("MANPATH", &pages)
        .env("MANPAGER", "cat");
    if alice
        .command("man")
        .arg("--version")
        .output()
        .is_ok_and(|man| man.status.success())
    {
        alice.run(&mut help).succeeds().says("Who wrote which line");
    }
}

#[test]
fn shells_accept_their_completions() {
    let nowhere = Sandbox::without_repository();
    for shell in ["bash", "zsh", "fish"] {
        let script = nowhere.provenance(["util", "completion", shell]).succeeds();
        assert!(script.text().contains("blame"), "{shell}");
        let mut check = nowhere.command(shell);
        if let Ok(version) = nowhere.command(shell).arg("--version").output()
            && version.status.success()
        {
            nowhere.write("completion", &script.stdout);
            nowhere.run(check.args(["-n", "completion"])).succeeds();
        }
    }
}

#[test]
fn schemas_are_printed_as_they_stand_in_the_project() {
    let nowhere = Sandbox::without_repository();
    let names = nowhere.provenance(["util", "schema"]).succeeds();
    for name in names.text().lines() {
        let printed = nowhere.provenance(["util", "schema", name]).succeeds();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema");
        let kept = std::fs::read(format!("{folder}/{name}.v1.schema.json")).unwrap();
        assert_eq!(printed.stdout, kept, "{name}");
    }
    nowhere
        .provenance(["util", "schema", "nope"])
        .exits(2)
        .says("util schema lists them");
}

#[test]
fn the_reference_has_every_command() {
    let nowhere = Sandbox::without_repository();
    let reference = nowhere.provenance(["util", "markdown-help"]).succeeds();
    for command in commands(&nowhere) {
        let title = format!("## `git provenance {command}`");
        assert!(reference.text().contains(&title), "{title}");
    }
}
