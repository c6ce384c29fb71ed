//! Signatures and keys against other people's vectors: RFC 8032, Wycheproof, CCTV, speccheck.
//!
//! All of them go through our own door: a key is admitted first, then a signature is checked.

use provenance_core::key::{PublicKey, SigningKey};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

use crate::vectors;

/// Secret seed, public key, message, signature: RFC 8032, section 7.1, TEST 1, 2, 3 and SHA(abc).
const RFC_8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

/// Admits the key, then checks the signature; a refused key accepts nothing.
fn accepts(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    key.try_into()
        .ok()
        .and_then(|key| PublicKey::from_bytes(key).ok())
        .is_some_and(|key| key.verifies(message, signature))
}

fn bytes(value: &serde_json::Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn rfc_8032_signs_and_verifies_as_written() {
    for [seed, public, message, signature] in RFC_8032 {
        let seed: [u8; 32] = hex::decode(seed).unwrap().try_into().unwrap();
        let message = hex::decode(message).unwrap();
        let key = SigningKey::from_seed(&seed);
        assert_eq!(hex::encode(key.public_key().as_bytes()), public);
        assert_eq!(hex::encode(key.sign(&message)), signature);
        assert!(
            key.public_key()
                .verifies(&message, &hex::decode(signature).unwrap())
        );
    }
}

#[test]
fn attack_g27_wycheproof_agrees_in_151_of_151() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut agreed = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let accepted = accepts(&group.key.pk, &test.msg, &test.sig);
            let expected = matches!(test.result, TestResult::Valid);
            assert_eq!(accepted, expected, "case {}: {}", test.tc_id, test.comment);
            agreed += 1;
        }
    }
    assert_eq!(agreed, 151);
}

#[test]
fn attack_g27_cctv_accepts_exactly_one_of_914() {
    let Some(cases) = vectors::json("cctv_ed25519.json") else {
        return;
    };
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 914);
    let accepted: Vec<_> = cases
        .iter()
        .filter(|case| {
            let message = case["msg"].as_str().unwrap().as_bytes();
            accepts(&bytes(&case["key"]), message, &bytes(&case["sig"]))
        })
        .collect();
    assert_eq!(accepted.len(), 1, "{accepted:#?}");
    assert!(
        accepted[0]["flags"].is_null(),
        "it has nothing odd about it"
    );
}

#[test]
fn attack_g27_speccheck_accepts_none_of_12() {
    let Some(cases) = vectors::json("speccheck_ed25519.json") else {
        return;
    };
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 12);
    for (n, case) in cases.iter().enumerate() {
        let [key, message, signature] =
            ["pub_key", "message", "signature"].map(|f| bytes(&case[f]));
        assert!(!accepts(&key, &message, &signature), "case {n}");
    }
}
