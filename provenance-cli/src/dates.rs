//! Dates in the user's format, for people; programs get RFC 3339 in UTC.

use provenance_core::attribute::Moment;
use provenance_core::clock::Timestamp;

/// How dates are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DateFormat {
    /// The day, where the author was: 2026-11-20
    #[default]
    Short,
    /// Day, time and zone, where the author was: 2026-11-20 10:35:28 +0100
    Iso,
    /// Day and time in UTC: 2026-11-20T09:35:28Z
    Utc,
    /// Seconds since 1970
    Unix,
}

impl DateFormat {
    /// Returns the text for a moment.
    pub(crate) fn show(self, moment: Moment) -> String {
        let local = moment
            .seconds
            .saturating_add(i64::from(moment.offset_minutes) * 60);
        match self {
            Self::Short => rfc3339(local).chars().take(10).collect(),
            Self::Iso => {
                let text: String = rfc3339(local).chars().take(19).collect();
                let sign = if moment.offset_minutes < 0 { '-' } else { '+' };
                let minutes = moment.offset_minutes.unsigned_abs();
                let text = text.replacen('T', " ", 1);
                format!("{text} {sign}{:02}{:02}", minutes / 60, minutes % 60)
            }
            Self::Utc => rfc3339(moment.seconds),
            Self::Unix => moment.seconds.to_string(),
        }
    }
}

/// Returns a moment as programs get it; what is outside the years 0 to 9999 becomes 1970.
pub(crate) fn rfc3339(seconds: i64) -> String {
    Timestamp::from_unix_seconds(seconds)
        .or_else(|| Timestamp::from_unix_seconds(0))
        .map_or_else(String::new, |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_authors_own() {
        let moment = Moment {
            seconds: 1_795_167_328,
            offset_minutes: 15 * 60,
        };
        for (format, expected) in [
            (DateFormat::Short, "2026-11-21"),
            (DateFormat::Iso, "2026-11-21 00:35:28 +1500"),
            (DateFormat::Utc, "2026-11-20T09:35:28Z"),
            (DateFormat::Unix, "1795167328"),
        ] {
            assert_eq!(format.show(moment), expected);
        }
        let absurd = Moment {
            seconds: i64::MAX,
            offset_minutes: -1,
        };
        assert_eq!(DateFormat::Short.show(absurd), "1970-01-01");
    }
}
