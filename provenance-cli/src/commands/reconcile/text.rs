//! What `reconcile` says to people.

use std::io::{self, Write as _};

use provenance_core::attest::{How, Reconciled};

use crate::output::{Output, Style};

/// Writes what was mended.
pub(super) fn write(out: &mut Output, reconciled: &Reconciled) -> io::Result<()> {
    for mended in &reconciled.mended {
        let word = out.paint(Style::Good, "mended").to_string();
        let what = match mended.how {
            How::Finished => "its record was fixed, and is sealed now",
            How::Late => "its record waited for a key, and is sealed now",
            How::Restored => "its records had been taken out of the notes",
            How::Carried => "made of recorded commits, whose lines were carried over",
            How::Copied => "made of commits whose records nobody believes yet; they came along",
            _ => mended.how.as_str(),
        };
        writeln!(out, "{word}  {}  {what}", mended.commit_id.short())?;
    }
    if reconciled.mended.is_empty() && reconciled.failed.is_empty() {
        writeln!(out, "Nothing was to be mended.")?;
    }
    out.flush()
}
