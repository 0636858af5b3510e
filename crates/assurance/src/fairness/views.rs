//! Views: the groups of each attribute and intersection, and the cells they share.
//!
//! The cells of the cube are merged down to what the views can tell apart, so that a bootstrap draws each of them once
//! and adds it to every view.

use std::collections::BTreeMap;

use crate::Tables;
use crate::confusion::{Confusion, SLOTS, slot};
use crate::cube::{DecisionCube, Orientation, Value};
use crate::fixed::unfixed;

/// An attribute or an intersection, or all rows when it has no name.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) name: Option<String>,
    /// Indices into [`Views::groups`].
    pub(crate) groups: std::ops::Range<usize>,
    /// The declared reference, as text.
    pub(crate) declared: Option<String>,
    /// The group it names, if that occurs.
    pub(crate) reference: Option<usize>,
}

/// A group of a view.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// Sums of weights (rows, without weights).
    pub(crate) weights: Confusion,
    /// Rows.
    pub(crate) rows: Confusion,
    /// All rows, with or without label and decision.
    pub(crate) count: u64,
    /// Rows per effective row (Kish); 1 without weights.
    pub(crate) design_effect: f64,
}

/// All views of one cube.
#[derive(Clone, Debug)]
pub(crate) struct Views {
    pub(crate) list: Vec<View>,
    pub(crate) groups: Vec<Group>,
    /// Rows of each merged cell.
    pub(crate) counts: Vec<u64>,
    /// The mean weight of each merged cell's rows.
    pub(crate) mean_weights: Vec<f64>,
    /// The merged cells that each place `outcome · groups + group` is the sum of, place after place.
    members: Vec<u32>,
    /// Where the members of each place end.
    ends: Vec<usize>,
}

/// The place of a cell that a view leaves out.
const NOWHERE: u32 = u32::MAX;

impl Views {
    /// The view of all rows, then each attribute, then each declared intersection.
    pub(crate) fn new(tables: &Tables, period: Option<&Value>, orientation: Orientation) -> Self {
        let cube = &tables.cube;
        let attributes = cube.attributes.iter().map(|attribute| vec![attribute.name.as_str()]);
        let intersections =
            tables.roles.intersections.iter().map(|names| names.iter().map(String::as_str).collect());
        let wanted: Vec<Vec<&str>> =
            std::iter::once(Vec::new()).chain(attributes).chain(intersections).collect();
        let mut views = Self {
            list: Vec::new(),
            groups: Vec::new(),
            counts: Vec::new(),
            mean_weights: Vec::new(),
            members: Vec::new(),
            ends: Vec::new(),
        };
        let columns: Vec<Vec<u32>> =
            wanted.iter().map(|names| views.add(cube, names, period, orientation)).collect();
        views.merge_cells(cube, &columns);
        views
    }

    /// Adds a view and returns the place of each cell of the cube in it.
    fn add(
        &mut self,
        cube: &DecisionCube,
        names: &[&str],
        period: Option<&Value>,
        orientation: Orientation,
    ) -> Vec<u32> {
        let first = self.groups.len();
        let marginal = cube.marginal(names, period, orientation);
        let references = references(cube, names);
        let mut reference = None;
        for (index, group) in marginal.iter().enumerate() {
            if let Some(references) = &references
                && group.group.iter().zip(references).all(|(value, declared)| value.is(declared))
            {
                reference = Some(first + index);
            }
            let name: Vec<String> = group.group.iter().map(ToString::to_string).collect();
            let total = group.outcomes.total();
            self.groups.push(Group {
                name: name.join("+"),
                weights: Confusion::weights(&group.outcomes),
                rows: Confusion::rows(&group.outcomes),
                count: total.n,
                design_effect: design_effect(total, group.squared_weight),
            });
        }
        self.list.push(View {
            name: (!names.is_empty()).then(|| names.join("+")),
            groups: first..self.groups.len(),
            declared: references.filter(|references| !references.is_empty()).map(|names| names.join("+")),
            reference: reference.filter(|_| !names.is_empty()),
        });
        let assignment = cube.assignment(names, period, orientation);
        let place = |cell: &Option<(usize, crate::Outcome)>| {
            cell.and_then(|(group, outcome)| u32::try_from((first + group) * SLOTS + slot(outcome)).ok())
                .unwrap_or(NOWHERE)
        };
        assignment.cells.iter().map(place).collect()
    }

    /// Merges the cells that no view tells apart; a cell outside every view (another period) is dropped.
    fn merge_cells(&mut self, cube: &DecisionCube, columns: &[Vec<u32>]) {
        let mut merged: BTreeMap<Vec<u32>, (u64, f64)> = BTreeMap::new();
        for (index, cell) in cube.cells.values().enumerate() {
            let places: Vec<u32> =
                columns.iter().map(|column| column.get(index).copied().unwrap_or(NOWHERE)).collect();
            if cell.n > 0 && places.iter().any(|place| *place != NOWHERE) {
                let (rows, weight) = merged.entry(places).or_default();
                *rows += cell.n;
                *weight += unfixed(cell.w);
            }
        }
        let groups = self.groups.len();
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); groups * SLOTS];
        for (cell, (places, (rows, weight))) in (0..).zip(merged) {
            for place in places.into_iter().filter(|place| *place != NOWHERE) {
                let (group, outcome) = (place as usize / SLOTS, place as usize % SLOTS);
                if let Some(members) = members.get_mut(outcome * groups + group) {
                    members.push(cell);
                }
            }
            self.counts.push(rows);
            self.mean_weights.push(mean(weight, rows));
        }
        for members in members {
            self.members.extend(members);
            self.ends.push(self.members.len());
        }
    }

    /// Adds redrawn cells up to the numbers of each group, outcome after outcome. `amounts` is room to work in.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub(crate) fn tabulate(&self, drawn: &[u64], amounts: &mut Vec<f64>, outcomes: &mut [f64]) {
        amounts.clear();
        amounts.extend(drawn.iter().zip(&self.mean_weights).map(|(&n, mean)| n.cast_signed() as f64 * mean));
        let mut start = 0;
        for (outcome, &end) in outcomes.iter_mut().zip(&self.ends) {
            let members = self.members.get(start..end).unwrap_or_default();
            *outcome = members.iter().filter_map(|&cell| amounts.get(cell as usize)).sum();
            start = end;
        }
    }
}

/// The declared reference of each attribute; none unless all of them declare one.
fn references(cube: &DecisionCube, names: &[&str]) -> Option<Vec<String>> {
    names
        .iter()
        .map(|name| {
            let attribute = cube.attributes.iter().find(|attribute| attribute.name == *name)?;
            attribute.reference.clone()
        })
        .collect()
}

/// `n Σw² / (Σw)²`, the rows behind one effective row.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn design_effect(total: crate::Count, squared_weight: f64) -> f64 {
    let effect = total.n as f64 * squared_weight / (total.w * total.w);
    if effect.is_finite() { effect.max(1.0) } else { 1.0 }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn mean(weight: f64, rows: u64) -> f64 {
    weight / rows as f64
}
