//! When commits were written, in any form that Git has: `relative`, `rfc`, `format:%Y`.
//!
//! Takes the name of a form and commits; Git itself writes the dates.
//!
//! # What is not checked
//!
//! What a form of the user's own makes of a date. It may be anything.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use super::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::text;

impl Repo {
    /// Returns when each commit was written, by its author's date, as `git log --date=<form>`
    /// shows it.
    ///
    /// # Errors
    ///
    /// [`GitError::DateForm`] where Git knows no such form; [`GitError::NoGit`].
    pub fn author_dates(
        &self,
        commit_ids: &[ObjectId],
        form: &str,
    ) -> Result<HashMap<ObjectId, String>, GitError> {
        let refused = |message: &str| GitError::DateForm {
            form: text::escaped(form).into_owned(),
            message: text::escaped(message).into_owned(),
        };
        if form.contains('\0') {
            return Err(refused("it holds NUL"));
        }
        let date = format!("--date={form}");
        // With no commit at all Git would take HEAD, and a form that is none is still refused.
        let mut args = vec!["log", "-z", "--no-walk=unsorted", "--format=%H %ad", &date];
        if commit_ids.is_empty() {
            args.push("--max-count=0");
        }
        args.push("--stdin");
        let failed = |source| GitError::NoGit { source };
        let mut git = self.git_command(args);
        let piped = git.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().map_err(failed)?;
        let mut asked = String::with_capacity(commit_ids.len() * 65);
        for id in commit_ids {
            // Writing to a text cannot fail.
            let _ = writeln!(asked, "{id}");
        }
        let stdin = child.stdin.take();
        let feeding = std::thread::spawn(move || {
            // Whoever refuses the form does not read its input either.
            stdin.map(|mut stdin| stdin.write_all(asked.as_bytes()))
        });
        let output = child.wait_with_output().map_err(failed)?;
        drop(feeding.join());
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            let line = message.lines().next().unwrap_or_default();
            return Err(refused(line.strip_prefix("fatal: ").unwrap_or(line)));
        }
        let mut dates = HashMap::with_capacity(commit_ids.len());
        for told in output.stdout.split(|byte| *byte == 0) {
            let told = String::from_utf8_lossy(told);
            let (id, date) = told.split_once(' ').unwrap_or((&told, ""));
            if let Ok(id) = id.trim_start().parse() {
                dates.insert(id, date.to_owned());
            }
        }
        Ok(dates)
    }
}
