use super::layout::{Layout, read};

/// An index of version 2 with one entry `a`, and these extensions.
fn index(flags: u16, extensions: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
    file.extend_from_slice(&[0; 60]);
    file.extend_from_slice(&flags.to_be_bytes());
    file.extend_from_slice(b"a\0");
    for (signature, content) in extensions {
        file.extend_from_slice(*signature);
        file.extend_from_slice(&u32::try_from(content.len()).unwrap().to_be_bytes());
        file.extend_from_slice(content);
    }
    file.extend_from_slice(&[0; 20]);
    file
}

fn cache_tree(count: &str) -> Vec<u8> {
    [format!("\0{count} 0\n").as_bytes(), &[7; 20]].concat()
}

#[test]
fn a_tree_is_believed_only_where_it_is_the_tree_of_this_index() {
    for (count, known) in [
        ("1", true),
        ("-1", false),
        ("2", false),
        ("", false),
        ("0", false),
    ] {
        let layout = read(&index(1, &[(b"TREE", &cache_tree(count))]), 20).unwrap();
        assert_eq!(layout.tree_id.is_some(), known, "{count}");
    }
    let split = index(1, &[(b"link", &[0; 20]), (b"TREE", &cache_tree("1"))]);
    let layout = read(&split, 20).unwrap();
    assert_eq!((layout.is_plain, layout.tree_id), (false, None));
}

#[test]
fn only_a_plain_index_is_for_libgit2() {
    for (flags, extension, is_plain) in [
        (1, b"REUC", true),
        (1, b"sdir", false),
        (1, b"link", false),
        (1, b"what", false),
        (0x1001, b"REUC", false),
    ] {
        let layout = read(&index(flags, &[(extension, b"")]), 20).unwrap();
        assert_eq!(layout.is_plain, is_plain, "{flags:x} {extension:?}");
    }
}

#[test]
fn attack_a_file_that_is_no_index_is_refused_wherever_it_is_cut() {
    let whole = index(1, &[(b"TREE", &cache_tree("1"))]);
    assert!(read(&whole, 20).is_some());
    for length in 0..whole.len() {
        let cut = read(&whole[..length], 20);
        // An index may end after its entries; whatever else is cut off makes it none.
        let ends_cleanly = length == index(1, &[]).len();
        let expected = ends_cleanly.then_some(Layout {
            entries: 1,
            is_plain: true,
            tree_id: None,
        });
        assert_eq!(cut, expected, "cut to {length}");
    }
    for (at, byte) in [(0, b'X'), (7, 5), (7, 1), (8, 0xff)] {
        let mut bad = whole.clone();
        bad[at] = byte;
        assert_eq!(read(&bad, 20), None, "byte {at}");
    }
}
