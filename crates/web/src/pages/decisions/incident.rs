//! An incident: what happened when, who was touched, what is contained, and whether each authority is told in time.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use dualtrack_governance::{AsOf, Command, Line, Officer};
use dualtrack_inventory::{Basis, Document, Incident, Key, Kind, Measure, Notification, Tier};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use jiff::Timestamp;

use super::incidents::{authority, standing};
use super::severity;
use crate::api::Needs;
use crate::api::record::may_see;
use crate::pages::PageRoute;
use crate::pages::home::{gate, tier};
use crate::pages::reader::{Reader, address};
use crate::pages::record::history;
use crate::pages::uses::seen_lines;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/incidents/{id}", Needs::Action("view-record"), show)]
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let key = Key::new(Kind::Incident, &id);
    let refused = |refusal| reader.refused(&refusal);
    let today = reader.web.desk.document(&key, AsOf::Now).await.map_err(refused)?;
    may_see(&reader.web, &reader.who, &today).await?;
    let is_now = matches!(reader.as_of()?, AsOf::Now);
    let stored = if is_now {
        today
    } else {
        reader.web.desk.document(&key, reader.as_of()?).await.map_err(refused)?
    };
    let Some(Document::Incident(one)) = &stored.document else {
        return Err(Problem::missing((format!("incident `{id}`"), format!("事故「{id}」"))));
    };
    let mut screen = Screen::new(&one.title, words.say("incident-lead"));
    let lines = seen_lines(&reader).await?;
    let lines: Vec<&Line> =
        lines.iter().map(AsRef::as_ref).filter(|line| one.uses.contains(&line.id)).collect();
    head(&reader, &mut screen, one);
    containment(&reader, &mut screen, one, &lines, is_now).await;
    clocks(&reader, &mut screen, one, is_now).await;
    touched(&reader, &mut screen, one, &lines).await?;
    time_line(&reader, &mut screen, one, is_now);
    end(&reader, &mut screen, one, is_now).await;
    history(&reader, &mut screen, &key).await?;
    reader.page(screen).await
}

fn head(reader: &Reader, screen: &mut Screen, one: &Incident) {
    let words = reader.words;
    if let Some(closed) = &one.closed {
        let text = words.say_with(
            "incident-closed",
            &[
                ("instant", &words.instant(closed.at)),
                ("person", &reader.name_of(closed.by.as_str())),
                ("because", &closed.what),
            ],
        );
        screen.put(Block::Notice { class: "good", text, link: None });
    }
    let touched = one.affected.map_or_else(|| words.say("affected-unknown"), |count| words.whole(count));
    screen.put(Block::Facts(vec![
        (words.say("head-state"), Cell::Badge(standing(reader, one))),
        (words.say("field-severity"), Cell::Badge(severity(one.severity, reader))),
        (words.say("field-discovered"), Cell::text(words.instant(one.discovered))),
        (words.say("entered-by"), Cell::link(reader.name_of(one.by.as_str()), format!("/people/{}", one.by))),
        (words.say("field-affected"), Cell::text(touched)),
    ]));
}

/// What is in force, and what can be done at once.
async fn containment(reader: &Reader, screen: &mut Screen, one: &Incident, lines: &[&Line], is_now: bool) {
    let words = reader.words;
    screen.section(words.say("containment-title"), "containment");
    let act = |action: &str, measure: Measure| {
        let pairs = [("incident", one.id.as_str()), ("measure", name(measure))];
        address(&format!("/do/{action}"), pairs.into_iter())
    };
    let open = one.closed.is_none() && is_now;
    let rows = one.containments.iter().rev().map(|done| {
        let person = reader.name_of(done.by.as_str());
        let mut who = vec![Cell::text(person), Cell::Muted(words.instant(done.at))];
        if let Some(second) = &done.second {
            let second = reader.name_of(second.as_str());
            who.push(Cell::Muted(words.say_with("with-second", &[("person", &second)])));
        }
        let state = match &done.lifted {
            Some(lifted) => {
                let person = reader.name_of(lifted.by.as_str());
                let instant = words.instant(lifted.at);
                let text = words.say_with("lifted-by", &[("person", &person), ("instant", &instant)]);
                Cell::Lines(vec![Cell::Muted(text), Cell::Muted(lifted.what.clone())])
            }
            None if open => {
                Cell::link(words.say("action-lift-containment"), act("lift-containment", done.measure))
            }
            None => Cell::text(words.say("in-force")),
        };
        let place = done.deployment.as_ref().map_or_else(
            || Cell::text(words.say("everywhere")),
            |id| Cell::link(id.as_str(), crate::pages::place(Kind::Deployment, id.as_str())),
        );
        Row::new(vec![
            Cell::Badge(measure(reader, done.measure)),
            place,
            Cell::Lines(who),
            Cell::text(&done.because),
            state,
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("containment-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-measure")),
            Column::new(words.say("head-where")),
            Column::new(words.say("head-who")),
            Column::new(words.say("field-because")),
            Column::new(words.say("head-state")),
        ],
        rows: rows.collect(),
        empty: words.say("containment-nothing"),
        ..Grid::default()
    }));
    if !open {
        return;
    }
    let officer = Officer { stepped_up: true, ..reader.who.officer.clone() };
    let pause = Command::Contain {
        incident: one.id.clone(),
        measure: Measure::Pause,
        deployment: None,
        because: "-".to_owned(),
    };
    if let Err(refusal) = reader.web.desk.may_act(&officer, &pause, reader.now()).await {
        let text = reader.why(&refusal);
        screen.put(Block::Notice { class: "calm", text, link: None });
        return;
    }
    let high = lines.iter().any(|line| line.tier == Tier::High);
    screen.put(Block::Muted(words.say(if high { "contain-high" } else { "contain-low" })));
    let buttons = [
        (Measure::Pause, "contain-pause", "stop"),
        (Measure::ForceReview, "contain-review", "plain"),
        (Measure::RollBack, "contain-back", "plain"),
    ];
    let buttons = buttons.map(|(measure, id, class)| (act("contain", measure), words.say(id), class));
    screen.put(Block::Buttons(buttons.to_vec()));
}

/// The clocks of authorities: decided, running or overrun.
async fn clocks(reader: &Reader, screen: &mut Screen, one: &Incident, is_now: bool) {
    let words = reader.words;
    screen.section(words.say("clocks-title"), "clocks");
    let open = one.closed.is_none() && is_now && reader.may("decide-notification").await;
    let rows = one.notifications.iter().map(|clock| {
        Row::new(vec![
            Cell::text(authority(reader, &clock.authority)),
            Cell::Lines(vec![Cell::text(words.instant(clock.due)), Cell::Muted(basis(reader, clock.basis))]),
            Cell::Badge(running(reader, clock, one.closed.is_some())),
            decision(reader, one, clock, open),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("clocks-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-authority")),
            Column::new(words.say("head-decide-by")),
            Column::new(words.say("head-clock")),
            Column::new(words.say("field-decision")),
        ],
        rows: rows.collect(),
        empty: words.say("clocks-nothing"),
        ..Grid::default()
    }));
}

/// Where the time of a clock comes from.
fn basis(reader: &Reader, of: Basis) -> String {
    match of {
        Basis::Named => String::new(),
        Basis::OwnRule => reader.words.say("basis-own-rule"),
        Basis::WithoutDelay => reader.words.say("basis-without-delay"),
    }
}

fn running(reader: &Reader, clock: &Notification, closed: bool) -> Badge {
    let words = reader.words;
    if let Some(decision) = &clock.decision {
        let late = decision.at > clock.due;
        let id = if late { "clock-decided-late" } else { "clock-decided" };
        let (class, sign) = if late { ("amber", "!") } else { ("met", "✓") };
        return Badge { class, sign, word: words.say(id) };
    }
    if closed {
        return Badge { class: "none", sign: "-", word: words.say("clock-stopped") };
    }
    let minutes = (clock.due.as_second() - reader.now().as_second()).div_euclid(60);
    let shown = words.whole(minutes.unsigned_abs() / 60);
    let rest = words.whole(minutes.unsigned_abs() % 60);
    let time = [("hours", shown.as_str()), ("minutes", rest.as_str())];
    if minutes < 0 {
        Badge { class: "blocks", sign: "✗", word: words.say_with("clock-over", &time) }
    } else {
        Badge { class: "amber", sign: "!", word: words.say_with("clock-left", &time) }
    }
}

fn decision(reader: &Reader, one: &Incident, clock: &Notification, open: bool) -> Cell {
    let words = reader.words;
    let Some(decided) = &clock.decision else {
        if !open {
            return Cell::Muted(words.say("not-decided"));
        }
        let to = |notify: &str| {
            let pairs =
                [("incident", one.id.as_str()), ("authority", clock.authority.as_str()), ("notify", notify)];
            address("/do/decide-notification", pairs.into_iter())
        };
        return Cell::Lines(vec![
            Cell::link(words.say("notify"), to("yes")),
            Cell::link(words.say("notify-not"), to("no")),
        ]);
    };
    let person = reader.name_of(decided.by.as_str());
    let instant = words.instant(decided.at);
    let mut cells = vec![
        Cell::text(words.say(if decided.notify { "is-notified" } else { "is-not-notified" })),
        Cell::text(&decided.because),
        Cell::Muted(words.say_with("decided-by", &[("person", &person), ("instant", &instant)])),
    ];
    if let Some(sent) = &decided.sent {
        let instant = words.instant(sent.at);
        let text = words.say_with("sent-at", &[("instant", &instant), ("reference", &sent.what)]);
        cells.push(Cell::Muted(text));
    }
    Cell::Lines(cells)
}

/// Whom it touches: the uses, and whom each of them affects.
async fn touched(
    reader: &Reader,
    screen: &mut Screen,
    one: &Incident,
    lines: &[&Line],
) -> Result<(), Problem> {
    let words = reader.words;
    let as_of = reader.as_of()?;
    let is_now = matches!(as_of, AsOf::Now);
    let mut affects = BTreeMap::new();
    for line in lines.iter().take(MOST_READ) {
        let of = reader.web.desk.document(&Key::new(Kind::Use, &line.id), as_of).await;
        if let Some(Document::Use(of)) = of.map_err(|refusal| reader.refused(&refusal))?.document {
            affects.insert(&line.id, words.pick(&of.affects).to_owned());
        }
    }
    screen.section(words.say("touched-title"), "touched");
    let rows = lines.iter().map(|line| {
        let owners = line.owners.iter();
        let owners = owners.map(|id| Cell::link(reader.name_of(id.as_str()), format!("/people/{id}")));
        let stop = if line.suspended {
            Cell::Muted(words.say("suspended"))
        } else if !is_now {
            Cell::none()
        } else {
            let to = address("/do/suspend", [("use", line.id.as_str())].into_iter());
            Cell::link(words.say("action-suspend"), to)
        };
        Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&line.name), format!("/uses/{}", line.id)),
                Cell::Muted(line.id.to_string()),
            ]),
            Cell::text(affects.get(&line.id).cloned().unwrap_or_default()),
            Cell::Lines(vec![
                Cell::Badge(tier(line, reader)),
                Cell::Muted(words.sentence_of(line.stage.label(words.language))),
            ]),
            Cell::Badge(gate(line, reader)),
            Cell::Lines(owners.collect()),
            stop,
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("touched-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-use")),
            Column::new(words.say("field-affects")),
            Column::new(words.say("head-tier")),
            Column::new(words.say("head-gate")),
            Column::new(words.say("head-owners")),
            Column::new(words.say("head-stop")),
        ],
        rows: rows.collect(),
        empty: words.say("touched-nothing"),
        ..Grid::default()
    }));
    let hidden = one.uses.len().saturating_sub(lines.len());
    if hidden > 0 {
        screen.put(Block::Muted(words.count("touched-hidden", hidden as u64)));
    }
    Ok(())
}

/// What happened since, oldest first.
fn time_line(reader: &Reader, screen: &mut Screen, one: &Incident, is_now: bool) {
    let words = reader.words;
    screen.section(words.say("field-time-line"), "time-line");
    let by = |id: &dualtrack_inventory::PersonId| {
        vec![Cell::link(reader.name_of(id.as_str()), format!("/people/{id}"))]
    };
    let mut moments: Vec<(Timestamp, String, Vec<Cell>)> =
        vec![(one.discovered, words.say("was-discovered"), by(&one.by))];
    let happenings = one.time_line.iter();
    moments.extend(happenings.map(|line| (line.at, line.what.clone(), by(&line.by))));
    for done in &one.containments {
        let text = words.say_with(
            "was-contained",
            &[("measure", &measure(reader, done.measure).word), ("because", &done.because)],
        );
        moments.push((done.at, text, by(&done.by)));
        if let Some(lifted) = &done.lifted {
            let text = words.say_with(
                "was-lifted",
                &[("measure", &measure(reader, done.measure).word), ("because", &lifted.what)],
            );
            moments.push((lifted.at, text, by(&lifted.by)));
        }
    }
    for clock in &one.notifications {
        if let Some(decided) = &clock.decision {
            let id = if decided.notify { "was-notified" } else { "was-not-notified" };
            let authority = authority(reader, &clock.authority);
            let text = words.say_with(id, &[("authority", &authority), ("because", &decided.because)]);
            moments.push((decided.at, text, by(&decided.by)));
        }
    }
    if let Some(closed) = &one.closed {
        let text = words.say_with("was-closed", &[("because", &closed.what)]);
        moments.push((closed.at, text, by(&closed.by)));
    }
    moments.sort_by_key(|(at, _, _)| *at);
    let moments = moments.into_iter().map(|(at, text, cells)| (words.instant(at), text, cells));
    screen.put(Block::Moments(moments.collect()));
    if one.closed.is_none() && is_now {
        let to = address("/do/note-incident", [("incident", one.id.as_str())].into_iter());
        screen.put(Block::Buttons(vec![(to, words.say("action-note-incident"), "plain")]));
    }
}

/// The way to close it, or what is to be done first.
async fn end(reader: &Reader, screen: &mut Screen, one: &Incident, is_now: bool) {
    let words = reader.words;
    if one.closed.is_some() || !is_now {
        return;
    }
    screen.section(words.say("action-close-incident"), "close");
    let officer = Officer { stepped_up: true, ..reader.who.officer.clone() };
    let command = Command::CloseIncident { incident: one.id.clone(), because: "-".to_owned() };
    match reader.web.desk.may_act(&officer, &command, reader.now()).await {
        Ok(()) => {
            let to = address("/do/close-incident", [("incident", one.id.as_str())].into_iter());
            screen.put(Block::Buttons(vec![(to, words.say("action-close-incident"), "main")]));
        }
        Err(refusal) => {
            let text = reader.why(&refusal);
            screen.put(Block::Notice { class: "calm", text, link: None });
        }
    }
}

/// The badge of something that is done at once.
pub(super) fn measure(reader: &Reader, of: Measure) -> Badge {
    let (class, sign, id) = match of {
        Measure::Pause => ("blocks", "‖", "measure-pause"),
        Measure::ForceReview => ("amber", "R", "measure-review"),
        Measure::RollBack => ("amber", "B", "measure-back"),
    };
    Badge { class, sign, word: reader.words.say(id) }
}

fn name(of: Measure) -> &'static str {
    match of {
        Measure::Pause => "pause",
        Measure::ForceReview => "force-review",
        Measure::RollBack => "roll-back",
    }
}

/// Of more uses than these, whom each affects is a link away.
const MOST_READ: usize = 20;
