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

#[test]
fn what_tools_leave_in_commits_is_known() {
    for (message, expected) in [
        (
            co("Claude <noreply@anthropic.com>"),
            "ai claude.co-author claude-code - high",
        ),
        (
            "s\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\n\
             Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>\n"
                .to_owned(),
            "ai claude.co-author claude-code anthropic/claude-opus-4-6 high",
        ),
        (
            "s\n\n🤖 Generated with [Claude Code](https://claude.ai/code)\n".to_owned(),
            "ai claude.generated claude-code - high",
        ),
        (
            "s\n\nText.\n\nhttps://claude.ai/code/session_01JpFmHu\n".to_owned(),
            "ai claude.session-line claude-code-web - high",
        ),
        (
            "s\n\nClaude-Session: https://claude.ai/code/session_1\n".to_owned(),
            "ai claude.session claude-code-web - high",
        ),
        (
            co("goose <noreply@anthropic.com>"),
            "ai anthropic.co-author goose - medium",
        ),
        (
            co("Codex <noreply@openai.com>"),
            "ai codex.co-author codex - high",
        ),
        (
            co("ChatGPT <noreply@openai.com>"),
            "ai openai.co-author chatgpt - medium",
        ),
        (
            co("Cursor <cursoragent@cursor.com>"),
            "ai cursor.co-author cursor - high",
        ),
        (
            "s\n\nMade-with: Cursor\n".to_owned(),
            "ai cursor.made-with cursor - medium",
        ),
        (
            co("Copilot <175728472+Copilot@users.noreply.github.com>"),
            "ai copilot.co-author copilot - high",
        ),
        (
            co("Copilot <copilot@github.com>"),
            "ai copilot.vscode copilot-vscode - low",
        ),
        (
            "s\n\nAgent-Logs-Url: https://github.com/a/b/sessions/1\n".to_owned(),
            "ai copilot.logs copilot-cloud - high",
        ),
        (
            co("Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>"),
            "ai devin.co-author devin - high",
        ),
        (
            co(
                "google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>",
            ),
            "ai jules.co-author jules - high",
        ),
        (
            co("gemini-code-assist[bot] <1+gemini-code-assist[bot]@users.noreply.github.com>"),
            "mixed gemini.review gemini-code-assist - medium",
        ),
        (
            co("aider (gpt-5.2-codex) <aider@aider.chat>"),
            "ai aider.co-author aider openai/gpt-5.2-codex high",
        ),
        (
            co("aider (vertex_ai/gemini-2.5-pro) <noreply@aider.dev>"),
            "ai aider.co-author aider vertex_ai/gemini-2.5-pro high",
        ),
        (
            "aider: Add a test\n\n# Aider chat conversation:\n\nUSER: add a test\n".to_owned(),
            "ai aider.chat aider - high",
        ),
        (
            "s\n\nAmp-Thread-ID: https://ampcode.com/threads/T-0f1e\n".to_owned(),
            "ai amp.thread amp - high",
        ),
        (
            co("factory-droid[bot] <138933559+factory-droid[bot]@users.noreply.github.com>"),
            "ai droid.co-author droid - high",
        ),
        (
            "s\n\n🤖 Generated with [opencode](https://opencode.ai)\n\nCo-Authored-By: opencode \
             <noreply@opencode.ai>\n"
                .to_owned(),
            "ai opencode.co-author opencode - high",
        ),
        (
            "s\n\n💘 Generated with Crush\n\nCo-Authored-By: Crush <crush@charm.land>\n".to_owned(),
            "ai crush.co-author crush - high",
        ),
        (
            "s\n\n🤖 Generated with [Firebender](https://firebender.com)\n".to_owned(),
            "ai firebender.generated firebender - high",
        ),
        (
            "s\n\nReplit-Commit-Author: Agent\n\
             Replit-Commit-Session-Id: 0f1e2d3c-0000-4000-8000-000000000000\n"
                .to_owned(),
            "ai replit.commit replit-agent - high",
        ),
        (
            "s\n\nEntire-Checkpoint: 0f1e2d3c4b5a\n".to_owned(),
            "ai entire.checkpoint - - medium",
        ),
        (
            "s\n\nAssisted-by: Claude:claude-3-opus coccinelle sparse\n".to_owned(),
            "ai named.kernel claude anthropic/claude-3-opus high",
        ),
        (
            "s\n\nAssisted-by: claude-code:anthropic/claude-opus-4-5\n".to_owned(),
            "ai named.kernel claude-code anthropic/claude-opus-4-5 high",
        ),
        (
            "s\n\nAssisted-by: my-agent:openai/gpt-5.1\n".to_owned(),
            "ai named.kernel-other my-agent openai/gpt-5.1 medium",
        ),
        (
            "s\n\nAssisted-by: Claude Opus 4.6\nSigned-off-by: Alice <alice@example.com>\n"
                .to_owned(),
            "ai named.claude claude anthropic/claude-opus-4-6 medium",
        ),
        (
            "s\n\nAssisted-by: Opus 4.7\n".to_owned(),
            "ai named.claude claude anthropic/claude-opus-4-7 medium",
        ),
        (
            "s\n\nAssisted-by: generic LLM chatbot\n".to_owned(),
            "ai named.llm - - medium",
        ),
        (
            "s\n\nAssisted-by: ChatGPTv5\n".to_owned(),
            "ai named.chatgpt chatgpt - medium",
        ),
        (
            "s\n\nGenerated-by: GitHub Copilot\n".to_owned(),
            "ai named.copilot copilot - medium",
        ),
    ] {
        assert_eq!(told(ALICE, &message), expected, "{message}");
    }
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
