//! What a file held before, so that lines that come back are known.
//!
//! Keeps two things, both bounded, the oldest dropped first: the labels of earlier states, under the
//! digest of their content; and the lines that went, block by block, with their labels.
//!
//! A line that comes back is recognized by its text, white space left out, within a run of lines of
//! which one at least has substance: three letters or digits. A lone `}` says nothing about who wrote it.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::text::{Text, common_runs};
use super::{Label, LinesError};
use crate::digest::Digest;
use crate::git::diff::{self, Setting};

/// The most earlier states whose labels are kept.
const MAX_STATES: usize = 64;
/// The most runs of labels that are kept of all of them.
const MAX_RUNS: usize = 1 << 16;
/// The most lines that are kept of those that went.
const MAX_BURIED_LINES: usize = 20_000;
/// The most bytes that they may have: 2 MiB.
const MAX_BURIED_BYTES: usize = 2 << 20;
/// So many letters and digits make a line one of substance.
const SUBSTANCE: usize = 3;

/// What a file held before. The newest stands first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory<K> {
    states: VecDeque<Past<K>>,
    buried: VecDeque<Block<K>>,
}

/// The labels of an earlier state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Past<K> {
    content: Digest,
    labels: Vec<(Label<K>, usize)>,
}

/// Lines that stood below each other, and went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Block<K> {
    lines: Text,
    labels: Vec<(Label<K>, usize)>,
}

impl<K> Default for Memory<K> {
    fn default() -> Self {
        Self {
            states: VecDeque::new(),
            buried: VecDeque::new(),
        }
    }
}

impl<K: Copy + Eq> Memory<K> {
    /// Returns the labels of an earlier state with this content.
    pub(super) fn state(&self, content: &Text) -> Option<Vec<Label<K>>> {
        if self.states.is_empty() {
            return None;
        }
        let digest = Digest::of(content.bytes());
        let past = self.states.iter().find(|past| past.content == digest)?;
        unrolled(&past.labels, content.len())
    }

    /// Keeps the labels of a state that is about to pass.
    pub(super) fn keep_state(&mut self, content: &Text, labels: &[Label<K>]) {
        let digest = Digest::of(content.bytes());
        self.states.retain(|past| past.content != digest);
        self.states.push_front(Past {
            content: digest,
            labels: runs(labels),
        });
        let mut kept = 0;
        let fits = self.states.iter().take_while(|past| {
            kept += past.labels.len();
            kept <= MAX_RUNS
        });
        let fits = fits.count().min(MAX_STATES);
        self.states.truncate(fits);
    }

    /// Keeps lines that went.
    pub(super) fn bury(&mut self, content: &Text, labels: &[Label<K>], lines: Range<usize>) {
        if !lines.clone().any(|line| has_substance(content.line(line))) {
            return;
        }
        let block = Block {
            lines: Text::of(content.lines(lines.clone())),
            labels: runs(labels.get(lines).unwrap_or_default()),
        };
        self.buried.retain(|old| old.lines != block.lines);
        self.buried.push_front(block);
        let (mut lines, mut bytes) = (0, 0);
        let fits = self.buried.iter().take_while(|block| {
            lines += block.lines.len();
            bytes += block.lines.bytes().len();
            lines <= MAX_BURIED_LINES && bytes <= MAX_BURIED_BYTES
        });
        let fits = fits.count();
        self.buried.truncate(fits);
    }

    /// Finds which of the new lines `wanted` (one place for each, `None` where unknown) stood
    /// before, and fills in their labels; the newest block that knows a line wins.
    pub(super) fn recall(
        &self,
        content: &Text,
        new: Range<usize>,
        wanted: &mut [Option<Label<K>>],
    ) -> Result<(), LinesError> {
        let sought: HashSet<u64> = new
            .clone()
            .map(|line| content.line(line))
            .filter(|line| has_substance(line))
            .map(sum)
            .collect();
        let plain = content.plain(new.clone());
        for block in &self.buried {
            if wanted.iter().all(Option::is_some) {
                break;
            }
            if !(0..block.lines.len()).any(|line| sought.contains(&sum(block.lines.line(line)))) {
                continue;
            }
            let Some(labels) = unrolled(&block.labels, block.lines.len()) else {
                continue;
            };
            let hunks = diff::hunks(
                &block.lines.plain(0..block.lines.len()),
                &plain,
                Setting::Plain,
            )?;
            for (old, at, length) in common_runs(&hunks, block.lines.len()) {
                if !(old..old + length).any(|line| has_substance(block.lines.line(line))) {
                    continue;
                }
                let places = wanted.iter_mut().skip(at).take(length);
                for (place, label) in places.zip(labels.iter().skip(old)) {
                    place.get_or_insert(*label);
                }
            }
        }
        Ok(())
    }
}

/// Stands for what a line says, white space left out (FNV-1a, 64 bits).
fn sum(line: &[u8]) -> u64 {
    let bytes = line.iter().filter(|byte| !byte.is_ascii_whitespace());
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Answers whether a line says enough to be known again.
pub(super) fn has_substance(line: &[u8]) -> bool {
    let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    line.iter().filter(letters).take(SUBSTANCE).count() == SUBSTANCE
}

/// Writes labels as runs of equal ones.
pub(super) fn runs<K: Copy + Eq>(labels: &[Label<K>]) -> Vec<(Label<K>, usize)> {
    labels
        .chunk_by(|one, next| one == next)
        .filter_map(|run| Some((*run.first()?, run.len())))
        .collect()
}

/// Reads runs; `None` where they are not `length` labels.
pub(super) fn unrolled<K: Copy>(
    runs: &[(Label<K>, usize)],
    length: usize,
) -> Option<Vec<Label<K>>> {
    let mut labels = Vec::with_capacity(length);
    for (label, run) in runs {
        if *run > length - labels.len() {
            return None;
        }
        labels.extend(std::iter::repeat_n(*label, *run));
    }
    (labels.len() == length).then_some(labels)
}
