//! `util completion`: what a shell completes.

use std::io::Write as _;

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// For bash: Git's own completion asks a function of this name about `git provenance …`.
const GIT_IN_BASH: &str = r#"
_git_provenance() {
    local at=1
    while [ "${COMP_WORDS[at]}" != provenance ]; do at=$((at + 1)); done
    COMP_WORDS=(git-provenance "${COMP_WORDS[@]:at+1}")
    COMP_CWORD=$((COMP_CWORD - at))
    _git-provenance git-provenance "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
}
"#;

/// Print the completion script of a shell
///
/// For bash: git provenance util completion bash > ~/.local/share/bash-completion/completions/git-provenance
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let mut script = Vec::new();
    let mut command = cli::command().bin_name("git-provenance");
    clap_complete::generate(args.shell, &mut command, "git-provenance", &mut script);
    if args.shell == Shell::Bash {
        script.extend_from_slice(GIT_IN_BASH.as_bytes());
    }
    let mut out = context.output();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Outcome::Yes)
}
