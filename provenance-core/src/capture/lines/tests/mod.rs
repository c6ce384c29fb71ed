//! Stories of one file.

mod bounds;
mod formatter;
mod twin;

use std::fmt::Write as _;

use super::Label::{Ai, Human, Mixed, None as Before, Twin};
use super::*;

/// A chain that is told as a story; the key is a letter.
struct Story(Chain<char>, Vec<u8>);

impl Story {
    fn of(content: &str) -> Self {
        Self(Chain::start(content.as_bytes()), content.into())
    }

    /// The agent changes the last content to this one.
    fn agent(&mut self, key: char, after: &str) -> &mut Self {
        self.0
            .observe_agent(&self.1, after.as_bytes(), key)
            .unwrap();
        self.1 = after.into();
        self
    }

    fn hand(&mut self, content: &str) -> &mut Self {
        self.0.observe_elsewhere(content.as_bytes()).unwrap();
        self.1 = content.into();
        self
    }

    /// Shows each line of a commit with its label before it: ` ` before, `h` human, the key of an
    /// agent, or the key in capitals where it is mixed; `?` for a twin.
    fn commit(&self, content: &str) -> String {
        let labels = self.0.settle(content.as_bytes()).unwrap();
        let mut shown = String::new();
        for (label, line) in labels.iter().zip(content.lines()) {
            let letter = match label {
                Before => ' ',
                Human => 'h',
                Ai(key) => *key,
                Mixed(key) => key.to_ascii_uppercase(),
                Twin(_) => '?',
            };
            writeln!(shown, "{letter}|{line}").unwrap();
        }
        assert_eq!(labels.len(), content.lines().count());
        shown
    }

    fn shown(&self) -> String {
        self.commit(std::str::from_utf8(&self.1).unwrap())
    }
}

/// Takes the margin off and leaves the lines.
fn lines(text: &str) -> String {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('.'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn an_agent_writes_three_lines_and_a_person_two() {
    let mut story = Story::of("fn main() {\n}\n");
    story.agent(
        'a',
        "fn main() {\n    one();\n    two();\n    three();\n}\n",
    );
    story.hand("// mine\nfn main() {\n    one();\n    two();\n    three();\n    own();\n}\n");
    assert_eq!(
        story.shown(),
        lines(
            ".h|// mine
             . |fn main() {
             .a|    one();
             .a|    two();
             .a|    three();
             .h|    own();
             . |}"
        )
    );
}

#[test]
fn human_edits_in_between_two_agent_edits_stay_human() {
    let mut story = Story::of("");
    story.agent('a', "alpha = 1\nbeta = 2\n");
    // Seen only because the next edit starts from it.
    story.1 = b"alpha = 1\nby_hand = True\nbeta = 2\n".to_vec();
    story.agent('a', "alpha = 1\nby_hand = True\nbeta = 2\ngamma = 3\n");
    assert_eq!(
        story.shown(),
        "a|alpha = 1\nh|by_hand = True\na|beta = 2\na|gamma = 3\n"
    );
}

#[test]
fn a_persons_line_that_an_agent_changed_and_that_comes_back_indented_is_the_persons() {
    let mut story = Story::of("let limit = compute_limit();\n");
    story.agent('a', "let limit = compute_limit().max(3);\n");
    story.hand("    let limit = compute_limit();\n");
    assert_eq!(story.shown(), " |    let limit = compute_limit();\n");
}

#[test]
fn two_sessions_in_one_file_each_own_their_lines_and_the_later_one_what_it_changes() {
    let mut story = Story::of("");
    story.agent('a', "first = 1\nsecond = 2\nthird = 3\n");
    story.agent('b', "first = 1\nsecond = two(2)\nthird = 3\nfourth = 4\n");
    assert_eq!(
        story.shown(),
        "a|first = 1\nb|second = two(2)\na|third = 3\nb|fourth = 4\n"
    );
    story.agent('a', "first = 1\nsecond = two(3)\nthird = 3\nfourth = 4\n");
    assert!(story.shown().contains("a|second = two(3)"));
}

#[test]
fn an_agents_line_changed_by_hand_is_mixed_and_a_human_line_changed_by_an_agent_is_the_agents() {
    let mut story = Story::of("let limit = 10;\n");
    story.agent(
        'a',
        "let limit = 10;\nlet retries = compute_retries(limit);\n",
    );
    story.hand("let limit = 10;\nlet retries = compute_retries(limit).max(3);\nprint_all();\n");
    assert_eq!(
        story.shown(),
        lines(
            ". |let limit = 10;
             .A|let retries = compute_retries(limit).max(3);
             .h|print_all();"
        )
    );
    story.agent(
        'b',
        "let limit = 20;\nlet retries = compute_retries(limit).max(3);\nprint_all(1);\n",
    );
    assert_eq!(
        story.shown(),
        lines(
            ".b|let limit = 20;
             .A|let retries = compute_retries(limit).max(3);
             .b|print_all(1);"
        )
    );
}

#[test]
fn a_line_that_a_person_writes_anew_in_the_place_of_an_agents_is_human() {
    let mut story = Story::of("");
    story.agent('a', "for item in queue.drain():\n    handle(item)\n");
    story.hand("while True:\n    sleep(60)\n");
    assert_eq!(story.shown(), "h|while True:\nh|    sleep(60)\n");
}

#[test]
fn a_proposal_that_a_person_modified_is_mixed() {
    let mut chain = Chain::start(b"");
    chain.observe_modified_agent(b"", b"a = 1\n", 'a').unwrap();
    assert_eq!(chain.labels(), [Mixed('a')]);
}

#[test]
fn half_of_an_edit_is_committed_then_the_other_half() {
    let mut story = Story::of("def a():\n    old_a()\n\ndef b():\n    old_b()\n");
    story.agent('a', "def a():\n    better(1)\n\ndef b():\n    faster(2)\n");
    let half = "def a():\n    better(1)\n\ndef b():\n    old_b()\n";
    assert_eq!(
        story.commit(half),
        " |def a():\na|    better(1)\n |\n |def b():\n |    old_b()\n"
    );
    assert!(story.shown().contains("a|    faster(2)"));
    // A hunk that was edited while it was staged.
    let edited = "def a():\n    better(1, 2)\n\ndef b():\n    old_b()\n";
    assert!(story.commit(edited).contains("A|    better(1, 2)"));
}

#[test]
fn what_was_staged_before_the_worktree_went_on_keeps_its_authors() {
    let mut story = Story::of("");
    story.agent('a', "one = 1\ntwo = 2\n");
    let staged = "one = 1\ntwo = 2\n";
    story.hand("rewritten = True\n");
    assert_eq!(story.commit(staged), "a|one = 1\na|two = 2\n");
}

#[test]
fn undo_and_redo_bring_the_authors_back() {
    let mut story = Story::of("start()\n");
    let done = "start()\nagent_one()\n}\nagent_two()\n";
    story.agent('a', done);
    story.hand("start()\n");
    assert_eq!(story.shown(), " |start()\n");
    story.hand(done);
    assert_eq!(
        story.shown(),
        " |start()\na|agent_one()\na|}\na|agent_two()\n"
    );
    // Undone by an agent, and done again by it.
    story.agent('b', "start()\n").agent('b', done);
    assert_eq!(
        story.shown(),
        " |start()\na|agent_one()\na|}\na|agent_two()\n"
    );
}

#[test]
fn a_stash_comes_back_on_top_of_other_work() {
    let mut story = Story::of("base()\n");
    story.agent('a', "base()\nfrom_agent_one()\n}\nfrom_agent_two()\n");
    story.hand("base()\n");
    story.hand("base()\nmeanwhile()\n");
    story.hand("base()\nmeanwhile()\nfrom_agent_one()\n}\nfrom_agent_two()\n");
    assert_eq!(
        story.shown(),
        lines(
            ". |base()
             .h|meanwhile()
             .a|from_agent_one()
             .a|}
             .a|from_agent_two()"
        )
    );
}

#[test]
fn a_line_that_was_there_before_all_comes_back_as_such() {
    let mut story = Story::of("original_line()\nkept()\n");
    story.agent('a', "kept()\nagents()\n");
    story.hand("kept()\nagents()\noriginal_line()\n");
    assert_eq!(story.shown(), " |kept()\na|agents()\n |original_line()\n");
}

#[test]
fn a_lone_bracket_that_comes_back_says_nothing() {
    let mut story = Story::of("kept()\n");
    story.agent('a', "{\n}\nkept()\n");
    story.hand("kept()\n");
    story.hand("kept()\nmore()\n}\n");
    assert_eq!(story.shown(), " |kept()\nh|more()\nh|}\n");
}

#[test]
fn an_agent_that_writes_what_somebody_deleted_wrote_it() {
    let mut story = Story::of("");
    story.hand("return cached_value\nelse_other()\n");
    story.hand("else_other()\n");
    story.agent('a', "new_line()\nelse_other()\nreturn cached_value\n");
    assert_eq!(
        story.shown(),
        "a|new_line()\nh|else_other()\na|return cached_value\n"
    );
}

#[test]
fn an_agent_that_deletes_human_lines_leaves_the_others_alone() {
    let mut story = Story::of("");
    story.hand("first\nsecond\nthird\n}\n}\n");
    story.agent('a', "first\nthird\n}\n}\n");
    assert_eq!(story.shown(), "h|first\nh|third\nh|}\nh|}\n");
}

#[test]
fn duplicated_trivial_lines_are_told_apart_by_where_they_stand() {
    let mut story = Story::of("fn a() {\n    x();\n}\n\nfn b() {\n    y();\n}\n");
    story.agent(
        'a',
        "fn a() {\n    x();\n}\n\nfn n() {\n    z();\n}\n\nfn b() {\n    y();\n}\n",
    );
    assert_eq!(
        story.shown(),
        lines(
            ". |fn a() {
             . |    x();
             . |}
             . |
             .a|fn n() {
             .a|    z();
             .a|}
             .a|
             . |fn b() {
             . |    y();
             . |}"
        )
    );
}

#[test]
fn far_apart_edits_of_a_long_file_meet_their_lines() {
    let numbered = |special: &[usize]| -> String {
        (0..2000)
            .map(|n| {
                if special.contains(&n) {
                    format!("agent_line_{n}();\n")
                } else {
                    format!("line {};\n", n % 7)
                }
            })
            .collect()
    };
    let mut story = Story::of(&numbered(&[]));
    story.agent('a', &numbered(&[500, 1700]));
    story.agent('b', &numbered(&[500, 1000, 1700]));
    let labels = story.0.labels();
    let found: Vec<_> = (0..)
        .zip(labels)
        .filter(|(_, label)| **label != Before)
        .collect();
    assert_eq!(found, [(500, &Ai('a')), (1000, &Ai('b')), (1700, &Ai('a'))]);
}

#[test]
fn what_a_person_moves_within_the_file_stays_whose_it_was() {
    let mut story = Story::of("first\n");
    story.agent('a', "first\nwritten by a\nalso by a\n");
    story.hand("first\nwritten by a\nalso by a\ntyped here\n");
    story.hand("typed here\nalso by a\nfirst\nwritten by a\nnew\n");
    let expected = lines(
        "
        .h|typed here
        .a|also by a
        . |first
        .a|written by a
        .h|new",
    );
    assert_eq!(story.shown(), expected);
    // The same where it was not seen before the commit.
    let mut story = Story::of("first\n");
    story.agent('a', "written by a\nfirst\n");
    let expected = lines(
        "
        . |first
        .a|written by a",
    );
    assert_eq!(story.commit("first\nwritten by a\n"), expected);
}
