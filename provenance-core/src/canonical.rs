//! Canonical JSON: the one byte string that a value has, which is what gets hashed and signed.
//!
//! Takes a value and gives its RFC 8785 form within a narrow profile: UTF-8 without BOM, ASCII
//! keys, integers with |n| <= 2^53-1, no duplicate keys, at most [`MAX_DEPTH`] levels. Within it
//! the form is `serde_json`'s compact output with sorted keys. Takes bytes and answers whether
//! they are that form already ([`check`]): one content has one spelling, so duplicate keys,
//! white space, escapes, `1.0` for `1` and key order cannot tell two readers different things.
//!
//! # What is not checked
//!
//! What the fields mean, and how long the text is: callers bound it first.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, de};
use serde_json::{Map, Number, Value};

/// The most levels of arrays and objects.
pub const MAX_DEPTH: usize = 32;
/// The largest magnitude of an integer, 2^53-1: what every JSON reader holds exactly (RFC 7493).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Returns the canonical bytes of `value`.
///
/// # Errors
///
/// [`CanonicalError::Profile`] when the value has a float, an integer beyond 2^53-1, a key that
/// is not ASCII, or too many levels.
pub fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let mut value = serde_json::to_value(value).map_err(CanonicalError::Profile)?;
    // A dependency that switches on `serde_json/preserve_order` must not change our bytes.
    value.sort_all_objects();
    let bytes = serde_json::to_vec(&value).map_err(CanonicalError::Profile)?;
    parse(&bytes)?;
    Ok(bytes)
}

/// Reads `bytes` into `T` if they are canonical.
///
/// # Errors
///
/// [`CanonicalError::Profile`] when they are no JSON of the profile, [`CanonicalError::Form`] when
/// they are but not in canonical form, [`CanonicalError::Shape`] when `T` does not take them.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    check(bytes)?;
    serde_json::from_slice(bytes).map_err(CanonicalError::Shape)
}

/// Answers whether `bytes` are canonical.
///
/// # Errors
///
/// [`CanonicalError::Profile`] and [`CanonicalError::Form`], as [`from_slice`].
pub fn check(bytes: &[u8]) -> Result<(), CanonicalError> {
    let mut value = parse(bytes)?;
    value.sort_all_objects();
    let canonical = serde_json::to_vec(&value).map_err(CanonicalError::Profile)?;
    if canonical == bytes {
        Ok(())
    } else {
        Err(CanonicalError::Form)
    }
}

/// Parses JSON of the profile, canonical or not.
fn parse(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(CanonicalError::Profile)
}

/// Builds a [`Value`] and refuses what the profile does not have.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("more than {MAX_DEPTH} levels")));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without floats")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_INTEGER {
            return Err(E::custom("an integer beyond 2^53-1"));
        }
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_INTEGER {
            return Err(E::custom("an integer beyond 2^53-1"));
        }
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a number that is no integer"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !key.is_ascii() {
                return Err(de::Error::custom("a key that is not ASCII"));
            }
            let value = entries.next_value_seed(inner)?;
            if object.insert(key, value).is_some() {
                return Err(de::Error::custom("a key that stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// Why bytes are not canonical JSON, or a value has no canonical bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// No JSON, or JSON with what the profile leaves out.
    #[error("not JSON of the profile (ASCII keys, none twice, integers up to 2^53-1)")]
    Profile(#[source] serde_json::Error),
    /// JSON of the profile in another spelling.
    #[error("not in canonical form (RFC 8785): order, white space or escapes differ")]
    Form,
    /// Canonical, but with other fields than expected.
    #[error("does not have the expected fields")]
    Shape(#[source] serde_json::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_bytes_are_accepted_and_repeat() {
        for good in [
            r#"{"":0,"a":[1,-2,{"b":null,"c":true}],"é no, as value":"é\n\u001f\"\\/"}"#
                .replace("é no, as value", "b"),
            "[]".to_owned(),
            "9007199254740991".to_owned(),
            "\"\u{20ac}\"".to_owned(),
        ] {
            check(good.as_bytes()).unwrap_or_else(|error| panic!("{good}: {error:?}"));
            let value: Value = from_slice(good.as_bytes()).unwrap();
            assert_eq!(to_vec(&value).unwrap(), good.as_bytes());
        }
    }

    #[test]
    fn attack_g28_two_readers_cannot_be_told_different_things() {
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":{"a":1,"a":1}}"#,
            r#"{"b":1,"a":2}"#,
            r#"{"a": 1}"#,
            r#"{"a":1}x"#,
            "{\"a\":1}\n",
            "\u{feff}{}",
            r#"{"a":1.0}"#,
            r#"{"a":1e2}"#,
            r#"{"a":-0}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":-9007199254740992}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"\/"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"é":1}"#,
            r#"{"a":"\u000A"}"#,
            "",
            "nul",
        ] {
            assert!(check(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn attack_g30_depth_is_bounded_without_recursion_to_the_bottom() {
        let fine = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(check(fine.as_bytes()).is_ok());
        for levels in [MAX_DEPTH + 1, 200, 100_000] {
            let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            assert!(matches!(
                check(deep.as_bytes()),
                Err(CanonicalError::Profile(_))
            ));
        }
    }

    #[test]
    fn a_value_outside_the_profile_has_no_canonical_bytes() {
        assert!(to_vec(&1.5).is_err());
        assert!(to_vec(&u64::MAX).is_err());
    }
}
