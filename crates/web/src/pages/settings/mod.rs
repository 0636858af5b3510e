//! Settings: what the institution set, and what the program brings, each on a page of its own for whoever may see it.

mod lists;
mod notices;
mod program;
mod rules;

use axum::response::Response;
use dualtrack_inventory::{Document, Kind};
use dualtrack_report::screen::{Block, Card, Cell, Column, Grid, Row, Screen};

use super::reader::Reader;
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    let mut routes = vec![PageRoute::get("/settings", Needs::Action("view-settings"), show)];
    routes.extend(rules::routes());
    routes.extend(program::routes());
    routes.extend(lists::routes());
    routes.extend(notices::routes());
    routes
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "view-settings").await?;
    let mut screen = Screen::new(words.say("nav-settings"), words.say("settings-lead"));
    let mut cards = Vec::new();
    for (path, id, action) in PLACES {
        if reader.may(action).await {
            cards.push(Card {
                title: words.say(&format!("settings-{id}")),
                to: (*path).to_owned(),
                badges: Vec::new(),
                facts: Vec::new(),
                text: words.say(&format!("settings-{id}-about")),
            });
        }
    }
    screen.put(Block::Cards(cards));
    institution(&reader, &mut screen);
    switches(&reader, &mut screen);
    reader.page(screen).await
}

fn institution(reader: &Reader, screen: &mut Screen) {
    let words = reader.words;
    let Some(inventory) = &reader.common.inventory else { return };
    let institution = inventory.institution();
    screen.section(words.pick(&institution.name), "institution");
    let rows = institution.entities.iter().map(|entity| {
        let kinds = entity.kinds.iter().map(|kind| Cell::text(words.sentence_of(kind.label(words.language))));
        Row::new(vec![
            Cell::Lines(vec![Cell::text(words.pick(&entity.name)), Cell::Muted(entity.id.to_string())]),
            Cell::Lines(kinds.collect()),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("field-entities"),
        columns: vec![Column::new(words.say("field-entity")), Column::new(words.say("entity-kinds"))],
        rows: rows.collect(),
        ..Grid::default()
    }));
}

/// Switches to guideline versions, newest first: what was activated, from which day, by whom.
fn switches(reader: &Reader, screen: &mut Screen) {
    let words = reader.words;
    let mut found: Vec<_> = reader
        .common
        .documents
        .values()
        .filter_map(|(_, document)| match document {
            Document::Activation(one) => Some(&**one),
            _ => None,
        })
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.effective), one.guideline.to_string()));
    let standing = reader.common.catalogue.on(reader.common.day);
    let title = |id: &dualtrack_catalogue::GuidelineId| {
        let known = standing.editions().find(|edition| edition.guideline().id == *id);
        known.map_or_else(|| id.to_string(), |edition| words.pick(&edition.guideline().title).to_owned())
    };
    let rows = found.iter().map(|one| {
        let state = if one.effective > reader.common.day { "switch-ahead" } else { "switch-counts" };
        Row::new(vec![
            Cell::Lines(vec![
                Cell::link(title(&one.guideline), format!("/guidelines/{}", one.guideline)),
                Cell::Muted(format!("{} {}", one.guideline, one.version)),
            ]),
            Cell::text(words.date(one.effective)),
            Cell::text(words.say(state)),
            Cell::link(reader.name_of(one.by.as_str()), place(Kind::Person, one.by.as_str())),
            Cell::Code(one.digest.short()),
        ])
    });
    screen.section(words.say("switches-title"), "switches");
    screen.put(Block::Grid(Grid {
        caption: words.say("switches-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("kind-guideline")),
            Column::new(words.say("field-effective")),
            Column::new(words.say("head-state")),
            Column::new(words.say("head-who")),
            Column::new(words.say("field-digest")),
        ],
        rows: rows.collect(),
        empty: words.say("guidelines-nothing"),
        empty_link: Some(("/do/activate-guideline".into(), words.say("action-activate-guideline"))),
        files: super::uses::files(reader),
        ..Grid::default()
    }));
}

/// Where each thing is set: address, words, and what it takes to see it.
const PLACES: &[(&str, &str, &str)] = &[
    ("/settings/rules", "rules", "view-record"),
    ("/guidelines", "guidelines", "view-guideline"),
    ("/settings/program", "program", "view-coverage"),
    ("/settings/contracts", "contracts", "view-provider"),
    ("/settings/delegations", "delegations", "view-record"),
    ("/settings/candidates", "candidates", "view-record"),
    ("/settings/taken-over", "taken-over", "view-use"),
    ("/offices", "offices", "view-person"),
    ("/settings/webhooks", "webhooks", "write-webhook"),
];
