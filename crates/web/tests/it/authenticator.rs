//! A device of a person, in software: it makes keys, and signs what browsers ask it to sign.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A device with one passkey, and the page that asks it.
#[derive(Clone)]
pub(crate) struct Device {
    key: Key,
    pub(crate) credential: Vec<u8>,
    pub(crate) handle: Option<String>,
    /// What it says next of how often it signed; 0 where it does not count.
    pub(crate) counter: u32,
    /// The page that asks it.
    pub(crate) origin: String,
    /// The server that it signs for.
    pub(crate) party: String,
    /// Whether the person is there, and verified.
    pub(crate) flags: u8,
    /// What the page is asked to do, if it lies.
    pub(crate) kind: Option<&'static str>,
}

#[derive(Clone)]
enum Key {
    Es256(SigningKey),
    EdDsa(ed25519_dalek::SigningKey),
}

impl Device {
    pub(crate) fn new(seed: u8) -> Self {
        Self::with(Key::Es256(SigningKey::from_slice(&[seed; 32]).unwrap()), seed)
    }

    pub(crate) fn ed25519(seed: u8) -> Self {
        Self::with(Key::EdDsa(ed25519_dalek::SigningKey::from_bytes(&[seed; 32])), seed)
    }

    fn with(key: Key, seed: u8) -> Self {
        Self {
            key,
            credential: vec![seed; 20],
            handle: None,
            counter: 1,
            origin: "http://localhost".into(),
            party: "localhost".into(),
            flags: 0x05,
            kind: None,
        }
    }

    /// Makes its passkey, as it is asked to.
    pub(crate) fn make(&mut self, options: &Value, name: &str) -> Value {
        self.handle = Some(options["user"]["id"].as_str().unwrap().to_owned());
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let data = self.data(0x40, &self.attested());
        json!({ "name": name, "client_data": coded(&client_data), "attestation": coded(&none(&data)) })
    }

    /// The same, with what the device says of its own key by itself.
    pub(crate) fn make_with_statement(&mut self, options: &Value, name: &str, good: bool) -> Value {
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let mut made = self.make(options, name);
        let data = self.data(0x40, &self.attested());
        let signature = if good { self.sign(&data, &client_data) } else { vec![1; 30] };
        let mut object = b"\xa3\x63fmt\x66packed\x67attStmt\xa2\x63alg\x26\x63sig\x58".to_vec();
        object.push(u8::try_from(signature.len()).unwrap());
        object.extend(signature);
        object.extend(b"\x68authData");
        object.extend(bytes(&data));
        made["attestation"] = json!(coded(&object));
        made
    }

    /// Signs what it is asked to.
    pub(crate) fn signs(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.data(0, &[]);
        json!({
            "id": coded(&self.credential),
            "client_data": coded(&client_data),
            "authenticator_data": coded(&data),
            "signature": coded(&self.sign(&data, &client_data)),
            "user_handle": self.handle,
        })
    }

    fn client_data(&self, kind: &'static str, challenge: &Value) -> Vec<u8> {
        let kind = self.kind.unwrap_or(kind);
        let mut text = String::new();
        let origin = &self.origin;
        let _ = write!(
            text,
            r#"{{"type":"{kind}","challenge":{challenge},"origin":"{origin}","crossOrigin":false}}"#
        );
        text.into_bytes()
    }

    fn data(&self, flags: u8, behind: &[u8]) -> Vec<u8> {
        let party: [u8; 32] = Sha256::digest(self.party.as_bytes()).into();
        [&party[..], &[self.flags | flags], &self.counter.to_be_bytes(), behind].concat()
    }

    fn attested(&self) -> Vec<u8> {
        let length = u16::try_from(self.credential.len()).unwrap().to_be_bytes();
        let cose = match &self.key {
            Key::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let (x, y) = (point.x().unwrap(), point.y().unwrap());
                [&b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"[..], x, b"\x22\x58\x20", y].concat()
            }
            Key::EdDsa(key) => {
                [&b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"[..], key.verifying_key().as_bytes()].concat()
            }
        };
        [&[0; 16][..], &length, &self.credential, &cose].concat()
    }

    fn sign(&self, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let message = [data, &Sha256::digest(client_data)].concat();
        match &self.key {
            Key::Es256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(&message);
                signature.as_bytes().to_vec()
            }
            Key::EdDsa(key) => ed25519_dalek::Signer::sign(key, &message).to_bytes().to_vec(),
        }
    }
}

fn none(data: &[u8]) -> Vec<u8> {
    [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"[..], &bytes(data)].concat()
}

/// Bytes in CBOR.
fn bytes(data: &[u8]) -> Vec<u8> {
    match u8::try_from(data.len()) {
        Ok(length) => [&[0x58, length], data].concat(),
        Err(_) => [&[0x59], &u16::try_from(data.len()).unwrap().to_be_bytes()[..], data].concat(),
    }
}

pub(crate) fn coded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
