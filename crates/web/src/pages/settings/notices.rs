//! Where notices are posted, and what was or waits to be sent: as the API shows it, to whoever sets it up.

use axum::response::Response;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use dualtrack_store::operations::OutgoingState;
use jiff::Timestamp;

use super::super::PageRoute;
use super::super::notices::outgoing_badge;
use super::super::reader::Reader;
use super::super::uses::files;
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;
use crate::who::unavailable;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/settings/webhooks", Needs::Action("write-webhook"), show)]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "write-webhook").await?;
    let mut screen = Screen::new(words.say("settings-webhooks"), words.say("settings-webhooks-about"));
    let operations = reader.web.desk.store().operations();
    let webhooks = operations.webhooks().await.map_err(unavailable)?;
    let rows = webhooks.into_iter().map(|webhook| {
        let kinds = if webhook.kinds.is_empty() {
            Cell::text(words.say("webhook-all"))
        } else {
            Cell::Lines(webhook.kinds.into_iter().map(Cell::Code).collect())
        };
        Row::new(vec![Cell::Code(webhook.id), Cell::text(webhook.url), kinds])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("settings-webhooks"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-id")),
            Column::new(words.say("webhook-address")),
            Column::new(words.say("webhook-kinds")),
        ],
        rows: rows.collect(),
        empty: words.say("webhooks-nothing"),
        files: files(&reader),
        ..Grid::default()
    }));
    let outgoing = operations.outgoing(None, MOST).await.map_err(unavailable)?;
    let rows = outgoing.into_iter().map(|one| {
        let due = Timestamp::from_millisecond(one.due).map(|at| words.instant(at)).unwrap_or_default();
        Row::new(vec![
            Cell::Code(one.id),
            Cell::text(words.say(&format!("channel-{}", one.channel))),
            Cell::text(one.target),
            Cell::Badge(outgoing_badge(&reader, one.state)),
            Cell::text(words.whole(u64::try_from(one.attempts).unwrap_or_default())),
            Cell::text(if matches!(one.state, OutgoingState::Waiting) { due } else { String::new() }),
            Cell::text(one.said.unwrap_or_default()),
        ])
    });
    screen.section(words.say("outgoing-title"), "outgoing");
    screen.put(Block::Grid(Grid {
        caption: words.say("outgoing-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-id")),
            Column::new(words.say("outgoing-channel")),
            Column::new(words.say("outgoing-target")),
            Column::new(words.say("head-state")),
            Column::number(words.say("outgoing-attempts")),
            Column::new(words.say("outgoing-next")),
            Column::new(words.say("outgoing-said")),
        ],
        rows: rows.collect(),
        empty: words.say("outgoing-nothing"),
        ..Grid::default()
    }));
    reader.page(screen).await
}

const MOST: i64 = 200;
