//! `dualtrack ledger erase`: destroying the key of a person, after what must be kept was looked at.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use dualtrack_ledger::seal::key_of;
use dualtrack_ledger::{ERASURE, Entry, LedgerError, Reader};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::cli::{EraseArguments, ErasureReason};
use crate::failure::Failure;
use crate::ledger::recording::{draft, seal};
use crate::ledger::{Found, refused};
use crate::terminal::{Terminal, print};

/// Erases, or refuses and enters that; the exit code is 1 for a refusal.
pub(crate) fn run(
    arguments: &EraseArguments,
    terminal: Terminal,
    now: Timestamp,
) -> Result<ExitCode, Failure> {
    let found = Found::at(&arguments.place)?;
    let subject = &arguments.subject;
    let keys = found.key_store()?;
    let Some(id) = keys.id_of(subject) else {
        return Err(Failure::input(format!(
            "nothing is sealed about `{subject}`, or it was erased before; name the person as when it was sealed, such as person/ID"
        )));
    };
    drop(keys);
    let held = is_held(&found.settings.keys, subject)?;
    let kept = kept_until(&found.reader()?, id)?;
    let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let binding: Vec<(&String, &u64)> = kept.classes.iter().filter(|(_, until)| **until > now_ms).collect();
    let mut opened = found.open(now)?;
    let reason = reason(arguments.reason);
    if held || !binding.is_empty() {
        let classes: Vec<&String> = binding.iter().map(|(class, _)| *class).collect();
        let clear = vec![
            ("targets", json!([id.to_string()])),
            ("reason", json!(reason)),
            ("rule", json!(arguments.rule)),
            ("classes", json!(classes)),
            ("hold", json!(if held { "yes" } else { "no" })),
        ];
        let statement = opened.statement("erasure.refused", clear);
        let by = seal(&opened, &person(arguments), approved(arguments), &statement, "staff-names")?;
        let kept = opened.enter(vec![draft(statement, vec![by])?])?;
        opened.close()?;
        let index = kept.first().map_or(0, |kept| kept.index);
        let mut why = Vec::new();
        if held {
            why.push(terminal.say("a legal hold covers it", "受法律保全令約束").to_owned());
        }
        for (class, until) in binding {
            let day = i64::try_from(*until).ok().and_then(|until| Timestamp::from_millisecond(until).ok());
            let day = day.map(|day| day.to_zoned(crate::hong_kong()).date().to_string()).unwrap_or_default();
            why.push(format!("`{class}` {} {day}", terminal.say("must be kept until", "須保存至")));
        }
        print(&format!(
            "{}{}; {} {index}\n",
            terminal.say("not erased: ", "沒有刪除："),
            why.join("; "),
            terminal.say("the refusal is entry", "已記入此項拒絕，編號")
        ))?;
        return Ok(ExitCode::from(1));
    }
    let clear = vec![
        ("targets", json!([id.to_string()])),
        ("payloads", json!(kept.payloads)),
        ("reason", json!(reason)),
        ("rule", json!(arguments.rule)),
    ];
    let statement = opened.statement(ERASURE, clear);
    // Whoever approves their own erasure cannot be sealed under the key that it destroys.
    let payloads = if person(arguments) == *subject {
        Vec::new()
    } else {
        vec![seal(&opened, &person(arguments), approved(arguments), &statement, "staff-names")?]
    };
    let entered = opened.enter(vec![draft(statement, payloads)?])?;
    opened.close()?;
    let index = entered.first().map_or(0, |kept| kept.index);
    let payloads = kept.payloads;
    print(&match terminal.language {
        dualtrack_catalogue::Language::En => format!(
            "erased: the key of `{subject}` is destroyed, and with it {payloads} payloads; entry {index}\nstill there: copies that were disclosed or exported, and backups of the key store until they are replaced\n"
        ),
        dualtrack_catalogue::Language::ZhHant => format!(
            "已刪除：`{subject}` 的金鑰已銷毀，{payloads} 項密封資料從此無法開啟；記錄編號 {index}\n仍然存在：已披露或匯出的副本，以及金鑰庫的備份（直至備份被取代）\n"
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn person(arguments: &EraseArguments) -> String {
    format!("person/{}", arguments.approved_by)
}

fn approved(arguments: &EraseArguments) -> Vec<(String, serde_json::Value)> {
    vec![("approved_by".to_owned(), json!(arguments.approved_by))]
}

fn reason(reason: ErasureReason) -> &'static str {
    match reason {
        ErasureReason::Request => "request",
        ErasureReason::ConsentWithdrawn => "consent-withdrawn",
        ErasureReason::NoLongerNeeded => "no-longer-needed",
        ErasureReason::Mistake => "mistake",
    }
}

/// What is sealed with a key.
struct Kept {
    payloads: u64,
    /// Until when each class must be kept, in milliseconds since 1970.
    classes: BTreeMap<String, u64>,
}

fn kept_until(reader: &Reader, id: Uuid) -> Result<Kept, Failure> {
    let mut kept = Kept { payloads: 0, classes: BTreeMap::new() };
    let mut named = Vec::new();
    let read = reader.entries(0..reader.size(), |index, bytes| {
        if let Ok(entry) = Entry::parse(bytes) {
            named.extend(entry.payloads.into_iter().map(|payload| (index, entry.time, payload)));
        }
        Ok::<(), LedgerError>(())
    });
    read.map_err(refused)?;
    for (index, time, payload) in named {
        let sealed = reader.payload(index, &payload.reference).map_err(refused)?;
        if sealed.as_deref().and_then(key_of) != Some(id) {
            continue;
        }
        kept.payloads += 1;
        let years = RETENTION.iter().find(|(class, _)| *class == payload.class).map(|(_, years)| *years);
        // What nobody declared is kept as long as anything is.
        let until = time + years.unwrap_or(LONGEST_YEARS) * YEAR;
        let entry = kept.classes.entry(payload.class).or_default();
        *entry = until.max(*entry);
    }
    Ok(kept)
}

/// Whether the file of legal holds, one subject a line, names this one.
fn is_held(keys: &Path, subject: &str) -> Result<bool, Failure> {
    let path = keys.join("holds");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().any(|line| line.trim() == subject)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::file("read", &path, &error, "check its permissions")),
    }
}

/// How many years each class is kept. Hong Kong: seven for most dealing records, five against money laundering; the
/// record of an assessment is kept like the dealing that rests on it, and the names of staff as long as needed.
const RETENTION: [(&str, u64); 4] =
    [("dealing-records", 7), ("aml-records", 5), ("assessment-records", 7), ("staff-names", 0)];
const LONGEST_YEARS: u64 = 7;
/// A year, and the quarter of a day that it has more than 365.
const YEAR: u64 = 31_557_600_000;
