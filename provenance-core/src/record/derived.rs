//! `Derivation`: the record that this one stands on, and how the two commits are related.

use serde::{Deserialize, Serialize};

use super::RecordId;
use crate::object_id::ObjectId;

/// One record that this record was carried over from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Derivation {
    /// The commit that the older record is about.
    pub commit: ObjectId,
    /// The older record, an original and never a carry.
    pub record: RecordId,
    /// How the older commit became this one.
    pub relation: Relation,
}

/// How an older commit became this one, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Relation {
    /// Equal trees; a reader recomputes it.
    IdenticalTree,
    /// Equal change over the first parent; a reader recomputes it.
    IdenticalPatch,
    /// Every carried line stands byte for byte among the lines that the new commit adds.
    Subset,
    /// The commit was amended; the signer's word.
    Amend,
    /// Anything else; the signer's word.
    Asserted,
}
