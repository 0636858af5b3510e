//! What the ledger costs, beside a bare loop that writes and syncs the same bytes to the same number of files, and a bare
//! loop of SHA-256, in the same run:
//!
//!     cargo bench -p dualtrack-ledger
//!
//! `DUALTRACK_BENCH_ENTRIES=10000000` sets the size of the log that is opened again, `DUALTRACK_BENCH_DIR` the disk, and
//! `-- restart` runs that part alone.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and stops when it cannot run"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures have three digits"
)]

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use dualtrack_ledger::seal::{Content, Sealed};
use dualtrack_ledger::{
    Audit, Disk, Draft, FileSystem, KeyStore, Ledger, LedgerError, Options, Place, Reader, Signer,
    SigningKey, Source, Statement, SubjectKey, id_at,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

const NOW: u64 = 1_790_000_000_000;

fn main() {
    let folder = std::env::var_os("DUALTRACK_BENCH_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    if std::env::args().any(|argument| argument == "restart") {
        return restart(&folder);
    }
    println!("durable acknowledgements a second (median of 3 runs of 2 s, alternating with the bare loop)");
    for payloads in [true, false] {
        for flight in [64, 256, 1_024] {
            acknowledgements(&folder, flight, payloads);
        }
    }
    let key = SubjectKey::random().unwrap();
    for (key, filling, what) in
        [(Some(&key), 120, "and sealing 4 KiB with 12 fields"), (None, 800, "without payloads")]
    {
        let seconds = timed(|| (0..20_000).for_each(|number| drop(draft(number, key, filling))));
        println!("making an entry of 1 KiB {what}: {:.1} µs", seconds / 20_000.0 * 1e6);
    }
    verification(&folder);
    restart(&folder);
}

/// A log in a new folder.
struct Made {
    folder: tempfile::TempDir,
    place: Place,
    files: Arc<dyn FileSystem>,
    keys: PathBuf,
}

fn signers() -> Vec<Box<dyn Signer>> {
    vec![Box::new(SigningKey::from_seed("bank.example/ledger", &[7; 32]).unwrap())]
}

impl Made {
    fn new(folder: &Path) -> Self {
        let folder = tempfile::tempdir_in(folder).unwrap();
        let place = Place {
            origin: "bank.example/ledger".into(),
            root: folder.path().join("ledger"),
            register: folder.path().join("register"),
        };
        let files: Arc<dyn FileSystem> = Arc::new(Disk);
        Ledger::create(files.as_ref(), &place, signers()).unwrap();
        let keys = folder.path().join("subjects");
        KeyStore::create(files.as_ref(), &keys).unwrap();
        Self { folder, place, files, keys }
    }

    fn open(&self) -> Ledger {
        let files = Arc::clone(&self.files);
        let signers = (signers(), Vec::new());
        Ledger::open(files, self.place.clone(), Options::default(), signers, Some(&self.keys), NOW).unwrap().0
    }
}

/// A draft of 1 KiB: with 12 committed fields and 4 KiB sealed, or with clear fields alone.
fn draft(sequence: u64, key: Option<&SubjectKey>, bytes: usize) -> Draft {
    let source = Source { instance: "9dc0ff77d350ae93".into(), epoch: NOW, sequence };
    let statement = Statement {
        id: id_at(NOW),
        kind: "call.finished",
        time: NOW,
        source,
        links: Vec::new(),
        clear: [("use".to_owned(), json!("assistant")), ("filling".to_owned(), json!("x".repeat(bytes)))]
            .into(),
    };
    let payloads = key.map(|key| {
        let fields =
            (0..12).map(|number| (format!("field {number}"), json!("a value of some length"))).collect();
        let content = Content { fields, more: json!("y".repeat(3_300)) };
        Sealed::new(content, key, statement.id, "dealing-records").unwrap()
    });
    Draft::new(statement, payloads.into_iter().collect()).unwrap()
}

fn acknowledgements(folder: &Path, flight: usize, payloads: bool) {
    let (mut ledger, mut bare, mut costs, mut bare_costs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut batch = 0.0;
    let mut bytes = (0, 0);
    for _ in 0..3 {
        let made = Made::new(folder);
        let (entered, batches, cost, seconds) = drive(&made, flight, payloads);
        ledger.push(entered as f64 / seconds);
        costs.push(cost / entered as f64 * 1e6);
        batch = entered as f64 / batches as f64;
        let segments = made.place.root.join("segments");
        let size = |ending: &str| -> u64 {
            let files = std::fs::read_dir(&segments).unwrap().map(|file| file.unwrap());
            let files = files.filter(|file| file.file_name().to_string_lossy().ends_with(ending));
            files.map(|file| file.metadata().unwrap().len()).sum()
        };
        bytes = (size("entries") / entered, if payloads { size("vault") / entered } else { 0 });
        let (rate, cost) = bare_loop(made.folder.path(), batch, bytes);
        bare.push(rate);
        bare_costs.push(cost);
    }
    let (ledger, bare) = (median(ledger), median(bare));
    println!(
        "  {flight:>5} in flight, {}: {ledger:>8.0}/s, bare {bare:>8.0}/s, ratio {:.2}{}; {batch:.0} a batch, {} + {} bytes; CPU {:.1} µs an entry, of which {:.1} µs are the bare loop's (goal 40 in all but that)",
        if payloads { "with 4 KiB sealed" } else { "without payloads " },
        ledger / bare,
        if payloads { " (goal 0.60)" } else { "" },
        bytes.0,
        bytes.1,
        median(costs),
        median(bare_costs),
    );
}

/// Enters for two seconds with this many in flight, making and sealing each draft when another was acknowledged.
///
/// How many were entered, in how many batches, for how many seconds of processor and of clock.
fn drive(made: &Made, flight: usize, payloads: bool) -> (u64, u64, f64, f64) {
    let ledger = made.open();
    let key = ledger.keys().unwrap().lock().unwrap().key_for("person").unwrap();
    let key = payloads.then_some(&key);
    // With fields in `sd`, less filling makes the same length.
    let filling = if payloads { 120 } else { 800 };
    let (sender, receiver) = channel();
    let sequence = AtomicU64::new(0);
    let submit = || {
        let number = sequence.fetch_add(1, Ordering::Relaxed) + 1;
        let sender = sender.clone();
        ledger
            .append_then(draft(number, key, filling), move |answer| sender.send(answer.is_ok()).unwrap())
            .unwrap();
    };
    let (started, before) = (Instant::now(), processor());
    (0..flight).for_each(|_| submit());
    let mut entered = 0;
    while started.elapsed() < Duration::from_secs(2) {
        assert!(receiver.recv().unwrap());
        entered += 1;
        submit();
    }
    let (seconds, cost) = (started.elapsed().as_secs_f64(), processor() - before);
    (0..flight).for_each(|_| assert!(receiver.recv().unwrap()));
    ledger.close().unwrap();
    let reader = Reader::open(Arc::clone(&made.files), &made.place.root).unwrap();
    let batches = reader.last_batch().unwrap().number + 1;
    (entered + flight as u64, batches, cost, seconds)
}

/// The same bytes to the same number of files, a batch at a time, synced side by side; entries a second, and µs of
/// processor for each.
fn bare_loop(folder: &Path, batch: f64, bytes: (u64, u64)) -> (f64, f64) {
    let make = |name: &str| File::create_new(folder.join(name)).unwrap();
    let (entries, vault) = (make("bare.entries"), make("bare.vault"));
    let records = vec![1; (batch * bytes.0 as f64) as usize];
    let payloads = vec![2; (batch * bytes.1 as f64) as usize];
    let (mut at, mut beside, mut entered) = (0, 0, 0.0);
    let (started, before) = (Instant::now(), processor());
    while started.elapsed() < Duration::from_secs(2) {
        entries.write_all_at(&records, at).unwrap();
        at += records.len() as u64;
        if payloads.is_empty() {
            entries.sync_data().unwrap();
        } else {
            vault.write_all_at(&payloads, beside).unwrap();
            beside += payloads.len() as u64;
            std::thread::scope(|scope| {
                let beside = scope.spawn(|| vault.sync_data().unwrap());
                entries.sync_data().unwrap();
                beside.join().unwrap();
            });
        }
        entered += batch;
    }
    (entered / started.elapsed().as_secs_f64(), (processor() - before) / entered * 1e6)
}

fn verification(folder: &Path) {
    println!("verification on one core");
    for filling in [800, 150] {
        let made = Made::new(folder);
        let ledger = made.open();
        ledger.append_all((1..=100_000).map(|number| draft(number, None, filling)).collect()).unwrap();
        ledger.close().unwrap();
        let reader = Reader::open(Arc::clone(&made.files), &made.place.root).unwrap();
        let mut entries = Vec::new();
        let mut bytes = 0;
        let read = reader.entries(0..reader.size(), |_, entry| {
            bytes += entry.len();
            entries.push(entry.to_vec());
            Ok::<(), LedgerError>(())
        });
        read.unwrap();
        let count = entries.len() as f64;
        let bare = timed(|| {
            let mut last = [0; 32];
            for entry in &entries {
                last = Sha256::new().chain_update([0]).chain_update(entry).finalize().into();
            }
            assert_ne!(last, [0; 32]);
        });
        let memory = timed(|| {
            let mut audit = Audit::default();
            for entry in &entries {
                audit.push(entry, &mut |_, _| ());
            }
            assert_eq!(audit.finish(&mut |_, _| ()).0, reader.size());
        });
        let disk = timed(|| {
            let mut audit = Audit::default();
            let read = reader.entries(0..reader.size(), |_, entry| {
                audit.push(entry, &mut |_, _| ());
                Ok::<(), LedgerError>(())
            });
            read.unwrap();
            assert_eq!(audit.finish(&mut |_, _| ()).0, reader.size());
        });
        println!(
            "  {} bytes an entry: {:>9.0}/s in memory, {:>9.0}/s from segments, bare SHA-256 {:>9.0}/s; ratios {:.2} and {:.2} (goal 300000/s)",
            bytes / entries.len(),
            count / memory,
            count / disk,
            count / bare,
            bare / memory,
            bare / disk
        );
    }
}

fn restart(folder: &Path) {
    let entries: u64 = std::env::var_os("DUALTRACK_BENCH_ENTRIES")
        .map_or(200_000, |entries| entries.to_str().unwrap().parse().unwrap());
    let made = Made::new(folder);
    let ledger = made.open();
    let mut next = 0;
    while next < entries {
        let end = entries.min(next + 8_000);
        ledger.append_all((next + 1..=end).map(|number| draft(number, None, 50)).collect()).unwrap();
        next = end;
    }
    ledger.close().unwrap();
    let mut opened = None;
    let seconds = timed(|| opened = Some(made.open()));
    println!("restart with {entries} entries: {seconds:.2} s (goal 2 s with 10 million)");
    drop(opened);
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Seconds of processor that this process has used.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}
