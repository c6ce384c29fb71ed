//! Random stories in which each line says who wrote it: whatever people do with Git, a line that an
//! agent wrote is never a human's, and a line that a human wrote is never an AI's.

use harness::Sandbox;
use serde_json::Value;

/// A small generator, so that a story is the same every time (Marsaglia's xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % bound
    }
}

struct Story {
    alice: Sandbox,
    chance: Chance,
    lines: usize,
    told: Vec<String>,
}

const FILES: [&str; 3] = ["a.txt", "b.txt", "c.txt"];

impl Story {
    fn new(seed: u64) -> Self {
        let alice = Sandbox::new().with_provenance();
        alice.write("a.txt", "human line 0\n");
        alice.commit("begin");
        Self {
            alice,
            chance: Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            lines: 0,
            told: vec![format!("seed {seed}")],
        }
    }

    /// Some lines of `who`, put somewhere into a file.
    fn with_lines(&mut self, who: &str, file: &str) -> String {
        let text = self.alice.read(file);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = self.chance.below(lines.len() + 1);
        for offset in 0..=self.chance.below(3) {
            self.lines += 1;
            lines.insert(at + offset, format!("{who} line {}", self.lines));
        }
        lines.join("\n") + "\n"
    }

    fn step(&mut self) {
        let file = FILES[self.chance.below(FILES.len())];
        let choice = self.chance.below(16);
        self.told.push(format!("{choice} {file}"));
        match choice {
            0..=2 => {
                let content = self.with_lines("agent", file);
                self.alice.agent("openai/gpt-5.1").edits(file, content);
            }
            3..=4 => {
                let content = self.with_lines("human", file);
                self.alice.write(file, content);
            }
            5 => {
                let text = self.alice.read(file);
                let mut lines: Vec<&str> = text.lines().collect();
                if lines.len() > 2 {
                    lines.remove(self.chance.below(lines.len()));
                    self.alice.write(file, lines.join("\n") + "\n");
                }
            }
            6..=7 => self.commit(&["--message", "all"]),
            8 => {
                self.alice.git(["add", "--all"]);
                self.alice.try_git(["commit", "-q", "--amend", "--no-edit"]);
            }
            9 => {
                self.alice.git(["add", "--all"]);
                if !self.alice.git(["status", "--porcelain"]).is_empty() {
                    self.alice.git(["stash", "push", "-q"]);
                    self.alice.git(["stash", "pop", "-q"]);
                }
            }
            10 => {
                self.commit(&["--message", "before"]);
                if self
                    .alice
                    .try_git(["rev-parse", "-q", "--verify", "HEAD~1"])
                    .status
                    == 0
                {
                    self.alice.git(["reset", "-q", "--soft", "HEAD~1"]);
                    self.commit(&["--message", "again"]);
                }
            }
            11 => self.merge(),
            12 => self.branches(&["rebase", "-q", "main", "side"], true),
            13 => self.branches(&["cherry-pick", "side"], false),
            14 => {
                self.alice.try_git(["add", file]);
                self.alice
                    .try_git(["commit", "-q", "-m", "one file", "--", file]);
            }
            _ => {
                // Staged in one state, edited on, committed: only the staged lines go in.
                self.alice.git(["add", "--all"]);
                let content = self.with_lines("human", file);
                self.alice.write(file, content);
                self.alice.try_git(["commit", "-q", "-m", "as staged"]);
            }
        }
    }

    fn commit(&mut self, args: &[&str]) {
        self.alice.git(["add", "--all"]);
        self.alice.try_git(["commit", "-q"].iter().chain(args));
    }

    /// Another branch, with lines of an agent in a file of its own, merged.
    fn merge(&mut self) {
        self.commit(&["--message", "before the branch"]);
        self.alice.git(["checkout", "-q", "-B", "side"]);
        let file = format!("side-{}.txt", self.lines);
        let content = self.with_lines("agent", &file);
        self.alice
            .agent("anthropic/claude-opus-4-5")
            .edits(&file, content);
        self.commit(&["--message", "on the side"]);
        self.alice.git(["checkout", "-q", "main"]);
        self.alice
            .git(["merge", "-q", "--no-ff", "--no-edit", "side"]);
    }

    /// A commit on another branch, by both, that comes to this one in another way.
    fn branches(&mut self, how: &[&str], ends_on_side: bool) {
        self.commit(&["--message", "before the branch"]);
        self.alice.git(["checkout", "-q", "-B", "side"]);
        let file = format!("side-{}.txt", self.lines);
        let content = self.with_lines("agent", &file);
        self.alice
            .agent("anthropic/claude-opus-4-5")
            .edits(&file, content);
        let content = self.with_lines("human", &file);
        self.alice.write(&file, content);
        self.commit(&["--message", "on the side"]);
        self.alice.git(["checkout", "-q", "main"]);
        let content = self.with_lines("human", "main.txt");
        self.alice.write("main.txt", content);
        self.commit(&["--message", "meanwhile"]);
        self.alice.git(how);
        if ends_on_side {
            self.alice.git(["checkout", "-q", "-B", "main", "side"]);
        }
    }

    fn check(&self) {
        for file in self.alice.git(["ls-files"]).lines() {
            let blame = self
                .alice
                .provenance(["blame", "--json", file])
                .succeeds()
                .json();
            let text = self.alice.git(["show", &format!("HEAD:{file}")]);
            let lines = blame["lines"].as_array().unwrap();
            for (line, text) in lines.iter().zip(text.lines()) {
                let kind = line["kind"].as_str().unwrap();
                let wrong = match &text[..5] {
                    "agent" => kind == "human",
                    _ => kind == "ai" || kind == "mixed",
                };
                assert!(
                    !wrong,
                    "{text:?} is {kind} in {file}\n{line:#}\n{:#?}",
                    self.told
                );
            }
        }
        let verify = self.alice.provenance(["verify", "--json"]).json();
        for verdict in ["untrusted", "invalid", "missing"] {
            assert_eq!(verify["counts"][verdict], 0, "{verify:#}\n{:#?}", self.told);
        }
        let stats = self.alice.provenance(["stats", "--json"]).succeeds().json();
        let total: usize = self
            .alice
            .git(["ls-files"])
            .lines()
            .map(|file| {
                self.alice
                    .git(["show", &format!("HEAD:{file}")])
                    .lines()
                    .count()
            })
            .sum();
        assert_eq!(stats["lines"]["total"], total, "{:#?}", self.told);
    }

    /// How many of the agents' lines are known to be an AI's.
    fn known(&self) -> (u64, u64) {
        let stats: Value = self.alice.provenance(["stats", "--json"]).succeeds().json();
        let count = |kind: &str| stats["lines"][kind].as_u64().unwrap();
        (count("ai") + count("mixed"), count("unattested"))
    }
}

#[test]
fn no_line_ever_changes_sides() {
    let seeds: Vec<u64> = match std::env::var("PROVENANCE_SEEDS") {
        Ok(range) => {
            let (from, to) = range.split_once('-').unwrap();
            (from.parse().unwrap()..to.parse().unwrap()).collect()
        }
        Err(_) => vec![1, 2, 3],
    };
    for seed in seeds {
        let mut story = Story::new(seed);
        for _ in 0..24 {
            story.step();
        }
        story.commit(&["--message", "the end"]);
        story.check();
        eprintln!("seed {seed}: {:?}", story.known());
    }
}
