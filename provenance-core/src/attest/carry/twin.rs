//! Twins: added lines that say the same as one that still stands in the file.
//!
//! Takes the added lines of a file that nothing claims; Git says which commit the standing line came
//! from, and that commit's record whose it is. Where the sides of a merge have it from as many places
//! as it now stands in, both were kept, and it is an agent's. Else nobody saw who wrote it once
//! more: it is not known.
//!
//! Invariants: only an agent's line, and one whose author is not known, has twins; one that a person
//! has in the file too has none, nor has a short one ([`is_distinct`]).
//!
//! # What is not checked
//!
//! Whether the line was copied, as in [`lines`](crate::capture::lines).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::again::Known;
use super::before::File;
use super::{FileLines, Search};
use crate::attest::AttestError;
use crate::attest::whereabouts::sum;
use crate::attribute::LineKind;
use crate::capture::lines::is_distinct;
use crate::git::diff;
use crate::object_id::ObjectId;

/// Whose the standing lines are that say the same, each once that came from another place.
type Standing = HashMap<u32, BTreeMap<(ObjectId, u64), Known>>;

impl Search<'_> {
    /// Finds twins among the added lines of which nothing is found.
    pub(super) fn twins(
        &mut self,
        file: &File<'_>,
        is_hinted: impl Fn(&u32) -> bool,
        lines: &mut FileLines,
    ) -> Result<(), AttestError> {
        let open = file.open_lines().filter(|(_, line)| is_distinct(line));
        let open = open.filter_map(|(number, line)| Some((number, sum(line)?)));
        let open: Vec<(u64, u32)> = open
            .filter(|(number, sum)| !lines.found.contains_key(number) && is_hinted(sum))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let sums = open.iter().map(|(_, sum)| *sum).collect();
        let standing = self.standing(file, &sums)?;
        for (number, wanted) in open {
            let Some(known) = standing.get(&wanted) else {
                continue;
            };
            let kind = |(author, _): &Known| author.kind;
            if known.values().any(|known| kind(known) == LineKind::Human) {
                continue;
            }
            let now = diff::lines(&file.text).filter(|line| sum(line) == Some(wanted));
            let surest = known.values().min_by_key(|known| kind(known));
            match surest {
                Some((author, facts)) if now.count() <= known.len() => {
                    self.find(lines, number, author.clone(), facts)?;
                }
                Some(_) => drop(lines.twins.insert(number)),
                None => {}
            }
        }
        Ok(())
    }

    /// Whose the lines of the parents are that say one of these.
    fn standing(&self, file: &File<'_>, wanted: &HashSet<u32>) -> Result<Standing, AttestError> {
        let mut standing = Standing::new();
        for base in file.bases.iter().filter(|base| base.path == file.path) {
            let numbered = diff::lines(&base.text).enumerate();
            let asked =
                numbered.filter(|(_, line)| sum(line).is_some_and(|sum| wanted.contains(&sum)));
            let asked: Vec<usize> = asked.map(|(number, _)| number).collect();
            for line in self.blamed(base, &asked)? {
                let place = (line.origin.commit_id, line.origin.original_line);
                if let Some(sum) = sum(&line.origin.content) {
                    let known = (line.author, line.commit);
                    standing.entry(sum).or_default().insert(place, known);
                }
            }
        }
        Ok(standing)
    }
}
