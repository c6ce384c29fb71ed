//! Stories from outside: real Git, the shipped binaries, agents that behave as agents do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "tests end where they meet what they do not expect"
)]

mod lines;
mod schemas;

mod sandbox;

mod first_commit;

mod doctor;
mod hook_managers;
mod init;
mod keys;
mod library;
mod setup;
mod trust;

mod capture;
mod contents;
mod staging;
mod unwatched;

mod forged;
mod monotone;
mod tampering;

mod concurrency;
mod crash;
mod faces;
mod hook_safety;
mod hostile_text;
mod interop;
mod odd_repositories;
mod oversize;
mod readme;

mod blame;
mod inferred;
mod log;
mod show;
mod stats;
mod verify;

mod carry;
mod demo;
mod import;
mod oracle;
mod plumbing;
mod reconcile;
mod record;
mod rewrites;
mod sync;
