//! The pager, chosen as Git chooses it: `GIT_PAGER`, `core.pager`, `PAGER`, `less`.
//!
//! Git itself is asked (`git var GIT_PAGER`), so that configuration given by `git -c` counts.
//! `LESS` and `LV` get Git's own defaults where they are not set.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use provenance_hook::Environment;
use provenance_hook::git_program::GitProgram;

/// A running pager; waited for when dropped.
#[derive(Debug)]
pub(crate) struct Pager {
    child: Child,
    // `None` only while it is being dropped: closing it tells the pager that this was all.
    stdin: Option<io::BufWriter<ChildStdin>>,
}

impl Pager {
    /// Starts the user's pager; `None` where there is none, or it is `cat`.
    pub(crate) fn start(environment: &Environment) -> Option<Self> {
        let command = GitProgram::new(environment)
            .ask_maybe(&["var", "GIT_PAGER"])
            .ok()
            .flatten()
            .unwrap_or_else(|| "less".to_owned());
        if command.trim().is_empty() || command.trim() == "cat" {
            return None;
        }
        let mut pager = Command::new("sh");
        // As Git does: the setting is a line for the shell.
        pager.args(["-c", &command]).stdin(Stdio::piped());
        for (name, default) in [("LESS", "FRX"), ("LV", "-c")] {
            if environment.get(name).is_none() {
                pager.env(name, default);
            }
        }
        let mut child = pager.spawn().ok()?;
        let stdin = child.stdin.take().map(io::BufWriter::new);
        Some(Self { child, stdin })
    }
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stdin {
            Some(stdin) => stdin.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stdin {
            Some(stdin) => stdin.flush(),
            None => Ok(()),
        }
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}
