//! Places: linked worktrees, bare repositories, submodules, folders of every name, and those of
//! another user.

use harness::Sandbox;

use super::{MODEL, an_agents_commit_works, is_told, work, write};
use crate::lines::kinds;

#[test]
fn a_linked_worktree_has_pending_lines_of_its_own() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.git(["worktree", "add", "--quiet", "../linked", "-b", "linked"]);
    let linked = repo.within("../linked");
    // The same path in both, by different hands.
    repo.write("a.txt", "by hand\n");
    linked.agent(MODEL).edits("a.txt", "by the agent\n");
    repo.commit("in the main worktree");
    linked.commit("in the linked one");
    assert_eq!(kinds(&repo, "a.txt"), "h");
    assert_eq!(kinds(&linked, "a.txt"), "a");
    repo.provenance(["verify", "--json", "main"]).succeeds();
    linked.provenance(["verify", "--json", "linked"]).succeeds();
}

#[test]
fn inside_a_submodule_the_submodule_is_the_repository() {
    let library = Sandbox::new();
    library.write("lib.txt", "lib\n");
    library.commit("lib");
    let repo = Sandbox::new();
    repo.git([
        "submodule",
        "--quiet",
        "add",
        library.path().to_str().unwrap(),
        "lib",
    ]);
    an_agents_commit_works(&repo.within("lib").with_provenance());
}

#[test]
fn a_path_with_blanks_and_other_alphabets_is_an_ordinary_path() {
    let repo = Sandbox::without_repository().within("größe 日本/it's \"here\"");
    std::fs::create_dir_all(repo.path()).unwrap();
    repo.git(["init", "--quiet"]);
    an_agents_commit_works(&repo.with_provenance());
}

#[test]
fn commands_work_from_a_folder_below_the_root() {
    let repo = Sandbox::new().with_provenance();
    repo.write("deep/er/hand.txt", "by hand\n");
    repo.agent(MODEL).edits("deep/er/a.txt", "a\n");
    repo.commit("deep");
    assert_eq!(kinds(&repo.within("deep/er"), "a.txt"), "a");
    assert_eq!(kinds(&repo.within("deep"), "er/hand.txt"), "h");
}

#[test]
fn a_bare_repository_can_be_asked() {
    let repo = crate::first_commit::told();
    repo.git(["clone", "--quiet", "--mirror", ".", "../bare.git"]);
    let bare = repo.within("../bare.git");
    bare.provenance(["verify", "HEAD"]).succeeds();
    bare.provenance(["stats", "--json"]).succeeds();
    bare.provenance(["log"]).succeeds();
}

#[test]
fn a_submodules_lines_are_the_submodules_and_the_outer_record_names_the_submodule() {
    let library = Sandbox::new();
    library.write("lib.txt", "lib\n");
    library.commit("lib");
    let outer = Sandbox::new();
    let url = library.path().to_str().unwrap();
    outer.git(["submodule", "--quiet", "add", url, "lib"]);
    let outer = outer.with_provenance();
    outer.commit("with a library");
    let inner = outer.within("lib").with_provenance();
    // One agent works in both, from the outer folder.
    let agent = outer.agent(MODEL);
    agent.edits("lib/inner.txt", "ai inner\n");
    agent.edits("outer.txt", "ai outer\n");
    inner.write("by-hand.txt", "by hand\n");
    inner.commit("inner");
    assert_eq!(kinds(&inner, "inner.txt"), "a");
    assert_eq!(kinds(&inner, "by-hand.txt"), "h");
    outer.commit("outer");
    assert_eq!(kinds(&outer, "outer.txt"), "a");
    for place in [&inner, &outer] {
        place.provenance(["verify", "HEAD~1..HEAD"]).succeeds();
    }
    let notes = |place: &Sandbox| place.git(["notes", "--ref=provenance", "list"]);
    assert_eq!(notes(&inner).lines().count(), 1);
    assert!(!notes(&outer).contains(&inner.head()));
}

#[test]
fn a_separate_git_directory_is_an_ordinary_one() {
    let repo = Sandbox::without_repository();
    repo.git(["init", "--quiet", "--separate-git-dir", "../elsewhere.git"]);
    let repo = repo.with_provenance();
    work(&repo, "a.txt");
    is_told(&repo, "a.txt");
    assert!(repo.home().join("elsewhere.git/provenance").is_dir());
}

#[test]
fn a_name_that_changes_in_case_only_keeps_its_lines() {
    let repo = Sandbox::new().with_provenance();
    // What Git sets where the file system does not tell them apart.
    repo.git(["config", "core.ignoreCase", "true"]);
    work(&repo, "Read Me.txt");
    is_told(&repo, "Read Me.txt");
    repo.git(["mv", "-f", "Read Me.txt", "READ ME.txt"]);
    repo.commit("louder");
    assert_eq!(kinds(&repo, "READ ME.txt"), "aah");
}

#[test]
fn paths_are_told_as_they_are_however_git_quotes_them() {
    for quotes in ["true", "false"] {
        let repo = Sandbox::new().with_provenance();
        repo.git(["config", "core.quotePath", quotes]);
        for path in ["größe.txt", "日本 語/ファイル.txt", "\"quoted\".txt"] {
            work(&repo, path);
            is_told(&repo, path);
            let show = repo.provenance(["show", "--json", "HEAD"]).succeeds();
            let said = show.json().to_string();
            let written = serde_json::to_string(path).unwrap();
            assert!(said.contains(&written), "{quotes}: {path}: {said}");
        }
    }
}

#[test]
fn attack_g32_a_name_that_no_record_can_hold_has_nobodys_lines() {
    let repo = Sandbox::new().with_provenance();
    write(&repo, "back\\slash.txt");
    write(&repo, "plain.txt");
    repo.commit("both");
    let stats = repo.provenance(["stats", "--json"]).succeeds().json();
    let lines = ["ai", "mixed", "human", "unattested"].map(|kind| stats["lines"][kind].clone());
    assert_eq!(lines, [2, 0, 1, 3], "{stats:#}");
    is_told(&repo, "plain.txt");
}

#[test]
fn a_shared_repository_stays_writable_for_its_group() {
    let repo = Sandbox::without_repository();
    repo.git(["init", "--quiet", "--shared=group"]);
    let repo = repo.with_provenance();
    work(&repo, "a.txt");
    is_told(&repo, "a.txt");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode();
        // Every loose object and reference of ours is as Git's own are.
        let mut folders = vec![
            repo.path().join(".git/objects"),
            repo.path().join(".git/refs"),
        ];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let is_folder = path.is_dir();
                let is_ref = path.starts_with(repo.path().join(".git/refs"));
                let wanted = if is_folder || is_ref { 0o060 } else { 0o040 };
                let found = mode(&path) & 0o060;
                assert_eq!(found, wanted, "{}: {:o}", path.display(), mode(&path));
                if is_folder {
                    folders.push(path);
                }
            }
        }
    }
}

/// Of root only: gives the repository to another user; answers whether it could.
#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "what is not checked is said")]
fn is_given_away(repo: &Sandbox) -> bool {
    let mut folders = vec![repo.path().to_owned()];
    while let Some(folder) = folders.pop() {
        if std::os::unix::fs::lchown(&folder, Some(65_534), Some(65_534)).is_err() {
            eprintln!("not checked: only root can give a repository away");
            return false;
        }
        if folder.is_dir() && !folder.is_symlink() {
            let entries = std::fs::read_dir(&folder).unwrap();
            folders.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    true
}

#[cfg(unix)]
#[test]
fn the_repository_of_another_user_is_read_when_safe_directory_says_so() {
    let repo = Sandbox::new().with_provenance();
    work(&repo, "a.txt");
    if !is_given_away(&repo) {
        return;
    }
    // Git refuses too.
    assert_ne!(repo.try_git(["status"]).status, 0);
    let way_out = format!(
        "git config --global --add safe.directory {}",
        repo.path().display()
    );
    for command in [
        "log",
        "stats",
        "status",
        "verify",
        "sync",
        "reconcile",
        "init",
    ] {
        let output = repo.provenance([command]).exits(2);
        assert!(
            output.talk().contains(&way_out),
            "{command}: {}",
            output.full()
        );
    }
    repo.provenance(["doctor"]).exits(1).says(&way_out);
    // An agent that works there is not disturbed.
    repo.agent(MODEL).edits("b.txt", "b\n");
    let words: Vec<&str> = way_out.split(' ').skip(1).collect();
    repo.git(words);
    is_told(&repo, "a.txt");
    work(&repo, "c.txt");
    is_told(&repo, "c.txt");
}
