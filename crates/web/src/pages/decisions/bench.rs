//! The bench of a validator: the state of a use that is judged, the evidence for it, what was found, and the opinion that
//! is bound to that state.

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::{EvidenceKind, Language};
use dualtrack_governance::{AsOf, Command, Officer};
use dualtrack_inventory::{
    CheckOutcome, Document, Evidence, Finding, Fitness, Kind, Snapshot, barred_now, snapshot,
};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Choice, Column, Field, FieldKind, Form, Grid, Row, Screen};

use super::pack::{fitness, opinion_facts, opinions};
use super::{bars, left, severity, visible};
use crate::api::Needs;
use crate::pages::offered::may_run_checks;
use crate::pages::reader::{Reader, address};
use crate::pages::use_page::{Seen, rail, seen, state};
use crate::pages::{PageRoute, place};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/uses/{id}/validation", Needs::Action("view-use"), show)]
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let seen = seen(&reader, &id).await?;
    let of = &seen.whole.of;
    let title = words.say_with("bench-of", &[("use", words.pick(&of.name))]);
    let mut screen = Screen::new(title, words.say("bench-lead"));
    screen.put(rail(&reader, of.stage));
    let documents = visible(&reader, &seen).await?;
    let state = snapshot(&seen.whole.inventory, of);
    claim(&reader, &mut screen, &seen).await?;
    judged(&reader, &mut screen, &seen, &state);
    run_again(&reader, &mut screen, &seen).await?;
    evidence(&reader, &mut screen, &seen, &documents);
    screen.section(words.say("findings-title"), "findings");
    screen.put(findings(&reader, &documents, false));
    raise(&reader, &mut screen, &seen).await?;
    opinion(&reader, &mut screen, &seen, &documents, &state).await?;
    reader.page(screen).await
}

/// Who validates it, and whether the reader can.
async fn claim(reader: &Reader, screen: &mut Screen, seen: &Seen) -> Result<(), Problem> {
    let words = reader.words;
    let of = &seen.whole.of;
    let me = &reader.who.officer.person;
    let names: Vec<_> = of.people.validators.iter().map(|id| reader.name_of(id.as_str())).collect();
    let text = if names.is_empty() {
        words.say("validators-nobody")
    } else {
        words.say_with("validators-are", &[("people", &names.join(&words.say("list-comma")))])
    };
    screen.put(Block::Text(text));
    let barred = barred_now(&seen.whole.inventory, of, me, seen.whole.day).from_validating;
    if !barred.is_empty() {
        let (person, bars) = (reader.name_of(me.as_str()), bars(&barred, words.language));
        let text = words.say_with("not-validated-by", &[("person", &person), ("bars", &bars)]);
        screen.put(Block::Notice { class: "stop", text, link: None });
    } else if !of.people.validators.contains(me)
        && matches!(reader.as_of()?, AsOf::Now)
        && reader.may("validate").await
    {
        let to = address("/do/claim-validation", [("use", of.id.as_str())].into_iter());
        screen.put(Block::Muted(words.say("you-may-claim")));
        screen.put(Block::Buttons(vec![(to, words.say("action-claim-validation"), "main")]));
    }
    Ok(())
}

/// The state that is judged, part by part.
fn judged(reader: &Reader, screen: &mut Screen, seen: &Seen, state: &Snapshot) {
    let words = reader.words;
    screen.section(words.say("judged-title"), "judged");
    screen.put(Block::Facts(vec![(words.say("field-snapshot"), Cell::Code(state.digest.to_string()))]));
    let parts = state.parts.iter().map(|(part, digest)| {
        (words.sentence_of(part.label(words.language)), Cell::Code(digest.to_string()))
    });
    let summary = words.say("judged-parts");
    screen.put(Block::Fold { summary, blocks: vec![Block::Facts(parts.collect())], open: false });
    let id = &seen.whole.of.id;
    screen.put(Block::Buttons(vec![
        (format!("/uses/{id}/assessment"), words.say("nav-assessment"), "plain"),
        (
            address(&format!("/uses/{id}/attest"), [("kind", "validation-report")].into_iter()),
            words.say("add-validation"),
            "plain",
        ),
        (format!("/uses/{id}"), words.say("back-to-use"), "plain"),
    ]));
}

/// Any check once more, on the data whose digests the record holds: what it comes to is evidence by whoever asked.
async fn run_again(reader: &Reader, screen: &mut Screen, seen: &Seen) -> Result<(), Problem> {
    let words = reader.words;
    let of = &seen.whole.of;
    let can_run = reader.web.assessments.assessor().is_some() && !of.checks.is_empty();
    if !can_run || !matches!(reader.as_of()?, AsOf::Now) || !may_run_checks(reader, &of.id).await {
        return Ok(());
    }
    let choices = of.checks.iter().map(|declared| {
        let answers = seen.whole.inventory.evidence_about(of).filter(|one| {
            one.check.as_ref() == Some(&declared.check) && one.key.as_deref() == Some(&declared.key())
        });
        let last = answers.max_by_key(|one| (one.on, &one.id));
        let last = last.map_or_else(
            || words.say("check-never-ran"),
            |one| format!("{}, {}", one.outcome.label(words.language), words.date(one.on)),
        );
        let comma = words.say("list-comma");
        let on = [
            declared.dataset.as_ref().map(ToString::to_string),
            declared.group.clone(),
            (!declared.intersection.is_empty()).then(|| declared.intersection.join(" + ")),
            declared.column.clone(),
            declared.period.clone(),
            declared.reference_period.clone(),
            declared.rule.clone(),
        ];
        let on: Vec<_> = on.into_iter().flatten().collect();
        let label = words.say_with(
            "check-choice",
            &[("check", declared.check.as_str()), ("on", &on.join(&comma)), ("last", &last)],
        );
        Choice { label, value: declared.key(), chosen: false }
    });
    screen.section(words.say("run-again"), "run-again");
    screen.put(Block::Muted(words.say("run-again-about")));
    screen.put(Block::Form(Box::new(Form {
        action: format!("/uses/{}/assessment", of.id),
        submit: words.say("run-again"),
        class: "plain",
        hidden: reader.token(),
        fields: vec![Field {
            hint: words.say("run-again-all"),
            required: false,
            kind: FieldKind::One(choices.collect()),
            ..Field::line("check", words.say("head-check"), "text")
        }],
        key: "again-",
        ..Form::default()
    })));
    Ok(())
}

/// The evidence, by kind.
fn evidence(reader: &Reader, screen: &mut Screen, seen: &Seen, documents: &[&Document]) {
    let words = reader.words;
    screen.section(words.say("evidence-title"), "evidence");
    let mut pieces: Vec<&Evidence> = documents
        .iter()
        .filter_map(|document| match document {
            Document::Evidence(one) => Some(&**one),
            _ => None,
        })
        .collect();
    let kind = |kind: EvidenceKind| kind.label(words.language);
    pieces.sort_by_key(|one| (kind(one.kind), std::cmp::Reverse(one.on), &one.id));
    let counted: std::collections::BTreeSet<_> =
        seen.verdicts.iter().flat_map(|verdict| &verdict.evidence).collect();
    if pieces.is_empty() {
        screen.put(Block::Empty { text: words.say("bench-no-evidence"), link: None });
    }
    for group in pieces.chunk_by(|one, other| one.kind == other.kind) {
        let Some(first) = group.first() else { continue };
        let label = words.sentence_of(kind(first.kind));
        let against = group.iter().filter(|one| one.outcome != CheckOutcome::Pass).count();
        let expired = group.iter().filter(|one| one.expires < seen.whole.day).count();
        let mut summary =
            words.say_with("pieces-of", &[("kind", &label), ("number", &words.whole(group.len() as u64))]);
        for (id, count) in [("pieces-against", against), ("pieces-expired", expired)] {
            if count > 0 {
                summary.push_str(&words.say("list-comma"));
                summary.push_str(&words.count(id, count as u64));
            }
        }
        let rows = group.iter().map(|one| piece(reader, seen, one, counted.contains(&one.id)));
        let grid = Block::Grid(Grid {
            caption: label,
            quiet: true,
            columns: vec![
                Column::new(words.say("field-statement")),
                Column::new(words.say("field-outcome")),
                Column::new(words.say("head-who")),
                Column::new(words.say("head-fresh")),
                Column::new(words.say("head-counts")),
            ],
            rows: rows.collect(),
            ..Grid::default()
        });
        screen.put(Block::Fold { summary, blocks: vec![grid], open: against + expired > 0 });
    }
}

/// A piece of evidence: what it says, what it came to, by whom, how fresh, and whether it counts.
fn piece(reader: &Reader, seen: &Seen, one: &Evidence, counts: bool) -> Row {
    let words = reader.words;
    let (class, sign, id) = if one.expires < seen.whole.day {
        ("amber", "~", "counts-not")
    } else if counts {
        ("met", "✓", "counts")
    } else {
        ("none", "-", "counts-not")
    };
    // The deciding number is kept in English; the statement says it in both languages.
    let measured = one.measured.clone().filter(|_| words.language == Language::En).unwrap_or_default();
    let by = reader.name_of(one.by.as_str());
    Row::new(vec![
        Cell::Lines(vec![
            Cell::link(words.pick(&one.statement), place(Kind::Evidence, one.id.as_str())),
            Cell::Muted(measured),
        ]),
        Cell::Badge(outcome(reader, one.outcome)),
        Cell::Lines(vec![Cell::text(by), Cell::Muted(words.date(one.on))]),
        Cell::text(left(reader, one.expires)),
        Cell::Badge(Badge { class, sign, word: words.say(id) }),
    ])
}

fn outcome(reader: &Reader, of: CheckOutcome) -> Badge {
    let (class, sign) = match of {
        CheckOutcome::Pass => ("met", "✓"),
        CheckOutcome::Fail => ("blocks", "✗"),
        CheckOutcome::TooLittleData => ("amber", "?"),
        CheckOutcome::NotMeasured => ("none", "-"),
    };
    Badge { class, sign, word: of.label(reader.language()).to_owned() }
}

/// Findings, the worst first, with what the owner says and what can be done.
pub(super) fn findings(reader: &Reader, documents: &[&Document], only_open: bool) -> Block {
    let words = reader.words;
    let mut found: Vec<&Finding> = documents
        .iter()
        .filter_map(|document| match document {
            Document::Finding(one) if !only_open || one.closed.is_none() => Some(&**one),
            _ => None,
        })
        .collect();
    found.sort_by_key(|one| (one.closed.is_some(), std::cmp::Reverse(one.severity), one.on));
    let rows = found.iter().map(|one| {
        let document = Document::Finding(Box::new((*one).clone()));
        let control = one.control.as_ref().map(|control| {
            let to = format!("/uses/{}/controls/{control}", one.use_id);
            Cell::link(control.as_str(), to)
        });
        let mut said = vec![Cell::link(&one.statement, place(Kind::Finding, one.id.as_str()))];
        said.extend(control);
        let answer = one.answer.as_ref().map_or_else(
            || vec![Cell::Muted(words.say("finding-unanswered"))],
            |answer| {
                let by = reader.name_of(answer.by.as_str());
                let when = words.date(answer.on);
                let signed = words.say_with("approved-by", &[("person", &by), ("date", &when)]);
                vec![Cell::text(&answer.because), Cell::Muted(signed)]
            },
        );
        Row::new(vec![
            Cell::Badge(severity(one.severity, reader)),
            Cell::Lines(said),
            Cell::text(reader.name_of(one.by.as_str())),
            Cell::text(one.due.map(|day| words.date(day)).unwrap_or_default()),
            Cell::Lines(answer),
            Cell::text(words.sentence_of(&state(&document, reader))),
        ])
    });
    Block::Grid(Grid {
        caption: words.say("findings-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-severity")),
            Column::new(words.say("field-statement")),
            Column::new(words.say("head-who")),
            Column::new(words.say("field-due")),
            Column::new(words.say("field-answer")),
            Column::new(words.say("head-state")),
        ],
        rows: rows.collect(),
        empty: words.say(if only_open { "findings-none-open" } else { "findings-nothing" }),
        ..Grid::default()
    })
}

/// The way to raise a finding, for whoever may.
async fn raise(reader: &Reader, screen: &mut Screen, seen: &Seen) -> Result<(), Problem> {
    if !matches!(reader.as_of()?, AsOf::Now) || !may(reader, seen, "find").await {
        return Ok(());
    }
    let pairs = [("use", seen.whole.of.id.as_str())];
    let to = address("/do/find", pairs.into_iter());
    screen.put(Block::Buttons(vec![(to, reader.words.say("action-find"), "plain")]));
    Ok(())
}

/// Whether the reader holds an office in which this is done, and nothing bars her.
async fn may(reader: &Reader, seen: &Seen, action: &str) -> bool {
    let of = &seen.whole.of;
    let me = &reader.who.officer.person;
    reader.may(action).await
        && barred_now(&seen.whole.inventory, of, me, seen.whole.day).from_validating.is_empty()
}

/// The opinions on record, and the way to give one of the state that is shown here.
async fn opinion(
    reader: &Reader,
    screen: &mut Screen,
    seen: &Seen,
    documents: &[&Document],
    state: &Snapshot,
) -> Result<(), Problem> {
    let words = reader.words;
    screen.section(words.say("opinion-title"), "opinion");
    let all = opinions(documents);
    if all.is_empty() {
        screen.put(Block::Text(words.say("opinion-nothing")));
    }
    for (position, one) in all.iter().rev().enumerate() {
        let parts = state.differing(&one.parts);
        let parts: Vec<_> = parts.iter().map(|part| part.label(words.language)).collect();
        let parts = parts.join(&words.say("list-comma"));
        let note = if one.snapshot == state.digest {
            Block::Notice { class: "good", text: words.say("opinion-now"), link: None }
        } else {
            let text = words.say_with("opinion-old", &[("parts", &parts)]);
            Block::Notice { class: "warn", text, link: None }
        };
        let blocks = vec![note, Block::Facts(opinion_facts(reader, one))];
        if position == 0 {
            screen.blocks.extend(blocks);
        } else {
            let summary = words.say_with(
                "opinion-earlier",
                &[
                    ("fitness", &fitness(reader, one.fitness).word),
                    ("person", &reader.name_of(one.by.as_str())),
                    ("date", &words.date(one.on)),
                ],
            );
            screen.put(Block::Fold { summary, blocks, open: false });
        }
    }
    if !matches!(reader.as_of()?, AsOf::Now) {
        return Ok(());
    }
    let of = &seen.whole.of;
    let digest = state.digest.to_string();
    if may(reader, seen, "validate").await {
        let pairs = [("use", of.id.as_str()), ("snapshot", digest.as_str())];
        let to = address("/do/give-opinion", pairs.into_iter());
        screen.put(Block::Muted(words.say_with("opinion-binds", &[("digest", &digest)])));
        screen.put(Block::Buttons(vec![(to, words.say("action-give-opinion"), "main")]));
    } else if let Some(why) = why_not(reader, seen, state).await {
        screen.put(Block::Notice { class: "calm", text: why, link: None });
    }
    Ok(())
}

/// Why the reader gives no opinion.
async fn why_not(reader: &Reader, seen: &Seen, state: &Snapshot) -> Option<String> {
    let command = Command::GiveOpinion {
        id: dualtrack_inventory::OpinionId::parse("asked").ok()?,
        use_id: seen.whole.of.id.clone(),
        snapshot: state.digest,
        fitness: Fitness::Fit,
        conditions: Vec::new(),
        limitations: "-".to_owned(),
        not_tested: "-".to_owned(),
    };
    let officer = Officer { stepped_up: true, ..reader.who.officer.clone() };
    let refusal = reader.web.desk.may_act(&officer, &command, reader.now()).await.err()?;
    Some(reader.why(&refusal))
}
