//! The core compared with others: Git itself in throw-away repositories, other people's vectors,
//! and the schemas.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on should stop where it stands"
)]

mod vectors;

mod ed25519;
mod json;
mod parsers;
mod schema;
mod worked_example;

#[allow(dead_code, reason = "not every test needs all of it")]
mod sandbox;

mod damage;

mod blame;
mod capture;
mod catalog;
mod change;
mod configuration;
mod diff;
mod history;
mod index;
mod notes;
mod references;
mod repository;
mod survival;
mod trailer;
mod tree;
mod trust;
