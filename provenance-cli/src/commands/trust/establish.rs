//! The trust step of `init`: a root if there is none anywhere.
//!
//! Takes the repository as it is and the key that signs in it, and gives an [`Established`] with
//! what was found or made. A second root is never made where a chain can be seen: here, in a copy
//! that was fetched, or at a remote. Where a remote cannot be asked no root is made either, because
//! whether there is one is not known.

use std::path::Path;

use provenance_core::git::{Identity, IdentityRole, Repo};
use provenance_core::key::{PublicKey, SigningKey};
use provenance_core::text;
use provenance_core::trust::{Principal, Problem, Trust, TrustError, heads};

use super::remotes::{self, Answer};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// The trust that this repository has now, seen by the one who signs here.
#[derive(Debug)]
pub(crate) struct Established {
    public_key: PublicKey,
    principal_id: String,
    standing: Standing,
}

/// How this repository came by its trust.
#[derive(Debug)]
enum Standing {
    /// It was here; and what kept copies of remotes' chains from being followed.
    Present(Trust, Vec<String>),
    /// It was fetched, or had been.
    Joined(Trust),
    /// There was none anywhere; this key is the root.
    Made(Trust),
    /// It is not known whether there is one: these remotes did not answer, and why.
    Unknown(Vec<(String, String)>),
}

/// Makes sure that there is a root of trust: `key_path` is the private key that signs here.
///
/// # Errors
///
/// [`CliError`] around a key that cannot be used, an identity that is not set, or a chain that is
/// no good or stands against another. Nothing is replaced.
pub(crate) fn establish(context: &Context, key_path: &Path) -> Result<Established, CliError> {
    let repo = context.repo()?;
    let key = SigningKey::load(key_path)?;
    let identity = repo
        .config()?
        .identity(IdentityRole::Committer, repo.location())?;
    Ok(Established {
        public_key: key.public_key().clone(),
        principal_id: principal_id(&identity),
        standing: standing(context, repo, &key)?,
    })
}

/// The id of the person at the keyboard: their email address, as an id may be written.
fn principal_id(identity: &Identity) -> String {
    text::cleaned_id(&identity.email).unwrap_or_default()
}

fn standing(context: &Context, repo: &Repo, key: &SigningKey) -> Result<Standing, CliError> {
    if let Some(trust) = Trust::load(repo)? {
        if trust.principal_of(key.id()).is_none() {
            // Somebody may have added the key meanwhile. Who does not answer has nothing new.
            drop(remotes::ask(context.environment(), repo));
        }
        let conflicts = follow_what_continues(repo)?;
        return Ok(Standing::Present(
            Trust::load(repo)?.unwrap_or(trust),
            conflicts,
        ));
    }
    if let Some(trust) = follow_all(repo)? {
        return Ok(Standing::Joined(trust));
    }
    let mut silent = Vec::new();
    for (remote, answer) in remotes::ask(context.environment(), repo)? {
        if let Answer::Silent(why) = answer {
            silent.push((remote, why));
        }
    }
    if let Some(trust) = follow_all(repo)? {
        return Ok(Standing::Joined(trust));
    }
    if !silent.is_empty() {
        return Ok(Standing::Unknown(silent));
    }
    Ok(Standing::Made(make(context, repo, key)?))
}

/// Makes the root, with this key.
///
/// # Errors
///
/// As for [`Trust::init`].
pub(super) fn make(context: &Context, repo: &Repo, key: &SigningKey) -> Result<Trust, CliError> {
    let identity = repo
        .config()?
        .identity(IdentityRole::Committer, repo.location())?;
    let adopted_at = heads(repo)?;
    let made = Trust::init(
        repo,
        key,
        &principal_id(&identity),
        &adopted_at,
        context.clock(),
        &mut context.entropy(),
        &identity,
    )?;
    Ok(made)
}

/// Takes the chain that was fetched, and follows every copy of it; `None` where there is no copy.
/// All are read before the first is taken, so that two roots stop us at the door.
fn follow_all(repo: &Repo) -> Result<Option<Trust>, CliError> {
    let copies = Trust::copies(repo)?;
    let mut first = None;
    for copy in &copies {
        let Some(theirs) = Trust::load_from(repo, copy)?.map(|trust| trust.root_id()) else {
            continue;
        };
        let ours = *first.get_or_insert(theirs);
        if ours != theirs {
            return Err(TrustError::OtherRoot {
                ours,
                theirs,
                ref_name: copy.clone(),
            }
            .into());
        }
    }
    for copy in &copies {
        Trust::follow(repo, copy)?;
    }
    Ok(Trust::load(repo)?)
}

/// Follows the copies that continue our chain, and says what is wrong with the others.
fn follow_what_continues(repo: &Repo) -> Result<Vec<String>, CliError> {
    let mut conflicts = Vec::new();
    for copy in Trust::copies(repo)? {
        match Trust::follow(repo, &copy) {
            Ok(_) => {}
            Err(
                conflict @ (TrustError::OtherRoot { .. }
                | TrustError::Forked { .. }
                | TrustError::NoRoot { .. }),
            ) => conflicts.push(conflict.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(conflicts)
}

impl Established {
    /// Answers whether trust is in order.
    ///
    /// # Errors
    ///
    /// [`CliError`] when a remote did not answer, so that it is not known whether there is a root:
    /// for the end of `init`, when everything else is done.
    pub(crate) fn outcome(&self) -> Result<Outcome, CliError> {
        match &self.standing {
            Standing::Made(_) => Ok(Outcome::Yes),
            Standing::Joined(trust) | Standing::Present(trust, _) => {
                Ok((!trust.problems().iter().any(Problem::is_break)).into())
            }
            Standing::Unknown(silent) => {
                let remotes: Vec<_> = silent.iter().map(|(remote, _)| remote.as_str()).collect();
                Err(CliError::said(format_args!(
                    "no root of trust was made: whether {} has one is not known",
                    remotes.join(", ")
                ))
                .hint(
                    "git provenance init, when the remote answers; \
                     if you know that it has none: git provenance trust init",
                ))
            }
        }
    }

    /// Returns the sentences about trust, for the lines that start with `Trust`.
    pub(crate) fn lines(&self) -> Vec<String> {
        match &self.standing {
            Standing::Made(trust) => vec![
                format!("root {}, made here", trust.root_id()),
                "share it: git provenance sync".to_owned(),
            ],
            Standing::Present(trust, conflicts) => {
                let mut lines = self.member_lines(trust, "known here");
                lines.extend(conflicts.iter().map(|why| format!("not followed: {why}")));
                lines
            }
            Standing::Joined(trust) => {
                self.member_lines(trust, "taken from a remote and believed on first use")
            }
            Standing::Unknown(silent) => {
                let one = |(remote, why): &(String, String)| {
                    format!("none yet: {} did not answer ({why})", text::escaped(remote))
                };
                silent.iter().map(one).collect()
            }
        }
    }

    fn member_lines(&self, trust: &Trust, how: &str) -> Vec<String> {
        let mut lines = vec![
            format!("root {}", trust.root_id()),
            format!("version {}, {how}", trust.version()),
        ];
        if let Some(Principal { id, .. }) = trust.principal_of(self.public_key.id()) {
            lines.push(format!("your key signs as {id}"));
        } else {
            let public = self.public_key.to_openssh();
            lines.push("your key is not in it; a holder of a root key must run:".to_owned());
            lines.push(format!(
                "git provenance trust add {} --kind human --key '{public}'",
                self.principal_id
            ));
        }
        lines.extend(trust.problems().iter().map(ToString::to_string));
        lines
    }
}
