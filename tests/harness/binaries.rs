//! The two shipped binaries, built once and found where Cargo says they are.
//!
//! `CARGO_BIN_EXE_*` exists only within a package, and `cargo test --workspace` does not build the
//! binaries of other packages. So Cargo is asked once, and its messages name the paths. The nested
//! build also has the features that are shipped, not those that tests add.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

struct Binaries {
    hook: PathBuf,
    cli: PathBuf,
}

static BINARIES: LazyLock<Binaries> = LazyLock::new(build);
static FAIL_POINTS: LazyLock<PathBuf> = LazyLock::new(build_with_fail_points);

/// Returns the path of `provenance-hook`.
pub fn hook() -> &'static Path {
    &BINARIES.hook
}

/// Returns the path of `git-provenance`.
pub fn cli() -> &'static Path {
    &BINARIES.cli
}

/// Returns the folder that holds both.
pub fn directory() -> &'static Path {
    cli().parent().expect("a binary lies in a folder")
}

/// Returns a folder with `git-provenance`, built with fail points, under both names.
pub fn with_fail_points() -> &'static Path {
    &FAIL_POINTS
}

fn build_with_fail_points() -> PathBuf {
    let messages = built(
        cargo()
            .args(["--package=provenance-cli", "--example=git-provenance"])
            .arg("--features=provenance-cli/fail-points"),
    );
    let program = executable(&messages, "git-provenance");
    let folder = program.with_file_name("with-fail-points");
    fs::create_dir_all(&folder).unwrap();
    for name in ["git-provenance", "provenance-hook"] {
        // Another process of tests may make the same link.
        let made = std::os::unix::fs::symlink(&program, folder.join(name));
        assert!(made.is_ok() || folder.join(name).exists(), "{made:?}");
    }
    folder
}

/// A `cargo build` in the way of these tests.
fn cargo() -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["build", "--quiet", "--message-format=json"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command
}

/// Runs it; returns its messages.
fn built(command: &mut Command) -> String {
    let output = command.output().expect("cargo starts");
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "the binaries do not build:\n{}\n{}",
        rendered(&messages),
        String::from_utf8_lossy(&output.stderr)
    );
    messages
}

fn build() -> Binaries {
    // Whoever ships them tells the same stories with what is to be shipped.
    if let Some(directory) = env::var_os("PROVENANCE_TEST_BINARIES") {
        let directory = PathBuf::from(directory);
        return Binaries {
            hook: directory.join("provenance-hook"),
            cli: directory.join("git-provenance"),
        };
    }
    let mut command = cargo();
    command.args([
        "--bins",
        "--package=provenance-hook",
        "--package=provenance-cli",
    ]);
    // Continuous integration tells the same stories with other features, such as `sha256`.
    if let Some(feature) = env::var_os("PROVENANCE_TEST_FEATURE") {
        for package in ["provenance-hook/", "provenance-cli/"] {
            let mut name = std::ffi::OsString::from(package);
            name.push(&feature);
            command.arg("--features").arg(name);
        }
    }
    let messages = built(&mut command);
    Binaries {
        hook: executable(&messages, "provenance-hook"),
        cli: executable(&messages, "git-provenance"),
    }
}

fn parsed(messages: &str) -> impl Iterator<Item = serde_json::Value> + '_ {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

/// What the compiler said, for people.
fn rendered(messages: &str) -> String {
    parsed(messages)
        .filter_map(|message| Some(message["message"]["rendered"].as_str()?.to_owned()))
        .collect()
}

fn executable(messages: &str, name: &str) -> PathBuf {
    parsed(messages)
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .unwrap_or_else(|| panic!("cargo named no executable {name} among:\n{messages}"))
}
