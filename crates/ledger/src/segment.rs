//! Segments: the files in which entries lie, batch after batch, and those beside them in which sealed payloads lie.
//!
//! A segment begins with a header. A batch is its records, each a length and bytes, and then a commit that names what
//! the tree was before and after. Whatever follows the last commit never happened.

use crate::frontier::Frontier;
use crate::hash::Hash;

/// What a segment file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SegmentKind {
    /// Entries and commits.
    Entries,
    /// Sealed payloads.
    Vault,
}

/// The first bytes of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// What it holds.
    pub(crate) kind: SegmentKind,
    /// The index of its first entry.
    pub(crate) first: u64,
    /// The root of the log before that entry.
    pub(crate) root: Hash,
}

impl Header {
    pub(crate) fn encode(self) -> [u8; HEADER] {
        let mut out = Vec::with_capacity(HEADER);
        out.extend_from_slice(match self.kind {
            SegmentKind::Entries => ENTRIES,
            SegmentKind::Vault => VAULT,
        });
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.root.0);
        let sum = crc32c::crc32c(&out);
        out.extend_from_slice(&sum.to_be_bytes());
        out.try_into().unwrap_or([0; HEADER])
    }

    pub(crate) fn decode(bytes: &[u8; HEADER]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<4>()?;
        let (magic, rest) = body.split_first_chunk::<8>()?;
        let (first, root) = rest.split_first_chunk::<8>()?;
        let kind = match magic {
            ENTRIES => SegmentKind::Entries,
            VAULT => SegmentKind::Vault,
            _ => return None,
        };
        let header = Self { kind, first: u64::from_be_bytes(*first), root: Hash(root.try_into().ok()?) };
        (u32::from_be_bytes(*sum) == crc32c::crc32c(body)).then_some(header)
    }
}

/// What ends a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    /// The number of the batch in the log, from 0.
    pub(crate) batch: u64,
    /// The size of the log before it.
    pub(crate) first: u64,
    /// The time of its last entry.
    pub(crate) time: u64,
    /// The root before it.
    pub(crate) before: Hash,
    /// CRC-32C of its records.
    pub(crate) records: u32,
    /// Where its payloads begin in the vault segment, how many bytes they are, and their CRC-32C.
    pub(crate) vault: (u64, u64, u32),
    /// The tree with it.
    pub(crate) after: Frontier,
}

impl Commit {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(COMMIT + 32 * self.after.peaks().len());
        out.extend_from_slice(MARK);
        let length = u16::try_from(COMMIT + 32 * self.after.peaks().len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        for number in [self.batch, self.first, self.after.size(), self.time, self.vault.0, self.vault.1] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.vault.2.to_be_bytes());
        out.extend_from_slice(&self.records.to_be_bytes());
        out.extend_from_slice(&self.before.0);
        out.extend_from_slice(&self.after.root().0);
        for peak in self.after.peaks() {
            out.extend_from_slice(&peak.0);
        }
        // The length again, so that the last commit of a file is found from its end.
        out.extend_from_slice(&length.to_be_bytes());
        let sum = crc32c::crc32c(&out);
        out.extend_from_slice(&sum.to_be_bytes());
        out
    }

    /// Reads the commit at the start of these bytes, and how long it is.
    pub(crate) fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let length = usize::from(u16::from_be_bytes(*bytes.get(8..10)?.first_chunk()?));
        let whole = bytes.get(..length).filter(|_| length <= LONGEST_COMMIT)?;
        let (body, sum) = whole.split_last_chunk::<4>()?;
        if !whole.starts_with(MARK) || u32::from_be_bytes(*sum) != crc32c::crc32c(body) {
            return None;
        }
        let (_, mut rest) = body.split_at_checked(10)?;
        let mut number = || {
            let (taken, after) = rest.split_first_chunk::<8>()?;
            rest = after;
            Some(u64::from_be_bytes(*taken))
        };
        let (batch, first, size, time) = (number()?, number()?, number()?, number()?);
        let (vault_at, vault_length) = (number()?, number()?);
        let (vault_sum, rest) = rest.split_first_chunk::<4>()?;
        let (records, rest) = rest.split_first_chunk::<4>()?;
        let (before, rest) = rest.split_first_chunk::<32>()?;
        let (root, rest) = rest.split_first_chunk::<32>()?;
        let (peaks, _length) = rest.split_last_chunk::<2>()?;
        let (peaks, []) = peaks.as_chunks::<32>() else { return None };
        let after = Frontier::new(size, peaks.iter().map(|peak| Hash(*peak)).collect())?;
        let commit = Self {
            batch,
            first,
            time,
            before: Hash(*before),
            records: u32::from_be_bytes(*records),
            vault: (vault_at, vault_length, u32::from_be_bytes(*vault_sum)),
            after,
        };
        // No log comes near 2⁶³, and below it the next number and the end of the payloads are numbers too.
        let possible = [batch, size, vault_at, vault_length].iter().all(|number| *number < 1 << 63);
        (possible && commit.after.root() == Hash(*root) && first < size).then_some((commit, length))
    }
}

/// Appends a record.
pub(crate) fn push_record(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The records that these bytes are; an error in the place of one that is torn.
pub(crate) fn records(bytes: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let record = rest.split_first_chunk::<4>().and_then(|(length, after)| {
            after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
        });
        rest = record.map_or(&[], |(_, after)| after);
        Some(record.map(|(record, _)| record))
    })
}

/// The name of the segment whose first entry has this index.
pub(crate) fn name(kind: SegmentKind, first: u64) -> String {
    match kind {
        SegmentKind::Entries => format!("{first:020}.entries"),
        SegmentKind::Vault => format!("{first:020}.vault"),
    }
}

/// The index of the first entry of a segment of entries by this name.
pub(crate) fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".entries").filter(|digits| digits.len() == 20)?;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// How many bytes a header has.
pub(crate) const HEADER: usize = 52;
/// How many bytes a commit has besides the peaks.
const COMMIT: usize = 8 + 2 + 6 * 8 + 4 + 4 + 32 + 32 + 2 + 4;
/// The most bytes that a commit has.
pub(crate) const LONGEST_COMMIT: usize = COMMIT + 32 * 64;
/// How a commit begins: bytes that no entry holds, because text never has them, and no length is so great.
pub(crate) const MARK: &[u8; 8] = b"\xff\xff\xff\xffDTC\x01";
const ENTRIES: &[u8; 8] = b"DTENTRY\x01";
const VAULT: &[u8; 8] = b"DTVAULT\x01";
