//! `demo`: the whole story in a throw-away repository, through the real hooks.
//!
//! Every command is run as it is shown, and what it prints is what is shown. Each step is checked:
//! the demo exits with 1 as soon as one does not show what it should.

mod agent;
mod forge;
mod stage;

use std::fs;
use std::io::Write as _;

use self::agent::Agent;
use self::stage::Stage;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// See the whole story in a throw-away repository, in a few seconds
///
/// An agent edits, a person edits, the person commits and amends; then blame, stats, show and
/// verify answer, and a forged record and a stripped one are caught. It runs the real hooks and
/// the real git, touches nothing of yours, and leaves nothing behind. Exits with 1 when any step
/// does not show what it should.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// A step that did not show what it should.
#[derive(Debug, thiserror::Error)]
#[error("the demo broke at `{command}`: expected {expected}")]
pub(super) struct Broken {
    command: String,
    expected: String,
    printed: String,
}

/// What a person wrote long before.
const OLD: &str = r#"
"""Calls that may fail."""


def once(call):
    return call()
"#;

/// What the agent makes of it at the first prompt.
const FIRST: &str = r#"
"""Calls that may fail."""


def once(call):
    return call()


def retry(times, call):
    """Call until there is a result."""
    for attempt in range(times):
        if result := call():
            return result
    return None
"#;

/// And at the second.
const SECOND: &str = r#"
"""Calls that may fail."""

from time import sleep


def once(call):
    return call()


def retry(times, call):
    """Call until there is a result."""
    for attempt in range(times):
        if result := call():
            return result
        sleep(0.1 * 2**attempt)
    return None
"#;

/// What the person changes and adds by hand.
const BY_HAND: &str = r#"
"""Calls that may fail."""

from time import sleep


def once(call):
    return call()


def retry(times, call):
    """Call until there is a result."""
    for attempt in range(times):
        if result := call():
            return result
        sleep(0.25 * 2**attempt)
    return None


def test_nothing_is_tried_zero_times():
    assert retry(0, once) is None
"#;

/// What comes with the amend.
const AMENDED: &str = "    # TODO: give up on errors that last.\n";

const FILE: &str = "retry.py";

/// Runs the command.
pub(crate) fn run(context: &Context, _args: &Args) -> Result<Outcome, CliError> {
    let told = Stage::new(context).and_then(|mut stage| {
        before(&mut stage)?;
        edits(&mut stage)?;
        commit(&mut stage)?;
        answers(&mut stage)?;
        amend(&mut stage)?;
        attacks(&mut stage)?;
        end(&mut stage)
    });
    match told {
        Ok(()) => Ok(Outcome::Yes),
        Err(error) => match error.find::<Broken>() {
            Some(broken) => {
                let mut stderr = std::io::stderr();
                writeln!(stderr, "{}", error.shown(context.color_of_stderr()))?;
                writeln!(stderr, "it printed:\n{}", broken.printed)?;
                Ok(Outcome::No)
            }
            None => Err(error),
        },
    }
}

fn before(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("1. A repository with a past")?;
    stage.tell("Alice wrote a file long ago. Nobody took down how.")?;
    stage.run("git init --quiet")?;
    stage.write(FILE, OLD.trim_start())?;
    stage.run("git add -A && git commit --quiet -m 'retry: begin'")?;
    stage.tell("From now on she wants to know. One step, once:")?;
    let init = stage.run("git provenance init --yes --agents none")?;
    init.shows("Your next commit is recorded")
}

fn edits(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("2. An agent edits, a person edits")?;
    stage.tell(
        "Alice prompts Claude Code twice, and it edits twice. It reports each step as it happens, \
         as one JSON document piped to `git provenance hook agent claude-code`: the session, the \
         model, the prompts (only a salted hash of them is kept), the file before and after.",
    )?;
    let mut agent = Agent::start(stage)?;
    agent.is_asked(stage, "retry a call that fails")?;
    agent.writes(stage, FILE, FIRST.trim_start())?;
    agent.is_asked(stage, "wait longer before each attempt")?;
    agent.writes(stage, FILE, SECOND.trim_start())?;
    agent.ends(stage)?;
    stage.tell("Then she changes one of its lines, 0.1 to 0.25, and adds a test by hand.")?;
    stage.write(FILE, BY_HAND.trim_start())?;
    let status = stage.run("git provenance status")?;
    status.shows("claude-code")?;
    status.shows("2 prompts")
}

fn commit(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("3. She commits, as always")?;
    let commit = stage.run("git add -A && git commit --quiet -m 'retry: back off'")?;
    commit.shows_nothing()?;
    stage.tell(
        "Nothing to see, nothing to wait for. But the message now names the record of what \
         happened, so the commit's id covers it; and the record, signed, hangs on the commit as a \
         Git note.",
    )?;
    let message = stage.run("git log -1 --format=%B")?;
    message.shows("Provenance: sha256:")?;
    message.shows("Assisted-by: claude-code:")
}

fn answers(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("4. Who wrote which line, by which model, and who accepted it?")?;
    let blame = stage.run(&format!("git provenance blame {FILE}"))?;
    blame.shows_times(" ai opus-4-5 ", 5)?;
    blame.shows("ai+Alice")?;
    blame.shows_times(" Alice ", 2)?;
    blame.shows_times(" ? ", 4)?;
    stage.tell(
        "`|` marks the AI's lines, `:` the one that Alice changed. The lines from before have a \
         `?`: nobody saw who wrote them, and nothing is claimed that was not seen.",
    )?;
    let show = stage.run("git provenance show")?;
    show.shows("verified, pinned in the commit")?;
    show.shows(agent::SESSION)?;
    show.shows("2 iterations")?;
    show.shows("context")?;
    show.shows("alice@example.com accepted")
}

fn amend(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("5. She amends, and nothing is lost")?;
    stage.tell("She adds a remark, and amends. The commit is another one now.")?;
    let path = stage.repository().join(FILE);
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    file.write_all(AMENDED.as_bytes())?;
    drop(file);
    let amended = stage.run("git commit --quiet --all --amend --no-edit")?;
    amended.shows_nothing()?;
    stage.run("git provenance verify")?;
    verdict_is(stage, "carried")?;
    stage.tell(
        "`carried`: believed, through the record of the commit that was replaced, which came along.",
    )?;
    let stats = stage.run("git provenance stats")?;
    stats.shows("anthropic/claude-opus-4-5")?;
    let counted = stage.quietly("git provenance stats --json", &[])?;
    let count = |kind: &str| {
        counted
            .json(&format!("/lines/{kind}"))
            .as_u64()
            .unwrap_or(0)
    };
    let sum = count("ai") + count("mixed") + count("human") + count("unattested");
    if sum != count("total") || count("ai") < 5 || count("mixed") != 1 {
        counted.shows("counts that add up, with the AI's lines and the mixed one among them")?;
    }
    Ok(())
}

fn attacks(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("6. Somebody forges the record")?;
    stage.tell(
        "Whoever can write the repository can rewrite a note. Mallory takes the AI out of it, and \
         keeps the signature.",
    )?;
    let note = stage.quietly("git notes --ref=provenance show HEAD", &[])?;
    let Some(forged) = forge::without_ai(&note.text) else {
        return note.shows("a record with a contribution");
    };
    fs::write(stage.repository().join(".git/forged"), forged)?;
    stage.run("git notes --ref=provenance add -f -F .git/forged HEAD 2>/dev/null")?;
    let verify = stage.run_expecting("git provenance verify", 1)?;
    verify.shows("changed after it was signed")?;
    verdict_is(stage, "invalid")?;
    let blame = stage.quietly(&format!("git provenance blame {FILE} --json"), &[])?;
    if blame.text.contains("\"human\"") {
        blame.shows("no line that became a human's")?;
    }
    stage.tell(
        "No line became a human's by that: where the record is not believed, every line of the \
         commit is unattested.",
    )?;

    stage.chapter("7. Somebody strips the record")?;
    stage.run("git notes --ref=provenance remove HEAD 2>/dev/null")?;
    stage.run_expecting("git provenance verify", 1)?;
    verdict_is(stage, "missing")?;
    stage.tell(
        "The commit still names its record, and that cannot be taken out without making another \
         commit. The state before both attacks is in Git's reflog; back to it:",
    )?;
    stage.run("git update-ref refs/notes/provenance 'refs/notes/provenance@{2}'")?;
    stage.run("git provenance verify")?;
    verdict_is(stage, "carried")
}

/// Asks again, as a program would, and expects this verdict about the last commit.
fn verdict_is(stage: &Stage, verdict: &str) -> Result<(), CliError> {
    let answer = stage.quietly("git provenance verify --json || true", &[])?;
    if answer.json("/commits/0/verdict") == verdict {
        Ok(())
    } else {
        answer.shows(&format!("the verdict `{verdict}`"))
    }
}

fn end(stage: &mut Stage) -> Result<(), CliError> {
    stage.chapter("What this proves, and what it cannot")?;
    stage.tell(
        "It proves who signed what about which commit, that nothing of it was changed since, and \
         that something was taken away. It cannot prove that what was signed is true, and it \
         cannot see what an agent does not report.",
    )?;
    stage.after("This repository is gone now. In one of yours: git provenance init")
}
