//! Cells of the cube as one thread counts them.

use super::slots::Slots;
use crate::cube::Cell;
use crate::fixed::fixed;
use arrow::array::{Array, Float64Array};

/// Weights of a batch: as numbers, as integers in units of 2⁻⁶⁰, and their squares as such.
#[derive(Debug, Default)]
pub(crate) struct Weights {
    pub(crate) values: Vec<f64>,
    pub(crate) fixed: Vec<i128>,
    pub(crate) squares: Vec<i128>,
}

/// Counts rows by slot.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    pub(crate) slots: Slots,
    places: Vec<u32>,
    /// Four counters a slot, taken in turn, so that a run of equal rows does not wait for itself.
    lanes: Vec<[u32; 4]>,
    /// Rows in the lanes, which must not outgrow them.
    in_lanes: usize,
    sums: Vec<Cell>,
}

impl Cells {
    /// Counts a batch that has neither weights nor scores.
    pub(crate) fn count(&mut self, columns: &[&[u32]], sizes: &[usize], rows: usize) {
        self.slots.assign(columns, sizes, rows, &mut self.places);
        if self.in_lanes + rows > u32::MAX as usize {
            self.empty_lanes();
        }
        self.in_lanes += rows;
        self.lanes.resize(self.slots.keys().len(), [0; 4]);
        let lanes = self.lanes.as_mut_slice();
        let (fours, rest) = self.places.as_chunks::<4>();
        for four in fours {
            for (lane, &place) in four.iter().enumerate() {
                if let Some(counter) = lanes.get_mut(place as usize).and_then(|lanes| lanes.get_mut(lane)) {
                    *counter += 1;
                }
            }
        }
        for &place in rest {
            if let Some(counters) = lanes.get_mut(place as usize) {
                counters[0] += 1;
            }
        }
    }

    /// Counts a batch with weights or scores. `Err` is true when the scores' sums outgrow 128 bits, false for the weights'.
    pub(crate) fn sum(
        &mut self,
        columns: &[&[u32]],
        sizes: &[usize],
        rows: usize,
        weights: Option<&Weights>,
        scores: Option<&Float64Array>,
    ) -> Result<(), bool> {
        self.slots.assign(columns, sizes, rows, &mut self.places);
        self.sums.resize(self.slots.keys().len(), Cell::default());
        for (row, &place) in self.places.iter().enumerate() {
            let Some(total) = self.sums.get_mut(place as usize) else { continue };
            let weighed = weights.and_then(|weights| {
                Some((*weights.values.get(row)?, *weights.fixed.get(row)?, *weights.squares.get(row)?))
            });
            let mut cell = match weighed {
                Some((_, w, w2)) => Cell { n: 1, w, w2, ..Cell::default() },
                None => Cell::of_rows(1),
            };
            if let Some(scores) = scores.filter(|scores| scores.is_valid(row)) {
                let score = scores.value(row);
                let weight = weighed.map_or(1.0, |(weight, ..)| weight);
                let sum = |number: f64| fixed(number).ok_or(true);
                cell.scored = 1;
                cell.s = sum(score)?;
                cell.s2 = sum(score * score)?;
                cell.ws = sum(weight * score)?;
                cell.ws2 = sum(weight * score * score)?;
            }
            *total = total.plus(&cell).ok_or(scores.is_some() && weights.is_none())?;
        }
        Ok(())
    }

    /// The codes and sums of each cell.
    pub(crate) fn into_cells(mut self) -> Vec<(Box<[u32]>, Cell)> {
        self.empty_lanes();
        self.slots.keys().iter().cloned().zip(self.sums).filter(|(_, cell)| cell.n > 0).collect()
    }

    fn empty_lanes(&mut self) {
        self.sums.resize(self.slots.keys().len(), Cell::default());
        for (cell, lanes) in self.sums.iter_mut().zip(&mut self.lanes) {
            let rows: u64 = lanes.iter().map(|&rows| u64::from(rows)).sum();
            *lanes = [0; 4];
            if let Some(sum) = cell.plus(&Cell::of_rows(rows)) {
                *cell = sum;
            }
        }
        self.in_lanes = 0;
    }
}
