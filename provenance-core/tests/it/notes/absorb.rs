//! Uniting histories of notes: nothing is lost, in whatever order, and Git's own merge agrees.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use provenance_core::git::{FsyncPolicy, NotesRef, ObjectId, Repo};
use provenance_core::store::{Absorbed, Entry, Gap, MAX_LINES, Notes, Offer, gaps, lost};

use super::{REF, id, notes, person, tree_of};
use crate::sandbox::Sandbox;

const FSYNC: FsyncPolicy = FsyncPolicy::GIT_DEFAULT;

fn on<'r>(repo: &'r Repo, notes_ref: &str) -> Notes<'r> {
    Notes::open(repo, &NotesRef::new(notes_ref).unwrap())
}

/// Adds lines to the notes of commits, in one notes commit, and returns the tip.
fn adds(repo: &Repo, notes_ref: &str, lines: &[(usize, &str)]) -> ObjectId {
    let entry = |(n, line): &(usize, &str)| Entry {
        commit_id: id(*n),
        line: line.as_bytes().to_vec(),
    };
    let entries: Vec<_> = lines.iter().map(entry).collect();
    let store = on(repo, notes_ref);
    let appended = store.append_all(&entries, &person(), FSYNC).unwrap();
    assert!(appended.refused.is_empty());
    store.tip().unwrap().unwrap()
}

fn absorb(repo: &Repo, notes_ref: &str, tips: &[ObjectId]) -> Absorbed {
    on(repo, notes_ref).absorb(tips, FSYNC).unwrap()
}

/// Everything that a history of notes says.
fn said(repo: &Repo, notes_ref: &str) -> BTreeMap<ObjectId, BTreeSet<Vec<u8>>> {
    let store = on(repo, notes_ref);
    let list = store.list().unwrap();
    let commits = list.notes.keys();
    commits
        .map(|id| (*id, store.lines(*id).unwrap().lines.into_iter().collect()))
        .collect()
}

fn parents(repo: &Repo, commit_id: ObjectId) -> BTreeSet<ObjectId> {
    let commit = repo.commit(commit_id).unwrap();
    commit.parent_ids.into_iter().collect()
}

#[test]
fn what_has_everything_is_taken_and_what_adds_nothing_changes_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let first = adds(&repo, "refs/notes/a", &[(1, "one")]);
    // Nothing here yet: theirs is ours.
    let taken = absorb(&repo, "refs/notes/b", &[first]);
    assert_eq!((taken.tip, taken.moved), (Some(first), true));
    // They went on: we follow.
    let second = adds(&repo, "refs/notes/a", &[(2, "two"), (1, "more")]);
    let followed = absorb(&repo, "refs/notes/b", &[second, first]);
    assert_eq!((followed.tip, followed.moved), (Some(second), true));
    // We are ahead: nothing to do.
    let ahead = adds(&repo, "refs/notes/b", &[(3, "three")]);
    let still = absorb(&repo, "refs/notes/b", &[second]);
    assert_eq!((still.tip, still.moved), (Some(ahead), false));
    // The same set by another way: no commit, and the first tip is the one that we share.
    let tree = tree_of(&sandbox, &first.to_string()).to_string();
    let other = sandbox.id(["commit-tree", "-m", "by another way", &tree]);
    sandbox.git(["update-ref", "refs/notes/c", &other.to_string()]);
    let shared = absorb(&repo, "refs/notes/c", &[first]);
    assert_eq!((shared.tip, shared.moved), (Some(first), true));
}

#[test]
fn two_who_unite_the_same_states_make_the_same_commit_with_both_as_parents() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let base = adds(&repo, "refs/notes/a", &[(1, "base")]);
    drop(absorb(&repo, "refs/notes/b", &[base]));
    let a = adds(&repo, "refs/notes/a", &[(1, "a"), (2, "a")]);
    let b = adds(&repo, "refs/notes/b", &[(1, "b"), (3, "b")]);
    let by_a = absorb(&repo, "refs/notes/a", &[b]).tip.unwrap();
    let by_b = absorb(&repo, "refs/notes/b", &[a]).tip.unwrap();
    assert_eq!(by_a, by_b);
    assert_eq!(parents(&repo, by_a), BTreeSet::from([a, b]));
    let united = on(&repo, "refs/notes/a").lines(id(1)).unwrap().lines;
    assert_eq!(united, [&b"a"[..], b"b", b"base"]);
}

#[test]
fn attack_g12_a_history_that_goes_on_with_less_takes_nothing_away() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let both = [(1, "kept"), (1, "cut"), (2, "gone")];
    let before = adds(&repo, "refs/notes/a", &both);
    sandbox.git(["update-ref", "refs/notes/b", &before.to_string()]);
    // Theirs descends from ours, and a three-way merge would fast-forward to it.
    sandbox.git(["notes", "--ref=a", "remove", &id(2).to_string()]);
    let one = id(1).to_string();
    sandbox.git(["notes", "--ref=a", "add", "-f", "-m", "kept", &one]);
    let cut = on(&repo, "refs/notes/a").tip().unwrap().unwrap();
    let had = said(&repo, "refs/notes/b");
    let absorbed = absorb(&repo, "refs/notes/b", &[cut]);
    assert_eq!(said(&repo, "refs/notes/b"), had);
    assert_eq!(parents(&repo, absorbed.tip.unwrap()), BTreeSet::from([cut]));
    let (then, now) = (repo.notes_at(Some(before)), repo.notes_at(Some(cut)));
    let gap = lost(&repo, &then.unwrap(), &now.unwrap()).unwrap();
    let two = Gap {
        commits: 2,
        lines: 2,
        unreadable: 0,
    };
    assert_eq!(gap, two);
    // And what they lack is offered on top of what they have.
    let ours = on(&repo, "refs/notes/b");
    let offer = ours.offer(absorbed.tip, Some(cut), FSYNC).unwrap();
    let commit_id = absorbed.tip.unwrap();
    assert!(matches!(offer, Offer::Commit { commit_id: offered, .. } if offered == commit_id));
}

#[test]
fn a_cap_keeps_two_histories_apart_and_neither_loses_a_line() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let numbered = |who: &str, count: usize| -> Vec<String> {
        (0..count).map(|n| format!("{who} {n:05}")).collect()
    };
    let (ours, theirs) = (numbered("ours", MAX_LINES), numbered("theirs", 3));
    let of = |lines: &'_ [String]| -> Vec<(usize, String)> {
        lines.iter().map(|line| (1, line.clone())).collect()
    };
    let borrowed = |lines: &[(usize, String)]| -> ObjectId {
        let lines: Vec<_> = lines.iter().map(|(n, line)| (*n, line.as_str())).collect();
        let who = lines[0].1.split(' ').next().unwrap();
        adds(&repo, &format!("refs/notes/{who}"), &lines)
    };
    borrowed(&of(&ours));
    borrowed(&of(&theirs));
    adds(&repo, "refs/notes/ours", &[(2, "only here")]);
    let their_tip = adds(&repo, "refs/notes/theirs", &[(3, "only there")]);
    let store = on(&repo, "refs/notes/ours");
    let absorbed = store.absorb(&[their_tip], FSYNC).unwrap();
    assert_eq!(absorbed.surplus.lines, 3);
    assert_eq!(absorbed.surplus.commit_ids, [id(1)]);
    assert_eq!(store.lines(id(1)).unwrap().lines.len(), MAX_LINES);
    assert_eq!(store.lines(id(3)).unwrap().lines, [b"only there"]);
    // Theirs is no parent: a notes commit has all that its parents have.
    assert_eq!(parents(&repo, absorbed.tip.unwrap()).len(), 1);
    let offer = store.offer(absorbed.tip, Some(their_tip), FSYNC).unwrap();
    let Offer::Commit {
        commit_id, surplus, ..
    } = offer
    else {
        panic!("{offer:?}");
    };
    assert_eq!(surplus.lines, 3, "4093 fit beside their three");
    assert_eq!(parents(&repo, commit_id), BTreeSet::from([their_tip]));
    sandbox.git(["update-ref", "refs/notes/theirs", &commit_id.to_string()]);
    let store_there = on(&repo, "refs/notes/theirs");
    assert_eq!(store_there.lines(id(1)).unwrap().lines.len(), MAX_LINES);
    assert_eq!(store_there.lines(id(2)).unwrap().lines, [b"only here"]);
    // Again: nothing fits any more, nothing is written, and it is still said.
    let again = store.absorb(&[commit_id], FSYNC).unwrap();
    assert!(!again.moved && again.surplus.lines == 3, "{again:?}");
    let offer = store.offer(absorbed.tip, Some(commit_id), FSYNC).unwrap();
    assert!(matches!(&offer, Offer::Nothing { surplus } if surplus.lines == 3));
}

#[test]
fn a_note_that_is_too_large_stays_where_it_is() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let ours = adds(&repo, REF, &[(1, "ours")]);
    let huge = vec![b'x'; provenance_core::store::MAX_NOTE_BYTES + 1];
    let blob = sandbox.git_with_input(["hash-object", "-w", "--stdin"], &huge);
    let blob = String::from_utf8(blob).unwrap();
    let one = id(1).to_string();
    sandbox.git(["notes", "--ref=huge", "add", "-C", blob.trim(), &one]);
    let theirs = adds(&repo, "refs/notes/huge", &[(2, "theirs")]);
    let absorbed = absorb(&repo, REF, &[theirs]);
    assert_eq!(absorbed.surplus.commit_ids, [id(1)]);
    assert_eq!(notes(&repo).lines(id(1)).unwrap().lines, [b"ours"]);
    assert_eq!(notes(&repo).lines(id(2)).unwrap().lines, [b"theirs"]);
    let parents = parents(&repo, absorbed.tip.unwrap());
    assert_eq!(parents, BTreeSet::from([ours]));
}

#[test]
fn attack_g33_layouts_and_strays_are_no_gap() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let many: Vec<(usize, String)> = (0..300).map(|n| (n, format!("line {n}"))).collect();
    let many: Vec<_> = many.iter().map(|(n, line)| (*n, line.as_str())).collect();
    let ours = adds(&repo, REF, &many);
    // The same notes, all in the root, and a file that is none.
    let listed = sandbox.git(["notes", "--ref=provenance", "list"]);
    let listed = String::from_utf8(listed).unwrap();
    let entries = listed.lines().flat_map(|line| {
        let (blob, commit) = line.split_once(' ').unwrap();
        ["", "not-a-note-"].map(|stray| format!("100644 blob {blob}\t{stray}{commit}"))
    });
    let listing = entries.collect::<Vec<_>>().join("\n") + "\n";
    let flat = sandbox.git_with_input(["mktree"], listing.as_bytes());
    let flat = String::from_utf8(flat).unwrap().trim().parse().unwrap();
    let (here, there) = (repo.notes_at(Some(ours)), repo.notes_at(Some(flat)));
    let (here, there) = (here.unwrap(), there.unwrap());
    assert_ne!(here.tree_id(), there.tree_id());
    assert_eq!(
        gaps(&repo, &here, &there).unwrap(),
        (Gap::default(), Gap::default())
    );
    assert_eq!(lost(&repo, &here, &there).unwrap(), Gap::default());
}

#[test]
fn a_tree_that_never_ends_is_refused_when_it_is_compared() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let ours = adds(&repo, REF, &[(1, "ours")]);
    let blob = sandbox.id(["rev-parse", "refs/notes/provenance^{tree}"]);
    let mut tree = format!("040000 tree {blob}\taa\n");
    for _ in 0..19 {
        let made = sandbox.git_with_input(["mktree"], tree.as_bytes());
        let made = String::from_utf8(made).unwrap();
        let entries = (0..=255).map(|n| format!("040000 tree {}\t{n:02x}", made.trim()));
        tree = entries.collect::<Vec<_>>().join("\n") + "\n";
    }
    let made = sandbox.git_with_input(["mktree"], tree.as_bytes());
    let made = String::from_utf8(made).unwrap();
    let endless = sandbox.id(["commit-tree", "-m", "endless", made.trim()]);
    let error = notes(&repo).absorb(&[endless], FSYNC).unwrap_err();
    let error = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.contains("endless"), "{error}");
    assert_eq!(notes(&repo).tip().unwrap(), Some(ours));
}

#[test]
fn very_many_new_objects_are_flushed_as_one_pack() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let entry = |n: usize| Entry {
        commit_id: id(n),
        line: format!("line {n}").into_bytes(),
    };
    let entries: Vec<_> = (0..300).map(entry).collect();
    let store = notes(&repo);
    let fsync = FsyncPolicy::ALWAYS;
    let appended = store.append_all(&entries, &person(), fsync).unwrap();
    assert!(appended.refused.is_empty());
    let counted = || String::from_utf8(sandbox.git(["count-objects", "-v"])).unwrap();
    assert!(counted().contains("packs: 1\n"), "{}", counted());
    // The pack is whole by itself: without the files beside it nothing is missing.
    sandbox.git(["prune-packed", "--quiet"]);
    assert!(counted().starts_with("count: 0\n"), "{}", counted());
    sandbox.git(["fsck", "--strict", "--full"]);
    assert_eq!(on(&sandbox.repo(), REF).list().unwrap().notes.len(), 300);
}

#[test]
fn a_reader_unites_what_waits_in_inboxes() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let base = adds(&repo, REF, &[(1, "shared")]);
    let inbox = |who: char| format!("{REF}-inbox/SHA256-{}", who.to_string().repeat(43));
    for who in ['a', 'b', 'c'] {
        sandbox.git(["update-ref", &inbox(who), &base.to_string()]);
    }
    adds(&repo, &inbox('a'), &[(1, "waits"), (2, "waits")]);
    let absorbed = adds(&repo, &inbox('b'), &[(3, "was absorbed")]);
    let _moved = absorb(&repo, REF, &[absorbed]).moved;
    // Somebody's own reference may hold anything.
    let blob = sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"no notes");
    let blob = String::from_utf8(blob).unwrap();
    sandbox.git(["update-ref", &inbox('c'), blob.trim()]);
    let notes = Notes::with_inboxes(&repo, &NotesRef::default()).unwrap();
    let lines = |n| notes.lines(id(n)).unwrap().lines;
    for _ in 0..2 {
        assert_eq!(lines(1), [&b"shared"[..], b"waits"]);
        assert_eq!(lines(2), [b"waits"]);
        assert_eq!(lines(3), [b"was absorbed"]);
        // And again, by the list.
        assert_eq!(notes.list().unwrap().notes.len(), 3);
    }
    let alone = on(&repo, REF);
    assert_eq!(alone.lines(id(1)).unwrap().lines, [b"shared"]);
}

#[test]
fn what_waits_in_an_inbox_takes_no_room_from_what_is_there() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let line = |n: usize| (1, format!("z {n:05}"));
    let ours: Vec<_> = (0..MAX_LINES - 1).map(line).collect();
    let ours: Vec<_> = ours.iter().map(|(n, line)| (*n, line.as_str())).collect();
    adds(&repo, REF, &ours);
    let inbox = format!("{REF}-inbox/SHA256-{}", "a".repeat(43));
    adds(&repo, &inbox, &[(1, "a 1"), (1, "a 2"), (1, "a 3")]);
    let notes = Notes::with_inboxes(&repo, &NotesRef::default()).unwrap();
    let read = notes.lines(id(1)).unwrap();
    assert_eq!(read.lines.len(), MAX_LINES);
    assert!(
        ours.iter()
            .all(|(_, line)| read.lines.contains(&line.as_bytes().to_vec()))
    );
    assert_eq!(read.problems.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// Three writers, each with random lines for random commits from a shared beginning: whatever
    /// the order, all end with the same notes, equal byte for byte to what Git makes of them.
    #[test]
    fn union_is_lossless_and_equal_to_cat_sort_uniq_in_every_order(
        shared in prop::collection::vec((0_usize..6, 0_u8..8), 1..6),
        own in prop::collection::vec(prop::collection::vec((0_usize..6, 0_u8..8), 0..8), 3),
        order in Just([0_usize, 1, 2]).prop_shuffle(),
    ) {
        let sandbox = Sandbox::new();
        let repo = sandbox.repo();
        let lines = |lines: &[(usize, u8)], who: &str| -> Vec<(usize, String)> {
            lines.iter().map(|(n, line)| (*n, format!("line {line} {}", if line % 3 == 0 { who } else { "" }))).collect()
        };
        let add = |notes_ref: &str, lines: &[(usize, String)]| {
            let lines: Vec<_> = lines.iter().map(|(n, line)| (*n, line.as_str())).collect();
            adds(&repo, notes_ref, &lines)
        };
        let mut expected: BTreeMap<ObjectId, BTreeSet<Vec<u8>>> = BTreeMap::new();
        let mut expect = |lines: &[(usize, String)]| {
            for (n, line) in lines {
                expected.entry(id(*n)).or_default().insert(line.as_bytes().to_vec());
            }
        };
        let shared = lines(&shared, "all");
        let base = add("refs/notes/base", &shared);
        expect(&shared);
        let mut tips = Vec::new();
        for (who, own) in own.iter().enumerate() {
            let name = format!("refs/notes/w{who}");
            sandbox.git(["update-ref", &name, &base.to_string()]);
            let own = lines(own, &name);
            tips.push(if own.is_empty() { base } else { add(&name, &own) });
            expect(&own);
        }
        // By Git's own merge, in the written order.
        sandbox.git(["update-ref", "refs/notes/git", &tips[0].to_string()]);
        for other in ["w1", "w2"] {
            sandbox.git(["notes", "--ref=git", "merge", "-q", "-s", "cat_sort_uniq", other]);
        }
        // One after the other in any order; all at once; and by each of the three.
        sandbox.git(["update-ref", "refs/notes/one", &tips[order[0]].to_string()]);
        drop(absorb(&repo, "refs/notes/one", &[tips[order[1]]]));
        drop(absorb(&repo, "refs/notes/one", &[tips[order[2]]]));
        let shuffled: Vec<_> = order.iter().map(|who| tips[*who]).collect();
        drop(absorb(&repo, "refs/notes/all", &shuffled));
        for who in 0..3 {
            drop(absorb(&repo, &format!("refs/notes/w{who}"), &shuffled));
        }
        for name in ["refs/notes/one", "refs/notes/all", "refs/notes/w0", "refs/notes/w1", "refs/notes/w2"] {
            prop_assert_eq!(&said(&repo, name), &expected);
            prop_assert_eq!(tree_of(&sandbox, name), tree_of(&sandbox, "refs/notes/git"), "{}", name);
        }
    }
}
