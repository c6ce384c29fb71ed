//! `Context`: what every command needs, made once, opened when first asked for.

use std::cell::OnceCell;

use provenance_core::clock::{self, Clock};
use provenance_core::entropy;
use provenance_core::git::{Location, Names, Repo};
use provenance_hook::Environment;

use crate::cli::GlobalArgs;
use crate::error::CliError;
use crate::output::{ColorChoice, Output};

/// What a command may use of the world.
#[derive(Debug)]
pub(crate) struct Context {
    environment: Environment,
    global: GlobalArgs,
    repo: OnceCell<Repo>,
    clock: clock::System,
    color: ColorChoice,
}

impl Context {
    /// Makes the context of one command.
    pub(crate) fn new(environment: Environment, global: GlobalArgs) -> Self {
        let environment = match &global.directory {
            Some(directory) => environment.within(directory),
            None => environment,
        };
        let color = ColorChoice::new(global.color, &environment);
        Self {
            environment,
            global,
            repo: OnceCell::new(),
            clock: clock::System,
            color,
        }
    }

    /// Returns the environment, with `-C` applied.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns where the repository is looked for.
    pub(crate) fn location(&self) -> Location {
        self.environment.location()
    }

    /// Returns the repository; opens it when first asked.
    ///
    /// # Errors
    ///
    /// [`CliError`] around the [`GitError`](provenance_core::git::GitError) that opening it gave.
    pub(crate) fn repo(&self) -> Result<&Repo, CliError> {
        if let Some(repo) = self.repo.get() {
            return Ok(repo);
        }
        let repo = Repo::open(&self.location())?;
        Ok(self.repo.get_or_init(|| repo))
    }

    /// Opens the repository once more, to read many objects: blobs and trees are then believed to
    /// be what their names say, as `git blame` does, and commits are not.
    ///
    /// # Errors
    ///
    /// As for [`Context::repo`].
    pub(crate) fn repo_in_bulk(&self) -> Result<Repo, CliError> {
        let mut repo = Repo::open(&self.location())?;
        repo.read_in_bulk(Names::OfCommits);
        Ok(repo)
    }

    /// Returns the clock.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    /// Returns the source of salts, nonces and new keys.
    #[expect(clippy::unused_self, reason = "whoever has no context has no entropy")]
    pub(crate) fn entropy(&self) -> entropy::System {
        entropy::System
    }

    /// Returns standard output for text that people read: through a pager on a terminal.
    pub(crate) fn paged(&self) -> Output {
        Output::paged(self.color, &self.environment, self.global.no_pager)
    }

    /// Returns standard output as it is: for a few lines, and for programs.
    pub(crate) fn output(&self) -> Output {
        Output::plain(self.color)
    }

    /// Returns how standard error is colored.
    pub(crate) fn color_of_stderr(&self) -> bool {
        self.color.on_stderr
    }
}
