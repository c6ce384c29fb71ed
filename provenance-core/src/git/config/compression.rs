//! How hard loose objects are compressed.
//!
//! Takes `core.looseCompression`, else `core.compression` (git-config(1)), -1 to 9, and gives
//! zlib's level. Git's default is 1, the fastest.

use flate2::Compression;

use super::Config;

impl Config {
    /// Returns the level for loose objects. What is no level is left to Git to complain about.
    pub(in crate::git) fn loose_compression(&self) -> Compression {
        let level = |key| self.integer(key).ok().flatten();
        match level("core.looseCompression").or_else(|| level("core.compression")) {
            Some(-1) => Compression::default(),
            Some(level @ 0..=9) => Compression::new(u32::try_from(level).unwrap_or(1)),
            _ => Compression::fast(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_key_wins_and_nonsense_does_not_stop_a_write() {
        let level = |pairs: &[(&str, &str)]| {
            let entry = |(key, value): &(&str, &str)| (key.to_string(), Some(value.to_string()));
            let entries = pairs.iter().map(entry).collect();
            Config { entries }.loose_compression().level()
        };
        assert_eq!(level(&[]), 1);
        assert_eq!(level(&[("core.compression", "9")]), 9);
        assert_eq!(
            level(&[("core.compression", "9"), ("core.loosecompression", "0")]),
            0
        );
        assert_eq!(level(&[("core.compression", "-1")]), 6);
        assert_eq!(level(&[("core.compression", "12")]), 1);
        assert_eq!(level(&[("core.compression", "much")]), 1);
    }
}
