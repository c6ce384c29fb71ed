//! Forgotten files: every file of code is in a module tree, every schema has examples of both
//! kinds, and no file is named after nothing.

use std::collections::BTreeSet;

use crate::source::{File, assert_none, files};

/// Names that say nothing about what a file defines.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "types", "common", "manager", "handler", "misc",
];

/// Complains about every Rust file that no root reaches through `mod` lines.
fn outside_the_tree(files: &[File]) -> Vec<String> {
    let rust: Vec<&File> = files.iter().filter(|file| file.is("rs")).collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<&File> = rust
        .iter()
        .copied()
        .filter(|file| is_root(&file.path))
        .collect();
    while let Some(file) = open.pop() {
        if !reached.insert(file.path.as_str()) {
            continue;
        }
        let folder = modules_folder(&file.path);
        for name in declared_modules(&file.code()) {
            let places = [
                format!("{folder}{name}.rs"),
                format!("{folder}{name}/mod.rs"),
            ];
            open.extend(rust.iter().filter(|file| places.contains(&file.path)));
        }
    }
    rust.iter()
        .filter(|file| !reached.contains(file.path.as_str()))
        .map(|file| format!("{}: no `mod` line leads here", file.path))
        .collect()
}

/// Answers whether Cargo compiles the file as the root of a target.
fn is_root(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let folder = path.strip_suffix(name).unwrap_or_default();
    matches!(name, "lib.rs" | "main.rs" | "build.rs")
        || ["/benches/", "/examples/", "/fuzz_targets/"]
            .iter()
            .any(|targets| folder.ends_with(targets))
}

/// The folder in which the modules that `path` declares lie.
fn modules_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if is_root(path) || name == "mod.rs" {
        format!("{folder}/")
    } else {
        format!("{folder}/{}/", name.trim_end_matches(".rs"))
    }
}

fn declared_modules(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let words = line.trim().strip_suffix(';')?;
        let (visibility, name) = words.rsplit_once("mod ")?;
        let visibility = visibility.trim_end();
        (visibility.is_empty() || visibility.starts_with("pub") || visibility.starts_with("#["))
            .then_some(name)
    })
}

fn named_after_nothing(file: &File) -> Option<String> {
    let parts = file.path.split(['/', '.']);
    let empty = parts.into_iter().find(|part| EMPTY_NAMES.contains(part))?;
    // `git provenance util` is a command, and a command's file has the command's name.
    (file.is("rs") && !file.path.starts_with("provenance-cli/src/commands/util"))
        .then(|| format!("{}: `{empty}` names nothing", file.path))
}

/// Complains about schemas without examples of both kinds, and about examples without a schema.
fn without_examples(paths: &[&str]) -> Vec<String> {
    let schemas: BTreeSet<&str> = paths
        .iter()
        .filter_map(|path| path.strip_prefix("schema/")?.strip_suffix(".schema.json"))
        .collect();
    let mut complaints = Vec::new();
    for schema in &schemas {
        for kind in ["valid", "invalid"] {
            let folder = format!("schema/examples/{kind}/{schema}/");
            if !paths.iter().any(|path| path.starts_with(&folder)) {
                complaints.push(format!("schema/{schema}.schema.json: no {kind} example"));
            }
        }
    }
    for path in paths
        .iter()
        .filter_map(|path| path.strip_prefix("schema/examples/"))
    {
        let schema = path.split('/').nth(1).unwrap_or_default();
        if !schemas.contains(schema) {
            complaints.push(format!("schema/examples/{path}: no schema of that name"));
        }
    }
    complaints
}

#[test]
fn every_file_of_code_is_in_a_module_tree() {
    assert_none(&outside_the_tree(files()));
}

#[test]
fn no_file_is_named_after_nothing() {
    assert_none(
        &files()
            .iter()
            .filter_map(named_after_nothing)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_schema_has_examples_of_both_kinds() {
    let paths: Vec<&str> = files().iter().map(|file| file.path.as_str()).collect();
    assert_none(&without_examples(&paths));
}

#[test]
fn a_file_that_nobody_declares_is_found() {
    let tree = [
        File::sample("core/src/lib.rs", "pub mod a;\n// mod gone;\n"),
        File::sample("core/src/a/mod.rs", "mod b;\n"),
        File::sample("core/src/a/b.rs", "#[cfg(test)]\nmod tests;\n"),
        File::sample("core/src/a/b/tests.rs", ""),
        File::sample("core/src/gone.rs", ""),
    ];
    assert_eq!(
        outside_the_tree(&tree),
        ["core/src/gone.rs: no `mod` line leads here"]
    );
}

#[test]
fn an_empty_name_is_found() {
    assert!(named_after_nothing(&File::sample("core/src/utils.rs", "")).is_some());
    assert!(named_after_nothing(&File::sample("core/src/helpers/mod.rs", "")).is_some());
    assert!(named_after_nothing(&File::sample("core/src/utility_bill.rs", "")).is_none());
}

#[test]
fn a_schema_without_an_invalid_example_and_a_stray_example_are_found() {
    let complaints = without_examples(&[
        "schema/a.v1.schema.json",
        "schema/examples/valid/a.v1/x.json",
        "schema/examples/invalid/b.v1/y.json",
    ]);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
}
