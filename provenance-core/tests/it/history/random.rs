//! Random histories: whatever commits do to files, lines come from where `git blame` says.
//!
//! `PROVENANCE_SEEDS=1-500` tries more of them.

use std::collections::BTreeMap;

use super::{agrees, agrees_on};
use crate::sandbox::Sandbox;

/// How many commits a history has.
const COMMITS: usize = 40;

/// Numbers that a seed decides (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % limit
    }

    fn in_percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A line; often one that stands elsewhere too, so that diffs have a choice.
    fn line(&mut self) -> String {
        const COMMON: [&str; 8] = ["{", "}", "", "    }", "\t", "end", "    return;", "# --"];
        if self.in_percent(45) {
            return (*self.of(&COMMON)).to_owned();
        }
        let indent = *self.of(&["", "  ", "    ", "\t", "        "]);
        format!("{indent}call({});", self.below(60))
    }

    fn lines(&mut self, most: usize) -> Vec<String> {
        (0..=self.below(most)).map(|_| self.line()).collect()
    }
}

#[derive(Clone, PartialEq)]
struct Entry {
    mode: &'static str,
    lines: Vec<String>,
    end: &'static str,
    is_unfinished: bool,
}

impl Entry {
    fn bytes(&self) -> Vec<u8> {
        let mut text: String = self
            .lines
            .iter()
            .flat_map(|l| [l.as_str(), self.end])
            .collect();
        if self.mode == "120000" {
            return b"target".to_vec();
        }
        if self.is_unfinished {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text.into_bytes()
    }

    /// Changes nothing but white space, of some lines that stand together.
    fn indent(&mut self, chance: &mut Chance) {
        let at = chance.below(self.lines.len() + 1);
        let until = (at + chance.below(12)).min(self.lines.len());
        for line in &mut self.lines[at..until] {
            *line = match chance.below(4) {
                0 => format!("\t{line}"),
                1 => line.trim_start().to_owned(),
                2 => line.replace('(', " ( "),
                _ => format!("  {line} "),
            };
        }
    }

    fn edit(&mut self, chance: &mut Chance) {
        for _ in 0..=chance.below(3) {
            let at = chance.below(self.lines.len() + 1);
            let until = (at + chance.below(4)).min(self.lines.len());
            let new = if chance.in_percent(70) {
                chance.lines(4)
            } else {
                Vec::new()
            };
            self.lines.splice(at..until, new);
        }
        match chance.below(20) {
            0 => self.end = if self.end == "\n" { "\r\n" } else { "\n" },
            1 => self.is_unfinished = !self.is_unfinished,
            2 => self.lines = chance.lines(30),
            3 | 4 => self.indent(chance),
            _ => {}
        }
    }
}

type Tree = BTreeMap<String, Entry>;

const PATHS: [&str; 10] = [
    "a",
    "b",
    "src/a",
    "src/b",
    "src/deep/a",
    "lib/a",
    "lib/c",
    "c",
    "lib.d",
    "src/deep/c",
];

fn change(tree: &mut Tree, chance: &mut Chance) {
    let paths: Vec<String> = tree.keys().cloned().collect();
    let new = *chance.of(&PATHS);
    // A directory and a file cannot have one name; `lib.d` and `lib/` only sort close.
    if paths.is_empty() || chance.in_percent(12) {
        let lines = chance.lines(40);
        let entry = Entry {
            mode: "100644",
            lines,
            end: "\n",
            is_unfinished: false,
        };
        tree.insert(new.to_owned(), entry);
        return;
    }
    let path = chance.of(&paths).clone();
    let mut entry = tree[&path].clone();
    match chance.below(20) {
        0 | 1 => drop(tree.remove(&path)),
        2..=4 => {
            tree.remove(&path);
            if chance.in_percent(60) {
                entry.edit(chance);
            }
            tree.insert(new.to_owned(), entry);
        }
        5 => drop(tree.insert(new.to_owned(), entry)),
        6 => {
            let other = chance.of(&paths).clone();
            let swapped = tree.insert(other, entry).unwrap();
            tree.insert(path, swapped);
        }
        7 => {
            entry.mode = *chance.of(&["100644", "100755", "120000"]);
            tree.insert(path, entry);
        }
        8 => {
            // Two of one.
            tree.remove(&path);
            for new in [new, *chance.of(&PATHS)] {
                entry.edit(chance);
                tree.insert(new.to_owned(), entry.clone());
            }
        }
        _ => {
            entry.edit(chance);
            tree.insert(path, entry);
        }
    }
}

/// What a merge makes of its parents: of each path one side's, a mixture, or nothing.
fn merged(parents: &[&Tree], chance: &mut Chance) -> Tree {
    let mut tree = Tree::new();
    for path in PATHS {
        let sides: Vec<&Entry> = parents.iter().filter_map(|tree| tree.get(path)).collect();
        if sides.is_empty() || chance.in_percent(8) {
            continue;
        }
        let mut entry = (*chance.of(&sides)).clone();
        if chance.in_percent(40) {
            let other = chance.of(&sides).lines.clone();
            let at = chance.below(entry.lines.len() + 1);
            entry.lines.truncate(at);
            entry.lines.extend(other.into_iter().skip(at));
        }
        tree.insert(path.to_owned(), entry);
    }
    for _ in 0..chance.below(3) {
        change(&mut tree, chance);
    }
    tree
}

/// A history as `git fast-import` takes it.
fn history(chance: &mut Chance) -> Vec<u8> {
    let mut trees: Vec<Tree> = Vec::new();
    let mut stream = Vec::new();
    for number in 0..COMMITS {
        let recent = trees.len().saturating_sub(6);
        let mut parents: Vec<usize> = Vec::new();
        let is_root = trees.is_empty() || chance.in_percent(4);
        let count = if is_root {
            0
        } else {
            *chance.of(&[1, 1, 1, 1, 2, 2, 3])
        };
        for _ in 0..count {
            let parent = recent + chance.below(trees.len() - recent);
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        if number + 1 == COMMITS {
            parents = (recent..trees.len()).collect();
        }
        let sides: Vec<&Tree> = parents.iter().map(|parent| &trees[*parent]).collect();
        let mut tree = match sides.as_slice() {
            [] => Tree::new(),
            [only] => (*only).clone(),
            several => merged(several, chance),
        };
        for _ in 0..=chance.below(if is_root { 6 } else { 3 }) {
            change(&mut tree, chance);
        }
        let date = chance.below(1_000_000);
        let mut say = |text: &str| stream.extend_from_slice(text.as_bytes());
        say(&format!(
            "commit refs/heads/c{number}\nmark :{}\n",
            number + 1
        ));
        say(&format!("committer C <c@x> {date} +0000\ndata 2\nc\n"));
        for (n, parent) in parents.iter().enumerate() {
            let word = if n == 0 { "from" } else { "merge" };
            say(&format!("{word} :{}\n", parent + 1));
        }
        say("deleteall\n");
        for (path, entry) in &tree {
            let bytes = entry.bytes();
            say(&format!(
                "M {} inline {path}\ndata {}\n",
                entry.mode,
                bytes.len()
            ));
            say(std::str::from_utf8(&bytes).unwrap());
            say("\n");
        }
        trees.push(tree);
    }
    stream.extend_from_slice(format!("reset refs/heads/main\nfrom :{COMMITS}\n\n").as_bytes());
    stream
}

/// A repository for each seed that is asked for, six unless more are.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever looks for errors wants more seeds"
)]
pub(crate) fn histories() -> impl Iterator<Item = (u64, Sandbox)> {
    let seeds = std::env::var("PROVENANCE_SEEDS").unwrap_or_else(|_| "1-6".to_owned());
    let (first, last) = seeds.split_once('-').unwrap_or((&seeds, &seeds));
    let seeds = first.parse().unwrap()..=last.parse::<u64>().unwrap();
    seeds.map(|seed| {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let sandbox = Sandbox::new();
        sandbox.git_with_input(["fast-import", "--quiet"], &history(&mut chance));
        (seed, sandbox)
    })
}

#[test]
fn whatever_commits_do_each_line_comes_from_where_git_blame_says() {
    let (mut lines, mut others) = (0, 0);
    for (seed, sandbox) in histories() {
        eprintln!("seed {seed}");
        let plain = agrees(&sandbox);
        lines += plain.values().map(Vec::len).sum::<usize>();
        others += usize::from(plain != agrees_on(&sandbox, true));
    }
    assert!(others > 0, "white space decided nothing");
    assert!(lines > 100, "only {lines} lines were compared");
}
