//! Home: the board of both tracks. Uses by stage with what blocks each, one's own tasks, and what is red or amber.

use axum::response::Response;
use dualtrack_catalogue::Stage;
use dualtrack_governance::Line;
use dualtrack_inventory::VerdictState;
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen, Step};

use super::PageRoute;
use super::reader::Reader;
use crate::api::Needs;
use crate::api::inbox::{Inbox, inbox_of};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/", Needs::SignIn, home)]
}

async fn home(reader: Reader) -> Result<Response, Problem> {
    let reader = reader.with_paused().await?;
    let words = reader.words;
    let name = reader.name_of(reader.who.officer.person.as_str());
    let mut screen = Screen::new(words.say("nav-home"), words.say_with("home-lead", &[("person", &name)]));
    let inbox = if reader.may("view-inbox").await {
        inbox_of(&reader.web, &reader.who).await?
    } else {
        Inbox::default()
    };
    let lines = super::uses::seen_lines(&reader).await?;
    let lines: Vec<&Line> =
        lines.iter().map(AsRef::as_ref).filter(|line| line.stage != Stage::Retired).collect();
    let may = (reader.may("view-record").await, reader.may("view-inbox").await);
    glance(&reader, &mut screen, &lines, &inbox, may);
    mine(&reader, &mut screen, &lines, &inbox);
    board(&reader, &mut screen, &lines, reader.may("register-use").await);
    reader.page(screen).await
}

fn glance(
    reader: &Reader,
    screen: &mut Screen,
    lines: &[&Line],
    inbox: &Inbox,
    (record, lapses): (bool, bool),
) {
    let to = |may: bool, path: &str| may.then(|| path.to_owned());
    let words = reader.words;
    let number = |count: usize| words.whole(count as u64);
    let blocked = lines.iter().filter(|line| line.next.is_some_and(|next| !next.open)).count();
    let suspended = lines.iter().filter(|line| line.suspended || reader.is_paused(&line.id)).count();
    let red = lines.iter().filter(|line| line.states.contains(&VerdictState::NotMet)).count();
    screen.put(Block::Figures(vec![
        (number(lines.len()), words.say("glance-uses"), Some("/uses".into())),
        (number(blocked), words.say("glance-blocked"), Some("/uses?blocked=true".into())),
        (number(red), words.say("glance-red"), Some("/uses?state=not-met".into())),
        (number(suspended), words.say("glance-suspended"), Some("/uses?suspended=true".into())),
        (number(inbox.proposals.len()), words.say("glance-proposals"), to(record, "/approvals")),
        (number(inbox.due.len()), words.say("glance-due"), to(lapses, "/lapses")),
    ]));
}

fn mine(reader: &Reader, screen: &mut Screen, lines: &[&Line], inbox: &Inbox) {
    let words = reader.words;
    screen.section(words.say("home-mine"), "mine");
    let text = |value: &serde_json::Value, name: &str| {
        value.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let mut steps = Vec::new();
    for task in &inbox.tasks {
        let due = text(task, "due").parse().map(|day| words.date(day)).unwrap_or_default();
        let who = if due.is_empty() { String::new() } else { words.say_with("due-on", &[("date", &due)]) };
        let id = text(task, "id");
        let to = super::reader::address("/do/finish-task", [("task", id.as_str())].into_iter());
        steps.push(Step {
            action: text(task, "what"),
            who,
            settles: Vec::new(),
            button: Some((to, words.say("action-finish-task"))),
        });
    }
    for proposal in &inbox.proposals {
        let id = text(proposal, "id");
        let action = proposal.get("action").map(|action| text(action, "action")).unwrap_or_default();
        steps.push(Step {
            action: words.say_with("confirm-this", &[("action", &words.say(&format!("action-{action}")))]),
            who: words.say_with("proposed-by", &[("person", &reader.name_of(&text(proposal, "by")))]),
            settles: Vec::new(),
            button: Some((format!("/record/proposal/{id}"), words.say("look"))),
        });
    }
    for finding in &inbox.findings {
        let due = finding.due.as_ref().and_then(|due| due.parse().ok()).map(|day| words.date(day));
        let (action, of) = if finding.answered {
            ("close-finding", "close-finding-of")
        } else {
            ("answer-finding", "answer-finding-of")
        };
        let to =
            super::reader::address(&format!("/do/{action}"), [("finding", finding.id.as_str())].into_iter());
        steps.push(Step {
            action: words.say_with(of, &[("statement", &finding.statement)]),
            who: due.map(|date| words.say_with("due-on", &[("date", &date)])).unwrap_or_default(),
            settles: Vec::new(),
            button: Some((to, words.say(&format!("action-{action}")))),
        });
    }
    for of in &inbox.blocked {
        let line = lines.iter().find(|line| line.id.as_str() == of);
        let name = line.map_or(of.as_str(), |line| words.pick(&line.name));
        steps.push(Step {
            action: words.say_with("use-blocked", &[("use", name)]),
            who: String::new(),
            settles: Vec::new(),
            button: Some((format!("/uses/{of}#blockers"), words.say("look"))),
        });
    }
    if steps.is_empty() {
        let link = Some(("/uses".to_owned(), words.say("nav-uses")));
        screen.put(Block::Empty { text: words.say("home-nothing"), link });
    } else {
        screen.put(Block::Steps(steps));
    }
}

fn board(reader: &Reader, screen: &mut Screen, lines: &[&Line], may_register: bool) {
    let words = reader.words;
    screen.section(words.say("home-board"), "board");
    if lines.is_empty() {
        let link = may_register.then(|| ("/new/use".to_owned(), words.say("action-register-use")));
        let text = words.say(if may_register { "no-uses-yet" } else { "no-uses-name-you" });
        screen.put(Block::Empty { text, link });
        return;
    }
    let columns = [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production].map(|stage| {
        let own: Vec<_> = lines.iter().filter(|line| line.stage == stage).collect();
        let mut blocks = vec![Block::Heading {
            level: 3,
            text: format!(
                "{} ({})",
                words.sentence_of(stage.label(words.language)),
                words.whole(own.len() as u64)
            ),
            id: format!("stage-{}", stage.as_str()),
        }];
        let rows = own.iter().take(MOST).map(|line| {
            Row::new(vec![Cell::Lines(vec![
                Cell::link(words.pick(&line.name), format!("/uses/{}", line.id)),
                Cell::Beside(vec![Cell::Badge(tier(line, reader)), Cell::Badge(gate(line, reader))]),
            ])])
        });
        blocks.push(Block::Grid(Grid {
            caption: words.sentence_of(stage.label(words.language)),
            quiet: true,
            columns: vec![Column::new(words.say("head-use"))],
            rows: rows.collect(),
            empty: words.say("no-uses-in-stage"),
            class: "plain",
            ..Grid::default()
        }));
        if own.len() > MOST {
            let to = format!("/uses?stage={}", stage.as_str());
            blocks.push(Block::Buttons(vec![(to, words.say("all-of-them"), "plain")]));
        }
        ("", blocks)
    });
    screen.put(Block::Columns(columns.to_vec()));
}

/// The badge of a use's tier.
pub(super) fn tier(line: &Line, reader: &Reader) -> Badge {
    tier_badge(line.tier, reader.words)
}

/// The badge of a tier.
pub(super) fn tier_badge(tier: dualtrack_inventory::Tier, words: dualtrack_report::Words) -> Badge {
    let (class, sign) = match tier {
        dualtrack_inventory::Tier::High => ("blocks", "H"),
        dualtrack_inventory::Tier::Medium => ("amber", "M"),
        dualtrack_inventory::Tier::Low => ("none", "L"),
    };
    let word = words.say_with("tier-of", &[("tier", tier.label(words.language))]);
    Badge { class, sign, word }
}

/// The badge of the gate ahead.
pub(super) fn gate(line: &Line, reader: &Reader) -> Badge {
    let words = reader.words;
    if line.suspended {
        return Badge { class: "blocks", sign: "‖", word: words.say("suspended") };
    }
    if reader.is_paused(&line.id) {
        return Badge { class: "blocks", sign: "‖", word: words.say("paused") };
    }
    match line.next {
        None => Badge { class: "none", sign: "-", word: words.say("no-gate") },
        Some(next) if next.open => Badge { class: "met", sign: "✓", word: words.say("gate-open") },
        Some(next) => {
            let word = words.count("to-do-count", next.blockers as u64);
            Badge { class: "amber", sign: "!", word }
        }
    }
}

const MOST: usize = 12;
