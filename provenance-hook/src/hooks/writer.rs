//! `Writer`: what the commit hooks, `record` and `carry` write with, opened once for a process.

use std::path::Path;

use provenance_core::attest::Attester;
use provenance_core::capture::AgentHint;
use provenance_core::git::Repo;
use provenance_core::key::SigningKey;
use provenance_core::record::Recorder;
use provenance_core::{clock, entropy};

use crate::VERSION;
use crate::environment::Environment;
use crate::failure::HookError;
use crate::signing_key::{self, SigningKeyError};

/// The repository, the key, and where randomness comes from.
#[derive(Debug)]
pub struct Writer {
    repo: Repo,
    key: SigningKey,
    hint: AgentHint,
    entropy: entropy::System,
}

impl Writer {
    /// Opens the repository and loads the key that signs in it.
    ///
    /// # Errors
    ///
    /// [`HookError::Git`] and [`HookError::SigningKey`].
    pub fn open(environment: &Environment) -> Result<Self, HookError> {
        let repo = Repo::open(&environment.location())?;
        let key = signing_key::load(&repo, environment)?;
        Ok(Self::with(environment, repo, key))
    }

    /// Opens the repository, and signs with the key of a file instead of the one that signs here.
    ///
    /// # Errors
    ///
    /// As for [`Writer::open`].
    pub fn with_key_of(environment: &Environment, file: &Path) -> Result<Self, HookError> {
        let repo = Repo::open(&environment.location())?;
        let path = environment.current_dir().join(file);
        let key = SigningKey::load(&path).map_err(SigningKeyError::from)?;
        Ok(Self::with(environment, repo, key))
    }

    fn with(environment: &Environment, repo: Repo, key: SigningKey) -> Self {
        let hint = AgentHint::of(|name| environment.text(name));
        Self {
            repo,
            key,
            hint,
            entropy: entropy::System,
        }
    }

    /// Opens the repository with a key of nobody's, made for this process: for what is kept until
    /// somebody can sign it.
    ///
    /// # Errors
    ///
    /// [`HookError::Git`] and [`HookError::SigningKey`].
    pub fn without_key(environment: &Environment) -> Result<Self, HookError> {
        let repo = Repo::open(&environment.location())?;
        let key = SigningKey::generate(&mut entropy::System).map_err(SigningKeyError::from)?;
        Ok(Self::with(environment, repo, key))
    }

    /// Opens the repository to attest HEAD. Where there is no key, what is known of HEAD is kept
    /// until there is one.
    ///
    /// # Errors
    ///
    /// As for [`Writer::open`]; [`HookError::Unsealed`] where it was kept.
    pub fn open_or_keep(environment: &Environment) -> Result<Self, HookError> {
        let source = match Self::open(environment) {
            Err(HookError::SigningKey(source)) => source,
            opened => return opened,
        };
        let mut writer = Self::without_key(environment)?;
        let is_kept = match writer.repo().head()?.commit_id {
            Some(commit_id) => writer.attester().keep_unsealed(commit_id)?,
            None => false,
        };
        Err(if is_kept {
            HookError::Unsealed(source)
        } else {
            HookError::SigningKey(source)
        })
    }

    /// Returns the repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// Returns the writing side.
    pub fn attester(&mut self) -> Attester<'_> {
        Attester {
            repo: &self.repo,
            key: &self.key,
            clock: &clock::System,
            entropy: &mut self.entropy,
            hint: self.hint.clone(),
            recorder: Recorder {
                name: "provenance-hook".to_owned(),
                version: VERSION.to_owned(),
            },
        }
    }
}
