//! Passwords of local accounts: Argon2id with the parameters that OWASP advises, and what makes a password good enough.
//!
//! A hash takes 19 MiB while it is computed, so the caller lets only a few be computed at once.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use dualtrack_catalogue::Bilingual;

use super::secret::Secret;

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

/// Hashes a password that is good enough, as a PHC string.
pub fn hash(password: &Secret, account: &str) -> Result<String, PasswordError> {
    if let Some(words) = weakness(password.reveal(), account) {
        return Err(PasswordError::Weak(words));
    }
    hasher()?
        .hash_password(password.reveal().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether a password is that of a hash. A hash that cannot be read matches nothing.
pub fn matches(hash: &str, password: &Secret) -> bool {
    let Ok(hasher) = hasher() else { return false };
    password.reveal().len() <= LONGEST
        && phc::PasswordHash::new(hash)
            .is_ok_and(|hash| hasher.verify_password(password.reveal().as_bytes(), &hash).is_ok())
}

/// Takes as long as [`matches`], for an account that does not exist.
pub fn spend_as_if(password: &Secret) {
    let _ = matches(NOBODY, password);
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    // OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
    let parameters =
        Params::new(19_456, 2, 1, None).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// What makes a password too easy to guess.
fn weakness(password: &str, account: &str) -> Option<Bilingual> {
    let say = |en: &str, zh: &str| Some(Bilingual { en: en.to_owned(), zh_hant: zh.to_owned() });
    let lower = password.to_lowercase();
    if password.chars().count() < SHORTEST {
        return say(
            "the password has fewer than 12 characters; a sentence is easy to remember",
            "密碼少於12個字元；用一句話較易記",
        );
    }
    if password.len() > LONGEST {
        return say("the password has more than 256 bytes", "密碼超過256個位元組");
    }
    if !account.is_empty() && lower.contains(&account.to_lowercase()) {
        return say("the password holds the name of the account", "密碼包含帳戶名稱");
    }
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let in_row =
        lower.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) <= 1)).count();
    if letters.len() < 5 || in_row * 2 > lower.len() {
        return say("the password repeats itself or counts up", "密碼只是重複或順序的字元");
    }
    let letters_only: String = lower.chars().filter(|letter| letter.is_alphabetic()).collect();
    if COMMON.iter().any(|common| letters_only.replace(common, "").len() * 3 < letters_only.len()) {
        return say("the password is made of words that everybody tries first", "密碼由最常被猜中的字詞組成");
    }
    None
}

const SHORTEST: usize = 12;
const LONGEST: usize = 256;
/// What attackers try first, and the keys of a keyboard in a row.
const COMMON: [&str; 16] = [
    "password",
    "passw",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "zxcvbn",
    "letmein",
    "welcome",
    "iloveyou",
    "admin",
    "administrator",
    "dualtrack",
    "hongkong",
    "changeme",
    "secret",
    "master",
];
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
        assert!(matches(&hash, &password));
        assert!(!matches(&hash, &Secret::new("a fair wind from Lamma")));
        assert!(!matches("nonsense", &password));
    }

    #[test]
    fn nobody_has_a_hash_that_is_computed_like_any() {
        assert!(phc::PasswordHash::new(NOBODY).is_ok());
        spend_as_if(&Secret::new("anything at all"));
    }

    #[test]
    fn what_is_easy_to_guess_is_refused() {
        for password in [
            "short",
            "password1234",
            "aaaaaaaaaaaaaa",
            "abcdefghijklmn",
            "123456789012",
            "mok-lai-sheung1",
            "Qwertyuiop12",
            "AdminAdmin123",
        ] {
            assert!(weakness(password, "mok-lai-sheung").is_some(), "{password}");
        }
        assert_eq!(weakness("correct horse battery", "mok-lai-sheung"), None);
    }
}
