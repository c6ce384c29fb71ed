//! What is kept of commits changes no answer, whatever was asked before, and whatever becomes of the
//! file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provenance_core::attribute::{Catalog, CommitCache};
use provenance_core::git::{GitError, Location, ObjectId, Repo};
use provenance_core::infer::Rules;
use provenance_core::verify::{KnownPatches as _, Verifier};

use crate::damage::is_mended;
use crate::history::random::histories;
use crate::sandbox::{Sandbox, run};

fn file(sandbox: &Sandbox) -> PathBuf {
    sandbox.beside("index/commits")
}

fn texts(ids: &[ObjectId]) -> Vec<String> {
    ids.iter().map(ObjectId::to_string).collect()
}

fn all(sandbox: &Sandbox) -> Vec<ObjectId> {
    let listed = sandbox.git(["rev-list", "--all", "--exclude=refs/notes/*", "--branches"]);
    let listed = String::from_utf8(listed).unwrap();
    listed.lines().map(|id| id.parse().unwrap()).collect()
}

/// What is known of commits, as text, and what was read is kept.
fn facts(
    sandbox: &Sandbox,
    file: Option<&Path>,
    rules: Option<&Rules>,
    commit_ids: &[ObjectId],
) -> Vec<String> {
    let repo = sandbox.repo();
    let verifier = Verifier::open(&repo).unwrap();
    let catalog = Arc::new(Catalog::open(&repo, file, rules).unwrap());
    let cache = CommitCache::over_gaps()
        .inferring(rules)
        .with_catalog(Some(&catalog));
    let facts = commit_ids.iter().map(|commit_id| {
        let facts = cache.get(&repo, &verifier, *commit_id).unwrap();
        format!("{facts:?}")
    });
    let facts = facts.collect();
    catalog.save();
    facts
}

/// Commits of all sorts: titles in other letters, people without names, agents, pins, merges.
fn sorts() -> Sandbox {
    let sandbox = Sandbox::new();
    let commit = |text: &str, config: &[&str], message: &[u8]| {
        sandbox.write("f", text);
        sandbox.git(["add", "--all"]);
        let args = [config, &["commit", "-q", "--cleanup=verbatim", "-F", "-"]].concat();
        sandbox.git_with_input(args, message);
    };
    commit("1", &[], b"first\n");
    commit("2", &[], "caf\u{e9}\n\nand \u{1f600}\n".as_bytes());
    commit(
        "3",
        &["-c", "i18n.commitEncoding=ISO-8859-1"],
        b"caf\xe9 in latin\n",
    );
    commit(
        "4",
        &[],
        b"title\n\nCo-authored-by: aider (gpt-4o) <aider@aider.chat>\n",
    );
    let pin = format!("pinned\n\nProvenance: sha256:{}\n", "7".repeat(64));
    commit("5", &[], pin.as_bytes());
    commit("6", &[], b"two\nlines of title\n\n\xff\xfe no text\n");
    sandbox.git(["checkout", "-q", "-b", "side", "HEAD~3"]);
    sandbox.write("g", "1");
    sandbox.commit("aside");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    sandbox
}

#[test]
fn the_commits_of_a_history_are_those_that_git_lists() {
    for (seed, sandbox) in histories() {
        let heads = ["main", "c7", "c20", "c7"].map(|name| sandbox.id(["rev-parse", name]));
        let repo = sandbox.repo();
        let known = |file| Catalog::open(&repo, file, None).unwrap();
        let file = file(&sandbox);
        // Of nothing, of a part, and of everything it is known before.
        for kept in [&[][..], &heads[1..2], &all(&sandbox)] {
            let below = known(None).history(&repo, kept).unwrap();
            facts(&sandbox, Some(&file), None, &below);
            for count in 1..=heads.len() {
                let heads = &heads[..count];
                let found = known(Some(&file)).history(&repo, heads).unwrap();
                let listed = repo.range(&texts(heads)).unwrap();
                assert_eq!(found.len(), listed.len(), "seed {seed}");
                assert_eq!(
                    found.into_iter().collect::<HashSet<_>>(),
                    listed.into_iter().collect::<HashSet<_>>()
                );
            }
        }
    }
}

#[test]
fn a_head_that_is_not_here_is_an_error() {
    let sandbox = sorts();
    let repo = sandbox.repo();
    let nowhere: ObjectId = "1".repeat(40).parse().unwrap();
    let found = Catalog::open(&repo, None, None)
        .unwrap()
        .history(&repo, &[nowhere]);
    assert!(matches!(found, Err(GitError::MissingObject { id }) if id == nowhere));
}

#[test]
fn what_is_kept_of_a_commit_is_all_that_it_says() {
    let sandbox = sorts();
    let (commits, file) = (all(&sandbox), file(&sandbox));
    let rules = Rules::built_in().unwrap();
    for asked in [None, Some(&rules), None, Some(&rules)] {
        let read = facts(&sandbox, None, asked, &commits);
        for _ in 0..2 {
            assert_eq!(facts(&sandbox, Some(&file), asked, &commits), read);
        }
    }
    assert!(
        facts(&sandbox, Some(&file), Some(&rules), &commits)
            .iter()
            .any(|facts| facts.contains("gpt-4o"))
    );
}

#[test]
fn commits_that_are_known_are_not_read_again_unless_something_may_speak_of_them() {
    let sandbox = sorts();
    let (commits, file) = (all(&sandbox), file(&sandbox));
    let before = facts(&sandbox, Some(&file), None, &commits);
    // The objects are gone; but for the pinned one, whose message has to be looked at.
    let pinned = sandbox.id(["log", "--format=%H", "-1", "--grep=^pinned", "main"]);
    let object = |id: ObjectId| {
        let id = id.to_string();
        sandbox
            .root()
            .join(".git/objects")
            .join(&id[..2])
            .join(&id[2..])
    };
    for commit_id in commits.iter().filter(|id| **id != pinned) {
        std::fs::rename(object(*commit_id), sandbox.beside(&commit_id.to_string())).unwrap();
    }
    let repo = sandbox.repo();
    let catalog = Arc::new(Catalog::open(&repo, Some(&file), None).unwrap());
    let verifier = Verifier::open(&repo).unwrap();
    let cache = CommitCache::new().with_catalog(Some(&catalog));
    for (commit_id, before) in commits.iter().zip(&before).filter(|(id, _)| **id != pinned) {
        let facts = cache.get(&repo, &verifier, *commit_id).unwrap();
        assert_eq!(format!("{facts:?}"), *before);
    }
    for commit_id in &commits {
        drop(std::fs::rename(
            sandbox.beside(&commit_id.to_string()),
            object(*commit_id),
        ));
    }
    // A note speaks: what it says is held against the commit itself.
    sandbox.git(["notes", "--ref=provenance", "add", "-m", "{}", "main~2"]);
    let noted = sandbox.id(["rev-parse", "main~2"]);
    let after = facts(&sandbox, Some(&file), None, &[noted]);
    assert!(after[0].contains("malformed-line"), "{after:?}");
    assert_eq!(after, facts(&sandbox, None, None, &[noted]));
}

#[test]
fn what_other_rules_concluded_is_not_taken_for_what_these_do() {
    let sandbox = sorts();
    let (commits, file) = (all(&sandbox), file(&sandbox));
    let ours = Rules::built_in().unwrap();
    let more = br#"{"schemaVersion":1,"rules":[{"id":"t","kind":"ai","tool":"title-tool",
        "confidence":"low","match":{"subject":["first"]}}]}"#;
    let theirs = ours.extended(more, "theirs").unwrap();
    for rules in [&ours, &theirs, &ours, &theirs, &theirs] {
        let found = facts(&sandbox, Some(&file), Some(rules), &commits);
        assert_eq!(found, facts(&sandbox, None, Some(rules), &commits));
        // What was concluded of commits that nobody asks about meanwhile is forgotten, too.
        facts(&sandbox, Some(&file), Some(&ours), &commits[..1]);
    }
}

#[test]
fn a_damaged_catalog_is_none_and_made_anew() {
    let sandbox = sorts();
    let (commits, file) = (all(&sandbox), file(&sandbox));
    let told = facts(&sandbox, Some(&file), None, &commits);
    is_mended(&file, 7, || {
        assert_eq!(facts(&sandbox, Some(&file), None, &commits), told);
    });
}

#[test]
fn a_catalog_that_is_asked_again_and_again_does_not_grow() {
    let sandbox = sorts();
    let (commits, file) = (all(&sandbox), file(&sandbox));
    let rules = Rules::built_in().unwrap();
    let mut sizes = Vec::new();
    for round in 0..24 {
        let asked = (round % 2 == 0).then_some(&rules);
        facts(&sandbox, Some(&file), asked, &commits);
        sizes.push(std::fs::metadata(&file).unwrap().len());
    }
    assert_eq!(sizes[4], sizes[23], "{sizes:?}");
}

#[test]
fn the_edge_of_a_shallow_clone_is_not_kept() {
    let origin = sorts();
    let url = format!("file://{}", origin.root().display());
    let sandbox = Sandbox::new();
    let fetch = |options: &[&str]| {
        let mut git = sandbox.command(&sandbox.root());
        git.args(["fetch", "-q"]).args(options).args([&url, "main"]);
        assert!(run(&mut git, b"").1);
    };
    let counted = |file: &Path| {
        let repo = sandbox.repo();
        let head = sandbox.id(["rev-parse", "FETCH_HEAD"]);
        let catalog = Catalog::open(&repo, Some(file), None).unwrap();
        let commits = catalog.history(&repo, &[head]).unwrap();
        let listed = repo.range(&[head.to_string()]).unwrap();
        assert_eq!(commits.len(), listed.len());
        let read = facts(&sandbox, None, None, &commits);
        assert_eq!(facts(&sandbox, Some(file), None, &commits), read);
        assert_eq!(facts(&sandbox, Some(file), None, &commits), read);
        commits.len()
    };
    let file = file(&sandbox);
    fetch(&["--depth=2"]);
    let shallow = counted(&file);
    fetch(&["--unshallow"]);
    assert!(counted(&file) > shallow);
}

#[test]
fn patches_are_kept_beside_what_commits_say() {
    let sandbox = sorts();
    let (commits, file) = (all(&sandbox), file(&sandbox));
    let repo = Repo::open(&Location::at(sandbox.root())).unwrap();
    let patch = |commit_id| repo.patch_digest(&repo.commit(commit_id).unwrap()).unwrap();
    let plain: Vec<_> = commits.iter().filter(|id| patch(**id).is_some()).collect();
    // Learned before anything else is known, and after.
    for (number, commit_id) in plain.iter().enumerate() {
        let catalog = Catalog::open(&repo, Some(&file), None).unwrap();
        catalog.learn(**commit_id, patch(**commit_id).unwrap());
        catalog.save();
        if number == 1 {
            facts(&sandbox, Some(&file), None, &commits);
        }
    }
    let catalog = Catalog::open(&repo, Some(&file), None).unwrap();
    let kept = plain[2..].iter().map(|id| catalog.patch(**id));
    assert_eq!(
        kept.collect::<Vec<_>>(),
        plain[2..].iter().map(|id| patch(**id)).collect::<Vec<_>>()
    );
    facts(
        &sandbox,
        Some(&file),
        Some(&Rules::built_in().unwrap()),
        &commits,
    );
    let catalog = Catalog::open(&repo, Some(&file), None).unwrap();
    assert_eq!(catalog.patch(*plain[3]), patch(*plain[3]), "still there");
}
