//! Reading a log from its segments: entries, tiles, roots and proofs.
//!
//! Nothing derived is needed: a tile file saves work where it is there and has the right length, and is computed where
//! it is not. Memory is bounded: one batch, and a number of tiles.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::batches::{Batches, last_commit};
use crate::error::LedgerError;
use crate::file_system::{FileSystem, read_whole};
use crate::hash::{Hash, leaf_hash, node_hash};
use crate::segment::{Commit, SegmentKind, first_of, name, records};
use crate::tile::{Tile, TileKind};
use crate::tree::{consistency_proof, inclusion_proof, root_of};

/// A log that can be read.
#[derive(Debug)]
pub struct Reader {
    files: Arc<dyn FileSystem>,
    root: PathBuf,
    /// The index of the first entry of each segment.
    segments: Vec<u64>,
    last: Option<Commit>,
    /// Up to which entry segments are closed: before that, the files of tiles can be relied on.
    closed: u64,
    tiles: Mutex<Tiles>,
    places: Mutex<BTreeMap<u64, Arc<Vec<Place>>>>,
}

/// The hashes of tiles, by level, index and width.
type Tiles = BTreeMap<(u8, u64, u64), Arc<Vec<Hash>>>;

/// Where a batch lies in its segment.
#[derive(Clone, Copy, Debug)]
struct Place {
    first: u64,
    size: u64,
    offset: u64,
}

/// A batch in the history of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSeen {
    /// Its number, from 0.
    pub number: u64,
    /// The size of the log with it.
    pub size: u64,
    /// How many entries it has.
    pub entries: u64,
    /// The time of its last entry, in milliseconds since 1970.
    pub time: u64,
}

impl Reader {
    /// Opens a log's folder. Segments must follow one another without a gap.
    pub fn open(files: Arc<dyn FileSystem>, root: &Path) -> Result<Self, LedgerError> {
        let segments = segments(files.as_ref(), root)?;
        let mut last: Option<Commit> = None;
        let mut closed = 0;
        for (number, first) in segments.iter().enumerate() {
            let path = entries_path(root, *first);
            let batches = Batches::open(files.as_ref(), &path, *first)?;
            check_joint(&path, batches.header().root, *first, last.as_ref())?;
            let found = last_commit(files.as_ref(), &path)?;
            let tail = number + 1 == segments.len();
            if closed == *first
                && let (Some(commit), true) = (&found, files.is_read_only(&path).is_ok_and(|closed| closed))
            {
                closed = commit.after.size();
            }
            last = match (found, tail) {
                (Some(commit), _) => Some(commit),
                // The last batch may have been cut short, and the last segment may hold none.
                (None, true) => whole_batches(batches)?.or(last),
                (None, false) => {
                    return Err(LedgerError::damaged(&path, *first, "it does not end with a whole batch"));
                }
            };
        }
        Ok(Self {
            files,
            root: root.to_owned(),
            segments,
            last,
            closed,
            tiles: Mutex::default(),
            places: Mutex::default(),
        })
    }

    /// The same log, read from its entries alone: what the files of tiles hold is not relied on.
    pub(crate) fn without_tiles(self) -> Self {
        Self { closed: 0, tiles: Mutex::default(), ..self }
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.last.as_ref().map_or(0, |commit| commit.after.size())
    }

    /// The tree of all entries.
    pub fn frontier(&self) -> crate::Frontier {
        self.last.as_ref().map(|commit| commit.after.clone()).unwrap_or_default()
    }

    /// The tree of the first `size` entries, by its peaks.
    pub fn frontier_at(&self, size: u64) -> Result<crate::Frontier, LedgerError> {
        self.reaches(size)?;
        let (mut peaks, mut from) = (Vec::new(), 0_u64);
        for level in (0..64_u8).rev() {
            let leaves = 1_u64 << level;
            if size & leaves != 0 {
                peaks.push(self.node(level, from >> level)?);
                from += leaves;
            }
        }
        crate::Frontier::new(size, peaks).ok_or(LedgerError::Beyond { index: size, size: self.size() })
    }

    /// The last batch, if there is one.
    pub fn last_batch(&self) -> Option<BatchSeen> {
        self.last.as_ref().map(BatchSeen::of)
    }

    /// The root of the first `size` entries.
    pub fn root_at(&self, size: u64) -> Result<Hash, LedgerError> {
        self.reaches(size)?;
        root_of(size, &mut |level, index| self.node(level, index))
    }

    /// The proof that an entry is in the tree of the first `size` entries.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, LedgerError> {
        if index >= size || size > self.size() {
            return Err(LedgerError::Beyond { index, size: size.min(self.size()) });
        }
        inclusion_proof(index, size, &mut |level, index| self.node(level, index))
    }

    /// The proof that the tree of the second size continues that of the first, which is not empty.
    pub fn prove_consistency(&self, first: u64, second: u64) -> Result<Vec<Hash>, LedgerError> {
        if first == 0 || first > second || second > self.size() {
            return Err(LedgerError::Beyond { index: first.max(second), size: self.size() });
        }
        consistency_proof(first, second, &mut |level, index| self.node(level, index))
    }

    /// An entry.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, LedgerError> {
        self.within(index)?;
        let mut found = Vec::new();
        self.entries(index..index + 1, |_, entry| {
            found = entry.to_vec();
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands over entries in order, each with its index; stops at the first error.
    pub fn entries<E: From<LedgerError>>(
        &self,
        range: Range<u64>,
        mut seen: impl FnMut(u64, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if range.is_empty() {
            return Ok(());
        }
        self.within(range.end - 1)?;
        let from = self.segments.partition_point(|first| *first <= range.start).saturating_sub(1);
        let mut next = range.start;
        for first in self.segments.get(from..).unwrap_or_default() {
            if next >= range.end {
                break;
            }
            let path = entries_path(&self.root, *first);
            let place = self.place_of(*first, next)?;
            next = place.first;
            let mut batches = Batches::open(self.files.as_ref(), &path, *first)?;
            batches.seek(place.offset, place.first);
            // What follows the last batch that is asked for may be cut short, or be written just now.
            while next < range.end
                && let Some(batch) = whole(&path, batches.next()?)?
            {
                if !batch.holds_from(next) {
                    return Err(LedgerError::damaged(&path, next, MISSING).into());
                }
                next = batch.commit.after.size();
                for (index, entry) in (batch.commit.first..).zip(batch.entries()) {
                    if range.contains(&index) {
                        seen(index, entry)?;
                    }
                }
            }
        }
        match self.segments.last() {
            Some(first) if next < range.end => {
                Err(LedgerError::damaged(&entries_path(&self.root, *first), next, MISSING).into())
            }
            _ => Ok(()),
        }
    }

    /// The sealed bytes of an entry's payload with this reference; none if there are none.
    pub fn payload(&self, index: u64, reference: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        self.within(index)?;
        let at = self.segments.partition_point(|first| *first <= index).saturating_sub(1);
        let Some(first) = self.segments.get(at) else { return Ok(None) };
        let place = self.place_of(*first, index)?;
        let path = entries_path(&self.root, *first);
        let mut batches = Batches::open(self.files.as_ref(), &path, *first)?;
        batches.seek(place.offset, place.first);
        let Some(batch) = whole(&path, batches.next()?)? else { return Ok(None) };
        let sealed = vault_bytes(self.files.as_ref(), &self.root, *first, &batch.commit)?;
        let mut found = records(&sealed).flatten();
        Ok(found
            .find(|sealed| crate::seal::reference_of(sealed).as_deref() == Some(reference))
            .map(<[u8]>::to_vec))
    }

    /// Hands over the batches of the last segment, and the last batch of each before it: how the log grew.
    pub fn history(&self) -> Result<Vec<BatchSeen>, LedgerError> {
        let mut history = Vec::new();
        for (number, first) in self.segments.iter().enumerate() {
            let path = entries_path(&self.root, *first);
            if number + 1 < self.segments.len() {
                history.extend(last_commit(self.files.as_ref(), &path)?.as_ref().map(BatchSeen::of));
            } else {
                let mut batches = Batches::open(self.files.as_ref(), &path, *first)?;
                while let Ok(Some(batch)) = batches.next()? {
                    history.push(BatchSeen::of(&batch.commit));
                }
            }
        }
        Ok(history)
    }

    /// The bytes of a tile or bundle of entries; none if the log does not have it.
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, LedgerError> {
        let level = match tile.kind {
            TileKind::Entries => 0,
            TileKind::Hashes(level) => level,
        };
        let (start, width) = (tile.index.saturating_mul(WIDTH), u64::from(tile.width));
        if start.saturating_add(width) > self.size().checked_shr(8 * u32::from(level)).unwrap_or(0) {
            return Ok(None);
        }
        match tile.kind {
            TileKind::Hashes(level) => {
                let hashes = self.hashes(level, tile.index, width)?;
                Ok(Some(hashes.iter().flat_map(|hash| hash.0).collect()))
            }
            TileKind::Entries => {
                let mut bundle = Vec::new();
                self.entries(start..start + width, |_, entry| {
                    let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
                    bundle.extend_from_slice(&length.to_be_bytes());
                    bundle.extend_from_slice(entry);
                    Ok::<(), LedgerError>(())
                })?;
                Ok(Some(bundle))
            }
        }
    }

    fn within(&self, index: u64) -> Result<(), LedgerError> {
        let size = self.size();
        if index < size { Ok(()) } else { Err(LedgerError::Beyond { index, size }) }
    }

    /// Whether the log has had this size.
    fn reaches(&self, size: u64) -> Result<(), LedgerError> {
        size.checked_sub(1).map_or(Ok(()), |last| self.within(last))
    }

    /// The hash of a complete subtree.
    fn node(&self, level: u8, index: u64) -> Result<Hash, LedgerError> {
        let (tile_level, inner) = (level / 8, level % 8);
        let (tile, place) = (index >> (8 - inner), (index << inner) & (WIDTH - 1));
        let all = self.size().checked_shr(8 * u32::from(tile_level)).unwrap_or(0);
        let width = all.saturating_sub(tile * WIDTH).min(WIDTH);
        let hashes = self.hashes(tile_level, tile, width)?;
        let from = usize::try_from(place).unwrap_or(usize::MAX);
        let subtree = hashes.get(from..from + (1 << inner)).and_then(root_of_tile);
        subtree.ok_or_else(|| LedgerError::Beyond { index, size: self.size() })
    }

    /// The hashes of a tile that the log has, this many of them.
    pub(crate) fn hashes(&self, level: u8, index: u64, width: u64) -> Result<Arc<Vec<Hash>>, LedgerError> {
        let key = (level, index, width);
        if let Ok(tiles) = self.tiles.lock()
            && let Some(found) = tiles.get(&key)
        {
            return Ok(Arc::clone(found));
        }
        let filed = if width == WIDTH { self.filed(level, index) } else { None };
        let hashes = match filed {
            Some(hashes) => hashes,
            None => self.computed_of(level, index, width)?,
        };
        let hashes = Arc::new(hashes);
        if let Ok(mut tiles) = self.tiles.lock() {
            if tiles.len() >= MOST_TILES {
                tiles.clear();
            }
            tiles.insert(key, Arc::clone(&hashes));
        }
        Ok(hashes)
    }

    /// The hashes of a full tile, without looking at its own file.
    pub(crate) fn computed(&self, level: u8, index: u64) -> Result<Vec<Hash>, LedgerError> {
        self.computed_of(level, index, WIDTH)
    }

    fn computed_of(&self, level: u8, index: u64, width: u64) -> Result<Vec<Hash>, LedgerError> {
        if level == 0 {
            let mut hashes = Vec::with_capacity(256);
            let start = index * WIDTH;
            self.entries(start..start + width, |_, entry| {
                hashes.push(leaf_hash(entry));
                Ok::<(), LedgerError>(())
            })?;
            return Ok(hashes);
        }
        let below = (0..width).map(|at| {
            let hashes = self.hashes(level - 1, index * WIDTH + at, WIDTH)?;
            root_of_tile(&hashes).ok_or(LedgerError::Beyond { index, size: self.size() })
        });
        below.collect()
    }

    /// The hashes of a full tile, if its file is there and whole.
    fn filed(&self, level: u8, index: u64) -> Option<Vec<Hash>> {
        let end = (index + 1).checked_shl(8 * (u32::from(level) + 1)).unwrap_or(u64::MAX);
        if end > self.closed {
            return None;
        }
        let tile = Tile { kind: TileKind::Hashes(level), index, width: 256 };
        let bytes = read_whole(self.files.as_ref(), &self.root.join(tile.to_string()), 8_192).ok()?;
        let (hashes, []) = bytes.as_chunks::<32>() else { return None };
        (hashes.len() == 256).then(|| hashes.iter().map(|hash| Hash(*hash)).collect())
    }

    /// Where the batch with this entry lies in its segment.
    fn place_of(&self, segment: u64, entry: u64) -> Result<Place, LedgerError> {
        let places = self.places(segment)?;
        let place = places.get(places.partition_point(|place| place.size <= entry));
        place
            .filter(|place| place.first <= entry)
            .copied()
            .ok_or_else(|| LedgerError::damaged(&entries_path(&self.root, segment), entry, MISSING))
    }

    /// Where the batches of a segment lie, up to the first that is damaged.
    fn places(&self, first: u64) -> Result<Arc<Vec<Place>>, LedgerError> {
        if let Ok(places) = self.places.lock()
            && let Some(found) = places.get(&first)
        {
            return Ok(Arc::clone(found));
        }
        let path = entries_path(&self.root, first);
        let mut batches = Batches::open(self.files.as_ref(), &path, first)?;
        let (mut found, mut next) = (Vec::new(), first);
        while let Some(batch) = batches.next()?.ok().flatten().filter(|batch| batch.holds_from(next)) {
            next = batch.commit.after.size();
            found.push(Place {
                first: batch.commit.first,
                size: batch.commit.after.size(),
                offset: batch.offset,
            });
        }
        let found = Arc::new(found);
        if let Ok(mut places) = self.places.lock() {
            if places.len() >= MOST_SEGMENTS {
                places.clear();
            }
            places.insert(first, Arc::clone(&found));
        }
        Ok(found)
    }
}

impl BatchSeen {
    fn of(commit: &Commit) -> Self {
        let size = commit.after.size();
        Self { number: commit.batch, size, entries: size - commit.first, time: commit.time }
    }
}

/// The index of the first entry of each segment in a log's folder.
pub(crate) fn segments(files: &dyn FileSystem, root: &Path) -> Result<Vec<u64>, LedgerError> {
    let folder = root.join(SEGMENTS);
    let names = files.list(&folder).map_err(LedgerError::file("read", &folder))?;
    let segments: Vec<u64> = names.iter().filter_map(|name| first_of(name)).collect();
    match segments.first() {
        None => Err(LedgerError::Absent(root.to_owned())),
        Some(0) => Ok(segments),
        Some(_) => Err(LedgerError::Missing { folder, first: 0 }),
    }
}

/// Refuses a segment that does not continue what stands before it.
pub(crate) fn check_joint(
    path: &Path,
    root: Hash,
    first: u64,
    before: Option<&Commit>,
) -> Result<(), LedgerError> {
    let (size, expected) =
        before.map_or((0, Hash::of_nothing()), |commit| (commit.after.size(), commit.after.root()));
    if size < first {
        let folder = path.parent().unwrap_or(path).to_owned();
        return Err(LedgerError::Missing { folder, first: size });
    }
    if size > first || root != expected {
        return Err(LedgerError::damaged(path, first, "it does not continue the segment before it"));
    }
    Ok(())
}

/// The last whole batch of a segment that may end within one.
fn whole_batches(mut batches: Batches) -> Result<Option<Commit>, LedgerError> {
    let (mut last, mut next) = (None, batches.header().first);
    while let Some(batch) = batches.next()?.ok().flatten().filter(|batch| batch.holds_from(next)) {
        next = batch.commit.after.size();
        last = Some(batch.commit);
    }
    Ok(last)
}

fn whole<T>(path: &Path, read: Result<T, crate::batches::Torn>) -> Result<T, LedgerError> {
    read.map_err(|torn| LedgerError::damaged(path, torn.entry, torn.what))
}

/// The sealed payloads of a batch, as records; refused if their sum does not fit.
pub(crate) fn vault_bytes(
    files: &dyn FileSystem,
    root: &Path,
    segment: u64,
    commit: &Commit,
) -> Result<Vec<u8>, LedgerError> {
    let (offset, length, sum) = commit.vault;
    if length == 0 {
        return Ok(Vec::new());
    }
    let path = root.join(SEGMENTS).join(name(SegmentKind::Vault, segment));
    let file = files.open_to_read(&path).map_err(LedgerError::file("read", &path))?;
    let torn = || LedgerError::damaged(&path, commit.first, "the payloads of its batch are damaged");
    if file.length().map_err(LedgerError::file("read", &path))? < offset.saturating_add(length) {
        return Err(torn());
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(|_| torn())?];
    file.read_at(offset, &mut bytes).map_err(LedgerError::file("read", &path))?;
    if crc32c::crc32c(&bytes) == sum { Ok(bytes) } else { Err(torn()) }
}

pub(crate) fn entries_path(root: &Path, first: u64) -> PathBuf {
    root.join(SEGMENTS).join(name(SegmentKind::Entries, first))
}

/// The root over 2ⁿ hashes.
pub(crate) fn root_of_tile(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [hash] => Some(*hash),
        [] => None,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(root_of_tile(left)?, root_of_tile(right)?))
        }
    }
}

/// The folder of segments in that of a log.
pub(crate) const SEGMENTS: &str = "segments";
const MISSING: &str = "the batch with this entry cannot be read";
const WIDTH: u64 = 256;
/// Eight mebibytes of hashes.
const MOST_TILES: usize = 1_024;
const MOST_SEGMENTS: usize = 64;
