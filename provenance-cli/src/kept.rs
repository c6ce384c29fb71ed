//! `Kept`: the files in which is kept what can be worked out again, so that it need not be.
//!
//! They lie in the common Git directory after `init`, else in the person's cache, because commands
//! that read change nothing in a repository that never saw `init`.

use std::path::PathBuf;
use std::sync::Arc;

use provenance_core::attribute::Catalog;
use provenance_core::attribute::history::IndexFile;
use provenance_core::digest::Digest;
use provenance_core::git::Repo;
use provenance_core::infer::Rules;

use crate::context::Context;
use crate::error::CliError;

/// Where what is kept.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    history: Option<PathBuf>,
    commits: Option<PathBuf>,
}

impl Kept {
    /// Finds the files, if there is a place for them; they need not be there yet.
    ///
    /// # Errors
    ///
    /// [`CliError`] where the repository cannot be opened.
    pub(crate) fn find(context: &Context) -> Result<Self, CliError> {
        let repo = context.repo()?;
        if !repo.config()?.settings()?.history_index {
            return Ok(Self::default());
        }
        let common_dir = repo.common_dir();
        let own = common_dir.join("provenance");
        if own.is_dir() {
            let index = own.join("index");
            return Ok(Self {
                history: Some(index.join("history")),
                commits: Some(index.join("commits")),
            });
        }
        let named = std::fs::canonicalize(common_dir).ok();
        let name = named.map(|path| Digest::of(path.as_os_str().as_encoded_bytes()).to_hex());
        let (Some(cache), Some(name)) = (context.environment().cache_home(), name) else {
            return Ok(Self::default());
        };
        let cache = cache.join("git-provenance");
        Ok(Self {
            history: Some(cache.join("history").join(&name)),
            commits: Some(cache.join("commits").join(&name)),
        })
    }

    /// Where the history pass keeps what it found.
    pub(crate) fn index(&self) -> Option<IndexFile<'_>> {
        self.history.as_deref().map(IndexFile::at)
    }

    /// Opens the catalog of commits; with rules it knows what they conclude.
    ///
    /// # Errors
    ///
    /// [`CliError`] where the repository cannot be read.
    pub(crate) fn catalog(
        &self,
        repo: &Repo,
        rules: Option<&Rules>,
    ) -> Result<Arc<Catalog>, CliError> {
        let catalog = Catalog::open(repo, self.commits.as_deref(), rules)?;
        Ok(Arc::new(catalog))
    }
}
