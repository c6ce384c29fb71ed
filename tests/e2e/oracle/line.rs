//! `Line`: one line of a file, which says itself who wrote it.
//!
//! `s2 17.1 qnzvkwupxbtrjmhd` is the second line that session s2 wrote in step 17. The letters
//! follow from the numbers: they keep lines unlike each other, so that none is taken for a changed
//! version of another. Whoever changes a line puts a mark at its end, such as `~bob`.

use super::chance::Chance;

/// The people, by the names of their homes.
pub(super) const PEOPLE: [&str; 2] = ["alice", "bob"];
/// The agents' sessions.
pub(super) const SESSIONS: [&str; 3] = ["s1", "s2", "s3"];

/// Makes a line that nobody wrote before.
pub(super) fn fresh(who: &str, step: usize, number: usize) -> String {
    let mut chance = Chance::of(step as u64 * 1_000 + number as u64);
    let letters: String = (0..16)
        .map(|_| char::from(b'a' + u8::try_from(chance.below(26)).unwrap()))
        .collect();
    format!("{who} {step}.{number} {letters}")
}

/// Whoever had a hand in a line: who wrote it, then who changed it. None for other text.
pub(super) fn authors(line: &str) -> Vec<&str> {
    let mut words = line.split_whitespace();
    let first = words.next().filter(|who| is_author(who));
    let changed = words.filter_map(|word| word.strip_prefix('~'));
    first.into_iter().chain(changed).collect()
}

fn is_author(name: &str) -> bool {
    PEOPLE.contains(&name) || SESSIONS.contains(&name)
}

/// Answers what the product must not call this line.
pub(super) fn is_wrong(line: &str, kind: &str) -> bool {
    let authors = authors(line);
    let by_agent = authors.iter().any(|who| SESSIONS.contains(who));
    match kind {
        "human" => by_agent,
        "ai" | "mixed" => !authors.is_empty() && !by_agent,
        _ => false,
    }
}

/// One change of a text by somebody; as it was where nothing could be changed.
pub(super) fn changed(text: &str, who: &str, step: usize, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut ends_cleanly = text.is_empty() || text.ends_with('\n');
    let at = chance.below(lines.len() + 1);
    match chance.below(13) {
        0..=6 => {
            for number in 0..=chance.below(3) {
                lines.insert(at + number, fresh(who, step, number));
            }
        }
        7..=8 if lines.len() > 3 => {
            let end = (at + 1 + chance.below(2)).min(lines.len());
            lines.drain(at.min(end - 1)..end);
        }
        9 if at < lines.len() => lines[at] = format!("{} ~{who}", lines[at]),
        10 if at < lines.len() => {
            let end = (at + 3).min(lines.len());
            for line in &mut lines[at..end] {
                *line = match line.strip_prefix("    ") {
                    Some(rest) => rest.to_owned(),
                    None => format!("    {line}"),
                };
            }
        }
        11 => ends_cleanly = !ends_cleanly,
        // What an agent takes away here and puts there counts as written by it.
        12 if PEOPLE.contains(&who) && at < lines.len() => {
            let line = lines.remove(at);
            lines.insert(chance.below(lines.len() + 1), line);
        }
        _ => lines.push(fresh(who, step, 9)),
    }
    let mut text = lines.join("\n");
    if ends_cleanly && !lines.is_empty() {
        text.push('\n');
    }
    text
}

/// A text with conflicts in which both sides stay.
pub(super) fn united(text: &str) -> String {
    let is_mark = |line: &&str| {
        ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
            .iter()
            .any(|mark| line.starts_with(mark))
    };
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| !is_mark(line)) {
        // Both sides may have the same line; a line is unique.
        if !kept.contains(&line) {
            kept.push(line);
        }
    }
    // The last one ends too.
    kept.push("");
    kept.join("\n")
}
