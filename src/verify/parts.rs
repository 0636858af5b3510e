//! Verifying what was handed over of a log: a receipt, a bundle of entries, a disclosure.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use dualtrack_ledger::seal::{digest, disclosed};
use dualtrack_ledger::{BundleFault, Entry, NoteError, Receipt, check_bundle, inclusion, leaf_hash};
use serde::Deserialize;

use super::log::{BUNDLE, Seen, file};
use super::{Refusal, Trust, Verified, refuse};
use crate::failure::Failure;
use crate::progress;

/// Verifies a receipt and the entry it is for.
pub(crate) fn receipt(
    path: &Path,
    text: &str,
    entry: Option<&Path>,
    trust: &Trust,
) -> Result<Verified, Refusal> {
    let receipt = Receipt::parse(text)
        .map_err(|error| Failure::input(format!("`{}` cannot be verified: {error}", path.display())))?;
    let Some(entry) = entry else {
        return Err(Failure::input(
            "cannot tell without the entry that the receipt is for; name its file with --entry",
        )
        .into());
    };
    included(&receipt, &file(entry, BUNDLE)?, trust)
}

fn included(receipt: &Receipt, entry: &[u8], trust: &Trust) -> Result<Verified, Refusal> {
    let (checkpoint, mut verified) = trust.signed(&receipt.checkpoint)?;
    let index = receipt.index;
    if let Err(error) = inclusion(index, checkpoint.size, leaf_hash(entry), &receipt.proof, checkpoint.root) {
        return refuse(
            format!("the entry is not number {index} of this log: {error}"),
            format!("該記錄並非此日誌的第 {index} 項"),
        );
    }
    verified
        .checked
        .push((format!("the entry is number {index} of them"), format!("該記錄是其中的第 {index} 項")));
    if trust.since.is_some() {
        verified.left.push((
            "your earlier checkpoint: a receipt does not show what stands between".into(),
            "你先前的檢查點：收據不能顯示兩者之間的記錄".into(),
        ));
    }
    Ok(verified)
}

/// A disclosure as `dualtrack ledger disclose` writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disclosure {
    #[serde(rename = "schema")]
    _schema: String,
    entry: String,
    receipt: String,
    disclosures: Vec<String>,
}

/// Verifies that fields that were shown are those that an entry of a log commits to.
pub(crate) fn disclosure(path: &Path, text: &str, trust: &Trust) -> Result<Verified, Refusal> {
    let wrong = |what: String| Failure::input(format!("`{}` cannot be verified: {what}", path.display()));
    let document: Disclosure = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let receipt = Receipt::parse(&document.receipt).map_err(|error| wrong(error.to_string()))?;
    let mut verified = included(&receipt, document.entry.as_bytes(), trust)?;
    let entry = Entry::parse(document.entry.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    for shown in &document.disclosures {
        let Some((name, value)) = disclosed(shown).filter(|_| entry.digests.contains(&digest(shown))) else {
            return refuse(
                "a field that is shown is not one that the entry commits to: it was changed",
                "所披露的欄位並非該記錄所承諾者：曾被更改",
            );
        };
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        verified.checked.push((
            format!("the entry commits to {name} = {value}"),
            format!("該記錄承諾：{name} = {value}"),
        ));
    }
    verified.left.push((
        format!(
            "its other sealed fields: {} were not shown",
            entry.digests.len() - document.disclosures.len().min(entry.digests.len())
        ),
        format!(
            "其他密封欄位：有 {} 個沒有披露",
            entry.digests.len() - document.disclosures.len().min(entry.digests.len())
        ),
    ));
    Ok(verified)
}

/// Verifies that a bundle holds all entries of its range of the log.
pub(crate) fn bundle(path: &Path, trust: &Trust) -> Result<Verified, Refusal> {
    let failed = |error: &std::io::Error| Failure::file("read", path, error, "name a bundle");
    let file = File::open(path).map_err(|error| failed(&error))?;
    let length = file.metadata().map_err(|error| failed(&error))?.len();
    let bar = progress::bar(length);
    let origin = trust.since.as_ref().map_or_else(String::new, |since| since.origin.clone());
    let mut seen = Seen::new(trust, &origin)?;
    let checked = check_bundle(BufReader::new(file), &trust.keys, |_, entry, tree| {
        bar.inc(entry.len() as u64 + 1);
        seen.source(entry);
        if trust.since.as_ref().is_some_and(|since| since.size == tree.size()) {
            seen.at(tree.size(), tree.root());
        }
    });
    bar.finish_and_clear();
    let checked = match checked {
        Ok(checked) => checked,
        Err(BundleFault::Read(error)) => return Err(failed(&error).into()),
        Err(BundleFault::Note(NoteError::Unsigned)) => {
            return Err(Failure::input("cannot tell: no key that you named has signed the checkpoint").into());
        }
        Err(fault) => return refuse(format!("the bundle: {fault}"), format!("記錄包不能核實：{fault}")),
    };
    let (checkpoint, mut verified) = trust.signed(&checked.note)?;
    if trust.since.is_some() && checkpoint.origin != origin {
        return Err(Failure::input(format!(
            "the earlier checkpoint is of the log `{origin}`, not of `{}`",
            checkpoint.origin
        ))
        .into());
    }
    seen.at(checked.from, checked.root_before);
    let (from, to) = (checked.from, checked.to);
    verified.checked.push((
        format!("these are all {} entries from {from} to before {to}", to - from),
        format!("由第 {from} 項至第 {to} 項之前，共 {} 項記錄，全部在此", to - from),
    ));
    verified.checked.push((
        format!("the log had root {} before them and {} with them", checked.root_before, checked.root_after),
        format!("日誌在其前的根為 {}，連同其在內的根為 {}", checked.root_before, checked.root_after),
    ));
    seen.finish(false, &mut verified)?;
    Ok(verified)
}
