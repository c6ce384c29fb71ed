//! `World`: two people with a clone each, one of them with a linked worktree too, and a hub.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use harness::{Output, Sandbox};

/// The places where somebody works, in the order of [`World::places`].
pub(super) const PLACES: [&str; 3] = ["alice", "alice's worktree", "bob"];

/// Everything that the story changes, and what is known of how it came about.
pub(super) struct World {
    pub(super) places: Vec<Place>,
    /// Of each commit, how it came about.
    pub(super) made: RefCell<BTreeMap<String, Made>>,
}

/// How a commit came about.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) operation: String,
    pub(super) person: &'static str,
}

/// One worktree and whoever works in it.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) person: &'static str,
    pub(super) sandbox: Sandbox,
    pub(super) git_dir: PathBuf,
    /// How long the list of HEAD's moves was when commits were last looked for.
    moves: Cell<u64>,
}

impl World {
    pub(super) fn new() -> Self {
        let alice = Sandbox::new().with_provenance();
        for file in ["a.txt", "b.txt"] {
            alice.write(file, format!("alice 0.0 {file}\n"));
        }
        alice.commit("begin");
        let hub = alice.home().join("hub.git");
        let hub = hub.to_str().unwrap();
        alice.git(["init", "--quiet", "--bare", hub]);
        alice.git(["remote", "add", "origin", hub]);

        let bob = alice.clone_for("bob");
        bob.git(["remote", "set-url", "origin", hub]);
        alice.git(["push", "-q", "origin", "main", "refs/provenance/trust"]);
        let bob = bob.with_provenance();
        alice.trusts(&bob, "bob@example.com");
        alice.git(["push", "-q", "origin", "refs/provenance/trust"]);
        bob.git([
            "fetch",
            "-q",
            "origin",
            "refs/provenance/trust:refs/provenance/trust",
        ]);

        let side = alice.home().join("side");
        alice.git([
            "worktree",
            "add",
            "-q",
            "-b",
            "side",
            side.to_str().unwrap(),
        ]);
        let side = alice.within(side);
        let place = |number: usize, person, sandbox: Sandbox| Place {
            name: PLACES[number],
            person,
            git_dir: sandbox.git_dir(),
            sandbox,
            moves: Cell::default(),
        };
        let world = Self {
            places: vec![
                place(0, "alice", alice),
                place(1, "alice", side),
                place(2, "bob", bob),
            ],
            made: RefCell::default(),
        };
        world.places[0].synchronize("alice");
        world.places[2].synchronize("bob");
        for place in &world.places {
            world.note(place, "commit");
        }
        world
    }

    /// Takes down which commits are new where somebody did something, and that `operation` made
    /// them.
    pub(super) fn note(&self, place: &Place, operation: &str) {
        let moves = fs::metadata(place.git_dir.join("logs/HEAD")).unwrap().len();
        if place.moves.replace(moves) == moves {
            return;
        }
        let mut made = self.made.borrow_mut();
        for commit in place.commits(&["-n", "60", "HEAD"]) {
            made.entry(commit).or_insert_with(|| Made {
                operation: operation.to_owned(),
                person: place.person,
            });
        }
    }
}

impl Place {
    /// Answers whether Git is in the middle of something of this name.
    pub(super) fn is_in(&self, file: &str) -> bool {
        self.git_dir.join(file).exists()
    }

    /// The files of HEAD with their texts.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let names = self.sandbox.git(["ls-tree", "-r", "--name-only", "HEAD"]);
        let wanted = names.lines().flat_map(|name| ["HEAD:", name, "\n"]);
        let wanted: String = wanted.collect();
        let mut command = self.sandbox.command("git");
        let command = command.args(["cat-file", "--batch=%(objectsize)"]);
        let read = self.sandbox.run_with_input(command, wanted.as_bytes());
        let read = read.succeeds();
        let mut rest = read.text();
        let texts = names.lines().map(|name| {
            let (size, after) = rest.split_once('\n').unwrap();
            let (text, after) = after.split_at(size.parse().unwrap());
            rest = &after[1..];
            (name.to_owned(), text.to_owned())
        });
        texts.collect()
    }

    /// Runs `git-provenance`, without Git in between.
    pub(super) fn provenance(&self, args: &[&str]) -> Output {
        let sandbox = &self.sandbox;
        sandbox.run(sandbox.command("git-provenance").args(args))
    }

    /// Commits, newest first; none where there are none.
    pub(super) fn commits(&self, args: &[&str]) -> Vec<String> {
        let listed = self.sandbox.try_git([&["rev-list"], args].concat());
        String::from_utf8_lossy(&listed.stdout)
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Exchanges records, and hands this place's commits to the others.
    pub(super) fn synchronize(&self, branch: &str) {
        let sandbox = &self.sandbox;
        let pushed = format!("+HEAD:refs/heads/{branch}");
        sandbox.git(["push", "-q", "origin", &pushed]);
        sandbox.provenance(["sync"]).succeeds();
        sandbox.git(["fetch", "-q", "origin"]);
    }
}
