//! The program that Git hooks and agents start: reads the environment and hands it on.

use std::ffi::OsString;
use std::process::ExitCode;

use provenance_hook::Environment;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let argv0 = args.next().unwrap_or_else(|| "provenance-hook".into());
    let args: Vec<OsString> = args.collect();
    provenance_hook::run(&argv0, &args, &Environment::of_process()).into()
}
