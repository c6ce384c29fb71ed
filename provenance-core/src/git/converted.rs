//! Files that Git keeps otherwise than they stand on disk: filters, keywords, encodings
//! (gitattributes(5), "Effects").
//!
//! Takes paths; says whether attributes change their bytes, and what Git would keep of a file on
//! disk. Line ends are no difference here: whoever compares lines leaves them out.
//!
//! # What is not checked
//!
//! What a filter does. It is the user's own, and Git has just run it for the same file.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use git2::AttrCheckFlags;

use super::blame::os_string;
use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// The attributes that change bytes.
const ATTRIBUTES: [&str; 3] = ["filter", "ident", "working-tree-encoding"];

impl Repo {
    /// Answers whether Git keeps a file otherwise than it stands on disk.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`] when the attributes cannot be read.
    pub(crate) fn is_converted(&self, path: &[u8]) -> Result<bool, GitError> {
        let name = os_string(path);
        for attribute in ATTRIBUTES {
            let value = self
                .inner()
                .get_attr_bytes(Path::new(&name), attribute, AttrCheckFlags::FILE_THEN_INDEX)
                .map_err(|source| GitError::failed("read attributes", source))?;
            let value = git2::AttrValue::from_bytes(value);
            if !matches!(value, git2::AttrValue::False | git2::AttrValue::Unspecified) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the id that a file on disk would have as a blob; `None` where Git gives none.
    ///
    /// # Errors
    ///
    /// [`GitError::NoGit`].
    pub(crate) fn id_on_disk(&self, path: &[u8]) -> Result<Option<ObjectId>, GitError> {
        let Some(root) = self.work_tree() else {
            return Ok(None);
        };
        let mut args = vec![OsString::from("-C"), root.into()];
        args.extend(["hash-object", "--"].map(OsString::from));
        args.push(os_string(path));
        let output = self.git(args.iter().map(OsStr::new))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.trim().parse().ok().filter(|_| output.status.success()))
    }
}
