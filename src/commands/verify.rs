//! `dualtrack verify`: whether a log or a receipt holds, offline, by keys that the reader trusts.
//!
//! Three answers: verified (0), not verified (1), and cannot tell (2), such as when no key is named.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use dualtrack_catalogue::Language;
use dualtrack_ledger::{
    Audit, Checkpoint, Hash, Note, NoteError, Receipt, Tile, VerifierKey, bundle_entries, inclusion,
    leaf_hash,
};

use crate::cli::VerifyArguments;
use crate::failure::Failure;
use crate::progress;
use crate::terminal::{Terminal, print, printable};

/// What a check came to.
enum Refusal {
    /// It does not hold: in English and in Chinese.
    Refused(String, String),
    /// It could not be made.
    Unknown(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Unknown(failure)
    }
}

/// A line of the answer, in English and in Chinese.
type Line = (String, String);

/// Runs the command.
pub(crate) fn run(arguments: &VerifyArguments, terminal: Terminal) -> Result<ExitCode, Failure> {
    let keys = arguments.keys.iter().map(|text| {
        VerifierKey::parse(text)
            .map_err(|error| Failure::input(format!("the key `{text}` cannot be used: {error}")))
    });
    let keys: Vec<VerifierKey> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(Failure::input(
            "cannot tell without a key that you trust; name the log's verifier key with --key NAME+HASH+KEY",
        ));
    }
    let path = &arguments.path;
    let checked = if path.is_dir() {
        if arguments.entry.is_some() {
            return Err(Failure::input("--entry belongs to a receipt; a log holds its own entries"));
        }
        log(path, &keys)
    } else {
        receipt(path, arguments.entry.as_deref(), &keys)
    };
    let chinese = terminal.language == Language::ZhHant;
    let pick = |(en, zh): &Line| if chinese { zh.clone() } else { en.clone() };
    match checked {
        Ok(lines) => {
            let (verified, left) =
                if chinese { ("已核實", "沒有核對") } else { ("Verified", "Not checked") };
            let mut shown = vec![verified.to_owned()];
            shown.extend(lines.iter().map(|line| format!("  ✓ {}", pick(line))));
            shown.push(left.to_owned());
            shown.extend(not_checked().iter().map(|line| format!("  - {}", pick(line))));
            print(&printable(&(shown.join("\n") + "\n"))).map(|()| ExitCode::SUCCESS)
        }
        Err(Refusal::Refused(en, zh)) => {
            let start = if chinese { "不能核實：" } else { "Not verified: " };
            print(&printable(&format!("{start}{}\n", pick(&(en, zh))))).map(|()| ExitCode::from(1))
        }
        Err(Refusal::Unknown(failure)) => Err(failure),
    }
}

/// What no log can show by itself.
fn not_checked() -> [Line; 2] {
    [
        (
            "no independent witness: without one, a log can show two people two histories".into(),
            "沒有獨立見證人：若無見證人，同一日誌可向不同的人展示不同的歷史".into(),
        ),
        ("what was never entered: a log cannot show that".into(), "從未記入的事項：日誌無法顯示".into()),
    ]
}

/// Verifies a folder in the layout of `tlog-tiles`.
fn log(root: &Path, keys: &[VerifierKey]) -> Result<Vec<Line>, Refusal> {
    let (checkpoint, mut lines) = signed(&text(&root.join("checkpoint"))?, keys)?;
    let stop = progress::stop_on_interrupt()?;
    let bar = progress::bar(checkpoint.size);
    let (mut wrong, mut tiles, mut absent) = (None, 0_u64, 0_u64);
    let mut seen = |tile: Tile, hashes: &[Hash]| {
        let expected: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        let path = root.join(tile.to_string());
        match read(&path, expected.len() as u64) {
            Ok(found) if found == expected => tiles += 1,
            Err(_) if !path.exists() => absent += 1,
            _ => wrong = wrong.or(Some(tile)),
        }
    };
    let mut audit = Audit::default();
    for bundle in Tile::of_entries(checkpoint.size) {
        progress::unless_interrupted(&stop)?;
        let bytes = read(&root.join(bundle.to_string()), BUNDLE).map_err(|_| {
            let first = bundle.index * 256;
            Refusal::Refused(
                format!("`{bundle}` with the entries from {first} on is missing or cannot be read"),
                format!("欠缺或無法讀取由第 {first} 項起的記錄檔 `{bundle}`"),
            )
        })?;
        let entries: Result<Vec<&[u8]>, _> = bundle_entries(&bytes).collect();
        let entries =
            entries.ok().filter(|entries| entries.len() == usize::from(bundle.width)).ok_or_else(|| {
                Refusal::Refused(
                    format!("`{bundle}` does not hold {} whole entries", bundle.width),
                    format!("`{bundle}` 沒有 {} 項完整的記錄", bundle.width),
                )
            })?;
        for entry in entries {
            audit.push(entry, &mut seen);
        }
        bar.inc(bundle.width.into());
    }
    let (size, found) = audit.finish(&mut seen);
    bar.finish_and_clear();
    if found != checkpoint.root {
        return Err(Refusal::Refused(
            format!("the {size} entries lead to another root than the checkpoint's: some were changed"),
            format!("{size} 項記錄得出的根與檢查點不符：有記錄曾被更改"),
        ));
    }
    if let Some(tile) = wrong {
        return Err(Refusal::Refused(
            format!("`{tile}` does not hold the hashes of the entries"),
            format!("`{tile}` 所載並非各項記錄的雜湊值"),
        ));
    }
    lines.push((
        format!("all {size} entries lead to its root"),
        format!("全部 {size} 項記錄均得出檢查點的根"),
    ));
    lines.push((
        format!("tiles that hold the hashes of the entries: {tiles}; not there: {absent}"),
        format!("與記錄相符的雜湊檔：{tiles} 個；不存在：{absent} 個"),
    ));
    Ok(lines)
}

/// Verifies a receipt and the entry it is for.
fn receipt(path: &Path, entry: Option<&Path>, keys: &[VerifierKey]) -> Result<Vec<Line>, Refusal> {
    let receipt = Receipt::parse(&text(path)?)
        .map_err(|error| Failure::input(format!("`{}` cannot be verified: {error}", path.display())))?;
    let Some(entry) = entry else {
        return Err(Failure::input(
            "cannot tell without the entry that the receipt is for; name its file with --entry",
        )
        .into());
    };
    let entry = read(entry, BUNDLE)?;
    let (checkpoint, mut lines) = signed(&receipt.checkpoint, keys)?;
    let index = receipt.index;
    inclusion(index, checkpoint.size, leaf_hash(&entry), &receipt.proof, checkpoint.root).map_err(
        |error| {
            Refusal::Refused(
                format!("the entry is not number {index} of this log: {error}"),
                format!("該記錄並非此日誌的第 {index} 項"),
            )
        },
    )?;
    lines.push((format!("the entry is number {index} of them"), format!("該記錄是其中的第 {index} 項")));
    Ok(lines)
}

/// The checkpoint of a note, if keys that the reader trusts have signed it.
fn signed(note: &str, keys: &[VerifierKey]) -> Result<(Checkpoint, Vec<Line>), Refusal> {
    let refused = |error: &dyn std::fmt::Display| {
        Refusal::Refused(format!("the checkpoint: {error}"), "檢查點的格式或簽署不正確".into())
    };
    let note = Note::parse(note).map_err(|error| refused(&error))?;
    let (text, signers) = note.verify(keys).map_err(|error| match error {
        NoteError::Unsigned => {
            let names: Vec<&str> = note.names().collect();
            let named = names.join(", ");
            Refusal::Unknown(Failure::input(format!(
                "cannot tell: no key that you named has signed the checkpoint; it is signed as {named}"
            )))
        }
        error => refused(&error),
    })?;
    let checkpoint = Checkpoint::parse(text).map_err(|error| refused(&error))?;
    let Checkpoint { origin, size, root, .. } = &checkpoint;
    let signers: Vec<&str> = signers.iter().map(|signature| signature.key.name()).collect();
    let lines = vec![
        (
            format!("log {origin}: {size} entries, root {root}"),
            format!("日誌 {origin}：{size} 項記錄，根 {root}"),
        ),
        (
            format!("the checkpoint is signed by {}", signers.join(", ")),
            format!("檢查點由 {} 簽署", signers.join("、")),
        ),
    ];
    Ok((checkpoint, lines))
}

fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path, NOTE)?).map_err(|_| {
        Failure::input(format!("`{}` is not text in UTF-8; name a log's folder or a receipt", path.display()))
    })
}

/// A file that is no longer than it may be.
fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: &std::io::Error| Failure::file("read", path, error, "name a log's folder or a receipt");
    // A pipe or a device could be read for ever.
    if !path.metadata().map_err(|error| failed(&error))?.is_file() {
        return Err(Failure::input(format!(
            "`{}` is not a file; name a log's folder or a receipt",
            path.display()
        )));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > most {
        return Err(Failure::input(format!(
            "`{}` is longer than {most} bytes; it is not what a log writes",
            path.display()
        )));
    }
    Ok(bytes)
}

/// A note is short.
const NOTE: u64 = 1_000_000;
/// 256 entries of the greatest length, with two bytes before each.
const BUNDLE: u64 = 256 * 65_537;
