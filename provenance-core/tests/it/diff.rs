//! Our hunks are those of `git diff -U0`, and the lines that `git blame` gives to a change.

use provenance_core::git::diff::{Hunk, Setting, hunks};

use crate::sandbox::Sandbox;

/// A small generator with a fixed seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn line(&mut self) -> String {
        let text = [
            "}",
            "",
            "  ",
            "let a = 1;",
            "if b {",
            "// x",
            "\u{b}c\r",
            "\t",
        ][self.roll(8)];
        " ".repeat(4 * self.roll(3)) + text
    }

    fn content(&mut self) -> Vec<String> {
        let blocks = 1 + self.roll(40);
        let block: Vec<String> = (0..=self.roll(6)).map(|_| self.line()).collect();
        (0..blocks)
            .flat_map(|_| match self.roll(3) {
                0 => vec![self.line()],
                _ => block.clone(),
            })
            .collect()
    }

    fn edited(&mut self, mut lines: Vec<String>) -> Vec<String> {
        for _ in 0..=self.roll(5) {
            let at = self.roll(lines.len() + 1);
            let until = (at + self.roll(8)).min(lines.len());
            let new: Vec<String> = match self.roll(3) {
                0 => vec![],
                1 => (0..self.roll(6)).map(|_| self.line()).collect(),
                // A block doubled beside itself is what heuristics are for.
                _ => [&lines[at..until], &lines[at..until]].concat(),
            };
            lines.splice(at..until, new);
        }
        lines
    }

    fn joined(&mut self, lines: &[String]) -> Vec<u8> {
        let lf = if lines.last().is_some_and(String::is_empty) || self.roll(4) > 0 {
            "\n"
        } else {
            ""
        };
        (lines.join("\n") + lf).into_bytes()
    }
}

/// Parses the `@@ -a,b +c,d @@` lines.
fn hunks_of(diff: &[u8]) -> Vec<Hunk> {
    let side = |text: &str| {
        let (start, len) = text[1..].split_once(',').unwrap_or((&text[1..], "1"));
        let (start, len): (u32, u32) = (start.parse().unwrap(), len.parse().unwrap());
        (start - u32::from(len > 0), len)
    };
    diff.split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"@@"))
        .map(|line| {
            let line = String::from_utf8_lossy(line);
            let mut words = line.split(' ').skip(1);
            let (old_start, old_len) = side(words.next().unwrap());
            let (new_start, new_len) = side(words.next().unwrap());
            Hunk {
                old_start,
                old_len,
                new_start,
                new_len,
            }
        })
        .collect()
}

#[test]
fn hunks_are_those_of_git_diff_and_added_lines_those_of_git_blame() {
    let sandbox = Sandbox::new();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..40 {
        let mut old_lines = dice.content();
        let mut new_lines = dice.edited(old_lines.clone());
        // Git takes a long common end off first; in one that repeats itself it shows.
        let repeated: Vec<String> = (0..=dice.roll(2)).map(|_| dice.line()).collect();
        let tail: Vec<String> = repeated.iter().cycle().take(600).cloned().collect();
        if round % 2 == 0 {
            old_lines.extend_from_slice(&tail);
            new_lines.extend_from_slice(&repeated);
            new_lines.extend_from_slice(&tail);
            old_lines.push(String::new());
            new_lines.push(String::new());
        }
        let (old, new) = (dice.joined(&old_lines), dice.joined(&new_lines));
        sandbox.write("file", &old);
        let parent = sandbox.commit("old").to_string();
        sandbox.write("file", &new);
        let commit = sandbox.commit("new").to_string();
        for (setting, heuristic) in [
            (Setting::Blame, "--indent-heuristic"),
            (Setting::Plain, "--no-indent-heuristic"),
        ] {
            let found = hunks(&old, &new, setting).unwrap();
            let git = sandbox.git([
                "diff",
                "-U0",
                "--text",
                "--diff-algorithm=myers",
                heuristic,
                &parent,
                &commit,
            ]);
            assert_eq!(found, hunks_of(&git), "round {round}, {setting:?}");
        }
        let blame = sandbox.git(["blame", "-s", "-l", &format!("{parent}..{commit}"), "file"]);
        let blamed: Vec<usize> = blame
            .split(|byte| *byte == b'\n')
            .enumerate()
            .filter(|(_, line)| line.starts_with(commit.as_bytes()))
            .map(|(index, _)| index)
            .collect();
        let added: Vec<usize> = hunks(&old, &new, Setting::Blame)
            .unwrap()
            .iter()
            .flat_map(Hunk::new_range)
            .collect();
        assert_eq!(added, blamed, "round {round}");
    }
}
