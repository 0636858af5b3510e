//! What a provider says of itself: read when it is first needed, kept for a while, read anew when its keys changed.

use std::error::Error;
use std::sync::Arc;

use openidconnect::HttpRequest;
use openidconnect::core::CoreProviderMetadata;
use tokio::sync::Mutex;
use ureq::Agent;

use super::network;
use super::refusal::OidcRefusal;
use super::settings::ProviderSettings;

/// What a provider says of itself.
#[derive(Default)]
pub(super) struct Metadata(Mutex<Known>);

/// What was read, and when. Times are in milliseconds since 1970.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<CoreProviderMetadata>, i64)>,
    failed: Option<(OidcRefusal, i64)>,
}

impl Metadata {
    /// What it says, read no more than `age` ago.
    pub(super) async fn read(
        &self,
        settings: &ProviderSettings,
        agent: &Agent,
        age: i64,
        now: i64,
    ) -> Result<Arc<CoreProviderMetadata>, OidcRefusal> {
        let mut known = self.0.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && (now.saturating_sub(age)..=now).contains(at)
        {
            return Ok(Arc::clone(metadata));
        }
        // A provider that is down is not asked again by everybody who waits.
        if let Some((refusal, at)) = &known.failed
            && (now.saturating_sub(DOWN)..=now).contains(at)
        {
            return Err(refusal.clone());
        }
        match discovered(settings, agent).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((Arc::clone(&metadata), now)), failed: None };
                Ok(metadata)
            }
            Err(refusal) => {
                known.failed = Some((refusal.clone(), now));
                Err(refusal)
            }
        }
    }
}

async fn discovered(settings: &ProviderSettings, agent: &Agent) -> Result<CoreProviderMetadata, OidcRefusal> {
    let (agent, issuer) = (agent.clone(), settings.issuer.clone());
    let asked = tokio::task::spawn_blocking(move || {
        let ask = |request: HttpRequest| network::ask(&agent, request);
        CoreProviderMetadata::discover(&issuer, &ask).map_err(|error| unreachable(&with_causes(&error)))
    });
    let metadata = asked.await.map_err(|error| unreachable(&error.to_string()))??;
    let token = metadata.token_endpoint().ok_or_else(|| unreachable("it names no token endpoint"))?;
    let addresses = [metadata.authorization_endpoint().url(), metadata.jwks_uri().url(), token.url()];
    if let Some(address) = addresses.iter().find(|address| !settings.may_use(address)) {
        return Err(unreachable(&format!("it names `{address}`, which is not `https`")));
    }
    Ok(metadata)
}

pub(super) fn unreachable(what: &str) -> OidcRefusal {
    OidcRefusal::Unreachable(what.to_owned())
}

/// An error in words, with what caused it.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let (mut words, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

/// For how long a provider that could not be asked is not asked again.
const DOWN: i64 = 5 * 1_000;
