//! `dualtrack keys`: making keys, showing those of a ledger, and changing which of them sign.

use dualtrack_ledger::VerifierKey;
use jiff::Timestamp;
use serde_json::json;

use crate::cli::{KeysCommand, LedgerPlace};
use crate::failure::Failure;
use crate::ledger::keys::{KeySource, make};
use crate::ledger::recording::draft;
use crate::ledger::{Found, SigningSettings};
use crate::terminal::{Terminal, print};

/// Runs the command.
pub(crate) fn run(command: &KeysCommand, terminal: Terminal, now: Timestamp) -> Result<(), Failure> {
    match command {
        KeysCommand::Make { name, out, witness } => print(&format!("{}\n", make(name, out, *witness)?)),
        KeysCommand::Show { file: Some(file), .. } => {
            let key = KeySource::File(file.clone()).read()?;
            print(&format!("{}\n", key.verifier()))
        }
        KeysCommand::Show { file: None, place } => {
            let found = Found::at(place)?;
            let signs = terminal.say("signs", "簽署中");
            let retired = terminal.say("retired", "已停用");
            let signing = found.settings.signing.iter().map(|one| format!("{}  {signs}\n", one.verifier));
            let before = found.settings.retired.iter().map(|key| format!("{key}  {retired}\n"));
            print(&signing.chain(before).collect::<Vec<_>>().concat())
        }
        KeysCommand::Rotate(place) => rotate(place, terminal, now),
        KeysCommand::Retire { key, place } => retire(key, place, terminal, now),
    }
}

/// Adds a key. The entry that says so is still signed by the old ones alone.
fn rotate(place: &LedgerPlace, terminal: Terminal, now: Timestamp) -> Result<(), Failure> {
    let mut found = Found::at(place)?;
    let mut opened = found.open(now)?;
    let path = found.settings.keys.join(format!("signing-{}.key", now.as_millisecond()));
    let key = make(&found.settings.origin, &path, false)?;
    let before: Vec<&String> = found.settings.signing.iter().map(|signing| &signing.verifier).collect();
    let clear = vec![("key", json!(key.to_string())), ("before", json!(before))];
    let statement = opened.statement("key.rotated", clear);
    opened.enter(vec![draft(statement, Vec::new())?])?;
    opened.close()?;
    found.settings.signing.push(SigningSettings { verifier: key.to_string(), from: KeySource::File(path) });
    found.save()?;
    // Opening signs the checkpoint anew, with all keys.
    found.open(now)?.close()?;
    let said = terminal.say(
        "signs from now on, beside the keys before it; publish it, then retire those with `dualtrack keys retire`",
        "由現在起與先前的金鑰一同簽署；請先公布，然後以 `dualtrack keys retire` 停用先前的金鑰",
    );
    print(&format!("{key}\n{said}\n"))
}

fn retire(named: &str, place: &LedgerPlace, terminal: Terminal, now: Timestamp) -> Result<(), Failure> {
    let mut found = Found::at(place)?;
    let is_named = |signing: &SigningSettings| {
        signing.verifier == *named || signing.verifier.split('+').nth(1) == Some(named)
    };
    let Some(at) = found.settings.signing.iter().position(is_named) else {
        let known: Vec<&str> = found.settings.signing.iter().map(|one| one.verifier.as_str()).collect();
        return Err(Failure::input(format!(
            "no key `{named}` signs this ledger; these do: {}",
            known.join(", ")
        )));
    };
    if found.settings.signing.len() == 1 {
        return Err(Failure::input(
            "this is the only key that signs the ledger; add another with `dualtrack keys rotate` first",
        ));
    }
    let key = found.settings.signing.get(at).map(|one| one.verifier.clone()).unwrap_or_default();
    VerifierKey::parse(&key).map_err(|error| Failure::input(error.to_string()))?;
    let mut opened = found.open(now)?;
    let statement = opened.statement("key.retired", vec![("key", json!(key))]);
    opened.enter(vec![draft(statement, Vec::new())?])?;
    opened.close()?;
    found.settings.signing.remove(at);
    found.settings.retired.push(key.clone());
    found.save()?;
    found.open(now)?.close()?;
    print(&format!("{key} {}\n", terminal.say("signs no more", "不再簽署")))
}
