//! The user's own files in `.git/hooks`: they run first, are obeyed, and come back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use harness::{Sandbox, binaries};

use super::{comes_and_goes, commit, files, init, nobody, ran, script, settled, spy};

#[test]
fn a_hook_of_the_users_own_runs_first_and_comes_back() {
    let sandbox = Sandbox::new();
    let own = "#!/bin/sh\necho \"mine $0 $1 $PWD\" >> ran\ncat \"$1\" >> ran";
    script(&sandbox, ".git/hooks/commit-msg", own);
    script(
        &sandbox,
        ".git/hooks/pre-commit",
        "#!/bin/sh\necho pre >> ran\n",
    );
    let before = settled(sandbox.path());
    init(&sandbox)
        .succeeds()
        .says("commit-msg (yours still run first)");
    let link = fs::read_link(sandbox.git_dir().join("hooks/commit-msg")).unwrap();
    assert_eq!(link, binaries::hook());
    let installed = settled(sandbox.path());
    init(&sandbox).succeeds();
    assert_eq!(
        settled(sandbox.path()),
        installed,
        "init twice is init once"
    );

    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    let saved = ".git/hooks/commit-msg.provenance-saved";
    let mine = format!(
        "mine {saved} .git/COMMIT_EDITMSG {}",
        sandbox.path().display()
    );
    assert_eq!(ran(&sandbox), ["pre", &mine, "x"]);

    sandbox
        .provenance(["uninstall"])
        .succeeds()
        .says("restored");
    assert_eq!(settled(sandbox.path()), before);
}

#[test]
fn a_hook_that_refuses_still_refuses_with_its_own_words() {
    let sandbox = Sandbox::new();
    let own = "#!/bin/sh\necho 'no ticket' >&2\nexit 3\n";
    script(&sandbox, ".git/hooks/commit-msg", own);
    init(&sandbox).succeeds();
    let refused = sandbox.try_git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert_eq!(refused.exits(1).talk(), "no ticket\n");
}

#[test]
fn a_hook_that_git_ignores_stays_ignored() {
    let sandbox = Sandbox::new();
    sandbox.write(
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho mine >> ran\nexit 1\n",
    );
    comes_and_goes(&sandbox, nobody, &[]);
}

#[test]
fn a_hook_without_an_interpreter_line_runs_as_git_runs_it() {
    let sandbox = Sandbox::new();
    script(&sandbox, ".git/hooks/post-commit", "echo mine >> ran\n");
    init(&sandbox).succeeds();
    assert_eq!(commit(&sandbox), ["mine"]);
}

#[test]
fn what_git_tells_a_hook_on_standard_input_is_told_to_both() {
    let sandbox = Sandbox::new();
    script(
        &sandbox,
        ".git/hooks/post-rewrite",
        "#!/bin/sh\nwhile read old new; do echo \"$1 $new\" >> ran; done\n",
    );
    sandbox.write("a.txt", "one\n");
    init(&sandbox).succeeds();
    sandbox.commit("made");
    let hooks = sandbox.git_dir().join("hooks");
    // Only post-rewrite is left to see it.
    for hook in ["commit-msg", "post-commit"] {
        fs::remove_file(hooks.join(hook)).unwrap();
    }
    sandbox.commit_with(["--amend", "-m", "again"]);
    assert_eq!(ran(&sandbox), [format!("amend {}", sandbox.head())]);
    assert_eq!(
        sandbox.note("HEAD").len(),
        2,
        "the old record and a new one"
    );
    sandbox.provenance(["verify", "HEAD"]).succeeds();
}

#[test]
fn a_hook_that_is_a_link_stays_one() {
    let sandbox = Sandbox::new();
    script(&sandbox, "scripts/check", "#!/bin/sh\necho mine >> ran\n");
    let hook = sandbox.git_dir().join("hooks/commit-msg");
    std::os::unix::fs::symlink("../../scripts/check", &hook).unwrap();
    comes_and_goes(&sandbox, nobody, &["mine"]);
}

#[test]
fn a_hook_that_asks_for_its_own_name_keeps_it() {
    let sandbox = Sandbox::new();
    let own = "#!/bin/sh\ncase \"$(basename \"$0\")\" in\ncommit-msg) echo mine >> ran ;;\n*) exit 1 ;;\nesac\n";
    script(&sandbox, ".git/hooks/commit-msg", own);
    comes_and_goes(&sandbox, spy, &["mine", "ours commit-msg"]);
}

#[test]
fn a_new_hook_over_ours_is_not_lost() {
    let sandbox = Sandbox::new();
    script(&sandbox, ".git/hooks/commit-msg", "#!/bin/sh\necho old\n");
    init(&sandbox).succeeds();
    let hook = sandbox.git_dir().join("hooks/commit-msg");
    fs::remove_file(&hook).unwrap();
    script(&sandbox, ".git/hooks/commit-msg", "#!/bin/sh\necho new\n");
    init(&sandbox).exits(2).says("merge them into one");
    let left = sandbox.provenance(["uninstall"]).exits(1);
    assert!(
        left.text().contains("commit-msg.provenance-saved"),
        "{}",
        left.full()
    );
    assert_eq!(
        sandbox.read(".git/hooks/commit-msg"),
        "#!/bin/sh\necho new\n"
    );
    let saved = sandbox.read(".git/hooks/commit-msg.provenance-saved");
    assert_eq!(saved, "#!/bin/sh\necho old\n");
}

#[test]
fn a_hook_may_be_as_odd_as_its_folder() {
    let sandbox = Sandbox::new();
    let odd = sandbox.path().join("two words, äö 'quoted' \"$x\"");
    fs::create_dir(&odd).unwrap();
    let odd = sandbox.within(&odd);
    odd.git(["init", "--quiet"]);
    script(
        &odd,
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho mine >> ran\n",
    );
    comes_and_goes(&odd, nobody, &["mine"]);
}

#[test]
fn a_linked_worktree_shares_the_hooks() {
    let sandbox = Sandbox::new();
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "root"]);
    sandbox.git(["worktree", "add", "--quiet", "../linked"]);
    let linked = sandbox.within("../linked");
    script(
        &sandbox,
        ".git/hooks/post-commit",
        "#!/bin/sh\necho mine >> ran\n",
    );
    let before = settled(sandbox.path());
    init(&linked).succeeds();
    assert!(sandbox.path().join(".git/hooks/commit-msg").is_symlink());
    assert_eq!(commit(&linked), ["mine"]);
    linked.provenance(["uninstall"]).succeeds();
    let left: Vec<_> = settled(sandbox.path())
        .into_keys()
        .filter(|path| !before.contains_key(path) && !path.starts_with(".git/worktrees"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_git_directory_elsewhere_and_a_submodule_are_repositories_too() {
    let sandbox = Sandbox::new();
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "root"]);
    let inner = sandbox.clone_for("inner");
    let origin = inner.path().to_str().unwrap().to_owned();
    sandbox.git(["submodule", "--quiet", "add", &origin, "sub"]);
    sandbox.git([
        "init",
        "--quiet",
        "--separate-git-dir=../apart.git",
        "apart",
    ]);
    for folder in ["sub", "apart"] {
        let repo = sandbox.within(folder);
        let hooks = repo.git_dir().join("hooks");
        fs::create_dir_all(&hooks).unwrap();
        fs::write(hooks.join("commit-msg"), "#!/bin/sh\necho mine >> ran\n").unwrap();
        super::make_executable(&hooks.join("commit-msg"));
        let before = (files(&hooks), settled(repo.path()));
        repo.provenance(["init", "--agents", "claude-code"])
            .succeeds();
        repo.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
        assert_eq!(ran(&repo), ["mine"]);
        assert_eq!(repo.note("HEAD").len(), 1);
        assert!(repo.git(["status", "--porcelain"]).is_empty());
        repo.provenance(["uninstall"]).succeeds();
        assert_eq!((files(&hooks), settled(repo.path())), before);
    }
}

#[test]
fn a_hook_whose_interpreter_is_gone_is_reported_as_git_would() {
    let sandbox = Sandbox::new();
    script(
        &sandbox,
        ".git/hooks/commit-msg",
        "#!/no/such/interpreter\n",
    );
    init(&sandbox).succeeds();
    let output = sandbox.try_git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    assert!(
        output.talk().contains("cannot run your own hook"),
        "{}",
        output.full()
    );
}

#[test]
fn one_installed_binary_is_enough() {
    let sandbox = Sandbox::new();
    let alone = sandbox.home().join("bin/git-provenance");
    fs::create_dir(alone.parent().unwrap()).unwrap();
    fs::copy(binaries::cli(), &alone).unwrap();
    fs::set_permissions(&alone, fs::Permissions::from_mode(0o755)).unwrap();
    script(
        &sandbox,
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho mine >> ran\n",
    );
    let mut init = sandbox.command(&alone);
    sandbox
        .run(init.args(["init", "--yes", "--agents", "none"]))
        .succeeds();
    let link = fs::read_link(sandbox.git_dir().join("hooks/commit-msg")).unwrap();
    assert_eq!(link, alone);
    assert_eq!(commit(&sandbox), ["mine"]);
    let mut hook = sandbox.command(&alone);
    let version = sandbox.run(hook.args(["hook", "--version"])).succeeds();
    assert!(version.text().starts_with("provenance-hook "));
}
