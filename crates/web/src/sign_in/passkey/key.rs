//! The public keys of passkeys: ES256 (P-256 with SHA-256) and `EdDSA` (Ed25519), and nothing else.

use ed25519_dalek::VerifyingKey as Ed25519;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey as P256};

use super::super::secret::{base64url, from_base64url};
use super::cbor::Item;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// ES256.
    Es256(Box<P256>),
    /// `EdDSA`.
    EdDsa(Box<Ed25519>),
}

impl PublicKey {
    /// Reads a key as authenticators write it (COSE).
    pub(super) fn of_cose(cose: &Item<'_>) -> Option<Self> {
        let number = |at| match cose.numbered(at) {
            Some(Item::Number(number)) => Some(*number),
            _ => None,
        };
        let part = |at| cose.numbered(at).and_then(Item::bytes).filter(|bytes| bytes.len() == PART);
        match (number(KIND)?, number(ALGORITHM)?, number(CURVE)?) {
            (2, ES256, 1) => {
                let whole = [&[UNCOMPRESSED], part(X)?, part(Y)?].concat();
                P256::from_sec1_bytes(&whole).ok().map(|key| Self::Es256(Box::new(key)))
            }
            (1, EDDSA, 6) => Self::ed25519(part(X)?),
            _ => None,
        }
    }

    /// Reads a key as it is kept.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, key) = text.split_once(' ')?;
        let bytes = from_base64url(key)?;
        match algorithm {
            "es256" => P256::from_sec1_bytes(&bytes).ok().map(|key| Self::Es256(Box::new(key))),
            "eddsa" => Self::ed25519(&bytes),
            _ => None,
        }
    }

    /// As it is kept.
    pub fn text(&self) -> String {
        match self {
            Self::Es256(key) => format!("es256 {}", base64url(&key.to_sec1_bytes())),
            Self::EdDsa(key) => format!("eddsa {}", base64url(key.as_bytes())),
        }
    }

    /// Whether it signed a message.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => DerSignature::from_bytes(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::EdDsa(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }

    /// The number of its algorithm (COSE).
    pub(super) fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::EdDsa(_) => EDDSA,
        }
    }

    fn ed25519(bytes: &[u8]) -> Option<Self> {
        let key = Ed25519::from_bytes(bytes.try_into().ok()?).ok()?;
        // A weak key signs anything.
        (!key.is_weak()).then(|| Self::EdDsa(Box::new(key)))
    }
}

/// ES256, as COSE numbers it.
pub const ES256: i64 = -7;
/// `EdDSA`, as COSE numbers it.
pub const EDDSA: i64 = -8;
const KIND: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
/// How many bytes a coordinate has.
const PART: usize = 32;
const UNCOMPRESSED: u8 = 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cbor::read_whole;
    use super::*;

    // RFC 6979, A.2.5: the key, and its signature of "sample" with SHA-256.
    const KEY: &str =
        "es256 BGD-1LolWp0xyWHrdMY1bWjASbiSO2H6bOZpYi5g8p-2eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk";

    #[test]
    fn keys_read_back_as_they_are_kept() {
        let key = PublicKey::parse(KEY).unwrap();
        assert_eq!((key.text(), key.algorithm()), (KEY.to_owned(), ES256));
        let signing = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let key = PublicKey::EdDsa(Box::new(signing.verifying_key()));
        assert_eq!(PublicKey::parse(&key.text()), Some(key.clone()));
        let signature = ed25519_dalek::Signer::sign(&signing, b"sample").to_bytes();
        assert!(key.signed(b"sample", &signature) && !key.signed(b"simple", &signature));
        assert!(!key.signed(b"sample", &signature[1..]));
    }

    #[test]
    fn a_signature_of_the_standard_counts_and_another_does_not() {
        let key = PublicKey::parse(KEY).unwrap();
        let signature = |text| from_base64url(text).unwrap();
        let der = signature(
            "MEYCIQDv1IsqrLao_RFA3ZzUXoHWnSyHe1aq-ZHDTQ6oTq83FgIhAPfLHJQtZXxB1DbHobbin2Xz6QDbua_0Bk3Eqy-EOs2o",
        );
        assert!(key.signed(b"sample", &der) && !key.signed(b"simple", &der));
        // The two numbers alone are another way to write it, which authenticators do not use.
        let numbers = signature(
            "79SLKqy2qP0RQN2c1F6B1p0sh3tWqvmRw00OqE6vNxb3yxyULWV8QdQ2x6G24p9l8-kA27mv9AZNxKsvhDrNqA",
        );
        assert!(!key.signed(b"sample", &numbers) && !key.signed(b"sample", b""));
    }

    #[test]
    fn other_algorithms_and_points_off_the_curve_are_refused() {
        for text in [
            "",
            "es256",
            "rs256 AAAA",
            "es256 AAAA",
            "eddsa AAAA",
            "eddsa AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(PublicKey::parse(text), None, "{text}");
        }
        let mut cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        cose.extend([1; 32]);
        cose.extend(b"\x22\x58\x20");
        cose.extend([1; 32]);
        assert_eq!(PublicKey::of_cose(&read_whole(&cose).unwrap()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            text in ".{0,100}",
            bytes in prop::collection::vec(any::<u8>(), 0..120),
            coordinates: [[u8; 32]; 2],
        ) {
            let _ = PublicKey::parse(&text);
            let _ = PublicKey::parse(&format!("es256 {}", base64url(&bytes)));
            let _ = PublicKey::parse(&format!("eddsa {}", base64url(&coordinates[0])));
            prop_assert!(!PublicKey::parse(KEY).unwrap().signed(b"sample", &bytes));
            let [x, y] = coordinates;
            let cose = Item::Map(vec![
                (Item::Number(1), Item::Number(2)),
                (Item::Number(3), Item::Number(-7)),
                (Item::Number(-1), Item::Number(1)),
                (Item::Number(-2), Item::Bytes(&x)),
                (Item::Number(-3), Item::Bytes(&y)),
            ]);
            let _ = PublicKey::of_cose(&cose);
        }
    }
}
