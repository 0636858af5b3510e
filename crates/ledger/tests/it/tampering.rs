//! Everything that somebody with the files can do to a log: what opening it answers, and what a check finds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dualtrack_ledger::{FileSystem, Findings, Place, VerifierKey, fsck};

use crate::fixture::{Opened, create, key, open_ledger, plain, sealed, simulated_place};
use crate::simulated::SimulatedDisk;

const SEGMENT: &str = "/institution/ledger/segments/00000000000000000256.entries";
const TAIL: &str = "/institution/ledger/segments/00000000000000000512.entries";

/// A log of 600 entries in three segments, entered in batches of 50, a payload in every fifth.
fn log_of(kind: u64, entries: u64) -> SimulatedDisk {
    let (place, disk) = (simulated_place(), SimulatedDisk::new());
    create(&disk.shared(), &place);
    enter(&disk, kind, entries);
    disk
}

fn enter(disk: &SimulatedDisk, kind: u64, entries: u64) {
    let opened = open_ledger(&disk.shared(), &simulated_place()).unwrap();
    let drafts: Vec<_> = (1..=entries)
        .map(|number| {
            if number.is_multiple_of(5) {
                sealed(kind * 100_000 + number, "person", "secret", &opened.keys).unwrap()
            } else {
                plain(kind * 100_000 + number)
            }
        })
        .collect();
    for batch in drafts.chunks(50) {
        opened.ledger.append_all(batch.to_vec()).unwrap();
    }
    opened.ledger.close().unwrap();
}

fn open(disk: &SimulatedDisk) -> Result<Opened, String> {
    open_ledger(&disk.shared(), &simulated_place()).map_err(|error| error.to_string())
}

fn check(disk: &SimulatedDisk) -> Findings {
    let keys: [VerifierKey; 1] = [key().verifier().clone()];
    fsck(&disk.shared(), &simulated_place(), &keys, |_| true).unwrap()
}

/// What opening answers and what a check finds first.
fn answers(disk: &SimulatedDisk) -> (String, String) {
    let opened = open(disk).map_or_else(|error| error, |_| "opens".to_owned());
    let found = fsck(&disk.shared(), &simulated_place(), &[key().verifier().clone()], |_| true);
    let found = found.map_or_else(
        |error| error.to_string(),
        |found| found.wrong.first().cloned().unwrap_or_else(|| "all fits".to_owned()),
    );
    (opened, found)
}

fn tampered(path: &str, change: impl FnOnce(&mut Vec<u8>)) -> SimulatedDisk {
    let disk = log_of(1, 600);
    disk.tamper(Path::new(path), change);
    disk
}

fn find(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).unwrap()
}

#[test]
fn an_untouched_log_opens_and_fits() {
    let disk = log_of(1, 600);
    assert_eq!(answers(&disk), ("opens".into(), "all fits".into()));
    let found = check(&disk);
    assert_eq!((found.entries, found.payloads, found.tiles), (600, 120, 2));
}

#[test]
fn an_edited_entry_is_named() {
    for (path, first) in [(TAIL, 512), (SEGMENT, 256)] {
        let disk = tampered(path, |bytes| {
            let at = find(bytes, b"assistant");
            bytes[at] = b'A';
        });
        let (opened, found) = answers(&disk);
        let expected = format!(
            "`{path}` is damaged at entry {first}: the records of a batch are damaged; restore it from a backup and run fsck"
        );
        assert_eq!(found, expected);
        // Opening reads the last segment whole, and of the others the ends.
        assert_eq!(opened, if path == TAIL { expected } else { "opens".into() });
    }
}

#[test]
fn entries_that_were_deleted_inserted_or_swapped_are_noticed() {
    let record = |bytes: &[u8], number: usize| {
        let mut at = 52;
        for _ in 0..number {
            at += 4 + u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        }
        at..at + 4 + u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
    };
    let deleted = tampered(TAIL, |bytes| drop(bytes.drain(record(bytes, 1))));
    let inserted = tampered(TAIL, |bytes| {
        let copy = bytes[record(bytes, 1)].to_vec();
        bytes.splice(52..52, copy);
    });
    let swapped = tampered(TAIL, |bytes| {
        let (first, second) = (record(bytes, 0), record(bytes, 1));
        let both = [&bytes[second.clone()], &bytes[first.clone()]].concat();
        bytes.splice(first.start..second.end, both);
    });
    for disk in [deleted, inserted, swapped] {
        let expected = format!(
            "`{TAIL}` is damaged at entry 512: the records of a batch are damaged; restore it from a backup and run fsck"
        );
        assert_eq!(answers(&disk), (expected.clone(), expected));
    }
}

#[test]
fn a_log_that_was_rewritten_with_fitting_sums_is_a_fork() {
    let (disk, other) = (log_of(1, 600), log_of(2, 700));
    for path in other.paths().iter().filter(|path| path.starts_with("/institution/ledger/segments")) {
        let forged = other.bytes(path);
        if disk.paths().contains(path) {
            disk.tamper(path, |bytes| *bytes = forged);
        }
    }
    let (opened, found) = answers(&disk);
    let expected = "the first 600 entries are not those that were signed for according to";
    assert!(opened.starts_with(expected), "{opened}");
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn a_forged_segment_does_not_continue_the_one_before() {
    let (disk, other) = (log_of(1, 600), log_of(2, 600));
    let forged = other.bytes(Path::new(SEGMENT));
    disk.tamper(Path::new(SEGMENT), |bytes| *bytes = forged);
    let expected = format!(
        "`{SEGMENT}` is damaged at entry 256: it does not continue the segment before it; restore it from a backup and run fsck"
    );
    assert_eq!(answers(&disk), (expected.clone(), expected));
}

#[test]
fn a_tail_that_was_cut_off_is_below_what_was_signed() {
    let disk = log_of(1, 600);
    let whole = disk.bytes(Path::new(TAIL));
    enter(&disk, 2, 50);
    disk.tamper(Path::new(TAIL), |bytes| bytes.truncate(whole.len()));
    let expected = "the log holds 600 entries, but 650 were signed for according to";
    let (opened, found) = answers(&disk);
    assert!(opened.starts_with(expected), "{opened}");
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn a_missing_segment_is_named() {
    let missing = |first: u64| {
        let disk = log_of(1, 600);
        let path = PathBuf::from(format!("/institution/ledger/segments/{first:020}.entries"));
        disk.remove(&path).unwrap();
        answers(&disk)
    };
    for first in [0, 256] {
        let expected = format!(
            "the segment with the entries from {first} on is missing from `/institution/ledger/segments`; restore it from a backup"
        );
        assert_eq!(missing(first), (expected.clone(), expected));
    }
    let (opened, _) = missing(512);
    assert!(opened.starts_with("the log holds 512 entries, but 600 were signed for"), "{opened}");
}

#[test]
fn payloads_that_were_changed_swapped_or_taken_are_named() {
    let vault = "/institution/ledger/segments/00000000000000000256.vault";
    let damaged = format!(
        "`{vault}` is damaged at entry 256: the payloads of its batch are damaged; restore it from a backup and run fsck"
    );
    let changed = tampered(vault, |bytes| bytes[100] ^= 1);
    assert_eq!(answers(&changed).1, damaged);
    let length = 4 + u32::from_be_bytes(changed.bytes(Path::new(vault))[52..56].try_into().unwrap()) as usize;
    let swapped = tampered(vault, |bytes| bytes[52..52 + 2 * length].rotate_left(length));
    assert_eq!(answers(&swapped).1, damaged);
    let gone = log_of(1, 600);
    gone.remove(Path::new("/institution/ledger/segments/00000000000000000512.vault")).unwrap();
    let (opened, found) = answers(&gone);
    assert!(opened.contains("00000000000000000512.vault"), "{opened}");
    assert!(found.contains("00000000000000000512.vault"), "{found}");
}

#[test]
fn old_checkpoints_registers_and_backups_are_told_apart() {
    let place = simulated_place();
    let disk = log_of(1, 300);
    let (checkpoint, register) = (place.root.join("checkpoint"), place.register.clone());
    let (old_checkpoint, old_register) = (disk.bytes(&checkpoint), disk.bytes(&register));
    let backup = disk.copy();
    enter(&disk, 2, 100);
    let new_register = disk.bytes(&register);

    // An old checkpoint or register beside a longer log is only late.
    disk.tamper(&checkpoint, |bytes| *bytes = old_checkpoint);
    assert_eq!(answers(&disk).0, "opens");
    disk.tamper(&register, |bytes| *bytes = old_register);
    assert_eq!(answers(&disk).0, "opens");

    // The whole folder of the ledger from a backup, beside the register as it was.
    backup.tamper(&register, |bytes| *bytes = new_register);
    assert!(answers(&backup).0.starts_with(
        "the log holds 300 entries, but 400 were signed for according to `/institution/elsewhere/register`"
    ));

    // Nothing is signed without a register, nor with that of another.
    let other = disk.copy();
    other.tamper(&register, |bytes| *bytes = b"nothing".to_vec());
    assert!(
        answers(&other).0.contains("is not a checkpoint that this log signed: this is not a signed note")
    );
    disk.remove(&register).unwrap();
    assert!(answers(&disk).0.contains("the register is missing"));
}

#[test]
fn a_tile_that_was_changed_is_found_and_its_removal_is_no_loss() {
    let tile = Path::new("/institution/ledger/tile/0/000");
    let disk = tampered("/institution/ledger/tile/0/000", |bytes| bytes[0] ^= 1);
    let (_, found) = answers(&disk);
    assert_eq!(
        found,
        "`/institution/ledger/tile/0/000` does not hold the hashes of the entries; it is derived: delete it"
    );
    disk.remove(tile).unwrap();
    assert_eq!(answers(&disk), ("opens".into(), "all fits".into()));
}

#[test]
fn a_second_writer_is_refused_with_the_process_id_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let place: Place = crate::fixture::place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(dualtrack_ledger::Disk);
    create(&files, &place);
    let first = open_ledger(&files, &place).unwrap();
    let refused = open_ledger(&files, &place).err().unwrap().to_string();
    let process = std::process::id();
    assert_eq!(refused, format!("process {process} writes to this log; only one may: stop it first"));
    first.ledger.close().unwrap();
    open_ledger(&files, &place).unwrap();
}

#[test]
fn a_clock_that_goes_back_is_levelled_out_or_refused() {
    use dualtrack_ledger::{Draft, Refusal};
    let disk = log_of(1, 1);
    let opened = open(&disk).unwrap();
    let at = |time: u64| {
        let mut statement = crate::fixture::statement(9);
        statement.time = time;
        Draft::new(statement, Vec::new()).unwrap()
    };
    let now = crate::fixture::NOW;
    let kept = opened.ledger.append(at(now - 30_000)).unwrap();
    assert!(String::from_utf8_lossy(kept.entry()).contains(&format!("\"t\":{now}")));
    assert_eq!(opened.ledger.append(at(now - 90_000)).unwrap_err(), Refusal::Clock(90));
}
