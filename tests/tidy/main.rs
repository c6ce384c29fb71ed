//! The rules of the house, as tests: each rule is a function from files to complaints, and each has
//! a test that it complains about a bad sample.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests end where they meet what they do not expect"
)]

mod attacks;
mod dependencies;
mod docs;
mod fail_points;
mod forgotten;
mod glossary;
mod layering;
mod sizes;
mod source;
