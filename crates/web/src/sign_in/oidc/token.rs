//! ID tokens: verified by the library, then read into what decisions are made from.

use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, IdToken, IdTokenClaims, IdTokenVerifier, Nonce,
    SignatureVerificationError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claims::{Claims, texts};
use super::settings::ProviderSettings;

/// Every claim that the library has no name for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Others(Map<String, Value>);

impl AdditionalClaims for Others {}

/// An ID token as it came.
pub(super) type Token =
    IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Verifies signature, issuer, audience, end and nonce of a token, and reads what it says.
pub(super) fn verified(
    token: &Token,
    verifier: IdTokenVerifier<'_, CoreJsonWebKey>,
    offered: &[CoreJwsSigningAlgorithm],
    nonce: &str,
    settings: &ProviderSettings,
    now: i64,
) -> Result<Claims, ClaimsVerificationError> {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now).unwrap_or(0));
    let verifier = verifier
        // What both keep secret, or nothing at all, signs no ID token here.
        .set_allowed_algs(offered.iter().filter(|algorithm| is_public(algorithm)).cloned())
        .set_time_fn(move || at.into());
    read(token.claims(&verifier, &Nonce::new(nonce.to_owned()))?, settings)
}

/// Whether a token may hold once the provider's keys are read anew.
pub(super) fn may_be_by_a_new_key(error: &ClaimsVerificationError) -> bool {
    use SignatureVerificationError as Wrong;
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(Wrong::NoMatchingKey | Wrong::CryptoError(_))
    )
}

/// What of a token does not hold, without what it says.
pub(super) fn what_failed(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the token is over",
        ClaimsVerificationError::InvalidAudience(_) => "the token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the token is by somebody else",
        ClaimsVerificationError::InvalidNonce(_) => "the token belongs to another sign-in",
        ClaimsVerificationError::InvalidSubject(_) => "the token names nobody",
        ClaimsVerificationError::SignatureVerification(_) => "the signature is wrong",
        _ => "the token cannot be read",
    }
}

fn read(
    claims: &IdTokenClaims<Others, CoreGenderClaim>,
    settings: &ProviderSettings,
) -> Result<Claims, ClaimsVerificationError> {
    let Others(others) = claims.additional_claims();
    let subject = match settings.identity_claim.as_str() {
        "sub" => Some(claims.subject().to_string()),
        name => others.get(name).and_then(Value::as_str).map(ToOwned::to_owned),
    };
    let subject = subject.filter(|subject| !subject.is_empty() && subject.len() <= LONGEST_SUBJECT);
    let nobody = || ClaimsVerificationError::InvalidSubject(format!("no `{}`", settings.identity_claim));
    let verified = claims.email().filter(|_| claims.email_verified() == Some(true));
    let groups = settings.groups_claim.as_deref().map(|name| texts(others, name));
    Ok(Claims {
        subject: subject.ok_or_else(nobody)?,
        verified_email: verified.map(|email| email.to_string()),
        preferred_username: claims.preferred_username().map(|name| name.to_string()),
        authenticated: claims.auth_time().map(|at| at.timestamp_millis()),
        acr: claims.auth_context_ref().map(|acr| acr.to_string()),
        groups: groups.unwrap_or_default(),
    })
}

/// Whether an algorithm signs with a key that the provider alone has.
fn is_public(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    use CoreJwsSigningAlgorithm as Algorithm;
    matches!(
        algorithm,
        Algorithm::RsaSsaPkcs1V15Sha256
            | Algorithm::RsaSsaPkcs1V15Sha384
            | Algorithm::RsaSsaPkcs1V15Sha512
            | Algorithm::RsaSsaPssSha256
            | Algorithm::RsaSsaPssSha384
            | Algorithm::RsaSsaPssSha512
            | Algorithm::EcdsaP256Sha256
            | Algorithm::EcdsaP384Sha384
            | Algorithm::EdDsa
    )
}

/// What the specification allows a subject.
const LONGEST_SUBJECT: usize = 255;
