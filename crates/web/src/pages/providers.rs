//! Providers: how many uses rest on each or on those that belong to it, with which contracts, and how one would leave.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::Stage;
use dualtrack_governance::{AsOf, Line};
use dualtrack_inventory::{Contract, Document, Key, Kind, Provider, Tier};
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use dualtrack_report::{Badge, Bar, Bars, bars_chart};
use dualtrack_store::Stored;

use super::flows::places;
use super::forms::choices::{choice, title};
use super::reader::{Reader, address};
use super::record::{document_screen, history};
use super::uses::{files, pager, row, seen_lines};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::{Seeing, seen};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/providers", Needs::Action("view-provider"), list),
        PageRoute::get("/providers/{id}", Needs::Action("view-provider"), one),
        PageRoute::get("/models/{id}", Needs::Action("view-model"), |reader, Path(id): Path<String>| {
            foundation(reader, Key::new(Kind::Model, id))
        }),
        PageRoute::get("/datasets/{id}", Needs::Action("view-dataset"), |reader, Path(id): Path<String>| {
            foundation(reader, Key::new(Kind::Dataset, id))
        }),
    ]
}

/// How many uses rest on a provider.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    uses: u64,
    /// Low, medium, high.
    tiers: [u64; 3],
    /// Idea, sandbox, pilot, production.
    stages: [u64; 4],
}

impl Load {
    fn add(&mut self, line: &Line) {
        self.uses += 1;
        let tier = Tier::ALL.iter().position(|tier| *tier == line.tier);
        let stage = STAGES.iter().position(|stage| *stage == line.stage);
        for (counts, place) in [(&mut self.tiers[..], tier), (&mut self.stages[..], stage)] {
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count += 1;
            }
        }
    }
}

/// How a provider can be left, as far as its contracts say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// There is no contract on record.
    NoContract,
    /// No contract has a plan.
    NoPlan,
    /// It was never tried, or is to be tried since a day that has passed.
    Untried,
    /// It was tried.
    Tried,
}

impl Exit {
    pub(super) fn of(contracts: &[&Contract], today: jiff::civil::Date) -> Self {
        let plans: Vec<_> = contracts.iter().filter_map(|contract| contract.exit_plan.as_ref()).collect();
        if contracts.is_empty() {
            return Self::NoContract;
        }
        if plans.is_empty() {
            return Self::NoPlan;
        }
        let settled = plans
            .iter()
            .all(|plan| plan.tried_on.is_some() && plan.next_trial.is_none_or(|next| next >= today));
        if settled { Self::Tried } else { Self::Untried }
    }

    pub(super) fn badge(self, reader: &Reader) -> Badge {
        let (class, sign, id) = match self {
            Self::NoContract => ("none", "-", "exit-no-contract"),
            Self::NoPlan => ("blocks", "✗", "exit-no-plan"),
            Self::Untried => ("amber", "!", "exit-untried"),
            Self::Tried => ("met", "✓", "exit-tried"),
        };
        Badge { class, sign, word: reader.words.say(id) }
    }
}

/// A provider in the list.
struct Held<'p> {
    provider: &'p Provider,
    load: Load,
    exit: Exit,
}

async fn list(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("nav-providers"), words.say("providers-lead"));
    let lines = running(&seen_lines(&reader).await?);
    let mut loads: BTreeMap<&str, Load> = BTreeMap::new();
    let mut on_any = 0;
    for line in &lines {
        let mut any = false;
        for key in line.stands_on.iter().filter(|key| key.kind == Kind::Provider) {
            loads.entry(&key.id).or_default().add(line);
            any = true;
        }
        on_any += u64::from(any);
    }
    let providers = seen(&reader.web, &reader.who, Kind::Provider).await?;
    let contracts = seen(&reader.web, &reader.who, Kind::Contract).await?;
    let contracts: Vec<&Contract> = contracts.iter().filter_map(contract).collect();
    let mut held: Vec<Held<'_>> = providers
        .iter()
        .filter_map(|stored| match &stored.document {
            Some(Document::Provider(provider)) => Some(provider),
            _ => None,
        })
        .map(|provider| {
            let own: Vec<_> =
                contracts.iter().copied().filter(|contract| contract.provider == provider.id).collect();
            let load = loads.get(provider.id.as_str()).copied().unwrap_or_default();
            Held { provider, load, exit: Exit::of(&own, reader.common.day) }
        })
        .collect();
    held.sort_by_key(|one| (std::cmp::Reverse(one.load.uses), words.pick(&one.provider.name).to_owned()));
    let open = held.iter().filter(|one| one.load.uses > 0 && one.exit < Exit::Tried).count();
    let figure = |number: u64, id: &str| (words.whole(number), words.say(id), None);
    screen.put(Block::Figures(vec![
        figure(held.len() as u64, "glance-providers"),
        figure(on_any, "glance-on-provider"),
        figure(held.first().map_or(0, |one| one.load.uses), "glance-largest"),
        figure(open as u64, "glance-exit-open"),
    ]));
    if !held.is_empty() {
        concentration(&reader, &mut screen, &held, lines.len() as u64);
    }
    table(&reader, &mut screen, &held, lines.len() as u64);
    let buttons = [(Kind::Provider, "new-provider"), (Kind::Contract, "new-contract")];
    screen.put(Block::Buttons(
        buttons.map(|(kind, id)| (format!("/new/{kind}"), words.say(id), "plain")).to_vec(),
    ));
    reader.page(screen).await
}

/// The bars: the providers on which the most uses rest.
fn concentration(reader: &Reader, screen: &mut Screen, held: &[Held<'_>], all: u64) {
    let words = reader.words;
    let by_stage = reader.query("by") == Some("stage");
    screen.section(words.say("concentration-title"), "concentration");
    screen.put(Block::Chips {
        label: words.say("concentration-by"),
        chips: vec![
            (reader.asked.with("by", None), words.say("head-tier"), !by_stage),
            (reader.asked.with("by", Some("stage")), words.say("head-stage"), by_stage),
        ],
    });
    let parts: Vec<String> = if by_stage {
        STAGES.iter().rev().map(|stage| words.sentence_of(stage.label(words.language))).collect()
    } else {
        Tier::ALL.iter().rev().map(|tier| words.sentence_of(tier.label(words.language))).collect()
    };
    let rows = held.iter().filter(|one| one.load.uses > 0).take(MOST_BARS).map(|one| {
        let counts: Vec<u64> = if by_stage {
            one.load.stages.iter().rev().copied().collect()
        } else {
            one.load.tiers.iter().rev().copied().collect()
        };
        Bar {
            name: words.pick(&one.provider.name).to_owned(),
            about: places(one.provider, words),
            to: place(Kind::Provider, one.provider.id.as_str()),
            counts,
        }
    });
    let largest = held.first();
    let summary = words.say_with(
        "concentration-summary",
        &[
            ("uses", &words.whole(all)),
            ("count", &words.whole(largest.map_or(0, |one| one.load.uses))),
            ("provider", largest.map_or("", |one| words.pick(&one.provider.name))),
            ("share", &words.percent(share(largest.map_or(0, |one| one.load.uses), all))),
        ],
    );
    let bars = Bars {
        id: "concentration-bars".into(),
        title: words.say("concentration-chart"),
        summary,
        of: words.say("kind-provider"),
        total: words.say("nav-uses"),
        parts,
        rows: rows.collect(),
    };
    screen.put(Block::Figure { chart: Box::new(bars_chart(&bars, words)), words });
}

fn table(reader: &Reader, screen: &mut Screen, held: &[Held<'_>], all: u64) {
    let words = reader.words;
    let (page, from, most) = reader.paging(held.len());
    let names: BTreeMap<&str, &str> =
        held.iter().map(|one| (one.provider.id.as_str(), words.pick(&one.provider.name))).collect();
    let number = |count: u64| Cell::Number { text: words.whole(count), value: precise(count) };
    let rows = held.iter().skip(from).take(most).map(|one| {
        let provider = one.provider;
        let to = place(Kind::Provider, provider.id.as_str());
        let [low, medium, high] = one.load.tiers;
        let parent = provider.parent.as_ref().map_or_else(Cell::none, |parent| {
            let name = names.get(parent.as_str()).copied().unwrap_or(parent.as_str());
            Cell::link(name, place(Kind::Provider, parent.as_str()))
        });
        Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&provider.name), to),
                Cell::Muted(provider.id.to_string()),
            ]),
            Cell::text(words.sentence_of(provider.relation.label(words.language))),
            parent,
            Cell::text(places(provider, words)),
            number(one.load.uses),
            Cell::Number { text: words.percent(share(one.load.uses, all)), value: share(one.load.uses, all) },
            number(high),
            number(medium),
            number(low),
            number(one.load.stages.last().copied().unwrap_or_default()),
            Cell::Badge(one.exit.badge(reader)),
        ])
    });
    let tier = |tier: Tier| Column::number(words.sentence_of(tier.label(words.language)));
    screen.put(Block::Grid(Grid {
        caption: words.say("concentration-caption"),
        columns: vec![
            Column::new(words.say("kind-provider")),
            Column::new(words.say("field-relation")),
            Column::new(words.say("field-parent")),
            Column::new(words.say("field-places")),
            Column::number(words.say("nav-uses")),
            Column::number(words.say("head-share")),
            tier(Tier::High),
            tier(Tier::Medium),
            tier(Tier::Low),
            Column::number(words.sentence_of(Stage::Production.label(words.language))),
            Column::new(words.say("head-exit")),
        ],
        rows: rows.collect(),
        empty: words.say("providers-nothing"),
        empty_link: Some((format!("/new/{}", Kind::Provider), words.say("new-provider"))),
        pager: Some(pager(reader, (page, from, most), held.len())),
        files: files(reader),
        ..Grid::default()
    }));
}

async fn one(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let key = Key::new(Kind::Provider, id);
    let mut screen = document_screen(&reader, &key).await?;
    contracts(&reader, &mut screen, &key).await?;
    supplies(&reader, &mut screen, &key).await?;
    uses_on(&reader, &mut screen, &key).await?;
    history(&reader, &mut screen, &key).await?;
    reader.page(screen).await
}

/// The page of a model or a dataset: what it says, and which uses stand on it.
async fn foundation(reader: Reader, key: Key) -> Result<Response, Problem> {
    let mut screen = document_screen(&reader, &key).await?;
    uses_on(&reader, &mut screen, &key).await?;
    history(&reader, &mut screen, &key).await?;
    reader.page(screen).await
}

/// The contracts with a provider, and how one would leave it.
async fn contracts(reader: &Reader, screen: &mut Screen, key: &Key) -> Result<(), Problem> {
    let words = reader.words;
    let found = reader.web.desk.contracts_with(key).await.map_err(|refusal| reader.refused(&refusal))?;
    screen.section(words.say("contracts-title"), "contracts");
    let mut seeing = Seeing::default();
    let mut any = false;
    for stored in &found {
        if !seeing.may(&reader.web, &reader.who, stored).await {
            continue;
        }
        let Some(contract) = contract(stored) else { continue };
        any = true;
        screen.put(Block::Heading {
            level: 3,
            text: contract.reference.clone(),
            id: format!("contract-{}", contract.id),
        });
        screen.put(Block::Facts(contract_facts(reader, contract).await));
        let id = contract.id.as_str();
        screen.put(Block::Buttons(vec![
            (address("/do/try-exit", [("contract", id)].into_iter()), words.say("action-try-exit"), "plain"),
            (format!("/edit/contract/{id}"), words.say("change"), "plain"),
        ]));
    }
    if !any {
        let link = Some((
            address("/new/contract", [("provider", key.id.as_str())].into_iter()),
            words.say("new-contract"),
        ));
        screen.put(Block::Empty { text: words.say("contracts-nothing"), link });
    }
    Ok(())
}

/// What a contract says, with its exit plan.
async fn contract_facts(reader: &Reader, contract: &Contract) -> Vec<(String, Cell)> {
    let words = reader.words;
    let day = |day: Option<jiff::civil::Date>, none: &str| {
        Cell::text(day.map_or_else(|| words.say(none), |day| words.date(day)))
    };
    let mut facts = vec![
        (
            words.say("field-id"),
            Cell::link(contract.id.as_str(), place(Kind::Contract, contract.id.as_str())),
        ),
        (words.say("field-entity"), Cell::text(super::entity_name(reader, contract.entity.as_str()))),
        (words.say("field-starts"), Cell::text(words.date(contract.starts))),
        (words.say("field-ends"), day(contract.ends, "open-ended")),
        (
            words.say("field-owner"),
            Cell::link(reader.name_of(contract.owner.as_str()), place(Kind::Person, contract.owner.as_str())),
        ),
    ];
    if let Some(days) = contract.notice_days {
        facts.push((words.say("field-notice-days"), Cell::text(words.whole(u64::from(days)))));
    }
    facts.push((words.say("head-exit"), Cell::Badge(Exit::of(&[contract], reader.common.day).badge(reader))));
    if let Some(plan) = &contract.exit_plan {
        let mut others = Vec::new();
        for id in &plan.alternatives {
            others.push(named(reader, id.as_str()).await);
        }
        facts.push((words.say("field-plan"), Cell::text(plan.plan.clone())));
        if !plan.alternatives.is_empty() {
            facts.push((words.say("field-alternatives"), Cell::Lines(others)));
        }
        facts.push((words.say("field-tried-on"), day(plan.tried_on, "never-tried")));
        facts.push((words.say("field-next-trial"), day(plan.next_trial, "not-set")));
    }
    facts
}

/// What a provider is called, with the way to it for whoever may see it.
pub(super) async fn named(reader: &Reader, id: &str) -> Cell {
    let key = Key::new(Kind::Provider, id);
    let Ok(stored) = reader.web.desk.document(&key, AsOf::Now).await else { return Cell::text(id) };
    let may = Seeing::default().may(&reader.web, &reader.who, &stored).await;
    match stored.document.as_ref().and_then(|document| title(document, reader.words)).filter(|_| may) {
        Some(name) => Cell::link(name, place(Kind::Provider, id)),
        None => Cell::text(id),
    }
}

/// What a provider supplies, and the companies that belong to it.
async fn supplies(reader: &Reader, screen: &mut Screen, key: &Key) -> Result<(), Problem> {
    let words = reader.words;
    let mut seeing = Seeing::default();
    let mut rows = Vec::new();
    for kind in [Kind::Provider, Kind::Model, Kind::Dataset] {
        let found = reader.web.desk.standing_on(key, kind).await;
        for stored in found.map_err(|refusal| reader.refused(&refusal))?.iter().take(MOST_SUPPLIED) {
            if !seeing.may(&reader.web, &reader.who, stored).await {
                continue;
            }
            let named = stored.document.as_ref().and_then(|document| title(document, words));
            let what = match &stored.document {
                Some(Document::Model(model)) => format!("{} {}", model.kind, model.version),
                Some(Document::Dataset(dataset)) => words.say(personal(dataset.personal_data)),
                Some(Document::Provider(provider)) => {
                    choice(serde_json::json!(provider.relation).as_str().unwrap_or_default(), words)
                }
                _ => String::new(),
            };
            rows.push(Row::new(vec![
                Cell::link(named.unwrap_or_else(|| stored.key.id.clone()), place(kind, &stored.key.id)),
                Cell::text(words.say(&format!("kind-{kind}"))),
                Cell::text(what),
            ]));
        }
    }
    screen.section(words.say("supplies-title"), "supplies");
    screen.put(Block::Grid(Grid {
        caption: words.say("supplies-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-name")),
            Column::new(words.say("head-kind")),
            Column::new(words.say("head-about")),
        ],
        rows,
        empty: words.say("supplies-nothing"),
        ..Grid::default()
    }));
    Ok(())
}

/// The uses that stand on something, a page of them.
async fn uses_on(reader: &Reader, screen: &mut Screen, key: &Key) -> Result<(), Problem> {
    let words = reader.words;
    let lines = seen_lines(reader).await?;
    let on: Vec<&Arc<Line>> = lines.iter().filter(|line| line.stands_on.contains(key)).collect();
    screen.section(words.say("uses-on-title"), "uses");
    let mut load = Load::default();
    on.iter().filter(|line| line.stage != Stage::Retired).for_each(|line| load.add(line));
    if !on.is_empty() {
        let [_, _, high] = load.tiers;
        screen.put(Block::Text(words.say_with(
            "uses-on-lead",
            &[
                ("uses", &words.count("uses-count", on.len() as u64)),
                ("high", &words.whole(high)),
                ("live", &words.whole(load.stages.last().copied().unwrap_or_default())),
            ],
        )));
    }
    let (page, from, most) = reader.paging(on.len());
    screen.put(Block::Grid(Grid {
        caption: words.say("uses-on-title"),
        quiet: true,
        columns: super::uses::columns(words),
        rows: on.iter().skip(from).take(most).map(|line| row(reader, line)).collect(),
        empty: words.say("uses-on-nothing"),
        pager: Some(pager(reader, (page, from, most), on.len())),
        files: files(reader),
        ..Grid::default()
    }));
    Ok(())
}

/// Uses that are not retired.
fn running(lines: &[Arc<Line>]) -> Vec<Arc<Line>> {
    lines.iter().filter(|line| line.stage != Stage::Retired).cloned().collect()
}

fn contract(stored: &Stored) -> Option<&Contract> {
    match &stored.document {
        Some(Document::Contract(contract)) => Some(contract),
        _ => None,
    }
}

/// The words for whether something holds personal data.
pub(super) fn personal(known: Option<bool>) -> &'static str {
    match known {
        Some(true) => "personal-data",
        Some(false) => "no-personal-data",
        None => "personal-data-unknown",
    }
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { precise(part) / precise(all) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a record stay far below 2^53")]
fn precise(count: u64) -> f64 {
    count as f64
}

const STAGES: [Stage; 4] = [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production];
const MOST_BARS: usize = 14;
const MOST_SUPPLIED: usize = 200;
