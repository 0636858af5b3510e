//! Secrets that are never printed, and the signature of a webhook: HMAC-SHA256 over `id.timestamp.body`, as Standard
//! Webhooks 1.0 writes it (`v1,` and base64). A secret is 24 to 64 bytes, written `whsec_` and base64.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// A password. It prints as `[secret]` and is wiped when dropped.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// Holds a secret.
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself, for the one place that needs it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// What webhooks are signed with: shared with one receiver. It prints as `[secret]` and is wiped when dropped.
#[derive(Clone)]
pub(crate) struct SigningSecret(Zeroizing<Vec<u8>>);

impl SigningSecret {
    /// A new one of 32 random bytes, as the API makes it.
    #[cfg(test)]
    pub(crate) fn make() -> Result<Self, Failure> {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        getrandom::fill(&mut bytes)
            .map_err(|_| Failure::input("the system gives no random bytes; no secret was made"))?;
        Ok(Self(bytes))
    }

    /// Reads `whsec_…`. What was typed is never repeated.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let refused = || {
            Failure::input(
                "a webhook's secret is `whsec_` and the base64 of 24 to 64 bytes; take the one that was shown when it was made",
            )
        };
        let encoded = text.strip_prefix(PREFIX).filter(|encoded| encoded.len() <= 88).ok_or_else(refused)?;
        let bytes = STANDARD.decode(encoded).map(Zeroizing::new).map_err(|_| refused())?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(refused());
        }
        Ok(Self(bytes))
    }

    /// The text that a receiver is handed.
    #[cfg(test)]
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice())))
    }

    /// The signature of one request: `v1,BASE64`.
    fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> Option<String> {
        // A key of any length is taken; the error of the signature cannot happen.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{}.", at.as_second()).as_bytes());
        mac.update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// The header `webhook-signature`: one signature per secret, divided by blanks. Empty when there is no secret.
pub(super) fn signatures(secrets: &[SigningSecret], id: &str, at: Timestamp, body: &[u8]) -> String {
    let signatures: Vec<_> = secrets.iter().filter_map(|secret| secret.sign(id, at, body)).collect();
    signatures.join(" ")
}

const PREFIX: &str = "whsec_";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHOWN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_signature_is_the_one_that_the_official_library_makes() {
        // Printed by `Webhook.sign` of the PyPI package standardwebhooks 1.1.0.
        let secret = SigningSecret::parse(SHOWN).unwrap();
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = signatures(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn during_a_rotation_both_secrets_sign_the_newest_first() {
        let (new, old) = (SigningSecret::make().unwrap(), SigningSecret::parse(SHOWN).unwrap());
        let at = Timestamp::UNIX_EPOCH;
        let one = |secret: &SigningSecret| signatures(std::slice::from_ref(secret), "n1", at, b"{}");
        assert_eq!(
            signatures(&[new.clone(), old.clone()], "n1", at, b"{}"),
            format!("{} {}", one(&new), one(&old))
        );
    }

    #[test]
    fn a_signature_changes_with_the_id_the_time_and_the_body() {
        let secrets = [SigningSecret::parse(SHOWN).unwrap()];
        let at = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(1).unwrap();
        let first = signatures(&secrets, "n1", at, b"{}");
        for other in [
            signatures(&secrets, "n2", at, b"{}"),
            signatures(&secrets, "n1", later, b"{}"),
            signatures(&secrets, "n1", at, b"{ }"),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_password_and_a_signing_secret_are_never_printed() {
        let printed =
            format!("{:?} {:?}", Secret::new("hunter2".into()), SigningSecret::parse(SHOWN).unwrap());
        assert_eq!(printed, "[secret] [secret]");
    }

    #[test]
    fn a_secret_that_is_too_short_too_long_or_mistyped_is_refused_and_not_repeated() {
        let of = |length| format!("whsec_{}", STANDARD.encode(vec![7; length]));
        for text in
            ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqr!", &of(23), &of(65)]
        {
            let Err(Failure::Input(lines)) = SigningSecret::parse(text) else { panic!("{text} was taken") };
            assert!(!lines[0].contains("MfKQ"), "{lines:?}");
        }
        assert!(SigningSecret::parse(&of(24)).is_ok() && SigningSecret::parse(&of(64)).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_breaks_the_reading(text in "(whsec_)?.{0,200}") {
            let _ = SigningSecret::parse(&text);
        }

        #[test]
        fn a_secret_reads_back_as_it_was_written(bytes in proptest::collection::vec(any::<u8>(), 24..=64)) {
            let secret = SigningSecret(Zeroizing::new(bytes.clone()));
            prop_assert_eq!(SigningSecret::parse(&secret.to_text()).unwrap().0.to_vec(), bytes);
        }
    }
}
