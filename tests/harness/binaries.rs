//! The two shipped binaries, built once and found where Cargo says they are.
//!
//! `CARGO_BIN_EXE_*` exists only within a package, and `cargo test --workspace` does not build the
//! binaries of other packages. So Cargo is asked once, and its messages name the paths. The nested
//! build also has the features that are shipped, not those that tests add.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

struct Binaries {
    hook: PathBuf,
    cli: PathBuf,
}

static BINARIES: LazyLock<Binaries> = LazyLock::new(build);

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

fn build() -> Binaries {
    // Whoever ships them tells the same stories with what is to be shipped.
    if let Some(directory) = env::var_os("PROVENANCE_TEST_BINARIES") {
        let directory = PathBuf::from(directory);
        return Binaries {
            hook: directory.join("provenance-hook"),
            cli: directory.join("git-provenance"),
        };
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["build", "--quiet", "--bins", "--message-format=json"])
        .args(["--package=provenance-hook", "--package=provenance-cli"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    // Continuous integration tells the same stories with other features, such as `sha256`.
    if let Some(feature) = env::var_os("PROVENANCE_TEST_FEATURE") {
        for package in ["provenance-hook/", "provenance-cli/"] {
            let mut name = std::ffi::OsString::from(package);
            name.push(&feature);
            command.arg("--features").arg(name);
        }
    }
    let output = command.output().expect("cargo starts");
    let messages = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "the binaries do not build:\n{}\n{}",
        rendered(&messages),
        String::from_utf8_lossy(&output.stderr)
    );
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
