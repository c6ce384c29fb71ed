//! Prompt context: what the model was given, committed to without being told.
//!
//! Takes the parts of a session in their order (prompts, files read, …); gives a commitment for the
//! record and an [`Opening`] that stays on this machine, with which an auditor can be shown what
//! was committed to.
//!
//! The bytes, where `H(a, b, …)` is SHA-256 over its arguments in order, each preceded by its
//! length as eight big-endian bytes ([`Digest::of_parts`]):
//!
//! ```text
//! part        = H("git-provenance:prompt-context-part:v1", part salt, kind, name, content)
//! commitment  = H("git-provenance:prompt-context:v1", salt, kind 1, part 1, kind 2, part 2, …)
//! ```
//!
//! Both salts have 32 bytes. `kind` and `name` are UTF-8; of a prompt the kind is `prompts`, the
//! name is empty and the content is its text in UTF-8. Of everything else the content is the
//! SHA-256 (32 bytes) of what was read, or empty where it is not known. `part` enters the
//! commitment as its 32 bytes.
//!
//! Invariants: a prompt's text is hashed as it arrives and not kept. The part salt is the session's,
//! the salt is the commitment's own; both are derived from a secret that never leaves the Git
//! directory, so whoever is shown one opening learns nothing about another commitment. The same
//! parts of the same session and sequence number give the same commitment: a commit that is tried
//! again leaves no second opening.
//!
//! # What is not checked
//!
//! That the parts are all that the model was given. System prompts, tool definitions and what a
//! harness adds by itself are not seen by a hook; `covers` names what was.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{CaptureError, local};
use crate::digest::Digest;
use crate::entropy::Entropy;
use crate::record::PromptContext;

const PART_TAG: &[u8] = b"git-provenance:prompt-context-part:v1";
const TAG: &[u8] = b"git-provenance:prompt-context:v1";
const PART_SALT_TAG: &[u8] = b"git-provenance:prompt-context-part-salt:v1";
const SALT_TAG: &[u8] = b"git-provenance:prompt-context-salt:v1";

/// The kind of a prompt.
pub(super) const PROMPTS: &str = "prompts";
/// The most parts that one commitment covers; later ones are left out.
pub(super) const MAX_PARTS: usize = 4096;
/// The most that is read of an opening.
const MAX_OPENING_BYTES: u64 = 64 << 20;

/// The clone's secret, from which salts are derived.
#[derive(Clone)]
pub(super) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads the secret of a repository, or makes it.
    pub(super) fn of(common_dir: &Path, entropy: &mut dyn Entropy) -> Result<Self, CaptureError> {
        let path = common_dir.join("provenance").join("secret");
        if let Some(secret) = Self::read(&path)? {
            return Ok(secret);
        }
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes)?;
        let made = local::write_new(&path, &bytes).map_err(|source| CaptureError::Write {
            path: path.clone(),
            source,
        })?;
        if made {
            return Ok(Self(bytes));
        }
        // Another process was first.
        Self::read(&path)?.ok_or(CaptureError::Secret { path })
    }

    /// Reads the secret of a repository; `None` where none was made yet.
    pub(super) fn known(common_dir: &Path) -> Result<Option<Self>, CaptureError> {
        Self::read(&common_dir.join("provenance").join("secret"))
    }

    fn read(path: &Path) -> Result<Option<Self>, CaptureError> {
        let bytes = local::read(path, 32).map_err(|source| CaptureError::Read {
            path: path.to_owned(),
            source,
        })?;
        match bytes {
            None => Ok(None),
            Some(bytes) => match bytes.try_into() {
                Ok(bytes) => Ok(Some(Self(bytes))),
                Err(_) => Err(CaptureError::Secret {
                    path: path.to_owned(),
                }),
            },
        }
    }

    /// Returns the salt with which the parts of a session are hashed.
    pub(super) fn part_salt(&self, session: &str) -> Digest {
        Digest::of_parts([PART_SALT_TAG, &self.0, session.as_bytes()])
    }

    fn salt(&self, session: &str, seq: u64, parts: &[Part]) -> Digest {
        let seq = seq.to_be_bytes();
        let head: [&[u8]; 4] = [SALT_TAG, &self.0, session.as_bytes(), &seq];
        let digests = parts.iter().map(|part| part.digest.as_bytes().as_slice());
        Digest::of_parts(head.into_iter().chain(digests))
    }
}

/// One thing that the model was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// What it is: `prompts`, `files-read`, …
    pub kind: String,
    /// Which one; empty for a prompt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The salted digest.
    pub digest: Digest,
    /// The digest of the content of what is not a prompt, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
    /// The text of a prompt, where `provenance.keepPrompts` asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Part {
    /// Makes the part of a prompt whose salted digest was taken before.
    pub(super) fn prompt(digest: Digest, text: Option<String>) -> Self {
        Self {
            kind: PROMPTS.to_owned(),
            name: String::new(),
            digest,
            content: None,
            text,
        }
    }

    /// Makes a part of something that is named and was read.
    pub(super) fn named(salt: Digest, kind: String, name: String, content: Option<Digest>) -> Self {
        let bytes = content.as_ref().map(|digest| digest.as_bytes().as_slice());
        Self {
            digest: part_digest(salt, &kind, &name, bytes.unwrap_or_default()),
            kind,
            name,
            content,
            text: None,
        }
    }
}

/// Returns the salted digest of a prompt.
#[must_use]
pub fn prompt_digest(part_salt: Digest, text: &str) -> Digest {
    part_digest(part_salt, PROMPTS, "", text.as_bytes())
}

fn part_digest(salt: Digest, kind: &str, name: &str, content: &[u8]) -> Digest {
    Digest::of_parts([
        PART_TAG,
        salt.as_bytes(),
        kind.as_bytes(),
        name.as_bytes(),
        content,
    ])
}

fn commitment(salt: Digest, parts: &[Part]) -> Digest {
    let head: [&[u8]; 2] = [TAG, salt.as_bytes()];
    let parts = parts
        .iter()
        .flat_map(|part| -> [&[u8]; 2] { [part.kind.as_bytes(), part.digest.as_bytes()] });
    Digest::of_parts(head.into_iter().chain(parts))
}

/// What opens a commitment: salts and parts. Private until an auditor asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// The commitment that it opens.
    pub commitment: Digest,
    /// The session.
    pub session: String,
    /// The 32 bytes in the commitment, written as a digest.
    pub salt: Digest,
    /// The 32 bytes in each part, written as a digest.
    pub part_salt: Digest,
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// What a check of an opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opened {
    /// The opening is that of the commitment, and what is revealed of its parts agrees.
    Matches,
    /// Salt and parts give another commitment.
    OtherCommitment,
    /// What is revealed of this part (0-based) has another digest.
    OtherPart(usize),
}

impl Opening {
    /// Commits to `parts`; `None` where there are none.
    pub(super) fn commit(
        secret: &Secret,
        session: &str,
        seq: u64,
        mut parts: Vec<Part>,
    ) -> Option<Self> {
        parts.truncate(MAX_PARTS);
        let salt = secret.salt(session, seq, &parts);
        (!parts.is_empty()).then(|| Self {
            commitment: commitment(salt, &parts),
            session: session.to_owned(),
            salt,
            part_salt: secret.part_salt(session),
            parts,
        })
    }

    /// Returns what a record says about it.
    #[must_use]
    pub fn prompt_context(&self) -> PromptContext {
        let mut covers: Vec<String> = Vec::new();
        for part in &self.parts {
            if !covers.contains(&part.kind) {
                covers.push(part.kind.clone());
            }
        }
        covers.sort();
        PromptContext {
            commitment: self.commitment,
            parts: self.parts.len() as u64,
            covers,
        }
    }

    /// Checks that this opens the commitment of a record, and that every content and text it
    /// reveals is what was committed to.
    #[must_use]
    pub fn check(&self, expected: Digest) -> Opened {
        if commitment(self.salt, &self.parts) != expected {
            return Opened::OtherCommitment;
        }
        let differs = |part: &Part| {
            let content = part
                .content
                .as_ref()
                .map(|digest| digest.as_bytes().as_slice());
            let revealed = match &part.text {
                Some(text) => text.as_bytes(),
                None if part.kind == PROMPTS => return false,
                None => content.unwrap_or_default(),
            };
            part_digest(self.part_salt, &part.kind, &part.name, revealed) != part.digest
        };
        match self.parts.iter().position(differs) {
            None => Opened::Matches,
            Some(number) => Opened::OtherPart(number),
        }
    }

    /// Checks that the prompt at `number` (0-based, among all parts) was exactly `text`.
    #[must_use]
    pub fn is_prompt(&self, number: usize, text: &str) -> bool {
        self.parts.get(number).is_some_and(|part| {
            part.kind == PROMPTS && part.digest == prompt_digest(self.part_salt, text)
        })
    }

    /// Keeps the opening in the repository's Git directory, for its owner only.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Write`] when it cannot be written.
    pub fn keep(&self, common_dir: &Path) -> Result<(), CaptureError> {
        let path = opening_path(common_dir, self.commitment);
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        let json = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        local::write(&path, &json).map_err(failed)
    }

    /// Finds the opening of a commitment; `None` where this clone has none.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Read`] when it cannot be read or is damaged.
    pub fn find(common_dir: &Path, commitment: Digest) -> Result<Option<Self>, CaptureError> {
        let path = opening_path(common_dir, commitment);
        let failed = |source| CaptureError::Read {
            path: path.clone(),
            source,
        };
        let bytes = local::read(&path, MAX_OPENING_BYTES).map_err(failed)?;
        bytes
            .map(|bytes| serde_json::from_slice(&bytes).map_err(|error| failed(error.into())))
            .transpose()
    }
}

fn opening_path(common_dir: &Path, commitment: Digest) -> PathBuf {
    common_dir
        .join("provenance")
        .join("openings")
        .join(format!("{}.json", commitment.to_hex()))
}

#[cfg(test)]
mod tests;
