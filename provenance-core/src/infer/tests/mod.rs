//! Messages as tools and people write them, and what they come to.

mod files;
mod lookalikes;
mod several;

use super::*;

const ALICE: &str = "Alice <alice@example.com>";

fn commit(author: &str, committer: &str, message: &[u8]) -> RawCommit {
    let head = format!(
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor {author} 1 +0000\n\
         committer {committer} 2 +0000\n\n"
    );
    let bytes = [head.as_bytes(), message].concat();
    RawCommit::parse("7".repeat(40).parse().unwrap(), &bytes).unwrap()
}

fn infer(author: &str, message: &str) -> Option<Inference> {
    let rules = Rules::built_in().unwrap();
    rules.infer(&commit(author, ALICE, message.as_bytes()))
}

/// Kind, rule, tool, model and confidence in one line; `-` for nothing.
fn told(author: &str, message: &str) -> String {
    let Some(inference) = infer(author, message) else {
        return "-".to_owned();
    };
    let finding = inference.leading().unwrap();
    let model = finding
        .model
        .as_ref()
        .map_or("-", |model| model.id.as_str());
    format!(
        "{} {} {} {model} {}",
        inference.kind,
        finding.rule,
        finding.tool.as_deref().unwrap_or("-"),
        finding.confidence
    )
}

fn co(name_and_address: &str) -> String {
    format!("subject\n\nText.\n\nCo-authored-by: {name_and_address}\n")
}

/// The end of a message, and what it comes to.
const LEFT_BY_TOOLS: &[(&str, &str)] = &[
    (
        "Co-authored-by: Claude <noreply@anthropic.com>",
        "ai claude.co-author claude-code - high",
    ),
    (
        "🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\n\
             Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>",
        "ai claude.co-author claude-code anthropic/claude-opus-4-6 high",
    ),
    (
        "🤖 Generated with [Claude Code](https://claude.ai/code)",
        "ai claude.generated claude-code - high",
    ),
    (
        "https://claude.ai/code/session_01JpFmHu",
        "ai claude.session-line claude-code-web - high",
    ),
    (
        "Claude-Session: https://claude.ai/code/session_1",
        "ai claude.session claude-code-web - high",
    ),
    (
        "Co-authored-by: goose <noreply@anthropic.com>",
        "ai anthropic.co-author goose - medium",
    ),
    (
        "Co-authored-by: Codex <noreply@openai.com>",
        "ai codex.co-author codex - high",
    ),
    (
        "Co-authored-by: ChatGPT <noreply@openai.com>",
        "ai openai.co-author chatgpt - medium",
    ),
    (
        "Co-authored-by: Cursor <cursoragent@cursor.com>",
        "ai cursor.co-author cursor - high",
    ),
    ("Made-with: Cursor", "ai cursor.made-with cursor - medium"),
    (
        "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>",
        "ai copilot.co-author copilot - high",
    ),
    (
        "Co-authored-by: Copilot <copilot@github.com>",
        "ai copilot.vscode copilot-vscode - low",
    ),
    (
        "Agent-Logs-Url: https://github.com/a/b/sessions/1",
        "ai copilot.logs copilot-cloud - high",
    ),
    (
        "Co-authored-by: Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
        "ai devin.co-author devin - high",
    ),
    (
        "Co-authored-by: google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>",
        "ai jules.co-author jules - high",
    ),
    (
        "Co-authored-by: gemini-code-assist[bot] <1+gemini-code-assist[bot]@users.noreply.github.com>",
        "mixed gemini.review gemini-code-assist - medium",
    ),
    (
        "Co-authored-by: aider (gpt-5.2-codex) <aider@aider.chat>",
        "ai aider.co-author aider openai/gpt-5.2-codex high",
    ),
    (
        "Co-authored-by: aider (vertex_ai/gemini-2.5-pro) <noreply@aider.dev>",
        "ai aider.co-author aider vertex_ai/gemini-2.5-pro high",
    ),
    (
        "Amp-Thread-ID: https://ampcode.com/threads/T-0f1e",
        "ai amp.thread amp - high",
    ),
    (
        "Co-authored-by: factory-droid[bot] <138933559+factory-droid[bot]@users.noreply.github.com>",
        "ai droid.co-author droid - high",
    ),
    (
        "🤖 Generated with [opencode](https://opencode.ai)\n\nCo-Authored-By: opencode \
             <noreply@opencode.ai>",
        "ai opencode.co-author opencode - high",
    ),
    (
        "💘 Generated with Crush\n\nCo-Authored-By: Crush <crush@charm.land>",
        "ai crush.co-author crush - high",
    ),
    (
        "🤖 Generated with [Firebender](https://firebender.com)\n\n\
         Co-Authored-By: Firebender <help@firebender.com>",
        "ai firebender.co-author firebender - high",
    ),
    (
        "Replit-Commit-Author: Agent\n\
             Replit-Commit-Session-Id: 0f1e2d3c-0000-4000-8000-000000000000",
        "ai replit.commit replit-agent - high",
    ),
    (
        "Entire-Checkpoint: 0f1e2d3c4b5a",
        "ai entire.checkpoint - - medium",
    ),
    (
        "Assisted-by: Claude:claude-3-opus coccinelle sparse",
        "ai named.kernel claude anthropic/claude-3-opus high",
    ),
    (
        "Assisted-by: claude-code:anthropic/claude-opus-4-5",
        "ai named.kernel claude-code anthropic/claude-opus-4-5 high",
    ),
    (
        "Assisted-by: my-agent:openai/gpt-5.1",
        "ai named.kernel-other my-agent openai/gpt-5.1 medium",
    ),
    (
        "Assisted-by: Claude Opus 4.6\nSigned-off-by: Alice <alice@example.com>",
        "ai named.claude claude anthropic/claude-opus-4-6 medium",
    ),
    (
        "Assisted-by: Opus 4.7",
        "ai named.claude claude anthropic/claude-opus-4-7 medium",
    ),
    (
        "Assisted-by: generic LLM chatbot",
        "ai named.llm - - medium",
    ),
    (
        "Assisted-by: ChatGPTv5",
        "ai named.chatgpt chatgpt - medium",
    ),
    (
        "Generated-by: GitHub Copilot",
        "ai named.copilot copilot - medium",
    ),
];

#[test]
fn what_tools_leave_in_commits_is_known() {
    for (end, expected) in LEFT_BY_TOOLS {
        let message = format!("subject\n\nText.\n\n{end}\n");
        assert_eq!(told(ALICE, &message), *expected, "{message}");
    }
    assert_eq!(
        told(
            ALICE,
            "aider: Add a test\n\n# Aider chat conversation:\n\nUSER: add a test\n"
        ),
        "ai aider.chat aider - high"
    );
}

#[test]
fn programs_that_commit_are_known_by_their_address() {
    for (author, expected) in [
        (
            "Claude <noreply@anthropic.com>",
            "ai claude.author claude-code - high",
        ),
        (
            "claude[bot] <209825114+claude[bot]@users.noreply.github.com>",
            "ai claude.app claude-code-action - high",
        ),
        (
            "copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>",
            "ai copilot.author copilot-cloud - high",
        ),
        (
            "Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
            "ai devin.author devin - high",
        ),
        (
            "Cursor Agent <cursoragent@cursor.com>",
            "ai cursor.author cursor-cloud - high",
        ),
        (
            "Alice (aider) <alice@example.com>",
            "ai aider.author aider - high",
        ),
        (
            "lovable-dev[bot] <lovable-dev[bot]@users.noreply.github.com>",
            "ai lovable.author lovable - high",
        ),
        (
            "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
            "automation auto.dependabot dependabot - high",
        ),
        (
            "dependabot[bot] <support@dependabot.com>",
            "automation auto.dependabot dependabot - high",
        ),
        (
            "renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>",
            "automation auto.renovate renovate - high",
        ),
        (
            "bors <bors@rust-lang.org>",
            "automation auto.bors bors - high",
        ),
        (
            "Some App <1+some-app[bot]@users.noreply.github.com>",
            "automation auto.app some-app - medium",
        ),
    ] {
        assert_eq!(told(author, "subject\n"), expected, "{author}");
    }
}
