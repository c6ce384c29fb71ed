//! Fail points: each call that changes a file has one near it, so that a test can die there.

use crate::source::{File, assert_none, file, rust_files};

/// What changes files.
const WRITES: &[&str] = &[
    "fs::write(",
    "fs::copy(",
    "fs::rename(",
    "fs::hard_link(",
    "fs::remove_",
    "fs::create_dir",
    "fs::symlink(",
    ".create(path)",
    ".open(&path)",
    ".open(&beside)",
    "options.open(",
    ".write_all(&",
    ".write_all(bytes",
    ".write_all(line",
    ".write_all(pem",
    ".set_permissions(",
    "reference_matching(",
    ".write_tree_to(",
];

/// What looks so and needs none, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("io::stderr()", "a terminal"),
    ("io::stdout()", "a terminal"),
    ("stdin.write_all(", "a pipe"),
    ("provenance-core/src/fail_point.rs", "the point itself"),
    (
        "provenance-core/src/capture/states.rs",
        "compressed in memory",
    ),
    ("provenance-core/src/git/flush.rs", "a pipe"),
    ("provenance-cli/src/output.rs", "a terminal"),
    ("provenance-cli/src/commands/blame/mod.rs", "a terminal"),
    ("provenance-cli/src/commands/key/export.rs", "a terminal"),
    (
        "provenance-cli/src/commands/util/",
        "files that a package builder asks for, made again at will",
    ),
    (
        "provenance-cli/src/commands/show/evidence.rs",
        "copies that an auditor asks for, made again at will",
    ),
    (
        "provenance-cli/src/commands/demo/",
        "a folder that vanishes",
    ),
];

/// How many lines a point may be away.
const NEAR: usize = 8;

fn without_a_point(file: &File) -> Vec<String> {
    let is_ours = file.path.starts_with("provenance-") && file.path.contains("/src/");
    let is_test = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    if !is_ours || is_test || ELSEWHERE.iter().any(|(at, _)| file.path.contains(at)) {
        return Vec::new();
    }
    let code = file.code();
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().collect();
    let mut complaints = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let writes = WRITES.iter().any(|call| line.contains(call));
        if !writes || ELSEWHERE.iter().any(|(what, _)| line.contains(what)) {
            continue;
        }
        let near = lines[n.saturating_sub(NEAR)..lines.len().min(n + NEAR)].iter();
        if !near.into_iter().any(|line| line.contains("fail_point!(")) {
            complaints.push(format!("{}:{}: no fail point near it", file.path, n + 1));
        }
    }
    complaints
}

#[test]
fn whatever_changes_a_file_has_a_fail_point() {
    assert_none(&rust_files().flat_map(without_a_point).collect::<Vec<_>>());
}

#[test]
fn nothing_that_is_shipped_has_fail_points() {
    for member in ["core", "hook", "cli"] {
        let manifest = &file(&format!("provenance-{member}/Cargo.toml")).text;
        assert!(manifest.contains("fail-points = ["), "{member}");
        assert!(!manifest.contains("default = ["), "{member}");
    }
}

#[test]
fn a_write_without_a_point_is_found() {
    let path = "provenance-core/src/capture/x.rs";
    let bad = File::sample(path, "fn f() {\n    fs::write(a, b)\n}\n");
    assert_eq!(without_a_point(&bad).len(), 1);
    let good = "fn f() {\n    crate::fail_point!(\"x\");\n    fs::write(a, b)\n}\n";
    assert_eq!(without_a_point(&File::sample(path, good)), [""; 0]);
    let test = "#[cfg(test)]\nmod tests {\n    fn f() { fs::write(a, b) }\n}\n";
    assert_eq!(without_a_point(&File::sample(path, test)), [""; 0]);
}
