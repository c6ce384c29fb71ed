//! Where the trailers of a message are, by the rules of `git interpret-trailers --no-divider`
//! (`find_trailer_block_start` in Git's `trailer.c`).
//!
//! # What is not checked
//!
//! Trailers that only `trailer.<alias>.key` in the configuration makes known: among lines of prose
//! they do not make a paragraph one of trailers here.

use super::edit::Rules;

/// What Git itself writes, and so knows among lines of prose.
const RECOGNIZED: [&[u8]; 2] = [b"Signed-off-by: ", b"(cherry picked from commit "];

/// Answers whether the last paragraph of `lines` is one of trailers. The last of `lines` is
/// neither blank nor a comment.
pub(super) fn start(lines: &[&[u8]], rules: &Rules<'_>) -> Option<usize> {
    // The first paragraph is the title, whatever it looks like.
    let end_of_title = lines
        .iter()
        .position(|line| !rules.is_comment(line) && is_blank(line))?;
    let (mut trailers, mut others, mut continuations) = (0_usize, 0_usize, 0_usize);
    let mut recognized = false;
    for (index, line) in lines.iter().enumerate().skip(end_of_title).rev() {
        if rules.is_comment(line) {
            others += continuations;
            continuations = 0;
        } else if is_blank(line) {
            others += continuations;
            let found = (recognized && trailers * 3 >= others) || (trailers > 0 && others == 0);
            return found.then_some(index + 1);
        } else if RECOGNIZED.iter().any(|prefix| line.starts_with(prefix)) {
            recognized = true;
            trailers += 1;
            continuations = 0;
        } else if is_trailer(line) {
            trailers += 1;
            continuations = 0;
        } else if line.first().is_some_and(|byte| is_space(*byte)) {
            continuations += 1;
        } else {
            others += 1 + continuations;
            continuations = 0;
        }
    }
    None
}

/// Answers whether the line holds nothing but white space.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| is_space(*byte))
}

/// `isspace` as Git defines it.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A token of letters, digits and hyphens, blanks perhaps, and a colon (`find_separator`).
fn is_trailer(line: &[u8]) -> bool {
    let token = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    let rest = line.get(token..).unwrap_or_default();
    let after = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
    token > 0 && after == Some(&b':')
}
