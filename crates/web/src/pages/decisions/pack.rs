//! The approval pack of a use: one page that a committee reads in five minutes, and the way to approve exactly what it
//! shows. Only what is red or amber is on it; everything else is a link away.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use dualtrack_governance::{AsOf, Command, Officer};
use dualtrack_inventory::{
    Action, Approval, Document, Fitness, GateOutcome, Kind, Opinion, Severity, Snapshot, Verdict,
    VerdictState, snapshot, tier,
};
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use dualtrack_report::{Badge, badge};

use super::offices::{Office, Offices};
use super::{severity, visible};
use crate::api::Needs;
use crate::pages::forms::choices::choice;
use crate::pages::reader::{Reader, address};
use crate::pages::use_page::{Seen, rail, seen, step};
use crate::pages::{PageRoute, entity_name, place};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/approvals/{id}", Needs::Action("view-use"), show)]
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let seen = seen(&reader, &id).await?;
    let of = &seen.whole.of;
    let title = words.say_with("pack-of", &[("use", words.pick(&of.name))]);
    let mut screen = Screen::new(title, words.pick(&of.purpose));
    let Some(gate) = &seen.gate else {
        screen.put(rail(&reader, of.stage));
        screen.put(Block::Empty {
            text: words.say("no-further-gate"),
            link: Some((format!("/uses/{id}"), words.say("back-to-use"))),
        });
        return reader.page(screen).await;
    };
    let state = snapshot(&seen.whole.inventory, of);
    let documents = visible(&reader, &seen).await?;
    asked(&reader, &mut screen, &seen, gate, &state);
    decide(&reader, &mut screen, &seen, gate, &state).await?;
    changed(&reader, &mut screen, &seen, &state);
    red_and_amber(&reader, &mut screen, &seen, gate);
    findings(&reader, &mut screen, &documents);
    opinion(&reader, &mut screen, &documents, &state);
    conditions(&reader, &mut screen, &seen, gate, &documents, &state);
    dissent(&reader, &mut screen, &documents);
    on_record(&reader, &mut screen, gate);
    reader.page(screen).await
}

/// What is asked: for what, into which stage, how risky and why.
fn asked(reader: &Reader, screen: &mut Screen, seen: &Seen, gate: &GateOutcome, state: &Snapshot) {
    let words = reader.words;
    let language = words.language;
    let of = &seen.whole.of;
    screen.put(rail(reader, of.stage));
    if of.suspended.is_some() {
        screen.put(Block::Notice { class: "stop", text: words.say("pack-suspended"), link: None });
    }
    let stage = gate.gate.to.label(language);
    let question = if gate.gate.to == of.stage {
        words.say_with("pack-asks-stay", &[("stage", stage)])
    } else {
        words.say_with("pack-asks", &[("stage", stage)])
    };
    let tier = tier(&seen.whole.inventory, of, seen.whole.day, seen.whole.inventory.tiers());
    let mut risk = vec![Cell::text(words.sentence_of(tier.tier.label(language)))];
    risk.extend(tier.reasons.iter().map(|reason| Cell::Muted(words.sentence(&reason.because))));
    let owners = of.people.owners.iter();
    let owners = owners.map(|id| Cell::link(reader.name_of(id.as_str()), format!("/people/{id}")));
    let (settled, due) = (words.whole(gate.content as u64), words.whole(gate.asked as u64));
    let tally = words.say_with("gate-tally", &[("content", &settled), ("asked", &due), ("stage", stage)]);
    let mut facts = vec![
        (words.say("pack-question"), Cell::text(question)),
        (words.say("head-tier"), Cell::Lines(risk)),
        (words.say("field-decides"), Cell::text(words.pick(&of.decides))),
        (words.say("field-affects"), Cell::text(words.pick(&of.affects))),
        (words.say("field-owners"), Cell::Lines(owners.collect())),
        (words.say("head-entity"), Cell::text(entity_name(reader, of.entity.as_str()))),
        (words.say("head-controls"), Cell::text(tally)),
        (words.say("field-snapshot"), Cell::Code(state.digest.to_string())),
    ];
    facts.retain(|(_, cell)| !cell.plain().is_empty());
    screen.put(Block::Facts(facts));
}

/// The way to approve, in each office that is asked for; whoever is barred reads why instead.
async fn decide(
    reader: &Reader,
    screen: &mut Screen,
    seen: &Seen,
    gate: &GateOutcome,
    state: &Snapshot,
) -> Result<(), Problem> {
    let words = reader.words;
    let of = &seen.whole.of;
    screen.section(words.say("decide-title"), "decide");
    let others = gate.blockers.iter().filter(|one| !matches!(one.action, Action::Approve { .. }));
    let others: Vec<_> = others.collect();
    let awaited = gate.blockers.iter().find_map(|blocker| match &blocker.action {
        Action::Approve { more, roles, including, .. } => Some((*more, roles, including)),
        _ => None,
    });
    if !others.is_empty() {
        let text = words.count("pack-not-ready", others.len() as u64);
        screen.put(Block::Notice { class: "warn", text, link: None });
        let summary = words.say("blockers-title");
        let steps = others.iter().map(|one| step(reader, seen, one)).collect();
        screen.put(Block::Fold { summary, blocks: vec![Block::Steps(steps)], open: false });
    }
    let Some((more, roles, including)) = awaited else {
        screen.put(Block::Notice { class: "good", text: words.say("pack-approved"), link: None });
        return Ok(());
    };
    let labels: Vec<_> = roles.iter().map(|role| role.label(words.language)).collect();
    let offices = labels.join(&words.say("list-comma"));
    let missing = words.count("awaits-more", more as u64);
    screen.put(Block::Text(words.say_with("pack-awaits", &[("missing", &missing), ("offices", &offices)])));
    if !matches!(reader.as_of()?, AsOf::Now) {
        screen.put(Block::Muted(words.say("pack-past")));
        return Ok(());
    }
    let is_asked = |role| roles.contains(&role) || including.contains(&role);
    let mine = Offices::of(reader).await.among(&is_asked);
    let (mut buttons, mut refusals) = (Vec::new(), BTreeSet::new());
    for office in mine {
        let officer = Officer { stepped_up: true, ..reader.who.officer.clone() };
        let command = Command::Approve {
            use_id: of.id.clone(),
            stage: gate.gate.to,
            role: office.role,
            on_behalf_of: office.of.clone(),
            snapshot: state.digest,
            conditions: Vec::new(),
            expires: None,
        };
        match reader.web.desk.may_act(&officer, &command, reader.now()).await {
            Ok(()) => buttons.push(button(reader, seen, gate, state, &office)),
            Err(refusal) => _ = refusals.insert(reader.why(&refusal)),
        }
    }
    let has_part = !buttons.is_empty() || !refusals.is_empty();
    for text in refusals {
        screen.put(Block::Notice { class: "stop", text, link: None });
    }
    if !has_part {
        screen.put(Block::Muted(words.say("pack-not-asked")));
    }
    if !buttons.is_empty() {
        let digest = state.digest.to_string();
        screen.put(Block::Muted(words.say_with("pack-binds", &[("digest", &digest)])));
        // Whoever is asked and says no says why; those who decide after her are shown it, and it stays.
        let decline = address("/do/comment", [("use", of.id.as_str()), ("dissents", "yes")].into_iter());
        buttons.push((decline, words.say("decline"), "plain"));
        screen.put(Block::Buttons(buttons));
    }
    Ok(())
}

fn button(
    reader: &Reader,
    seen: &Seen,
    gate: &GateOutcome,
    state: &Snapshot,
    office: &Office,
) -> (String, String, &'static str) {
    let digest = state.digest.to_string();
    let mut pairs = vec![
        ("use", seen.whole.of.id.as_str()),
        ("stage", gate.gate.to.as_str()),
        ("snapshot", digest.as_str()),
        ("role", office.role.as_str()),
    ];
    if let Some(of) = &office.of {
        pairs.push(("on_behalf_of", of.as_str()));
    }
    let text = reader.words.say_with("approve-as", &[("office", &office.label(reader))]);
    (address("/do/approve", pairs.into_iter()), text, "main")
}

/// What changed since the last approval, part by part, with how each change is classed.
fn changed(reader: &Reader, screen: &mut Screen, seen: &Seen, state: &Snapshot) {
    let words = reader.words;
    let language = words.language;
    let (inventory, of) = (&seen.whole.inventory, &seen.whole.of);
    screen.section(words.say("changed-title"), "changed");
    let approvals = inventory.approvals().values();
    let approvals = approvals.filter(|one| one.use_id == of.id && one.on <= seen.whole.day);
    let Some(last) = approvals.max_by_key(|one| (one.on, &one.id)) else {
        screen.put(Block::Text(words.say("changed-first")));
        return;
    };
    let about = |id: &str| {
        let by = reader.name_of(last.by.as_str());
        let stage = last.stage.label(language);
        words.say_with(id, &[("person", &by), ("date", &words.date(last.on)), ("stage", stage)])
    };
    if last.snapshot == state.digest {
        screen.put(Block::Notice { class: "good", text: about("changed-nothing"), link: None });
        return;
    }
    screen.put(Block::Text(about("changed-since")));
    let rules = &inventory.gates().changes;
    let rows = state.differing(&last.parts).into_iter().map(|part| {
        let rule = rules.get(&part);
        let class = rule.map_or(dualtrack_inventory::ChangeClass::Material, |rule| rule.class);
        let (colour, sign) = match class {
            dualtrack_inventory::ChangeClass::Material => ("blocks", "!"),
            dualtrack_inventory::ChangeClass::Minor => ("amber", "~"),
            dualtrack_inventory::ChangeClass::Planned => ("met", "✓"),
        };
        let because = rule.map(|rule| words.pick(&rule.because).to_owned()).unwrap_or_default();
        Row::new(vec![
            Cell::text(words.sentence_of(part.label(language))),
            Cell::Badge(Badge { class: colour, sign, word: class.label(language).to_owned() }),
            Cell::Lines(recorded(reader, seen, last, part)),
            Cell::Muted(because),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("changed-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-snapshot-part")),
            Column::new(words.say("head-class")),
            Column::new(words.say("head-recorded")),
            Column::new(words.say("head-because")),
        ],
        rows: rows.collect(),
        empty: words.say("changed-unknown"),
        ..Grid::default()
    }));
}

/// The changes of a part that somebody recorded since an approval.
fn recorded(reader: &Reader, seen: &Seen, last: &Approval, part: dualtrack_inventory::Part) -> Vec<Cell> {
    let words = reader.words;
    let changes = seen.whole.of.changes.iter();
    let changes = changes.filter(|change| change.on >= last.on && change.parts.contains(&part));
    let mut cells = Vec::new();
    for change in changes {
        let by = reader.name_of(change.by.as_str());
        cells.push(Cell::text(words.pick(&change.because)));
        cells.push(Cell::Muted(match &change.confirmed_by {
            Some(second) => words.say_with(
                "changed-by-two",
                &[
                    ("person", &by),
                    ("second", &reader.name_of(second.as_str())),
                    ("date", &words.date(change.on)),
                ],
            ),
            None => words.say_with("approved-by", &[("person", &by), ("date", &words.date(change.on))]),
        }));
    }
    if cells.is_empty() {
        cells.push(Cell::text(words.say("changed-not-recorded")));
    }
    cells
}

/// What is not settled: first what this gate asks for, then the rest, folded.
fn red_and_amber(reader: &Reader, screen: &mut Screen, seen: &Seen, gate: &GateOutcome) {
    let words = reader.words;
    screen.section(words.say("red-title"), "red");
    let held: BTreeSet<_> =
        gate.blockers.iter().flat_map(|one| &one.controls).map(|one| &one.control).collect();
    let open = |state: VerdictState| !state.satisfies() || state == VerdictState::Waived;
    let rows = |is_asked: bool| {
        let mut found: Vec<_> = seen
            .verdicts
            .iter()
            .filter(|one| open(one.state) && held.contains(&one.control) == is_asked)
            .collect();
        let rank = |state| VerdictState::ALL.iter().position(|known| *known == state);
        found.sort_by_key(|one| rank(one.state));
        found.into_iter().map(|one| verdict(reader, seen, one, is_asked)).collect::<Vec<_>>()
    };
    let grid = |caption: String, rows: Vec<Row>, quiet: bool| {
        Block::Grid(Grid {
            caption,
            quiet,
            columns: vec![
                Column::new(words.say("head-control")),
                Column::new(words.say("head-verdict")),
                Column::new(words.say("head-because")),
            ],
            rows,
            empty: words.say("red-nothing"),
            ..Grid::default()
        })
    };
    screen.put(grid(words.say("red-asked"), rows(true), true));
    let others = rows(false);
    if !others.is_empty() {
        let summary = words.count("red-others", others.len() as u64);
        let blocks = vec![grid(summary.clone(), others, true)];
        screen.put(Block::Fold { summary, blocks, open: false });
    }
    screen.put(Block::Buttons(vec![(
        format!("/uses/{}#verdicts", seen.whole.of.id),
        words.say("all-controls"),
        "plain",
    )]));
}

fn verdict(reader: &Reader, seen: &Seen, one: &Verdict, blocks: bool) -> Row {
    let words = reader.words;
    let to = format!("/uses/{}/controls/{}", seen.whole.of.id, one.control);
    let paragraph = one.paragraph.clone().unwrap_or_default();
    Row::new(vec![
        Cell::Lines(vec![
            Cell::link(words.pick(&one.title), to.clone()),
            Cell::Muted(format!("{} {paragraph}", one.guideline)),
        ]),
        Cell::BadgeLink {
            badge: badge(Some(one.state), blocks, words),
            to,
            about: words.pick(&one.title).to_owned(),
        },
        Cell::text(words.sentence(&dualtrack_report::short_reason(one))),
    ])
}

/// Findings that are open, the worst first, with what the owner says.
fn findings(reader: &Reader, screen: &mut Screen, documents: &[&Document]) {
    let words = reader.words;
    screen.section(words.say("findings-title"), "findings");
    match super::bench::findings(reader, documents, true) {
        Block::Grid(grid) if grid.rows.is_empty() => screen.put(Block::Muted(grid.empty)),
        found => screen.put(found),
    }
}

/// The last opinion of a validator, and whether it is of the use as it is now.
fn opinion(reader: &Reader, screen: &mut Screen, documents: &[&Document], state: &Snapshot) {
    let words = reader.words;
    screen.section(words.say("opinion-title"), "opinion");
    let Some(last) = opinions(documents).into_iter().last() else {
        screen.put(Block::Notice { class: "warn", text: words.say("opinion-nothing"), link: None });
        return;
    };
    if last.snapshot != state.digest {
        let parts = state.differing(&last.parts);
        let parts: Vec<_> = parts.iter().map(|part| part.label(words.language)).collect();
        let parts = parts.join(&words.say("list-comma"));
        let text = words.say_with("opinion-old", &[("parts", &parts)]);
        screen.put(Block::Notice { class: "warn", text, link: None });
    }
    screen.put(Block::Facts(opinion_facts(reader, last)));
}

/// A table, or a line where it would be empty: a page that is read in five minutes wastes none on empty places.
fn table(caption: String, columns: &[String], rows: Vec<Row>, empty: String) -> Block {
    if rows.is_empty() {
        return Block::Muted(empty);
    }
    let columns = columns.iter().map(Column::new).collect();
    Block::Grid(Grid { caption, quiet: true, columns, rows, empty, ..Grid::default() })
}

/// What an opinion says.
pub(super) fn opinion_facts(reader: &Reader, one: &Opinion) -> Vec<(String, Cell)> {
    let words = reader.words;
    let conditions = one.conditions.iter().map(Cell::text);
    let mut facts = vec![
        (words.say("field-fitness"), Cell::Badge(fitness(reader, one.fitness))),
        (
            words.say("field-by"),
            Cell::link(
                words.say_with(
                    "approved-by",
                    &[("person", &reader.name_of(one.by.as_str())), ("date", &words.date(one.on))],
                ),
                place(Kind::Opinion, one.id.as_str()),
            ),
        ),
        (words.say("field-conditions"), Cell::Lines(conditions.collect())),
        (words.say("field-limitations"), Cell::text(&one.limitations)),
        (words.say("field-not-tested"), Cell::text(&one.not_tested)),
    ];
    facts.retain(|(_, cell)| !cell.plain().is_empty());
    facts
}

/// The badge of an opinion.
pub(super) fn fitness(reader: &Reader, of: Fitness) -> Badge {
    let (class, sign, word) = match of {
        Fitness::Fit => ("met", "✓", "fit"),
        Fitness::FitWithConditions => ("amber", "~", "fit-with-conditions"),
        Fitness::NotFit => ("blocks", "✗", "not-fit"),
    };
    Badge { class, sign, word: choice(word, reader.words) }
}

/// Opinions, oldest first.
pub(super) fn opinions<'d>(documents: &[&'d Document]) -> Vec<&'d Opinion> {
    let mut opinions: Vec<&Opinion> = documents
        .iter()
        .filter_map(|document| match document {
            Document::Opinion(one) => Some(&**one),
            _ => None,
        })
        .collect();
    opinions.sort_by_key(|one| (one.on, &one.id));
    opinions
}

/// On what conditions it is approved so far, or said to be fit.
fn conditions(
    reader: &Reader,
    screen: &mut Screen,
    seen: &Seen,
    gate: &GateOutcome,
    documents: &[&Document],
    state: &Snapshot,
) {
    let words = reader.words;
    screen.section(words.say("conditions-title"), "conditions");
    let mut rows = Vec::new();
    let counting = gate.approvals.iter().filter(|reading| reading.objections.is_empty());
    let counting: BTreeSet<_> = counting.map(|reading| &reading.approval).collect();
    let inventory = &seen.whole.inventory;
    let approvals = inventory.approvals().values().filter(|one| one.use_id == seen.whole.of.id);
    // Those on which it runs now still bind it, whatever is decided about the gate ahead.
    let binding = approvals.filter(|one| counting.contains(&one.id) || one.stage == seen.whole.of.stage);
    for approval in binding {
        for condition in &approval.conditions {
            let role = words.sentence_of(approval.role.label(words.language));
            let stage = approval.stage.label(words.language);
            rows.push(Row::new(vec![
                Cell::text(words.pick(condition)),
                Cell::text(words.say_with("set-for", &[("office", &role), ("stage", stage)])),
                Cell::link(reader.name_of(approval.by.as_str()), format!("/people/{}", approval.by)),
            ]));
        }
    }
    let opinions = opinions(documents);
    for opinion in opinions.iter().filter(|one| one.snapshot == state.digest) {
        for condition in &opinion.conditions {
            rows.push(Row::new(vec![
                Cell::text(condition),
                Cell::text(words.say("kind-opinion")),
                Cell::link(reader.name_of(opinion.by.as_str()), format!("/people/{}", opinion.by)),
            ]));
        }
    }
    let heads = ["head-condition", "head-set-as", "head-who"].map(|id| words.say(id));
    screen.put(table(words.say("conditions-title"), &heads, rows, words.say("conditions-nothing")));
}

/// Who disagrees, on record: opinions that it is not fit, grave findings that are open, and comments that say so.
fn dissent(reader: &Reader, screen: &mut Screen, documents: &[&Document]) {
    let words = reader.words;
    screen.section(words.say("dissent-title"), "dissent");
    let mut rows = Vec::new();
    for document in documents {
        match document {
            Document::Opinion(one) if one.fitness == Fitness::NotFit => rows.push(Row::new(vec![
                Cell::link(words.say("kind-opinion"), place(Kind::Opinion, one.id.as_str())),
                Cell::Badge(fitness(reader, one.fitness)),
                Cell::text(&one.limitations),
                Cell::text(reader.name_of(one.by.as_str())),
                Cell::text(words.date(one.on)),
            ])),
            Document::Finding(one) if one.closed.is_none() && one.severity == Severity::High => {
                rows.push(Row::new(vec![
                    Cell::link(words.say("kind-finding"), place(Kind::Finding, one.id.as_str())),
                    Cell::Badge(severity(one.severity, reader)),
                    Cell::text(&one.statement),
                    Cell::text(reader.name_of(one.by.as_str())),
                    Cell::text(words.date(one.on)),
                ]));
            }
            _ => {}
        }
    }
    for one in super::comments::all(documents).into_iter().filter(|one| one.dissents) {
        rows.push(Row::new(vec![
            Cell::link(words.say("kind-comment"), place(Kind::Comment, one.id.as_str())),
            Cell::Badge(Badge { class: "amber", sign: "≠", word: words.say("dissents") }),
            Cell::text(&one.what),
            Cell::text(reader.name_of(one.by.as_str())),
            Cell::text(words.instant(one.at)),
        ]));
    }
    let heads =
        ["head-kind", "head-state", "field-statement", "head-who", "head-when"].map(|id| words.say(id));
    screen.put(table(words.say("dissent-title"), &heads, rows, words.say("dissent-nothing")));
}

/// The approvals on record for this gate, and why each counts or does not.
fn on_record(reader: &Reader, screen: &mut Screen, gate: &GateOutcome) {
    let words = reader.words;
    screen.section(words.say("on-record-title"), "on-record");
    let rows = gate.approvals.iter().map(|reading| {
        let counts = reading.objections.is_empty();
        let (class, sign, id) =
            if counts { ("met", "✓", "counts") } else { ("amber", "✗", "counts-not") };
        let why: Vec<_> = if counts {
            vec![Cell::Muted(words.say("counts-because"))]
        } else {
            let objections = reading.objections.iter();
            objections.map(|one| Cell::text(words.sentence_of(&one.text(words.language)))).collect()
        };
        Row::new(vec![
            Cell::link(reader.name_of(reading.by.as_str()), place(Kind::Approval, reading.approval.as_str())),
            Cell::text(words.sentence_of(reading.role.label(words.language))),
            Cell::text(words.date(reading.on)),
            Cell::Badge(Badge { class, sign, word: words.say(id) }),
            Cell::Lines(why),
        ])
    });
    let heads =
        ["head-who", "field-role", "head-when", "head-counts", "head-because"].map(|id| words.say(id));
    screen.put(table(words.say("on-record-title"), &heads, rows.collect(), words.say("on-record-nothing")));
}
