//! The numbers of pull and merge requests in a message: hints, and nothing more.
//!
//! # What is not checked
//!
//! Whether there is such a request: `#7` may as well be an issue of another project.

use std::collections::BTreeSet;

/// The most requests that one message names.
const MAX_NUMBERS: usize = 16;

/// The numbers of pull and merge requests that a message names: `#7` at GitHub, `!7` at GitLab.
pub(super) fn numbers(message: &[u8]) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    let marks = message
        .iter()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b'#' | b'!'));
    for (at, _) in marks {
        let digits = message.get(at + 1..).unwrap_or_default().iter();
        let digits: String = digits
            .take_while(|byte| byte.is_ascii_digit())
            .take(10)
            .map(|byte| char::from(*byte))
            .collect();
        if let Ok(number) = digits.parse() {
            found.insert(number);
        }
        if found.len() == MAX_NUMBERS {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_known_by_their_numbers() {
        let of = |message: &str| numbers(message.as_bytes()).into_iter().collect::<Vec<_>>();
        assert_eq!(of("retry: back off (#123)\n\nfixes #7"), [7, 123]);
        assert_eq!(of("Merge branch 'x'\n\nSee merge request a/b!12"), [12]);
        assert_eq!(of("#! # !x #99999999999999999999"), [9_999_999_999]);
        let many = "#1 #2 #3 #4 #5 #6 #7 #8 #9 #10 #11 #12 #13 #14 #15 #16 #17 #18";
        assert_eq!(of(many).len(), MAX_NUMBERS);
    }
}
