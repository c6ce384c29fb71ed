//! Taking out what `init` put in: to the byte where nobody touched it since, else only our part.

use std::fs;
use std::path::PathBuf;

use provenance_core::digest::Digest;
use provenance_core::{capture, fail_point};

use super::manifest::{FileEntry, LinkEntry, Manifest, Part};
use super::placement::{moved, our_link};
use super::site::Site;
use super::{InstallError, chain, change, claude_code, git_settings};

/// What became of one thing that `init` put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The file or the link.
    pub path: PathBuf,
    /// What became of it.
    pub how: Removed,
}

/// How something was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// The link or the file is gone; there was nothing before.
    Gone,
    /// It is what it was before, byte for byte.
    Restored,
    /// Somebody changed the file since; only our part was taken out.
    OnlyOurs,
    /// There was nothing of ours left in it.
    WasGone,
    /// It is left as it is, because of this.
    Left(String),
}

/// Takes out everything that the manifest names.
///
/// # Errors
///
/// [`InstallError`] of the first step that failed; the manifest then names what is left.
pub(super) fn take_out(site: &Site) -> Result<Vec<Removal>, InstallError> {
    let mut manifest = Manifest::load(&site.common_dir)?;
    let mut removals = Vec::new();
    while let Some(entry) = manifest.files.last() {
        let removal = take_out_file(site, entry)?;
        removals.push(removal);
        manifest.files.pop();
        manifest.save(&site.common_dir)?;
    }
    while let Some(entry) = manifest.links.last() {
        let removal = take_out_link(site, entry)?;
        removals.push(removal);
        manifest.links.pop();
        manifest.save(&site.common_dir)?;
    }
    while let Some(folder) = manifest.folders.pop() {
        // One that is no longer empty is somebody's.
        fail_point!("uninstall: remove a folder");
        drop(fs::remove_dir(folder.path(&site.common_dir)));
        manifest.save(&site.common_dir)?;
    }
    capture::unwatch(&site.common_dir)?;
    fail_point!("uninstall: remove the state's folder");
    drop(fs::remove_dir(site.state_dir()));
    removals.reverse();
    Ok(removals)
}

fn take_out_link(site: &Site, entry: &LinkEntry) -> Result<Removal, InstallError> {
    let path = where_it_is_now(entry.path.path(&site.common_dir));
    let saved = entry
        .saved
        .as_ref()
        .map(|saved| saved.path(&site.common_dir))
        .filter(|saved| change::is_taken(saved));
    let target = entry.target.path(&site.common_dir);
    let is_ours = our_link(&path).is_some() || fs::read_link(&path).is_ok_and(|to| to == target);
    let how = match (change::is_taken(&path), is_ours, saved) {
        (true, true, None) => {
            change::remove(&path)?;
            Removed::Gone
        }
        // A rename over our link: at no moment is there no hook.
        (true, true, Some(saved)) | (false, _, Some(saved)) => {
            change::move_back(&saved, &path)?;
            Removed::Restored
        }
        // Whoever died in between had not linked yet, or had restored it already.
        (true, false, Some(saved)) if change::is_same(&path, &saved) => {
            change::move_back(&saved, &path)?;
            Removed::Restored
        }
        (true, false, None) if entry.saved.is_some() => Removed::WasGone,
        (false, _, None) => Removed::WasGone,
        (true, false, None) => Removed::Left("it is no longer ours".to_owned()),
        (true, false, Some(saved)) => Removed::Left(format!(
            "it is no longer ours; what stood there before init is {}",
            saved.display()
        )),
    };
    Ok(Removal { path, how })
}

/// Returns where a link of ours is: pre-commit moves a hook to `.legacy`, lefthook to `.old`.
fn where_it_is_now(path: PathBuf) -> PathBuf {
    if our_link(&path).is_some() {
        return path;
    }
    ["legacy", "old"]
        .into_iter()
        .map(|ending| moved(&path, ending))
        .find(|moved| our_link(moved).is_some())
        .unwrap_or(path)
}

fn take_out_file(site: &Site, entry: &FileEntry) -> Result<Removal, InstallError> {
    let path = entry.path.path(&site.common_dir);
    let before = entry.before();
    let Some(current) = change::read(&path)? else {
        return Ok(Removal {
            path,
            how: Removed::WasGone,
        });
    };
    let how = if before.as_ref() == Some(&current) {
        Removed::WasGone
    } else if Digest::of(&current) == entry.after {
        if let Some(before) = before {
            change::write(&path, &before, 0o644)?;
            Removed::Restored
        } else {
            change::remove(&path)?;
            Removed::Gone
        }
    } else {
        match without_our_part(site, entry, &current)? {
            Ok(rest) if rest == current => Removed::WasGone,
            Ok(rest) => {
                change::write(&path, &rest, 0o644)?;
                Removed::OnlyOurs
            }
            Err(why) => Removed::Left(why),
        }
    };
    Ok(Removal { path, how })
}

/// Returns what a changed file holds besides our part, or why that cannot be said.
fn without_our_part(
    site: &Site,
    entry: &FileEntry,
    current: &[u8],
) -> Result<Result<Vec<u8>, String>, InstallError> {
    Ok(match &entry.part {
        Part::Chain => chain::without(current)
            .map(String::into_bytes)
            .map_err(|why| why.to_string()),
        Part::ClaudeCode => std::str::from_utf8(current)
            .map_err(|error| error.to_string())
            .and_then(|text| claude_code::without(text).map_err(|fault| fault.to_string()))
            .map(String::into_bytes),
        Part::GitConfig { settings } => {
            let before = entry.before().unwrap_or_default();
            Ok(git_settings::without(site, current, &before, settings)?)
        }
        Part::Exclude => {
            let before = entry.before().unwrap_or_default();
            let is_ours = |line: &&[u8]| {
                line.trim_ascii() == b"/.claude/settings.local.json"
                    && !before
                        .split(|byte| *byte == b'\n')
                        .any(|old| old == line.trim_ascii())
            };
            Ok(current
                .split_inclusive(|byte| *byte == b'\n')
                .filter(|line| !is_ours(line))
                .collect::<Vec<_>>()
                .concat())
        }
    })
}
