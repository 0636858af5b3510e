//! Secrets: texts that never print, random names, and the digests by which they are known.
//!
//! A secret is wiped from memory when it is dropped, is read but never written by `serde`, and is compared in a time
//! that says nothing of where two differ.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A text that never prints.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// The system gives no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandom;

impl Secret {
    /// Keeps a text from being printed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// A new secret of 32 random bytes, as 43 letters and digits of base64url.
    pub fn random() -> Result<Self, NoRandom> {
        Ok(Self::new(base64url(random_bytes()?.as_ref())))
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The digest under which it is kept: SHA-256 in hexadecimal digits. Only for secrets of many random bytes.
    pub fn digest(&self) -> String {
        digest(self.reveal())
    }
}

impl PartialEq for Secret {
    /// Takes as long wherever two of one length differ. The length is no secret: it is fixed, or typed by the sender.
    fn eq(&self, other: &Self) -> bool {
        self.reveal().as_bytes().ct_eq(other.reveal().as_bytes()).into()
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// SHA-256 in hexadecimal digits.
pub fn digest(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Whether a text could be [`Secret::random`] printed: 43 letters of base64url.
pub(crate) fn is_random(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == LETTERS && text.bytes().all(is_letter)
}

pub(crate) fn random_bytes() -> Result<Zeroizing<[u8; 32]>, NoRandom> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|_| NoRandom)?;
    Ok(bytes)
}

/// Bytes in base64url without padding (RFC 4648, section 5).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a text in base64url, if it is one; two texts never give the same bytes.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// 32 bytes in base64url.
pub(crate) const LETTERS: usize = 43;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::random().unwrap();
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "[secret] Some([secret])");
        assert_eq!(format!("{secret:#?}"), "[secret]");
    }

    #[test]
    fn each_random_secret_is_another_and_looks_like_one() {
        let secret = Secret::random().unwrap();
        assert!(is_random(secret.reveal()));
        assert_ne!(secret, Secret::random().unwrap());
        assert_ne!(secret, Secret::new(""));
        assert_eq!(secret, secret.clone());
    }

    #[test]
    fn a_secret_is_read_from_json() {
        let secret: Secret = serde_json::from_str("\"a fair wind\"").unwrap();
        assert_eq!(secret.reveal(), "a fair wind");
    }

    #[test]
    fn base64url_is_that_of_the_standard() {
        for (plain, coded) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
            assert_eq!(base64url(plain.as_bytes()), coded);
        }
        assert_eq!(base64url(&[0xfb, 0xff, 0xfe]), "-__-");
        assert_eq!(from_base64url("-__-"), Some(vec![0xfb, 0xff, 0xfe]));
        assert_eq!(
            (from_base64url("Zh"), from_base64url("Zg=="), from_base64url("+//+")),
            (None, None, None)
        );
    }

    #[test]
    fn the_digest_is_sha256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
