//! Short names for narrow columns.

/// Returns a model's name without provider, vendor's prefix and date:
/// `anthropic/claude-opus-4-5-20251101` becomes `opus-4-5`.
pub(crate) fn short_model(id: &str) -> &str {
    let name = id.rsplit_once('/').map_or(id, |(_, name)| name);
    let name = name.strip_prefix("claude-").unwrap_or(name);
    match name.rsplit_once('-') {
        Some((before, date))
            if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            before
        }
        _ => name,
    }
}

/// Returns a number with a comma before every third digit.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns text with its digests cut to what a person can compare: `sha256:03fe12ab34cd…`.
pub(crate) fn short_digests(text: &str) -> String {
    const SHOWN: usize = 12;
    let mut parts = text.split("sha256:");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let hex = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (digest, rest) = part.split_at(hex);
        short.push_str("sha256:");
        match digest.get(..SHOWN) {
            Some(start) if hex == 64 => {
                short.push_str(start);
                short.push('…');
            }
            _ => short.push_str(digest),
        }
        short.push_str(rest);
    }
    short
}

/// Cuts a text that is too wide, and shows that it was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Breaks a text into rows of at most `width` characters, between words where that can be.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        let row = rows.last().map_or(0, |row| row.chars().count());
        if row > 0 && row + 1 + word.chars().count() > width {
            rows.push(String::new());
        }
        if let Some(row) = rows.last_mut() {
            if !row.is_empty() {
                row.push(' ');
            }
            row.push_str(word);
        }
    }
    rows
}

/// Returns `1 line` or `2 lines`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {one}{s}", grouped(number))
}

/// Returns a share of `total` in percent, with one digit after the point. It is 0.0 or 100.0 only
/// where it is exactly that.
pub(crate) fn percent(part: u64, total: u64) -> String {
    if total == 0 {
        return "-".to_owned();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(total) / 2) / u128::from(total);
    let tenths = match tenths {
        0 if part > 0 => 1,
        1000 if part < total => 999,
        tenths => tenths,
    };
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_known_by_the_part_that_differs() {
        for (id, short) in [
            ("anthropic/claude-opus-4-5-20251101", "opus-4-5"),
            ("openai/gpt-5.1-codex", "gpt-5.1-codex"),
            ("local", "local"),
        ] {
            assert_eq!(short_model(id), short);
        }
    }

    #[test]
    fn a_long_text_is_cut_where_one_can_see_it_or_goes_on_below() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("a longer one", 9), "a longer…");
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("a-word-that-is-long x", 4),
            ["a-word-that-is-long", "x"]
        );
        let digest = format!("it is sha256:{}, or sha256:abc", "0".repeat(64));
        assert_eq!(
            short_digests(&digest),
            "it is sha256:000000000000…, or sha256:abc"
        );
    }

    #[test]
    fn numbers_are_grouped_and_shares_never_lie_by_rounding() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(48_210), "48,210");
        assert_eq!(counted(1, "line"), "1 line");
        for (part, total, expected) in [
            (0, 0, "-"),
            (0, 5, "0.0%"),
            (1, 100_000, "0.1%"),
            (99_999, 100_000, "99.9%"),
            (1, 3, "33.3%"),
            (5, 5, "100.0%"),
        ] {
            assert_eq!(percent(part, total), expected);
        }
    }
}
