//! What happens between the crates when an institution is assessed: data is measured, checks are judged, their
//! outcomes become evidence of this run, and verdicts, tier and gate follow.
//!
//! It decides nothing itself. When `governance` exists, this moves there whole.

mod charts;
mod checks;
mod document;
mod measuring;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::Options;
use dualtrack_catalogue::{Catalogue, Language, Stage};
use dualtrack_inventory::{CheckResult, DatasetId, Gate, PersonId, Use, gate, inventory_checks, verdicts_of};
use dualtrack_report::{Assessment, AssessmentSchema, coverage};
use indicatif::ProgressBar;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::failure::Failure;
use crate::folder::Folder;
use measuring::{Measured, Measuring};

/// What to assess, and as of when.
pub(crate) struct Request<'a> {
    /// The guidelines.
    pub(crate) catalogue: &'a Catalogue,
    /// The institution.
    pub(crate) folder: &'a Folder,
    /// The uses, in the order they are shown.
    pub(crate) uses: Vec<&'a Use>,
    /// Now.
    pub(crate) instant: Timestamp,
    /// The day to assess for.
    pub(crate) day: Date,
    /// Whether that day was asked for: then no check runs.
    pub(crate) as_of: bool,
    /// Who runs the checks, where a person was named.
    pub(crate) by: Option<PersonId>,
    /// Saved cubes that stand in for the rows of a dataset.
    pub(crate) cubes: BTreeMap<DatasetId, PathBuf>,
    /// How measuring is done.
    pub(crate) options: Options,
    /// The language of progress messages.
    pub(crate) language: Language,
    /// The gate that is asked to be open.
    pub(crate) wanted: Option<Wanted>,
    /// The key of the one declared check to run, where not all are to.
    pub(crate) only: Option<String>,
}

/// A gate that is asked to be open.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    /// The next gate of each use; for a use in production, whether it may stay.
    Next,
    /// The gate to this stage. A use that is beyond it is not asked.
    To(Stage),
}

/// What came of it.
pub(crate) struct Assessed {
    /// What the documents show.
    pub(crate) assessment: Assessment,
    /// What the checks of this run answered.
    pub(crate) results: Vec<CheckResult>,
    /// Whether the gate that was asked to be open is shut for some use.
    pub(crate) shut: bool,
}

/// Assesses the uses.
pub(crate) fn assess(
    request: &Request<'_>,
    bar: &ProgressBar,
    stop: &AtomicBool,
) -> Result<Assessed, Failure> {
    let standing = request.catalogue.on(request.day);
    let inventory = &request.folder.inventory;
    let mut measuring = Measuring::new(request, bar, stop);
    let mut uses = Vec::new();
    let mut results = Vec::new();
    let mut shut = false;
    for of in &request.uses {
        bar.set_message(of.name.in_language(request.language).to_owned());
        let measured = if request.as_of { Measured::default() } else { measuring.measure(of)? };
        let mut answers = measured.results.clone();
        if !request.as_of && request.only.is_none() {
            answers.extend(inventory_checks(inventory, of, request.instant));
        }
        let verdicts = verdicts_of(&standing, inventory, of, &answers);
        let next = match of.stage {
            Stage::Retired => None,
            // There is no further gate, but what let it in must still hold.
            Stage::Production => Some(Stage::Production),
            Stage::Idea | Stage::Sandbox | Stage::Pilot => Gate::after(of.stage).map(|next| next.to),
        };
        let next = next.map(|to| gate(&standing, inventory, of, to, &verdicts));
        shut |= match request.wanted {
            None => false,
            Some(Wanted::Next) => next.as_ref().is_some_and(|next| !next.open),
            Some(Wanted::To(stage)) => {
                stage >= of.stage && !gate(&standing, inventory, of, stage, &verdicts).open
            }
        };
        uses.push(document::use_assessment(request, &standing, of, &verdicts, next.as_ref(), measured));
        results.extend(answers);
    }
    let guidelines = standing.editions().map(document::guideline_used).collect::<Vec<_>>();
    let assessment = Assessment {
        schema: AssessmentSchema::V1,
        institution: inventory.institution().name.clone(),
        instant: request.instant,
        as_of: request.as_of.then_some(request.day),
        program: crate::PROGRAM.to_owned(),
        coverage: coverage(&guidelines, &uses),
        guidelines,
        uses,
        ledger: None,
    };
    Ok(Assessed { assessment, results, shut })
}
