//! `Timestamp` (UTC, whole seconds, RFC 3339) and `Clock`, from which it is read.
//!
//! Time enters the library as an argument. A date that a signer wrote himself is information for
//! people; it never decides whether a key or a record is valid.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Wraps seconds since the Unix epoch; `None` outside the years 0000 to 9999 that RFC 3339
    /// can write.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        (-62_167_219_200..=253_402_300_799)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// Returns seconds since the Unix epoch.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    fn date_time(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).unwrap_or_default()
    }
}

impl From<Timestamp> for SystemTime {
    /// Gives the moment as file systems have it; one before 1970 becomes 1970.
    fn from(timestamp: Timestamp) -> Self {
        let seconds = u64::try_from(timestamp.0).unwrap_or_default();
        Self::UNIX_EPOCH + Duration::from_secs(seconds)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.date_time().to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| TimestampError)?;
        let timestamp = Self::from_unix_seconds(parsed.timestamp()).ok_or(TimestampError)?;
        // One moment has one spelling: UTC, `Z`, no fraction.
        if timestamp.to_string() == text {
            Ok(timestamp)
        } else {
            Err(TimestampError)
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The text is not a moment in the one form that records use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a moment in time: expected the form 2026-11-20T09:35:28Z")]
pub struct TimestampError;

/// Where the current time comes from.
pub trait Clock: fmt::Debug {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp(Utc::now().timestamp())
    }
}

/// A clock that stands still; for tests and for reproducing a record.
#[derive(Debug, Clone, Copy)]
pub struct Fixed(pub Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_one_spelling() {
        let moment: Timestamp = "2026-11-20T09:35:28Z".parse().unwrap();
        assert_eq!(moment.unix_seconds(), 1_795_167_328);
        assert_eq!(moment.to_string(), "2026-11-20T09:35:28Z");
        for bad in [
            "2026-11-20T09:35:28+00:00",
            "2026-11-20T10:35:28+01:00",
            "2026-11-20T09:35:28.0Z",
            "2026-11-20 09:35:28Z",
            "2026-11-20",
            "",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(TimestampError), "{bad}");
        }
    }
}
