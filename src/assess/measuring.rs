//! Measuring for a use: each dataset is read once, measured, and held against the declared checks.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use dualtrack_assurance::check::{Correction, Data, Judged, check_kind, run};
use dualtrack_assurance::exact;
use dualtrack_assurance::measure::{drift, drift_over_periods, measure_all};
use dualtrack_assurance::{Family, Measurement, Roles, ScanOptions, Tables, Value};
use dualtrack_catalogue::Language;
use dualtrack_inventory::{CheckResult, Dataset, DatasetId, DeclaredCheck, Digest, Use};
use dualtrack_report::{GroupName, ScoreDistribution, reading};
use indicatif::ProgressBar;

use super::checks::{check, nothing_to_measure, outcome, severity, statement};
use super::{Request, charts};
use crate::commands::measure::read_cubes;
use crate::data::{DataSet, FileState, failure};
use crate::failure::Failure;
use crate::folder::digest_of;
use crate::roles;

/// What was measured for a use.
#[derive(Default)]
pub(crate) struct Measured {
    /// Everything measured, by dataset.
    pub(crate) datasets: Vec<dualtrack_report::Measured>,
    /// The declared checks that ran, in their order, each with its judgement.
    pub(crate) judged: Vec<(DeclaredCheck, Judged)>,
    /// The same, as the inventory takes it.
    pub(crate) results: Vec<CheckResult>,
}

/// Measures uses one after the other; a dataset that two of them share is read once.
pub(crate) struct Measuring<'a> {
    request: &'a Request<'a>,
    bar: &'a ProgressBar,
    stop: &'a AtomicBool,
    read: BTreeMap<Read, Rc<Tables>>,
    measured: BTreeMap<(Read, Against), Rc<Vec<Measurement>>>,
}

/// A dataset in certain roles.
type Read = (DatasetId, String);

/// What a dataset is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Against {
    /// Nothing: it is measured by itself.
    Nothing,
    /// Another dataset.
    Dataset(DatasetId),
    /// One of its own periods.
    Period(String),
}

impl<'a> Measuring<'a> {
    /// Nothing is read yet.
    pub(crate) fn new(request: &'a Request<'a>, bar: &'a ProgressBar, stop: &'a AtomicBool) -> Self {
        Self { request, bar, stop, read: BTreeMap::new(), measured: BTreeMap::new() }
    }

    /// Measures what the datasets of a use allow, and runs its checks; or runs the one that is asked for, and no more.
    pub(crate) fn measure(&mut self, of: &Use) -> Result<Measured, Failure> {
        let only = self.request.only.as_deref();
        let datasets = if only.is_none() { self.datasets(of)? } else { Vec::new() };
        let mut measured = Measured { datasets, ..Measured::default() };
        for declared in of.checks.iter().filter(|declared| only.is_none_or(|key| declared.key() == key)) {
            let (judged, inputs) = self.judge(of, declared)?;
            measured.results.push(self.result(of, declared, &judged, inputs));
            measured.judged.push((declared.clone(), judged));
        }
        Ok(measured)
    }

    /// Everything that the datasets of a use allow to measure.
    fn datasets(&mut self, of: &Use) -> Result<Vec<dualtrack_report::Measured>, Failure> {
        let mut datasets = Vec::new();
        for id in &of.datasets.assessment {
            let Some(tables) = self.tables(of, id)? else { continue };
            let mut measurements = self.measurements(of, id, &Against::Nothing)?.to_vec();
            if let Some(reference) = of.datasets.training.first()
                && !tables.columns.is_empty()
            {
                measurements.extend_from_slice(&self.measurements(
                    of,
                    id,
                    &Against::Dataset(reference.clone()),
                )?);
            }
            let scores = charts::scores(&tables).into_iter().collect();
            datasets.push(self.shown(of, id, measurements, scores)?);
        }
        for id in &of.datasets.monitoring {
            let Some(tables) = self.tables(of, id)? else { continue };
            if let Some(first) = tables.cube.periods.iter().filter_map(Value::text).min() {
                let measurements = self.measurements(of, id, &Against::Period(first.to_owned()))?.to_vec();
                datasets.push(self.shown(of, id, measurements, Vec::new())?);
            }
        }
        Ok(datasets)
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

    /// Runs one declared check: on the dataset it names, or on every assessment dataset of the use.
    fn judge(&mut self, of: &Use, declared: &DeclaredCheck) -> Result<(Judged, BTreeSet<Digest>), Failure> {
        let datasets: Vec<&DatasetId> = match &declared.dataset {
            Some(id) => vec![id],
            None => of.datasets.assessment.iter().collect(),
        };
        let mut worst: Option<Judged> = None;
        let mut inputs = BTreeSet::new();
        for id in datasets {
            let (judged, read) = self.judge_on(of, declared, id)?;
            inputs.extend(read);
            worst = Some(match worst {
                Some(other) if severity(&other) >= severity(&judged) => other,
                _ => judged,
            });
        }
        Ok((worst.unwrap_or_else(nothing_to_measure), inputs))
    }

    /// Runs one declared check on one dataset.
    fn judge_on(
        &mut self,
        of: &Use,
        declared: &DeclaredCheck,
        id: &DatasetId,
    ) -> Result<(Judged, BTreeSet<Digest>), Failure> {
        let mut inputs = self.digests(id)?;
        if let Some(other) = &declared.reference_dataset {
            inputs.extend(self.digests(other)?);
        }
        let check = check(declared);
        if declared.check.as_str() == DUPLICATES {
            let judged = match self.duplicates(of, id)? {
                Some(measurement) => check.judge(&[measurement]),
                None => nothing_to_measure(),
            };
            return Ok((judged, inputs));
        }
        let Some(tables) = self.tables(of, id)? else { return Ok((nothing_to_measure(), inputs)) };
        let drifts = check_kind(&check.check).is_some_and(|kind| kind.family == Family::Drift);
        let widened = check.threshold.whole_interval && check.threshold.correct != Correction::None;
        if widened || (check.of.period.is_some() && !drifts) || !check.expected.is_empty() {
            let reference = match &declared.reference_dataset {
                Some(id) => self.tables(of, id)?,
                None => None,
            };
            let reference_period = declared.reference_period.as_deref();
            let data = Data { tables: &tables, reference: reference.as_deref(), reference_period };
            return Ok((run(&check, data, &self.request.options), inputs));
        }
        let against = match (drifts, &declared.reference_dataset, &declared.reference_period) {
            (true, Some(other), _) => Against::Dataset(other.clone()),
            (true, None, Some(period)) => Against::Period(period.clone()),
            _ => Against::Nothing,
        };
        Ok((check.judge(&self.measurements(of, id, &against)?), inputs))
    }

    /// What a dataset measures by itself or against another, computed once.
    fn measurements(
        &mut self,
        of: &Use,
        id: &DatasetId,
        against: &Against,
    ) -> Result<Rc<Vec<Measurement>>, Failure> {
        let key = (self.read_as(of, id)?.0, against.clone());
        if let Some(measurements) = self.measured.get(&key) {
            return Ok(Rc::clone(measurements));
        }
        if self.stop.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted);
        }
        let options = &self.request.options;
        let measurements = match (self.tables(of, id)?, against) {
            (None, _) => Vec::new(),
            (Some(tables), Against::Nothing) => measure_all(&tables, options),
            (Some(tables), Against::Period(period)) => drift_over_periods(&tables, period, options),
            (Some(tables), Against::Dataset(other)) => match self.tables(of, other)? {
                Some(reference) => drift(&reference, &tables, options),
                None => Vec::new(),
            },
        };
        let measurements = Rc::new(measurements);
        self.measured.insert(key, Rc::clone(&measurements));
        Ok(measurements)
    }

    /// A dataset in the roles that it, or else the use, declares.
    fn read_as(&self, of: &Use, id: &DatasetId) -> Result<(Read, Roles), Failure> {
        let columns = self.dataset(id)?.columns.as_ref().unwrap_or(&of.columns);
        let roles = roles::from_columns(columns);
        Ok(((id.clone(), format!("{roles:?}")), roles))
    }

    /// The tables of a dataset in the roles of a use, read once; none where the folder holds neither rows nor cube.
    fn tables(&mut self, of: &Use, id: &DatasetId) -> Result<Option<Rc<Tables>>, Failure> {
        let dataset = self.dataset(id)?;
        let (key, roles) = self.read_as(of, id)?;
        if let Some(tables) = self.read.get(&key) {
            return Ok(Some(Rc::clone(tables)));
        }
        let tables = match self.request.cubes.get(id) {
            Some(path) => {
                let tables = read_cubes(std::slice::from_ref(path))?;
                if (&tables.roles.label, &tables.roles.decision, &tables.roles.groups)
                    != (&roles.label, &roles.decision, &roles.groups)
                {
                    return Err(Failure::input(format!(
                        "`{}` was made with another label, decision or groups than `{}` declares; make it anew with those",
                        path.display(),
                        of.id
                    )));
                }
                tables
            }
            None if dataset.files.is_empty() => return Ok(None),
            None => self.open(dataset)?.scan(&roles, &ScanOptions::default(), self.bar, self.stop)?,
        };
        let tables = Rc::new(tables);
        self.read.insert(key, Rc::clone(&tables));
        Ok(Some(tables))
    }

    /// Counts rows that repeat an earlier one, in a pass over the rows.
    fn duplicates(&self, of: &Use, id: &DatasetId) -> Result<Option<Measurement>, Failure> {
        let dataset = self.dataset(id)?;
        if dataset.files.is_empty() || self.request.cubes.contains_key(id) {
            return Ok(None);
        }
        let (_, roles) = self.read_as(of, id)?;
        let data = self.open(dataset)?;
        let found = exact::duplicate_rows(data.parts(), &roles.columns(), self.stop).map_err(failure)?;
        data.unchanged()?;
        let level = self.request.options.level;
        Ok(Some(dualtrack_assurance::quality::duplicate_rows(found.repeated, found.rows, level)))
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
        self.bar.set_message(dataset.name.in_language(self.request.language).to_owned());
        DataSet::open(&paths)
    }

    fn dataset(&self, id: &DatasetId) -> Result<&'a Dataset, Failure> {
        let datasets = self.request.folder.inventory.datasets();
        datasets.get(id).ok_or_else(|| Failure::input(format!("there is no dataset `{id}`")))
    }

    /// The digests of what is read for a dataset: of its files, or of the cube that stands in for them.
    fn digests(&self, id: &DatasetId) -> Result<BTreeSet<Digest>, Failure> {
        if let Some(path) = self.request.cubes.get(id) {
            return Ok(BTreeSet::from([digest_of(path, self.stop)?]));
        }
        let dataset = self.request.folder.inventory.datasets().get(id);
        Ok(dataset.into_iter().flat_map(|dataset| dataset.digests.values().copied()).collect())
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

/// The one check that needs a pass over the rows.
const DUPLICATES: &str = "quality.duplicate_rows";
