//! Files that others may write too (`core.sharedRepository` in git-config(1)).
//!
//! Takes a file that was just made below the common directory, and gives it, and the directories
//! that were made for it, the rights that Git would have given (`adjust_shared_perm` in Git's
//! `path.c`). libgit2 does so for no reference. Our own state, which is private, is left alone.
//!
//! # What is not checked
//!
//! Whether it worked. What belongs to somebody else has its rights already, or cannot be given any.

use std::path::Path;

use super::{GitError, Repo};

impl Repo {
    /// Gives a file and its directories the rights that the repository asks for; most ask for none.
    pub(super) fn share(&self, file: &Path) -> Result<(), GitError> {
        let Some(rights) = self
            .config()?
            .string("core.sharedRepository")
            .and_then(rights)
        else {
            return Ok(());
        };
        let common_dir = self.common_dir();
        let made = file.ancestors();
        for path in made.take_while(|path| path.starts_with(common_dir) && *path != common_dir) {
            add(path, rights);
        }
        Ok(())
    }
}

/// The rights that a setting asks for on top of the owner's; `None` where the umask decides.
fn rights(setting: &str) -> Option<u32> {
    match setting.to_ascii_lowercase().as_str() {
        "group" | "true" | "yes" | "on" | "1" => Some(0o660),
        "all" | "world" | "everybody" | "2" => Some(0o664),
        mode if mode.starts_with('0') && mode.len() > 1 => {
            u32::from_str_radix(mode, 8).ok().map(|mode| mode & 0o666)
        }
        _ => None,
    }
}

#[cfg(unix)]
fn add(path: &Path, rights: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(data) = path.symlink_metadata() else {
        return;
    };
    let mode = data.permissions().mode();
    let wanted = if data.is_dir() {
        // Whoever may read a directory may enter it, and what is made there is the group's.
        mode | rights | (rights & 0o444) >> 2 | 0o2000
    } else if mode & 0o200 == 0 {
        mode | rights & 0o444
    } else {
        mode | rights
    };
    if wanted != mode && !data.is_symlink() {
        drop(std::fs::set_permissions(
            path,
            std::fs::Permissions::from_mode(wanted),
        ));
    }
}

#[cfg(not(unix))]
fn add(_path: &Path, _rights: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_as_git_reads_it() {
        for (setting, expected) in [
            ("umask", None),
            ("false", None),
            ("0", None),
            ("group", Some(0o660)),
            ("True", Some(0o660)),
            ("everybody", Some(0o664)),
            ("0640", Some(0o640)),
            ("0666", Some(0o666)),
            ("nonsense", None),
        ] {
            assert_eq!(rights(setting), expected, "{setting}");
        }
    }
}
