//! What is set for a provider, read once: its address, who we are to it, and which of its claims mean what.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_inventory::Role;
use openidconnect::url::Url;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};

use super::super::secret::Secret;

/// How somebody who never signed in by the provider is found in the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstSignIn {
    /// Not at all.
    #[default]
    Never,
    /// By the address of the account, which the provider must have verified.
    Email,
    /// By the name of the account.
    PreferredUsername,
}

/// What showing again who one is takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// The class of authentication that the provider must name (`acr`).
    pub acr: Option<String>,
    /// For how many seconds before it was asked for a sign-in at the provider still counts.
    pub max_age: u32,
}

/// What is set for a provider.
#[derive(Clone)]
pub struct ProviderSettings {
    pub(super) issuer: IssuerUrl,
    pub(super) client: ClientId,
    pub(super) secret: ClientSecret,
    pub(super) redirect: RedirectUrl,
    /// Whether the provider is on this machine, where it may speak plain `http`.
    pub(super) here: bool,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that names the person for good.
    pub identity_claim: String,
    /// How somebody is found at her first sign-in.
    pub first: FirstSignIn,
    /// The claim that holds groups: its name, or a JSON pointer such as `/realm_access/roles`.
    pub groups_claim: Option<String>,
    /// Which groups carry which office.
    pub offices: BTreeMap<Role, BTreeSet<String>>,
    /// What showing again who one is takes.
    pub step_up: StepUp,
}

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The issuer is no address, or one that anybody on the way can read.
    #[error("`issuer`: `{0}` is not an `https` address without query (`http` is for this machine alone)")]
    Issuer(String),
    /// So is our own address.
    #[error("`address`: `{0}` is not an `https` address without query (`http` is for this machine alone)")]
    Address(String),
    /// We have no name at the provider.
    #[error("`client_id`: write the name that the provider gave to this server")]
    Client,
    /// Nor a secret.
    #[error("`client_secret_file`: the file holds no secret")]
    Secret,
}

impl ProviderSettings {
    /// A provider, with who we are to it, and the address at which people reach us.
    pub fn new(issuer: &str, client: &str, secret: &Secret, address: &str) -> Result<Self, SettingsError> {
        let (issuer_url, here) =
            web_address(issuer).ok_or_else(|| SettingsError::Issuer(issuer.to_owned()))?;
        if web_address(address).is_none() {
            return Err(SettingsError::Address(address.to_owned()));
        }
        let redirect = format!("{}{CALLBACK}", address.trim_end_matches('/'));
        if client.trim().is_empty() {
            return Err(SettingsError::Client);
        }
        if secret.reveal().is_empty() {
            return Err(SettingsError::Secret);
        }
        Ok(Self {
            // As it was written: the provider's own spelling is compared letter by letter.
            issuer: IssuerUrl::new(issuer.to_owned())
                .map_err(|_| SettingsError::Issuer(issuer_url.to_string()))?,
            client: ClientId::new(client.trim().to_owned()),
            secret: ClientSecret::new(secret.reveal().to_owned()),
            redirect: RedirectUrl::new(redirect).map_err(|_| SettingsError::Address(address.to_owned()))?,
            here,
            scopes: Vec::new(),
            identity_claim: "sub".to_owned(),
            first: FirstSignIn::default(),
            groups_claim: None,
            offices: BTreeMap::new(),
            step_up: StepUp::default(),
        })
    }

    /// The provider's own name for itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The address to which the provider sends people back.
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// Whether an address may be used that the provider names.
    pub(super) fn may_use(&self, address: &Url) -> bool {
        address.scheme() == "https" || (self.here && is_here(address))
    }
}

impl std::fmt::Debug for ProviderSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ProviderSettings")
            .field("issuer", &self.issuer())
            .field("client", &self.client.as_str())
            .finish_non_exhaustive()
    }
}

/// An address that nobody on the way reads, and whether it is this machine's.
fn web_address(text: &str) -> Option<(Url, bool)> {
    let url = Url::parse(text).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let here = is_here(&url) && url.scheme() == "http";
    (plain && url.has_host() && (url.scheme() == "https" || here)).then_some((url, here))
}

fn is_here(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

const CALLBACK: &str = "/sign-in/oidc/callback";

#[cfg(test)]
mod tests {
    use super::*;

    fn made(issuer: &str, address: &str) -> Result<ProviderSettings, SettingsError> {
        ProviderSettings::new(issuer, "dualtrack", &Secret::new("a secret"), address)
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for good in ["https://login.bank.example/realms/staff", "http://127.0.0.1:9000", "http://localhost/"]
        {
            assert_eq!(made(good, "https://ai.bank.example").unwrap().issuer(), good);
        }
        for bad in
            ["http://login.bank.example", "ftp://127.0.0.1", "login", "", "https://a?b=c", "https://a#b"]
        {
            let line = made(bad, "https://ai.bank.example").unwrap_err().to_string();
            assert!(line.contains("`issuer`") && line.contains(bad), "{line}");
            let line = made("https://login.bank.example", bad).unwrap_err().to_string();
            assert!(line.contains("`address`"), "{line}");
        }
    }

    #[test]
    fn people_are_sent_back_to_our_own_address() {
        let settings = made("https://login.bank.example", "https://ai.bank.example/").unwrap();
        assert_eq!(settings.redirect(), "https://ai.bank.example/sign-in/oidc/callback");
    }

    #[test]
    fn a_provider_elsewhere_cannot_send_anybody_to_plain_http() {
        let elsewhere = made("https://login.bank.example", "https://ai.bank.example").unwrap();
        let here = made("http://127.0.0.1:9000", "https://ai.bank.example").unwrap();
        let plain = Url::parse("http://127.0.0.1:9000/token").unwrap();
        assert!(!elsewhere.may_use(&plain));
        assert!(here.may_use(&plain));
        assert!(!here.may_use(&Url::parse("http://login.bank.example/token").unwrap()));
    }

    #[test]
    fn the_secret_never_prints_and_must_be_there() {
        let settings = made("https://login.bank.example", "https://ai.bank.example").unwrap();
        assert!(!format!("{settings:?}").contains("a secret"));
        let none = ProviderSettings::new("https://a.example", "x", &Secret::new(""), "https://b.example");
        assert_eq!(none.unwrap_err(), SettingsError::Secret);
        let nobody = ProviderSettings::new("https://a.example", " ", &Secret::new("x"), "https://b.example");
        assert_eq!(nobody.unwrap_err(), SettingsError::Client);
    }
}
