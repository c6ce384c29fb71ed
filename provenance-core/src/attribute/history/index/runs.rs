//! `KnownRun`: lines that stand together, and where they were born; and many of them as few bytes.
//!
//! A run is written as what differs from what one expects: that it follows the one before it, and
//! stands where it was born. That is five numbers, most of them of one byte.

use serde::{Deserialize, Serialize};

/// Lines that stand together, and came together from one commit; lines are 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownRun {
    pub(super) line: u32,
    pub(super) count: u32,
    pub(super) commit: u32,
    pub(super) path: u32,
    pub(super) old_line: u32,
}

#[derive(Serialize, Deserialize)]
struct Written {
    /// The lines between the run before it and this one.
    gap: u32,
    count: u32,
    commit: u32,
    /// Zero for the path that the file has.
    path: u32,
    /// How much further back it stood.
    shift: i64,
}

impl KnownRun {
    /// The line behind its last one.
    pub(super) const fn end(&self) -> u32 {
        self.line.saturating_add(self.count)
    }
}

/// Writes runs in the order of lines, none twice, of a file that has the path `own`.
pub(super) fn write(runs: &[KnownRun], own: u32, bytes: &mut Vec<u8>) {
    let mut at = 0;
    for run in runs {
        let written = Written {
            gap: run.line.saturating_sub(at),
            count: run.count,
            commit: run.commit,
            path: if run.path == own {
                0
            } else {
                run.path.saturating_add(1)
            },
            shift: i64::from(run.old_line) - i64::from(run.line),
        };
        at = run.end();
        // Into memory; there is nothing that could fail.
        drop(postcard::to_io(&written, &mut *bytes));
    }
}

/// Reads runs. What is none ends them: the lines behind it are not known.
pub(super) fn read(mut bytes: &[u8], own: u32) -> Vec<KnownRun> {
    let mut runs = Vec::new();
    let mut at: u32 = 0;
    while let Ok((written, rest)) = postcard::take_from_bytes::<Written>(bytes) {
        let Some(run) = written.run(at, own) else {
            break;
        };
        (at, bytes) = (run.end(), rest);
        runs.push(run);
    }
    runs
}

impl Written {
    fn run(&self, at: u32, own: u32) -> Option<KnownRun> {
        let line = at.checked_add(self.gap)?;
        line.checked_add(self.count)?;
        let old_line = i64::from(line).checked_add(self.shift)?;
        let old_line = u32::try_from(old_line).ok()?;
        old_line.checked_add(self.count)?;
        Some(KnownRun {
            line,
            count: self.count,
            commit: self.commit,
            path: self.path.checked_sub(1).unwrap_or(own),
            old_line,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let run = |line, count, commit, path, old_line| KnownRun {
            line,
            count,
            commit,
            path,
            old_line,
        };
        let runs = [
            run(0, 3, 7, 4, 0),
            run(3, 1, 70_000, 0, 900),
            run(10, 2, 7, 4, 1),
            run(u32::MAX - 9, 9, u32::MAX, 4, 0),
        ];
        let mut bytes = Vec::new();
        write(&runs, 4, &mut bytes);
        assert_eq!(read(&bytes, 4), runs);
        // Cut off, or beyond every line: what stands before it is read.
        assert_eq!(read(&bytes[..bytes.len() - 1], 4), runs[..3]);
        bytes.extend([1, 1, 0, 0, 0]);
        assert_eq!(read(&bytes, 4), runs);
    }
}
