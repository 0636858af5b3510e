//! Signed notes (C2SP `signed-note`): a text, an empty line, and lines of signatures.

use std::fmt;

use base64::Engine as _;
use ed25519_dalek::{Signature, Signer as _};
use sha2::{Digest as _, Sha256};

use crate::encoding::BASE64;

/// Why a note says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not written as a note is.
    #[error("this is not a signed note: a text, an empty line, and lines of signatures")]
    Malformed,
    /// A known key's signature does not fit the text.
    #[error("the signature of `{0}` does not fit the text")]
    Forged(String),
    /// No known key has signed it.
    #[error("no key that you trust has signed this")]
    Unsigned,
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not written as a key is.
    #[error("a verifier key is written `NAME+HASH+KEY`")]
    Malformed,
    /// It is for another kind of signature than Ed25519.
    #[error("only Ed25519 keys are known here")]
    Algorithm,
    /// Its hash belongs to another name or key: a letter was lost or changed.
    #[error("the hash in the key does not fit its name and key: copy it whole")]
    Hash,
}

/// A note as read: nothing in it is to be believed before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Line>,
}

/// One line of signature.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    key: [u8; 4],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note; its text ends with a line feed.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > LONGEST || note.chars().any(|letter| letter < ' ' && letter != '\n') {
            return Err(NoteError::Malformed);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, rest) = note.split_at_checked(end + 1).ok_or(NoteError::Malformed)?;
        let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let lines: Vec<&str> = lines.ok_or(NoteError::Malformed)?.split('\n').collect();
        if lines.len() > MOST_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        let signatures: Option<Vec<Line>> = lines.into_iter().map(Line::parse).collect();
        Ok(Self { text: text.to_owned(), signatures: signatures.ok_or(NoteError::Malformed)? })
    }

    /// The text, and the names of those known keys that signed it.
    ///
    /// Signatures of unknown keys are passed over. A known key's signature that does not fit refuses the whole note.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<(&str, Vec<&'k VerifierKey>), NoteError> {
        let mut signers: Vec<&VerifierKey> = Vec::new();
        for line in &self.signatures {
            let key = known.iter().find(|key| key.name == line.name && key.hash == line.key);
            let Some(key) = key.filter(|key| !signers.contains(key)) else { continue };
            if !key.fits(self.text.as_bytes(), &line.signature) {
                return Err(NoteError::Forged(line.name.clone()));
            }
            signers.push(key);
        }
        if signers.is_empty() { Err(NoteError::Unsigned) } else { Ok((&self.text, signers)) }
    }

    /// The names on the lines of signatures, believed or not.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|line| line.name.as_str())
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = BASE64.decode(encoded).ok()?;
        let (key, signature) = bytes.split_first_chunk::<4>()?;
        let proper = is_name(name) && !signature.is_empty();
        proper.then(|| Self { name: name.to_owned(), key: *key, signature: signature.to_vec() })
    }
}

/// A key that checks signatures: `NAME+HASH+KEY`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    hash: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// Reads `NAME+HASH+KEY`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        let lower = hash.len() == 8 && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let hash = u32::from_str_radix(hash, 16).ok().filter(|_| lower).ok_or(KeyError::Malformed)?;
        let bytes = BASE64.decode(key).map_err(|_| KeyError::Malformed)?;
        if !is_name(name) {
            return Err(KeyError::Malformed);
        }
        if key_hash(name, &bytes) != hash.to_be_bytes() {
            return Err(KeyError::Hash);
        }
        let Some((&ED25519, key)) = bytes.split_first() else { return Err(KeyError::Algorithm) };
        let key = <[u8; 32]>::try_from(key).map_err(|_| KeyError::Malformed)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Malformed)?;
        Ok(Self { name: name.to_owned(), hash: hash.to_be_bytes(), key })
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn fits(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(formatter, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.hash), BASE64.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A key that signs: `PRIVATE+KEY+NAME+HASH+SEED`. It is never printed, and wiped when dropped.
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// A key of this name from thirty-two bytes of chance; none for a name that is no name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Option<Self> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = key.verifying_key();
        let hash = key_hash(name, &[&[ED25519], public.as_bytes().as_slice()].concat());
        is_name(name)
            .then(|| Self { verifier: VerifierKey { name: name.to_owned(), hash, key: public }, key })
    }

    /// Reads `PRIVATE+KEY+NAME+HASH+SEED`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Malformed)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(seed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        let bytes = BASE64.decode(seed).map_err(|_| KeyError::Malformed)?;
        let Some((&ED25519, seed)) = bytes.split_first() else { return Err(KeyError::Algorithm) };
        let seed = <[u8; 32]>::try_from(seed).map_err(|_| KeyError::Malformed)?;
        let key = Self::from_seed(name, &seed).ok_or(KeyError::Malformed)?;
        let same = format!("{:08x}", u32::from_be_bytes(key.verifier.hash)) == hash;
        if same { Ok(key) } else { Err(KeyError::Hash) }
    }

    /// The key that checks what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The note of a text, which must end with a line feed, signed by this key.
    pub fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.signature_line(text))
    }

    /// The line of signature under a text.
    pub fn signature_line(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let bytes = [self.verifier.hash.as_slice(), signature.as_slice()].concat();
        format!("— {} {}\n", self.verifier.name, BASE64.encode(bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the signing key of {}", self.verifier)
    }
}

/// The first bytes of a hash over name, kind and key, by which a signature names its key.
fn key_hash(name: &str, key: &[u8]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update("\n").chain_update(key).finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+')
}

/// The kind of key and signature.
const ED25519: u8 = 1;
/// A note is short; whatever is longer was not made by a log.
const LONGEST: usize = 1_000_000;
const MOST_SIGNATURES: usize = 100;
