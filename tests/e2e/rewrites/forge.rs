//! Merges at a forge: no hook runs there, and CI carries the records afterwards.

use super::{Row, ai, human, parted, rows};
use crate::carry::forge::{Forge, takes};
use harness::Sandbox;

const CARRIED: Row = Row {
    operation: "",
    hooks: "none",
    verdict: "carried",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

/// Alice's request 7 of three commits is open, CI is trusted, and then `merge` happens.
fn merged(alice: &Sandbox, now: &dyn Fn(), merge: impl FnOnce(&Forge, &Sandbox)) {
    parted(alice);
    let forge = Forge::of(alice);
    let ci = forge.ci(alice);
    forge.opens(alice, "side", 7);
    now();
    merge(&forge, &ci);
    takes(alice);
}

rows! {
    a_squash_at_a_forge: Row {
        operation: "squash of three commits, then `carry` in CI",
        lines: "ai stay ai; human become human or unattested",
        story: |alice, now| merged(alice, now, |forge, ci| {
            forge.squashes(7, "side (#7)");
            forge.job(ci, &[]).succeeds();
        }),
        ..CARRIED
    };
    a_squash_of_one_commit_at_a_forge: Row {
        operation: "squash of one commit, then `carry` in CI",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "-b", "one"]);
            ai(alice, "d.txt", "ai four\n");
            human(alice, "d.txt", "human four\n");
            alice.commit("one");
            alice.git(["checkout", "-q", "main"]);
            let forge = Forge::of(alice);
            let ci = forge.ci(alice);
            forge.opens(alice, "one", 7);
            now();
            forge.squashes(7, "one (#7)");
            forge.job(&ci, &[]).succeeds();
            takes(alice);
        },
        ..CARRIED
    };
    a_squash_at_a_forge_that_its_author_carries: Row {
        operation: "squash of three commits, then `carry` by who wrote them",
        story: |alice, now| {
            merged(alice, now, |forge, _| {
                forge.squashes(7, "side (#7)");
            });
            alice.provenance(["carry"]).succeeds();
        },
        ..CARRIED
    };
    a_rebase_at_a_forge: Row {
        operation: "rebase of three commits, then `carry` in CI",
        story: |alice, now| merged(alice, now, |forge, ci| {
            let made = forge.rebases(7);
            let range = format!("{}^..{}", made[0], made[2]);
            forge.job(ci, &[&range]).succeeds();
        }),
        ..CARRIED
    };
    a_merge_at_a_forge: Row {
        operation: "merge commit, then `carry` in CI",
        story: |alice, now| merged(alice, now, |forge, ci| {
            forge.merges(7);
            forge.job(ci, &[]).succeeds();
        }),
        ..CARRIED
    };
    a_squash_at_a_forge_that_nobody_carries: Row {
        operation: "squash, and nobody carries",
        verdict: "unattested",
        lines: "ai become unattested; human become human or unattested",
        story: |alice, now| merged(alice, now, |forge, _| {
            forge.squashes(7, "side (#7)");
        }),
        ..CARRIED
    };
    a_squash_at_a_forge_whose_ci_nobody_trusts: Row {
        operation: "squash, then `carry` with a key that nobody trusts",
        verdict: "untrusted",
        lines: "ai become unattested; human become human or unattested",
        story: |alice, now| {
            parted(alice);
            let forge = Forge::of(alice);
            let ci = forge.stranger();
            forge.opens(alice, "side", 7);
            now();
            forge.squashes(7, "side (#7)");
            forge.job(&ci, &[]).exits(1);
            takes(alice);
        },
        ..CARRIED
    };
}
