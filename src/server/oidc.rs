//! What `server.yaml` says of the provider at which people sign in. The secret lies in a file of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dualtrack_inventory::Role;
use dualtrack_web::sign_in::oidc::{FirstSignIn, ProviderSettings, StepUp};
use dualtrack_web::sign_in::secret::Secret;
use serde::Deserialize;

use crate::failure::Failure;

/// A provider of identities, as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oidc {
    issuer: String,
    client_id: String,
    /// A file that nobody else can read; from the data folder on, unless it is absolute.
    client_secret_file: String,
    /// What is asked for besides `openid`.
    #[serde(default)]
    scopes: Vec<String>,
    /// The claim that names a person for good.
    #[serde(default = "subject")]
    identity_claim: String,
    #[serde(default)]
    first_sign_in: First,
    #[serde(default)]
    groups_claim: Option<String>,
    /// For each office the groups that carry it.
    #[serde(default)]
    offices: BTreeMap<Role, BTreeSet<String>>,
    #[serde(default)]
    step_up: Again,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum First {
    #[default]
    Never,
    Email,
    PreferredUsername,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    #[serde(default)]
    acr: Option<String>,
    /// In seconds.
    #[serde(default)]
    max_age: u32,
}

impl Oidc {
    /// The provider, with its secret read. People come back to `address`.
    pub(crate) fn provider(&self, data: &Path, address: Option<&str>) -> Result<ProviderSettings, Failure> {
        let wrong = |line: String| Failure::input(format!("server.yaml: {line}"));
        let address = address.ok_or_else(|| {
            wrong("`oidc` needs `address`, the address at which people reach this server".into())
        })?;
        let secret = secret(&data.join(&self.client_secret_file))?;
        let made = ProviderSettings::new(&self.issuer, &self.client_id, &secret, address);
        let mut provider = made.map_err(|error| wrong(error.to_string()))?;
        if self.step_up.max_age > MOST_SECONDS {
            return Err(wrong(format!("`max_age` of `step_up`: at most {MOST_SECONDS} seconds")));
        }
        if self.identity_claim.trim().is_empty() {
            return Err(wrong("`identity_claim`: name a claim, or leave it out for `sub`".into()));
        }
        let is_word = |scope: &String| !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic());
        if let Some(scope) = self.scopes.iter().find(|scope| !is_word(scope)) {
            return Err(wrong(format!("`scopes`: `{scope}` is no scope")));
        }
        if self.groups_claim.is_some() == self.offices.is_empty() {
            return Err(wrong("`groups_claim` and `offices` go together, or both are left out".into()));
        }
        provider.scopes.clone_from(&self.scopes);
        self.identity_claim.trim().clone_into(&mut provider.identity_claim);
        provider.first = match self.first_sign_in {
            First::Never => FirstSignIn::Never,
            First::Email => FirstSignIn::Email,
            First::PreferredUsername => FirstSignIn::PreferredUsername,
        };
        provider.groups_claim.clone_from(&self.groups_claim);
        provider.offices.clone_from(&self.offices);
        provider.step_up = StepUp { acr: self.step_up.acr.clone(), max_age: self.step_up.max_age };
        Ok(provider)
    }
}

/// The secret in a file: its text without the blanks around it.
fn secret(path: &Path) -> Result<Secret, Failure> {
    let failed = |error: &std::io::Error| {
        Failure::file("read", path, error, "put there the secret that the provider gave to this server")
    };
    let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
    others_cannot_read(path, &metadata)?;
    if metadata.len() > LONGEST_SECRET {
        let shown = path.display();
        return Err(Failure::input(format!(
            "`{shown}` is longer than {LONGEST_SECRET} bytes; it is no secret"
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error)).map(Secret::new)?;
    Ok(Secret::new(text.reveal().trim()))
}

#[cfg(unix)]
fn others_cannot_read(path: &Path, metadata: &std::fs::Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    if [0o600, 0o400].contains(&(metadata.permissions().mode() & 0o777)) {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::input(format!("others can read `{path}`; change that with: chmod 600 {path}")))
}

#[cfg(not(unix))]
fn others_cannot_read(_: &Path, _: &std::fs::Metadata) -> Result<(), Failure> {
    Ok(())
}

fn subject() -> String {
    "sub".to_owned()
}

const LONGEST_SECRET: u64 = 4_096;
/// As long as a step-up counts.
const MOST_SECONDS: u32 = 600;

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "issuer: https://login.bank.example\nclient_id: dualtrack\nclient_secret_file: oidc-secret\n";

    fn made(more: &str, address: Option<&str>) -> Result<ProviderSettings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("oidc-secret");
        std::fs::write(&path, "a secret\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let oidc: Oidc = dualtrack_catalogue::parse("server.yaml", &format!("{LEAST}{more}"))
            .map_err(|error| error.to_string())?;
        oidc.provider(folder.path(), address).map_err(|failure| match failure {
            Failure::Input(lines) => lines.join("\n"),
            Failure::Interrupted => String::new(),
        })
    }

    #[test]
    fn a_provider_is_read_with_offices_and_step_up() {
        let more = "first_sign_in: email\nscopes: [email]\ngroups_claim: groups\n\
            offices:\n  developer: [ai-dev]\n  data-protection-officer: [dpo, privacy]\n\
            step_up: {acr: strong, max_age: 60}\n";
        let provider = made(more, Some("https://ai.bank.example")).unwrap();
        assert_eq!(provider.redirect(), "https://ai.bank.example/sign-in/oidc/callback");
        assert_eq!(provider.first, FirstSignIn::Email);
        assert_eq!(provider.offices.len(), 2);
        assert_eq!(provider.step_up, StepUp { acr: Some("strong".into()), max_age: 60 });
        assert_eq!(made("", Some("http://localhost:1")).unwrap().identity_claim, "sub");
    }

    #[test]
    fn each_wrong_setting_is_one_clear_line() {
        let here = Some("https://ai.bank.example");
        for (more, address, words) in [
            ("", None, "`oidc` needs `address`"),
            ("", Some("http://ai.bank.example"), "`address`"),
            ("groups_claim: groups\n", here, "go together"),
            ("offices: {developer: [a]}\n", here, "go together"),
            ("step_up: {max_age: 9999}\n", here, "`max_age`"),
            ("scopes: ['a b']\n", here, "`a b`"),
            ("identity_claim: ' '\n", here, "`identity_claim`"),
            ("offices: {emperor: [a]}\n", here, "emperor"),
            ("first_sign_in: always\n", here, "always"),
            ("secret: x\n", here, "secret"),
        ] {
            let line = made(more, address).unwrap_err();
            assert!(line.contains(words), "{line}");
            assert!(!line.contains("a secret"), "{line}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "hush").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let Err(Failure::Input(lines)) = secret(&path) else { panic!("it was read") };
        assert!(lines.concat().contains("chmod 600"), "{lines:?}");
        assert!(!lines.concat().contains("hush"));
    }
}
