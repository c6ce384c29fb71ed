//! `Pattern`: a whole name, in which `*` stands for anything.

use std::convert::Infallible;
use std::str::FromStr;

/// A whole name, in which `*` stands for any characters, also none. Case counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Answers whether `name` is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }

    /// Answers whether the model `id` is meant: by its whole id, or by what follows the provider.
    #[must_use]
    pub fn matches_model(&self, id: &str) -> bool {
        let name = id.split_once('/').map_or(id, |(_, name)| name);
        self.matches(id) || self.matches(name)
    }
}

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        pattern.parse::<Pattern>().unwrap().matches(name)
    }

    #[test]
    fn a_pattern_is_a_whole_name_unless_a_star_says_otherwise() {
        for (pattern, name, expected) in [
            ("gpt-5", "gpt-5", true),
            ("gpt-5", "gpt-5.1", false),
            ("gpt-5*", "gpt-5.1", true),
            ("*", "", true),
            ("*opus*", "claude-opus-4-5", true),
            ("*opus", "claude-opus-4-5", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_model_is_known_without_its_provider() {
        let pattern: Pattern = "claude-opus-*".parse().unwrap();
        assert!(pattern.matches_model("anthropic/claude-opus-4-5"));
        assert!(pattern.matches_model("claude-opus-4-5"));
        assert!(!pattern.matches_model("anthropic/claude-haiku-4-5"));
    }
}
