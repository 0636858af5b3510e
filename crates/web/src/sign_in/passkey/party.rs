//! Whom passkeys are made for: this server, by its origin, and the name under which browsers scope passkeys to it.
//!
//! Browsers make passkeys for names, never for numbers. A server that people reach by the address of this very machine is
//! reached as `localhost` as well, which is the same machine; under another number there are no passkeys.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

/// Whom passkeys are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The only origin whose pages may use them, such as `https://ai.bank.example`.
    pub origin: String,
    /// Its host, to which browsers scope them.
    pub id: String,
}

impl Party {
    /// Of the address at which people reach the server; none where browsers make no passkeys.
    pub fn of(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
        let (host, port) = split(&authority)?;
        let host = if is_this_machine(host) { "localhost" } else { host };
        let usual = match scheme {
            "https" => "443",
            // Browsers trust plain `http` on this machine alone.
            "http" if host == "localhost" => "80",
            _ => return None,
        };
        if !is_name(host) {
            return None;
        }
        let port = port.filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self { origin: format!("{scheme}://{host}{port}"), id: host.to_owned() })
    }

    /// The digest of its id, as authenticators write it into what they sign.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.id.as_bytes()).into()
    }
}

fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if authority.starts_with('[') {
        let (host, behind) = authority.split_at_checked(authority.find(']')? + 1)?;
        return match behind.strip_prefix(':') {
            Some(port) => is_port(port).then_some((host, Some(port))),
            None => behind.is_empty().then_some((host, None)),
        };
    }
    match authority.split_once(':') {
        Some((host, port)) => is_port(port).then_some((host, Some(port))),
        None => Some((authority, None)),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .and_then(|host| host.parse::<Ipv6Addr>().ok())
            .is_some_and(|address| address.is_loopback())
}

/// Letters, digits, `-` and dots, and not a number.
fn is_name(host: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253 && host.split('.').all(is_part) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_party_is_the_host_of_the_address() {
        for (address, origin, id) in [
            ("https://ai.bank.example", "https://ai.bank.example", "ai.bank.example"),
            ("https://AI.bank.example:443/", "https://ai.bank.example", "ai.bank.example"),
            ("https://ai.bank.example:8443/x?y", "https://ai.bank.example:8443", "ai.bank.example"),
            ("http://localhost:8600", "http://localhost:8600", "localhost"),
            ("http://localhost", "http://localhost", "localhost"),
            ("http://127.0.0.1:8600", "http://localhost:8600", "localhost"),
            ("http://[::1]:8600", "http://localhost:8600", "localhost"),
        ] {
            let party = Party { origin: origin.into(), id: id.into() };
            assert_eq!(Party::of(address), Some(party), "{address}");
        }
    }

    #[test]
    fn where_browsers_make_none_there_are_none() {
        for address in [
            "http://ai.bank.example",
            "https://10.0.0.5",
            "https://[2001:db8::1]",
            "https://",
            "ai.bank.example",
            "https://user@ai.bank.example",
            "https://ai..bank",
            "ftp://localhost",
        ] {
            assert_eq!(Party::of(address), None, "{address}");
        }
    }

    proptest! {
        #[test]
        fn any_address_is_read_or_refused(address in ".{0,60}", host in "[a-z0-9.:\\[\\]@-]{0,30}") {
            let _ = Party::of(&address);
            let _ = Party::of(&format!("https://{host}"));
            let _ = Party::of(&format!("http://{host}"));
        }
    }
}
