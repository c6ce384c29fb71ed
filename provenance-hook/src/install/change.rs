//! One change of one file: made whole or not at all, and undone to the byte.
//!
//! # Invariants
//!
//! - A file is replaced by a rename of a finished one beside it; its mode stays.
//! - A link in the way is followed: the file that it leads to is the one that changes.

use std::fs;
use std::io;
use std::path::Path;

use provenance_core::{fail_point, whole_file};

use super::InstallError;

/// Files above this size are not ours to read.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Returns the bytes of a file; `None` where there is none.
///
/// # Errors
///
/// [`InstallError::File`].
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, InstallError> {
    let failed = |source| InstallError::file("read", path, source);
    match fs::metadata(path) {
        Ok(file) if file.len() > MAX_BYTES => Err(failed(io::ErrorKind::FileTooLarge.into())),
        Ok(_) => fs::read(path).map(Some).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Writes a file as a whole; `mode` is for one that was not there.
///
/// # Errors
///
/// [`InstallError::File`]; the file is then as it was.
pub(super) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), InstallError> {
    // Whoever keeps settings under version control links to them.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let failed = |source| InstallError::file("write", &path, source);
    if let Some(parent) = path.parent() {
        fail_point!("install: make folders");
        fs::create_dir_all(parent).map_err(failed)?;
    }
    whole_file::write(&path, bytes, mode).map_err(failed)
}

/// Removes a file, and its folder if `init` made it and nothing else is in it.
///
/// # Errors
///
/// [`InstallError::File`]; a file that is not there is removed already.
pub(super) fn remove(path: &Path) -> Result<(), InstallError> {
    fail_point!("install: remove a file");
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(InstallError::file("remove", path, error)),
    }
}

/// Puts a link where nothing is, or where a link is.
///
/// # Errors
///
/// [`InstallError::File`].
#[cfg(unix)]
pub(super) fn link(path: &Path, target: &Path) -> Result<(), InstallError> {
    let temporary = whole_file::beside(path);
    let failed = |source| InstallError::file("link", path, source);
    // Left behind by a process that died and had our id.
    if is_taken(&temporary) {
        fail_point!("install: remove a dead one's");
        fs::remove_file(&temporary).map_err(failed)?;
    }
    fail_point!("install: make a link");
    std::os::unix::fs::symlink(target, &temporary).map_err(failed)?;
    fail_point!("install: rename a link");
    let renamed = fs::rename(&temporary, path);
    if renamed.is_err() {
        fail_point!("install: take back a link");
        drop(fs::remove_file(&temporary));
    }
    renamed.map_err(failed)
}

/// Puts a link where nothing is, or where a link is.
///
/// # Errors
///
/// [`InstallError::File`], always: links need rights that few have here.
#[cfg(not(unix))]
pub(super) fn link(path: &Path, target: &Path) -> Result<(), InstallError> {
    let _ = target;
    let unsupported = io::ErrorKind::Unsupported.into();
    Err(InstallError::file("link", path, unsupported))
}

/// Gives a file a second name, which is free or its own already: what replaces the first name then
/// leaves no moment in which there is no hook.
///
/// # Errors
///
/// [`InstallError::File`].
pub(super) fn set_aside(path: &Path, free: &Path) -> Result<(), InstallError> {
    fail_point!("install: set aside");
    match fs::hard_link(path, free) {
        Ok(()) => Ok(()),
        Err(_) if is_same(path, free) => Ok(()),
        // A file system without links, or a directory in the way.
        Err(_) if !is_taken(free) => fs::rename(path, free),
        Err(error) => Err(error),
    }
    .map_err(|source| InstallError::file("move", path, source))
}

/// Gives what was set aside its name back, whatever stands there.
///
/// # Errors
///
/// [`InstallError::File`].
pub(super) fn move_back(saved: &Path, path: &Path) -> Result<(), InstallError> {
    if is_same(saved, path) {
        // Two names of one file: a rename would do nothing.
        return remove(saved);
    }
    fail_point!("install: move back");
    fs::rename(saved, path).map_err(|source| InstallError::file("move", saved, source))
}

/// Answers whether two names lead to one file, as after a crash between two steps.
#[cfg(unix)]
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |path| {
        let data = fs::symlink_metadata(path).ok()?;
        Some((data.dev(), data.ino()))
    };
    id(a).is_some() && id(a) == id(b)
}

/// Answers whether two names lead to one file, as after a crash between two steps.
#[cfg(not(unix))]
pub(super) fn is_same(_: &Path, _: &Path) -> bool {
    false
}

/// Makes a directory that only its owner may enter.
///
/// # Errors
///
/// [`InstallError::File`].
pub(super) fn private_dir(path: &Path) -> Result<(), InstallError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    fail_point!("install: make a private folder");
    builder
        .create(path)
        .map_err(|source| InstallError::file("make", path, source))
}

/// Answers whether anything has this name, a dangling link included.
pub(super) fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
