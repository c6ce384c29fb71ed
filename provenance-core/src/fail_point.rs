//! Fail points: where a test ends this process as `kill -9` and a crash would, between any two
//! steps that write.
//!
//! Takes the name of the step that comes next. Without the feature `fail-points`, which nothing
//! that is shipped has, [`fail_point!`](crate::fail_point!) is nothing at all: no call, no name.
//! With it, each point that a process reaches adds its name to the file in
//! `PROVENANCE_FAIL_TRACE`, across all processes of a command; the one that makes it
//! `PROVENANCE_FAIL_AT` lines long is the last thing that its process does.
//!
//! # Invariants
//!
//! - Every call that writes, renames or removes has a point above it, or a reason why not: a test
//!   of the house looks for them.
//! - Dying runs no destructor and flushes no buffer.
//!
//! # What is not checked
//!
//! What the disk would have kept. A process that dies loses nothing that it wrote; a power cut does.

/// Says that the named step, which writes, comes next. See [`fail_point`](mod@crate::fail_point).
#[cfg(not(feature = "fail-points"))]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {};
}

/// Says that the named step, which writes, comes next. See [`fail_point`](crate::fail_point).
#[cfg(feature = "fail-points")]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {
        $crate::fail_point::reach($name)
    };
}

/// Notes that a point was reached, and dies there if it is the one.
#[cfg(feature = "fail-points")]
#[expect(
    clippy::disallowed_methods,
    reason = "only a build for tests has this, and an argument would run through every function"
)]
pub fn reach(name: &str) {
    use std::env::var_os;
    use std::io::Write as _;

    let Some(trace) = var_os("PROVENANCE_FAIL_TRACE") else {
        return;
    };
    let mut file = std::fs::OpenOptions::new();
    let noted = file
        .append(true)
        .create(true)
        .open(&trace)
        .and_then(|mut file| file.write_all(format!("{name}\n").as_bytes()))
        .and_then(|()| std::fs::read_to_string(&trace));
    let at = var_os("PROVENANCE_FAIL_AT").and_then(|at| at.to_str()?.parse().ok());
    if noted.is_ok_and(|trace| Some(trace.lines().count()) == at) {
        std::process::abort();
    }
}
