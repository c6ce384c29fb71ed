//! The rules that a record's values must keep, beyond their JSON types.
//!
//! # What is not checked
//!
//! Anything that needs the repository: whether the tree is the commit's, whether the lines exist.

use super::authoring::Authoring;
use super::claim::{ClaimPath, Extent, FileClaim};
use super::contribution::Contribution;
use crate::text;

/// The most names of tools, or of covered parts, that a contribution counts apart.
const MAX_NAMES: usize = 64;

/// The first rule that a record breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {rule}")]
pub struct Fault {
    /// The field, by its JSON name.
    pub field: &'static str,
    /// What must hold.
    pub rule: &'static str,
}

fn require(holds: bool, field: &'static str, rule: &'static str) -> Result<(), Fault> {
    if holds {
        Ok(())
    } else {
        Err(Fault { field, rule })
    }
}

fn id(field: &'static str, value: &str) -> Result<(), Fault> {
    require(
        text::is_id(value),
        field,
        "must match [A-Za-z0-9._@:+/-]{1,128}",
    )
}

fn plain(field: &'static str, value: &str) -> Result<(), Fault> {
    require(
        text::is_plain(value),
        field,
        "must have at most 1 KiB, without control, bidirectional, zero-width or private-use \
         characters",
    )
}

impl Authoring {
    /// Checks every rule that needs nothing but the record.
    ///
    /// # Errors
    ///
    /// The first [`Fault`].
    pub fn check(&self) -> Result<(), Fault> {
        require(
            self.crit.is_empty(),
            "crit",
            "names a field that this version does not know",
        )?;
        for contribution in &self.contributions {
            check_contribution(contribution)?;
        }
        for unknown in &self.unknown {
            check_extent("unknown.lines", &unknown.lines)?;
        }
        if let Some(approver) = &self.approver {
            id("approver", approver)?;
        }
        for code in &self.capture {
            id("capture", code)?;
        }
        id("recorder.name", &self.recorder.name)?;
        id("recorder.version", &self.recorder.version)?;
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        require(
            matches!(self.nonce.len(), 32 | 34 | 36) && self.nonce.bytes().all(hex),
            "nonce",
            "must be 32, 34 or 36 lower-case hex digits",
        )
    }
}

fn check_contribution(contribution: &Contribution) -> Result<(), Fault> {
    id("tool.name", &contribution.tool.name)?;
    if let Some(version) = &contribution.tool.version {
        id("tool.version", version)?;
    }
    if let Some(model) = &contribution.model {
        id("model.id", &model.id)?;
        plain("model.raw", &model.raw)?;
    }
    if let Some(operator) = &contribution.operator {
        id("operator", operator)?;
    }
    id("session.id", &contribution.session.id)?;
    require(contribution.session.seq > 0, "session.seq", "counts from 1")?;
    require(
        contribution.tools.len() <= MAX_NAMES,
        "tools",
        "must have at most 64 names",
    )?;
    for name in contribution.tools.keys() {
        id("tools", name)?;
    }
    if let Some(context) = &contribution.prompt_context {
        require(
            context.covers.len() <= MAX_NAMES,
            "covers",
            "must have at most 64 names",
        )?;
        for name in &context.covers {
            id("covers", name)?;
        }
    }
    if let Some(task) = &contribution.task {
        plain("task", task)?;
    }
    if let Some(rationale) = &contribution.rationale {
        plain("rationale", rationale)?;
    }
    if let Some(inferred) = &contribution.inferred {
        id("inferred.rule", &inferred.rule)?;
        plain("inferred.evidence", &inferred.evidence)?;
    }
    contribution.files.iter().try_for_each(check_file)
}

fn check_file(file: &FileClaim) -> Result<(), Fault> {
    check_extent("files.ai", &file.ai)?;
    check_extent("files.mixed", &file.mixed)?;
    if matches!(file.path, ClaimPath::Directory(_)) {
        require(
            file.ai == Extent::All && file.tree.is_some(),
            "files.path",
            "names a directory: then `ai` must be `all` and `tree` must be there",
        )?;
    }
    Ok(())
}

fn check_extent(field: &'static str, extent: &Extent) -> Result<(), Fault> {
    let Extent::Lines(ranges) = extent else {
        return Ok(());
    };
    let mut previous_end = 0;
    for range in ranges {
        require(
            range.start_line > previous_end && range.end_line >= range.start_line,
            field,
            "must be sorted line ranges from 1, first before last, that do not overlap",
        )?;
        previous_end = range.end_line;
    }
    Ok(())
}
