//! What holds for every chain, and what no chain can be made to do.

use proptest::prelude::*;

use super::*;

#[test]
fn a_chain_can_be_kept_and_goes_on() {
    let mut story = Story::of("base\n");
    story.agent('a', "base\nagents_line\n").hand("base\n");
    let json = serde_json::to_string(&story.0).unwrap();
    let kept: Chain<char> = serde_json::from_str(&json).unwrap();
    assert_eq!(kept, story.0);
    assert_eq!(kept.settle(b"agents_line\nbase\n").unwrap()[0], Ai('a'));
    let binary = Chain::<char>::start(b"caf\xe9\n");
    let json = serde_json::to_string(&binary).unwrap();
    assert_eq!(serde_json::from_str::<Chain<char>>(&json).unwrap(), binary);
    let torn = json.replace(",1]", ",2]");
    assert!(
        serde_json::from_str::<Chain<char>>(&torn).is_err(),
        "{torn}"
    );
}

#[test]
fn attack_a_file_that_is_too_large_is_said_so_and_the_chain_goes_on() {
    let mut chain = Chain::start(b"a\n");
    let many = vec![b'\n'; MAX_LINES + 1];
    let long = vec![b'a'; MAX_BYTES + 1];
    for content in [&many, &long] {
        assert!(matches!(
            chain.observe_agent(b"a\n", content, 1),
            Err(LinesError::TooLarge { .. })
        ));
        assert!(chain.observe_elsewhere(content).is_err());
        assert!(chain.settle(content).is_err());
    }
    chain.observe_agent(b"a\n", b"a\nb\n", 1).unwrap();
    assert_eq!(chain.labels(), [Before, Ai(1)]);
}

#[test]
fn a_few_changes_in_a_million_lines_are_labelled_and_a_million_changes_are_not() {
    let lines = |start: usize| -> Vec<String> {
        let lines = start..start + MAX_LINES;
        lines.map(|line| format!("{line}\n")).collect()
    };
    let mut content = lines(0);
    let mut chain = Chain::start(content.concat().as_bytes());
    let before = content.concat();
    content[500] = "agent\n".to_owned();
    let after = content.concat();
    chain
        .observe_agent(before.as_bytes(), after.as_bytes(), 1)
        .unwrap();
    content[700] = "person\n".to_owned();
    let labels = chain.settle(content.concat().as_bytes()).unwrap();
    assert_eq!(labels.len(), MAX_LINES);
    assert_eq!(
        [labels[499], labels[500], labels[700]],
        [Before, Ai(1), Human]
    );
    let other = lines(MAX_LINES).concat();
    assert!(matches!(
        chain.settle(other.as_bytes()),
        Err(LinesError::TooLarge { .. } | LinesError::Diff(_))
    ));
    // As many as are compared, but more than are labelled.
    let other = content.iter().enumerate().map(|(line, text)| match line {
        0..300_000 => format!("new {text}"),
        _ => text.clone(),
    });
    let other: String = other.collect();
    assert!(matches!(
        chain.settle(other.as_bytes()),
        Err(LinesError::TooLarge { .. })
    ));
}

#[test]
fn attack_endless_changes_do_not_fill_the_memory() {
    let mut chain = Chain::<u8>::start(b"");
    for n in 0..300 {
        let content = format!("state_number_{n}\n").repeat(100);
        chain.observe_elsewhere(content.as_bytes()).unwrap();
    }
    let json = serde_json::to_string(&chain).unwrap();
    assert!(json.len() < 6 << 20, "{}", json.len());
}

fn content() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("}".to_owned()),
        Just(String::new()),
        Just("  call(a, b);\r".to_owned()),
        "[ \t]{0,3}[a-c(),]{1,4}",
    ];
    let body = prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"));
    (body, any::<bool>()).prop_map(|(body, lf)| if lf { body + "\n" } else { body })
}

proptest! {
    #[test]
    fn every_line_has_one_label_whatever_happens(
        states in prop::collection::vec((content(), 0..3_u8), 1..8),
        committed in content(),
    ) {
        let mut chain = Chain::start(b"");
        let mut last = String::new();
        for (content, who) in states {
            match who {
                0 => chain.observe_elsewhere(content.as_bytes()).unwrap(),
                key => chain.observe_agent(last.as_bytes(), content.as_bytes(), key).unwrap(),
            }
            prop_assert_eq!(chain.labels().len(), crate::git::diff::count_lines(content.as_bytes()));
            prop_assert_eq!(chain.settle(content.as_bytes()).unwrap(), chain.labels());
            last = content;
        }
        let labels = chain.settle(committed.as_bytes()).unwrap();
        prop_assert_eq!(labels.len(), crate::git::diff::count_lines(committed.as_bytes()));
        let json = serde_json::to_string(&chain).unwrap();
        prop_assert_eq!(serde_json::from_str::<Chain<u8>>(&json).unwrap(), chain);
    }

    #[test]
    fn no_line_is_an_agents_where_no_agent_was(states in prop::collection::vec(content(), 1..8)) {
        let mut chain = Chain::<u8>::start(b"");
        for content in states {
            chain.observe_elsewhere(content.as_bytes()).unwrap();
            prop_assert!(chain.labels().iter().all(|label| label.key().is_none()));
        }
    }
}
