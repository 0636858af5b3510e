//! A growing tree that keeps the hashes of its complete subtrees, and proves what it holds.
//!
//! For logs that fit memory: thirty-two bytes and as much again for each entry. The root alone needs only the peaks.

use crate::hash::{Hash, leaf_hash, node_hash};

/// An RFC 6962 tree.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// For each level, the hashes of the complete subtrees of 2^level leaves, from the left.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Adds an entry; its index is the size before.
    pub fn push(&mut self, entry: &[u8]) {
        self.push_hash(leaf_hash(entry));
    }

    /// Adds a leaf whose hash is known.
    pub fn push_hash(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(nodes) = self.levels.get_mut(level) else { return };
            nodes.push(hash);
            if nodes.len() % 2 == 1 {
                return;
            }
            let [.., left, right] = nodes.as_slice() else { return };
            hash = node_hash(*left, *right);
        }
    }

    /// The root of the first `size` leaves; none if there are not so many.
    pub fn root(&self, size: u64) -> Option<Hash> {
        root_of(size, &mut self.nodes()).ok()
    }

    /// The hash of a complete subtree: the `index`th of its level.
    pub fn node(&self, level: u8, index: u64) -> Option<Hash> {
        node_in(&self.levels, level, index)
    }

    /// The proof that the leaf at this index is in the tree of the first `size` leaves.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        let inside = index < size && size <= self.size();
        inside.then(|| inclusion_proof(index, size, &mut self.nodes()).ok()).flatten()
    }

    /// The proof that the tree of the second size continues that of the first.
    pub fn prove_consistency(&self, first: u64, second: u64) -> Option<Vec<Hash>> {
        let inside = first > 0 && first <= second && second <= self.size();
        inside.then(|| consistency_proof(first, second, &mut self.nodes()).ok()).flatten()
    }

    fn nodes(&self) -> impl FnMut(u8, u64) -> Result<Hash, ()> {
        |level, index| self.node(level, index).ok_or(())
    }
}

/// A node among the levels of complete subtrees.
pub(crate) fn node_in(levels: &[Vec<Hash>], level: u8, index: u64) -> Option<Hash> {
    levels.get(usize::from(level))?.get(usize::try_from(index).ok()?).copied()
}

/// The root of the first `size` leaves, from the complete subtrees that `node` finds by level and index.
pub fn root_of<E>(size: u64, node: &mut impl FnMut(u8, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    if size == 0 { Ok(Hash::of_nothing()) } else { range(0, size, node) }
}

/// The proof that the leaf at `index` is in the tree of `size` leaves, which must be more than `index`.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    node: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(range(middle, to, node)?);
            to = middle;
        } else {
            proof.push(range(from, middle, node)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the second size continues that of the first, which is not empty nor greater.
pub fn consistency_proof<E>(
    first: u64,
    second: u64,
    node: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    let (mut from, mut to, mut whole) = (0, second, true);
    while first < to {
        let middle = from + split(to - from);
        if first <= middle {
            proof.push(range(middle, to, node)?);
            to = middle;
        } else {
            proof.push(range(from, middle, node)?);
            (from, whole) = (middle, false);
        }
    }
    if !whole {
        proof.push(range(from, to, node)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root of the leaves from one index to before another, where the first is a place at which a subtree begins.
fn range<E>(from: u64, to: u64, node: &mut impl FnMut(u8, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let leaves = to - from;
    if leaves.is_power_of_two() {
        return node(u8::try_from(leaves.trailing_zeros()).unwrap_or(0), from / leaves);
    }
    let middle = from + split(leaves);
    Ok(node_hash(range(from, middle, node)?, range(middle, to, node)?))
}

/// Where a tree of more than one leaf is split: at the greatest power of two below its size.
fn split(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{consistency, inclusion};
    use proptest::prelude::*;

    fn tree(size: u64) -> Tree {
        let mut tree = Tree::default();
        (0..size).for_each(|index| tree.push(&index.to_be_bytes()));
        tree
    }

    proptest! {
        #[test]
        fn what_a_tree_proves_holds_and_nothing_else_does(size in 1_u64..300, at in any::<u64>(), old in any::<u64>(), wrong in any::<u8>()) {
            let tree = tree(size);
            let (index, old) = (at % size, old % size + 1);
            let root = tree.root(size).unwrap();
            let leaf = leaf_hash(&index.to_be_bytes());
            let mut proof = tree.prove_inclusion(index, size).unwrap();
            prop_assert_eq!(inclusion(index, size, leaf, &proof, root), Ok(()));
            prop_assert!(inclusion((index + 1) % size, size, leaf, &proof, root).is_err() || size == 1);
            if let Some(hash) = proof.first_mut() {
                hash.0[usize::from(wrong % 32)] ^= 1 + wrong / 2;
                prop_assert!(inclusion(index, size, leaf, &proof, root).is_err());
            }
            let before = (old, tree.root(old).unwrap());
            let proof = tree.prove_consistency(old, size).unwrap();
            prop_assert_eq!(consistency(before, (size, root), &proof), Ok(()));
            prop_assert!(consistency((old, leaf_hash(b"other")), (size, root), &proof).is_err());
        }
    }
}
