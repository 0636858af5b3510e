//! The audit trail: who did what, newest first.

use axum::response::Response;
use dualtrack_inventory::Key;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Pager, Row, Screen};
use dualtrack_store::Trail;
use jiff::Timestamp;

use super::reader::Reader;
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/trail", Needs::Action("view-audit-trail"), show)]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "view-audit-trail").await?;
    let of: Option<Key> = reader.query("of").and_then(|of| of.parse().ok());
    let before = reader.query("before").and_then(|before| before.parse().ok()).unwrap_or(u64::MAX);
    let most = if reader.query("format").is_some() { 5_000 } else { super::uses::ON_PAGE };
    let found = reader.web.desk.trail(of.as_ref(), before, most).await;
    let found = found.map_err(|refusal| reader.refused(&refusal))?;
    let mut screen = Screen::new(words.say("nav-trail"), words.say("trail-lead"));
    let rows = found.iter().map(|entry| Row {
        id: format!("entry-{}", entry.place),
        class: "",
        cells: vec![
            Cell::link(words.whole(entry.place), format!("/ledger/entries/{}", entry.place)),
            Cell::text(when(reader.words, entry)),
            Cell::text(action(&reader, entry)),
            actor(&reader, entry),
            Cell::Lines(documents(entry, 6)),
        ],
    });
    let last = found.last().map(|entry| entry.place).filter(|_| found.len() == most);
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-trail"),
        quiet: true,
        columns: vec![
            Column::number(words.say("head-entry")),
            Column::new(words.say("head-when")),
            Column::new(words.say("head-action")),
            Column::new(words.say("head-who")),
            Column::new(words.say("head-documents")),
        ],
        rows: rows.collect(),
        empty: words.say("trail-nothing"),
        pager: Some(Pager {
            shown: String::new(),
            before: reader.query("before").map(|_| (reader.asked.with("before", None), words.say("newest"))),
            after: last
                .map(|last| (reader.asked.with("before", Some(&last.to_string())), words.say("older"))),
        }),
        files: super::uses::files(&reader),
        ..Grid::default()
    }));
    reader.page(screen).await
}

/// An entry as something that happened.
pub(super) fn moment(reader: &Reader, entry: &Trail, may_see_who: bool) -> (String, String, Vec<Cell>) {
    let who = if may_see_who { actor(reader, entry) } else { Cell::none() };
    let mut cells = vec![
        who,
        Cell::link(
            reader.words.say_with("entry-number", &[("entry", &reader.words.whole(entry.place))]),
            format!("/ledger/entries/{}", entry.place),
        ),
    ];
    cells.retain(|cell| !cell.plain().is_empty());
    (when(reader.words, entry), action(reader, entry), cells)
}

/// When an entry was made.
pub(super) fn when(words: dualtrack_report::Words, entry: &Trail) -> String {
    let at = i64::try_from(entry.at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.map(|at| words.instant(at)).unwrap_or_default()
}

/// What an entry did, in words.
pub(super) fn action(reader: &Reader, entry: &Trail) -> String {
    let words = reader.words;
    match entry.action.strip_prefix("propose-") {
        Some(proposed) => {
            let action = words.say(&format!("action-{proposed}"));
            words.say_with("proposed", &[("action", &action)])
        }
        None => words.say(&format!("action-{}", entry.action)),
    }
}

/// Who made an entry.
pub(super) fn actor(reader: &Reader, entry: &Trail) -> Cell {
    match (&entry.actor, entry.erased_by) {
        (Some(actor), _) => Cell::link(reader.name_of(actor), format!("/people/{actor}")),
        (None, Some(by)) => {
            Cell::Muted(reader.words.say_with("erased-by", &[("entry", &reader.words.whole(by))]))
        }
        (None, None) => Cell::Muted(reader.words.say("the-program")),
    }
}

fn documents(entry: &Trail, most: usize) -> Vec<Cell> {
    let shown = entry.documents.iter().take(most).map(|name| {
        let (of, _) = name.rsplit_once('@').unwrap_or((name, ""));
        match of.parse::<Key>() {
            Ok(key) => Cell::link(name.clone(), place(key.kind, &key.id)),
            Err(_) => Cell::text(name.clone()),
        }
    });
    let mut cells: Vec<_> = shown.collect();
    if entry.documents.len() > most {
        cells.push(Cell::Muted(format!("+ {}", entry.documents.len() - most)));
    }
    cells
}
