use proptest::prelude::*;

use super::*;

fn hunk(old_start: u32, old_len: u32, new_start: u32, new_len: u32) -> Hunk {
    Hunk {
        old_start,
        old_len,
        new_start,
        new_len,
    }
}

fn replay(old: &[u8], new: &[u8], hunks: &[Hunk]) -> Vec<u8> {
    let old: Vec<&[u8]> = lines(old).collect();
    let new: Vec<&[u8]> = lines(new).collect();
    let mut made = Vec::new();
    let mut at = 0;
    for hunk in hunks {
        made.extend_from_slice(&old[at..hunk.old_range().start]);
        made.extend_from_slice(&new[hunk.new_range()]);
        at = hunk.old_range().end;
    }
    made.extend_from_slice(&old[at..]);
    made.concat()
}

#[test]
fn hunks_say_which_lines_went_and_which_came() {
    for (old, new, expected) in [
        ("", "", vec![]),
        ("a\n", "a\n", vec![]),
        ("", "a\nb\n", vec![hunk(0, 0, 0, 2)]),
        ("a\nb\n", "", vec![hunk(0, 2, 0, 0)]),
        ("a\nc\n", "a\nb\nc\n", vec![hunk(1, 0, 1, 1)]),
        ("a\nb\nc\n", "a\nc\n", vec![hunk(1, 1, 1, 0)]),
        ("a\n", "b\na\n", vec![hunk(0, 0, 0, 1)]),
        ("a\n", "a\nb\n", vec![hunk(1, 0, 1, 1)]),
        (
            "a\nb\nc\n",
            "A\nb\nC\n",
            vec![hunk(0, 1, 0, 1), hunk(2, 1, 2, 1)],
        ),
        // A missing final newline is a difference, and CR is part of the line.
        ("a\nb", "a\nb\n", vec![hunk(1, 1, 1, 1)]),
        ("a\nb\n", "a\r\nb\n", vec![hunk(0, 1, 0, 1)]),
        // Blank lines differ by their blanks.
        ("a\n \nb\n", "a\n\t\nb\n", vec![hunk(1, 1, 1, 1)]),
        // NUL and bytes that are no UTF-8 are bytes.
        ("a\0b\n", "a\0c\n", vec![hunk(0, 1, 0, 1)]),
    ] {
        let found = hunks(old.as_bytes(), new.as_bytes(), Setting::Blame).unwrap();
        assert_eq!(found, expected, "{old:?} to {new:?}");
    }
}

#[test]
fn added_lines_are_counted_from_one() {
    assert_eq!(hunk(4, 0, 4, 3).added(), Some((5, 7)));
    assert_eq!(hunk(4, 2, 4, 0).added(), None);
}

#[test]
fn the_indent_heuristic_is_what_tells_the_settings_apart() {
    let old = "# one\nfn a\n\n# two\nfn b\n";
    let new = "# one\nfn a\n\n# two\nfn n\n\n# two\nfn b\n";
    let found = |setting| hunks(old.as_bytes(), new.as_bytes(), setting).unwrap();
    assert_eq!(found(Setting::Blame), [hunk(3, 0, 3, 3)]);
    assert_eq!(found(Setting::Plain), [hunk(4, 0, 4, 3)]);
}

#[test]
fn a_nul_early_on_makes_a_binary() {
    let mut content = vec![b'a'; 8000];
    assert!(!is_binary(&content));
    content.push(0);
    assert!(!is_binary(&content), "Git looks at 8000 bytes");
    content[7999] = 0;
    assert!(is_binary(&content));
    assert!(!is_binary(b""));
}

#[test]
fn attack_what_is_too_large_is_said_at_once() {
    let long = vec![b'a'; MAX_BYTES + 1];
    assert!(matches!(
        hunks(&long, b"", Setting::Blame),
        Err(DiffError::TooLarge { .. })
    ));
    let many = vec![b'\n'; MAX_LINES];
    assert!(matches!(
        hunks(&many, b"a\n", Setting::Plain),
        Err(DiffError::TooLarge { .. })
    ));
}

/// Two different pairs of bytes after which xdiff's hash is the same, for `count` places in a row:
/// they make two to the power of `count` lines of one hash.
fn colliding_pairs(count: usize) -> Vec<[[u8; 2]; 2]> {
    let step = |hash: u64, byte: u8| hash.wrapping_mul(33) ^ u64::from(byte);
    let mut hash = 5381;
    (0..count)
        .map(|_| {
            let mut seen = HashMap::new();
            let pairs = (b'!'..=b'~').flat_map(|a| (b'!'..=b'~').map(move |b| [a, b]));
            let (one, other, after) = pairs
                .map(|pair| (pair, step(step(hash, pair[0]), pair[1])))
                .find_map(|(pair, after)| Some((seen.insert(after, pair)?, pair, after)))
                .unwrap();
            hash = after;
            [one, other]
        })
        .collect()
}

#[test]
fn attack_lines_that_collide_in_the_hash_of_xdiff_cost_no_time() {
    let pairs = colliding_pairs(17);
    let line = |n: usize| {
        let mut line: Vec<u8> = (0..17).flat_map(|bit| pairs[bit][n >> bit & 1]).collect();
        line.push(b'\n');
        line
    };
    let old: Vec<u8> = (0..100_000).flat_map(line).collect();
    let new: Vec<u8> = (1..100_001).flat_map(line).collect();
    let found = hunks(&old, &new, Setting::Plain).unwrap();
    assert_eq!(found, [hunk(0, 1, 0, 0), hunk(99_999 + 1, 0, 99_999, 1)]);
}

fn content() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("}".to_owned()),
        Just(String::new()),
        Just("\r".to_owned()),
        Just("  \t".to_owned()),
        "[ \t]{0,3}[a-c]{1,2}",
    ];
    let body = prop::collection::vec(line, 0..40).prop_map(|lines| lines.join("\n"));
    (body, any::<bool>()).prop_map(|(body, lf)| if lf { body + "\n" } else { body })
}

proptest! {
    #[test]
    fn hunks_turn_the_old_content_into_the_new(old in content(), new in content()) {
        for setting in [Setting::Blame, Setting::Plain] {
            let found = hunks(old.as_bytes(), new.as_bytes(), setting).unwrap();
            prop_assert_eq!(replay(old.as_bytes(), new.as_bytes(), &found), new.as_bytes());
            for pair in found.windows(2) {
                prop_assert!(pair[0].old_range().end < pair[1].old_range().start);
                prop_assert!(pair[0].new_range().end < pair[1].new_range().start);
            }
        }
    }
}
