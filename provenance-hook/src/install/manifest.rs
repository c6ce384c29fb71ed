//! The manifest: what `init` put in, so that `uninstall` takes out exactly that.
//!
//! `provenance/installed.json` in the common Git directory. Paths under the repository are kept
//! relative to that directory, so that a repository that was moved can still be cleaned.
//!
//! # Invariants
//!
//! - It is written before the first change and after the last: a crash in between leaves more in
//!   it than was done, never less, and undoing what was not done does nothing.
//! - What a file held before the first change stays known through every later `init`.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use provenance_core::digest::Digest;
use serde::{Deserialize, Serialize};

use super::{InstallError, change};

/// The version of the manifest's own form.
const FORM: u32 = 1;

/// Everything that was put in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    form: u32,
    /// The version that ran `init` last.
    pub(super) version: String,
    /// The links, in the order in which they were made.
    pub(super) links: Vec<LinkEntry>,
    /// The files, in the order in which they were changed.
    pub(super) files: Vec<FileEntry>,
    /// The folders that were made, outermost first.
    pub(super) folders: Vec<Place>,
}

/// A link to the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LinkEntry {
    pub(super) path: Place,
    pub(super) target: Place,
    /// Where the user's own hook was set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) saved: Option<Place>,
}

/// A file that was changed or made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub(super) path: Place,
    pub(super) part: Part,
    /// What it held before; absent when it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// What it held after.
    pub(super) after: Digest,
}

/// What our part of a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    /// Marked lines in a hook.
    Chain,
    /// Settings in Git's configuration file.
    GitConfig {
        /// The keys, and the values that they were given.
        settings: Vec<(String, String)>,
    },
    /// A line in `info/exclude`.
    Exclude,
    /// Hooks in Claude Code's settings.
    ClaudeCode,
}

impl Part {
    /// Keeps the settings of an earlier change that this one did not repeat.
    fn continue_from(&mut self, old: &Self) {
        if let (Self::GitConfig { settings }, Self::GitConfig { settings: old }) = (self, old) {
            let kept: Vec<_> = old
                .iter()
                .filter(|(key, _)| !settings.iter().any(|(new, _)| new == key))
                .cloned()
                .collect();
            settings.extend(kept);
        }
    }
}

/// A path: relative to the common Git directory where it lies in or beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place(String);

impl Place {
    pub(super) fn new(common_dir: &Path, path: &Path) -> Result<Self, InstallError> {
        let relative = path
            .strip_prefix(common_dir)
            .ok()
            .map(Path::to_owned)
            .or_else(|| {
                let beside = path.strip_prefix(common_dir.parent()?).ok()?;
                Some(Path::new("..").join(beside))
            });
        relative
            .as_deref()
            .unwrap_or(path)
            .to_str()
            .map(|text| Self(text.to_owned()))
            .ok_or_else(|| InstallError::NotText {
                path: path.to_owned(),
            })
    }

    pub(super) fn path(&self, common_dir: &Path) -> PathBuf {
        match (self.0.strip_prefix("../"), common_dir.parent()) {
            (Some(beside), Some(parent)) => parent.join(beside),
            _ => common_dir.join(&self.0),
        }
    }
}

impl FileEntry {
    pub(super) fn new(path: Place, part: Part, before: Option<&[u8]>, after: &[u8]) -> Self {
        Self {
            path,
            part,
            before: before.map(|bytes| BASE64.encode(bytes)),
            after: Digest::of(after),
        }
    }

    /// Returns what the file held before; `None` when it was not there.
    pub(super) fn before(&self) -> Option<Vec<u8>> {
        self.before
            .as_ref()
            .map(|text| BASE64.decode(text).unwrap_or_default())
    }
}

impl Manifest {
    fn path(common_dir: &Path) -> PathBuf {
        common_dir.join("provenance").join("installed.json")
    }

    /// Reads the manifest; an empty one where `init` never ran.
    pub(super) fn load(common_dir: &Path) -> Result<Self, InstallError> {
        let path = Self::path(common_dir);
        let Some(bytes) = change::read(&path)? else {
            return Ok(Self::default());
        };
        let manifest: Self =
            serde_json::from_slice(&bytes).map_err(|source| InstallError::Manifest {
                path: path.clone(),
                source,
            })?;
        if manifest.form > FORM {
            return Err(InstallError::NewerManifest {
                path,
                version: manifest.version,
            });
        }
        Ok(manifest)
    }

    /// Writes the manifest; removes it when nothing is in it.
    pub(super) fn save(&self, common_dir: &Path) -> Result<(), InstallError> {
        let path = Self::path(common_dir);
        if self.is_empty() {
            return change::remove(&path);
        }
        let mut manifest = self.clone();
        manifest.form = FORM;
        let mut bytes =
            serde_json::to_vec_pretty(&manifest).map_err(|source| InstallError::Manifest {
                path: path.clone(),
                source,
            })?;
        bytes.push(b'\n');
        change::write(&path, &bytes, 0o600)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.links.is_empty() && self.files.is_empty() && self.folders.is_empty()
    }

    /// Adds a link; one at the same place keeps what it set aside.
    pub(super) fn add_link(&mut self, mut entry: LinkEntry) {
        match self.links.iter_mut().find(|old| old.path == entry.path) {
            Some(old) => {
                entry.saved = entry.saved.or(old.saved.take());
                *old = entry;
            }
            None => self.links.push(entry),
        }
    }

    /// Adds a change of a file; an earlier one is continued.
    ///
    /// `current` is what the file holds now, `bare` what it would hold without our part.
    pub(super) fn add_file(&mut self, mut entry: FileEntry, current: Option<&[u8]>, bare: &[u8]) {
        let same = |old: &&mut FileEntry| old.path == entry.path;
        match self.files.iter_mut().find(same) {
            Some(old) => {
                let untouched = current.is_some_and(|bytes| Digest::of(bytes) == old.after);
                entry.before = match current {
                    Some(_) if untouched => old.before.take(),
                    Some(_) => Some(BASE64.encode(bare)),
                    None => None,
                };
                entry.part.continue_from(&old.part);
                *old = entry;
            }
            None => self.files.push(entry),
        }
    }
}

/// Finds out whether what `init` put in is still known.
///
/// # Errors
///
/// [`InstallError::File`], [`InstallError::Manifest`] and [`InstallError::NewerManifest`].
pub fn check_manifest(common_dir: &Path) -> Result<(), InstallError> {
    Manifest::load(common_dir).map(drop)
}

/// Answers whether `init` ran in the repository with this common Git directory, whatever came of
/// its hooks since.
#[must_use]
pub fn is_installed(common_dir: &Path) -> bool {
    Manifest::path(common_dir).is_file()
}
