//! Erasing a person: what they said is in no file, and nothing else breaks.

use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dualtrack_ledger::seal::{Content, Sealed, key_of};
use dualtrack_ledger::{Disk, Draft, ERASURE, Entry, FileSystem, KeyStore, Reader, fsck};
use serde_json::json;

use crate::fixture::{
    check_kept, create, key, keys_path, open_ledger, place, plain, sealed, simulated_place, statement,
};
use crate::simulated::{Chance, SimulatedDisk};

const SECRET: &str = "the planted secret of Ms Nobody";

fn erasure(sequence: u64, subject: &str, keys: &Mutex<KeyStore>) -> Draft {
    let id = keys.lock().unwrap().id_of(subject).unwrap();
    let mut statement = statement(sequence);
    statement.kind = ERASURE;
    statement.clear = [("targets".to_owned(), json!([id.to_string()]))].into();
    Draft::new(statement, Vec::new()).unwrap()
}

/// Whether any file below a folder holds these bytes.
fn found_in(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(found_in(&path, bytes));
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

#[test]
fn after_an_erasure_the_plaintext_and_its_key_are_in_no_file_and_all_proofs_hold() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    create(&files, &place);
    let opened = open_ledger(&files, &place).unwrap();
    let erased = opened.ledger.append(sealed(1, "Ms Nobody", SECRET, &opened.keys).unwrap()).unwrap();
    let other = opened.ledger.append(sealed(2, "Mr Other", "else", &opened.keys).unwrap()).unwrap();
    assert_eq!(found_in(folder.path(), SECRET.as_bytes()), Vec::<String>::new(), "only sealed");
    assert_eq!(found_in(folder.path(), b"Ms Nobody"), ["subjects"]);
    let backup = std::fs::read(keys_path(&place)).unwrap();
    let line = String::from_utf8(backup.clone()).unwrap();
    let line = line.lines().find(|line| line.ends_with("Ms Nobody")).unwrap();
    let secret_key = line.split(' ').nth(2).unwrap().to_owned();

    opened.ledger.append(erasure(3, "Ms Nobody", &opened.keys)).unwrap();
    assert_eq!(found_in(folder.path(), secret_key.as_bytes()), Vec::<String>::new());
    assert_eq!(found_in(folder.path(), b"Ms Nobody"), Vec::<String>::new());
    let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
    check_kept(&reader, &opened.keys, &other);
    let entry = Entry::parse(erased.entry()).unwrap();
    let payload = reader.payload(0, &entry.payloads[0].reference).unwrap().unwrap();
    assert!(opened.keys.lock().unwrap().find(key_of(&payload).unwrap()).is_none());
    opened.ledger.close().unwrap();
    let found = fsck(&files, &place, &[key().verifier().clone()], |_| true).unwrap();
    assert_eq!((found.wrong, found.payloads), (Vec::new(), 2));

    // A backup of the keys from before is put back: opening the log destroys the key again.
    std::fs::write(keys_path(&place), backup).unwrap();
    assert_eq!(found_in(folder.path(), secret_key.as_bytes()), ["subjects"]);
    let opened = open_ledger(&files, &place).unwrap();
    assert_eq!(found_in(folder.path(), secret_key.as_bytes()), Vec::<String>::new());
    assert!(opened.keys.lock().unwrap().id_of("Mr Other").is_some());
}

#[test]
fn whenever_the_power_fails_an_acknowledged_erasure_stays_one() {
    for calls in 0..80 {
        let mut chance = Chance(calls);
        let (place, disk) = (simulated_place(), SimulatedDisk::new());
        create(&disk.shared(), &place);
        let opened = open_ledger(&disk.shared(), &place).unwrap();
        opened.ledger.append(sealed(1, "person", SECRET, &opened.keys).unwrap()).unwrap();
        let other = opened.ledger.append(sealed(2, "other", "else", &opened.keys).unwrap()).unwrap();
        disk.crash_after(calls);
        let erased = opened.ledger.append(erasure(3, "person", &opened.keys)).is_ok();
        let _ = opened.ledger.append(plain(4));
        let _ = opened.ledger.close();
        let files = disk.after_crash(&mut chance).shared();
        let opened = open_ledger(&files, &place).unwrap_or_else(|error| panic!("call {calls}: {error}"));
        let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
        check_kept(&reader, &opened.keys, &other);
        let gone = opened.keys.lock().unwrap().id_of("person").is_none();
        let entered = reader.size() > 2;
        assert!(gone || !erased, "call {calls}: an acknowledged erasure came back");
        assert_eq!(gone, entered, "call {calls}: an erasure that is in the log is applied");
    }
}

/// What may be read of a person in any file: their name in the store of keys, and nothing else.
#[test]
fn what_is_sealed_stands_in_no_file_in_clear_or_encoded() {
    let [subject, field, more] = ["marker-of-the-subject", "marker-of-the-field", "marker-of-the-rest"];
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    create(&files, &place);
    let opened = open_ledger(&files, &place).unwrap();
    let subject_key = opened.keys.lock().unwrap().key_for(subject).unwrap();
    let said = statement(1);
    let content = Content { fields: vec![("answer".into(), json!(field))], more: json!({ "prompt": more }) };
    let payload = Sealed::new(content, &subject_key, said.id, "records").unwrap();
    opened.ledger.append(Draft::new(said, vec![payload]).unwrap()).unwrap();
    // Beyond the border of a segment, so that one is closed and tiles are written.
    opened.ledger.append_all((2..=300).map(plain).collect()).unwrap();
    let seen = |marker: &str| {
        let encoded = STANDARD.encode(marker);
        [
            found_in(folder.path(), marker.as_bytes()),
            found_in(folder.path(), encoded.trim_end_matches('=').as_bytes()),
        ]
        .concat()
    };
    assert_eq!((seen(field), seen(more)), (Vec::new(), Vec::new()));
    assert_eq!(seen(subject), ["subjects"]);
    opened.ledger.append(erasure(301, subject, &opened.keys)).unwrap();
    opened.ledger.close().unwrap();
    assert_eq!([seen(field), seen(more), seen(subject)].concat(), Vec::<String>::new());
}

/// Opens the log with the keys from before the erasure, the power failing after this many calls; whether it opened.
fn reopen(disk: &SimulatedDisk, calls: u64) -> bool {
    disk.crash_after(calls);
    open_ledger(&disk.shared(), &simulated_place()).is_ok()
}

#[test]
fn keys_from_before_an_erasure_are_destroyed_before_the_log_opens_whenever_the_power_fails() {
    let (place, disk) = (simulated_place(), SimulatedDisk::new());
    create(&disk.shared(), &place);
    let opened = open_ledger(&disk.shared(), &place).unwrap();
    opened.ledger.append(sealed(1, "person", SECRET, &opened.keys).unwrap()).unwrap();
    let other = opened.ledger.append(sealed(2, "other", "else", &opened.keys).unwrap()).unwrap();
    opened.ledger.close().unwrap();
    let before = [keys_path(&place), place.register.clone(), place.root.join("checkpoint")];
    let before = before.map(|path| (disk.bytes(&path), path));
    let opened = open_ledger(&disk.shared(), &place).unwrap();
    opened.ledger.append(erasure(3, "person", &opened.keys)).unwrap();
    opened.ledger.close().unwrap();
    assert_ne!(disk.bytes(&place.register), before[1].0);
    for (backup, path) in &before {
        disk.tamper(path, |bytes| bytes.clone_from(backup));
    }
    let published = &before[1].0;
    let mut calls = 0;
    loop {
        let copy = disk.copy();
        let whole = reopen(&copy, calls);
        let gone = |disk: &SimulatedDisk| {
            let keys = KeyStore::open(disk.shared(), &keys_path(&place)).unwrap();
            assert!(keys.id_of("other").is_some(), "call {calls}");
            keys.id_of("person").is_none()
        };
        for seed in 0..4 {
            let after = copy.after_crash(&mut Chance(seed));
            assert!(gone(&after) || !whole, "call {calls}: the log opened with a key that was erased");
            // Signing begins after the keys are gone.
            assert!(gone(&after) || &after.bytes(&place.register) == published, "call {calls}");
            let files = after.shared();
            let opened = open_ledger(&files, &place).unwrap_or_else(|error| panic!("call {calls}: {error}"));
            assert!(opened.keys.lock().unwrap().id_of("person").is_none(), "call {calls}");
            check_kept(&Reader::open(files, &place.root).unwrap(), &opened.keys, &other);
        }
        if whole {
            break;
        }
        calls += 1;
    }
    assert!(calls > 30, "only {calls} calls were tried");
}
