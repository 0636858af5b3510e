//! The queue of those who approve: uses whose next gate waits for approvals, and proposals that wait for a second person.
//!
//! Who cannot give one reads why in the row, before she opens anything.

use std::sync::Arc;

use axum::response::Response;
use dualtrack_governance::{Awaits, Command, Line, Officer};
use dualtrack_inventory::{Document, Key, Kind, Proposal, Role};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};

use super::offices::{Offices, Part};
use crate::api::Needs;
use crate::api::record::{allowed, seen};
use crate::pages::PageRoute;
use crate::pages::home::tier;
use crate::pages::place;
use crate::pages::reader::Reader;
use crate::pages::uses::{ON_PAGE, files, pager, seen_lines};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/approvals", Needs::Action("view-record"), queue)]
}

/// A use that waits for approvals, with the part of the reader in it.
struct Waiting {
    line: Arc<Line>,
    awaits: Awaits,
    part: Part,
}

async fn queue(reader: Reader) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "view-record").await?;
    let words = reader.words;
    let mut screen = Screen::new(words.say("nav-approvals"), words.say("approvals-lead"));
    let offices = Offices::of(&reader).await;
    let mut waiting: Vec<_> = seen_lines(&reader)
        .await?
        .into_iter()
        .filter_map(|line| {
            let awaits = line.awaits.clone()?;
            let part = offices.part(&reader, &line, &awaits);
            Some(Waiting { line, awaits, part })
        })
        .collect();
    // What she can give first; of that, what only waits for approvals; of that, the riskiest.
    waiting.sort_by_cached_key(|one| {
        let rank = match one.part {
            Part::May(_) => 0,
            Part::Barred(_) | Part::Signed => 1,
            Part::NotAsked | Part::Never(_) => 2,
        };
        (rank, one.awaits.others > 0, std::cmp::Reverse(one.line.tier), one.line.id.clone())
    });
    let proposals = open_proposals(&reader).await?;
    let yours = waiting.iter().filter(|one| matches!(one.part, Part::May(_))).count();
    let number = |count: usize| words.whole(count as u64);
    screen.put(Block::Figures(vec![
        (number(yours), words.say("glance-yours"), Some("/approvals?show=yours".into())),
        (number(waiting.len()), words.say("glance-waiting"), Some("/approvals".into())),
        (number(proposals.len()), words.say("glance-second"), Some("#second".into())),
    ]));
    let shown = reader.query("show") == Some("yours");
    screen.put(Block::Chips {
        label: words.say("show-which"),
        chips: vec![
            (reader.asked.with("show", None), words.say("any"), !shown),
            (reader.asked.with("show", Some("yours")), words.say("show-yours"), shown),
        ],
    });
    waiting.retain(|one| !shown || matches!(one.part, Part::May(_)));
    uses(&reader, &mut screen, &waiting);
    second(&reader, &mut screen, &proposals).await;
    reader.page(screen).await
}

fn uses(reader: &Reader, screen: &mut Screen, waiting: &[Waiting]) {
    let words = reader.words;
    screen.section(words.say("waiting-title"), "waiting");
    let found = waiting.len();
    let (page, from, most) = reader.paging(found);
    screen.put(Block::Grid(Grid {
        caption: words.say("waiting-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-use")),
            Column::new(words.say("head-you")),
            Column::new(words.say("head-gate")),
            Column::new(words.say("head-tier")),
            Column::new(words.say("head-awaits")),
            Column::new(words.say("head-first")),
        ],
        rows: waiting.iter().skip(from).take(most).map(|one| row(reader, one)).collect(),
        empty: words.say("waiting-nothing"),
        empty_link: Some(("/uses".to_owned(), words.say("nav-uses"))),
        pager: (found > ON_PAGE).then(|| pager(reader, (page, from, most), found)),
        files: files(reader),
        ..Grid::default()
    }));
}

fn row(reader: &Reader, one: &Waiting) -> Row {
    let words = reader.words;
    let language = words.language;
    let line = &one.line;
    let to = format!("/approvals/{}", line.id);
    let gate = line.next.map(|next| {
        if next.to == line.stage {
            words.say_with("stay-in", &[("stage", next.to.label(language))])
        } else {
            words.say_with("enter-stage", &[("stage", next.to.label(language))])
        }
    });
    let first = match one.awaits.others {
        0 => Cell::Badge(Badge { class: "met", sign: "✓", word: words.say("ready") }),
        others => {
            let word = words.count("to-do-count", others as u64);
            Cell::BadgeLink {
                badge: Badge { class: "amber", sign: "!", word },
                to: format!("/uses/{}#blockers", line.id),
                about: words.pick(&line.name).to_owned(),
            }
        }
    };
    Row::new(vec![
        Cell::Lines(vec![Cell::link(words.pick(&line.name), to), Cell::Muted(line.id.to_string())]),
        one.part.cell(reader),
        Cell::text(gate.unwrap_or_default()),
        Cell::Badge(tier(line, reader)),
        Cell::Lines(awaited(reader, &one.awaits)),
        first,
    ])
}

/// How many approvals are missing, in which offices.
fn awaited(reader: &Reader, awaits: &Awaits) -> Vec<Cell> {
    let words = reader.words;
    let list = |roles: &mut dyn Iterator<Item = &Role>| {
        let labels: Vec<_> = roles.map(|role| role.label(words.language)).collect();
        labels.join(&words.say("list-comma"))
    };
    let mut cells = vec![
        Cell::text(words.count("awaits-more", awaits.more as u64)),
        Cell::Muted(list(&mut awaits.roles.iter())),
    ];
    if !awaits.including.is_empty() && awaits.including != awaits.roles {
        let offices = list(&mut awaits.including.iter());
        cells.push(Cell::Muted(words.say_with("awaits-including", &[("offices", &offices)])));
    }
    cells
}

/// Proposals that can still be confirmed and that the reader may see, those that end soonest first.
async fn open_proposals(reader: &Reader) -> Result<Vec<Proposal>, Problem> {
    let now = reader.now();
    let mut open: Vec<_> = seen(&reader.web, &reader.who, Kind::Proposal)
        .await?
        .into_iter()
        .filter_map(|stored| match stored.document {
            Some(Document::Proposal(one)) if one.settled.is_none() && one.expires > now => Some(*one),
            _ => None,
        })
        .collect();
    open.sort_by_key(|one| one.expires);
    Ok(open)
}

async fn second(reader: &Reader, screen: &mut Screen, proposals: &[Proposal]) {
    let words = reader.words;
    screen.section(words.say("second-title"), "second");
    let mut rows = Vec::new();
    for proposal in proposals.iter().take(MOST_PROPOSALS) {
        let inner: Option<Command> = serde_json::from_value(proposal.action.clone()).ok();
        let name = inner.as_ref().map(Command::name).unwrap_or_default();
        let about = inner.as_ref().and_then(Command::target).map(|key| about(reader, &key));
        rows.push(Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.say(&format!("action-{name}")), place(Kind::Proposal, proposal.id.as_str())),
                Cell::Muted(proposal.id.to_string()),
            ]),
            confirms(reader, proposal).await,
            about.unwrap_or_else(Cell::none),
            Cell::link(reader.name_of(proposal.by.as_str()), format!("/people/{}", proposal.by)),
            Cell::text(words.instant(proposal.expires)),
        ]));
    }
    screen.put(Block::Grid(Grid {
        caption: words.say("second-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-action")),
            Column::new(words.say("head-you")),
            Column::new(words.say("head-about")),
            Column::new(words.say("head-proposer")),
            Column::new(words.say("field-expires")),
        ],
        rows,
        empty: words.say("second-nothing"),
        files: files(reader),
        ..Grid::default()
    }));
    let more = proposals.len().saturating_sub(MOST_PROPOSALS);
    if more > 0 {
        screen.put(Block::Muted(words.count("second-more", more as u64)));
    }
}

/// Whether the reader can confirm a proposal, and if not, why.
async fn confirms(reader: &Reader, proposal: &Proposal) -> Cell {
    let officer = Officer { stepped_up: true, ..reader.who.officer.clone() };
    let confirm = Command::ConfirmProposal { proposal: proposal.id.clone() };
    match reader.web.desk.may_act(&officer, &confirm, reader.now()).await {
        Ok(()) => {
            let badge = Badge { class: "met", sign: "✓", word: reader.words.say("you-may-confirm") };
            Cell::BadgeLink {
                badge,
                to: place(Kind::Proposal, proposal.id.as_str()),
                about: proposal.id.to_string(),
            }
        }
        Err(refusal) => Cell::text(reader.why(&refusal)),
    }
}

fn about(reader: &Reader, key: &Key) -> Cell {
    // What is only proposed has no page yet.
    if key.kind == Kind::Waiver || key.kind == Kind::Delegation || key.kind == Kind::Activation {
        return Cell::text(super::called(reader, key));
    }
    Cell::link(super::called(reader, key), place(key.kind, &key.id))
}

/// Whether each could be confirmed is asked of the record, so that it is true; more than these wait their turn.
const MOST_PROPOSALS: usize = 20;
