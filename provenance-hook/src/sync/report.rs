//! `Report`: what one sync did and found.

use std::time::Duration;

use provenance_core::git::GitError;
use provenance_core::store::{Gap, StoreError, Surplus};
use provenance_core::trust::TrustError;

use super::Options;
use crate::remote::RemoteError;
use crate::remote::TalkError;

/// What one sync with one remote did and found.
#[derive(Debug, Clone)]
#[must_use]
pub struct Report {
    /// What people call the remote.
    pub remote: String,
    /// Whether nothing was changed, here or there; then the counts say what would be.
    pub dry_run: bool,
    /// What our notes gained.
    pub received: Counts,
    /// What the remote gained.
    pub sent: Counts,
    /// Where that is; `None` when the remote had everything.
    pub sent_to: Option<SentTo>,
    /// Inboxes whose notes were united with ours.
    pub inboxes: u64,
    /// What became of our chain of trust.
    pub trust: TrustState,
    /// Whether the remote got versions of trust that it had not.
    pub trust_sent: bool,
    /// What is wrong with the remote, or between it and us.
    pub findings: Vec<Finding>,
    /// Why it is not done.
    pub unfinished: Option<Unfinished>,
    /// Whether the remote refused the shared reference, before the inbox was used.
    pub(super) was_refused: bool,
}

/// A number of lines, and of the commits on whose notes they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Lines: records, and whatever else stands in notes.
    pub lines: u64,
    /// Commits.
    pub commits: u64,
}

impl Counts {
    pub(super) fn add(&mut self, more: Self) {
        self.lines += more.lines;
        self.commits += more.commits;
    }
}

impl From<Gap> for Counts {
    fn from(gap: Gap) -> Self {
        Self {
            lines: gap.lines,
            commits: gap.commits,
        }
    }
}

/// Where records were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentTo {
    /// The notes reference that everybody shares.
    Shared,
    /// The writer's own inbox, of this full name.
    Inbox(String),
}

/// What became of our chain of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrustState {
    /// There is none, here or there.
    #[default]
    None,
    /// There was none here; the remote's is ours now, believed on first use.
    Taken,
    /// The remote had newer versions, which are ours now.
    Forwarded,
    /// Ours has all that the remote has.
    Unchanged,
}

/// What is wrong with a remote, or between it and us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable; scripts may rely on it.
    pub code: &'static str,
    /// One sentence, escaped.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// Why a sync is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfinished {
    /// The remote gave no answer; what Git said, escaped.
    Unreachable(String),
    /// It took too long.
    TimeLimit(Duration),
}

impl std::fmt::Display for Unfinished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(said) => write!(f, "the remote gave no answer: {said}"),
            Self::TimeLimit(limit) => {
                write!(f, "not done within {} seconds", limit.as_secs_f32())
            }
        }
    }
}

impl Unfinished {
    pub(super) fn of(trouble: &TalkError, options: &Options) -> Self {
        match trouble {
            TalkError::TimeLimit { .. } => Self::TimeLimit(options.limit),
            TalkError::NotStarted(_) | TalkError::Failed { .. } => {
                Self::Unreachable(trouble.to_string())
            }
        }
    }
}

impl Report {
    pub(super) fn new(remote: &str, dry_run: bool) -> Self {
        Self {
            remote: provenance_core::text::escaped(remote).into_owned(),
            dry_run,
            received: Counts::default(),
            sent: Counts::default(),
            sent_to: None,
            inboxes: 0,
            trust: TrustState::None,
            trust_sent: false,
            findings: Vec::new(),
            unfinished: None,
            was_refused: false,
        }
    }

    /// Adds a finding; one that was made in an earlier round is not made again.
    pub(super) fn find(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// Why this repository could not be synced.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// It could not be read or written.
    #[error("cannot read or write the repository")]
    Git(#[from] GitError),
    /// Its notes could not be read or written.
    #[error("cannot unite the notes")]
    Store(#[from] StoreError),
    /// Its chain of trust could not be read or moved.
    #[error("cannot follow the chain of trust")]
    Trust(#[from] TrustError),
    /// It is not known with whom to sync.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

fn records(gap: Gap) -> String {
    let plural = |count: u64, one: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {one}{s}")
    };
    format!(
        "{} of {}",
        plural(gap.lines, "record"),
        plural(gap.commits, "commit")
    )
}

const SENT_AGAIN: &str = "nothing is missing here, and it is sent again; ask who changed it";

impl Finding {
    pub(super) fn rewound(remote: &str, notes_ref: &str, lost: Gap) -> Self {
        let gone = if lost.is_empty() {
            "no record is gone".to_owned()
        } else {
            format!("{} are gone from it", records(lost))
        };
        Self {
            code: "remote-rewound",
            message: format!(
                "{notes_ref} of {remote} was set back or replaced since the last sync: {gone}"
            ),
            fix: SENT_AGAIN.to_owned(),
        }
    }

    pub(super) fn truncated(remote: &str, notes_ref: &str, lost: Gap) -> Self {
        Self {
            code: "remote-truncated",
            message: format!(
                "{} were taken out of {notes_ref} of {remote}",
                records(lost)
            ),
            fix: SENT_AGAIN.to_owned(),
        }
    }

    pub(super) fn cut_off(remote: &str, notes_ref: &str) -> Self {
        Self {
            code: "remote-cut-off",
            message: format!(
                "records were taken out of {notes_ref} of {remote} before they were seen here; \
                 they stand in its history, and were taken from there"
            ),
            fix: SENT_AGAIN.to_owned(),
        }
    }

    pub(super) fn deleted(remote: &str, ref_name: &str) -> Self {
        Self {
            code: "remote-deleted",
            message: format!("{ref_name} of {remote} was deleted since the last sync"),
            fix: SENT_AGAIN.to_owned(),
        }
    }

    pub(super) fn set_back(notes_ref: &str, lost: Gap, dry_run: bool) -> Self {
        let fix = if dry_run {
            "they stand in its reflog; without --dry-run they are put back"
        } else {
            "they stood in its reflog, and are put back; git provenance doctor finds a fetch by force"
        };
        Self {
            code: "notes-set-back",
            message: format!(
                "{notes_ref} was set back here: {} had gone from it",
                records(lost)
            ),
            fix: fix.to_owned(),
        }
    }

    pub(super) fn unreadable(remote: &str, ref_name: &str, why: &str) -> Self {
        Self {
            code: "remote-unreadable",
            message: format!("{ref_name} of {remote} cannot be read: {why}"),
            fix: "it was left alone; whoever has a good copy can set it right".to_owned(),
        }
    }

    pub(super) fn refused(remote: &str, ref_name: &str) -> Self {
        Self {
            code: "remote-refused",
            message: format!("{remote} does not let {ref_name} be written"),
            fix: "ask who runs it to allow pushes to refs/notes/ and refs/provenance/".to_owned(),
        }
    }

    pub(super) fn surplus(place: &str, surplus: &Surplus) -> Self {
        let commits: Vec<String> = surplus.commit_ids.iter().map(ToString::to_string).collect();
        Self {
            code: "note-full",
            message: format!(
                "{} lines do not fit into notes {place}, and stay where they are: {}",
                surplus.lines,
                commits.join(", ")
            ),
            fix: "see who filled them: git provenance show".to_owned(),
        }
    }

    pub(super) fn trust(code: &'static str, message: String) -> Self {
        let (message, fix) = match message.split_once("; ") {
            Some((what, how)) => (what.to_owned(), how.to_owned()),
            None => (message, "git provenance trust show".to_owned()),
        };
        Self { code, message, fix }
    }
}
