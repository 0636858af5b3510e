//! Contracts, delegations, candidate uses, and uses that were taken over from lists.

use axum::response::Response;
use dualtrack_inventory::{Document, Kind};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Pager, Row, Screen};
use dualtrack_store::Stored;

use super::super::people::validity;
use super::super::providers::{Exit, named};
use super::super::reader::{Reader, address};
use super::super::uses::{ON_PAGE, files, pager, seen_lines};
use super::super::{PageRoute, entity_name, place};
use crate::api::Needs;
use crate::api::record::Seeing;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/settings/contracts", Needs::Action("view-provider"), contracts),
        PageRoute::get("/settings/delegations", Needs::Action("view-record"), delegations),
        PageRoute::get("/settings/candidates", Needs::Action("view-record"), candidates),
        PageRoute::get("/settings/taken-over", Needs::Action("view-use"), taken_over),
    ]
}

/// A page of the documents of a kind that the reader may see, and the way to the next.
async fn page_of(reader: &Reader, kind: Kind) -> Result<(Vec<Stored>, Pager), Problem> {
    let most = if reader.query("format").is_some() { MOST_IN_FILE } else { ON_PAGE };
    let mut after = reader.query("after").unwrap_or_default().to_owned();
    let mut seeing = Seeing::default();
    let mut found = Vec::new();
    let mut next = None;
    'pages: loop {
        let read = reader.web.desk.documents(kind, &after, most + 1).await;
        let read = read.map_err(|refusal| reader.refused(&refusal))?;
        let is_last = read.len() <= most;
        for stored in read {
            let may = seeing.may(&reader.web, &reader.who, &stored).await;
            if may && found.len() == most {
                next = found.last().map(|last: &Stored| last.key.id.clone());
                break 'pages;
            }
            after.clone_from(&stored.key.id);
            if may {
                found.push(stored);
            }
        }
        if is_last {
            break;
        }
    }
    let words = reader.words;
    let pager = Pager {
        shown: String::new(),
        before: reader.query("after").map(|_| (reader.asked.with("after", None), words.say("from-start"))),
        after: next.map(|next| (reader.asked.with("after", Some(&next)), words.say("page-after"))),
    };
    Ok((found, pager))
}

async fn contracts(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("settings-contracts"), words.say("settings-contracts-about"));
    let (found, pager) = page_of(&reader, Kind::Contract).await?;
    let mut rows = Vec::new();
    for stored in &found {
        let Some(Document::Contract(one)) = &stored.document else { continue };
        let next = one.exit_plan.as_ref().and_then(|plan| plan.next_trial);
        rows.push(Row::new(vec![
            Cell::Lines(vec![
                Cell::link(one.reference.clone(), place(Kind::Contract, one.id.as_str())),
                Cell::Muted(one.id.to_string()),
            ]),
            named(&reader, one.provider.as_str()).await,
            Cell::text(entity_name(&reader, one.entity.as_str())),
            Cell::text(words.date(one.starts)),
            match one.ends {
                Some(day) => {
                    Cell::Lines(vec![Cell::text(words.date(day)), Cell::Badge(validity(&reader, day))])
                }
                None => Cell::text(words.say("open-ended")),
            },
            Cell::Badge(Exit::of(&[&**one], reader.common.day).badge(&reader)),
            Cell::text(next.map_or_else(|| words.say("not-set"), |day| words.date(day))),
            Cell::link(reader.name_of(one.owner.as_str()), place(Kind::Person, one.owner.as_str())),
        ]));
    }
    screen.put(Block::Grid(Grid {
        caption: words.say("settings-contracts"),
        quiet: true,
        columns: vec![
            Column::new(words.say("kind-contract")),
            Column::new(words.say("kind-provider")),
            Column::new(words.say("field-entity")),
            Column::new(words.say("field-starts")),
            Column::new(words.say("field-ends")),
            Column::new(words.say("head-exit")),
            Column::new(words.say("field-next-trial")),
            Column::new(words.say("field-owner")),
        ],
        rows,
        empty: words.say("contracts-none"),
        empty_link: Some(("/new/contract".into(), words.say("new-contract"))),
        pager: Some(pager),
        files: files(&reader),
        ..Grid::default()
    }));
    screen.put(Block::Buttons(vec![("/new/contract".into(), words.say("new-contract"), "main")]));
    reader.page(screen).await
}

async fn delegations(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("settings-delegations"), words.say("settings-delegations-about"));
    let (found, pager) = page_of(&reader, Kind::Delegation).await?;
    let day = reader.common.day;
    let me = &reader.who.officer.person;
    let rows = found.iter().filter_map(|stored| {
        let Some(Document::Delegation(one)) = &stored.document else { return None };
        let person = |id: &dualtrack_inventory::PersonId| {
            Cell::link(reader.name_of(id.as_str()), place(Kind::Person, id.as_str()))
        };
        let (class, sign, id) = match one.revoked {
            Some(revoked) if revoked <= day => ("none", "-", "delegation-revoked"),
            _ if one.counts_on(day) => ("met", "✓", "delegation-counts"),
            _ if one.on > day => ("pending", "…", "delegation-ahead"),
            _ => ("none", "-", "delegation-over"),
        };
        let mut state = vec![Cell::Badge(Badge { class, sign, word: words.say(id) })];
        if one.from == *me && one.counts_on(day) {
            let to = address("/do/revoke-delegation", [("delegation", one.id.as_str())].into_iter());
            state.push(Cell::link(words.say("action-revoke-delegation"), to));
        }
        let roles = one.roles.iter().map(|role| Cell::text(words.sentence_of(role.label(words.language))));
        Some(Row::new(vec![
            person(&one.from),
            person(&one.to),
            Cell::Lines(roles.collect()),
            Cell::text(words.date(one.on)),
            Cell::text(words.date(one.expires)),
            Cell::Lines(state),
            Cell::text(one.because.clone()),
        ]))
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("settings-delegations"),
        quiet: true,
        columns: vec![
            Column::new(words.say("delegation-of")),
            Column::new(words.say("delegation-by")),
            Column::new(words.say("field-roles")),
            Column::new(words.say("field-from")),
            Column::new(words.say("delegation-until")),
            Column::new(words.say("head-state")),
            Column::new(words.say("field-because")),
        ],
        rows: rows.collect(),
        empty: words.say("delegations-nothing"),
        empty_link: Some(("/do/delegate".into(), words.say("action-delegate"))),
        pager: Some(pager),
        files: files(&reader),
        ..Grid::default()
    }));
    screen.put(Block::Buttons(vec![("/do/delegate".into(), words.say("action-delegate"), "plain")]));
    reader.page(screen).await
}

async fn candidates(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("settings-candidates"), words.say("settings-candidates-about"));
    let (found, pager) = page_of(&reader, Kind::Candidate).await?;
    let may = reader.may("dispose-candidate").await;
    let rows = found.iter().filter_map(|stored| {
        let Some(Document::Candidate(one)) = &stored.document else { return None };
        let state = if let Some(disposal) = &one.disposed {
            match &disposal.use_id {
                Some(id) => vec![
                    Cell::Badge(Badge { class: "met", sign: "✓", word: words.say("candidate-became") }),
                    Cell::link(id.as_str(), place(Kind::Use, id.as_str())),
                ],
                None => {
                    vec![Cell::Badge(Badge {
                        class: "none",
                        sign: "-",
                        word: words.say("candidate-settled"),
                    })]
                }
            }
        } else {
            let mut cells =
                vec![Cell::Badge(Badge { class: "amber", sign: "!", word: words.say("candidate-open") })];
            if may {
                let pairs = [("candidate", one.id.as_str())];
                let to = address("/do/dispose-candidate", pairs.into_iter());
                cells.push(Cell::link(words.say("action-dispose-candidate"), to));
            }
            cells
        };
        Some(Row::new(vec![
            Cell::Lines(vec![
                Cell::link(one.service.clone(), place(Kind::Candidate, one.id.as_str())),
                Cell::Muted(one.id.to_string()),
            ]),
            Cell::text(one.source.clone()),
            Cell::text(words.date(one.first_seen)),
            Cell::text(words.date(one.last_seen)),
            Cell::text(words.whole(one.times)),
            Cell::text(one.people.map_or_else(|| words.say("not-known"), |people| words.whole(people))),
            Cell::text(one.spend.clone().unwrap_or_default()),
            Cell::Lines(state),
        ]))
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("settings-candidates"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-service")),
            Column::new(words.say("candidate-source")),
            Column::new(words.say("field-first-seen")),
            Column::new(words.say("field-last-seen")),
            Column::number(words.say("field-times")),
            Column::number(words.say("field-people")),
            Column::number(words.say("field-spend")),
            Column::new(words.say("head-state")),
        ],
        rows: rows.collect(),
        empty: words.say("candidates-nothing"),
        pager: Some(pager),
        files: files(&reader),
        ..Grid::default()
    }));
    reader.page(screen).await
}

/// Uses that ran before they were registered, and what is caught up on them.
async fn taken_over(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("settings-taken-over"), words.say("settings-taken-over-about"));
    let lines = seen_lines(&reader).await?;
    let mut own: Vec<_> = lines.iter().filter(|line| line.inherited).collect();
    own.sort_by_key(|line| (line.catch_up.iter().map(|one| one.due).min().is_none(), line.id.to_string()));
    let waiting = own.iter().filter(|line| !line.catch_up.is_empty()).count();
    if !own.is_empty() {
        let whole = |count: usize| words.whole(count as u64);
        screen.put(Block::Figures(vec![
            (whole(own.len()), words.say("glance-taken-over"), None),
            (whole(waiting), words.say("glance-catching-up"), None),
        ]));
    }
    let (page, from, most) = reader.paging(own.len());
    let rows = own.iter().skip(from).take(most).map(|line| {
        let open = line.catch_up.iter().map(|one| {
            Cell::Lines(vec![
                Cell::text(words.pick(&one.what)),
                Cell::Muted(words.say_with(
                    "catch-up-by",
                    &[("date", &words.date(one.due)), ("person", &reader.name_of(one.by.as_str()))],
                )),
            ])
        });
        Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&line.name), place(Kind::Use, line.id.as_str())),
                Cell::Muted(line.id.to_string()),
            ]),
            Cell::text(words.sentence_of(line.stage.label(words.language))),
            Cell::Badge(super::super::home::tier(line, &reader)),
            Cell::Lines(open.collect()),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("settings-taken-over"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-use")),
            Column::new(words.say("head-stage")),
            Column::new(words.say("head-tier")),
            Column::new(words.say("field-catch-up")),
        ],
        rows: rows.collect(),
        empty: words.say("taken-over-nothing"),
        pager: Some(pager(&reader, (page, from, most), own.len())),
        files: files(&reader),
        ..Grid::default()
    }));
    reader.page(screen).await
}

const MOST_IN_FILE: usize = 5_000;
