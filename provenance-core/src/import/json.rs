//! JSON that others wrote: nesting is bounded before anything is built, and what is wrong is said
//! without repeating any of it, for it may be a conversation.
//!
//! # What is not checked
//!
//! Whether a key stands twice: the later one counts, as for whoever wrote it.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::Refusal;

/// The deepest that is read; the deepest of 10,685 real notes of git-ai has 8 levels.
const MAX_DEPTH: usize = 64;

/// Reads a document.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Refusal> {
    check_depth(json)?;
    serde_json::from_str(json).map_err(|error| refusal(&error))
}

/// Reads a list of documents, and leaves them as they are.
pub(super) fn read_list(json: &str) -> Result<Vec<&RawValue>, Refusal> {
    check_depth(json)?;
    serde_json::from_str(json).map_err(|error| refusal(&error))
}

fn refusal(error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        Category::Data => "a field is missing or has another type",
        Category::Eof => "it ends too early",
        Category::Io | Category::Syntax => "it is no JSON",
    };
    Refusal::Json {
        fault: format!("{what}, at line {} column {}", error.line(), error.column()),
    }
}

/// Counts brackets outside of strings, without building anything.
fn check_depth(json: &str) -> Result<(), Refusal> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Refusal::TooDeep);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_count() {
        let flat = format!("[\"{}\\\"{}\"]", "[".repeat(200), "{".repeat(200));
        assert!(read::<Vec<String>>(&flat).is_ok());
        let deep = "[".repeat(MAX_DEPTH + 1);
        assert_eq!(read::<Vec<u8>>(&deep).unwrap_err(), Refusal::TooDeep);
        let said = read::<Vec<u8>>("[\"the secret plan\"]").unwrap_err();
        assert!(!said.to_string().contains("secret"), "{said}");
    }
}
