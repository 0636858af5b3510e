//! The two ceremonies: a passkey is added, and a passkey signs. Values in, values out.

use sha2::{Digest as _, Sha256};

use super::super::secret::from_base64url;
use super::cbor::{self, Item};
use super::key::PublicKey;
use super::party::Party;
use super::refusal::PasskeyRefusal;
use super::signed::{Asked, AuthenticatorData, LONGEST_ID, challenge_of, holds};

/// What a browser hands over when a passkey was made; each part in base64url.
#[derive(Clone, Copy, Debug)]
pub struct Attested<'text> {
    /// What the browser asked for.
    pub client_data: &'text str,
    /// What the authenticator made.
    pub attestation: &'text str,
}

/// What a browser hands over when a passkey signed; each part in base64url.
#[derive(Clone, Copy, Debug)]
pub struct Asserted<'text> {
    /// What the browser asked for.
    pub client_data: &'text str,
    /// What the authenticator says.
    pub authenticator_data: &'text str,
    /// The signature of both.
    pub signature: &'text str,
}

/// A passkey that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// The id of the credential.
    pub credential: Vec<u8>,
    /// Its public key.
    pub key: PublicKey,
    /// How often it signed.
    pub counter: u32,
}

/// The challenge that something handed over says it answers. It names what waits, and proves nothing.
pub fn challenge(client_data: &str) -> Option<String> {
    challenge_of(&decoded(client_data)?)
}

/// The id of a credential that was handed over, if it is one.
pub fn credential(id: &str) -> Option<Vec<u8>> {
    decoded(id).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
}

/// A passkey that was made, held against what was asked for.
///
/// The device's maker is not asked (attestation `none`): whoever adds a passkey has just shown who she is. Where a browser
/// hands over what a device says of its own key by itself, that is checked, and nothing follows from it.
pub fn registered(given: Attested<'_>, challenge: &str, party: &Party) -> Result<NewPasskey, PasskeyRefusal> {
    let client_data = decoded(given.client_data).ok_or(PasskeyRefusal::Unreadable)?;
    holds(&client_data, Asked::Create, challenge, party)?;
    let attestation = decoded(given.attestation).ok_or(PasskeyRefusal::Unreadable)?;
    let object = cbor::read_whole(&attestation).ok_or(PasskeyRefusal::Unreadable)?;
    let bytes = object.named("authData").and_then(Item::bytes).ok_or(PasskeyRefusal::Unreadable)?;
    let data = AuthenticatorData::read(bytes).ok_or(PasskeyRefusal::Kind)?;
    data.is_for(party)?;
    let made = data.made.ok_or(PasskeyRefusal::Unreadable)?;
    let statement = object.named("attStmt").ok_or(PasskeyRefusal::Unreadable)?;
    match object.named("fmt") {
        Some(Item::Text("none")) if *statement == Item::Map(Vec::new()) => {}
        Some(Item::Text("packed")) if statement.named("x5c").is_none() => {
            let algorithm = statement.named("alg") == Some(&Item::Number(made.key.algorithm()));
            let signature = statement.named("sig").and_then(Item::bytes).unwrap_or_default();
            if !algorithm || !made.key.signed(&message(bytes, &client_data), signature) {
                return Err(PasskeyRefusal::NotSigned);
            }
        }
        _ => return Err(PasskeyRefusal::Kind),
    }
    Ok(NewPasskey { credential: made.id.to_vec(), key: made.key, counter: data.counter })
}

/// Whether a passkey signed what was asked for, and the count that its authenticator has come to.
pub fn asserted(
    given: Asserted<'_>,
    challenge: &str,
    party: &Party,
    (key, counter): (&PublicKey, i64),
) -> Result<i64, PasskeyRefusal> {
    let client_data = decoded(given.client_data).ok_or(PasskeyRefusal::Unreadable)?;
    holds(&client_data, Asked::Get, challenge, party)?;
    let bytes = decoded(given.authenticator_data).ok_or(PasskeyRefusal::Unreadable)?;
    let data = AuthenticatorData::read(&bytes).ok_or(PasskeyRefusal::Unreadable)?;
    data.is_for(party)?;
    let signature = decoded(given.signature).ok_or(PasskeyRefusal::Unreadable)?;
    if !key.signed(&message(&bytes, &client_data), &signature) {
        return Err(PasskeyRefusal::NotSigned);
    }
    let now = i64::from(data.counter);
    // An authenticator that does not count says 0 every time; one that once counted goes on counting.
    if (now != 0 || counter != 0) && now <= counter {
        return Err(PasskeyRefusal::Counter);
    }
    Ok(now)
}

/// What authenticators sign.
fn message(data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [data, &Sha256::digest(client_data)].concat()
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST { None } else { from_base64url(text) }
}

/// Far beyond what any device writes.
const LONGEST: usize = 16 * 1_024;
