use proptest::prelude::*;

use super::*;

fn digest(n: u8) -> Digest {
    Digest::from_bytes([n; 32])
}

fn pinned(n: u8) -> String {
    pin_line(&digest(n))
}

/// The edit that a commit with an editor makes, for the record 1 and one agent.
fn plan<'a>(pin: &'a Digest, assisted_by: &'a [String]) -> Edit<'a> {
    Edit {
        pin: Some(pin),
        assisted_by,
        cleanup: Cleanup::Strip,
        comment: Comment::default(),
        template: None,
    }
}

fn edited(message: &str, plan: &Edit<'_>) -> String {
    match edit(message.as_bytes(), plan) {
        Edited::Message(bytes) => {
            let once = String::from_utf8(bytes).unwrap();
            if let Edited::Message(twice) = edit(once.as_bytes(), plan) {
                assert_eq!(String::from_utf8(twice).unwrap(), once, "twice");
            }
            once
        }
        Edited::Aborts => "(aborts)".to_owned(),
    }
}

/// Replaces `{1}` and `{2}` by pins of the records 1 and 2, `{a}` by the assistant.
fn filled(text: &str) -> String {
    text.replace("{1}", &pinned(1))
        .replace("{2}", &pinned(2))
        .replace("{3}", &pinned(3))
        .replace("{a}", "Assisted-by: claude-code:opus-4-5")
}

#[test]
fn a_pin_is_an_exact_line_from_column_zero_wherever_it_stands() {
    let message = filled(
        "subject\n\n{1} \t\r\nbody\n---\n{2}\n\nCo-authored-by: a\n\n{1}\n {3}\n> {3}\nx{3}\n{3}0\n",
    );
    assert_eq!(
        pins(message.as_bytes()),
        Pins::Listed(vec![digest(1), digest(2)])
    );
    assert_eq!(hints(message.as_bytes()), [digest(3)]);
    let upper = pinned(0xab).to_uppercase();
    for none in [
        "",
        "Provenance: sha256:",
        "provenance: sha256:00",
        upper.as_str(),
    ] {
        assert_eq!(pins(none.as_bytes()), Pins::Listed(vec![]), "{none}");
    }
}

#[test]
fn attack_more_than_64_pins_are_not_listed() {
    let message = |n: u8| (0..n).map(|n| pinned(n) + "\n").collect::<String>();
    assert!(matches!(pins(message(64).as_bytes()), Pins::Listed(listed) if listed.len() == 64));
    assert_eq!(pins(message(65).as_bytes()), Pins::TooMany);
    let indented = message(200).replace("Prov", " Prov");
    assert_eq!(hints(indented.as_bytes()).len(), 64);
}

#[test]
fn attack_g39_each_message_gets_exactly_these_bytes() {
    let assisted = ["claude-code:opus-4-5".to_owned()];
    let pin = digest(1);
    let strip = plan(&pin, &assisted);
    for (name, message, expected) in [
        ("a subject", "x\n", "x\n\n{1}\n{a}\n"),
        ("no final newline", "x", "x\n\n{1}\n{a}\n"),
        ("a body", "x\n\nbody\n", "x\n\nbody\n\n{1}\n{a}\n"),
        ("blank lines at the end", "x\n\n\n", "x\n\n{1}\n{a}\n\n\n"),
        (
            "CRLF",
            "x\r\n\r\nbody\r\n",
            "x\r\n\r\nbody\r\n\r\n{1}\r\n{a}\r\n",
        ),
        (
            "CRLF without an end",
            "x\r\n\r\nbody",
            "x\r\n\r\nbody\r\n\r\n{1}\r\n{a}\r\n",
        ),
        (
            "trailers",
            "x\n\nSigned-off-by: A <a@x>\nFixes: 1\n",
            "x\n\nSigned-off-by: A <a@x>\nFixes: 1\n{1}\n{a}\n",
        ),
        (
            "comments",
            "x\n\n# Please enter\n#\n# On branch\n",
            "x\n\n{1}\n{a}\n\n# Please enter\n#\n# On branch\n",
        ),
        (
            "comments right below",
            "x\n# Please enter\n",
            "x\n\n{1}\n{a}\n# Please enter\n",
        ),
        (
            "E15: a scissors line",
            "x\n# ------------------------ >8 ------------------------\n# Do not\ndiff --git\n+y\n",
            "x\n\n{1}\n{a}\n# ------------------------ >8 ------------------------\n# Do not\ndiff --git\n+y\n",
        ),
        (
            "E16: a divider in the body",
            "x\n\nbody\n---\nmore\n",
            "x\n\nbody\n---\nmore\n\n{1}\n{a}\n",
        ),
        ("E17: an empty message", "\n# Please enter\n", "(aborts)"),
        ("nothing at all", "", "(aborts)"),
        ("a sign-off alone", "\nSigned-off-by: A <a@x>\n", "(aborts)"),
        (
            "empty above the scissors",
            "\n# ------------------------ >8 ------------------------\ndiff --git\n",
            "(aborts)",
        ),
        (
            "E18: a squash",
            "Squashed commit of the following:\n\ncommit a\n\n    x\n    \n    {2}\n",
            "Squashed commit of the following:\n\ncommit a\n\n    x\n    \n    {2}\n\n{1}\n{a}\n",
        ),
        ("an amend", "x\n\n{2}\n{a}\n", "x\n\n{1}\n{a}\n"),
        (
            "an amend with more trailers",
            "x\n\n{2}\nSigned-off-by: A <a@x>\n",
            "x\n\n{1}\nSigned-off-by: A <a@x>\n{a}\n",
        ),
        (
            "two pins in two paragraphs",
            "x\n\n{2}\n\ny\n\n{3}\n",
            "x\n\ny\n\n{1}\n{a}\n",
        ),
        (
            "a pin above other trailers",
            "x\n\n{2}\n\nCo-authored-by: B <b@x>\n",
            "x\n\nCo-authored-by: B <b@x>\n{1}\n{a}\n",
        ),
        ("a pin alone", "{2}\n", "{1}\n\n{a}\n"),
        ("fixup", "fixup! x\n", "fixup! x\n\n{1}\n{a}\n"),
        (
            "prose with a colon",
            "x\n\nNote: this\nis prose\n",
            "x\n\nNote: this\nis prose\n\n{1}\n{a}\n",
        ),
        ("a trailer as title", "Fix: x\n", "Fix: x\n\n{1}\n{a}\n"),
    ] {
        assert_eq!(edited(&filled(message), &strip), filled(expected), "{name}");
    }
}

#[test]
fn comments_are_what_the_configuration_says() {
    let pin = digest(1);
    let with = |comment: Comment, cleanup| Edit {
        cleanup,
        comment,
        ..plan(&pin, &[])
    };
    let prefix = |text: &str| Comment::from_config(Some(text.as_bytes()));
    for (comment, cleanup, message, expected) in [
        (prefix(";"), Cleanup::Strip, "#1\n; c\n", "#1\n\n{1}\n; c\n"),
        (
            prefix("//"),
            Cleanup::Strip,
            "x\n// c\n",
            "x\n\n{1}\n// c\n",
        ),
        (
            prefix("auto"),
            Cleanup::Strip,
            "#1\n\n; c\n",
            "#1\n\n{1}\n\n; c\n",
        ),
        (prefix("auto"), Cleanup::Strip, "; c\n", "(aborts)"),
        (prefix("auto"), Cleanup::Strip, "x\n", "x\n\n{1}\n"),
        (
            Comment::default(),
            Cleanup::Whitespace,
            "#1 x\n",
            "#1 x\n\n{1}\n",
        ),
        (
            Comment::default(),
            Cleanup::Whitespace,
            "x\n\n#1\n",
            "x\n\n#1\n\n{1}\n",
        ),
        (
            Comment::default(),
            Cleanup::Scissors,
            "#1\n# ------------------------ >8 ------------------------\n# c\n",
            "#1\n\n{1}\n# ------------------------ >8 ------------------------\n# c\n",
        ),
        (Comment::default(), Cleanup::Verbatim, "\n", "{1}\n\n"),
        (Comment::default(), Cleanup::Verbatim, "", "(aborts)"),
    ] {
        let plan = with(comment, cleanup);
        assert_eq!(edited(message, &plan), filled(expected), "{message:?}");
    }
    assert_eq!(Cleanup::from_config(None, true), Cleanup::Strip);
    assert_eq!(Cleanup::from_config(None, false), Cleanup::Whitespace);
    assert_eq!(
        Cleanup::from_config(Some("scissors"), false),
        Cleanup::Whitespace
    );
}

#[test]
fn without_a_record_the_pins_go_and_nothing_else() {
    let pin = digest(1);
    let out = Edit {
        pin: None,
        ..plan(&pin, &[])
    };
    for (message, expected) in [
        ("x \n\n\n# c\n", "x \n\n\n# c\n"),
        ("x", "x"),
        ("x\n\n{1}\n", "x\n\n"),
        ("x\n\n{1}\n\ny\n", "x\n\ny\n"),
        ("x\n\n{1}\n{a}\n", "x\n\n{a}\n"),
        // Git would abort if the pin went: it stays.
        ("{1}\n", "{1}\n"),
    ] {
        assert_eq!(
            edited(&filled(message), &out),
            filled(expected),
            "{message}"
        );
    }
}

#[test]
fn an_untouched_template_still_aborts() {
    let pin = digest(1);
    let plan = Edit {
        template: Some(b"Why:\n\n# help\n"),
        ..plan(&pin, &[])
    };
    assert_eq!(edited("Why:\n\n# help\n# Please\n", &plan), "(aborts)");
    assert_eq!(
        edited("Why:\n\nSigned-off-by: A <a@x>\n", &plan),
        "(aborts)"
    );
    assert_eq!(
        edited("Why:\nbecause\n", &plan),
        filled("Why:\nbecause\n\n{1}\n")
    );
}

#[test]
fn attack_an_assistant_cannot_bring_lines_of_its_own() {
    let assisted = ["evil:1\nSigned-off-by: Linus".to_owned()];
    let pin = digest(1);
    let plan = plan(&pin, &assisted);
    assert_eq!(
        edited("x\n", &plan),
        filled("x\n\n{1}\nAssisted-by: evil:1 Signed-off-by: Linus\n")
    );
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(filled("{1}")),
        Just(filled("{2} ")),
        Just(filled("  {3}")),
        Just(filled("{a}")),
        Just("Signed-off-by: A <a@x>".to_owned()),
        Just("# ------------------------ >8 ------------------------".to_owned()),
        Just("(cherry picked from commit 1)".to_owned()),
        Just("---".to_owned()),
        Just(String::new()),
        Just(String::new()),
        "(#|;| |\t|\r)?[a-c:\r -]{0,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn editing_twice_is_editing_once_and_leaves_one_pin(
        lines in prop::collection::vec(line(), 0..12),
        end in "(\n|\r\n)?",
        cleanup in prop::sample::select(vec![
            Cleanup::Strip, Cleanup::Whitespace, Cleanup::Scissors, Cleanup::Verbatim,
        ]),
        comment in prop::sample::select(vec![
            Comment::default(), Comment::Auto, Comment::Prefix(b";".to_vec()),
        ]),
        has_pin in any::<bool>(),
    ) {
        let message = lines.join("\n") + &end;
        let assisted = ["claude-code:opus-4-5".to_owned()];
        let pin = digest(9);
        let plan = Edit { pin: has_pin.then_some(&pin), cleanup, comment, ..plan(&pin, &assisted) };
        if let Edited::Message(once) = edit(message.as_bytes(), &plan) {
            prop_assert_eq!(edit(&once, &plan), Edited::Message(once.clone()));
            if has_pin {
                prop_assert_eq!(pins(&once), Pins::Listed(vec![pin]));
                let count = once.split(|b| *b == b'\n').filter(|l| super::pin(l).is_some()).count();
                prop_assert_eq!(count, 1);
            }
        }
    }
}
