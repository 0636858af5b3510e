//! Slots: combinations of codes numbered in the order in which they first occur.
//!
//! While the combinations that could occur are few, the codes of a row are packed into one index of
//! a dense table; no row is hashed. Otherwise a hash table serves. Either grows with the codes.
#![expect(clippy::indexing_slicing, reason = "a kernel: the packed index is below the table's size")]

use std::collections::HashMap;

/// Numbers the combinations of codes of some columns.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// The codes of each slot.
    keys: Vec<Box<[u32]>>,
    /// Bits set aside for each column.
    bits: Vec<u32>,
    /// Slot + 1 by packed codes; empty when `sparse` serves.
    dense: Vec<u32>,
    sparse: HashMap<u128, u32>,
}

impl Slots {
    /// The codes of each slot.
    pub(crate) fn keys(&self) -> &[Box<[u32]>] {
        &self.keys
    }

    /// Replaces `slots` by the slot of each row. `sizes` bound the codes of each column.
    pub(crate) fn assign(&mut self, columns: &[&[u32]], sizes: &[usize], rows: usize, slots: &mut Vec<u32>) {
        slots.clear();
        if columns.is_empty() {
            if self.keys.is_empty() {
                self.keys.push(Box::default());
            }
            slots.resize(rows, 0);
            return;
        }
        self.make_room(sizes);
        if self.dense.is_empty() {
            self.assign_sparse(columns, rows, slots);
        } else {
            self.assign_dense(columns, slots);
        }
    }

    fn assign_dense(&mut self, columns: &[&[u32]], slots: &mut Vec<u32>) {
        let mut shift = 0;
        for (&column, &bits) in columns.iter().zip(&self.bits) {
            if shift == 0 && slots.is_empty() {
                slots.extend_from_slice(column);
            } else {
                slots.iter_mut().zip(column).for_each(|(index, &code)| *index |= code << shift);
            }
            shift += bits;
        }
        for index in slots.iter_mut() {
            let slot = self.dense[*index as usize];
            *index = if slot == 0 { self.found_dense(*index) } else { slot - 1 };
        }
    }

    fn assign_sparse(&mut self, columns: &[&[u32]], rows: usize, slots: &mut Vec<u32>) {
        for row in 0..rows {
            let mut shift = 0;
            let mut index = 0_u128;
            for (column, bits) in columns.iter().zip(&self.bits) {
                index |= u128::from(column[row]) << shift;
                shift += bits;
            }
            let slot = if let Some(&slot) = self.sparse.get(&index) {
                slot
            } else {
                let slot = self.push(columns.iter().map(|column| column[row]).collect());
                self.sparse.insert(index, slot);
                slot
            };
            slots.push(slot);
        }
    }

    #[cold]
    fn found_dense(&mut self, index: u32) -> u32 {
        let mut rest = index;
        let mut codes = Vec::with_capacity(self.bits.len());
        for &bits in &self.bits {
            codes.push(rest & ((1 << bits) - 1));
            rest >>= bits;
        }
        let slot = self.push(codes.into());
        self.dense[index as usize] = slot + 1;
        slot
    }

    fn push(&mut self, codes: Box<[u32]>) -> u32 {
        let slot = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.keys.push(codes);
        slot
    }

    /// Lays the tables out anew when a column has more codes than its bits hold.
    fn make_room(&mut self, sizes: &[usize]) {
        let needed = |size: usize| usize::BITS - size.saturating_sub(1).leading_zeros();
        if self.bits.len() == sizes.len()
            && sizes.iter().zip(&self.bits).all(|(&size, &bits)| needed(size) <= bits)
        {
            return;
        }
        self.bits = sizes.iter().map(|&size| needed(size).max(1)).collect();
        self.dense.clear();
        self.sparse.clear();
        let total: u32 = self.bits.iter().sum();
        if total <= DENSE_BITS {
            self.dense.resize(1 << total, 0);
        }
        for (slot, codes) in (0_u32..).zip(&self.keys) {
            let mut shift = 0;
            let mut index = 0_u128;
            for (&code, bits) in codes.iter().zip(&self.bits) {
                index |= u128::from(code) << shift;
                shift += bits;
            }
            match usize::try_from(index).ok().and_then(|index| self.dense.get_mut(index)) {
                Some(place) => *place = slot + 1,
                None => {
                    self.sparse.insert(index, slot);
                }
            }
        }
    }
}

/// A dense table of a million slots of four bytes is the most we keep.
const DENSE_BITS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_without_columns_share_one_slot() {
        let (mut slots, mut out) = (Slots::default(), Vec::new());
        slots.assign(&[], &[], 3, &mut out);
        assert_eq!(out, [0, 0, 0]);
        assert_eq!(slots.keys().len(), 1);
    }

    proptest! {
        #[test]
        fn equal_codes_share_a_slot_however_the_codes_grow(
            batches in prop::collection::vec(prop::collection::vec((0_u32..4000, 0_u32..900, 0_u32..3), 1..20), 1..6),
        ) {
            let (mut slots, mut out) = (Slots::default(), Vec::new());
            let mut expected: HashMap<(u32, u32, u32), u32> = HashMap::new();
            let mut sizes = [1_usize; 3];
            for batch in &batches {
                let columns: [Vec<u32>; 3] = [
                    batch.iter().map(|row| row.0).collect(),
                    batch.iter().map(|row| row.1).collect(),
                    batch.iter().map(|row| row.2).collect(),
                ];
                for (size, column) in sizes.iter_mut().zip(&columns) {
                    *size = (*size).max(*column.iter().max().unwrap() as usize + 1);
                }
                let columns: Vec<&[u32]> = columns.iter().map(Vec::as_slice).collect();
                slots.assign(&columns, &sizes, batch.len(), &mut out);
                for (row, &slot) in batch.iter().zip(&out) {
                    prop_assert_eq!(*expected.entry(*row).or_insert(slot), slot);
                    prop_assert_eq!(slots.keys()[slot as usize].to_vec(), vec![row.0, row.1, row.2]);
                }
            }
            prop_assert_eq!(expected.len(), slots.keys().len());
        }
    }
}
