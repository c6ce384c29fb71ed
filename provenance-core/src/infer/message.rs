//! `Message`: the parts of a commit message that rules look at.
//!
//! Takes the bytes of a message; gives its subject, its trailers, the lines that tools leave, and
//! whether it puts the messages of several commits together.
//!
//! A trailer is `Key: value` from column 0 in a paragraph that holds nothing else, or at the very
//! end of the message; one that text follows is [`Place::Middle`]. What is indented, quoted with
//! `>`, or within a code fence is somebody's text about trailers, and is none.
//!
//! # What is not checked
//!
//! Who wrote the message. A quotation that looks in every way like a trailer is taken for one, as
//! Git takes it.

use std::borrow::Cow;

use crate::text::is_disguise;

/// The most bytes of a message that are looked at, from its end: trailers stand there.
const MAX_BYTES: usize = 1 << 20;
/// The most bytes of the subject that are looked at.
const MAX_SUBJECT_BYTES: usize = 4096;
/// The most bytes of a line that is more than text.
const MAX_LINE_BYTES: usize = 1024;
/// The most trailers that are looked at, from the end.
const MAX_TRAILERS: usize = 1024;

/// The parts of a message.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    /// The first line that is not empty.
    pub(super) subject: String,
    /// In the order in which they stand.
    pub(super) trailers: Vec<Trailer>,
    /// The lines that stand for themselves, without decoration around them.
    pub(super) lines: Vec<Line>,
    /// It puts the messages of several commits together.
    pub(super) is_squash: bool,
}

/// One trailer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trailer {
    /// In lower case.
    pub(super) key: String,
    pub(super) value: String,
    /// As it stands in the message.
    pub(super) line: String,
    pub(super) place: Place,
}

/// One line of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Without decoration: emoji, stars, blanks.
    pub(super) text: String,
    /// As it stands in the message.
    pub(super) line: String,
}

/// Where a trailer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing but trailers, and what tools leave, follows.
    End,
    /// Text follows.
    Middle,
}

impl Message {
    /// Takes a message apart. `looks_for` answers which lines of the body are kept.
    pub(super) fn read(bytes: &[u8], looks_for: impl Fn(&str) -> bool) -> Self {
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
        let bytes = bytes.get(start.unwrap_or(bytes.len())..).unwrap_or(bytes);
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (subject, body) = bytes.split_at(end.unwrap_or(bytes.len()));
        let subject = subject.get(..MAX_SUBJECT_BYTES).unwrap_or(subject);
        let subject = String::from_utf8_lossy(subject).trim().to_owned();
        let skipped = body.len().saturating_sub(MAX_BYTES);
        let body = String::from_utf8_lossy(body.get(skipped..).unwrap_or(body));
        let paragraphs = paragraphs(&body);
        let is_squash = is_squash(&subject, &paragraphs);
        let mut message = Self {
            subject,
            is_squash,
            ..Self::default()
        };
        let mut place = Place::End;
        for paragraph in paragraphs.iter().rev() {
            let is_text = |line: &&str| !is_left_by_tools(line);
            let text = paragraph.iter().rposition(is_text);
            let text = text.or_else(|| {
                paragraph
                    .first()
                    .filter(|l| l.starts_with([' ', '\t']))
                    .map(|_| 0)
            });
            // Of a paragraph with text only what ends the message counts.
            let taken = match text {
                None => paragraph.as_slice(),
                Some(last) if place == Place::End => paragraph.get(last + 1..).unwrap_or_default(),
                Some(_) => &[],
            };
            let found = taken.iter().rev().filter_map(|line| trailer(line, place));
            let room = MAX_TRAILERS - message.trailers.len();
            message.trailers.extend(found.take(room));
            if text.is_some() {
                place = Place::Middle;
            }
        }
        message.trailers.reverse();
        for line in paragraphs.iter().flatten() {
            let text = undecorated(line);
            if looks_for(&text) {
                message.lines.push(Line {
                    text: text.into_owned(),
                    line: (*line).to_owned(),
                });
            }
        }
        message
    }
}

/// The paragraphs of a body, without what is quoted, indented or fenced. A separator of dashes is a
/// paragraph of its own; comments of HTML are nothing.
fn paragraphs(body: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut is_fenced = false;
    for line in body.lines() {
        let line = line.trim_end();
        if line.starts_with("```") || line.starts_with("~~~") {
            is_fenced = !is_fenced;
            open.push("```");
        } else if line.is_empty() || line.starts_with("<!--") {
            if !open.is_empty() {
                found.push(std::mem::take(&mut open));
            }
        } else if is_fenced || line.len() > MAX_LINE_BYTES {
            open.push("…");
        } else {
            open.push(line);
        }
    }
    if !open.is_empty() {
        found.push(open);
    }
    found
}

/// Answers whether a line is a trailer, or what stands between trailers.
fn is_left_by_tools(line: &str) -> bool {
    let is_rule = |c: char| line.chars().all(|other| other == c);
    let is_link = |line: &str| line.starts_with("https://") && !line.contains(' ');
    line.starts_with([' ', '\t']) && !line.trim_start().starts_with('>')
        || trailer(line, Place::End).is_some()
        || line.starts_with("(cherry picked from ")
        || is_rule('-')
        || is_link(line)
        || undecorated(line)
            .get(.."generated with ".len())
            .is_some_and(|start| start.eq_ignore_ascii_case("generated with "))
}

/// Reads a line as a trailer.
fn trailer(line: &str, place: Place) -> Option<Trailer> {
    let clean = undisguised(line);
    let (key, value) = clean.split_once([':', '：'])?;
    let key = key.trim_end();
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_named = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(is_key);
    // `https://…` is a link.
    if !is_named || value.starts_with("//") {
        return None;
    }
    Some(Trailer {
        key: key.to_ascii_lowercase(),
        value: value.split_whitespace().collect::<Vec<_>>().join(" "),
        line: line.to_owned(),
        place,
    })
}

/// The text without characters that are not seen.
fn undisguised(line: &str) -> Cow<'_, str> {
    let is_seen = |c: &char| c.is_ascii() || !is_disguise(*c);
    if line.is_ascii() || line.chars().all(|c| is_seen(&c)) {
        return Cow::Borrowed(line);
    }
    Cow::Owned(line.chars().filter(is_seen).collect())
}

/// The text without emoji, stars and blanks before and after it; empty where it is quoted,
/// indented or code.
fn undecorated(line: &str) -> Cow<'_, str> {
    if line.starts_with([' ', '\t', '>', '`', '|']) {
        return Cow::Borrowed("");
    }
    let is_decoration = |c: char| !c.is_alphanumeric() && !matches!(c, ')' | '#');
    match undisguised(line) {
        Cow::Borrowed(line) => Cow::Borrowed(line.trim_matches(is_decoration)),
        Cow::Owned(line) => Cow::Owned(line.trim_matches(is_decoration).to_owned()),
    }
}

/// Answers whether a message is what `merge --squash` or a forge makes of several commits.
fn is_squash(subject: &str, paragraphs: &[Vec<&str>]) -> bool {
    let firsts = paragraphs.iter().filter_map(|paragraph| paragraph.first());
    let of_git = |line: &str| {
        line.starts_with("Squashed commit of the following")
            || line.contains("is a combination of ") && line.contains(" commits")
    };
    if of_git(subject) || firsts.clone().any(|line| of_git(line)) {
        return true;
    }
    // A forge names the request at the end of the subject.
    let number = subject.strip_suffix(')').and_then(|subject| {
        let (_, reference) = subject.rsplit_once('(')?;
        reference.strip_prefix(['#', '!'])
    });
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !number.is_some_and(is_number) {
        return false;
    }
    let is_rule = |line: &str| line.len() > 4 && line.bytes().all(|byte| byte == b'-');
    let is_title = |line: &&&str| line.starts_with("* ");
    let starts_with_one = paragraphs.first().and_then(|p| p.first());
    paragraphs.iter().flatten().any(|line| is_rule(line))
        || starts_with_one.is_some_and(|line| is_title(&line))
            && firsts.filter(is_title).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        Message::read(text.as_bytes(), |line| {
            line.to_ascii_lowercase().starts_with("generated with")
        })
    }

    fn trailers(text: &str) -> Vec<(String, Place)> {
        let trailers = read(text).trailers.into_iter();
        trailers.map(|t| (t.key, t.place)).collect()
    }

    #[test]
    fn trailers_at_the_end_are_found_over_several_paragraphs() {
        let text = "Subject\n\nText.\n\n🤖 Generated with [X](https://x)\n\nCo-Authored-By: C <c@x>\n\
                    \nSigned-off-by: A <a@x>\n(cherry picked from commit 1)\n";
        assert_eq!(
            trailers(text),
            [
                ("co-authored-by".to_owned(), Place::End),
                ("signed-off-by".to_owned(), Place::End)
            ]
        );
        assert_eq!(read(text).lines.len(), 1);
        assert_eq!(trailers("S\n\nProse\nand more.\nA-b: c").len(), 1);
        assert_eq!(trailers("S\r\n\r\nA-b: c\r\n\r\n")[0].1, Place::End);
        assert_eq!(trailers("S\n\nCo\u{200b}-authored-by： A <a@x>").len(), 1);
    }

    #[test]
    fn what_text_follows_stands_in_the_middle() {
        let text = "S\n\nA-b: c\n\nText that goes on.\n";
        assert_eq!(trailers(text), [("a-b".to_owned(), Place::Middle)]);
        let badge = "S\n\nText.\n\nA-b: c\n<!-- badge -->\n\n---\n\n<a href=x>\n";
        assert_eq!(trailers(badge), [("a-b".to_owned(), Place::Middle)]);
    }

    #[test]
    fn text_about_trailers_is_none() {
        for text in [
            "S\n\nIt said\n> A-b: c\n",
            "S\n\n> A-b: c\n",
            "S\n\n    A-b: c\n",
            "S\n\n```\nA-b: c\n```\n",
            "S\n\n`A-b: c`\n",
            "S\n\nwe strip A-b: c\n",
            "S\n\nA-b: c\nis gone now.\n",
            "A-b: subject",
            "S\n\nhttps://x\n",
            "S\n\nA b: c\n",
            "",
            "\n\n",
        ] {
            assert_eq!(trailers(text), [], "{text:?}");
        }
    }

    #[test]
    fn a_message_of_several_commits_is_known() {
        let github = "Add (#12)\n\n* one\n\nText.\n\n* two\n";
        for (text, expected) in [
            (github, true),
            (
                "Add (#12)\n\nText.\n\n---------\n\nCo-authored-by: A <a@x>",
                true,
            ),
            ("Squashed commit of the following:\n\ncommit 1\n", true),
            ("S\n\nSquashed commit of the following:\n\ncommit 1\n", true),
            ("# This is a combination of 2 commits.\n", true),
            ("Add (!3)\n\n* one\n\n* two\n", true),
            ("Add (#12)\n\n* one\n* two\n", false),
            ("Add (#12)\n\nText:\n\n* one\n\n* two\n", false),
            ("Add\n\n* one\n\n* two\n", false),
            ("Add (#x)\n\n* one\n\n* two\n", false),
            ("Bump (#9)\n\n---\nupdated: x\n...\n", false),
        ] {
            assert_eq!(read(text).is_squash, expected, "{text:?}");
        }
    }

    #[test]
    fn a_huge_message_is_looked_at_from_its_end() {
        let huge = format!("S\n\n{}\n\nA-b: c\n", "x".repeat(3 << 20));
        assert_eq!(trailers(&huge).len(), 1);
        let many = format!("S\n\n{}", "A-b: c\n".repeat(100_000));
        assert_eq!(trailers(&many).len(), MAX_TRAILERS);
        let bytes = [b"S\n\n\xff\xfe\0\x01: \n\n".as_slice(), b"A-b: c\n"].concat();
        assert_eq!(Message::read(&bytes, |_| false).trailers.len(), 1);
    }
}
