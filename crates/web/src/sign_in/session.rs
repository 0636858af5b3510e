//! Sessions: how long they last, when a person showed who she is just now, and the cookie that carries them.

use dualtrack_store::operations::SessionRow;

/// Whether a session still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Live,
    /// It was not used for half an hour.
    Idle,
    /// It was begun twelve hours ago.
    TooOld,
}

/// Whether a session counts at an instant, in milliseconds. A clock that went backwards never makes it last longer.
pub fn standing(session: &SessionRow, now: i64) -> Standing {
    let now = now.max(session.seen);
    if now - session.begun >= LONGEST {
        Standing::TooOld
    } else if now - session.seen >= IDLE {
        Standing::Idle
    } else {
        Standing::Live
    }
}

/// Whether the person showed who she is within the last ten minutes.
pub fn is_stepped_up(session: &SessionRow, now: i64) -> bool {
    let now = now.max(session.seen);
    session.stepped_up.is_some_and(|at| (0..FRESH).contains(&(now - at)))
}

/// The cookie that carries a session.
pub fn cookie(secret: &str) -> String {
    format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie that takes it away.
pub fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The secret of the session in the header of cookies. Two of ours are one too many.
pub fn in_cookies(header: &str) -> Option<&str> {
    let mut found = header
        .split(';')
        .take(MOST_COOKIES)
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    let first = found.next()?;
    (found.next().is_none() && first.len() == 43).then_some(first)
}

/// Whether a request that changes something comes from our own pages, as far as the browser says.
///
/// A request without a cookie needs no such proof: nothing is done in anybody's name unless a token says so.
pub fn is_from_here(site: Option<&str>, origin: Option<&str>, host: Option<&str>) -> bool {
    match (site, origin) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some() && authority == host
        }
        // No browser that is in use leaves out both on a request that changes something.
        (None, None) => false,
    }
}

/// Its prefix makes browsers insist on `Secure`, on `Path=/` and on no `Domain`.
pub const COOKIE: &str = "__Host-dualtrack";
/// How long an unused session lasts, in milliseconds.
pub const IDLE: i64 = 30 * 60 * 1_000;
/// How long any session lasts.
pub const LONGEST: i64 = 12 * 60 * 60 * 1_000;
const FRESH: i64 = 10 * 60 * 1_000;
const MOST_COOKIES: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn session(begun: i64, seen: i64, stepped_up: Option<i64>) -> SessionRow {
        SessionRow {
            id_hash: String::new(),
            person: "mok".into(),
            kind: "local".into(),
            begun,
            seen,
            authenticated: begun,
            stepped_up,
            csrf_seed: String::new(),
        }
    }

    proptest! {
        #[test]
        fn no_session_outlives_its_limit_whatever_the_clock_does(steps in prop::collection::vec(-7_200_000_i64..7_200_000, 1..60)) {
            let (begun, mut now) = (1_000_000_000_i64, 1_000_000_000_i64);
            let mut one = session(begun, begun, Some(begun));
            for step in steps {
                now += step;
                if standing(&one, now) == Standing::Live {
                    prop_assert!(now - begun < LONGEST);
                    one.seen = one.seen.max(now);
                }
                if is_stepped_up(&one, now) {
                    prop_assert!(now.max(one.seen) - begun < FRESH);
                }
            }
        }

        #[test]
        fn any_header_of_cookies_is_read(header in "\\PC{0,200}") {
            let _ = in_cookies(&header);
        }
    }

    #[test]
    fn our_cookie_is_found_among_others_and_two_are_refused() {
        let secret = "a".repeat(43);
        assert_eq!(in_cookies(&format!("theme=dark; {COOKIE}={secret}; x=1")), Some(secret.as_str()));
        assert_eq!(in_cookies(&format!("{COOKIE}={secret}; {COOKIE}={secret}")), None);
        assert_eq!(in_cookies("dualtrack=1"), None);
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        assert!(is_from_here(Some("same-origin"), None, Some("bank.example")));
        assert!(!is_from_here(Some("cross-site"), Some("https://bank.example"), Some("bank.example")));
        assert!(!is_from_here(Some("same-site"), None, Some("bank.example")));
        assert!(is_from_here(None, Some("https://bank.example"), Some("bank.example")));
        assert!(!is_from_here(None, Some("https://evil.example"), Some("bank.example")));
        assert!(!is_from_here(None, None, Some("bank.example")));
    }
}
