//! Everything that somebody with the files can do to a log: what opening it answers, and what a check finds.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use dualtrack_ledger::{
    FileSystem, Findings, Place, Reader, SigningKey, VerifierKey, fsck, inclusion, leaf_hash,
};

use crate::fixture::{Opened, create, key, open_ledger, plain, sealed, simulated_place};
use crate::simulated::SimulatedDisk;

const FIRST: &str = "/institution/ledger/segments/00000000000000000000.entries";
const SEGMENT: &str = "/institution/ledger/segments/00000000000000000256.entries";
const CHECKPOINT: &str = "/institution/ledger/checkpoint";
const REGISTER: &str = "/institution/elsewhere/register";
const TAIL: &str = "/institution/ledger/segments/00000000000000000512.entries";

/// A log of 600 entries in three segments, entered in groups of 50, a payload in every fifth.
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
    for group in drafts.chunks(50) {
        // The writer waits behind the first until the others are queued, so that batches are the same in every run: one
        // entry, and then those that are left, as far as the segment has room for them.
        let ((entered, first), (release, held)) = (mpsc::channel(), mpsc::channel::<()>());
        let (sender, answers) = mpsc::channel();
        let answer = move |answer: dualtrack_ledger::Answer| {
            let _ = entered.send(answer.map(|_| ()));
            let _ = held.recv();
        };
        opened.ledger.append_then(group[0].clone(), answer).unwrap();
        first.recv().unwrap().unwrap();
        for draft in &group[1..] {
            let sender = sender.clone();
            let answer = move |answer| drop(sender.send(answer));
            opened.ledger.append_then(draft.clone(), answer).unwrap();
        }
        drop((release, sender));
        assert_eq!(answers.iter().map(Result::unwrap).count(), group.len() - 1);
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
    assert_eq!(answers(&disk), (forked(600, REGISTER), forked(600, CHECKPOINT)));
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
    assert_eq!(answers(&disk), (behind(600, 650, REGISTER), behind(600, 650, CHECKPOINT)));
    // By its last batch alone, which ends a segment or stands in the middle of one.
    for (entries, left) in [(512, 501), (550, 512), (600, 551)] {
        let disk = log_of(1, entries);
        let path = Path::new(if entries == 512 { SEGMENT } else { TAIL });
        disk.tamper(path, |bytes| bytes.truncate(batches(bytes).last().unwrap().start));
        let expected = (behind(left, entries, REGISTER), behind(left, entries, CHECKPOINT));
        assert_eq!(answers(&disk), expected, "{entries}");
    }
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
    assert_eq!(missing(512), (behind(512, 600, REGISTER), behind(512, 600, CHECKPOINT)));
}

#[test]
fn payloads_that_were_changed_swapped_or_taken_are_named() {
    let vault = "/institution/ledger/segments/00000000000000000256.vault";
    let expected = format!(
        "`{vault}` is damaged at entry 256: the payloads of its batch are damaged; restore it from a backup and run fsck"
    );
    let changed = tampered(vault, |bytes| bytes[100] ^= 1);
    assert_eq!(answers(&changed).1, expected);
    let length = 4 + u32::from_be_bytes(changed.bytes(Path::new(vault))[52..56].try_into().unwrap()) as usize;
    let swapped = tampered(vault, |bytes| bytes[52..52 + 2 * length].rotate_left(length));
    assert_eq!(answers(&swapped).1, expected);
    let gone = log_of(1, 600);
    gone.remove(Path::new("/institution/ledger/segments/00000000000000000512.vault")).unwrap();
    let (opened, found) = answers(&gone);
    let vault = vault.replace("256", "512");
    assert_eq!(opened, damaged(&vault, 551, "the payloads of its batch are damaged"));
    assert_eq!(found, damaged(&vault, 512, "it is missing"));
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
    // Deleting the file lets nobody in while the first writes, nor does a file that is made in its place.
    let lock = place.root.join("lock");
    for made_anew in [false, true] {
        std::fs::remove_file(&lock).unwrap();
        if made_anew {
            std::fs::write(&lock, "").unwrap();
        }
        let refused = open_ledger(&files, &place).err().unwrap().to_string();
        assert!(refused.contains("of an unknown id writes to this log; only one may"), "{refused}");
        if !made_anew {
            std::fs::write(&lock, "").unwrap();
        }
    }
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

/// Where the batches of a segment lie in its file, of each the first byte and that behind its commit.
fn batches(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut start, mut at) = (Vec::new(), 52, 52);
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        if length == u32::MAX {
            at += usize::from(u16::from_be_bytes(bytes[at + 8..at + 10].try_into().unwrap()));
            found.push(start..at);
            start = at;
        } else {
            at += 4 + length as usize;
        }
    }
    found
}

/// Makes the sums of the first batch fit again, as somebody does who knows the format; the tree stays what was signed.
fn sum_anew(bytes: &mut [u8], vault: Option<&[u8]>) {
    let batch = batches(bytes)[0].clone();
    let mut commit = batch.start;
    while bytes[commit] != 0xff {
        commit += 4 + u32::from_be_bytes(bytes[commit..commit + 4].try_into().unwrap()) as usize;
    }
    let records = crc32c::crc32c(&bytes[batch.start..commit]);
    let number = |bytes: &[u8], at: usize| {
        usize::try_from(u64::from_be_bytes(bytes[commit + at..commit + at + 8].try_into().unwrap())).unwrap()
    };
    if let Some(vault) = vault {
        let (from, length) = (number(bytes, 42), number(bytes, 50));
        let sum = crc32c::crc32c(&vault[from..from + length]);
        bytes[commit + 58..commit + 62].copy_from_slice(&sum.to_be_bytes());
    }
    bytes[commit + 62..commit + 66].copy_from_slice(&records.to_be_bytes());
    let sum = crc32c::crc32c(&bytes[commit..batch.end - 4]);
    bytes[batch.end - 4..batch.end].copy_from_slice(&sum.to_be_bytes());
}

fn damaged(path: &str, entry: u64, what: &str) -> String {
    format!("`{path}` is damaged at entry {entry}: {what}; restore it from a backup and run fsck")
}

fn behind(size: u64, signed: u64, seen: &str) -> String {
    format!(
        "the log holds {size} entries, but {signed} were signed for according to `{seen}`: entries were lost or an \
         old backup was put back; nothing is signed until the missing ones are restored"
    )
}

fn forked(size: u64, seen: &str) -> String {
    format!(
        "the first {size} entries are not those that were signed for according to `{seen}`: the log was rewritten; nothing is signed"
    )
}

fn not_signed(what: &str) -> String {
    format!("`{REGISTER}` is not a checkpoint that this log signed: {what}")
}

#[test]
fn an_edited_entry_with_fitting_sums_is_named() {
    for (path, first) in [(FIRST, 0), (SEGMENT, 256), (TAIL, 512)] {
        let disk = tampered(path, |bytes| {
            let at = find(bytes, b"assistant");
            bytes[at] = b'A';
            sum_anew(bytes, None);
        });
        let expected = damaged(path, first, "an entry of this batch was changed, added or taken away");
        let (opened, found) = answers(&disk);
        assert_eq!(found, expected);
        // Of segments that are closed, opening reads the ends; who reads such an entry sees that no proof leads to it.
        assert_eq!(opened, if path == TAIL { expected } else { "opens".into() });
        if path != TAIL {
            let reader = Reader::open(disk.shared(), &simulated_place().root).unwrap();
            let proof = reader.prove_inclusion(first, 600).unwrap();
            let entry = leaf_hash(&reader.entry(first).unwrap());
            assert!(inclusion(first, 600, entry, &proof, reader.frontier().root()).is_err());
        }
    }
}

#[test]
fn swapped_payloads_with_fitting_sums_are_named_by_their_entries() {
    // The batch of entries 512 to 549 keeps payloads of 514, 519, ...; all of the same length.
    let (disk, vault) = (log_of(1, 600), TAIL.replace("entries", "vault"));
    let length = 4 + u32::from_be_bytes(disk.bytes(Path::new(&vault))[52..56].try_into().unwrap()) as usize;
    disk.tamper(Path::new(&vault), |bytes| bytes[52..52 + 2 * length].rotate_left(length));
    let payloads = disk.bytes(Path::new(&vault));
    disk.tamper(Path::new(TAIL), |bytes| sum_anew(bytes, Some(&payloads)));
    let found = check(&disk).wrong;
    let what = "its payload is missing or changed";
    assert_eq!(found, [damaged(TAIL, 514, what), damaged(TAIL, 519, what)]);
}

#[test]
fn batches_that_were_dropped_doubled_or_swapped_are_named() {
    for (path, [first, second, third, last]) in [(FIRST, [0, 1, 50, 251]), (SEGMENT, [256, 300, 301, 501])] {
        let what = "it does not continue what stands before it";
        let dropped = tampered(path, |bytes| drop(bytes.drain(batches(bytes)[1].clone())));
        let doubled = tampered(path, |bytes| {
            let again = bytes[batches(bytes)[1].clone()].to_vec();
            let at = batches(bytes)[1].start;
            drop(bytes.splice(at..at, again));
        });
        let swapped = tampered(path, |bytes| {
            let (one, two) = (batches(bytes)[0].clone(), batches(bytes)[1].clone());
            bytes[one.start..two.end].rotate_left(one.len());
        });
        for (disk, entry) in [(dropped, second), (doubled, third), (swapped, first)] {
            // Of closed segments opening reads the ends.
            assert_eq!(answers(&disk), ("opens".into(), damaged(path, entry, what)));
        }
        let ended = tampered(path, |bytes| bytes.truncate(batches(bytes).last().unwrap().start));
        let expected = format!(
            "the segment with the entries from {last} on is missing from `/institution/ledger/segments`; restore it from a backup"
        );
        assert_eq!(answers(&ended), (expected.clone(), expected));
    }
}

#[test]
fn the_header_of_either_file_of_a_segment_is_checked() {
    for (path, first) in [(FIRST, 0), (SEGMENT, 256), (TAIL, 512)] {
        let expected = damaged(path, first, "its header is damaged");
        assert_eq!(answers(&tampered(path, |bytes| bytes[9] ^= 1)), (expected.clone(), expected));
        let vault = path.replace("entries", "vault");
        let disk = tampered(&vault, |bytes| bytes[9] ^= 1);
        assert_eq!(answers(&disk), ("opens".into(), damaged(&vault, first, "its header is damaged")));
        // Even one in which nothing lies has its place.
        let disk = log_of(1, 600);
        disk.remove(Path::new(&vault)).unwrap();
        assert_eq!(answers(&disk).1, damaged(&vault, first, "it is missing"));
    }
}

#[test]
fn a_fork_of_the_same_or_a_greater_size_is_refused_by_the_register() {
    let expected = forked(600, REGISTER);
    let register = log_of(1, 600).bytes(Path::new(REGISTER));
    for size in [600, 601, 700] {
        let fork = log_of(2, size);
        fork.tamper(Path::new(REGISTER), |bytes| bytes.clone_from(&register));
        assert_eq!(answers(&fork), (expected.clone(), expected.clone()), "{size}");
    }
    let shorter = log_of(2, 599);
    shorter.tamper(Path::new(REGISTER), |bytes| bytes.clone_from(&register));
    assert_eq!(answers(&shorter), (behind(599, 600, REGISTER), behind(599, 600, REGISTER)));
}

#[test]
fn a_whole_old_backup_beside_the_register_is_refused_and_nothing_in_it_is_changed() {
    let disk = log_of(1, 300);
    let backup = disk.copy();
    enter(&disk, 2, 100);
    backup.tamper(Path::new(REGISTER), |bytes| *bytes = disk.bytes(Path::new(REGISTER)));
    let files = |disk: &SimulatedDisk| -> Vec<_> {
        disk.paths().into_iter().map(|path| (disk.bytes(&path), path)).collect()
    };
    let before = files(&backup);
    assert_eq!(answers(&backup), (behind(300, 400, REGISTER), behind(300, 400, REGISTER)));
    assert!(files(&backup) == before, "a log that is refused is left as it is");
}

#[test]
fn a_register_that_is_missing_anothers_or_no_checkpoint_is_refused_in_words() {
    let empty = |origin: &str| format!("{origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    let another = SigningKey::from_seed("bank.example/ledger", &[8; 32]).unwrap();
    let disk = log_of(1, 600);
    let note = "this is not a signed note: a text, an empty line, and lines of signatures";
    for (register, what) in [
        (another.sign(&empty("bank.example/ledger")).into_bytes(), "no key that you trust has signed this"),
        (key().sign(&empty("bank.example/other")).into_bytes(), "it is of the log `bank.example/other`"),
        (
            key().sign("words\n").into_bytes(),
            "this is not a checkpoint: a line each of origin, size and root",
        ),
        (b"nothing".to_vec(), note),
        (Vec::new(), note),
        (vec![0xff, 0], "it is not text"),
    ] {
        disk.tamper(Path::new(REGISTER), |bytes| *bytes = register);
        assert_eq!(answers(&disk), (not_signed(what), not_signed(what)));
    }
    disk.remove(Path::new(REGISTER)).unwrap();
    let what = "the register is missing; restore it from its backup, or name where it lies";
    assert_eq!(answers(&disk), (not_signed(what), not_signed("it is missing")));
}

#[test]
fn a_changed_tile_spoils_what_is_served_until_it_is_deleted_but_not_what_is_signed() {
    let tile = "/institution/ledger/tile/0/000";
    let named = format!("`{tile}` does not hold the hashes of the entries; it is derived: delete it");
    let disk = log_of(1, 300);
    let old = disk.bytes(Path::new(REGISTER));
    enter(&disk, 2, 300);
    disk.tamper(Path::new(tile), |bytes| bytes[0] ^= 1);
    // A reader relies on tiles of closed segments: its root is another, and clients with a checkpoint notice.
    let reader = Reader::open(disk.shared(), &simulated_place().root).unwrap();
    assert_ne!(reader.root_at(600).unwrap(), reader.frontier().root());
    // The log is not called rewritten for it: not when the register lags, and not when the next segment is closed.
    disk.tamper(Path::new(REGISTER), |bytes| *bytes = old);
    assert_eq!(check(&disk).wrong, std::slice::from_ref(&named));
    enter(&disk, 3, 300);
    assert_eq!(check(&disk).wrong, [named]);
    disk.remove(Path::new(tile)).unwrap();
    let found = check(&disk);
    assert_eq!((found.wrong, found.entries), (Vec::new(), 900));
}
