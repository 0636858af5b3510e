//! From what was decided to what documents show: joins verdicts, guidelines, people and measurements, in both languages.

use std::collections::BTreeSet;

use dualtrack_catalogue::{
    Bilingual, Binding, ControlId, DutyHolder, Edition, HighRiskSense, Language, Standing,
};
use dualtrack_inventory::{
    self as inventory, Action, Actor, GateOutcome, Inventory, Use, Verdict, profile, snapshot, tier,
};
use dualtrack_report::{
    ApprovalShown, Because, BlockedControl, Blocker, CheckAnswer, ControlResult, Foundation, FoundationKind,
    GateAssessment, GuidelineUsed, HighRisk, Preparation, UseAssessment, short_reason,
};

use super::Request;
use super::checks::{outcome, statement};
use super::measuring::Measured;

/// A guideline version as documents cite it.
pub(crate) fn guideline_used(edition: &Edition) -> GuidelineUsed {
    let guideline = edition.guideline();
    GuidelineUsed {
        id: guideline.id.clone(),
        version: guideline.version,
        title: guideline.title.clone(),
        title_zh_status: guideline.title_zh_status,
        issuer: edition.issuer(),
        citation: guideline.source.citation.clone(),
        url: guideline.source.url.clone(),
        digest: edition.digest().to_string(),
        issued: guideline.issued,
        issued_precision: guideline.issued_precision,
        in_force_from: guideline.in_force_from().date,
        status: guideline.status,
        force: guideline.force,
    }
}

/// A use with everything found about it.
pub(crate) fn use_assessment(
    request: &Request<'_>,
    standing: &Standing<'_>,
    of: &Use,
    verdicts: &[Verdict],
    gate: Option<&GateOutcome>,
    measured: Measured,
) -> UseAssessment {
    let inventory = &request.folder.inventory;
    let blocking: BTreeSet<&ControlId> = gate
        .into_iter()
        .flat_map(|gate| &gate.blockers)
        .flat_map(|blocker| blocker.controls.iter().map(|blocked| &blocked.control))
        .collect();
    let tier = tier(inventory, of, request.day, inventory.tiers());
    let name = |text: &Bilingual| text.clone();
    UseAssessment {
        id: of.id.to_string(),
        name: name(&of.name),
        entity: inventory.entity(of).map_or_else(|| plain(of.entity.as_str()), |entity| name(&entity.name)),
        purpose: name(&of.purpose),
        decides: name(&of.decides),
        affects: name(&of.affects),
        owners: of.people.owners.iter().map(|owner| person(inventory, owner)).collect(),
        stage: of.stage,
        suspended: of.suspended.is_some(),
        tier: tier.tier,
        tier_reasons: tier.reasons.iter().map(tier_reason).collect(),
        high_risk: high_risk(inventory, of, request),
        snapshot: snapshot(inventory, of).digest.to_string(),
        foundations: foundations(inventory, of),
        gate: gate.map(|gate| gate_assessment(inventory, gate)),
        controls: verdicts.iter().filter_map(|one| control_result(standing, one, &blocking)).collect(),
        checks: check_answers(standing, inventory, &measured, &blocking_checks(gate)),
        measured: measured.datasets,
    }
}

fn plain(text: &str) -> Bilingual {
    Bilingual { en: text.to_owned(), zh_hant: text.to_owned() }
}

/// A text in both languages from what renders one.
fn both(render: impl Fn(Language) -> String) -> Bilingual {
    Bilingual { en: render(Language::En), zh_hant: render(Language::ZhHant) }
}

fn person(inventory: &Inventory, id: &inventory::PersonId) -> Bilingual {
    inventory.people().get(id).map_or_else(|| plain(id.as_str()), |person| person.name.clone())
}

fn tier_reason(reason: &inventory::TierReason) -> Bilingual {
    both(|language| {
        let because = reason.because.in_language(language);
        if reason.unknown.is_empty() {
            return because.to_owned();
        }
        let facts: Vec<_> = reason.unknown.iter().map(|fact| fact.label(language)).collect();
        match language {
            Language::En => {
                format!("{because} (counted as the riskier, since unknown: {})", facts.join(", "))
            }
            Language::ZhHant => format!("{because}（未知，故以較高風險計算：{}）", facts.join("、")),
        }
    })
}

fn high_risk(inventory: &Inventory, of: &Use, request: &Request<'_>) -> Vec<HighRisk> {
    let profile = profile(inventory, of, request.day);
    [
        HighRiskSense::AdviceRecommendationResearch,
        HighRiskSense::SignificantImpact,
        HighRiskSense::DpoHighTier,
    ]
    .into_iter()
    .map(|sense| HighRisk { sense, holds: profile.high_risk.get(&sense).copied() })
    .collect()
}

fn foundations(inventory: &Inventory, of: &Use) -> Vec<Foundation> {
    let mut found = Vec::new();
    let all = |digests: &std::collections::BTreeMap<String, inventory::Digest>| -> Vec<String> {
        digests.values().map(ToString::to_string).collect()
    };
    for model in inventory.models_of(of) {
        found.push(Foundation {
            kind: FoundationKind::Model,
            id: model.id.to_string(),
            name: model.name.clone(),
            digests: all(&model.digests),
        });
    }
    for dataset in inventory.datasets_of(of) {
        found.push(Foundation {
            kind: FoundationKind::Dataset,
            id: dataset.id.to_string(),
            name: dataset.name.clone(),
            digests: all(&dataset.digests),
        });
    }
    for (path, digest) in &of.digests {
        found.push(Foundation {
            kind: FoundationKind::Prompt,
            id: path.clone(),
            name: plain(path),
            digests: vec![digest.to_string()],
        });
    }
    for tool in &of.tools {
        found.push(Foundation {
            kind: FoundationKind::Tool,
            id: tool.name.clone(),
            name: tool.does.clone().unwrap_or_else(|| plain(&tool.name)),
            digests: Vec::new(),
        });
    }
    for provider in inventory.providers_of(of) {
        found.push(Foundation {
            kind: FoundationKind::Provider,
            id: provider.id.to_string(),
            name: provider.name.clone(),
            digests: Vec::new(),
        });
    }
    let mut seen = BTreeSet::new();
    found.retain(|one| seen.insert((one.kind, one.id.clone())));
    found
}

fn control_result(
    standing: &Standing<'_>,
    verdict: &Verdict,
    blocking: &BTreeSet<&ControlId>,
) -> Option<ControlResult> {
    let control = standing.control(&verdict.control)?;
    let english = control.statement(Language::En);
    let chinese = control.statement(Language::ZhHant);
    Some(ControlResult {
        id: verdict.control.clone(),
        version: verdict.version,
        title: verdict.title.clone(),
        statement: Bilingual { en: english.text.to_owned(), zh_hant: chinese.text.to_owned() },
        translation: chinese.status,
        source_ref: verdict.paragraph.clone(),
        strength: verdict.strength,
        timing: control.control.timing.clone(),
        confidence: control.control.confidence,
        basis: control.control.basis,
        duty_holder: control.control.duty_holder,
        verdict: (control.control.duty_holder == DutyHolder::Institution
            && verdict.binding != Binding::OthersDuty)
            .then_some(verdict.state),
        blocks: blocking.contains(&verdict.control),
        reason: short_reason(verdict),
        because: Because::of(&verdict.because),
    })
}

/// The checks that hold a gate shut.
fn blocking_checks(gate: Option<&GateOutcome>) -> BTreeSet<String> {
    let blockers = gate.into_iter().flat_map(|gate| &gate.blockers);
    blockers
        .flat_map(|blocker| match &blocker.action {
            Action::BringMoreData { checks }
            | Action::MakeMeasurable { checks }
            | Action::Mend { found_by: checks } => checks.clone(),
            _ => BTreeSet::new(),
        })
        .collect()
}

fn check_answers(
    standing: &Standing<'_>,
    inventory: &Inventory,
    measured: &Measured,
    blocking: &BTreeSet<String>,
) -> Vec<CheckAnswer> {
    measured
        .judged
        .iter()
        .map(|(declared, judged)| {
            let controls: Vec<ControlId> =
                standing.shown_by(&declared.check).iter().map(|(control, _)| control.id().clone()).collect();
            let outcome = outcome(judged.outcome);
            CheckAnswer {
                declared: declared.clone(),
                name: check_name(declared),
                set_by: person(inventory, &declared.set_by),
                outcome,
                reason: statement(judged),
                deciding: judged.deciding.clone(),
                blocks: blocking.contains(&declared.key()),
                controls,
            }
        })
        .collect()
}

fn check_name(declared: &inventory::DeclaredCheck) -> Bilingual {
    match dualtrack_assurance::check::check_kind(declared.check.as_str()) {
        Some(kind) => match kind
            .definition(declared.rule.as_deref())
            .and_then(dualtrack_assurance::DefinitionId::definition)
        {
            Some(definition) => {
                Bilingual { en: definition.english.to_string(), zh_hant: definition.chinese.to_string() }
            }
            None => Bilingual { en: kind.english.clone(), zh_hant: kind.chinese.clone() },
        },
        None => plain(declared.check.as_str()),
    }
}

fn gate_assessment(inventory: &Inventory, gate: &GateOutcome) -> GateAssessment {
    GateAssessment {
        from: gate.gate.from,
        to: gate.gate.to,
        because: gate.because.clone(),
        open: gate.open,
        asked: gate.asked as u64,
        content: gate.content as u64,
        blockers: gate.blockers.iter().map(|one| blocker(inventory, one)).collect(),
        preparation: gate
            .preparation
            .iter()
            .map(|one| Preparation { to: one.gate.to, work: blocker(inventory, &one.blocker) })
            .collect(),
        approvals: gate
            .approvals
            .iter()
            .map(|one| ApprovalShown {
                id: one.approval.to_string(),
                by: person(inventory, &one.by),
                office: both(|language| one.role.label(language).to_owned()),
                on: one.on,
                conditions: one.conditions.clone(),
                objections: one.objections.iter().map(|one| both(|language| one.text(language))).collect(),
            })
            .collect(),
    }
}

fn blocker(inventory: &Inventory, blocker: &inventory::Blocker) -> Blocker {
    Blocker {
        action: both(|language| blocker.action.text(language)),
        who: blocker
            .who
            .iter()
            .map(|actor| match actor {
                Actor::Person(id) => person(inventory, id),
                Actor::Holder(_) | Actor::IndependentPerson => both(|language| actor.text(language)),
            })
            .collect(),
        controls: blocker
            .controls
            .iter()
            .map(|blocked| BlockedControl {
                control: blocked.control.clone(),
                title: blocked.title.clone(),
                paragraph: blocked.paragraph.clone(),
                state: blocked.state,
            })
            .collect(),
    }
}
