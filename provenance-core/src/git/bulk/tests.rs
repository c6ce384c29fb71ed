use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::packs::Packs;
use super::*;

/// A directory of repositories, driven by the real `git`.
struct Yard(TempDir);

impl Yard {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "`git` is found where the machine has it"
    )]
    fn git(&self, directory: &Path, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new("git")
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args([
                "-c",
                "user.name=Alice",
                "-c",
                "user.email=alice@example.com",
            ])
            .args(["-c", "gc.auto=0", "-c", "commit.gpgSign=false"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?} {output:?}");
        output.stdout
    }

    /// Makes a repository in which files were changed many times.
    fn repository(&self, name: &str, commits: usize) -> PathBuf {
        let root = self.path(name);
        self.git(self.0.path(), &["init", "--quiet", name]);
        self.go_on(&root, 0..commits);
        root
    }

    fn go_on(&self, root: &Path, numbers: std::ops::Range<usize>) {
        for number in numbers {
            for file in ["a", "dir/b", "dir/c"] {
                let lines = (0..200).map(|line| match line {
                    line if line == number || line % 9 == number % 9 => {
                        format!("{file} {number}\n")
                    }
                    _ => format!("{file} {line} stays as it is for long\n"),
                });
                std::fs::create_dir_all(root.join("dir")).unwrap();
                std::fs::write(root.join(file), lines.collect::<String>()).unwrap();
            }
            self.git(root, &["add", "--all"]);
            self.git(root, &["commit", "--quiet", "--message", "change"]);
        }
    }

    /// Every object of a repository, with its kind and content, as Git has it.
    fn objects(&self, root: &Path) -> Vec<(ObjectId, ObjectKind, Vec<u8>)> {
        let all = ["cat-file", "--batch-all-objects", "--batch"];
        let mut rest = &*self.git(root, &all);
        let mut objects = Vec::new();
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
            let header = std::str::from_utf8(&rest[..end]).unwrap();
            let words: Vec<&str> = header.split(' ').collect();
            let size: usize = words[2].parse().unwrap();
            let kind = match words[1] {
                "commit" => ObjectKind::Commit,
                "tree" => ObjectKind::Tree,
                "blob" => ObjectKind::Blob,
                _ => ObjectKind::Tag,
            };
            let content = rest[end + 1..end + 1 + size].to_vec();
            objects.push((words[0].parse().unwrap(), kind, content));
            rest = &rest[end + 2 + size..];
        }
        objects
    }
}

fn packs(root: &Path) -> Packs {
    Packs::open(&root.join(".git/objects"))
}

/// Reads every object, there and back, and answers how many were found.
fn compare(objects: &[(ObjectId, ObjectKind, Vec<u8>)], packs: &Packs) -> usize {
    let reader = packs.reader();
    let mut found = 0;
    for (id, kind, content) in objects.iter().chain(objects.iter().rev()) {
        if let Some(read) = reader.read(*id, *kind, 1 << 20) {
            assert_eq!(*read, **content, "{id}");
            found += 1;
        }
    }
    found / 2
}

#[test]
fn what_is_packed_is_read_as_git_reads_it() {
    let yard = Yard::new();
    let root = yard.repository("one", 60);
    yard.git(&root, &["tag", "--annotate", "--message", "t", "v1"]);
    let objects = yard.objects(&root);
    assert_eq!(compare(&objects, &packs(&root)), 0, "nothing is packed");
    for (depth, by_distance) in [
        ("--depth=50", true),
        ("--depth=2", true),
        ("--depth=50", false),
    ] {
        // Else bases are given by their names.
        let by_distance = format!("repack.useDeltaBaseOffset={by_distance}");
        let repack = ["repack", "-a", "-d", "-f", "--quiet", "--window=20", depth];
        yard.git(
            &root,
            &[&["-c", by_distance.as_str()], &repack[..]].concat(),
        );
        assert_eq!(
            compare(&objects, &packs(&root)),
            objects.len(),
            "{depth} {by_distance}"
        );
    }
    // A second pack, and objects that are in none.
    yard.go_on(&root, 60..70);
    yard.git(&root, &["repack", "-d", "--quiet"]);
    yard.go_on(&root, 70..71);
    let more = yard.objects(&root);
    assert_eq!(compare(&more, &packs(&root)), more.len() - 6);
}

#[test]
fn packs_of_others_are_read_through_alternates_however_they_name_each_other() {
    let yard = Yard::new();
    let lender = yard.repository("lender", 8);
    yard.git(&lender, &["repack", "-a", "-d", "--quiet"]);
    let objects = yard.objects(&lender);
    let borrower = yard.repository("borrower", 1);
    let names = |root: &Path, text: &str| {
        std::fs::write(root.join(".git/objects/info/alternates"), text).unwrap();
    };
    let absolute = lender.join(".git/objects").display().to_string();
    for text in [
        format!("# borrowed\n\n{absolute}\n"),
        "../../../lender/.git/objects\n".to_owned(),
        format!("/nowhere\n{absolute}"),
    ] {
        names(&borrower, &text);
        assert_eq!(
            compare(&objects, &packs(&borrower)),
            objects.len(),
            "{text}"
        );
    }
    names(
        &lender,
        "../../../borrower/.git/objects\n../../../lender/.git/../.git/objects\n",
    );
    assert_eq!(
        compare(&objects, &packs(&borrower)),
        objects.len(),
        "a circle"
    );
}

#[test]
fn an_object_of_another_kind_or_over_the_cap_is_not_given() {
    let yard = Yard::new();
    let root = yard.repository("one", 3);
    yard.git(&root, &["repack", "-a", "-d", "--quiet"]);
    let reader = packs(&root).reader();
    for (id, kind, content) in yard.objects(&root) {
        let cap = content.len();
        assert!(reader.read(id, kind, cap).is_some());
        assert!(reader.read(id, kind, cap - 1).is_none());
        let other = if kind == ObjectKind::Blob {
            ObjectKind::Tree
        } else {
            ObjectKind::Blob
        };
        assert!(reader.read(id, other, cap).is_none());
    }
}

#[test]
fn attack_a_pack_that_is_damaged_anywhere_makes_nobody_panic_or_wait() {
    let yard = Yard::new();
    let root = yard.repository("one", 12);
    yard.git(
        &root,
        &["repack", "-a", "-d", "-f", "--depth=50", "--quiet"],
    );
    let objects = yard.objects(&root);
    let directory = root.join(".git/objects/pack");
    let files = std::fs::read_dir(&directory).unwrap();
    let files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    for ending in ["pack", "idx"] {
        let path = files
            .iter()
            .find(|path| path.extension() == Some(ending.as_ref()));
        let path = path.unwrap();
        let whole = std::fs::read(path).unwrap();
        let replace = |bytes: &[u8]| {
            std::fs::remove_file(path).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        for at in (0..whole.len()).step_by(whole.len() / 97) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            replace(&bytes);
            let reader = packs(&root).reader();
            for (id, kind, _) in &objects {
                // Whether it has that name is compared by whoever asks, where that matters.
                drop(reader.read(*id, *kind, 1 << 20));
            }
            replace(&whole[..at]);
            let reader = packs(&root).reader();
            for (id, kind, _) in &objects {
                drop(reader.read(*id, *kind, 1 << 20));
            }
        }
        replace(&whole);
    }
    assert_eq!(compare(&objects, &packs(&root)), objects.len());
}
