//! Claude Code's settings, edited without touching the rest.

use crate::install::claude_code::{
    SettingsFault, missing_events, our_commands, switched_off_by, with, without,
};

const COMMAND: &str = "/usr/bin/provenance-hook agent claude-code";

const SETTINGS: &[&str] = &[
    "{}",
    "{}\n",
    "{\n  \"model\": \"opus\"\n}\n",
    "{\n\t\"permissions\": { \"allow\": [\"Bash(ls:*)\"] },\n\t\"hooks\": {}\n}",
    "// mine\n{\n  // why\n  \"hooks\": {\n    \"Stop\": [\n      { \"hooks\": [ { \"type\": \"command\", \"command\": \"say done\" } ] }, // keep\n    ],\n  },\n  \"z\": 1, /* last */\n}\n",
    "{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\",\"hooks\":[{\"type\":\"command\",\"command\":\"guard\"}]}]}}",
];

#[test]
fn every_event_reaches_us_and_every_comment_stays() {
    for settings in SETTINGS {
        let edited = with(Some(settings), COMMAND).unwrap();
        assert_eq!(
            missing_events(&edited, COMMAND).unwrap(),
            [""; 0],
            "{edited}"
        );
        assert_eq!(our_commands(&edited).unwrap(), [COMMAND]);
        for kept in [
            "// mine",
            "// why",
            "// keep",
            "/* last */",
            "say done",
            "guard",
            "\"z\": 1",
        ] {
            assert_eq!(settings.contains(kept), edited.contains(kept), "{edited}");
        }
    }
}

#[test]
fn adding_twice_adds_once() {
    for settings in SETTINGS {
        let once = with(Some(settings), COMMAND).unwrap();
        assert_eq!(with(Some(&once), COMMAND).unwrap(), once);
    }
    let fresh = with(None, COMMAND).unwrap();
    assert_eq!(with(Some(&fresh), COMMAND).unwrap(), fresh);
    assert!(serde_json::from_str::<serde_json::Value>(&fresh).is_ok());
}

#[test]
fn hooks_that_name_an_older_program_are_replaced() {
    let old = with(Some("{}"), "/old/git-provenance hook agent claude-code").unwrap();
    let new = with(Some(&old), COMMAND).unwrap();
    assert_eq!(our_commands(&new).unwrap(), [COMMAND]);
    assert_eq!(new, with(Some("{}"), COMMAND).unwrap());
}

#[test]
fn taking_ours_out_leaves_the_hooks_of_others() {
    for settings in SETTINGS {
        let back = without(&with(Some(settings), COMMAND).unwrap()).unwrap();
        assert!(our_commands(&back).unwrap().is_empty(), "{back}");
        for kept in ["say done", "guard", "// keep", "Bash(ls:*)"] {
            assert_eq!(settings.contains(kept), back.contains(kept), "{back}");
        }
    }
}

#[test]
fn what_is_no_settings_file_is_left_alone() {
    for bad in ["{", "{\"hooks\": ", "nonsense {"] {
        assert!(
            matches!(with(Some(bad), COMMAND), Err(SettingsFault::Syntax(_))),
            "{bad}"
        );
    }
    for bad in [
        "[]",
        "{\"hooks\": []}",
        "{\"hooks\": {\"Stop\": 1}}",
        "\"x\"",
    ] {
        assert!(
            matches!(with(Some(bad), COMMAND), Err(SettingsFault::Shape(_))),
            "{bad}"
        );
    }
}

#[test]
fn a_switch_is_seen() {
    for (settings, switch) in [
        ("{\"disableAllHooks\": true}", Some("disableAllHooks")),
        ("{\"disableAllHooks\": false}", None),
        (
            "{\"allowManagedHooksOnly\": true} // admin",
            Some("allowManagedHooksOnly"),
        ),
        ("{}", None),
    ] {
        assert_eq!(switched_off_by(settings).unwrap(), switch, "{settings}");
    }
}
