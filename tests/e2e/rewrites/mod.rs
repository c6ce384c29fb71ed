//! What Git does to commits that stand, and what becomes of their records: one story a row of
//! [docs/rewrites.md], which a test keeps equal to the rows.
//!
//! In these stories each line says who wrote it: `ai`, `human`, or `old`, from before records
//! began. After each one, no line of a note that is taken away makes anything better.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use harness::Sandbox;

mod again;
mod amend;
mod colleague;
mod forge;
mod mail;
mod merge;
mod pick;
mod rebase;
mod unseen;
mod worktree;

/// One operation, and what it does.
pub(crate) struct Row {
    /// The command, in Markdown.
    pub(crate) operation: &'static str,
    /// Those of our hooks that Git runs, in the order in which they first run.
    pub(crate) hooks: &'static str,
    /// The verdicts of the commits that it made.
    pub(crate) verdict: &'static str,
    /// What became of whose lines.
    pub(crate) lines: &'static str,
    /// Prepares, calls the second argument, and then does it.
    pub(crate) story: fn(&Sandbox, &dyn Fn()),
}

/// Makes a test of each row, and the list of them.
macro_rules! rows {
    ($($name:ident: $row:expr;)*) => {
        pub(crate) const ROWS: &[$crate::rewrites::Row] = &[$($row),*];
        $(#[test]
        fn $name() {
            $crate::rewrites::proves(&$row);
        })*
    };
}
pub(crate) use rows;

/// Our hooks, as Git names them.
const HOOKS: [&str; 5] = [
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-applypatch",
    "post-rewrite",
];

/// A history with lines of all three, and a branch `side` of three commits that main has left.
pub(crate) fn begun() -> Sandbox {
    let alice = Sandbox::new();
    alice.write(
        "a.txt",
        "old 1\nold 2\nold 3\nold 4\nold 5\nold 6\nold 7\nold 8\n",
    );
    alice.commit("before records began");
    alice.with_provenance()
}

/// Lines of both in one file, that nobody has committed.
pub(crate) fn both(alice: &Sandbox) {
    ai(alice, "a.txt", "ai one\nai two\n");
    human(alice, "a.txt", "human one\n");
}

/// A commit with lines of both.
pub(crate) fn written(alice: &Sandbox) {
    both(alice);
    alice.commit("written");
}

/// A commit without a record: our hooks did not run.
pub(crate) fn sly(alice: &Sandbox) {
    human(alice, "a.txt", "human one\n");
    alice.git(["add", "-A"]);
    alice.git(["-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", "sly"]);
}

/// A commit on `side` and one on main that change the same place.
pub(crate) fn at_odds(alice: &Sandbox) {
    alice.git(["checkout", "-q", "-b", "side"]);
    both(alice);
    alice.commit("side");
    alice.git(["checkout", "-q", "main"]);
    human(alice, "a.txt", "human main\n");
    ai(alice, "a.txt", "ai main\n");
    alice.commit("main");
}

/// Three commits on `side`, and one on main that moves their lines.
pub(crate) fn parted(alice: &Sandbox) {
    alice.git(["checkout", "-q", "-b", "side"]);
    both(alice);
    alice.commit("side 1");
    ai(alice, "b.txt", "ai three\n");
    human(alice, "b.txt", "human two\n");
    alice.commit("side 2");
    human(alice, "c.txt", "human three\n");
    alice.commit("side 3");
    alice.git(["checkout", "-q", "main"]);
    let text = alice.read("a.txt");
    alice.write("a.txt", format!("human main\n{text}"));
    alice.commit("main moves on");
}

pub(crate) fn ai(alice: &Sandbox, path: &str, lines: &str) {
    alice.agent("openai/gpt-5.1").appends(path, lines);
}

pub(crate) fn human(alice: &Sandbox, path: &str, lines: &str) {
    alice.append(path, lines);
}

/// Takes both sides of a conflict, and adds a line as `add` does.
#[track_caller]
pub(crate) fn solve(alice: &Sandbox, path: &str, add: impl FnOnce(&str)) {
    let text = alice.read(path);
    assert!(text.contains("<<<<<<<"), "no conflict in {text}");
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let kept = text
        .split_inclusive('\n')
        .filter(|line| !marks.iter().any(|mark| line.starts_with(mark)));
    alice.write(path, kept.collect::<String>());
    add("solved");
    alice.git(["add", "-A"]);
}

/// Runs a row's story and holds what came of it against the row.
#[track_caller]
pub(crate) fn proves(row: &Row) {
    let alice = begun();
    let trace = alice.home().join("trace");
    let alice = alice.with_env("GIT_TRACE", &trace);
    let before = std::cell::RefCell::new(None);
    (row.story)(&alice, &|| {
        before.replace(Some(commits(&alice, "--all")));
        drop(fs::write(&trace, ""));
    });
    let hooks = hooks(&fs::read_to_string(&trace).unwrap());
    let before = before.into_inner().expect("the story says where it begins");
    let new: Vec<String> = commits(&alice, "HEAD")
        .into_iter()
        .filter(|id| !before.contains(id))
        .collect();
    let seen = Seen::of(&alice, &new);
    let found = [hooks, seen.verdict(), seen.lines()];
    let expected = [row.hooks, row.verdict, row.lines].map(str::to_owned);
    assert_eq!(
        found,
        expected,
        "{}\n{}",
        row.operation,
        alice.git(["log", "--graph", "--oneline", "-12"])
    );
    claims_nothing_twice(&alice, &new);
    for commit in &new {
        let note = alice.note(commit);
        for n in 0..note.len() {
            let mut rest = note.clone();
            rest.remove(n);
            alice.rewrite_note(commit, &rest);
            seen.is_no_worse_than(&Seen::of(&alice, &new));
            alice.rewrite_note(commit, &note);
        }
    }
}

/// What a session gave to a commit is said by one contribution, not by another one once more.
#[track_caller]
fn claims_nothing_twice(alice: &Sandbox, new: &[String]) {
    let log = alice.provenance(["log", "--json"]).succeeds().json();
    for entry in log["records"].as_array().unwrap() {
        if !new.iter().any(|commit| entry["commit"] == **commit) {
            continue;
        }
        for given in entry["contributions"].as_array().unwrap() {
            let lines = &given["lines"];
            let is_nothing = lines["ai"] == 0 && lines["mixed"] == 0;
            assert!(!is_nothing, "nothing is left for {given} in {entry}");
        }
    }
}

fn commits(alice: &Sandbox, of: &str) -> BTreeSet<String> {
    let list = alice.git(["rev-list", of]);
    list.lines().map(str::to_owned).collect()
}

/// The hooks of ours in a trace.
fn hooks(trace: &str) -> String {
    let mut found: Vec<&str> = Vec::new();
    for line in trace.lines().filter(|line| line.contains("start_command")) {
        let name = line.rsplit("hooks/").next().unwrap_or_default();
        let name = name.split([' ', '\'']).next().unwrap_or_default();
        if let Some(hook) = HOOKS.iter().find(|hook| **hook == name)
            && line.contains("hooks/")
            && !found.contains(hook)
        {
            found.push(hook);
        }
    }
    if found.is_empty() {
        return "none".to_owned();
    }
    found.join(", ")
}

#[test]
fn the_page_of_rewrites_is_what_the_stories_show() {
    let mut page = HEAD.to_owned();
    for (title, rows) in [
        ("Amends", amend::ROWS),
        ("Cherry-picks and reverts", pick::ROWS),
        ("Rebases", rebase::ROWS),
        ("Merges", merge::ROWS),
        ("Resets, stashes and the worktree", worktree::ROWS),
        ("Patches by mail", mail::ROWS),
        ("A colleague's commits", colleague::ROWS),
        ("Lines that Git does not name", again::ROWS),
        ("What no hook sees, and `reconcile`", unseen::ROWS),
        ("Merges at a forge", forge::ROWS),
    ] {
        writeln!(page, "\n## {title}\n").unwrap();
        page += "| operation | our hooks that run | verdict of the new commits | lines |\n";
        page += "|---|---|---|---|\n";
        for row in rows {
            let Row {
                operation,
                hooks,
                verdict,
                lines,
                ..
            } = row;
            let lines = if lines.is_empty() {
                "none are left"
            } else {
                lines
            };
            let verdict = verdict.replace(", ", "`, `");
            writeln!(page, "| {operation} | {hooks} | `{verdict}` | {lines} |").unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rewrites.md");
    if fs::read_to_string(path).unwrap_or_default() != page {
        fs::write(path, page).unwrap();
        panic!("docs/rewrites.md was not what the stories show; it was written anew: look at it");
    }
}

const HEAD: &str = "\
# What Git does to commits that stand

Each row is a story in [tests/e2e/rewrites](../tests/e2e/rewrites/mod.rs), and a test keeps this page equal to them.
In a story each line says who wrote it, an AI or a human, and `blame` is asked afterwards; lines by `bob` are a colleague's.
`carried` commits stand on the records of older ones, which are copied to their notes.
A colleague's line stays a human's where the commit makes the very same change, or is amended; else nobody but the colleague may say so, and it is unattested.

At a forge no hook runs: there a job of CI runs `git provenance carry` afterwards ([how](integrations/forges.md)), with a key that is trusted as a service's.

What leaves no trace when it brings lines (`git apply`, `git restore --source`, `git checkout <commit> -- <path>`), or changes lines that only a record knows, is looked up in the records that are here: an agent's line stays an agent's, and one whose author is not known stays so.
A line that comes once more while an agent's still stands in the file, white space left out, is unattested: nobody saw who wrote it again.
It is an agent's where both sides of a merge had it.
With fewer than 16 letters and digits it is the committer's: such lines people write all day.
Who changes an agent's line that goes makes it `mixed`; who keeps it as well wrote the changed one, also where both sides of a conflict with a stash are kept.
The rest is taken for the work of whoever commits, unless the journal knows the lines.
";

/// What a reader sees.
#[derive(Debug)]
struct Seen {
    verdicts: Vec<String>,
    /// The kind of each line, by its text, with a word at its end where that comes again.
    kinds: BTreeMap<String, String>,
}

/// From the best to the worst.
const VERDICTS: [&str; 6] = [
    "verified",
    "carried",
    "untrusted",
    "invalid",
    "missing",
    "unattested",
];

impl Seen {
    fn of(alice: &Sandbox, new: &[String]) -> Self {
        let verify = alice.provenance(["verify", "--json", "HEAD"]).json();
        let commits = verify["commits"].as_array().unwrap();
        let verdict = |id: &String| {
            let commit = commits.iter().find(|commit| commit["commit"] == **id);
            commit.unwrap()["verdict"].as_str().unwrap().to_owned()
        };
        let mut kinds = BTreeMap::new();
        for file in alice.git(["ls-tree", "--name-only", "-r", "HEAD"]).lines() {
            let blame = alice
                .provenance(["blame", "--json", "HEAD", file])
                .succeeds();
            let text = alice.git(["show", &format!("HEAD:{file}")]);
            let blame = blame.json();
            let lines = blame["lines"].as_array().unwrap();
            for (line, text) in lines.iter().zip(text.lines()) {
                let kind = line["kind"].as_str().unwrap().to_owned();
                let mut text = text.to_owned();
                // A line that stands there twice.
                while kinds.contains_key(&text) {
                    text += " again";
                }
                kinds.insert(text, kind);
            }
        }
        Self {
            verdicts: new.iter().map(verdict).collect(),
            kinds,
        }
    }

    fn verdict(&self) -> String {
        let all: BTreeSet<usize> = self.verdicts.iter().map(|verdict| rank(verdict)).collect();
        let words: Vec<&str> = all.into_iter().map(|rank| VERDICTS[rank]).collect();
        if words.is_empty() {
            return "no commit".to_owned();
        }
        words.join(", ")
    }

    /// `ai stay ai; human become unattested`, but for what was `old` and stays unattested.
    fn lines(&self) -> String {
        let mut sorted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (text, kind) in &self.kinds {
            let who = text.split_whitespace().next().unwrap();
            sorted.entry(who).or_default().insert(kind);
        }
        let said = sorted.into_iter().filter_map(|(who, kinds)| {
            let kinds: Vec<&str> = kinds.into_iter().collect();
            match (who, kinds.as_slice()) {
                ("old", ["unattested"]) => None,
                (who, [kind]) if who == *kind => Some(format!("{who} stay {kind}")),
                (who, kinds) => Some(format!("{who} become {}", kinds.join(" or "))),
            }
        });
        said.collect::<Vec<_>>().join("; ")
    }

    /// Ends the test where what is left after a deletion looks better than this.
    #[track_caller]
    fn is_no_worse_than(&self, left: &Self) {
        for (old, new) in self.verdicts.iter().zip(&left.verdicts) {
            assert!(rank(new) >= rank(old).min(2), "{old} became {new}");
        }
        for (text, old) in &self.kinds {
            let new = &left.kinds[text];
            let is_worse_or_same = old == new || new == "unattested" || new == "ai";
            assert!(is_worse_or_same, "{text:?} went from {old} to {new}");
        }
    }
}

/// The place of a verdict among all, the best first.
pub(crate) fn rank(verdict: &str) -> usize {
    VERDICTS.iter().position(|known| *known == verdict).unwrap()
}
