//! Every command, done at least once at a real desk; then the index is made anew and must come out the same.
//!
//! Which commands there are is read from their schema: one that is added and not tried here fails the test.

use std::collections::BTreeSet;

use dualtrack_governance::Command;
use dualtrack_inventory::Kind;

use crate::bank::Bank;
use crate::tried::one_of_everything;

/// The names of all commands.
fn commands() -> BTreeSet<String> {
    let schema = schemars::schema_for!(Command).to_value();
    let variants = schema["oneOf"].as_array().expect("a command is one of several");
    variants.iter().map(|variant| variant["properties"]["action"]["const"].as_str().unwrap().into()).collect()
}

/// Everything on record, and who did it.
async fn everything(bank: &Bank) -> (Vec<String>, u64) {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        for stored in bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            lines.extend(bank.desk.history(&stored.key).await.unwrap().iter().map(|one| format!("{one:?}")));
        }
    }
    lines.extend(bank.desk.trail(None, u64::MAX, 10_000).await.unwrap().iter().map(|one| format!("{one:?}")));
    lines.push(format!("{:?}", bank.desk.board(bank.now()).await.unwrap().lines));
    (lines, bank.reader().size())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_done_and_comes_out_the_same_when_the_index_is_made_anew() {
    let bank = Bank::founded().await;
    let mut done = one_of_everything(&bank).await;
    // It was founded by it.
    done.insert("found-record".into());
    assert_eq!(done, commands(), "each command is tried");

    assert_eq!(bank.rebuilt_difference().await, None);
    let before = everything(&bank).await;
    let bank = bank.restarted().await;
    assert_eq!(everything(&bank).await, before, "a restart changes nothing");
    assert_eq!(bank.rebuilt_difference().await, None);
}
