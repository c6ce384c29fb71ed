//! Transcripts: what a harness's own log tells about models and tokens.
//!
//! Takes a Claude Code transcript (JSON lines) from a remembered offset and gives a [`Reading`].
//! Rows of one message repeat while it streams, each with the tokens so far: a message counts once,
//! with the maximum. Messages that may go on in the next reading are remembered with what was
//! counted for them.
//!
//! Invariants: at most [`MAX_BYTES`] are read at a time, whole lines only; a transcript that is
//! missing, deleted, shorter than it was or not JSON gives nothing, and never an error. Prompt and
//! answer are not looked at.
//!
//! # What is not checked
//!
//! Whether the harness counts well. Tokens are reported as it wrote them down.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::account::Transcript;
use super::agent::claude_code::is_placeholder;
use super::entry::Reading;
use super::usage;
use crate::record::Usage;

/// The most that is read at a time: 4 MiB, some tens of milliseconds.
pub(super) const MAX_BYTES: u64 = 4 << 20;
/// How many messages may be streaming at the same time.
const MAX_OPEN: usize = 16;
/// The most tool calls whose models are remembered of one reading.
const MAX_CALLS: usize = 256;

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    version: Option<String>,
    /// Whether a subagent speaks in its session's transcript, as older versions have it.
    #[serde(default, rename = "isSidechain")]
    is_sidechain: bool,
    #[serde(default)]
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    usage: Option<Tokens>,
    #[serde(default)]
    content: serde_json::Value,
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(rename = "input_tokens")]
    input: Option<u64>,
    #[serde(rename = "cache_creation_input_tokens")]
    cache_creation: Option<u64>,
    #[serde(rename = "cache_read_input_tokens")]
    cache_read: Option<u64>,
    #[serde(rename = "output_tokens")]
    output: Option<u64>,
}

/// Reads on from where the last reading ended; `None` where there is nothing new.
pub(super) fn read(path: &str, known: &Transcript) -> Option<Reading> {
    let mut file = File::open(Path::new(path)).ok()?;
    let data = file.metadata().ok()?;
    if !data.is_file() || data.len() <= known.to {
        return None;
    }
    file.seek(SeekFrom::Start(known.to)).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    let mut whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    if whole == 0 {
        if (bytes.len() as u64) < MAX_BYTES {
            return None;
        }
        // A line longer than all that is read at a time is passed over in pieces.
        whole = bytes.len();
    }
    bytes.truncate(whole);
    Some(understood(path, known, &bytes))
}

fn understood(path: &str, known: &Transcript, bytes: &[u8]) -> Reading {
    let mut open = known.open.clone();
    let mut reading = Reading {
        path: path.to_owned(),
        from: known.to,
        to: known.to + bytes.len() as u64,
        ..Reading::default()
    };
    let mut calls = BTreeMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        // Anything that is no row of a message tells nothing.
        let Ok(row) = serde_json::from_slice::<Row>(line) else {
            continue;
        };
        reading.version = row.version.or(reading.version);
        let Some(message) = row.message else {
            continue;
        };
        let Some(model) = message.model.filter(|model| !is_placeholder(model)) else {
            continue;
        };
        for part in message.content.as_array().into_iter().flatten() {
            let id = part.get("id").and_then(serde_json::Value::as_str);
            if let Some(id) = id.filter(|_| calls.len() < MAX_CALLS) {
                calls.insert(id.to_owned(), model.clone());
            }
        }
        if let (Some(id), Some(tokens)) = (message.id, message.usage) {
            count(&mut open, &mut reading.usage, &id, &model, &tokens);
        }
        if !row.is_sidechain || !known.subagent.is_empty() {
            reading.model = Some(model);
        }
    }
    let several = calls
        .values()
        .any(|model| Some(model) != reading.model.as_ref());
    reading.calls = if several { calls } else { BTreeMap::new() };
    let surplus = open.len().saturating_sub(MAX_OPEN);
    reading.open = open.split_off(surplus);
    reading
}

/// Counts what a row adds to what was counted for its message.
fn count(
    open: &mut Vec<(String, String, Usage)>,
    total: &mut BTreeMap<String, Usage>,
    id: &str,
    model: &str,
    tokens: &Tokens,
) {
    let fresh = [tokens.input, tokens.cache_creation];
    let now = Usage {
        input_tokens: fresh.iter().flatten().copied().reduce(u64::saturating_add),
        output_tokens: tokens.output,
        cache_read_tokens: tokens.cache_read,
        cost_micro_usd: None,
    };
    let before = match open.iter().position(|(known, ..)| known == id) {
        Some(number) => open.remove(number).2,
        None => Usage::default(),
    };
    let most = usage::max(before, now);
    let known = total.entry(model.to_owned()).or_default();
    *known = usage::plus(*known, usage::minus(most, before));
    open.push((id.to_owned(), model.to_owned(), most));
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    fn row(id: &str, model: &str, input: u64, output: u64) -> String {
        json!({"type": "assistant", "version": "2.1.328", "message": {
            "id": id, "role": "assistant", "model": model,
            "content": [{"type": "tool_use", "id": format!("toolu_{id}"), "name": "Edit"}],
            "usage": {"input_tokens": input, "cache_creation_input_tokens": 10,
                      "cache_read_input_tokens": 5, "output_tokens": output}}})
        .to_string()
            + "\n"
    }

    fn known(reading: &Reading) -> Transcript {
        Transcript {
            subagent: String::new(),
            to: reading.to,
            open: reading.open.clone(),
        }
    }

    #[test]
    fn a_message_that_streams_counts_once_with_its_maximum_wherever_reading_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.jsonl");
        let text = path.to_str().unwrap();
        let rows = [
            row("m1", "claude-a", 4, 2),
            row("m2", "claude-a", 1, 1),
            row("m1", "claude-a", 4, 91),
            "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hi\"}}\nnot json\n"
                .to_owned(),
            row("m3", "<synthetic>", 100, 100),
        ];
        for cut in 0..rows.len() {
            fs::write(&path, rows[..cut].concat()).unwrap();
            let first = read(text, &Transcript::default());
            let so_far = first.as_ref().map(known).unwrap_or_default();
            fs::write(&path, rows.concat()).unwrap();
            let second = read(text, &so_far).unwrap();
            let total = [first.unwrap_or_default(), second]
                .into_iter()
                .filter_map(|reading| reading.usage.get("claude-a").copied())
                .fold(Usage::default(), usage::plus);
            assert_eq!(total.input_tokens, Some(4 + 1 + 20), "cut {cut}");
            assert_eq!(total.output_tokens, Some(91 + 1), "cut {cut}");
            assert_eq!(total.cache_read_tokens, Some(10), "cut {cut}");
        }
    }

    #[test]
    fn a_line_that_is_being_written_is_left_for_the_next_reading() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.jsonl");
        let whole = row("m1", "claude-a", 1, 1);
        fs::write(&path, format!("{whole}{}", whole.split_at(40).0)).unwrap();
        let reading = read(path.to_str().unwrap(), &Transcript::default()).unwrap();
        assert_eq!(reading.to, whole.len() as u64);
        assert_eq!(reading.model.as_deref(), Some("claude-a"));
        assert_eq!(reading.version.as_deref(), Some("2.1.328"));
        assert!(read(path.to_str().unwrap(), &known(&reading)).is_none());
    }

    #[test]
    fn where_models_change_each_call_has_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.jsonl");
        fs::write(
            &path,
            row("m1", "claude-a", 1, 1) + &row("m2", "claude-b", 1, 1),
        )
        .unwrap();
        let reading = read(path.to_str().unwrap(), &Transcript::default()).unwrap();
        assert_eq!(reading.calls["toolu_m1"], "claude-a");
        assert_eq!(reading.calls["toolu_m2"], "claude-b");
    }

    #[test]
    fn a_transcript_that_is_gone_or_no_file_tells_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read("/nowhere/t.jsonl", &Transcript::default()).is_none());
        assert!(read(dir.path().to_str().unwrap(), &Transcript::default()).is_none());
        let path = dir.path().join("t.jsonl");
        fs::write(&path, "x\n").unwrap();
        let shrunk = Transcript {
            to: 100,
            ..Transcript::default()
        };
        assert!(read(path.to_str().unwrap(), &shrunk).is_none());
    }
}
