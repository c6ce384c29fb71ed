//! The settings that `init` makes in the repository's own configuration file.
//!
//! For notes it is one: `git notes --ref=provenance merge` unites lines and loses none.
//! `notes.displayRef` stays unset: `git log` would print signed JSON. `notes.rewriteRef` stays
//! unset: Git would copy the note of an amended commit before our hooks carry it, and a copied
//! record is about another commit.
//!
//! # Invariants
//!
//! - The file changes as `git config` would have changed it.
//! - A setting that was there before comes back.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::{fail_point, whole_file};

use super::manifest::Part;
use super::plan::Plan;
use super::site::Site;
use super::{InstallError, change};
use crate::git_program::GitProgramError;

/// How `git notes merge` is to merge ours.
pub const MERGE_STRATEGY_KEY: &str = "notes.provenance.mergeStrategy";
/// The sorted union of the lines of both sides.
pub const MERGE_STRATEGY: &str = "cat_sort_uniq";

/// A key and its value.
pub(super) type Setting = (String, String);

/// Plans settings.
pub(super) fn place(
    site: &Site,
    settings: &[Setting],
    plan: &mut Plan<'_>,
) -> Result<(), InstallError> {
    let path = site.common_dir.join("config");
    let current = change::read(&path)?.unwrap_or_default();
    let wanted: Vec<Setting> = {
        let scratch = Scratch::new(site, &current)?;
        let mut wanted = Vec::new();
        for (key, value) in settings {
            if scratch.get(key)?.as_ref() != Some(value) {
                wanted.push((key.clone(), value.clone()));
            }
        }
        wanted
    };
    if wanted.is_empty() {
        return Ok(());
    }
    let scratch = Scratch::new(site, &current)?;
    for (key, value) in &wanted {
        scratch.set(key, value)?;
    }
    let after = scratch.bytes()?;
    plan.write(
        &path,
        Part::GitConfig { settings: wanted },
        after,
        &current,
        0o644,
    )
}

/// Returns a configuration file with each setting as it was before, if it still is as we made it.
pub(super) fn without(
    site: &Site,
    current: &[u8],
    before: &[u8],
    settings: &[Setting],
) -> Result<Vec<u8>, InstallError> {
    let now = Scratch::new(site, current)?;
    let mut back = Vec::new();
    for (key, value) in settings {
        if now.get(key)?.as_ref() == Some(value) {
            back.push(key);
        }
    }
    drop(now);
    let then = Scratch::new(site, before)?;
    let mut values = Vec::new();
    for key in back {
        values.push((key, then.get(key)?));
    }
    drop(then);
    let now = Scratch::new(site, current)?;
    for (key, value) in values {
        match value {
            Some(value) => now.set(key, &value)?,
            None => now.unset(key)?,
        }
    }
    now.bytes()
}

/// A copy of the configuration file for `git config --file` to work on; gone when dropped.
#[derive(Debug)]
struct Scratch<'a> {
    site: &'a Site,
    path: PathBuf,
}

impl<'a> Scratch<'a> {
    fn new(site: &'a Site, config: &[u8]) -> Result<Self, InstallError> {
        let path = whole_file::beside(&site.common_dir.join("config"));
        change::write(&path, config, 0o600)?;
        Ok(Self { site, path })
    }

    fn get(&self, key: &str) -> Result<Option<String>, InstallError> {
        let args = arguments(&self.path, ["--get", key]);
        Ok(self.site.git().ask_maybe(&args)?)
    }

    fn set(&self, key: &str, value: &str) -> Result<(), InstallError> {
        let args = arguments(&self.path, ["--replace-all", key, value]);
        fail_point!("settings: have one set");
        self.site.git().ask(&args)?;
        Ok(())
    }

    fn unset(&self, key: &str) -> Result<(), InstallError> {
        fail_point!("settings: have one unset");
        match self
            .site
            .git()
            .ask(&arguments(&self.path, ["--unset-all", key]))
        {
            // Git says no to unsetting what is not there.
            Ok(_) | Err(GitProgramError::Failed { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, InstallError> {
        change::read(&self.path).map(Option::unwrap_or_default)
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        fail_point!("settings: remove the copy");
        drop(fs::remove_file(&self.path));
    }
}

fn arguments<'b, const N: usize>(file: &'b Path, rest: [&'b str; N]) -> Vec<&'b OsStr> {
    let mut args: Vec<&OsStr> = vec!["config".as_ref(), "--file".as_ref(), file.as_os_str()];
    args.extend(rest.into_iter().map(OsStr::new));
    args
}
