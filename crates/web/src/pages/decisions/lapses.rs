//! What lapses in the next 30, 60 or 90 days: for the person herself, and for everybody where she may see everything.

use std::collections::BTreeMap;

use axum::response::Response;
use dualtrack_governance::{Board, Clock, Line};
use dualtrack_inventory::{Key, Kind, UseId};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use jiff::Span;

use super::{called, left};
use crate::api::Needs;
use crate::api::record::{Seeing, allowed};
use crate::pages::reader::Reader;
use crate::pages::uses::{files, pager};
use crate::pages::{PageRoute, place};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/lapses", Needs::Action("view-inbox"), list)]
}

async fn list(reader: Reader) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "view-inbox").await?;
    let words = reader.words;
    let refused = |refusal| reader.refused(&refusal);
    let now = reader.now();
    let days = match reader.query("days") {
        Some("30") => 30,
        Some("60") => 60,
        _ => 90,
    };
    // Whoever may take everything away may see everything that lapses.
    let sees_all = reader.may("export-record").await;
    let all = sees_all && reader.query("whose") == Some("all");
    let board = reader.web.desk.board(now).await.map_err(refused)?;
    let last = board.day.saturating_add(Span::new().days(90));
    let clocks = if all {
        reader.web.desk.clocks(last, now).await.map_err(refused)?
    } else {
        reader.web.desk.clocks_of(&reader.who.officer.person, last, now).await.map_err(refused)?
    };
    let clocks = may_see(&reader, &board, clocks).await?;
    let within = |days: i64| board.day.saturating_add(Span::new().days(days));
    let count = |days: i64| clocks.iter().filter(|clock| clock.day <= within(days)).count();
    let overdue = clocks.iter().filter(|clock| clock.day < board.day).count();
    let lead = words.say(if all { "lapses-lead-all" } else { "lapses-lead" });
    let mut screen = Screen::new(words.say("nav-lapses"), lead);
    let number = |count: usize| words.whole(count as u64);
    let to = |days: &str| Some(reader.asked.with("days", Some(days)));
    screen.put(Block::Figures(vec![
        (number(overdue), words.say("glance-overdue"), None),
        (number(count(30)), words.say("glance-30"), to("30")),
        (number(count(60)), words.say("glance-60"), to("60")),
        (number(count(90)), words.say("glance-90"), to("90")),
    ]));
    chips(&reader, &mut screen, days, sees_all, all);
    let clocks: Vec<_> = clocks.into_iter().filter(|clock| clock.day <= within(days)).collect();
    let found = clocks.len();
    let (page, from, most) = reader.paging(found);
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-lapses"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-due")),
            Column::new(words.say("head-left")),
            Column::new(words.say("field-what")),
            Column::new(words.say("head-about")),
            Column::new(words.say("head-whose")),
        ],
        rows: clocks.iter().skip(from).take(most).map(|clock| row(&reader, &board, clock)).collect(),
        empty: words.say("lapses-nothing"),
        pager: Some(pager(&reader, (page, from, most), found)),
        files: files(&reader),
        ..Grid::default()
    }));
    reader.page(screen).await
}

fn chips(reader: &Reader, screen: &mut Screen, days: i64, sees_all: bool, all: bool) {
    let words = reader.words;
    let spans = ["30", "60", "90"].map(|span| {
        let label = words.say_with("within-days", &[("days", span)]);
        (reader.asked.with("days", Some(span)), label, days.to_string() == span)
    });
    screen.put(Block::Chips { label: words.say("within"), chips: spans.to_vec() });
    if sees_all {
        screen.put(Block::Chips {
            label: words.say("head-whose"),
            chips: vec![
                (reader.asked.with("whose", None), words.say("whose-mine"), !all),
                (reader.asked.with("whose", Some("all")), words.say("whose-all"), all),
            ],
        });
    }
}

/// The clocks about what the reader may see on its own page.
async fn may_see(reader: &Reader, board: &Board, clocks: Vec<Clock>) -> Result<Vec<Clock>, Problem> {
    let mut seeing = Seeing::default();
    let mut known: BTreeMap<Key, bool> = BTreeMap::new();
    let mut seen = Vec::new();
    for clock in clocks {
        let may = if let Some(may) = known.get(&clock.about) {
            *may
        } else {
            let may = match line_of(board, &clock.about) {
                Some(line) => reader.web.desk.may_view(&reader.common, &reader.who.officer, line).is_ok(),
                None => seeing.may_today(&reader.web, &reader.who, &clock.about).await?,
            };
            known.insert(clock.about.clone(), may);
            may
        };
        if may {
            seen.push(clock);
        }
    }
    Ok(seen)
}

fn line_of<'b>(board: &'b Board, about: &Key) -> Option<&'b Line> {
    let id = UseId::parse(&about.id).ok().filter(|_| about.kind == Kind::Use)?;
    board.lines.get(&id).map(AsRef::as_ref)
}

fn row(reader: &Reader, board: &Board, clock: &Clock) -> Row {
    let words = reader.words;
    let when = clock.at.map_or_else(|| words.date(clock.day), |at| words.instant(at));
    let days = (clock.day - board.day).get_days();
    let (class, sign) = match days {
        ..0 => ("blocks", "✗"),
        0..30 => ("amber", "!"),
        _ => ("none", "-"),
    };
    let name = match line_of(board, &clock.about) {
        Some(line) => words.pick(&line.name).to_owned(),
        None => called(reader, &clock.about),
    };
    let people = clock.people.iter();
    let people = people.map(|id| Cell::link(reader.name_of(id.as_str()), format!("/people/{id}")));
    Row::new(vec![
        Cell::text(when),
        Cell::Badge(Badge { class, sign, word: left(reader, clock.day) }),
        Cell::text(words.sentence_of(&clock.text(words.language))),
        Cell::Lines(vec![
            Cell::link(name, place(clock.about.kind, &clock.about.id)),
            Cell::Muted(words.say(&format!("kind-{}", clock.about.kind))),
        ]),
        Cell::Lines(people.collect()),
    ])
}
