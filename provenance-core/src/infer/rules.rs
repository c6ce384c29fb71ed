//! `Rules`: the data file that says what tools leave in commits, read and checked.
//!
//! Takes JSON in the form of `schema/detect-rules.v1.schema.json`; gives rules that can be held
//! against a commit. The file that comes with the program is the first; users' own come before it,
//! take the place of rules with the same id, and switch rules off.
//!
//! # What is not checked
//!
//! Whether a rule is right. `docs/detection.md` says what was seen of ours.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::pattern::Pattern;
use super::person::PersonPattern;
use super::{Confidence, InferError, InferredKind};
use crate::digest::Digest;
use crate::text;

/// The rules that come with the program.
const BUILT_IN: &str = include_str!("detect-rules.json");
/// The most bytes of a file of rules.
pub const MAX_RULES_BYTES: u64 = 1 << 20;
/// The most rules of a file.
const MAX_RULES: usize = 1024;
/// The most values that one field of a rule may list.
const MAX_VALUES: usize = 256;

/// Rules, in the order in which they are held against a commit.
#[derive(Debug, Clone)]
pub struct Rules {
    pub(super) rules: Vec<Rule>,
    /// Of the files that they were read from, in their order.
    digest: Digest,
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) kind: InferredKind,
    pub(super) tool: Option<String>,
    pub(super) confidence: Confidence,
    pub(super) co_author: Option<PersonPattern>,
    pub(super) trailer: Option<TrailerPattern>,
    pub(super) line: Vec<Pattern>,
    pub(super) subject: Vec<Pattern>,
    pub(super) author: Option<PersonPattern>,
    pub(super) committer: Option<PersonPattern>,
}

/// Which trailers a rule means.
#[derive(Debug, Clone)]
pub(super) struct TrailerPattern {
    /// In lower case.
    pub(super) key: Vec<String>,
    pub(super) value: Vec<Pattern>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    schema_version: u32,
    #[serde(default)]
    disable: Vec<String>,
    rules: Vec<RuleDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RuleDocument {
    id: String,
    kind: InferredKind,
    #[serde(default)]
    tool: Option<String>,
    confidence: Confidence,
    #[serde(rename = "match")]
    fields: Fields,
    #[serde(default, rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    #[serde(default)]
    co_author: Option<PersonDocument>,
    #[serde(default)]
    trailer: Option<TrailerDocument>,
    #[serde(default)]
    line: Vec<String>,
    #[serde(default)]
    subject: Vec<String>,
    #[serde(default)]
    author: Option<PersonDocument>,
    #[serde(default)]
    committer: Option<PersonDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PersonDocument {
    #[serde(default)]
    address: Vec<String>,
    #[serde(default)]
    app: Vec<String>,
    #[serde(default)]
    account: Vec<String>,
    #[serde(default)]
    name: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TrailerDocument {
    key: Vec<String>,
    value: Vec<String>,
}

impl Rules {
    /// Returns the rules that come with the program.
    ///
    /// # Errors
    ///
    /// [`InferError`] where they are broken, which a test rules out.
    pub fn built_in() -> Result<Self, InferError> {
        let none = Self {
            rules: Vec::new(),
            digest: Digest::of(b""),
        };
        none.extended(BUILT_IN.as_bytes(), "the built-in rules")
    }

    /// Puts the rules of a file before these; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// [`InferError`] with what is wrong with the file: then none of it is used.
    pub fn extended(&self, bytes: &[u8], name: &str) -> Result<Self, InferError> {
        let name = text::escaped(name).into_owned();
        let document: Document =
            serde_json::from_slice(bytes).map_err(|source| InferError::Form {
                name: name.clone(),
                source,
            })?;
        let fault = |id: &str, fault: String| InferError::Rule {
            name: name.clone(),
            id: text::escaped(id).into_owned(),
            fault,
        };
        if document.schema_version != 1 {
            let told = "is a version that this program does not know; it knows 1".to_owned();
            return Err(fault("schemaVersion", told));
        }
        if document.rules.len() > MAX_RULES {
            return Err(fault("rules", format!("has over {MAX_RULES} entries")));
        }
        let known: BTreeSet<&str> = self.rules.iter().map(|rule| rule.id.as_str()).collect();
        if let Some(unknown) = document
            .disable
            .iter()
            .find(|id| !known.contains(id.as_str()))
        {
            return Err(fault(
                unknown,
                "is no rule that could be disabled".to_owned(),
            ));
        }
        let mut ids: BTreeSet<String> = document.disable.into_iter().collect();
        let mut rules = Vec::with_capacity(document.rules.len() + self.rules.len());
        for rule in document.rules {
            let id = rule.id.clone();
            let rule = Rule::read(rule).map_err(|told| fault(&id, told))?;
            if !ids.insert(id.clone()) && !known.contains(id.as_str()) {
                return Err(fault(&id, "stands twice".to_owned()));
            }
            rules.push(rule);
        }
        let kept = self.rules.iter().filter(|rule| !ids.contains(&rule.id));
        rules.extend(kept.cloned());
        Ok(Self {
            rules,
            digest: Digest::of_parts([self.digest.as_bytes(), bytes]),
        })
    }

    /// Returns a digest of the files that the rules were read from: equal rules conclude the same.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the ids of the rules, in their order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.id.as_str())
    }
}

impl Rule {
    fn read(document: RuleDocument) -> Result<Self, String> {
        let fields = document.fields;
        if !text::is_id(&document.id) {
            return Err("is no id: 1 to 128 of A-Z a-z 0-9 . _ @ : + / -".to_owned());
        }
        if document
            .tool
            .as_deref()
            .is_some_and(|tool| !text::is_id(tool))
        {
            return Err("`tool` is no id: 1 to 128 of A-Z a-z 0-9 . _ @ : + / -".to_owned());
        }
        let rule = Self {
            id: document.id,
            kind: document.kind,
            tool: document.tool,
            confidence: document.confidence,
            co_author: person("coAuthor", fields.co_author)?,
            trailer: fields.trailer.as_ref().map(trailer).transpose()?,
            line: patterns("line", &fields.line, Pattern::parse)?,
            subject: patterns("subject", &fields.subject, Pattern::parse)?,
            author: person("author", fields.author)?,
            committer: person("committer", fields.committer)?,
        };
        let speaks_of_the_author = rule.co_author.is_some()
            || rule.trailer.is_some()
            || !rule.line.is_empty()
            || !rule.subject.is_empty()
            || rule.author.is_some();
        if speaks_of_the_author {
            Ok(rule)
        } else {
            // A forge's own account commits what people merge there.
            Err("`match` must say more than who committed: that is not who wrote".to_owned())
        }
    }
}

fn patterns<F: std::fmt::Display>(
    field: &str,
    texts: &[String],
    parse: impl Fn(&str) -> Result<Pattern, F>,
) -> Result<Vec<Pattern>, String> {
    if texts.len() > MAX_VALUES {
        return Err(format!("`{field}` has over {MAX_VALUES} entries"));
    }
    let read = texts.iter().map(|text| {
        let fault = |fault| format!("`{field}`: `{}` {fault}", text::escaped(text));
        parse(text).map_err(fault)
    });
    read.collect()
}

fn person(field: &str, document: Option<PersonDocument>) -> Result<Option<PersonPattern>, String> {
    let Some(document) = document else {
        return Ok(None);
    };
    // Beside an address a name may be anything.
    let is_alone = [&document.address, &document.app, &document.account]
        .iter()
        .all(|values| values.is_empty());
    let of_name = if is_alone {
        Pattern::parse
    } else {
        Pattern::parse_any
    };
    let person = PersonPattern {
        address: patterns(
            &format!("{field}.address"),
            &document.address,
            Pattern::parse,
        )?,
        app: patterns(&format!("{field}.app"), &document.app, Pattern::parse_any)?,
        account: patterns(
            &format!("{field}.account"),
            &document.account,
            Pattern::parse,
        )?,
        name: patterns(&format!("{field}.name"), &document.name, of_name)?,
    };
    if person == PersonPattern::default() {
        return Err(format!(
            "`{field}` names nobody; give an `address`, `app`, `account` or `name`"
        ));
    }
    if !person.address.iter().all(Pattern::is_literal) {
        return Err(format!(
            "`{field}.address` must be whole: people have addresses at a vendor's too"
        ));
    }
    Ok(Some(person))
}

fn trailer(document: &TrailerDocument) -> Result<TrailerPattern, String> {
    let is_key = |key: &String| {
        let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !key.is_empty() && key.bytes().all(is_of_key)
    };
    if document.key.is_empty() || !document.key.iter().all(is_key) {
        return Err("`trailer.key` must be words of A-Z a-z 0-9 and -".to_owned());
    }
    if document.value.is_empty() {
        return Err("`trailer.value` names no values".to_owned());
    }
    Ok(TrailerPattern {
        key: document
            .key
            .iter()
            .map(|key| key.to_ascii_lowercase())
            .collect(),
        value: patterns("trailer.value", &document.value, Pattern::parse_any)?,
    })
}
