//! `PersonPattern`: whom a rule means, by address rather than by name.
//!
//! People are called Claude, Devin and Cody. So a rule names whole addresses, or the accounts that a
//! forge gives to programs; a name alone is enough only where a tool writes it in a form that no
//! person bears.

use super::pattern::{Captures, Pattern, Span};

/// What GitHub ends the addresses of accounts with that show no other.
const NOREPLY: &str = "@users.noreply.github.com";
/// What the name of an account ends with that belongs to a program.
const APP: &str = "[bot]";

/// A name and an address, as a commit or a trailer has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    /// In lower case.
    pub(super) address: String,
    /// What they stood in.
    pub(super) line: String,
}

impl Named {
    pub(super) fn new(name: &str, address: &str, line: String) -> Self {
        Self {
            name: name.trim().to_owned(),
            address: address.trim().to_ascii_lowercase(),
            line,
        }
    }

    /// Reads `Name <address>`, as a trailer has it.
    pub(super) fn parse(value: &str, line: &str) -> Option<Self> {
        let (name, rest) = value.split_once('<')?;
        let (address, _) = rest.split_once('>')?;
        Some(Self::new(name.trim_matches('"'), address, line.to_owned()))
    }

    /// Answers whether this is the same person, as far as name and address tell.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.address == other.address
            || !self.name.is_empty() && self.name.eq_ignore_ascii_case(&other.name)
    }

    /// The account at GitHub that the address hides, and whether its number stands before it.
    fn account(&self) -> Option<(&str, bool)> {
        let local = self.address.strip_suffix(NOREPLY)?;
        Some(match local.split_once('+') {
            Some((number, account)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                (account, true)
            }
            _ => (local, false),
        })
    }
}

/// Whom a rule means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PersonPattern {
    /// Whole addresses.
    pub(super) address: Vec<Pattern>,
    /// Programs at GitHub, by the name before `[bot]`.
    pub(super) app: Vec<Pattern>,
    /// Accounts at GitHub, by name; their number must stand before it.
    pub(super) account: Vec<Pattern>,
    /// Names; beside one of the others both must fit.
    pub(super) name: Vec<Pattern>,
}

impl PersonPattern {
    /// Returns what is taken down of somebody whom the rule means.
    pub(super) fn find<'t>(&self, named: &'t Named) -> Option<Captures<'t>> {
        let mut captures = Captures::default();
        let has_address = [&self.address, &self.app, &self.account]
            .iter()
            .any(|patterns| !patterns.is_empty());
        if has_address {
            captures = self.find_address(named)?;
        }
        if !self.name.is_empty() {
            let found = first(&self.name, &named.name)?;
            captures.tool = captures.tool.or(found.tool);
            captures.model = captures.model.or(found.model);
            captures.session = captures.session.or(found.session);
        }
        Some(captures)
    }

    fn find_address<'t>(&self, named: &'t Named) -> Option<Captures<'t>> {
        if let Some(found) = first(&self.address, &named.address) {
            return Some(found);
        }
        let (account, is_numbered) = named.account()?;
        let of_app = account
            .strip_suffix(APP)
            .and_then(|app| first(&self.app, app));
        of_app.or_else(|| first(&self.account, account).filter(|_| is_numbered))
    }
}

fn first<'t>(patterns: &[Pattern], text: &'t str) -> Option<Captures<'t>> {
    patterns
        .iter()
        .find_map(|pattern| pattern.find(text, Span::Name))
}
