//! The keys on this machine, and what this repository makes of them.
//!
//! Takes the person's folder of keys and the one that the configuration names; gives each with its
//! public half, or with what is wrong with it. The secret itself is read, and goes nowhere.

use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::git::{GitError, Repo, SETTINGS};
use provenance_core::key::{KeyId, PublicKey};
use provenance_core::trust::{PrincipalKind, Trust};
use provenance_hook::git_program::GitProgram;
use provenance_hook::log;
use provenance_hook::signing_key::{self, KeyFile};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::output::safe;

/// The most files of the folder that are read.
const MAX_FILES: usize = 256;

/// The repository that we are in, as far as keys are concerned.
#[derive(Debug)]
pub(super) struct Here {
    /// The key that signs.
    pub(super) current: KeyFile,
    /// Where the repository is; `None` outside of any.
    pub(super) repository: Option<PathBuf>,
    trust: Option<Trust>,
}

/// A key, as `--json` shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Key {
    /// The fingerprint; `None` where the key cannot be used.
    pub(super) id: Option<KeyId>,
    /// The public key line.
    pub(super) public: Option<String>,
    /// The private key's file.
    #[serde(skip)]
    pub(super) file: PathBuf,
    /// The same, as it may be shown.
    pub(super) path: String,
    /// Whether it signs here.
    pub(super) signs_here: bool,
    /// Whose it is, by this repository's trust.
    pub(super) principal: Option<Owner>,
    /// Why it cannot be used.
    pub(super) problem: Option<String>,
}

/// Whose a key is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    /// The principal.
    pub(super) id: String,
    /// What they are.
    pub(super) kind: PrincipalKind,
    /// Whether the key may sign the next version of trust.
    pub(super) is_root: bool,
}

impl Here {
    /// Looks around; outside of a repository the person's own configuration speaks.
    pub(super) fn of(context: &Context) -> Result<Self, CliError> {
        let environment = context.environment();
        let repo = match Repo::open(&context.location()) {
            Ok(repo) => repo,
            Err(GitError::NotARepository { .. }) => {
                let [setting, ..] = SETTINGS;
                let value =
                    GitProgram::new(environment).ask_maybe(&["config", "--get", setting.key])?;
                return Ok(Self {
                    current: signing_key::named(value, environment)?,
                    repository: None,
                    trust: None,
                });
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            current: signing_key::locate(repo.config()?, environment)?,
            repository: Some(repo.work_tree().unwrap_or(repo.git_dir()).to_owned()),
            // What is wrong with a chain is `trust show`'s to tell; here it names nobody.
            trust: Trust::load(&repo).ok().flatten(),
        })
    }

    /// Answers whether this repository has a chain.
    pub(super) fn has_trust(&self) -> bool {
        self.trust.is_some()
    }

    /// Describes a key that can be used.
    pub(super) fn describe(&self, path: &Path, public: &PublicKey) -> Key {
        let owner = |trust: &Trust| {
            let principal = trust.principal_of(public.id())?;
            Some(Owner {
                id: principal.id.clone(),
                kind: principal.kind,
                is_root: trust.document().root.keys.contains(public.id()),
            })
        };
        Key {
            id: Some(public.id().clone()),
            public: Some(public.to_openssh()),
            file: path.to_owned(),
            path: shown(path),
            signs_here: path == self.current.path,
            principal: self.trust.as_ref().and_then(owner),
            problem: None,
        }
    }

    fn look_at(&self, file: &KeyFile) -> Key {
        match file.load() {
            Ok(key) => self.describe(&file.path, key.public_key()),
            Err(error) => Key {
                id: None,
                public: None,
                file: file.path.clone(),
                path: shown(&file.path),
                signs_here: *file == self.current,
                principal: None,
                problem: Some(safe(&log::chain(&error)).into_owned()),
            },
        }
    }
}

/// Returns a path as documents and terminals may show it.
pub(super) fn shown(path: &Path) -> String {
    safe(&path.display().to_string()).into_owned()
}

/// Returns every key, the one that signs here first.
pub(super) fn all(context: &Context, here: &Here) -> Result<Vec<Key>, CliError> {
    let mut keys = vec![here.look_at(&here.current)];
    let folder = signing_key::keys_dir(context.environment())?;
    let mut paths: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries
            .take(MAX_FILES)
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_none_or(|ending| ending != "pub"))
            .filter(|path| *path != here.current.path)
            .collect(),
        // There is none yet, or it cannot be read: what signs here was looked at above.
        Err(_) => Vec::new(),
    };
    paths.sort();
    keys.extend(paths.into_iter().map(|path| {
        here.look_at(&KeyFile {
            path,
            is_configured: false,
        })
    }));
    Ok(keys)
}

/// Returns the key that `wanted` names: a fingerprint, its beginning, or a file; without one the
/// key that signs here.
///
/// # Errors
///
/// [`CliError`] when there is no such key, when several begin alike, or when it cannot be used.
pub(super) fn find(
    context: &Context,
    here: &Here,
    wanted: Option<&str>,
) -> Result<(PathBuf, PublicKey), CliError> {
    let load = |file: &KeyFile| -> Result<(PathBuf, PublicKey), CliError> {
        let key = file.load()?;
        Ok((file.path.clone(), key.public_key().clone()))
    };
    let Some(wanted) = wanted else {
        return load(&here.current);
    };
    let start = wanted.strip_prefix("SHA256:").unwrap_or(wanted);
    let names = |key: &Key| {
        let digits = key
            .id
            .as_ref()
            .and_then(|id| id.as_str().strip_prefix("SHA256:"));
        !start.is_empty() && digits.is_some_and(|digits| digits.starts_with(start))
    };
    let keys = all(context, here)?;
    let mut matching = keys.iter().filter(|key| names(key));
    match (matching.next(), matching.next()) {
        (Some(key), None) => load(&KeyFile {
            path: key.file.clone(),
            is_configured: false,
        }),
        (Some(_), Some(_)) => Err(CliError::said(format_args!(
            "several keys begin with `{wanted}`; git provenance key list"
        ))),
        (None, _) => {
            let path = context.environment().current_dir().join(wanted);
            if !path.is_file() {
                return Err(CliError::said(format_args!(
                    "no key of yours is `{wanted}`; git provenance key list"
                )));
            }
            load(&KeyFile {
                path,
                is_configured: false,
            })
        }
    }
}
