//! Measuring for a use: each dataset is read once, measured, and held against the declared checks.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::check::{
    Check, Compare, Correction, Data, Judged, NotMeasured, Outcome, Selection, Threshold, run,
};
use dualtrack_assurance::exact;
use dualtrack_assurance::measure::{drift, drift_over_periods, measure_all};
use dualtrack_assurance::{Measurement, ScanOptions, Tables, Value};
use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_inventory::{
    self as inventory, CheckOutcome, CheckResult, Dataset, DatasetId, DeclaredCheck, Digest, Use,
};
use dualtrack_report::{GroupName, ScoreDistribution, reading};
use indicatif::ProgressBar;

use super::{Request, charts};
use crate::commands::measure::read_cubes;
use crate::data::{DataSet, FileState, failure};
use crate::failure::Failure;
use crate::roles;

/// What was measured for a use.
#[derive(Default)]
pub(crate) struct Measured {
    /// Everything measured, by dataset.
    pub(crate) datasets: Vec<dualtrack_report::Measured>,
    /// The declared checks in their order, each with its judgement.
    pub(crate) judged: Vec<Judged>,
    /// The same, as the inventory takes it.
    pub(crate) results: Vec<CheckResult>,
}

/// Measures uses one after the other; a dataset that two of them share is read once.
pub(crate) struct Measuring<'a> {
    request: &'a Request<'a>,
    bar: &'a ProgressBar,
    stop: &'a AtomicBool,
    read: BTreeMap<(DatasetId, String), Rc<Tables>>,
}

impl<'a> Measuring<'a> {
    /// Nothing is read yet.
    pub(crate) fn new(request: &'a Request<'a>, bar: &'a ProgressBar, stop: &'a AtomicBool) -> Self {
        Self { request, bar, stop, read: BTreeMap::new() }
    }

    /// Measures what the datasets of a use allow, and runs its checks.
    pub(crate) fn measure(&mut self, of: &Use) -> Result<Measured, Failure> {
        let mut measured = Measured::default();
        let options = &self.request.options;
        for id in &of.datasets.assessment {
            let Some(tables) = self.tables(of, id)? else { continue };
            let mut measurements = measure_all(&tables, options);
            if let Some(reference) = of.datasets.training.iter().next()
                && !tables.columns.is_empty()
                && let Some(reference) = self.tables(of, reference)?
            {
                measurements.extend(drift(&reference, &tables, options));
            }
            let scores = charts::scores(&tables).into_iter().collect();
            measured.datasets.push(self.shown(of, id, measurements, scores)?);
        }
        for id in &of.datasets.monitoring {
            let Some(tables) = self.tables(of, id)? else { continue };
            if let Some(first) = tables.cube.periods.iter().filter_map(Value::text).min() {
                let measurements = drift_over_periods(&tables, first, options);
                measured.datasets.push(self.shown(of, id, measurements, Vec::new())?);
            }
        }
        for declared in &of.checks {
            let (judged, inputs) = self.judge(of, declared)?;
            measured.results.push(self.result(of, declared, &judged, inputs));
            measured.judged.push(judged);
        }
        Ok(measured)
    }

    /// What was measured on a dataset, as documents show it.
    fn shown(
        &self,
        of: &Use,
        id: &DatasetId,
        measurements: Vec<Measurement>,
        scores: Vec<ScoreDistribution>,
    ) -> Result<dualtrack_report::Measured, Failure> {
        let dataset = self.dataset(id)?;
        let columns = dataset.columns.as_ref().unwrap_or(&of.columns);
        let groups = columns.groups.iter().flat_map(|column| {
            column.names.iter().map(|(group, name)| GroupName {
                attribute: column.column.clone(),
                group: group.clone(),
                name: name.clone(),
            })
        });
        Ok(dualtrack_report::Measured {
            dataset: id.to_string(),
            name: dataset.name.clone(),
            digests: dataset.digests.values().map(ToString::to_string).collect(),
            groups: groups.collect(),
            measurements,
            scores,
        })
    }

    /// Runs one declared check on its dataset.
    fn judge(&mut self, of: &Use, declared: &DeclaredCheck) -> Result<(Judged, BTreeSet<Digest>), Failure> {
        let id = declared.dataset.as_ref().or_else(|| of.datasets.assessment.iter().next());
        let Some(id) = id else { return Ok((nothing_to_measure(), BTreeSet::new())) };
        let mut inputs = self.digests(id);
        inputs.extend(declared.reference_dataset.iter().flat_map(|id| self.digests(id)));
        let check = check(declared);
        if declared.check.as_str() == DUPLICATES {
            return Ok((check.judge(&[self.duplicates(of, id)?]), inputs));
        }
        let Some(tables) = self.tables(of, id)? else { return Ok((nothing_to_measure(), inputs)) };
        let reference = match &declared.reference_dataset {
            Some(id) => self.tables(of, id)?,
            None => None,
        };
        let data = Data {
            tables: &tables,
            reference: reference.as_deref(),
            reference_period: declared.reference_period.as_deref(),
        };
        Ok((run(&check, data, &self.request.options), inputs))
    }

    /// The tables of a dataset in the roles of a use, read once; none where the folder holds neither rows nor cube.
    fn tables(&mut self, of: &Use, id: &DatasetId) -> Result<Option<Rc<Tables>>, Failure> {
        let dataset = self.dataset(id)?;
        let columns = dataset.columns.as_ref().unwrap_or(&of.columns);
        let roles = roles::from_columns(columns);
        let key = (id.clone(), format!("{roles:?}"));
        if let Some(tables) = self.read.get(&key) {
            return Ok(Some(Rc::clone(tables)));
        }
        let tables = match self.request.cubes.get(id) {
            Some(path) => read_cubes(std::slice::from_ref(path))?,
            None if dataset.files.is_empty() => return Ok(None),
            None => self.open(dataset)?.scan(&roles, &ScanOptions::default(), self.bar, self.stop)?,
        };
        let tables = Rc::new(tables);
        self.read.insert(key, Rc::clone(&tables));
        Ok(Some(tables))
    }

    /// Counts rows that repeat an earlier one, in a pass over the rows.
    fn duplicates(&self, of: &Use, id: &DatasetId) -> Result<Measurement, Failure> {
        let dataset = self.dataset(id)?;
        let roles = roles::from_columns(dataset.columns.as_ref().unwrap_or(&of.columns));
        let data = self.open(dataset)?;
        let columns: Vec<&str> = roles.columns();
        let found = exact::duplicate_rows(data.parts(), &columns, self.stop).map_err(failure)?;
        data.unchanged()?;
        let level = self.request.options.level;
        Ok(dualtrack_assurance::quality::duplicate_rows(found.repeated, found.rows, level))
    }

    /// Opens the files of a dataset, which must still be those that were digested.
    fn open(&self, dataset: &Dataset) -> Result<DataSet, Failure> {
        let root = &self.request.folder.root;
        let mut paths = Vec::new();
        for file in &dataset.files {
            let path = root.join(file);
            if let Some(before) = self.request.folder.digested.get(file)
                && FileState::of(&path)? != before.state
            {
                return Err(Failure::input(format!(
                    "`{file}` changed while it was read; run again when nobody writes to it"
                )));
            }
            paths.push(path);
        }
        self.bar.set_message(dataset.name.en.clone());
        DataSet::open(&paths)
    }

    fn dataset(&self, id: &DatasetId) -> Result<&'a Dataset, Failure> {
        let datasets = self.request.folder.inventory.datasets();
        datasets.get(id).ok_or_else(|| Failure::input(format!("there is no dataset `{id}`")))
    }

    fn digests(&self, id: &DatasetId) -> BTreeSet<Digest> {
        let dataset = self.request.folder.inventory.datasets().get(id);
        dataset.into_iter().flat_map(|dataset| dataset.digests.values().copied()).collect()
    }

    fn result(
        &self,
        of: &Use,
        declared: &DeclaredCheck,
        judged: &Judged,
        inputs: BTreeSet<Digest>,
    ) -> CheckResult {
        CheckResult {
            use_id: of.id.clone(),
            check: declared.check.clone(),
            key: declared.key(),
            outcome: outcome(judged.outcome),
            statement: statement(judged),
            measured: judged.deciding.first().map(|one| reading(one, Language::En)),
            inputs,
            at: self.request.instant,
            by: self.request.by.clone(),
        }
    }
}

/// What a check comes to whose dataset has no rows in the folder.
fn nothing_to_measure() -> Judged {
    let outcome = Outcome::NotMeasured { because: NotMeasured::NothingSelected };
    Judged { outcome, deciding: Vec::new(), left_out: Vec::new() }
}

/// The check as the measuring engine takes it.
fn check(declared: &DeclaredCheck) -> Check {
    Check {
        expected: Default::default(),
        check: declared.check.to_string(),
        rule: declared.rule.clone(),
        of: Selection {
            attribute: declared.group.clone(),
            intersection: (!declared.intersection.is_empty()).then(|| declared.intersection.clone()),
            group: None,
            reference: declared.reference.clone(),
            column: declared.column.clone(),
            period: declared.period.clone(),
        },
        threshold: Threshold {
            at_least: declared.at_least,
            at_most: declared.at_most,
            between: declared.between,
            whole_interval: declared.whole_interval,
            least_rows: declared.least_rows,
            compare: Compare::Value,
            correct: match declared.correct {
                inventory::Correction::None => Correction::None,
                inventory::Correction::Holm => Correction::Holm,
                inventory::Correction::BenjaminiHochberg => Correction::BenjaminiHochberg,
            },
        },
    }
}

/// The outcome in the inventory's words.
pub(crate) fn outcome(outcome: Outcome) -> CheckOutcome {
    match outcome {
        Outcome::Pass => CheckOutcome::Pass,
        Outcome::Fail => CheckOutcome::Fail,
        Outcome::TooLittleData { .. } => CheckOutcome::TooLittleData,
        Outcome::NotMeasured { .. } => CheckOutcome::NotMeasured,
    }
}

/// What a check came to, in a line.
pub(crate) fn statement(judged: &Judged) -> Bilingual {
    let label = |language| outcome(judged.outcome).label(language).to_owned();
    let (en, zh_hant) = match judged.outcome {
        Outcome::Pass | Outcome::Fail => match judged.deciding.first() {
            Some(deciding) => (
                format!("{}: {}", label(Language::En), reading(deciding, Language::En)),
                format!("{}：{}", label(Language::ZhHant), reading(deciding, Language::ZhHant)),
            ),
            None => (label(Language::En), label(Language::ZhHant)),
        },
        Outcome::TooLittleData { because } => (
            format!("{}: {}", label(Language::En), because.english()),
            format!("{}：{}", label(Language::ZhHant), because.chinese()),
        ),
        Outcome::NotMeasured { because } => (
            format!("{}: {}", label(Language::En), because.english()),
            format!("{}：{}", label(Language::ZhHant), because.chinese()),
        ),
    };
    Bilingual { en, zh_hant }
}

/// The one check that needs a pass over the rows.
const DUPLICATES: &str = "quality.duplicate_rows";
