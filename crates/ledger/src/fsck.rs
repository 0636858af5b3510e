//! Checking all of a log where it lies: every entry, batch, payload, tile and signed checkpoint, and what does not fit.
//!
//! It repairs nothing. Each finding names a file and an entry.

use std::path::Path;
use std::sync::Arc;

use crate::batches::{Batches, last_commit};
use crate::entry::Entry;
use crate::error::LedgerError;
use crate::file_system::{FileSystem, read_whole};
use crate::frontier::Frontier;
use crate::hash::{Hash, leaf_hash};
use crate::key::VerifierKey;
use crate::options::Place;
use crate::reader::{Reader, SEGMENTS, check_joint, entries_path, segments, vault_bytes};
use crate::recovery::{CHECKPOINT, root_against, signed_by};
use crate::seal::{reference_of, sealed_digest};
use crate::segment::{Commit, HEADER, Header, SegmentKind, name, records};
use crate::sources::Sources;
use crate::tile::{Tile, TileKind};

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// How many entries were read and lead to the root.
    pub entries: u64,
    /// How many batches.
    pub batches: u64,
    /// How many payloads lie where their entries say, as they were sealed.
    pub payloads: u64,
    /// How many tiles hold what they should.
    pub tiles: u64,
    /// What does not fit, a line each.
    pub wrong: Vec<String>,
    /// Who entered, and what gaps there are.
    pub sources: Sources,
    tree: Frontier,
    time: u64,
}

/// Checks a log. `known` are the keys that may have signed its checkpoints; `progress` is told of each batch's size.
pub fn fsck(
    files: &Arc<dyn FileSystem>,
    place: &Place,
    known: &[VerifierKey],
    mut progress: impl FnMut(u64) -> bool,
) -> Result<Findings, LedgerError> {
    let mut found = Findings::default();
    let segments = segments(files.as_ref(), &place.root)?;
    let mut before: Option<Commit> = None;
    for (number, &first) in segments.iter().enumerate() {
        let path = entries_path(&place.root, first);
        let mut batches = match Batches::open(files.as_ref(), &path, first) {
            Ok(batches) => batches,
            Err(error) => {
                found.wrong.push(error.to_string());
                return Ok(found);
            }
        };
        if let Err(error) = check_joint(&path, batches.header().root, first, before.as_ref()) {
            found.wrong.push(error.to_string());
            return Ok(found);
        }
        let mut vault = Some(vault_fault(files.as_ref(), place, first)?);
        loop {
            match batches.next()? {
                Ok(None) => break,
                Ok(Some(batch)) => {
                    // One without entries may have been made just before the power failed.
                    found.wrong.extend(vault.take().flatten());
                    if let Some((entry, what)) = batch.fault(&found.tree) {
                        found.wrong.push(LedgerError::damaged(&path, entry, what).to_string());
                    }
                    found.batch(files.as_ref(), place, first, &batch);
                    let size = batch.commit.after.size() - batch.commit.first;
                    found.tree = batch.commit.after.clone();
                    before = Some(batch.commit);
                    if !progress(size) {
                        return Ok(found);
                    }
                }
                Err(torn) => {
                    let tail = number + 1 == segments.len() && !batches.continues_after(&torn)?;
                    let what = if tail {
                        format!(
                            "{} (cut short: what follows was never acknowledged, or is damaged)",
                            torn.what
                        )
                    } else {
                        torn.what.to_owned()
                    };
                    found.wrong.push(LedgerError::damaged(&path, torn.entry, what).to_string());
                    before = last_commit(files.as_ref(), &path)?.or(before);
                    if let Some(commit) = &before {
                        found.tree = commit.after.clone();
                    }
                    break;
                }
            }
        }
    }
    found.signed(files, place, known);
    if found.wrong.is_empty() {
        found.tiles(files, place)?;
    }
    Ok(found)
}

impl Findings {
    /// The entries and payloads of a batch whose sums fit.
    fn batch(&mut self, files: &dyn FileSystem, place: &Place, segment: u64, batch: &crate::batches::Batch) {
        self.batches += 1;
        let path = entries_path(&place.root, segment);
        let sealed = match vault_bytes(files, &place.root, segment, &batch.commit) {
            Ok(sealed) => sealed,
            Err(error) => {
                self.wrong.push(error.to_string());
                Vec::new()
            }
        };
        let mut sealed = records(&sealed).flatten();
        for (index, bytes) in (batch.commit.first..).zip(batch.entries()) {
            self.entries += 1;
            let entry = match Entry::parse(bytes) {
                Ok(entry) => entry,
                Err(error) => {
                    self.wrong.push(LedgerError::damaged(&path, index, error.to_string()).to_string());
                    continue;
                }
            };
            if entry.time < self.time {
                let what = "its time lies before that of the entry before it";
                self.wrong.push(LedgerError::damaged(&path, index, what).to_string());
            }
            self.time = self.time.max(entry.time);
            if entry.links.iter().any(|link| *link >= index) {
                self.wrong
                    .push(LedgerError::damaged(&path, index, "it links to what was not there").to_string());
            }
            self.sources.note(&entry.source);
            for named in &entry.payloads {
                let whole = sealed.next().is_some_and(|bytes| {
                    reference_of(bytes).as_deref() == Some(&named.reference)
                        && sealed_digest(bytes) == named.digest
                });
                if whole {
                    self.payloads += 1;
                } else {
                    self.wrong.push(
                        LedgerError::damaged(&path, index, "its payload is missing or changed").to_string(),
                    );
                }
            }
        }
    }

    /// The checkpoint beside the log, and the register.
    fn signed(&mut self, files: &Arc<dyn FileSystem>, place: &Place, known: &[VerifierKey]) {
        let size = self.tree.size();
        for path in [place.root.join(CHECKPOINT), place.register.clone()] {
            let error = match signed_by(files.as_ref(), &path, &place.origin, known) {
                Err(error) => Some(error),
                Ok(None) => Some(LedgerError::Checkpoint { file: path, what: "it is missing".into() }),
                Ok(Some(signed)) if signed.size > size => {
                    Some(LedgerError::Behind { size, signed: signed.size, seen: path })
                }
                Ok(Some(signed)) => {
                    let root = if signed.size == size {
                        Ok(self.tree.root())
                    } else {
                        root_against(files, &place.root, &signed)
                    };
                    match root {
                        Ok(root) if root == signed.root => None,
                        Ok(_) => Some(LedgerError::Forked { size: signed.size, seen: path }),
                        Err(error) => Some(error),
                    }
                }
            };
            self.wrong.extend(error.map(|error| error.to_string()));
        }
    }

    /// The files of full tiles that are there.
    fn tiles(&mut self, files: &Arc<dyn FileSystem>, place: &Place) -> Result<(), LedgerError> {
        let reader = Reader::open(Arc::clone(files), &place.root)?;
        for level in 0_u8..7 {
            for tile in Tile::of_level(level, reader.size()).filter(|tile| tile.width == 256) {
                let path = place.root.join(tile.to_string());
                let Ok(bytes) = read_whole(files.as_ref(), &path, 8_192) else { continue };
                let hashes: Vec<Hash> = match tile.kind {
                    TileKind::Hashes(0) | TileKind::Entries => {
                        let mut hashes = Vec::new();
                        reader.entries(tile.index * 256..(tile.index + 1) * 256, |_, entry| {
                            hashes.push(leaf_hash(entry));
                            Ok::<(), LedgerError>(())
                        })?;
                        hashes
                    }
                    TileKind::Hashes(level) => reader.computed(level, tile.index)?,
                };
                let expected: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
                if bytes == expected {
                    self.tiles += 1;
                } else {
                    self.wrong.push(tile_fault(&path));
                }
            }
        }
        Ok(())
    }

    /// The root of all that was read.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }
}

/// What is wrong with the file of payloads of a segment as a whole.
fn vault_fault(files: &dyn FileSystem, place: &Place, first: u64) -> Result<Option<String>, LedgerError> {
    let path = place.root.join(SEGMENTS).join(name(SegmentKind::Vault, first));
    let mut header = [0; HEADER];
    let read = files.open_to_read(&path).and_then(|file| file.read_at(0, &mut header));
    let what = match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "it is missing",
        read => {
            let count = read.map_err(LedgerError::file("read", &path))?;
            let header = Header::decode(&header).filter(|_| count == HEADER);
            if header.is_some_and(|header| header.kind == SegmentKind::Vault && header.first == first) {
                return Ok(None);
            }
            "its header is damaged"
        }
    };
    Ok(Some(LedgerError::damaged(&path, first, what).to_string()))
}

fn tile_fault(path: &Path) -> String {
    format!("`{}` does not hold the hashes of the entries; it is derived: delete it", path.display())
}
