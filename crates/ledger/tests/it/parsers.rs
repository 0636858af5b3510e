//! What every parser of strangers' bytes keeps to, a function each, for any bytes: none panics, loops or takes memory
//! without bound, and what is accepted is written back as it was.
//!
//! The tests of `hostile` call them on changed valid input, and the targets in `fuzz/` on whatever a fuzzer thinks of.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use dualtrack_ledger::seal::{Sealed, disclosed, key_of, open};
use dualtrack_ledger::{
    Checkpoint, Entry, FileSystem, Frontier, Hash, KeyKind, KeyStore, Ledger, LedgerError, Note, NoteError,
    Options, Place, Reader, Receipt, Signer, SigningKey, SubjectKey, Tile, TileKind, TrustPolicy,
    VerifierKey, bundle_entries, canonical, consistency, inclusion, leaf_hash,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::simulated::SimulatedDisk;

/// Notes, checkpoints, and both kinds of keys.
pub(crate) fn note(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.to_string(), text);
        assert_eq!(note.verify(&[]), Err(NoteError::Unsigned));
        let longer = note.with(&key().signature_line(note.text())).unwrap_or_else(|_| note.clone());
        assert_eq!(longer.text(), note.text());
        let known = [key().verifier().clone(), witness().verifier().clone()];
        if let Ok((believed, signatures)) = note.verify(&known) {
            assert_eq!(believed, note.text());
            assert!(
                signatures.iter().all(|made| made.time.is_some() == (made.key.kind() == KeyKind::Cosigner))
            );
        }
    }
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text);
        assert_eq!(Checkpoint::parse(&checkpoint.to_string()).as_ref(), Ok(&checkpoint));
    }
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = SigningKey::parse(text) {
        assert_eq!(key.to_private_text().as_str(), text);
        assert_eq!(VerifierKey::parse(&key.verifier().to_string()).as_ref(), Ok(key.verifier()));
    }
    // Any text that can be signed, and any name that can sign, make a note that is believed.
    if text.ends_with('\n')
        && let Ok(note) = Note::parse(&key().sign(text))
    {
        let known = [key().verifier().clone()];
        assert_eq!(note.verify(&known).map(|(believed, _)| believed), Ok(text));
    }
    if let Some(key) = SigningKey::from_seed(text, &[7; 32]) {
        assert_eq!(VerifierKey::parse(&key.verifier().to_string()).as_ref(), Ok(key.verifier()));
        assert!(SigningKey::parse(&key.to_private_text()).is_ok());
        let known = [key.verifier().clone()];
        assert!(
            Note::parse(&key.sign("text\n")).is_ok_and(|note| note.verify(&known).is_ok())
                || !printable(text)
        );
    }
}

/// Receipts, and the proofs in them.
pub(crate) fn receipt(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(receipt) = Receipt::parse(text) else { return };
    assert_eq!(receipt.to_string(), text);
    let Ok(note) = Note::parse(&receipt.checkpoint) else { return };
    let Ok(checkpoint) = Checkpoint::parse(note.text()) else { return };
    let (index, size, root) = (receipt.index, checkpoint.size, checkpoint.root);
    let proven = inclusion(index, size, leaf_hash(b""), &receipt.proof, root);
    assert!(proven.is_err() || index < size);
    let proven = consistency((index, leaf_hash(b"")), (size, root), &receipt.proof);
    assert!(proven.is_err() || (1..=size).contains(&index));
}

/// Paths of tiles, and bundles of entries.
pub(crate) fn tile(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes)
        && let Some(tile) = Tile::parse(text)
    {
        assert_eq!(tile.to_string(), text);
        assert!((1..=256).contains(&tile.width));
    }
    let entries: Result<Vec<&[u8]>, _> = bundle_entries(bytes).collect();
    if let Ok(entries) = entries {
        let length = |entry: &&[u8]| u16::try_from(entry.len()).unwrap().to_be_bytes();
        let back: Vec<u8> = entries.iter().flat_map(|entry| [&length(entry), *entry].concat()).collect();
        assert_eq!(back, bytes);
    }
}

/// Policies: refused on one of their lines, in one line that holds no private key, or the same with a comment more.
pub(crate) fn policy(bytes: &[u8]) {
    match TrustPolicy::parse(bytes) {
        Ok(policy) => {
            let commented = TrustPolicy::parse(&[b"# comment\n", bytes].concat());
            assert!(commented.is_ok_and(|commented| commented == policy) || bytes.len() > 1_000);
            assert_eq!(policy.keys().len(), policy.logs().len() + policy.witnesses().len());
            let checkpoint = Checkpoint::parse(EMPTY).unwrap();
            let judgement = policy.judge(&checkpoint, &[]);
            assert!(!judgement.is_accepted() && judgement.witnesses.is_empty());
        }
        Err(error) => {
            assert!((1..=bytes.split(|byte| *byte == b'\n').count()).contains(&error.line));
            assert_eq!(error.to_string().lines().count(), 1);
            assert!(!error.message.contains("PRIVATE+KEY+"), "{error}");
        }
    }
}

/// Entries, which have one form only.
pub(crate) fn entry(bytes: &[u8]) {
    match Entry::parse(bytes) {
        Ok(entry) => {
            let value: Value = serde_json::from_slice(bytes).unwrap();
            assert_eq!(canonical(&value).as_deref(), Ok(bytes));
            assert_eq!(Entry::parse(bytes).as_ref(), Ok(&entry));
            assert!(entry.erases().len() <= bytes.len());
        }
        Err(error) => assert_eq!(error.to_string().lines().count(), 1),
    }
}

/// Disclosures as text, and as what stands in the text.
pub(crate) fn disclosure(bytes: &[u8]) {
    let encoded = URL_SAFE_NO_PAD.encode(bytes);
    for text in [str::from_utf8(bytes).unwrap_or_default(), encoded.as_str()] {
        if let Some((name, value)) = disclosed(text) {
            let again = URL_SAFE_NO_PAD.encode(json!(["salt", name, value]).to_string());
            assert_eq!(disclosed(&again), Some((name, value)));
        }
    }
}

/// Sealed payloads as bytes, and as what opens: bytes that only the holder of a person's key can have sealed.
pub(crate) fn payload(bytes: &[u8]) {
    let (key, id) = (subject_key(), Uuid::from_bytes([3; 16]));
    let _ = key_of(bytes);
    assert!(open(bytes, &key, id).is_err());
    let sealed = sealed_by_hand(bytes, id);
    assert_eq!(key_of(&sealed), Some(key.id()));
    let Ok((content, shown)) = open(&sealed, &key, id) else { return };
    let fields: Vec<_> = shown.iter().map(|shown| disclosed(shown).unwrap()).collect();
    assert_eq!(fields, content.fields);
    assert!(Sealed::new(content, &key, id, "class").is_ok() || bytes.len() > 100_000);
}

/// A segment of entries as it is, with its sums set right, and with its tree set right too.
pub(crate) fn segment(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), mended(bytes, false), mended(bytes, true)] {
        entries_of(&bytes);
        recover(&bytes);
    }
}

/// What a reader hands over of a log of one segment; what it does not, it says.
pub(crate) fn entries_of(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let files = SimulatedDisk::new().shared();
    let root = Path::new("/log");
    put(&files, &root.join(SEGMENT), bytes);
    put(&files, &root.join(VAULT), b"");
    let Ok(reader) = Reader::open(files, root) else { return Vec::new() };
    let size = reader.size();
    let history = reader.history().unwrap();
    assert!(history.len() <= bytes.len() / 136);
    assert!(history.iter().all(|batch| batch.entries > 0 && batch.entries <= batch.size));
    assert!(reader.last_batch().is_none_or(|batch| batch.size == size));
    let mut found = Vec::new();
    let whole = reader.entries(0..size, |index, entry| {
        assert_eq!(index, found.len() as u64);
        found.push((index, entry.to_vec()));
        Ok::<(), LedgerError>(())
    });
    assert_eq!(whole.is_ok(), found.len() as u64 == size, "{whole:?}");
    let some = [0, 1, size / 2, size.wrapping_sub(1), size, u64::MAX];
    for index in some.into_iter().chain(history.iter().map(|batch| batch.size)) {
        match reader.entry(index) {
            Ok(entry) => {
                let known = usize::try_from(index).ok().and_then(|at| found.get(at));
                assert!(index < size && known.is_none_or(|(_, known)| *known == entry));
                found.extend(known.is_none().then_some((index, entry)));
            }
            Err(error) => assert!(index >= size || whole.is_err(), "{error}"),
        }
    }
    for index in some {
        let _ = reader.payload(index, "AAAAAAAAAAAAAAAAAAAAAA");
        let _ = (reader.root_at(index), reader.frontier_at(index));
        let _ = (reader.prove_inclusion(index, size), reader.prove_consistency(index, size));
    }
    if whole.is_ok() {
        let mut tree = Frontier::default();
        found.iter().take_while(|(index, _)| *index < size).for_each(|(_, entry)| {
            tree.push(leaf_hash(entry), |_, _, _| ());
        });
        assert_eq!(reader.root_at(size).unwrap(), tree.root());
    }
    let levels = (0..9).chain([63, 255]).flat_map(|level| Tile::of_level(level, size).take(3));
    let farthest = [TileKind::Entries, TileKind::Hashes(0), TileKind::Hashes(7), TileKind::Hashes(255)];
    let farthest = farthest.into_iter().flat_map(|kind| {
        [size / 256, u64::MAX / 256, u64::MAX].map(|index| Tile { kind, index, width: 256 })
    });
    for tile in Tile::of_entries(size).take(3).chain(levels).chain(farthest) {
        let filled = reader.tile(tile);
        assert!(whole.is_err() || filled.is_ok(), "{filled:?}");
        if let (Ok(Some(bundle)), TileKind::Entries) = (filled, tile.kind) {
            assert_eq!(bundle_entries(&bundle).flatten().count(), usize::from(tile.width));
        }
    }
    found
}

static EMPTY_LOG: OnceLock<SimulatedDisk> = OnceLock::new();

/// Opens a log of one segment to be written, if it may be.
fn recover(bytes: &[u8]) {
    let signers =
        || -> Vec<Box<dyn Signer>> { vec![Box::new(SigningKey::from_seed("log", &[7; 32]).unwrap())] };
    let place =
        Place { origin: "log".to_owned(), root: "/log".into(), register: "/elsewhere/register".into() };
    let empty = EMPTY_LOG.get_or_init(|| {
        let disk = SimulatedDisk::new();
        Ledger::create(&disk, &place, signers()).unwrap();
        disk
    });
    let files = empty.copy().shared();
    let path = place.root.join(SEGMENT);
    files.remove(&path).unwrap();
    put(&files, &path, bytes);
    let options = Options { low_water: 0, ballast: 0, ..Options::default() };
    let opened =
        Ledger::open(Arc::clone(&files), place.clone(), options, (signers(), Vec::new()), None, u64::MAX);
    if let Ok((ledger, recovered)) = opened {
        drop(ledger);
        assert_eq!(Reader::open(files, &place.root).map(|reader| reader.size()).ok(), Some(recovered.size));
    }
}

/// A file of keys as it is, and its lines with the right sum.
pub(crate) fn key_store(bytes: &[u8]) {
    for bytes in [bytes, &key_lines(bytes)] {
        let files = SimulatedDisk::new().shared();
        let path = Path::new("/keys/subjects");
        put(&files, path, bytes);
        let opened = || KeyStore::open(Arc::clone(&files), path);
        let mut store = match opened() {
            Ok(store) => store,
            Err(error) => {
                assert_eq!(error.to_string().lines().count(), 1);
                continue;
            }
        };
        let (count, applied) = (store.len(), store.applied());
        let again = opened().unwrap();
        assert_eq!((again.len(), again.applied()), (count, applied));
        let had = store.id_of("somebody new").is_some();
        let key = store.key_for("somebody new").unwrap();
        store.sync().unwrap();
        let again = opened().unwrap();
        assert_eq!((again.len(), again.id_of("somebody new")), (count + usize::from(!had), Some(key.id())));
        let gone = store.destroy(&BTreeSet::from([key.id()]), 9).unwrap();
        let again = opened().unwrap();
        assert!(gone > 0 && again.find(key.id()).is_none());
        assert_eq!((again.len(), again.applied()), (store.len(), applied.max(9)));
    }
}

/// Lines as a key store holds them at once.
pub(crate) fn key_lines(lines: &[u8]) -> Vec<u8> {
    let head = format!("dualtrack-subject-keys@v1 {} {:08x}\n", lines.len(), crc32c::crc32c(lines));
    [head.as_bytes(), lines].concat()
}

/// The key of somebody, always the same, from a key store.
fn subject_key() -> SubjectKey {
    let (files, path) = (SimulatedDisk::new().shared(), Path::new("/keys/subjects"));
    let line = format!("key {} {} somebody\n", Uuid::from_bytes(KEY_ID), STANDARD.encode(SUBJECT_KEY));
    put(&files, path, &key_lines(line.as_bytes()));
    let store = KeyStore::open(files, path).unwrap();
    store.find(Uuid::from_bytes(KEY_ID)).unwrap().clone()
}

/// Any bytes, sealed with the key of [`subject_key`] for the entry of this id.
fn sealed_by_hand(inside: &[u8], id: Uuid) -> Vec<u8> {
    let (reference, data_key, nonce) = ([1; 16], [2; 32], [4; 24]);
    let bound = [b"dualtrack payload 1", id.as_bytes().as_slice(), &reference].concat();
    let encrypt = |key: [u8; 32], nonce: [u8; 24], msg: &[u8]| {
        let cipher = XChaCha20Poly1305::new(&key.into());
        cipher.encrypt(&XNonce::from(nonce), Payload { msg, aad: &bound }).unwrap()
    };
    let (wrapped, sealed) = (encrypt(SUBJECT_KEY, nonce, &data_key), encrypt(data_key, [0; 24], inside));
    [&[1], reference.as_slice(), &KEY_ID, &nonce, &wrapped, &sealed].concat()
}

/// A segment with a right header, and commits with right sums; if asked, also with the trees that the records make.
///
/// What else a commit claims stays as it is, so that it comes past the sums.
fn mended(bytes: &[u8], trees: bool) -> Vec<u8> {
    let mut out = [b"DTENTRY\x01".as_slice(), &[0; 8], &Hash::of_nothing().0].concat();
    out.extend_from_slice(&crc32c::crc32c(&out).to_be_bytes());
    let (mut rest, mut tree) = (bytes.get(52..).unwrap_or_default(), Frontier::default());
    loop {
        let (mut records, mut after) = (Vec::new(), tree.clone());
        while let Some((length, more)) =
            rest.split_first_chunk::<4>().filter(|(length, _)| length != &&[255; 4])
        {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap().min(more.len());
            let (record, behind) = more.split_at(length);
            records.extend_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
            records.extend_from_slice(record);
            after.push(leaf_hash(record), |_, _, _| ());
            rest = behind;
        }
        out.extend_from_slice(&records);
        if rest.len() < 136 {
            out.extend_from_slice(rest);
            return out;
        }
        let number = |at: usize| u64::from_be_bytes(rest[at..at + 8].try_into().unwrap());
        let (first, size) = if trees { (tree.size(), after.size()) } else { (number(18), number(26)) };
        let peaks: Vec<Hash> = if trees {
            after.peaks().to_vec()
        } else {
            let claimed = rest[130..].as_chunks::<32>().0.iter().map(|peak| Hash(*peak));
            claimed.chain(std::iter::repeat(Hash([0; 32]))).take(size.count_ones() as usize).collect()
        };
        let claimed = Frontier::new(size, peaks).unwrap();
        let before = if trees { tree.root().0 } else { rest[66..98].try_into().unwrap() };
        let length = u16::try_from(136 + 32 * claimed.peaks().len()).unwrap();
        let mut commit = [b"\xff\xff\xff\xffDTC\x01".as_slice(), &length.to_be_bytes()].concat();
        for number in [number(10), first, size, number(34), number(42), number(50)] {
            commit.extend_from_slice(&number.to_be_bytes());
        }
        commit.extend_from_slice(&rest[58..62]);
        commit.extend_from_slice(&crc32c::crc32c(&records).to_be_bytes());
        commit.extend_from_slice(&before);
        commit.extend_from_slice(&claimed.root().0);
        claimed.peaks().iter().for_each(|peak| commit.extend_from_slice(&peak.0));
        commit.extend_from_slice(&length.to_be_bytes());
        commit.extend_from_slice(&crc32c::crc32c(&commit).to_be_bytes());
        out.extend_from_slice(&commit);
        let old = usize::from(u16::from_be_bytes([rest[8], rest[9]]));
        rest = &rest[old.clamp(136, rest.len())..];
        tree = after;
    }
}

fn put(files: &Arc<dyn FileSystem>, path: &Path, bytes: &[u8]) {
    files.create_folder(path.parent().unwrap()).unwrap();
    files.create(path).unwrap().write_at(0, bytes).unwrap();
}

fn printable(text: &str) -> bool {
    !text.contains(|letter| letter < ' ') && text.len() < 100_000
}

/// The key of the log whose valid notes are changed.
pub(crate) fn key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed("log", &[7; 32]).unwrap());
    &KEY
}

/// A witness of that log.
pub(crate) fn witness() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::cosigner_from_seed("witness", &[8; 32]).unwrap());
    &KEY
}

/// The text of a checkpoint of that log.
pub(crate) const EMPTY: &str = "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
pub(crate) const SEGMENT: &str = "segments/00000000000000000000.entries";
const VAULT: &str = "segments/00000000000000000000.vault";
const KEY_ID: [u8; 16] = [9; 16];
const SUBJECT_KEY: [u8; 32] = [5; 32];
