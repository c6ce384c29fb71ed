//! A harness in Rust: a session, an edit, a commit, and its record read back verified.
//!
//! `cargo run -p provenance-core --example harness -- REPOSITORY` (one that saw `init`).
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example talks and runs"
)]

use provenance_core::{capture::Session, clock, entropy, git, record::Tool, verify::Verifier};
use std::{env, error::Error, fs, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(env::args().nth(1).ok_or("which repository?")?);
    let tool = Tool {
        name: "my-agent".to_owned(),
        version: Some("1.2".to_owned()),
    };
    let mut random = entropy::System;
    let mut session = Session::start(
        &dir,
        "s-1",
        tool,
        "openai/gpt-5.1",
        &clock::System,
        &mut random,
    )?;
    session.prompt("greet the world")?;
    session.before_edit("c-1", ["hello.txt"])?;
    fs::write(dir.join("hello.txt"), "hello\nworld\n")?;
    session.after_edit("c-1", "write", ["hello.txt"])?;
    for args in [
        ["add", "hello.txt"].as_slice(),
        &["commit", "-q", "-m", "greet"],
    ] {
        Command::new("git")
            .arg("-C")
            .arg(&dir)
            .args(args)
            .status()?;
    }
    let repo = git::Repo::open(&git::Location::at(&dir))?;
    let commit_id = repo.head()?.commit_id.ok_or("no commit")?;
    let judgement = Verifier::open(&repo)?.judge(commit_id)?;
    println!(
        "{} by {}",
        judgement.verdict,
        judgement.principal.unwrap_or_default()
    );
    Ok(())
}
