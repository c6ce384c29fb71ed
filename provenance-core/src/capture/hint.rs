//! `AgentHint`: what the environment of `git commit` says about who runs it.
//!
//! An agent's shell hands variables to Git, and Git to its hooks. Takes a look-up function (core
//! reads no environment), gives the harness and, where it is told, the session.
//!
//! # What is not checked
//!
//! Whether it is true. Variables are inherited: an editor that was started from an agent's shell
//! has them too, and so have the commits that a person makes in it.

/// Which agent the environment belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentHint {
    /// The harness, by the name that records use; `None` for a person's environment.
    pub tool: Option<String>,
    /// The session's id.
    pub session: Option<String>,
}

/// Variables that hold a session's id, and whose.
const SESSIONS: [(&str, &str); 3] = [
    ("CLAUDE_CODE_SESSION_ID", "claude-code"),
    ("CODEX_THREAD_ID", "codex"),
    ("GEMINI_SESSION_ID", "gemini"),
];

/// Variables that say that an agent's shell runs, and whose.
const SHELLS: [(&str, &str); 4] = [
    ("CLAUDECODE", "claude-code"),
    ("CURSOR_AGENT", "cursor"),
    ("COPILOT_AGENT_PROMPT", "copilot-cli"),
    ("CODEX_INTERNAL_ORIGINATOR_OVERRIDE", "codex"),
];

/// The variable that any harness may set: `<tool>:<session>`.
const ANY: &str = "GIT_PROVENANCE_SESSION";

impl AgentHint {
    /// Reads the hint from variables.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty() && value != "0");
        if let Some(value) = set(ANY) {
            let (tool, session) = value.split_once(':').unwrap_or((&value, ""));
            return Self {
                tool: Some(tool.to_owned()),
                session: Some(session.to_owned()).filter(|session| !session.is_empty()),
            };
        }
        let session = SESSIONS
            .iter()
            .find_map(|(name, tool)| Some((*tool, set(name)?)));
        if let Some((tool, session)) = session {
            return Self {
                tool: Some(tool.to_owned()),
                session: Some(session),
            };
        }
        let shell = SHELLS.iter().find(|(name, _)| set(name).is_some());
        Self {
            tool: shell.map(|(_, tool)| (*tool).to_owned()),
            session: None,
        }
    }

    /// Answers whether the environment is an agent's.
    #[must_use]
    pub fn is_agent(&self) -> bool {
        self.tool.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_harness_and_where_it_can_the_session() {
        type Case<'c> = (&'c [(&'c str, &'c str)], Option<&'c str>, Option<&'c str>);
        let cases: [Case<'_>; 7] = [
            (&[], None, None),
            (&[("CLAUDECODE", "1")], Some("claude-code"), None),
            (&[("CLAUDECODE", "0"), ("CURSOR_AGENT", "")], None, None),
            (
                &[("CLAUDECODE", "1"), ("CLAUDE_CODE_SESSION_ID", "cb94")],
                Some("claude-code"),
                Some("cb94"),
            ),
            (&[("CODEX_THREAD_ID", "019c")], Some("codex"), Some("019c")),
            (&[("CURSOR_AGENT", "1")], Some("cursor"), None),
            (
                &[("GIT_PROVENANCE_SESSION", "opencode:s:1")],
                Some("opencode"),
                Some("s:1"),
            ),
        ];
        for (variables, tool, session) in cases {
            let hint = AgentHint::of(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(
                (hint.tool.as_deref(), hint.session.as_deref()),
                (tool, session)
            );
        }
    }
}
