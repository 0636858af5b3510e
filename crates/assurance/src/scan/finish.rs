//! From one thread's counts to tables, and what must be true of the tables of a whole data set.

use super::ScanOptions;
use super::coder::Coder;
use super::worker::Worker;
use crate::cube::{Attribute, DecisionCube, FAVOURABLE, Key, Value};
use crate::error::{ScanError, listed};
use crate::histogram::ScoreHistogram;
use crate::roles::{Decision, Missing, Roles};
use crate::tables::{Suppressed, Tables};

/// The tables of what one thread counted.
pub(crate) fn tables(worker: Worker<'_>) -> Tables {
    let (plan, roles) = (worker.plan, worker.plan.roles);
    let names = |attributes: &[usize]| -> Vec<String> {
        let names = attributes.iter().filter_map(|&place| roles.groups.get(place));
        names.map(|group| group.attribute.clone()).collect()
    };
    let periods = plan.time.map(|_| worker.periods.coder.values());

    let mut histograms = Vec::new();
    let mut residuals = Vec::new();
    for segments in worker.segments {
        let attributes = segments.attributes.clone();
        let values: Vec<&[Value]> =
            attributes.iter().filter_map(|&place| worker.groups.get(place)).map(Coder::values).collect();
        let left_out = |groups: &[Value]| {
            groups.iter().zip(&attributes).any(|(value, &place)| {
                let group = roles.groups.get(place);
                *value == Value::MISSING && group.is_some_and(|group| group.missing == Missing::LeftOut)
            })
        };
        for (segment, period, scores, sums) in segments.finish(&names(&attributes), periods, &values) {
            if left_out(&segment.groups) {
                continue;
            }
            residuals.extend(sums.filter(|sums| sums.n > 0));
            histograms.push(ScoreHistogram { segment, period, scores });
        }
    }
    histograms.sort_by(|a, b| (&a.segment, &a.period).cmp(&(&b.segment, &b.period)));
    residuals.sort_by(|a, b| (&a.segment, &a.period).cmp(&(&b.segment, &b.period)));
    let mut columns: Vec<_> =
        worker.features.into_iter().flat_map(|counter| counter.finish(periods)).collect();
    columns.sort_by(|a, b| (&a.name, &a.period).cmp(&(&b.name, &b.period)));

    let group_values: Vec<&[Value]> = worker.groups.iter().map(Coder::values).collect();
    let labels = plan.label.map(|_| worker.labels.values());
    let decisions = roles.decision.as_ref().map(|_| worker.decisions.values());
    let counted = worker.cells.into_cells();
    let cube = cube(roles, &counted, periods, &group_values, labels, decisions);
    Tables {
        roles: roles.clone(),
        rows: worker.rows,
        weighted: plan.weight.is_some(),
        cube,
        histograms,
        columns,
        residuals,
        suppressed: Suppressed::default(),
    }
}

/// A cube of cells whose codes mean the given values, in the order period, groups, label, decision.
pub(crate) fn cube(
    roles: &Roles,
    counted: &[(Box<[u32]>, crate::Cell)],
    periods: Option<&[Value]>,
    groups: &[&[Value]],
    labels: Option<&[Value]>,
    decisions: Option<&[Value]>,
) -> DecisionCube {
    let dimensions: Vec<&[Value]> =
        periods.into_iter().chain(groups.iter().copied()).chain(labels).chain(decisions).collect();
    // Only values that occurred: a code given out for nothing (missing, a cut-off's) leaves no trace.
    let mut sorted: Vec<Vec<Value>> = Vec::new();
    let mut places: Vec<Vec<u32>> = Vec::new();
    for (dimension, values) in dimensions.iter().enumerate() {
        let mut used = vec![false; values.len()];
        for (key, _) in counted {
            if let Some(used) = key.get(dimension).and_then(|&code| used.get_mut(code as usize)) {
                *used = true;
            }
        }
        let mut occurred: Vec<Value> =
            values.iter().zip(&used).filter(|(_, used)| **used).map(|(value, _)| value.clone()).collect();
        occurred.sort();
        places.push(values.iter().map(|value| place(&occurred, value)).collect());
        sorted.push(occurred);
    }
    let code = |dimension: usize, code: u32| {
        places.get(dimension).and_then(|places| places.get(code as usize)).copied().unwrap_or(0)
    };
    let cells = counted.iter().map(|(key, cell)| {
        let mut codes = key.iter().enumerate().map(|(dimension, &old)| code(dimension, old));
        let period = periods.and_then(|_| codes.next()).unwrap_or(0);
        let groups = codes.by_ref().take(groups.len()).collect();
        let label = labels.and_then(|_| codes.next()).unwrap_or(0);
        let decision = decisions.and_then(|_| codes.next()).unwrap_or(0);
        (Key { period, groups, label, decision }, *cell)
    });
    let cells = cells.collect();
    let mut sorted = sorted.into_iter();
    let mut next = |declared: bool| {
        let values = if declared { sorted.next() } else { None };
        values.unwrap_or_else(|| vec![Value::MISSING])
    };
    DecisionCube {
        periods: next(periods.is_some()),
        attributes: roles
            .groups
            .iter()
            .map(|group| Attribute {
                name: group.attribute.clone(),
                values: next(true),
                reference: group.reference.clone(),
                missing_left_out: group.missing == Missing::LeftOut,
            })
            .collect(),
        labels: next(labels.is_some()),
        decisions: next(decisions.is_some()),
        positive_label: roles.label.as_ref().and_then(|label| label.positive.clone()),
        favourable_label: roles.label.as_ref().and_then(|label| label.favourable.clone()),
        favourable_decision: match &roles.decision {
            Some(Decision::Column { favourable, .. }) => Some(favourable.clone()),
            Some(Decision::CutOff(_)) => Some(FAVOURABLE.into()),
            None => None,
        },
        cells,
    }
}

/// Whether the tables are those of a data set that can be measured.
pub(crate) fn check(tables: &Tables, options: &ScanOptions, parts: &str) -> Result<(), ScanError> {
    if tables.rows == 0 && !options.partial {
        return Err(ScanError::Empty(parts.into()));
    }
    let cube = &tables.cube;
    for attribute in &cube.attributes {
        within(&format!("column `{}`", attribute.name), attribute.values.len(), options.values_limit)?;
    }
    within(
        "the combination of groups, labels, decisions and periods",
        cube.cells.len(),
        options.cells_limit,
    )?;
    if let Some(label) = &tables.roles.label {
        let values: Vec<&str> = cube.labels.iter().filter_map(Value::text).collect();
        if tables.roles.binary() && values.len() > 2 {
            let (column, count) = (label.column.clone(), values.len());
            return Err(ScanError::NotBinary { column, count, values: listed(values.into_iter()) });
        }
        if options.partial {
            return Ok(());
        }
        for (role, declared) in [("positive", &label.positive), ("favourable", &label.favourable)] {
            present(&label.column, role, declared.as_deref(), &cube.labels)?;
        }
        if let [value] = values.as_slice() {
            return Err(ScanError::Constant { column: label.column.clone(), value: (*value).into() });
        }
    }
    if options.partial {
        return Ok(());
    }
    if let Some(Decision::Column { column, favourable }) = &tables.roles.decision {
        present(column, "favourable", Some(favourable), &cube.decisions)?;
    }
    for attribute in &cube.attributes {
        present(&attribute.name, "reference", attribute.reference.as_deref(), &attribute.values)?;
    }
    Ok(())
}

fn within(what: &str, count: usize, limit: usize) -> Result<(), ScanError> {
    // The missing value is not one of those that are counted.
    if count <= limit + 1 {
        return Ok(());
    }
    Err(ScanError::TooMany {
        what: what.into(),
        limit,
        advice: "put the values into bins or declare fewer attributes",
    })
}

fn present(
    column: &str,
    role: &'static str,
    declared: Option<&str>,
    values: &[Value],
) -> Result<(), ScanError> {
    match declared {
        Some(declared) if !values.iter().any(|value| value.is(declared)) => Err(ScanError::AbsentValue {
            column: column.into(),
            role,
            declared: declared.into(),
            found: listed(values.iter().filter_map(Value::text)),
        }),
        _ => Ok(()),
    }
}

fn place(sorted: &[Value], value: &Value) -> u32 {
    sorted.binary_search(value).ok().and_then(|place| u32::try_from(place).ok()).unwrap_or(0)
}
