//! What most tests of a log need: a place, keys, drafts, and the check that what was acknowledged is there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dualtrack_ledger::seal::{Content, Sealed, open};
use dualtrack_ledger::{
    Acknowledged, Checkpoint, Draft, Entry, FileSystem, KeyStore, Ledger, LedgerError, Note, Options, Place,
    Reader, Signer, SigningKey, Source, Statement, consistency, id_at, inclusion, leaf_hash,
};
use serde_json::json;

pub(crate) const NOW: u64 = 1_790_000_000_000;

pub(crate) fn place(root: &Path) -> Place {
    Place {
        origin: "bank.example/ledger".into(),
        root: root.join("ledger"),
        register: root.join("elsewhere/register"),
    }
}

pub(crate) fn simulated_place() -> Place {
    place(Path::new("/institution"))
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed("bank.example/ledger", &[7; 32]).unwrap()
}

pub(crate) fn signers() -> Vec<Box<dyn Signer>> {
    vec![Box::new(key())]
}

/// Small segments and no room set aside, so that little is enough to cross every border.
pub(crate) fn options() -> Options {
    Options { segment_entries: 256, low_water: 0, ballast: 0, ..Options::default() }
}

pub(crate) fn keys_path(place: &Place) -> PathBuf {
    place.register.with_file_name("subjects")
}

pub(crate) struct Opened {
    pub(crate) ledger: Ledger,
    pub(crate) keys: Arc<Mutex<KeyStore>>,
}

pub(crate) fn create(files: &Arc<dyn FileSystem>, place: &Place) {
    Ledger::create(files.as_ref(), place, signers()).unwrap();
    KeyStore::create(files.as_ref(), &keys_path(place)).unwrap();
}

pub(crate) fn open_with(
    files: &Arc<dyn FileSystem>,
    place: &Place,
    options: Options,
) -> Result<Opened, LedgerError> {
    let keys = keys_path(place);
    let signers = (signers(), Vec::new());
    let (ledger, _) = Ledger::open(Arc::clone(files), place.clone(), options, signers, Some(&keys), NOW)?;
    let keys = Arc::clone(ledger.keys().unwrap());
    Ok(Opened { ledger, keys })
}

pub(crate) fn open_ledger(files: &Arc<dyn FileSystem>, place: &Place) -> Result<Opened, LedgerError> {
    open_with(files, place, options())
}

pub(crate) fn statement(sequence: u64) -> Statement<'static> {
    Statement {
        id: id_at(NOW),
        kind: "evidence.added",
        time: NOW,
        source: Source { instance: "test".into(), epoch: 1, sequence },
        links: Vec::new(),
        clear: [("use".to_owned(), json!("assistant"))].into(),
    }
}

pub(crate) fn plain(sequence: u64) -> Draft {
    Draft::new(statement(sequence), Vec::new()).unwrap()
}

/// An entry with a payload about a person.
pub(crate) fn sealed(sequence: u64, subject: &str, secret: &str, keys: &Mutex<KeyStore>) -> Option<Draft> {
    let key = keys.lock().unwrap().key_for(subject).ok()?;
    let statement = statement(sequence);
    let content = Content { fields: vec![("answer".into(), json!(secret))], more: json!(secret) };
    let payload = Sealed::new(content, &key, statement.id, "records").unwrap();
    Some(Draft::new(statement, vec![payload]).unwrap())
}

/// Whether an acknowledged entry stands in the log where its receipt says, payload included.
pub(crate) fn check_kept(reader: &Reader, keys: &Mutex<KeyStore>, kept: &Acknowledged) {
    let entry = reader.entry(kept.index).unwrap();
    assert_eq!(entry, kept.entry(), "entry {} is another", kept.index);
    let receipt = kept.receipt().unwrap();
    let note = Note::parse(&receipt.checkpoint).unwrap();
    let known = [key().verifier().clone()];
    let (text, _) = note.verify(&known).unwrap();
    let checkpoint = Checkpoint::parse(text).unwrap();
    inclusion(kept.index, checkpoint.size, leaf_hash(&entry), &receipt.proof, checkpoint.root).unwrap();
    let size = reader.size();
    let proof = reader.prove_consistency(checkpoint.size, size).unwrap();
    consistency((checkpoint.size, checkpoint.root), (size, reader.root_at(size).unwrap()), &proof).unwrap();
    let entry = Entry::parse(&entry).unwrap();
    for named in &entry.payloads {
        let bytes = reader.payload(kept.index, &named.reference).unwrap().expect("the payload is kept");
        assert_eq!(dualtrack_ledger::seal::sealed_digest(&bytes), named.digest);
        let keys = keys.lock().unwrap();
        let key = keys.find(dualtrack_ledger::seal::key_of(&bytes).unwrap()).expect("the key is kept");
        let (_, shown) = open(&bytes, key, entry.id).unwrap();
        assert!(shown.iter().all(|one| entry.digests.contains(&dualtrack_ledger::seal::digest(one))));
    }
}
