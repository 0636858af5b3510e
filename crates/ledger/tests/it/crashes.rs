//! Losing power, failing calls and full disks: nothing acknowledged is lost, and nothing else is made up.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use dualtrack_ledger::{Acknowledged, Disk, FileSystem, KeyStore, LedgerError, Options, Reader, Refusal};

use crate::fixture::{
    check_kept, create, keys_path, open_ledger, open_with, options, place, plain, sealed, simulated_place,
};
use crate::simulated::{Chance, SimulatedDisk};

/// How many seeds: `DUALTRACK_SEEDS=100000` for a long run.
fn seeds() -> u64 {
    std::env::var_os("DUALTRACK_SEEDS").and_then(|seeds| seeds.to_str()?.parse().ok()).unwrap_or(2_000)
}

/// Enters some entries in groups, with payloads among them; what was acknowledged.
fn work(opened: &crate::fixture::Opened, chance: &mut Chance, sequence: &mut u64) -> Vec<Acknowledged> {
    let mut kept = Vec::new();
    for _ in 0..=chance.below(6) {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..=chance.below(60) {
            *sequence += 1;
            let draft = if chance.below(3) == 0 {
                sealed(*sequence, &format!("person {}", chance.below(9)), "secret", &opened.keys)
            } else {
                Some(plain(*sequence))
            };
            let Some(draft) = draft else { continue };
            let sender = sender.clone();
            let _ = opened.ledger.append_then(draft, move |answer| {
                let _ = sender.send(answer);
            });
        }
        drop(sender);
        kept.extend(receiver.iter().flatten());
    }
    kept
}

#[test]
fn whatever_part_of_unsynced_bytes_survives_a_crash_nothing_acknowledged_is_lost() {
    let next = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= seeds() {
                        return;
                    }
                    survive(seed);
                }
            });
        }
    });
}

fn survive(seed: u64) {
    let mut chance = Chance(seed);
    let place = simulated_place();
    let mut disk = SimulatedDisk::new();
    create(&disk.shared(), &place);
    let (mut kept, mut sequence) = (Vec::new(), 0);
    for _ in 0..=chance.below(3) {
        disk.crash_after(10 + chance.below(400));
        if let Ok(opened) = open_ledger(&disk.shared(), &place) {
            kept.extend(work(&opened, &mut chance, &mut sequence));
            let _ = opened.ledger.close();
        }
        disk = disk.after_crash(&mut chance);
    }
    let files = disk.shared();
    let opened = open_ledger(&files, &place).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let last = opened.ledger.append(plain(sequence + 1)).unwrap();
    let keys = Arc::clone(&opened.keys);
    opened.ledger.close().unwrap();
    let reader = Reader::open(files, &place.root).unwrap();
    assert_eq!(reader.size(), last.index + 1);
    let mut entries = Vec::new();
    let read = reader.entries(0..reader.size(), |_, entry| {
        entries.push(entry.to_vec());
        Ok::<(), LedgerError>(())
    });
    read.unwrap();
    for one in &kept {
        assert_eq!(
            entries[usize::try_from(one.index).unwrap()],
            one.entry(),
            "seed {seed}: entry {}",
            one.index
        );
    }
    // Proofs and payloads of some; those of all would take most of the time.
    for one in kept.iter().step_by(1 + kept.len() / 6) {
        check_kept(&reader, &keys, one);
    }
}

#[test]
fn a_crash_while_a_log_is_begun_can_be_begun_again() {
    for seed in 0..300 {
        let mut chance = Chance(seed);
        let place = simulated_place();
        let disk = SimulatedDisk::new();
        disk.crash_after(chance.below(40));
        let _ = dualtrack_ledger::Ledger::create(&disk, &place, crate::fixture::signers());
        let files = disk.after_crash(&mut chance).shared();
        match dualtrack_ledger::Ledger::create(files.as_ref(), &place, crate::fixture::signers()) {
            Ok(()) | Err(LedgerError::Exists(_)) => {}
            Err(error) => panic!("seed {seed}: {error}"),
        }
        KeyStore::create(files.as_ref(), &keys_path(&place)).unwrap();
        open_ledger(&files, &place).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
}

#[test]
fn a_call_that_fails_stops_the_log_and_loses_nothing() {
    let mut at = 0;
    loop {
        let place = simulated_place();
        let disk = SimulatedDisk::new();
        let files = disk.shared();
        create(&files, &place);
        disk.fail_after(at);
        let mut chance = Chance(at);
        let mut kept = Vec::new();
        if let Ok(opened) = open_ledger(&files, &place) {
            for sequence in 1..=3 {
                let one = sealed(sequence, "person", "secret", &opened.keys);
                kept.extend(one.and_then(|draft| opened.ledger.append(draft).ok()));
            }
            let _ = opened.ledger.close();
        }
        if !disk.failed() {
            assert!(at > 40, "only {at} calls were tried");
            return;
        }
        for disk in [disk.copy(), disk.after_crash(&mut chance)] {
            let files = disk.shared();
            let opened = open_ledger(&files, &place).unwrap_or_else(|error| panic!("call {at}: {error}"));
            let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
            for one in &kept {
                check_kept(&reader, &opened.keys, one);
            }
        }
        at += 1;
    }
}

#[test]
fn a_failed_sync_is_never_tried_again() {
    let (place, disk) = (simulated_place(), SimulatedDisk::new());
    let files = disk.shared();
    create(&files, &place);
    let opened = open_ledger(&files, &place).unwrap();
    opened.ledger.append(plain(1)).unwrap();
    // Let the publisher come to rest, so that the failing call is one of the writer's.
    std::thread::sleep(Duration::from_millis(150));
    disk.crash_after(0);
    assert!(matches!(opened.ledger.append(plain(2)), Err(Refusal::Stopped(_))));
    disk.crash_after(u64::MAX >> 1);
    assert!(matches!(opened.ledger.append(plain(3)), Err(Refusal::Stopped(_))), "it must not go on");
    assert!(opened.ledger.close().is_err());
}

#[test]
fn a_disk_that_fills_up_at_any_byte_of_a_batch_leaves_what_was_before() {
    let place = simulated_place();
    let disk = SimulatedDisk::new();
    create(&disk.shared(), &place);
    let opened = open_ledger(&disk.shared(), &place).unwrap();
    let first = opened.ledger.append(sealed(1, "person", "secret", &opened.keys).unwrap()).unwrap();
    opened.ledger.close().unwrap();
    let mut filled = 0;
    for room in (0..2_000).step_by(3) {
        let disk = disk.copy();
        let files = disk.shared();
        let opened = open_ledger(&files, &place).unwrap();
        std::thread::sleep(Duration::from_micros(100));
        disk.room(Some(room));
        let draft = sealed(2, "person", "secret", &opened.keys).unwrap();
        let answer = opened.ledger.append(draft);
        disk.room(None);
        let _ = opened.ledger.close();
        let opened = open_ledger(&files, &place).unwrap_or_else(|error| panic!("byte {room}: {error}"));
        let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
        check_kept(&reader, &opened.keys, &first);
        match answer {
            Ok(second) => check_kept(&reader, &opened.keys, &second),
            Err(_) => filled += 1,
        }
    }
    assert!(filled > 200, "the disk was full {filled} times");
}

#[test]
fn when_the_disk_is_nearly_full_that_is_entered_and_nothing_else_until_there_is_room() {
    let (place, disk) = (simulated_place(), SimulatedDisk::new());
    let files = disk.shared();
    create(&files, &place);
    let options = Options { low_water: 1_000_000, ballast: 4_096, ..options() };
    let opened = open_with(&files, &place, options).unwrap();
    opened.ledger.append(plain(1)).unwrap();
    disk.free(900_000);
    let refused = opened.ledger.append(plain(2)).unwrap_err().to_string();
    assert!(refused.starts_with("the ledger is full: only 900000 bytes are free"), "{refused}");
    assert!(matches!(opened.ledger.append(plain(2)), Err(Refusal::Full(_))));
    disk.free(9_000_000);
    assert_eq!(opened.ledger.append(plain(2)).unwrap().index, 2);
    opened.ledger.close().unwrap();
    let reader = Reader::open(files, &place.root).unwrap();
    assert!(String::from_utf8(reader.entry(1).unwrap()).unwrap().contains("\"kind\":\"ledger.full\""));
}

/// How many rounds: `DUALTRACK_KILLS=10000` for a long run.
fn rounds() -> u64 {
    std::env::var_os("DUALTRACK_KILLS").and_then(|rounds| rounds.to_str()?.parse().ok()).unwrap_or(200)
}

#[test]
fn a_process_killed_at_any_moment_has_kept_every_entry_whose_receipt_left_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    create(&files, &place);
    let mut chance = Chance(11);
    let (mut journaled, mut checked) = (0, 0);
    for round in 0..rounds() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "crashes::the_process_that_is_killed", "--nocapture"])
            .env("DUALTRACK_KILLED", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(8 + chance.below(40)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let opened = open_with(&files, &place, real_options())
            .unwrap_or_else(|error| panic!("round {round}: {error}"));
        opened.ledger.close().unwrap();
        let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
        // The last line may have been cut short by the kill.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines().filter_map(|line| line.strip_prefix("receipt ")) {
            let (index, entry) = line.split_once(' ').unwrap();
            let index: u64 = index.parse().unwrap();
            journaled += 1;
            assert_eq!(String::from_utf8(reader.entry(index).unwrap()).unwrap(), entry, "round {round}");
            checked += 1;
        }
    }
    assert_eq!(checked, journaled);
    assert!(checked > rounds(), "only {checked} receipts left the processes");
}

fn real_options() -> Options {
    Options { segment_entries: 1_024, ..options() }
}

/// Run by the test above in a process of its own, which is killed.
#[test]
#[ignore = "it writes until it is killed"]
fn the_process_that_is_killed() {
    use std::io::Write as _;
    let Some(folder) = std::env::var_os("DUALTRACK_KILLED") else { return };
    let place = place(Path::new(&folder));
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    let Ok(opened) = open_with(&files, &place, real_options()) else { return };
    let sequence = Mutex::new(0_u64);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = {
                        let mut sequence = sequence.lock().unwrap();
                        *sequence += 1;
                        *sequence
                    };
                    let draft = if number.is_multiple_of(4) {
                        sealed(number, "person", "secret", &opened.keys).unwrap()
                    } else {
                        plain(number)
                    };
                    let Ok(kept) = opened.ledger.append(draft) else { return };
                    let line = format!("receipt {} {}\n", kept.index, String::from_utf8_lossy(kept.entry()));
                    // One write a line, as a journal of another process would receive it.
                    let _ = std::io::stdout().lock().write_all(line.as_bytes());
                }
            });
        }
    });
}

#[test]
fn keys_of_people_survive_with_the_entries_that_need_them() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    create(&files, &place);
    let opened = open_ledger(&files, &place).unwrap();
    let kept = opened.ledger.append(sealed(1, "person", "secret", &opened.keys).unwrap()).unwrap();
    opened.ledger.close().unwrap();
    let keys = Mutex::new(KeyStore::open(Arc::clone(&files), &keys_path(&place)).unwrap());
    check_kept(&Reader::open(files, &place.root).unwrap(), &keys, &kept);
}
