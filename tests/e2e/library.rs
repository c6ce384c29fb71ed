//! A harness written in Rust calls the library instead of a hook's standard input.

use std::path::Path;
use std::process::Command;

use harness::Sandbox;

#[test]
fn the_example_harness_reads_its_own_record_back_verified() {
    let sandbox = Sandbox::new().with_provenance();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package=provenance-core",
            "--example=harness",
        ])
        .arg("--message-format=json")
        .arg("--manifest-path")
        .arg(manifest)
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let messages = String::from_utf8(built.stdout).unwrap();
    let example = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| Some(message["executable"].as_str()?.to_owned()))
        .expect("cargo names the example");
    let output = sandbox.run(sandbox.command(&example).arg(".")).succeeds();
    assert_eq!(output.text(), "verified by alice@example.com\n");
}
