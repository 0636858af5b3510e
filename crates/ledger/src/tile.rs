//! Tiles (C2SP `tlog-tiles`): how a log lies in files, 256 hashes or entries in each.

use std::fmt;

use crate::encoding::decimal;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes of a level; each is the root of 256 of the level below.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// One file of the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its place among those of its kind.
    pub index: u64,
    /// How many it holds: 1 to 256, and fewer than 256 only in the last.
    pub width: u16,
}

impl Tile {
    /// The tiles of a level that a log of this size has, from the left.
    pub fn of_level(level: u8, size: u64) -> impl Iterator<Item = Self> {
        Self::all(TileKind::Hashes(level), size.checked_shr(8 * u32::from(level)).unwrap_or(0))
    }

    /// The bundles of entries that a log of this size has, from the left.
    pub fn of_entries(size: u64) -> impl Iterator<Item = Self> {
        Self::all(TileKind::Entries, size)
    }

    fn all(kind: TileKind, count: u64) -> impl Iterator<Item = Self> {
        (0..count.div_ceil(WIDTH)).map(move |index| {
            let width = u16::try_from((count - index * WIDTH).min(WIDTH)).unwrap_or(256);
            Self { kind, index, width }
        })
    }

    /// Reads a path such as `tile/0/x001/x234/067.p/8`.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(u8::try_from(decimal(level)?).ok().filter(|level| *level < LEVELS)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => {
                (index, u16::try_from(decimal(width)?).ok().filter(|w| (1..256).contains(w))?)
            }
            None => (rest, 256),
        };
        let digits = index.replace(['x', '/'], "");
        let tile = Self { kind, index: digits.parse().ok()?, width };
        // Only the one way to write it is a path.
        (tile.to_string() == path).then_some(tile)
    }
}

impl fmt::Display for Tile {
    /// The path below the log's address.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(formatter, "tile/{level}/{}", place(self.index))?,
            TileKind::Entries => write!(formatter, "tile/entries/{}", place(self.index))?,
        }
        if self.width < 256 { write!(formatter, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// A number in groups of three digits, all but the last after an `x`: 1234067 is `x001/x234/067`.
pub fn place(index: u64) -> String {
    let mut path = format!("{:03}", index % 1_000);
    let mut rest = index / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    path
}

/// A bundle of entries that is torn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bundle of entries ends within an entry")]
pub struct BundleError;

/// The entries of a bundle: two bytes of length, the greater first, before each.
pub fn bundle_entries(bundle: &[u8]) -> impl Iterator<Item = Result<&[u8], BundleError>> {
    let mut rest = bundle;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = rest
            .split_first_chunk::<2>()
            .and_then(|(length, after)| after.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        rest = entry.map_or(&[], |(_, after)| after);
        Some(entry.map(|(entry, _)| entry).ok_or(BundleError))
    })
}

const WIDTH: u64 = 256;
/// A log of 2⁶⁴ entries has no more levels.
const LEVELS: u8 = 64;
