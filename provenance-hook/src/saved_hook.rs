//! The user's own hook, set aside by `init` and run first, as Git would have run it.
//!
//! `hooks/commit-msg` is a link to this program; what stood there before is now
//! `hooks/commit-msg.provenance-saved`. It gets the same arguments, the same standard input, the
//! same environment and the same working directory, and its exit code is ours.
//!
//! # What is not checked
//!
//! What it does. It is the user's.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::HookError;

/// What `init` appends to the name of a hook that it sets aside.
pub const SUFFIX: &str = "provenance-saved";

/// `ENOEXEC`: an executable file without a `#!` line. Git hands such a one to the shell.
const EXEC_FORMAT_ERROR: i32 = 8;

/// Returns where the hook that `hook` names in this directory is set aside.
#[must_use]
pub fn path(hooks_dir: &Path, hook: &str) -> PathBuf {
    hooks_dir.join(format!("{hook}.{SUFFIX}"))
}

/// Runs the hook that was set aside beside `link`; `None` where there is none. It gets `input` on
/// its standard input, where that was read already.
///
/// # Errors
///
/// [`HookError::SavedHook`] when it is there and executable, and cannot be started.
pub fn run(
    link: &Path,
    hook: &str,
    args: &[OsString],
    input: Option<&[u8]>,
) -> Result<Option<u8>, HookError> {
    let Some(saved) = beside(link, hook) else {
        return Ok(None);
    };
    match start(&saved, args, input) {
        Ok(status) => Ok(Some(code(status))),
        Err(source) => Err(HookError::SavedHook {
            path: saved,
            source,
        }),
    }
}

fn beside(link: &Path, hook: &str) -> Option<PathBuf> {
    let file_name = link.file_name()?.to_str()?;
    // Run by its saved name, this program would look for itself, for ever.
    if file_name.ends_with(SUFFIX) {
        return None;
    }
    let dir = link.parent().filter(|dir| !dir.as_os_str().is_empty())?;
    let saved = path(dir, hook);
    is_executable(&saved).then_some(saved)
}

/// Answers whether Git would run this file: a hook without the executable bit is ignored.
#[cfg(unix)]
#[must_use]
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Answers whether Git would run this file.
#[cfg(not(unix))]
#[must_use]
pub fn is_executable(path: &Path) -> bool {
    path.is_file()
}

fn start(saved: &Path, args: &[OsString], input: Option<&[u8]>) -> io::Result<ExitStatus> {
    match status(Command::new(saved).args(args), input) {
        Err(error) if error.raw_os_error() == Some(EXEC_FORMAT_ERROR) => {
            let mut shell: Vec<&OsStr> = vec![saved.as_os_str()];
            shell.extend(args.iter().map(OsString::as_os_str));
            status(Command::new("sh").args(shell), input)
        }
        result => result,
    }
}

fn status(command: &mut Command, input: Option<&[u8]>) -> io::Result<ExitStatus> {
    let Some(input) = input else {
        return command.status();
    };
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A hook that does not read to the end closes the pipe, which is its right.
        drop(stdin.write_all(input));
    }
    child.wait()
}

#[cfg(unix)]
fn code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    // As a shell says it: 128 and the number of the signal.
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    u8::try_from(code).unwrap_or(1)
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}
