//! Who signs and who commits: keys, trust and identity.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use harness::Sandbox;

use super::Fault;

fn key(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".config/provenance/keys/id_ed25519")
}

/// Makes another key where ours is, as ssh-keygen makes it.
fn other_key(sandbox: &Sandbox, arguments: &[&str]) {
    for path in [key(sandbox), key(sandbox).with_extension("pub")] {
        fs::remove_file(path).unwrap();
    }
    let mut keygen = sandbox.command("ssh-keygen");
    keygen.arg("-q").args(arguments).arg("-f").arg(key(sandbox));
    sandbox.run(&mut keygen).succeeds();
}

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "the key is gone",
        plant: |sandbox| fs::remove_file(key(sandbox)).unwrap(),
        check: "key",
        says: "there is no key at ~/.config/provenance/keys/id_ed25519",
        is_recorded: false,
    },
    Fault {
        name: "the key can be read by others",
        plant: |sandbox| {
            fs::set_permissions(key(sandbox), fs::Permissions::from_mode(0o644)).unwrap();
        },
        check: "key",
        says: "mode 0644",
        is_recorded: false,
    },
    Fault {
        name: "the key is damaged",
        plant: |sandbox| {
            let half = fs::read(key(sandbox)).unwrap();
            fs::write(key(sandbox), &half[..half.len() / 2]).unwrap();
        },
        check: "key",
        says: "is not an OpenSSH private key",
        is_recorded: false,
    },
    Fault {
        name: "the key is of another type",
        plant: |sandbox| other_key(sandbox, &["-t", "rsa", "-N", ""]),
        check: "key",
        says: "only ssh-ed25519",
        is_recorded: false,
    },
    Fault {
        name: "the key is encrypted",
        plant: |sandbox| other_key(sandbox, &["-t", "ed25519", "-N", "secret"]),
        check: "key",
        says: "encrypted",
        is_recorded: false,
    },
    Fault {
        name: "the setting names a key that is not there",
        plant: |sandbox| {
            sandbox.git(["config", "provenance.signingKey", "/gone/id"]);
        },
        check: "key",
        says: "/gone/id",
        is_recorded: false,
    },
    Fault {
        name: "the key is another one than the chain knows",
        plant: |sandbox| other_key(sandbox, &["-t", "ed25519", "-N", ""]),
        check: "trust",
        says: "nobody has vouched for the key",
        is_recorded: true,
    },
    Fault {
        name: "the trust chain is gone",
        plant: |sandbox| {
            sandbox.git(["update-ref", "-d", "refs/provenance/trust"]);
        },
        check: "trust",
        says: "no trust root",
        is_recorded: true,
    },
    Fault {
        name: "nobody says who commits",
        plant: |sandbox| {
            sandbox.git(["config", "--global", "--unset", "user.email"]);
        },
        check: "identity",
        says: "email",
        is_recorded: false,
    },
];
