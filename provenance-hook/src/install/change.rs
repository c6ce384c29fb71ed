//! One change of one file: made whole or not at all, and undone to the byte.
//!
//! # Invariants
//!
//! - A file is replaced by a rename of a finished one beside it; its mode stays.
//! - A link in the way is followed: the file that it leads to is the one that changes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let temporary = beside(&path);
    let result = write_new(&temporary, bytes, mode, fs::metadata(&path).ok())
        .and_then(|()| fs::rename(&temporary, &path));
    if result.is_err() {
        drop(fs::remove_file(&temporary));
    }
    result.map_err(failed)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32, like: Option<fs::Metadata>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    if let Some(like) = like {
        file.set_permissions(like.permissions())?;
    }
    file.sync_all()
}

/// Removes a file, and its folder if `init` made it and nothing else is in it.
///
/// # Errors
///
/// [`InstallError::File`]; a file that is not there is removed already.
pub(super) fn remove(path: &Path) -> Result<(), InstallError> {
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
    let temporary = beside(path);
    let failed = |source| InstallError::file("link", path, source);
    std::os::unix::fs::symlink(target, &temporary).map_err(failed)?;
    let renamed = fs::rename(&temporary, path);
    if renamed.is_err() {
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

/// Moves a file to a name that is free.
///
/// # Errors
///
/// [`InstallError::File`].
pub(super) fn set_aside(path: &Path, free: &Path) -> Result<(), InstallError> {
    fs::rename(path, free).map_err(|source| InstallError::file("move", path, source))
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
    builder
        .create(path)
        .map_err(|source| InstallError::file("make", path, source))
}

/// Answers whether anything has this name, a dangling link included.
pub(super) fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.provenance-{}", std::process::id()))
}
