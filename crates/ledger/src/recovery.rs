//! Opening a log after whatever happened: whole batches are kept, what a loss of power cut short is dropped, and what
//! is damaged or shorter than what was signed is named and left as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::batches::{Batches, Torn, last_commit};
use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::file_system::{FileSystem, STAGED, read_whole};
use crate::frontier::Frontier;
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::log::{OpenSegment, Signers, open_segment};
use crate::note::Note;
use crate::options::Place;
use crate::reader::{Reader, SEGMENTS, check_joint, entries_path, segments, vault_bytes};
use crate::segment::{Commit, HEADER, SegmentKind, name};

/// What was found when a log was opened.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The tree of all entries.
    pub(crate) frontier: Frontier,
    /// How many batches there are.
    pub(crate) batches: u64,
    /// The time of the last entry.
    pub(crate) time: u64,
    /// The finished segments that are not closed yet.
    pub(crate) unsealed: Vec<u64>,
    /// How many bytes were dropped of a batch that was never acknowledged.
    pub dropped: u64,
    /// How many entries there are.
    pub size: u64,
}

/// Reads the last segment, mends its end, and holds the log against what was signed.
pub(crate) fn recover(
    files: &Arc<dyn FileSystem>,
    place: &Place,
    signers: &Signers,
) -> Result<(OpenSegment, Recovered), LedgerError> {
    let root = &place.root;
    let folder = root.join(SEGMENTS);
    for staged in files.list(&folder).map_err(LedgerError::file("read", &folder))? {
        if staged.ends_with(STAGED) {
            let path = folder.join(staged);
            files.remove(&path).map_err(LedgerError::file("remove", &path))?;
        }
    }
    let segments = segments(files.as_ref(), root)?;
    let mut before: Option<Commit> = None;
    let Some((&tail, sealed)) = segments.split_last() else { return Err(LedgerError::Absent(root.clone())) };
    for &first in sealed {
        let path = entries_path(root, first);
        let batches = Batches::open(files.as_ref(), &path, first)?;
        check_joint(&path, batches.header().root, first, before.as_ref())?;
        before = last_commit(files.as_ref(), &path)?;
        if before.is_none() {
            return Err(LedgerError::damaged(&path, first, "it does not end with a whole batch"));
        }
    }
    let mut unsealed = Vec::new();
    for &first in sealed {
        let path = entries_path(root, first);
        if !files.is_read_only(&path).map_err(LedgerError::file("read", &path))? {
            unsealed.push(first);
        }
    }
    let scanned = Scanned::of(files.as_ref(), root, tail, before.as_ref())?;
    hold_against_signed(files, place, signers, &scanned)?;
    let segment = mend(files.as_ref(), place, tail, &scanned)?;
    let recovered = Recovered {
        batches: scanned.last.as_ref().map_or(0, |commit| commit.batch + 1),
        time: scanned.last.as_ref().map_or(0, |commit| commit.time),
        size: scanned.frontier.size(),
        frontier: scanned.frontier,
        unsealed,
        dropped: scanned.dropped,
    };
    Ok((segment, recovered))
}

/// The last segment as read.
struct Scanned {
    frontier: Frontier,
    /// The last whole batch of the log.
    last: Option<Commit>,
    /// The size and root of the log after each batch of the segment.
    roots: Vec<(u64, Hash)>,
    /// Where the whole batches of the segment end, and the payloads of these.
    end: u64,
    vault_end: u64,
    dropped: u64,
    /// What the end that is dropped looks like, and in which file.
    torn: Option<(PathBuf, Torn)>,
}

impl Scanned {
    fn of(
        files: &dyn FileSystem,
        root: &Path,
        tail: u64,
        before: Option<&Commit>,
    ) -> Result<Self, LedgerError> {
        let path = entries_path(root, tail);
        let mut batches = Batches::open(files, &path, tail)?;
        check_joint(&path, batches.header().root, tail, before)?;
        let frontier = before.map(|commit| commit.after.clone()).unwrap_or_default();
        let header = HEADER as u64;
        let mut scanned = Self {
            roots: vec![(tail, frontier.root())],
            frontier,
            last: before.cloned(),
            end: header,
            vault_end: header,
            dropped: 0,
            torn: None,
        };
        let mut previous: Option<(Self, Commit)> = None;
        loop {
            let batch = match batches.next()? {
                Ok(None) => break,
                Ok(Some(batch)) => batch,
                Err(torn) => {
                    if batches.continues_after(&torn)? {
                        return Err(LedgerError::damaged(&path, torn.entry, torn.what));
                    }
                    scanned.torn = Some((path.clone(), torn));
                    break;
                }
            };
            if let Some((entry, what)) = batch.fault(&scanned.frontier) {
                return Err(LedgerError::damaged(&path, entry, what));
            }
            previous = Some((scanned.mark(), batch.commit.clone()));
            scanned.end = batch.offset + (batch.records.len() + batch.commit.encode().len()) as u64;
            scanned.vault_end = batch.commit.vault.0 + batch.commit.vault.1;
            scanned.frontier = batch.commit.after.clone();
            scanned.roots.push((scanned.frontier.size(), scanned.frontier.root()));
            scanned.last = Some(batch.commit);
        }
        // Both files are synced at once: of the last batch, one may be whole and the other not.
        if let Some((mark, commit)) = previous
            && vault_bytes(files, root, tail, &commit).is_err()
        {
            let vault = root.join(SEGMENTS).join(name(SegmentKind::Vault, tail));
            let torn =
                Torn { offset: mark.end, entry: commit.first, what: "the payloads of its batch are damaged" };
            scanned = mark;
            scanned.torn = Some((vault, torn));
        }
        let length = files.open_to_read(&path).and_then(|file| file.length());
        scanned.dropped = length.map_err(LedgerError::file("read", &path))?.saturating_sub(scanned.end);
        Ok(scanned)
    }

    /// How things stand, to come back to.
    fn mark(&self) -> Self {
        Self {
            frontier: self.frontier.clone(),
            last: self.last.clone(),
            roots: self.roots.clone(),
            end: self.end,
            vault_end: self.vault_end,
            dropped: 0,
            torn: None,
        }
    }
}

/// Refuses a log that is shorter or other than what was signed, according to its checkpoint and its register.
fn hold_against_signed(
    files: &Arc<dyn FileSystem>,
    place: &Place,
    signers: &Signers,
    scanned: &Scanned,
) -> Result<(), LedgerError> {
    let size = scanned.frontier.size();
    let register = signed(files.as_ref(), &place.register, place, signers)?;
    if register.is_none() {
        return Err(LedgerError::Checkpoint {
            file: place.register.clone(),
            what: "the register is missing; restore it from its backup, or name where it lies".into(),
        });
    }
    let beside = place.root.join(CHECKPOINT);
    let checkpoint = signed(files.as_ref(), &beside, place, signers)?;
    for (seen, signed) in [(&place.register, register), (&beside, checkpoint)] {
        let Some(signed) = signed else { continue };
        if signed.size > size {
            return Err(match &scanned.torn {
                Some((file, torn)) => LedgerError::damaged(file, torn.entry, torn.what),
                None => LedgerError::Behind { size, signed: signed.size, seen: seen.clone() },
            });
        }
        let known = scanned.roots.iter().find(|(size, _)| *size == signed.size).map(|(_, root)| *root);
        let root = match known {
            Some(root) => root,
            None => root_against(files, &place.root, &signed)?,
        };
        if root != signed.root {
            return Err(LedgerError::Forked { size: signed.size, seen: seen.clone() });
        }
    }
    Ok(())
}

/// The root of the entries that a checkpoint speaks of. One tile that was changed does not make a log rewritten: what
/// the tiles do not lead to is read again from the entries.
pub(crate) fn root_against(
    files: &Arc<dyn FileSystem>,
    root: &Path,
    signed: &Checkpoint,
) -> Result<Hash, LedgerError> {
    let reader = Reader::open(Arc::clone(files), root)?;
    match reader.root_at(signed.size)? {
        found if found == signed.root => Ok(found),
        _ => reader.without_tiles().root_at(signed.size),
    }
}

/// A checkpoint of this log in a file, signed by one of its keys; none if there is no file.
pub(crate) fn signed(
    files: &dyn FileSystem,
    path: &Path,
    place: &Place,
    signers: &Signers,
) -> Result<Option<Checkpoint>, LedgerError> {
    signed_by(files, path, &place.origin, &signers.known())
}

/// A checkpoint of the log of this name in a file, signed by one of these keys; none if there is no file.
pub(crate) fn signed_by(
    files: &dyn FileSystem,
    path: &Path,
    origin: &str,
    keys: &[VerifierKey],
) -> Result<Option<Checkpoint>, LedgerError> {
    let bytes = match read_whole(files, path, 1 << 20) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(LedgerError::file("read", path))?,
    };
    let read = || {
        let text = String::from_utf8(bytes).map_err(|_| "it is not text".to_owned())?;
        let note = Note::parse(&text).map_err(|error| error.to_string())?;
        let (text, _) = note.verify(keys).map_err(|error| error.to_string())?;
        let checkpoint = Checkpoint::parse(text).map_err(|error| error.to_string())?;
        if checkpoint.origin != origin {
            return Err(format!("it is of the log `{}`", checkpoint.origin));
        }
        Ok(checkpoint)
    };
    read().map(Some).map_err(|what| LedgerError::Checkpoint { file: path.to_owned(), what })
}

/// Cuts off what is not whole, and opens both files of the segment.
fn mend(
    files: &dyn FileSystem,
    place: &Place,
    tail: u64,
    scanned: &Scanned,
) -> Result<OpenSegment, LedgerError> {
    let folder = place.root.join(SEGMENTS);
    let vault = folder.join(name(SegmentKind::Vault, tail));
    let names = files.list(&folder).map_err(LedgerError::file("read", &folder))?;
    if !names.contains(&name(SegmentKind::Vault, tail)) {
        if scanned.end == HEADER as u64 {
            // The power failed while the segment was made: nothing was entered in it.
            return open_segment(files, place, tail, scanned.frontier.root());
        }
        return Err(LedgerError::damaged(&vault, tail, "it is missing"));
    }
    let cut = |path: &Path, end: u64| {
        let file = files.open(path).map_err(LedgerError::file("open", path))?;
        let length = file.length().map_err(LedgerError::file("read", path))?;
        if length < end {
            return Err(LedgerError::damaged(path, tail, "it is shorter than its batches say"));
        }
        if length > end {
            file.truncate(end).and_then(|()| file.sync()).map_err(LedgerError::file("mend", path))?;
        }
        Ok(file)
    };
    let entries = cut(&entries_path(&place.root, tail), scanned.end)?;
    let vault = cut(&vault, scanned.vault_end)?;
    let (entries_length, vault_length) = (scanned.end, scanned.vault_end);
    Ok(OpenSegment { first: tail, entries, entries_length, vault, vault_length })
}

/// The file of the last published checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";
