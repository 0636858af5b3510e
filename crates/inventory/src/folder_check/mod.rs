//! Checks that need nothing but the folder: what the records of a use say of each other.
//!
//! They are the checks `inventory.*` of `checks.yaml`, and answer in the same form as the measuring engine. What is
//! not on record is *not measured*, a fact nobody stated is *too little data*; only a contradiction fails.

mod people;
mod profile;
mod validation;

use dualtrack_catalogue::{Bilingual, CheckId};
use jiff::{Timestamp, civil::Date};

use crate::{CheckOutcome, CheckResult, Inventory, Use, hong_kong_day};

/// Runs every check of the folder for one use, at an instant.
pub fn inventory_checks(inventory: &Inventory, of: &Use, at: Timestamp) -> Vec<CheckResult> {
    let ground = Ground { inventory, of, day: hong_kong_day(at) };
    let answers = CHECKS.iter().filter_map(|(id, check)| {
        let check_id = CheckId::try_from((*id).to_owned()).ok()?;
        Some((check_id, check(ground)))
    });
    answers
        .map(|(check, answer)| CheckResult {
            use_id: of.id.clone(),
            key: check.to_string(),
            check,
            outcome: answer.outcome,
            statement: answer.statement,
            measured: None,
            inputs: std::iter::once(crate::snapshot(inventory, of).digest).collect(),
            at,
            by: None,
        })
        .collect()
}

/// What a check looks at.
#[derive(Clone, Copy)]
struct Ground<'a> {
    inventory: &'a Inventory,
    of: &'a Use,
    day: Date,
}

/// What a check comes to, in both languages.
struct Answer {
    outcome: CheckOutcome,
    statement: Bilingual,
}

impl Answer {
    fn pass(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(CheckOutcome::Pass, en, zh)
    }

    fn fail(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(CheckOutcome::Fail, en, zh)
    }

    /// A fact that nobody stated decides.
    fn unknown(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(CheckOutcome::TooLittleData, en, zh)
    }

    /// Nothing is on record to look at.
    fn nothing(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(CheckOutcome::NotMeasured, en, zh)
    }

    fn new(outcome: CheckOutcome, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { outcome, statement: Bilingual { en: en.into(), zh_hant: zh.into() } }
    }
}

type Check = fn(Ground<'_>) -> Answer;

const CHECKS: [(&str, Check); 11] = [
    ("inventory.architecture_recorded", profile::architecture_recorded),
    ("inventory.change_revalidated", validation::change_revalidated),
    ("inventory.competence_in_date", people::competence_in_date),
    ("inventory.data_inventory", profile::data_inventory),
    ("inventory.high_risk_derived", profile::high_risk_derived),
    ("inventory.owner_named", people::owner_named),
    ("inventory.segregation_of_duties", people::segregation_of_duties),
    ("inventory.stage_path", validation::stage_path),
    ("inventory.tier_recorded", profile::tier_recorded),
    ("inventory.validation_before_approval", validation::validation_before_approval),
    ("inventory.vendor_recorded", profile::vendor_recorded),
];
