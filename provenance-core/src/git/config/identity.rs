//! `Identity`: name and address of the person at the keyboard, as Git resolves them.
//!
//! Takes the environment's word first (`GIT_AUTHOR_NAME`, …), then `author.*` or `committer.*`,
//! then `user.*`, then `EMAIL` for the address (git-commit(1), "Commit Information"). Where Git
//! would go on to guess from the machine's user and host name, we ask instead.
//!
//! # What is not checked
//!
//! Whether it is true. An identity is what somebody typed; only a key proves anything.

use super::Config;
use crate::git::{GitError, Location};

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The email address.
    pub email: String,
}

/// As whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityRole {
    /// Who wrote the change.
    Author,
    /// Who makes the commit.
    Committer,
}

impl Config {
    /// Returns who the user is, in the given role.
    ///
    /// # Errors
    ///
    /// [`GitError::NoIdentity`] when name or address is set nowhere or is empty.
    pub fn identity(&self, role: IdentityRole, location: &Location) -> Result<Identity, GitError> {
        let (variables, keys) = match role {
            IdentityRole::Author => (&location.author, ["author.name", "author.email"]),
            IdentityRole::Committer => (&location.committer, ["committer.name", "committer.email"]),
        };
        let [name_key, email_key] = keys;
        let name = (variables.name.as_deref())
            .or_else(|| self.string(name_key).filter(|name| !name.is_empty()))
            .or_else(|| self.string("user.name"));
        let email = (variables.email.as_deref())
            .or_else(|| self.string(email_key).filter(|email| !email.is_empty()))
            .or_else(|| self.string("user.email"))
            .or(location.email.as_deref());
        let cleaned = |text: Option<&str>| text.map(without_crud).filter(|text| !text.is_empty());
        match (cleaned(name), cleaned(email)) {
            (Some(name), Some(email)) => Ok(Identity { name, email }),
            (None, _) => Err(GitError::NoIdentity { missing: "name" }),
            (_, None) => Err(GitError::NoIdentity { missing: "email" }),
        }
    }
}

/// A name as Git writes it into a commit: nothing that would end it, no punctuation around it.
pub(in crate::git) fn without_crud(text: &str) -> String {
    let is_crud = |c: char| c <= ' ' || ",:;<>\"\\'".contains(c);
    let kept = text.trim_matches(is_crud).chars();
    kept.filter(|c| !matches!(c, '<' | '>' | '\n' | '\0'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::IdentityVariables;

    fn config(entries: &[(&str, &str)]) -> Config {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), Some((*value).to_owned()));
        Config {
            entries: entries.iter().map(owned).collect(),
        }
    }

    #[test]
    fn the_environment_wins_over_the_role_and_the_role_over_the_user() {
        let config = config(&[
            ("user.name", "User"),
            ("user.email", "user@x"),
            ("committer.name", "Committer"),
        ]);
        let mut location = Location::default();
        let of = |role, location: &Location| config.identity(role, location).unwrap().name;
        assert_eq!(of(IdentityRole::Author, &location), "User");
        assert_eq!(of(IdentityRole::Committer, &location), "Committer");
        location.committer = IdentityVariables {
            name: Some(" <Env>, ".to_owned()),
            ..IdentityVariables::default()
        };
        assert_eq!(of(IdentityRole::Committer, &location), "Env");
    }

    #[test]
    fn nobody_is_guessed() {
        let mut location = Location::default();
        let nobody = config(&[("user.name", "User")]);
        let missing = nobody.identity(IdentityRole::Author, &location);
        assert!(matches!(
            missing,
            Err(GitError::NoIdentity { missing: "email" })
        ));
        location.email = Some("mail@x".to_owned());
        let found = nobody.identity(IdentityRole::Author, &location).unwrap();
        assert_eq!(found.email, "mail@x");
        let empty = config(&[("user.name", ",;"), ("user.email", "x")]);
        assert!(empty.identity(IdentityRole::Author, &location).is_err());
    }
}
