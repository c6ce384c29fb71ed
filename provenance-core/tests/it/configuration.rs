//! Configuration, identities and the environment, compared with Git.

use std::ffi::OsString;
use std::path::Path;

use provenance_core::git::{IdentityRole, IdentityVariables, Location, NotesRef, Repo};

use crate::repository::at;
use crate::sandbox::{Sandbox, run};

#[test]
fn configuration_is_read_as_git_reads_it_where_it_comes_from_the_environment_too() {
    let sandbox = Sandbox::new();
    let global = sandbox.beside("global");
    let included = sandbox.beside("included");
    std::fs::write(&included, "[user]\n\tname = Included\n").unwrap();
    let condition = format!("gitdir:{}/", sandbox.root().display());
    let text = format!(
        "[user]\n\tname = Global\n\temail = g@x\n[includeIf \"{condition}\"]\n\tpath = {}\n",
        included.display()
    );
    std::fs::write(&global, text).unwrap();
    sandbox.git(["config", "provenance.trailer", "pin"]);
    sandbox.git(["config", "--add", "provenance.redact", "a"]);
    sandbox.git(["config", "--add", "provenance.redact", "b"]);
    let mut location = Location {
        config_global: Some(global.clone()),
        ..at(sandbox.root())
    };
    let read = |location: &Location| Repo::open(location).unwrap().config().unwrap().clone();
    let config = read(&location);
    assert_eq!(config.string("user.name"), Some("Included"));
    assert_eq!(config.strings("provenance.redact"), ["a", "b"]);

    location.config_pairs = vec![("provenance.notesRef".into(), "refs/notes/pairs".into())];
    assert_eq!(
        read(&location).settings().unwrap().notes_ref.as_str(),
        "refs/notes/pairs"
    );
    location.config_parameters = Some(git_c(&sandbox, "provenance.notesRef=refs/notes/it's"));
    assert!(
        read(&location).settings().is_err(),
        "-c is stronger than the pairs"
    );
    location.config_parameters = Some(git_c(&sandbox, "user.name=z"));
    let identity = read(&location)
        .identity(IdentityRole::Author, &location)
        .unwrap();
    assert_eq!(
        (identity.name.as_str(), identity.email.as_str()),
        ("z", "g@x")
    );
    location.author = IdentityVariables {
        email: Some("env@x".into()),
        ..IdentityVariables::default()
    };
    let identity = read(&location)
        .identity(IdentityRole::Author, &location)
        .unwrap();
    assert_eq!(identity.email, "env@x");
    assert_ne!(
        read(&location).settings().unwrap().notes_ref,
        NotesRef::default()
    );
}

#[test]
fn the_nearer_file_wins_as_git_lists_them() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    let global = sandbox.beside("global");
    std::fs::write(&global, "[x]\n\ty = global\n\tz = global\n\tonly\n").unwrap();
    sandbox.git(["config", "x.y", "local"]);
    sandbox.git(["config", "x.z", "local"]);
    sandbox.git(["config", "extensions.worktreeConfig", "true"]);
    sandbox.git(["config", "--worktree", "x.z", "worktree"]);
    let mut location = Location {
        config_global: Some(global.clone()),
        ..at(sandbox.root())
    };
    let repo = Repo::open(&location).unwrap();
    let config = repo.config().unwrap();
    assert_eq!(config.string("x.y"), Some("local"));
    assert_eq!(config.strings("x.z"), ["global", "local", "worktree"]);
    assert_eq!(config.boolean("x.only").unwrap(), Some(true));
    // Without named files libgit2 reads its own.
    location.config_global = None;
    location.config_no_system = false;
    let config = Repo::open(&location).unwrap().config().unwrap().clone();
    assert_eq!(config.strings("x.z").last(), Some(&"worktree"));
    let repo = Repo::open(&location).unwrap();
    repo.set_config("provenance.trailer", "pin").unwrap();
    assert_eq!(sandbox.git(["config", "provenance.trailer"]), b"pin\n");
    repo.unset_config("provenance.trailer").unwrap();
    repo.unset_config("provenance.trailer").unwrap();
    let list = sandbox.git(["config", "--list"]);
    assert!(!String::from_utf8(list).unwrap().contains("provenance"));
}

#[test]
fn a_name_is_cleaned_as_git_cleans_it() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    for name in [
        "John Jr.", ",a,", "'q'", "a:b;", " \"q\" ", "b\\", "x<y>z", "é", "a\nb",
    ] {
        let mut command = sandbox.command(&sandbox.root());
        command
            .args(["var", "GIT_AUTHOR_IDENT"])
            .env("GIT_AUTHOR_NAME", name);
        let (printed, ok) = run(&mut command, b"");
        assert!(ok, "{name}");
        let mut location = at(sandbox.root());
        location.author.name = Some(name.to_owned());
        location.author.email = Some("a@x".to_owned());
        let ours = repo
            .config()
            .unwrap()
            .identity(IdentityRole::Author, &location);
        let gits = String::from_utf8(printed).unwrap();
        assert_eq!(ours.unwrap().name, gits.split(" <").next().unwrap());
    }
}

/// What `git -c <setting>` hands to the commands that it runs.
fn git_c(sandbox: &Sandbox, setting: &str) -> String {
    let mut command = sandbox.command(&sandbox.root());
    command.args([
        "-c",
        setting,
        "-c",
        "alias.show-it=!printf %s \"$GIT_CONFIG_PARAMETERS\"",
    ]);
    let (output, ok) = run(command.arg("show-it"), b"");
    assert!(ok);
    String::from_utf8(output).unwrap()
}

#[test]
fn the_environment_of_a_hook_becomes_a_location() {
    let table = [
        ("GIT_DIR", ".git"),
        ("GIT_INDEX_FILE", ".git/index.lock"),
        ("GIT_WORK_TREE", ""),
        ("GIT_CONFIG_COUNT", "2"),
        ("GIT_CONFIG_KEY_0", "a.b"),
        ("GIT_CONFIG_VALUE_0", "c"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "A"),
    ];
    let lookup = |name: &str| {
        let found = table.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| OsString::from(value))
    };
    let location = Location::from_variables("/repo", lookup);
    assert_eq!(location.git_dir.as_deref(), Some(Path::new(".git")));
    assert_eq!(location.work_tree, None, "empty is unset");
    assert_eq!(location.config_pairs, [("a.b".to_owned(), "c".to_owned())]);
    assert!(location.config_no_system && location.object_dirs.is_empty());
    assert_eq!(location.author.name.as_deref(), Some("A"));
}
