//! What the environment adds to the configuration files.
//!
//! Takes the text of `GIT_CONFIG_PARAMETERS` and the pairs of `GIT_CONFIG_COUNT`, and gives keys
//! and values in the order in which Git applies them: the pairs first. The text is a list of
//! `'key=value'` (before Git 2.31) or `'key'='value'`, quoted for a shell: `'\''` and `'\!'` are
//! the only escapes.

use super::{Entry, canonical};
use crate::git::{GitError, Location};
use crate::text;

/// Reads what the environment adds.
pub(super) fn entries(location: &Location) -> Result<Vec<Entry>, GitError> {
    let mut entries = Vec::new();
    for (key, value) in &location.config_pairs {
        entries.push((checked(key)?, Some(value.clone())));
    }
    if let Some(parameters) = &location.config_parameters {
        parse(parameters, &mut entries)?;
    }
    Ok(entries)
}

fn parse(parameters: &str, entries: &mut Vec<Entry>) -> Result<(), GitError> {
    let bad = || unreadable(parameters);
    let mut rest = parameters.trim_start();
    while !rest.is_empty() {
        let (first, after) = dequoted(rest).ok_or_else(bad)?;
        let ends = |text: &str| text.is_empty() || text.starts_with(|c: char| c.is_whitespace());
        rest = if ends(after) {
            entries.push(match first.split_once('=') {
                Some((key, value)) => (checked(key.trim())?, Some(value.to_owned())),
                None => (checked(first.trim())?, None),
            });
            after
        } else {
            let after = after.strip_prefix('=').ok_or_else(bad)?;
            if ends(after) {
                entries.push((checked(&first)?, None));
                after
            } else {
                let (value, after) = dequoted(after).ok_or_else(bad)?;
                entries.push((checked(&first)?, Some(value)));
                if !ends(after) {
                    return Err(bad());
                }
                after
            }
        }
        .trim_start();
    }
    Ok(())
}

/// One shell-quoted word, and what follows it.
fn dequoted(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (inside, after) = rest.split_once('\'')?;
        word.push_str(inside);
        let escaped = ["'", "!"].into_iter().find_map(|c| {
            let after = after.strip_prefix('\\')?.strip_prefix(c)?;
            Some((c, after.strip_prefix('\'')?))
        });
        let Some((c, reopened)) = escaped else {
            return Some((word, after));
        };
        word.push_str(c);
        rest = reopened;
    }
}

fn checked(key: &str) -> Result<String, GitError> {
    canonical(key).ok_or_else(|| unreadable(key))
}

fn unreadable(what: &str) -> GitError {
    let mut shown = text::escaped(what).into_owned();
    if shown.len() > 80 {
        shown = shown.chars().take(79).chain(['…']).collect();
    }
    GitError::ConfigEnvironment { message: shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameters: &str) -> Result<Vec<Entry>, GitError> {
        entries(&Location {
            config_parameters: Some(parameters.to_owned()),
            ..Location::default()
        })
    }

    fn entry(key: &str, value: Option<&str>) -> Entry {
        (key.to_owned(), value.map(str::to_owned))
    }

    #[test]
    fn both_ways_of_quoting_are_read() {
        for (parameters, expected) in [
            ("", vec![]),
            ("'user.name=z'", vec![entry("user.name", Some("z"))]),
            ("'User.Name'='z y'", vec![entry("user.name", Some("z y"))]),
            ("'a.b'=", vec![entry("a.b", None)]),
            ("'a.b'", vec![entry("a.b", None)]),
            ("'a.b'=''", vec![entry("a.b", Some(""))]),
            ("'a.b='", vec![entry("a.b", Some(""))]),
            (
                r"'a.b'='it'\''s' 'c.D.e=f=g'  'h.i'='j'\!''",
                vec![
                    entry("a.b", Some("it's")),
                    entry("c.D.e", Some("f=g")),
                    entry("h.i", Some("j!")),
                ],
            ),
        ] {
            assert_eq!(read(parameters).unwrap(), expected, "{parameters}");
        }
    }

    #[test]
    fn what_git_would_refuse_is_an_error() {
        for bad in [
            "x",
            "'a.b",
            "'a.b'x",
            "'a.b'='c'x",
            "'nosection'",
            "'a.b'=c",
            "'=v'",
        ] {
            assert!(
                matches!(read(bad), Err(GitError::ConfigEnvironment { .. })),
                "{bad}"
            );
        }
    }
}
