//! `server.yaml` in the data folder: how the server is reached, how it sends notices, where people sign in. It holds no
//! secret itself.

use std::path::Path;

use dualtrack_web::sign_in::address::Network;
use serde::Deserialize;

use super::oidc::Oidc;
use crate::failure::Failure;
use crate::notices::{Login, PostSettings, Secret, Security, SmtpSettings};

/// What `server.yaml` says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Always `dualtrack.server/1`.
    #[serde(default)]
    schema: Option<String>,
    /// The address at which people reach the server, such as `https://ai.bank.example`.
    #[serde(default)]
    pub(crate) address: Option<String>,
    /// The mail server, if notices go out by e-mail.
    #[serde(default)]
    smtp: Option<Smtp>,
    /// Where people sign in who have an account at a provider of identities.
    #[serde(default)]
    pub(crate) oidc: Option<Oidc>,
    /// Whether webhooks may go to addresses of one's own network.
    #[serde(default)]
    pub(super) allow_private_webhooks: bool,
    /// The proxies before the server, which are believed when they say from where a request comes.
    #[serde(default)]
    pub(crate) proxies: Vec<Network>,
    /// How much may be uploaded.
    #[serde(default)]
    pub(crate) files: FilesAllowed,
    /// The folder below which the data files of datasets lie, if checks are run from the console.
    #[serde(default)]
    pub(crate) assessed_data: Option<std::path::PathBuf>,
}

/// How much may be uploaded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilesAllowed {
    /// How many bytes all files may take together.
    pub(crate) most_bytes: u64,
}

impl Default for FilesAllowed {
    fn default() -> Self {
        Self { most_bytes: 10 << 30 }
    }
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Smtp {
    host: String,
    port: u16,
    /// `none`, `start-tls` or `tls`.
    security: Kind,
    #[serde(default)]
    user: Option<String>,
    /// The environment variable that holds the password.
    #[serde(default)]
    password_environment: Option<String>,
    from: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    None,
    StartTls,
    Tls,
}

impl Settings {
    /// Reads the settings of a data folder; there need not be any.
    pub(crate) fn read(data: &Path) -> Result<Self, Failure> {
        let path = data.join("server.yaml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::file("read", &path, &error, "check its permissions")),
        };
        let settings: Self = dualtrack_catalogue::parse(&path.display().to_string(), &text)
            .map_err(|error| Failure::input(error.to_string()))?;
        match settings.schema.as_deref() {
            Some("dualtrack.server/1") => Ok(settings),
            _ => Err(Failure::input(format!("{}: write `schema: dualtrack.server/1`", path.display()))),
        }
    }

    /// How notices go out.
    #[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
    pub(crate) fn post(&self) -> Result<PostSettings, Failure> {
        let smtp = match &self.smtp {
            None => None,
            Some(smtp) => {
                let login = match (&smtp.user, &smtp.password_environment) {
                    (None, None) => None,
                    (Some(user), Some(name)) => {
                        let password = std::env::var(name).map_err(|_| {
                            Failure::input(format!(
                                "the environment variable `{name}` of `password_environment` is not set"
                            ))
                        })?;
                        Some(Login { user: user.clone(), password: Secret::new(password) })
                    }
                    _ => {
                        return Err(Failure::input(
                            "server.yaml: `user` and `password_environment` go together, or both are left out",
                        ));
                    }
                };
                Some(SmtpSettings {
                    host: smtp.host.clone(),
                    port: smtp.port,
                    security: match smtp.security {
                        Kind::None => Security::None,
                        Kind::StartTls => Security::StartTls,
                        Kind::Tls => Security::Tls,
                    },
                    login,
                    from: smtp.from.clone(),
                })
            }
        };
        Ok(PostSettings { smtp, allow_private: self.allow_private_webhooks, ..PostSettings::default() })
    }

    /// Whether there is a mail server.
    pub(crate) fn has_mail(&self) -> bool {
        self.smtp.is_some()
    }
}
