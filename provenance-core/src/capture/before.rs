//! What an edit did to a file: the content before it, from what a harness's response told, and the
//! content after it.
//!
//! Takes the content on disk after the edit and [`Before`]; gives the content before, in the line
//! ends of the file on disk: Claude Code shows a file to the model with LF alone and without a byte
//! order mark, whatever stands on disk.

use std::path::Path;

use super::CaptureError;
use super::entry::Change;
use super::event::{Before, Edit, PatchHunk};
use super::site::Site;
use super::states::{Seen, State, look};
use crate::git::diff;
use crate::repo_path::RepoPath;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What became of one file by an edit.
pub(super) fn changed(
    site: &Site<'_>,
    path: RepoPath,
    disk: &Path,
    edit: &Edit,
) -> Result<Change, CaptureError> {
    let seen = look(disk);
    let on_disk = match &seen {
        Seen::Text(content) => content.as_slice(),
        Seen::Absent | Seen::Opaque(_) => b"",
    };
    let told = content_before(&edit.before, on_disk);
    let before = match told {
        Some(content) if content.is_empty() && edit.before == Before::Absent => Some(State::Absent),
        Some(content) => Some(site.states.keep(&content)?),
        None => None,
    };
    let after = match (&edit.staged, &seen) {
        (Some(staged), _) => site.states.keep(&as_on_disk(staged, on_disk))?,
        (None, Seen::Text(content)) => site.states.keep(content)?,
        (None, Seen::Absent) => State::Absent,
        (None, Seen::Opaque(mark)) => State::Opaque(mark.clone()),
    };
    Ok(Change {
        path,
        head: match before {
            Some(_) => None,
            None => site.repo.head().ok().and_then(|head| head.commit_id),
        },
        before,
        after,
        from: None,
        mixed: edit.user_modified,
        foreign: false,
    })
}

/// Returns the content before; `None` where it was not told, or what was told does not fit.
fn content_before(before: &Before, after: &[u8]) -> Option<Vec<u8>> {
    match before {
        Before::Absent => Some(Vec::new()),
        Before::Content(text) => Some(as_on_disk(text, after)),
        Before::Patch(hunks) => undone(hunks, after),
        Before::Untold => None,
    }
}

/// Returns `text` with the byte order mark and the line ends that `disk` has.
fn as_on_disk(text: &str, disk: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 16);
    if disk.starts_with(BOM) && !text.as_bytes().starts_with(BOM) {
        bytes.extend_from_slice(BOM);
    }
    let has_crlf = diff::lines(disk)
        .next()
        .is_some_and(|line| line.ends_with(b"\r\n"));
    if has_crlf && !text.contains("\r\n") {
        bytes.extend_from_slice(text.replace('\n', "\r\n").as_bytes());
    } else {
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

/// Takes a patch back: `+` lines go, `-` lines return. Every context line and every `+` line must
/// stand where the patch says.
fn undone(hunks: &[PatchHunk], after: &[u8]) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = diff::lines(after).collect();
    let crlf = lines.first().is_some_and(|line| line.ends_with(b"\r\n"));
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut before = Vec::with_capacity(after.len());
    let mut next = 0_usize;
    for hunk in hunks {
        let start = hunk.new_start.saturating_sub(1);
        before.extend(lines.get(next..start)?.concat());
        next = start;
        for line in &hunk.lines {
            let mut chars = line.chars();
            let sign = chars.next();
            let text = chars.as_str();
            match sign {
                Some(' ' | '+') | None => {
                    let there = lines.get(next)?;
                    if without_end(there) != without_end(text.as_bytes()) {
                        return None;
                    }
                    next += 1;
                    if sign != Some('+') {
                        before.extend_from_slice(there);
                    }
                }
                Some('-') => {
                    before.extend_from_slice(without_end(text.as_bytes()));
                    before.extend_from_slice(end);
                }
                // "\ No newline at end of file": which side it is about is not worth knowing.
                Some('\\') => {}
                Some(_) => return None,
            }
        }
    }
    before.extend(lines.get(next..)?.concat());
    Some(before)
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(new_start: usize, lines: &[&str]) -> PatchHunk {
        PatchHunk {
            new_start,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    #[test]
    fn a_patch_is_taken_back() {
        let hunks = [
            hunk(2, &[" b", "-c", "+X", "+Y", " d"]),
            hunk(7, &[" f", "+Z"]),
        ];
        let after = b"a\nb\nX\nY\nd\ne\nf\nZ\n";
        let before = content_before(&Before::Patch(hunks.to_vec()), after).unwrap();
        assert_eq!(before, b"a\nb\nc\nd\ne\nf\n");
    }

    #[test]
    fn a_patch_that_does_not_fit_tells_nothing() {
        for hunks in [
            vec![hunk(2, &[" other", "+X"])],
            vec![hunk(9, &["+X"])],
            vec![hunk(2, &["+b"]), hunk(1, &["+a"])],
            vec![hunk(usize::MAX, &["+a"])],
        ] {
            assert_eq!(content_before(&Before::Patch(hunks), b"a\nb\n"), None);
        }
    }

    #[test]
    fn what_is_told_takes_the_line_ends_of_the_disk() {
        let told = Before::Content("a\nb".to_owned());
        assert_eq!(content_before(&told, b"x\r\ny\r\n").unwrap(), b"a\r\nb");
        assert_eq!(content_before(&told, b"x\ny\n").unwrap(), b"a\nb");
        assert_eq!(
            content_before(&told, b"\xef\xbb\xbfx").unwrap(),
            b"\xef\xbb\xbfa\nb"
        );
        let hunks = vec![hunk(1, &["-a", "+x"])];
        let before = content_before(&Before::Patch(hunks), b"x\r\ny\r\n").unwrap();
        assert_eq!(before, b"a\r\ny\r\n");
    }
}
