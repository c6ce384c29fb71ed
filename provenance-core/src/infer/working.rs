//! How rules are held against one commit, and what their findings come to.

use std::borrow::Cow;

use super::message::{Message, Place, Trailer};
use super::pattern::{Captures, Span};
use super::person::Named;
use super::rules::{Rule, Rules};
use super::{Confidence, Finding, Inference, InferredKind};
use crate::capture;
use crate::git::{Person, RawCommit};
use crate::record::Model;
use crate::text;

/// The keys of trailers that name a co-author.
const CO_AUTHOR: [&str; 2] = ["co-authored-by", "co-developed-by"];
/// The most characters of a line that is shown as evidence.
const MAX_EVIDENCE: usize = 256;

/// What rules are held against.
struct Facts {
    author: Named,
    committer: Named,
    message: Message,
    co_authors: Vec<(Named, Place)>,
}

impl Facts {
    fn read(rules: &Rules, commit: &RawCommit) -> Self {
        // Once for all lines: some messages hold a whole conversation.
        let wanted: Vec<_> = rules.rules.iter().flat_map(|rule| &rule.line).collect();
        let message = Message::read(&commit.message, |line| {
            let mut patterns = wanted.iter();
            patterns.any(|pattern| pattern.find(line, Span::Anything).is_some())
        });
        let is_co_author = |trailer: &&Trailer| CO_AUTHOR.contains(&trailer.key.as_str());
        let co_authors = message.trailers.iter().filter(is_co_author);
        let co_authors = co_authors.filter_map(|trailer| {
            Some((Named::parse(&trailer.value, &trailer.line)?, trailer.place))
        });
        Self {
            author: named("author", &commit.author),
            committer: named("committer", &commit.committer),
            co_authors: co_authors.collect(),
            message,
        }
    }
}

fn named(role: &str, person: &Person) -> Named {
    let name = String::from_utf8_lossy(&person.name);
    let address = String::from_utf8_lossy(&person.email);
    let line = format!("{role} {name} <{address}>");
    Named::new(&name, &address, line)
}

/// What one field of a rule found.
struct Hit<'f> {
    line: &'f str,
    captures: Captures<'f>,
    place: Place,
}

impl<'f> Hit<'f> {
    const fn at_the_end(line: &'f str, captures: Captures<'f>) -> Self {
        Self {
            line,
            captures,
            place: Place::End,
        }
    }
}

pub(super) fn infer(rules: &Rules, commit: &RawCommit) -> Option<Inference> {
    let facts = Facts::read(rules, commit);
    let mut agents: Vec<(&Rule, Finding)> = Vec::new();
    let mut programs: Vec<(&Rule, Finding)> = Vec::new();
    for rule in &rules.rules {
        for finding in findings(rule, &facts) {
            if rule.kind == InferredKind::Automation {
                programs.push((rule, finding));
            } else {
                agents.push((rule, finding));
            }
        }
    }
    let is_agent = !agents.is_empty();
    let mut found = if is_agent { agents } else { programs };
    // The best first; of equals the one whose rule stands first.
    found.sort_by_key(|(_, finding)| finding.confidence);
    let (leading, _) = found.first()?;
    let kind = if leading.kind == InferredKind::Ai {
        kind(rules, &facts, &found)
    } else {
        leading.kind
    };
    let findings = united(found.into_iter().map(|(_, finding)| finding));
    Some(Inference { kind, findings })
}

/// Everything that a rule finds in a commit: nothing, unless each of its fields fits.
fn findings(rule: &Rule, facts: &Facts) -> Vec<Finding> {
    let Some(fields) = hits(rule, facts) else {
        return Vec::new();
    };
    let Some((first, others)) = fields.split_first() else {
        return Vec::new();
    };
    let of_others = |take: fn(&Captures<'_>) -> Option<String>| {
        let hits = others.iter().flatten();
        hits.map(|hit| take(&hit.captures))
            .find(Option::is_some)
            .flatten()
    };
    let found = first.iter().filter_map(|hit| {
        let tool = hit.captures.tool.map(str::to_owned);
        let tool = tool.or_else(|| of_others(|captures| captures.tool.map(str::to_owned)));
        let model = hit.captures.model.map(str::to_owned);
        let model = model.or_else(|| of_others(|captures| captures.model.map(str::to_owned)));
        let session = hit.captures.session.and_then(text::cleaned_id);
        let tool = match (tool, &rule.tool) {
            (_, Some(tool)) => Some(tool.clone()),
            (Some(name), None) => Some(tool_name(&name)?),
            (None, None) => None,
        };
        let is_certain = hit.place == Place::End;
        Some(Finding {
            rule: rule.id.clone(),
            confidence: if is_certain {
                rule.confidence
            } else {
                rule.confidence.max(Confidence::Medium)
            },
            tool,
            model: model.and_then(|name| model_named(&name)),
            session,
            evidence: evidence(hit.line),
        })
    });
    found.collect()
}

/// What each field of a rule found; `None` where one found nothing.
fn hits<'f>(rule: &Rule, facts: &'f Facts) -> Option<Vec<Vec<Hit<'f>>>> {
    let mut fields = Vec::new();
    let mut field = |found: Vec<Hit<'f>>| {
        // Of most rules most fields find nothing, and that costs nothing.
        if found.is_empty() {
            return None;
        }
        fields.push(found);
        Some(())
    };
    if let Some(person) = &rule.co_author {
        let found = facts.co_authors.iter().filter_map(|(named, place)| {
            Some(Hit {
                line: &named.line,
                captures: person.find(named)?,
                place: *place,
            })
        });
        field(found.collect())?;
    }
    if let Some(wanted) = &rule.trailer {
        let trailers = facts.message.trailers.iter();
        let found = trailers.filter(|trailer| wanted.key.contains(&trailer.key));
        let found = found.filter_map(|trailer| {
            let mut values = wanted.value.iter();
            Some(Hit {
                line: &trailer.line,
                captures: values.find_map(|value| value.find(&trailer.value, Span::Name))?,
                place: trailer.place,
            })
        });
        field(found.collect())?;
    }
    if !rule.line.is_empty() {
        let found = facts.message.lines.iter().filter_map(|line| {
            let mut patterns = rule.line.iter();
            let captures = patterns.find_map(|p| p.find(&line.text, Span::Anything))?;
            Some(Hit::at_the_end(&line.line, captures))
        });
        field(found.collect())?;
    }
    if !rule.subject.is_empty() {
        let subject = &facts.message.subject;
        let mut patterns = rule.subject.iter();
        let captures = patterns.find_map(|pattern| pattern.find(subject, Span::Anything));
        let hit = captures.map(|captures| Hit::at_the_end(subject, captures));
        field(hit.into_iter().collect())?;
    }
    for (person, named) in [
        (&rule.author, &facts.author),
        (&rule.committer, &facts.committer),
    ] {
        if let Some(person) = person {
            let hit = person.find(named);
            let hit = hit.map(|captures| Hit::at_the_end(&named.line, captures));
            field(hit.into_iter().collect())?;
        }
    }
    Some(fields)
}

/// One finding for each agent: the best, with what the others of it add. Two different models of one
/// agent are none: nobody can tell which of them wrote a line.
fn united(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut united: Vec<Finding> = Vec::new();
    let mut disputed: Vec<usize> = Vec::new();
    for finding in findings {
        let same = |known: &Finding| family(known) == family(&finding);
        let Some(index) = united.iter().position(same) else {
            united.push(finding);
            continue;
        };
        let Some(known) = united.get_mut(index) else {
            continue;
        };
        match (&known.model, finding.model) {
            (Some(known), Some(other)) if known.id != other.id => disputed.push(index),
            (None, Some(other)) => known.model = Some(other),
            _ => {}
        }
        known.session = known.session.take().or(finding.session);
    }
    for index in disputed {
        if let Some(finding) = united.get_mut(index) {
            finding.model = None;
        }
    }
    united
}

/// What the names of one vendor's tools have in common: `claude` of `claude-code`.
fn family(finding: &Finding) -> Option<&str> {
    finding.tool.as_deref()?.split('-').next()
}

/// Whether others than one agent and one person are named.
fn kind(rules: &Rules, facts: &Facts, found: &[(&Rule, Finding)]) -> InferredKind {
    let mut families: Vec<_> = found.iter().map(|(_, finding)| family(finding)).collect();
    families.retain(Option::is_some);
    families.sort_unstable();
    families.dedup();
    let is_program = |named: &Named| {
        let people = rules
            .rules
            .iter()
            .flat_map(|rule| [&rule.author, &rule.co_author]);
        let mut people = people.flatten();
        people.any(|person| person.find(named).is_some())
    };
    let mut people: Vec<&Named> = Vec::new();
    let co_authors = facts.co_authors.iter().map(|(named, _)| named);
    for named in std::iter::once(&facts.author).chain(co_authors) {
        if !is_program(named) && !people.iter().any(|known| known.is(named)) {
            people.push(named);
        }
    }
    if facts.message.is_squash || families.len() > 1 || people.len() > 1 {
        InferredKind::Mixed
    } else {
        InferredKind::Ai
    }
}

/// A tool's name as a record can hold it; `None` for what is no name.
fn tool_name(name: &str) -> Option<String> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-');
    let starts = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (starts && name.len() <= 64 && name.chars().all(is_of_name))
        .then(|| name.to_ascii_lowercase().replace(' ', "-"))
}

/// The model of a name that a trailer shows: `Claude Opus 4.5 (1M context)` is
/// `anthropic/claude-opus-4-5`.
fn model_named(shown: &str) -> Option<Model> {
    let raw = text::cleaned(shown);
    let is_slug = !raw.contains(' ');
    let name = raw.split_once(" (").map_or(&*raw, |(name, _)| name);
    let mut name = name.trim().to_ascii_lowercase().replace(' ', "-");
    if is_slug {
        raw.trim().clone_into(&mut name);
    }
    let of_claude = ["opus-", "sonnet-", "haiku-", "fable-", "mythos-"];
    if of_claude.iter().any(|line| name.starts_with(line)) {
        name.insert_str(0, "claude-");
    }
    if name.starts_with("claude-") && !is_slug {
        name = name.replace('.', "-");
    }
    let id = capture::model(&name)?.id;
    Some(Model {
        id,
        raw: raw.trim().to_owned(),
    })
}

/// The line as it can be shown and signed.
fn evidence(line: &str) -> String {
    let line: Cow<'_, str> = text::escaped(line.trim_end());
    line.chars().take(MAX_EVIDENCE).collect()
}
