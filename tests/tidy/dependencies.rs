//! Dependencies: each stands once in the root manifest, under a comment that says why, and somebody
//! uses it.

use crate::source::{File, assert_none, file, files};

/// The entries of `[workspace.dependencies]`: name, line number, whether a comment stands above.
fn entries(manifest: &str) -> Vec<(&str, usize, bool)> {
    let mut found = Vec::new();
    let mut above = "";
    let mut is_inside = false;
    for (n, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            is_inside = line == "[workspace.dependencies]";
        } else if let Some((name, value)) = line.split_once(" = ")
            && is_inside
            && !line.starts_with('#')
        {
            let is_ours = value.contains("path = ");
            found.push((name, n + 1, above.starts_with('#') || is_ours));
        }
        above = line;
    }
    found
}

fn without_a_reason(manifest: &File) -> Vec<String> {
    let bare = entries(&manifest.text)
        .into_iter()
        .filter(|(.., reason)| !reason);
    bare.map(|(name, line, _)| format!("{}:{line}: why {name}? Say it above", manifest.path))
        .collect()
}

fn without_a_user(manifest: &File, members: &[&File]) -> Vec<String> {
    let used = |name: &str| {
        let line = format!("{name}.workspace = true");
        let table = format!("{name} = {{ workspace = true");
        members
            .iter()
            .any(|member| member.text.contains(&line) || member.text.contains(&table))
    };
    let unused = entries(&manifest.text)
        .into_iter()
        .filter(|(name, ..)| !used(name));
    unused
        .map(|(name, line, _)| format!("{}:{line}: no member uses {name}", manifest.path))
        .collect()
}

/// Complains about a member that fixes a version of its own.
fn with_a_version(member: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut is_inside = false;
    for (n, line) in member.text.lines().enumerate() {
        if line.starts_with('[') {
            is_inside = line.contains("dependencies");
        } else if is_inside && line.contains('=') && !line.contains("workspace = true") {
            complaints.push(format!(
                "{}:{}: take it from the workspace",
                member.path,
                n + 1
            ));
        }
    }
    complaints
}

fn members() -> Vec<&'static File> {
    let manifests = files()
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests
        .filter(|file| !file.path.contains("/fuzz/"))
        .collect()
}

#[test]
fn every_dependency_says_why_it_is_there() {
    assert_none(&without_a_reason(file("Cargo.toml")));
}

#[test]
fn every_dependency_is_used_by_a_member() {
    assert_none(&without_a_user(file("Cargo.toml"), &members()));
}

#[test]
fn members_take_their_dependencies_from_the_workspace() {
    assert_none(
        &members()
            .into_iter()
            .flat_map(with_a_version)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_dependency_without_a_reason_or_a_user_is_found() {
    let manifest = File::sample(
        "Cargo.toml",
        "[workspace.dependencies]\n# Because.\na = \"1\"\nb = \"1\"\n",
    );
    assert_eq!(
        without_a_reason(&manifest),
        ["Cargo.toml:4: why b? Say it above"]
    );
    let member = File::sample(
        "m/Cargo.toml",
        "[dependencies]\na.workspace = true\nc = \"2\"\n",
    );
    assert_eq!(
        without_a_user(&manifest, &[&member]),
        ["Cargo.toml:4: no member uses b"]
    );
    assert_eq!(
        with_a_version(&member),
        ["m/Cargo.toml:3: take it from the workspace"]
    );
}
