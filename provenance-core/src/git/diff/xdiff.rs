//! The call of xdiff, as libgit2 bundles it.

use git2::{DiffOptions, Patch};

use super::{Hunk, Setting};

/// Returns the hunks between two lists of names.
pub(super) fn hunks(old: &[u8], new: &[u8], setting: Setting) -> Result<Vec<Hunk>, git2::Error> {
    let mut options = DiffOptions::new();
    options
        .force_text(true)
        .context_lines(0)
        .interhunk_lines(0)
        .ignore_whitespace(setting == Setting::BlameIgnoringWhitespace)
        .indent_heuristic(setting != Setting::Plain);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options))?;
    let mut hunks = Vec::with_capacity(patch.num_hunks());
    for index in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(index)?;
        // An empty side of a unified diff names the line before it, a full one its first line.
        let start = |start: u32, lines: u32| start.saturating_sub(u32::from(lines > 0));
        hunks.push(Hunk {
            old_start: start(hunk.old_start(), hunk.old_lines()),
            old_len: hunk.old_lines(),
            new_start: start(hunk.new_start(), hunk.new_lines()),
            new_len: hunk.new_lines(),
        });
    }
    Ok(hunks)
}
