//! Budget P5: `blame` of one file at most 1.5 times `git blame` cold, 0.3 times warm.
//!
//! `cargo bench -p provenance-tests --bench blame [-- REPOSITORY...]`
//!
//! Takes clones of public repositories; without one it makes a history of its own. Measured as
//! whole processes, one after the other in turn, the median of several: `git blame --porcelain
//! HEAD -- FILE`, then `git provenance blame --porcelain` and the view for people of the same file.
//! The files are those with the longest history, and some of the middle. "Cold" means that nothing
//! of ours is kept from an earlier run; the page cache is warm for both.
//!
//! Figures of 2026-11-30, git 2.47.3, on 2 quiet cores, elapsed, `blame --json`, medians of five:
//!
//! | | `git blame` | cold | after `stats` |
//! |---|---|---|---|
//! | aider, `base_coder.py`, 961 commits | 289 ms | 306 ms, 1.1x | 12 ms, 0.04x |
//! | aider, `docker/Dockerfile`, 43 commits | 38 ms | 42 ms, 1.1x | 7 ms, 0.19x |
//! | cargo, `tests/testsuite/build.rs`, 420 commits | 512 ms | 519 ms, 1.0x | 26 ms, 0.05x |
//! | git-ai with 2,570 imported records, `daemon.rs`, 396 commits | 445 ms | 546 ms, 1.2x | 38 ms, 0.08x |
//! | the same, `git_ai_handlers.rs`, 280 commits | 73 ms | 107 ms, 1.5x | 16 ms, 0.22x |
//! | the same, `tests/integration/repos/mod.rs`, 20 commits | 35 ms | 48 ms, 1.4x | 10 ms, 0.30x |
//!
//! Its own history, seven runs: `--porcelain` 1.15x in the middle and 1.19x at worst, for people 1.36x
//! and 1.43x.
//!
//! The budget is met. Of short runs starting and reading are a part that is seen: an earlier run gave
//! the Dockerfile 1.6x once, and the last file 0.34x warm; `git_ai_handlers.rs`, with a record on
//! nearly every commit whose patch is checked, is at the edge.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock, prints, and ends where it meets what it does not expect"
)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use harness::{Sandbox, binaries};

/// How often each process runs.
const RUNS: usize = 7;
/// How many files are measured.
const FILES: usize = 6;

fn main() {
    let given = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    let given: Vec<PathBuf> = given.map(PathBuf::from).collect();
    let own = Sandbox::new();
    let repositories = if given.is_empty() {
        make(&own);
        vec![own.path().to_owned()]
    } else {
        given
    };
    for directory in repositories {
        measure(&directory);
    }
}

fn measure(directory: &Path) {
    println!("{}", directory.display());
    println!(
        "  {:>9} {:>9} {:>6} {:>9} {:>6}",
        "git", "porcelain", "", "text", ""
    );
    let mut all = [Vec::new(), Vec::new()];
    for path in chosen(directory) {
        let git = || {
            let mut git = Command::new("git");
            git.args(["blame", "--porcelain", "HEAD", "--", &path]);
            git
        };
        let ours = |form: &[&str]| {
            let mut ours = Command::new(binaries::cli());
            ours.arg("blame").args(form).args(["HEAD", "--", &path]);
            ours
        };
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..RUNS {
            let commands = [git(), ours(&["--porcelain"]), ours(&[])];
            for (times, command) in times.iter_mut().zip(commands) {
                times.push(run(command, directory));
            }
        }
        let [git, porcelain, text] = times.map(median);
        let ratios = [porcelain, text].map(|time| time.as_secs_f64() / git.as_secs_f64());
        println!(
            "  {:>6.1} ms {:>6.1} ms {:>5.2}x {:>6.1} ms {:>5.2}x  {path}",
            milliseconds(git),
            milliseconds(porcelain),
            ratios[0],
            milliseconds(text),
            ratios[1],
        );
        for (all, ratio) in all.iter_mut().zip(ratios) {
            all.push(ratio);
        }
    }
    for (name, mut ratios) in ["porcelain", "text"].into_iter().zip(all) {
        ratios.sort_by(f64::total_cmp);
        let (middle, worst) = (ratios[ratios.len() / 2], ratios[ratios.len() - 1]);
        println!("  {name}: {middle:.2}x in the middle, {worst:.2}x at worst; budget 1.5x");
    }
}

/// Text files of HEAD: those that most commits changed, and some of the middle.
fn chosen(directory: &Path) -> Vec<String> {
    let ask = |args: &[&str]| {
        let output = Command::new("git")
            .args(args)
            .current_dir(directory)
            .output();
        String::from_utf8_lossy(&output.unwrap().stdout).into_owned()
    };
    // `git grep -I` knows text from the rest.
    let there = ask(&["grep", "-I", "--name-only", "-e", "", "HEAD"]);
    let mut changes: HashMap<&str, usize> = there
        .lines()
        .filter_map(|line| Some((line.strip_prefix("HEAD:")?, 0)))
        .collect();
    let log = ask(&["log", "--format=", "--name-only", "HEAD"]);
    for path in log.lines() {
        changes.entry(path).and_modify(|count| *count += 1);
    }
    let mut paths: Vec<(usize, &str)> = changes
        .into_iter()
        .map(|(path, count)| (count, path))
        .collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    let middle = paths.iter().skip(paths.len() / 8).take(FILES / 2);
    let chosen = paths.iter().take(FILES - FILES / 2).chain(middle);
    chosen.map(|(_, path)| (*path).to_owned()).collect()
}

/// Runs a program to its end; returns how long it took.
fn run(mut command: Command, directory: &Path) -> Duration {
    let start = Instant::now();
    let status = command
        .current_dir(directory)
        .stdout(Stdio::null())
        .status();
    let took = start.elapsed();
    assert!(status.unwrap().success(), "{command:?}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Makes 3,000 commits, each of which changes some lines of one of ten files.
fn make(sandbox: &Sandbox) {
    let mut stream = String::new();
    let mut files: Vec<Vec<String>> = (0..10)
        .map(|file| {
            (0..600)
                .map(|line| ["line ", &(file * line).to_string(), "\n"].concat())
                .collect()
        })
        .collect();
    let mut state: usize = 1;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for commit in 0..3_000 {
        let head = "commit refs/heads/main\ncommitter C <c@x>";
        writeln!(stream, "{head} {} +0000\ndata 2\nc", 1_000_000 + commit).unwrap();
        let number = draw(10);
        let all = if commit == 0 {
            0..10
        } else {
            number..number + 1
        };
        for number in all {
            let lines = &mut files[number];
            let at = draw(lines.len());
            let end = lines.len().min(at + draw(4));
            lines.splice(at..end, [["changed ", &commit.to_string(), "\n"].concat()]);
            let text = lines.concat();
            writeln!(
                stream,
                "M 100644 inline f{number}\ndata {}\n{text}",
                text.len()
            )
            .unwrap();
        }
    }
    let mut import = sandbox.command("git");
    sandbox
        .run_with_input(import.args(["fast-import", "--quiet"]), stream.as_bytes())
        .succeeds();
}
