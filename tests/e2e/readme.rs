//! The pages keep their word: the story of the README is what happens, and each command that a
//! page shows exists.

use std::path::Path;

use harness::Sandbox;
use harness::output::redacted;

fn page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(name)).unwrap()
}

/// Plays a console block in a fresh repository and returns it with what really is printed.
///
/// A command that is a comment stands for what Claude Code and Alice do to `retry.rs`.
fn played(block: &str) -> String {
    let alice = Sandbox::new();
    let mut played = String::new();
    for line in block.lines().filter(|line| line.starts_with("$ ")) {
        played.push_str(line);
        played.push('\n');
        let command = &line[2..];
        if command.starts_with('#') {
            let claude = alice.claude_code();
            claude.is_asked("back off when the server says 429");
            claude.writes("retry.rs", "pub fn retry() {\n    back_off();\n}\n");
            alice.append("retry.rs", "\n// TODO: test it\n");
            alice.git(["add", "--all"]);
            continue;
        }
        let mut shell = alice.command("sh");
        let output = alice.run(shell.args(["-c", command])).succeeds();
        played.push_str(output.text());
        played.push_str(&output.talk());
    }
    played
}

#[test]
fn the_story_of_the_readme_is_what_happens() {
    let readme = page("README.md");
    let block = readme.split("```").nth(1).unwrap();
    let block = block.strip_prefix("console\n").unwrap();
    let played = played(block);
    // Ids differ from run to run; what refers to what does not.
    assert_eq!(
        redacted(block),
        redacted(&played),
        "README.md should read\n{played}"
    );
}

/// The subcommands that a page shows after a prompt or between backquotes.
fn commands(typed: &str) -> Vec<String> {
    let parts = typed.split("git provenance ").skip(1);
    let mut found: Vec<String> = parts
        .filter_map(|rest| {
            let word = rest.split(|c: char| !c.is_ascii_lowercase()).next()?;
            (word.len() > 2).then(|| word.to_owned())
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_command_that_a_page_shows_exists() {
    let sandbox = Sandbox::new();
    let mut seen = 0;
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/format.md",
        "schema/README.md",
    ] {
        // Only what is typed: in a console block, or in backquotes.
        let text = page(name);
        let typed: Vec<&str> = text
            .split('`')
            .filter(|part| {
                part.trim_start().starts_with("git provenance ") || part.contains("$ git")
            })
            .collect();
        for command in commands(&typed.join("\n")) {
            sandbox.provenance([command.as_str(), "-h"]).succeeds();
            seen += 1;
        }
    }
    assert!(seen >= 5, "only {seen} commands were found");
}

#[test]
fn the_reference_of_commands_is_what_the_help_says() {
    let printed = Sandbox::new()
        .provenance(["util", "markdown-help"])
        .succeeds();
    assert!(
        printed.text() == page("docs/cli-reference.md"),
        "write it again: git provenance util markdown-help > docs/cli-reference.md"
    );
}
