//! Files of rules: ours, and those of users.

use super::*;

#[test]
fn rules_of_users_come_first_replace_and_switch_off() {
    let ours = Rules::built_in().unwrap();
    let file = br#"{"schemaVersion":1,"disable":["copilot.vscode"],"rules":[
        {"id":"acme.bot","kind":"ai","tool":"acme","confidence":"high",
         "match":{"author":{"address":["bot@acme.example"]}}},
        {"id":"cursor.made-with","kind":"mixed","tool":"cursor","confidence":"low",
         "match":{"trailer":{"key":["Made-With"],"value":["cursor*"]}}}]}"#;
    let rules = ours.extended(file, "mine.json").unwrap();
    assert_eq!(rules.ids().next(), Some("acme.bot"));
    assert_eq!(
        rules.ids().filter(|id| *id == "cursor.made-with").count(),
        1
    );
    assert_eq!(rules.ids().count(), ours.ids().count());
    let told = |author: &str, message: &str| {
        let found = rules.infer(&commit(author, ALICE, message.as_bytes()));
        found.map(|found| (found.kind, found.findings[0].rule.clone()))
    };
    assert_eq!(
        told("x <Bot@acme.example>", "s"),
        Some((InferredKind::Ai, "acme.bot".to_owned()))
    );
    assert_eq!(
        told(ALICE, "s\n\nMade-with: Cursor 2\n"),
        Some((InferredKind::Mixed, "cursor.made-with".to_owned()))
    );
    assert_eq!(told(ALICE, &co("Copilot <copilot@github.com>")), None);
}

#[test]
fn a_file_that_holds_no_rules_says_what_is_wrong_with_which() {
    let ours = Rules::built_in().unwrap();
    let rule = |fields: &str| {
        format!(
            r#"{{"schemaVersion":1,"rules":[{{"id":"a","kind":"ai","confidence":"high","match":{fields}}}]}}"#
        )
    };
    for (file, words) in [
        (String::new(), "mine.json holds no rules"),
        ("[]".to_owned(), "mine.json holds no rules"),
        (r#"{"schemaVersion":2,"rules":[]}"#.to_owned(), "it knows 1"),
        (
            r#"{"schemaVersion":1,"disable":["nope"],"rules":[]}"#.to_owned(),
            "`nope` is no rule",
        ),
        (rule("{}"), "more than who committed"),
        (
            rule(r#"{"committer":{"name":["x"]}}"#),
            "more than who committed",
        ),
        (rule(r#"{"author":{}}"#), "names nobody"),
        (
            rule(r#"{"author":{"address":["*@acme.example"]}}"#),
            "must be whole",
        ),
        (rule(r#"{"line":["*"]}"#), "stands for any text"),
        (rule(r#"{"line":["a**"]}"#), "side by side"),
        (rule(r#"{"line":["{x}"]}"#), "braces"),
        (
            rule(r#"{"trailer":{"key":["a b"],"value":["c"]}}"#),
            "must be words",
        ),
        (rule(r#"{"trailer":{"key":["a"],"value":[]}}"#), "no values"),
        (rule(r#"{"regex":"x"}"#), "holds no rules"),
    ] {
        let error = ours.extended(file.as_bytes(), "mine.json").unwrap_err();
        assert!(error.to_string().contains(words), "{file}: {error}");
    }
}

#[test]
fn every_rule_of_ours_is_named_after_its_tool_and_stands_once() {
    let rules = Rules::built_in().unwrap();
    let mut ids: Vec<&str> = rules.ids().collect();
    assert!(ids.len() > 60);
    assert!(ids.iter().all(|id| id.contains('.')));
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
