//! What a person reads in the terminal: for each use its stage and tier, the controls with verdicts and reasons, the
//! measurements with intervals, and last, where the eye rests, what blocks the next gate and what to do.
//!
//! Pure: the caller says how wide the terminal is, whether it shows colour, and prints.

use dualtrack_assurance::Measurement;
use dualtrack_catalogue::{Confidence, Language};
use dualtrack_inventory::{CheckOutcome, VerdictState};

use crate::assessment::{
    Assessment, Blocker, CheckAnswer, ControlResult, GateAssessment, GuidelineUsed, UseAssessment,
};
use crate::headline::{FamilyOf, by_family};
use crate::labels::{outcome_sign, sign};
use crate::locale::Words;
use crate::names::Names;
use crate::terminal::{Lines, Style};

/// How terminal output is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// In which language.
    pub language: Language,
    /// How many columns wide; at least 40.
    pub width: usize,
    /// Whether the terminal shows colour.
    pub colour: bool,
    /// Whether to list what does not apply, and every measurement.
    pub all: bool,
}

/// The whole assessment as terminal text.
pub fn text(assessment: &Assessment, options: &TextOptions) -> String {
    let words = Words::of(options.language);
    let mut lines = Lines::new(options.width, options.colour);
    opening(&mut lines, assessment, words);
    for one in &assessment.uses {
        lines.gap();
        header(&mut lines, one, words);
        controls(&mut lines, assessment, one, options.all, words);
        checks(&mut lines, one, options.all, words);
        for measured in &one.measured {
            lines.gap();
            let name = words.pick(&measured.name);
            lines.paragraph(0, &words.say_with("measured-on", &[("dataset", name)]), Style::Bold);
            let names = Names { words, groups: &measured.groups };
            measurements(&mut lines, &measured.measurements, options.all, names);
        }
        gate(&mut lines, one, words);
    }
    summary(&mut lines, assessment, words);
    lines.finish()
}

/// Each use in a line, where the eye rests when the output has run past.
fn summary(lines: &mut Lines, assessment: &Assessment, words: Words) {
    if assessment.uses.len() < 2 {
        return;
    }
    lines.gap();
    lines.rule();
    for one in &assessment.uses {
        let (title, steps, style) = match &one.gate {
            None => (words.say("no-further-gate"), String::new(), Style::Plain),
            Some(gate) if gate.open => (gate_title(gate, words), String::new(), Style::Good),
            Some(gate) => {
                let steps = words.count("steps-count", gate.blockers.len() as u64);
                (gate_title(gate, words), steps, Style::Alert)
            }
        };
        lines.ends(words.pick(&one.name), &steps, Style::Bold);
        lines.paragraph(2, &title, style);
    }
}

/// Measurements alone, as `dualtrack measure` shows them.
pub fn measurements_text(measured: &[Measurement], options: &TextOptions) -> String {
    let words = Words::of(options.language);
    let mut lines = Lines::new(options.width, options.colour);
    if measured.is_empty() {
        lines.paragraph(0, &words.say("nothing-measured"), Style::Plain);
    }
    measurements(&mut lines, measured, options.all, Names { words, groups: &[] });
    lines.finish()
}

fn opening(lines: &mut Lines, assessment: &Assessment, words: Words) {
    lines.paragraph(0, words.pick(&assessment.institution), Style::Bold);
    let when = words.say_with(
        "assessed-at",
        &[("instant", &words.instant(assessment.instant)), ("program", &assessment.program)],
    );
    lines.paragraph(0, &when, Style::Dim);
    if let Some(day) = assessment.as_of {
        lines.paragraph(0, &words.say_with("as-of", &[("date", &words.date(day))]), Style::Bold);
    }
}

fn header(lines: &mut Lines, one: &UseAssessment, words: Words) {
    lines.rule();
    let mut stage = one.stage.label(words.language).to_owned();
    if one.suspended {
        stage = words.say_with("stage-suspended", &[("stage", &stage)]);
    }
    let right =
        words.say_with("stage-and-tier", &[("stage", &stage), ("tier", one.tier.label(words.language))]);
    lines.ends(words.pick(&one.name), &right, Style::Bold);
    let owners = words.list(&one.owners);
    let line = words.say_with(
        "entity-owner-id",
        &[("entity", words.pick(&one.entity)), ("owner", &owners), ("id", &one.id)],
    );
    lines.paragraph(0, &line, Style::Dim);
    for reason in &one.tier_reasons {
        lines.item(2, "-", Style::Plain, 4, words.pick(reason), Style::Plain);
    }
    for sense in &one.high_risk {
        lines.item(2, "-", Style::Plain, 4, &high_risk_line(sense, words), Style::Plain);
    }
}

/// `High risk in the sense of …: yes`.
pub(crate) fn high_risk_line(sense: &crate::assessment::HighRisk, words: Words) -> String {
    let name = sense.sense.label(words.language);
    match sense.holds {
        Some(true) => words.say_with("high-risk-yes", &[("sense", name)]),
        Some(false) => words.say_with("high-risk-no", &[("sense", name)]),
        None => words.say_with("high-risk-unknown", &[("sense", name)]),
    }
}

fn controls(lines: &mut Lines, assessment: &Assessment, one: &UseAssessment, all: bool, words: Words) {
    lines.gap();
    lines.paragraph(0, &words.say("controls-title"), Style::Bold);
    let mut untouched = 0;
    for guideline in &assessment.guidelines {
        let of_guideline: Vec<_> =
            one.controls.iter().filter(|control| control.id.guideline() == guideline.id).collect();
        let shown: Vec<_> = of_guideline.iter().filter(|control| all || applies(control)).collect();
        if shown.is_empty() {
            untouched += u64::from(!of_guideline.is_empty());
            continue;
        }
        guideline_head(lines, guideline, words);
        for control in &shown {
            control_line(lines, control, all, words);
        }
        let hidden = (of_guideline.len() - shown.len()) as u64;
        if hidden > 0 {
            lines.paragraph(2, &words.count("controls-hidden", hidden), Style::Dim);
        }
    }
    if untouched > 0 {
        lines.gap();
        lines.paragraph(0, &words.count("guidelines-hidden", untouched), Style::Dim);
    }
}

fn applies(control: &ControlResult) -> bool {
    control.blocks || !matches!(control.verdict, Some(VerdictState::NotApplicable) | None)
}

fn guideline_head(lines: &mut Lines, guideline: &GuidelineUsed, words: Words) {
    lines.gap();
    let version = words.say_with(
        "guideline-version",
        &[
            ("id", guideline.id.as_str()),
            ("version", &guideline.version.to_string()),
            ("status", guideline.status.label(words.language)),
        ],
    );
    lines.paragraph(0, words.pick(&guideline.title), Style::Bold);
    lines.paragraph(2, &version, Style::Dim);
}

fn control_line(lines: &mut Lines, control: &ControlResult, all: bool, words: Words) {
    let mark = format!("{} {}", sign(control.verdict), words.verdict(control.verdict));
    let style = match control.verdict {
        _ if control.blocks => Style::Alert,
        Some(VerdictState::Met | VerdictState::Waived) => Style::Good,
        _ => Style::Plain,
    };
    let mut facts = vec![control.strength.label(words.language).to_owned()];
    if control.confidence == Confidence::Reported {
        facts.push(control.confidence.label(words.language).to_owned());
    }
    facts.extend(control.source_ref.clone());
    let facts = facts.join(&words.say("list-comma"));
    let title = words
        .say_with("title-and-paragraph", &[("title", words.pick(&control.title)), ("paragraph", &facts)]);
    if all || control.blocks {
        lines.item(2, &mark, style, HANG, &title, Style::Plain);
        lines.paragraph(HANG, words.pick(&control.reason), Style::Plain);
        if !all {
            return;
        }
    } else {
        // A line is enough for what blocks nothing; what it rests on is on the page and in the JSON.
        lines.item_on_one_line(2, &mark, style, HANG, &title, Style::Plain);
        let says_it_all = matches!(control.verdict, Some(VerdictState::Met | VerdictState::Missing));
        if !says_it_all {
            lines.one_line(HANG, words.pick(&control.reason), Style::Dim);
        }
    }
    if all {
        lines.paragraph(HANG, control.id.as_str(), Style::Dim);
    }
}

fn checks(lines: &mut Lines, one: &UseAssessment, all: bool, words: Words) {
    if one.checks.is_empty() {
        return;
    }
    lines.gap();
    lines.paragraph(0, &words.say("checks-title"), Style::Bold);
    for check in &one.checks {
        check_lines(lines, check, all, words);
    }
    lines.paragraph(2, &words.say("no-text-fixes-a-threshold"), Style::Dim);
}

fn check_lines(lines: &mut Lines, check: &CheckAnswer, all: bool, words: Words) {
    let mark = format!("{} {}", outcome_sign(check.outcome), check.outcome.label(words.language));
    let style = match check.outcome {
        _ if check.blocks => Style::Alert,
        CheckOutcome::Pass => Style::Good,
        _ => Style::Plain,
    };
    let name = words.say_with(
        "check-and-threshold",
        &[("check", words.pick(&check.name)), ("threshold", &words.threshold(&check.declared))],
    );
    lines.item(2, &mark, style, HANG, &name, Style::Plain);
    lines.paragraph(HANG, words.pick(&check.reason), Style::Plain);
    if all {
        lines.paragraph(HANG, &threshold_source(check, words), Style::Dim);
    } else {
        let by = [("person", words.pick(&check.set_by)), ("date", &words.date(check.declared.on))];
        lines.one_line(HANG, &words.say_with("threshold-set-by", &by), Style::Dim);
    }
}

/// Who set a threshold, when, and why.
pub(crate) fn threshold_source(check: &CheckAnswer, words: Words) -> String {
    words.say_with(
        "threshold-source",
        &[
            ("person", words.pick(&check.set_by)),
            ("date", &words.date(check.declared.on)),
            ("because", words.pick(&check.declared.because)),
        ],
    )
}

fn measurements(lines: &mut Lines, measured: &[Measurement], all: bool, names: Names<'_>) {
    let words = names.words;
    let families = by_family(measured);
    if families.is_empty() {
        return;
    }
    for family in &families {
        lines.paragraph(2, words.family(family.family), Style::Bold);
        lines.table(4, &rows_of(family, all, names));
        if !all && !family.rest.is_empty() {
            lines.paragraph(4, &words.count("measurements-hidden", family.rest.len() as u64), Style::Dim);
        }
    }
}

fn rows_of(family: &FamilyOf<'_>, all: bool, names: Names<'_>) -> Vec<Vec<String>> {
    let words = names.words;
    let rest = if all { family.rest.as_slice() } else { &[] };
    family
        .first
        .iter()
        .chain(rest)
        .map(|measurement| {
            let slice = names.slice(measurement);
            let mut name = words.measured(measurement);
            if !slice.is_empty() {
                name = words.say_with("measure-of", &[("measure", &name), ("slice", &slice)]);
            }
            if measurement.value().is_none() {
                // A sentence in the column of values would make it as wide as the page.
                return vec![
                    words.say_with(
                        "measure-of",
                        &[("measure", &name), ("slice", &words.estimate(measurement))],
                    ),
                ];
            }
            let rows = words.count("rows-short", measurement.rows);
            vec![name, words.estimate(measurement), words.interval(measurement), rows]
        })
        .collect()
}

fn gate(lines: &mut Lines, one: &UseAssessment, words: Words) {
    lines.gap();
    let Some(gate) = &one.gate else {
        lines.paragraph(0, &words.say("no-further-gate"), Style::Bold);
        return;
    };
    lines.paragraph(0, &gate_title(gate, words), if gate.open { Style::Good } else { Style::Alert });
    lines.paragraph(2, &gate_tally(gate, words), Style::Plain);
    if !gate.blockers.is_empty() {
        lines.gap();
        lines.paragraph(0, &words.say("blockers-title"), Style::Bold);
    }
    for (index, blocker) in gate.blockers.iter().enumerate() {
        blocker_lines(lines, &format!("{}.", index + 1), blocker, "", words);
    }
    if !gate.preparation.is_empty() {
        lines.gap();
        lines.paragraph(0, &words.say("preparation-title"), Style::Bold);
        for preparation in &gate.preparation {
            let to = words.say_with("for-gate", &[("to", preparation.to.label(words.language))]);
            blocker_lines(lines, "-", &preparation.work, &to, words);
        }
    }
}

/// `The gate from pilot to production is shut`; of a use that has arrived, whether it may stay.
pub(crate) fn gate_title(gate: &GateAssessment, words: Words) -> String {
    let (from, to) = (gate.from.label(words.language), gate.to.label(words.language));
    let way = [("from", from), ("to", to)];
    match (gate.from == gate.to, gate.open) {
        (false, true) => words.say_with("gate-open", &way),
        (false, false) => words.say_with("gate-shut", &way),
        (true, true) => words.say_with("stay-open", &[("stage", to)]),
        (true, false) => words.say_with("stay-shut", &[("stage", to)]),
    }
}

/// `It asks for 60 controls and is content with 48`.
pub(crate) fn gate_tally(gate: &GateAssessment, words: Words) -> String {
    words.say_with(
        "gate-tally",
        &[("asked", &words.whole(gate.asked)), ("content", &words.whole(gate.content))],
    )
}

fn blocker_lines(lines: &mut Lines, mark: &str, blocker: &Blocker, when: &str, words: Words) {
    let action = words.pick(&blocker.action);
    let text = if when.is_empty() { action.to_owned() } else { format!("{when}{action}") };
    lines.item(2, mark, Style::Bold, 6, &text, Style::Bold);
    if !blocker.who.is_empty() {
        lines.paragraph(6, &who_may(blocker, words), Style::Dim);
    }
    for control in &blocker.controls {
        let mut title = words.pick(&control.title).to_owned();
        if let Some(paragraph) = &control.paragraph {
            title = words.say_with("title-and-paragraph", &[("title", &title), ("paragraph", paragraph)]);
        }
        lines.item(6, sign(Some(control.state)), Style::Alert, 8, &title, Style::Plain);
        lines.paragraph(8, control.control.as_str(), Style::Dim);
    }
}

/// Who may do something, in words.
pub(crate) fn who_may(blocker: &Blocker, words: Words) -> String {
    let people: Vec<_> = blocker.who.iter().map(|who| words.pick(who)).collect();
    words.say_with("who-may", &[("people", &people.join(&words.say("list-or")))])
}

const HANG: usize = 20;
