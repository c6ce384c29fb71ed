//! One file per Git hook; [`HookName`](provenance_core::git::hooks::HookName) is the list.

pub mod commit_msg;
pub mod post_applypatch;
pub mod post_commit;
pub mod post_merge;
pub mod post_rewrite;
pub mod pre_push;
pub mod writer;
