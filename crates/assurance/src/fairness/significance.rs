//! Significance of differences in selection: chi-square over all groups, Fisher's exact test against the reference.

use super::plan::labelled;
use super::views::{Group, View, Views};
use crate::confusion::Rate;
use crate::definition::DefinitionId;
use crate::measurement::{Because, Estimate, Measurement, Slice};
use crate::options::Options;
use crate::significance::chi_square::association;
use crate::significance::fisher::fisher_exact;
use crate::significance::multiplicity::adjust;

/// The tests of every attribute and intersection.
///
/// Chi-square p-values are adjusted over the attributes, Fisher's over the groups of an attribute. Tests count rows;
/// weights play no part in them.
pub(super) fn significance(views: &Views, options: &Options, period: Option<&str>) -> Vec<Measurement> {
    let named = views.list.iter().filter_map(|view| Some((view, view.name.as_deref()?)));
    let mut overall: Vec<Measurement> =
        named.clone().map(|(view, name)| chi_square(views, view, name, options.least_rows)).collect();
    adjusted(&mut overall);
    let mut tests = overall;
    for (view, name) in named {
        let mut pairs = fisher(views, view, name, options.least_rows);
        adjusted(&mut pairs);
        tests.extend(pairs);
    }
    for test in &mut tests {
        test.slice.period = period.map(str::to_owned);
    }
    tests
}

/// Selection against group, over the groups with enough rows.
fn chi_square(views: &Views, view: &View, name: &str, least: u64) -> Measurement {
    let (mut table, mut left_out) = (Vec::new(), Vec::new());
    for (group, label) in labelled(views, view) {
        let Some([selected, refused]) = views.groups.get(group).map(selection) else { continue };
        if selected + refused < least.max(1) {
            left_out.push(label.to_owned());
        } else {
            table.push(vec![count(selected), count(refused)]);
        }
    }
    let rows = table.iter().flatten().sum::<f64>();
    let estimate = match association(&table) {
        Some(found) => Estimate::tested(found.test.statistic, found.test.p_value),
        None if table.len() < 2 => Estimate::undefined(Because::FewerThanTwoGroups),
        None => Estimate::undefined(Because::Constant),
    };
    let mut measurement = Measurement::new(CHI_SQUARE, estimate, whole(rows)).of(Slice::attribute(name));
    measurement.left_out = left_out;
    measurement
}

/// Each group against the reference.
fn fisher(views: &Views, view: &View, name: &str, least: u64) -> Vec<Measurement> {
    let (Some(reference), Some(declared)) = (view.reference, &view.declared) else { return Vec::new() };
    let Some(theirs) = views.groups.get(reference).map(selection) else { return Vec::new() };
    labelled(views, view)
        .filter(|(group, _)| *group != reference)
        .filter_map(|(group, label)| {
            let ours = views.groups.get(group).map(selection)?;
            let fewest = ours.iter().sum::<u64>().min(theirs.iter().sum());
            let estimate = if fewest < least.max(1) {
                Estimate::TooFew { rows: fewest, least: least.max(1) }
            } else {
                let p_value = fisher_exact([ours, theirs]);
                match odds_ratio(ours, theirs) {
                    Some(odds) => Estimate::tested(odds, p_value),
                    // The effect has no number, but the test stands and counts in the corrections.
                    None => Estimate::Undefined {
                        because: Because::ReferenceIsZero,
                        p_value: Some(p_value),
                        adjusted_p: None,
                    },
                }
            };
            let rows = ours.iter().chain(&theirs).sum();
            Some(Measurement::new(FISHER, estimate, rows).of(Slice::group(name, label).against(declared)))
        })
        .collect()
}

/// `(a d) / (b c)`; none when the denominator is zero.
fn odds_ratio([a, b]: [u64; 2], [c, d]: [u64; 2]) -> Option<f64> {
    let denominator = count(b) * count(c);
    (denominator > 0.0).then(|| count(a) * count(d) / denominator)
}

/// Sets both adjusted p-values of the tests that have one.
fn adjusted(tests: &mut [Measurement]) {
    let mut found: Vec<_> = tests.iter_mut().filter_map(|test| test.estimate.p_values_mut()).collect();
    let p_values: Vec<f64> = found.iter().map(|(p_value, _)| *p_value).collect();
    for ((_, adjusted), both) in found.iter_mut().zip(adjust(&p_values)) {
        **adjusted = Some(both);
    }
}

/// Rows decided favourably and not.
fn selection(group: &Group) -> [u64; 2] {
    let (selected, decided) = Rate::Selection.fraction(&group.rows).unwrap_or_default();
    [whole(selected), whole(decided - selected)]
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn count(rows: u64) -> f64 {
    rows as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count that is held as a double"
)]
fn whole(rows: f64) -> u64 {
    rows as u64
}

/// What [`significance`] measures.
pub(super) const DEFINITIONS: [DefinitionId; 2] = [CHI_SQUARE, FISHER];
const CHI_SQUARE: DefinitionId = DefinitionId::new("fairness.significance.chi_square");
const FISHER: DefinitionId = DefinitionId::new("fairness.significance.fisher");
