//! `Made`: what a commit was made of, and how that is known.

use crate::git::LineSource;
use crate::object_id::ObjectId;

/// What a commit was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    /// This commit makes the very same change.
    SameChange(ObjectId),
    /// The merge of these commits, newest first, which Git makes by itself.
    Merge(Vec<ObjectId>),
    /// What the caller says: these commits, newest first.
    Named(Vec<ObjectId>),
}

impl Made {
    pub(super) fn commits(&self) -> &[ObjectId] {
        match self {
            Self::SameChange(commit_id) => std::slice::from_ref(commit_id),
            Self::Merge(commits) | Self::Named(commits) => commits,
        }
    }

    pub(super) fn sources(&self) -> Vec<LineSource> {
        let commits = self.commits().iter().copied();
        commits.map(LineSource::AddedBy).collect()
    }
}
