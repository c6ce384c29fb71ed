//! What becomes of lines in merges, renames, copies, and files that are something else for a while.

use std::fmt::Write as _;

use provenance_core::attribute::survival::{Fate, Survival, Table};
use provenance_core::git::Location;

use super::{followed, standing, standing_by_pass};
use crate::sandbox::{Sandbox, run};

/// Follows all lines to HEAD, and holds those that survive against the history pass.
#[track_caller]
fn told(sandbox: &Sandbox) -> Survival {
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let location = Location::at(sandbox.root());
    let survival = followed(&location, head, None, 2);
    let by_pass = standing_by_pass(&location, head, None);
    assert_eq!(standing(&survival), by_pass);
    survival
}

/// Whose lines ended where: the titles of both commits, how many, and whether others came instead.
fn ends(sandbox: &Sandbox, survival: &Survival) -> Vec<String> {
    let title = |id: &str| {
        let title = sandbox.git(["log", "-1", "--format=%s", id]);
        String::from_utf8(title).unwrap().trim().to_owned()
    };
    let ended = survival.cohorts.iter().filter_map(|cohort| {
        let Fate::Gone {
            commit_id,
            successor,
            ..
        } = &cohort.fate
        else {
            return None;
        };
        let came = if successor.is_some() {
            "rewritten"
        } else {
            "removed"
        };
        let (born, end) = (&cohort.commit.title, title(&commit_id.to_string()));
        Some(format!("{} of {born} {came} by {end}", cohort.lines))
    });
    ended.collect()
}

#[test]
fn a_line_that_another_takes_the_place_of_is_rewritten() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "1\n2\n3\n4\n5\n6\n");
    sandbox.commit("one");
    sandbox.write("f", "1\ntwo\n3\n5\n6\n");
    sandbox.commit("two");
    std::fs::remove_file(sandbox.root().join("f")).unwrap();
    sandbox.write("g", "other\n");
    sandbox.commit("three");
    let survival = told(&sandbox);
    assert_eq!(
        ends(&sandbox, &survival),
        [
            "4 of one removed by three",
            "1 of one removed by two",
            "1 of one rewritten by two",
            "1 of two removed by three",
        ]
    );
}

#[test]
fn a_merge_ends_no_line_that_a_side_ended_before() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    sandbox.commit("base");
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox.write("f", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    sandbox.commit("side");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("f", "one\n2\n3\n4\n5\n6\n7\n8\n9\n");
    sandbox.commit("main");
    sandbox.git(["merge", "-q", "--no-edit", "side"]);
    let survival = told(&sandbox);
    assert_eq!(
        ends(&sandbox, &survival),
        ["1 of base rewritten by side", "1 of base rewritten by main"]
    );
}

#[test]
fn what_a_merge_takes_back_was_not_the_end() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "1\n2\n3\n");
    sandbox.commit("base");
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox.write("f", "1\n3\nside\n");
    sandbox.commit("side");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("g", "main\n");
    sandbox.commit("main");
    sandbox.git(["merge", "-q", "-s", "ours", "-m", "ours", "side"]);
    let survival = told(&sandbox);
    assert_eq!(ends(&sandbox, &survival), ["1 of side removed by ours"]);
    sandbox.write("f", "1\n3\n");
    sandbox.commit("later");
    let survival = told(&sandbox);
    assert_eq!(
        ends(&sandbox, &survival),
        ["1 of base removed by later", "1 of side removed by ours"]
    );
}

#[test]
fn a_branch_that_keeps_what_is_gone_does_not_move_its_end() {
    // As pull requests do: a branch merges main, keeps a line that main has no more, and is merged.
    let sandbox = Sandbox::new();
    sandbox.write("f", "1\n2\n3\n");
    sandbox.commit("base");
    sandbox.git(["checkout", "-q", "-b", "branch"]);
    sandbox.write("g", "branch\n");
    sandbox.commit("branch");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("f", "1\n3\n");
    sandbox.commit("main");
    sandbox.git(["checkout", "-q", "branch"]);
    sandbox.git(["merge", "-q", "--no-commit", "main"]);
    sandbox.write("f", "1\n2\n3\n");
    sandbox.commit("keep it");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.git(["merge", "-q", "--no-ff", "--no-commit", "branch"]);
    sandbox.write("f", "1\n3\n");
    sandbox.commit("without it");
    let survival = told(&sandbox);
    assert_eq!(ends(&sandbox, &survival), ["1 of base removed by main"]);
}

#[test]
fn of_two_branches_that_remove_a_line_the_first_ends_it() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "1\n2\n3\n");
    sandbox.commit("base");
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox.write("f", "1\n3\n");
    sandbox.commit("side");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("f", "1\n3\n");
    sandbox.commit("main");
    sandbox.git(["merge", "-q", "--no-edit", "side"]);
    assert_eq!(
        ends(&sandbox, &told(&sandbox)),
        ["1 of base removed by side"]
    );
}

#[test]
fn lines_live_on_under_another_name_and_in_copies() {
    let sandbox = Sandbox::new();
    let text = "some\nlines\nof\na\nfile\nthat\nis\nlong\nenough\n";
    sandbox.write("f", text);
    sandbox.commit("base");
    sandbox.git(["rm", "-q", "f"]);
    sandbox.write("g", text);
    sandbox.write("h", format!("{text}more\n"));
    sandbox.commit("two of one");
    let survival = told(&sandbox);
    let table = Table::of(&survival, &[], &[], 0);
    assert_eq!(
        (table.all.born, table.all.alive, table.all.standing),
        (10, 10, 19)
    );
    std::fs::remove_file(sandbox.root().join("g")).unwrap();
    sandbox.commit("one of them");
    let table = Table::of(&told(&sandbox), &[], &[], 0);
    assert_eq!(
        (table.all.born, table.all.alive, table.all.standing),
        (10, 10, 10)
    );
}

#[test]
fn a_file_that_becomes_something_else_ends_its_lines() {
    let sandbox = Sandbox::new();
    for path in ["binary", "link", "gone"] {
        sandbox.write(path, "1\n2\n");
    }
    sandbox.commit("base");
    sandbox.write("binary", b"1\n2\n\0");
    for path in ["link", "gone"] {
        std::fs::remove_file(sandbox.root().join(path)).unwrap();
    }
    std::os::unix::fs::symlink("binary", sandbox.root().join("link")).unwrap();
    sandbox.commit("something else");
    assert_eq!(
        ends(&sandbox, &told(&sandbox)),
        ["2 of base removed by something else"; 3]
    );
    // As `git blame`, it looks through a version that was a binary.
    sandbox.write("binary", "1\n2\n3\n");
    sandbox.commit("text again");
    let survival = told(&sandbox);
    let table = Table::of(&survival, &[], &[], 0);
    assert_eq!((table.all.born, table.all.alive), (7, 3));
    assert_eq!(
        ends(&sandbox, &survival),
        ["2 of base removed by something else"; 2]
    );
    sandbox.write("binary", "3\n");
    sandbox.commit("shorter");
    let ends = ends(&sandbox, &told(&sandbox));
    assert!(
        ends.contains(&"2 of base removed by shorter".to_owned()),
        "{ends:?}"
    );
}

#[test]
fn ages_add_up_and_young_lines_are_not_called_survivors() {
    let sandbox = Sandbox::new();
    let mut stream = String::new();
    for (day, text) in [
        (0, "a\nb\nc\n"),
        (10, "a\nb\nC\n"),
        (40, "a\nB\nC\nd\n"),
        (41, "a\nB\nC\nd\ne\n"),
    ] {
        let date = 86_400 * day;
        write!(
            stream,
            "commit refs/heads/main\ncommitter C <c@x> {date} +0000\ndata 1\nc\n"
        )
        .unwrap();
        write!(stream, "M 100644 inline f\ndata {}\n{text}\n", text.len()).unwrap();
    }
    sandbox.git_with_input(["fast-import", "--quiet"], stream.as_bytes());
    let table = Table::of(&told(&sandbox), &[7, 30, 90], &[], 0);
    assert_eq!((table.all.born, table.all.alive), (7, 5));
    let ages: Vec<[u64; 5]> = table
        .all
        .ages
        .iter()
        .map(|age| [age.days, age.alive, age.gone, age.young, age.unknown])
        .collect();
    assert_eq!(ages, [[7, 4, 0, 3, 0], [30, 3, 1, 3, 0], [90, 0, 0, 7, 0]]);
    assert_eq!(table.all.gone.all.median_seconds(), Some(10 * 86_400));
}

#[test]
fn what_is_not_here_is_unknown_and_not_gone() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    sandbox.write("f", "1\n2\n");
    sandbox.write("g", "1\n");
    sandbox.commit("one");
    sandbox.write("f", "1\n2\n3\n");
    sandbox.commit("two");
    let url = format!("file://{}", sandbox.root().display());
    let clone = sandbox.beside("partial");
    let mut command = sandbox.command(&sandbox.root());
    let command = command.args(["clone", "-q", "--filter=blob:none", &url]);
    assert!(run(command.arg(&clone), b"").1);
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let survival = followed(&Location::at(clone), head, None, 2);
    let table = Table::of(&survival, &[7], &[], 0);
    assert!(survival.unread_files > 0);
    assert_eq!(
        (table.all.born, table.all.alive, table.all.gone.all.lines),
        (1, 1, 0)
    );
}
