//! Tables for what is edited; stories with real managers are in `tests/e2e/hook_managers.rs`.

mod chain;
mod claude_code;
