//! The list of uses, narrowed as the API narrows it.

use std::sync::Arc;

use axum::response::Response;
use dualtrack_catalogue::Stage;
use dualtrack_governance::{AsOf, Line};
use dualtrack_inventory::{Tier, VerdictState};
use dualtrack_report::screen::{Block, Cell, Column, Field, Form, Grid, Pager, Row, Screen};

use super::PageRoute;
use super::home::{gate, tier};
use super::reader::Reader;
use crate::api::Needs;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/uses", Needs::SignIn, list)]
}

/// Every use that the person may see, as it was at the instant that is asked for, in the order of ids.
pub(super) async fn seen_lines(reader: &Reader) -> Result<Vec<Arc<Line>>, Problem> {
    let refused = |refusal| reader.refused(&refusal);
    let now = reader.now();
    let today = reader.web.desk.board(now).await.map_err(refused)?;
    let board = match reader.as_of()? {
        AsOf::At(at) => reader.web.desk.board_as_of(at).await.map_err(refused)?,
        AsOf::Now | AsOf::After(_) => Arc::clone(&today),
    };
    let mut answers = std::collections::BTreeMap::new();
    let mut may = |line: &Line| {
        // Whoever reads the past has the part of today.
        let Some(line) = today.lines.get(&line.id) else { return false };
        let person = &reader.who.officer.person;
        let part = (line.related.contains(person), line.owners.contains(person));
        *answers
            .entry(part)
            .or_insert_with(|| reader.web.desk.may_view(&reader.common, &reader.who.officer, line).is_ok())
    };
    Ok(board.lines.values().filter(|line| may(line)).cloned().collect())
}

async fn list(reader: Reader) -> Result<Response, Problem> {
    let reader = reader.with_paused().await?;
    let words = reader.words;
    let mut screen = Screen::new(words.say("nav-uses"), words.say("uses-lead"));
    let all = seen_lines(&reader).await?;
    let total = all.len();
    narrowing(&reader, &mut screen);
    let mut lines: Vec<&Line> = all.iter().map(AsRef::as_ref).filter(|line| matches(&reader, line)).collect();
    sort(&reader, &mut lines);
    let found = lines.len();
    // A file holds all of them.
    let (page, from, most) = reader.paging(found);
    let rows = lines.iter().skip(from).take(most).map(|line| row(&reader, line));
    let head = |id: &str, order: &str| Column {
        sort: Some(order_link(&reader, order)),
        ..Column::new(words.say(id))
    };
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-uses"),
        quiet: true,
        columns: vec![
            head("head-use", "name"),
            head("head-stage", "stage"),
            head("head-tier", "tier"),
            head("head-gate", "gate"),
            Column::new(words.say("head-entity")),
            Column::new(words.say("head-owners")),
            head("head-review", "review"),
        ],
        rows: rows.collect(),
        empty: if total == 0 { words.say("no-uses-yet") } else { words.say("no-uses-found") },
        empty_link: Some(if total == 0 {
            ("/new/use".to_owned(), words.say("action-register-use"))
        } else {
            ("/uses".to_owned(), words.say("show-all"))
        }),
        pager: Some(pager(&reader, (page, from, most), found)),
        files: files(&reader),
        ..Grid::default()
    }));
    let many = |path: &str| {
        let kept = ["q", "stage", "tier", "entity", "owner", "blocked", "suspended", "state"];
        let pairs = kept.iter().filter_map(|name| Some((*name, reader.query(name)?)));
        super::reader::address(path, pairs)
    };
    screen.put(Block::Buttons(vec![
        ("/new/use".into(), words.say("action-register-use"), "main"),
        (many("/do/assign"), words.say("action-assign"), "plain"),
        (many("/attest-many"), words.say("attest-many"), "plain"),
    ]));
    reader.page(screen).await
}

/// The ways to have what is shown as a file.
pub(super) fn files(reader: &Reader) -> Vec<(String, String)> {
    ["csv", "xlsx"].map(|format| (reader.asked.with("format", Some(format)), format.to_uppercase())).to_vec()
}

/// The heads of [`row`], in an order of their own.
pub(super) fn columns(words: dualtrack_report::Words) -> Vec<Column> {
    ["use", "stage", "tier", "gate", "entity", "owners", "review"]
        .map(|id| Column::new(words.say(&format!("head-{id}"))))
        .to_vec()
}

/// The way to the other pages of a list.
pub(super) fn pager(reader: &Reader, (page, from, most): (usize, usize, usize), found: usize) -> Pager {
    let words = reader.words;
    let number = |count: usize| words.whole(count as u64);
    let last = (from + most).min(found);
    let to = |page: usize| reader.asked.page(page);
    Pager {
        shown: words.say_with(
            "shown-of",
            &[("from", &number((from + 1).min(found))), ("to", &number(last)), ("total", &number(found))],
        ),
        before: (page > 1).then(|| (to(page - 1), words.say("page-before"))),
        after: (last < found).then(|| (to(page + 1), words.say("page-after"))),
    }
}

fn narrowing(reader: &Reader, screen: &mut Screen) {
    let words = reader.words;
    let mut search = Field::line("q", words.say("search-uses"), "search");
    search.required = false;
    reader.query("q").unwrap_or_default().clone_into(&mut search.value);
    let mut as_of = Field::line("as_of", words.say("as-of-day"), "date");
    as_of.required = false;
    reader.query("as_of").unwrap_or_default().clone_into(&mut as_of.value);
    let kept = ["stage", "tier", "entity", "blocked", "suspended", "state", "sort"];
    let hidden = kept.iter().filter_map(|name| Some(((*name).to_owned(), reader.query(name)?.to_owned())));
    screen.put(Block::Form(Box::new(Form {
        action: "/uses".into(),
        submit: words.say("search-go"),
        class: "plain",
        fields: vec![search, as_of],
        hidden: hidden.collect(),
        asks: true,
        inline: true,
        ..Form::default()
    })));
    let chips = |name: &str, label: String, values: Vec<(String, String)>| {
        let chosen = reader.query(name);
        let mut chips = vec![(reader.asked.with(name, None), words.say("any"), chosen.is_none())];
        chips.extend(values.into_iter().map(|(value, text)| {
            (reader.asked.with(name, Some(&value)), text, chosen == Some(value.as_str()))
        }));
        Block::Chips { label, chips }
    };
    let language = words.language;
    let stages = [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production, Stage::Retired];
    let stages = stages.map(|stage| (stage.as_str().to_owned(), stage.label(language).to_owned()));
    screen.put(chips("stage", words.say("head-stage"), stages.to_vec()));
    let tiers = [Tier::Low, Tier::Medium, Tier::High];
    let tiers = tiers.map(|tier| (tier.as_str().to_owned(), tier.label(language).to_owned()));
    screen.put(chips("tier", words.say("head-tier"), tiers.to_vec()));
    let gates =
        vec![("true".to_owned(), words.say("gate-shut")), ("false".to_owned(), words.say("gate-open"))];
    screen.put(chips("blocked", words.say("head-gate"), gates));
}

pub(super) fn matches(reader: &Reader, line: &Line) -> bool {
    let query = |name: &str| reader.query(name);
    let search = query("q").map(str::to_lowercase);
    let state =
        |wanted: &str| line.states.iter().any(|state| serde_json::json!(state).as_str() == Some(wanted));
    query("stage").is_none_or(|stage| line.stage.as_str() == stage)
        && query("tier").is_none_or(|tier| line.tier.as_str() == tier)
        && query("entity").is_none_or(|entity| line.entity.as_str() == entity)
        && query("owner").is_none_or(|owner| line.owners.iter().any(|id| id.as_str() == owner))
        && query("suspended")
            .is_none_or(|suspended| (suspended == "true") == (line.suspended || reader.is_paused(&line.id)))
        && query("blocked")
            .is_none_or(|blocked| (blocked == "true") == line.next.is_some_and(|next| !next.open))
        && query("state").is_none_or(state)
        && search.as_deref().is_none_or(|wanted| {
            line.id.as_str().contains(wanted)
                || line.name.en.to_lowercase().contains(wanted)
                || line.name.zh_hant.contains(wanted)
        })
}

fn sort(reader: &Reader, lines: &mut [&Line]) {
    let Some(order) = reader.query("sort") else { return };
    let (name, down) = order.strip_prefix('-').map_or((order, false), |name| (name, true));
    match name {
        "name" => lines.sort_by_key(|line| reader.words.pick(&line.name).to_lowercase()),
        "stage" => lines.sort_by_key(|line| line.stage),
        "tier" => lines.sort_by_key(|line| line.tier),
        "gate" => lines.sort_by_key(|line| line.next.map_or(0, |next| next.blockers)),
        "review" => lines.sort_by_key(|line| (line.next_review.is_none(), line.next_review)),
        _ => return,
    }
    if down {
        lines.reverse();
    }
}

fn order_link(reader: &Reader, name: &str) -> (String, &'static str) {
    let down = format!("-{name}");
    match reader.query("sort") {
        Some(now) if now == name => (reader.asked.with("sort", Some(&down)), "▲"),
        Some(now) if now == down => (reader.asked.with("sort", None), "▼"),
        _ => (reader.asked.with("sort", Some(name)), ""),
    }
}

pub(super) fn row(reader: &Reader, line: &Line) -> Row {
    let words = reader.words;
    let owners = line
        .owners
        .iter()
        .map(|owner| Cell::link(reader.name_of(owner.as_str()), format!("/people/{owner}")));
    let mut stage = vec![Cell::text(words.sentence_of(line.stage.label(words.language)))];
    if line.inherited {
        stage.push(Cell::Muted(words.say("inherited")));
    }
    let mut row = Row::new(vec![
        Cell::Lines(vec![
            Cell::link(words.pick(&line.name), format!("/uses/{}", line.id)),
            Cell::Muted(line.id.to_string()),
        ]),
        Cell::Lines(stage),
        Cell::Badge(tier(line, reader)),
        Cell::BadgeLink {
            badge: gate(line, reader),
            to: format!("/uses/{}#blockers", line.id),
            about: words.pick(&line.name).to_owned(),
        },
        Cell::text(super::entity_name(reader, line.entity.as_str())),
        Cell::Lines(owners.collect()),
        Cell::text(line.next_review.map(|day| words.date(day)).unwrap_or_default()),
    ]);
    if line.next.is_some_and(|next| !next.open) && line.states.contains(&VerdictState::NotMet) {
        row.class = "red";
    }
    row
}

pub(super) const ON_PAGE: usize = 50;
