//! Which characters a record may hold, and how foreign text is shown.
//!
//! Takes text that others wrote. Gives an answer whether a reader accepts it ([`is_id`],
//! [`is_plain`]), a cleaned form for a recorder ([`cleaned`]), and an escaped form for a terminal
//! ([`escaped`]). Control, bidirectional, zero-width and private-use characters can make one thing
//! look like another (Trojan Source, CVE-2021-42574); they are cleaned before signing and refused
//! when read.
//!
//! # What is not checked
//!
//! Homoglyphs: `а` (Cyrillic) looks like `a`. That is why ids are ASCII, and why a name is always
//! shown beside the fingerprint of its key.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The most bytes that an id may have.
pub const MAX_ID_BYTES: usize = 128;
/// The most bytes that a free text may have.
pub const MAX_TEXT_BYTES: usize = 1024;

/// Answers whether `text` is an id: `[A-Za-z0-9._@:+/-]{1,128}`.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(is_id_byte)
}

const fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'@' | b':' | b'+' | b'/' | b'-')
}

/// Answers whether `text` may stand in a record as free text: at most 1 KiB, and no character
/// that hides or disguises.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.len() <= MAX_TEXT_BYTES && text.chars().all(|c| !is_disguise(c))
}

/// Answers whether `text` holds no character that hides or disguises, whatever its length.
#[must_use]
pub fn is_undisguised(text: &str) -> bool {
    text.chars().all(|c| !is_disguise(c))
}

/// Returns `text` as a recorder may sign it: disguising characters become `U+FFFD`, and what is
/// over 1 KiB is cut at a character's boundary.
#[must_use]
pub fn cleaned(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len().min(MAX_TEXT_BYTES));
    for c in text.chars() {
        let c = match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_disguise(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        if clean.len() + c.len_utf8() > MAX_TEXT_BYTES {
            break;
        }
        clean.push(c);
    }
    Cow::Owned(clean)
}

/// Returns `text` as an id: every byte that an id may not have becomes `_`, and what is over
/// 128 bytes is cut. `None` when nothing is left.
#[must_use]
pub fn cleaned_id(text: &str) -> Option<String> {
    let id: String = text
        .chars()
        .map(|c| {
            if c.is_ascii() && is_id_byte(c as u8) {
                c
            } else {
                '_'
            }
        })
        .take(MAX_ID_BYTES)
        .collect();
    (!id.is_empty()).then_some(id)
}

/// Returns `text` with every disguising character written as `\u{…}`, so that it can be shown on
/// a terminal. Line feed and tab are escaped too: the result is one line.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if is_undisguised(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_disguise(c) => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Control (Cc), bidirectional, zero-width and other format (Cf), line and paragraph separators,
/// private use (Co), noncharacters, variation selectors and tags.
#[must_use]
pub const fn is_disguise(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain_ascii() {
        for good in [
            "a",
            "anthropic/claude-opus-4-5",
            "alice@example.com",
            "SHA256:x+y/z",
        ] {
            assert!(is_id(good), "{good}");
        }
        let long = "x".repeat(129);
        for bad in ["", " ", "a b", "а", "a\n", "\u{202e}a", long.as_str()] {
            assert!(!is_id(bad), "{bad:?}");
        }
    }

    #[test]
    fn disguises_are_refused_cleaned_and_escaped() {
        for bad in [
            "\u{1b}[31mred",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{e000}",
            "\u{ffff}",
            "a\u{85}",
        ] {
            assert!(!is_plain(bad), "{bad:?}");
            assert!(is_plain(&cleaned(bad)), "{bad:?}");
            assert!(is_undisguised(&escaped(bad)), "{bad:?}");
        }
        assert_eq!(escaped("a\u{1b}[0m\n"), "a\\u{1b}[0m\\n");
        assert_eq!(cleaned("two\nlines"), "two lines");
    }

    #[test]
    fn ordinary_writing_passes_untouched() {
        for good in [
            "PAY-118 retry on 429",
            "größer",
            "日本語",
            "😀",
            "naïve – “quoted”",
        ] {
            assert!(is_plain(good), "{good}");
            assert_eq!(cleaned(good), good);
            assert_eq!(escaped(good), good);
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let long = "é".repeat(600);
        let clean = cleaned(&long);
        assert_eq!(clean.len(), 1024);
        assert!(is_plain(&clean));
    }
}
