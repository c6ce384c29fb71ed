//! husky, lefthook, pre-commit, and a project's own folder.

use std::fs;

use harness::Sandbox;

use super::{comes_and_goes, commit, init, ran, script, settled, spy};

/// What husky 9.1.7 writes into `.husky/_/h`.
const HUSKY_H: &str = r#"#!/usr/bin/env sh
[ "$HUSKY" = "2" ] && set -x
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n

[ ! -f "$s" ] && exit 0

if [ -f "$HOME/.huskyrc" ]; then
	echo "husky - '~/.huskyrc' is DEPRECATED, please move your code to ~/.config/husky/init.sh"
fi
i="${XDG_CONFIG_HOME:-$HOME/.config}/husky/init.sh"
[ -f "$i" ] && . "$i"

[ "${HUSKY-}" = "0" ] && exit 0

export PATH="node_modules/.bin:$PATH"
sh -e "$s" "$@"
c=$?

[ $c != 0 ] && echo "husky - $n script failed (code $c)"
[ $c = 127 ] && echo "husky - command not found in PATH=$PATH"
exit $c
"#;

fn with_husky(commit_msg: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".husky/_/h", HUSKY_H);
    for hook in [
        "pre-commit",
        "commit-msg",
        "post-commit",
        "post-merge",
        "post-applypatch",
        "post-rewrite",
    ] {
        let stub = "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"";
        script(&sandbox, format!(".husky/_/{hook}"), stub);
    }
    sandbox.write(".husky/_/.gitignore", "*");
    sandbox.write(".husky/commit-msg", commit_msg);
    sandbox.git(["config", "core.hooksPath", ".husky/_"]);
    sandbox
}

#[test]
fn a_husky_script_gets_our_lines_and_comes_back() {
    let sandbox = with_husky("echo \"theirs $1\" >> ran\n");
    let before = settled(sandbox.path());
    init(&sandbox).succeeds().says(".husky/commit-msg");
    let installed = settled(sandbox.path());
    init(&sandbox).succeeds();
    assert_eq!(
        settled(sandbox.path()),
        installed,
        "init twice is init once"
    );
    assert!(
        sandbox
            .read(".husky/commit-msg")
            .starts_with("echo \"theirs")
    );

    spy(&sandbox);
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    let expected = [
        "theirs .git/COMMIT_EDITMSG",
        "ours commit-msg",
        "ours post-commit",
    ];
    assert_eq!(ran(&sandbox), expected);

    fs::remove_file(sandbox.git_dir().join("provenance/provenance-hook")).unwrap();
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "without us"]);
    assert_eq!(ran(&sandbox), ["theirs .git/COMMIT_EDITMSG"]);

    sandbox.provenance(["uninstall"]).succeeds();
    assert_eq!(settled(sandbox.path()), before);
}

#[test]
fn a_worktree_without_huskys_own_part_is_not_called_well() {
    let sandbox = with_husky("true\n");
    init(&sandbox).succeeds();
    sandbox.git(["add", ".husky"]);
    sandbox.git(["commit", "--quiet", "-m", "x"]);
    sandbox.git(["worktree", "add", "--quiet", "../linked"]);
    let linked = sandbox.within("../linked");
    let told = init(&linked).exits(1);
    let why = ".husky/_/post-commit is missing";
    assert!(told.text().contains(why), "{}", told.full());
}

#[test]
fn a_husky_script_that_refuses_still_refuses() {
    let sandbox = with_husky("echo theirs >> ran\nfalse\n");
    init(&sandbox).succeeds();
    spy(&sandbox);
    sandbox
        .try_git(["commit", "--quiet", "--allow-empty", "-m", "x"])
        .exits(1);
    assert_eq!(ran(&sandbox), ["theirs"]);
}

#[test]
fn a_husky_script_that_exits_by_itself_still_reaches_us() {
    let sandbox = with_husky("echo theirs >> ran\nexit 0\n");
    init(&sandbox).succeeds();
    spy(&sandbox);
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert_eq!(
        ran(&sandbox),
        ["theirs", "ours commit-msg", "ours post-commit"]
    );
}

/// The end of what lefthook 2 writes, and enough of its beginning.
const LEFTHOOK: &str = r#"#!/bin/sh

if [ "$LEFTHOOK_VERBOSE" = "1" -o "$LEFTHOOK_VERBOSE" = "true" ]; then
  set -x
fi

if [ "$LEFTHOOK" = "0" ]; then
  exit 0
fi

call_lefthook()
{
  if test -n "$LEFTHOOK_BIN"
  then
    "$LEFTHOOK_BIN" "$@"
  elif lefthook -h >/dev/null 2>&1
  then
    lefthook "$@"
  else
    echo "Can't find lefthook in PATH"
  fi
}

call_lefthook run "commit-msg" "$@"
"#;

#[test]
fn a_hook_that_lefthook_wrote_keeps_its_name_and_reaches_us() {
    let sandbox = Sandbox::new();
    let lefthook = sandbox.home().join("lefthook");
    let sandbox = sandbox.with_env("LEFTHOOK_BIN", &lefthook);
    fs::write(
        &lefthook,
        "#!/bin/sh\necho \"$@\" >> ran\ntest -z \"$REFUSE\"\n",
    )
    .unwrap();
    super::make_executable(&lefthook);
    script(&sandbox, ".git/hooks/commit-msg", LEFTHOOK);
    let before = settled(sandbox.path());

    init(&sandbox)
        .succeeds()
        .says("marked lines in .git/hooks/commit-msg");
    spy(&sandbox);
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    let theirs = "run commit-msg .git/COMMIT_EDITMSG";
    assert_eq!(ran(&sandbox), [theirs, "ours commit-msg"]);

    let refusing = sandbox
        .within(".")
        .with_env("LEFTHOOK_BIN", &lefthook)
        .with_env("REFUSE", "1");
    refusing
        .try_git(["commit", "--quiet", "--allow-empty", "-m", "x"])
        .exits(1);
    assert_eq!(ran(&sandbox), [theirs]);

    sandbox.provenance(["uninstall"]).succeeds();
    assert_eq!(settled(sandbox.path()), before);
}

/// What pre-commit 4 writes, with our stand-in for its interpreter.
fn pre_commit(python: &str) -> String {
    format!(
        r#"#!/usr/bin/env bash
# File generated by pre-commit: https://pre-commit.com
# ID: 138fd403232d2ddd5efb44317e38bf03

# start templated
INSTALL_PYTHON={python}
ARGS=(hook-impl --config=.pre-commit-config.yaml --hook-type=commit-msg)
# end templated

HERE="$(cd "$(dirname "$0")" && pwd)"
ARGS+=(--hook-dir "$HERE" -- "$@")

if [ -x "$INSTALL_PYTHON" ]; then
    exec "$INSTALL_PYTHON" -mpre_commit "${{ARGS[@]}}"
elif command -v pre-commit > /dev/null; then
    exec pre-commit "${{ARGS[@]}}"
else
    echo '`pre-commit` not found.  Did you forget to activate your virtualenv?' 1>&2
    exit 1
fi
"#
    )
}

/// An interpreter that does what pre-commit does: the hook it found first, then its own.
fn python(sandbox: &Sandbox) -> String {
    let python = sandbox.home().join("python3");
    let text = "#!/bin/sh\nwhile [ \"$1\" != --hook-dir ]; do shift; done\n\
                legacy=\"$2/commit-msg.legacy\"; shift 3\n\
                if [ -x \"$legacy\" ]; then \"$legacy\" \"$@\" || exit $?; fi\n\
                echo pre-commit >> ran\n";
    fs::write(&python, text).unwrap();
    super::make_executable(&python);
    python.to_str().unwrap().to_owned()
}

#[test]
fn a_hook_that_pre_commit_wrote_keeps_its_name_and_reaches_us() {
    let sandbox = Sandbox::new();
    let text = pre_commit(&python(&sandbox));
    script(&sandbox, ".git/hooks/commit-msg", &text);
    comes_and_goes(&sandbox, spy, &["pre-commit", "ours commit-msg"]);
}

#[test]
fn pre_commit_may_be_installed_after_us() {
    let sandbox = Sandbox::new();
    script(
        &sandbox,
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho mine >> ran\n",
    );
    init(&sandbox).succeeds();
    // `pre-commit install` moves what it finds to `.legacy`, and runs it first.
    let hooks = sandbox.git_dir().join("hooks");
    fs::rename(hooks.join("commit-msg"), hooks.join("commit-msg.legacy")).unwrap();
    script(
        &sandbox,
        ".git/hooks/commit-msg",
        &pre_commit(&python(&sandbox)),
    );
    assert_eq!(commit(&sandbox), ["mine", "pre-commit"]);
    sandbox
        .provenance(["doctor"])
        .succeeds()
        .says("pre-commit runs us first");
    let before = settled(sandbox.path());
    init(&sandbox).succeeds();
    assert_eq!(settled(sandbox.path()), before);

    // What was the user's own is where pre-commit would have moved it without us.
    sandbox.provenance(["uninstall"]).succeeds();
    assert!(!hooks.join("commit-msg.provenance-saved").exists());
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "without us"]);
    assert_eq!(ran(&sandbox), ["mine", "pre-commit"]);
    assert!(sandbox.note("HEAD").is_empty());
}

#[test]
fn no_manager_takes_our_program_for_its_own_hook() {
    // lefthook and pre-commit recognize their hooks by these words, and then write over them:
    // through a link, that is over our program.
    for program in [harness::binaries::hook(), harness::binaries::cli()] {
        let bytes = fs::read(program).unwrap();
        for word in ["LEFTHOOK", "138fd403232d2ddd5efb44317e38bf03"] {
            let found = bytes
                .windows(word.len())
                .any(|window| window == word.as_bytes());
            assert!(!found, "{} holds {word}", program.display());
        }
    }
}

#[test]
fn a_project_with_a_folder_of_its_own_gets_our_lines_there() {
    for relative in [true, false] {
        let sandbox = Sandbox::new();
        let theirs = "#!/usr/bin/env bash\nset -euo pipefail\necho theirs >> ran";
        script(&sandbox, ".githooks/commit-msg", theirs);
        sandbox.write("src/lib.rs", "");
        let path = sandbox.path().join(".githooks");
        let path = if relative {
            ".githooks"
        } else {
            path.to_str().unwrap()
        };
        sandbox.git(["config", "core.hooksPath", path]);
        let before = settled(sandbox.path());

        let subfolder = sandbox.within("src");
        init(&subfolder).succeeds().says("commit it with the rest");
        assert!(
            !sandbox.read(".githooks/commit-msg").contains("alice"),
            "no machine's path"
        );
        spy(&sandbox);
        sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
        assert_eq!(
            ran(&sandbox),
            ["theirs", "ours commit-msg", "ours post-commit"]
        );
        let inner = sandbox.within("src");
        inner.git(["commit", "--quiet", "--allow-empty", "-m", "from below"]);
        assert_eq!(
            ran(&sandbox),
            ["theirs", "ours commit-msg", "ours post-commit"]
        );

        sandbox.provenance(["uninstall"]).succeeds();
        assert_eq!(settled(sandbox.path()), before);
    }
}

#[test]
fn a_clone_of_a_chained_project_commits_without_us() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "core.hooksPath", ".githooks"]);
    init(&sandbox).succeeds();
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "--quiet", "-m", "x"]);
    let bob = sandbox.clone_for("bob");
    bob.git(["config", "core.hooksPath", ".githooks"]);
    let output = bob
        .try_git(["commit", "--allow-empty", "--quiet", "-m", "y"])
        .succeeds();
    assert_eq!(output.talk(), "");
    assert!(!bob.git_dir().join("provenance").exists());
}

#[test]
fn lines_that_somebody_changed_are_taken_out_alone() {
    let sandbox = with_husky("echo theirs\n");
    init(&sandbox).succeeds();
    sandbox.append(".husky/commit-msg", "echo more\n");
    sandbox
        .provenance(["uninstall"])
        .succeeds()
        .says("only our part is out");
    assert_eq!(
        sandbox.read(".husky/commit-msg"),
        "echo theirs\necho more\n"
    );
}
