//! The rules as people read them: how risky a use is, and what each gate asks for.

use axum::response::Response;
use dualtrack_catalogue::Stage;
use dualtrack_inventory::{Gates, Kind, Tier, TierRule, Tiers};
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};

use super::super::PageRoute;
use super::super::home::tier_badge;
use super::super::reader::Reader;
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/settings/rules", Needs::Action("view-record"), show)]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "view-record").await?;
    let mut screen = Screen::new(words.say("settings-rules"), words.say("rules-lead"));
    let Some(inventory) = &reader.common.inventory else {
        screen.put(Block::Empty { text: words.say("no-institution"), link: None });
        return reader.page(screen).await;
    };
    tiers(&reader, &mut screen, inventory.tiers());
    gates(&reader, &mut screen, inventory.gates());
    screen.put(Block::Muted(words.say("rules-how")));
    reader.page(screen).await
}

fn tiers(reader: &Reader, screen: &mut Screen, tiers: &Tiers) {
    let words = reader.words;
    screen.section(words.say("kind-tiers"), "tiers");
    let own = reader.common.documents.keys().any(|key| key.kind == Kind::Tiers);
    screen.put(Block::Muted(words.say(if own { "rules-own" } else { "rules-of-program" })));
    let mut rules: Vec<&TierRule> = tiers.rules.iter().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.tier));
    let rows = rules.into_iter().map(|rule| {
        Row::new(vec![
            Cell::Badge(tier_badge(rule.tier, words)),
            Cell::Lines(conditions(reader, rule)),
            Cell::text(words.pick(&rule.because)),
        ])
    });
    let otherwise = Row::new(vec![
        Cell::Badge(tier_badge(Tier::Low, words)),
        Cell::text(words.say("rule-otherwise")),
        Cell::text(words.pick(&tiers.otherwise)),
    ]);
    screen.put(Block::Grid(Grid {
        caption: words.say("tiers-caption"),
        columns: vec![
            Column::new(words.say("head-tier")),
            Column::new(words.say("rule-when")),
            Column::new(words.say("head-because")),
        ],
        rows: rows.chain([otherwise]).collect(),
        ..Grid::default()
    }));
}

fn conditions(reader: &Reader, rule: &TierRule) -> Vec<Cell> {
    let words = reader.words;
    let mut lines: Vec<Cell> = rule
        .when
        .iter()
        .map(|(fact, wanted)| {
            let value = words.say(if *wanted { "yes" } else { "no" });
            let label = fact.label(words.language);
            Cell::text(words.say_with("fact-is", &[("fact", label), ("value", &value)]))
        })
        .collect();
    if !rule.purposes.is_empty() {
        let purposes: Vec<_> = rule.purposes.iter().map(|one| one.label(words.language)).collect();
        let purposes = purposes.join(&words.say("list-comma"));
        lines.push(Cell::text(words.say_with("rule-purposes", &[("purposes", &purposes)])));
    }
    if rule.any_high_risk {
        lines.push(Cell::text(words.say("rule-any-high-risk")));
    }
    lines
}

fn gates(reader: &Reader, screen: &mut Screen, gates: &Gates) {
    let words = reader.words;
    let language = words.language;
    screen.section(words.say("kind-gates"), "gates");
    let own = reader.common.documents.keys().any(|key| key.kind == Kind::Gates);
    screen.put(Block::Muted(words.say(if own { "rules-own" } else { "rules-of-program" })));
    for (stage, rule) in &gates.gates {
        let text = words.say_with("gate-to", &[("stage", stage.label(language))]);
        screen.put(Block::Heading { level: 3, text, id: format!("gate-{}", stage.as_str()) });
        screen.put(Block::Text(words.pick(&rule.because).to_owned()));
        let asks = rule.asks.iter().map(|ask| {
            let principles = ask.principles.iter().map(|one| one.label(language)).collect::<Vec<_>>();
            let timings = ask.timings.iter().map(|one| one.label(language)).collect::<Vec<_>>();
            let any = |list: Vec<&str>| {
                if list.is_empty() { words.say("any") } else { list.join(&words.say("list-comma")) }
            };
            Row::new(vec![
                Cell::text(words.sentence_of(ask.at_least.label(language))),
                Cell::text(any(principles)),
                Cell::text(any(timings)),
            ])
        });
        screen.put(Block::Grid(Grid {
            caption: words.say("gate-asks"),
            columns: vec![
                Column::new(words.say("ask-strength")),
                Column::new(words.say("ask-principles")),
                Column::new(words.say("ask-timings")),
            ],
            rows: asks.collect(),
            ..Grid::default()
        }));
        let approvals = rule.approvals.iter().rev().map(|(tier, rule)| {
            let roles = |roles: &std::collections::BTreeSet<dualtrack_inventory::Role>| {
                let labels: Vec<_> = roles.iter().map(|role| role.label(language)).collect();
                Cell::text(words.sentence_of(&labels.join(&words.say("list-comma"))))
            };
            Row::new(vec![
                Cell::Badge(tier_badge(*tier, words)),
                Cell::Number { text: words.whole(u64::from(rule.people)), value: f64::from(rule.people) },
                roles(&rule.roles),
                if rule.including.is_empty() { Cell::Muted("–".into()) } else { roles(&rule.including) },
            ])
        });
        screen.put(Block::Grid(Grid {
            caption: words.say("gate-approvals"),
            columns: vec![
                Column::new(words.say("head-tier")),
                Column::number(words.say("approvals-people")),
                Column::new(words.say("approvals-of")),
                Column::new(words.say("approvals-including")),
            ],
            rows: approvals.collect(),
            ..Grid::default()
        }));
    }
    changes(reader, screen, gates);
}

fn changes(reader: &Reader, screen: &mut Screen, gates: &Gates) {
    let words = reader.words;
    let language = words.language;
    let rows = gates.changes.iter().map(|(part, rule)| {
        Row::new(vec![
            Cell::text(words.sentence_of(part.label(language))),
            Cell::text(words.sentence_of(rule.class.label(language))),
            Cell::text(words.pick(&rule.because)),
        ])
    });
    screen.section(words.say("changes-title"), "changes");
    screen.put(Block::Grid(Grid {
        caption: words.say("changes-caption"),
        columns: vec![
            Column::new(words.say("change-of")),
            Column::new(words.say("change-class")),
            Column::new(words.say("head-because")),
        ],
        rows: rows.collect(),
        ..Grid::default()
    }));
    let running = &gates.running_evidence;
    let stage = |stage: Stage| words.sentence_of(stage.label(language));
    let mut due: Vec<Cell> = running
        .after_days
        .iter()
        .map(|(timing, days)| {
            let days = words.count("days-count", u64::from(*days));
            Cell::text(words.say_with("fact-is", &[("fact", timing.label(language)), ("value", &days)]))
        })
        .collect();
    let days = words.count("days-count", u64::from(running.otherwise_days));
    due.push(Cell::text(words.say_with("running-otherwise", &[("days", &days)])));
    screen.put(Block::Facts(vec![
        (words.say("most-minor-changes"), Cell::text(words.whole(u64::from(gates.most_minor_changes)))),
        (
            words.say("early-deployment"),
            Cell::text(words.count("days-count", u64::from(gates.early_deployment_days))),
        ),
        (words.say("running-from"), Cell::text(stage(running.from))),
        (words.say("running-due"), Cell::Lines(due)),
        (words.say("field-because"), Cell::text(words.pick(&running.because))),
    ]));
}
