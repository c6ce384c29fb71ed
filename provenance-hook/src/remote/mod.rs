//! Remotes: which one is meant, what is where on it, and Git programs that talk to it.
//!
//! Takes the name or the address of a remote and gives a [`Remote`] with the local references that
//! remember it; [`Talk`] lists, fetches and pushes. Nothing here decides what is fetched or sent.
//!
//! # What is not checked
//!
//! Whether the remote is who it says: that is for ssh, TLS and Git's own settings.

mod deadline;
mod running;
mod talk;

pub use deadline::Deadline;
pub use talk::{Listed, Push, Pushed, Talk, TalkError};

use provenance_core::digest::Digest;
use provenance_core::git::{Config, GitError, Repo};
use provenance_core::trust::TRACKING_PREFIX;

use crate::environment::Environment;
use crate::git_program::{GitProgram, GitProgramError};

/// A remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What people call it: its name, or the address that was given.
    pub shown: String,
    /// What Git is given.
    pub address: String,
    /// The name under which this clone remembers it.
    tracked_as: String,
    /// Where else a push goes.
    further: Vec<String>,
}

/// Why it is not known which remote is meant.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// There is none.
    #[error("this repository has no remote; add one: git remote add origin URL")]
    None,
    /// There are several, and no branch or name says which.
    #[error("which remote? there are {names}; name one: git provenance sync REMOTE")]
    Several {
        /// Their names.
        names: String,
    },
    /// The address of a remote cannot be one.
    #[error("`{address}` is no remote; git remote lists them")]
    Address {
        /// What was given, escaped.
        address: String,
    },
    /// Git cannot say what remotes there are.
    #[error(transparent)]
    Program(#[from] GitProgramError),
    /// The repository could not be read.
    #[error("cannot read the repository")]
    Git(#[from] GitError),
}

impl Remote {
    /// Returns the remote that has this name, or else is at this address.
    ///
    /// # Errors
    ///
    /// [`RemoteError::Address`], [`RemoteError::Program`], [`RemoteError::Git`].
    pub fn named(name: &str, repo: &Repo, environment: &Environment) -> Result<Self, RemoteError> {
        if names(environment)?.iter().any(|known| known == name) {
            return Ok(Self::configured(name, repo.config()?));
        }
        if name.is_empty() || name.starts_with('-') || name.contains(['\n', '\0']) {
            return Err(RemoteError::Address {
                address: provenance_core::text::escaped(name).into_owned(),
            });
        }
        Ok(Self::at(name))
    }

    /// Returns the remote that Git would choose here: the one of the current branch, else the only
    /// one, else `origin`.
    ///
    /// # Errors
    ///
    /// [`RemoteError::None`], [`RemoteError::Several`], [`RemoteError::Program`],
    /// [`RemoteError::Git`].
    pub fn default_of(repo: &Repo, environment: &Environment) -> Result<Self, RemoteError> {
        let names = names(environment)?;
        let config = repo.config()?;
        let branch = repo.head()?.ref_name;
        let branch = branch
            .as_deref()
            .and_then(|b| b.strip_prefix("refs/heads/"));
        let of_branch = branch.and_then(|b| config.string(&format!("branch.{b}.remote")));
        let chosen = names
            .iter()
            .find(|name| Some(name.as_str()) == of_branch)
            .or_else(|| match names.as_slice() {
                [only] => Some(only),
                several => several.iter().find(|name| *name == "origin"),
            });
        match chosen {
            Some(name) => Ok(Self::configured(name, config)),
            None if names.is_empty() => Err(RemoteError::None),
            None => Err(RemoteError::Several {
                names: names.join(", "),
            }),
        }
    }

    /// Returns the remote of a push, by the two arguments of a `pre-push` hook.
    ///
    /// # Errors
    ///
    /// As for [`Remote::named`].
    pub fn of_push(
        name: &str,
        url: &str,
        repo: &Repo,
        environment: &Environment,
    ) -> Result<Self, RemoteError> {
        let mut remote = Self::named(name, repo, environment)?;
        // The records go where the branch goes, and Git asks for each place in turn.
        if remote.address != remote.shown && remote.address != url {
            if !remote.further.is_empty() {
                return Ok(Self::at(url));
            }
            url.clone_into(&mut remote.address);
        }
        Ok(remote)
    }

    /// Returns the other places where a push to this remote goes: each is remembered by itself.
    #[must_use]
    pub fn further(&self) -> Vec<Self> {
        self.further.iter().map(|url| Self::at(url)).collect()
    }

    fn configured(name: &str, config: &Config) -> Self {
        // Where a push goes elsewhere, that is where the records are, and where they are read.
        let push_urls = config.strings(&format!("remote.{name}.pushurl"));
        let further = push_urls.iter().skip(1).map(ToString::to_string);
        Self {
            shown: name.to_owned(),
            address: push_urls.first().unwrap_or(&name).to_string(),
            tracked_as: name.to_owned(),
            further: further.collect(),
        }
    }

    fn at(address: &str) -> Self {
        let digest = hex(Digest::of(address.as_bytes()).as_bytes());
        Self {
            shown: address.to_owned(),
            address: address.to_owned(),
            tracked_as: format!("url-{digest}"),
            further: Vec::new(),
        }
    }

    /// Returns the reference that remembers the remote's notes.
    #[must_use]
    pub fn notes_tracking_ref(&self) -> String {
        format!("{TRACKING_PREFIX}{}/notes", self.tracked_as)
    }

    /// Returns the reference that remembers one of the remote's inboxes.
    #[must_use]
    pub fn inbox_tracking_ref(&self, inbox: &str) -> String {
        format!("{TRACKING_PREFIX}{}/inbox/{inbox}", self.tracked_as)
    }

    /// Returns the reference that remembers the remote's chain of trust.
    #[must_use]
    pub fn trust_tracking_ref(&self) -> String {
        provenance_core::trust::tracking_ref(&self.tracked_as)
    }
}

/// Returns the names of all remotes.
///
/// # Errors
///
/// [`GitProgramError`] when Git cannot say.
pub fn names(environment: &Environment) -> Result<Vec<String>, GitProgramError> {
    let listed = GitProgram::new(environment).ask(&["remote"])?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    Ok(listed.lines().map(str::to_owned).collect())
}

/// The first eight bytes, as hex digits: enough to tell addresses apart.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut hex = String::new();
    for byte in bytes.iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
