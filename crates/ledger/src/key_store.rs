//! The keys of the people whom payloads speak of, apart from the log. Destroying a key erases all it opens.
//!
//! One small file, a line each, in batches that are synced one by one. When a key is destroyed, the file is written anew
//! without it and the old bytes are overwritten. Back it up apart from the log; a copy that is older than an erasure applies it on opening.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::encoding::{BASE64, decimal, hexadecimal};
use crate::file_system::{File, FileSystem, read_whole, staged};

/// Why the key store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The file system refuses.
    #[error("cannot {0} the key store `{1}`: {2}; restore it from its backup if it is lost")]
    File(&'static str, PathBuf, io::Error),
    /// A line is damaged.
    #[error("line {1} of the key store `{0}` is damaged; restore it from its backup")]
    Line(PathBuf, usize),
    /// A name that cannot be a line.
    #[error("a person's name here is 1 to 200 letters without line breaks")]
    Name,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Chance,
}

/// The key of one person; wiped from memory when dropped, and never shown.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SubjectKey {
    #[zeroize(skip)]
    id: Uuid,
    bytes: [u8; 32],
}

impl SubjectKey {
    /// A new key.
    pub fn random() -> Result<Self, KeyStoreError> {
        let (mut id, mut bytes) = ([0; 16], [0; 32]);
        getrandom::fill(&mut id)
            .and_then(|()| getrandom::fill(&mut bytes))
            .map_err(|_| KeyStoreError::Chance)?;
        Ok(Self { id: uuid::Builder::from_random_bytes(id).into_uuid(), bytes })
    }

    /// The random name of the key, which says nothing of the person.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// A digest that nobody without the key can guess at or compare: HKDF-Expand of the key over SHA-256 of the bytes,
    /// in hexadecimal digits.
    pub fn fingerprint(&self, bytes: &[u8]) -> String {
        let mut out = [0; 32];
        // Thirty-two bytes are never too many, nor too few of a key.
        if let Ok(key) = Hkdf::<Sha256>::from_prk(&self.bytes) {
            let _ = key.expand(&Sha256::digest(bytes), &mut out);
        }
        hexadecimal(&out)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the key {}", self.id)
    }
}

/// The keys by person.
#[derive(Debug)]
pub struct KeyStore {
    files: Arc<dyn FileSystem>,
    path: PathBuf,
    file: Box<dyn File>,
    length: u64,
    keys: BTreeMap<String, SubjectKey>,
    applied: u64,
    /// Lines that are not written yet.
    waiting: Zeroizing<String>,
}

impl KeyStore {
    /// Makes an empty key store where there is none; one that is there is left as it is.
    pub fn create(files: &dyn FileSystem, path: &Path) -> Result<(), KeyStoreError> {
        match files.open_to_read(path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write_anew(files, path, &BTreeMap::new(), 0)
                    .map_err(|error| KeyStoreError::File("make", path.to_owned(), error))
            }
            Err(error) => Err(KeyStoreError::File("read", path.to_owned(), error)),
        }
    }

    /// Opens a key store to read it. Only a [`Ledger`](crate::Ledger), which holds the lock, adds to it.
    pub fn open(files: Arc<dyn FileSystem>, path: &Path) -> Result<Self, KeyStoreError> {
        let failed = |what: &'static str| {
            let path = path.to_owned();
            move |error| KeyStoreError::File(what, path, error)
        };
        let bytes = read_whole(files.as_ref(), path, LONGEST).map(Zeroizing::new).map_err(failed("read"))?;
        // What was being written when the power failed was acknowledged to nobody, and is written over.
        let (keys, applied, length) =
            read(&bytes).map_err(|line| KeyStoreError::Line(path.to_owned(), line))?;
        let file = files.open(path).map_err(failed("open"))?;
        Ok(Self { files, path: path.to_owned(), file, length, keys, applied, waiting: Zeroizing::default() })
    }

    /// The key of a person, which is made if there is none. A new one counts only after [`KeyStore::sync`].
    pub fn key_for(&mut self, subject: &str) -> Result<SubjectKey, KeyStoreError> {
        if let Some(key) = self.keys.get(subject) {
            return Ok(key.clone());
        }
        if subject.is_empty() || subject.len() > 200 || subject.contains(char::is_control) {
            return Err(KeyStoreError::Name);
        }
        let key = SubjectKey::random()?;
        self.waiting.push_str(&line(subject, &key));
        self.keys.insert(subject.to_owned(), key.clone());
        Ok(key)
    }

    /// The key of this id, if it was not destroyed.
    pub fn find(&self, id: Uuid) -> Option<&SubjectKey> {
        self.keys.values().find(|key| key.id == id)
    }

    /// The id of a person's key.
    pub fn id_of(&self, subject: &str) -> Option<Uuid> {
        self.keys.get(subject).map(SubjectKey::id)
    }

    /// How many people have a key.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nobody has a key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The size of the log up to which all erasures are known to be applied here.
    pub fn applied(&self) -> u64 {
        self.applied
    }

    /// Writes new keys, and waits until they would survive a loss of power.
    pub fn sync(&mut self) -> Result<(), KeyStoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let failed = |error| KeyStoreError::File("write", self.path.clone(), error);
        let batch = batch(&self.waiting);
        if self.file.length().map_err(failed)? > self.length {
            self.file.truncate(self.length).map_err(failed)?;
        }
        self.file.write_at(self.length, batch.as_bytes()).and_then(|()| self.file.sync()).map_err(failed)?;
        self.length += batch.len() as u64;
        self.waiting = Zeroizing::default();
        Ok(())
    }

    /// Destroys keys, and notes that all erasures below this size of the log are applied. Says how many there were.
    pub fn destroy(&mut self, ids: &BTreeSet<Uuid>, applied: u64) -> Result<usize, KeyStoreError> {
        let before = self.keys.len();
        self.keys.retain(|_, key| !ids.contains(&key.id));
        let gone = before - self.keys.len();
        self.applied = self.applied.max(applied);
        if gone == 0 {
            let _ = writeln!(self.waiting, "applied {}", self.applied);
            return self.sync().map(|()| 0);
        }
        let failed = |error| KeyStoreError::File("rewrite", self.path.clone(), error);
        write_anew(self.files.as_ref(), &self.path, &self.keys, self.applied).map_err(failed)?;
        // The old file is open still, and without a name: what is written into it now is what is left on the disk.
        let zeroes = vec![0; 1 << 16];
        let mut at = 0;
        while at < self.length {
            let count = usize::try_from(self.length - at).unwrap_or(usize::MAX).min(zeroes.len());
            self.file.write_at(at, zeroes.get(..count).unwrap_or_default()).map_err(failed)?;
            at += count as u64;
        }
        self.file.sync().map_err(failed)?;
        self.file = self.files.open(&self.path).map_err(failed)?;
        self.length = self.file.length().map_err(failed)?;
        self.waiting = Zeroizing::default();
        Ok(gone)
    }
}

fn write_anew(
    files: &dyn FileSystem,
    path: &Path,
    keys: &BTreeMap<String, SubjectKey>,
    applied: u64,
) -> io::Result<()> {
    let mut lines = Zeroizing::new(format!("applied {applied}\n"));
    for (subject, key) in keys {
        lines.push_str(&line(subject, key));
    }
    let text = batch(&lines);
    let folder = path.parent().unwrap_or(Path::new("."));
    files.create_folder(folder)?;
    let staged = staged(path);
    match files.remove(&staged) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = files.create_secret(&staged)?;
    file.write_at(0, text.as_bytes())?;
    file.sync()?;
    files.rename(&staged, path)?;
    files.sync_folder(folder)
}

/// Lines as they are written at once: a line with their length and sum before them.
fn batch(lines: &str) -> Zeroizing<String> {
    let sum = crc32c::crc32c(lines.as_bytes());
    Zeroizing::new(format!("{HEADER} {} {sum:08x}\n{lines}", lines.len()))
}

fn line(subject: &str, key: &SubjectKey) -> Zeroizing<String> {
    let encoded = Zeroizing::new(BASE64.encode(key.bytes));
    Zeroizing::new(format!("key {} {} {subject}\n", key.id, encoded.as_str()))
}

type Read = (BTreeMap<String, SubjectKey>, u64, u64);

/// The keys, the size up to which erasures are applied, and the length of the whole batches; or the damaged line.
fn read(bytes: &[u8]) -> Result<Read, usize> {
    let (mut keys, mut applied, mut rest, mut line) = (BTreeMap::new(), 0, bytes, 1);
    while let Some((lines, after)) = read_batch(rest) {
        for text in lines.lines() {
            line += 1;
            if let Some(key) = text.strip_prefix("key ") {
                let (subject, key) = read_key(key).ok_or(line)?;
                keys.insert(subject, key);
            } else {
                applied = text.strip_prefix("applied ").and_then(decimal).ok_or(line)?;
            }
        }
        line += 1;
        rest = after;
    }
    // What was being written when the power failed is the end; a batch behind it means damage.
    let start = |at: usize| rest.get(at..).filter(|from| from.starts_with(HEADER.as_bytes()));
    let more = (1..rest.len()).filter_map(start).any(|from| read_batch(from).is_some());
    let length = (bytes.len() - rest.len()) as u64;
    if more || length == 0 { Err(line) } else { Ok((keys, applied, length)) }
}

/// The lines of the batch at the start, and what follows it.
fn read_batch(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let head = bytes.get(..bytes.len().min(100))?;
    let end = head.iter().position(|byte| *byte == b'\n')?;
    let (head, lines) = (std::str::from_utf8(head.get(..end)?).ok()?, bytes.get(end + 1..)?);
    let (length, sum) = head.strip_prefix(HEADER)?.strip_prefix(' ')?.split_once(' ')?;
    let (lines, after) = lines.split_at_checked(usize::try_from(decimal(length)?).ok()?)?;
    let same = u32::from_str_radix(sum, 16).ok()? == crc32c::crc32c(lines);
    same.then_some((std::str::from_utf8(lines).ok()?, after))
}

fn read_key(text: &str) -> Option<(String, SubjectKey)> {
    let mut parts = text.splitn(3, ' ');
    let id = Uuid::try_parse(parts.next()?).ok()?;
    let bytes = Zeroizing::new(BASE64.decode(parts.next()?).ok()?);
    let key = SubjectKey { id, bytes: bytes.as_slice().try_into().ok()? };
    Some((parts.next()?.to_owned(), key))
}

const HEADER: &str = "dualtrack-subject-keys@v1";
/// Some millions of people.
const LONGEST: u64 = 1 << 30;
