//! Histories: detached, shallow, partial, borrowed, grafted, replaced.
//!
//! What is not here is `incomplete` and never wrong: no verdict and no line is better than in the whole
//! repository.

use harness::{Output, Sandbox};

use super::{an_agents_commit_works, is_told, work};
use crate::lines::kinds;

#[test]
fn a_detached_head_is_an_ordinary_head() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.git(["checkout", "--quiet", "--detach"]);
    an_agents_commit_works(&repo);
}

/// A repository of four commits, and a hub that has its records.
fn told() -> (Sandbox, String) {
    let repo = Sandbox::new().with_provenance();
    for path in ["a.txt", "b.txt", "c.txt"] {
        work(&repo, path);
    }
    repo.append("a.txt", "by hand\n");
    repo.commit("last");
    repo.git(["init", "--quiet", "--bare", "../hub.git"]);
    let hub = repo.home().join("hub.git");
    let url = format!("file://{}", hub.display());
    repo.git(["remote", "add", "origin", &url]);
    repo.git(["push", "--quiet", "origin", "main"]);
    repo.provenance(["sync"]).succeeds();
    repo.within("../hub.git")
        .git(["config", "uploadpack.allowFilter", "true"]);
    (repo, url)
}

/// A clone with all records. Nothing of it is fetched later, when somebody reads.
fn cloned(repo: &Sandbox, url: &str, how: &[&str]) -> Sandbox {
    let clone = ["clone", "--quiet", url, "../odd"];
    repo.git(clone.iter().chain(how));
    let odd = repo.within("../odd");
    odd.provenance(["sync"]).succeeds();
    let odd = odd.with_provenance();
    odd.with_env("GIT_NO_LAZY_FETCH", "1")
}

/// No answer that is better than that of the whole repository, and none at all that is a crash.
#[track_caller]
fn answers(odd: &Sandbox, arguments: &[&str]) -> Output {
    let output = odd.provenance(arguments);
    assert!(
        matches!(output.status, 0..=2),
        "{arguments:?}: {}",
        output.full()
    );
    if output.status == 2 {
        let talk = output.talk();
        let is_explained = talk.contains("hint:") || talk.contains("git fetch");
        assert!(is_explained, "{arguments:?}: {}", output.full());
    }
    output
}

#[track_caller]
fn claims_nothing_better(whole: &Sandbox, odd: &Sandbox) {
    for path in ["a.txt", "b.txt", "c.txt"] {
        let output = answers(odd, &["blame", "--json", "HEAD", "--", path]);
        if output.status == 0 {
            let lines = output.json()["lines"].as_array().unwrap().clone();
            let found = lines
                .iter()
                .map(|line| &line["kind"].as_str().unwrap()[..1]);
            let found: String = found.collect();
            let known = kinds(whole, path);
            let is_worse = |(known, found): (char, char)| known == found || found == 'u';
            let pairs = known.chars().zip(found.chars());
            assert!(
                pairs.into_iter().all(is_worse),
                "{path}: {known} became {found}"
            );
        }
    }
    let verdicts = |place: &Sandbox, status: i32| {
        let verify = place.provenance(["verify", "--json", "HEAD"]);
        assert_eq!(verify.status, status, "{}", verify.full());
        let verify = verify.json();
        let commits = verify["commits"].as_array().unwrap().iter();
        let verdict = |name: &serde_json::Value| name.as_str().unwrap().to_owned();
        let all = commits.map(|one| (verdict(&one["commit"]), verdict(&one["verdict"])));
        all.collect::<std::collections::BTreeMap<_, _>>()
    };
    let known = verdicts(whole, 0);
    let verify = answers(odd, &["verify", "--json", "HEAD"]);
    if verify.status == 0 {
        assert_eq!(verdicts(odd, 0), known, "a part looks like the whole");
    }
    for command in [
        &["stats", "--json"][..],
        &["log"],
        &["status"],
        &["show", "HEAD"],
    ] {
        answers(odd, command);
    }
}

#[test]
fn attack_g34_a_shallow_clone_says_that_it_is_not_whole() {
    let (whole, url) = told();
    let odd = cloned(&whole, &url, &["--depth=2"]);
    claims_nothing_better(&whole, &odd);
    let verify = odd.provenance(["verify", "HEAD"]).exits(2);
    assert!(verify.talk().contains("--unshallow"), "{}", verify.full());
    odd.provenance(["doctor"]).says("shallow");
    // The commits that are whole are verified all the same.
    odd.provenance(["verify", "HEAD~1..HEAD"]).succeeds();
    // Work goes on there, and travels.
    work(&odd, "d.txt");
    is_told_here(&odd, "d.txt");
    odd.git(["push", "--quiet", "origin", "main"]);
    odd.provenance(["sync"]).succeeds();
    whole.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
    whole.provenance(["sync"]).succeeds();
    is_told(&whole, "d.txt");
    // And whole again, it says what the whole says.
    odd.git(["fetch", "--quiet", "--unshallow"]);
    is_told(&odd, "b.txt");
    assert_eq!(kinds(&odd, "a.txt"), kinds(&whole, "a.txt"));
}

/// As `is_told`, in a repository of which older commits are not here.
#[track_caller]
fn is_told_here(odd: &Sandbox, path: &str) {
    assert_eq!(kinds(odd, path), "aah");
    odd.provenance(["verify", "HEAD~1..HEAD"]).succeeds();
}

#[test]
fn attack_g34_a_partial_clone_says_what_is_missing_and_fetches_nothing() {
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let (whole, url) = told();
        let odd = cloned(&whole, &url, &[filter]);
        claims_nothing_better(&whole, &odd);
        let answer = answers(&odd, &["stats"]);
        let says = answer.text().contains("incomplete:") && answer.status == 0;
        assert!(says || answer.status == 2, "{}", answer.full());
        let lacks = |place: &Sandbox| {
            let missing = ["rev-list", "--objects", "--all", "--missing=print"];
            let listed = place.git(missing);
            listed.lines().filter(|line| line.starts_with('?')).count()
        };
        assert!(lacks(&odd) > 0, "{filter}: nothing was fetched");
        // Whoever lets Git fetch works there as anywhere.
        let odd = odd.with_env("GIT_NO_LAZY_FETCH", "0");
        odd.agent("openai/gpt-5.1").appends("c.txt", "ai more\n");
        odd.commit("more");
        odd.git(["fetch", "--quiet", "--refetch", "--no-filter", "origin"]);
        assert_eq!(kinds(&odd, "c.txt"), "aaha");
        odd.provenance(["verify", "HEAD"]).succeeds();
    }
}

#[test]
fn borrowed_objects_are_objects() {
    let (whole, url) = told();
    let odd = cloned(&whole, &url, &["--shared", "--reference", "."]);
    let alternates = odd.git_dir().join("objects/info/alternates");
    assert!(alternates.exists());
    is_told(&odd, "b.txt");
    claims_nothing_better(&whole, &odd);
    work(&odd, "d.txt");
    is_told(&odd, "d.txt");
}

#[test]
fn attack_g34_grafts_and_replacements_change_no_verdict_and_no_author() {
    let (repo, _) = told();
    let before = repo
        .provenance(["verify", "--json", "HEAD"])
        .succeeds()
        .json();
    let stranger = repo.git(["commit-tree", "HEAD^{tree}", "-m", "nobody saw this"]);
    // Whoever looks through Git sees another commit in the place of the last one.
    let head = repo.head();
    repo.git(["replace", &head, &stranger]);
    assert_eq!(repo.git(["log", "--format=%s", "HEAD"]), "nobody saw this");
    let after = repo.provenance(["verify", "--json", "HEAD"]);
    assert_eq!(after.json()["counts"], before["counts"], "{}", after.full());
    // `git blame` follows the replacement: what it says is then nobody's, and no agent's line is a
    // person's.
    let seen = kinds(&repo, "b.txt");
    assert!(["aah", "uuu"].contains(&seen.as_str()), "{seen}");
    repo.git(["replace", "--delete", &head]);
    // A graft that cuts history off.
    let grafts = repo.git_dir().join("info/grafts");
    std::fs::create_dir_all(grafts.parent().unwrap()).unwrap();
    std::fs::write(&grafts, format!("{head}\n")).unwrap();
    assert_eq!(repo.git(["rev-list", "--count", "HEAD"]), "1");
    let after = repo.provenance(["verify", "--json", "HEAD"]);
    assert_eq!(after.json()["counts"], before["counts"], "{}", after.full());
    let seen = kinds(&repo, "b.txt");
    assert!(["aah", "uuu"].contains(&seen.as_str()), "{seen}");
}

#[test]
fn an_orphan_branch_and_an_unborn_one_begin_anew() {
    let (repo, _) = told();
    repo.git(["checkout", "--quiet", "--orphan", "pages"]);
    repo.git(["rm", "-rf", "--quiet", "."]);
    repo.provenance(["status", "--json"]).succeeds();
    repo.provenance(["log"]);
    work(&repo, "page.txt");
    is_told(&repo, "page.txt");
}
