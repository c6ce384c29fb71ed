//! `Config`: Git's configuration as Git itself would read it here.
//!
//! Takes the files that libgit2 finds, then what the environment adds: `GIT_CONFIG_COUNT` pairs,
//! then `GIT_CONFIG_PARAMETERS`, which is how `git -c key=value commit` reaches a hook. libgit2
//! reads neither. Gives typed values, the last one winning as in git-config(1). Where a file
//! includes others on a condition that libgit2 cannot judge, `git config --list` is asked.
//!
//! # What is not checked
//!
//! Whether a value makes sense beyond its type; [`Settings`] does that for our own keys.

mod compression;
mod fsync;
mod identity;
mod parameters;
mod settings;

pub use fsync::FsyncPolicy;
pub use identity::{Identity, IdentityRole};
pub use settings::{NotesRef, SETTINGS, Setting, Settings, TrailerPolicy};

use std::path::Path;

use git2::ConfigLevel;

use super::{GitError, Location, Repo};
use crate::text;

/// The effective configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// In the order of precedence, the strongest last. Section and name are lower case.
    entries: Vec<Entry>,
}

/// A key and its value; a key that stands alone has none, which Git reads as true.
type Entry = (String, Option<String>);

impl Config {
    /// Returns the strongest entry of `key`.
    fn last(&self, key: &str) -> Option<&Entry> {
        let key = canonical(key)?;
        self.entries.iter().rev().find(|(name, _)| *name == key)
    }

    /// Returns the text of `key`; `None` when it is not set or stands without a value.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<&str> {
        self.last(key)?.1.as_deref()
    }

    /// Returns every value of `key`, the strongest last.
    #[must_use]
    pub fn strings(&self, key: &str) -> Vec<&str> {
        let key = canonical(key);
        let entries = self
            .entries
            .iter()
            .filter(|(name, _)| Some(name) == key.as_ref());
        entries.filter_map(|(_, value)| value.as_deref()).collect()
    }

    /// Returns every value that any subsection of `section` has under `name`, both lower case, with
    /// the subsection; the strongest last.
    pub fn of_subsections<'c>(
        &'c self,
        section: &'c str,
        name: &'c str,
    ) -> impl Iterator<Item = (&'c str, &'c str)> {
        self.entries.iter().filter_map(move |(key, value)| {
            let rest = key.strip_prefix(section)?.strip_prefix('.')?;
            let subsection = rest.strip_suffix(name)?.strip_suffix('.')?;
            Some((subsection, value.as_deref()?))
        })
    }

    /// Returns the truth of `key` as Git reads it: `true`, `yes`, `on`, a number that is not 0,
    /// or no value at all.
    ///
    /// # Errors
    ///
    /// [`GitError::Setting`] when the value is none of what Git accepts.
    pub fn boolean(&self, key: &'static str) -> Result<Option<bool>, GitError> {
        let Some((_, value)) = self.last(key) else {
            return Ok(None);
        };
        let value = value.as_deref();
        let truth = match value.map(str::to_ascii_lowercase).as_deref() {
            None | Some("true" | "yes" | "on") => Some(true),
            Some("" | "false" | "no" | "off") => Some(false),
            Some(number) => parse_integer(number).map(|n| n != 0),
        };
        let bad = || bad_setting(key, value.unwrap_or_default(), "true or false");
        truth.map(Some).ok_or_else(bad)
    }

    /// Returns the number of `key`, with `k`, `m` and `g` for powers of 1024.
    ///
    /// # Errors
    ///
    /// [`GitError::Setting`] when the value is no number.
    pub fn integer(&self, key: &'static str) -> Result<Option<i64>, GitError> {
        let Some((_, value)) = self.last(key) else {
            return Ok(None);
        };
        let value = value.as_deref().unwrap_or_default();
        let bad = || bad_setting(key, value, "a number, with k, m or g for powers of 1024");
        parse_integer(value).map(Some).ok_or_else(bad)
    }

    /// Answers whether `key` is set, with or without a value.
    #[must_use]
    pub fn is_set(&self, key: &str) -> bool {
        self.last(key).is_some()
    }
}

impl Repo {
    /// Returns the effective configuration, read once for each open repository.
    ///
    /// # Errors
    ///
    /// [`GitError::ConfigEnvironment`], [`GitError::Failed`], [`GitError::NoGit`].
    pub fn config(&self) -> Result<&Config, GitError> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = read(self)?;
        Ok(self.config.get_or_init(|| config))
    }

    /// Writes `key` into the repository's own configuration file.
    /// [`Repo::config`] goes on answering what was there when it was first asked.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`].
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), GitError> {
        let failed = |source| GitError::failed("write the repository's configuration", source);
        let mut config = self.local_config().map_err(failed)?;
        config.set_str(key, value).map_err(failed)
    }

    /// Removes every value of `key` from the repository's own configuration file.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`]; a key that is not there is no error.
    pub fn unset_config(&self, key: &str) -> Result<(), GitError> {
        let failed = |source| GitError::failed("write the repository's configuration", source);
        let mut config = self.local_config().map_err(failed)?;
        match config.remove_multivar(key, ".*") {
            Err(source) if source.code() != git2::ErrorCode::NotFound => Err(failed(source)),
            _ => Ok(()),
        }
    }

    fn local_config(&self) -> Result<git2::Config, git2::Error> {
        self.inner().config()?.open_level(ConfigLevel::Local)
    }
}

fn read(repo: &Repo) -> Result<Config, GitError> {
    let failed = |source| GitError::failed("read the configuration", source);
    let location = repo.location();
    let added = parameters::entries(location)?;
    let named_files = location.config_global.is_some()
        || location.config_system.is_some()
        || location.config_no_system;
    let files = if named_files {
        named(repo, location)
    } else {
        repo.inner().config()
    };
    let mut entries = Vec::new();
    files
        .and_then(|files| {
            files.entries(None)?.for_each(|entry| {
                let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
                let value = entry.has_value().then(|| entry.value_bytes());
                entries.push((name, value.map(|v| String::from_utf8_lossy(v).into_owned())));
            })
        })
        .map_err(failed)?;
    // libgit2 judges `gitdir` and `onbranch`, and only for the files that it found itself.
    let asks_git = |key: &str| {
        key.strip_prefix("includeif.")
            .is_some_and(|condition| named_files || condition.starts_with("hasconfig"))
    };
    let includes = added.iter().any(|(key, _)| key.starts_with("include"));
    if includes || entries.iter().any(|(key, _)| asks_git(key)) {
        return listed(repo);
    }
    entries.extend(added);
    Ok(Config { entries })
}

/// The files, where the environment names some of them.
fn named(repo: &Repo, location: &Location) -> Result<git2::Config, git2::Error> {
    let mut config = git2::Config::new()?;
    let mut add = |path: &Path, level| {
        if path.is_file() {
            config.add_file(path, level, false)
        } else {
            Ok(())
        }
    };
    if !location.config_no_system {
        let found = match &location.config_system {
            Some(path) => Some(location.start.join(path)),
            None => git2::Config::find_system().ok(),
        };
        if let Some(path) = found {
            add(&path, ConfigLevel::System)?;
        }
    }
    if let Some(path) = &location.config_global {
        add(&location.start.join(path), ConfigLevel::Global)?;
    } else {
        if let Ok(path) = git2::Config::find_xdg() {
            add(&path, ConfigLevel::XDG)?;
        }
        if let Ok(path) = git2::Config::find_global() {
            add(&path, ConfigLevel::Global)?;
        }
    }
    add(&repo.common_dir().join("config"), ConfigLevel::Local)?;
    let own = repo.git_dir().join("config.worktree");
    let per_worktree = config.get_bool("extensions.worktreeconfig");
    if per_worktree.unwrap_or(false) && own.is_file() {
        config.add_file(&own, ConfigLevel::Worktree, false)?;
    }
    Ok(config)
}

/// What `git config --list` says: slower by a process, and right about every include.
fn listed(repo: &Repo) -> Result<Config, GitError> {
    let output = repo.git(["config", "--list", "-z", "--includes"])?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(GitError::ConfigEnvironment {
            message: text::escaped(message.trim()).into_owned(),
        });
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let entries = listed.split_terminator('\0');
    Ok(Config {
        entries: entries
            .map(|entry| match entry.split_once('\n') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                None => (entry.to_owned(), None),
            })
            .collect(),
    })
}

/// The spelling of a key in which Git compares: section and name in lower case, the subsection
/// as it is. `None` for what cannot be a key.
fn canonical(key: &str) -> Option<String> {
    let (section, rest) = key.split_once('.')?;
    let (subsection, name) = match rest.rsplit_once('.') {
        Some((subsection, name)) => (Some(subsection), name),
        None => (None, rest),
    };
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    if section.is_empty() || !word(section) || !word(name) || !starts || key.contains('\n') {
        return None;
    }
    let (section, name) = (section.to_ascii_lowercase(), name.to_ascii_lowercase());
    Some(match subsection {
        Some(subsection) => format!("{section}.{subsection}.{name}"),
        None => format!("{section}.{name}"),
    })
}

/// A number as Git's configuration has them: decimal, `0x` or octal, and `k`, `m` or `g`.
fn parse_integer(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (digits, factor) = match text.char_indices().last()? {
        (end, 'k' | 'K') => (text.get(..end)?, 1 << 10),
        (end, 'm' | 'M') => (text.get(..end)?, 1 << 20),
        (end, 'g' | 'G') => (text.get(..end)?, 1 << 30),
        _ => (text, 1),
    };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if lower.len() > 1 && lower.starts_with('0') => (lower.as_str(), 8),
        None => (lower.as_str(), 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i64::from_str_radix(digits, radix).ok()?;
    let number = number.checked_mul(factor)?;
    Some(if negative { -number } else { number })
}

fn bad_setting(key: &'static str, value: &str, expected: &'static str) -> GitError {
    GitError::Setting {
        key,
        value: text::escaped(value).into_owned(),
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(entries: &[(&str, Option<&str>)]) -> Config {
        let owned =
            |(key, value): &(&str, Option<&str>)| ((*key).to_owned(), value.map(str::to_owned));
        Config {
            entries: entries.iter().map(owned).collect(),
        }
    }

    #[test]
    fn the_last_value_wins_and_keys_ignore_case_outside_the_subsection() {
        let config = config(&[
            ("provenance.notesref", Some("refs/notes/a")),
            ("provenance.notesref", Some("refs/notes/b")),
            ("remote.Origin.url", Some("x")),
        ]);
        assert_eq!(config.string("Provenance.notesRef"), Some("refs/notes/b"));
        assert_eq!(config.strings("provenance.NOTESREF").len(), 2);
        assert_eq!(config.string("REMOTE.Origin.URL"), Some("x"));
        assert_eq!(config.string("remote.origin.url"), None);
    }

    #[test]
    fn truth_and_numbers_are_read_as_git_reads_them() {
        for (value, truth) in [
            (None, Some(true)),
            (Some("Yes"), Some(true)),
            (Some(""), Some(false)),
            (Some("off"), Some(false)),
            (Some("2"), Some(true)),
            (Some("0"), Some(false)),
            (Some("maybe"), None),
        ] {
            let config = config(&[("a.b", value)]);
            assert_eq!(config.boolean("a.b").ok().flatten(), truth, "{value:?}");
        }
        for (value, number) in [
            ("8", Some(8)),
            ("8k", Some(8192)),
            ("-1M", Some(-1_048_576)),
            ("0x10", Some(16)),
            ("010", Some(8)),
            ("9g", Some(9_663_676_416)),
            ("99999999999999g", None),
            ("k", None),
            ("--1", None),
            ("", None),
        ] {
            let config = config(&[("a.b", Some(value))]);
            assert_eq!(config.integer("a.b").ok().flatten(), number, "{value:?}");
        }
    }
}
