//! Whom this repository believes, and whether the key that signs is among them.

use provenance_core::git::Repo;
use provenance_core::trust::Trust;
use provenance_hook::{Environment, signing_key};

use super::{Check, Status};

/// Looks at the trust chain.
pub(super) fn check(repo: &Repo, environment: &Environment) -> Check {
    let trust = match Trust::load(repo) {
        Ok(Some(trust)) => trust,
        Ok(None) => {
            return Check::broken(
                "trust",
                "this repository has no trust root; its records can be at most `untrusted`",
                "git provenance init",
            );
        }
        Err(error) => return Check::error("trust", Status::Broken, &error),
    };
    if let Some(problem) = trust.problems().iter().find(|problem| problem.is_break()) {
        return Check::error("trust", Status::Broken, problem);
    }
    let Ok(key) = signing_key::load(repo, environment) else {
        // The key has a check of its own.
        return Check::ok("trust", format!("root {}", trust.root_id()));
    };
    match trust.principal_of(key.id()) {
        Some(principal) => Check::ok(
            "trust",
            format!("version {}; you sign as {}", trust.version(), principal.id),
        ),
        None => Check::broken(
            "trust",
            format!(
                "nobody has vouched for the key {}; what it signs is `untrusted`",
                key.id().as_str()
            ),
            "a holder of the root runs: git provenance trust add ID --key FILE --kind human",
        ),
    }
}
