//! How hard loose objects are compressed.
//!
//! Takes `core.looseCompression`, else `core.compression` (git-config(1)), -1 to 9, and gives
//! zlib's level, if there is one. Git's default is 1, the fastest.

use flate2::Compression;

use super::Config;

impl Config {
    /// Returns the level for loose objects; `None` where nobody asked for one. What is no level is
    /// left to Git to complain about.
    pub(in crate::git) fn loose_compression(&self) -> Option<Compression> {
        let level = |key| self.integer(key).ok().flatten();
        match level("core.looseCompression").or_else(|| level("core.compression")) {
            Some(-1) => Some(Compression::default()),
            Some(level @ 0..=9) => u32::try_from(level).ok().map(Compression::new),
            _ => None,
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
            let level = Config { entries }.loose_compression();
            level.map(|level| level.level())
        };
        assert_eq!(level(&[]), None);
        assert_eq!(level(&[("core.compression", "9")]), Some(9));
        assert_eq!(
            level(&[("core.compression", "9"), ("core.loosecompression", "0")]),
            Some(0)
        );
        assert_eq!(level(&[("core.compression", "-1")]), Some(6));
        assert_eq!(level(&[("core.compression", "12")]), None);
        assert_eq!(level(&[("core.compression", "much")]), None);
    }
}
