//! Patches by mail: known ones, and those that came from nowhere.

use super::{Row, human, parted, rows, sly};

const MAILED: Row = Row {
    operation: "",
    hooks: "post-applypatch",
    verdict: "carried",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

rows! {
    a_mailed_patch_with_a_pin: Row {
        operation: "`am` of a patch whose record is here",
        story: |alice, now| {
            parted(alice);
            alice.git(["format-patch", "-q", "-1", "side~2", "-o", "../patches"]);
            now();
            alice.git(["am", "-q", "../patches/0001-side-1.patch"]);
        },
        ..MAILED
    };
    a_mailed_patch_from_nowhere: Row {
        operation: "`am` of a patch that nobody knows",
        verdict: "verified",
        lines: "human become human or unattested",
        story: |alice, now| {
            sly(alice);
            alice.git(["format-patch", "-q", "-1", "-o", "../patches"]);
            alice.git(["reset", "-q", "--hard", "HEAD~1"]);
            human(alice, "z.txt", "human between\n");
            alice.commit("between");
            now();
            alice.git(["am", "-q", "../patches/0001-sly.patch"]);
        },
        ..MAILED
    };
}
