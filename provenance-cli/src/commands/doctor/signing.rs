//! The key that signs.

use provenance_core::git::Repo;
use provenance_core::key::KeyError;
use provenance_hook::Environment;
use provenance_hook::signing_key::{self, SigningKeyError};

use super::super::init::from_home;
use super::{Check, Status};

/// Looks at the key that would sign the next record.
pub(super) fn check(repo: &Repo, environment: &Environment) -> Check {
    let file = match repo
        .config()
        .map_err(SigningKeyError::from)
        .and_then(|config| signing_key::locate(config, environment))
    {
        Ok(file) => file,
        Err(error) => return Check::error("key", Status::Blocking, &error),
    };
    let place = from_home(&file.path, environment);
    match file.load() {
        Ok(key) => Check::ok("key", format!("{} ({place})", key.id().as_str())),
        Err(SigningKeyError::Key(KeyError::Missing { .. })) => Check::blocking(
            "key",
            format!("there is no key at {place}"),
            "git provenance init",
        ),
        Err(SigningKeyError::Key(KeyError::Exposed { mode, .. })) => Check::blocking(
            "key",
            format!("{place} can be read by others (mode {mode:04o})"),
            &format!("chmod 600 {place}, and make another key if it leaked"),
        ),
        Err(SigningKeyError::Key(error)) => Check::error("key", Status::Blocking, &error),
        Err(error) => Check::error("key", Status::Blocking, &error),
    }
}
