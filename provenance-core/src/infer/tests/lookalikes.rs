//! People with the names of programs, quotations, and messages that are made to harm.

use super::*;

#[test]
fn people_are_not_programs() {
    for author in [
        "Claude <claude@example.com>",
        "Claude Code <claude.code@example.com>",
        "Devin AI <devin@example.com>",
        "Employee <employee@anthropic.com>",
        "Employee <devin@cursor.com>",
        "Copilot <copilot@users.noreply.github.com>",
        "x <claude[bot]@example.com>",
        "x <1+claude@users.noreply.github.com>",
        "Bob (aider) Builder <bob@example.com>",
        "robot <bot@example.com>",
        "Alice <noreply@github.com>",
        "A <noreply@anthropic.com.example.com>",
    ] {
        assert_eq!(told(author, "subject\n"), "-", "{author}");
    }
    for message in [
        co("Claude Bernard <claude.bernard@example.com>"),
        co("Claude <claude@example.com>"),
        co("Bob <bob@example.com>"),
        co("dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"),
        co("Claude noreply@anthropic.com"),
        "s\n\nAssisted-by: Claude Bernard <claude@example.com>\n".to_owned(),
        "s\n\nAssisted-by: Claude Bernard\n".to_owned(),
        "s\n\nAssisted-by: Claude Opus <opus@example.com>\n".to_owned(),
        "s\n\nAssisted-by: Junio C Hamano <gitster@pobox.com>\n".to_owned(),
        "s\n\nAssisted-by: Devin\n".to_owned(),
        "s\n\nAssisted-by: https://example.com/a\n".to_owned(),
        "s\n\nGenerated-by: protoc\n".to_owned(),
        "s\n\nGenerated with 'contrib/coccinelle/free.cocci' and Coccinelle\n".to_owned(),
        "s\n\n🤖 Generated with [cookiecutter](https://example.com)\n".to_owned(),
        "s\n\nSigned-off-by: Claude <noreply@anthropic.com>\n".to_owned(),
        "s\n\nReviewed-by: Copilot <copilot@github.com>\n".to_owned(),
        "aider: 0.82.0 -> 0.82.1\n".to_owned(),
        "claude: fix the adapter of Claude Code\n".to_owned(),
        "Use Claude to generate tests\n\nGenerated with Claude's help by hand.\n".to_owned(),
    ] {
        assert_eq!(told(ALICE, &message), "-", "{message}");
    }
}

#[test]
fn a_tool_that_only_committed_wrote_nothing() {
    let rules = Rules::built_in().unwrap();
    for committer in [
        "Alice (aider) <alice@example.com>",
        "GitHub <noreply@github.com>",
        "Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
    ] {
        let commit = commit(ALICE, committer, b"fix: what I had changed by hand\n");
        assert_eq!(rules.infer(&commit), None, "{committer}");
    }
}

#[test]
fn what_is_quoted_is_not_taken_for_the_trailer() {
    let claude = "Co-Authored-By: Claude <noreply@anthropic.com>";
    for message in [
        format!("s\n\nHe wrote:\n> {claude}\n"),
        format!("s\n\nThis drops\n\n    {claude}\n"),
        format!("s\n\n```\n{claude}\n```\n"),
        format!("s\n\nStrip `{claude}` from messages\n"),
        format!("s\n\n{claude}\nis what it leaves.\n"),
        format!("{claude}\n"),
        "s\n\n> Generated with [Claude Code](https://claude.com/claude-code)\n".to_owned(),
    ] {
        assert_eq!(told(ALICE, &message), "-", "{message}");
    }
}

#[test]
fn the_evidence_is_the_very_line_and_cannot_act_on_a_terminal() {
    let message =
        "s\n\nCo-Authored-By:  Claude\u{200b} Opus\u{202e} 4.6\t<NoReply@Anthropic.com>\r\n";
    let found = infer(ALICE, message).unwrap().findings;
    assert_eq!(
        found[0].evidence,
        "Co-Authored-By:  Claude\\u{200b} Opus\\u{202e} 4.6\\t<NoReply@Anthropic.com>"
    );
    assert!(crate::text::is_plain(&found[0].evidence));
    assert_eq!(
        infer("Claude <noreply@anthropic.com>", "s\n")
            .unwrap()
            .findings[0]
            .evidence,
        "author Claude <noreply@anthropic.com>"
    );
}

#[test]
fn hostile_messages_cost_bounded_time_and_nothing_else() {
    let rules = Rules::built_in().unwrap();
    let claude = "\n\nCo-authored-by: Claude <noreply@anthropic.com>\n";
    let long = "x".repeat(8 << 20);
    for (message, is_found) in [
        (format!("{long}{claude}").into_bytes(), true),
        (format!("s\n\n{long}{claude}").into_bytes(), true),
        (
            format!("s\n\n{}", "Assisted-by: x\n".repeat(100_000)).into_bytes(),
            false,
        ),
        (
            format!("s\n\n{}", "a: b\n\n".repeat(100_000)).into_bytes(),
            false,
        ),
        (
            format!("s\n\n{}{claude}", "```\n".repeat(2)).into_bytes(),
            true,
        ),
        (
            [b"s\n\n\xff\xfe\x80".as_slice(), claude.as_bytes()].concat(),
            true,
        ),
        // UTF-16 is read as what it is not: nothing.
        (
            "s\n\nCo-authored-by: Claude <noreply@anthropic.com>"
                .bytes()
                .flat_map(|byte| [byte, 0])
                .collect(),
            false,
        ),
        (Vec::new(), false),
    ] {
        let found = rules.infer(&commit(ALICE, ALICE, &message));
        let start = String::from_utf8_lossy(&message)
            .chars()
            .take(40)
            .collect::<String>();
        assert_eq!(found.is_some(), is_found, "{start}");
    }
    let many: Vec<String> = (0..5000)
        .map(|n| format!("Co-authored-by: P{n} <p{n}@example.com>\n"))
        .collect();
    let many = many.concat();
    let many = format!("s\n\n{many}Co-authored-by: Claude <noreply@anthropic.com>\n");
    assert_eq!(infer(ALICE, &many).unwrap().kind, InferredKind::Mixed);
}
