//! What people see: 80 columns, without color, and nothing hidden that should worry them.

use insta::assert_snapshot;

use super::mixed;

#[test]
fn options_of_the_view_are_those_of_git_blame() {
    let alice = mixed();
    let view = |words: &[&str]| alice.provenance([&["blame"], words, &["a.rs"]].concat());
    assert_snapshot!(view(&["-s"]), @r"
    [oid 1] 1 ? fn old() {}
    [oid 2] 2 | fn one() -> u8 { 1 }
    [oid 2] 3 : fn two() -> u8 { 2 + 0 }
    [oid 2] 4   fn mine() {}
    [exit 0]
    ");
    assert_snapshot!(view(&["-e", "-n", "-f", "-t", "-L2,4"]), @r"
    [oid 1] a.rs 2 ai opus-4-5            1777885212 +0000 2 | fn one() -> u8 { 1 }
    [oid 1] a.rs 3 ai+<alice@example.com> 1777885212 +0000 3 : fn two() -> u8 { 2 + 0 }
    [oid 1] a.rs 4 <alice@example.com>    1777885212 +0000 4   fn mine() {}
    [exit 0]
    ");
    let long = view(&["-l"]).succeeds();
    assert!(
        long.text()
            .lines()
            .all(|row| row.split(' ').next().unwrap().len() == 40)
    );
    let twelve = view(&["--abbrev=12"]).succeeds();
    assert!(
        twelve
            .text()
            .lines()
            .all(|row| row.split(' ').next().unwrap().len() == 12)
    );
    alice.append("a.rs", "fn last() {}\n");
    alice.commit("last");
    let blank = view(&["-b", "HEAD^!"]).succeeds();
    assert!(blank.text().starts_with("^       "), "{}", blank.full());
}

#[test]
fn dates_come_in_all_of_gits_forms() {
    let alice = mixed();
    let alice = alice.with_env("TZ", "Asia/Tokyo");
    for form in [
        "short",
        "iso",
        "iso8601",
        "iso-strict",
        "rfc",
        "rfc2822",
        "default",
        "local",
        "raw",
        "unix",
        "human",
        "relative",
        "iso-local",
        "short-local",
        "format:%A, %d.%m.%Y %H:%M %%",
        "format-local:%H",
        "format:",
    ] {
        let date = format!("--date={form}");
        let git = alice.git(["log", "-1", "--format=%ad", &date]);
        let ours = alice
            .provenance(["blame", &date, "-L2,2", "HEAD", "--", "a.rs"])
            .succeeds();
        let (before, after) = ("ai opus-4-5 ", " 2 | fn one");
        let shown = ours.text().split_once(before).unwrap().1;
        let shown = shown.split_once(after).unwrap().0;
        assert_eq!(shown, git, "{form}");
    }
    alice
        .provenance(["blame", "--date=utc", "a.rs"])
        .succeeds()
        .says("2026-05-04T09:00");
    alice
        .provenance(["blame", "--date=never", "a.rs"])
        .exits(2)
        .says("unknown date format");
    // An escape sequence of one's own is shown, not obeyed.
    let sly = alice
        .provenance(["blame", "--date=format:\u{1b}[2J", "a.rs"])
        .succeeds();
    assert!(!sly.text().contains('\u{1b}'), "{}", sly.full());
}

#[test]
fn a_record_that_is_not_believed_shows_beside_each_line() {
    let alice = mixed();
    alice.rewrite_note("HEAD", &[]);
    assert_snapshot!(alice.provenance(["blame", "a.rs"]), @r"
    [oid 1] ?         2026-05-04 1   fn old() {}
    [oid 2] ? missing 2026-05-04 2   fn one() -> u8 { 1 }
    [oid 2] ? missing 2026-05-04 3   fn two() -> u8 { 2 + 0 }
    [oid 2] ? missing 2026-05-04 4   fn mine() {}
    [exit 0]
    ");
    assert_snapshot!(alice.provenance(["blame", "-s", "a.rs"]), @r"
    [oid 1] 1 ? fn old() {}
    [oid 2] 2 ! fn one() -> u8 { 1 }
    [oid 2] 3 ! fn two() -> u8 { 2 + 0 }
    [oid 2] 4 ! fn mine() {}
    [exit 0]
    ");
}

#[test]
fn colors_say_nothing_that_is_not_written() {
    let alice = mixed();
    let plain = alice.provenance(["blame", "a.rs"]).succeeds();
    let colored = alice
        .provenance(["--color=always", "blame", "a.rs"])
        .succeeds();
    assert!(colored.text().contains('\u{1b}'));
    let mut without = String::new();
    let mut rest = colored.text();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        without.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    without.push_str(rest);
    assert_eq!(without, plain.text());
}

#[test]
fn what_surrounds_a_line_leaves_room_for_it() {
    let alice = mixed();
    alice.git([
        "config",
        "user.name",
        "Wolfgang Amadeus Theophilus von und zu Salzburg",
    ]);
    let line = "x".repeat(30);
    alice.write("wide", format!("{line}\n").repeat(2_000));
    alice.commit("wide");
    let told = alice.provenance(["blame", "wide"]).succeeds();
    assert!(
        told.text().lines().all(|row| row.chars().count() <= 80),
        "{}",
        told.text()
    );
}

#[test]
fn an_option_that_is_not_taken_says_so() {
    let alice = mixed();
    for (words, says) in [
        (
            &["--reverse", "HEAD~1..HEAD", "a.rs"][..],
            "git blame --reverse",
        ),
        (&["-CC", "a.rs"], "-C -C"),
        (&["-Mx", "a.rs"], "a number"),
        (&["-c", "a.rs"], "unexpected argument"),
        (&["-S", "revs", "a.rs"], "unexpected argument"),
        (&["--color-lines", "a.rs"], "unexpected argument"),
        (&["--minimal", "a.rs"], "unexpected argument"),
        (&["--json", "--porcelain", "a.rs"], "cannot be used with"),
        (&["HEAD", "HEAD~1", "a.rs"], "more than one commit"),
        (&["HEAD...HEAD~1", "a.rs"], "more than one commit"),
        (&["nowhere..HEAD", "a.rs"], "unknown revision"),
        (&["--ignore-rev", "nowhere", "a.rs"], "unknown revision"),
        (&["--ignore-revs-file", "nowhere", "a.rs"], "nowhere"),
        (&["--encoding=latin1\nx", "-p", "-L", "0", "a.rs"], "error"),
    ] {
        let refused = alice.provenance([&["blame"], words].concat()).exits(2);
        refused.says(says);
    }
}
