//! Dying in the commands that write.

use std::fs;

use harness::Sandbox;

use super::told::Told;
use super::{Points, Story, dies_everywhere, sandbox};

pub(super) const STORIES: &[Story] = &[
    ("init", init),
    (
        "init, beside hooks and settings of one's own",
        init_beside_others,
    ),
    ("init, after others that died", init_after_the_dead),
    ("uninstall", uninstall),
    (
        "uninstall, after changes of one's own",
        uninstall_after_changes,
    ),
    ("record", record),
    ("key generate", key_generate),
    ("trust add", trust_add),
    ("sync", sync),
    ("push", push),
    ("doctor --forget", doctor_forget),
    ("reconcile", reconcile),
];

fn agree(expected: &Told, told: &Told, what: &str) {
    told.is(expected, what);
}

fn inits(alice: &Sandbox) {
    drop(alice.provenance(["init", "--yes", "--agents", "claude-code"]));
}

/// Runs `init` to its end, and finds everything in place.
fn inits_again(alice: &Sandbox) {
    let init = alice.provenance(["init", "--yes", "--agents", "claude-code"]);
    init.succeeds().says("Your next commit is recorded.");
    alice.provenance(["doctor"]).succeeds();
    let key = alice.home().join(".config/provenance/keys/id_ed25519");
    assert!(key.exists() && key.with_extension("pub").exists());
    alice.write("a.txt", "a\n");
    alice.git(["add", "a.txt"]);
    alice.commit_with(["--message", "one"]);
}

fn init(name: &str) -> Points {
    dies_everywhere(name, &sandbox(), &inits, &inits_again, &agree)
}

/// A repository with a hook of Alice's, which counts its runs, and settings of hers.
fn with_own_hook() -> Sandbox {
    use std::os::unix::fs::PermissionsExt as _;
    let alice = sandbox();
    let hook = alice.git_dir().join("hooks/post-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho run >> ../runs\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    alice.write(".claude/settings.local.json", "{\n  // mine\n}\n");
    alice
}

fn init_beside_others(name: &str) -> Points {
    let alice = with_own_hook();
    let go_on = |alice: &Sandbox| {
        // Whatever came of `init`: Alice's own hook runs.
        alice.git(["commit", "--quiet", "--allow-empty", "--message", "between"]);
        assert_eq!(alice.read("../runs"), "run\n");
        alice.git(["update-ref", "-d", "HEAD"]);
        inits_again(alice);
        assert_eq!(alice.read("../runs"), "run\nrun\n");
        alice.provenance(["uninstall"]).succeeds();
        assert_eq!(
            alice.read(".git/hooks/post-commit"),
            "#!/bin/sh\necho run >> ../runs\n"
        );
        assert_eq!(
            alice.read(".claude/settings.local.json"),
            "{\n  // mine\n}\n"
        );
        assert!(
            !alice
                .git_dir()
                .join("hooks/post-commit.provenance-saved")
                .exists()
        );
    };
    dies_everywhere(name, &alice, &inits, &go_on, &agree)
}

fn init_after_the_dead(name: &str) -> Points {
    let alice = sandbox().with_provenance();
    let state = alice.git_dir().join("provenance");
    for left in ["hook.log.1-0.tmp", ".installed.json.provenance-1"] {
        let path = state.join(left);
        fs::write(&path, "").unwrap();
        super::told::ages(&alice, &path);
    }
    dies_everywhere(name, &alice, &inits, &inits_again, &agree)
}

fn uninstall_after_changes(name: &str) -> Points {
    let alice = sandbox();
    alice.write("base.txt", "base\n");
    alice.commit("base");
    // What is not committed when watching begins stands in a gap.
    alice.append("base.txt", "more\n");
    inits(&alice);
    alice.git(["config", "alice.own", "yes"]);
    let act = |alice: &Sandbox| drop(alice.provenance(["uninstall"]));
    let go_on = |alice: &Sandbox| {
        alice.provenance(["uninstall"]).succeeds();
        assert_eq!(alice.git(["config", "alice.own"]), "yes");
        let config = alice.read(".git/config");
        assert!(!config.contains("provenance"), "{config}");
        assert!(!alice.path().join(".claude").exists());
        assert!(!alice.git_dir().join("provenance/journal").exists());
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn uninstall(name: &str) -> Points {
    let alice = with_own_hook();
    let config = alice.read(".git/config");
    inits_again(&alice);
    let act = |alice: &Sandbox| drop(alice.provenance(["uninstall"]));
    let go_on = |alice: &Sandbox| {
        alice.provenance(["uninstall"]).succeeds();
        assert_eq!(alice.read(".git/config"), config);
        assert_eq!(
            alice.read(".git/hooks/post-commit"),
            "#!/bin/sh\necho run >> ../runs\n"
        );
        assert_eq!(
            alice.read(".claude/settings.local.json"),
            "{\n  // mine\n}\n"
        );
        let hooks = fs::read_dir(alice.git_dir().join("hooks")).unwrap();
        let links = hooks.filter(|hook| hook.as_ref().unwrap().path().is_symlink());
        assert_eq!(links.count(), 0);
        assert!(!alice.git_dir().join("provenance/watching").exists());
        assert!(!alice.git_dir().join("provenance/installed.json").exists());
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn record(name: &str) -> Points {
    let alice = sandbox().with_provenance();
    alice.write("a.txt", "one\ntwo\n");
    alice.commit("one");
    let record = [
        "record",
        "--tool",
        "late",
        "--file",
        "a.txt:1",
        "--session",
        "s",
    ];
    let act = |alice: &Sandbox| drop(alice.provenance(record));
    // Whoever saw it die says it again: that is saying it once.
    let go_on = |alice: &Sandbox| drop(alice.provenance(record).succeeds());
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn key_generate(name: &str) -> Points {
    let alice = sandbox().with_provenance();
    alice.commit_with(["--allow-empty", "--message", "one"]);
    let generate = ["key", "generate", "--output", "../keys/ci"];
    let act = |alice: &Sandbox| drop(alice.provenance(generate));
    let go_on = |alice: &Sandbox| {
        let key = alice.home().join("keys/ci");
        // Whole, or not at all.
        if !key.exists() {
            alice.provenance(generate).succeeds();
        }
        alice.git(["config", "provenance.signingKey", key.to_str().unwrap()]);
        alice.provenance(["key", "show"]).succeeds();
        alice.git(["config", "--unset", "provenance.signingKey"]);
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn trust_add(name: &str) -> Points {
    let alice = sandbox().with_provenance();
    alice.commit_with(["--allow-empty", "--message", "one"]);
    alice
        .provenance(["key", "generate", "--output", "../bob"])
        .succeeds();
    let add = [
        "trust",
        "add",
        "bob@example.com",
        "--kind",
        "human",
        "--key",
        "../bob.pub",
    ];
    let act = |alice: &Sandbox| drop(alice.provenance(add));
    let go_on = |alice: &Sandbox| {
        // It says that it is so already, or does it.
        drop(alice.provenance(add));
        let trust = alice
            .provenance(["trust", "show", "--json"])
            .succeeds()
            .json();
        assert_eq!(trust["principals"].as_array().unwrap().len(), 2, "{trust}");
        assert_eq!(trust["version"], 2, "{trust}");
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

/// Two people with records that the other lacks, and a hub.
fn with_hub() -> Sandbox {
    let alice = sandbox().with_provenance();
    alice.git(["config", "provenance.autoSync", "false"]);
    alice.git(["init", "--quiet", "--bare", "../hub.git"]);
    alice.git(["remote", "add", "origin", "../hub.git"]);
    alice.write("a.txt", "a\n");
    alice.commit("one");
    alice.git(["push", "--quiet", "origin", "main"]);
    alice.provenance(["sync"]).succeeds();
    // Another clone of hers has gone ahead.
    alice.git(["clone", "--quiet", "../hub.git", "../other"]);
    let other = alice.within("../other");
    other
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    other.git(["config", "provenance.autoSync", "false"]);
    other.git(["switch", "--quiet", "--create", "other"]);
    other.write("b.txt", "b\n");
    other.commit("other");
    other.git(["push", "--quiet", "origin", "other"]);
    other.provenance(["sync"]).succeeds();
    alice.write("a.txt", "a\nmore\n");
    alice.commit("two");
    alice
}

fn is_everywhere(alice: &Sandbox) {
    let list = |place: &Sandbox| place.git(["notes", "--ref=provenance", "list"]);
    assert_eq!(list(alice).lines().count(), 3);
    assert_eq!(list(&alice.within("../hub.git")), list(alice));
    let fsck = alice
        .within("../hub.git")
        .try_git(["fsck", "--strict", "--no-dangling"]);
    assert_eq!(fsck.talk(), "");
}

fn sync(name: &str) -> Points {
    let alice = with_hub();
    let act = |alice: &Sandbox| drop(alice.provenance(["sync"]));
    let go_on = |alice: &Sandbox| {
        alice.provenance(["sync"]).succeeds();
        is_everywhere(alice);
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn push(name: &str) -> Points {
    let alice = with_hub();
    alice.git(["config", "--unset", "provenance.autoSync"]);
    let act = |alice: &Sandbox| drop(alice.try_git(["push", "--quiet", "origin", "main"]));
    let go_on = |alice: &Sandbox| {
        alice.git(["push", "--quiet", "origin", "main"]);
        alice.provenance(["sync"]).succeeds();
        is_everywhere(alice);
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn doctor_forget(name: &str) -> Points {
    let alice = sandbox().with_provenance();
    alice.commit_with(["--allow-empty", "--message", "one"]);
    // A hook that fails says so in a log, and sets a long one aside.
    let log = alice.git_dir().join("provenance/hook.log");
    fs::write(&log, "x\n".repeat(40_000)).unwrap();
    let act = |alice: &Sandbox| {
        drop(alice.hook(["commit-msg"], b""));
        drop(alice.provenance(["doctor", "--forget"]));
    };
    let go_on = |alice: &Sandbox| {
        drop(alice.provenance(["doctor", "--forget"]));
        alice.provenance(["doctor"]).succeeds();
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

/// What a crash left is mended by something that may die as well.
fn reconcile(name: &str) -> Points {
    let alice = sandbox().with_provenance();
    alice.commit_with(["--allow-empty", "--message", "base"]);
    alice.agent("openai/gpt-5.1").edits("a.txt", "a\n");
    alice.git(["add", "--all"]);
    let lock = alice.git_dir().join("refs/notes/provenance.lock");
    fs::write(&lock, "").unwrap();
    alice.git(["commit", "--quiet", "--message", "one"]);
    fs::remove_file(lock).unwrap();
    let act = |alice: &Sandbox| drop(alice.provenance(["reconcile"]));
    let go_on = |alice: &Sandbox| {
        alice.provenance(["reconcile"]).succeeds();
        alice.provenance(["verify"]).succeeds();
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}
