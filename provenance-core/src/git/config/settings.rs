//! `Settings`: our own keys of Git's configuration, each name beside its default.
//!
//! Takes a [`Config`], gives values that can be used as they are. A value that makes no sense is
//! an error that names the key, the value and what is expected: it is never silently replaced by
//! the default.

use super::{Config, bad_setting};
use crate::git::GitError;

/// One key, as `doctor`, the documentation and completions list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The full name.
    pub key: &'static str,
    /// The value where none is set, as it would be typed; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const SIGNING_KEY: Setting = Setting {
    key: "provenance.signingKey",
    default: "",
    meaning: "the private key that signs records: a path; without it the key that `init` made",
};
const NOTES_REF: Setting = Setting {
    key: "provenance.notesRef",
    default: "refs/notes/provenance",
    meaning: "where records are kept",
};
const TRAILER: Setting = Setting {
    key: "provenance.trailer",
    default: "pin+assisted",
    meaning: "what is added to a commit message: pin+assisted, pin, assisted, all, none",
};
const RECORD_HUMAN: Setting = Setting {
    key: "provenance.recordHuman",
    default: "true",
    meaning: "whether commits without AI lines get a record",
};
const FAIL_CLOSED: Setting = Setting {
    key: "provenance.failClosed",
    default: "false",
    meaning: "whether a commit that cannot be recorded is refused",
};
const REDACT: Setting = Setting {
    key: "provenance.redact",
    default: "",
    meaning: "what a record leaves out; may be given several times",
};
const AUTO_SYNC: Setting = Setting {
    key: "provenance.autoSync",
    default: "true",
    meaning: "whether `git push` sends the records before the branch",
};
const AUTO_SYNC_TIMEOUT: Setting = Setting {
    key: "provenance.autoSyncTimeout",
    default: "5",
    meaning: "for how many seconds, at most, `git push` waits for that",
};

const KEEP_PROMPTS: Setting = Setting {
    key: "provenance.keepPrompts",
    default: "false",
    meaning: "whether the text of prompts is kept, in the Git directory, for their openings",
};
const RECORD_RATIONALE: Setting = Setting {
    key: "provenance.recordRationale",
    default: "false",
    meaning: "whether records say why, where the agent does",
};
const DETECT_RULES: Setting = Setting {
    key: "provenance.detectRules",
    default: "",
    meaning: "further rules for --infer and import: an absolute path, ~/…, or a file in the Git directory",
};
const HISTORY_INDEX: Setting = Setting {
    key: "provenance.historyIndex",
    default: "true",
    meaning: "whether `stats` and `blame` keep where lines come from and what commits say, and use it",
};

/// Every key, in the order of the documentation.
pub const SETTINGS: [Setting; 12] = [
    SIGNING_KEY,
    NOTES_REF,
    TRAILER,
    RECORD_HUMAN,
    FAIL_CLOSED,
    REDACT,
    AUTO_SYNC,
    AUTO_SYNC_TIMEOUT,
    KEEP_PROMPTS,
    RECORD_RATIONALE,
    DETECT_RULES,
    HISTORY_INDEX,
];

/// The values of our keys here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `provenance.signingKey`, as it was typed.
    pub signing_key: Option<String>,
    /// `provenance.notesRef`.
    pub notes_ref: NotesRef,
    /// `provenance.trailer`.
    pub trailer: TrailerPolicy,
    /// `provenance.recordHuman`.
    pub record_human: bool,
    /// `provenance.failClosed`.
    pub fail_closed: bool,
    /// `provenance.redact`, every value.
    pub redact: Vec<String>,
    /// `provenance.autoSync`.
    pub auto_sync: bool,
    /// `provenance.autoSyncTimeout`, in seconds.
    pub auto_sync_timeout: u64,
    /// `provenance.keepPrompts`.
    pub keep_prompts: bool,
    /// `provenance.recordRationale`.
    pub record_rationale: bool,
    /// `provenance.detectRules`, as it was typed.
    pub detect_rules: Option<String>,
    /// `provenance.historyIndex`.
    pub history_index: bool,
}

/// Which trailers a commit message gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailerPolicy {
    /// Both, where the commit has AI lines.
    PinAndAssisted,
    /// `Provenance:` alone.
    Pin,
    /// `Assisted-by:` alone.
    Assisted,
    /// Both, and the pin on commits without AI lines too.
    All,
    /// None.
    None,
}

impl Config {
    /// Returns the values of our keys.
    ///
    /// # Errors
    ///
    /// [`GitError::Setting`], [`GitError::NotesRef`].
    pub fn settings(&self) -> Result<Settings, GitError> {
        Ok(Settings {
            signing_key: self.text(SIGNING_KEY).map(str::to_owned),
            notes_ref: NotesRef::new(self.text(NOTES_REF).unwrap_or_default())?,
            trailer: self.trailer_policy()?,
            record_human: self.truth(RECORD_HUMAN)?,
            fail_closed: self.truth(FAIL_CLOSED)?,
            redact: self
                .strings(REDACT.key)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            auto_sync: self.truth(AUTO_SYNC)?,
            auto_sync_timeout: self.seconds(AUTO_SYNC_TIMEOUT)?,
            keep_prompts: self.truth(KEEP_PROMPTS)?,
            record_rationale: self.truth(RECORD_RATIONALE)?,
            detect_rules: self.text(DETECT_RULES).map(str::to_owned),
            history_index: self.truth(HISTORY_INDEX)?,
        })
    }

    fn text(&self, setting: Setting) -> Option<&str> {
        let default = (!setting.default.is_empty()).then_some(setting.default);
        self.string(setting.key).or(default)
    }

    fn truth(&self, setting: Setting) -> Result<bool, GitError> {
        let set = self.boolean(setting.key)?;
        Ok(set.unwrap_or(setting.default == "true"))
    }

    fn seconds(&self, setting: Setting) -> Result<u64, GitError> {
        let default = setting.default.parse().unwrap_or(0);
        let set = self.integer(setting.key)?.unwrap_or(default);
        let in_a_day = u64::try_from(set).ok().filter(|s| (1..=86_400).contains(s));
        in_a_day.ok_or_else(|| bad_setting(setting.key, &set.to_string(), "1 to 86400 seconds"))
    }

    fn trailer_policy(&self) -> Result<TrailerPolicy, GitError> {
        let value = self.text(TRAILER).unwrap_or_default();
        match value.to_ascii_lowercase().as_str() {
            "pin+assisted" => Ok(TrailerPolicy::PinAndAssisted),
            "pin" => Ok(TrailerPolicy::Pin),
            "assisted" => Ok(TrailerPolicy::Assisted),
            "all" => Ok(TrailerPolicy::All),
            "none" => Ok(TrailerPolicy::None),
            _ => Err(bad_setting(
                TRAILER.key,
                value,
                "pin+assisted, pin, assisted, all or none",
            )),
        }
    }
}

/// The full name of a notes reference that we agree to read and write.
///
/// Stricter than Git (attack G31): `refs/notes/`, then a letter or digit, then letters, digits,
/// `.`, `_`, `/` and `-`. So it is never a branch, an option, or two names that look alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotesRef(String);

impl NotesRef {
    /// Accepts the full name of a notes reference.
    ///
    /// # Errors
    ///
    /// [`GitError::NotesRef`].
    pub fn new(name: &str) -> Result<Self, GitError> {
        let plain = name.strip_prefix("refs/notes/").is_some_and(|rest| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._/-".contains(&b);
            rest.bytes().all(allowed)
                && rest
                    .bytes()
                    .next()
                    .is_some_and(|b| b.is_ascii_alphanumeric())
        });
        if plain && git2::Reference::is_valid_name(name) {
            Ok(Self(name.to_owned()))
        } else {
            Err(GitError::NotesRef {
                name: crate::text::escaped(name).into_owned(),
            })
        }
    }

    /// Returns the full name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for NotesRef {
    fn default() -> Self {
        Self(NOTES_REF.default.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(key: &str, value: &str) -> Result<Settings, GitError> {
        let entries = vec![(key.to_ascii_lowercase(), Some(value.to_owned()))];
        Config { entries }.settings()
    }

    #[test]
    fn the_defaults_are_the_ones_of_the_table() {
        let settings = Config::default().settings().unwrap();
        assert_eq!(settings.notes_ref, NotesRef::default());
        assert_eq!(settings.trailer, TrailerPolicy::PinAndAssisted);
        assert!(settings.record_human && settings.auto_sync && !settings.fail_closed);
        assert_eq!(settings.signing_key, None);
        assert_eq!(settings.auto_sync_timeout, 5);
    }

    #[test]
    fn a_value_that_makes_no_sense_is_an_error_that_says_what_would() {
        let error = settings("provenance.trailer", "both")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("provenance.trailer") && error.contains("pin+assisted"),
            "{error}"
        );
        assert!(settings("provenance.failClosed", "perhaps").is_err());
        for bad in ["0", "-1", "1g", "soon"] {
            assert!(
                settings("provenance.autoSyncTimeout", bad).is_err(),
                "{bad}"
            );
        }
        assert_eq!(
            settings("provenance.trailer", "None").unwrap().trailer,
            TrailerPolicy::None
        );
    }

    #[test]
    fn attack_g31_a_notes_ref_is_never_a_branch_or_an_option() {
        for bad in [
            "",
            "provenance",
            "refs/heads/main",
            "refs/notes/",
            "refs/notes/--upload-pack=x",
            "refs/notes/-x",
            "refs/notes/../heads/main",
            "refs/notes/a..b",
            "refs/notes/a.lock",
            "refs/notes//a",
            "refs/notes/a/",
            "refs/notes/a\n",
            "refs/notes/a b",
            "refs/notes/\u{202e}a",
            "refs/notes/pr\u{43e}venance",
            "refs/notes/a\0",
            "--upload-pack=touch x",
        ] {
            let error = settings("provenance.notesRef", bad);
            assert!(matches!(error, Err(GitError::NotesRef { .. })), "{bad:?}");
        }
        for good in ["refs/notes/provenance", "refs/notes/team/a-b_c.d"] {
            assert_eq!(NotesRef::new(good).unwrap().as_str(), good);
        }
    }
}
