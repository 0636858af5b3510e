//! The institution's page: where every use stands, the coverage matrix, and the guideline versions behind it.

use askama::Template;

use super::parts::{Badge, Frame, Link, language_name, other_language, with_code};
use super::{index_file, use_file};
use crate::assessment::{Assessment, GuidelineUsed, UseAssessment};
use crate::chart::{Chart, coverage_chart};
use crate::locale::Words;
use crate::text::{gate_tally, gate_title};

/// The page.
#[derive(Template)]
#[template(path = "institution.html")]
pub(crate) struct InstitutionView {
    frame: Frame,
    words: Words,
    name: String,
    summary: String,
    uses: Vec<UseRow>,
    coverage: Chart,
    guidelines: Vec<GuidelineRow>,
    ledger: Option<LedgerRow>,
}

struct LedgerRow {
    lead: String,
    checkpoint: String,
    key: String,
    receipt: String,
    entry: String,
}

struct UseRow {
    link: Link,
    purpose: String,
    entity: String,
    owner: String,
    stage: String,
    tier: String,
    gate: Badge,
    gate_title: String,
    tally: String,
    blockers: String,
    first: Option<String>,
}

struct GuidelineRow {
    id: String,
    title: String,
    link: String,
    issuer: String,
    version: String,
    standing: String,
    issued: String,
    in_force: String,
    digest: String,
    translated: bool,
}

/// Prepares the page.
pub(crate) fn view(assessment: &Assessment, words: Words) -> InstitutionView {
    let name = words.pick(&assessment.institution).to_owned();
    let other = other_language(words.language);
    let other = Link { target: index_file(other), text: language_name(other) };
    let open = assessment.uses.iter().filter(|one| one.gate.as_ref().is_some_and(|gate| gate.open)).count();
    let shut = assessment.uses.iter().filter(|one| one.gate.as_ref().is_some_and(|gate| !gate.open)).count();
    let summary = words.say_with(
        "institution-summary",
        &[
            ("uses", &words.count("uses-count", assessment.uses.len() as u64)),
            ("shut", &words.count("held-up-count", shut as u64)),
            ("open", &words.count("free-to-go-count", open as u64)),
        ],
    );
    let link =
        |id: &str, guideline: &str| format!("uses/{}#guideline-{guideline}", use_file(id, words.language));
    InstitutionView {
        frame: Frame::of(assessment, name.clone(), other, None, words),
        words,
        summary,
        uses: assessment.uses.iter().map(|one| use_row(one, words)).collect(),
        coverage: coverage_chart(assessment, link, words),
        guidelines: assessment.guidelines.iter().map(|guideline| guideline_row(guideline, words)).collect(),
        ledger: assessment.ledger.as_ref().map(|ledger| LedgerRow {
            lead: words.say_with(
                "ledger-report-lead",
                &[
                    ("index", &words.whole(ledger.index)),
                    ("log", &ledger.log),
                    ("changed", &words.whole(ledger.changed)),
                ],
            ),
            checkpoint: ledger.checkpoint.clone(),
            key: ledger.keys.first().cloned().unwrap_or_default(),
            receipt: ledger.receipt.clone(),
            entry: ledger.entry.clone(),
        }),
        name,
    }
}

fn use_row(one: &UseAssessment, words: Words) -> UseRow {
    let mut stage = one.stage.label(words.language).to_owned();
    if one.suspended {
        stage = words.say_with("stage-suspended", &[("stage", &stage)]);
    }
    let gate = one.gate.as_ref();
    UseRow {
        link: Link {
            target: format!("uses/{}", use_file(&one.id, words.language)),
            text: words.pick(&one.name).to_owned(),
        },
        purpose: words.pick(&one.purpose).to_owned(),
        entity: words.pick(&one.entity).to_owned(),
        owner: words.list(&one.owners),
        stage,
        tier: one.tier.label(words.language).to_owned(),
        gate: gate_badge(one, words),
        gate_title: gate.map_or_else(|| words.say("no-further-gate"), |gate| gate_title(gate, words)),
        tally: gate.map_or_else(String::new, |gate| gate_tally(gate, words)),
        blockers: gate
            .filter(|gate| !gate.open)
            .map_or_else(String::new, |gate| words.count("steps-count", gate.blockers.len() as u64)),
        first: gate.and_then(|gate| gate.blockers.first()).map(|blocker| {
            with_code(&words.say_with("first-step", &[("action", words.pick(&blocker.action))]))
        }),
    }
}

/// Whether the next gate is open, as a sign and a word.
pub(crate) fn gate_badge(one: &UseAssessment, words: Words) -> Badge {
    match &one.gate {
        Some(gate) if gate.from == gate.to && gate.open => {
            Badge { class: "met", sign: "✓", word: words.say("holds") }
        }
        Some(gate) if gate.from == gate.to => {
            Badge { class: "blocks", sign: "✗", word: words.say("lapsed") }
        }
        Some(gate) if gate.open => Badge { class: "met", sign: "✓", word: words.say("open") },
        Some(_) => Badge { class: "blocks", sign: "✗", word: words.say("shut") },
        None => Badge { class: "none", sign: "–", word: words.say("none-ahead") },
    }
}

fn guideline_row(guideline: &GuidelineUsed, words: Words) -> GuidelineRow {
    GuidelineRow {
        id: guideline.id.to_string(),
        title: words.pick(&guideline.title).to_owned(),
        link: guideline.url.clone(),
        issuer: words.pick(&guideline.issuer).to_owned(),
        version: guideline.version.to_string(),
        standing: words.say_with(
            "force-and-status",
            &[
                ("force", guideline.force.label(words.language)),
                ("status", guideline.status.label(words.language)),
            ],
        ),
        issued: issued(guideline, words),
        in_force: words.date(guideline.in_force_from),
        digest: guideline.digest.clone(),
        translated: guideline.title_zh_status == dualtrack_catalogue::TitleStatus::Translated
            && words.language == dualtrack_catalogue::Language::ZhHant,
    }
}

fn issued(guideline: &GuidelineUsed, words: Words) -> String {
    let date = words.date(guideline.issued);
    match guideline.issued_precision {
        dualtrack_catalogue::Precision::Day => date,
        other => {
            words.say_with("date-imprecise", &[("date", &date), ("precision", other.label(words.language))])
        }
    }
}
