//! Damage: what may happen to a file that is kept beside a repository.

use std::path::Path;

/// Damages a file: cut off anywhere, with any bit turned, with more behind it; of these ways every
/// `step`th. Each time `read` must do without the file, and leave it as it was before.
pub(crate) fn is_mended(file: &Path, step: usize, mut read: impl FnMut()) {
    let whole = std::fs::read(file).unwrap();
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    damaged.extend((0..whole.len()).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        bytes
    }));
    damaged.push([whole.as_slice(), b"more"].concat());
    for bytes in damaged.iter().rev().step_by(step) {
        std::fs::write(file, bytes).unwrap();
        read();
        assert!(
            std::fs::read(file).unwrap() == whole,
            "it was not made anew"
        );
    }
}
