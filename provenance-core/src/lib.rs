//! Signed AI-provenance records for Git: what happened, who says so, where it is kept, whether it
//! can be believed, and so which lines are whose.
//!
//! Agents report what they do, and [`capture`] takes it down. When a commit is made, that becomes
//! a [`record`]: an in-toto statement about exactly this commit. A [`key`] signs it, and the
//! [`seal`]ed envelope is kept as one line of a Git note ([`store`]). A reader asks [`verify`]
//! whether to believe it, by the chain of [`trust`], and [`attribute`] turns what is believed into
//! the author of every line. [`attest`] is the writing side in one call, as the hooks use it.
//!
//! ```text
//! agent event ─► capture ─► record ─► seal ─► store ═ git note ═► store ─► verify ─► attribute
//!                seen       claimed   attested                     read     believed?  which lines?
//! ```
//!
//! # The whole flow
//!
//! ```
//! use provenance_core::attest::Attester;
//! use provenance_core::attribute::Claims;
//! use provenance_core::capture::{AgentHint, Session};
//! use provenance_core::key::SigningKey;
//! use provenance_core::record::{Recorder, Tool};
//! use provenance_core::trust::Trust;
//! use provenance_core::verify::Verifier;
//! use provenance_core::{capture, clock, entropy, git};
//! # fn git(dir: &std::path::Path, args: &[&str]) {
//! #     let status = std::process::Command::new("git").arg("-C").arg(dir).args(args).status();
//! #     assert!(status.unwrap().success(), "git {args:?}");
//! # }
//! # let folder = tempfile::tempdir()?;
//! # let dir = folder.path();
//! # git(dir, &["init", "--quiet"]);
//! # git(dir, &["config", "user.name", "Alice"]);
//! # git(dir, &["config", "user.email", "alice@example.com"]);
//! # git(dir, &["config", "commit.gpgSign", "false"]);
//! # git(dir, &["config", "core.hooksPath", "/nowhere"]);
//! let repo = git::Repo::open(&git::Location::at(dir))?;
//! let mut random = entropy::System;
//!
//! // Once: a key, and whom this repository believes.
//! let key = SigningKey::generate(&mut random)?;
//! let identity = repo.config()?.identity(git::IdentityRole::Committer, repo.location())?;
//! let alice = "alice@example.com";
//! capture::watch(&repo)?;
//! Trust::init(&repo, &key, alice, &[], &clock::System, &mut random, &identity)?;
//!
//! // What happened: an agent writes two lines, a person adds one and commits.
//! let tool = Tool { name: "my-agent".to_owned(), version: None };
//! let mut session =
//!     Session::start(dir, "s-1", tool, "openai/gpt-5.1", &clock::System, &mut random)?;
//! session.before_edit("c-1", ["hello.txt"])?;
//! std::fs::write(dir.join("hello.txt"), "one\ntwo\n")?;
//! session.after_edit("c-1", "write", ["hello.txt"])?;
//! std::fs::write(dir.join("hello.txt"), "one\ntwo\nthree, by hand\n")?;
//! git(dir, &["add", "hello.txt"]);
//! git(dir, &["commit", "--quiet", "-m", "greet"]);
//! let commit_id = repo.head()?.commit_id.ok_or("no commit")?;
//!
//! // Who says so, and where it is kept.
//! let mut attester = Attester {
//!     repo: &repo,
//!     key: &key,
//!     clock: &clock::System,
//!     entropy: &mut random,
//!     hint: AgentHint::default(),
//!     recorder: Recorder { name: "my-agent".to_owned(), version: "1.0".to_owned() },
//! };
//! attester.attest(commit_id)?;
//!
//! // Can it be believed, and so which lines are whose?
//! let judgement = Verifier::open(&repo)?.judge(commit_id)?;
//! assert_eq!(judgement.verdict.as_str(), "verified");
//! let claims = Claims::of(&judgement);
//! let file = claims.file(b"hello.txt", None);
//! let kinds: Vec<&str> = (1..=3).map(|line| file.author(line).kind.as_str()).collect();
//! assert_eq!(kinds, ["ai", "ai", "human"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limitations
//!
//! A record proves who claimed what, when it was attached to which bytes, and that nobody changed
//! it since. It does not prove that the claim is true, nor that a record without a log entry was
//! made when it says.
//!
//! # Stability
//!
//! The format is versioned and stays readable; the Rust API may change until 1.0.

// 0 values
pub mod canonical;
pub mod clock;
pub mod digest;
pub mod entropy;
pub mod fail_point;
pub mod object_id;
pub mod repo_path;
mod spread;
mod table;
pub mod text;
pub mod whole_file;

// 1 the document
pub mod record;

// 2 the seal
pub mod key;
pub mod seal;

// 3 the repository
pub mod git;

// 4 in and out
pub mod capture;
pub mod store;

// what messages let one conclude, which is no evidence
pub mod infer;

// 5 belief
pub mod trust;
pub mod verify;

// 6 meaning
pub mod attribute;

// 7 questions
pub mod query;

// 8 the writing side, which needs all of it
pub mod attest;
pub mod import;
