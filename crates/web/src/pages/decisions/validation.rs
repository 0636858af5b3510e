//! The queue of validators: which uses want a second look, what was found, and who may take each up.
//!
//! Whoever owns, built, asked for or supplied evidence for a use cannot take it up, and the row says so.

use std::sync::Arc;

use axum::response::Response;
use dualtrack_catalogue::Stage;
use dualtrack_governance::Line;
use dualtrack_inventory::{Bar, Role, Severity};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};

use super::pack::fitness;
use super::{bars, severity};
use crate::api::Needs;
use crate::api::record::allowed;
use crate::pages::PageRoute;
use crate::pages::home::tier;
use crate::pages::reader::{Reader, address};
use crate::pages::uses::{files, pager, seen_lines};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/validation", Needs::Action("view-record"), queue)]
}

/// Whether a use wants a validator: none looked at it as it is now.
fn wants(line: &Line) -> bool {
    !matches!(line.challenge.opinion, Some((_, true)))
}

async fn queue(reader: Reader) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "view-record").await?;
    let words = reader.words;
    let me = reader.who.officer.person.clone();
    let mut screen = Screen::new(words.say("nav-validation"), words.say("validation-lead"));
    let all = seen_lines(&reader).await?;
    let mut lines: Vec<Arc<Line>> = all.into_iter().filter(|line| line.stage != Stage::Retired).collect();
    let number = |count: usize| words.whole(count as u64);
    let mine = |line: &Line| line.challenge.validators.contains(&me);
    let open = |line: &Line| !line.challenge.open.is_empty();
    let free = |line: &Line| wants(line) && line.challenge.validators.is_empty();
    let count = |wanted: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| wanted(line)).count();
    screen.put(Block::Figures(vec![
        (number(count(&mine)), words.say("glance-mine"), Some("/validation?show=mine".into())),
        (number(count(&free)), words.say("glance-free"), Some("/validation?show=free".into())),
        (number(count(&wants)), words.say("glance-wanting"), Some("/validation?show=wanting".into())),
        (number(count(&open)), words.say("glance-findings"), Some("/validation?show=findings".into())),
    ]));
    let show = reader.query("show").unwrap_or_default().to_owned();
    let chip = |name: &str, id: &str| {
        let value = (!name.is_empty()).then_some(name);
        (reader.asked.with("show", value), words.say(id), show == name)
    };
    screen.put(Block::Chips {
        label: words.say("show-which"),
        chips: vec![
            chip("", "any"),
            chip("mine", "show-mine"),
            chip("free", "show-free"),
            chip("wanting", "show-wanting"),
            chip("findings", "show-findings"),
        ],
    });
    lines.retain(|line| match show.as_str() {
        "mine" => mine(line),
        "free" => free(line),
        "wanting" => wants(line),
        "findings" => open(line),
        _ => true,
    });
    // One's own first; of the rest, what nobody looked at; of that, the riskiest.
    lines.sort_by_cached_key(|line| {
        (!mine(line), !wants(line), std::cmp::Reverse(line.tier), line.id.clone())
    });
    let validates = reader.may("validate").await;
    let found = lines.len();
    let (page, from, most) = reader.paging(found);
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-validation"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-use")),
            Column::new(words.say("head-you")),
            Column::new(words.say("head-stage")),
            Column::new(words.say("head-tier")),
            Column::new(words.say("field-validators")),
            Column::new(words.say("opinion-title")),
            Column::new(words.say("findings-title")),
        ],
        rows: lines.iter().skip(from).take(most).map(|line| row(&reader, line, validates)).collect(),
        empty: words.say("validation-nothing"),
        empty_link: Some(("/validation".to_owned(), words.say("show-all"))),
        pager: Some(pager(&reader, (page, from, most), found)),
        files: files(&reader),
        ..Grid::default()
    }));
    reader.page(screen).await
}

fn row(reader: &Reader, line: &Line, validates: bool) -> Row {
    let words = reader.words;
    let bench = format!("/uses/{}/validation", line.id);
    let validators = line.challenge.validators.iter();
    let validators =
        validators.map(|id| Cell::link(reader.name_of(id.as_str()), format!("/people/{id}"))).collect();
    let opinion = match line.challenge.opinion {
        None => Cell::Muted(words.say("opinion-none")),
        Some((of, true)) => Cell::Badge(fitness(reader, of)),
        Some((of, false)) => {
            Cell::Lines(vec![Cell::Badge(fitness(reader, of)), Cell::Muted(words.say("opinion-stale"))])
        }
    };
    let open = [Severity::High, Severity::Medium, Severity::Low].into_iter().filter_map(|of| {
        let count = line.challenge.open.iter().filter(|one| **one == of).count();
        let badge = severity(of, reader);
        let number = words.whole(count as u64);
        let word = words.say_with("severity-count", &[("number", &number), ("severity", &badge.word)]);
        (count > 0).then_some(Cell::Badge(Badge { word, ..badge }))
    });
    Row::new(vec![
        Cell::Lines(vec![Cell::link(words.pick(&line.name), bench), Cell::Muted(line.id.to_string())]),
        yours(reader, line, validates),
        Cell::text(words.sentence_of(line.stage.label(words.language))),
        Cell::Badge(tier(line, reader)),
        Cell::Lines(validators),
        opinion,
        Cell::Lines(open.collect()),
    ])
}

/// What the reader can do: take it up, go on, or read why not.
fn yours(reader: &Reader, line: &Line, validates: bool) -> Cell {
    let words = reader.words;
    let me = &reader.who.officer.person;
    let bars_me = line.barred.get(me).map(|all| all.iter().filter(|bar| **bar != Bar::Validator));
    if let Some(found) = bars_me.map(Iterator::collect::<Vec<_>>).filter(|found| !found.is_empty()) {
        let (person, bars) = (reader.name_of(me.as_str()), bars(found, words.language));
        return Cell::text(words.say_with("not-validated-by", &[("person", &person), ("bars", &bars)]));
    }
    if line.challenge.validators.contains(me) {
        return Cell::link(words.say("bench-open"), format!("/uses/{}/validation", line.id));
    }
    if validates {
        let to = address("/do/claim-validation", [("use", line.id.as_str())].into_iter());
        return Cell::link(words.say("action-claim-validation"), to);
    }
    Cell::Muted(words.say_with("takes-office", &[("office", Role::Validator.label(words.language))]))
}
