//! Files that are no plain text in the worktree's root.

use super::*;

#[test]
fn events_for_files_outside_the_repository_are_counted_and_change_nothing() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    let outside = watched.sandbox.beside("outside.txt");
    fs::write(&outside, "1\n").unwrap();
    for path in [
        outside.to_str().unwrap(),
        "/etc/hostname",
        ".git/config",
        "../outside.txt",
        "a.txt/../../x",
    ] {
        watched.report(&json!({"event": "before-edit", "call": path, "paths": [path]}));
        watched.report(&json!({"event": "after-edit", "call": path, "paths": [path]}));
    }
    assert_eq!(watched.pending().contributions, []);
    let status = capture::status(&watched.repo(), now()).unwrap();
    assert_eq!(status.ignored["outside-repository 1"], 10);
}

#[test]
fn a_binary_and_a_file_of_100_mb_are_claimed_whole() {
    let watched = Watched::new();
    watched.write("bin", b"\0\x01");
    watched.write("untouched", b"\0");
    fs::File::create(watched.root().join("large"))
        .unwrap()
        .set_len(1)
        .unwrap();
    watched.commit("base");
    watched.agent_writes("bin", b"\0\x02\x03");
    watched.write("untouched", b"\0hand");
    watched.agent_does(&["large"], || {
        fs::File::create(watched.root().join("large"))
            .unwrap()
            .set_len(100_000_000)
            .unwrap();
    });
    assert_eq!(
        claims(&watched.commit("odd")),
        ["bin ai all", "large ai all"]
    );
    watched.write("bin", b"\0by hand");
    assert_eq!(claims(&watched.pending()), Vec::<String>::new(), "used up");
}

#[test]
fn line_ends_and_a_missing_last_one_keep_their_lines_authors() {
    let watched = Watched::new();
    watched.write("crlf.txt", "1\r\n2\r\n");
    watched.write("open.txt", "1");
    watched.commit("base");
    watched.agent_writes("crlf.txt", "1\r\nai\r\n2\r\n");
    watched.agent_writes("open.txt", "1\nai");
    assert_eq!(
        claims(&watched.pending()),
        ["crlf.txt ai 2-2", "open.txt ai 2-2"]
    );
    // What Git's own filter makes of it is still the same line.
    watched.sandbox.git(["config", "core.autocrlf", "true"]);
    watched.write("filtered.txt", "1\r\n");
    watched.commit("base of the next");
    watched.agent_writes("filtered.txt", "1\r\nai\r\n");
    assert_eq!(claims(&watched.pending()), ["filtered.txt ai 2-2"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf_8_links_and_pipes_do_no_harm() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let watched = Watched::new();
    let name = OsStr::from_bytes(b"caf\xe9.txt");
    // No JSON can name it; a command can change it.
    watched.report(&json!({"event": "before-shell", "call": "x"}));
    fs::write(watched.root().join(name), "ai\n").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", watched.root().join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", watched.root().join("dangling")).unwrap();
    watched.report(&json!({"event": "after-shell", "call": "x"}));
    let pipe = watched.root().join("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    watched.agent_does(&["pipe"], || {});
    assert_eq!(
        claims(&watched.pending()),
        ["caf\\xe9.txt ai 1-1", "dangling ai all", "link ai all"]
    );
}

#[cfg(unix)]
#[test]
fn an_edit_through_a_link_is_an_edit_of_what_it_names() {
    let watched = Watched::new();
    watched.write("real.txt", "1\n");
    std::os::unix::fs::symlink("real.txt", watched.root().join("link.txt")).unwrap();
    watched.commit("base");
    let through = watched.sandbox.beside("elsewhere");
    std::os::unix::fs::symlink(watched.root(), &through).unwrap();
    watched.agent_writes("link.txt", "1\nai\n");
    let path = through.join("real.txt");
    let path = path.to_str().unwrap();
    watched.agent_does(&[path], || fs::write(path, "1\nai\nai too\n").unwrap());
    assert_eq!(claims(&watched.pending()), ["real.txt ai 2-3"]);
}

#[test]
fn a_file_of_a_submodule_is_the_submodules() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n");
    watched.commit("base");
    let library = watched.sandbox.beside("library");
    fs::create_dir(&library).unwrap();
    let at = |args: &[&str]| {
        let output = watched
            .sandbox
            .command(&library)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    at(&["init", "--quiet"]);
    at(&["commit", "--quiet", "--allow-empty", "-m", "x"]);
    let url = library.to_str().unwrap();
    watched.sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        url,
        "sub",
    ]);
    watched.commit("with submodule");
    let sub = watched.root().join("sub");
    let repo = Repo::open(&provenance_core::git::Location::at(&sub)).unwrap();
    capture::watch(&repo).unwrap();
    watched.agent_writes("sub/b.txt", "ai\n");
    assert_eq!(watched.pending().contributions, []);
    let git = ["-C", sub.to_str().unwrap()];
    watched.sandbox.git([git[0], git[1], "add", "--all"]);
    let tree_id = watched.sandbox.id([git[0], git[1], "write-tree"]);
    let there = observe(&repo, &[], tree_id, AgentHint::default());
    assert_eq!(claims(&there), ["b.txt ai 1-1"]);
}
