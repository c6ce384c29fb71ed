//! What people see: whole answers, with standard output, standard error and exit code together.
//!
//! Ids and times differ from run to run and are numbered; everything else is as it is printed.

use harness::Sandbox;
use insta::assert_snapshot;

use crate::first_commit::told;

#[test]
fn log_names_who_helped() {
    let alice = told();
    assert_snapshot!(alice.provenance(["log"]), @r"
    [oid 1]  2026-05-04  verified   Alice: x
             claude-code · anthropic/claude-opus-4-5-20251101 · 1 iteration  +3 ai
             +2 human
    [exit 0]
    ");
}

#[test]
fn status_tells_what_is_pending() {
    let repo = Sandbox::new().with_provenance();
    repo.agent("openai/gpt-5.1").edits("a.txt", "one\ntwo\n");
    assert_snapshot!(repo.provenance(["status"]), @r"
    my-agent · openai/gpt-5.1
      session s-2, 0 prompts
             +2 ai  a.txt
    The next commit is recorded.
    [exit 0]
    ");
}

#[test]
fn an_error_names_the_thing_and_the_way_out() {
    let nowhere = Sandbox::without_repository();
    assert_snapshot!(nowhere.provenance(["log"]), @r"
    [stderr]
    error: not a git repository (or any of the parent directories): [sandbox]/alice/repo

    hint: run `git init` first
    [exit 2]
    ");
    let repo = told();
    assert_snapshot!(repo.provenance(["show", "no-such-revision"]), @r"
    [stderr]
    error: unknown revision `no-such-revision`

    hint: `git log` lists commits, `git branch -a` branches
    [exit 2]
    ");
    assert_snapshot!(repo.provenance(["verify", "HEAD~9"]), @r"
    [stderr]
    error: cannot list the commits of `HEAD~9`: bad revision 'HEAD~9'

    hint: ranges are written as for `git log`, such as main..feature
    [exit 2]
    ");
    assert_snapshot!(repo.provenance(["blame", "no/such/file.rs"]), @r"
    [stderr]
    error: there is no `no/such/file.rs` in [oid 1]

    hint: `git ls-tree -r --name-only [oid 1]` lists what is
    [exit 2]
    ");
}
