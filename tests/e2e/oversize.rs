//! Input that is made to be too much costs the attacked commit its verdict, and nothing else:
//! bounded memory, bounded time, and every other commit is judged as before.

use std::fs;
use std::io::Write as _;

use harness::{Output, Sandbox, binaries};

use crate::first_commit::told;

/// Two good commits; the newer one's note is about to be attacked.
fn two_commits() -> Sandbox {
    let alice = told();
    alice.append("retry.rs", "// by hand\n");
    alice
        .claude_code()
        .replaces("retry.rs", "back_off();", "back_off_more();");
    alice.commit("second");
    alice
}

/// Makes a blob of `content` the note of HEAD.
fn attack(alice: &Sandbox, content: &[u8]) {
    let mut hash = alice.command("git");
    hash.args([
        "-c",
        "core.bigFileThreshold=1k",
        "hash-object",
        "-w",
        "--stdin",
    ]);
    let blob = alice.run_with_input(&mut hash, content).succeeds();
    let blob = blob.text().trim().to_owned();
    alice.git([
        "notes",
        "--ref=provenance",
        "add",
        "-f",
        "-C",
        &blob,
        "HEAD",
    ]);
}

/// Runs `verify` with at most 400 MB of address space, and requires that the first commit still is
/// verified and the second is not.
#[track_caller]
fn only_head_suffers(alice: &Sandbox) -> Output {
    let mut shell = alice.command("sh");
    // Where memory cannot be limited, the answer still must be the right one.
    let script = "ulimit -v 400000 2>/dev/null; exec \"$0\" verify --json HEAD";
    let output = alice
        .run(shell.args(["-c", script]).arg(binaries::cli()))
        .exits(1);
    let json = output.json();
    let verdict = |commit: &str| {
        let id = alice.git(["rev-parse", commit]);
        let commits = json["commits"].as_array().unwrap();
        let found = commits.iter().find(|entry| entry["commit"] == id.as_str());
        found.unwrap_or_else(|| panic!("{}", output.full()))["verdict"].clone()
    };
    assert_eq!(verdict("HEAD~1"), "verified", "{}", output.full());
    assert_ne!(verdict("HEAD"), "verified", "{}", output.full());
    output
}

#[test]
fn attack_g30_a_note_of_three_hundred_megabytes_of_nothing() {
    let alice = two_commits();
    attack(&alice, &vec![b'\n'; 300_000_000]);
    only_head_suffers(&alice);
}

#[test]
fn attack_g30_a_note_of_a_hundred_thousand_lines() {
    let alice = two_commits();
    let mut content = Vec::new();
    for n in 0..100_000 {
        writeln!(content, "{{\"n\":{n}}}").unwrap();
    }
    attack(&alice, &content);
    only_head_suffers(&alice);
}

#[test]
fn attack_g30_a_line_with_ten_thousand_signatures_and_one_with_a_hundred_thousand_levels() {
    let alice = two_commits();
    let signature = format!(
        "{{\"keyid\":\"SHA256:x\",\"sig\":\"{}==\"}}",
        "A".repeat(86)
    );
    let signatures = vec![signature; 10_000].join(",");
    let many = format!(
        "{{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{signatures}]}}\n"
    );
    let deep = "[".repeat(100_000) + &"]".repeat(100_000) + "\n";
    attack(&alice, (many + &deep).as_bytes());
    only_head_suffers(&alice);
}

#[test]
fn attack_g30_a_note_whose_header_claims_four_gibibytes() {
    let alice = two_commits();
    // A loose object by hand: zlib with one stored block, whose header lies about the size.
    let inside = b"blob 4294967296\0tiny";
    let length = u16::try_from(inside.len()).unwrap();
    let mut loose = vec![0x78, 0x01, 0x01];
    loose.extend(length.to_le_bytes());
    loose.extend((!length).to_le_bytes());
    loose.extend(inside);
    loose.extend(adler32(inside).to_be_bytes());
    let id = "be".repeat(20);
    let folder = alice.git_dir().join("objects/be");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(&id[2..]), loose).unwrap();
    let entries = alice.git(["ls-tree", "-r", "refs/notes/provenance"]);
    let head = alice.head();
    let tree: Vec<String> = entries
        .lines()
        .map(|line| {
            let (meta, path) = line.split_once('\t').unwrap();
            let is_head = path.replace('/', "") == head;
            let blob = if is_head {
                &id
            } else {
                meta.rsplit(' ').next().unwrap()
            };
            format!("100644 blob {blob}\t{path}\n")
        })
        .collect();
    let mut mktree = alice.command("git");
    let tree = alice
        .run_with_input(
            mktree.args(["mktree", "--missing"]),
            tree.concat().as_bytes(),
        )
        .succeeds();
    let commit = alice.git(["commit-tree", tree.text().trim(), "-m", "attack"]);
    alice.git(["update-ref", "refs/notes/provenance", &commit]);
    only_head_suffers(&alice);
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    (b << 16) | a
}
