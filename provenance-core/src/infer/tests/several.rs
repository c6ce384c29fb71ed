//! What several findings in one commit come to.

use super::*;

#[test]
fn a_trailer_that_text_follows_is_relied_on_less() {
    let middle = "s (#7)\n\nText.\n\nCo-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>\n\
                  <!-- badge -->\n\n---\n\n<a href=\"https://example.com\">\n";
    assert_eq!(
        told(ALICE, middle),
        "ai claude.co-author claude-code anthropic/claude-opus-4-6 medium"
    );
}

#[test]
fn what_several_worked_on_is_mixed() {
    let claude = "Co-authored-by: Claude <noreply@anthropic.com>";
    let bob = "Co-authored-by: Bob <bob@example.com>";
    for message in [
        format!("s\n\n{claude}\n{bob}\n"),
        format!("s\n\n{claude}\nCo-authored-by: Cursor <cursoragent@cursor.com>\n"),
        format!("Add x (#9)\n\n* one\n\n* two\n\n{claude}\n"),
        format!("Add x (#9)\n\nText.\n\n---------\n\n{claude}\n"),
        format!("Squashed commit of the following:\n\ncommit 1\n\n{claude}\n"),
    ] {
        let inference = infer(ALICE, &message).unwrap();
        assert_eq!(inference.kind, InferredKind::Mixed, "{message}");
    }
    let robot = "Devin AI <1+devin-ai-integration[bot]@users.noreply.github.com>";
    for (author, message) in [
        (ALICE, format!("s\n\n{claude}\n")),
        (ALICE, format!("s\n\n{claude}\nCo-authored-by: {ALICE}\n")),
        (
            ALICE,
            format!("s\n\n{claude}\nSigned-off-by: Bob <bob@example.com>\n"),
        ),
        (ALICE, format!("Add x (#9)\n\nText.\n\n{claude}\n")),
        // An agent names the person who asked for it.
        (robot, format!("s\n\n{bob}\n")),
        (robot, format!("s\n\n{bob}\nCo-authored-by: {robot}\n")),
    ] {
        let inference = infer(author, &message).unwrap();
        assert_eq!(inference.kind, InferredKind::Ai, "{author} {message}");
    }
    let two = infer(robot, &format!("s\n\n{bob}\nCo-authored-by: Eve <e@x>\n")).unwrap();
    assert_eq!(two.kind, InferredKind::Mixed);
}

#[test]
fn one_agent_is_one_finding_and_two_of_its_models_are_none() {
    let message = "s\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\n\
                   Co-authored-by: Claude Opus 4.6 <noreply@anthropic.com>\n\
                   Co-authored-by: Claude Sonnet 4.5 <noreply@anthropic.com>\n";
    let inference = infer(ALICE, message).unwrap();
    assert_eq!(inference.kind, InferredKind::Ai);
    assert_eq!(inference.findings.len(), 1, "{inference:?}");
    assert_eq!(inference.findings[0].model, None);
    let session = "s\n\nCo-authored-by: Claude <noreply@anthropic.com>\n\
                   Claude-Session: https://claude.ai/code/s_1\n";
    let found = infer(ALICE, session).unwrap().findings;
    assert_eq!(found[0].session.as_deref(), Some("s_1"));
    assert_eq!(found.len(), 1);
}
