//! One file per command: its `Args`, whose doc comment is the help page, and `run`.
//!
//! A new command is two lines here: its `mod`, and its place in the list, which is the order of
//! the help page.

mod blame;
mod carry;
mod demo;
mod doctor;
mod import;
mod init;
mod key;
mod log;
mod reconcile;
mod record;
mod show;
mod stats;
mod status;
mod sync;
mod trust;
mod uninstall;
mod util;
mod verify;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

macro_rules! commands {
    ($($(#[$attribute:meta])* $name:ident($module:ident),)+) => {
        /// What can be asked of `git provenance`.
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Command {
            $($(#[$attribute])* $name($module::Args),)+
        }

        impl Command {
            /// Runs the command.
            pub(crate) fn run(&self, context: &Context) -> Result<Outcome, CliError> {
                match self {
                    $(Self::$name(args) => $module::run(context, args),)+
                }
            }
        }
    };
}

commands! {
    Init(init),
    Uninstall(uninstall),
    Doctor(doctor),
    Demo(demo),
    Status(status),
    Log(log),
    Show(show),
    Blame(blame),
    Stats(stats),
    Verify(verify),
    Record(record),
    Reconcile(reconcile),
    Carry(carry),
    Sync(sync),
    Import(import),
    Key(key),
    Trust(trust),
    Util(util),
}
