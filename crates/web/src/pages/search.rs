//! Finding things: uses, guidelines, controls, people and what uses stand on, by what they are called.

use axum::response::Response;
use dualtrack_inventory::Kind;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};

use super::forms::choices::title;
use super::reader::Reader;
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::seen;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/search", Needs::SignIn, show)]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let asked = reader.query("q").unwrap_or_default().trim().to_owned();
    let wanted = asked.to_lowercase();
    let mut screen = Screen::new(words.say("nav-search"), words.say_with("search-for", &[("text", &asked)]));
    let mut rows = Vec::new();
    if !wanted.is_empty() {
        uses(&reader, &wanted, &mut rows).await?;
        if reader.may("view-guideline").await {
            guidelines(&reader, &wanted, &mut rows);
        }
        for kind in [Kind::Model, Kind::Dataset, Kind::Provider, Kind::Person, Kind::Incident, Kind::Finding]
        {
            documents(&reader, kind, &wanted, &mut rows).await?;
        }
    }
    let found = rows.len();
    rows.truncate(MOST);
    screen.put(Block::Grid(Grid {
        caption: words.count("search-found", found as u64),
        columns: vec![Column::new(words.say("head-name")), Column::new(words.say("head-kind"))],
        rows,
        empty: words.say("search-nothing"),
        empty_link: Some(("/uses".into(), words.say("nav-uses"))),
        ..Grid::default()
    }));
    reader.page(screen).await
}

async fn uses(reader: &Reader, wanted: &str, rows: &mut Vec<Row>) -> Result<(), Problem> {
    for line in super::uses::seen_lines(reader).await? {
        if is_it(wanted, &[line.id.as_str(), &line.name.en, &line.name.zh_hant]) {
            let name = reader.words.pick(&line.name);
            rows.push(row(reader, name, &place(Kind::Use, line.id.as_str()), "use"));
        }
    }
    Ok(())
}

fn guidelines(reader: &Reader, wanted: &str, rows: &mut Vec<Row>) {
    let standing = reader.common.catalogue.on(reader.common.day);
    for edition in standing.editions() {
        let guideline = edition.guideline();
        let to = format!("/guidelines/{}", guideline.id);
        if is_it(wanted, &[guideline.id.as_str(), &guideline.title.en, &guideline.title.zh_hant]) {
            rows.push(row(reader, reader.words.pick(&guideline.title), &to, "guideline"));
        }
        for control in &guideline.controls {
            if is_it(wanted, &[control.id.as_str(), &control.title.en, &control.title.zh_hant]) {
                let to = format!("{to}#{}", control.id);
                rows.push(row(reader, reader.words.pick(&control.title), &to, "control"));
            }
        }
    }
}

async fn documents(reader: &Reader, kind: Kind, wanted: &str, rows: &mut Vec<Row>) -> Result<(), Problem> {
    for stored in seen(&reader.web, &reader.who, kind).await? {
        let name = stored.document.as_ref().and_then(|document| title(document, reader.words));
        let name = name.unwrap_or_else(|| stored.key.id.clone());
        if is_it(wanted, &[&stored.key.id, &name]) {
            rows.push(row(reader, &name, &place(kind, &stored.key.id), kind.as_str()));
        }
    }
    Ok(())
}

fn is_it(wanted: &str, texts: &[&str]) -> bool {
    texts.iter().any(|text| text.to_lowercase().contains(wanted))
}

fn row(reader: &Reader, name: &str, to: &str, kind: &str) -> Row {
    Row::new(vec![Cell::link(name, to), Cell::text(reader.words.say(&format!("kind-{kind}")))])
}

const MOST: usize = 100;
