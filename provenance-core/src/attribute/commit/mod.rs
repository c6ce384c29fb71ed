//! `CommitFacts`: one commit, what is believed about it, and what that says about its lines.
//!
//! A [`CommitCache`] holds the facts of the commits that were asked about.

mod cache;

use std::sync::Arc;

pub use self::cache::CommitCache;
use self::cache::{Gaps, Inferring};
pub(super) use self::cache::{KnownCommits, Unspoken};
use super::AttributeError;
use super::claims::Claims;
use crate::git::blame::Uncommitted;
use crate::git::{GitError, Person, RawCommit, Repo, trailer};
use crate::infer::Inference;
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::verify::{Judgement, Reason, Verdict, Verifier, VerifyError};

/// One commit, what is believed about it, and what that says about its lines.
#[derive(Debug, Clone)]
pub struct CommitFacts {
    /// The commit.
    pub commit_id: ObjectId,
    /// Its parents, from the raw header; none where the commit is malformed.
    pub parent_ids: Vec<ObjectId>,
    /// `Name <address>`, as UTF-8, not escaped.
    pub author: String,
    /// The author's name alone, as UTF-8, not escaped.
    pub author_name: String,
    /// When it was written.
    pub author_moment: Moment,
    /// When it was committed.
    pub commit_moment: Moment,
    /// The first line of the message, as UTF-8, not escaped.
    pub title: String,
    /// What is believed about it.
    pub judgement: Judgement,
    /// What that says about its lines.
    pub claims: Claims,
    /// Whether all parents are here. Where they are not, nobody can say which lines it adds, and
    /// the claims leave the remainder unattested.
    pub is_whole: bool,
    /// What its message lets one conclude, where that was asked for and no record is believed.
    /// It is no evidence.
    pub inferred: Option<Arc<Inference>>,
}

/// A moment as Git keeps it: of the world, and of the place where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment {
    /// Seconds since the Unix epoch.
    pub seconds: i64,
    /// The offset from UTC in minutes.
    pub offset_minutes: i32,
}

impl Moment {
    const fn of(person: &Person) -> Self {
        Self {
            seconds: person.seconds,
            offset_minutes: person.offset_minutes,
        }
    }
}

impl CommitFacts {
    /// Reads a commit and judges it.
    ///
    /// # Errors
    ///
    /// [`AttributeError::Git`] when the commit cannot be read, [`AttributeError::Verify`] when it
    /// cannot be judged.
    pub fn read(
        repo: &Repo,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
    ) -> Result<Self, AttributeError> {
        let (facts, _) = Self::read_over(repo, verifier, commit_id, Gaps::Refused, None)?;
        Ok(facts)
    }

    /// Reads a commit and judges it; returns the commit, too, unless it is malformed.
    fn read_over(
        repo: &Repo,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
        gaps: Gaps,
        inferring: Option<&Inferring>,
    ) -> Result<(Self, Option<RawCommit>), AttributeError> {
        let raw = match repo.commit(commit_id) {
            Ok(raw) => Some(raw),
            // An answer, and the judgement gives it.
            Err(GitError::MalformedCommit { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let parent_ids = raw.as_ref().map_or(&[][..], |raw| &raw.parent_ids);
        let mut is_whole = true;
        for parent_id in parent_ids {
            is_whole &= repo.has_object(*parent_id)?;
        }
        let judged = match &raw {
            Some(raw) => verifier.judge_commit(raw),
            None => verifier.judge(commit_id),
        };
        let judgement = match judged {
            // The change cannot be held against the record: something of it is not here.
            Err(VerifyError::Git(GitError::MissingObject { .. }))
                if !is_whole || (gaps == Gaps::Answered && raw.is_some()) =>
            {
                incomplete(commit_id, is_whole)
            }
            judged => judged?,
        };
        let mut facts = Self::of(raw.as_ref(), judgement, is_whole);
        if let (Some(inferring), Some(raw)) = (inferring, &raw)
            && !facts.judgement.verdict.is_believed()
        {
            facts.inferred = (inferring.infer)(&inferring.rules, raw).map(Arc::new);
        }
        Ok((facts, raw))
    }

    /// Judges a commit as if its message pinned one record, and nothing else: what a record about
    /// another commit says of it, where both make the very same change.
    ///
    /// # Errors
    ///
    /// As for [`CommitFacts::read`].
    pub fn as_if_pinned(
        verifier: &Verifier<'_>,
        commit: &RawCommit,
        record_id: RecordId,
    ) -> Result<Self, AttributeError> {
        let stand_in = RawCommit {
            message: trailer::pin_line(&record_id).into_bytes(),
            ..commit.clone()
        };
        let judgement = verifier.judge_commit(&stand_in)?;
        Ok(Self::of(Some(commit), judgement, true))
    }

    /// Returns what can be said of lines that no commit has yet: nothing but whom Git names.
    #[must_use]
    pub fn not_yet(commit_id: ObjectId, named: &Uncommitted) -> Self {
        Self {
            author: format!("{} <{}>", named.name, named.email),
            author_name: named.name.clone(),
            author_moment: Moment {
                seconds: named.seconds,
                offset_minutes: 0,
            },
            is_whole: false,
            ..Self::unspoken(commit_id)
        }
    }

    /// Returns the facts of a commit of which no record speaks, before anything is said of it.
    pub(super) fn unspoken(commit_id: ObjectId) -> Self {
        let judgement = Judgement {
            verdict: Verdict::Unattested,
            reasons: Vec::new(),
            ..incomplete(commit_id, true)
        };
        Self::of(None, judgement, true)
    }

    fn of(raw: Option<&RawCommit>, judgement: Judgement, is_whole: bool) -> Self {
        let mut claims = Claims::of(&judgement);
        if !is_whole {
            claims = claims.without_remainder();
        }
        Self {
            commit_id: judgement.commit_id,
            parent_ids: raw.map_or_else(Vec::new, |raw| raw.parent_ids.clone()),
            author: raw.map_or_else(String::new, |raw| identity(raw, &raw.author)),
            author_name: raw.map_or_else(String::new, |raw| decoded(raw, &raw.author.name)),
            author_moment: raw.map_or_else(Moment::default, |raw| Moment::of(&raw.author)),
            commit_moment: raw.map_or_else(Moment::default, |raw| Moment::of(&raw.committer)),
            title: raw.map_or_else(String::new, title),
            judgement,
            claims,
            is_whole,
            inferred: None,
        }
    }

    /// Returns the humans who accepted the change when it was committed, as believed records say.
    pub fn approvers(&self) -> impl Iterator<Item = &str> {
        let believed = self.judgement.evidence.iter();
        believed.filter_map(|evidence| evidence.authoring.get().approver.as_deref())
    }
}

/// The answer about a commit at the edge of a history that is not whole, or in one of which objects
/// are not here.
fn incomplete(commit_id: ObjectId, is_whole: bool) -> Judgement {
    let message = if is_whole {
        "objects of its change or of its records are not here, so no record can be held against \
         it; git fetch --refetch --no-filter"
    } else {
        "its parents are not here, so no record can be held against its change; \
         git fetch --unshallow"
    };
    Judgement {
        commit_id,
        verdict: Verdict::Untrusted,
        record_id: None,
        signer: None,
        principal: None,
        pins: Vec::new(),
        reasons: vec![Reason {
            code: "history-incomplete",
            message: message.to_owned(),
        }],
        evidence: Vec::new(),
    }
}

/// The text of a header or message: UTF-8, or what the `encoding` header names, where that is the
/// other one in wide use.
fn decoded(commit: &RawCommit, bytes: &[u8]) -> String {
    let latin1 = commit.encoding.as_deref().is_some_and(|name| {
        [&b"iso-8859-1"[..], b"iso8859-1", b"latin1", b"latin-1"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    });
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if latin1 => bytes.iter().copied().map(char::from).collect(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn identity(commit: &RawCommit, person: &Person) -> String {
    let (name, email) = (
        decoded(commit, &person.name),
        decoded(commit, &person.email),
    );
    format!("{name} <{email}>")
}

/// The first paragraph of the message on one line, as Git's `%s`.
fn title(commit: &RawCommit) -> String {
    let lines = commit.message.split(|byte| *byte == b'\n');
    let lines = lines.map(<[u8]>::trim_ascii);
    let paragraph: Vec<&[u8]> = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    decoded(commit, &paragraph.join(&b' '))
}
