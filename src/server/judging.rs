//! Judgements: what every control comes to is put on record as it changes, and a newer program is held against it.

use std::sync::Arc;
use std::time::Duration;

use dualtrack_governance::Desk;

use crate::terminal::{Terminal, print};

/// Compares once, and then records for as long as the server runs.
pub(super) async fn run(desk: Arc<Desk>, terminal: Terminal) {
    match desk.compare_programs().await {
        Ok(found) if found.items.is_empty() => {}
        Ok(found) => {
            let _ = print(&format!(
                "{} {} (/api/v1/program)\n",
                terminal.say(
                    "verdicts and tiers that this program computes otherwise than the one that recorded them:",
                    "本程式的計算結果與紀錄所載不同的結論及級別數目："
                ),
                found.items.len()
            ));
        }
        Err(refusal) => crate::complain(&[format!("programs were not compared: {refusal}")]),
    }
    loop {
        if let Err(refusal) = desk.record_judgements(crate::now()).await {
            crate::complain(&[format!("judgements wait: {refusal}")]);
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// How often it is looked whether a verdict changed: by a day that passed, or by what was recorded.
const EVERY: Duration = Duration::from_mins(10);
