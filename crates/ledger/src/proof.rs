//! Checking proofs: that a leaf is in a tree, and that one tree continues another (RFC 9162, sections 2.1.3 and 2.1.4).

use crate::hash::{Hash, node_hash};

/// Why a proof shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index or the smaller size lies outside of the tree, or the smaller tree is empty.
    #[error("the index or size lies outside of the tree")]
    Outside,
    /// The proof has too many or too few hashes for these sizes.
    #[error("the proof has the wrong length for a tree of this size")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Shows that the leaf with this hash stands at this index of the tree of this size and root.
pub fn inclusion(index: u64, size: u64, leaf: Hash, proof: &[Hash], root: Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Outside);
    }
    let (mut place, mut last, mut found) = (index, size - 1, leaf);
    for &hash in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place & 1 == 1 || place == last {
            found = node_hash(hash, found);
            skip_to_right(&mut place, &mut last);
        } else {
            found = node_hash(found, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    finish(last, found == root)
}

/// Shows that the tree of the second size and root begins with the leaves of the first.
///
/// An empty first tree is refused: it would be the beginning of any tree, and a proof of it shows nothing.
pub fn consistency(first: (u64, Hash), second: (u64, Hash), proof: &[Hash]) -> Result<(), ProofError> {
    let ((first_size, first_root), (second_size, second_root)) = (first, second);
    if first_size == 0 || first_size > second_size {
        return Err(ProofError::Outside);
    }
    if first_size == second_size {
        return if proof.is_empty() { finish(0, first_root == second_root) } else { Err(ProofError::Length) };
    }
    let (mut place, mut last) = (first_size - 1, second_size - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    // A first tree that is a perfect subtree of the second needs no hash of its own in the proof.
    let (start, rest) = if first_size.is_power_of_two() {
        (first_root, proof)
    } else {
        let (start, rest) = proof.split_first().ok_or(ProofError::Length)?;
        (*start, rest)
    };
    let (mut old, mut new) = (start, start);
    for &hash in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place & 1 == 1 || place == last {
            (old, new) = (node_hash(hash, old), node_hash(hash, new));
            skip_to_right(&mut place, &mut last);
        } else {
            new = node_hash(new, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    finish(last, old == first_root && new == second_root)
}

/// Climbs over the levels where the place has no sibling to its right.
fn skip_to_right(place: &mut u64, last: &mut u64) {
    while *place & 1 == 0 && *place != 0 {
        (*place, *last) = (*place >> 1, *last >> 1);
    }
}

fn finish(last: u64, same: bool) -> Result<(), ProofError> {
    if last != 0 {
        Err(ProofError::Length)
    } else if same {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}
