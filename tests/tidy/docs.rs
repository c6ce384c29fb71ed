//! Docs: every module begins with a sentence, every relative link leads somewhere, and the two
//! pages that a newcomer reads first stay short.

use std::path::Path;

use crate::source::{File, assert_none, file, files, root, rust_files};

/// Complains unless the file begins with `//!` and a sentence. `tests.rs` is the tail of its module.
fn without_a_head(file: &File) -> Option<String> {
    if file.path.ends_with("/tests.rs") {
        return None;
    }
    let head = file
        .text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let is_sentence = head.split_whitespace().count() >= 3 && head.ends_with(['.', '?', ':']);
    (!is_sentence).then(|| format!("{}: begin with `//!` and one sentence", file.path))
}

/// Complains about relative links of a Markdown page for which `exists` says no.
fn dead_links(file: &File, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = Path::new(&file.path).parent().unwrap();
    let mut complaints = Vec::new();
    let mut in_code = false;
    for (n, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for link in line.split("](").skip(1) {
            let target = link.split([')', ' ']).next().unwrap_or_default();
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let resolved = folder.join(path);
            if !exists(resolved.to_str().unwrap()) {
                complaints.push(format!("{}:{}: {target} leads nowhere", file.path, n + 1));
            }
        }
    }
    complaints
}

fn too_long(file: &File, most: usize) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > most).then(|| format!("{}: {lines} lines, at most {most}", file.path))
}

#[test]
fn every_module_begins_with_a_sentence() {
    assert_none(&rust_files().filter_map(without_a_head).collect::<Vec<_>>());
}

#[test]
fn every_relative_link_leads_somewhere() {
    let pages = files().iter().filter(|file| file.is("md"));
    let exists = |path: &str| root().join(path).exists();
    assert_none(
        &pages
            .flat_map(|page| dead_links(page, exists))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_first_pages_are_short() {
    let complaints = [
        too_long(file("README.md"), 150),
        too_long(file("ARCHITECTURE.md"), 250),
    ];
    assert_none(&complaints.into_iter().flatten().collect::<Vec<_>>());
}

#[test]
fn a_module_without_a_sentence_is_found() {
    for bad in [
        "use a;\n",
        "//! Notes\n",
        "//!\n//! Two words.\n",
        "// A plain comment is none.\n",
    ] {
        assert!(
            without_a_head(&File::sample("a.rs", bad)).is_some(),
            "{bad:?}"
        );
    }
    let good = File::sample(
        "a.rs",
        "//! `Notes`: where records\n//! are kept.\n//!\n//! More\n",
    );
    assert!(without_a_head(&good).is_none());
}

#[test]
fn a_dead_link_is_found_and_code_and_the_web_are_left_alone() {
    let page = File::sample(
        "docs/a.md",
        "[b](b.md) [c](../c.md#part) [w](https://example.com/x) [s](#here)\n```\n[d](d.md)\n```\n",
    );
    let complaints = dead_links(&page, |path| path == "docs/b.md");
    assert_eq!(complaints, ["docs/a.md:1: ../c.md#part leads nowhere"]);
}

#[test]
fn a_long_page_is_found() {
    assert!(too_long(&File::sample("README.md", &"x\n".repeat(151)), 150).is_some());
}
