//! The registry of checks: each id, what it reads, what it can be told, and what it says in both languages.
//!
//! A check id is the id of a definition, except where several definitions differ only in a rule (`calibration.ece` by
//! bin rule, `fairness.equalised_odds` by how two gaps become one): those share one id and take `rule`.

use std::sync::LazyLock;

use serde::Serialize;

use crate::definition::{Definition, DefinitionId, Family, definitions};

/// One kind of check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckKind {
    /// Its id, `family.metric`.
    pub id: String,
    /// Its family.
    pub family: Family,
    /// The definitions it reads, each with the rule that selects it; the first is the default. The rule is empty where
    /// there is no choice.
    pub reads: Vec<(String, DefinitionId)>,
    /// What it can be told beside the threshold.
    pub parameters: Vec<Parameter>,
    /// What it does, in English.
    pub english: String,
    /// What it does, in Traditional Chinese.
    pub chinese: String,
}

impl CheckKind {
    /// The definition of a rule, or of the default rule.
    pub fn definition(&self, rule: Option<&str>) -> Option<DefinitionId> {
        let found = match rule {
            None => self.reads.first(),
            Some(rule) => self.reads.iter().find(|(name, _)| name == rule),
        };
        found.map(|(_, id)| *id)
    }
}

/// What a check can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// Which variant of the definition.
    Rule,
    /// Which attribute.
    Attribute,
    /// Which intersection of attributes.
    Intersection,
    /// Which group.
    Group,
    /// Which reference group.
    Reference,
    /// Which column.
    Column,
    /// Which period.
    Period,
}

/// All kinds of checks, in the order of the registry of definitions.
pub fn check_ids() -> &'static [CheckKind] {
    static ALL: LazyLock<Vec<CheckKind>> = LazyLock::new(|| {
        let mut all: Vec<CheckKind> = Vec::new();
        // A curve's points are for looking at; its errors are what a check compares.
        for definition in
            definitions().iter().filter(|d| !d.id.as_str().starts_with("calibration.reliability."))
        {
            let (id, rule) = split(definition.id);
            match all.iter_mut().find(|kind| kind.id == id) {
                Some(kind) => kind.reads.push((rule.to_owned(), definition.id)),
                None => all.push(kind(id, rule, definition)),
            }
        }
        for kind in &mut all {
            // Practice gates on equal mass; equal width stays a choice.
            kind.reads.sort_by_key(|(rule, _)| !matches!(rule.as_str(), "equal-mass.10"));
            if kind.reads.len() > 1 {
                kind.parameters.insert(0, Parameter::Rule);
            }
        }
        all
    });
    &ALL
}

/// The kind of this id.
pub fn check_kind(id: &str) -> Option<&'static CheckKind> {
    check_ids().iter().find(|kind| kind.id == id)
}

/// What a check reads: by its id and rule, or by the full id of a definition (`calibration.ece.equal-mass.15`).
pub(super) fn resolve(check: &str, rule: Option<&str>) -> Option<(&'static CheckKind, DefinitionId)> {
    if let Some(kind) = check_kind(check) {
        return Some((kind, kind.definition(rule)?));
    }
    let read = |kind: &'static CheckKind| {
        let (_, id) = kind.reads.iter().find(|(_, id)| id.as_str() == check)?;
        Some((kind, *id))
    };
    check_ids().iter().find_map(read)
}

/// The check's id and the rule within it.
fn split(id: DefinitionId) -> (&'static str, &'static str) {
    let text = id.as_str();
    RULED
        .iter()
        .find_map(|base| {
            let rule = text.strip_prefix(base)?.strip_prefix('.')?;
            Some((*base, rule))
        })
        .unwrap_or((text, ""))
}

fn kind(id: &str, rule: &str, definition: &Definition) -> CheckKind {
    let family = definition.family;
    let (mut english, mut chinese) = (definition.english.as_ref(), definition.chinese.as_ref());
    if !rule.is_empty() {
        // The rule is a parameter here, so it leaves the name.
        english = english.split(", ").next().unwrap_or(english);
        chinese = chinese.split('（').next().unwrap_or(chinese);
    }
    let (scope_english, scope_chinese) = scope(id, family);
    CheckKind {
        id: id.to_owned(),
        family,
        reads: vec![(rule.to_owned(), definition.id)],
        parameters: parameters(id, family),
        english: format!("{english}{scope_english}, against the declared threshold"),
        chinese: format!("{scope_chinese}{chinese}是否符合所定門檻"),
    }
}

/// What the check looks at when it is not told otherwise.
fn scope(id: &str, family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Performance => ("", "檢查"),
        Family::Calibration => (" of all rows, or of each group of an attribute", "檢查整體或各組別的"),
        Family::Fairness if over_groups(id) => {
            (" over the groups of each attribute", "就每項屬性的各組別，檢查")
        }
        Family::Fairness if pairwise(id) => {
            (" of each group against the reference group", "就每個組別與參照組相比，檢查")
        }
        Family::Fairness => (" of each group", "檢查每個組別的"),
        Family::Drift => {
            (", from the reference data set or period to the current one", "與參照數據集或時段相比，檢查")
        }
        Family::Quality if id.starts_with("quality.representation") => (" of each group", "檢查每個組別的"),
        Family::Quality => (" of each column", "檢查每一欄的"),
    }
}

fn parameters(id: &str, family: Family) -> Vec<Parameter> {
    use Parameter::{Attribute, Column, Group, Intersection, Period, Reference};
    match family {
        Family::Performance if !matches!(id, "performance.mae" | "performance.rmse" | "performance.r2") => {
            vec![Period]
        }
        Family::Fairness if over_groups(id) => vec![Attribute, Intersection, Period],
        Family::Fairness if pairwise(id) => vec![Attribute, Intersection, Group, Reference, Period],
        Family::Drift if !matches!(id, "drift.label_rate_change" | "drift.selection_rate_change") => {
            vec![Column, Attribute, Intersection, Group, Period]
        }
        Family::Quality if id.starts_with("quality.representation") => vec![Attribute, Intersection, Group],
        Family::Quality => vec![Column],
        Family::Performance | Family::Calibration | Family::Fairness | Family::Drift => {
            vec![Attribute, Intersection, Group, Period]
        }
    }
}

/// Whether the measurement is one number for an attribute.
fn over_groups(id: &str) -> bool {
    id.contains("_spread")
        || id.ends_with("_min_ratio")
        || id.contains("worst_group")
        || id.ends_with("chi_square")
}

/// Whether the measurement compares a group with the reference.
fn pairwise(id: &str) -> bool {
    id.ends_with("_difference")
        || id.ends_with("_ratio")
        || id.ends_with(".fisher")
        || id.contains("equalised_odds")
}

/// Ids whose definitions differ in a rule.
const RULED: [&str; 12] = [
    "calibration.ece",
    "calibration.mce",
    "calibration.hosmer_lemeshow",
    "performance.lift",
    "performance.gain",
    "fairness.ece",
    "fairness.equalised_odds_spread",
    "fairness.equalised_odds",
    "fairness.generalised_entropy",
    "drift.psi",
    "drift.jensen_shannon_distance",
    "drift.jensen_shannon",
];
