//! A use: where it stands, what blocks the next gate and how to settle it, its tier with reasons, what it stands on,
//! what runs, what was approved, and what happened.

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::Stage;
use dualtrack_governance::{AsOf, Whole, shut_words};
use dualtrack_inventory::{
    Action, Actor, Blocker, Document, Gate, GateOutcome, Key, Kind, Verdict, VerdictState, gate, snapshot,
    tier, verdicts_of,
};
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen, Step};
use dualtrack_report::{Badge, badge};

use super::reader::{Reader, address, pauses};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::uses::whole;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/uses/{id}", Needs::Action("view-use"), show)]
}

/// A use with everything that a page says of it.
pub(super) struct Seen {
    pub(super) whole: Whole,
    pub(super) verdicts: Vec<Verdict>,
    /// The gate ahead; for a use in production, whether it may stay.
    pub(super) gate: Option<GateOutcome>,
}

/// Reads a use as the address asks for it.
pub(super) async fn seen(reader: &Reader, id: &str) -> Result<Seen, Problem> {
    let as_of = match reader.as_of()? {
        AsOf::At(at) => Some(at),
        AsOf::Now | AsOf::After(_) => None,
    };
    let whole = whole(&reader.web, &reader.who, id, as_of).await?;
    let standing = whole.common.catalogue.on(whole.day);
    let verdicts = verdicts_of(&standing, &whole.inventory, &whole.of, &[]);
    let to = match whole.of.stage {
        Stage::Retired => None,
        Stage::Production => Some(Stage::Production),
        stage => Gate::after(stage).map(|gate| gate.to),
    };
    let gate = to.map(|to| gate(&standing, &whole.inventory, &whole.of, to, &verdicts));
    Ok(Seen { whole, verdicts, gate })
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let seen = seen(&reader, &id).await?;
    let of = &seen.whole.of;
    let mut screen = Screen::new(words.pick(&of.name), words.pick(&of.purpose));
    above(&reader, &mut screen, &seen);
    blockers(&reader, &mut screen, &seen);
    verdicts(&reader, &mut screen, &seen);
    facts(&reader, &mut screen, &seen);
    stands_on(&reader, &mut screen, &seen);
    running(&reader, &mut screen, &seen).await?;
    challenge(&reader, &mut screen, &seen);
    super::decisions::comments(&reader, &mut screen, &seen).await?;
    past(&reader, &mut screen, &seen).await?;
    reader.page(screen).await
}

fn above(reader: &Reader, screen: &mut Screen, seen: &Seen) {
    let words = reader.words;
    let of = &seen.whole.of;
    let id = of.id.as_str();
    screen.put(rail(reader, of.stage));
    if let Some(suspended) = &of.suspended {
        let text = words.say_with(
            "suspended-since",
            &[
                ("date", &words.date(suspended.on)),
                ("person", &reader.name_of(suspended.by.as_str())),
                ("because", words.pick(&suspended.because)),
            ],
        );
        screen.put(Block::Notice { class: "stop", text, link: None });
    }
    let incidents = seen.whole.documents.iter().filter_map(|stored| match &stored.document {
        Some(Document::Incident(incident)) if incident.uses.contains(&of.id) => Some(incident),
        _ => None,
    });
    for incident in incidents {
        for pause in pauses(incident) {
            let text = words.say_with(
                "paused-since",
                &[
                    ("instant", &words.instant(pause.at)),
                    ("person", &reader.name_of(pause.by.as_str())),
                    ("incident", &incident.title),
                    ("because", &pause.because),
                ],
            );
            let link = Some((format!("/incidents/{}", incident.id), words.say("look")));
            screen.put(Block::Notice { class: "stop", text, link });
        }
    }
    if let Some(inherited) = &of.inherited {
        let text = words
            .say_with("inherited-note", &[("date", &words.date(inherited.on)), ("from", &inherited.from)]);
        screen.put(Block::Notice { class: "warn", text, link: None });
    }
    let own = |path: &str| format!("/uses/{id}{path}");
    let of_use = |action: &str| address(&format!("/do/{action}"), [("use", id)].into_iter());
    let mut buttons = vec![
        (format!("/edit/use/{id}"), words.say("action-change-use"), "plain"),
        (own("/attest"), words.say("action-add-evidence"), "plain"),
        (own("/assessment"), words.say("nav-assessment"), "plain"),
        (own("/validation"), words.say("nav-validation"), "plain"),
        (format!("/approvals/{id}"), words.say("approval-pack"), "plain"),
    ];
    if let Some(gate) = seen.gate.as_ref().filter(|gate| gate.open && gate.gate.to != of.stage) {
        let pairs = [("use", id), ("to", gate.gate.to.as_str())];
        let text = words.say_with("enter-stage", &[("stage", gate.gate.to.label(words.language))]);
        buttons.insert(0, (address("/do/advance", pairs.into_iter()), text, "main"));
    }
    let incident = address("/report-incident", [("uses", id)].into_iter());
    buttons.push((incident, words.say("action-open-incident"), "plain"));
    if of.suspended.is_some() {
        buttons.push((of_use("resume"), words.say("action-resume"), "main"));
    } else if of.stage != Stage::Retired {
        buttons.push((of_use("suspend"), words.say("action-suspend"), "stop"));
    }
    screen.put(Block::Buttons(buttons));
}

/// The way through the stages.
pub(super) fn rail(reader: &Reader, now: Stage) -> Block {
    let words = reader.words;
    let way = [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production];
    let mut steps: Vec<_> = way
        .iter()
        .map(|stage| {
            let class = match stage.cmp(&now) {
                std::cmp::Ordering::Less if now != Stage::Retired => "past",
                std::cmp::Ordering::Equal => "now",
                _ => "ahead",
            };
            (words.sentence_of(stage.label(words.language)), class)
        })
        .collect();
    if now == Stage::Retired {
        steps.push((words.sentence_of(now.label(words.language)), "now"));
    }
    Block::Rail(steps)
}

fn blockers(reader: &Reader, screen: &mut Screen, seen: &Seen) {
    let words = reader.words;
    screen.section(words.say("blockers-title"), "blockers");
    let Some(gate) = &seen.gate else {
        screen.put(Block::Text(words.say("no-further-gate")));
        return;
    };
    let to = gate.gate.to.label(words.language);
    let (settled, asked) = (words.whole(gate.content as u64), words.whole(gate.asked as u64));
    let tally = words.say_with("gate-tally", &[("content", &settled), ("asked", &asked), ("stage", to)]);
    if gate.open {
        let text = if gate.gate.to == seen.whole.of.stage {
            words.say("may-stay")
        } else {
            words.say_with("gate-is-open", &[("stage", to)])
        };
        screen.put(Block::Notice { class: "good", text, link: None });
    }
    screen.put(Block::Text(tally));
    if !gate.blockers.is_empty() {
        screen.put(Block::Steps(gate.blockers.iter().map(|one| step(reader, seen, one)).collect()));
    }
    if !gate.preparation.is_empty() {
        let steps = gate.preparation.iter().map(|one| {
            let mut step = step(reader, seen, &one.blocker);
            let stage = one.gate.to.label(words.language);
            step.action = words.say_with("for-stage", &[("stage", stage), ("action", &step.action)]);
            step
        });
        let summary = words.count("preparation-count", gate.preparation.len() as u64);
        screen.put(Block::Fold { summary, blocks: vec![Block::Steps(steps.collect())], open: false });
    }
    let because = words.pick(&gate.because).to_owned();
    screen.put(Block::Muted(because));
}

/// One thing to do, with the way to do it.
pub(super) fn step(reader: &Reader, seen: &Seen, blocker: &Blocker) -> Step {
    let words = reader.words;
    let language = words.language;
    let id = seen.whole.of.id.as_str();
    let who: Vec<String> = blocker
        .who
        .iter()
        .map(|actor| match actor {
            Actor::Person(person) => reader.name_of(person.as_str()),
            Actor::Holder(_) | Actor::IndependentPerson => actor.text(language),
        })
        .collect();
    let who = if who.is_empty() {
        String::new()
    } else {
        words.say_with("by-whom", &[("who", &who.join(&words.say("list-comma")))])
    };
    let settles = blocker.controls.iter().map(|control| {
        (
            badge(Some(control.state), true, words),
            words.pick(&control.title).to_owned(),
            format!("/uses/{id}/controls/{}", control.control),
            control.paragraph.clone().unwrap_or_default(),
        )
    });
    Step {
        action: words.sentence_of(&blocker.action.text(language)),
        who,
        settles: settles.collect(),
        button: way(reader, id, blocker),
    }
}

/// Where something is done.
fn way(reader: &Reader, id: &str, blocker: &Blocker) -> Option<(String, String)> {
    let words = reader.words;
    let of_use = |action: &str| {
        (address(&format!("/do/{action}"), [("use", id)].into_iter()), words.say(&format!("action-{action}")))
    };
    let attest = |kind: dualtrack_catalogue::EvidenceKind| {
        let kind = serde_json::json!(kind).as_str().unwrap_or_default().to_owned();
        let controls: Vec<_> = blocker.controls.iter().map(|control| control.control.to_string()).collect();
        let controls = controls.join("\n");
        let pairs = [("kind", kind.as_str()), ("controls", controls.as_str())];
        (address(&format!("/uses/{id}/attest"), pairs.into_iter()), words.say("action-add-evidence"))
    };
    match &blocker.action {
        Action::LiftSuspension { .. } => Some(of_use("resume")),
        Action::SettleFinding { finding } => {
            Some((place(Kind::Finding, finding.as_str()), words.say("look")))
        }
        Action::StateFact { fact, .. } => {
            Some((format!("/uses/{id}/profile#{}", fact.as_str()), words.say("answer-questions")))
        }
        Action::Attest { kind }
        | Action::SetUpMeans { kind }
        | Action::Renew { kind }
        | Action::HaveAnotherPerson { kind, .. } => Some(attest(*kind)),
        Action::RunCheck { .. }
        | Action::BringMoreData { .. }
        | Action::MakeMeasurable { .. }
        | Action::Mend { .. } => Some((format!("/uses/{id}/assessment"), words.say("nav-assessment"))),
        Action::SettleChange { .. } => Some(of_use("confirm-change")),
        Action::Approve { .. } => Some((format!("/approvals/{id}"), words.say("approval-pack"))),
        Action::PassEarlierGate { .. } | Action::Retired | Action::StopUnacceptablePractice => None,
    }
}

fn verdicts(reader: &Reader, screen: &mut Screen, seen: &Seen) {
    let words = reader.words;
    screen.section(words.say("verdicts-title"), "verdicts");
    let counts = VerdictState::ALL.into_iter().filter_map(|state| {
        let count = seen.verdicts.iter().filter(|verdict| verdict.state == state).count();
        (count > 0).then(|| (badge(Some(state), false, words), words.whole(count as u64), None))
    });
    screen.put(Block::Tally(counts.collect()));
    let rows = |wanted: &dyn Fn(&Verdict) -> bool| {
        let found = seen.verdicts.iter().filter(|verdict| wanted(verdict));
        found.map(|verdict| verdict_row(reader, seen, verdict)).collect::<Vec<_>>()
    };
    let grid = |caption: String, rows: Vec<Row>| {
        Block::Grid(Grid {
            caption,
            columns: vec![
                Column::new(words.say("head-control")),
                Column::new(words.say("head-verdict")),
                Column::new(words.say("head-because")),
            ],
            rows,
            empty: words.say("no-controls"),
            files: super::uses::files(reader),
            ..Grid::default()
        })
    };
    let open = rows(&|verdict| !verdict.state.satisfies());
    screen.put(grid(words.say("controls-open"), open));
    // Those that need nothing are hundreds: they are shown to whoever asks, and always in files and documents.
    let is_settled =
        |verdict: &Verdict| verdict.state.satisfies() && verdict.state != VerdictState::NotApplicable;
    let is_other = |verdict: &Verdict| verdict.state == VerdictState::NotApplicable;
    if reader.query("controls").is_none() && reader.query("format").is_none() {
        let to = format!("{}#verdicts", reader.asked.with("controls", Some("all")));
        let count = |wanted: &dyn Fn(&Verdict) -> bool| {
            seen.verdicts.iter().filter(|verdict| wanted(verdict)).count() as u64
        };
        screen.put(Block::Buttons(vec![
            (to.clone(), words.count("controls-settled", count(&is_settled)), "plain"),
            (to, words.count("controls-not-applicable", count(&is_other)), "plain"),
        ]));
        return;
    }
    screen.put(grid(words.say("controls-due"), rows(&is_settled)));
    screen.put(grid(words.say("controls-others"), rows(&is_other)));
}

fn verdict_row(reader: &Reader, seen: &Seen, verdict: &Verdict) -> Row {
    let words = reader.words;
    let to = format!("/uses/{}/controls/{}", seen.whole.of.id, verdict.control);
    let paragraph = verdict.paragraph.clone().unwrap_or_default();
    Row {
        id: verdict.control.to_string(),
        class: "",
        cells: vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&verdict.title), to.clone()),
                Cell::Muted(format!("{} {paragraph}", verdict.guideline)),
            ]),
            Cell::BadgeLink {
                badge: badge(Some(verdict.state), false, words),
                to,
                about: words.pick(&verdict.title).to_owned(),
            },
            Cell::text(words.sentence(&dualtrack_report::short_reason(verdict))),
        ],
    }
}

fn facts(reader: &Reader, screen: &mut Screen, seen: &Seen) {
    let words = reader.words;
    let of = &seen.whole.of;
    screen.section(words.say("facts-title"), "facts");
    let tier = tier(&seen.whole.inventory, of, seen.whole.day, seen.whole.inventory.tiers());
    let reasons = tier.reasons.iter().map(|reason| {
        let mut text = words.pick(&reason.because).to_owned();
        if !reason.unknown.is_empty() {
            let facts: Vec<_> = reason.unknown.iter().map(|fact| fact.label(words.language)).collect();
            text.push_str(
                &words.say_with("unknown-facts", &[("facts", &facts.join(&words.say("list-comma")))]),
            );
        }
        Cell::text(words.sentence_of(&text))
    });
    let people = |ids: &std::collections::BTreeSet<dualtrack_inventory::PersonId>| {
        Cell::Lines(
            ids.iter().map(|id| Cell::link(reader.name_of(id.as_str()), format!("/people/{id}"))).collect(),
        )
    };
    let snapshot = snapshot(&seen.whole.inventory, of);
    let both = |text: &dualtrack_catalogue::Bilingual| Cell::text(words.pick(text));
    let mut facts = vec![
        (words.say("head-tier"), {
            let mut cells = vec![Cell::text(words.sentence_of(tier.tier.label(words.language)))];
            cells.extend(reasons);
            Cell::Lines(cells)
        }),
        (words.say("head-entity"), Cell::text(super::entity_name(reader, of.entity.as_str()))),
        (words.say("field-decides"), both(&of.decides)),
        (words.say("field-affects"), both(&of.affects)),
        (words.say("field-coverage"), Cell::text(words.sentence_of(of.coverage.label(words.language)))),
        (words.say("field-owners"), people(&of.people.owners)),
        (words.say("field-builders"), people(&of.people.builders)),
        (words.say("field-validators"), people(&of.people.validators)),
        (words.say("field-approvers"), people(&of.people.approvers)),
        (
            words.say("head-review"),
            Cell::text(of.next_review.map_or_else(|| words.say("not-set"), |day| words.date(day))),
        ),
        (words.say("field-snapshot"), Cell::Code(snapshot.digest.to_string())),
    ];
    facts.retain(|(_, cell)| !cell.plain().is_empty());
    screen.put(Block::Facts(facts));
    let known: Vec<_> = of
        .profile
        .iter()
        .map(|(fact, value)| {
            let value = words.say(if *value { "yes" } else { "no" });
            (fact.label(words.language).to_owned(), Cell::text(value))
        })
        .collect();
    screen.put(Block::Fold {
        summary: words.say("profile-title"),
        blocks: vec![
            Block::Facts(known),
            Block::Buttons(vec![(
                format!("/uses/{}/profile", of.id),
                words.say("answer-questions"),
                "plain",
            )]),
        ],
        open: false,
    });
}

fn stands_on(reader: &Reader, screen: &mut Screen, seen: &Seen) {
    let words = reader.words;
    let (inventory, of) = (&seen.whole.inventory, &seen.whole.of);
    screen.section(words.say("stands-on-title"), "stands-on");
    let mut rows = Vec::new();
    let mut row = |kind: &str, to: String, name: &dualtrack_catalogue::Bilingual, what: String| {
        rows.push(Row::new(vec![
            Cell::link(words.pick(name), to),
            Cell::text(words.say(&format!("kind-{kind}"))),
            Cell::text(what),
        ]));
    };
    for model in inventory.models_of(of) {
        row("model", place(Kind::Model, model.id.as_str()), &model.name, model.version.clone());
    }
    for dataset in inventory.datasets_of(of) {
        let personal = match dataset.personal_data {
            Some(true) => words.say("personal-data"),
            Some(false) => words.say("no-personal-data"),
            None => words.say("personal-data-unknown"),
        };
        row("dataset", place(Kind::Dataset, dataset.id.as_str()), &dataset.name, personal);
    }
    for provider in inventory.providers_of(of) {
        let places = provider.places.join(&words.say("list-comma"));
        row("provider", place(Kind::Provider, provider.id.as_str()), &provider.name, places);
    }
    screen.put(Block::Grid(Grid {
        caption: words.say("stands-on-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-name")),
            Column::new(words.say("head-kind")),
            Column::new(words.say("head-about")),
        ],
        rows,
        empty: words.say("stands-on-nothing"),
        empty_link: Some((format!("/edit/use/{}", of.id), words.say("action-change-use"))),
        ..Grid::default()
    }));
}

async fn running(reader: &Reader, screen: &mut Screen, seen: &Seen) -> Result<(), Problem> {
    let words = reader.words;
    screen.section(words.say("running-title"), "running");
    let permits = reader.web.desk.permits(&seen.whole).await;
    let permits = permits.map_err(|refusal| reader.refused(&refusal))?;
    let rows = permits.iter().map(|(deployment, permit)| {
        let because = permit.shut.iter().map(|shut| Cell::text(words.sentence(&shut_words(shut))));
        let (class, sign, id) =
            if permit.is_open() { ("met", "✓", "permit-open") } else { ("blocks", "✗", "permit-shut") };
        Row::new(vec![
            Cell::link(deployment.id.as_str(), place(Kind::Deployment, deployment.id.as_str())),
            Cell::Badge(Badge { class, sign, word: words.say(id) }),
            Cell::Lines(because.collect()),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("running-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("kind-deployment")),
            Column::new(words.say("head-permit")),
            Column::new(words.say("head-because")),
        ],
        rows: rows.collect(),
        empty: words.say("nothing-deployed"),
        empty_link: Some((
            address("/do/deploy", [("use", seen.whole.of.id.as_str())].into_iter()),
            words.say("action-deploy"),
        )),
        ..Grid::default()
    }));
    Ok(())
}

/// What validators, committees and operations said: findings, opinions, waivers, incidents.
fn challenge(reader: &Reader, screen: &mut Screen, seen: &Seen) {
    let words = reader.words;
    let kinds = [Kind::Finding, Kind::Opinion, Kind::Waiver, Kind::Approval, Kind::Incident];
    let mut rows = Vec::new();
    for stored in seen.whole.documents.iter().filter(|stored| kinds.contains(&stored.key.kind)) {
        let Some(document) = &stored.document else { continue };
        rows.push(Row::new(vec![
            Cell::link(
                super::forms::choices::title(document, words).unwrap_or_else(|| stored.key.id.clone()),
                place(stored.key.kind, &stored.key.id),
            ),
            Cell::text(words.say(&format!("kind-{}", stored.key.kind))),
            Cell::text(state(document, reader)),
        ]));
    }
    screen.section(words.say("challenge-title"), "challenge");
    screen.put(Block::Grid(Grid {
        caption: words.say("challenge-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-name")),
            Column::new(words.say("head-kind")),
            Column::new(words.say("head-state")),
        ],
        rows,
        empty: words.say("challenge-nothing"),
        ..Grid::default()
    }));
}

/// Where a document stands, in a word.
pub(super) fn state(document: &Document, reader: &Reader) -> String {
    let words = reader.words;
    match document {
        Document::Finding(one) if one.closed.is_some() => words.say("closed"),
        Document::Finding(one) if one.answer.is_some() => words.say("answered"),
        Document::Incident(one) if one.closed.is_some() => words.say("closed"),
        Document::Finding(_) | Document::Incident(_) => words.say("open"),
        Document::Opinion(one) => {
            let fitness = serde_json::json!(one.fitness).as_str().unwrap_or_default().to_owned();
            super::forms::choices::choice(&fitness, words)
        }
        Document::Waiver(one) => words.say_with("until", &[("date", &words.date(one.expires))]),
        Document::Approval(one) => {
            let by = reader.name_of(one.by.as_str());
            words.say_with("approved-by", &[("person", &by), ("date", &words.date(one.on))])
        }
        Document::Task(one) if one.done.is_some() => words.say("done"),
        Document::Proposal(one) if one.settled.is_some() => words.say("settled"),
        Document::Deployment(one) if one.ended.is_some() => words.say("ended"),
        _ => String::new(),
    }
}

async fn past(reader: &Reader, screen: &mut Screen, seen: &Seen) -> Result<(), Problem> {
    let words = reader.words;
    let key = Key::new(Kind::Use, &seen.whole.of.id);
    let history = reader.web.desk.trail(Some(&key), u64::MAX, MOST_MOMENTS).await;
    let history = history.map_err(|refusal| reader.refused(&refusal))?;
    screen.section(words.say("past-title"), "past");
    let may_see_who = reader.may("view-audit-trail").await;
    let moments = history.iter().map(|entry| super::trail::moment(reader, entry, may_see_who));
    screen.put(Block::Moments(moments.collect()));
    Ok(())
}

const MOST_MOMENTS: usize = 20;
