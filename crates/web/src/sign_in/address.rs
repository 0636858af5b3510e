//! From where a request comes: the address that connected, or, where that is a proxy of ours, the one that the proxy saw.
//!
//! What a header claims counts only as far as proxies that are named vouch for it, from the last to the first.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;

/// The addresses of proxies: one, or a network, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a proxy; write `127.0.0.1`, or a network such as `10.0.0.0/8`")]
pub struct NetworkError(String);

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let error = || NetworkError(text.chars().take(80).collect());
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| error())?)),
        };
        let written: IpAddr = address.trim().parse().map_err(|_| error())?;
        let address = written.to_canonical();
        let bits = match bits {
            None => length(address),
            // A network of IPv4 that is written as one of IPv6.
            Some(bits) if written != address => bits.checked_sub(96).ok_or_else(error)?,
            Some(bits) => bits,
        };
        if bits > length(address) { Err(error()) } else { Ok(Self { address, bits }) }
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        text.parse()
    }
}

impl Network {
    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        length(address) == length(self.address) && head(address, self.bits) == head(self.address, self.bits)
    }
}

/// How many bits an address has.
fn length(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first bits of an address.
fn head(address: IpAddr, bits: u32) -> u128 {
    let number = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    number.checked_shr(length(address) - bits).unwrap_or(0)
}

/// The name under which the failures of an address are counted; none where nothing can be told of it.
///
/// `forwarded` are the values of `X-Forwarded-For`, in their order. A proxy on this machine that is not named hides
/// everybody behind one address: nothing is counted then, for one stranger would keep everybody out.
pub fn counted_as<'v>(
    peer: IpAddr,
    forwarded: impl Iterator<Item = &'v str>,
    proxies: &[Network],
) -> Option<String> {
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut nearest = peer.to_canonical();
    if !is_proxy(nearest) {
        let hides = nearest.is_loopback() && !hops.is_empty();
        return (!hides).then(|| name(nearest));
    }
    for hop in hops.into_iter().rev().take(MOST_HOPS) {
        let Some(address) = read(hop) else { break };
        nearest = address;
        if !is_proxy(nearest) {
            break;
        }
    }
    Some(name(nearest))
}

/// An address as proxies write it: some add the port.
fn read(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let inner = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = inner.unwrap_or(hop).parse::<IpAddr>().ok();
    address.or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip())).map(|it| it.to_canonical())
}

/// Of IPv6 the first 64 bits: whoever has one address of such a network has all.
fn name(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = Ipv6Addr::from_bits((address.to_bits() >> 64) << 64);
            format!("{network}/64")
        }
    }
}

/// More proxies in a row than anybody has.
const MOST_HOPS: usize = 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn counted(peer: &str, forwarded: &[&str], proxies: &[&str]) -> Option<String> {
        counted_as(peer.parse().unwrap(), forwarded.iter().copied(), &networks(proxies))
    }

    #[test]
    fn a_network_is_read_or_refused() {
        let cases = [
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("::ffff:10.0.0.0/104", "10.5.5.5", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
        ];
        for (network, address, expected) in cases {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network:?} {address}");
        }
        for wrong in
            ["", "10.0.0.0/33", "10.0.0/8", "proxy.example", "::1/129", "10.0.0.0/-1", "::ffff:10.0.0.0/8"]
        {
            let said = wrong.parse::<Network>().unwrap_err().to_string();
            assert!(said.contains("10.0.0.0/8") && !said.contains('\n'), "{said}");
        }
    }

    #[test]
    fn only_proxies_that_are_named_are_believed() {
        let spoofed = ["198.51.100.1, 203.0.113.9"];
        assert_eq!(counted("192.0.2.1", &spoofed, &[]).as_deref(), Some("192.0.2.1"));
        assert_eq!(counted("192.0.2.1", &spoofed, &["10.0.0.0/8"]).as_deref(), Some("192.0.2.1"));
        // The last address that no proxy of ours has; what is left of it was written by whoever sent it.
        assert_eq!(counted("10.0.0.1", &spoofed, &["10.0.0.0/8"]).as_deref(), Some("203.0.113.9"));
        let two = ["203.0.113.9", " 10.0.0.2 ,10.0.0.3"];
        assert_eq!(counted("10.0.0.1", &two, &["10.0.0.0/8"]).as_deref(), Some("203.0.113.9"));
        for (hop, expected) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            // Nothing that can be read: as the proxy itself.
            ("unknown", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(counted("10.0.0.1", &[hop], &["10.0.0.1"]).as_deref(), Some(expected), "{hop}");
        }
        assert_eq!(counted("10.0.0.1", &[], &["10.0.0.1"]).as_deref(), Some("10.0.0.1"));
    }

    #[test]
    fn a_proxy_on_this_machine_that_is_not_named_keeps_nobody_out() {
        assert_eq!(counted("127.0.0.1", &["203.0.113.9"], &[]), None);
        assert_eq!(counted("::1", &["203.0.113.9"], &[]), None);
        assert_eq!(counted("127.0.0.1", &[], &[]).as_deref(), Some("127.0.0.1"));
        assert_eq!(counted("127.0.0.1", &["203.0.113.9"], &["127.0.0.1"]).as_deref(), Some("203.0.113.9"));
    }

    proptest! {
        #[test]
        fn whoever_sends_it_cannot_choose_the_name(header in "[0-9a-f:., \\[\\]]{0,60}") {
            let forwarded = format!("{header}, 203.0.113.9");
            let name = counted("10.0.0.1", &[&header, &forwarded], &["10.0.0.0/8"]);
            prop_assert_eq!(name.as_deref(), Some("203.0.113.9"));
        }

        #[test]
        fn one_network_of_ipv6_has_one_name(head: u64, one: u64, two: u64) {
            prop_assume!(head != 0);
            let of = |tail: u64| name(IpAddr::V6(Ipv6Addr::from_bits((u128::from(head) << 64) | u128::from(tail))));
            prop_assert_eq!(of(one), of(two));
        }
    }
}
