//! `Pattern`: how a rule says what a text looks like, without regular expressions.
//!
//! A pattern stands for the whole text. Letters of ASCII are compared without regard to case, `*`
//! stands for any text, and `{model}`, `{tool}` or `{session}` for text that is taken down;
//! `{model:claude *}` takes down what the pattern within it stands for.
//!
//! # Invariants
//!
//! Matching takes time in proportion to the text: nothing is tried twice.

use std::fmt;

/// The most bytes of a pattern.
const MAX_PATTERN_BYTES: usize = 256;

/// What a pattern takes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Tool,
    Model,
    Session,
}

/// What wildcards may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Any text.
    Anything,
    /// Text without `<`, `>` and `@`: a name never runs over into an address.
    Name,
}

/// The texts that were taken down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Captures<'t> {
    pub(super) tool: Option<&'t str>,
    pub(super) model: Option<&'t str>,
    pub(super) session: Option<&'t str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// In lower case.
    Literal(String),
    Any,
    Start(Taken),
    End(Taken),
}

/// How a text looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatternFault {
    Empty,
    TooLong,
    Braces,
    SideBySide,
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty, or stands for any text whatever; say what it looks like",
            Self::TooLong => "has over 256 bytes; a pattern is one line",
            Self::Braces => "has braces that are none of {tool}, {model}, {session}, {model:…}",
            Self::SideBySide => "has two wildcards side by side; put text between them",
        })
    }
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn parse(text: &str) -> Result<Self, PatternFault> {
        let pattern = Self::parse_any(text)?;
        let says_something = |token: &Token| matches!(token, Token::Literal(_));
        if pattern.tokens.iter().any(says_something) {
            Ok(pattern)
        } else {
            Err(PatternFault::Empty)
        }
    }

    /// Reads a pattern that may stand for any text.
    pub(super) fn parse_any(text: &str) -> Result<Self, PatternFault> {
        if text.is_empty() {
            return Err(PatternFault::Empty);
        }
        if text.len() > MAX_PATTERN_BYTES {
            return Err(PatternFault::TooLong);
        }
        let mut tokens = Vec::new();
        let mut open = None;
        let mut rest = text;
        while let Some(at) = rest.find(['*', '{', '}']) {
            let (before, marked) = rest.split_at(at);
            literal(&mut tokens, before);
            if let Some(after) = marked.strip_prefix('*') {
                tokens.push(Token::Any);
                rest = after;
            } else if let Some(after) = marked.strip_prefix('}') {
                tokens.push(Token::End(open.take().ok_or(PatternFault::Braces)?));
                rest = after;
            } else {
                let (taken, after) = opened(marked).ok_or(PatternFault::Braces)?;
                if open.is_some() {
                    return Err(PatternFault::Braces);
                }
                tokens.push(Token::Start(taken));
                if let Some(inner) = after.strip_prefix(':') {
                    open = Some(taken);
                    rest = inner;
                } else {
                    tokens.extend([Token::Any, Token::End(taken)]);
                    rest = after.strip_prefix('}').ok_or(PatternFault::Braces)?;
                }
            }
        }
        literal(&mut tokens, rest);
        if open.is_some() {
            return Err(PatternFault::Braces);
        }
        let mut after_any = false;
        for token in &tokens {
            match token {
                Token::Any if after_any => return Err(PatternFault::SideBySide),
                Token::Any => after_any = true,
                Token::Literal(_) => after_any = false,
                Token::Start(_) | Token::End(_) => {}
            }
        }
        Ok(Self { tokens })
    }

    /// Answers whether the pattern has neither wildcards nor braces.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self.tokens.as_slice(), [Token::Literal(_)])
    }

    /// Returns what is taken down of `text`, if the pattern stands for it.
    pub(super) fn find<'t>(&self, text: &'t str, span: Span) -> Option<Captures<'t>> {
        // Most texts begin otherwise, and need no copy.
        if let Some(Token::Literal(first)) = self.tokens.first()
            && !begins(text, first)
        {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let mut found = Search {
            text,
            span,
            at: 0,
            is_open: false,
            bounds: Vec::new(),
            waiting: Vec::new(),
        };
        let last = self.tokens.iter().rposition(|token| *token == Token::Any);
        for (index, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Any => found.is_open = true,
                Token::Start(taken) | Token::End(taken) => found.bound(*taken),
                Token::Literal(literal) => {
                    let is_last = last.is_none_or(|last| index > last)
                        && !self.tokens.iter().skip(index + 1).any(is_literal);
                    found.literal(&lower, literal, is_last)?;
                }
            }
        }
        found.finish()
    }
}

const fn is_literal(token: &Token) -> bool {
    matches!(token, Token::Literal(_))
}

fn literal(tokens: &mut Vec<Token>, text: &str) {
    if !text.is_empty() {
        tokens.push(Token::Literal(text.to_ascii_lowercase()));
    }
}

/// What `{name` opens, and what follows the name.
fn opened(text: &str) -> Option<(Taken, &str)> {
    [
        ("{tool", Taken::Tool),
        ("{model", Taken::Model),
        ("{session", Taken::Session),
    ]
    .into_iter()
    .find_map(|(word, taken)| Some((taken, text.strip_prefix(word)?)))
}

fn begins(text: &str, lower: &str) -> bool {
    let head = text.as_bytes().get(..lower.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(lower.as_bytes()))
}

/// How far a text was matched.
struct Search<'t> {
    text: &'t str,
    span: Span,
    /// The byte up to which the text was matched.
    at: usize,
    /// A wildcard stands before what comes next.
    is_open: bool,
    /// Where what is taken down begins and ends, in turn.
    bounds: Vec<(Taken, usize)>,
    /// Bounds whose place the next literal says.
    waiting: Vec<Taken>,
}

impl<'t> Search<'t> {
    fn bound(&mut self, taken: Taken) {
        if self.is_open {
            self.waiting.push(taken);
        } else {
            self.bounds.push((taken, self.at));
        }
    }

    fn literal(&mut self, lower: &str, literal: &str, is_last: bool) -> Option<()> {
        let rest = lower.get(self.at..)?;
        let start = if !self.is_open {
            rest.starts_with(literal).then_some(self.at)?
        } else if is_last {
            // Whatever the wildcard stands for, the text ends so.
            rest.ends_with(literal)
                .then(|| lower.len() - literal.len())?
        } else {
            self.at + rest.find(literal)?
        };
        self.close(start)?;
        self.at = start + literal.len();
        Some(())
    }

    /// Ends the wildcard before `end`.
    fn close(&mut self, end: usize) -> Option<()> {
        let stood_for = self.text.get(self.at..end)?;
        if self.is_open && self.span == Span::Name && stood_for.contains(['<', '>', '@']) {
            return None;
        }
        let waiting = self.waiting.drain(..).map(|taken| (taken, end));
        self.bounds.extend(waiting);
        self.is_open = false;
        Some(())
    }

    fn finish(mut self) -> Option<Captures<'t>> {
        let end = self.text.len();
        if self.is_open {
            self.close(end)?;
        } else if self.at != end {
            return None;
        }
        let mut captures = Captures::default();
        for pair in self.bounds.chunks_exact(2) {
            let [(taken, start), (_, end)] = *pair else {
                continue;
            };
            let text = self.text.get(start..end)?.trim();
            if text.is_empty() {
                return None;
            }
            *match taken {
                Taken::Tool => &mut captures.tool,
                Taken::Model => &mut captures.model,
                Taken::Session => &mut captures.session,
            } = Some(text);
        }
        Some(captures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'t>(pattern: &str, text: &'t str) -> Option<Captures<'t>> {
        Pattern::parse(pattern).unwrap().find(text, Span::Name)
    }

    #[test]
    fn a_pattern_stands_for_the_whole_text() {
        for (pattern, text, matches) in [
            ("claude", "Claude", true),
            ("claude", "Claude Monet", false),
            ("claude *", "Claude Opus 4.5", true),
            ("claude *", "claude", false),
            ("* (aider)", "Paul (aider)", true),
            ("* (aider)", "Paul (aider) Gauthier", false),
            ("a*b*c", "abcbc", true),
            ("a*b*c", "abcb", false),
            ("a*a", "a", false),
            ("*opus*", "the Opus of", true),
            ("größe*", "größer", true),
            ("x*", "x <a@b>", false),
        ] {
            assert_eq!(find(pattern, text).is_some(), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn braces_take_down_what_they_stand_for() {
        let aider = find("aider ({model})", "Aider (gpt-4o)").unwrap();
        assert_eq!(aider.model, Some("gpt-4o"));
        let kernel = find("{tool}:{model} *", "Claude:claude-3-opus coccinelle sparse").unwrap();
        assert_eq!(kernel.tool, Some("Claude"));
        assert_eq!(kernel.model, Some("claude-3-opus"));
        let within = find("{model:claude opus*}", "Claude Opus 4.5").unwrap();
        assert_eq!(within.model, Some("Claude Opus 4.5"));
        let before = find("*/{session}", "https://x/y").unwrap();
        assert_eq!(before.session, Some("/x/y"));
        assert_eq!(find("aider ({model})", "aider ()"), None);
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for (text, fault) in [
            ("", PatternFault::Empty),
            ("*", PatternFault::Empty),
            ("{tool}", PatternFault::Empty),
            ("{tool}*", PatternFault::SideBySide),
            ("a**", PatternFault::SideBySide),
            ("{toolbox}", PatternFault::Braces),
            ("{name}", PatternFault::Braces),
            ("{model:a", PatternFault::Braces),
            ("{model:{tool}}", PatternFault::Braces),
            ("a}", PatternFault::Braces),
        ] {
            assert_eq!(Pattern::parse(text), Err(fault), "{text}");
        }
        let long = "x".repeat(257);
        assert_eq!(Pattern::parse(&long), Err(PatternFault::TooLong));
        assert!(Pattern::parse_any("{tool}").is_ok());
    }

    #[test]
    fn a_hostile_text_costs_no_more_than_its_length() {
        let text = "a".repeat(1 << 20);
        assert_eq!(find("a*a*a*a*a*a*a*b", &text), None);
    }
}
