use std::collections::HashMap;

use proptest::prelude::*;

use super::names::Names;
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
    // The blank line among those that came could as well be any above it.
    let (old, new) = ([&many, b"a\n".as_slice()], [&many, b"b\n\n".as_slice()]);
    assert!(matches!(
        hunks(&old.concat(), &new.concat(), Setting::Blame),
        Err(DiffError::TooLarge { .. })
    ));
}

#[test]
fn of_a_long_file_only_what_differs_counts() {
    let lines: Vec<String> = (0..MAX_LINES).map(|line| format!("{line}\n")).collect();
    let old = lines.concat();
    let (head, tail) = lines.split_at(700_000);
    let end = u32::try_from(MAX_LINES).unwrap();
    let hunk = |old_start, old_len| Hunk {
        old_start,
        old_len,
        new_start: old_start,
        new_len: 1,
    };
    let new = [&head.concat(), "new\n", &tail[1..].concat(), "last\n"].concat();
    let found = hunks(old.as_bytes(), new.as_bytes(), Setting::Blame).unwrap();
    assert_eq!(found, [hunk(700_000, 1), hunk(end, 0)]);
    let longer = format!("{old}last\n");
    let found = hunks(old.as_bytes(), longer.as_bytes(), Setting::Blame).unwrap();
    assert_eq!(found, [hunk(end, 0)]);
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

/// What xdiff says where it is asked about all lines.
fn hunks_of_the_whole(old: &[u8], new: &[u8], setting: Setting) -> Vec<Hunk> {
    let (old, new) = without_common_tail(old, new);
    let mut names = Names::for_lines(0, setting);
    let mut named = |content| {
        let mut named = Vec::new();
        for line in lines(content) {
            names::write(&mut named, line, names.number(line));
        }
        named
    };
    let (old, new) = (named(old), named(new));
    xdiff::hunks(&old, &new, setting).unwrap()
}

/// A content that is doubled in part, between lines that stand nowhere else.
fn doubled() -> impl Strategy<Value = (String, String)> {
    let near = prop_oneof![
        2 => Just(String::new()),
        4 => "[ ]{0,2}[ab]",
    ];
    let far = prop_oneof![
        2 => Just(String::new()),
        4 => "[ ]{0,2}[xyz]",
    ];
    let near = || prop::collection::vec(near.clone(), 0..6);
    let far = || prop::collection::vec(far.clone(), 0..24);
    (far(), near(), near(), near(), far()).prop_map(|(start, above, block, below, end)| {
        let joined = |parts: &[&[String]]| parts.concat().join("\n") + "\n";
        (
            joined(&[&start, &above, &block, &below, &end]),
            joined(&[&start, &above, &block, &block, &below, &end]),
        )
    })
}

/// A long content of few kinds of lines, some of them often and side by side, and an edited one.
fn edited() -> impl Strategy<Value = (String, String)> {
    let line = prop_oneof![
        3 => Just("}".to_owned()),
        3 => Just(String::new()),
        1 => Just("  \t".to_owned()),
        4 => "[ \t]{0,3}[a-c]{1,2}",
        6 => "[ \t]{0,9}[a-z]{3}",
    ];
    let block = prop::collection::vec(line, 1..12);
    let blocks = prop::collection::vec((block.clone(), 1..20_usize), 0..24);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..8_usize, block), 1..4);
    (blocks, edits, any::<bool>()).prop_map(|(blocks, edits, lf)| {
        let blocks = blocks.iter();
        let old: Vec<String> = blocks
            .flat_map(|(block, times)| vec![block.clone(); *times].concat())
            .collect();
        let mut new = old.clone();
        for (at, gone, block) in edits {
            let start = at.index(new.len() + 1);
            let end = (start + gone).min(new.len());
            // What went comes again beside itself now and then: then it can slide.
            let again = new[start..end].to_vec();
            let came = if gone % 2 == 0 {
                [again.clone(), again].concat()
            } else {
                block
            };
            new.splice(start..end, came);
        }
        let joined = |lines: &[String]| {
            let end = if lf && !lines.is_empty() { "\n" } else { "" };
            lines.join("\n") + end
        };
        (joined(&old), joined(&new))
    })
}

#[test]
fn a_line_far_below_can_decide_where_lines_slide() {
    let old = "a\na\n a\n  a\n a\nx\n\n x\n";
    let new = "a\na\n a\n  a\n a\n a\n  a\n a\nx\n\n x\n";
    for setting in SETTINGS {
        let whole = hunks_of_the_whole(old.as_bytes(), new.as_bytes(), setting);
        let found = hunks(old.as_bytes(), new.as_bytes(), setting).unwrap();
        assert_eq!(found, whole, "{setting:?}");
    }
}

const SETTINGS: [Setting; 3] = [
    Setting::Blame,
    Setting::Plain,
    Setting::BlameIgnoringWhitespace,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn an_excerpt_has_the_hunks_of_the_whole((old, new) in prop_oneof![edited(), doubled()]) {
        for setting in SETTINGS {
            let whole = hunks_of_the_whole(old.as_bytes(), new.as_bytes(), setting);
            let found = hunks(old.as_bytes(), new.as_bytes(), setting).unwrap();
            prop_assert_eq!(found, whole, "{:?}", setting);
        }
    }
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
