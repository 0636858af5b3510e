//! Requests that a stranger's page makes a browser send: told by where they come from, and by a token in each form.
//!
//! A token is HMAC-SHA256 over the session, under a random mask, so that no two renderings hold the same letters and a
//! compressed page does not leak it (BREACH). It is good for its session only, until that is rotated.

use dualtrack_store::operations::SessionRow;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::secret::{NoRandom, base64url, from_base64url, random_bytes};

/// A token for a form of a session, another at each call.
pub fn token(session: &SessionRow) -> Result<String, NoRandom> {
    let mask = random_bytes()?;
    let Some(mac) = mac(session) else { return Err(NoRandom) };
    let mac = mac.finalize().into_bytes();
    let masked = mac.iter().zip(mask.iter()).map(|(byte, mask)| byte ^ mask);
    let bytes: Vec<u8> = mask.iter().copied().chain(masked).collect();
    Ok(base64url(&bytes))
}

/// Whether a form's token is one of this session. Compared in constant time.
pub fn is_token_of(session: &SessionRow, text: &str) -> bool {
    if text.len() != LETTERS {
        return false;
    }
    let Some(bytes) = from_base64url(text) else { return false };
    let Some((mask, masked)) = bytes.split_at_checked(HALF) else { return false };
    let found: Vec<u8> = mask.iter().zip(masked).map(|(mask, byte)| mask ^ byte).collect();
    mac(session).is_some_and(|mac| mac.verify_slice(&found).is_ok())
}

/// Nothing for a session without a seed: an empty key is one that everybody knows.
fn mac(session: &SessionRow) -> Option<Hmac<Sha256>> {
    if session.csrf_seed.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(session.csrf_seed.as_bytes()).ok()?;
    mac.update(b"dualtrack csrf v1 ");
    mac.update(session.id_hash.as_bytes());
    Some(mac)
}

/// Whether a request that carries a session cookie may do what its method does, by where the browser says it comes from.
///
/// Ask this only where the cookie counts. A request with `Authorization: Bearer` needs no such proof: no browser adds
/// that header by itself, and the caller must then leave the cookie unread.
///
/// `Sec-Fetch-Site` decides where there is one. Browsers send it to `https` and to this machine only, and older ones
/// never; then `Origin` must be ours. Plain `http` counts on this machine alone, so that a page that somebody on the
/// wire forged under our name over `http` changes nothing.
pub fn origin_allowed(method: &str, origin: Option<&str>, sec_fetch_site: Option<&str>, host: &str) -> bool {
    if matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE") {
        return true;
    }
    match (sec_fetch_site, origin) {
        // `none` is the person's own doing, such as a form sent again; programs that hold a cookie say so too.
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => is_origin_of(origin, host),
        // No browser that is in use leaves out both on a request that changes something.
        (None, None) => false,
    }
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let (port, may) = match scheme {
        "https" => (":443", true),
        "http" => (":80", is_this_machine(host)),
        _ => return false,
    };
    let bare = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    may && !host.is_empty() && bare(authority) == bare(host)
}

/// Whether a host is the machine that the browser runs on.
fn is_this_machine(host: &str) -> bool {
    let name = if host.starts_with('[') {
        host.split_inclusive(']').next().unwrap_or(host)
    } else {
        host.split(':').next().unwrap_or(host)
    };
    name.eq_ignore_ascii_case("localhost")
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

const HALF: usize = 32;
/// 64 bytes in base64url.
const LETTERS: usize = 86;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sign_in::session::{Kind, Rotation, begin, rotated};

    fn session() -> SessionRow {
        begin("mok", Kind::Local, "developer", 1_000).unwrap().1
    }

    #[test]
    fn a_token_is_good_for_its_session_and_looks_new_each_time() {
        let session = session();
        let (one, two) = (token(&session).unwrap(), token(&session).unwrap());
        assert_ne!(one, two);
        assert_ne!(one.get(43..), two.get(43..));
        assert!(is_token_of(&session, &one) && is_token_of(&session, &two));
    }

    #[test]
    fn a_token_of_another_session_or_from_before_a_rotation_is_refused() {
        let mine = session();
        let token = token(&mine).unwrap();
        assert!(!is_token_of(&session(), &token));
        let (_, later) = rotated(&mine, Rotation::RoleChanged, 2_000).unwrap();
        assert!(!is_token_of(&later, &token));
        // The seed alone is not enough: another session with the same seed is another session.
        let twin = SessionRow { id_hash: "other".into(), ..mine.clone() };
        assert!(!is_token_of(&twin, &token));
    }

    #[test]
    fn a_session_without_a_seed_has_no_token() {
        let bare = SessionRow { csrf_seed: String::new(), ..session() };
        assert!(token(&bare).is_err());
        assert!(!is_token_of(&bare, &"A".repeat(LETTERS)));
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        let host = "bank.example";
        let post = |origin, site| origin_allowed("POST", origin, site, host);
        assert!(post(None, Some("same-origin")) && post(None, Some("none")));
        assert!(!post(Some("https://bank.example"), Some("cross-site")));
        assert!(!post(None, Some("same-site")) && !post(None, Some("")));
        assert!(post(Some("https://bank.example"), None) && post(Some("https://Bank.example:443"), None));
        for stranger in [
            "https://evil.example",
            "https://bank.example.evil.example",
            "https://evil.example/https://bank.example",
            "https://bank.example:8443",
            "http://bank.example",
            "null",
            "bank.example",
            "",
        ] {
            assert!(!post(Some(stranger), None), "{stranger}");
        }
        assert!(!post(None, None));
        assert!(!origin_allowed("POST", Some("https://"), None, ""));
        assert!(origin_allowed("GET", Some("https://evil.example"), Some("cross-site"), host));
        assert!(!origin_allowed("get", None, None, host), "methods are told by their exact letters");
    }

    #[test]
    fn plain_http_counts_on_this_machine_alone() {
        for host in ["localhost:8600", "127.0.0.1:8600", "[::1]:8600", "localhost"] {
            assert!(origin_allowed("POST", Some(&format!("http://{host}")), None, host), "{host}");
        }
        for host in ["10.0.0.5:8600", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]:80"] {
            assert!(!origin_allowed("POST", Some(&format!("http://{host}")), None, host), "{host}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_letter_spoils_a_token(place in 0_usize..LETTERS, letter in "[A-Za-z0-9_-]") {
            let session = session();
            let token = token(&session).unwrap();
            let mut changed = token.clone();
            changed.replace_range(place..=place, &letter);
            prop_assert_eq!(is_token_of(&session, &changed), changed == token);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,120}", host in ".{0,40}") {
            prop_assert!(!is_token_of(&session(), &text));
            let _ = origin_allowed("POST", Some(&text), None, &host);
            let _ = origin_allowed(&text, None, Some(&text), &host);
            let _ = origin_allowed("POST", Some(&format!("http://{host}")), None, &host);
        }
    }
}
