//! Crashes: whoever dies, wherever it is, loses nothing and doubles nothing.
//!
//! A story is told once as it should go, which counts the fail points that its processes reach.
//! Then it is told again for each of them, from the same beginning, with a process that dies
//! there; whoever is left does what people do: the same again where it failed, and `reconcile`.
//! What is known in the end has to be what was known the first time.

mod commands;
mod commits;
mod events;
mod locks;
mod told;
mod writers;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use harness::{Sandbox, binaries};

use told::Told;

/// What a story does, told in a sandbox whose processes may die.
type Act<'a> = &'a dyn Fn(&Sandbox);

/// The names of fail points.
type Points = BTreeSet<String>;

/// Points that no story reaches, and why.
const ASIDE: &[(&str, &str)] = &[
    ("gap: rename the lock", FULL),
    ("init: take back the private key", FULL),
    ("init: take back the public key", FULL),
    ("install: take back a folder", FULL),
    ("install: take back a link", FULL),
    ("install: take back the folder", FULL),
    ("key: take back the private half", FULL),
    ("install: remove a dead one's", NAMESAKE),
    ("local: remove a dead one's", NAMESAKE),
    ("object: remove a dead one's", NAMESAKE),
    ("whole file: remove a dead one's", NAMESAKE),
    (
        "ref: give back the lock",
        "somebody else writes between a reading and its lock",
    ),
    ("objects: pack", "Git writes very many objects at once"),
];

const FULL: &str = "a second trouble, after that of a full disk";
const NAMESAKE: &str = "the system gives a process the id of one that died here";

/// A sandbox whose programs have fail points.
fn sandbox() -> Sandbox {
    let mut path = OsString::from(binaries::with_fail_points());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Sandbox::new().with_env("PATH", path)
}

/// A place that can be brought back to what it was.
struct Saved<'a> {
    alice: &'a Sandbox,
    copy: PathBuf,
}

impl<'a> Saved<'a> {
    fn of(alice: &'a Sandbox) -> Self {
        let saved = Self {
            alice,
            copy: alice.home().with_extension("saved"),
        };
        copy(alice.home(), &saved.copy);
        saved
    }

    fn bring_back(&self) {
        fs::remove_dir_all(self.alice.home()).unwrap();
        copy(&self.copy, self.alice.home());
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success(), "{}", from.display());
}

/// Lets `act` happen with a process that dies at the `n`th point; returns the points reached.
fn dies(alice: &Sandbox, n: usize, act: Act<'_>) -> Vec<String> {
    let trace = alice.home().join("trace");
    let mortal = alice.within("").with_env("PROVENANCE_FAIL_TRACE", &trace);
    act(&mortal.with_env("PROVENANCE_FAIL_AT", n.to_string()));
    let reached = fs::read_to_string(&trace).unwrap_or_default();
    drop(fs::remove_file(trace));
    reached.lines().map(str::to_owned).collect()
}

/// Removes the lock of a reference whose holder died, as a person does who was told of it.
fn unlock(alice: &Sandbox) {
    for name in ["notes/provenance", "provenance/trust"] {
        let lock = alice.git_dir().join("refs").join(name);
        drop(fs::remove_file(lock.with_extension("lock")));
    }
}

/// Tells a story once for each point at which one of its processes can die.
fn dies_everywhere(
    name: &str,
    alice: &Sandbox,
    act: Act<'_>,
    go_on: Act<'_>,
    agree: &dyn Fn(&Told, &Told, &str),
) -> Points {
    let saved = Saved::of(alice);
    dies(alice, 0, act);
    go_on(alice);
    let expected = Told::by(alice, name);
    let mut points = Points::new();
    let mut bad = Vec::new();
    // Whether an object needs a folder differs from one telling to the next.
    for n in 1.. {
        saved.bring_back();
        let reached = dies(alice, n, act);
        unlock(alice);
        points.extend(reached.iter().cloned());
        let Some(point) = reached.get(n - 1) else {
            break;
        };
        let what = format!("{name}, dead at {n}, {point}");
        let checked = catch_unwind(AssertUnwindSafe(|| {
            go_on(alice);
            agree(&expected, &Told::by(alice, &what), &what);
        }));
        bad.extend(checked.err().map(|_| what));
    }
    assert!(bad.is_empty(), "these went wrong, as said above: {bad:#?}");
    assert!(!points.is_empty(), "{name} reaches no fail point");
    points
}

/// A story, its name and how it is told.
type Story = (&'static str, fn(&str) -> Points);

#[test]
fn attack_g15_whoever_dies_at_any_fail_point_loses_and_doubles_nothing() {
    let stories: Vec<Story> = [commits::STORIES, events::STORIES, commands::STORIES].concat();
    let wanted = std::env::var("PROVENANCE_CRASH").ok();
    let reached: Points = thread::scope(|scope| {
        let told: Vec<_> = stories
            .iter()
            .filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| name.contains(wanted)))
            .map(|(name, tell)| scope.spawn(move || tell(name)))
            .collect();
        told.into_iter()
            .flat_map(|story| story.join().unwrap())
            .collect()
    });
    println!(
        "{} fail points, of {} stories",
        reached.len(),
        stories.len()
    );
    if wanted.is_some() {
        return;
    }
    let known = known();
    let aside: Points = ASIDE.iter().map(|(name, _)| (*name).to_owned()).collect();
    let forgotten: Vec<_> = known.difference(&reached).collect();
    let forgotten: Vec<_> = forgotten
        .into_iter()
        .filter(|name| !aside.contains(*name))
        .collect();
    assert!(forgotten.is_empty(), "no story reaches {forgotten:#?}");
    let gone: Vec<_> = aside.difference(&known).collect();
    assert!(gone.is_empty(), "there is no {gone:#?}");
    let told: Vec<_> = aside.intersection(&reached).collect();
    assert!(told.is_empty(), "a story reaches {told:#?}");
}

/// The fail points in the sources.
fn known() -> Points {
    let mut found = Points::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for member in ["provenance-core", "provenance-hook", "provenance-cli"] {
        look(&root.join(member).join("src"), &mut found);
    }
    assert!(found.len() > 30, "the sources were not found");
    found
}

fn look(folder: &Path, found: &mut Points) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (at, start) in text.match_indices("fail_point!(\"") {
            let name = text[at + start.len()..].split('"').next().unwrap();
            assert!(found.insert(name.to_owned()), "two points are named {name}");
        }
    }
}
