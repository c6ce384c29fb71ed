//! Which key signs here: the one that `provenance.signingKey` names, else the person's own.
//!
//! Takes the configuration and the environment, and gives a [`KeyFile`], and from it the key. The
//! person's own lies at `provenance/keys/id_ed25519` under `XDG_CONFIG_HOME`, else `~/.config`:
//! one for all repositories of this person on this machine.
//!
//! # What is not checked
//!
//! Whether anybody trusts the key; that is the trust chain's to say.

use std::path::{Path, PathBuf};

use provenance_core::git::{Config, GitError, Repo};
use provenance_core::key::{KeyError, SigningKey};

use crate::environment::Environment;

/// The folder of the person's keys, under their configuration directory.
const KEYS: &str = "provenance/keys";
/// The file that signs where no setting names another.
const FILE_NAME: &str = "id_ed25519";

/// The file of a signing key, and how it came to be the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// Whether `provenance.signingKey` names it.
    pub is_configured: bool,
}

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningKeyError {
    /// The configuration cannot be read.
    #[error(transparent)]
    Config(#[from] GitError),
    /// The setting is no path that means the same everywhere.
    #[error(
        "provenance.signingKey is `{}`, which depends on where a hook runs; give an absolute path, or one that starts with ~/",
        provenance_core::text::escaped(value)
    )]
    Relative {
        /// The value.
        value: String,
    },
    /// There is neither `HOME` nor `XDG_CONFIG_HOME`.
    #[error(
        "cannot tell where your keys are: HOME is not set; set it, or git config provenance.signingKey FILE"
    )]
    NoHome,
    /// The setting names a file that is not there.
    #[error(
        "provenance.signingKey names `{path}`, which is not there; make it with: git provenance key generate --output {path}, or unset it with: git config --unset provenance.signingKey",
        path = .path.display()
    )]
    ConfiguredMissing {
        /// The file.
        path: PathBuf,
    },
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Returns the folder of the person's keys.
///
/// # Errors
///
/// [`SigningKeyError::NoHome`].
pub fn keys_dir(environment: &Environment) -> Result<PathBuf, SigningKeyError> {
    let config_home = environment.config_home().ok_or(SigningKeyError::NoHome)?;
    Ok(config_home.join(KEYS))
}

/// Returns the file of the person's own key, whatever the configuration says.
///
/// # Errors
///
/// [`SigningKeyError::NoHome`].
pub fn own(environment: &Environment) -> Result<KeyFile, SigningKeyError> {
    Ok(KeyFile {
        path: keys_dir(environment)?.join(FILE_NAME),
        is_configured: false,
    })
}

/// Returns the file of the key that signs under this configuration. Whether it is there is found
/// out by [`KeyFile::load`].
///
/// # Errors
///
/// [`SigningKeyError::Relative`], [`SigningKeyError::NoHome`], [`SigningKeyError::Config`].
pub fn locate(config: &Config, environment: &Environment) -> Result<KeyFile, SigningKeyError> {
    named(config.settings()?.signing_key, environment)
}

/// Returns the file that a value of `provenance.signingKey` names; the person's own without one.
///
/// # Errors
///
/// [`SigningKeyError::Relative`], [`SigningKeyError::NoHome`].
pub fn named(value: Option<String>, environment: &Environment) -> Result<KeyFile, SigningKeyError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return own(environment);
    };
    let path = match value.strip_prefix("~/") {
        Some(rest) => {
            let home = environment.home().ok_or(SigningKeyError::NoHome)?;
            home.join(rest)
        }
        None => PathBuf::from(&value),
    };
    if path.is_absolute() {
        Ok(KeyFile {
            path,
            is_configured: true,
        })
    } else {
        Err(SigningKeyError::Relative { value })
    }
}

/// Returns the key that signs in this repository: what hooks and commands call.
///
/// # Errors
///
/// As for [`locate`] and [`KeyFile::load`].
pub fn load(repo: &Repo, environment: &Environment) -> Result<SigningKey, SigningKeyError> {
    locate(repo.config()?, environment)?.load()
}

impl KeyFile {
    /// Reads the key.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::ConfiguredMissing`]; [`SigningKeyError::Key`] with what is wrong.
    pub fn load(&self) -> Result<SigningKey, SigningKeyError> {
        match SigningKey::load(&self.path) {
            Err(KeyError::Missing { path }) if self.is_configured => {
                Err(SigningKeyError::ConfiguredMissing { path })
            }
            loaded => Ok(loaded?),
        }
    }

    /// Returns where the public half is written: the same name with `.pub` at its end.
    #[must_use]
    pub fn public_path(&self) -> PathBuf {
        public_path(&self.path)
    }
}

/// Returns the name of the public half's file, as `ssh-keygen` names it.
#[must_use]
pub fn public_path(private: &Path) -> PathBuf {
    let mut path = private.as_os_str().to_owned();
    path.push(".pub");
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use provenance_core::git::Location;

    use super::*;
    use crate::scratch;

    struct Scene {
        dir: tempfile::TempDir,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                dir: scratch::repository(),
            }
        }

        fn environment(&self, more: &[(&str, &str)]) -> Environment {
            let home = self.dir.path().join("home").display().to_string();
            let own = [("HOME", home.as_str()), ("GIT_CONFIG_GLOBAL", "/dev/null")];
            let all = own.iter().chain(more).copied();
            Environment::new(self.dir.path(), all)
        }

        fn located(&self, setting: Option<&str>, more: &[(&str, &str)]) -> Result<KeyFile, String> {
            let mut location: Location = self.environment(more).location();
            location.config_pairs = setting
                .map(|value| ("provenance.signingKey".to_owned(), value.to_owned()))
                .into_iter()
                .collect();
            let repo = Repo::open(&location).unwrap();
            locate(repo.config().unwrap(), &self.environment(more)).map_err(|e| e.to_string())
        }
    }

    #[test]
    fn the_setting_wins_and_the_persons_own_key_is_next() {
        let scene = Scene::new();
        let home = scene.dir.path().join("home");
        let own = scene.located(None, &[]).unwrap();
        assert_eq!(own.path, home.join(".config/provenance/keys/id_ed25519"));
        assert!(!own.is_configured);
        let elsewhere = scene.located(Some(""), &[("XDG_CONFIG_HOME", "/x")]);
        assert_eq!(
            elsewhere.unwrap().path,
            Path::new("/x/provenance/keys/id_ed25519")
        );
        for (value, expected) in [
            ("~/.ssh/id", home.join(".ssh/id")),
            ("/keys/id", PathBuf::from("/keys/id")),
        ] {
            let found = scene.located(Some(value), &[]).unwrap();
            assert!(found.is_configured);
            assert_eq!(found.path, expected);
        }
    }

    #[test]
    fn what_cannot_be_found_is_said_with_the_way_out() {
        let scene = Scene::new();
        let relative = scene.located(Some("keys/id"), &[]).unwrap_err();
        assert!(relative.contains("absolute"), "{relative}");
        let homeless = scene.located(None, &[("HOME", "")]).unwrap_err();
        assert!(homeless.contains("HOME is not set"), "{homeless}");
        let missing = scene.located(Some("/nowhere/id"), &[]).unwrap();
        let error = missing.load().unwrap_err().to_string();
        assert!(error.contains("--output /nowhere/id"), "{error}");
        let own = scene.located(None, &[]).unwrap().load().unwrap_err();
        assert!(matches!(
            own,
            SigningKeyError::Key(KeyError::Missing { .. })
        ));
    }
}
