//! Incidents: what is open, what is contained, and which clocks of authorities run; and the form that opens one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_inventory::{Document, Incident, Kind};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};

use super::severity;
use crate::api::Needs;
use crate::api::record::{allowed, seen};
use crate::pages::PageRoute;
use crate::pages::forms::shape::{Entry, Shape};
use crate::pages::forms::{Posted, Standing, Wish, answer, asked, draw, wish};
use crate::pages::reader::Reader;
use crate::pages::uses::{files, pager};
use crate::problem::Problem;
use crate::state::Web;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/incidents", Needs::Action("view-record"), list),
        PageRoute::get("/report-incident", Needs::SignIn, report),
        PageRoute::post("/report-incident", Needs::SignIn, reported),
    ]
}

async fn list(reader: Reader) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "view-record").await?;
    let words = reader.words;
    let mut screen = Screen::new(words.say("nav-incidents"), words.say("incidents-lead"));
    let mut incidents: Vec<Incident> = seen(&reader.web, &reader.who, Kind::Incident)
        .await?
        .into_iter()
        .filter_map(|stored| match stored.document {
            Some(Document::Incident(one)) => Some(*one),
            _ => None,
        })
        .collect();
    let number = |count: usize| words.whole(count as u64);
    let open = incidents.iter().filter(|one| one.closed.is_none()).count();
    let held = incidents.iter().filter(|one| in_force(one) > 0).count();
    let undecided = incidents.iter().filter(|one| undecided(one).next().is_some()).count();
    screen.put(Block::Figures(vec![
        (number(open), words.say("glance-open"), Some("/incidents?show=open".into())),
        (number(held), words.say("glance-contained"), Some("/incidents?show=contained".into())),
        (number(undecided), words.say("glance-undecided"), Some("/incidents?show=undecided".into())),
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
            chip("open", "show-open"),
            chip("contained", "show-contained"),
            chip("undecided", "show-undecided"),
            chip("closed", "show-closed"),
        ],
    });
    incidents.retain(|one| match show.as_str() {
        "open" => one.closed.is_none(),
        "contained" => in_force(one) > 0,
        "undecided" => undecided_any(one),
        "closed" => one.closed.is_some(),
        _ => true,
    });
    incidents.sort_by_key(|one| (one.closed.is_some(), std::cmp::Reverse(one.discovered)));
    let found = incidents.len();
    let (page, from, most) = reader.paging(found);
    let report = ("/report-incident".to_owned(), words.say("action-open-incident"));
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-incidents"),
        quiet: true,
        columns: vec![
            Column::new(words.say("kind-incident")),
            Column::new(words.say("field-severity")),
            Column::new(words.say("head-state")),
            Column::new(words.say("field-discovered")),
            Column::new(words.say("field-uses")),
            Column::new(words.say("head-force-now")),
            Column::new(words.say("head-clocks")),
        ],
        rows: incidents.iter().skip(from).take(most).map(|one| row(&reader, one)).collect(),
        empty: words.say("incidents-nothing"),
        empty_link: Some(report.clone()),
        pager: Some(pager(&reader, (page, from, most), found)),
        files: files(&reader),
        ..Grid::default()
    }));
    screen.put(Block::Buttons(vec![(report.0, report.1, "main")]));
    reader.page(screen).await
}

fn row(reader: &Reader, one: &Incident) -> Row {
    let words = reader.words;
    let uses = one.uses.iter().map(|id| Cell::link(id.as_str(), format!("/uses/{id}")));
    let force = one.containments.iter().filter(|one| one.lifted.is_none());
    let force = force.map(|one| Cell::Badge(super::incident::measure(reader, one.measure)));
    let clocks = undecided(one).map(|clock| {
        let late = clock.due < reader.now();
        let (class, sign) = if late { ("blocks", "✗") } else { ("amber", "!") };
        let word = format!("{} · {}", authority(reader, &clock.authority), words.instant(clock.due));
        Cell::Badge(Badge { class, sign, word })
    });
    Row::new(vec![
        Cell::Lines(vec![
            Cell::link(&one.title, format!("/incidents/{}", one.id)),
            Cell::Muted(one.id.to_string()),
        ]),
        Cell::Badge(severity(one.severity, reader)),
        Cell::Badge(standing(reader, one)),
        Cell::text(words.instant(one.discovered)),
        Cell::Lines(uses.collect()),
        Cell::Lines(force.collect()),
        Cell::Lines(clocks.collect()),
    ])
}

/// The badge of an incident that is open or closed.
pub(super) fn standing(reader: &Reader, one: &Incident) -> Badge {
    match one.closed {
        Some(_) => Badge { class: "met", sign: "✓", word: reader.words.say("closed") },
        None => Badge { class: "blocks", sign: "!", word: reader.words.say("open") },
    }
}

/// What an authority is called, where it has a name that people know.
pub(super) fn authority(reader: &Reader, name: &str) -> String {
    let words = reader.words;
    match name {
        "hkma" => words.say("authority-hkma"),
        "sfc" => words.say("authority-sfc"),
        "ia" => words.say("authority-ia"),
        "pcpd" => words.say("authority-pcpd"),
        name => name.to_owned(),
    }
}

fn in_force(one: &Incident) -> usize {
    one.containments.iter().filter(|one| one.lifted.is_none()).count()
}

fn undecided(one: &Incident) -> impl Iterator<Item = &dualtrack_inventory::Notification> {
    one.notifications.iter().filter(|one| one.decision.is_none())
}

fn undecided_any(one: &Incident) -> bool {
    undecided(one).next().is_some()
}

/// The form that opens an incident: the authorities that are known each have a field for their clock.
fn opening() -> Option<Wish> {
    let mut form = wish("open-incident")?;
    let clocks = AUTHORITIES.iter().map(|name| Entry {
        path: format!("authorities.{name}"),
        required: false,
        shape: Shape::Instant,
    });
    form.entries.retain(|entry| entry.path != "authorities");
    form.entries.extend(clocks);
    "/report-incident".clone_into(&mut form.address);
    Some(form)
}

async fn report(reader: Reader) -> Result<Response, Problem> {
    let form = opening().ok_or_else(|| Problem::missing(("form", "表格")))?;
    let mut typed = asked(&form.entries, &reader.asked.query);
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8));
    let now: String = zone.to_datetime(reader.now()).to_string().chars().take(16).collect();
    typed.entry("discovered".into()).or_insert_with(|| vec![now]);
    let mut bytes = [0_u8; 4];
    if getrandom::fill(&mut bytes).is_ok() {
        let number = u32::from_le_bytes(bytes);
        typed.entry("id".into()).or_insert_with(|| vec![format!("incident-{number:08x}")]);
    }
    let standing = Standing { typed, ..Standing::default() };
    draw(&reader, &form, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

async fn reported(State(_): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let form = opening().ok_or_else(|| Problem::missing(("form", "表格")))?;
    answer(posted, &form).await
}

/// The authorities of Hong Kong that are told of incidents, by the names that the record has.
pub(super) const AUTHORITIES: [&str; 4] = ["hkma", "sfc", "ia", "pcpd"];
