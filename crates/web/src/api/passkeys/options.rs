//! What a browser is asked for, in the words of the standard (`PublicKeyCredential…OptionsJSON`).

use dualtrack_store::operations::PasskeyRow;
use schemars::JsonSchema;
use serde::Serialize;

use crate::sign_in::passkey::{EDDSA, ES256, LASTS, Party};

/// What a browser is asked to sign.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyRequest")]
pub(crate) struct Request {
    /// What is signed, in base64url; good once, for five minutes.
    challenge: String,
    /// The host for which the passkey was made.
    rp_id: String,
    /// The passkeys that will do; any, if none is named.
    allow_credentials: Vec<Credential>,
    /// The device verifies who the person is.
    user_verification: &'static str,
    /// In milliseconds.
    timeout: i64,
}

/// What a browser is asked to make.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyCreation")]
pub(crate) struct Creation {
    /// For whom it is made: this server.
    rp: Named,
    /// Who will sign in with it.
    user: User,
    /// What is answered, in base64url; good once, for five minutes.
    challenge: String,
    /// The algorithms that are taken.
    pub_key_cred_params: Vec<Algorithm>,
    /// In milliseconds.
    timeout: i64,
    /// The passkeys that there are: a device that holds one makes no other.
    exclude_credentials: Vec<Credential>,
    /// What the device has to do.
    authenticator_selection: Selection,
    /// The device's maker is not asked.
    attestation: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Named {
    id: String,
    name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    name: String,
    display_name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Algorithm {
    #[serde(rename = "type")]
    kind: &'static str,
    alg: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Credential {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: &'static str,
    require_resident_key: bool,
    user_verification: &'static str,
}

/// What is asked of a browser whose person signs in or shows again who she is.
pub(super) fn request(challenge: String, party: Party, known: &[PasskeyRow]) -> Request {
    Request {
        challenge,
        rp_id: party.id,
        allow_credentials: known.iter().map(credential).collect(),
        user_verification: "required",
        timeout: LASTS,
    }
}

/// What is asked of a browser whose person adds a passkey: the name of the account, and what she is called.
pub(super) fn creation(
    challenge: String,
    party: Party,
    (handle, name, called): (String, String, String),
    known: &[PasskeyRow],
) -> Creation {
    Creation {
        rp: Named { id: party.id, name: "Dualtrack".to_owned() },
        user: User { id: handle, name, display_name: called },
        challenge,
        pub_key_cred_params: [ES256, EDDSA].map(|alg| Algorithm { kind: PUBLIC_KEY, alg }).into(),
        timeout: LASTS,
        exclude_credentials: known.iter().map(credential).collect(),
        authenticator_selection: Selection {
            resident_key: "required",
            require_resident_key: true,
            user_verification: "required",
        },
        attestation: "none",
    }
}

fn credential(row: &PasskeyRow) -> Credential {
    Credential { kind: PUBLIC_KEY, id: row.credential.clone() }
}

const PUBLIC_KEY: &str = "public-key";
