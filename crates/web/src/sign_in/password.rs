//! Passwords of local accounts: Argon2id with the parameters that OWASP advises.
//!
//! A password is compared in Unicode's form NFC, so that it is the same however a keyboard composes its accents; blanks
//! and capitals count as they were typed. Nothing is cut off.
//!
//! A hash takes 19 MiB and some tens of milliseconds while it is computed, so the caller lets only a few be computed at
//! once, off the threads that serve.

use std::hint::black_box;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use dualtrack_catalogue::Bilingual;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::secret::Secret;
use super::weakness::{too_long, weakness};

/// Why a password is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is too easy to guess, or too long.
    #[error("{}", .0.en)]
    Weak(Bilingual),
    /// It could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// What a password comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is the right one.
    Yes,
    /// It is the right one, and its hash has other parameters than today's: hash it again while it is at hand.
    YesButRehash,
    /// It is not.
    No,
}

/// Hashes a password that is good enough, as a PHC string.
pub fn hash(password: &Secret, account: &str) -> Result<String, PasswordError> {
    let password = composed(password).ok_or_else(|| PasswordError::Weak(too_long()))?;
    if let Some(words) = weakness(&password, account) {
        return Err(PasswordError::Weak(words));
    }
    encode(&password)
}

/// Hashes again a password that [`verify`] has just found right, whatever the rules for new ones say today.
pub fn hash_again(password: &Secret) -> Result<String, PasswordError> {
    encode(&composed(password).ok_or_else(|| PasswordError::Weak(too_long()))?)
}

fn encode(password: &str) -> Result<String, PasswordError> {
    hasher()?
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether a password is that of a hash.
///
/// A hash that cannot be read, or asks for more than this machine should give, matches nothing and takes as long.
pub fn verify(hash: &str, password: &Secret) -> Verification {
    // Decided by what was sent alone, so it tells nothing of the account.
    let Some(password) = composed(password) else { return Verification::No };
    let Ok(hasher) = hasher() else { return Verification::No };
    let read = phc::PasswordHash::new(hash).ok().and_then(|hash| {
        let parameters = Params::try_from(&hash).ok()?;
        let affordable = parameters.block_count() <= MOST_KIB && parameters.t_cost() <= MOST_PASSES;
        (affordable && hash.hash.is_some()).then_some((hash, parameters))
    });
    let Some((hash, parameters)) = read else {
        let nobody = phc::PasswordHash::new(NOBODY);
        black_box(nobody.is_ok_and(|nobody| hasher.verify_password(password.as_bytes(), &nobody).is_ok()));
        return Verification::No;
    };
    if hasher.verify_password(password.as_bytes(), &hash).is_err() {
        return Verification::No;
    }
    let today = hasher.params();
    let same = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && (parameters.m_cost(), parameters.t_cost(), parameters.p_cost())
            == (today.m_cost(), today.t_cost(), today.p_cost());
    if same { Verification::Yes } else { Verification::YesButRehash }
}

/// Whether a password is that of a hash, for those who do not hash it again.
pub fn matches(hash: &str, password: &Secret) -> bool {
    verify(hash, password) != Verification::No
}

/// Takes as long as [`verify`], for an account that does not exist or has no password.
pub fn spend_as_if(password: &Secret) {
    black_box(verify(NOBODY, password));
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    // OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
    let parameters =
        Params::new(19_456, 2, 1, None).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// The password in NFC; nothing if it is too long. What is looked at is bounded before it is composed.
fn composed(password: &Secret) -> Option<Zeroizing<String>> {
    // No composed character is typed with more than twelve bytes. Composing makes at most three times as many bytes,
    // and the room for them is taken at once, so that no copy stays behind.
    let typed = Some(password.reveal()).filter(|text| text.len() <= LONGEST * 12)?;
    let mut composed = Zeroizing::new(String::with_capacity(typed.len() * 3));
    composed.extend(typed.nfc());
    (composed.chars().count() <= LONGEST).then_some(composed)
}

/// In characters.
pub(super) const LONGEST: usize = 256;
/// A hash restored from elsewhere may ask for this much memory and no more.
const MOST_KIB: usize = 256 * 1_024;
const MOST_PASSES: u32 = 16;
/// The hash of a random password that nobody knows, with the parameters above.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$6mcVkCeJIKpOIWqW9BM5gkXl0uX0bYFbDXJ4GVmzkyQ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let password = Secret::new("a fair wind from Lantau");
        let hash = hash(&password, "mok").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(verify(&hash, &password), Verification::Yes);
        for other in ["a fair wind from Lamma", "A fair wind from Lantau", "a fair wind from Lantau ", ""] {
            assert!(!matches(&hash, &Secret::new(other)), "{other}");
        }
    }

    #[test]
    fn a_password_is_the_same_however_its_accents_were_typed() {
        let hash = hash(&Secret::new("caf\u{e9} by the harbour"), "mok").unwrap();
        assert!(matches(&hash, &Secret::new("cafe\u{301} by the harbour")));
    }

    #[test]
    fn a_hash_with_other_parameters_still_matches_and_asks_to_be_made_anew() {
        let password = Secret::new("a fair wind from Lantau");
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let old = cheap.hash_password(password.reveal().as_bytes()).unwrap().to_string();
        assert_eq!(verify(&old, &password), Verification::YesButRehash);
        assert_eq!(verify(&old, &Secret::new("another")), Verification::No);
        let new = hash_again(&password).unwrap();
        assert_eq!(verify(&new, &password), Verification::Yes);
    }

    #[test]
    fn a_hash_that_cannot_be_read_or_asks_for_too_much_matches_nothing() {
        let greedy = NOBODY.replace("m=19456", "m=4000000");
        let slow = NOBODY.replace("t=2", "t=4000000");
        let empty = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA";
        for hash in ["", "nonsense", greedy.as_str(), slow.as_str(), empty, "$2y$10$abcdefghijklmnopqrstuv"] {
            assert_eq!(verify(hash, &Secret::new("")), Verification::No, "{hash}");
        }
    }

    #[test]
    fn nobody_has_a_hash_that_is_computed_like_any() {
        let nobody = phc::PasswordHash::new(NOBODY).unwrap();
        let (theirs, ours) = (Params::try_from(&nobody).unwrap(), hasher().unwrap());
        assert_eq!((theirs.m_cost(), theirs.t_cost()), (ours.params().m_cost(), ours.params().t_cost()));
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), 32);
        spend_as_if(&Secret::new("anything at all"));
    }

    #[test]
    fn the_longest_password_has_256_characters_of_whatever_size() {
        let line = |length| "今晚我們到海傍散步然後回家".chars().cycle().take(length).collect::<String>();
        assert!(composed(&Secret::new(line(256))).is_some());
        assert!(composed(&Secret::new(line(257))).is_none());
        assert!(matches!(hash(&Secret::new("x".repeat(10_000_000)), ""), Err(PasswordError::Weak(_))));
        assert_eq!(verify(NOBODY, &Secret::new("x".repeat(10_000_000))), Verification::No);
    }

    #[test]
    fn no_refusal_repeats_a_password() {
        let refused = hash(&Secret::new("Sunshine2024!"), "mok").unwrap_err();
        assert!(!format!("{refused:?} {refused}").to_lowercase().contains("sunshine"));
    }
}
