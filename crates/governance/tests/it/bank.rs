//! The example bank at a desk: a real ledger, a real database, nothing in between left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_governance::{
    Authority, Book, Command, Desk, Done, Given, Officer, Product, Refusal, catch_up,
};
use dualtrack_inventory::{Digest, Document, Person, PersonId, Role, documents_of, files_to_digest};
use dualtrack_ledger::{
    Disk, Draft, FileSystem, KeyStore, Ledger, Options, Place, Reader, SigningKey, Source, Statement, id_at,
};
use dualtrack_store::{Engine, Store};
use jiff::Timestamp;

/// A desk of the example bank.
pub(crate) struct Bank {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) desk: Arc<Desk>,
    clock: Mutex<Timestamp>,
}

pub(crate) const HOLDER: &str = "test";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the program brings.
pub(crate) fn guideline_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    read(&root().join("guidelines"), "guidelines", &mut files);
    files
}

pub(crate) fn product() -> Arc<Product> {
    Arc::new(Product::load("dualtrack 0", guideline_files()).unwrap())
}

fn read(folder: &Path, name: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let inner = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &inner, files);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push((inner, std::fs::read_to_string(path).unwrap()));
        }
    }
}

/// The documents of the example bank.
pub(crate) fn documents() -> Vec<Document> {
    let folder = root().join("examples/harbour-bank");
    let mut files = Vec::new();
    read(&folder, "", &mut files);
    let files: Vec<(String, String)> =
        files.into_iter().map(|(path, text)| (path.trim_start_matches('/').to_owned(), text)).collect();
    let texts = || files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let digests: BTreeMap<String, Digest> = files_to_digest(texts())
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(folder.join(&path)).unwrap();
            (path, Digest::of(&bytes))
        })
        .collect();
    documents_of(texts(), &digests).unwrap()
}

pub(crate) fn given(documents: &[Document]) -> Vec<Given> {
    documents
        .iter()
        .map(|document| Given {
            kind: document.key().kind.to_string(),
            document: document.value(),
            digests: document.digests().cloned().unwrap_or_default(),
        })
        .collect()
}

impl Bank {
    /// A desk with an empty record.
    pub(crate) async fn empty() -> Self {
        Self::empty_behind(0).await
    }

    /// A desk with an empty record, behind so many entries of a ledger that are none of an action.
    pub(crate) async fn empty_behind(entries: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Timestamp = "2026-11-27T02:00:00Z".parse().unwrap();
        Ledger::create(&Disk, &place(folder.path()), vec![Box::new(signer())]).unwrap();
        KeyStore::create(&Disk, &folder.path().join("subjects")).unwrap();
        if entries > 0 {
            let ledger = ledger(folder.path(), Arc::new(Disk), clock);
            ledger.append_all((1..=entries).map(|number| of_no_action(number, clock)).collect()).unwrap();
            ledger.close().unwrap();
        }
        let desk = open(folder.path(), product(), Arc::new(Disk), clock).await;
        Self { folder, desk, clock: Mutex::new(clock) }
    }

    /// A desk with the example bank.
    pub(crate) async fn founded() -> Self {
        let bank = Self::empty().await;
        bank.begin().await;
        let documents = given(&documents());
        bank.act("first-administrator", Command::FoundRecord { documents }).await.unwrap();
        bank
    }

    /// Makes the first administrator.
    pub(crate) async fn begin(&self) {
        let first = Person {
            id: PersonId::parse("first-administrator").unwrap(),
            name: Bilingual { en: "First administrator".into(), zh_hant: "首名系統管理員".into() },
            roles: BTreeSet::from([Role::Administrator]),
            competences: Vec::new(),
        };
        self.desk.begin(first, self.now()).await.unwrap();
    }

    /// A second later each time it is asked.
    pub(crate) fn now(&self) -> Timestamp {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        *clock = clock.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
        *clock
    }

    /// Somebody does something, freshly signed in.
    pub(crate) async fn act(&self, person: &str, command: Command) -> Result<Done, Refusal> {
        self.act_on(person, command, None).await
    }

    /// The same, with the version that was seen.
    pub(crate) async fn act_on(
        &self,
        person: &str,
        command: Command,
        version: Option<u64>,
    ) -> Result<Done, Refusal> {
        self.desk.act(officer(person), command, version, self.now()).await
    }

    /// Closes everything and opens it again, as after a restart.
    pub(crate) async fn restarted(self) -> Self {
        self.upgraded(product()).await
    }

    /// The same, with another program.
    pub(crate) async fn upgraded(self, product: Arc<Product>) -> Self {
        let Self { folder, desk, clock } = self;
        Arc::into_inner(desk).unwrap().close().await.unwrap();
        Self::reopened(folder, clock, product, Arc::new(Disk)).await
    }

    /// The same, however the ledger ended, and on another file system from then on.
    pub(crate) async fn restarted_on(self, files: Arc<dyn FileSystem>) -> Self {
        let Self { folder, desk, clock } = self;
        let _ = Arc::into_inner(desk).unwrap().close().await;
        Self::reopened(folder, clock, product(), files).await
    }

    async fn reopened(
        folder: tempfile::TempDir,
        clock: Mutex<Timestamp>,
        product: Arc<Product>,
        files: Arc<dyn FileSystem>,
    ) -> Self {
        let at = *clock.lock().unwrap();
        let desk = open(folder.path(), product, files, at).await;
        Self { folder, desk, clock }
    }

    /// Sets the clock forward or back.
    pub(crate) fn move_clock(&self, by: jiff::SignedDuration) {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        *clock = clock.checked_add(by).unwrap();
    }

    /// The ledger, to be read.
    pub(crate) fn reader(&self) -> Reader {
        Reader::open(Arc::new(Disk), &place(self.folder.path()).root).unwrap()
    }

    /// The key that checks the ledger's signatures.
    pub(crate) fn verifier() -> dualtrack_ledger::VerifierKey {
        signer().verifier().clone()
    }

    /// What differs between the index and one that is made anew from the ledger.
    pub(crate) async fn rebuilt_difference(&self) -> Option<String> {
        let engine = self.desk.store().engine().clone();
        let rebuilt = Store::rebuilding(&engine).await.unwrap();
        assert!(rebuilt.take_lease(HOLDER, None).await.unwrap());
        let reader = Reader::open(Arc::new(Disk), &place(self.folder.path()).root).unwrap();
        catch_up(&reader, self.desk.book().keys(), &rebuilt, HOLDER, |_, _| {}).await.unwrap();
        let difference = self.desk.store().first_difference(&rebuilt).await.unwrap();
        rebuilt.close().await;
        difference
    }
}

pub(crate) fn officer(person: &str) -> Officer {
    Officer {
        runs_checks: false,
        person: PersonId::parse(person).unwrap(),
        stepped_up: true,
        scopes: None::<BTreeSet<String>>,
        language: Language::En,
    }
}

fn signer() -> SigningKey {
    SigningKey::from_seed("test.example/ledger", &[7; 32]).unwrap()
}

fn place(folder: &Path) -> Place {
    Place {
        origin: "test.example/ledger".into(),
        root: folder.join("ledger"),
        register: folder.join("register"),
    }
}

/// Where the tables of a test lie: files in its folder, or a database of its own where
/// `DUALTRACK_TEST_POSTGRES` names a server.
pub(crate) fn engine(folder: &Path) -> Engine {
    let Some(server) = option_env_at_run("DUALTRACK_TEST_POSTGRES") else {
        return Engine::of(folder, None).unwrap();
    };
    let name = folder.file_name().unwrap().to_str().unwrap().to_lowercase().replace(['.', '-'], "_");
    let database = format!("t{name}");
    let made = std::process::Command::new("psql")
        .args([&format!("{server}/postgres"), "-qc", &format!("create database {database}")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success() || said.contains("already exists"), "{said}");
    Engine::of(folder, Some(&format!("{server}/{database}"))).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the suite is told by its environment where PostgreSQL is")]
fn option_env_at_run(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn ledger(folder: &Path, files: Arc<dyn FileSystem>, now: Timestamp) -> Ledger {
    let (ledger, _) = Ledger::open(
        files,
        place(folder),
        Options { low_water: 0, ballast: 0, ..Options::default() },
        (vec![Box::new(signer())], Vec::new()),
        Some(&folder.join("subjects")),
        u64::try_from(now.as_millisecond()).unwrap(),
    )
    .unwrap();
    ledger
}

/// An entry as other programs make them, such as a gateway.
fn of_no_action(number: u64, at: Timestamp) -> Draft {
    let time = u64::try_from(at.as_millisecond()).unwrap();
    let statement = Statement {
        id: id_at(time),
        kind: "call.answered",
        time,
        source: Source { instance: "0123456789abcdef".into(), epoch: 1, sequence: number },
        links: Vec::new(),
        clear: BTreeMap::new(),
    };
    Draft::new(statement, Vec::new()).unwrap()
}

async fn open(folder: &Path, product: Arc<Product>, files: Arc<dyn FileSystem>, now: Timestamp) -> Arc<Desk> {
    let millis = u64::try_from(now.as_millisecond()).unwrap();
    let ledger = ledger(folder, files, now);
    let keys = Arc::clone(ledger.keys().unwrap());
    let store = Store::open(engine(folder)).await.unwrap();
    let seen = store.lease().await.unwrap();
    assert!(store.take_lease(HOLDER, seen.as_ref()).await.unwrap());
    let reader = Reader::open(Arc::new(Disk), &place(folder).root).unwrap();
    catch_up(&reader, &keys, &store, HOLDER, |_, _| {}).await.unwrap();
    let book = Book::new(ledger, keys, "0123456789abcdef".into(), millis);
    Arc::new(Desk::new(store, book, Authority::load().unwrap(), product, HOLDER.into()))
}
