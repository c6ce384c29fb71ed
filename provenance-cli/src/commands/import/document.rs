//! The document that `import --json` prints.

use provenance_core::import::Summary;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    source: &'static str,
    dry_run: bool,
    found: u64,
    imported: u64,
    unchanged: u64,
    refused: Vec<Refused<'a>>,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Refused<'a> {
    r#where: &'a str,
    code: &'static str,
    message: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    claimed: u64,
    not_added: u64,
    human: u64,
}

impl<'a> Document<'a> {
    pub(super) fn of(source: &'static str, dry_run: bool, summary: &'a Summary) -> Self {
        let refused = summary.refused.iter().map(|refused| Refused {
            r#where: &refused.place,
            code: refused.refusal.code(),
            message: refused.refusal.to_string(),
        });
        Self {
            schema_version: 1,
            source,
            dry_run,
            found: summary.found,
            imported: summary.imported,
            unchanged: summary.unchanged,
            refused: refused.collect(),
            lines: Lines {
                claimed: summary.lines,
                not_added: summary.not_added,
                human: summary.human_lines,
            },
        }
    }
}
