//! `--infer`: what messages and author lines let one conclude, on the fly and stored nowhere.
//!
//! Off unless asked for, and only where no verdict is given: what is inferred is no evidence.
//! Further rules come from the file that `provenance.detectRules` names, which is Git's
//! configuration of this machine: never something that a branch brings along.

use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use provenance_core::infer::{Confidence, Finding, InferError, Inference, InferredKind};
use provenance_core::infer::{MAX_RULES_BYTES, Rules};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::output::safe;

/// The option of commands that may infer.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct InferArgs {
    /// Show what messages let one conclude where no record is believed, apart and never as evidence
    #[arg(long)]
    infer: bool,
}

impl InferArgs {
    /// Returns the rules, where it was asked to infer.
    ///
    /// # Errors
    ///
    /// As for [`rules`].
    pub(crate) fn rules(self, context: &Context) -> Result<Option<Rules>, CliError> {
        self.infer.then(|| rules(context)).transpose()
    }
}

/// Returns the rules that come with the program, and before them those of the user.
///
/// # Errors
///
/// [`CliError`] where the file that `provenance.detectRules` names cannot be read or is none.
pub(crate) fn rules(context: &Context) -> Result<Rules, CliError> {
    let ours = Rules::built_in()?;
    let settings = context.repo()?.config()?.settings()?;
    let Some(value) = settings.detect_rules.filter(|value| !value.is_empty()) else {
        return Ok(ours);
    };
    let path = located(context, &value)?;
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(MAX_RULES_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| InferError::Unreadable { path, source })?;
    if bytes.len() as u64 > MAX_RULES_BYTES {
        return Err(InferError::TooLarge { name }.into());
    }
    Ok(ours.extended(&bytes, &name)?)
}

/// The file that a value of `provenance.detectRules` names.
fn located(context: &Context, value: &str) -> Result<PathBuf, CliError> {
    let typed = Path::new(value);
    if let (Ok(rest), Some(home)) = (typed.strip_prefix("~"), context.environment().home()) {
        return Ok(home.join(rest));
    }
    if typed.is_absolute() {
        return Ok(typed.to_owned());
    }
    // Not from where the command stands: a branch must not bring rules along.
    let is_within = |part: Component<'_>| matches!(part, Component::Normal(_));
    if typed.components().all(is_within) {
        return Ok(context.repo()?.common_dir().join(typed));
    }
    Err(
        CliError::said(format!("provenance.detectRules is `{value}`"))
            .hint("name a file in the Git directory, or write an absolute path, or ~/…"),
    )
}

/// What was inferred of a commit, as JSON documents show it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    kind: InferredKind,
    rule: String,
    confidence: Confidence,
    tool: Option<String>,
    model: Option<String>,
    evidence: String,
}

impl Shown {
    /// Takes what speaks most for an inference.
    pub(crate) fn of(inference: &Inference) -> Option<Self> {
        let Finding {
            rule,
            confidence,
            tool,
            model,
            evidence,
            ..
        } = inference.leading()?.clone();
        Some(Self {
            kind: inference.kind,
            rule,
            confidence,
            tool,
            model: model.map(|model| safe(&model.id).into_owned()),
            evidence,
        })
    }

    /// Names and values, in the words of the JSON.
    pub(crate) fn rows(self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("kind", Some(self.kind.to_string())),
            ("rule", Some(self.rule)),
            ("confidence", Some(self.confidence.to_string())),
            ("tool", self.tool),
            ("model", self.model),
            ("evidence", Some(self.evidence)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// The word for a kind that cannot be taken for one that a record says.
pub(crate) const fn word(kind: InferredKind) -> &'static str {
    match kind {
        InferredKind::Ai => "ai?",
        InferredKind::Mixed => "mixed?",
        InferredKind::Automation => "bot?",
    }
}

/// Who it seems to be, in few characters: `ai? cursor`.
pub(crate) fn mark(inference: &Inference) -> String {
    let word = word(inference.kind);
    let tool = inference
        .leading()
        .and_then(|finding| finding.tool.as_deref());
    format!("{word} {}", tool.unwrap_or("unnamed"))
}
