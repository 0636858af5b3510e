//! Guidelines with their controls: those that ask for something, and folded those that do not.

use dualtrack_catalogue::{Confidence, Language, Status};
use dualtrack_inventory::VerdictState;

use super::parts::{Badge, badge, because_tree, with_code};
use crate::assessment::{Assessment, ControlResult, GuidelineUsed, UseAssessment};
use crate::locale::Words;

pub(crate) struct GuidelineView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) citation: String,
    pub(crate) url: String,
    pub(crate) caution: Option<String>,
    pub(crate) due: Vec<ControlView>,
    pub(crate) other: Vec<ControlView>,
    pub(crate) other_summary: String,
}

pub(crate) struct ControlView {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) badge: Badge,
    pub(crate) blocks: bool,
    pub(crate) title: String,
    pub(crate) statement: String,
    pub(crate) translation: Option<String>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) reason: String,
    pub(crate) because: String,
}

pub(crate) struct Mark {
    pub(crate) class: &'static str,
    pub(crate) text: String,
}

/// Every guideline with the controls that ask for something, and folded those that do not.
pub(crate) fn guideline_views(
    assessment: &Assessment,
    one: &UseAssessment,
    words: Words,
) -> Vec<GuidelineView> {
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
            ("issuer", words.pick(&guideline.issuer)),
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
        Status::Published | Status::Programme | Status::Proposed => {
            Some(words.say_with("guideline-caution", &[("status", guideline.status.label(words.language))]))
        }
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
        let text = words.say_with("duty-of", &[("holder", control.duty_holder.label(language))]);
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
        because: because_tree(&control.because.because, words),
    }
}
