//! White space, line breaks and line ends are nobody's work.

use super::*;

#[test]
fn re_indenting_keeps_the_author_of_each_line() {
    let mut story = Story::of("");
    story.agent('a', "one();\ntwo();\n");
    story.hand("one();\nhuman();\ntwo();\n");
    story.hand("if ready {\n    one();\n    human();\n    two();\n}\n");
    let wrapped = lines(
        ".h|if ready {
         .a|    one();
         .h|    human();
         .a|    two();
         .h|}",
    );
    assert_eq!(story.shown(), wrapped);
    // An agent that indents takes nothing either.
    story.agent('b', "{\nif ready {\n\tone();\n\thuman();\n\ttwo();\n}\n}\n");
    assert_eq!(
        story.shown(),
        "b|{\nh|if ready {\na|\tone();\nh|\thuman();\na|\ttwo();\nb|}\nh|}\n"
    );
}

#[test]
fn a_formatter_that_splits_and_joins_lines_keeps_their_authors() {
    let mut story = Story::of("");
    story.agent(
        'a',
        "let x = call(first, second, third);\nlet y = [\n    1,\n    2,\n];\n",
    );
    story.hand("let x = call(first, second, third);\nlet y = [\n    1,\n    2,\n];\nlet z = own(first, second);\n");
    story.hand(
        "let x = call(\n    first,\n    second,\n    third,\n);\nlet y = [1, 2];\n\
         let z = own(\n    first,\n    second,\n);\n",
    );
    assert_eq!(
        story.shown(),
        lines(
            ".a|let x = call(
             .a|    first,
             .a|    second,
             .a|    third,
             .a|);
             .a|let y = [1, 2];
             .h|let z = own(
             .h|    first,
             .h|    second,
             .h|);"
        )
    );
}

#[test]
fn a_line_that_a_formatter_joins_from_two_authors_is_mixed() {
    let mut story = Story::of("");
    story.agent('a', "call(\n    first_long_argument,\n)\n");
    story.hand("call(\n    first_long_argument,\n    mine,\n)\n");
    story.hand("call(first_long_argument, mine)\n");
    assert_eq!(story.shown(), "A|call(first_long_argument, mine)\n");
    // Of two agents it is the one's with more of it.
    let mut story = Story::of("");
    story.agent('a', "call(\n    first_long_argument,\n)\n");
    story.agent('b', "call(\n    first_long_argument,\n    b,\n)\n");
    story.hand("call(first_long_argument, b)\n");
    assert_eq!(story.shown(), "a|call(first_long_argument, b)\n");
    // Where no agent is among them, nobody wrote it but people.
    let mut story = Story::of("foo(\n    a_long_one,\n)\n");
    story.hand("foo(\n    a_long_one,\n    mine,\n)\n");
    story.hand("foo(a_long_one, mine)\n");
    assert_eq!(story.shown(), "h|foo(a_long_one, mine)\n");
}

#[test]
fn line_ends_and_a_final_newline_are_nobodys_work() {
    let mut story = Story::of("base\n");
    story.agent('a', "base\nagent");
    story.hand("base\r\nagent\r\n");
    assert_eq!(story.0.labels(), [Before, Ai('a')]);
    story.hand("base\nagent");
    assert_eq!(story.0.labels(), [Before, Ai('a')]);
    assert_eq!(story.0.settle(b"base\r\nagent").unwrap(), [Before, Ai('a')]);
    assert_eq!(story.0.settle(b"").unwrap(), []);
    story.hand("base\nagent\n\n");
    assert_eq!(story.0.labels(), [Before, Ai('a'), Human]);
}
