//! Claims: the labels of a commit's lines, gathered into one contribution per session and model.
//!
//! Takes the labels of each changed file and the lines that the commit adds; gives drafts, and of
//! them [`Contribution`]s. Only added lines are claimed; a reader gives nothing for others.

use std::collections::{BTreeMap, BTreeSet};

use super::account::Account;
use super::chain::{FileChain, Key, Labels};
use super::entry::Position;
use super::lines::Label;
use super::model::model;
use super::usage;
use crate::git::added::AddedLines;
use crate::record::{
    ClaimPath, Contribution, Extent, FileClaim, LineRange, Mode, PromptContext, SessionLink,
    UnknownLines, Usage,
};
use crate::repo_path::RepoPath;
use crate::text;

/// The most names in `tools`; the rest counts under `other`.
const MAX_TOOLS: usize = 63;

/// Whose a contribution is, before models are resolved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Contributor {
    pub(super) session: String,
    pub(super) model: Option<String>,
    pub(super) mode: Mode,
}

/// What one contributor gave to the commit.
#[derive(Debug, Default)]
pub(super) struct Draft {
    files: Vec<FileClaim>,
    /// Calls by id, or by place where they have none; with the name of the tool.
    calls: BTreeMap<(Option<String>, Position), String>,
    prompts: BTreeSet<Position>,
}

/// All that was gathered.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) drafts: BTreeMap<Contributor, Draft>,
    pub(super) unknown: Vec<UnknownLines>,
    /// The files whose calls are counted.
    pub(super) paths: Vec<RepoPath>,
}

impl Claims {
    /// Adds one file. `resolve` tells a key's model, where the journal did not.
    pub(super) fn add(
        &mut self,
        path: &RepoPath,
        chain: &FileChain,
        labels: &Labels,
        added: &AddedLines,
        blob: Option<&[u8]>,
        resolve: impl Fn(&Key, Option<&str>) -> Option<String>,
    ) {
        let claimed = shares(labels, added);
        let left_as_is = chain.is_left(blob);
        if claimed.is_empty() && !left_as_is {
            return;
        }
        self.paths.push(path.clone());
        for (number, share) in claimed {
            let Some(key) = chain.keys.get(number as usize) else {
                continue;
            };
            let Share { ai, mixed, twins } = share;
            let (unknown, is_claimed) = if key.unsure {
                (union(union(ai.clone(), mixed.clone()), twins), false)
            } else {
                (twins, !ai.is_empty() || !mixed.is_empty())
            };
            if !unknown.is_empty() {
                self.unknown.push(UnknownLines {
                    path: path.clone(),
                    lines: unknown,
                });
            }
            if !is_claimed {
                continue;
            }
            let draft = self
                .drafts
                .entry(contributor(key, resolve(key, None)))
                .or_default();
            draft.claim(path, ai, mixed);
        }
        for call in &chain.calls {
            let Some(key) = chain.keys.get(call.key as usize) else {
                continue;
            };
            let contributor = contributor(key, resolve(key, call.id.as_deref()));
            let draft = match self.drafts.get_mut(&contributor) {
                Some(draft) => draft,
                // Nothing of it is left but what it took away.
                None if left_as_is => self.drafts.entry(contributor).or_default(),
                None => continue,
            };
            let place = if call.id.is_some() {
                Position::default()
            } else {
                call.at
            };
            draft
                .calls
                .insert((call.id.clone(), place), call.name.clone());
            draft.prompts.extend(call.prompt);
        }
    }
}

fn contributor(key: &Key, model: Option<String>) -> Contributor {
    Contributor {
        session: key.session.clone(),
        model,
        mode: key.mode,
    }
}

/// The added lines that have to do with one key.
#[derive(Debug, Default)]
struct Share {
    ai: Extent,
    mixed: Extent,
    /// Those that only say the same as one of its lines.
    twins: Extent,
}

/// Sorts the added lines by key.
fn shares(labels: &Labels, added: &AddedLines) -> BTreeMap<u32, Share> {
    let whole = |key: u32| {
        let ai = Extent::All;
        let share = Share {
            ai,
            ..Share::default()
        };
        BTreeMap::from([(key, share)])
    };
    let (labels, ranges) = match (labels, added) {
        (Labels::Nobody, _) => return BTreeMap::new(),
        (Labels::Whole(_), AddedLines::Ranges(ranges)) if ranges.is_empty() => {
            return BTreeMap::new();
        }
        (Labels::Whole(key), _) => return whole(*key),
        (Labels::Lines(labels), AddedLines::Whole) => {
            // Lines that nothing else can count: whoever wrote last of them wrote the file.
            let last = labels.iter().rev().find_map(|label| match label {
                Label::Ai(key) | Label::Mixed(key) => Some(*key),
                Label::None | Label::Human | Label::Twin(_) => None,
            });
            return last.map(whole).unwrap_or_default();
        }
        (Labels::Lines(labels), AddedLines::Ranges(ranges)) => (labels, ranges),
    };
    let mut lines: BTreeMap<u32, [Vec<u64>; 3]> = BTreeMap::new();
    for line in ranges.iter().flat_map(|(start, end)| *start..=*end) {
        let label = (line as usize)
            .checked_sub(1)
            .and_then(|index| labels.get(index));
        let (Some(label), Some(key)) = (label, label.and_then(|label| label.key())) else {
            continue;
        };
        let [ai, mixed, twins] = lines.entry(key).or_default();
        match label {
            Label::Mixed(_) => mixed.push(line.into()),
            Label::Twin(_) => twins.push(line.into()),
            _ => ai.push(line.into()),
        }
    }
    let extent = |lines| Extent::Lines(LineRange::from_lines(lines));
    lines
        .into_iter()
        .map(|(key, [ai, mixed, twins])| {
            let (ai, mixed, twins) = (extent(ai), extent(mixed), extent(twins));
            (key, Share { ai, mixed, twins })
        })
        .collect()
}

fn union(a: Extent, b: Extent) -> Extent {
    match (a, b) {
        (Extent::Lines(a), Extent::Lines(b)) => {
            let mut lines: Vec<u64> = a
                .into_iter()
                .chain(b)
                .flat_map(|range| range.start_line..=range.end_line)
                .collect();
            lines.sort_unstable();
            Extent::Lines(LineRange::from_lines(lines))
        }
        _ => Extent::All,
    }
}

impl Draft {
    fn claim(&mut self, path: &RepoPath, ai: Extent, mixed: Extent) {
        let path = ClaimPath::File(path.clone());
        // Two subagents may have the same model.
        match self.files.iter_mut().find(|file| file.path == path) {
            Some(file) => {
                file.ai = union(std::mem::take(&mut file.ai), ai);
                file.mixed = union(std::mem::take(&mut file.mixed), mixed);
            }
            None => self.files.push(FileClaim {
                path,
                sha256: None,
                tree: None,
                ai,
                mixed,
            }),
        }
    }

    /// Makes the contribution of a draft.
    pub(super) fn contribution(
        self,
        contributor: &Contributor,
        session: &Account,
        link: SessionLink,
        usage: Option<Usage>,
        prompt_context: Option<PromptContext>,
    ) -> Contribution {
        let mut tool = session.tool();
        tool.name = text::cleaned_id(&tool.name).unwrap_or_else(|| "unknown".to_owned());
        tool.version = tool.version.as_deref().and_then(text::cleaned_id);
        let mut tools: BTreeMap<String, u64> = BTreeMap::new();
        for name in self.calls.values() {
            let name = text::cleaned_id(name).unwrap_or_else(|| "other".to_owned());
            let name = if tools.len() < MAX_TOOLS || tools.contains_key(&name) {
                name
            } else {
                "other".to_owned()
            };
            *tools.entry(name).or_default() += 1;
        }
        let count = |length: usize| (length > 0).then_some(length as u64);
        Contribution {
            tool,
            model: contributor.model.as_deref().and_then(model),
            operator: session.operator.as_deref().and_then(text::cleaned_id),
            session: link,
            mode: contributor.mode,
            iterations: count(self.prompts.len()),
            edits: count(self.calls.len()),
            tools,
            prompt_context,
            usage: usage.filter(|usage| *usage != Usage::default()),
            task: session
                .task
                .as_deref()
                .map(|task| text::cleaned(task).into_owned()),
            rationale: session
                .rationale
                .as_deref()
                .map(|why| text::cleaned(why).into_owned()),
            files: self.files,
            extent: None,
            inferred: None,
        }
    }
}

/// What a contributor's model spent; the first contributor of a session takes what models spent
/// that wrote no line.
pub(super) fn spent(
    session: &Account,
    seen: Position,
    contributor: &Contributor,
    all: &[Contributor],
) -> Option<Usage> {
    let of_session = || {
        all.iter()
            .filter(|other| other.session == contributor.session)
    };
    let first = of_session().next() == Some(contributor);
    let mine = |model: &str| {
        let own = contributor.model.as_deref().unwrap_or_default() == model;
        let nobodys =
            !of_session().any(|other| other.model.as_deref().unwrap_or_default() == model);
        own || (first && nobodys)
    };
    session
        .spent
        .iter()
        .filter(|(at, model, _)| *at <= seen && mine(model))
        .map(|(_, _, usage)| *usage)
        .reduce(usage::plus)
}
