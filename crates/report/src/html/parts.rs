//! The parts that pages share: the frame around a page, badges, because-trees, rows of measurements, definitions.

use std::collections::BTreeSet;

use dualtrack_assurance::{Definition, Measurement};
use dualtrack_catalogue::Language;
use dualtrack_inventory::VerdictState;

use crate::assessment::{Assessment, Because, GuidelineUsed};
use crate::chart::{Chart, escaped};
use crate::figures::Figures;
use crate::headline::by_family;
use crate::labels::{sign, verdict_class};
use crate::locale::Words;
use crate::names::Names;

/// What surrounds every page.
pub(crate) struct Frame {
    /// The language of the page as a tag.
    pub(crate) language: &'static str,
    /// The title of the window.
    pub(crate) title: String,
    /// The same page in the other language.
    pub(crate) other: Link,
    /// The language of that page as a tag.
    pub(crate) other_language: &'static str,
    /// The institution's page, on pages of uses.
    pub(crate) home: Option<Link>,
    /// The stylesheet and the running footer of printed pages.
    pub(crate) style: String,
    /// When, and by which program.
    pub(crate) made: String,
    /// The day it is assessed for, if not the day it was made.
    pub(crate) as_of: Option<String>,
    /// The guideline versions it rests on.
    pub(crate) guidelines: Vec<String>,
}

/// Where a link leads and what it says.
pub(crate) struct Link {
    pub(crate) target: String,
    pub(crate) text: String,
}

/// A sign and a word, with the class that colours it.
#[derive(Clone, Debug)]
pub struct Badge {
    /// The class that colours it.
    pub class: &'static str,
    /// A sign of one letter.
    pub sign: &'static str,
    /// The word.
    pub word: String,
}

/// Measurements of one family with their charts.
pub(crate) struct FamilyView {
    pub(crate) name: &'static str,
    pub(crate) charts: Vec<Chart>,
    pub(crate) first: Vec<MeasurementRow>,
    pub(crate) rest: Vec<MeasurementRow>,
    pub(crate) rest_summary: String,
}

/// One measurement in a table.
pub(crate) struct MeasurementRow {
    pub(crate) name: String,
    pub(crate) slice: String,
    pub(crate) value: String,
    pub(crate) interval: String,
    pub(crate) method: String,
    pub(crate) rows: String,
    pub(crate) definition: String,
}

/// A definition that a number on the page follows.
pub(crate) struct DefinitionRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) formula: String,
    pub(crate) rules: String,
    pub(crate) source: &'static str,
}

impl Frame {
    /// The frame of a page of an assessment.
    pub(crate) fn of(
        assessment: &Assessment,
        title: String,
        other: Link,
        home: Option<Link>,
        words: Words,
    ) -> Self {
        let made = words.say_with(
            "assessed-at",
            &[("instant", &words.instant(assessment.instant)), ("program", &assessment.program)],
        );
        let as_of = assessment.as_of.map(|day| words.say_with("as-of", &[("date", &words.date(day))]));
        let guidelines =
            assessment.guidelines.iter().map(|guideline| version_line(guideline, words)).collect();
        Self {
            language: words.language.tag(),
            other_language: other_language(words.language).tag(),
            style: super::print::style(&made, words),
            title,
            other,
            home,
            made,
            as_of,
            guidelines,
        }
    }
}

/// The language a page links to.
pub(crate) fn other_language(language: Language) -> Language {
    match language {
        Language::En => Language::ZhHant,
        Language::ZhHant => Language::En,
    }
}

/// What the link to the other language says, in that language.
pub(crate) fn language_name(language: Language) -> String {
    Words::of(language).say("language-name")
}

fn version_line(guideline: &GuidelineUsed, words: Words) -> String {
    words.say_with(
        "guideline-version",
        &[
            ("id", guideline.id.as_str()),
            ("version", &guideline.version.to_string()),
            ("status", guideline.status.label(words.language)),
        ],
    )
}

/// The badge of a verdict.
pub fn badge(verdict: Option<VerdictState>, blocks: bool, words: Words) -> Badge {
    Badge { class: verdict_class(verdict, blocks), sign: sign(verdict), word: words.verdict(verdict) }
}

/// A because-tree as nested lists, every text escaped.
pub fn because_tree(reasons: &[Because], words: Words) -> String {
    if reasons.is_empty() {
        return String::new();
    }
    let mut html = String::from("<ul class=\"because\">");
    for reason in reasons {
        html.push_str("<li>");
        html.push_str(&with_code(&words.sentence(&reason.text)));
        html.push_str(&because_tree(&reason.because, words));
        html.push_str("</li>");
    }
    html.push_str("</ul>");
    html
}

/// A text escaped, with what stands between backticks set as code.
pub fn with_code(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, inside, after)) = code_span(rest) {
        html.push_str(&escaped(before));
        html.push_str("<code>");
        html.push_str(&escaped(inside));
        html.push_str("</code>");
        rest = after;
    }
    html.push_str(&escaped(rest));
    html
}

fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (inside, after) = rest.split_once('`')?;
    Some((before, inside, after))
}

/// One row of a table of measurements.
pub(crate) fn measurement_row(measurement: &Measurement, names: Names<'_>) -> MeasurementRow {
    let words = names.words;
    MeasurementRow {
        name: words.measured(measurement),
        slice: names.slice(measurement),
        value: words.estimate(measurement),
        interval: words.interval(measurement),
        method: measurement.interval().map_or_else(String::new, |interval| {
            let method = words.method(interval.method);
            let level = words.level(interval.level);
            if interval.approximate {
                words.say_with("method-approximate", &[("method", method), ("level", &level)])
            } else {
                words.say_with("method-exact", &[("method", method), ("level", &level)])
            }
        }),
        rows: words.whole(measurement.rows),
        definition: measurement.definition.as_str().to_owned(),
    }
}

/// Measurements by family, each with its charts.
pub(crate) fn families(figures: &Figures<'_>) -> Vec<FamilyView> {
    let words = figures.names.words;
    by_family(figures.measurements)
        .iter()
        .map(|family| {
            let charts = figures.draw(family.family);
            // What a chart and its table show is not shown a third time.
            let charted = |m: &&Measurement| {
                charts.iter().any(|chart| chart.definitions.iter().any(|id| id == m.definition.as_str()))
            };
            let row = |m: &&Measurement| measurement_row(m, figures.names);
            let first: Vec<_> = family.first.iter().filter(|m| !charted(m)).map(row).collect();
            let charted = family.first.iter().filter(|m| charted(m));
            let rest: Vec<_> = charted.chain(&family.rest).map(row).collect();
            FamilyView {
                name: words.family(family.family),
                rest_summary: words.count("all-measurements", rest.len() as u64),
                charts,
                first,
                rest,
            }
        })
        .collect()
}

/// The definitions of these measurements, in the order of the registry, each once.
pub(crate) fn definitions<'a>(
    measurements: impl Iterator<Item = &'a Measurement>,
    words: Words,
) -> Vec<DefinitionRow> {
    let used: BTreeSet<_> = measurements.map(|measurement| measurement.definition).collect();
    dualtrack_assurance::definitions()
        .iter()
        .filter(|definition| used.contains(&definition.id))
        .map(|definition| definition_row(definition, words))
        .collect()
}

fn definition_row(definition: &Definition, words: Words) -> DefinitionRow {
    let mut rules = vec![words.orientation(definition.orientation)];
    rules.extend(definition.bin_rule.map(|rule| words.say_with("bin-rule", &[("rule", rule)])));
    rules.push(words.say_with("zero-rule", &[("rule", definition.zero_rule)]));
    let name = match words.language {
        Language::En => definition.english.to_string(),
        Language::ZhHant => definition.chinese.to_string(),
    };
    DefinitionRow {
        id: definition.id.as_str().to_owned(),
        name,
        formula: definition.formula.to_string(),
        rules: rules.join(&words.say("semicolon")),
        source: definition.source,
    }
}
