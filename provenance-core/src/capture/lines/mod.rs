//! Whose each line of a file is, from the chain of its states.
//!
//! Takes the contents that a file was seen to have, each with the word who made it so: an agent
//! ([`Chain::observe_agent`], with the states before and after its edit) or anybody else
//! ([`Chain::observe_elsewhere`]). Gives a [`Label`] for each line of the content that was
//! committed ([`Chain::settle`]). `K` names a contribution; it is the caller's, small and copied.
//!
//! # The rules
//!
//! Between one state and the next, lines that both have keep their label; so do lines that only
//! changed in white space, and lines that a formatter split or joined (`format`). Of the others:
//!
//! - what is new in an agent's *after* is that agent's, whosever line it replaced;
//! - what is new elsewhere is human; but a line that stood earlier and comes back (undo, reset,
//!   stash, a split commit), or stood at another place of the file and moves, takes its old label
//!   again (`memory`), a line that was made of an agent's line is [`Label::Mixed`] (`similar`), and
//!   one that says the same as an agent's line that still stands is [`Label::Twin`] (`twin`);
//! - a state that is equal to an earlier one, whoever brought it back, has that one's labels.
//!
//! Line ends (LF, CR LF, none at the end of the file) never change a label.
//!
//! Invariant: there is one label for each line, as [`crate::git::diff::lines`] counts them.
//!
//! # What is not checked
//!
//! Who really typed. A person who retypes an agent's line in other words is human here; lines that
//! move between files, or that were never seen before they came (another branch), are human too,
//! and it is the caller's to know better where the source is known.

mod format;
mod memory;
mod similar;
mod step;
mod text;
mod twin;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::git::diff::DiffError;
use memory::Memory;
use step::{By, labels_after};
use text::Text;
pub(crate) use twin::is_distinct;

/// The most bytes of a content whose lines are labelled: 16 MiB.
pub const MAX_BYTES: usize = 16 << 20;
/// The most lines of a content that are labelled.
pub const MAX_LINES: usize = 1 << 20;
/// The most lines that one step takes away and brings, together.
pub const MAX_CHANGED_LINES: usize = 1 << 19;

/// Whose a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label<K> {
    /// It was there when the chain began.
    None,
    /// It came while no agent was seen to write.
    Human,
    /// An agent wrote it.
    Ai(K),
    /// An agent wrote it, and it was changed by hand; or a formatter joined it to a line that no
    /// agent wrote.
    Mixed(K),
    /// An agent wrote one like it, which still stands; who wrote this one is not known.
    Twin(K),
}

impl<K: Copy> Label<K> {
    /// Returns the contribution, where an agent has or may have part in the line.
    #[must_use]
    pub const fn key(self) -> Option<K> {
        match self {
            Self::Ai(key) | Self::Mixed(key) | Self::Twin(key) => Some(key),
            Self::None | Self::Human => None,
        }
    }
}

/// Why lines cannot be labelled: the caller's claim is for the file as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinesError {
    /// The content is over [`MAX_BYTES`] or [`MAX_LINES`], or [`MAX_CHANGED_LINES`] is not enough for
    /// what became of it.
    #[error(
        "a content of {bytes} bytes and {lines} lines is too large to label by lines: claim the \
         file as a whole"
    )]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// Its lines.
        lines: usize,
    },
    /// The line diff failed.
    #[error("lines cannot be compared: claim the file as a whole")]
    Diff(#[from] DiffError),
}

/// The states of one file, from first to last, as far as they matter for what comes next.
///
/// It can be kept as JSON. After an `Err` it is as it was, or knows the state before an edit and not
/// the one after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "K: Copy + Eq + Serialize",
    deserialize = "K: Copy + Eq + DeserializeOwned"
))]
#[serde(try_from = "Kept<K>", into = "Kept<K>")]
pub struct Chain<K: Copy + Eq> {
    content: Text,
    // Invariant: one for each line of `content`.
    labels: Vec<Label<K>>,
    memory: Memory<K>,
}

impl<K: Copy + Eq> Chain<K> {
    /// Begins a chain with what the file held before anybody was seen to write; nothing, for a
    /// file that was not there.
    #[must_use]
    pub fn start(content: &[u8]) -> Self {
        let content = Text::of(content);
        Self {
            labels: vec![Label::None; content.len()],
            content,
            memory: Memory::default(),
        }
    }

    /// Begins a chain with what the file held and whose its lines are, by what others know; 0-based.
    #[must_use]
    pub fn labelled(content: &[u8], label: impl Fn(usize) -> Label<K>) -> Self {
        let mut chain = Self::start(content);
        chain.labels = (0..chain.content.len()).map(label).collect();
        chain
    }

    /// Returns the labels of the last state, one for each line.
    #[must_use]
    pub fn labels(&self) -> &[Label<K>] {
        &self.labels
    }

    /// Takes in an agent's edit. What `before` has otherwise than the last state was done
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// [`LinesError`], when the contents are too large.
    pub fn observe_agent(&mut self, before: &[u8], after: &[u8], key: K) -> Result<(), LinesError> {
        self.observe_edit(before, after, Label::Ai(key))
    }

    /// Takes in an edit that a person changed before the agent applied it: its lines are mixed.
    ///
    /// # Errors
    ///
    /// [`LinesError`], when the contents are too large.
    pub fn observe_modified_agent(
        &mut self,
        before: &[u8],
        after: &[u8],
        key: K,
    ) -> Result<(), LinesError> {
        self.observe_edit(before, after, Label::Mixed(key))
    }

    /// Takes in a state that came while no agent was writing.
    ///
    /// # Errors
    ///
    /// [`LinesError`], when the content is too large.
    pub fn observe_elsewhere(&mut self, content: &[u8]) -> Result<(), LinesError> {
        self.advance(content, By::Elsewhere)
    }

    /// Returns a label for each line of `content`, the blob of a commit. What it has otherwise than
    /// the last state (another part was staged, the worktree went on) is looked up in the states
    /// before, and is human where none had it. The chain goes on unchanged.
    ///
    /// # Errors
    ///
    /// [`LinesError`], when the content is too large.
    pub fn settle(&self, content: &[u8]) -> Result<Vec<Label<K>>, LinesError> {
        let content = admitted(content)?;
        if content == self.content {
            return Ok(self.labels.clone());
        }
        let after = labels_after(
            &self.content,
            &self.labels,
            &content,
            By::Elsewhere,
            &self.memory,
        )?;
        Ok(after.labels)
    }

    fn observe_edit(
        &mut self,
        before: &[u8],
        after: &[u8],
        label: Label<K>,
    ) -> Result<(), LinesError> {
        admitted(after)?;
        self.advance(before, By::Elsewhere)?;
        self.advance(after, By::Agent(label))
    }

    fn advance(&mut self, content: &[u8], by: By<K>) -> Result<(), LinesError> {
        let content = admitted(content)?;
        if content == self.content {
            return Ok(());
        }
        let after = labels_after(&self.content, &self.labels, &content, by, &self.memory)?;
        self.memory.keep_state(&self.content, &self.labels);
        for lines in after.gone {
            self.memory.bury(&self.content, &self.labels, lines);
        }
        self.content = content;
        self.labels = after.labels;
        Ok(())
    }
}

fn admitted(content: &[u8]) -> Result<Text, LinesError> {
    if content.len() > MAX_BYTES {
        return Err(too_large(content.len(), 0));
    }
    let text = Text::of(content);
    if text.len() > MAX_LINES {
        return Err(too_large(content.len(), text.len()));
    }
    Ok(text)
}

const fn too_large(bytes: usize, lines: usize) -> LinesError {
    LinesError::TooLarge { bytes, lines }
}

/// The form in which a chain is kept.
#[derive(Serialize, Deserialize)]
struct Kept<K> {
    content: Text,
    labels: Vec<(Label<K>, usize)>,
    memory: Memory<K>,
}

impl<K: Copy + Eq> From<Chain<K>> for Kept<K> {
    fn from(chain: Chain<K>) -> Self {
        Self {
            content: chain.content,
            labels: memory::runs(&chain.labels),
            memory: chain.memory,
        }
    }
}

impl<K: Copy + Eq> TryFrom<Kept<K>> for Chain<K> {
    type Error = &'static str;

    fn try_from(kept: Kept<K>) -> Result<Self, Self::Error> {
        let labels = memory::unrolled(&kept.labels, kept.content.len());
        Ok(Self {
            labels: labels.ok_or("a chain of states has one label for each line")?,
            content: kept.content,
            memory: kept.memory,
        })
    }
}

#[cfg(test)]
mod tests;
