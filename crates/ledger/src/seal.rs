//! What is kept beside the log and can be erased: sealed payloads, and fields in them that may be shown one by one.
//!
//! A payload is sealed with a key of its own, which is wrapped by the key of the person it speaks of. The entry holds
//! only digests: of each field with a salt that stands in the payload (as in SD-JWT, RFC 9901), and of the sealed bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::canonical::write_text;
use crate::key_store::SubjectKey;

/// Why a payload cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Chance,
    /// It is longer than it may be.
    #[error("a payload has at most {LONGEST} bytes")]
    Length,
    /// It could be sealed, but not read again.
    #[error("lists and maps of a payload lie too deep in each other")]
    Depth,
    /// The bytes were changed, or belong to another key or entry.
    #[error("the payload does not open with this key: it was changed, or belongs to another")]
    Opened,
    /// What was inside is not a payload.
    #[error("the payload opens, but does not hold what a payload holds")]
    Malformed,
}

/// What a payload holds.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Fields that the entry commits to, each of which can be shown without the others.
    pub fields: Vec<(String, Value)>,
    /// Whatever else is kept: the prompt, the answer, the features.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub more: Value,
}

/// A sealed payload, to be entered.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub(crate) digests: Vec<String>,
    pub(crate) bytes: Vec<u8>,
    class: String,
}

/// A payload as it was before it was sealed.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Inside {
    seed: String,
    content: Content,
}

impl Sealed {
    /// Seals what an entry of this id keeps about one person, to be kept as long as its retention class says.
    pub fn new(content: Content, key: &SubjectKey, id: Uuid, class: &str) -> Result<Self, SealError> {
        let mut chance = Zeroizing::new([0; REFERENCE + SEED + KEY + NONCE]);
        getrandom::fill(chance.as_mut()).map_err(|_| SealError::Chance)?;
        let (reference, rest) = chance.split_at(REFERENCE);
        let (seed, rest) = rest.split_at(SEED);
        let (data_key, nonce) = rest.split_at(KEY);
        let digests: Vec<String> = disclosures(seed, &content).iter().map(|shown| digest(shown)).collect();
        if content
            .fields
            .iter()
            .map(|(_, value)| value)
            .chain([&content.more])
            .any(|value| !is_shallow(value, DEEPEST))
        {
            return Err(SealError::Depth);
        }
        let inside = Inside { seed: URL_SAFE_NO_PAD.encode(seed), content };
        let inside = Zeroizing::new(serde_json::to_vec(&inside).map_err(|_| SealError::Malformed)?);
        if inside.len() > LONGEST {
            return Err(SealError::Length);
        }
        let bound = bound(id, reference);
        let wrapped = encrypt(key.bytes(), nonce, data_key, &bound)?;
        // The key is used for this payload alone, so that its nonce need not be one that nobody can guess.
        let sealed = encrypt(data_key, &[0; NONCE], &inside, &bound)?;
        let bytes = [&[VERSION], reference, key.id().as_bytes(), nonce, &wrapped, &sealed].concat();
        Ok(Self { digests, bytes, class: class.to_owned() })
    }

    /// How the entry names it.
    pub(crate) fn write_named(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"class\":");
        write_text(&self.class, out);
        out.extend_from_slice(b",\"ref\":");
        write_text(&reference_of(&self.bytes).unwrap_or_default(), out);
        out.extend_from_slice(b",\"sha256\":");
        write_text(&sealed_digest(&self.bytes), out);
        out.push(b'}');
    }
}

/// The reference by which an entry names these sealed bytes.
pub(crate) fn reference_of(sealed: &[u8]) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(sealed.get(1..=REFERENCE)?))
}

/// The id of the person's key with which sealed bytes open.
pub fn key_of(sealed: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(sealed.get(1 + REFERENCE..1 + REFERENCE + 16)?).ok()
}

/// SHA-256 of sealed bytes, in hexadecimal digits.
pub fn sealed_digest(sealed: &[u8]) -> String {
    crate::encoding::hexadecimal(&Sha256::digest(sealed))
}

/// Opens the payload of the entry of this id: its content, and the disclosure of each of its fields.
pub fn open(sealed: &[u8], key: &SubjectKey, id: Uuid) -> Result<(Content, Vec<String>), SealError> {
    let mut rest = sealed;
    let mut take = |count: usize| {
        let (taken, after) = rest.split_at_checked(count).ok_or(SealError::Opened)?;
        rest = after;
        Ok(taken)
    };
    if take(1)? != [VERSION] {
        return Err(SealError::Opened);
    }
    let bound = bound(id, take(REFERENCE)?);
    if take(16)? != key.id().as_bytes() {
        return Err(SealError::Opened);
    }
    let (nonce, wrapped) = (take(NONCE)?, take(KEY + TAG)?);
    let data_key = Zeroizing::new(decrypt(key.bytes(), nonce, wrapped, &bound)?);
    let inside = Zeroizing::new(decrypt(&data_key, &[0; NONCE], rest, &bound)?);
    let inside: Inside = serde_json::from_slice(&inside).map_err(|_| SealError::Malformed)?;
    let seed = Zeroizing::new(URL_SAFE_NO_PAD.decode(&inside.seed).map_err(|_| SealError::Malformed)?);
    // Of a shorter one no salts can be made, and no field could be shown.
    if seed.len() != SEED {
        return Err(SealError::Malformed);
    }
    let shown = disclosures(&seed, &inside.content);
    Ok((inside.content, shown))
}

/// What is handed over to show one field: the base64url of `[salt, name, value]` (RFC 9901, section 4.2.1).
///
/// The salt of the field is HKDF-Expand of the payload's seed, with the field's number in four bytes as information.
fn disclosures(seed: &[u8], content: &Content) -> Vec<String> {
    let salts = Hkdf::<Sha256>::from_prk(seed).ok();
    let mut shown = Vec::with_capacity(content.fields.len());
    for (number, (name, value)) in (0_u32..).zip(&content.fields) {
        let mut salt = [0; 16];
        let made = salts.as_ref().is_some_and(|salts| salts.expand(&number.to_be_bytes(), &mut salt).is_ok());
        if made {
            let salt = URL_SAFE_NO_PAD.encode(salt);
            let Ok(text) = serde_json::to_vec(&(salt.as_str(), name, value)) else { continue };
            shown.push(URL_SAFE_NO_PAD.encode(text));
        }
    }
    shown
}

/// The digest of a disclosure, as it stands in an entry: base64url of SHA-256 over the encoded text.
pub fn digest(disclosure: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(disclosure))
}

/// The name and value that a disclosure shows; none if it is not one.
pub fn disclosed(disclosure: &str) -> Option<(String, Value)> {
    let text = URL_SAFE_NO_PAD.decode(disclosure).ok()?;
    let (_salt, name, value): (String, String, Value) = serde_json::from_slice(&text).ok()?;
    Some((name, value))
}

/// Whether lists and maps lie no deeper in each other than this.
fn is_shallow(value: &Value, deepest: usize) -> bool {
    let mut inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(map) => Box::new(map.values()),
        _ => return true,
    };
    deepest > 0 && inner.all(|inner| is_shallow(inner, deepest - 1))
}

/// What ties a payload to its place, so that it cannot be put beside another entry.
fn bound(id: Uuid, reference: &[u8]) -> Vec<u8> {
    [b"dualtrack payload 1", id.as_bytes().as_slice(), reference].concat()
}

pub(crate) fn encrypt(key: &[u8], nonce: &[u8], plain: &[u8], bound: &[u8]) -> Result<Vec<u8>, SealError> {
    let (cipher, nonce) = cipher(key, nonce)?;
    cipher.encrypt(&nonce, Payload { msg: plain, aad: bound }).map_err(|_| SealError::Length)
}

pub(crate) fn decrypt(key: &[u8], nonce: &[u8], sealed: &[u8], bound: &[u8]) -> Result<Vec<u8>, SealError> {
    let (cipher, nonce) = cipher(key, nonce)?;
    cipher.decrypt(&nonce, Payload { msg: sealed, aad: bound }).map_err(|_| SealError::Opened)
}

fn cipher(key: &[u8], nonce: &[u8]) -> Result<(XChaCha20Poly1305, XNonce), SealError> {
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SealError::Opened)?;
    let cipher = XChaCha20Poly1305::new_from_slice(key).map_err(|_| SealError::Opened)?;
    Ok((cipher, nonce.into()))
}

const VERSION: u8 = 1;
/// A reader of JSON goes 128 deep, some of which the payload takes itself.
const DEEPEST: usize = 110;
const REFERENCE: usize = 16;
const SEED: usize = 32;
pub(crate) const KEY: usize = 32;
pub(crate) const NONCE: usize = 24;
pub(crate) const TAG: usize = 16;
/// The most bytes that a payload holds.
pub(crate) const LONGEST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sealed(value: Value) -> Result<(Vec<String>, Vec<String>), SealError> {
        let (key, id) = (SubjectKey::random().unwrap(), Uuid::nil());
        let content = Content { fields: vec![("field".into(), value)], more: Value::Null };
        let sealed = Sealed::new(content, &key, id, "class")?;
        let (_, shown) = open(&sealed.bytes, &key, id)?;
        Ok((sealed.digests, shown.iter().map(|shown| digest(shown)).collect()))
    }

    #[test]
    fn a_fraction_is_shown_as_the_entry_commits_to_it() {
        for number in [0.1 + 0.2, 5e-324, 4.364_681_192_522_443e-199, f64::MAX] {
            let (committed, shown) = sealed(json!(number)).unwrap();
            assert_eq!(committed, shown, "{number:e}");
        }
    }

    #[test]
    fn what_could_not_be_read_again_is_not_sealed() {
        let deep = |levels: usize| (0..levels).fold(json!([]), |inner, _| json!([inner]));
        assert!(sealed(deep(100)).is_ok());
        assert_eq!(sealed(deep(200)), Err(SealError::Depth));
    }
}
