//! The sandbox itself: hermetic, reproducible, and on the binaries that were just built.

use harness::{Sandbox, binaries};

#[test]
fn two_sandboxes_make_the_same_commit() {
    let commit = || {
        let sandbox = Sandbox::new();
        sandbox.write("a.txt", "one\n");
        sandbox.commit("first")
    };
    assert_eq!(commit(), commit());
}

#[test]
fn the_binaries_on_the_path_are_those_of_this_build() {
    let sandbox = Sandbox::new();
    let mut which = sandbox.command("sh");
    which.args([
        "-c",
        "command -v git-provenance && command -v provenance-hook",
    ]);
    let found = sandbox.run(&mut which).succeeds();
    let expected = format!(
        "{}\n{}\n",
        binaries::cli().display(),
        binaries::hook().display()
    );
    assert_eq!(found.text(), expected);
}

#[test]
fn nothing_of_the_users_own_configuration_is_seen() {
    let sandbox = Sandbox::new();
    let origins = sandbox.git(["config", "--list", "--show-origin"]);
    let root = sandbox.home().to_str().unwrap();
    for line in origins.lines() {
        assert!(
            line.contains(root) || line.starts_with("file:.git/config"),
            "configuration from outside the sandbox: {line}"
        );
    }
}
