//! The page of one use: verdict first, then what blocks the next gate, charts, controls and definitions.

use askama::Template;
use dualtrack_assurance::{DefinitionId, Measurement};
use dualtrack_catalogue::Stage;
use dualtrack_inventory::VerdictState;

use super::checks::{CheckView, checks};
use super::controls::{GuidelineView, guideline_views};
use super::institution::gate_badge;
use super::parts::{
    Badge, DefinitionRow, FamilyView, Frame, Link, badge, definitions, families, language_name,
    other_language,
};
use super::passage::{ApprovalView, BlockerView, approvals, blockers, preparation};
use super::{index_file, use_file};
use crate::assessment::{Assessment, CheckAnswer, Measured, UseAssessment};
use crate::figures::Figures;
use crate::locale::Words;
use crate::names::Names;
use crate::text::{gate_tally, gate_title, high_risk_line};

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
        preparation_summary: words
            .count("steps-count", one.gate.as_ref().map_or(0, |gate| gate.preparation.len() as u64)),
        approvals: approvals(one.gate.as_ref(), words),
        measured: measured(one, words),
        checks: checks(one, is_defined, words),
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
    let figures = Figures {
        prefix: String::new(),
        measurements,
        checks: Vec::new(),
        scores: &[],
        names: Names { words, groups: &[] },
    };
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
    let views =
        figures(&one.measured, &one.checks, words).into_iter().map(|(measured, figures)| MeasuredView {
            name: words.say_with("measured-on", &[("dataset", words.pick(&measured.name))]),
            id: measured.dataset.clone(),
            families: families(&figures),
        });
    views.collect()
}

/// What charts of each dataset are drawn from.
pub(crate) fn figures<'a>(
    measured: &'a [Measured],
    checks: &'a [CheckAnswer],
    words: Words,
) -> Vec<(&'a Measured, Figures<'a>)> {
    let figures = measured.iter().enumerate().map(|(index, measured)| {
        let figures = Figures {
            prefix: format!("data-{}-", index + 1),
            measurements: &measured.measurements,
            checks: checks
                .iter()
                .map(|check| &check.declared)
                .filter(|check| check.dataset.as_ref().is_none_or(|id| id.as_str() == measured.dataset))
                .collect(),
            scores: &measured.scores,
            names: Names { words, groups: &measured.groups },
        };
        (measured, figures)
    });
    figures.collect()
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

fn foundations(one: &UseAssessment, words: Words) -> Vec<FoundationView> {
    let views = one.foundations.iter().map(|foundation| FoundationView {
        kind: words.foundation(foundation.kind),
        name: words.pick(&foundation.name).to_owned(),
        id: foundation.id.clone(),
        digests: if foundation.digests.is_empty() {
            vec![words.say("no-files")]
        } else {
            foundation.digests.clone()
        },
    });
    views.collect()
}
