//! Files that lie beside the log, sealed: each with a key of its own, which is wrapped by a key of the key store.
//!
//! A sealed file opens only under the name that it was sealed under, so that none can be put in the place of another. The
//! log knows nothing of it, and nothing is entered here.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key_store::SubjectKey;
use crate::seal::{KEY, NONCE, SealError, TAG, decrypt, encrypt};

/// Seals the bytes of a file, which open again under the same name only.
pub fn seal_file(plain: &[u8], key: &SubjectKey, name: &str) -> Result<Vec<u8>, SealError> {
    let mut chance = Zeroizing::new([0; KEY + NONCE]);
    getrandom::fill(chance.as_mut()).map_err(|_| SealError::Chance)?;
    let (data_key, nonce) = chance.split_at(KEY);
    let bound = bound(name);
    let wrapped = encrypt(key.bytes(), nonce, data_key, &bound)?;
    // The key is used for this file alone, so that its nonce need not be one that nobody can guess.
    let sealed = encrypt(data_key, &[0; NONCE], plain, &bound)?;
    Ok([HEADER, key.id().as_bytes(), nonce, &wrapped, &sealed].concat())
}

/// Opens a file that was sealed under this name.
pub fn open_file(sealed: &[u8], key: &SubjectKey, name: &str) -> Result<Vec<u8>, SealError> {
    let mut rest = sealed.strip_prefix(HEADER).ok_or(SealError::Opened)?;
    let mut take = |count: usize| {
        let (taken, after) = rest.split_at_checked(count).ok_or(SealError::Opened)?;
        rest = after;
        Ok(taken)
    };
    if take(16)? != key.id().as_bytes() {
        return Err(SealError::Opened);
    }
    let (nonce, wrapped) = (take(NONCE)?, take(KEY + TAG)?);
    let bound = bound(name);
    let data_key = Zeroizing::new(decrypt(key.bytes(), nonce, wrapped, &bound)?);
    decrypt(&data_key, &[0; NONCE], rest, &bound)
}

/// The id of the key with which a sealed file opens; none if it is no sealed file.
pub fn key_of_file(sealed: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(sealed.strip_prefix(HEADER)?.get(..16)?).ok()
}

fn bound(name: &str) -> Vec<u8> {
    [b"dualtrack file 1", name.as_bytes()].concat()
}

const HEADER: &[u8] = b"dualtrack-file@v1\n";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sealed_file_shows_nothing_and_opens_under_its_name_and_key_alone() {
        let (key, other) = (SubjectKey::random().unwrap(), SubjectKey::random().unwrap());
        let plain = b"the minutes of the model risk committee".repeat(20);
        let sealed = seal_file(&plain, &key, "one").unwrap();
        assert_eq!(key_of_file(&sealed), Some(key.id()));
        assert!(!sealed.windows(9).any(|part| part == b"committee"));
        assert_ne!(sealed, seal_file(&plain, &key, "one").unwrap(), "the same twice does not look the same");
        assert_eq!(open_file(&sealed, &key, "one").unwrap(), plain);
        assert_eq!(open_file(&sealed, &key, "two"), Err(SealError::Opened));
        assert_eq!(open_file(&sealed, &other, "one"), Err(SealError::Opened));
        assert_eq!(key_of_file(&plain), None);
    }

    proptest! {
        #[test]
        fn no_byte_of_a_sealed_file_can_be_changed_or_left_out(at in 0_usize..200, bit in 0_u8..8, cut in 0_usize..200) {
            let key = SubjectKey::random().unwrap();
            let sealed = seal_file(&[7; 100], &key, "one").unwrap();
            let mut changed = sealed.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= 1 << bit;
                prop_assert_eq!(open_file(&changed, &key, "one"), Err(SealError::Opened));
            }
            if let Some(shorter) = sealed.get(..cut) {
                prop_assert!(open_file(shorter, &key, "one").is_err());
            }
        }
    }
}
