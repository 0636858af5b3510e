//! The page of one use: verdict first, then what blocks the next gate, charts, controls and definitions.

use askama::Template;
use dualtrack_assurance::{DefinitionId, Measurement};
use dualtrack_catalogue::{Confidence, Language, Stage, Status};
use dualtrack_inventory::{CheckOutcome, VerdictState};

use super::institution::gate_badge;
use super::parts::{
    Badge, DefinitionRow, FamilyView, Frame, Link, MeasurementRow, badge, because_tree, definitions, families,
    language_name, measurement_row, other_language, with_code,
};
use super::{index_file, use_file};
use crate::assessment::{
    Assessment, Blocker, CheckAnswer, ControlResult, GateAssessment, GuidelineUsed, UseAssessment,
};
use crate::figures::Figures;
use crate::labels::{definition_of, outcome_sign};
use crate::locale::Words;
use crate::names::Names;
use crate::text::{gate_tally, gate_title, high_risk_line, who_may};

/// The page of a use.
#[derive(Template)]
#[template(path = "use.html")]
pub(crate) struct UseView {
    frame: Frame,
    words: Words,
    name: String,
    purpose: String,
    facts: Vec<(String, String)>,
    stages: Vec<StageStep>,
    suspended: bool,
    tier: String,
    tier_reasons: Vec<String>,
    senses: Vec<String>,
    gate: Badge,
    gate_title: String,
    gate_because: String,
    tally: String,
    counts: Vec<(Badge, String)>,
    blockers: Vec<BlockerView>,
    preparation: Vec<BlockerView>,
    preparation_summary: String,
    approvals: Vec<ApprovalView>,
    measured: Vec<MeasuredView>,
    checks: Vec<CheckView>,
    guidelines: Vec<GuidelineView>,
    foundations: Vec<FoundationView>,
    snapshot: String,
    definitions: Vec<DefinitionRow>,
}

/// The page of measurements alone.
#[derive(Template)]
#[template(path = "measurements.html")]
pub(crate) struct MeasurementsView {
    frame: Frame,
    words: Words,
    name: String,
    families: Vec<FamilyView>,
    definitions: Vec<DefinitionRow>,
}

struct MeasuredView {
    name: String,
    id: String,
    families: Vec<FamilyView>,
}

struct StageStep {
    name: &'static str,
    class: &'static str,
    current: bool,
}

struct BlockerView {
    action: String,
    who: String,
    controls: Vec<BlockedView>,
}

struct BlockedView {
    badge: Badge,
    title: String,
    anchor: String,
    paragraph: String,
}

struct ApprovalView {
    by: String,
    office: String,
    on: String,
    conditions: Vec<String>,
    objections: Vec<String>,
}

struct CheckView {
    badge: Badge,
    name: String,
    id: String,
    definition: Option<String>,
    slice: String,
    threshold: String,
    reason: String,
    set_by: String,
    set_on: String,
    because: String,
    deciding: Vec<MeasurementRow>,
    controls: Vec<String>,
}

struct GuidelineView {
    id: String,
    title: String,
    about: String,
    citation: String,
    url: String,
    caution: Option<String>,
    due: Vec<ControlView>,
    other: Vec<ControlView>,
    other_summary: String,
}

struct ControlView {
    id: String,
    key: String,
    badge: Badge,
    blocks: bool,
    title: String,
    statement: String,
    translation: Option<String>,
    marks: Vec<Mark>,
    reason: String,
    because: String,
}

struct Mark {
    class: &'static str,
    text: String,
}

struct FoundationView {
    kind: String,
    name: String,
    id: String,
    digests: Vec<String>,
}

/// Prepares the page of a use.
pub(crate) fn view(assessment: &Assessment, one: &UseAssessment, words: Words) -> UseView {
    let language = words.language;
    let other = other_language(language);
    let home = Link {
        target: format!("../{}", index_file(language)),
        text: words.pick(&assessment.institution).to_owned(),
    };
    let other = Link { target: use_file(&one.id, other), text: language_name(other) };
    let name = words.pick(&one.name).to_owned();
    let all = || one.measured.iter().flat_map(|measured| &measured.measurements);
    let known = definitions(all(), words);
    let is_defined = |id: DefinitionId| all().any(|measurement| measurement.definition == id);
    UseView {
        frame: Frame::of(assessment, name.clone(), other, Some(home), words),
        words,
        purpose: words.pick(&one.purpose).to_owned(),
        facts: facts(one, words),
        stages: stages(one.stage, words),
        suspended: one.suspended,
        tier: one.tier.label(words.language).to_owned(),
        tier_reasons: one.tier_reasons.iter().map(|reason| words.sentence(reason)).collect(),
        senses: one.high_risk.iter().map(|sense| high_risk_line(sense, words)).collect(),
        gate: gate_badge(one, words),
        gate_title: one
            .gate
            .as_ref()
            .map_or_else(|| words.say("no-further-gate"), |gate| gate_title(gate, words)),
        gate_because: one.gate.as_ref().map_or_else(String::new, |gate| words.sentence(&gate.because)),
        tally: one.gate.as_ref().map_or_else(String::new, |gate| gate_tally(gate, words)),
        counts: counts(one, words),
        blockers: blockers(one.gate.as_ref(), words),
        preparation: preparation(one.gate.as_ref(), words),
        preparation_summary: words.count(
            "steps-count",
            one.gate.as_ref().map_or(0, |gate| gate.preparation.len() as u64),
        ),
        approvals: approvals(one.gate.as_ref(), words),
        measured: measured(one, words),
        checks: one.checks.iter().map(|check| check_view(check, is_defined, names_for(one, check, words))).collect(),
        guidelines: guideline_views(assessment, one, words),
        foundations: foundations(one, words),
        snapshot: one.snapshot.clone(),
        definitions: known,
        name,
    }
}

/// Prepares the page of measurements alone; it links nowhere.
pub(crate) fn measurements_view(
    measurements: &[Measurement],
    title: &str,
    program: &str,
    words: Words,
) -> MeasurementsView {
    let figures = Figures { prefix: String::new(), measurements, checks: Vec::new(), scores: &[], names: Names { words, groups: &[] } };
    let made = words.say_with("measured-with", &[("program", program)]);
    let frame = Frame {
        language: words.language.tag(),
        title: title.to_owned(),
        other: Link { target: String::new(), text: String::new() },
        other_language: other_language(words.language).tag(),
        home: None,
        style: super::print::style(&made, words),
        made,
        as_of: None,
        guidelines: Vec::new(),
    };
    MeasurementsView {
        frame,
        words,
        name: title.to_owned(),
        families: families(&figures),
        definitions: definitions(measurements.iter(), words),
    }
}

fn measured(one: &UseAssessment, words: Words) -> Vec<MeasuredView> {
    let views = one.measured.iter().enumerate().map(|(index, measured)| {
        let figures = Figures {
            prefix: format!("data-{}-", index + 1),
            measurements: &measured.measurements,
            checks: one
                .checks
                .iter()
                .map(|check| &check.declared)
                .filter(|check| check.dataset.as_ref().is_none_or(|id| id.as_str() == measured.dataset))
                .collect(),
            scores: &measured.scores,
            names: Names { words, groups: &measured.groups },
        };
        MeasuredView {
            name: words.say_with("measured-on", &[("dataset", words.pick(&measured.name))]),
            id: measured.dataset.clone(),
            families: families(&figures),
        }
    });
    views.collect()
}

fn facts(one: &UseAssessment, words: Words) -> Vec<(String, String)> {
    vec![
        (words.say("fact-entity"), words.pick(&one.entity).to_owned()),
        (words.say("fact-owner"), words.list(&one.owners)),
        (words.say("fact-decides"), words.pick(&one.decides).to_owned()),
        (words.say("fact-affects"), words.pick(&one.affects).to_owned()),
    ]
}

fn stages(now: Stage, words: Words) -> Vec<StageStep> {
    let way = [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production];
    let here = way.iter().position(|stage| *stage == now);
    let mut steps: Vec<_> = way
        .iter()
        .enumerate()
        .map(|(index, stage)| StageStep {
            name: stage.label(words.language),
            class: match here {
                Some(here) if index < here => "past",
                Some(here) if index == here => "now",
                _ => "ahead",
            },
            current: here == Some(index),
        })
        .collect();
    if now == Stage::Retired {
        steps.push(StageStep { name: now.label(words.language), class: "now", current: true });
    }
    steps
}

fn counts(one: &UseAssessment, words: Words) -> Vec<(Badge, String)> {
    let counted = VerdictState::ALL.into_iter().filter_map(|state| {
        let count = one.controls.iter().filter(|control| control.verdict == Some(state)).count();
        (count > 0).then(|| (badge(Some(state), false, words), words.whole(count as u64)))
    });
    counted.collect()
}

fn blockers(gate: Option<&GateAssessment>, words: Words) -> Vec<BlockerView> {
    gate.map_or_else(Vec::new, |gate| {
        gate.blockers.iter().map(|blocker| blocker_view(blocker, String::new(), words)).collect()
    })
}

fn preparation(gate: Option<&GateAssessment>, words: Words) -> Vec<BlockerView> {
    gate.map_or_else(Vec::new, |gate| {
        let views = gate.preparation.iter().map(|preparation| {
            let when = words.say_with("for-gate", &[("to", preparation.to.label(words.language))]);
            blocker_view(&preparation.work, when, words)
        });
        views.collect()
    })
}

fn blocker_view(blocker: &Blocker, when: String, words: Words) -> BlockerView {
    BlockerView {
        action: with_code(&if when.is_empty() {
            words.sentence(&blocker.action)
        } else {
            format!("{when}{}", words.pick(&blocker.action))
        }),
        who: if blocker.who.is_empty() { String::new() } else { who_may(blocker, words) },
        controls: blocker
            .controls
            .iter()
            .map(|control| BlockedView {
                badge: badge(Some(control.state), true, words),
                title: words.pick(&control.title).to_owned(),
                anchor: control.control.to_string(),
                paragraph: control.paragraph.clone().unwrap_or_default(),
            })
            .collect(),
    }
}

fn approvals(gate: Option<&GateAssessment>, words: Words) -> Vec<ApprovalView> {
    gate.map_or_else(Vec::new, |gate| {
        let views = gate.approvals.iter().map(|approval| ApprovalView {
            by: words.pick(&approval.by).to_owned(),
            office: words.pick(&approval.office).to_owned(),
            on: words.date(approval.on),
            conditions: approval.conditions.iter().map(|text| words.pick(text).to_owned()).collect(),
            objections: approval.objections.iter().map(|text| words.sentence(text)).collect(),
        });
        views.collect()
    })
}

/// The names of groups in the data a check looked at.
fn names_for<'a>(one: &'a UseAssessment, check: &CheckAnswer, words: Words) -> Names<'a> {
    let dataset = check.declared.dataset.as_ref();
    let found = one.measured.iter().find(|data| dataset.is_none_or(|id| id.as_str() == data.dataset));
    Names { words, groups: found.map_or(&[], |measured| measured.groups.as_slice()) }
}

fn check_view(check: &CheckAnswer, measured: impl Fn(DefinitionId) -> bool, names: Names<'_>) -> CheckView {
    let words = names.words;
    let declared = &check.declared;
    let class = match check.outcome {
        _ if check.blocks => "blocks",
        CheckOutcome::Pass => "met",
        CheckOutcome::Fail | CheckOutcome::TooLittleData | CheckOutcome::NotMeasured => "pending",
    };
    let mut slice: Vec<String> = declared.group.iter().cloned().collect();
    if !declared.intersection.is_empty() {
        slice.push(declared.intersection.join("+"));
    }
    slice.extend(declared.column.clone());
    slice.extend(declared.dataset.as_ref().map(ToString::to_string));
    CheckView {
        badge: Badge { class, sign: outcome_sign(check.outcome), word: check.outcome.label(words.language).to_owned() },
        name: words.pick(&check.name).to_owned(),
        id: declared.check.to_string(),
        definition: definition_of(declared)
            .filter(|id| measured(*id))
            .map(|id| id.as_str().to_owned()),
        slice: slice.join(&words.say("list-comma")),
        threshold: words.threshold(declared),
        reason: with_code(&words.sentence(&check.reason)),
        set_by: words.pick(&check.set_by).to_owned(),
        set_on: words.date(declared.on),
        because: words.sentence(&declared.because),
        deciding: check.deciding.iter().map(|m| measurement_row(m, names)).collect(),
        controls: check.controls.iter().map(ToString::to_string).collect(),
    }
}

/// Every guideline with the controls that ask for something, and folded those that do not.
fn guideline_views(assessment: &Assessment, one: &UseAssessment, words: Words) -> Vec<GuidelineView> {
    let mut views = Vec::new();
    for guideline in &assessment.guidelines {
        let (due, other): (Vec<_>, Vec<_>) = one
            .controls
            .iter()
            .filter(|control| control.id.guideline() == guideline.id)
            .partition(|control| control.blocks || is_due(control));
        let other_summary = words.count("controls-hidden", other.len() as u64);
        views.push(GuidelineView {
            id: guideline.id.to_string(),
            title: words.pick(&guideline.title).to_owned(),
            about: about(guideline, words),
            citation: guideline.citation.clone(),
            url: guideline.url.clone(),
            caution: caution(guideline, words),
            due: due.into_iter().map(|control| control_view(control, words)).collect(),
            other: other.into_iter().map(|control| control_view(control, words)).collect(),
            other_summary,
        });
    }
    views
}

fn is_due(control: &ControlResult) -> bool {
    !matches!(control.verdict, Some(VerdictState::NotApplicable) | None)
}

fn about(guideline: &GuidelineUsed, words: Words) -> String {
    words.say_with(
        "guideline-about",
        &[
            ("issuer", &guideline.issuer),
            ("force", guideline.force.label(words.language)),
            ("status", guideline.status.label(words.language)),
            ("issued", &words.date(guideline.issued)),
            ("id", guideline.id.as_str()),
            ("version", &guideline.version.to_string()),
        ],
    )
}

/// Why a guideline that is not in force shuts no gate.
fn caution(guideline: &GuidelineUsed, words: Words) -> Option<String> {
    match guideline.status {
        Status::InForce => None,
        Status::Published | Status::Programme | Status::Proposed => Some(
            words.say_with("guideline-caution", &[("status", guideline.status.label(words.language))]),
        ),
    }
}

fn control_view(control: &ControlResult, words: Words) -> ControlView {
    let language = words.language;
    let mut marks = vec![Mark { class: "", text: control.strength.label(language).to_owned() }];
    marks.extend(control.source_ref.iter().map(|text| Mark { class: "", text: text.clone() }));
    marks.push(Mark {
        class: if control.confidence == Confidence::Reported { "caution" } else { "" },
        text: words.say_with(
            "confidence-and-basis",
            &[("confidence", control.confidence.label(language)), ("basis", control.basis.label(language))],
        ),
    });
    let timing: Vec<_> = control.timing.iter().map(|timing| timing.label(language)).collect();
    marks.push(Mark { class: "", text: timing.join(&words.say("list-comma")) });
    if control.verdict.is_none() {
        let text =
            words.say_with("duty-of", &[("holder", control.duty_holder.label(language))]);
        marks.push(Mark { class: "caution", text });
    }
    ControlView {
        id: control.id.to_string(),
        key: control.id.key().to_owned(),
        badge: badge(control.verdict, control.blocks, words),
        blocks: control.blocks,
        title: words.pick(&control.title).to_owned(),
        statement: words.pick(&control.statement).to_owned(),
        translation: match language {
            Language::En => None,
            Language::ZhHant => control.translation.mark(language).map(str::to_owned),
        },
        marks,
        reason: with_code(&words.sentence(&control.reason)),
        because: because_tree(std::slice::from_ref(&control.because), words),
    }
}

fn foundations(one: &UseAssessment, words: Words) -> Vec<FoundationView> {
    let views = one.foundations.iter().map(|foundation| FoundationView {
        kind: words.foundation(foundation.kind),
        name: words.pick(&foundation.name).to_owned(),
        id: foundation.id.clone(),
        digests: if foundation.digests.is_empty() { vec![words.say("no-files")] } else { foundation.digests.clone() },
    });
    views.collect()
}
