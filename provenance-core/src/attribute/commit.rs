//! `CommitFacts`: one commit, what is believed about it, and what that says about its lines.
//!
//! A [`CommitCache`] holds the facts of the commits that were asked about, so that each is judged
//! once however many of its lines survive. It is shared between threads; repositories are not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::AttributeError;
use super::claims::Claims;
use super::crew::Crew;
use crate::git::blame::Uncommitted;
use crate::git::{GitError, Location, Person, RawCommit, Repo, trailer};
use crate::infer::{Inference, Rules};
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::verify::{Judgement, Reason, Verdict, Verifier, VerifyError};

/// For how many commits a thread more is worth it.
const MANY: usize = 48;

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
    pub inferred: Option<Inference>,
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
        Self::read_over(repo, verifier, commit_id, Gaps::Refused, None)
    }

    fn read_over(
        repo: &Repo,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
        gaps: Gaps,
        inferring: Option<&Inferring>,
    ) -> Result<Self, AttributeError> {
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
            facts.inferred = (inferring.infer)(&inferring.rules, raw);
        }
        Ok(facts)
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
        let judgement = Judgement {
            verdict: Verdict::Unattested,
            reasons: Vec::new(),
            ..incomplete(commit_id, false)
        };
        Self {
            author: format!("{} <{}>", named.name, named.email),
            author_name: named.name.clone(),
            author_moment: Moment {
                seconds: named.seconds,
                offset_minutes: 0,
            },
            ..Self::of(None, judgement, false)
        }
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

/// The facts of the commits that were asked about.
#[derive(Debug, Default)]
pub struct CommitCache {
    known: Mutex<HashMap<ObjectId, Arc<CommitFacts>>>,
    gaps: Gaps,
    inferring: Option<Inferring>,
    threads: usize,
}

/// The rules, and what concludes by them: named where rules are given, so that a program which
/// never gives any, as hooks do not, has nothing of it.
#[derive(Debug)]
struct Inferring {
    rules: Rules,
    infer: fn(&Rules, &RawCommit) -> Option<Inference>,
}

/// What becomes of a commit that cannot be judged, because objects are not here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Gaps {
    /// An error: whoever writes must not write less than there is.
    #[default]
    Refused,
    /// An answer: it is not believed.
    Answered,
}

impl CommitCache {
    /// Makes an empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty cache that takes a commit for one that is not believed where objects that it
    /// takes to judge it are not here: for whoever counts, and says what could not be counted.
    #[must_use]
    pub fn over_gaps() -> Self {
        Self {
            gaps: Gaps::Answered,
            ..Self::default()
        }
    }

    /// Lets the facts hold what messages let one conclude by these rules; without rules nothing is
    /// inferred.
    #[must_use]
    pub fn inferring(self, rules: Option<&Rules>) -> Self {
        Self {
            inferring: rules.map(|rules| Inferring {
                rules: rules.clone(),
                infer: Rules::infer,
            }),
            ..self
        }
    }

    /// Lets many commits be judged on so many threads at once.
    #[must_use]
    pub fn on_threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Reads and judges commits that will be asked about, each once. Few are left for later:
    /// another thread has to open the repository first.
    pub(super) fn expect(
        &self,
        location: &Location,
        commit_ids: &[ObjectId],
    ) -> Result<(), AttributeError> {
        if self.threads < 2 || commit_ids.len() < MANY {
            return Ok(());
        }
        self.crew(location)
            .over(commit_ids, |repo, verifier, commit_id| {
                self.get(repo, verifier, *commit_id).map(drop)
            })?;
        Ok(())
    }

    /// Lets commits be judged while `find` is still looking for them; it is given whom to tell.
    pub(super) fn ahead<R>(
        &self,
        location: &Location,
        find: impl FnOnce(&mut dyn FnMut(ObjectId)) -> R,
    ) -> R {
        let judge = |repo: &Repo, verifier: &Verifier<'_>, commit_id| {
            // What cannot be judged is asked about again, and said then.
            drop(self.get(repo, verifier, commit_id));
        };
        self.crew(location).ahead(judge, find)
    }

    fn crew<'a>(&self, location: &'a Location) -> Crew<'a> {
        Crew {
            location,
            threads: self.threads.max(1),
            progress: &|_, _| {},
        }
    }

    /// Returns the facts of a commit; reads and judges it when first asked.
    ///
    /// # Errors
    ///
    /// As for [`CommitFacts::read`].
    pub fn get(
        &self,
        repo: &Repo,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
    ) -> Result<Arc<CommitFacts>, AttributeError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known().get(&commit_id) {
            return Ok(Arc::clone(facts));
        }
        // Not under the lock: two threads may judge the same commit, and none waits.
        let inferring = self.inferring.as_ref();
        let facts = CommitFacts::read_over(repo, verifier, commit_id, self.gaps, inferring)?;
        let facts = Arc::new(facts);
        Ok(Arc::clone(known().entry(commit_id).or_insert(facts)))
    }
}
