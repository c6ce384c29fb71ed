//! Keys: made, shown, refused, and never told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use harness::Sandbox;

use crate::schemas::validates;

/// Where the person's own key is.
fn own_key(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".config/provenance/keys/id_ed25519")
}

fn key_id(sandbox: &Sandbox) -> String {
    let shown = sandbox.provenance(["key", "show", "--json"]).succeeds();
    shown.json()["key"]["id"].as_str().unwrap().to_owned()
}

/// The base64 lines of a private key file: whoever has them has the key.
fn secret_lines(pem: &str) -> Vec<String> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    // The first line holds the format's name and the public half only.
    lines.skip(1).map(str::to_owned).collect()
}

fn ssh_keygen(sandbox: &Sandbox, args: &[&str]) -> String {
    let mut command = sandbox.command("ssh-keygen");
    let output = sandbox.run(command.args(args)).succeeds();
    output.text().to_owned()
}

#[test]
fn ssh_keygen_prints_our_key_id() {
    let repo = Sandbox::new().with_provenance();
    let path = own_key(&repo);
    let listed = ssh_keygen(&repo, &["-lf", path.to_str().unwrap()]);
    assert!(listed.contains(&key_id(&repo)), "{listed}");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let public = ssh_keygen(&repo, &["-yf", path.to_str().unwrap()]);
    let exported = repo.provenance(["key", "export"]).succeeds();
    assert!(public.starts_with(exported.text().trim_end()), "{public}");
}

#[test]
fn openssl_reads_our_pem() {
    let repo = Sandbox::new().with_provenance();
    let pem = repo.provenance(["key", "export", "--pem"]).succeeds();
    let mut openssl = repo.command("openssl");
    openssl.args(["pkey", "-pubin", "-noout", "-text"]);
    repo.run_with_input(&mut openssl, &pem.stdout)
        .succeeds()
        .says("ED25519 Public-Key");
}

#[test]
fn a_key_is_listed_shown_and_found_by_the_beginning_of_its_fingerprint() {
    let repo = Sandbox::new().with_provenance();
    repo.provenance(["key", "generate", "--output", "spare", "--comment", "spare"])
        .succeeds();
    let list = repo.provenance(["key", "list", "--json"]).succeeds().json();
    validates("key-list.v1", &list);
    assert_eq!(list["keys"].as_array().unwrap().len(), 1);
    assert_eq!(list["keys"][0]["signsHere"], true);
    assert_eq!(list["keys"][0]["principal"]["id"], "alice@example.com");

    let shown = repo.provenance(["key", "show", "--json"]).succeeds().json();
    validates("key-show.v1", &shown);
    let id = key_id(&repo);
    let by_start = repo.provenance(["key", "show", &id[..13], "--json"]);
    assert_eq!(by_start.succeeds().json(), shown);

    let spare = repo.provenance(["key", "show", "spare", "--json"]);
    let spare = spare.succeeds().json();
    validates("key-show.v1", &spare);
    assert_eq!(spare["key"]["signsHere"], false);
    assert_eq!(spare["key"]["principal"], serde_json::Value::Null);
    repo.provenance(["key", "show", "SHA256:nobody"])
        .exits(2)
        .says("hint: git provenance key list");
}

#[test]
fn a_key_can_be_made_and_shown_outside_of_a_repository() {
    let place = Sandbox::without_repository();
    place
        .provenance(["key", "list"])
        .exits(1)
        .says("key generate");
    place.provenance(["key", "generate"]).succeeds();
    place
        .provenance(["key", "list"])
        .succeeds()
        .says("signs here");
    let shown = place.provenance(["key", "show", "--json"]).succeeds();
    validates("key-show.v1", &shown.json());
}

#[test]
fn a_key_that_is_there_is_never_replaced() {
    let repo = Sandbox::new();
    repo.provenance(["key", "generate"]).succeeds();
    let before = fs::read(own_key(&repo)).unwrap();
    repo.provenance(["key", "generate"])
        .exits(2)
        .says("is there already");
    assert_eq!(fs::read(own_key(&repo)).unwrap(), before);
    fs::remove_file(own_key(&repo)).unwrap();
    // The public half of a lost key still says whose it was.
    repo.provenance(["key", "generate"])
        .exits(2)
        .says("id_ed25519.pub");
    repo.provenance(["key", "generate", "--output", "k", "--comment", "a\nb"])
        .exits(2)
        .says("comment");
    assert!(!repo.path().join("k").exists());
}

#[test]
fn a_setting_names_another_key_and_an_existing_one_of_openssh_signs() {
    let repo = Sandbox::new();
    let path = repo.home().join("ssh_key");
    ssh_keygen(
        &repo,
        &[
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-f",
            path.to_str().unwrap(),
        ],
    );
    repo.git(["config", "provenance.signingKey", "~/ssh_key"]);
    let repo = repo.with_provenance();
    let listed = ssh_keygen(&repo, &["-lf", path.to_str().unwrap()]);
    assert!(listed.contains(&key_id(&repo)), "{listed}");
    assert!(!own_key(&repo).exists(), "no key was made beside it");
    repo.provenance(["trust", "show"])
        .succeeds()
        .says(&key_id(&repo));
}

#[test]
fn a_key_that_cannot_sign_is_refused_with_the_way_out_and_nothing_is_lost() {
    let repo = Sandbox::new();
    let keys = repo.home().join("keys");
    fs::create_dir(&keys).unwrap();
    let made = |name: &str, args: &[&str]| {
        let path = keys.join(name).to_str().unwrap().to_owned();
        let mut all = vec!["-q", "-f", path.as_str()];
        all.extend(args);
        ssh_keygen(&repo, &all);
    };
    made("encrypted", &["-t", "ed25519", "-N", "secret"]);
    made("rsa", &["-t", "rsa", "-b", "2048", "-N", ""]);
    made("ecdsa", &["-t", "ecdsa", "-N", ""]);
    made("exposed", &["-t", "ed25519", "-N", ""]);
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(keys.join("exposed"), mode).unwrap();
    for (name, content) in [
        ("garbage", "garbage\n"),
        ("empty", ""),
        ("public", "ssh-ed25519 AAAA\n"),
    ] {
        fs::write(keys.join(name), content).unwrap();
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(keys.join(name), mode).unwrap();
    }
    fs::create_dir(keys.join("folder")).unwrap();
    repo.commit_with(["--allow-empty", "--message", "before"]);
    for (name, what, way_out) in [
        ("encrypted", "encrypted", "git provenance key generate"),
        ("rsa", "rsa", "git provenance key generate"),
        ("ecdsa", "ecdsa", "git provenance key generate"),
        ("exposed", "0644", "chmod 600"),
        ("garbage", "garbage", "git provenance key generate"),
        ("empty", "empty", "git provenance key generate"),
        ("public", "public", "git provenance key generate"),
        ("folder", "folder", "git provenance key generate"),
        ("missing", "missing", "git provenance key generate"),
    ] {
        let path = keys.join(name);
        let before = fs::read(&path).ok();
        repo.git(["config", "provenance.signingKey", path.to_str().unwrap()]);
        for command in [
            &["init", "--yes", "--agents", "none"][..],
            &["key", "show"],
            &["key", "export"],
        ] {
            let refused = repo.provenance(command).exits(2);
            let talk = refused.talk();
            assert!(talk.contains(what), "{name}, {command:?}: {talk}");
            assert!(talk.contains("hint: "), "{name}: {talk}");
            assert!(talk.contains(way_out), "{name}, {command:?}: {talk}");
        }
        let list = repo.provenance(["key", "list", "--json"]).exits(1).json();
        validates("key-list.v1", &list);
        assert_eq!(fs::read(&path).ok(), before, "{name} was touched");
        assert_eq!(repo.git(["for-each-ref", "refs/provenance"]), "");
    }
    repo.git(["config", "provenance.signingKey", "keys/relative"]);
    repo.provenance(["key", "show"]).exits(2).says("absolute");
}

#[test]
fn attack_g53_no_secret_is_printed_logged_or_written_into_the_repository() {
    let repo = Sandbox::new().with_provenance();
    let pem = fs::read_to_string(own_key(&repo)).unwrap();
    let secrets = secret_lines(&pem);
    assert!(secrets.len() >= 3, "{}", secrets.len());
    let id = key_id(&repo);
    let path = own_key(&repo);
    let path = path.to_str().unwrap();
    for command in [
        &["key", "list"][..],
        &["key", "list", "--json"],
        &["key", "show"],
        &["key", "show", "--json"],
        &["key", "show", &id],
        &["key", "show", path],
        &["key", "export"],
        &["key", "export", "--pem"],
        &["key", "export", "--ssh", path],
        &["trust", "show"],
        &["trust", "show", "--json"],
        // Somebody takes the private key for the public one.
        &[
            "trust",
            "add",
            "bob@example.com",
            "--kind",
            "human",
            "--key",
            path,
        ],
        &["init", "--yes", "--agents", "none"],
        &["doctor"],
    ] {
        let output = repo.provenance(command);
        let said = format!("{}{}", output.text(), output.talk());
        for secret in &secrets {
            assert!(!said.contains(secret.as_str()), "{command:?} tells it");
        }
    }
    // The public line stands in the first of the base64 lines and in trust; no other does.
    repo.write("a.txt", "one\n");
    repo.commit("first");
    let mut grep = repo.command("grep");
    grep.args(["--recursive", "--files-with-matches", "--fixed-strings"]);
    for secret in &secrets {
        grep.args(["-e", secret]);
    }
    grep.arg(".git");
    repo.run(&mut grep).exits(1);
}

#[test]
fn a_key_that_cannot_sign_is_refused_with_a_way_out_that_can_be_gone() {
    let alice = Sandbox::new().with_provenance();
    let own = alice.home().join(".config/provenance/keys/id_ed25519");
    let public = own.with_extension("pub");
    let public = public.to_str().unwrap();
    alice
        .provenance(["init", "--yes", "--agents", "none", "--key", public])
        .exits(2)
        .says("is the public half of a key")
        .says("name the private one");
    fs::write(&own, "").unwrap();
    let told = alice.provenance(["key", "show"]).exits(2);
    told.says("move it away, then make one: git provenance key generate");
    alice
        .provenance(["key", "generate"])
        .exits(2)
        .says("move it away, or name another file with --output");
    for file in [own.as_path(), public.as_ref()] {
        fs::rename(file, file.with_extension("aside")).unwrap();
    }
    alice.provenance(["key", "generate"]).succeeds();
}
