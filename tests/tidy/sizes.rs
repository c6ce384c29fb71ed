//! Sizes: no file of code is longer than what one can read in a sitting.

use crate::source::{File, assert_none, rust_files};

/// The most lines that a file may have.
const MAX_LINES: usize = 400;

/// Files that may be longer, and why each is better whole.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn too_long(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let is_excepted = EXCEPTIONS.iter().any(|(path, _)| *path == file.path);
    (lines > MAX_LINES && !is_excepted)
        .then(|| format!("{}: {lines} lines, at most {MAX_LINES}", file.path))
}

#[test]
fn no_file_of_code_is_over_four_hundred_lines() {
    assert_none(&rust_files().filter_map(too_long).collect::<Vec<_>>());
}

#[test]
fn every_exception_is_still_needed() {
    for (path, _) in EXCEPTIONS {
        let lines = crate::source::file(path).text.lines().count();
        assert!(
            lines > MAX_LINES,
            "{path} is short again: drop its exception"
        );
    }
}

#[test]
fn a_long_file_is_found() {
    let long = File::sample("a.rs", &"x\n".repeat(MAX_LINES + 1));
    assert!(too_long(&long).is_some());
    let full = File::sample("a.rs", &"x\n".repeat(MAX_LINES));
    assert!(too_long(&full).is_none());
}
