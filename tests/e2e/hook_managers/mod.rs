//! Coexistence: the user's own hooks and the managers that own them, as these tools write them.
//!
//! Our program is replaced by a spy where a story has to see that, and when, it ran.

mod by_hand;
mod managed;
mod own_hooks;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use harness::Sandbox;

/// Every file under a folder.
pub(crate) type Files = BTreeMap<PathBuf, Content>;

/// What a file is: its mode, and its bytes or where it leads.
#[derive(PartialEq, Eq)]
pub(crate) struct Content {
    mode: u32,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = &self.bytes[..self.bytes.len().min(60)];
        write!(f, "{:o} {:?}", self.mode, String::from_utf8_lossy(start))
    }
}

/// Takes down every file of a repository but what was captured there, which uninstall leaves.
pub(crate) fn settled(folder: &Path) -> Files {
    let mut found = files(folder);
    let ours = ["installed.json", "provenance-hook"];
    let state = Path::new(".git/provenance");
    found
        .retain(|path, _| !path.starts_with(state) || ours.iter().any(|name| path.ends_with(name)));
    found
}

/// Takes down every file of a folder; Git's objects, index and logs change by themselves.
pub(crate) fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(folder).unwrap().to_owned();
            let own = ["objects", "logs", "index", "COMMIT_EDITMSG", "refs"];
            if own
                .iter()
                .any(|own| path.ends_with(Path::new(".git").join(own)))
            {
                continue;
            }
            if metadata.is_dir() {
                folders.push(path);
            } else if metadata.is_symlink() {
                let target = fs::read_link(&path).unwrap().into_os_string();
                let bytes = target.into_encoded_bytes();
                found.insert(name, Content { mode: 0, bytes });
            } else {
                let mode = metadata.permissions().mode();
                let bytes = fs::read(&path).unwrap();
                found.insert(name, Content { mode, bytes });
            }
        }
    }
    found
}

/// Writes an executable script.
pub(crate) fn script(sandbox: &Sandbox, path: impl AsRef<Path>, content: &str) {
    sandbox.write(&path, content);
    make_executable(&sandbox.path().join(path));
}

pub(crate) fn make_executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Puts a spy in the place of our program, where chains look for it: it adds a line to `ran`.
fn spy(sandbox: &Sandbox) {
    let program = sandbox.home().join("spy/provenance-hook");
    fs::create_dir(program.parent().unwrap()).unwrap();
    fs::write(&program, "#!/bin/sh\necho \"ours $1\" >> ran\n").unwrap();
    make_executable(&program);
    let link = sandbox.git_dir().join("provenance/provenance-hook");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&program, &link).unwrap();
}

/// Returns the lines that hooks added to `ran` since the last call.
fn ran(sandbox: &Sandbox) -> Vec<String> {
    let lines = sandbox.read("ran").lines().map(str::to_owned).collect();
    drop(fs::remove_file(sandbox.path().join("ran")));
    lines
}

/// Makes a commit; returns what hooks added to `ran`.
fn commit(sandbox: &Sandbox) -> Vec<String> {
    sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "x"]);
    ran(sandbox)
}

/// Lets `init` come and go, with a commit in between for which `watch` may make things ready: these
/// hooks ran, and afterwards everything is as it was.
#[track_caller]
fn comes_and_goes(sandbox: &Sandbox, watch: impl FnOnce(&Sandbox), expected: &[&str]) {
    let before = settled(sandbox.path());
    init(sandbox).succeeds();
    watch(sandbox);
    assert_eq!(commit(sandbox), expected);
    sandbox.provenance(["uninstall"]).succeeds();
    assert_eq!(settled(sandbox.path()), before);
}

/// For [`comes_and_goes`], where the user's own hooks tell enough.
fn nobody(_: &Sandbox) {}

fn init(sandbox: &Sandbox) -> harness::Output {
    sandbox.provenance(["init", "--yes", "--agents", "none"])
}
