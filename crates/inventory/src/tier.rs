//! How risky a use is: low, medium or high, by the rules of `tiers.yaml`, with the reasons in both languages.
//!
//! An unknown fact counts as the riskier answer, and the reason says so. Each guideline's own sense of
//! "high risk" is another matter and is kept in the profile.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, Fact, Profile};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Inventory, Purpose, Use, facts};

/// How risky a use is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Little can go wrong for people.
    Low,
    /// Some can.
    Medium,
    /// Much can.
    High,
}

impl Tier {
    /// Every tier, least risky first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The tier of a use and why.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct TierOutcome {
    /// The tier.
    pub tier: Tier,
    /// The rules that put it there, first those of the tier reached, in the order of the file.
    pub reasons: Vec<TierReason>,
}

/// A rule that a use meets, or may meet as far as one knows.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct TierReason {
    /// The tier of the rule.
    pub tier: Tier,
    /// Why, in the words of the rule.
    pub because: Bilingual,
    /// The facts that are unknown and were counted as the riskier.
    pub unknown: BTreeSet<Fact>,
}

/// `tiers.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// Always `dualtrack.tiers/1`.
    pub schema: TiersSchema,
    /// The rules. The highest tier of those met is the tier; none met: low.
    pub rules: Vec<TierRule>,
    /// Why a use that meets no rule is in the low tier.
    pub otherwise: Bilingual,
}

/// A rule of `tiers.yaml`: met when every fact holds and, if tags are listed, one of them is among the purposes.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct TierRule {
    /// The tier it leads to.
    pub tier: Tier,
    /// The facts it asks for.
    #[serde(default)]
    pub when: BTreeMap<Fact, bool>,
    /// The purposes it asks for, one of which suffices.
    #[serde(default)]
    pub purposes: BTreeSet<Purpose>,
    /// Whether it asks for a high risk in any guideline's own sense.
    #[serde(default)]
    pub any_high_risk: bool,
    /// Why.
    pub because: Bilingual,
}

/// The schema tag of `tiers.yaml`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum TiersSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.tiers/1")]
    V1,
}

/// Computes the tier of a use by the rules of `tiers`.
pub fn tier(inventory: &Inventory, of: &Use, day: Date, tiers: &Tiers) -> TierOutcome {
    let profile = facts::profile(inventory, of, day);
    let mut reasons: Vec<_> = tiers.rules.iter().filter_map(|rule| rule.meets(of, &profile)).collect();
    // Stable: within a tier the order of the file stays.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.tier));
    match reasons.first() {
        Some(highest) => TierOutcome { tier: highest.tier, reasons },
        None => TierOutcome {
            tier: Tier::Low,
            reasons: vec![TierReason {
                tier: Tier::Low,
                because: tiers.otherwise.clone(),
                unknown: BTreeSet::new(),
            }],
        },
    }
}

impl TierRule {
    /// The reason this rule gives, if the use meets it or may meet it as far as one knows.
    fn meets(&self, of: &Use, profile: &Profile) -> Option<TierReason> {
        let mut unknown = BTreeSet::new();
        for (fact, wanted) in &self.when {
            match profile.facts.get(fact) {
                Some(value) if value == wanted => {}
                Some(_) => return None,
                None => {
                    unknown.insert(*fact);
                }
            }
        }
        if !self.purposes.is_empty() && self.purposes.is_disjoint(&of.purposes) {
            return None;
        }
        if self.any_high_risk && !profile.high_risk.values().any(|is_high| *is_high) {
            // Every sense answered with no; one that is unknown counts as high.
            if profile.high_risk.len() == HIGH_RISK_SENSES {
                return None;
            }
            unknown.insert(Fact::HighRisk);
        }
        Some(TierReason { tier: self.tier, because: self.because.clone(), unknown })
    }
}

const HIGH_RISK_SENSES: usize = 3;
