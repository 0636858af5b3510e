//! Verifying a log that another program wrote, and each way in which somebody may have touched it.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::dualtrack::{Ran, folder, repository, run_in};

/// The log of Tessera among the published vectors, laid out in a folder, with a receipt beside it.
fn log() -> (TempDir, String) {
    let vectors = std::fs::read_to_string(repository().join("crates/ledger/tests/vectors.json")).unwrap();
    let vectors: Value = serde_json::from_str(&vectors).unwrap();
    let (log, proof) = (&vectors["groups"]["tessera_log"], &vectors["groups"]["tlog_proof"]["complete"]);
    let place = folder();
    let write = |path: &str, bytes: &[u8]| {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for path in ["tile/entries/000.p/15", "tile/0/000.p/15"] {
        write(&format!("log/{path}"), &bytes(log[format!("{path}_hex")].as_str().unwrap()));
    }
    write("log/checkpoint", log["checkpoint_by_size"][15].as_str().unwrap().as_bytes());
    write("receipt", proof["proof"].as_str().unwrap().as_bytes());
    write("entry", proof["leaf_ascii"].as_str().unwrap().as_bytes());
    (place, log["vkey"].as_str().unwrap().to_owned())
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn verify(place: &Path, key: &str, line: &str) -> Ran {
    run_in(place, ["verify", "--key", key].into_iter().chain(line.split_whitespace()))
}

#[test]
fn a_log_that_another_program_wrote_is_verified() {
    let (place, key) = log();
    assert_snapshot!(verify(place.path(), &key, "log").well().out);
    let chinese = verify(place.path(), &key, "log --language zh-hant").well().out;
    assert!(chinese.starts_with("已核實\n") && chinese.contains("沒有獨立見證人"), "{chinese}");
}

#[test]
fn a_receipt_is_verified_with_its_entry_and_no_other() {
    let (place, key) = log();
    assert_snapshot!(verify(place.path(), &key, "receipt --entry entry").well().out);
    std::fs::write(place.path().join("entry"), "sex").unwrap();
    let ran = verify(place.path(), &key, "receipt --entry entry");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_snapshot!(ran.out, @"Not verified: the entry is not number 5 of this log: the proof leads to another root");
    assert_snapshot!(verify(place.path(), &key, "receipt").refusal(), @"cannot tell without the entry that the receipt is for; name its file with --entry");
}

#[test]
fn every_changed_byte_of_a_log_is_noticed() {
    let (place, key) = log();
    for file in ["checkpoint", "tile/entries/000.p/15", "tile/0/000.p/15"] {
        let path = place.path().join("log").join(file);
        let sound = std::fs::read(&path).unwrap();
        for at in
            (0..sound.len()).step_by(if file.ends_with("/000.p/15") && file.contains("/0/") { 37 } else { 1 })
        {
            let mut changed = sound.clone();
            changed[at] ^= 1;
            std::fs::write(&path, changed).unwrap();
            let ran = verify(place.path(), &key, "log");
            assert!(matches!(ran.code, 1 | 2), "{file} {at}: {ran:?}");
            assert_eq!((ran.out + &ran.err).lines().count(), 1, "{file} {at}");
        }
        std::fs::write(&path, sound).unwrap();
    }
    verify(place.path(), &key, "log").well();
}

#[test]
fn what_is_missing_is_named() {
    let (place, key) = log();
    let entries = place.path().join("log/tile/entries/000.p/15");
    let sound = std::fs::read(&entries).unwrap();
    std::fs::write(&entries, &sound[..sound.len() - 1]).unwrap();
    assert_snapshot!(verify(place.path(), &key, "log").out, @"Not verified: `tile/entries/000.p/15` does not hold 15 whole entries");
    std::fs::remove_file(&entries).unwrap();
    assert_snapshot!(verify(place.path(), &key, "log").out, @"Not verified: `tile/entries/000.p/15` with the entries from 0 on is missing or cannot be read");
    std::fs::remove_file(place.path().join("log/checkpoint")).unwrap();
    assert_snapshot!(verify(place.path(), &key, "log").refusal(), @"`log` has no `checkpoint`; name a log's folder or address, or a receipt");
}

#[test]
fn without_a_key_that_fits_nobody_can_tell() {
    let (place, key) = log();
    let other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_snapshot!(run_in(place.path(), ["verify", "log"]).refusal(), @"cannot tell without a key that you trust; name the log's verifier key with --key NAME+HASH+KEY, or a policy with --policy");
    assert_snapshot!(verify(place.path(), other, "log").refusal(), @"cannot tell: no key that you named has signed the checkpoint; it is signed as example.com/log/testdata");
    assert_snapshot!(verify(place.path(), &key[1..], "log").refusal(), @"the key `xample.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx` cannot be used: the hash in the key does not fit its name and key: copy it whole");
}
