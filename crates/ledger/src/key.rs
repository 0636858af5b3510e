//! Keys that check and make signatures: of notes (C2SP `signed-note`) and of cosigners (C2SP `tlog-cosignature`).
//!
//! A key of one kind neither checks nor makes a signature of the other, so that a witness never signs a free text.
//! Both kinds are Ed25519; ML-DSA-44 is not known here. No clock is read: the time of a cosignature is handed in.

use std::fmt;

use base64::Engine as _;
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::checkpoint::Checkpoint;
use crate::encoding::BASE64;

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

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The text of a note, as a log does (signature type 0x01).
    Note,
    /// A checkpoint and the time at which it was seen, as a witness does (signature type 0x04).
    Cosigner,
}

impl KeyKind {
    fn of(byte: u8) -> Result<Self, KeyError> {
        match byte {
            1 => Ok(Self::Note),
            4 => Ok(Self::Cosigner),
            _ => Err(KeyError::Algorithm),
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosigner => 4,
        }
    }
}

/// A signature that a known key made over the text of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'k> {
    /// The key that made it.
    pub key: &'k VerifierKey,
    /// For a cosignature, when its key had seen no larger tree of the log: POSIX seconds, less than 2⁶³.
    pub time: Option<u64>,
}

/// A key that checks signatures: `NAME+HASH+KEY`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    hash: [u8; 4],
    kind: KeyKind,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// Reads `NAME+HASH+KEY` of either kind.
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
        let (kind, key) = bytes.split_first().ok_or(KeyError::Algorithm)?;
        let kind = KeyKind::of(*kind)?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| KeyError::Malformed)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Malformed)?;
        Ok(Self { name: name.to_owned(), hash: hash.to_be_bytes(), kind, key })
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether both are one public key, whatever their names and kinds.
    pub(crate) fn is_same_public_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Whether a line of signature names this key.
    pub(crate) fn is_named(&self, name: &str, hash: [u8; 4]) -> bool {
        self.name == name && self.hash == hash
    }

    /// The signature, if this key made it over this text.
    pub(crate) fn check(&self, text: &str, signature: &[u8]) -> Option<Signature<'_>> {
        let fits = |message: &str, signature: &[u8]| {
            ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| self.key.verify_strict(message.as_bytes(), &signature).is_ok())
        };
        match self.kind {
            KeyKind::Note => fits(text, signature).then_some(Signature { key: self, time: None }),
            KeyKind::Cosigner => {
                let (seconds, signature) = signature.split_first_chunk::<8>()?;
                let seconds = u64::from_be_bytes(*seconds);
                let signed = fits(&cosigned(text, seconds)?, signature);
                signed.then_some(Signature { key: self, time: Some(seconds) })
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
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
    /// A key for notes, of this name, from thirty-two bytes of chance; none for a name that is no name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Option<Self> {
        Self::of_kind(KeyKind::Note, name, seed)
    }

    /// A key for cosignatures, of this name, from thirty-two bytes of chance that no other key was made of; none for
    /// a name that is no name.
    pub fn cosigner_from_seed(name: &str, seed: &[u8; 32]) -> Option<Self> {
        Self::of_kind(KeyKind::Cosigner, name, seed)
    }

    fn of_kind(kind: KeyKind, name: &str, seed: &[u8; 32]) -> Option<Self> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = key.verifying_key();
        let hash = key_hash(name, &[&[kind.byte()], public.as_bytes().as_slice()].concat());
        is_name(name)
            .then(|| Self { verifier: VerifierKey { name: name.to_owned(), hash, kind, key: public }, key })
    }

    /// Reads `PRIVATE+KEY+NAME+HASH+SEED` of either kind.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Malformed)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(seed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        let bytes = Zeroizing::new(BASE64.decode(seed).map_err(|_| KeyError::Malformed)?);
        let (kind, seed) = bytes.split_first().ok_or(KeyError::Algorithm)?;
        let kind = KeyKind::of(*kind)?;
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed).map_err(|_| KeyError::Malformed)?);
        let key = Self::of_kind(kind, name, &seed).ok_or(KeyError::Malformed)?;
        let same = format!("{:08x}", u32::from_be_bytes(key.verifier.hash)) == hash;
        if same { Ok(key) } else { Err(KeyError::Hash) }
    }

    /// `PRIVATE+KEY+NAME+HASH+SEED`, for a file that only its owner may read. Whoever has it signs in this name.
    pub fn to_private_text(&self) -> Zeroizing<String> {
        let VerifierKey { name, hash, kind, .. } = &self.verifier;
        let mut bytes = Zeroizing::new([kind.byte(); 33]);
        bytes.iter_mut().skip(1).zip(self.key.as_bytes()).for_each(|(byte, seed)| *byte = *seed);
        let seed = Zeroizing::new(BASE64.encode(bytes.as_slice()));
        Zeroizing::new(format!("PRIVATE+KEY+{name}+{:08x}+{}", u32::from_be_bytes(*hash), seed.as_str()))
    }

    /// The key that checks what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The note of a text, which must end with a line feed, signed by this key.
    ///
    /// A cosigner's key signs no free text: what it gives has no signature, and is no note.
    pub fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.signature_line(text))
    }

    /// The line of signature over a text, which must end with a line feed; no line, `""`, from a cosigner's key.
    pub fn signature_line(&self, text: &str) -> String {
        match self.verifier.kind {
            KeyKind::Note => self.line(&self.key.sign(text.as_bytes()).to_bytes()),
            KeyKind::Cosigner => String::new(),
        }
    }

    /// The line by which a witness states that at this time, in POSIX seconds, it had seen no larger tree of the log
    /// than this checkpoint's, and that this one continues all that it saw (C2SP `tlog-cosignature`).
    ///
    /// No line, `""`, if the key is no cosigner's, the text no checkpoint, or the time 2⁶³ or later; no note takes that.
    pub fn cosign(&self, checkpoint_text: &str, seconds: u64) -> String {
        let message = cosigned(checkpoint_text, seconds).filter(|_| self.verifier.kind == KeyKind::Cosigner);
        message.map_or_else(String::new, |message| {
            let signature = self.key.sign(message.as_bytes()).to_bytes();
            self.line(&[seconds.to_be_bytes().as_slice(), signature.as_slice()].concat())
        })
    }

    fn line(&self, signature: &[u8]) -> String {
        let VerifierKey { name, hash, .. } = &self.verifier;
        format!("— {name} {}\n", BASE64.encode([hash.as_slice(), signature].concat()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the signing key of {}", self.verifier)
    }
}

/// What a cosigner signs; none for a text that is no checkpoint and a time that no cosignature may have.
fn cosigned(text: &str, seconds: u64) -> Option<String> {
    let proper = i64::try_from(seconds).is_ok() && Checkpoint::parse(text).is_ok();
    proper.then(|| format!("cosignature/v1\ntime {seconds}\n{text}"))
}

/// The first bytes of a hash over name, kind and key, by which a signature names its key.
fn key_hash(name: &str, key: &[u8]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update("\n").chain_update(key).finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

/// Whether keys and lines of signature may bear this name.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+')
}
