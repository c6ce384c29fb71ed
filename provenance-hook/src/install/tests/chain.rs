//! The marked lines in other people's scripts.

use provenance_core::git::hooks::HookName::{CommitMsg, PrePush};

use crate::install::chain::{
    NotUnderstood, START, Started, alone, calls_us, is_marked, with, without,
};

const SCRIPTS: &[&str] = &[
    "",
    "#!/bin/sh\n",
    "#!/bin/sh\nnpx commitlint --edit \"$1\"\n",
    "#!/usr/bin/env bash\nset -eu\nexec make lint",
    "#!/usr/bin/env -S zsh -f\nexit 0\n",
    "npx --no -- commitlint --edit $1\n",
    "#!/bin/sh\ncat <<EOF\nno end\nEOF\n",
    "#!/bin/sh\r\necho crlf\r\n",
];

#[test]
fn what_is_put_in_comes_out_again() {
    for script in SCRIPTS {
        for (hook, started) in [
            (CommitMsg, Started::ByGit),
            (CommitMsg, Started::ByHusky),
            (PrePush, Started::ByGit),
            (PrePush, Started::ByHusky),
        ] {
            let chained = with(script.as_bytes(), hook, started).unwrap();
            assert!(
                is_marked(chained.as_bytes()) && calls_us(chained.as_bytes()),
                "{chained}"
            );
            let rest = without(chained.as_bytes()).unwrap();
            assert_eq!(rest.trim_end(), script.trim_end(), "{script:?}");
        }
    }
}

#[test]
fn chaining_twice_is_chaining_once() {
    for hook in [CommitMsg, PrePush] {
        for script in SCRIPTS {
            let once = with(script.as_bytes(), hook, Started::ByGit).unwrap();
            let twice = with(once.as_bytes(), hook, Started::ByGit).unwrap();
            assert_eq!(once, twice);
        }
        let fresh = alone(hook, Started::ByGit);
        assert_eq!(with(fresh.as_bytes(), hook, Started::ByGit).unwrap(), fresh);
    }
}

#[test]
fn our_lines_never_stand_after_an_end() {
    for script in SCRIPTS {
        let chained = with(script.as_bytes(), CommitMsg, Started::ByGit).unwrap();
        let before = chained.split(START).next().unwrap();
        for end in ["exec", "exit", "<<"] {
            assert!(!before.contains(end), "{chained}");
        }
    }
}

#[test]
fn a_script_that_is_not_understood_is_left_alone() {
    for (script, why) in [
        (
            &b"#!/usr/bin/env python3\nprint()\n"[..],
            NotUnderstood::NotAShell,
        ),
        (b"#!/usr/bin/env ruby\n", NotUnderstood::NotAShell),
        (b"#!/usr/bin/shellcheck\n", NotUnderstood::NotAShell),
        (b"\x7fELF\0\0", NotUnderstood::Binary),
        (b"#!/bin/sh\n\xff\xfe\n", NotUnderstood::Binary),
        (
            b"#!/bin/sh\n# START git-provenance\necho\n",
            NotUnderstood::Markers,
        ),
        (b"#!/bin/sh\n# END git-provenance\n", NotUnderstood::Markers),
    ] {
        assert_eq!(with(script, CommitMsg, Started::ByGit), Err(why));
    }
}

#[test]
fn a_comment_does_not_call_us() {
    for (script, calls) in [
        ("# provenance-hook commit-msg\n", false),
        ("#!/bin/sh\nmake\n", false),
        ("  provenance-hook commit-msg \"$1\"\n", true),
        ("git provenance hook commit-msg \"$1\"\n", true),
    ] {
        assert_eq!(calls_us(script.as_bytes()), calls, "{script}");
    }
}
