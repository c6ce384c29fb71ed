//! `Part`: what a file is for: the project's own, generated, or vendored.
//!
//! What `.gitattributes` of the counted tree says (`linguist-generated`, `linguist-vendored`) goes
//! before names: `-linguist-generated` makes a lock file the project's own. Where nothing is said,
//! lock files and names that generators are known for are generated, and what lies below the
//! directories of other people's code is vendored. A file that is both is vendored: what others
//! generated is still theirs.
//!
//! # What is not checked
//!
//! Contents: a file that says of itself that it was generated counts by its name.

use std::collections::HashMap;

use serde::Serialize;

use crate::git::attributes::LinguistFlags;
use crate::git::tree::File;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// The project's own: people and agents write it here.
    Own,
    /// Written by a program from something else.
    Generated,
    /// Other people's code, as they wrote it.
    Vendored,
}

/// Directories, at any depth, below which everything is other people's.
const VENDORED_DIRECTORIES: &[&[u8]] = &[
    b"vendor",
    b"third_party",
    b"third-party",
    b"thirdparty",
    b"node_modules",
    b"bower_components",
    b"jspm_packages",
    b"Godeps",
    b"Pods",
    b"Carthage",
];

/// File names of lock files and of what is kept beside them, in whole.
const LOCK_FILES: &[&[u8]] = &[
    b"Cargo.lock",
    b"package-lock.json",
    b"npm-shrinkwrap.json",
    b"yarn.lock",
    b"pnpm-lock.yaml",
    b"bun.lock",
    b"deno.lock",
    b"composer.lock",
    b"Gemfile.lock",
    b"poetry.lock",
    b"pdm.lock",
    b"uv.lock",
    b"pixi.lock",
    b"pylock.toml",
    b"Pipfile.lock",
    b"go.sum",
    b"go.work.sum",
    b"flake.lock",
    b"mix.lock",
    b"rebar.lock",
    b"pubspec.lock",
    b"Podfile.lock",
    b"Cartfile.resolved",
    b"Package.resolved",
    b"packages.lock.json",
    b"gradle.lockfile",
    b"conan.lock",
    b"MODULE.bazel.lock",
    b".terraform.lock.hcl",
    b"stack.yaml.lock",
    b"Chart.lock",
];

/// Ends of the names of files that programs write.
const GENERATED_ENDS: &[&[u8]] = &[
    b".min.js",
    b".min.mjs",
    b".min.css",
    b".js.map",
    b".mjs.map",
    b".cjs.map",
    b".css.map",
    b".pb.go",
    b".pb.gw.go",
    b".pb.cc",
    b".pb.h",
    b"_pb2.py",
    b"_pb2.pyi",
    b"_pb2_grpc.py",
    b"_pb.js",
    b"_pb.ts",
    b"_pb.d.ts",
    b"_grpc_pb.js",
    b"_grpc_pb.d.ts",
    b".g.dart",
    b".freezed.dart",
    b".g.cs",
    b".g.i.cs",
    b".generated.cs",
    b".designer.cs",
    b".Designer.cs",
    b".gen.go",
    b".generated.ts",
    b".snap",
];

/// Starts of the names of files that programs write.
const GENERATED_STARTS: &[&[u8]] = &[b"zz_generated."];

impl Part {
    /// Every part that is told apart.
    pub const APART: [Self; 2] = [Self::Generated, Self::Vendored];

    /// Returns the word for it, as in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
        }
    }

    /// Returns what a path is by its names, and by what attributes say of it.
    #[must_use]
    pub fn of(path: &[u8], flags: LinguistFlags) -> Self {
        let mut names = path.rsplit(|byte| *byte == b'/');
        let name = names.next().unwrap_or_default();
        let mut directories = names;
        let is_vendored = || directories.any(|name| VENDORED_DIRECTORIES.contains(&name));
        let is_generated = || {
            LOCK_FILES.contains(&name)
                || GENERATED_ENDS.iter().any(|end| name.ends_with(end))
                || GENERATED_STARTS.iter().any(|start| name.starts_with(start))
        };
        if flags.vendored.unwrap_or_else(is_vendored) {
            Self::Vendored
        } else if flags.generated.unwrap_or_else(is_generated) {
            Self::Generated
        } else {
            Self::Own
        }
    }
}

/// What the paths of a tree, and others, are for.
#[derive(Debug, Default)]
pub(super) struct Parting {
    flags: HashMap<Vec<u8>, LinguistFlags>,
    /// Whether all attributes could be read.
    pub(super) is_whole: bool,
}

impl Parting {
    /// Asks what the attributes of a commit's tree say of the paths. `files` are those of the tree.
    pub(super) fn of<'p>(
        repo: &Repo,
        commit_id: ObjectId,
        files: &[File],
        paths: impl Iterator<Item = &'p [u8]>,
    ) -> Result<Self, GitError> {
        let linguist = repo.linguist(commit_id, files, paths)?;
        Ok(Self {
            flags: linguist.flags,
            is_whole: linguist.is_whole,
        })
    }

    pub(super) fn part(&self, path: &[u8]) -> Part {
        Part::of(path, self.flags.get(path).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_attributes_do_not() {
        for (path, expected) in [
            (&b"src/main.rs"[..], Part::Own),
            (b"Cargo.lock", Part::Generated),
            (b"web/package-lock.json", Part::Generated),
            (b"web/app.min.js", Part::Generated),
            (b"api/zz_generated.deepcopy.go", Part::Generated),
            (b"tests/__snapshots__/a.snap", Part::Generated),
            (b"vendor", Part::Own),
            (b"vendor/a.go", Part::Vendored),
            (b"a/third_party/b/Cargo.lock", Part::Vendored),
            (b"vendors/a.go", Part::Own),
            (b"src/vendor.rs", Part::Own),
            (b"my-Cargo.lock", Part::Own),
            (b"min.js", Part::Own),
        ] {
            let shown = String::from_utf8_lossy(path);
            assert_eq!(
                Part::of(path, LinguistFlags::default()),
                expected,
                "{shown}"
            );
        }
    }

    #[test]
    fn attributes_go_before_names() {
        let flags = |generated, vendored| LinguistFlags {
            generated,
            vendored,
        };
        for (path, flags, expected) in [
            (&b"a.rs"[..], flags(Some(true), None), Part::Generated),
            (b"a.rs", flags(Some(true), Some(true)), Part::Vendored),
            (b"Cargo.lock", flags(Some(false), None), Part::Own),
            (b"vendor/a.c", flags(None, Some(false)), Part::Own),
            (b"vendor/go.sum", flags(None, Some(false)), Part::Generated),
            (b"vendor/a.c", flags(Some(true), None), Part::Vendored),
        ] {
            assert_eq!(Part::of(path, flags), expected, "{path:?} {flags:?}");
        }
    }
}
