//! `dualtrack assess`: what each AI use of an institution comes to, and what blocks its next gate.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dualtrack_assurance::Options;
use dualtrack_catalogue::{Catalogue, Language, Stage};
use dualtrack_inventory::{DatasetId, PersonId, Use};
use dualtrack_report::{LedgerShown, TextOptions, html, json, junit, text};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::assess::{Assessed, Request, Wanted, assess};
use crate::cli::{AssessArguments, Format, LedgerPlace};
use crate::failure::Failure;
use crate::folder::Folder;
use crate::ledger::{Found, recording};
use crate::output::{Output, write_all};
use crate::progress::unless_interrupted;
use crate::terminal::{Terminal, print};
use crate::{product, progress, record};

/// Runs the command; `instant` is now, and `today` its day in Hong Kong.
pub(crate) fn run(
    arguments: &AssessArguments,
    terminal: Terminal,
    instant: Timestamp,
    today: Date,
) -> Result<ExitCode, Failure> {
    let stop = progress::stop_on_interrupt()?;
    let catalogue = product::catalogue(arguments.guidelines.as_deref())?;
    let bar = progress::bar(0);
    bar.set_message(terminal.say("reading the institution's folder", "讀取機構資料夾").to_owned());
    let folder = Folder::read(&arguments.folder, &catalogue, &stop)?;
    let out = outside(&arguments.out, &folder.root)?;
    let request = request(arguments, &catalogue, &folder, terminal.language, instant, today)?;
    let mut assessed = assess(&request, &bar, &stop)?;
    bar.finish_and_clear();
    unless_interrupted(&stop)?;
    assessed.assessment.ledger = entered(arguments, &request, &assessed, instant)?;

    let pages = html(&assessed.assessment).map_err(|error| Failure::input(error.to_string()))?;
    let in_json = json(&assessed.assessment).map_err(|error| Failure::input(error.to_string()))?;
    let page =
        |path, bytes| Output { path: out.join(path), bytes, advice: "choose another folder with --out" };
    let mut files: Vec<_> = pages.into_iter().map(|one| page(one.path, one.html.into_bytes())).collect();
    files.push(page("assessment.json".to_owned(), in_json.clone().into_bytes()));
    let recorded = match (&request.by, arguments.record) {
        (Some(by), true) => record::files(&folder, &catalogue, &assessed.results, by, today)?,
        _ => Vec::new(),
    };
    let recorded_at: Vec<PathBuf> = recorded.iter().map(|file| file.path.clone()).collect();
    files.extend(recorded);
    unless_interrupted(&stop)?;
    write_all(&files)?;
    match arguments.format {
        Format::Text => {
            print(&in_words(&assessed, arguments, terminal))?;
            if let Some(ledger) = &assessed.assessment.ledger {
                print(&in_ledger(ledger, terminal))?;
            }
            print(&where_written(&arguments.out, &recorded_at, terminal))?;
        }
        Format::Json => print(&(in_json + "\n"))?,
        Format::Junit => {
            print(&junit(&assessed.assessment, terminal.language))?;
        }
    }
    Ok(if assessed.shut { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Enters the run into the ledger that the arguments name, or that of the institution if it has one.
fn entered(
    arguments: &AssessArguments,
    request: &Request<'_>,
    assessed: &Assessed,
    instant: Timestamp,
) -> Result<Option<LedgerShown>, Failure> {
    let found = match &arguments.ledger {
        Some(folder) => {
            let ledger = folder.clone();
            Some(Found::at(&LedgerPlace { ledger, keys: None, register: None })?)
        }
        None if arguments.no_ledger || request.as_of => None,
        None => Found::in_folder(&request.folder.root)?,
    };
    let Some(found) = found else { return Ok(None) };
    let mut opened = found.open(instant)?;
    let shown = recording::enter(&found, &mut opened, request, assessed)?;
    opened.close()?;
    Ok(Some(shown))
}

fn wanted_gate(name: &str) -> Result<Wanted, Failure> {
    match name {
        "next" => Ok(Wanted::Next),
        "sandbox" => Ok(Wanted::To(Stage::Sandbox)),
        "pilot" => Ok(Wanted::To(Stage::Pilot)),
        "production" => Ok(Wanted::To(Stage::Production)),
        other => {
            Err(Failure::input(format!("there is no gate `{other}`; use sandbox, pilot, production or next")))
        }
    }
}

fn request<'a>(
    arguments: &AssessArguments,
    catalogue: &'a Catalogue,
    folder: &'a Folder,
    language: Language,
    instant: Timestamp,
    today: Date,
) -> Result<Request<'a>, Failure> {
    let inventory = &folder.inventory;
    let uses = chosen(arguments, folder)?;
    let by = match &arguments.by {
        None => None,
        Some(id) => {
            let known: Vec<String> = inventory.people().keys().map(ToString::to_string).collect();
            let person = PersonId::parse(id).ok().filter(|person| inventory.people().contains_key(person));
            Some(
                person
                    .ok_or_else(|| Failure::unknown("person", id, &known, &listed("people.yaml", &known)))?,
            )
        }
    };
    let mut cubes = BTreeMap::new();
    for pair in &arguments.cube {
        let (id, path) = pair.split_once('=').ok_or_else(|| {
            Failure::input(format!(
                "`{pair}` is not of the form DATASET=FILE; such as --cube held-out=cube.parquet"
            ))
        })?;
        let known: Vec<String> = inventory.datasets().keys().map(ToString::to_string).collect();
        let dataset = DatasetId::parse(id).ok().filter(|id| inventory.datasets().contains_key(id));
        cubes.insert(
            dataset.ok_or_else(|| Failure::unknown("dataset", id, &known, &listed("datasets/", &known)))?,
            PathBuf::from(path),
        );
    }
    Ok(Request {
        catalogue,
        folder,
        uses,
        instant,
        day: arguments.as_of.unwrap_or(today),
        as_of: arguments.as_of.is_some(),
        by,
        cubes,
        language,
        wanted: arguments.gate.as_deref().map(wanted_gate).transpose()?,
        only: None,
        options: Options {
            replicates: arguments.replicates,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            ..Options::default()
        },
    })
}

fn chosen<'a>(arguments: &AssessArguments, folder: &'a Folder) -> Result<Vec<&'a Use>, Failure> {
    let all = folder.inventory.uses();
    if all.is_empty() {
        return Err(Failure::input(format!(
            "`{}` holds no use; describe one in a file under `uses/`",
            arguments.folder.display()
        )));
    }
    if arguments.uses.is_empty() {
        return Ok(all.values().collect());
    }
    let known: Vec<String> = all.keys().map(ToString::to_string).collect();
    arguments
        .uses
        .iter()
        .map(|id| {
            all.values()
                .find(|of| of.id.as_str() == id)
                .ok_or_else(|| Failure::unknown("use", id, &known, &listed("uses/", &known)))
        })
        .collect()
}

/// Where to look, and everything there.
fn listed(place: &str, known: &[String]) -> String {
    format!("{place} has {}", known.join(", "))
}

/// The folder for the report, which must not lie inside the assessed one.
fn outside(out: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let refuse =
        |error: &std::io::Error| Failure::file("write", out, error, "choose another folder with --out");
    let absolute = std::path::absolute(out).map_err(|error| refuse(&error))?;
    let mut existing = absolute.as_path();
    let mut below = PathBuf::new();
    while !existing.exists() {
        let (Some(parent), Some(name)) = (existing.parent(), existing.file_name()) else { break };
        below = if below.as_os_str().is_empty() { PathBuf::from(name) } else { Path::new(name).join(&below) };
        existing = parent;
    }
    let real = existing.canonicalize().map_err(|error| refuse(&error))?;
    let real = if below.as_os_str().is_empty() { real } else { real.join(below) };
    if real.starts_with(root) {
        return Err(Failure::input(format!(
            "the report would be written inside the assessed folder, to `{}`; choose another folder with --out",
            out.display()
        )));
    }
    Ok(real)
}

fn in_words(assessed: &Assessed, arguments: &AssessArguments, terminal: Terminal) -> String {
    let layout = TextOptions {
        language: terminal.language,
        width: terminal.width,
        colour: terminal.colour,
        all: arguments.all,
    };
    text(&assessed.assessment, &layout)
}

/// Where the run stands in the ledger, and the checkpoint over it.
fn in_ledger(ledger: &LedgerShown, terminal: Terminal) -> String {
    let LedgerShown { log, index, changed, checkpoint, .. } = ledger;
    let mut lines = checkpoint.lines().skip(1);
    let (size, root) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    match terminal.language {
        Language::En => format!(
            "\nLedger {log}: the run is entry {index}; {changed} changes of evidence and verdicts after it\n  checkpoint of {size} entries, root {root}\n"
        ),
        Language::ZhHant => format!(
            "\n帳本 {log}：本次評估為第 {index} 項記錄，其後記入 {changed} 項證據及結論的變動\n  檢查點涵蓋 {size} 項記錄，根 {root}\n"
        ),
    }
}

fn where_written(out: &Path, recorded: &[PathBuf], terminal: Terminal) -> String {
    let page = match terminal.language {
        Language::En => out.join("index.en.html"),
        Language::ZhHant => out.join("index.zh-Hant.html"),
    };
    let mut text = format!("\n{} {}\n", terminal.say("Report:", "報告："), page.display());
    for file in recorded {
        let said = terminal.say("Evidence recorded:", "已記錄證據：");
        let _ = writeln!(text, "{said} {}", record::shown(file).display());
    }
    text
}
