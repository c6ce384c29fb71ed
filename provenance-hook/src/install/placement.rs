//! Where one hook goes: a link where nothing stands in the way, a chain where somebody else owns
//! the file, and a line for the person to add where we do not understand it.

use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::git::hooks::HookName;

use super::chain::{self, NotUnderstood, Started};
use super::manifest::Part;
use super::plan::Plan;
use super::program::Program;
use super::site::{Owner, Site};
use super::{InstallError, change};
use crate::saved_hook;

/// How a hook reaches us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// A link to the program.
    Link {
        /// The link.
        path: PathBuf,
        /// Whether the user's own hook runs first.
        after_own: bool,
    },
    /// Marked lines in a file that somebody else owns.
    Chain {
        /// The file.
        path: PathBuf,
        /// Whether the team shares it, so that it wants to be committed.
        is_shared: bool,
    },
    /// A person's own line in the file.
    OwnLine {
        /// The file.
        path: PathBuf,
    },
    /// Nothing was changed; the person is told what to add.
    ByHand {
        /// The file.
        path: PathBuf,
        /// Why it is left alone.
        why: String,
        /// The line to add; none where a line would not help.
        line: Option<String>,
    },
}

/// Decides where a hook goes and plans it.
pub(super) fn place(
    site: &Site,
    program: &Program,
    hook: HookName,
    plan: &mut Plan<'_>,
) -> Result<Placement, InstallError> {
    let path = site.hooks_dir.join(hook.as_str());
    match &site.owner {
        Owner::Git => in_git_directory(&path, program, hook, plan),
        Owner::Husky { scripts } if site.leads_out(&scripts.join(hook.as_str())) => {
            Ok(leads_out(&scripts.join(hook.as_str()), hook))
        }
        Owner::Project if site.leads_out(&path) => Ok(leads_out(&path, hook)),
        Owner::Husky { scripts } => chained(
            &scripts.join(hook.as_str()),
            hook,
            Started::ByHusky,
            true,
            plan,
        ),
        Owner::Project => chained(&path, hook, Started::ByGit, true, plan),
        Owner::Shared => Ok(if calls_us(&path)? {
            Placement::OwnLine { path }
        } else {
            Placement::ByHand {
                path,
                why: "other repositories use this directory too".to_owned(),
                line: Some(chain::line_by_hand(hook)),
            }
        }),
        Owner::Nowhere => Ok(Placement::ByHand {
            path: site.hooks_dir.clone(),
            why: "core.hooksPath names no directory, so Git runs no hooks: \
                  git config --unset core.hooksPath"
                .to_owned(),
            line: None,
        }),
    }
}

fn leads_out(path: &Path, hook: HookName) -> Placement {
    Placement::ByHand {
        path: path.to_owned(),
        why: "it is a link that leads out of the worktree".to_owned(),
        line: Some(chain::line_by_hand(hook)),
    }
}

fn calls_us(path: &Path) -> Result<bool, InstallError> {
    Ok(change::read(path)?.is_some_and(|script| chain::calls_us(&script)))
}

/// Places a hook in a directory that belongs to this clone alone.
fn in_git_directory(
    path: &Path,
    program: &Program,
    hook: HookName,
    plan: &mut Plan<'_>,
) -> Result<Placement, InstallError> {
    let dir = path.parent().unwrap_or(path);
    let saved = saved_hook::path(dir, hook.as_str());
    let linked = |after_own| Placement::Link {
        path: path.to_owned(),
        after_own,
    };
    if !change::is_taken(path) {
        plan.link(path, program.path(), None)?;
        return Ok(linked(saved_hook::is_executable(&saved)));
    }
    if let Some(target) = our_link(path) {
        if target != program.path() {
            plan.link(path, program.path(), None)?;
        }
        return Ok(linked(saved_hook::is_executable(&saved)));
    }
    let script = match change::read(path) {
        Ok(script) => script.unwrap_or_default(),
        // Too large to be looked into, or a directory: the move below will tell.
        Err(_) => Vec::new(),
    };
    if let Some(legacy) = set_aside_by_pre_commit(path, &script) {
        if our_link(&legacy).as_deref() != Some(program.path()) {
            plan.link(&legacy, program.path(), None)?;
        }
        return Ok(Placement::Link {
            path: legacy,
            after_own: false,
        });
    }
    if chain::is_marked(&script) || must_stay(&script) {
        return chained(path, hook, Started::ByGit, false, plan);
    }
    if chain::calls_us(&script) {
        return Ok(Placement::OwnLine {
            path: path.to_owned(),
        });
    }
    if change::is_taken(&saved) && !change::is_same(path, &saved) {
        return Err(InstallError::BothThere {
            hook: path.to_owned(),
            saved,
        });
    }
    plan.link(path, program.path(), Some(&saved))?;
    Ok(linked(saved_hook::is_executable(path)))
}

/// Returns where a link leads if it is one of ours, whether or not the program is there.
#[must_use]
pub fn our_link(path: &Path) -> Option<PathBuf> {
    let target = fs::read_link(path).ok()?;
    let name = target.file_name()?.to_str()?;
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    matches!(stem, "provenance-hook" | "git-provenance").then_some(target)
}

/// Returns our link if pre-commit was installed after us: it moves the hook that it finds to
/// `commit-msg.legacy`, and runs it from there.
#[must_use]
pub fn set_aside_by_pre_commit(path: &Path, script: &[u8]) -> Option<PathBuf> {
    let legacy = moved(path, "legacy");
    let is_theirs = String::from_utf8_lossy(script).contains("File generated by pre-commit");
    (is_theirs && our_link(&legacy).is_some()).then_some(legacy)
}

/// The name that a hook has after another tool moved it.
pub(super) fn moved(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Answers whether a script must keep its name: a hook manager rewrites it under that name, or it
/// asks for its own name.
// The marks are words that the generated files have and that no program of ours may hold
// together: lefthook takes any file with its name in capitals for its own, pre-commit any with
// its hash, and both write through links.
fn must_stay(script: &[u8]) -> bool {
    const MARKS: &[&str] = &[
        "call_lefthook",
        "File generated by pre-commit",
        "basename",
        "${0##",
        "PROGRAM_NAME",
    ];
    let script = String::from_utf8_lossy(script);
    MARKS.iter().any(|mark| script.contains(mark))
}

/// Places a hook as marked lines in a file.
fn chained(
    path: &Path,
    hook: HookName,
    started: Started,
    is_shared: bool,
    plan: &mut Plan<'_>,
) -> Result<Placement, InstallError> {
    let by_hand = |why: String| Placement::ByHand {
        path: path.to_owned(),
        why,
        line: Some(chain::line_by_hand(hook)),
    };
    let Some(script) = change::read(path)? else {
        let mode = match started {
            Started::ByGit => 0o755,
            Started::ByHusky => 0o644,
        };
        let lines = chain::alone(hook, started);
        plan.write(path, Part::Chain, lines.into_bytes(), &[], mode)?;
        return Ok(Placement::Chain {
            path: path.to_owned(),
            is_shared,
        });
    };
    if !chain::is_marked(&script) && chain::calls_us(&script) {
        return Ok(Placement::OwnLine {
            path: path.to_owned(),
        });
    }
    if started == Started::ByGit && !saved_hook::is_executable(path) {
        return Ok(by_hand(
            "it is not executable, so Git ignores it".to_owned(),
        ));
    }
    let bare: Result<String, NotUnderstood> = chain::without(&script);
    match (chain::with(&script, hook, started), bare) {
        (Ok(lines), Ok(bare)) => {
            plan.write(
                path,
                Part::Chain,
                lines.into_bytes(),
                bare.as_bytes(),
                0o755,
            )?;
            Ok(Placement::Chain {
                path: path.to_owned(),
                is_shared,
            })
        }
        (Err(why), _) | (_, Err(why)) => Ok(by_hand(why.to_string())),
    }
}
