//! The provider of an institution: where to send people, and what came back from there, verified.

use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    CoreTokenType,
};
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError, Client, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IdTokenFields, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _,
};
use tokio::sync::Semaphore;
use ureq::Agent;

use super::super::secret::{NoRandom, Secret};
use super::claims::Claims;
use super::metadata::{Metadata, unreachable, with_causes};
use super::network;
use super::pending::{Pending, kept_as};
use super::refusal::{OidcRefusal, word};
use super::settings::ProviderSettings;
use super::token::{self, Others};

/// The provider of an institution.
pub struct Provider {
    /// What is set for it.
    pub settings: ProviderSettings,
    agent: Agent,
    metadata: Metadata,
    /// How many answers are waited for at once.
    asking: Semaphore,
}

/// A sign-in that begins: where the browser goes, what it keeps, and what we keep.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub address: String,
    /// What it keeps in a cookie.
    pub browser: Secret,
    /// The name under which the sign-in is kept.
    pub kept_as: String,
    /// What is kept.
    pub pending: Pending,
}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Others,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type OurClient = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Provider {
    /// A provider, which is not asked yet.
    pub fn new(settings: ProviderSettings, program: &str) -> Self {
        let agent = network::agent(program, settings.here);
        Self { settings, agent, metadata: Metadata::default(), asking: Semaphore::new(MOST_AT_ONCE) }
    }

    /// Begins a sign-in, or a step-up of a session.
    pub async fn begin(&self, session: Option<String>, now: i64) -> Result<Begun, OidcRefusal> {
        let metadata = self.metadata.read(&self.settings, &self.agent, KEPT, now).await?;
        let random = || Secret::random().map_err(|error: NoRandom| unreachable(&error.to_string()));
        let (state, nonce, verifier, browser) = (random()?, random()?, random()?, random()?);
        let (with_state, with_nonce) = (state.reveal().to_owned(), nonce.reveal().to_owned());
        let pkce = PkceCodeVerifier::new(verifier.reveal().to_owned());
        let client = self.client(&metadata);
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(with_state),
                move || Nonce::new(with_nonce),
            )
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&pkce));
        if session.is_some() {
            let step_up = &self.settings.step_up;
            request = request.set_max_age(Duration::from_secs(step_up.max_age.into()));
            if step_up.max_age == 0 {
                request = request.add_prompt(CoreAuthPrompt::Login);
            }
            if let Some(acr) = &step_up.acr {
                request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
            }
        }
        let (address, _, _) = request.url();
        let pending = Pending {
            nonce: nonce.reveal().to_owned(),
            verifier: verifier.reveal().to_owned(),
            begun: now,
            session,
            next: None,
        };
        Ok(Begun { address: address.into(), kept_as: kept_as(&state, &browser), browser, pending })
    }

    /// Finishes a sign-in: hands the code in, and verifies what comes for it.
    pub async fn finish(&self, pending: &Pending, code: &str, now: i64) -> Result<Claims, OidcRefusal> {
        let metadata = self.metadata.read(&self.settings, &self.agent, KEPT, now).await?;
        let tokens = self.tokens(&metadata, pending, code).await?;
        let verified = match self.verified(&metadata, &tokens, pending, now) {
            Err(error) if token::may_be_by_a_new_key(&error) => {
                let newer = self.metadata.read(&self.settings, &self.agent, ROTATED, now).await?;
                self.verified(&newer, &tokens, pending, now)
            }
            verified => verified,
        };
        verified.map_err(|error| OidcRefusal::NotProven(token::what_failed(&error).to_owned()))
    }

    async fn tokens(
        &self,
        metadata: &CoreProviderMetadata,
        pending: &Pending,
        code: &str,
    ) -> Result<Tokens, OidcRefusal> {
        let (client, agent) = (self.client(metadata), self.agent.clone());
        let code = AuthorizationCode::new(code.to_owned());
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let Ok(_place) = self.asking.acquire().await else { return Err(unreachable("the server ends")) };
        let asked = tokio::task::spawn_blocking(move || {
            let ask = |request: HttpRequest| network::ask(&agent, request);
            let request = client.exchange_code(code).map_err(|error| unreachable(&error.to_string()))?;
            request.set_pkce_verifier(verifier).request(&ask).map_err(|error| not_taken(&error))
        });
        asked.await.map_err(|error| unreachable(&error.to_string()))?
    }

    fn verified(
        &self,
        metadata: &CoreProviderMetadata,
        tokens: &Tokens,
        pending: &Pending,
        now: i64,
    ) -> Result<Claims, ClaimsVerificationError> {
        let missing = || ClaimsVerificationError::Other("no ID token".to_owned());
        let client = self.client(metadata);
        token::verified(
            tokens.id_token().ok_or_else(missing)?,
            client.id_token_verifier(),
            metadata.id_token_signing_alg_values_supported(),
            &pending.nonce,
            &self.settings,
            now,
        )
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> OurClient {
        let settings = &self.settings;
        let by = metadata.token_endpoint_auth_methods_supported();
        // Nothing said means `client_secret_basic`.
        let in_body = by.is_some_and(|by| {
            by.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !by.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let (client, secret) = (settings.client.clone(), settings.secret.clone());
        Client::from_provider_metadata(metadata.clone(), client, Some(secret))
            .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
            .set_redirect_uri(settings.redirect.clone())
    }
}

/// A code that is not taken is the browser's affair; a network that fails is the provider's.
fn not_taken<E: std::error::Error + 'static>(
    error: &RequestTokenError<E, StandardErrorResponse<CoreErrorResponseType>>,
) -> OidcRefusal {
    use RequestTokenError as Failed;
    match error {
        Failed::ServerResponse(said) => OidcRefusal::Declined(format!("`{}`", word(said.error().as_ref()))),
        Failed::Request(error) => unreachable(&with_causes(error)),
        Failed::Parse(_, _) | Failed::Other(_) => OidcRefusal::NotProven("the answer is no token".to_owned()),
    }
}

const MOST_AT_ONCE: usize = 8;
/// For how long is kept what a provider says of itself, in milliseconds.
const KEPT: i64 = 10 * 60 * 1_000;
/// How old its keys must be before they are read anew for a signature by another.
const ROTATED: i64 = 10 * 1_000;
