//! `Writer`: what the two commit hooks and `record` write with, opened once for a process.

use provenance_core::attest::Attester;
use provenance_core::capture::AgentHint;
use provenance_core::git::Repo;
use provenance_core::key::SigningKey;
use provenance_core::record::Recorder;
use provenance_core::{clock, entropy};

use crate::environment::Environment;
use crate::failure::HookError;
use crate::{VERSION, signing_key};

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
        let hint = AgentHint::of(|name| environment.text(name));
        Ok(Self {
            repo,
            key,
            hint,
            entropy: entropy::System,
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
