//! Lines that come once more while an agent's still stands.

use super::*;

const LONG: &str = "let answers = collect_answers();";

#[test]
fn a_line_that_stands_already_and_comes_once_more_is_a_twin_wherever_it_comes() {
    let mut story = Story::of("one\ntwo\n");
    story.agent('a', &format!("one\n{LONG}\ntwo\n"));
    let twice = format!("    {LONG}\none\n{LONG}\ntwo\n{LONG}\n");
    let shown = format!("?|    {LONG}\n |one\na|{LONG}\n |two\n?|{LONG}\n");
    assert_eq!(story.commit(&twice), shown);
    story.hand(&twice);
    assert_eq!(story.shown(), shown, "and so when it was seen in between");
    story.agent('b', &format!("{twice}three\n"));
    assert_eq!(story.shown(), format!("{shown}b|three\n"));
}

#[test]
fn what_is_made_of_a_twin_is_one() {
    let mut story = Story::of("");
    story.agent('a', &format!("{LONG}\nb();\n"));
    story.hand(&format!("{LONG}\nb();\n{LONG}\n"));
    let changed = "let answers = collect_answers().sorted();";
    let split = "let answers =\n    collect_answers();";
    let shown = |last: &str| story.commit(&format!("{LONG}\nb();\n{last}\n"));
    assert!(shown(changed).ends_with(&format!("?|{changed}\n")));
    assert!(shown(split).ends_with("?|let answers =\n?|    collect_answers();\n"));
}

#[test]
fn what_an_agent_writes_a_second_time_is_its_own() {
    let mut story = Story::of("");
    story.agent('a', &format!("{LONG}\n"));
    story.agent('b', &format!("{LONG}\n{LONG}\n"));
    assert_eq!(story.shown(), format!("a|{LONG}\nb|{LONG}\n"));
}

#[test]
fn a_line_that_people_write_all_day_or_that_one_has_in_the_file_too_is_no_twin() {
    let mut story = Story::of("");
    story.agent('a', "return false;\n}\n");
    story.hand("return false;\n}\nreturn false;\n}\n");
    assert_eq!(
        story.shown(),
        "a|return false;\na|}\nh|return false;\nh|}\n"
    );
    let mut story = Story::of(&format!("{LONG}\n"));
    story.agent('a', &format!("{LONG}\n{LONG}\n"));
    story.hand(&format!("{LONG}\n{LONG}\n{LONG}\n"));
    assert_eq!(story.shown(), format!(" |{LONG}\na|{LONG}\nh|{LONG}\n"));
}
