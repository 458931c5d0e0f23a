//! Which services a domain offers.

use super::NAMES_MAX;
use crate::transport::Protocol;

/// One NAPTR record (RFC 3403).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Naptr {
    pub order: u16,
    pub preference: u16,
    pub flags: String,
    pub service: String,
    pub replacement: String,
}

impl Naptr {
    fn protocol(&self) -> Option<Protocol> {
        let is = |name: &str| self.service.eq_ignore_ascii_case(name);
        if is("SIP+D2U") {
            Some(Protocol::Udp)
        } else if is("SIP+D2T") {
            Some(Protocol::Tcp)
        } else if is("SIPS+D2T") {
            Some(Protocol::Tls)
        } else {
            None
        }
    }
}

/// The services we can use, in the domain's order (RFC 3263, 4.1).
pub(super) fn services(mut records: Vec<Naptr>, ours: &[Protocol], secure: bool) -> Vec<(Protocol, String)> {
    records.sort_by_key(|record| (record.order, record.preference));
    let usable = |record: Naptr| {
        let protocol = record.protocol()?;
        let fits = ours.contains(&protocol) && (!secure || protocol == Protocol::Tls);
        let leads_to_srv = record.flags.eq_ignore_ascii_case("s") && record.replacement.len() > 1;
        (fits && leads_to_srv).then_some((protocol, record.replacement))
    };
    records.into_iter().filter_map(usable).take(NAMES_MAX).collect()
}
