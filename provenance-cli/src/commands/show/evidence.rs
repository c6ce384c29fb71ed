//! What an auditor needs to check a signature without us: `--pae`, `--sig`, `--pem`, `--export`.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use provenance_core::key::{KeyId, PublicKey};
use provenance_core::trust::Trust;
use provenance_core::verify::Verifier;

use super::record::Record;
use super::{Args, Shown};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::Style;

/// The parts of one signature.
struct Evidence {
    pae: Vec<u8>,
    signature: Vec<u8>,
    pem: Option<String>,
    envelope: Vec<u8>,
}

/// Prints or writes what was asked for.
pub(super) fn run(
    context: &Context,
    verifier: &Verifier<'_>,
    shown: &Shown,
    args: &Args,
) -> Result<Outcome, CliError> {
    let record = chosen(shown)?;
    let evidence = gather(
        record,
        verifier.trust(),
        shown.facts.judgement.signer.as_ref(),
    )?;
    if let Some(directory) = &args.export {
        return export(context, &evidence, directory);
    }
    let bytes = if args.pae {
        evidence.pae
    } else if args.sig {
        evidence.signature
    } else {
        evidence.pem.ok_or_else(unknown_key)?.into_bytes()
    };
    let mut out = context.output();
    out.write_all(&bytes)?;
    out.flush()?;
    Ok(Outcome::Yes)
}

/// The record that the verdict rests on; where there is none, the only one that there is.
fn chosen(shown: &Shown) -> Result<&Record, CliError> {
    let judgement = &shown.facts.judgement;
    let of_verdict = |record: &&Record| judgement.record_id == Some(record.id);
    let about_this = |record: &&Record| record.about == Some(shown.facts.commit_id);
    let records = || shown.records.iter();
    let chosen = records()
        .filter(of_verdict)
        .find(about_this)
        .or_else(|| records().find(of_verdict))
        .or_else(|| records().next());
    chosen.ok_or_else(|| {
        let short = shown.facts.commit_id.short();
        CliError::said(format!("commit {short} has no record here"))
            .hint(format!("git provenance verify {short}^!"))
    })
}

fn gather(
    record: &Record,
    trust: Option<&Trust>,
    signer: Option<&KeyId>,
) -> Result<Evidence, CliError> {
    let signatures: Vec<_> = record.envelope.signatures().collect();
    let by_signer = signatures.iter().find(|(hint, _)| Some(*hint) == signer);
    let Some((hint, signature)) = by_signer.or(signatures.first()) else {
        return Err(CliError::said("the record has no signature"));
    };
    let key = trust.and_then(|trust| trust.keyring().get(hint));
    Ok(Evidence {
        pae: record.envelope.signed_bytes(),
        signature: signature.to_vec(),
        pem: key.map(PublicKey::to_pem),
        envelope: record.envelope.to_line(),
    })
}

fn unknown_key() -> CliError {
    CliError::said("no principal has the key that signed this")
        .hint("ask the signer for the key, and add it: git provenance trust add ID --key FILE")
}

fn export(context: &Context, evidence: &Evidence, directory: &Path) -> Result<Outcome, CliError> {
    let place = context.environment().current_dir().join(directory);
    fs::create_dir_all(&place)?;
    let mut envelope = evidence.envelope.clone();
    envelope.push(b'\n');
    let mut names = vec![
        ("record.pae", evidence.pae.as_slice()),
        ("record.sig", &evidence.signature),
        ("envelope.json", &envelope),
    ];
    if let Some(pem) = &evidence.pem {
        names.push(("signer.pem", pem.as_bytes()));
    }
    let mut out = context.output();
    for (name, bytes) in names {
        let path = place.join(name);
        fs::write(&path, bytes)?;
        writeln!(out, "wrote {}", directory.join(name).display())?;
    }
    if evidence.pem.is_none() {
        writeln!(
            out,
            "no principal has the key that signed this: get it as signer.pem"
        )?;
    }
    writeln!(out, "check it with:")?;
    let command = format!(
        "openssl pkeyutl -verify -pubin -rawin -inkey {0}/signer.pem \\\n    \
         -in {0}/record.pae -sigfile {0}/record.sig",
        directory.display()
    );
    let command = out.paint(Style::Hint, command).to_string();
    writeln!(out, "  {command}")?;
    out.flush()?;
    Ok(Outcome::Yes)
}
