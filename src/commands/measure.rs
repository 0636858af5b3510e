//! `dualtrack measure`: the measuring engine alone, without any use or guideline.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::drift::exact_measurements;
use dualtrack_assurance::exact;
use dualtrack_assurance::measure::{calibration, drift, drift_over_periods, fairness, performance, quality};
use dualtrack_assurance::saved::{load, save};
use dualtrack_assurance::{FeatureKind, Measurement, Options, ScanOptions, Tables};
use dualtrack_report::{TextOptions, measurements_html, measurements_json, measurements_text};

use crate::cli::{FamilyArgument, MeasureArguments, MeasureFormat};
use crate::data::{DataSet, failure};
use crate::failure::Failure;
use crate::output::{Output, write_all};
use crate::progress::unless_interrupted;
use crate::terminal::{Terminal, print};
use crate::{progress, roles};

/// Runs the command.
pub(crate) fn run(arguments: &MeasureArguments, terminal: Terminal) -> Result<(), Failure> {
    let options = options(arguments)?;
    let stop = progress::stop_on_interrupt()?;
    let mut measured = Vec::new();
    let tables = if arguments.cube.is_empty() {
        let data = open(arguments)?;
        let roles = roles::from_arguments(&arguments.roles, &data.columns()?)?;
        let bar = progress::bar(0);
        bar.set_message(terminal.say("reading", "讀取中").to_owned());
        let scan = ScanOptions { partial: arguments.save_cube.is_some(), ..ScanOptions::default() };
        let tables = data.scan(&roles, &scan, &bar, &stop)?;
        if let Some(against) = &arguments.against {
            measured.extend(against_reference(arguments, against, &data, &tables, &options, &stop)?);
        }
        bar.finish_and_clear();
        tables
    } else {
        read_cubes(&arguments.cube)?
    };
    let mut all = families(&tables, &options, &arguments.only);
    all.extend(measured);
    let mut files = Vec::new();
    if let Some(path) = &arguments.save_cube {
        files.push(cube_file(&tables, path, arguments.suppress_below)?);
    }
    if let Some(path) = &arguments.html {
        files.push(page(&all, arguments, path, terminal)?);
    }
    let text = match arguments.format {
        MeasureFormat::Text => {
            let layout = TextOptions {
                language: terminal.language,
                width: terminal.width,
                colour: terminal.colour,
                all: true,
            };
            measurements_text(&all, &layout)
        }
        MeasureFormat::Json => {
            measurements_json(&all).map_err(|error| Failure::input(error.to_string()))? + "\n"
        }
    };
    unless_interrupted(&stop)?;
    write_all(&files)?;
    print(&text)
}

/// Adds up saved cubes.
pub(crate) fn read_cubes(paths: &[PathBuf]) -> Result<Tables, Failure> {
    let mut sum: Option<Tables> = None;
    for path in paths {
        let advice = "name a file written by --save-cube";
        let file = std::fs::File::open(path).map_err(|error| Failure::file("read", path, &error, advice))?;
        let tables = load(&path.display().to_string(), &file).map_err(failure)?;
        sum = Some(match sum {
            None => tables,
            Some(sum) => sum
                .merge(&tables)
                .map_err(|line| Failure::input(format!("`{}` cannot be added: {line}", path.display())))?,
        });
    }
    sum.ok_or_else(|| Failure::input("name at least one cube"))
}

/// The file that saves tables, leaving out small cells if asked.
pub(crate) fn cube_file(
    tables: &Tables,
    path: &Path,
    suppress_below: Option<u64>,
) -> Result<Output, Failure> {
    let mut bytes = Vec::new();
    let given = suppress_below.map_or_else(|| tables.clone(), |least| tables.suppressed_below(least));
    save(&given, &mut bytes).map_err(|error| Failure::input(format!("the cube cannot be saved: {error}")))?;
    Ok(Output { path: path.to_owned(), bytes, advice: "choose another file with --save-cube or --out" })
}

fn options(arguments: &MeasureArguments) -> Result<Options, Failure> {
    if !(0.5..1.0).contains(&arguments.level) {
        return Err(Failure::input(format!(
            "`{}` is not a level of confidence; use a number such as 0.95",
            arguments.level
        )));
    }
    Ok(Options {
        level: arguments.level,
        replicates: arguments.replicates,
        seed: arguments.seed,
        least_rows: arguments.least_rows,
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        ..Options::default()
    })
}

fn open(arguments: &MeasureArguments) -> Result<DataSet, Failure> {
    if arguments.files.is_empty() {
        return Err(Failure::input("name a data file, a folder, or a saved cube with --cube"));
    }
    DataSet::open(&arguments.files)
}

fn against_reference(
    arguments: &MeasureArguments,
    against: &Path,
    data: &DataSet,
    current: &Tables,
    options: &Options,
    stop: &AtomicBool,
) -> Result<Vec<Measurement>, Failure> {
    let reference_data = DataSet::open(&[against.to_owned()])?;
    let bar = progress::bar(0);
    let scan = ScanOptions { partial: true, ..ScanOptions::default() };
    let reference = reference_data.scan(&current.roles, &scan, &bar, stop)?;
    let mut measured = drift(&reference, current, options);
    if arguments.exact {
        let numeric = current.columns.iter().filter(|column| column.kind == FeatureKind::Numeric);
        for column in numeric.map(|column| &column.name) {
            let found = exact::drift(reference_data.parts(), data.parts(), column, stop).map_err(failure)?;
            let exact = exact_measurements(column, &found);
            measured.retain(|one| {
                !exact.iter().any(|other| other.definition == one.definition && other.slice == one.slice)
            });
            measured.extend(exact);
        }
        reference_data.unchanged()?;
        data.unchanged()?;
    }
    Ok(measured)
}

fn families(tables: &Tables, options: &Options, only: &[FamilyArgument]) -> Vec<Measurement> {
    let wanted = |family| only.is_empty() || only.contains(&family);
    let mut all = Vec::new();
    if wanted(FamilyArgument::Performance) {
        all.extend(performance(tables, options));
    }
    if wanted(FamilyArgument::Calibration) {
        all.extend(calibration(tables, options));
    }
    if wanted(FamilyArgument::Fairness) {
        all.extend(fairness(tables, options));
    }
    if wanted(FamilyArgument::Drift)
        && let Some(first) = tables.cube.periods.iter().filter_map(dualtrack_assurance::Value::text).min()
    {
        all.extend(drift_over_periods(tables, first, options));
    }
    if wanted(FamilyArgument::Quality) {
        all.extend(quality(tables, options));
    }
    all
}

fn page(
    measured: &[Measurement],
    arguments: &MeasureArguments,
    path: &Path,
    terminal: Terminal,
) -> Result<Output, Failure> {
    let named = arguments.files.iter().chain(&arguments.cube);
    let title = named.map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
    let page = measurements_html(measured, &title, crate::PROGRAM, terminal.language)
        .map_err(|error| Failure::input(error.to_string()))?;
    Ok(Output { path: path.to_owned(), bytes: page.into_bytes(), advice: "choose another file with --html" })
}
