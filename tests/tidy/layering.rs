//! Direction: a module of the core uses only lower layers, and two crates have one door each.

use crate::source::{File, assert_none, files, has_word, rust_files};

/// The modules of `provenance-core`, lowest layer first.
const LAYERS: &[&[&str]] = &[
    &[
        "digest",
        "canonical",
        "clock",
        "entropy",
        "fail_point",
        "object_id",
        "repo_path",
        "spread",
        "table",
        "text",
        "whole_file",
    ],
    &["record"],
    &["key"],
    &["seal"],
    &["git"],
    &["capture", "store"],
    // Below belief, because nothing believes it.
    &["infer"],
    &["trust"],
    &["verify"],
    &["attribute"],
    &["query"],
    // The writing side, which needs all of it: what was there decides what an amend may claim.
    &["attest", "import"],
];

/// Modules of one layer that use each other, and why.
const WITHIN_A_LAYER: &[(&str, &str, &str)] = &[
    (
        "repo_path",
        "text",
        "a path is plain text where no character disguises it",
    ),
    ("whole_file", "fail_point", "tests die wherever it writes"),
];

/// Lower modules that a module still must not know, and why.
const NEVER: &[(&str, &str, &str)] = &[
    ("git", "record", "Git knows bytes, not what they claim"),
    ("git", "key", "Git knows bytes, not who signed them"),
    ("git", "seal", "Git knows bytes, not who signed them"),
];

/// Crates with one door: the name in code, and the folder that may say it.
const DOORS: &[(&str, &str)] = &[
    ("git2", "provenance-core/src/git/"),
    ("gix_pack", "provenance-core/src/git/"),
    ("ed25519_dalek", "provenance-core/src/key/"),
];

/// Crates that a manifest must not list.
const FORBIDDEN_DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "provenance-core/Cargo.toml",
        &["provenance-hook", "provenance-cli", "clap"],
    ),
    (
        "provenance-hook/Cargo.toml",
        &["git2", "ed25519-dalek", "provenance-cli", "clap"],
    ),
    ("provenance-cli/Cargo.toml", &["git2", "ed25519-dalek"]),
    ("tests/Cargo.toml", &["git2", "ed25519-dalek"]),
];

const CORE: &str = "provenance-core/src/";

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Complains about each `crate::<module>` that points up or sideways.
fn misdirected(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix(CORE) else {
        return Vec::new();
    };
    let module = inside.split(['/', '.']).next().unwrap_or_default();
    if module == "lib" {
        return Vec::new();
    }
    let Some(own) = layer(module) else {
        return vec![format!("{}: `{module}` is in no layer", file.path)];
    };
    let code = file.code();
    let mut complaints = Vec::new();
    for (line, used) in uses(&code) {
        let same = WITHIN_A_LAYER
            .iter()
            .any(|(a, b, _)| (*a, *b) == (module, used));
        let never = NEVER.iter().any(|(a, b, _)| (*a, *b) == (module, used));
        let lower = layer(used).is_some_and(|layer| layer < own);
        if used != module && (never || !(lower || same)) {
            complaints.push(format!(
                "{}:{line}: `{module}` must not use `{used}`",
                file.path
            ));
        }
    }
    for (at, _) in code.match_indices("super::super::") {
        let line = code[..at].lines().count();
        complaints.push(format!(
            "{}:{line}: say `crate::`, not `super::super::`",
            file.path
        ));
    }
    complaints
}

/// The modules that code names after `crate::`, one by one or in braces, with their lines.
fn uses(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push((line, identifier(rest)));
            continue;
        };
        let mut depth = 0;
        let mut is_start = true;
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_start = true,
                c if c.is_alphabetic() && is_start => {
                    found.push((line, identifier(&group[i..])));
                    is_start = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// Complains about code that names a crate outside the folder that is its door.
fn outside_its_door(file: &File) -> Vec<String> {
    let code = file.code();
    DOORS
        .iter()
        .filter(|(_, door)| !file.path.starts_with(door) && !file.path.starts_with("tests/tidy/"))
        .flat_map(|(name, door)| {
            let lines = code.lines().enumerate();
            lines
                .filter(|(_, line)| has_word(line, name))
                .map(|(n, _)| format!("{}:{}: only {door} names {name}", file.path, n + 1))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Complains about a manifest that lists what its crate must not know.
fn forbidden_dependencies(file: &File) -> Vec<String> {
    let forbidden = FORBIDDEN_DEPENDENCIES
        .iter()
        .find(|(path, _)| *path == file.path)
        .map_or(&[][..], |(_, names)| *names);
    let mut complaints = Vec::new();
    for (n, line) in file.text.lines().enumerate() {
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if forbidden.contains(&name) {
            complaints.push(format!("{}:{}: must not list {name}", file.path, n + 1));
        }
    }
    complaints
}

#[test]
fn modules_of_the_core_use_only_lower_layers() {
    assert_none(&rust_files().flat_map(misdirected).collect::<Vec<_>>());
}

#[test]
fn git2_and_ed25519_dalek_have_one_door_each() {
    assert_none(&rust_files().flat_map(outside_its_door).collect::<Vec<_>>());
}

#[test]
fn manifests_list_nothing_from_behind_the_doors() {
    assert_none(
        &files()
            .iter()
            .flat_map(forbidden_dependencies)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_module_that_points_up_sideways_or_nowhere_is_found() {
    let up = File::sample(
        "provenance-core/src/record/mod.rs",
        "use crate::digest::Digest;\nuse crate::{\n    clock::{self, Clock},\n    seal,\n};\n",
    );
    assert_eq!(
        misdirected(&up),
        ["provenance-core/src/record/mod.rs:2: `record` must not use `seal`"]
    );
    let sideways = File::sample("provenance-core/src/store/mod.rs", "crate::capture::x();");
    assert_eq!(misdirected(&sideways).len(), 1);
    let never = File::sample(
        "provenance-core/src/git/mod.rs",
        "use crate::record::Statement;",
    );
    assert_eq!(misdirected(&never).len(), 1);
    let nowhere = File::sample("provenance-core/src/misc.rs", "");
    assert_eq!(misdirected(&nowhere).len(), 1);
    let dodge = File::sample(
        "provenance-core/src/git/a.rs",
        "use super::super::query::Q;",
    );
    assert_eq!(misdirected(&dodge).len(), 1);
    let comment = File::sample(
        "provenance-core/src/git/b.rs",
        "/// See [`crate::query`].\n",
    );
    assert_eq!(misdirected(&comment), [""; 0]);
}

#[test]
fn a_crate_named_outside_its_door_is_found() {
    let bad = File::sample(
        "provenance-cli/src/main.rs",
        "//! git2 is fine here.\nuse git2::Oid;",
    );
    assert_eq!(outside_its_door(&bad).len(), 1);
    let good = File::sample("provenance-core/src/git/mod.rs", "use git2::Oid;");
    assert_eq!(outside_its_door(&good), [""; 0]);
}

#[test]
fn a_forbidden_dependency_is_found() {
    let bad = File::sample(
        "provenance-hook/Cargo.toml",
        "[dependencies]\ngit2.workspace = true\n",
    );
    assert_eq!(forbidden_dependencies(&bad).len(), 1);
}
