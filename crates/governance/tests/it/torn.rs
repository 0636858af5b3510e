//! What takes several entries and is cut off between them: none of it counts, and it can be done again.
//!
//! The power goes in the middle of a write of the log, so that every part before is whole on disk and the next is torn.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dualtrack_catalogue::Bilingual;
use dualtrack_governance::{Command, Refusal};
use dualtrack_inventory::{Kind, UseId};
use dualtrack_ledger::{Disk, File, FileSystem, Lock};
use serde_json::{Value, json};

use crate::bank::{Bank, documents, given};

/// The disk of the machine, until the power goes.
#[derive(Debug, Default)]
struct Power {
    /// How many batches of entries are still written whole.
    batches: AtomicU64,
    gone: AtomicBool,
}

impl Power {
    fn on(&self) -> io::Result<()> {
        if self.gone.load(Ordering::SeqCst) { Err(io::Error::other("the power is gone")) } else { Ok(()) }
    }
}

#[derive(Clone, Debug)]
struct Failing(Arc<Power>);

impl Failing {
    /// A disk that writes so many batches of entries, and of the next one half.
    fn after(batches: u64) -> Arc<dyn FileSystem> {
        Arc::new(Self(Arc::new(Power { batches: batches.into(), gone: false.into() })))
    }

    fn opened(&self, path: &Path, file: Box<dyn File>) -> Box<dyn File> {
        let holds_entries = path.extension().is_some_and(|ending| ending == "entries");
        Box::new(Opened { file, holds_entries, power: Arc::clone(&self.0) })
    }
}

#[derive(Debug)]
struct Opened {
    file: Box<dyn File>,
    holds_entries: bool,
    power: Arc<Power>,
}

impl File for Opened {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.power.on()?;
        if self.holds_entries
            && self
                .power
                .batches
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_err()
        {
            self.power.gone.store(true, Ordering::SeqCst);
            self.file.write_at(offset, &bytes[..bytes.len() / 2])?;
            return self.power.on();
        }
        self.file.write_at(offset, bytes)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.power.on()?;
        self.file.truncate(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.power.on()?;
        self.file.sync()
    }

    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}

impl FileSystem for Failing {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.0.on()?;
        Disk.create_folder(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        Disk.list(folder)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        self.0.on()?;
        Ok(self.opened(path, Disk.create(path)?))
    }

    fn create_secret(&self, path: &Path) -> io::Result<Box<dyn File>> {
        self.0.on()?;
        Ok(self.opened(path, Disk.create_secret(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(self.opened(path, Disk.open(path)?))
    }

    fn open_to_read(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Disk.open_to_read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.on()?;
        Disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.on()?;
        Disk.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.0.on()?;
        Disk.sync_folder(folder)
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        self.0.on()?;
        Disk.make_read_only(path)
    }

    fn is_read_only(&self, path: &Path) -> io::Result<bool> {
        Disk.is_read_only(path)
    }

    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        Disk.free_space(folder)
    }

    fn lock(&self, path: &Path, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        Disk.lock(path, holder)
    }
}

/// Everything on record, to be compared.
async fn everything(bank: &Bank) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        for stored in bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            lines.push(format!("{stored:?}"));
        }
    }
    lines.extend(bank.desk.trail(None, u64::MAX, 10_000).await.unwrap().iter().map(|one| format!("{one:?}")));
    lines
}

async fn watermark(bank: &Bank) -> u64 {
    bank.desk.store().read().await.unwrap().reading().watermark().await.unwrap().unwrap()
}

fn candidates() -> Command {
    let documents: Vec<Value> = (0..150)
        .map(|number| {
            json!({
                "schema": "dualtrack.candidate/1", "id": format!("candidate-{number}"), "service": "ChatGPT",
                "source": "proxy", "first_seen": "2026-11-01", "last_seen": "2026-11-02", "times": 3,
            })
        })
        .collect();
    Command::AddCandidates { documents }
}

fn suspend() -> Command {
    Command::Suspend {
        use_id: UseId::parse("transaction-monitoring").unwrap(),
        because: Bilingual { en: "It answers wrongly.".into(), zh_hant: "回答有誤。".into() },
    }
}

/// Cuts an action off after so many of its parts were entered; the bank after a restart on a sound disk.
async fn cut(bank: Bank, (person, command): (&str, Command), whole_parts: u64) -> Bank {
    let before = (everything(&bank).await, bank.reader().size());
    let bank = bank.restarted_on(Failing::after(whole_parts)).await;
    let refused = bank.act(person, command).await.unwrap_err();
    assert!(matches!(refused, Refusal::Stopped(_)), "{refused}");
    // Nothing more is taken, and it says what to do.
    let refused = bank.act(person, suspend()).await.unwrap_err();
    assert!(refused.to_string().contains("start it again"), "{refused}");
    assert!(bank.desk.stopped().is_some());
    let bank = bank.restarted_on(Arc::new(Disk)).await;
    assert_eq!(bank.reader().size(), before.1 + whole_parts, "the whole parts are in the ledger");
    assert_eq!(watermark(&bank).await, bank.reader().size() - 1, "they were looked at");
    assert_eq!(everything(&bank).await, before.0, "none of them counts");
    assert_eq!(bank.rebuilt_difference().await, None);
    bank
}

/// A founding of so many parts behind so many entries, cut off, then done again.
async fn founding_cut_off(behind: u64, whole_parts: u64) {
    let bank = Bank::empty_behind(behind).await;
    bank.begin().await;
    let found = || Command::FoundRecord { documents: given(&documents()) };
    let bank = cut(bank, ("first-administrator", found()), whole_parts).await;
    // What is done between counts by itself.
    let invited = json!({
        "id": "new-hand", "name": { "en": "New hand", "zh-Hant": "新人" }, "roles": ["developer"],
    });
    bank.act("first-administrator", Command::InvitePerson { document: invited }).await.unwrap();
    assert_eq!(bank.rebuilt_difference().await, None);
    let done = bank.act("first-administrator", found()).await.unwrap();
    assert!(u64::try_from(done.entries.len()).unwrap() > whole_parts, "{:?}", done.entries);
    for document in documents() {
        let stored = bank.desk.document(&document.key(), dualtrack_governance::AsOf::Now).await.unwrap();
        assert_eq!((stored.version, stored.document), (1, Some(document)));
    }
    bank.act("siu-ka-lok", suspend()).await.unwrap();
    assert_eq!(bank.rebuilt_difference().await, None);
    let all = everything(&bank).await;
    let bank = bank.restarted().await;
    assert_eq!(everything(&bank).await, all, "a restart changes nothing");
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founding_that_was_cut_off_counts_for_nothing_and_is_done_again() {
    founding_cut_off(0, 1).await;
}

// A replay commits every 500 entries: entries 0 to 499, then 500 and on. The first administrator comes after those
// behind, the founding after that.

#[tokio::test(flavor = "multi_thread")]
async fn a_founding_cut_off_across_a_commit_of_the_replay_counts_for_nothing() {
    founding_cut_off(498, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founding_cut_off_just_at_a_commit_of_the_replay_counts_for_nothing() {
    founding_cut_off(497, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founding_cut_off_before_a_commit_of_the_replay_is_not_joined_with_what_comes_after() {
    founding_cut_off(498, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founding_that_is_whole_across_a_commit_of_the_replay_counts_whole() {
    // One part is torn off at 497, somebody is invited at 498, and the founding begins again at 499.
    founding_cut_off(496, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_cut_off_more_than_once_is_done_whole_at_last() {
    let mut bank = Bank::founded().await;
    // Torn parts one after the other: the second of one is never taken for the second of another.
    for whole_parts in [1, 2, 0, 1] {
        bank = cut(bank, ("leung-suk-fan", candidates()), whole_parts).await;
    }
    let done = bank.act("leung-suk-fan", candidates()).await.unwrap();
    assert_eq!(done.entries.len(), 3);
    assert_eq!(bank.desk.documents(Kind::Candidate, "", 1_000).await.unwrap().len(), 150);
    assert_eq!(bank.rebuilt_difference().await, None);
    let all = everything(&bank).await;
    let bank = bank.restarted().await;
    assert_eq!(everything(&bank).await, all, "a restart changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_of_sqlite_is_named_with_what_to_do() {
    for (file, remedy) in
        [("dualtrack_index.db", "makes it anew"), ("dualtrack_operations.db", "from a backup")]
    {
        let folder = tempfile::tempdir().unwrap();
        let engine = dualtrack_store::Engine::of(folder.path(), None).unwrap();
        let store = dualtrack_store::Store::open(engine.clone()).await.unwrap();
        store.close().await;
        let path = folder.path().join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[..100].fill(b'x');
        std::fs::write(&path, bytes).unwrap();
        let said = dualtrack_store::Store::open(engine).await.unwrap_err().to_string();
        assert!(said.contains(file) && said.contains(remedy), "{said}");
    }
}
