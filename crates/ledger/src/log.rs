//! The log itself, in one thread: a batch goes in, is synced, signed, and only then acknowledged.
//!
//! The order is the promise. Entries and payloads are written and synced first; the checkpoint is signed after; a write
//! or sync that fails stops the log for good, because nobody knows what the disk then holds.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::checkpoint::Checkpoint;
use crate::entry::{Draft, Source, Statement};
use crate::error::LedgerError;
use crate::file_system::{File, FileSystem, Lock};
use crate::frontier::{Frontier, Growth};
use crate::hash::{Hash, leaf_hash};
use crate::key::VerifierKey;
use crate::key_store::KeyStore;
use crate::options::{Options, Place, Signer};
use crate::reader::{SEGMENTS, entries_path};
use crate::receipt::Receipt;
use crate::recovery::{Recovered, recover, signed};
use crate::segment::{Commit, HEADER, Header, SegmentKind, name, push_record};

/// A log that is open to be written.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) files: Arc<dyn FileSystem>,
    pub(crate) place: Place,
    pub(crate) options: Options,
    signers: Signers,
    pub(crate) keys: Option<Arc<Mutex<KeyStore>>>,
    segment: OpenSegment,
    pub(crate) frontier: Frontier,
    batch: u64,
    time: u64,
    full: bool,
    stopped: Option<String>,
    /// Of entries that the log makes itself.
    source: Source,
    _lock: Box<dyn Lock>,
}

/// The segment that grows.
#[derive(Debug)]
pub(crate) struct OpenSegment {
    pub(crate) first: u64,
    pub(crate) entries: Box<dyn File>,
    pub(crate) entries_length: u64,
    pub(crate) vault: Box<dyn File>,
    pub(crate) vault_length: u64,
}

/// Who signs, and the keys that signed before and sign no more.
pub(crate) struct Signers {
    pub(crate) signing: Vec<Box<dyn Signer>>,
    pub(crate) retired: Vec<VerifierKey>,
}

impl std::fmt::Debug for Signers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.signing.iter().map(|signer| signer.verifier())).finish()
    }
}

/// A batch that is on disk and signed for.
#[derive(Debug)]
pub struct Batch {
    /// The index of its first entry.
    pub first: u64,
    /// The bytes of its entries, as entered.
    pub entries: Vec<Vec<u8>>,
    /// The checkpoint over the log with it, a signed note.
    pub checkpoint: String,
    pub(crate) growth: Growth,
    /// The segment that it completed, if it did.
    pub(crate) sealed: Option<u64>,
}

impl Batch {
    /// The receipt of one of its entries.
    pub fn receipt(&self, index: u64) -> Option<Receipt> {
        let proof = self.growth.prove(index)?;
        Some(Receipt { extra: None, index, proof, checkpoint: self.checkpoint.clone() })
    }
}

impl Log {
    /// Begins a log where there is none.
    pub(crate) fn create(
        files: &dyn FileSystem,
        place: &Place,
        signers: &Signers,
    ) -> Result<(), LedgerError> {
        let folder = place.root.join(SEGMENTS);
        files.create_folder(&folder).map_err(LedgerError::file("make", &folder))?;
        let names = files.list(&folder).map_err(LedgerError::file("read", &folder))?;
        if names.iter().any(|name| crate::segment::first_of(name).is_some()) {
            return Err(LedgerError::Exists(place.root.clone()));
        }
        let note = signers.checkpoint(&place.origin, &Frontier::default())?;
        let above = place.register.parent().map(PathBuf::from).unwrap_or_default();
        files.create_folder(&above).map_err(LedgerError::file("make", &above))?;
        let register = &place.register;
        // One that was made just before the power failed is taken up; any other tells of a log that is not here.
        if signed(files, register, place, signers)?.is_some_and(|signed| signed.size > 0) {
            return Err(LedgerError::Checkpoint {
                file: register.clone(),
                what: "it tells of entries that are not here: restore them, or choose another register"
                    .into(),
            });
        }
        crate::file_system::replace(files, register, note.as_bytes(), true)
            .map_err(LedgerError::file("write", register))?;
        open_segment(files, place, 0, Hash::of_nothing())?;
        for folder in [Some(place.root.as_path()), place.root.parent()].into_iter().flatten() {
            if !folder.as_os_str().is_empty() {
                files.sync_folder(folder).map_err(LedgerError::file("sync", folder))?;
            }
        }
        Ok(())
    }

    /// Opens a log to be written, after it was found whole and no shorter than what was signed. `now` is the time, in
    /// milliseconds since 1970.
    pub(crate) fn open(
        files: Arc<dyn FileSystem>,
        place: Place,
        options: Options,
        signers: Signers,
        keys: Option<&Path>,
        now: u64,
    ) -> Result<(Self, Recovered), LedgerError> {
        let path = place.root.join(LOCK);
        if files.list(&place.root.join(SEGMENTS)).map_err(LedgerError::file("read", &place.root))?.is_empty()
        {
            return Err(LedgerError::Absent(place.root));
        }
        let holder = std::process::id().to_string();
        let lock = files.lock(&path, &holder).map_err(LedgerError::file("lock", &path))?;
        let lock = lock.map_err(|other| LedgerError::Held(other.trim().to_owned()))?;
        // Read under the lock: another process may have added keys until a moment ago.
        let keys = keys
            .map(|path| KeyStore::open(Arc::clone(&files), path))
            .transpose()
            .map_err(LedgerError::Keys)?;
        let keys = keys.map(|keys| Arc::new(Mutex::new(keys)));
        let (segment, recovered) = recover(&files, &place, &signers)?;
        if recovered.time > now.saturating_add(options.clock_slack) {
            return Err(LedgerError::Clock { by: (recovered.time - now) / 1_000 });
        }
        let free = files.free_space(&place.root).map_err(LedgerError::file("measure", &place.root))?;
        if free < options.low_water {
            return Err(LedgerError::Full { free, needed: options.low_water });
        }
        set_aside(files.as_ref(), &place, options.ballast)?;
        let log = Self {
            files,
            options,
            signers,
            keys,
            segment,
            frontier: recovered.frontier.clone(),
            batch: recovered.batches,
            time: recovered.time,
            full: false,
            stopped: None,
            source: Source { instance: "ledger".into(), epoch: now, sequence: 0 },
            _lock: lock,
            place,
        };
        Ok((log, recovered))
    }

    /// The checkpoint over the log as it is, a signed note.
    pub(crate) fn checkpoint(&self) -> Result<String, LedgerError> {
        self.signers.checkpoint(&self.place.origin, &self.frontier)
    }

    /// The time of the last entry.
    pub(crate) fn time(&self) -> u64 {
        self.time
    }

    /// How many of these drafts make the next batch: no more than a batch and the segment have room for.
    pub(crate) fn room(&self) -> usize {
        let used = self.segment.entries_length + self.segment.vault_length;
        let end = if used >= self.options.segment_bytes {
            self.frontier.size().next_multiple_of(256)
        } else {
            self.segment.first + self.options.segment_entries
        };
        // A segment that is just full is followed by another.
        let left = end.saturating_sub(self.frontier.size());
        let left = if left == 0 { self.options.segment_entries } else { left };
        usize::try_from(left).unwrap_or(usize::MAX).min(self.options.batch_entries)
    }

    /// Enters a batch of drafts: on disk, synced, and signed for when it returns. At most [`Log::room`] of them.
    ///
    /// After a failure other than a full disk found beforehand, nothing is entered any more.
    pub(crate) fn commit(&mut self, drafts: &[Draft]) -> Result<Batch, LedgerError> {
        if let Some(reason) = &self.stopped {
            return Err(LedgerError::Stopped(reason.clone()));
        }
        self.unless_full(drafts)?;
        let entered = self.unless_moved().and_then(|()| self.enter(drafts));
        if let Err(error) = &entered {
            self.stopped = Some(error.to_string());
        }
        entered
    }

    /// Refuses to sign where the register is gone: whoever took it away signs from now on, such as a restored copy of this
    /// log, and two that sign would make two histories.
    fn unless_moved(&self) -> Result<(), LedgerError> {
        match self.files.open_to_read(&self.place.register) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(LedgerError::Checkpoint {
                file: self.place.register.clone(),
                what: "the register was taken away while this log was open: nothing is signed any more"
                    .into(),
            }),
            _ => Ok(()),
        }
    }

    fn enter(&mut self, drafts: &[Draft]) -> Result<Batch, LedgerError> {
        let sealed = self.roll_if_full()?;
        let (mut entries, mut leaves) = (Vec::with_capacity(drafts.len()), Vec::with_capacity(drafts.len()));
        let (mut records, mut payloads) = (Vec::new(), Vec::new());
        for draft in drafts {
            self.time = self.time.max(draft.time);
            let entry = draft.at(self.time);
            leaves.push(leaf_hash(&entry));
            push_record(&mut records, &entry);
            draft.payloads.iter().for_each(|sealed| push_record(&mut payloads, &sealed.bytes));
            entries.push(entry);
        }
        let growth = Growth::of(self.frontier.clone(), leaves);
        let commit = Commit {
            batch: self.batch,
            first: self.frontier.size(),
            time: self.time,
            before: self.frontier.root(),
            records: crc32c::crc32c(&records),
            vault: (self.segment.vault_length, payloads.len() as u64, crc32c::crc32c(&payloads)),
            after: growth.after().clone(),
        };
        records.extend_from_slice(&commit.encode());
        self.write(&records, &payloads)?;
        let erased = drafts.iter().flat_map(|draft| draft.erases.iter().copied()).collect();
        self.destroy(&erased, commit.after.size())?;

        let first = commit.first;
        self.frontier = commit.after;
        self.batch += 1;
        let checkpoint = self.checkpoint()?;
        Ok(Batch { first, entries, checkpoint, growth, sealed })
    }

    /// Writes both files, and waits for both disks at once.
    fn write(&mut self, records: &[u8], payloads: &[u8]) -> Result<(), LedgerError> {
        let Self { segment, place, keys, .. } = self;
        let entries_path = entries_path(&place.root, segment.first);
        let vault_path = place.root.join(SEGMENTS).join(name(SegmentKind::Vault, segment.first));
        segment
            .entries
            .write_at(segment.entries_length, records)
            .map_err(LedgerError::file("write", &entries_path))?;
        let entries = || segment.entries.sync().map_err(LedgerError::file("sync", &entries_path));
        let beside = || {
            if !payloads.is_empty() {
                segment
                    .vault
                    .write_at(segment.vault_length, payloads)
                    .and_then(|()| segment.vault.sync())
                    .map_err(LedgerError::file("write", &vault_path))?;
            }
            match keys.as_ref().map(|keys| keys.lock()) {
                Some(Ok(mut keys)) => keys.sync().map_err(LedgerError::Keys),
                _ => Ok(()),
            }
        };
        if payloads.is_empty() {
            beside()?;
            entries()?;
        } else {
            std::thread::scope(|scope| {
                let beside = scope.spawn(beside);
                let entries = entries();
                let stopped = || LedgerError::Thread("writing the vault stopped".into());
                beside.join().unwrap_or_else(|_| Err(stopped())).and(entries)
            })?;
        }
        segment.entries_length += records.len() as u64;
        segment.vault_length += payloads.len() as u64;
        Ok(())
    }

    /// Destroys the keys that erasures name, before these are acknowledged.
    fn destroy(
        &mut self,
        erased: &std::collections::BTreeSet<uuid::Uuid>,
        size: u64,
    ) -> Result<(), LedgerError> {
        match self.keys.as_ref().map(|keys| keys.lock()) {
            Some(Ok(mut keys)) if !erased.is_empty() => {
                let destroyed = keys.destroy(erased, size);
                destroyed.map(|_| ()).map_err(LedgerError::Keys)
            }
            _ => Ok(()),
        }
    }

    /// Begins another segment where this one is full; the one that it completed.
    fn roll_if_full(&mut self) -> Result<Option<u64>, LedgerError> {
        let size = self.frontier.size();
        let used = self.segment.entries_length + self.segment.vault_length;
        let full = size - self.segment.first >= self.options.segment_entries
            || (used >= self.options.segment_bytes && size.is_multiple_of(256) && size > self.segment.first);
        if !full {
            return Ok(None);
        }
        let before = self.segment.first;
        self.segment = open_segment(self.files.as_ref(), &self.place, size, self.frontier.root())?;
        if let Some(Ok(mut keys)) = self.keys.as_ref().map(|keys| keys.lock()) {
            let noted = keys.destroy(&std::collections::BTreeSet::new(), size);
            noted.map_err(LedgerError::Keys)?;
        }
        Ok(Some(before))
    }

    /// Refuses a batch for which there is no room. The first time, that the ledger is full is entered itself, in the
    /// room that was set aside.
    fn unless_full(&mut self, drafts: &[Draft]) -> Result<(), LedgerError> {
        let root = &self.place.root;
        let weight: usize = drafts.iter().map(Draft::weight).sum();
        let needed = self.options.low_water.saturating_add(weight as u64);
        let free = self.files.free_space(root).map_err(LedgerError::file("measure", root))?;
        if free >= needed {
            if std::mem::take(&mut self.full) {
                set_aside(self.files.as_ref(), &self.place, self.options.ballast)?;
            }
            return Ok(());
        }
        let full = LedgerError::Full { free, needed };
        if !std::mem::replace(&mut self.full, true) {
            let ballast = root.join(BALLAST);
            let _ = self.files.remove(&ballast);
            self.source.sequence += 1;
            let statement = Statement {
                id: crate::entry::id_at(self.time),
                kind: "ledger.full",
                time: self.time,
                source: self.source.clone(),
                links: Vec::new(),
                clear: [("free".to_owned(), json!(free))].into(),
            };
            if let Ok(draft) = Draft::new(statement, Vec::new())
                && let Err(error) = self.enter(&[draft])
            {
                self.stopped = Some(error.to_string());
            }
        }
        Err(full)
    }
}

impl Signers {
    /// All keys by which a checkpoint of the log may have been signed.
    pub(crate) fn known(&self) -> Vec<VerifierKey> {
        let signing = self.signing.iter().map(|signer| signer.verifier());
        signing.chain(&self.retired).cloned().collect()
    }

    /// The checkpoint over a tree, signed by all.
    pub(crate) fn checkpoint(&self, origin: &str, tree: &Frontier) -> Result<String, LedgerError> {
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            size: tree.size(),
            root: tree.root(),
            extensions: Vec::new(),
        };
        let text = checkpoint.to_string();
        let mut note = format!("{text}\n");
        for signer in &self.signing {
            note.push_str(&signer.sign(&text).map_err(LedgerError::Signature)?);
        }
        if self.signing.is_empty() {
            return Err(LedgerError::Signature("there is no key to sign with".into()));
        }
        Ok(note)
    }
}

/// Makes the files of a segment; both stand whole in the folder, and would survive, before the first entry does.
pub(crate) fn open_segment(
    files: &dyn FileSystem,
    place: &Place,
    first: u64,
    root: Hash,
) -> Result<OpenSegment, LedgerError> {
    let folder = place.root.join(SEGMENTS);
    let mut opened = Vec::new();
    for kind in [SegmentKind::Vault, SegmentKind::Entries] {
        let path = folder.join(name(kind, first));
        let header = Header { kind, first, root }.encode();
        crate::file_system::replace(files, &path, &header, true)
            .map_err(LedgerError::file("write", &path))?;
        opened.push(files.open(&path).map_err(LedgerError::file("open", &path))?);
    }
    let (Some(entries), Some(vault)) = (opened.pop(), opened.pop()) else {
        return Err(LedgerError::Absent(folder));
    };
    let length = HEADER as u64;
    Ok(OpenSegment { first, entries, entries_length: length, vault, vault_length: length })
}

/// Sets bytes aside for when the disk is full.
fn set_aside(files: &dyn FileSystem, place: &Place, bytes: u64) -> Result<(), LedgerError> {
    let path = place.root.join(BALLAST);
    if bytes == 0
        || files.open_to_read(&path).is_ok_and(|file| file.length().is_ok_and(|length| length == bytes))
    {
        return Ok(());
    }
    let zeroes = vec![0; usize::try_from(bytes).unwrap_or(0)];
    crate::file_system::replace(files, &path, &zeroes, true).map_err(LedgerError::file("write", &path))
}

const LOCK: &str = "lock";
const BALLAST: &str = "ballast";
