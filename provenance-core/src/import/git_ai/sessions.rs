//! `Sessions`: what other notes say of keys that a note does not explain.
//!
//! A key is the first digits of the SHA-256 of the tool, a colon and the session's id; or it is
//! that id. So another note's word for it can be checked. The model is not in the digest: it is
//! taken where all notes that name one agree.
//!
//! # What is not checked
//!
//! Whether the other note tells the truth about anything that the key does not cover.

use std::collections::{BTreeMap, BTreeSet};

use super::note::{Agent, Holder, Note};
use crate::digest::Digest;
use crate::import::names;

/// The fewest digits that prove anything; the first versions had seven.
const MIN_DIGITS: usize = 7;

/// The keys that are asked for, and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    asked: BTreeMap<String, Option<Agent>>,
    models: BTreeMap<String, BTreeSet<String>>,
}

impl Sessions {
    /// Asks for the keys that notes use and do not explain.
    pub(super) fn unknown_in<'n>(notes: impl Iterator<Item = &'n Note>) -> Self {
        let mut sessions = Self::default();
        for note in notes {
            for claim in &note.claims {
                if let Holder::Ai(key) = &claim.holder
                    && note.agent(key).is_none()
                {
                    sessions.asked.insert(key.clone(), None);
                }
            }
        }
        sessions
    }

    /// Answers whether there is anything to ask.
    pub(super) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Answers whether this key is asked for.
    pub(super) fn asks(&self, key: &str) -> bool {
        self.asked.contains_key(key)
    }

    /// Takes what a note explains.
    pub(super) fn learn(&mut self, agents: &BTreeMap<String, Agent>) {
        for (key, agent) in agents {
            let Some(known) = self.asked.get_mut(key).filter(|_| proves(key, agent)) else {
                continue;
            };
            if let Ok(Some(model)) = names::model(&agent.model) {
                self.models
                    .entry(key.clone())
                    .or_default()
                    .insert(model.raw);
            }
            let models = self.models.get(key);
            let only = models.filter(|models| models.len() == 1);
            *known = Some(Agent {
                tool: agent.tool.clone(),
                id: agent.id.clone(),
                model: only
                    .and_then(|models| models.first().cloned())
                    .unwrap_or_default(),
                human: None,
            });
        }
    }

    /// What is known of a key.
    pub(super) fn agent(&self, key: &str) -> Option<&Agent> {
        self.asked.get(key)?.as_ref()
    }
}

/// Answers whether a key stands for this session, and for no other.
fn proves(key: &str, agent: &Agent) -> bool {
    let digits = key.strip_prefix("s_").unwrap_or(key);
    let digest = Digest::of(format!("{}:{}", agent.tool, agent.id).as_bytes()).to_hex();
    key == agent.id || (digits.len() >= MIN_DIGITS && digest.starts_with(digits))
}
