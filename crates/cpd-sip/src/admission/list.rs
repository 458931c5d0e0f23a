//! Addresses and networks, and how each is treated.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// How a source is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Passes uncounted: a carrier or a dialer that is limited by its trunk.
    Trusted,
    /// Passes while its bucket holds.
    Limited,
    /// Is not even answered.
    Denied,
}

/// A network in CIDR notation, or one address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    /// IPv4 is kept as `::ffff:a.b.c.d`; bits behind the prefix are zero.
    address: u128,
    /// Of 128.
    prefix: u8,
}

/// The prefix of `::ffff:0:0/96`.
const MAPPED: u8 = 96;

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        IpAddr::V6(address) => address.into(),
    }
}

fn masked(address: u128, prefix: u8) -> u128 {
    address & u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0)
}

impl Network {
    /// `address/prefix`; `None` if the prefix is longer than the address. Bits behind it are set to zero.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Network> {
        let (longest, shift) = match address {
            IpAddr::V4(_) => (32, MAPPED),
            IpAddr::V6(_) => (128, 0),
        };
        (prefix <= longest).then(|| Network {
            address: masked(bits(address), prefix + shift),
            prefix: prefix + shift,
        })
    }

    /// How many bits are given, counted as of an IPv6 address: the longer, the narrower.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// True if the address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(bits(address), self.prefix) == self.address
    }

    /// True if some address lies in both.
    pub fn overlaps(&self, other: &Network) -> bool {
        let prefix = self.prefix.min(other.prefix);
        masked(self.address, prefix) == masked(other.address, prefix)
    }
}

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadNetwork(String);

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read network {:?}: not an address or address/prefix", self.0)
    }
}

impl std::error::Error for BadNetwork {}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Network, BadNetwork> {
        let parse = || {
            let (address, prefix) = match text.split_once('/') {
                Some((address, prefix)) => (address, Some(crate::scan::number::<u8>(prefix.as_bytes())?)),
                None => (text, None),
            };
            let address: IpAddr = address.parse().ok()?;
            let whole = if address.is_ipv4() { 32 } else { 128 };
            Network::new(address, prefix.unwrap_or(whole))
        };
        parse().ok_or_else(|| BadNetwork(text.to_owned()))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Ipv6Addr::from(self.address);
        match address.to_ipv4_mapped() {
            Some(address) if self.prefix >= MAPPED => write!(f, "{address}/{}", self.prefix - MAPPED),
            Some(_) | None => write!(f, "{address}/{}", self.prefix),
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Networks and how they are treated; the longest prefix that holds an address decides.
///
/// A look-up costs one step for each prefix length in use, however many networks there are: lists of denied networks
/// have tens of thousands.
#[derive(Clone, Debug)]
pub struct AddressList {
    networks: HashMap<Network, Treatment>,
    /// The prefix lengths in use, the longest first.
    prefixes: Vec<u8>,
    others: Treatment,
}

impl AddressList {
    /// An empty list: everybody is treated as `others`.
    pub fn new(others: Treatment) -> Self {
        AddressList {
            networks: HashMap::new(),
            prefixes: Vec::new(),
            others,
        }
    }

    /// Sets how a network is treated; the same network again replaces it.
    pub fn set(&mut self, network: Network, treatment: Treatment) {
        self.networks.insert(network, treatment);
        if let Err(place) = self
            .prefixes
            .binary_search_by(|prefix| network.prefix.cmp(prefix))
        {
            self.prefixes.insert(place, network.prefix);
        }
    }

    /// How an address is treated.
    pub fn treatment(&self, address: IpAddr) -> Treatment {
        let address = bits(address);
        self.prefixes
            .iter()
            .find_map(|&prefix| {
                let network = Network {
                    address: masked(address, prefix),
                    prefix,
                };
                self.networks.get(&network).copied()
            })
            .unwrap_or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides() {
        let mut list = AddressList::new(Treatment::Limited);
        for (network, treatment) in [
            ("10.0.0.0/8", Treatment::Denied),
            ("10.1.2.3", Treatment::Denied),
            ("10.1.0.0/16", Treatment::Trusted),
            ("2001:db8::/32", Treatment::Denied),
            ("2001:db8:1::/48", Treatment::Trusted),
        ] {
            list.set(network.parse().unwrap(), treatment);
        }
        let treatment = |address: &str| list.treatment(address.parse().unwrap());
        assert_eq!(treatment("10.9.9.9"), Treatment::Denied);
        assert_eq!(treatment("10.1.9.9"), Treatment::Trusted);
        assert_eq!(treatment("::ffff:10.1.9.9"), Treatment::Trusted);
        assert_eq!(treatment("10.1.2.3"), Treatment::Denied);
        assert_eq!(treatment("11.0.0.0"), Treatment::Limited);
        assert_eq!(treatment("2001:db8:2::1"), Treatment::Denied);
        assert_eq!(treatment("2001:db8:1:ffff::1"), Treatment::Trusted);
        assert_eq!(treatment("::10.1.2.3"), Treatment::Limited);
    }

    #[test]
    fn everybody_is_a_network_too() {
        let mut list = AddressList::new(Treatment::Trusted);
        list.set("0.0.0.0/0".parse().unwrap(), Treatment::Denied);
        assert_eq!(list.treatment("1.2.3.4".parse().unwrap()), Treatment::Denied);
        assert_eq!(list.treatment("::1".parse().unwrap()), Treatment::Trusted);
        list.set("::/0".parse().unwrap(), Treatment::Limited);
        assert_eq!(list.treatment("::1".parse().unwrap()), Treatment::Limited);
        assert_eq!(list.treatment("1.2.3.4".parse().unwrap()), Treatment::Denied);
    }

    #[test]
    fn networks_are_read_and_written() {
        for (text, written) in [
            ("192.0.2.7/24", "192.0.2.0/24"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:db8::5/64", "2001:db8::/64"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), written);
        }
        for text in [
            "",
            "192.0.2/24",
            "192.0.2.0/33",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/-1",
            "host/8",
        ] {
            let bad = text.parse::<Network>().unwrap_err();
            assert!(bad.to_string().starts_with("read network \""), "{text}");
        }
        let network: Network = "192.0.2.0/24".parse().unwrap();
        assert!(network.contains("192.0.2.255".parse().unwrap()));
        assert!(!network.contains("192.0.3.0".parse().unwrap()));
    }
}
