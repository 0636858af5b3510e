//! What an authenticator and a browser hand over: read strictly, and held against what was asked for.

use serde::Deserialize;

use super::cbor::{self, Item};
use super::key::PublicKey;
use super::party::Party;
use super::refusal::PasskeyRefusal;

/// What an authenticator says of itself and the person before it, as it signs it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AuthenticatorData<'bytes> {
    party: [u8; 32],
    flags: u8,
    pub(super) counter: u32,
    /// The new credential, where one was made.
    pub(super) made: Option<NewCredential<'bytes>>,
}

/// A credential that was just made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewCredential<'bytes> {
    pub(super) id: &'bytes [u8],
    pub(super) key: PublicKey,
}

impl<'bytes> AuthenticatorData<'bytes> {
    /// Reads it; nothing may stand behind it.
    pub(super) fn read(bytes: &'bytes [u8]) -> Option<Self> {
        let (party, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (counter, mut rest) = rest.split_first_chunk::<4>()?;
        let mut made = None;
        if flags & ATTESTED != 0 {
            // The model of the authenticator, which is not asked for.
            let (_model, behind) = rest.split_first_chunk::<16>()?;
            let (length, behind) = behind.split_first_chunk::<2>()?;
            let (id, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            let (cose, behind) = cbor::read(behind)?;
            if id.is_empty() || id.len() > LONGEST_ID {
                return None;
            }
            made = Some(NewCredential { id, key: PublicKey::of_cose(&cose)? });
            rest = behind;
        }
        if flags & EXTENDED != 0 {
            let (extensions, behind) = cbor::read(rest)?;
            if !matches!(extensions, Item::Map(_)) {
                return None;
            }
            rest = behind;
        }
        // What says that it was copied elsewhere says that it could be.
        let may_be_copied = flags & COPIED == 0 || flags & MAY_BE_COPIED != 0;
        (rest.is_empty() && may_be_copied).then_some(Self {
            party: *party,
            flags: *flags,
            counter: u32::from_be_bytes(*counter),
            made,
        })
    }

    /// Refuses what was signed for another server, or without the person.
    pub(super) fn is_for(&self, party: &Party) -> Result<(), PasskeyRefusal> {
        if self.party != party.digest() {
            return Err(PasskeyRefusal::OtherServer);
        }
        if self.flags & PRESENT == 0 || self.flags & VERIFIED == 0 {
            return Err(PasskeyRefusal::NotVerified);
        }
        Ok(())
    }
}

/// What the browser says that it asked the authenticator for.
#[derive(Debug, Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// What a browser asks an authenticator for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To make a credential.
    Create,
    /// To sign with one.
    Get,
}

/// The challenge that a browser says it handed over, unread: it names what waits, and proves nothing.
pub(super) fn challenge_of(client_data: &[u8]) -> Option<String> {
    read(client_data).map(|read| read.challenge)
}

/// Refuses what another page, or for another purpose, was asked.
pub(super) fn holds(
    client_data: &[u8],
    asked: Asked,
    challenge: &str,
    party: &Party,
) -> Result<(), PasskeyRefusal> {
    let read = read(client_data).ok_or(PasskeyRefusal::Unreadable)?;
    let kind = match asked {
        Asked::Create => "webauthn.create",
        Asked::Get => "webauthn.get",
    };
    if read.kind != kind || read.challenge != challenge {
        return Err(PasskeyRefusal::NotBegun);
    }
    if read.origin != party.origin || read.cross_origin || read.top_origin.is_some() {
        return Err(PasskeyRefusal::OtherPage);
    }
    Ok(())
}

fn read(client_data: &[u8]) -> Option<ClientData> {
    if client_data.len() > LONGEST_CLIENT_DATA {
        return None;
    }
    serde_json::from_slice(client_data).ok()
}

/// The person was there.
const PRESENT: u8 = 1;
/// The authenticator verified who the person is.
const VERIFIED: u8 = 1 << 2;
const MAY_BE_COPIED: u8 = 1 << 3;
const COPIED: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;
/// As the standard bounds it.
pub(super) const LONGEST_ID: usize = 1_023;
const LONGEST_CLIENT_DATA: usize = 4_096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn party() -> Party {
        Party::of("https://ai.bank.example").unwrap()
    }

    fn data(flags: u8, behind: &[u8]) -> Vec<u8> {
        [&party().digest()[..], &[flags, 0, 0, 1, 2], behind].concat()
    }

    #[test]
    fn authenticator_data_is_read_to_its_end() {
        let bytes = data(0x05, b"");
        let read = AuthenticatorData::read(&bytes).unwrap();
        assert_eq!((read.counter, read.made.is_none(), read.is_for(&party())), (258, true, Ok(())));
        assert_eq!(AuthenticatorData::read(&bytes[..36]), None);
        assert_eq!(AuthenticatorData::read(&data(0x05, b"\0")), None);
        assert!(AuthenticatorData::read(&data(0x85, b"\xa1\x61a\xf5")).is_some());
        assert_eq!(AuthenticatorData::read(&data(0x85, b"\x01")), None);
        assert_eq!(AuthenticatorData::read(&data(0x15, b"")), None, "copied, and could not be");
        assert_eq!(AuthenticatorData::read(&data(0x45, &[0; 18])), None, "an id of no bytes");
    }

    #[test]
    fn another_server_and_an_unverified_person_are_refused() {
        let elsewhere = Party::of("https://bank.example").unwrap();
        let bytes = data(0x05, b"");
        let read = AuthenticatorData::read(&bytes).unwrap();
        assert_eq!(read.is_for(&elsewhere), Err(PasskeyRefusal::OtherServer));
        for flags in [0x00, 0x01, 0x04] {
            let bytes = data(flags, b"");
            let read = AuthenticatorData::read(&bytes).unwrap();
            assert_eq!(read.is_for(&party()), Err(PasskeyRefusal::NotVerified), "{flags}");
        }
    }

    #[test]
    fn the_page_the_purpose_and_the_challenge_are_held_exactly() {
        let said = |kind: &str, challenge: &str, origin: &str, more: &str| {
            format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#)
        };
        let held = |text: String| holds(text.as_bytes(), Asked::Get, "abc", &party());
        let ours = "https://ai.bank.example";
        assert_eq!(held(said("webauthn.get", "abc", ours, r#","crossOrigin":false,"new":1"#)), Ok(()));
        for (kind, challenge) in [("webauthn.create", "abc"), ("webauthn.get", "abd"), ("", "")] {
            assert_eq!(held(said(kind, challenge, ours, "")), Err(PasskeyRefusal::NotBegun));
        }
        for origin in [
            "https://ai.bank.example.evil.example",
            "http://ai.bank.example",
            "https://ai.bank.example:443",
            "https://AI.bank.example",
            "https://bank.example",
            "null",
        ] {
            let refused = held(said("webauthn.get", "abc", origin, ""));
            assert_eq!(refused, Err(PasskeyRefusal::OtherPage), "{origin}");
        }
        for more in [r#","crossOrigin":true"#, r#","topOrigin":"https://evil.example""#] {
            assert_eq!(held(said("webauthn.get", "abc", ours, more)), Err(PasskeyRefusal::OtherPage));
        }
        assert_eq!(held("{".into()), Err(PasskeyRefusal::Unreadable));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(flags: u8, behind in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(read) = AuthenticatorData::read(&data(flags, &behind)) {
                let _ = read.is_for(&party());
            }
            let _ = AuthenticatorData::read(&behind);
            prop_assert!(holds(&behind, Asked::Get, "abc", &party()).is_err());
            let _ = challenge_of(&behind);
        }
    }
}
