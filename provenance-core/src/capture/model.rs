//! Model names: `provider/model` as models.dev writes it, where that is certain.

use crate::record::Model;
use crate::text;

/// Returns the model of a record for the name that a harness gave.
///
/// The provider is certain for the families that only one vendor names so: `claude-…`, `gpt-…`,
/// `o1` to `o9`, `gemini-…`. A name that has a provider already keeps it; every other stays as it
/// is, because a guess would be signed.
#[must_use]
pub fn model(raw: &str) -> Option<Model> {
    let plain = text::cleaned(raw);
    let plain = plain.trim();
    let provider = if plain.contains('/') {
        None
    } else if plain.starts_with("claude-") {
        Some("anthropic")
    } else if plain.starts_with("gpt-") || is_o_series(plain) {
        Some("openai")
    } else if plain.starts_with("gemini-") {
        Some("google")
    } else {
        None
    };
    let id = match provider {
        Some(provider) => format!("{provider}/{plain}"),
        None => plain.to_owned(),
    };
    Some(Model {
        id: text::cleaned_id(&id)?,
        raw: plain.to_owned(),
    })
}

/// `o3`, `o4-mini`, but not `o4x` or `olmo`.
fn is_o_series(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next() == Some(b'o')
        && bytes.next().is_some_and(|byte| byte.is_ascii_digit())
        && matches!(bytes.next(), None | Some(b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_named_only_where_it_is_certain() {
        for (raw, id) in [
            (
                "claude-opus-4-5-20251101",
                "anthropic/claude-opus-4-5-20251101",
            ),
            ("gpt-5.1-codex", "openai/gpt-5.1-codex"),
            ("o4-mini", "openai/o4-mini"),
            ("o3", "openai/o3"),
            ("olmo-2", "olmo-2"),
            ("gemini-2.5-flash", "google/gemini-2.5-flash"),
            ("openai/gpt-5.1", "openai/gpt-5.1"),
            (
                "us.anthropic.claude-sonnet-4-v1:0",
                "us.anthropic.claude-sonnet-4-v1:0",
            ),
            ("qwen3", "qwen3"),
            ("claude-opus-4-5[1m]", "anthropic/claude-opus-4-5_1m_"),
        ] {
            let found = model(raw).unwrap();
            assert_eq!((found.id.as_str(), found.raw.as_str()), (id, raw));
        }
        assert_eq!(model(" "), None);
    }
}
