//! `Forge`: a bare repository that squashes, rebases and merges as forges do, and its CI.
//!
//! No hook runs here. A request's commits stay under `refs/pull/N/head` when its branch is gone.

use harness::{Output, Sandbox};

/// Where the heads of requests are kept.
pub(crate) const PULLS: &str = "refs/pull";
pub(crate) const MERGE_REQUESTS: &str = "refs/merge-requests";

/// A bare repository that Alice pushes to.
pub(crate) struct Forge {
    bare: Sandbox,
    heads: &'static str,
}

impl Forge {
    /// Alice's branch `main`, her records and her trust are at the forge.
    pub(crate) fn of(alice: &Sandbox) -> Self {
        Self::with_heads(alice, PULLS)
    }

    pub(crate) fn with_heads(alice: &Sandbox, heads: &'static str) -> Self {
        alice.git(["init", "--quiet", "--bare", "../forge.git"]);
        let bare = alice.within("../forge.git");
        let path = bare.path().canonicalize().unwrap();
        alice.git(["remote", "add", "origin", path.to_str().unwrap()]);
        alice.git(["push", "--quiet", "origin", "main"]);
        alice.provenance(["sync"]).succeeds();
        Self { bare, heads }
    }

    /// The forge as a place to run Git in.
    pub(crate) fn bare(&self) -> &Sandbox {
        &self.bare
    }

    /// Somebody pushes a branch and opens a request for it.
    pub(crate) fn opens(&self, person: &Sandbox, branch: &str, number: u32) {
        let refspec = format!("{branch}:refs/heads/{branch}");
        person.git(["push", "--quiet", "origin", &refspec]);
        person.provenance(["sync"]).succeeds();
        let head = self.head(number);
        let tip = person.git(["rev-parse", branch]);
        self.bare.git(["update-ref", &head, &tip]);
    }

    pub(crate) fn head(&self, number: u32) -> String {
        format!("{}/{number}/head", self.heads)
    }

    /// "Squash and merge", which deletes the branch; returns the new commit.
    pub(crate) fn squashes(&self, number: u32, message: &str) -> String {
        let tip = self.git(["rev-parse", &self.head(number)]);
        let tree = self.git(["merge-tree", "--write-tree", "main", &tip]);
        let made = self.git(["commit-tree", &tree, "-p", "main", "-m", message]);
        self.moves_main(&made, &tip)
    }

    /// "Rebase and merge"; returns the new commits, the oldest first.
    pub(crate) fn rebases(&self, number: u32) -> Vec<String> {
        let tip = self.git(["rev-parse", &self.head(number)]);
        let list = self.git(["rev-list", "--reverse", &format!("main..{tip}")]);
        let mut made = Vec::new();
        let mut parent = self.git(["rev-parse", "main"]);
        for commit in list.lines() {
            let base = format!("--merge-base={commit}^");
            let tree = self.git(["merge-tree", "--write-tree", &base, &parent, commit]);
            let message = self.git(["log", "-1", "--format=%B", commit]);
            parent = self.git(["commit-tree", &tree, "-p", &parent, "-m", &message]);
            made.push(parent.clone());
        }
        self.moves_main(&parent, &tip);
        made
    }

    /// "Create a merge commit"; returns it.
    pub(crate) fn merges(&self, number: u32) -> String {
        let tip = self.git(["rev-parse", &self.head(number)]);
        let tree = self.git(["merge-tree", "--write-tree", "main", &tip]);
        let message = format!("Merge pull request #{number} from alice/side");
        let made = self.git([
            "commit-tree",
            &tree,
            "-p",
            "main",
            "-p",
            &tip,
            "-m",
            &message,
        ]);
        self.moves_main(&made, &tip)
    }

    fn moves_main(&self, made: &str, tip: &str) -> String {
        self.git(["update-ref", "refs/heads/main", made]);
        let branches = self.git([
            "for-each-ref",
            "--format=%(refname)",
            "refs/heads",
            "--points-at",
            tip,
        ]);
        for branch in branches.lines().filter(|name| *name != "refs/heads/main") {
            self.git(["update-ref", "-d", branch]);
        }
        made.to_owned()
    }

    fn git<const N: usize>(&self, args: [&str; N]) -> String {
        self.bare.git(args)
    }

    /// CI as Alice allows it: a fresh clone with a key of its own, which she trusts as a service's.
    pub(crate) fn ci(&self, alice: &Sandbox) -> Sandbox {
        let ci = self.stranger();
        trusts(alice, &ci);
        alice.provenance(["sync"]).succeeds();
        ci.provenance(["sync"]).succeeds();
        ci
    }

    /// CI whose key nobody trusts.
    pub(crate) fn stranger(&self) -> Sandbox {
        let ci = self.bare.clone_for("ci");
        ci.provenance(["key", "generate"]).succeeds();
        ci.provenance(["sync"]).succeeds();
        ci
    }

    /// A job of CI after something was pushed to `main`; returns what `carry` said.
    #[track_caller]
    pub(crate) fn job(&self, ci: &Sandbox, args: &[&str]) -> Output {
        ci.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
        assert_eq!(ci.head(), self.git(["rev-parse", "main"]));
        ci.provenance(["sync"]).succeeds();
        let told = ci.provenance(["carry"].iter().chain(args));
        ci.provenance(["sync"]).succeeds();
        told
    }
}

/// Somebody takes what is at the forge, as it is there, without running a hook.
pub(crate) fn takes(person: &Sandbox) {
    person.git(["fetch", "--quiet", "origin"]);
    person.git(["checkout", "--quiet", "main"]);
    person.git(["reset", "--quiet", "--hard", "origin/main"]);
    person.provenance(["sync"]).succeeds();
}

/// Somebody trusts the key of CI as a service's.
pub(crate) fn trusts(person: &Sandbox, ci: &Sandbox) {
    let key = ci.provenance(["key", "export"]).succeeds();
    let key = key.text().trim_end();
    let name = "ci@example.com";
    let who = ["trust", "add", name, "--kind", "service", "--key", key];
    person.provenance(who).succeeds();
}
