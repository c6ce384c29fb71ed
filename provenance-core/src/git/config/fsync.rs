//! `FsyncPolicy`: what a write waits for.
//!
//! Takes `core.fsync` and the older `core.fsyncObjectFiles` (git-config(1)) and gives whether
//! loose objects and references are flushed to the disk before a write counts as done. In the
//! path of a commit we follow Git; elsewhere everything is flushed.

use super::{Config, GitError};

/// What is flushed to the disk before a write counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FsyncPolicy {
    /// Loose objects.
    pub loose_objects: bool,
    /// References.
    pub references: bool,
}

impl FsyncPolicy {
    /// Everything is flushed.
    pub const ALWAYS: Self = Self {
        loose_objects: true,
        references: true,
    };

    /// Git's default: neither.
    pub const GIT_DEFAULT: Self = Self {
        loose_objects: false,
        references: false,
    };
}

impl Config {
    /// Returns what Git itself would flush here.
    ///
    /// # Errors
    ///
    /// [`GitError::Setting`] when `core.fsyncObjectFiles` is neither true nor false.
    pub fn fsync_policy(&self) -> Result<FsyncPolicy, GitError> {
        let mut policy = FsyncPolicy::GIT_DEFAULT;
        let Some(components) = self.string("core.fsync") else {
            // Git listens to the older key only where the newer one is silent.
            policy.loose_objects = self.boolean("core.fsyncobjectfiles")?.unwrap_or(false);
            return Ok(policy);
        };
        for component in components.split([',', ' ', '\t', '\n']) {
            let (component, on) = match component.strip_prefix('-') {
                Some(component) => (component, false),
                None => (component, true),
            };
            match component {
                "none" => policy = FsyncPolicy::GIT_DEFAULT,
                "loose-object" | "objects" => policy.loose_objects = on,
                "reference" => policy.references = on,
                "committed" | "added" | "all" => {
                    policy = FsyncPolicy {
                        loose_objects: on,
                        references: on,
                    };
                }
                // Git warns about a component that it does not know, and goes on.
                _ => {}
            }
        }
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_components_of_core_fsync_add_up_as_in_git() {
        for (value, loose_objects, references) in [
            ("", false, false),
            ("none", false, false),
            ("committed,-loose-object", false, true),
            ("all", true, true),
            ("objects", true, false),
            ("loose-object,reference", true, true),
            ("all,none", false, false),
            ("-reference", false, false),
            ("something-new", false, false),
        ] {
            let config = Config {
                entries: vec![("core.fsync".to_owned(), Some(value.to_owned()))],
            };
            let policy = config.fsync_policy().unwrap();
            let expected = FsyncPolicy {
                loose_objects,
                references,
            };
            assert_eq!(policy, expected, "{value}");
        }
    }
}
