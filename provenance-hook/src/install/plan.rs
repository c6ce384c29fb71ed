//! `Plan`: everything that is about to change, decided before anything does.
//!
//! Takes decisions ([`Plan::link`], [`Plan::write`]), gives one [`Plan::carry_out`], which does
//! all of it or none of it.

use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::fail_point;

use super::manifest::{FileEntry, LinkEntry, Manifest, Part, Place};
use super::{InstallError, change};

/// What is about to change.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    common_dir: &'a Path,
    before: Manifest,
    manifest: Manifest,
    actions: Vec<Action>,
}

#[derive(Debug)]
enum Action {
    Link {
        path: PathBuf,
        target: PathBuf,
        set_aside: Option<PathBuf>,
    },
    Write {
        path: PathBuf,
        bytes: Vec<u8>,
        mode: u32,
    },
}

/// How an action that was done is undone.
#[derive(Debug)]
enum Undo {
    Unlink {
        path: PathBuf,
    },
    Relink {
        path: PathBuf,
        target: PathBuf,
    },
    MoveBack {
        from: PathBuf,
        to: PathBuf,
    },
    Restore {
        path: PathBuf,
        bytes: Option<Vec<u8>>,
    },
    RemoveFolder {
        path: PathBuf,
    },
}

impl<'a> Plan<'a> {
    pub(super) fn new(common_dir: &'a Path) -> Result<Self, InstallError> {
        let before = Manifest::load(common_dir)?;
        let mut manifest = before.clone();
        crate::VERSION.clone_into(&mut manifest.version);
        Ok(Self {
            common_dir,
            before,
            manifest,
            actions: Vec::new(),
        })
    }

    /// Answers whether nothing is to be done.
    pub(super) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Plans a link, where nothing is or a link is; or, with `set_aside`, the user's own hook.
    pub(super) fn link(
        &mut self,
        path: &Path,
        target: &Path,
        set_aside: Option<&Path>,
    ) -> Result<(), InstallError> {
        self.folders_of(path)?;
        self.manifest.add_link(LinkEntry {
            path: Place::new(self.common_dir, path)?,
            target: Place::new(self.common_dir, target)?,
            saved: set_aside
                .map(|saved| Place::new(self.common_dir, saved))
                .transpose()?,
        });
        self.actions.push(Action::Link {
            path: path.to_owned(),
            target: target.to_owned(),
            set_aside: set_aside.map(Path::to_owned),
        });
        Ok(())
    }

    /// Plans the new content of a file, whose `mode` counts if it is new; `bare` is what it holds
    /// without our part.
    pub(super) fn write(
        &mut self,
        path: &Path,
        part: Part,
        after: Vec<u8>,
        bare: &[u8],
        mode: u32,
    ) -> Result<(), InstallError> {
        let current = change::read(path)?;
        if current.as_ref() == Some(&after) {
            return Ok(());
        }
        self.folders_of(path)?;
        let place = Place::new(self.common_dir, path)?;
        let entry = FileEntry::new(place, part, current.as_deref(), &after);
        self.manifest.add_file(entry, current.as_deref(), bare);
        self.actions.push(Action::Write {
            path: path.to_owned(),
            bytes: after,
            mode,
        });
        Ok(())
    }

    /// Notes which folders have to be made, outermost first.
    fn folders_of(&mut self, path: &Path) -> Result<(), InstallError> {
        for folder in missing_folders(path) {
            let place = Place::new(self.common_dir, folder)?;
            // Our own state stays when the hooks go.
            if folder != self.common_dir.join("provenance")
                && !self.manifest.folders.contains(&place)
            {
                self.manifest.folders.push(place);
            }
        }
        Ok(())
    }

    /// Does all of it, or none of it.
    ///
    /// # Errors
    ///
    /// [`InstallError`] of the first step that failed; what was done before it is undone.
    pub(super) fn carry_out(self) -> Result<(), InstallError> {
        change::private_dir(&self.common_dir.join("provenance"))?;
        self.manifest.save(self.common_dir)?;
        let mut done = Vec::new();
        for action in &self.actions {
            if let Err(error) = action.carry_out(&mut done) {
                for step in done.iter().rev() {
                    // The first error is the one to report; the manifest below says what is left.
                    drop(step.carry_out());
                }
                drop(self.before.save(self.common_dir));
                fail_point!("install: take back the folder");
                drop(fs::remove_dir(self.common_dir.join("provenance")));
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Action {
    fn carry_out(&self, done: &mut Vec<Undo>) -> Result<(), InstallError> {
        match self {
            Self::Link {
                path,
                target,
                set_aside,
            } => {
                make_folders(path, done)?;
                if let Some(saved) = set_aside {
                    change::set_aside(path, saved)?;
                    done.push(Undo::MoveBack {
                        from: saved.clone(),
                        to: path.clone(),
                    });
                }
                let old = fs::read_link(path).ok();
                change::link(path, target)?;
                done.push(match old {
                    Some(target) => Undo::Relink {
                        path: path.clone(),
                        target,
                    },
                    None => Undo::Unlink { path: path.clone() },
                });
            }
            Self::Write { path, bytes, mode } => {
                make_folders(path, done)?;
                let old = change::read(path)?;
                change::write(path, bytes, *mode)?;
                done.push(Undo::Restore {
                    path: path.clone(),
                    bytes: old,
                });
            }
        }
        Ok(())
    }
}

impl Undo {
    fn carry_out(&self) -> Result<(), InstallError> {
        match self {
            Self::Unlink { path } | Self::Restore { path, bytes: None } => change::remove(path),
            Self::Relink { path, target } => change::link(path, target),
            Self::MoveBack { from, to } => change::move_back(from, to),
            Self::Restore {
                path,
                bytes: Some(bytes),
            } => change::write(path, bytes, 0o644),
            Self::RemoveFolder { path } => {
                fail_point!("install: take back a folder");
                drop(fs::remove_dir(path));
                Ok(())
            }
        }
    }
}

/// The folders above a path that are not there, outermost first.
fn missing_folders(path: &Path) -> Vec<&Path> {
    let mut missing: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .take_while(|folder| !folder.exists())
        .collect();
    missing.reverse();
    missing
}

fn make_folders(path: &Path, done: &mut Vec<Undo>) -> Result<(), InstallError> {
    for folder in missing_folders(path) {
        fail_point!("install: make a folder");
        fs::create_dir(folder).map_err(|source| InstallError::file("make", folder, source))?;
        done.push(Undo::RemoveFolder {
            path: folder.to_owned(),
        });
    }
    Ok(())
}
