//! What people see: whole answers, with standard output, standard error and exit code together.
//!
//! Ids and times differ from run to run and are numbered; everything else is as it is printed.

use harness::Sandbox;
use insta::assert_snapshot;

use crate::first_commit::told;

#[test]
fn show_tells_everything_about_one_commit() {
    let alice = told();
    assert_snapshot!(alice.provenance(["show", "HEAD"]), @r"
    commit   [oid 1] x
    author   Alice <alice@example.com>  2026-05-04
    verdict  verified, pinned in the commit

    record   [sha256 1]
    signer   alice@example.com ([SHA256 1])
    approver alice@example.com accepted; a human committed
    origin   witnessed [time]; the rest is a human's
    claude-code 2.1.328 · anthropic/claude-opus-4-5-20251101
             session  cb947e5b-246e-4253-a953-000000000002 #1
             operator alice@example.com
             effort   1 iteration, 1 edit (Write 1), 1k in / 300 out
    context  [sha256 2]
             1 part: prompts; opening kept here: --open

    retry.rs      +3 ai      +2 human
    [exit 0]
    ");
}

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
fn a_stripped_record_is_named_with_the_way_out() {
    let alice = told();
    alice.git(["notes", "--ref=provenance", "remove", "HEAD"]);
    assert_snapshot!(alice.provenance(["verify"]), @r"
    missing 1

    missing     [oid 1]  the message pins [sha256 1]…, and there is no such
                         record: it was removed, or the notes were never fetched
                         fetch them, or treat the commit as stripped
    [exit 1]
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
