//! The profile of a use: what it states, and what follows from the rest of the folder.
//!
//! A fact that is neither stated nor follows is unknown. "High risk" is derived apart in each guideline's own sense.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Fact, HighRiskSense, Profile, Stage};
use jiff::{ToSpan as _, civil::Date};

use crate::{Architecture, Inventory, Purpose, Relation, Use, approval};

/// The facts that are derived and may not be stated in `profile`, each with the field they follow from.
pub(crate) const DERIVED: [(Fact, &str); 5] = [
    (Fact::DevelopsModel, "`architecture`"),
    (Fact::HighRisk, "`purposes`, `significant_impact` and `dpo`"),
    (Fact::MaterialChange, "the approvals and the snapshot"),
    (Fact::Stage, "`stage`"),
    (Fact::SupervisorySandbox, "`supervisory_sandbox`"),
];

/// The profile of a use on a day.
pub fn profile(inventory: &Inventory, of: &Use, day: Date) -> Profile {
    let mut profile = settled_profile(inventory, of, day);
    profile.facts.insert(Fact::MaterialChange, approval::material_change(inventory, of, day).is_some());
    profile
}

/// The profile without the fact that itself depends on approvals.
fn settled_profile(inventory: &Inventory, of: &Use, day: Date) -> Profile {
    let mut facts = of.profile.clone();
    let derived = [
        (Fact::DevelopsModel, develops_model(of.architecture)),
        (Fact::EarlyDeployment, Some(early_deployment(inventory, of, day))),
        (Fact::OpenSource, open_source(inventory, of)),
        (Fact::ThirdParty, third_party(inventory, of)),
        (Fact::SupervisorySandbox, Some(of.supervisory_sandbox.is_some())),
    ];
    for (fact, value) in derived {
        if let (Some(value), false) = (value, facts.contains_key(&fact)) {
            facts.insert(fact, value);
        }
    }
    Profile { high_risk: high_risk(of), stage: Some(of.stage), facts }
}

/// "High risk" in each guideline's own sense, where the answers suffice.
pub fn high_risk(of: &Use) -> BTreeMap<HighRiskSense, bool> {
    let answers = [
        (HighRiskSense::AdviceRecommendationResearch, advises(of)),
        (HighRiskSense::SignificantImpact, significant_impact(of)),
        (HighRiskSense::DpoHighTier, dpo_high_tier(of)),
    ];
    answers.into_iter().filter_map(|(sense, answer)| Some((sense, answer?))).collect()
}

/// SFC 24EC55 para 8, fn 3: advice, recommendation or research reaches clients or other investors.
fn advises(of: &Use) -> Option<bool> {
    if is_not_generative(of) {
        return Some(false);
    }
    let tags = [Purpose::InvestmentAdvice, Purpose::Recommendation, Purpose::Research];
    if of.purposes.is_empty() {
        return None;
    }
    if !tags.iter().any(|tag| of.purposes.contains(tag)) {
        return Some(false);
    }
    let reaches = [Fact::CustomerFacing, Fact::AffectsCustomers].map(|fact| of.profile.get(&fact).copied());
    any_true(&reaches)
}

/// PCPD: a credit decision without a person has a significant impact, whatever is stated.
fn significant_impact(of: &Use) -> Option<bool> {
    let holds = |fact| of.profile.get(&fact) == Some(&true);
    if holds(Fact::Credit) && holds(Fact::AutomatedDecision) {
        return Some(true);
    }
    of.significant_impact
}

/// DPO guideline s 2.1.2, Table 1.
fn dpo_high_tier(of: &Use) -> Option<bool> {
    if is_not_generative(of) { Some(false) } else { of.dpo.critical_impact }
}

/// The SFC circular and the DPO guideline speak of generative AI only; nothing else is high risk in their sense.
fn is_not_generative(of: &Use) -> bool {
    of.profile.get(&Fact::Generative) == Some(&false)
}

/// SFC 24EC55 paras 14–15: whoever only uses a model as it is bought does not develop it.
fn develops_model(architecture: Architecture) -> Option<bool> {
    let Architecture { fine_tuned, retrieval, content_filter, tools } = architecture;
    any_true(&[fine_tuned, retrieval, content_filter, tools])
}

/// Early until so many days of production have passed; true before, since the period lies ahead.
fn early_deployment(inventory: &Inventory, of: &Use, day: Date) -> bool {
    match of.stage {
        Stage::Idea | Stage::Sandbox | Stage::Pilot => true,
        Stage::Production => {
            let days = i64::from(inventory.gates().early_deployment_days);
            day < of.stage_since.saturating_add(days.days())
        }
        Stage::Retired => false,
    }
}

/// A company outside the group supplies something the use stands on.
fn third_party(inventory: &Inventory, of: &Use) -> Option<bool> {
    if inventory.providers_of(of).any(|provider| provider.relation == Relation::External) {
        return Some(true);
    }
    let stands_on_nothing = of.models.is_empty() && of.providers.is_empty();
    (!stands_on_nothing).then_some(false)
}

fn open_source(inventory: &Inventory, of: &Use) -> Option<bool> {
    let answers: Vec<_> = inventory.models_of(of).map(|model| model.open_source).collect();
    if answers.is_empty() { None } else { any_true(&answers) }
}

/// True if any answer is; false if all are; otherwise unknown.
fn any_true(answers: &[Option<bool>]) -> Option<bool> {
    if answers.contains(&Some(true)) {
        Some(true)
    } else if answers.contains(&None) {
        None
    } else {
        Some(false)
    }
}
