//! Reading a segment of entries batch by batch, with one batch in memory.

use std::path::{Path, PathBuf};

use crate::entry;
use crate::error::LedgerError;
use crate::file_system::{File, FileSystem};
use crate::hash::leaf_hash;
use crate::segment::{Commit, HEADER, Header, LONGEST_COMMIT, MARK, SegmentKind, records};

/// A batch as read: its sums fit, but whether it continues the tree is for the reader to check.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Where in the file it begins.
    pub(crate) offset: u64,
    /// Its records.
    pub(crate) records: Vec<u8>,
    /// How it ends.
    pub(crate) commit: Commit,
}

impl Batch {
    /// The entries in it.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &[u8]> {
        records(&self.records).flatten()
    }

    /// Whether it begins with this entry, and holds as many as its commit says.
    pub(crate) fn holds_from(&self, first: u64) -> bool {
        let Commit { first: begins, after, .. } = &self.commit;
        *begins == first && first.checked_add(self.entries().count() as u64) == Some(after.size())
    }

    /// What is wrong with the batch as a continuation of the tree; the index of the entry at fault.
    pub(crate) fn fault(&self, before: &crate::Frontier) -> Option<(u64, &'static str)> {
        let first = before.size();
        if self.commit.first != first || self.commit.before != before.root() {
            return Some((first, "it does not continue what stands before it"));
        }
        let mut after = before.clone();
        self.entries().for_each(|entry| after.push(leaf_hash(entry), |_, _, _| ()));
        (after != self.commit.after)
            .then_some((first, "an entry of this batch was changed, added or taken away"))
    }
}

/// The batches of a segment, from the first.
#[derive(Debug)]
pub(crate) struct Batches {
    path: PathBuf,
    file: Box<dyn File>,
    /// The index of the next entry, where known.
    next: u64,
    /// Where in the file the buffer begins.
    offset: u64,
    buffer: Vec<u8>,
    header: Header,
}

/// Why there is no further batch.
#[derive(Debug)]
pub(crate) struct Torn {
    /// Where in the file the batch begins that is not whole.
    pub(crate) offset: u64,
    /// The index of its first entry.
    pub(crate) entry: u64,
    /// What is wrong.
    pub(crate) what: &'static str,
}

impl Batches {
    /// Opens a segment whose first entry has this index.
    pub(crate) fn open(files: &dyn FileSystem, path: &Path, first: u64) -> Result<Self, LedgerError> {
        let file = files.open_to_read(path).map_err(LedgerError::file("read", path))?;
        let mut header = [0; HEADER];
        let count = file.read_at(0, &mut header).map_err(LedgerError::file("read", path))?;
        let header = Header::decode(&header)
            .filter(|header| count == HEADER && header.kind == SegmentKind::Entries && header.first == first);
        let header = header.ok_or_else(|| LedgerError::damaged(path, first, "its header is damaged"))?;
        let buffer = Vec::new();
        Ok(Self { path: path.to_owned(), file, next: first, offset: HEADER as u64, buffer, header })
    }

    /// The header of the segment.
    pub(crate) fn header(&self) -> Header {
        self.header
    }

    /// Goes to the batch that begins at an offset, with this entry.
    pub(crate) fn seek(&mut self, offset: u64, entry: u64) {
        (self.offset, self.next) = (offset, entry);
        self.buffer.clear();
    }

    /// The next batch; none at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Result<Option<Batch>, Torn>, LedgerError> {
        let (offset, entry) = (self.offset, self.next);
        let torn = |what| Ok(Err(Torn { offset, entry, what }));
        let mut at = 0;
        loop {
            let Some(head) = self.bytes(at, 4)? else {
                let ended = at == 0 && self.buffer.is_empty();
                return if ended { Ok(Ok(None)) } else { torn("it ends within a batch") };
            };
            let length = head.first_chunk().map_or(0, |head| u32::from_be_bytes(*head)) as usize;
            if length == u32::MAX as usize {
                break;
            }
            if length == 0 || length > entry::LONGEST {
                return torn("a record has no possible length");
            }
            at += 4 + length;
            if at > LONGEST_BATCH {
                return torn("a batch has no end");
            }
        }
        self.bytes(at, LONGEST_COMMIT)?;
        let Some((commit, length)) = self.buffer.get(at..).and_then(Commit::decode) else {
            return torn("the commit of a batch is damaged");
        };
        let rest = self.buffer.split_off(at + length);
        let mut records = std::mem::replace(&mut self.buffer, rest);
        records.truncate(at);
        if crc32c::crc32c(&records) != commit.records {
            return torn("the records of a batch are damaged");
        }
        self.offset += (at + length) as u64;
        self.next = commit.after.size();
        Ok(Ok(Some(Batch { offset, records, commit })))
    }

    /// Whether a commit stands behind this place that begins later than with this entry: then what lies between was
    /// damaged after it had been synced, and is no batch that a loss of power cut short.
    pub(crate) fn continues_after(&self, torn: &Torn) -> Result<bool, LedgerError> {
        let mut window = Vec::new();
        let mut at = torn.offset;
        let mut chunk = vec![0; READ];
        loop {
            let count = self.file.read_at(at, &mut chunk).map_err(LedgerError::file("read", &self.path))?;
            window.extend_from_slice(chunk.get(..count).unwrap_or_default());
            let ended = count < READ;
            let searched = if ended { window.len() } else { window.len().saturating_sub(LONGEST_COMMIT) };
            for start in 0..searched {
                let Some(here) = window.get(start..).filter(|here| here.starts_with(MARK)) else { continue };
                if Commit::decode(here).is_some_and(|(commit, _)| commit.first > torn.entry) {
                    return Ok(true);
                }
            }
            if ended {
                return Ok(false);
            }
            window.drain(..searched);
            at += count as u64;
        }
    }

    /// Bytes of the current batch, read from the file as needed; none if the file ends before.
    fn bytes(&mut self, at: usize, count: usize) -> Result<Option<&[u8]>, LedgerError> {
        while self.buffer.len() < at + count {
            let old = self.buffer.len();
            self.buffer.resize(old + READ, 0);
            let read = self
                .file
                .read_at(self.offset + old as u64, self.buffer.get_mut(old..).unwrap_or_default())
                .map_err(LedgerError::file("read", &self.path))?;
            self.buffer.truncate(old + read);
            if read < READ {
                break;
            }
        }
        Ok(self.buffer.get(at..at + count))
    }
}

/// The last commit of a segment, found from the end of its file; none if the file ends otherwise.
pub(crate) fn last_commit(files: &dyn FileSystem, path: &Path) -> Result<Option<Commit>, LedgerError> {
    let failed = || LedgerError::file("read", path);
    let file = files.open_to_read(path).map_err(failed())?;
    let length = file.length().map_err(failed())?;
    let start = length.saturating_sub(LONGEST_COMMIT as u64).max(HEADER as u64);
    let mut bytes = vec![0; usize::try_from(length.saturating_sub(start)).unwrap_or(0)];
    let count = file.read_at(start, &mut bytes).map_err(failed())?;
    bytes.truncate(count);
    let commit = || {
        let (body, _sum) = bytes.split_last_chunk::<4>()?;
        let (_, length) = body.split_last_chunk::<2>()?;
        let start = bytes.len().checked_sub(u16::from_be_bytes(*length).into())?;
        Commit::decode(bytes.get(start..)?)
    };
    Ok(commit().map(|(commit, _)| commit))
}

const READ: usize = 1 << 16;
/// More than the log ever writes as one.
const LONGEST_BATCH: usize = 64 << 20;
