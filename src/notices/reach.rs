//! Where a webhook may go. An address that a person typed must not become a way into the institution's own network.
//!
//! A name is resolved once, every address it has is judged, and the connection goes to one of those: a name that answers
//! differently a moment later gains nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolves names as the system does, and refuses those that lead where a webhook may not go.
#[derive(Debug)]
pub(super) struct JudgingResolver {
    pub(super) allow_private: bool,
}

impl Resolver for JudgingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let addresses = DefaultResolver::default().resolve(uri, config, timeout)?;
        let encrypted = uri.scheme_str() == Some("https");
        judge(&addresses, encrypted, self.allow_private)
            .map_err(|barred| ureq::Error::Other(barred.into()))?;
        Ok(addresses)
    }
}

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Barred {
    /// It is on this machine or in a private network.
    Private,
    /// No single machine has it.
    NoHost,
    /// Without encryption a notice does not leave this machine.
    Unencrypted,
}

impl std::error::Error for Barred {}

impl fmt::Display for Barred {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Private => {
                "it is in a private network or on this machine; set `allow_private_webhooks` in server.yaml if that is meant"
            }
            Self::NoHost => "its address belongs to no machine on the network; correct it",
            Self::Unencrypted => "it is not encrypted; give an address with `https://`",
        })
    }
}

/// Judges every address a name has: one that is barred bars them all.
fn judge(addresses: &[SocketAddr], encrypted: bool, allow_private: bool) -> Result<(), Barred> {
    for address in addresses {
        let reach = reach(address.ip());
        match reach {
            Reach::NoHost => return Err(Barred::NoHost),
            Reach::Loopback | Reach::Private if !allow_private => return Err(Barred::Private),
            Reach::Private | Reach::Public if !encrypted => return Err(Barred::Unencrypted),
            Reach::Loopback | Reach::Private | Reach::Public => {}
        }
    }
    Ok(())
}

/// How far an address reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// This machine.
    Loopback,
    /// A network of one's own, or a link of it, where clouds keep the keys of their machines.
    Private,
    /// The internet.
    Public,
    /// Nothing that one could call: groups, examples, what is kept for later.
    NoHost,
}

fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

/// By the IANA registry of special-purpose addresses (RFC 6890 and after).
fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [127, ..] => Reach::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [169, 254, ..] | [100, 64..=127, ..] => {
            Reach::Private
        }
        // Networks under test are somebody's own, too.
        [198, 18..=19, ..] => Reach::Private,
        [0 | 224..=255, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::NoHost,
        _ => Reach::Public,
    }
}

/// An IPv6 address that stands for an IPv4 address reaches as far as that one.
fn reach_v6(address: Ipv6Addr) -> Reach {
    let within = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        reach_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Loopback,
        // Mapped, compatible and translated (RFC 4291, 2765, 6052); and 6to4.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => within(high, low),
        // A translator of the institution's own (RFC 8215); unique local, link-local, the site-local of old.
        [0x64, 0xff9b, 1, ..] | [0xfc00..=0xfdff | 0xfe80..=0xfeff, ..] => Reach::Private,
        // Teredo, benchmarks, identifiers and examples lie within what is otherwise public.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Reach::NoHost,
        [0x2000..=0x3fff, ..] => Reach::Public,
        // What discards, groups, and what nobody has been given.
        _ => Reach::NoHost,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(addresses: &[&str], encrypted: bool, allow_private: bool) -> Result<(), Barred> {
        let addresses: Vec<_> =
            addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 443)).collect();
        judge(&addresses, encrypted, allow_private)
    }

    #[test]
    fn private_addresses_are_barred_unless_allowed_however_they_are_written() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::",
        ] {
            assert_eq!(judged(&[address], true, false), Err(Barred::Private), "{address}");
            assert_eq!(judged(&[address], true, true), Ok(()), "{address}");
        }
    }

    #[test]
    fn what_no_machine_has_is_never_called() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "192.0.0.8",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "::ffff:0.0.0.0",
            "4000::1",
        ] {
            assert_eq!(judged(&[address], true, true), Err(Barred::NoHost), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_called() {
        for address in
            ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1", "::ffff:8.8.8.8"]
        {
            assert_eq!(judged(&[address], true, false), Ok(()), "{address}");
        }
    }

    #[test]
    fn one_barred_address_among_good_ones_bars_the_name() {
        assert_eq!(judged(&["8.8.8.8", "10.0.0.1"], true, false), Err(Barred::Private));
    }

    #[test]
    fn without_encryption_nothing_leaves_this_machine() {
        assert_eq!(judged(&["8.8.8.8"], false, true), Err(Barred::Unencrypted));
        assert_eq!(judged(&["10.0.0.1"], false, true), Err(Barred::Unencrypted));
        assert_eq!(judged(&["127.0.0.1"], false, true), Ok(()));
        assert_eq!(judged(&["::1"], false, true), Ok(()));
    }

    proptest! {
        #[test]
        fn an_address_within_an_address_reaches_no_further(inner: u32) {
            let inner = Ipv4Addr::from(inner);
            let [high, low] = [inner.to_bits() >> 16, inner.to_bits() & 0xffff].map(|half| u16::try_from(half).unwrap());
            let mapped = reach(IpAddr::V6(inner.to_ipv6_mapped()));
            let translated = reach(IpAddr::V6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)));
            prop_assert_eq!(mapped, reach_v4(inner));
            prop_assert_eq!(translated, reach_v4(inner));
        }

        #[test]
        fn the_standard_library_agrees_on_what_is_private(address: u32) {
            let address = Ipv4Addr::from(address);
            if address.is_private() || address.is_link_local() {
                prop_assert_eq!(reach_v4(address), Reach::Private);
            }
            if address.is_multicast() || address.is_documentation() || address.is_broadcast() {
                prop_assert_eq!(reach_v4(address), Reach::NoHost);
            }
        }
    }
}
