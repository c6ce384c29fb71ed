//! One file per Git hook; [`HookName`](provenance_core::git::hooks::HookName) is the list.

pub mod commit_msg;
pub mod post_commit;
pub mod pre_push;
pub mod writer;
