//! A sign-in that was begun and not yet finished: what has to be remembered, and the cookie that ties it to a browser.
//!
//! It is kept under the digest of the state *and* of the browser's secret, so that another browser, or another state,
//! finds nothing and uses nothing up.

use serde::{Deserialize, Serialize};

use super::super::secret::{Secret, digest};

/// What is remembered of a sign-in that was begun.
#[derive(Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// What the provider has to repeat inside what it signs.
    pub nonce: String,
    /// What shows to the provider that who finishes is who began (PKCE).
    pub verifier: String,
    /// When it was begun, in milliseconds since 1970.
    pub begun: i64,
    /// The digest of the session, where somebody shows again who she is.
    pub session: Option<String>,
    /// The page to which she goes on, on this server.
    #[serde(default)]
    pub next: Option<String>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pending").field("begun", &self.begun).finish_non_exhaustive()
    }
}

/// The name under which a pending sign-in is kept.
pub fn kept_as(state: &Secret, browser: &Secret) -> String {
    digest(&format!("{}.{}", state.reveal(), browser.reveal()))
}

/// The cookie that ties it to the browser. `Lax`, because the provider's answer comes from another site.
pub fn cookie(browser: &Secret) -> String {
    format!(
        "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        browser.reveal(),
        LASTS / 1_000
    )
}

/// The cookie that takes it away.
pub fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Its prefix makes browsers insist on `Secure`, on `Path=/` and on no `Domain`.
pub const COOKIE: &str = "__Host-dualtrack-sign-in";
/// How long somebody may take at the provider, in milliseconds.
pub const LASTS: i64 = 10 * 60 * 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_state_or_another_browser_finds_something_else() {
        let [one, two, three] = [(); 3].map(|()| Secret::random().unwrap());
        assert_eq!(kept_as(&one, &two), kept_as(&one, &two));
        assert_ne!(kept_as(&one, &two), kept_as(&two, &one));
        assert_ne!(kept_as(&one, &two), kept_as(&one, &three));
        assert_ne!(kept_as(&one, &two), kept_as(&three, &two));
    }

    #[test]
    fn the_cookie_is_bound_to_this_host_for_ten_minutes() {
        assert_eq!(
            cookie(&Secret::new("x")),
            "__Host-dualtrack-sign-in=x; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
        );
    }

    #[test]
    fn nothing_of_it_prints() {
        let pending =
            Pending { nonce: "n-o-n".into(), verifier: "v-e-r".into(), begun: 1, session: None, next: None };
        let printed = format!("{pending:?}");
        assert!(!printed.contains("n-o-n") && !printed.contains("v-e-r"), "{printed}");
    }
}
