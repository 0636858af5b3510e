//! Signing in at the institution's own provider, by OpenID Connect: the authorization code flow with PKCE.
//!
//! The provider says who somebody is and when she showed it. It makes nobody and grants nothing: people and their offices
//! come from the record alone. What it signs is verified by the crate `openidconnect`, in `token`; what that means is decided in
//! `claims`.

mod claims;
mod metadata;
mod network;
mod pending;
mod provider;
mod refusal;
mod settings;
mod token;

pub(crate) use claims::FoundBy;
pub use claims::{Claims, Fresh};
pub use pending::{COOKIE, LASTS, Pending, cookie, kept_as, no_cookie};
pub use provider::{Begun, Provider};
pub use refusal::OidcRefusal;
pub use settings::{FirstSignIn, ProviderSettings, SettingsError, StepUp};
