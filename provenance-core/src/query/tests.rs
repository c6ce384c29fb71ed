use std::sync::Arc;

use super::*;
use crate::attribute::{Claims, Contributor, Moment};
use crate::digest::Digest;
use crate::verify::Judgement;

fn commit(author: &str, seconds: i64, verdict: Verdict) -> CommitFacts {
    let judgement = Judgement {
        commit_id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().unwrap(),
        verdict,
        record_id: None,
        signer: None,
        principal: None,
        pins: vec![],
        reasons: vec![],
        evidence: vec![],
    };
    CommitFacts {
        commit_id: judgement.commit_id,
        parent_ids: vec![],
        author: author.to_owned(),
        author_name: author.to_owned(),
        author_moment: Moment::default(),
        commit_moment: Moment {
            seconds,
            offset_minutes: 0,
        },
        title: String::new(),
        claims: Claims::of(&judgement),
        judgement,
        is_whole: true,
        inferred: None,
    }
}

fn by(tool: &str, model: &str) -> LineAuthor {
    LineAuthor {
        kind: LineKind::Ai,
        origin: Some(Origin::Witnessed),
        contributor: Some(Arc::new(Contributor {
            record_id: Digest::of(b""),
            origin: Origin::Witnessed,
            index: 0,
            tool: tool.to_owned(),
            model: Some(model.to_owned()),
            session: "s-1".to_owned(),
        })),
    }
}

#[test]
fn an_empty_filter_wants_everything() {
    let filter = Filter::default();
    let commit = commit("Alice <alice@example.com>", 10, Verdict::Unattested);
    assert!(filter.wants(&commit, &LineAuthor::UNATTESTED));
    assert!(!filter.asks_about_lines());
}

#[test]
fn conditions_narrow_and_their_alternatives_widen() {
    let alice = commit("Alice <alice@example.com>", 10, Verdict::Verified);
    let bob = commit("Bob <bob@example.com>", 20, Verdict::Missing);
    let opus = by("claude-code", "anthropic/claude-opus-4-5");
    let mut filter = Filter {
        authors: vec!["ALICE@".to_owned(), "bob".to_owned()],
        ..Filter::default()
    };
    assert!(filter.wants(&alice, &opus) && filter.wants(&bob, &opus));
    filter.until = Some(10);
    assert!(filter.wants(&alice, &opus) && !filter.wants(&bob, &opus));
    filter.verdicts = vec![Verdict::Missing];
    assert!(!filter.wants(&alice, &opus));
}

#[test]
fn one_author_must_meet_every_condition_on_authors() {
    let alice = commit("Alice <alice@example.com>", 10, Verdict::Verified);
    let filter = Filter {
        tools: vec!["codex".parse().unwrap()],
        models: vec!["claude-*".parse().unwrap()],
        ..Filter::default()
    };
    assert!(filter.asks_about_lines());
    let (claude, codex) = (by("claude-code", "claude-x"), by("codex", "openai/gpt-5"));
    assert!(!filter.wants(&alice, &claude) && !filter.wants(&alice, &codex));
    assert!(filter.wants(&alice, &by("codex", "claude-x")));
    assert!(!filter.wants(&alice, &LineAuthor::UNATTESTED));
}

#[test]
fn what_nobody_is_known_to_have_accepted_is_unapproved() {
    let filter = Filter {
        unapproved: true,
        ..Filter::default()
    };
    let commit = commit("Alice <alice@example.com>", 10, Verdict::Unattested);
    assert!(filter.wants_commit(&commit));
}
