//! Links what unwinds a panic into the programs, where this compiler has it as an archive: a hook
//! starts twice a commit, and each shared library costs a tenth of a millisecond to load.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script is told in its environment"
)]

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let told = |name: &str| env::var(name).unwrap_or_default();
    let is_gnu = told("CARGO_CFG_TARGET_OS") == "linux" && told("CARGO_CFG_TARGET_ENV") == "gnu";
    // For another machine there would have to be another compiler.
    if !is_gnu || told("HOST") != told("TARGET") {
        return;
    }
    let named = Command::new("cc")
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    let named = named
        .ok()
        .and_then(|named| String::from_utf8(named.stdout).ok());
    let archive = named.as_deref().map(|path| Path::new(path.trim_end()));
    // Where there is none, the name comes back as it was given.
    let Some(folder) = archive.filter(|path| path.is_file()).and_then(Path::parent) else {
        return;
    };
    println!("cargo::rustc-link-search=native={}", folder.display());
    println!("cargo::rustc-link-lib=static=gcc_eh");
}
