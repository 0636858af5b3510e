//! Running the checks of a use for the console: on data files of the server, as the record names them by digest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dualtrack_assurance::Options;
use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_inventory::{Digest, Inventory, hong_kong_day};
use dualtrack_report::UseMeasured;
use dualtrack_web::{Assessed, Assessor, Job, Progress};
use indicatif::ProgressBar;

use crate::assess::{Request, assess};
use crate::failure::Failure;
use crate::folder::{self, Digested, Folder};
use crate::record;

/// Runs checks on the data files below a folder.
pub(crate) fn assessor(root: PathBuf) -> Assessor {
    Arc::new(move |job, progress| run(&root, job, progress).map_err(words))
}

fn words(failure: Failure) -> Bilingual {
    match failure {
        Failure::Input(lines) => {
            let en = lines.join("; ");
            Bilingual {
                zh_hant: format!("檢查未能執行，未有記入任何結果。技術詳情（英文）：{en}"), en
            }
        }
        Failure::Interrupted => {
            ("it was stopped; nothing was entered", "執行已停止，未有記入任何結果").into()
        }
    }
}

fn run(root: &Path, job: &Job, progress: &Progress) -> Result<Assessed, Failure> {
    let bar = ProgressBar::hidden();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // What runs writes to a bar, and whoever watches reads from the progress.
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                progress.tell(bar.position(), bar.length().unwrap_or(0), &bar.message());
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let came = measured(root, job, &bar, &progress.stop);
        over.store(true, Ordering::Relaxed);
        came
    })
}

fn measured(root: &Path, job: &Job, bar: &ProgressBar, stop: &AtomicBool) -> Result<Assessed, Failure> {
    let root = folder::root(root)?;
    let digested = on_disk(&root, &job.inventory, stop)?;
    let folder = Folder { root, inventory: job.inventory.clone(), digested };
    let of = folder.inventory.uses().get(&job.use_id);
    let of = of.ok_or_else(|| Failure::input(format!("there is no use `{}`", job.use_id)))?;
    let day = hong_kong_day(job.now);
    let request = Request {
        catalogue: &job.catalogue,
        uses: vec![of],
        folder: &folder,
        instant: job.now,
        day,
        as_of: false,
        by: Some(job.by.clone()),
        cubes: BTreeMap::new(),
        language: Language::En,
        wanted: None,
        only: job.only.clone(),
        options: Options {
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            ..Options::default()
        },
    };
    let found = assess(&request, bar, stop)?;
    let one = found.assessment.uses.first();
    let one = one.ok_or_else(|| Failure::input("nothing was measured"))?;
    if let Some(key) = &job.only
        && one.checks.is_empty()
    {
        return Err(Failure::input(format!("use `{}` declares no check `{key}`", job.use_id)));
    }
    let measured = UseMeasured::of(&found.assessment, one);
    let pieces = record::pieces(&folder, &job.catalogue, &found.results, &job.by, day);
    Ok(Assessed { evidence: pieces.into_values().flatten().collect(), measured })
}

/// The data files that the record names, where they lie in the folder as the record has them.
fn on_disk(
    root: &Path,
    inventory: &Inventory,
    stop: &AtomicBool,
) -> Result<BTreeMap<String, Digested>, Failure> {
    let named = inventory.datasets().values().flat_map(|dataset| dataset.digests.iter());
    let named = named.chain(inventory.models().values().flat_map(|model| model.digests.iter()));
    let mut found = BTreeMap::new();
    for (file, digest) in named {
        if found.contains_key(file) || !root.join(file).exists() {
            continue;
        }
        let (path, opened) = folder::open(root, file)?;
        let taken = folder::digest(&path, opened, stop)?;
        must_be(file, &taken.digest, digest)?;
        found.insert(file.clone(), taken);
    }
    Ok(found)
}

fn must_be(file: &str, found: &Digest, recorded: &Digest) -> Result<(), Failure> {
    if found == recorded {
        return Ok(());
    }
    Err(Failure::input(format!(
        "`{file}` on the server is {}, and the record names {}; put the recorded file back, or change the dataset",
        found.short(),
        recorded.short()
    )))
}
