//! Attacks: each row of `docs/threat-model.md` is the name of a test, and each such test is a row.

use std::collections::BTreeSet;

use crate::source::{File, assert_none, file, rust_files};

const PAGE: &str = "docs/threat-model.md";

/// The numbers of the rows: `| G01 | …`.
fn rows(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| G"));
    rows.filter_map(|rest| Some(rest.split_once(' ')?.0.to_owned()))
        .collect()
}

/// The numbers of the tests: `fn attack_g01_…`.
fn tests<'a>(files: impl Iterator<Item = &'a File>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files {
        for (at, prefix) in file.text.match_indices("fn attack_g") {
            let rest = &file.text[at + prefix.len()..];
            found.extend(rest.split('_').next().map(str::to_owned));
        }
    }
    found
}

fn disagreements(rows: &BTreeSet<String>, tests: &BTreeSet<String>) -> Vec<String> {
    let untested = rows.difference(tests);
    let unlisted = tests.difference(rows);
    untested
        .map(|row| format!("{PAGE}: no test is named attack_g{row}_…"))
        .chain(unlisted.map(|row| format!("{PAGE}: no row G{row}, but a test of that name")))
        .collect()
}

#[test]
fn each_attack_is_a_test_of_the_same_name() {
    let rows = rows(&file(PAGE).text);
    assert!(rows.len() >= 15, "the table of {PAGE} was not found");
    let outside = rust_files().filter(|file| file.path != "tests/tidy/attacks.rs");
    assert_none(&disagreements(&rows, &tests(outside)));
}

#[test]
fn an_untested_row_and_an_unlisted_test_are_found() {
    let sample = File::sample("a.rs", "fn attack_g01_x() {}\nfn attack_g99_y() {}\n");
    let rows = rows("| row | attack |\n| G01 | a |\n| G02 | b |\n");
    assert_eq!(disagreements(&rows, &tests([&sample].into_iter())).len(), 2);
}
