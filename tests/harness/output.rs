//! `Output`: what a command printed and how it ended, as one text that can stand in a snapshot.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::process;

/// The end of a command.
#[derive(Debug, Clone)]
pub struct Output {
    /// What was run, for the failure text.
    pub command: String,
    /// Standard output, as bytes.
    pub stdout: Vec<u8>,
    /// Standard error, as bytes.
    pub stderr: Vec<u8>,
    /// The exit code; 128 and the signal's number where a signal ended it.
    pub status: i32,
    /// The folder that the snapshot text hides.
    pub root: String,
}

impl Output {
    pub(crate) fn new(command: String, root: &str, output: process::Output) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        let status = output
            .status
            .code()
            .unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0));
        Self {
            command,
            stdout: output.stdout,
            stderr: output.stderr,
            status,
            root: root.to_owned(),
        }
    }

    /// Returns standard output as text; ends the test if it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.stdout) {
            Ok(text) => text,
            Err(error) => panic!("standard output is not UTF-8: {error}\n{}", self.full()),
        }
    }

    /// Returns standard error as text, with replacement characters where it is not UTF-8.
    pub fn talk(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Ends the test unless the command exited with 0.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Ends the test unless the command exited with `status`.
    #[track_caller]
    pub fn exits(self, status: i32) -> Self {
        assert!(
            self.status == status,
            "expected exit code {status}, got {}\n{}",
            self.status,
            self.full()
        );
        self
    }

    /// Parses standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_slice(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("standard output is not JSON: {error}\n{}", self.full()),
        }
    }

    /// Ends the test unless either stream contains `needle`.
    #[track_caller]
    pub fn says(self, needle: &str) -> Self {
        let everything =
            String::from_utf8_lossy(&self.stdout) + String::from_utf8_lossy(&self.stderr);
        assert!(
            everything.contains(needle),
            "expected it to say {needle:?}\n{}",
            self.full()
        );
        self
    }

    /// Everything, unredacted, for failure texts.
    pub fn full(&self) -> String {
        format!(
            "$ {}\n--- stdout\n{}--- stderr\n{}--- exit code {}\n",
            self.command,
            String::from_utf8_lossy(&self.stdout),
            String::from_utf8_lossy(&self.stderr),
            self.status
        )
    }
}

/// Runs a command to its end. A program that was just written may still be open for writing in a
/// child that another thread is about to start; it is tried again until that child has begun.
pub(crate) fn finished(command: &mut process::Command) -> io::Result<process::Output> {
    for _ in 0..10_000 {
        match command.output() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now();
            }
            result => return result,
        }
    }
    command.output()
}

/// The snapshot text: standard output, then standard error under its own mark, then the exit code,
/// with what differs from run to run redacted.
impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from_utf8_lossy(&self.stdout).into_owned();
        if !self.stderr.is_empty() {
            text.push_str("[stderr]\n");
            text.push_str(&String::from_utf8_lossy(&self.stderr));
        }
        let text = redacted(&text.replace(&self.root, "[sandbox]"));
        write!(f, "{text}[exit {}]", self.status)
    }
}

/// Replaces record ids, key ids, object ids, record times and short commit ids by numbered names,
/// equal ones by the same name, so that a snapshot still shows what refers to what.
pub fn redacted(text: &str) -> String {
    let mut names = Names::default();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((token, name)) = names.at(rest) {
            out.push_str(&name);
            rest = &rest[token..];
            continue;
        }
        // Step over the whole word, so that nothing is found in the middle of one.
        let word = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len())
            .max(rest.chars().next().map_or(1, char::len_utf8));
        out.push_str(&rest[..word]);
        rest = &rest[word..];
    }
    out
}

#[derive(Default)]
struct Names {
    seen: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

impl Names {
    /// The length of the changing token at the start of `rest`, and what stands for it.
    fn at(&mut self, rest: &str) -> Option<(usize, String)> {
        if let Some(hex) = rest.strip_prefix("sha256:") {
            let length = run(hex, |b| b.is_ascii_hexdigit());
            if length >= 4 {
                return Some((7 + length, self.name("sha256", &hex[..length.min(4)])));
            }
        }
        if let Some(key) = rest.strip_prefix("SHA256:") {
            let length = run(key, |b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
            if length >= 3 {
                return Some((7 + length, self.name("SHA256", &key[..3])));
            }
        }
        if let Some(length) = time(rest) {
            return Some((length, "[time]".to_owned()));
        }
        let length = run(rest, |b| b.is_ascii_alphanumeric());
        let is_hex = rest[..length]
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let has_digit = rest[..length].bytes().any(|b| b.is_ascii_digit());
        let is_oid = matches!(length, 40 | 64) || (length == 7 && has_digit);
        (is_hex && is_oid).then(|| (length, self.name("oid", &rest[..7])))
    }

    fn name(&mut self, kind: &'static str, token: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        self.seen
            .entry(format!("{kind}:{token}"))
            .or_insert_with(|| {
                *count += 1;
                format!("[{kind} {count}]")
            })
            .clone()
    }
}

fn run(text: &str, accepts: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|b| accepts(*b)).count()
}

/// The length of an RFC 3339 moment in UTC at the start of `text`.
fn time(text: &str) -> Option<usize> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let bytes = text.as_bytes().get(..SHAPE.len())?;
    bytes
        .iter()
        .zip(SHAPE)
        .all(|(byte, shape)| match shape {
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        })
        .then_some(SHAPE.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ids_get_equal_names_and_shortened_ones_too() {
        let long = "2f6c1a9".to_owned() + &"0".repeat(33);
        let text = format!(
            "{long} 2f6c1a9 9d0e772 sha256:{} SHA256:4wqAb+/x",
            "a".repeat(64)
        );
        assert_eq!(
            redacted(&text),
            "[oid 1] [oid 1] [oid 2] [sha256 1] [SHA256 1]"
        );
    }

    #[test]
    fn words_numbers_and_other_text_stay() {
        let text = "decades 1234 line of 120 facade — ünïcode";
        assert_eq!(redacted(text), text);
    }

    #[test]
    fn record_times_are_hidden() {
        assert_eq!(redacted("at 2026-11-20T09:35:28Z."), "at [time].");
    }
}
