//! `Entry`: what the catalog has of one commit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attribute::commit::Moment;
use crate::infer::{Confidence, Finding, Inference, InferredKind};
use crate::object_id::ObjectId;
use crate::record::Model;

/// What a commit object says, and what that lets one conclude.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) parent_ids: Vec<ObjectId>,
    pub(super) author: Author,
    pub(super) author_moment: Moment,
    pub(super) commit_moment: Moment,
    pub(super) title: String,
    /// Whether its message pins a record: then it is read and judged each time.
    pub(super) is_pinned: bool,
    pub(super) inferred: Inferred,
}

/// A person, as the facts of commits name them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Author {
    pub(super) name: String,
    /// `Name <address>`
    pub(super) identity: String,
}

/// What a message lets one conclude.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inferred {
    /// Nobody asked.
    NotAsked,
    /// Nothing, or this.
    Asked(Option<Arc<Inference>>),
}

/// An inference, in a form that needs no names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct StoredInference {
    kind: InferredKind,
    findings: Vec<StoredFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct StoredFinding {
    rule: String,
    confidence: Confidence,
    tool: Option<String>,
    model: Option<(String, String)>,
    session: Option<String>,
    evidence: String,
}

impl From<&Inference> for StoredInference {
    fn from(inference: &Inference) -> Self {
        let findings = inference.findings.iter().map(|finding| StoredFinding {
            rule: finding.rule.clone(),
            confidence: finding.confidence,
            tool: finding.tool.clone(),
            model: finding
                .model
                .as_ref()
                .map(|model| (model.id.clone(), model.raw.clone())),
            session: finding.session.clone(),
            evidence: finding.evidence.clone(),
        });
        Self {
            kind: inference.kind,
            findings: findings.collect(),
        }
    }
}

impl From<&StoredInference> for Inference {
    fn from(stored: &StoredInference) -> Self {
        let findings = stored.findings.iter().map(|finding| Finding {
            rule: finding.rule.clone(),
            confidence: finding.confidence,
            tool: finding.tool.clone(),
            model: finding.model.as_ref().map(|(id, raw)| Model {
                id: id.clone(),
                raw: raw.clone(),
            }),
            session: finding.session.clone(),
            evidence: finding.evidence.clone(),
        });
        Self {
            kind: stored.kind,
            findings: findings.collect(),
        }
    }
}
