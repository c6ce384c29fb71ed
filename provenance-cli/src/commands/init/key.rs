//! The key step of `init`: the one that is named, the one that is there, or a new one.

use std::path::{Path, PathBuf};

use provenance_core::git::IdentityRole;
use provenance_core::key::{KeyId, SigningKey};
use provenance_hook::{Environment, signing_key};

use super::from_home;
use crate::context::Context;
use crate::error::CliError;

/// The key that signs in this repository.
#[derive(Debug)]
pub(super) struct Key {
    id: KeyId,
    path: PathBuf,
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It was named on the command line.
    Named,
    /// It was there.
    Found,
    /// It was made just now.
    Made,
}

/// Finds the key, or makes one.
pub(super) fn prepare(context: &Context, named: Option<&Path>) -> Result<Key, CliError> {
    if let Some(named) = named {
        let typed = context.environment().current_dir().join(named);
        let key = SigningKey::load(&typed)?;
        // Hooks run elsewhere: what is kept must mean the same from everywhere.
        let path = std::fs::canonicalize(&typed)?;
        return Ok(Key::new(&key, path, Source::Named));
    }
    let file = signing_key::locate(context.repo()?.config()?, context.environment())?;
    if file.is_configured || std::fs::symlink_metadata(&file.path).is_ok() {
        let key = file.load()?;
        if !file.is_configured {
            // Whoever died between the two halves left the first.
            key.save_public(&file.path, &comment(context))?;
        }
        return Ok(Key::new(&key, file.path, Source::Found));
    }
    let path = file.path;
    let key = SigningKey::generate(&mut context.entropy())?;
    key.save(&path, &comment(context))?;
    Ok(Key::new(&key, path, Source::Made))
}

/// Whose key it is, for people who read the public half.
fn comment(context: &Context) -> String {
    context
        .repo()
        .ok()
        .and_then(|repo| {
            let config = repo.config().ok()?;
            config
                .identity(IdentityRole::Committer, repo.location())
                .ok()
        })
        .map_or_else(|| "git-provenance".to_owned(), |identity| identity.email)
}

impl Key {
    fn new(key: &SigningKey, path: PathBuf, source: Source) -> Self {
        Self {
            id: key.id().clone(),
            path,
            source,
        }
    }

    /// Returns the private key's file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file to name in the repository's configuration, if it is to be named.
    pub(super) fn setting(&self) -> Option<&Path> {
        (self.source == Source::Named).then_some(self.path.as_path())
    }

    /// Removes a key that was made for nothing.
    pub(super) fn discard(&self) {
        if self.source == Source::Made {
            provenance_core::fail_point!("init: take back the private key");
            drop(std::fs::remove_file(&self.path));
            provenance_core::fail_point!("init: take back the public key");
            drop(std::fs::remove_file(signing_key::public_path(&self.path)));
        }
    }

    /// Says which key it is and where it came from, on two lines.
    pub(super) fn told(&self, environment: &Environment) -> [String; 2] {
        let directory = self.path.parent().unwrap_or(&self.path);
        let origin = match self.source {
            Source::Made => {
                let directory = from_home(directory, environment);
                format!("created in {directory} (this machine only)")
            }
            Source::Found | Source::Named => from_home(&self.path, environment),
        };
        [self.id.as_str().to_owned(), origin]
    }
}
