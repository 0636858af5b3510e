//! Sessions: how long they last, when a person showed who she is just now, and the cookie that carries them.
//!
//! The browser holds 32 random bytes, the store their digest. Times are in milliseconds since 1970. Whatever the clock
//! does, a session ends early rather than late.

use dualtrack_store::operations::SessionRow;

use super::csrf::origin_allowed;
use super::secret::{NoRandom, Secret, is_random};

/// How a person showed who she is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By a password kept here.
    Local,
    /// By the institution's own provider.
    Oidc,
    /// By a passkey.
    Passkey,
}

impl Kind {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Oidc => "oidc",
            Self::Passkey => "passkey",
        }
    }
}

/// Why a session gets a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The person showed again who she is.
    SteppedUp,
    /// Her offices changed.
    RoleChanged,
}

/// Whether a session still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Live,
    /// It was not used for half an hour.
    Idle,
    /// It was begun twelve hours ago.
    TooOld,
    /// It was used at a time that the clock has yet to reach, so nobody can say how long ago that was.
    ClockBack,
}

/// A new session of a person who has just shown who she is: the secret for her cookie, and what is kept.
///
/// A sign-in always begins a new one, whatever cookie came with it, so that nobody is put into a session that another
/// prepared. `offices` are those that she holds: with others the session begins anew.
pub fn begin(person: &str, kind: Kind, offices: &str, now: i64) -> Result<(Secret, SessionRow), NoRandom> {
    let secret = Secret::random()?;
    let row = SessionRow {
        id_hash: secret.digest(),
        person: person.to_owned(),
        kind: kind.as_str().to_owned(),
        begun: now,
        seen: now,
        authenticated: now,
        stepped_up: Some(now),
        csrf_seed: Secret::random()?.reveal().to_owned(),
        offices: offices.to_owned(),
    };
    Ok((secret, row))
}

/// The session under a new name, to be put in the place of the old one, which is then dead.
///
/// It keeps its beginning: showing again who one is does not buy another twelve hours. After a change of offices the
/// person shows who she is before she approves anything.
pub fn rotated(old: &SessionRow, why: Rotation, now: i64) -> Result<(Secret, SessionRow), NoRandom> {
    let now = now.max(old.seen);
    let secret = Secret::random()?;
    let (authenticated, stepped_up) = match why {
        Rotation::SteppedUp => (now, Some(now)),
        Rotation::RoleChanged => (old.authenticated, None),
    };
    let row = SessionRow {
        id_hash: secret.digest(),
        seen: now,
        authenticated,
        stepped_up,
        csrf_seed: Secret::random()?.reveal().to_owned(),
        ..old.clone()
    };
    Ok((secret, row))
}

/// Whether a session counts at an instant.
///
/// A clock that lags a little behind the last use (requests overtake each other) counts as that use; one that went
/// further back ends the session.
pub fn standing(session: &SessionRow, now: i64) -> Standing {
    let last = session.seen.max(session.begun);
    if now < last.saturating_sub(LAG) {
        return Standing::ClockBack;
    }
    let now = now.max(last);
    if now.saturating_sub(session.begun) >= LONGEST {
        Standing::TooOld
    } else if now.saturating_sub(session.seen) >= IDLE {
        Standing::Idle
    } else {
        Standing::Live
    }
}

/// Whether the person showed who she is within the last ten minutes, in a session that counts.
pub fn is_stepped_up(session: &SessionRow, now: i64) -> bool {
    let at = now.max(session.seen);
    standing(session, now) == Standing::Live
        && session.stepped_up.is_some_and(|stepped_up| (0..FRESH).contains(&at.saturating_sub(stepped_up)))
}

/// The cookie that carries a session. It has no `Max-Age`: it goes when the browser closes, the limits hold before that.
///
/// It is `Secure` on plain `http` too, which is served on this machine alone: browsers take such cookies from
/// `localhost` and 127.0.0.1, which they trust as they trust `https` (Safari does not; use `https` there).
pub fn cookie(secret: &str) -> String {
    format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie that takes it away.
pub fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The secret of the session in the header of cookies.
pub fn in_cookies(header: &str) -> Option<&str> {
    secret_in(header, COOKIE)
}

/// The secret in a cookie of ours. Two of one name are one too many: nobody can say whose the first is.
pub(crate) fn secret_in<'header>(header: &'header str, name: &str) -> Option<&'header str> {
    if header.len() > LONGEST_HEADER {
        return None;
    }
    let mut found = header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    (found.next().is_none() && is_random(first)).then_some(first)
}

/// Whether a request that changes something comes from our own pages, as far as the browser says: [`origin_allowed`].
pub fn is_from_here(site: Option<&str>, origin: Option<&str>, host: Option<&str>) -> bool {
    origin_allowed("POST", origin, site, host.unwrap_or_default())
}

/// Its prefix makes browsers insist on `Secure`, on `Path=/` and on no `Domain`.
pub const COOKIE: &str = "__Host-dualtrack";
/// How long an unused session lasts, in milliseconds.
pub const IDLE: i64 = 30 * 60 * 1_000;
/// How long any session lasts.
pub const LONGEST: i64 = 12 * 60 * 60 * 1_000;
const FRESH: i64 = 10 * 60 * 1_000;
/// How far the clock may lag behind the last use.
const LAG: i64 = 60 * 1_000;
/// Beyond what browsers send to one site and servers take.
const LONGEST_HEADER: usize = 16 * 1_024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn session(begun: i64, seen: i64, stepped_up: Option<i64>) -> SessionRow {
        SessionRow { begun, seen, stepped_up, ..begin("mok", Kind::Local, "developer", begun).unwrap().1 }
    }

    #[test]
    fn a_session_ends_after_half_an_hour_unused_and_after_twelve_hours() {
        let one = session(0, 0, None);
        assert_eq!(standing(&one, IDLE - 1), Standing::Live);
        assert_eq!(standing(&one, IDLE), Standing::Idle);
        let busy = session(0, LONGEST - 1, None);
        assert_eq!(standing(&busy, LONGEST - 1), Standing::Live);
        assert_eq!(standing(&busy, LONGEST), Standing::TooOld);
    }

    #[test]
    fn a_clock_that_went_back_ends_a_session_and_one_that_lags_does_not() {
        let one = session(0, 20 * 60_000, Some(20 * 60_000));
        assert_eq!(standing(&one, 20 * 60_000 - LAG), Standing::Live);
        assert!(is_stepped_up(&one, 20 * 60_000 - LAG));
        assert_eq!(standing(&one, 20 * 60_000 - LAG - 1), Standing::ClockBack);
        assert!(!is_stepped_up(&one, 20 * 60_000 - LAG - 1));
    }

    #[test]
    fn rotation_kills_the_old_name_and_keeps_the_beginning() {
        let (secret, old) = begin("mok", Kind::Oidc, "developer", 1_000).unwrap();
        for (why, stepped_up) in [(Rotation::SteppedUp, Some(61_000)), (Rotation::RoleChanged, None)] {
            let (new_secret, new) = rotated(&old, why, 61_000).unwrap();
            assert_ne!(new_secret, secret);
            assert_eq!(new.id_hash, new_secret.digest());
            assert_ne!(new.id_hash, old.id_hash);
            assert_ne!(new.csrf_seed, old.csrf_seed);
            assert_eq!((new.begun, new.stepped_up, new.kind.as_str()), (1_000, stepped_up, "oidc"));
        }
    }

    #[test]
    fn what_is_kept_is_the_digest_and_nothing_of_it_prints() {
        let (secret, row) = begin("mok", Kind::Local, "developer", 0).unwrap();
        assert_eq!(row.id_hash, secret.digest());
        let printed = format!("{secret:?} {row:?} {row:#?}");
        assert!(![secret.reveal(), &row.csrf_seed, &row.id_hash].iter().any(|text| printed.contains(*text)));
    }

    #[test]
    fn the_cookie_is_bound_to_this_host_and_hidden_from_scripts() {
        assert_eq!(cookie("x"), "__Host-dualtrack=x; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(no_cookie(), "__Host-dualtrack=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn our_cookie_is_found_among_others_and_two_are_refused() {
        let secret = "a".repeat(43);
        let ours = format!("{COOKIE}={secret}");
        assert_eq!(in_cookies(&format!("theme=dark; {ours}; x=1; nonsense;;=")), Some(secret.as_str()));
        assert_eq!(in_cookies(&format!("{ours}; {ours}")), None);
        let others = "a=b; ".repeat(500);
        assert_eq!(in_cookies(&format!("{ours}; {others}{ours}")), None);
        assert_eq!(in_cookies(&format!("{others}{ours}")), Some(secret.as_str()));
        assert_eq!(in_cookies(&format!("{}{ours}", "a=b; ".repeat(5_000))), None);
        assert_eq!(in_cookies(&format!("{COOKIE}=\"{}\"", "a".repeat(41))), None);
        assert_eq!(in_cookies(&format!("dualtrack={secret}")), None);
    }

    proptest! {
        #[test]
        fn no_session_outlives_its_limit_whatever_the_clock_does(
            steps in prop::collection::vec((-7_200_000_i64..7_200_000, 0_u8..4), 1..80),
        ) {
            let (begun, mut now) = (1_000_000_000_i64, 1_000_000_000_i64);
            let mut one = session(begun, begun, Some(begun));
            for (step, what) in steps {
                now += step;
                let stepped_up = is_stepped_up(&one, now);
                if standing(&one, now) == Standing::Live {
                    prop_assert!(now.max(one.seen) - begun < LONGEST);
                    prop_assert!(now >= one.seen - LAG && now - one.seen < IDLE);
                    match what {
                        0 => one.seen = now, // a store that trusts the clock
                        1 => one.seen = one.seen.max(now),
                        2 => one = rotated(&one, Rotation::SteppedUp, now).unwrap().1,
                        _ => one = rotated(&one, Rotation::RoleChanged, now).unwrap().1,
                    }
                    prop_assert_eq!(one.begun, begun);
                } else {
                    prop_assert!(!stepped_up);
                }
            }
        }

        #[test]
        fn a_session_that_ended_stays_ended_while_time_goes_on(seen in 0..LONGEST, at in 0..2 * LONGEST, later in 0..LONGEST) {
            let one = session(0, seen, None);
            if matches!(standing(&one, at), Standing::Idle | Standing::TooOld) {
                prop_assert!(standing(&one, at + later) != Standing::Live);
            }
        }

        #[test]
        fn no_instant_is_too_odd(begun: i64, seen: i64, stepped_up: Option<i64>, now: i64) {
            let one = session(begun, seen, stepped_up);
            let _ = (standing(&one, now), is_stepped_up(&one, now));
        }

        #[test]
        fn any_header_of_cookies_is_read(header in ".{0,200}") {
            let _ = in_cookies(&header);
            let _ = in_cookies(&format!("{COOKIE}={header}"));
        }
    }
}
