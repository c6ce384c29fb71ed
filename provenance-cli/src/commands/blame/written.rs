//! `DateForm`: the dates of lines, in our forms and in all of Git's.

use std::collections::{BTreeSet, HashMap};

use provenance_core::attribute::AttributedLine;
use provenance_core::git::{ObjectId, Repo};

use crate::dates::DateFormat;
use crate::error::CliError;
use crate::output::safe;

/// How dates are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DateForm {
    /// In a form that needs nobody else.
    Ours(DateFormat),
    /// As Git shows it: `relative`, `rfc`, `format:%Y`.
    Gits(String),
}

impl DateForm {
    /// Reads what was typed.
    ///
    /// # Errors
    ///
    /// [`CliError`] where nothing was.
    pub(super) fn read(typed: &str) -> Result<Self, CliError> {
        Ok(match typed {
            "short" => Self::Ours(DateFormat::Short),
            "iso" | "iso8601" => Self::Ours(DateFormat::Iso),
            "utc" => Self::Ours(DateFormat::Utc),
            "unix" => Self::Ours(DateFormat::Unix),
            "" => {
                return Err(CliError::said("--date wants a form")
                    .hint("such as short, iso, relative or format:%Y-%m-%d"));
            }
            other => Self::Gits(other.to_owned()),
        })
    }

    /// Works out the dates of all commits that lines came from.
    ///
    /// # Errors
    ///
    /// [`CliError`] where Git knows no such form.
    pub(super) fn of(&self, repo: &Repo, lines: &[AttributedLine]) -> Result<Dates, CliError> {
        let mut shown: HashMap<ObjectId, String> = HashMap::new();
        match self {
            Self::Ours(format) => {
                for line in lines {
                    let show = || format.show(line.commit.author_moment);
                    shown.entry(line.origin.commit_id).or_insert_with(show);
                }
            }
            Self::Gits(form) => {
                let commit_ids = lines.iter().map(|line| line.origin.commit_id);
                let commit_ids: BTreeSet<_> = commit_ids.filter(|id| !id.is_null()).collect();
                let commit_ids: Vec<_> = commit_ids.into_iter().collect();
                shown = repo.author_dates(&commit_ids, form)?;
                for date in shown.values_mut() {
                    *date = safe(date).into_owned();
                }
            }
        }
        // When something that is not committed was written, nobody says.
        shown.retain(|commit_id, _| !commit_id.is_null());
        let widths = shown.values().map(|date| date.chars().count());
        Ok(Dates {
            width: widths.max().unwrap_or(0),
            shown,
        })
    }
}

/// The dates of commits, as wide as the widest.
#[derive(Debug)]
pub(super) struct Dates {
    shown: HashMap<ObjectId, String>,
    width: usize,
}

impl Dates {
    /// Returns the date of a commit, padded; blanks for what is not committed.
    pub(super) fn shown(&self, commit_id: ObjectId) -> String {
        let date = self.shown.get(&commit_id).map_or("", String::as_str);
        format!("{date:<width$}", width = self.width)
    }
}
