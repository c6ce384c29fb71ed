//! Questions: which commits and lines are asked for.
//!
//! Takes a [`Filter`] and the facts of a commit and an author, and answers whether they are wanted.
//! Pure. `log`, `stats` and whoever else lists commits share it, so that the same words mean the
//! same everywhere.
//!
//! # Invariants
//!
//! - Every condition narrows: an empty filter wants everything.
//! - Of one condition that is given several times, one is enough; of several conditions, all.
//! - Conditions on tool, model, session, origin and kind must hold for one and the same author.
//!
//! # What is not checked
//!
//! Paths: Git's own pathspecs select those, before anything comes here.

mod pattern;

pub use pattern::Pattern;

use crate::attribute::{CommitFacts, LineAuthor, LineKind};
use crate::record::Origin;
use crate::verify::Verdict;

/// Which commits and lines are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Committed at or after this moment, in seconds since the Unix epoch.
    pub since: Option<i64>,
    /// Committed at or before this moment, in seconds since the Unix epoch.
    pub until: Option<i64>,
    /// Part of the author's name or address, in any case.
    pub authors: Vec<String>,
    /// The model's id, or the part of it after the provider.
    pub models: Vec<Pattern>,
    /// The harness.
    pub tools: Vec<Pattern>,
    /// The session's id.
    pub sessions: Vec<Pattern>,
    /// The human who accepted the change, as a believed record says.
    pub approvers: Vec<Pattern>,
    /// Only what no believed record names an approver for.
    pub unapproved: bool,
    /// How it came to be known.
    pub origins: Vec<Origin>,
    /// What is believed of the commit.
    pub verdicts: Vec<Verdict>,
    /// Whose the lines are.
    pub kinds: Vec<LineKind>,
}

impl Filter {
    /// Answers whether there is no condition: everything is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            since,
            until,
            authors,
            models,
            tools,
            sessions,
            approvers,
            unapproved,
            origins,
            verdicts,
            kinds,
        } = self;
        let patterns = [models, tools, sessions, approvers];
        since.is_none()
            && until.is_none()
            && !unapproved
            && patterns.iter().all(|patterns| patterns.is_empty())
            && authors.is_empty()
            && origins.is_empty()
            && verdicts.is_empty()
            && kinds.is_empty()
    }

    /// Answers whether the authors of lines matter, and not the commit alone.
    #[must_use]
    pub fn asks_about_lines(&self) -> bool {
        !(self.models.is_empty()
            && self.tools.is_empty()
            && self.sessions.is_empty()
            && self.origins.is_empty()
            && self.kinds.is_empty())
    }

    /// Answers whether the conditions on commits hold.
    #[must_use]
    pub fn wants_commit(&self, commit: &CommitFacts) -> bool {
        let seconds = commit.commit_moment.seconds;
        let author = || commit.author.to_lowercase();
        let named = |name: &String| author().contains(&name.to_lowercase());
        self.since.is_none_or(|since| seconds >= since)
            && self.until.is_none_or(|until| seconds <= until)
            && any(&self.authors, named)
            && any(&self.verdicts, |verdict| {
                commit.judgement.verdict == *verdict
            })
            && any(&self.approvers, |pattern| {
                commit.approvers().any(|approver| pattern.matches(approver))
            })
            && !(self.unapproved && commit.approvers().next().is_some())
    }

    /// Answers whether lines of this author are wanted, whatever their commit.
    #[must_use]
    pub fn wants_author(&self, author: &LineAuthor) -> bool {
        let contributor = author.contributor.as_deref();
        let model = contributor.and_then(|contributor| contributor.model.as_deref());
        any(&self.kinds, |kind| author.kind == *kind)
            && any(&self.origins, |origin| author.origin == Some(*origin))
            && any(&self.models, |pattern| {
                model.is_some_and(|model| pattern.matches_model(model))
            })
            && any(&self.tools, |pattern| {
                contributor.is_some_and(|contributor| pattern.matches(&contributor.tool))
            })
            && any(&self.sessions, |pattern| {
                contributor.is_some_and(|contributor| pattern.matches(&contributor.session))
            })
    }

    /// Answers whether lines of this author in this commit are wanted.
    #[must_use]
    pub fn wants(&self, commit: &CommitFacts, author: &LineAuthor) -> bool {
        self.wants_author(author) && self.wants_commit(commit)
    }
}

/// One of the alternatives holds, or there are none.
fn any<T>(alternatives: &[T], holds: impl FnMut(&T) -> bool) -> bool {
    alternatives.is_empty() || alternatives.iter().any(holds)
}

#[cfg(test)]
mod tests;
