//! What `commit-msg` does to the message: one pin, and who assisted.
//!
//! Takes the bytes of the message file as the user left it, gives the bytes to write back. The new
//! lines join the last paragraph of trailers, or make one below the body: above comments, above the
//! scissors line of `git commit -v`, with the line ends of what stands before them. `---` in a body
//! is text. Whatever is not a pin stays, byte for byte.
//!
//! Invariant: editing the result again with the same [`Edit`] changes nothing.
//!
//! # What is not checked
//!
//! What was typed on the command line of `git commit`: `--cleanup` and `--template` are not told to
//! a hook. Where the caller does not know, [`Cleanup::Strip`] is the safe guess with an editor,
//! [`Cleanup::Whitespace`] without one. Hooks that run after ours may rewrite the message.

use std::borrow::Cow;

use super::{paragraph, pin, pin_line, without_end};
use crate::digest::Digest;
use crate::text;

/// What Git puts before the diff of `git commit -v`, after the comment prefix and a blank.
const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";
/// What Git picks from for `core.commentChar=auto`.
const CANDIDATES: &[u8] = b"#;@!$%^&|:";
/// What Git's own check for an empty message looks through.
const SIGN_OFF: &[u8] = b"Signed-off-by: ";

/// How Git will clean the message after the hook (`commit.cleanup` in git-config(1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// Comments and needless white space go.
    Strip,
    /// Needless white space goes.
    Whitespace,
    /// Needless white space goes, and everything from the scissors line on.
    Scissors,
    /// Nothing goes.
    Verbatim,
}

impl Cleanup {
    /// Returns what `commit.cleanup` means. `edited`: an editor is opened, which a hook can tell by
    /// `GIT_EDITOR` not being `:`. A value that Git does not know is the default, as Git would
    /// have refused it before any hook.
    #[must_use]
    #[expect(
        clippy::match_same_arms,
        reason = "one arm for each value of the manual page"
    )]
    pub fn from_config(value: Option<&str>, edited: bool) -> Self {
        match value {
            Some("verbatim") => Self::Verbatim,
            Some("whitespace") => Self::Whitespace,
            Some("strip") => Self::Strip,
            Some("scissors") if edited => Self::Scissors,
            Some("scissors") => Self::Whitespace,
            _ if edited => Self::Strip,
            _ => Self::Whitespace,
        }
    }
}

/// What a comment begins with (`core.commentChar`, `core.commentString`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comment {
    /// These bytes.
    Prefix(Vec<u8>),
    /// `auto`: a character that no line of the message began with.
    Auto,
}

impl Comment {
    /// Returns what the setting means; `#` where it is not set.
    #[must_use]
    pub fn from_config(value: Option<&[u8]>) -> Self {
        match value {
            None | Some(b"") => Self::default(),
            Some(b"auto") => Self::Auto,
            Some(prefix) => Self::Prefix(prefix.to_vec()),
        }
    }
}

impl Default for Comment {
    fn default() -> Self {
        Self::Prefix(b"#".to_vec())
    }
}

/// What to write into a message, and how Git will read it.
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    /// The record to pin; `None` takes every pin out.
    pub pin: Option<&'a Digest>,
    /// The `agent:model` of each `Assisted-by` line.
    pub assisted_by: &'a [String],
    /// How Git will clean the message.
    pub cleanup: Cleanup,
    /// How comments begin.
    pub comment: Comment,
    /// The content of `commit.template`: a message that adds nothing to it makes Git abort.
    pub template: Option<&'a [u8]>,
}

/// The outcome of [`edit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// Git will abort the commit for its empty or unedited message: leave the file as it is.
    Aborts,
    /// The bytes to write.
    Message(Vec<u8>),
}

/// How the lines of one message are to be read.
pub(super) struct Rules<'a> {
    /// The prefix of lines that Git will remove; `None` where it keeps them.
    comment: Option<Cow<'a, [u8]>>,
}

impl Rules<'_> {
    /// Answers whether Git will remove the line as a comment.
    pub(super) fn is_comment(&self, line: &[u8]) -> bool {
        self.comment
            .as_ref()
            .is_some_and(|prefix| line.starts_with(prefix))
    }

    fn is_content(&self, line: &[u8]) -> bool {
        !paragraph::is_blank(line) && !self.is_comment(line)
    }

    /// Where the content ends: below it are only comments and blank lines.
    fn end(&self, lines: &[&[u8]]) -> usize {
        lines
            .iter()
            .rposition(|line| self.is_content(line))
            .map_or(0, |last| last + 1)
    }

    /// `rest_is_empty` in Git's `sequencer.c`.
    fn is_empty(&self, lines: &[&[u8]]) -> bool {
        !lines
            .iter()
            .any(|line| self.is_content(line) && !line.starts_with(SIGN_OFF))
    }

    /// `template_untouched` in Git's `sequencer.c`.
    fn is_template(&self, lines: &[&[u8]], template: &[u8]) -> bool {
        let template: Vec<&[u8]> = template.split_inclusive(|b| *b == b'\n').collect();
        let content = |lines: &[&[u8]]| -> Vec<Vec<u8>> {
            lines
                .iter()
                .filter(|line| self.is_content(line))
                .map(|line| without_end(line).to_vec())
                .collect()
        };
        let (written, given) = (content(lines), content(&template));
        !given.is_empty()
            && written.strip_prefix(given.as_slice()).is_some_and(|rest| {
                let rest: Vec<&[u8]> = rest.iter().map(Vec::as_slice).collect();
                self.is_empty(&rest)
            })
    }
}

/// Returns `message` with exactly one pin, or none, and with the `Assisted-by` lines.
#[must_use]
pub fn edit(message: &[u8], edit: &Edit<'_>) -> Edited {
    let lines: Vec<&[u8]> = message.split_inclusive(|byte| *byte == b'\n').collect();
    let prefix = prefix(&lines, &edit.comment);
    let cut = lines
        .iter()
        .position(|line| is_scissors(line, &prefix))
        .unwrap_or(lines.len());
    let rules = Rules {
        comment: (edit.cleanup == Cleanup::Strip).then_some(prefix),
    };
    let (above, below) = lines.split_at(cut);
    let verbatim = edit.cleanup == Cleanup::Verbatim && !message.is_empty();
    let aborts = rules.is_empty(above)
        || edit
            .template
            .is_some_and(|template| rules.is_template(above, template));
    if aborts && !verbatim {
        return Edited::Aborts;
    }
    let pin_text = edit.pin.map(pin_line);
    let mut kept = pin_text.as_ref().and_then(|_| kept_pin(above, &rules));
    let mut kept_lines = without_pins(above, kept, pin_text.as_deref());
    if kept_pin(&borrowed(&kept_lines), &rules).is_none() {
        // Without the others it no longer stands among the trailers.
        kept = None;
        kept_lines = without_pins(above, None, None);
    }
    if pin_text.is_none() && rules.is_empty(&borrowed(&kept_lines)) && !verbatim {
        // Without its pin nothing would be left, and Git would abort because of us.
        return Edited::Message(message.to_vec());
    }
    let new_lines = missing_lines(&kept_lines, pin_text.filter(|_| kept.is_none()), edit);
    let mut message = with_lines(&kept_lines, &new_lines, &rules);
    message.extend(without_pins(below, None, None).concat());
    Edited::Message(message)
}

/// What comments begin with in this message.
fn prefix<'a>(lines: &[&[u8]], comment: &'a Comment) -> Cow<'a, [u8]> {
    match comment {
        Comment::Prefix(prefix) => Cow::Borrowed(prefix),
        Comment::Auto => {
            // Git writes its comments last, with what it picked.
            let candidates = || CANDIDATES.iter().copied();
            let scissors = |c: &u8| lines.iter().any(|line| is_scissors(line, &[*c]));
            let last = lines.iter().rfind(|line| !paragraph::is_blank(line));
            let picked = candidates()
                .find(scissors)
                .or_else(|| candidates().find(|c| last.and_then(|l| l.first()) == Some(c)));
            Cow::Owned(vec![picked.unwrap_or(b'#')])
        }
    }
}

fn is_scissors(line: &[u8], prefix: &[u8]) -> bool {
    line.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix(b" "))
        .is_some_and(|rest| without_end(rest) == SCISSORS)
}

/// The pin that is replaced where it stands: the first in the last paragraph of trailers, else one
/// that is the title. Any other one goes.
fn kept_pin(lines: &[&[u8]], rules: &Rules<'_>) -> Option<usize> {
    let content = lines.get(..rules.end(lines))?;
    let is_pin = |index: &usize| content.get(*index).copied().and_then(pin).is_some();
    let title = || content.iter().position(|line| rules.is_content(line));
    paragraph::start(content, rules)
        .and_then(|start| (start..content.len()).find(is_pin))
        .or_else(|| title().filter(is_pin))
}

/// Takes the pins out, with the blank lines that would then stand twice; `kept` gets the new text.
fn without_pins<'a>(
    lines: &[&'a [u8]],
    kept: Option<usize>,
    pin_text: Option<&str>,
) -> Vec<Cow<'a, [u8]>> {
    let mut out: Vec<Cow<'a, [u8]>> = Vec::with_capacity(lines.len());
    let mut removed = false;
    for (index, line) in lines.iter().enumerate() {
        if pin(line).is_some() {
            match pin_text.filter(|_| kept == Some(index)) {
                Some(text) => out.push(Cow::Owned([text.as_bytes(), end_of(line)].concat())),
                None => removed = true,
            }
            continue;
        }
        let doubled = removed
            && paragraph::is_blank(line)
            && out.last().is_none_or(|last| paragraph::is_blank(last));
        if !doubled {
            out.push(Cow::Borrowed(line));
            removed = false;
        }
    }
    out
}

/// The lines to add: the pin, unless it stands already, and each assistant that is not yet named.
fn missing_lines(lines: &[Cow<'_, [u8]>], pin: Option<String>, edit: &Edit<'_>) -> Vec<String> {
    let mut missing: Vec<String> = pin.into_iter().collect();
    for assistant in edit.assisted_by {
        let assistant = text::cleaned(assistant);
        let line = format!("Assisted-by: {}", assistant.trim());
        let named = lines
            .iter()
            .any(|existing| without_end(existing) == line.as_bytes());
        if !named && !missing.contains(&line) {
            missing.push(line);
        }
    }
    missing
}

/// Puts `new_lines` below the content of `lines`.
fn with_lines(lines: &[Cow<'_, [u8]>], new_lines: &[String], rules: &Rules<'_>) -> Vec<u8> {
    let lines = borrowed(lines);
    if new_lines.is_empty() {
        return lines.concat();
    }
    let (content, rest) = lines.split_at(rules.end(&lines));
    let newline = content
        .iter()
        .rev()
        .map(|line| end_of(line))
        .find(|end| !end.is_empty())
        .unwrap_or(b"\n");
    let mut message = content.concat();
    if !content.is_empty() {
        if end_of(&message).is_empty() {
            message.extend_from_slice(newline);
        }
        if paragraph::start(content, rules).is_none() {
            message.extend_from_slice(newline);
        }
    }
    for line in new_lines {
        message.extend_from_slice(line.as_bytes());
        message.extend_from_slice(newline);
    }
    message.extend(rest.concat());
    message
}

fn borrowed<'a>(lines: &'a [Cow<'_, [u8]>]) -> Vec<&'a [u8]> {
    lines.iter().map(AsRef::as_ref).collect()
}

/// LF, CR LF, or nothing.
fn end_of(line: &[u8]) -> &[u8] {
    if line.ends_with(b"\r\n") {
        b"\r\n"
    } else if line.ends_with(b"\n") {
        b"\n"
    } else {
        b""
    }
}
