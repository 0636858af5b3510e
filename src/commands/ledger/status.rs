//! `dualtrack ledger status`: how the ledger stands, in words or as a page.

use std::path::Path;

use dualtrack_catalogue::Language;
use dualtrack_ledger::{BatchSeen, Checkpoint, KeyKind, Note, VerifierKey};
use dualtrack_report::{LedgerBatch, LedgerStanding, ledger_html};
use jiff::Timestamp;

use crate::cli::LedgerPlace;
use crate::failure::Failure;
use crate::ledger::{Found, WITNESSED, refused};
use crate::output::{Output, write_all};
use crate::terminal::{Terminal, print, printable};

/// Shows it, or writes it as a page.
pub(crate) fn run(
    place: &LedgerPlace,
    html: Option<&Path>,
    terminal: Terminal,
    now: Timestamp,
) -> Result<(), Failure> {
    let found = Found::at(place)?;
    let standing = standing(&found, now)?;
    match html {
        None => print(&printable(&in_words(&standing, terminal))),
        Some(path) => {
            let page = ledger_html(&standing, terminal.language).map_err(refused)?;
            let advice = "name another file with --html";
            write_all(&[Output { path: path.to_owned(), bytes: page.into_bytes(), advice }])?;
            print(&format!("{} {}\n", terminal.say("written to", "已寫入"), path.display()))
        }
    }
}

/// How a ledger stands.
pub(crate) fn standing(found: &Found, now: Timestamp) -> Result<LedgerStanding, Failure> {
    let reader = found.reader()?;
    let (checkpoint, size) = found.checkpoint()?;
    let batches = reader.history().map_err(refused)?;
    let signing = found.settings.signing.iter().map(|signing| signing.verifier.clone());
    Ok(LedgerStanding {
        log: found.settings.origin.clone(),
        program: crate::PROGRAM.to_owned(),
        instant: now,
        root: reader.root_at(size).map_err(refused)?.to_string(),
        checkpoint,
        size,
        keys: signing.collect(),
        retired: found.settings.retired.clone(),
        witnesses: witnesses(found),
        batches: batches.into_iter().map(shown).collect(),
    })
}

fn shown(batch: BatchSeen) -> LedgerBatch {
    LedgerBatch {
        number: batch.number,
        instant: instant(batch.time),
        entries: batch.entries,
        size: batch.size,
    }
}

fn instant(milliseconds: u64) -> Timestamp {
    let instant = i64::try_from(milliseconds).ok().and_then(|time| Timestamp::from_millisecond(time).ok());
    instant.unwrap_or(Timestamp::MIN)
}

/// Who cosigned last: names only, for nobody here says whom a reader trusts.
fn witnesses(found: &Found) -> Vec<(String, u64, Timestamp)> {
    let read = || {
        let text = std::fs::read_to_string(found.root.join(WITNESSED)).ok()?;
        let keys = std::fs::read_to_string(found.root.join(WITNESS_KEYS)).ok()?;
        let keys: Vec<VerifierKey> = keys.lines().filter_map(|line| VerifierKey::parse(line).ok()).collect();
        let note = Note::parse(&text).ok()?;
        let (text, signatures) = note.verify(&keys).ok()?;
        let size = Checkpoint::parse(text).ok()?.size;
        let cosigned = signatures.iter().filter(|signature| signature.key.kind() == KeyKind::Cosigner);
        let seen = cosigned.filter_map(|signature| {
            let time = instant(signature.time?.saturating_mul(1_000));
            Some((signature.key.name().to_owned(), size, time))
        });
        Some(seen.collect())
    };
    read().unwrap_or_default()
}

fn in_words(standing: &LedgerStanding, terminal: Terminal) -> String {
    let LedgerStanding { log, size, root, keys, retired, witnesses, batches, .. } = standing;
    let last = batches.last();
    let when = last.map_or_else(String::new, |batch| {
        batch.instant.to_zoned(crate::hong_kong()).strftime("%Y-%m-%d %H:%M:%S HKT").to_string()
    });
    let number = last.map_or(0, |batch| batch.number + 1);
    let mut lines = match terminal.language {
        Language::En => vec![
            format!("Ledger {log}"),
            format!("  {size} entries in {number} batches, the last at {when}"),
            format!("  root {root}"),
        ],
        Language::ZhHant => vec![
            format!("帳本 {log}"),
            format!("  {number} 個批次共 {size} 項記錄，最後一批於 {when}"),
            format!("  根 {root}"),
        ],
    };
    let (signs, signed) = (terminal.say("signed by", "簽署金鑰"), terminal.say("formerly by", "先前的金鑰"));
    lines.extend(keys.iter().map(|key| format!("  {signs} {key}")));
    lines.extend(retired.iter().map(|key| format!("  {signed} {key}")));
    for (name, size, instant) in witnesses {
        lines.push(match terminal.language {
            Language::En => format!("  {name} cosigned {size} entries at {instant}"),
            Language::ZhHant => format!("  {name} 於 {instant} 見證 {size} 項記錄"),
        });
    }
    if witnesses.is_empty() {
        lines.push(terminal.say("  no witness has cosigned it", "  未有見證人簽署").to_owned());
    }
    lines.join("\n") + "\n"
}

/// The verifier keys of the witnesses that were asked, a line each.
pub(crate) const WITNESS_KEYS: &str = "witnesses";
