//! Claude Code's own events, from its prompt to the commit that it makes.

use super::*;

const MODEL: &str = "claude-opus-4-5-20251101";

/// A session of Claude Code.
struct Claude<'w> {
    watched: &'w Watched,
    transcript: PathBuf,
}

impl<'w> Claude<'w> {
    fn new(watched: &'w Watched) -> Self {
        let transcript = watched.sandbox.beside("cb947e5b.jsonl");
        Self {
            watched,
            transcript,
        }
    }

    fn sends(&self, event: &str, fields: &Value) {
        let mut payload = json!({
            "session_id": "cb947e5b", "transcript_path": self.transcript.to_str().unwrap(),
            "cwd": self.watched.root().to_str().unwrap(), "hook_event_name": event,
        });
        payload
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        take("claude-code", &payload);
    }

    /// `PreToolUse`, the edit, `PostToolUse`.
    fn edits(&self, path: &str, content: &str, response: &Value) {
        let (call, path) = (self.watched.call(), self.watched.root().join(path));
        let fields = json!({"tool_name": "Edit", "tool_use_id": call,
                            "tool_input": {"file_path": path.to_str().unwrap()}});
        self.sends("PreToolUse", &fields);
        self.only_after(&path, content, &call, response);
    }

    fn only_after(&self, path: &Path, content: &str, call: &str, response: &Value) {
        fs::write(path, content).unwrap();
        self.sends(
            "PostToolUse",
            &json!({"tool_name": "Edit", "tool_use_id": call, "tool_response": response,
                   "tool_input": {"file_path": path.to_str().unwrap()}}),
        );
    }

    fn answers(&self, id: &str, model: &str, output_tokens: u64) {
        let row = json!({"type": "assistant", "version": "2.1.328", "message": {
            "id": id, "model": model, "content": [],
            "usage": {"input_tokens": 10, "cache_read_input_tokens": 7, "output_tokens": output_tokens}}});
        let mut text = fs::read_to_string(&self.transcript).unwrap_or_default();
        text.push_str(&row.to_string());
        text.push('\n');
        fs::write(&self.transcript, text).unwrap();
    }
}

#[test]
fn a_session_from_its_start_to_two_commits() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    claude.sends(
        "SessionStart",
        &json!({"source": "startup", "model": MODEL}),
    );
    claude.sends("UserPromptSubmit", &json!({"prompt": "write a parser"}));
    claude.answers("m1", MODEL, 1);
    claude.answers("m1", MODEL, 50);
    claude.edits(
        "a.rs",
        "fn a() {}\n",
        &json!({"type": "create", "content": "fn a() {}\n"}),
    );
    claude.sends("UserPromptSubmit", &json!({"prompt": "and a test"}));
    claude.answers("m2", MODEL, 20);
    claude.edits(
        "a.rs",
        "fn a() {}\n#[test]\nfn b() {}\n",
        &json!({"originalFile": "fn a() {}\n"}),
    );
    claude.sends("Stop", &json!({}));
    claude.sends(
        "UserPromptSubmit",
        &json!({"prompt": "wake up", "source": "loop_wakeup"}),
    );
    let first = watched.commit("first");
    assert_eq!(claims(&first), ["a.rs ai 1-3"]);
    let contribution = &first.contributions[0];
    assert_eq!(contribution.tool.name, "claude-code");
    assert_eq!(contribution.tool.version.as_deref(), Some("2.1.328"));
    let model = contribution.model.clone().unwrap();
    assert_eq!(
        (model.raw.as_str(), model.id),
        (MODEL, format!("anthropic/{MODEL}"))
    );
    assert_eq!(contribution.iterations, Some(2));
    assert_eq!(
        (contribution.edits, contribution.tools["Edit"]),
        (Some(2), 2)
    );
    let usage = contribution.usage.unwrap();
    assert_eq!(
        (usage.input_tokens, usage.output_tokens),
        (Some(20), Some(70))
    );
    assert_eq!(
        (usage.cache_read_tokens, usage.cost_micro_usd),
        (Some(14), None)
    );
    assert_eq!(contribution.prompt_context.as_ref().unwrap().parts, 3);

    // Counting begins anew with the next record; the transcript may be gone by then.
    claude.answers("m3", MODEL, 5);
    claude.edits(
        "a.rs",
        "fn a() {}\n#[test]\nfn b() {}\nfn c() {}\n",
        &json!({}),
    );
    let second = watched.commit("second");
    assert_eq!(claims(&second), ["a.rs ai 4-4"]);
    assert_eq!(
        second.contributions[0].usage.unwrap().output_tokens,
        Some(5)
    );
    assert_eq!(
        second.contributions[0].iterations,
        Some(1),
        "the prompt still led to it"
    );
    fs::remove_file(&claude.transcript).unwrap();
    claude.edits("b.rs", "fn d() {}\n", &json!({"type": "create"}));
    assert_eq!(watched.pending().contributions[0].usage, None);
}

#[test]
fn without_an_announcement_the_content_before_is_what_the_response_tells() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    watched.write("a.rs", "1\n2\n3\n");
    watched.commit("base");
    watched.write("a.rs", "1\n2\n3\nhand\n");
    let path = watched.root().join("a.rs");
    let after = "ai\n1\n2\n3\nhand\n";
    let told = [
        json!({"originalFile": "1\n2\n3\nhand\n"}),
        json!({"structuredPatch": [{"oldStart": 1, "oldLines": 3, "newStart": 1, "newLines": 4,
                                    "lines": ["+ai", " 1", " 2", " 3"]}]}),
    ];
    for (number, response) in told.into_iter().enumerate() {
        fs::remove_dir_all(watched.root().join(".git/provenance")).unwrap();
        capture::watch(&watched.repo()).unwrap();
        claude.only_after(&path, after, &format!("x{number}"), &response);
        assert_eq!(claims(&watched.pending()), ["a.rs ai 1-1"], "{number}");
    }
    // Told nothing, it is what HEAD had: the line by hand cannot be told apart.
    fs::remove_dir_all(watched.root().join(".git/provenance")).unwrap();
    capture::watch(&watched.repo()).unwrap();
    claude.only_after(&path, after, "y", &json!({}));
    assert_eq!(claims(&watched.pending()), ["a.rs ai 1-1 ai 5-5"]);
    // Told nothing again, it is the last state that is known.
    let more = format!("{after}more\n");
    claude.only_after(&path, &more, "z", &json!({}));
    assert_eq!(claims(&watched.pending()), ["a.rs ai 1-1 ai 5-6"]);
}

#[test]
fn a_proposal_that_a_person_changed_is_mixed_and_a_failed_tool_wrote_nothing() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    claude.edits(
        "a.rs",
        "mine and yours\n",
        &json!({"type": "create", "userModified": true}),
    );
    assert_eq!(claims(&watched.pending()), ["a.rs mixed 1-1"]);
    let call = watched.call();
    let path = watched.root().join("b.rs");
    let fields = json!({"tool_name": "Write", "tool_use_id": call, "tool_input": {"file_path": path.to_str().unwrap()}});
    claude.sends("PreToolUse", &fields);
    fs::write(&path, "by hand meanwhile\n").unwrap();
    claude.sends("PostToolUseFailure", &fields);
    assert_eq!(claims(&watched.pending()), ["a.rs mixed 1-1"]);
}

#[test]
fn a_staged_proposal_counts_only_where_it_was_accepted() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    watched.write("a.rs", "1\n");
    watched.commit("base");
    let staged = json!({"type": "update", "originalFile": "1\n", "content": "1\nai\nai too\n", "staged": true});
    claude.edits("a.rs", "1\n", &staged);
    assert_eq!(claims(&watched.pending()), Vec::<String>::new());
    watched.write("a.rs", "1\nai\n");
    assert_eq!(claims(&watched.pending()), ["a.rs ai 2-2"]);
}

#[test]
fn an_event_that_two_programs_report_counts_once() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    claude.edits("a.rs", "ai\n", &json!({"type": "create"}));
    let path = watched.root().join("a.rs");
    claude.only_after(&path, "ai\n", "c-1", &json!({"type": "create"}));
    assert_eq!(watched.pending().contributions[0].edits, Some(1));
}

#[test]
fn models_that_only_the_transcript_tells_are_told_apart_with_what_they_spent() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    claude.answers("m1", "claude-a", 1);
    claude.edits("a.rs", "a\n", &json!({"type": "create"}));
    claude.sends("Stop", &json!({}));
    claude.answers("m2", "claude-b", 2);
    claude.sends("Stop", &json!({}));
    claude.edits("b.rs", "b\n", &json!({"type": "create"}));
    let observation = watched.pending();
    let mut found: Vec<_> = observation
        .contributions
        .iter()
        .map(|c| {
            (
                c.model.clone().unwrap().raw,
                c.usage.unwrap().output_tokens.unwrap(),
                c.session.seq,
            )
        })
        .collect();
    found.sort();
    let expected = [("claude-a".to_owned(), 1, 1), ("claude-b".to_owned(), 2, 1)];
    assert_eq!(found, expected);
}

#[test]
fn what_the_agent_commits_in_its_own_shell_is_its_own() {
    let watched = Watched::new();
    let claude = Claude::new(&watched);
    watched.write("a.rs", "1\n2\n");
    watched.write("b.rs", "1\n");
    watched.commit("base");
    watched.write("b.rs", "1\nhand\n");
    let fields = json!({"tool_name": "Bash", "tool_use_id": "t", "tool_input": {"command": "sed -i … && git commit -am x"}});
    claude.sends("PreToolUse", &fields);
    watched.write("a.rs", "1\nTWO\n");
    watched.sandbox.git(["add", "--all"]);
    let hint =
        AgentHint::of(|name| (name == "CLAUDE_CODE_SESSION_ID").then(|| "cb947e5b".to_owned()));
    let observation = watched.pending_as_staged(hint);
    assert_eq!(observation.committed_by, CommittedBy::Agent);
    assert_eq!(observation.remainder, Remainder::Human);
    assert_eq!(claims(&observation), ["a.rs ai 2-2"]);
    watched.commit_staged("by agent", &observation);
    claude.sends("PostToolUse", &fields);
    // It is still known for the agent's when the commit is taken back.
    watched
        .sandbox
        .git(["reset", "--quiet", "--soft", "HEAD~1"]);
    assert_eq!(claims(&watched.pending()), ["a.rs ai 2-2"]);
}

#[test]
fn a_payload_that_is_cut_or_damaged_anywhere_is_survived() {
    let payload = json!({
        "session_id": "s", "transcript_path": "/t.jsonl", "cwd": "/nowhere", "tool_name": "Edit",
        "hook_event_name": "PostToolUse", "tool_use_id": "t", "tool_input": {"file_path": "/a"},
        "tool_response": {"originalFile": null, "structuredPatch": [
            {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-a", "+b"]}]},
    });
    let bytes = payload.to_string().into_bytes();
    for name in ["claude-code", "generic", "", "\u{202e}"] {
        for cut in 0..bytes.len() {
            let parsed = agent::parse(name, &bytes[..cut], &|_| None);
            assert_eq!(parsed.events.len(), 0);
            let mut damaged = bytes.clone();
            damaged[cut] = damaged[cut].wrapping_add(1);
            for event in agent::parse(name, &damaged, &|_| None).events {
                let (clock, mut entropy) = (clock::Fixed(now()), entropy::System);
                Witness::new(&clock, &mut entropy).take(&event).unwrap();
            }
        }
    }
    let deep = "[".repeat(100_000);
    assert_eq!(
        agent::parse("generic", deep.as_bytes(), &|_| None)
            .events
            .len(),
        0
    );
}
