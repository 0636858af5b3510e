//! `dualtrack serve` when things go wrong around it: no room, a newer version, a token that is revoked meanwhile.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::databases::{database_of, meddle, postgres};
use crate::dualtrack::contents;
use crate::served::{Bank, Server, made_token, run_alone};

/// Gives a task; the entry, if that was acknowledged.
fn give(bank: &Bank, id: &str) -> Result<u64, (u16, String)> {
    let task = json!({ "id": id, "assignee": "siu-ka-lok", "what": "Look at it." });
    let (status, answer) = bank.server.post(&bank.token, "/api/v1/actions/give-task", &task);
    match answer["entries"][0].as_u64() {
        Some(entry) if status == 200 => Ok(entry),
        _ => Err((status, answer["detail"].as_str().unwrap_or_default().to_owned())),
    }
}

/// The documents of each entry on record.
pub(crate) fn trail(bank: &Bank) -> BTreeMap<u64, String> {
    let mut on_record = BTreeMap::new();
    let mut before = String::new();
    loop {
        let (status, page) = bank.server.get(&bank.token, &format!("/api/v1/trail?limit=500{before}"));
        assert_eq!(status, 200, "{page}");
        for entry in page["items"].as_array().unwrap() {
            on_record.insert(entry["entry"].as_u64().unwrap(), entry["documents"].to_string());
        }
        let Some(next) = page["next"].as_u64() else { return on_record };
        before = format!("&before={next}");
    }
}

/// Ends the server and makes the index anew, which must come out the same.
pub(crate) fn is_rebuilt_equal(bank: Bank, rebuild: &[&str]) {
    let Bank { place, server, .. } = bank;
    server.end();
    let rebuilt = run_alone(place.path(), rebuild);
    assert!(rebuilt.out.contains("equal to the one before, row for row"), "{} {}", rebuilt.out, rebuilt.err);
    let checked = run_alone(place.path(), &["ledger", "fsck", "--ledger", "data"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
}

/// A server that can make no file longer than this.
fn in_little_room(place: &Path, kibibytes: u64) -> Server {
    let mut shell = Command::new("bash");
    // A write beyond it then fails as on a full disk, in the place of ending the program.
    let script = format!("trap '' XFSZ; ulimit -f {kibibytes}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_dualtrack"), "serve", "--data", "data"]);
    shell.args(["--listen", "127.0.0.1:0"]).current_dir(place);
    if let Some(database) = database_of(place, "data") {
        shell.env("DUALTRACK_DATABASE", database);
    }
    Server::started(shell)
}

/// The length of the longest file of a data folder with this ending, in KiB.
fn longest(bank: &Bank, ending: &str) -> u64 {
    let files = contents(&bank.path("data")).into_iter();
    let of = files.filter(|(path, _)| path.to_string_lossy().ends_with(ending));
    of.map(|(_, bytes)| bytes.len() as u64).max().unwrap() / 1_024 + 1
}

/// Writes until there is no room, then again where there is.
fn goes_through_a_full_disk(bank: Bank, kibibytes: u64, why: &str) {
    let fresh = made_token(bank.place.path(), &bank.server);
    let bank = bank.at(|place, before| {
        before.end();
        in_little_room(place, kibibytes)
    });
    let mut acknowledged = BTreeMap::new();
    let (status, said) = loop {
        let id = format!("full-{}", acknowledged.len());
        match give(&bank, &id) {
            Ok(entry) => _ = acknowledged.insert(entry, id),
            Err(refused) => break refused,
        }
        assert!(acknowledged.len() < 3_000, "there is always room");
    };
    assert_eq!(status, 503, "{said}");
    assert!(said.contains(why) && said.contains("start it again"), "{said}");
    // It says so to whoever watches it, takes nothing, and still shows what there is.
    let (ready, why) = bank.server.get("", "/readyz");
    assert_eq!(ready, 503, "{why}");
    assert!(why["detail"].as_str().unwrap().contains("no changes are taken"), "{why}");
    assert_eq!(give(&bank, "another").unwrap_err().0, 503);
    let (status, uses) = bank.server.get(&fresh, "/api/v1/uses");
    assert_eq!((status, uses["total"].as_u64()), (200, Some(4)), "{uses}");

    let bank = bank.at(|place, before| {
        before.kill();
        Server::start(place, "data")
    });
    let on_record = trail(&bank);
    for (entry, id) in &acknowledged {
        assert!(on_record[entry].contains(id.as_str()), "entry {entry} was acknowledged for {id}");
    }
    assert!(!on_record.values().any(|documents| documents.contains("/another@")), "it was refused");
    give(&bank, "with-room").unwrap();
    is_rebuilt_equal(bank, &["rebuild", "data"]);
}

#[test]
fn a_disk_that_fills_up_under_the_ledger_loses_nothing_acknowledged() {
    let bank = Bank::founded();
    let room = longest(&bank, ".vault").max(longest(&bank, ".entries")) + 1;
    goes_through_a_full_disk(bank, room, ".vault`");
}

#[test]
fn a_disk_that_fills_up_under_the_index_loses_nothing_acknowledged() {
    if postgres().is_some() {
        // The room of a database on its own machine is not ours to take away.
        return;
    }
    let bank = Bank::founded();
    // The log of SQLite grows faster than the ledger.
    let room = longest(&bank, ".vault").max(longest(&bank, ".entries")) + 600;
    goes_through_a_full_disk(bank, room, "the index cannot be reached");
}

/// Raises the version of a group of tables, as a newer program would have.
fn made_newer(place: &Path, tables: &str) {
    meddle(place, tables, "insert into shape (version) values (99)");
}

/// The files that differ.
fn changed(one: &[(std::path::PathBuf, Vec<u8>)], two: &[(std::path::PathBuf, Vec<u8>)]) -> Vec<String> {
    let of = one.iter().chain(two).filter(|file| !(one.contains(file) && two.contains(file)));
    of.map(|(path, _)| path.display().to_string()).collect()
}

/// What a data folder holds, without what says who holds it.
fn held(place: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = contents(&place.join("data"));
    files.retain(|(path, _)| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // How far erasures were looked at is noted whenever a ledger is opened.
        name != "lock" && name != "subjects" && !name.ends_with("-shm") && !name.ends_with("-wal")
    });
    files
}

#[test]
fn tables_of_a_newer_version_are_refused_in_one_line_and_left_as_they_are() {
    let Bank { place, server, token } = Bank::founded();
    server.end();
    made_newer(place.path(), "dualtrack_index");
    let before = held(place.path());
    let serve = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    let refused = run_alone(place.path(), &serve);
    let said = refused.refusal();
    assert!(said.starts_with("the index is of version 99; this program knows up to "), "{said}");
    assert!(said.ends_with(": run the newer program, or `dualtrack rebuild`"), "{said}");
    assert_eq!(changed(&held(place.path()), &before), Vec::<String>::new());
    // What it advises helps.
    let rebuilt = run_alone(place.path(), &["rebuild", "data"]);
    assert_eq!(rebuilt.code, 0, "{}", rebuilt.err);
    assert!(rebuilt.out.contains("the one before could not be read"), "{}", rebuilt.out);
    let bank = Bank { server: Server::start(place.path(), "data"), place, token };
    give(&bank, "after-the-rebuild").unwrap();
    let Bank { place, server, .. } = bank;
    server.end();

    // What is not rebuilt takes the newer program, or the backup.
    made_newer(place.path(), "dualtrack_operations");
    let before = held(place.path());
    for arguments in [&serve[..], &["rebuild", "data"]] {
        let refused = run_alone(place.path(), arguments);
        let said = refused.refusal();
        assert!(said.starts_with("the tables of accounts and sessions are of version 99;"), "{said}");
        assert!(said.ends_with(": run the newer program"), "{said}");
    }
    assert_eq!(changed(&held(place.path()), &before), Vec::<String>::new());
}

#[test]
fn a_token_that_is_revoked_meanwhile_does_nothing_from_then_on() {
    let bank = Bank::founded();
    let token = bank.token_of("mok-lai-sheung");
    let (status, tokens) = bank.server.get(&token, "/api/v1/me/tokens");
    assert_eq!(status, 200, "{tokens}");
    let id = tokens[0]["id"].as_str().unwrap();
    let going_on = AtomicBool::new(true);
    let (revoked, answers) = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (bank, token, going_on) = (&bank, &token, &going_on);
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    let mut after = 0;
                    while after < 3 {
                        if !going_on.load(Ordering::SeqCst) {
                            after += 1;
                        }
                        let number = answers.len();
                        let id = format!("run-{writer}-{number}");
                        let task = json!({ "id": id, "assignee": "siu-ka-lok", "what": "Look at it." });
                        let begun = Instant::now();
                        let (status, answer) = bank.server.post(token, "/api/v1/actions/give-task", &task);
                        answers.push((begun, id, status, answer));
                    }
                    answers
                })
            })
            .collect();
        // In the middle: some were done, more are under way.
        let begun = Instant::now();
        while bank.server.get(&bank.token, "/api/v1/tasks").1["items"].as_array().map_or(0, Vec::len) < 10 {
            assert!(begun.elapsed() < Duration::from_mins(1), "nothing is written");
        }
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let address = format!("{}/api/v1/me/tokens/{id}", bank.address());
        let answer = agent.delete(address).header("authorization", format!("Bearer {token}")).call().unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        let revoked = Instant::now();
        going_on.store(false, Ordering::SeqCst);
        let answers: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        (revoked, answers)
    });
    let on_record = trail(&bank);
    let mut refused_after = 0;
    for (begun, id, status, answer) in answers {
        let there = on_record.values().any(|documents| documents.contains(&format!("task/{id}@")));
        assert_eq!(there, status == 200, "{id}: {answer}");
        if begun > revoked {
            refused_after += 1;
            assert_eq!(status, 401, "{id}: {answer}");
        }
        if status != 200 {
            assert!(answer["detail"].as_str().unwrap().contains("was revoked"), "{answer}");
        }
    }
    assert!(refused_after >= 3, "nothing was asked after it was revoked");
    is_rebuilt_equal(bank, &["rebuild", "data"]);
}

#[test]
fn a_file_that_is_too_long_leaves_nothing_behind() {
    let bank = Bank::founded();
    let token = bank.token_of("wong-ka-wing");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let upload = |bytes: &[u8]| {
        let mut answer = agent
            .post(format!("{}/api/v1/files", bank.address()))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream")
            .send(bytes)
            .unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str::<Value>(&text).unwrap())
    };
    let most = 16 << 20;
    let (status, answer) = upload(&vec![7; most + 1]);
    assert_eq!(status, 413, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("at most 16 MiB"), "{answer}");
    assert!(!bank.path("data/files").exists() || contents(&bank.path("data/files")).is_empty());
    let (status, answer) = upload(&vec![7; most]);
    assert_eq!(status, 201, "{answer}");
    let kept = contents(&bank.path("data/files"));
    // One file, sealed.
    assert!(kept.len() == 1 && kept[0].1.len() >= most, "{}", kept.len());
    bank.end();
}
