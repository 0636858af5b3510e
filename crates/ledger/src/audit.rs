//! Rebuilding a log from its entries: the root, and every tile on the way, with one tile a level in memory.

use crate::hash::{Hash, leaf_hash, node_hash};
use crate::tile::{Tile, TileKind};

/// What has been rebuilt so far.
#[derive(Debug, Default)]
pub struct Audit {
    size: u64,
    /// For each level, the hashes of its unfinished tile, and how many tiles are finished.
    levels: Vec<(Vec<Hash>, u64)>,
}

impl Audit {
    /// Adds the next entry. Each tile that it completes is handed to `seen`, from the lowest level up.
    pub fn push(&mut self, entry: &[u8], seen: &mut impl FnMut(Tile, &[Hash])) {
        self.size += 1;
        let mut hash = leaf_hash(entry);
        for level in 0_u8.. {
            if self.levels.len() <= usize::from(level) {
                self.levels.push((Vec::with_capacity(WIDTH), 0));
            }
            let Some((tile, index)) = self.levels.get_mut(usize::from(level)) else { return };
            tile.push(hash);
            if tile.len() < WIDTH {
                return;
            }
            let Some(root) = root(tile) else { return };
            seen(Tile { kind: TileKind::Hashes(level), index: *index, width: 256 }, tile);
            hash = root;
            tile.clear();
            *index += 1;
        }
    }

    /// The size and root of the log; the unfinished tiles are handed to `seen`.
    pub fn finish(self, seen: &mut impl FnMut(Tile, &[Hash])) -> (u64, Hash) {
        let mut below: Option<Hash> = None;
        for (level, (mut tile, index)) in (0_u8..).zip(self.levels) {
            if !tile.is_empty() {
                let width = u16::try_from(tile.len()).unwrap_or(u16::MAX);
                seen(Tile { kind: TileKind::Hashes(level), index, width }, &tile);
            }
            // What is unfinished below stands to the right of all that is finished here.
            tile.extend(below);
            below = root(&tile);
        }
        (self.size, below.unwrap_or_else(Hash::of_nothing))
    }
}

/// The root over subtrees of one height, of which only the last may be lower; none over none.
fn root(subtrees: &[Hash]) -> Option<Hash> {
    match subtrees {
        [] => None,
        [hash] => Some(*hash),
        _ => {
            let (left, right) = subtrees.split_at_checked(subtrees.len().next_power_of_two() / 2)?;
            Some(node_hash(root(left)?, root(right)?))
        }
    }
}

const WIDTH: usize = 256;
