use std::process::Command;

use super::*;
use crate::entropy;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

#[test]
fn a_saved_key_loads_again_and_is_private() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys/id");
    let made = SigningKey::generate(&mut entropy::System).unwrap();
    made.save(&path, "test").unwrap();
    let loaded = SigningKey::load(&path).unwrap();
    assert_eq!(loaded.id(), made.id());
    assert_eq!(loaded.sign(b"x"), made.sign(b"x"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(matches!(
        made.save(&path, "test"),
        Err(KeyError::Exists { .. })
    ));
}

#[test]
fn attack_a_key_file_with_the_public_half_of_another_key_is_refused() {
    use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("id");
    key().save(&path, "test").unwrap();
    let file = std::fs::read(&path).unwrap();
    let private = ssh_key::PrivateKey::from_openssh(&file).unwrap();
    let KeypairData::Ed25519(pair) = private.key_data() else {
        panic!("{private:?}");
    };
    let mixed = Ed25519Keypair {
        public: pair.public,
        private: Ed25519PrivateKey::from_bytes(&[8; 32]),
    };
    let mixed = ssh_key::PrivateKey::new(KeypairData::Ed25519(mixed), "test").unwrap();
    let mixed = mixed.to_openssh(ssh_key::LineEnding::LF).unwrap();
    std::fs::write(&path, mixed.as_bytes()).unwrap();
    assert!(matches!(
        SigningKey::load(&path),
        Err(KeyError::NotAPrivateKey { .. })
    ));
}

#[test]
fn a_public_half_that_is_there_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("id");
    std::fs::write(dir.path().join("id.pub"), "somebody's").unwrap();
    assert!(matches!(
        key().save(&path, "test"),
        Err(KeyError::Exists { .. })
    ));
    assert!(!path.exists());
    let public = std::fs::read_to_string(dir.path().join("id.pub")).unwrap();
    assert_eq!(public, "somebody's");
}

#[test]
fn ssh_keygen_prints_our_fingerprint_and_reads_our_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("id");
    key().save(&path, "comment").unwrap();
    let Ok(listed) = Command::new("ssh-keygen").arg("-lf").arg(&path).output() else {
        println!("skipped: ssh-keygen is not there");
        return;
    };
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains(key().id().as_str()), "{listed}");
    let public = Command::new("ssh-keygen")
        .arg("-yf")
        .arg(&path)
        .output()
        .unwrap();
    let public = String::from_utf8_lossy(&public.stdout).into_owned();
    assert!(
        public.starts_with(&key().public_key().to_openssh()),
        "{public}"
    );
}

#[test]
fn a_key_of_openssh_is_taken_and_one_that_cannot_be_used_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let make = |name: &str, args: &[&str]| {
        let path = dir.path().join(name);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-f"])
            .arg(&path)
            .args(args)
            .status();
        made.is_ok_and(|status| status.success()).then_some(path)
    };
    let Some(plain) = make("plain", &["-t", "ed25519", "-N", ""]) else {
        println!("skipped: ssh-keygen is not there");
        return;
    };
    assert!(SigningKey::load(&plain).is_ok());
    let locked = make("locked", &["-t", "ed25519", "-N", "secret"]).unwrap();
    assert!(matches!(
        SigningKey::load(&locked),
        Err(KeyError::Encrypted { .. })
    ));
    let other = make("other", &["-t", "ecdsa", "-N", ""]).unwrap();
    let error = SigningKey::load(&other).unwrap_err();
    assert!(matches!(
        error,
        KeyError::OtherPrivateKey { .. } | KeyError::NotAPrivateKey { .. }
    ));
    assert!(
        error.to_string().contains("git provenance key generate"),
        "{error}"
    );
    assert!(matches!(
        SigningKey::load(&dir.path().join("none")),
        Err(KeyError::Missing { .. })
    ));
    assert!(matches!(
        SigningKey::load(dir.path()),
        Err(KeyError::NotAPrivateKey { .. })
    ));
}

#[cfg(unix)]
#[test]
fn attack_g53_a_key_that_others_can_read_is_refused_and_never_shown() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("id");
    key().save(&path, "test").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = SigningKey::load(&path).unwrap_err();
    assert!(matches!(error, KeyError::Exposed { mode: 0o644, .. }));
    let shown = format!("{:?} {error} {error:?}", key());
    for secret in [hex::encode([7; 32]), BASE64.encode([7; 32])] {
        assert!(!shown.contains(&secret));
    }
}

#[test]
fn a_public_key_line_is_admitted_and_others_are_refused() {
    let line = key().public_key().to_openssh();
    assert_eq!(PublicKey::from_openssh(&line).unwrap(), *key().public_key());
    assert!(matches!(
        PublicKey::from_openssh("nonsense"),
        Err(KeyError::NotAPublicKey { .. })
    ));
}

#[test]
fn attack_g27_weak_keys_are_not_admitted() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let non_canonical = [
        0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ];
    for bytes in [identity, non_canonical, [0; 32]] {
        assert!(matches!(
            PublicKey::from_bytes(&bytes),
            Err(KeyError::NotAdmitted { .. })
        ));
    }
}
