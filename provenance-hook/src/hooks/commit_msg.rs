//! `commit-msg`: fixes the record and pins it into the message.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use provenance_core::attest::Fixed;
use provenance_core::fail_point;
use provenance_core::git::Repo;
use provenance_core::git::trailer::{Cleanup, Comment, Edit, Edited, edit};

use super::writer::Writer;
use crate::environment::Environment;
use crate::failure::HookError;

/// Fixes the record of the commit that is being made, and writes both trailers into its message.
///
/// # Errors
///
/// [`HookError`], whatever went wrong; the message is then as it was.
pub fn run(environment: &Environment, message_file: &Path) -> Result<(), HookError> {
    let path = environment.current_dir().join(message_file);
    let failed = |source| HookError::Message {
        path: path.clone(),
        source,
    };
    let message = fs::read(&path).map_err(failed)?;
    let mut writer = Writer::open(environment)?;
    let mut attester = writer.attester();
    let Some(fixed) = attester.fix(&message)? else {
        return Ok(());
    };
    match edited(environment, attester.repo, &message, &fixed)? {
        // Git is about to give up; an empty message must not become a commit because of us.
        Edited::Aborts => attester.discard(&fixed),
        Edited::Message(text) if text == message => {}
        Edited::Message(text) => match text.strip_prefix(message.as_slice()) {
            Some(added) => append(&path, message.len(), added).map_err(failed)?,
            None => replace(&path, &text).map_err(failed)?,
        },
    }
    Ok(())
}

fn edited(
    environment: &Environment,
    repo: &Repo,
    message: &[u8],
    fixed: &Fixed,
) -> Result<Edited, HookError> {
    let config = repo.config()?;
    // Git sets it so when it opens no editor.
    let has_editor = environment.get("GIT_EDITOR") != Some(OsStr::new(":"));
    let comment = config
        .string("core.commentString")
        .or(config.string("core.commentChar"));
    let template = has_editor
        .then(|| config.string("commit.template"))
        .flatten()
        .and_then(|file| fs::read(template_path(environment, repo, file)).ok());
    Ok(edit(
        message,
        &Edit {
            pin: fixed.pin.then_some(&fixed.record_id),
            assisted_by: &fixed.assisted_by,
            cleanup: Cleanup::from_config(config.string("commit.cleanup"), has_editor),
            comment: Comment::from_config(comment.map(str::as_bytes)),
            template: template.as_deref(),
        },
    ))
}

/// `commit.template` is a path as git-config(1) has them: `~/`, or relative to the work tree.
fn template_path(environment: &Environment, repo: &Repo, file: &str) -> std::path::PathBuf {
    match (
        file.strip_prefix("~/"),
        environment.home(),
        repo.work_tree(),
    ) {
        (Some(rest), Some(home), _) => home.join(rest),
        (_, _, Some(work_tree)) => work_tree.join(file),
        _ => environment.current_dir().join(file),
    }
}

/// Appends to the message, whole or not at all: a file more would cost a disk ten times as much.
fn append(path: &Path, length: usize, added: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    fail_point!("message: append");
    let written = file.write_all(added);
    if written.is_err() {
        // What a full disk took of it goes; that it cannot be taken back is no second error.
        drop(file.set_len(length as u64));
    }
    written
}

/// Writes the message beside itself and renames it: Git reads the old one or the new one.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut beside = OsString::from(path);
    beside.push(".provenance");
    fail_point!("message: write beside");
    let written = fs::write(&beside, text).and_then(|()| {
        fail_point!("message: rename");
        fs::rename(&beside, path)
    });
    if written.is_err() {
        // What is left of a full disk is removed; that it cannot be is no second error.
        drop(fs::remove_file(&beside));
    }
    written
}
