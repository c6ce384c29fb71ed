//! The Action and the template, run as the forges run them: their very steps, with the variables
//! that GitHub and GitLab document, against bare repositories.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Output, Sandbox};
use serde_json::{Value, json};

use super::forge::{Forge, MERGE_REQUESTS, takes};
use super::{in_short, kinds, requested, yaml};
use crate::rewrites::{ai, begun, human, parted};

fn integrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../integrations")
}

fn read(name: &str) -> String {
    fs::read_to_string(integrations().join(name)).unwrap()
}

/// What a job is told: the branch before and after, and the key.
struct Push<'a> {
    before: &'a str,
    after: &'a str,
    key: &'a str,
    fail_on_unattested: bool,
}

/// The key of CI as a secret holds it. It signs nowhere by itself any more.
fn secret(ci: &Sandbox) -> String {
    let file = ci.home().join(".config/provenance/keys/id_ed25519");
    let key = fs::read_to_string(&file).unwrap();
    fs::remove_file(file).unwrap();
    key
}

/// A runner of GitHub checks `main` out and runs the step of the Action.
fn github(ci: &Sandbox, push: &Push<'_>) -> Output {
    ci.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
    let event = json!({
        "ref": "refs/heads/main", "before": push.before, "after": push.after, "forced": false,
    });
    let event_path = ci.home().join("event.json");
    fs::write(&event_path, event.to_string()).unwrap();
    let action = yaml::parse(&read("github/action.yml"));
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1);
    let mut inputs = action["inputs"].as_object().unwrap().clone();
    for input in inputs.values_mut() {
        *input = input["default"].clone();
    }
    inputs["signing-key"] = json!(push.key);
    inputs["fail-on-unattested"] = json!(push.fail_on_unattested.to_string());
    let value_of = |text: &str| -> String {
        let name = text
            .strip_prefix("${{ ")
            .and_then(|rest| rest.strip_suffix(" }}"));
        let value = match name.unwrap_or_else(|| panic!("{text:?} is no expression")) {
            "github.sha" => json!(push.after),
            "github.event.before" => event["before"].clone(),
            name => inputs[name.strip_prefix("inputs.").unwrap()].clone(),
        };
        value.as_str().unwrap().to_owned()
    };
    assert_eq!(steps[0]["shell"], "bash");
    let script = ci.home().join("step.sh");
    fs::write(&script, steps[0]["run"].as_str().unwrap()).unwrap();
    let mut shell = ci.command("bash");
    shell
        .args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(&script)
        .env("CI", "true")
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_ACTION_PATH", integrations().join("github"))
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_EVENT_PATH", &event_path)
        .env("GITHUB_REF", "refs/heads/main")
        .env("GITHUB_SHA", push.after);
    for (name, text) in steps[0]["env"].as_object().unwrap() {
        shell.env(name, value_of(text.as_str().unwrap()));
    }
    ci.run(&mut shell)
}

/// A runner of GitLab checks the commit out and runs the script of the template.
fn gitlab(ci: &Sandbox, forge: &Forge, push: &Push<'_>) -> Output {
    ci.git(["fetch", "--quiet", "origin"]);
    ci.git(["checkout", "--quiet", "--detach", push.after]);
    let job = yaml::parse(&read("gitlab/provenance.yml"))["provenance-carry"].take();
    assert_eq!(job["variables"]["GIT_DEPTH"], "0");
    let lines = job["script"].as_array().unwrap().iter();
    let script: String = lines.map(|line| line.as_str().unwrap()).collect();
    let folder = forge.bare().path().canonicalize().unwrap();
    let project = folder.file_stem().unwrap();
    let key_file = ci.home().join("PROVENANCE_SIGNING_KEY");
    fs::write(&key_file, push.key).unwrap();
    let mut shell = ci.command("bash");
    shell
        .args(["-eo", "pipefail", "-c", &script])
        .env("CI", "true")
        .env("GITLAB_CI", "true")
        .env("CI_PIPELINE_SOURCE", "push")
        .env("CI_COMMIT_BRANCH", "main")
        .env("CI_DEFAULT_BRANCH", "main")
        .env("CI_COMMIT_BEFORE_SHA", push.before)
        .env("CI_COMMIT_SHA", push.after)
        .env(
            "CI_SERVER_URL",
            format!("file://{}", folder.parent().unwrap().display()),
        )
        .env("CI_PROJECT_PATH", project)
        .env("PROVENANCE_TOKEN", "token")
        .env("PROVENANCE_SIGNING_KEY", &key_file);
    ci.run(&mut shell)
}

#[test]
fn the_action_carries_a_rebase_merge() {
    let (alice, forge, ci) = requested();
    let key = secret(&ci);
    let before = forge.bare().git(["rev-parse", "main"]);
    let made = forge.rebases(7);
    let push = Push {
        before: &before,
        after: &made[2],
        key: &key,
        fail_on_unattested: true,
    };
    github(&ci, &push).succeeds();
    takes(&alice);
    assert_eq!(kinds(&alice, "b.txt"), "ai human");
    alice.provenance(["verify", "HEAD~3..HEAD"]).succeeds();
    github(&ci, &push).succeeds();
}

#[test]
fn the_action_carries_what_is_first_on_a_new_branch() {
    let (alice, forge, ci) = requested();
    let key = secret(&ci);
    let zeros = "0".repeat(40);
    let made = forge.squashes(7, "side (#7)");
    let push = Push {
        before: &zeros,
        after: &made,
        key: &key,
        fail_on_unattested: true,
    };
    github(&ci, &push).succeeds();
    takes(&alice);
    alice.provenance(["verify", "HEAD^!"]).succeeds();
}

#[test]
fn the_template_carries_a_squash_and_its_merge() {
    let alice = begun();
    parted(&alice);
    let forge = Forge::with_heads(&alice, MERGE_REQUESTS);
    let ci = forge.ci(&alice);
    forge.opens(&alice, "side", 3);
    let key = secret(&ci);
    let before = forge.bare().git(["rev-parse", "main"]);
    let made = forge.squashes(3, "side\n\nSee merge request a/b!3");
    let push = Push {
        before: &before,
        after: &made,
        key: &key,
        fail_on_unattested: false,
    };
    gitlab(&ci, &forge, &push).succeeds();
    takes(&alice);
    assert_eq!(kinds(&alice, "b.txt"), "ai unattested");
    alice.provenance(["verify", "HEAD^!"]).succeeds();
}

#[test]
fn a_commit_without_a_source_fails_a_job_only_where_that_is_asked_for() {
    let (_, forge, ci) = requested();
    let key = secret(&ci);
    let before = forge.bare().git(["rev-parse", "main"]);
    let plain = forge.bare().clone_for("plain");
    plain.append("a.txt", "human without hooks\n");
    plain.git(["commit", "-q", "-a", "-m", "no hooks"]);
    plain.git(["push", "-q", "origin", "main"]);
    let after = plain.head();
    let mut push = Push {
        before: &before,
        after: &after,
        key: &key,
        fail_on_unattested: false,
    };
    github(&ci, &push)
        .succeeds()
        .says("that alone fails no job");
    push.fail_on_unattested = true;
    github(&ci, &push).exits(1);
}

#[test]
fn a_job_without_a_key_or_with_half_a_history_says_so() {
    let (_, forge, ci) = requested();
    let key = secret(&ci);
    let before = forge.bare().git(["rev-parse", "main"]);
    let made = forge.squashes(7, "side (#7)");
    let mut push = Push {
        before: &before,
        after: &made,
        key: "",
        fail_on_unattested: false,
    };
    github(&ci, &push).exits(2).says("PROVENANCE_SIGNING_KEY");
    push.key = &key;
    push.after = "main; touch pwned";
    github(&ci, &push).exits(2).says("no object id");
    push.after = &made;
    fs::write(ci.git_dir().join("shallow"), format!("{before}\n")).unwrap();
    github(&ci, &push).exits(2).says("fetch-depth: 0");
}

#[test]
fn a_hostile_branch_and_a_hostile_title_are_only_text() {
    const BRANCH: &str = "$(touch${IFS}pwned);`touch${IFS}pwned`";
    let alice = begun();
    alice.git(["checkout", "-q", "-b", BRANCH]);
    ai(&alice, "b.txt", "ai three\n");
    human(&alice, "b.txt", "human two\n");
    alice.commit("$(touch pwned) `touch pwned`");
    alice.git(["checkout", "-q", "main"]);
    let forge = Forge::of(&alice);
    let ci = forge.ci(&alice);
    forge.opens(&alice, BRANCH, 7);
    let key = secret(&ci);
    let before = forge.bare().git(["rev-parse", "main"]);
    let made = forge.squashes(
        7,
        "$(touch pwned)`touch pwned` ##[error]x (#7)\n::warning::gotcha",
    );
    let push = Push {
        before: &before,
        after: &made,
        key: &key,
        fail_on_unattested: true,
    };
    let told = github(&ci, &push).succeeds();
    gitlab(&ci, &forge, &push).succeeds();
    for place in [ci.path(), ci.home()] {
        assert!(!place.join("pwned").exists(), "{}", place.display());
    }
    let everything = told.text().to_owned() + &told.talk();
    assert!(
        !everything.contains("PRIVATE KEY") && !everything.contains(key.lines().nth(3).unwrap())
    );
    // The runner takes nothing for a command between these two lines.
    let lines: Vec<&str> = told.text().lines().collect();
    let first = lines
        .iter()
        .position(|line| line.starts_with("::stop-commands::"));
    let token = lines[first.unwrap()].rsplit("::").next().unwrap();
    assert_eq!(token.len(), 32);
    assert_eq!(lines.last().copied(), Some(format!("::{token}::").as_str()));
    assert!(lines.iter().any(|line| line.contains("touch pwned")));
}

#[test]
fn nothing_is_left_of_the_key() {
    let (_, forge, ci) = requested();
    let key = secret(&ci);
    let before = forge.bare().git(["rev-parse", "main"]);
    let made = forge.squashes(7, "side (#7)");
    let push = Push {
        before: &before,
        after: &made,
        key: &key,
        fail_on_unattested: true,
    };
    github(&ci, &push).succeeds();
    let line = key.lines().nth(3).unwrap();
    let mut search = ci.command("grep");
    search
        .args(["-r", "-l", "-F", "-e", line])
        .arg(ci.home().parent().unwrap());
    ci.run(&mut search).exits(1);
}

#[test]
fn the_files_for_ci_are_as_safe_as_they_can_be() {
    let script = read("carry.sh");
    assert!(script.starts_with("#!/usr/bin/env bash\n"));
    for file in [
        "github/action.yml",
        "github/provenance.yml",
        "gitlab/provenance.yml",
    ] {
        let text = read(file);
        let read = yaml::parse(&text);
        same_as_pyyaml(file, &read);
        no_expression_in_a_script(&read);
    }
    let workflow = yaml::parse(&read("github/provenance.yml"));
    assert_eq!(workflow["permissions"], json!({}));
    assert_eq!(workflow["on"], json!({"push": {"branches": ["main"]}}));
    let job = &workflow["jobs"]["carry"];
    assert_eq!(job["permissions"], json!({"contents": "write"}));
    assert_eq!(job["steps"][0]["with"]["fetch-depth"], "0");
    // The template has the script's own lines.
    let job = yaml::parse(&read("gitlab/provenance.yml"))["provenance-carry"].take();
    let inline = job["script"][0].as_str().unwrap();
    let (_, inline) = inline.split_once("<<'PROVENANCE_CARRY'\n").unwrap();
    let inline = inline.strip_suffix("PROVENANCE_CARRY\n").unwrap();
    assert!(inline.starts_with("set -euo pipefail\n"));
    assert!(
        script.ends_with(inline),
        "gitlab/provenance.yml has other lines than carry.sh"
    );
}

/// What a forge puts into a script is no text of others.
fn no_expression_in_a_script(value: &Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if ["run", "script"].contains(&key.as_str()) {
                    assert!(!value.to_string().contains("${{"), "{value}");
                }
                no_expression_in_a_script(value);
            }
        }
        Value::Array(items) => items.iter().for_each(no_expression_in_a_script),
        _ => {}
    }
}

/// Where there is a real reader of YAML, it reads the same.
fn same_as_pyyaml(file: &str, ours: &Value) {
    let python = std::env::var_os("PROVENANCE_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let code =
        "import sys, json, yaml\nprint(json.dumps(yaml.load(open(sys.argv[1]), yaml.BaseLoader)))";
    let output = Command::new(python)
        .args(["-c", code])
        .arg(integrations().join(file))
        .output();
    match output {
        Ok(output) if output.status.success() => {
            let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(ours, &theirs, "{file}");
        }
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("No module") => {
            panic!("{file}: {}", String::from_utf8_lossy(&output.stderr));
        }
        _ => crate::interop::skipped("PyYAML"),
    }
}

#[test]
fn a_squash_is_known_to_json_too() {
    let (_, forge, ci) = requested();
    let made = forge.squashes(7, "side (#7)");
    let told = forge.job(&ci, &["--json", "--remote", "origin"]).succeeds();
    assert_eq!(in_short(&told, &made), "carried same-merge carried");
    assert!(told.json()["heads"].as_u64().unwrap() >= 1);
}
