//! Asking remotes for their chain, without a prompt and within a time limit.
//!
//! Takes the remotes of the repository and gives, for each, that it has a chain (remembered in its
//! tracking reference by then), that it has none, or that it did not answer. Nobody is asked for
//! a password: a remote that needs one did not answer.
//!
//! # What is not checked
//!
//! What was fetched; reading the chain does that.

use std::thread;
use std::time::Duration;

use provenance_core::git::Repo;
use provenance_core::trust::{TRUST_REF, tracking_ref};
use provenance_hook::Environment;
use provenance_hook::remote::{self, Deadline, Talk};

use crate::error::CliError;

/// How long a remote may take to say whether it has a chain.
const ASK_LIMIT: Duration = Duration::from_secs(8);
/// How long it may take to send one.
const FETCH_LIMIT: Duration = Duration::from_secs(30);
/// The most remotes that are asked.
const MAX_REMOTES: usize = 8;

/// What a remote said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has a chain, which is in our tracking reference now.
    Fetched,
    /// It has none.
    Nothing,
    /// It did not answer, and why.
    Silent(String),
}

/// Asks every remote, all at once, and fetches what they have.
///
/// # Errors
///
/// [`CliError`] when `git remote` itself fails, or a tracking reference cannot be written.
pub(super) fn ask(
    environment: &Environment,
    repo: &Repo,
) -> Result<Vec<(String, Answer)>, CliError> {
    let remotes = remote::names(environment)?;
    let talk = Talk::new(environment, repo.config()?, false);
    let listed: Vec<_> = thread::scope(|scope| {
        let asked: Vec<_> = remotes
            .iter()
            .take(MAX_REMOTES)
            .map(|name| {
                scope.spawn(move || talk.list(name, &[TRUST_REF], Deadline::after(ASK_LIMIT)))
            })
            .collect();
        asked
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut answers = Vec::with_capacity(remotes.len());
    for (name, listed) in remotes.iter().zip(listed) {
        let answer = match listed {
            Ok(Ok(refs)) => match refs.iter().find(|(listed, _)| listed == TRUST_REF) {
                None => Answer::Nothing,
                Some((_, commit_id)) => {
                    let deadline = Deadline::after(FETCH_LIMIT);
                    match talk.fetch(name, &[TRUST_REF], deadline) {
                        Ok(()) => {
                            let tracking = tracking_ref(name);
                            let before = repo.ref_target(&tracking)?;
                            // Another process that remembers it at the same moment is as good.
                            let _ =
                                repo.update_ref(&tracking, *commit_id, before, "trust: fetch")?;
                            Answer::Fetched
                        }
                        Err(why) => Answer::Silent(why.to_string()),
                    }
                }
            },
            Ok(Err(why)) => Answer::Silent(why.to_string()),
            Err(_) => Answer::Silent("asking it failed".to_owned()),
        };
        answers.push((name.clone(), answer));
    }
    for name in remotes.iter().skip(MAX_REMOTES) {
        let why = format!("only {MAX_REMOTES} remotes are asked");
        answers.push((name.clone(), Answer::Silent(why)));
    }
    Ok(answers)
}
