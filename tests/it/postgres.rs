//! The record on PostgreSQL, and PostgreSQL gone and back. Runs where `tests/postgres/run` started a server for it.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::databases;
use crate::databases::tell;
use crate::served::{Bank, Server};
use crate::trials::{is_rebuilt_equal, trail};

/// A server of PostgreSQL, as the suite starts and stops it.
struct Postgres {
    address: String,
    control: String,
}

impl Postgres {
    #[expect(clippy::disallowed_methods, reason = "the suite is told by its environment where PostgreSQL is")]
    fn of_the_suite() -> Option<Self> {
        let address = databases::postgres()?;
        let control = std::env::var("DUALTRACK_TEST_POSTGRES_CONTROL").ok()?;
        Some(Self { address, control })
    }

    /// An empty database, and its address.
    fn database(&self, name: &str) -> String {
        for statement in [format!("drop database if exists {name}"), format!("create database {name}")] {
            tell(&format!("{}/postgres", self.address), &statement).unwrap();
        }
        format!("{}/{name}", self.address)
    }

    fn told(&self, what: &str) {
        let told = Command::new(&self.control).arg(what).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    }
}

/// Started again whatever becomes of the test.
impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = Command::new(&self.control).arg("start").output();
    }
}

fn give(bank: &Bank, id: &str) -> (u16, Value) {
    let task = json!({ "id": id, "assignee": "siu-ka-lok", "what": "Look at it." });
    bank.server.post(&bank.token, "/api/v1/actions/give-task", &task)
}

fn waited_for(what: &str, mut come: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !come() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_database_that_is_gone_and_back_loses_nothing_and_enters_nothing_twice() {
    let Some(postgres) = Postgres::of_the_suite() else { return };
    let database = postgres.database("gone_and_back");
    let environment = [("DUALTRACK_DATABASE", database.as_str())];
    let mut bank = Bank::founded_on(&environment);
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    let mut note = |(status, answer): (u16, Value), id: &str| {
        assert_eq!(status, 200, "{answer}");
        acknowledged.insert(answer["entries"][0].as_u64().unwrap(), id.to_owned());
    };
    note(give(&bank, "before"), "before");

    // Between two changes: nothing reaches the ledger, and once it is back everything goes on by itself.
    postgres.told("stop");
    let begun = Instant::now();
    let (status, answer) = give(&bank, "gone");
    assert_eq!(status, 503, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("the index cannot be reached"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(15), "it took {:?} to say so", begun.elapsed());
    let (status, why) = bank.server.get("", "/readyz");
    assert_eq!(status, 503, "{why}");
    assert!(why.to_string().contains("the index cannot be reached"), "{why}");
    postgres.told("start");
    waited_for("the server", || bank.server.get("", "/readyz").0 == 200);
    note(give(&bank, "back"), "back");

    // In the middle of changes. One that was entered just then is applied by a restart, and the server says so.
    for round in 0..2 {
        let written = AtomicBool::new(false);
        let answers = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3)
                .map(|writer| {
                    let (bank, written) = (&bank, &written);
                    scope.spawn(move || {
                        let mut answers = Vec::new();
                        for number in 0_u32.. {
                            let id = format!("task-{round}-{writer}-{number}");
                            let (status, answer) = give(bank, &id);
                            answers.push((id, status, answer));
                            if status != 200 {
                                break;
                            }
                            written.store(true, Ordering::SeqCst);
                        }
                        answers
                    })
                })
                .collect();
            waited_for("a change", || written.load(Ordering::SeqCst));
            postgres.told("stop");
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        for (id, status, answer) in answers {
            if status == 200 {
                acknowledged.insert(answer["entries"][0].as_u64().unwrap(), id);
            } else {
                let detail = answer["detail"].as_str().unwrap_or_default();
                let says =
                    detail.contains("the index cannot be reached") || detail.contains("start it again");
                assert!(status == 503 && says, "{status} {answer}");
            }
        }
        postgres.told("start");
        let stopped = || bank.server.get("", "/readyz").1.to_string().contains("no changes are taken");
        waited_for("an answer", || bank.server.get("", "/readyz").0 == 200 || stopped());
        if stopped() {
            bank = bank.at(|place, before| {
                before.end();
                Server::start_with(place, "data", &environment)
            });
        }
        let (status, answer) = give(&bank, &format!("after-{round}"));
        assert_eq!(status, 200, "{answer}");
        acknowledged.insert(answer["entries"][0].as_u64().unwrap(), format!("after-{round}"));
    }

    let on_record = trail(&bank);
    for (entry, id) in &acknowledged {
        assert!(
            on_record[entry].contains(&format!("task/{id}@1\"")),
            "{entry} was acknowledged for {id}: {}",
            on_record[entry]
        );
        let times = on_record.values().filter(|documents| documents.contains(&format!("task/{id}@"))).count();
        assert_eq!(times, 1, "{id}");
    }
    assert!(
        !on_record.values().any(|documents| documents.contains("task/gone@")),
        "it was refused before the ledger"
    );
    is_rebuilt_equal(bank, &["rebuild", "data", "--database", &database]);
}
