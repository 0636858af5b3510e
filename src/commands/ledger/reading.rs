//! What is read from a ledger: its check, receipts, disclosures, and what is handed over.

use std::io::BufWriter;
use std::path::Path;
use std::process::ExitCode;

use dualtrack_ledger::seal::{self, disclosed, key_of};
use dualtrack_ledger::{Entry, LedgerError, Reader, Receipt, Tile, inclusion, leaf_hash, write_bundle};
use jiff::Timestamp;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::cli::LedgerPlace;
use crate::failure::Failure;
use crate::ledger::recording::draft;
use crate::ledger::{Found, disk, refused};
use crate::output::{Output, write_all};
use crate::progress;
use crate::terminal::{Terminal, print, printable};

/// Checks everything where it lies; the exit code is 1 if anything does not fit.
pub(crate) fn fsck(place: &LedgerPlace, terminal: Terminal) -> Result<ExitCode, Failure> {
    let found = Found::at(place)?;
    let stop = progress::stop_on_interrupt()?;
    let bar = progress::bar(found.reader().map_or(0, |reader| reader.size()));
    let going = |entries| {
        bar.inc(entries);
        progress::unless_interrupted(&stop).is_ok()
    };
    let findings =
        dualtrack_ledger::fsck(&disk(), &found.place(), &found.known()?, going).map_err(refused)?;
    bar.finish_and_clear();
    progress::unless_interrupted(&stop)?;
    let mut lines = vec![format!(
        "{}: {} · {}: {} · {}: {} · {}: {}",
        terminal.say("entries", "記錄"),
        findings.entries,
        terminal.say("batches", "批次"),
        findings.batches,
        terminal.say("payloads", "密封資料"),
        findings.payloads,
        terminal.say("tiles", "雜湊檔"),
        findings.tiles
    )];
    lines.push(format!("{} {}", terminal.say("root", "根"), findings.root()));
    for gap in findings.sources.gaps(true) {
        lines.push(format!(
            "{} {} ({}): {}",
            terminal.say("gap: source", "缺口：來源"),
            gap.instance,
            gap.epoch,
            gap.missing
        ));
    }
    lines.extend(findings.wrong.iter().map(|wrong| format!("✗ {wrong}")));
    if findings.wrong.is_empty() {
        lines.push(terminal.say("✓ everything fits", "✓ 全部相符").to_owned());
    }
    print(&printable(&(lines.join("\n") + "\n")))?;
    Ok(if findings.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Writes a receipt.
pub(crate) fn proof(
    index: u64,
    place: &LedgerPlace,
    out: Option<&Path>,
    entry_out: Option<&Path>,
) -> Result<(), Failure> {
    let found = Found::at(place)?;
    let (entry, receipt) = receipt(&found, &found.reader()?, index)?;
    let mut files = Vec::new();
    let mut write = |path: &Path, bytes: Vec<u8>| {
        files.push(Output { path: path.to_owned(), bytes, advice: "name another file" });
    };
    if let Some(path) = entry_out {
        write(path, entry);
    }
    match out {
        Some(path) => write(path, receipt.to_string().into_bytes()),
        None => print(&receipt.to_string())?,
    }
    write_all(&files)
}

/// An entry and its receipt under the last checkpoint, checked before it is given away.
pub(crate) fn receipt(found: &Found, reader: &Reader, index: u64) -> Result<(Vec<u8>, Receipt), Failure> {
    let (checkpoint, size) = found.checkpoint()?;
    if index >= size {
        return Err(refused(LedgerError::Beyond { index, size }));
    }
    let entry = reader.entry(index).map_err(refused)?;
    let proof = reader.prove_inclusion(index, size).map_err(refused)?;
    let root = reader.root_at(size).map_err(refused)?;
    inclusion(index, size, leaf_hash(&entry), &proof, root).map_err(refused)?;
    Ok((entry, Receipt { extra: None, index, proof, checkpoint }))
}

/// Shows chosen fields of an entry.
pub(crate) fn disclose(
    index: u64,
    fields: &[String],
    place: &LedgerPlace,
    out: &Path,
    terminal: Terminal,
    now: Timestamp,
) -> Result<(), Failure> {
    let found = Found::at(place)?;
    let reader = found.reader()?;
    let (bytes, receipt) = receipt(&found, &reader, index)?;
    let entry = Entry::parse(&bytes).map_err(refused)?;
    let keys = found.key_store()?;
    let (mut all, mut erased) = (Vec::new(), 0);
    for named in &entry.payloads {
        let sealed = reader.payload(index, &named.reference).map_err(refused)?;
        let sealed =
            sealed.ok_or_else(|| refused(format!("a payload of entry {index} is missing; run fsck")))?;
        match key_of(&sealed).and_then(|id| keys.find(id)) {
            Some(key) => all.extend(seal::open(&sealed, key, entry.id).map_err(refused)?.1),
            None => erased += 1,
        }
    }
    let name_of = |shown: &String| disclosed(shown).map(|(name, _)| name);
    let mut shown = Vec::new();
    for field in fields {
        let one = all.iter().find(|one| name_of(one).as_ref() == Some(field)).ok_or_else(|| {
            let names: Vec<String> = all.iter().filter_map(name_of).collect();
            let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let gone =
                if erased > 0 { format!("; {erased} of its payloads were erased") } else { String::new() };
            Failure::input(format!(
                "entry {index} has no sealed field `{field}`; those that can be shown: {has}{gone}"
            ))
        })?;
        shown.push(one.clone());
    }
    let document = json!({
        "schema": DISCLOSURE,
        "entry": String::from_utf8_lossy(&bytes),
        "receipt": receipt.to_string(),
        "disclosures": shown,
    });
    let text = serde_json::to_string_pretty(&document).map_err(refused)?;
    // That it was shown is entered before it is.
    let mut opened = found.open(now)?;
    let mut statement = opened.statement("disclosure", vec![("fields", json!(fields))]);
    statement.links.push(index);
    let kept = opened.enter(vec![draft(statement, Vec::new())?])?;
    opened.close()?;
    write_all(&[Output {
        path: out.to_owned(),
        bytes: (text + "\n").into_bytes(),
        advice: "name another file",
    }])?;
    let entered = kept.first().map_or(0, |kept| kept.index);
    print(&format!(
        "{} {}; {} {entered}\n",
        terminal.say("shown in", "已披露於"),
        out.display(),
        terminal.say("entered as number", "並記入帳本第")
    ))
}

/// Hands over a range as a bundle, or the whole log as tiles.
pub(crate) fn export(
    place: &LedgerPlace,
    from: u64,
    to: Option<u64>,
    out: Option<&Path>,
    tiles: Option<&Path>,
    terminal: Terminal,
) -> Result<(), Failure> {
    let found = Found::at(place)?;
    let reader = found.reader()?;
    let (note, size) = found.checkpoint()?;
    if let Some(folder) = tiles {
        return export_tiles(&reader, folder, &note, size, terminal);
    }
    let Some(out) = out else { return Err(Failure::input("name the bundle to write with --out")) };
    let to = to.unwrap_or(size);
    if from > to || to > size {
        return Err(Failure::input(format!(
            "there are no entries {from} to {to}; the last checkpoint covers {size}, from 0, and --to comes after the last"
        )));
    }
    let failed = |error: &std::io::Error| Failure::file("write", out, error, "name another file");
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staged = NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    let mut writer = BufWriter::new(staged);
    write_bundle(&reader, from, to, (&note, size), &mut writer).map_err(refused)?;
    let staged = writer.into_inner().map_err(|error| failed(error.error()))?;
    staged.as_file().sync_all().map_err(|error| failed(&error))?;
    staged.persist(out).map_err(|error| failed(&error.error))?;
    print(&format!(
        "{} {} ({})\n",
        terminal.say("written to", "已寫入"),
        out.display(),
        match terminal.language {
            dualtrack_catalogue::Language::En => format!("{} entries, {from} to before {to}", to - from),
            dualtrack_catalogue::Language::ZhHant =>
                format!("{} 項記錄，由第 {from} 項至第 {to} 項之前", to - from),
        }
    ))
}

/// Writes the layout that any web server can serve and anyone's program can check.
fn export_tiles(
    reader: &Reader,
    folder: &Path,
    note: &str,
    size: u64,
    terminal: Terminal,
) -> Result<(), Failure> {
    let stop = progress::stop_on_interrupt()?;
    let bar = progress::bar(size.div_ceil(256));
    let write = |path: &str, bytes: Vec<u8>| {
        write_all(&[Output { path: folder.join(path), bytes, advice: "name another folder with --tiles" }])
    };
    let levels = (0_u8..8).flat_map(|level| Tile::of_level(level, size));
    for tile in Tile::of_entries(size).chain(levels) {
        progress::unless_interrupted(&stop)?;
        if folder.join(tile.to_string()).is_file() && tile.width == 256 {
            continue;
        }
        let bytes = reader.tile(tile).map_err(refused)?;
        write(
            &tile.to_string(),
            bytes.ok_or_else(|| refused(format!("`{tile}` cannot be made; run fsck")))?,
        )?;
        bar.inc(1);
    }
    // The checkpoint last: whoever sees it finds everything that it covers.
    write("checkpoint", note.as_bytes().to_vec())?;
    bar.finish_and_clear();
    print(&format!("{} {}\n", terminal.say("written to", "已寫入"), folder.display()))
}

/// The schema of a disclosure.
pub(crate) const DISCLOSURE: &str = "dualtrack.disclosure/1";
