//! The right edge of a growing tree: its complete subtrees, from which the root and all further growth follow.

use crate::hash::{Hash, node_hash};
use crate::tree::{inclusion_proof, node_in};

/// The roots of the complete subtrees of a tree, the greatest first; at most 64 hashes for any tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a tree of this size; none if there are not as many subtrees as such a tree has.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Adds a leaf; each subtree that it completes, itself first, is handed to `seen` as level, index and hash.
    pub fn push(&mut self, leaf: Hash, mut seen: impl FnMut(u8, u64, Hash)) {
        let (mut hash, mut index, mut level) = (leaf, self.size, 0);
        seen(level, index, hash);
        while index & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            (index, level) = (index >> 1, level + 1);
            seen(level, index, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, the greatest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(left, right));
        folded.unwrap_or_else(Hash::of_nothing)
    }

    /// The complete subtree of this level and index, if it is one of the peaks.
    fn peak(&self, level: u8, index: u64) -> Option<Hash> {
        let level = u32::from(level);
        let here = self.size.checked_shr(level)?;
        let greater = self.size.checked_shr(level + 1).unwrap_or(0).count_ones() as usize;
        (here & 1 == 1 && index == here - 1).then(|| self.peaks.get(greater).copied()).flatten()
    }
}

/// What a batch of leaves added to a tree: enough to prove each of them without reading anything.
#[derive(Clone, Debug)]
pub struct Growth {
    before: Frontier,
    after: Frontier,
    /// For each level, the subtrees completed by the batch, from the left.
    completed: Vec<Vec<Hash>>,
}

impl Growth {
    /// Adds leaves to a tree.
    pub fn of(before: Frontier, leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut after = before.clone();
        let mut completed: Vec<Vec<Hash>> = Vec::new();
        for leaf in leaves {
            after.push(leaf, |level, _, hash| {
                let level = usize::from(level);
                if completed.len() <= level {
                    completed.resize_with(level + 1, Vec::new);
                }
                if let Some(level) = completed.get_mut(level) {
                    level.push(hash);
                }
            });
        }
        Self { before, after, completed }
    }

    /// The tree with the batch.
    pub fn after(&self) -> &Frontier {
        &self.after
    }

    /// The hashes of the batch's leaves.
    pub fn leaves(&self) -> &[Hash] {
        self.completed.first().map_or(&[], Vec::as_slice)
    }

    /// The proof that the leaf at this index is in the tree with the batch; none if the batch did not add it.
    pub fn prove(&self, index: u64) -> Option<Vec<Hash>> {
        if !(self.before.size..self.after.size).contains(&index) {
            return None;
        }
        inclusion_proof(index, self.after.size, &mut |level, index| self.node(level, index).ok_or(())).ok()
    }

    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let old = self.before.size.checked_shr(u32::from(level)).unwrap_or(0);
        match index.checked_sub(old) {
            None => self.before.peak(level, index),
            Some(new) => node_in(&self.completed, level, new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use crate::tree::Tree;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_batch_proves_its_leaves_as_the_whole_tree_does(before in 0_u64..600, more in 1_u64..600) {
            let leaf = |index: u64| leaf_hash(&index.to_be_bytes());
            let mut tree = Tree::default();
            (0..before + more).for_each(|index| tree.push_hash(leaf(index)));
            let mut frontier = Frontier::default();
            (0..before).for_each(|index| frontier.push(leaf(index), |_, _, _| ()));
            prop_assert_eq!(Some(frontier.root()), tree.root(before));
            let growth = Growth::of(frontier, (before..before + more).map(leaf));
            prop_assert_eq!(Some(growth.after().root()), tree.root(before + more));
            for index in before..before + more {
                prop_assert_eq!(growth.prove(index), tree.prove_inclusion(index, before + more));
            }
            prop_assert!(growth.prove(before + more).is_none() && growth.prove(u64::MAX).is_none());
        }
    }
}
