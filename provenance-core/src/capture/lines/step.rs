//! One step of a chain: the labels of a state from those of the one before.

use std::collections::HashMap;
use std::ops::Range;

use super::format::{self, Group};
use super::memory::{Memory, has_substance};
use super::similar::Shape;
use super::text::{Text, common_runs};
use super::twin::{Twins, is_distinct};
use super::{Label, LinesError, MAX_CHANGED_LINES, too_large};
use crate::git::diff::{self, Hunk, Setting};

/// A new line is compared with the old lines of its hunk that are at most so far from its place.
const REACH: usize = 16;

/// Who made the step.
#[derive(Debug, Clone, Copy)]
pub(super) enum By<K> {
    /// An agent, whose new lines get this label.
    Agent(Label<K>),
    /// Nobody who was seen.
    Elsewhere,
}

/// What a step makes.
#[derive(Debug)]
pub(super) struct After<K> {
    /// One for each line of the new content.
    pub(super) labels: Vec<Label<K>>,
    /// The runs of old lines that are no longer there as they stood.
    pub(super) gone: Vec<Range<usize>>,
}

/// Labels the lines of `new`.
pub(super) fn labels_after<K: Copy + Eq>(
    old: &Text,
    old_labels: &[Label<K>],
    new: &Text,
    by: By<K>,
    memory: &Memory<K>,
) -> Result<After<K>, LinesError> {
    let hunks = old.hunks(new)?;
    let gone = hunks
        .iter()
        .map(Hunk::old_range)
        .filter(|lines| !lines.is_empty());
    let gone: Vec<Range<usize>> = gone.collect();
    if let Some(labels) = memory.state(new) {
        return Ok(After { labels, gone });
    }
    let changed = hunks
        .iter()
        .map(|hunk| hunk.old_range().len() + hunk.new_range().len());
    if changed.sum::<usize>() > MAX_CHANGED_LINES {
        return Err(too_large(new.bytes().len(), new.len()));
    }
    let mut step = Step {
        old,
        old_labels,
        new,
        labels: vec![None; new.len()],
        twins: None,
    };
    for (old_start, new_start, length) in common_runs(&hunks, old.len()) {
        step.keep(old_start, new_start, length);
    }
    // What a person takes away here and puts there is moved.
    let moved = match by {
        By::Elsewhere => Moved::of(old, old_labels, &gone),
        By::Agent(_) => Moved::default(),
    };
    for hunk in &hunks {
        step.reformatted(hunk.old_range(), hunk.new_range())?;
        step.written(hunk, by, &moved, memory)?;
    }
    let labels = step
        .labels
        .into_iter()
        .map(|label| label.unwrap_or(Label::Human));
    Ok(After {
        labels: labels.collect(),
        gone,
    })
}

/// The lines that a step takes away: they may stand elsewhere after it.
struct Moved<K> {
    runs: Memory<K>,
    /// Those that say enough by themselves, without their white space.
    lines: HashMap<Vec<u8>, Label<K>>,
}

impl<K> Default for Moved<K> {
    fn default() -> Self {
        Self {
            runs: Memory::default(),
            lines: HashMap::new(),
        }
    }
}

impl<K: Copy + Eq> Moved<K> {
    fn of(old: &Text, old_labels: &[Label<K>], gone: &[Range<usize>]) -> Self {
        let mut moved = Self::default();
        for lines in gone {
            moved.runs.bury(old, old_labels, lines.clone());
            let labels = old_labels.get(lines.clone()).unwrap_or_default();
            for (line, label) in lines.clone().zip(labels) {
                if has_substance(old.line(line)) {
                    moved.lines.insert(old.plain(line..line + 1), *label);
                }
            }
        }
        moved
    }
}

struct Step<'a, K> {
    old: &'a Text,
    old_labels: &'a [Label<K>],
    new: &'a Text,
    /// `None` where a line is not yet known.
    labels: Vec<Option<Label<K>>>,
    /// Read when a line may have one.
    twins: Option<Twins<K>>,
}

impl<K: Copy + Eq> Step<'_, K> {
    /// Lines that both have keep their labels.
    fn keep(&mut self, old_start: usize, new_start: usize, length: usize) {
        let places = self.labels.iter_mut().skip(new_start).take(length);
        for (place, label) in places.zip(self.old_labels.iter().skip(old_start)) {
            *place = Some(*label);
        }
    }

    /// So do lines of a hunk that differ in white space and line breaks only.
    fn reformatted(&mut self, old: Range<usize>, new: Range<usize>) -> Result<(), LinesError> {
        if old.is_empty() || new.is_empty() {
            return Ok(());
        }
        let (old_plain, new_plain) = (self.old.plain(old.clone()), self.new.plain(new.clone()));
        let hunks = diff::hunks(&old_plain, &new_plain, Setting::Plain)?;
        for (old_start, new_start, length) in common_runs(&hunks, old.len()) {
            self.keep(old.start + old_start, new.start + new_start, length);
        }
        for hunk in hunks {
            let within = |lines: Range<usize>, start| start + lines.start..start + lines.end;
            let groups = format::groups(
                self.old,
                within(hunk.old_range(), old.start),
                self.new,
                within(hunk.new_range(), new.start),
            );
            for group in groups {
                self.carry(&group);
            }
        }
        Ok(())
    }

    fn carry(&mut self, group: &Group) {
        let labels = format::carried(group, self.old, self.old_labels, self.new);
        let places = self.labels.iter_mut().skip(group.new.start);
        for (place, label) in places.zip(labels) {
            *place = Some(label);
        }
    }

    /// The lines of a hunk that are left were written in this step, or came back.
    fn written(
        &mut self,
        hunk: &Hunk,
        by: By<K>,
        moved: &Moved<K>,
        memory: &Memory<K>,
    ) -> Result<(), LinesError> {
        let new = hunk.new_range();
        let Some(places) = self.labels.get_mut(new.clone()) else {
            return Ok(());
        };
        if let By::Agent(label) = by {
            for place in places {
                place.get_or_insert(label);
            }
            return Ok(());
        }
        if places.iter().all(Option::is_some) {
            return Ok(());
        }
        moved.runs.recall(self.new, new.clone(), places)?;
        for (place, line) in places.iter_mut().zip(new.clone()) {
            let known = || moved.lines.get(&self.new.plain(line..line + 1)).copied();
            *place = place.or_else(known);
        }
        memory.recall(self.new, new.clone(), places)?;
        for (place, line) in places.iter_mut().zip(new.clone()) {
            if place.is_none() && is_distinct(self.new.line(line)) {
                let twins = || Twins::of(self.old, self.old_labels);
                let twins = self.twins.get_or_insert_with(twins);
                *place = twins.label(&self.new.plain(line..line + 1));
            }
        }
        let old = hunk.old_range();
        let is_agents = |line: usize| {
            self.old_labels
                .get(line)
                .is_some_and(|label: &Label<K>| label.key().is_some())
        };
        if !old.clone().any(is_agents) {
            return Ok(());
        }
        let shapes: Vec<Shape> = old
            .clone()
            .map(|line| Shape::of(self.old.line(line)))
            .collect();
        for (index, place) in places.iter_mut().enumerate() {
            if place.is_some() {
                continue;
            }
            let shape = Shape::of(self.new.line(new.start + index));
            // The place in the old lines that is as far down as this line in the new ones.
            let middle = index * shapes.len() / new.len().max(1);
            let near = shapes.iter().enumerate();
            let near = near.skip(middle.saturating_sub(REACH)).take(2 * REACH + 1);
            let likest = near
                .filter_map(|(at, other)| Some((shape.likeness(other)?, at)))
                .max_by_key(|(likeness, at)| (*likeness, std::cmp::Reverse(*at)));
            let source = likest.and_then(|(_, at)| self.old_labels.get(old.start + at));
            *place = match source {
                Some(Label::Ai(key) | Label::Mixed(key)) => Some(Label::Mixed(*key)),
                Some(Label::Twin(key)) => Some(Label::Twin(*key)),
                Some(Label::None | Label::Human) | None => None,
            };
        }
        Ok(())
    }
}
