//! Words: each term is defined once in `docs/glossary.md`, is the word in the code, and the words
//! that the glossary rules out stand nowhere else.

use crate::source::{File, assert_none, file, files, has_word};

const GLOSSARY: &str = "docs/glossary.md";

/// The terms, in order: a line `**term**: what it means`.
fn terms(glossary: &str) -> Vec<&str> {
    let lines = glossary.lines();
    lines
        .filter_map(|line| Some(line.strip_prefix("**")?.split_once("**:")?.0))
        .collect()
}

/// The words that are ruled out: rows `| not this | but that |` of the glossary's table.
fn banned(glossary: &str) -> Vec<(&str, &str)> {
    let rows = glossary.lines().filter(|line| line.starts_with('|'));
    rows.skip(2)
        .filter_map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(str::trim);
            Some((cells.next()?, cells.next()?))
        })
        .collect()
}

fn defined_twice(terms: &[&str]) -> Vec<String> {
    let mut sorted: Vec<String> = terms.iter().map(|term| term.to_lowercase()).collect();
    sorted.sort();
    let doubles = sorted.windows(2).filter(|pair| pair[0] == pair[1]);
    doubles
        .map(|pair| format!("{GLOSSARY}: `{}` is defined twice", pair[0]))
        .collect()
}

fn banned_words(file: &File, banned: &[(&str, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (n, line) in file.text.lines().enumerate() {
        let line = line.to_lowercase();
        for (word, instead) in banned.iter().filter(|(word, _)| has_word(&line, word)) {
            complaints.push(format!(
                "{}:{}: not `{word}` but {instead}",
                file.path,
                n + 1
            ));
        }
    }
    complaints
}

#[test]
fn each_term_is_defined_once() {
    let terms = terms(&file(GLOSSARY).text);
    assert!(terms.len() >= 20, "only {} terms were found", terms.len());
    assert_none(&defined_twice(&terms));
}

#[test]
fn each_term_is_a_word_of_the_code_or_the_schemas() {
    let used = |term: &str| {
        let term = term.to_lowercase();
        let spellings = [
            term.clone(),
            term.replace([' ', '-'], "_"),
            term.replace([' ', '-'], ""),
        ];
        let mut sources = files().iter().filter(|f| f.is("rs") || f.is("json"));
        sources.any(|file| {
            let text = file.text.to_lowercase();
            spellings.iter().any(|spelling| text.contains(spelling))
        })
    };
    let unused = terms(&file(GLOSSARY).text)
        .into_iter()
        .filter(|term| !used(term));
    let complaints = unused.map(|term| format!("{GLOSSARY}: nothing in the code says `{term}`"));
    assert_none(&complaints.collect::<Vec<_>>());
}

#[test]
fn ruled_out_words_stand_nowhere() {
    let banned = banned(&file(GLOSSARY).text);
    assert!(!banned.is_empty(), "the table of {GLOSSARY} was not found");
    let texts = files().iter().filter(|file| {
        (file.is("rs") || file.is("md"))
            && file.path != GLOSSARY
            && file.path != "tests/tidy/glossary.rs"
    });
    assert_none(
        &texts
            .flat_map(|file| banned_words(file, &banned))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_second_definition_and_a_ruled_out_word_are_found() {
    let glossary =
        "**seal**: to sign.\n**Seal**: again.\n| not | but |\n|---|---|\n| audit log | trail |\n";
    assert_eq!(defined_twice(&terms(glossary)).len(), 1);
    let bad = File::sample(
        "a.rs",
        "//! Reads the Audit Log.\n//! An audit logger is another word.\n",
    );
    assert_eq!(
        banned_words(&bad, &banned(glossary)),
        ["a.rs:1: not `audit log` but trail"]
    );
}
