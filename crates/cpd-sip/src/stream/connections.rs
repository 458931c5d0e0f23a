//! Which connection leads to whom (RFC 3261, 18; RFC 5923).

use crate::headers::Via;
use crate::transport::{Flow, Protocol};
use crate::uri::Host;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Open connections, and the addresses that they reach.
///
/// A connection that we opened reaches the address it was opened to. One that the peer opened reaches only whoever
/// sent on it: its responses go there, and nothing else does, because a peer may claim any address. The exception is
/// RFC 5923's: over TLS with a certificate that was checked, a Via with `alias` makes it reach the peer's advertised
/// port too, so that two servers need one connection between them.
#[derive(Debug, Default)]
pub struct Connections {
    reached: HashMap<(Protocol, SocketAddr), Flow>,
}

/// Aliases one connection may claim: a peer has one listening port, and maybe an old one after a change.
const ALIASES_MAX: usize = 4;

impl Connections {
    /// None.
    pub fn new() -> Self {
        Connections::default()
    }

    /// A connection that we opened, or whose opening has begun: requests to the same address wait for it.
    pub fn opened(&mut self, flow: Flow) {
        self.reached.insert((flow.protocol, flow.remote), flow);
    }

    /// A request's top Via on a connection that the peer opened. `verified` says that the peer's certificate was
    /// checked against the name it is known by. True if the connection reaches a further address now.
    pub fn claimed(&mut self, flow: Flow, via: &Via<'_>, verified: bool) -> bool {
        let secure = matches!(flow.protocol, Protocol::Tls | Protocol::Wss);
        if !secure || !verified || !via.params.has("alias") {
            return false;
        }
        // The address is where it comes from, whatever host it writes; only the port is the peer's word.
        if let Host::Address(written) = via.host
            && written.to_canonical() != flow.remote.ip().to_canonical()
        {
            return false;
        }
        let port = via.port.unwrap_or(flow.protocol.default_port());
        let key = (flow.protocol, SocketAddr::new(flow.remote.ip(), port));
        let claims = self.reached.values().filter(|other| **other == flow).count();
        if self.reached.contains_key(&key) || claims >= ALIASES_MAX {
            return false;
        }
        self.reached.insert(key, flow);
        true
    }

    /// The connection to use for a request to this address; `None` to open one.
    pub fn to(&self, protocol: Protocol, remote: SocketAddr) -> Option<Flow> {
        self.reached.get(&(protocol, remote)).copied()
    }

    /// The connection is closed.
    pub fn closed(&mut self, flow: Flow) {
        self.reached.retain(|_, other| *other != flow);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(protocol: Protocol, remote: &str) -> Flow {
        Flow {
            protocol,
            local: "192.0.2.1:5061".parse().unwrap(),
            remote: remote.parse().unwrap(),
        }
    }

    fn via(text: &str) -> Via<'_> {
        Via::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_we_opened_is_used_again() {
        let mut connections = Connections::new();
        let opened = flow(Protocol::Tcp, "192.0.2.9:5060");
        connections.opened(opened);
        assert_eq!(connections.to(Protocol::Tcp, opened.remote), Some(opened));
        assert_eq!(connections.to(Protocol::Tls, opened.remote), None);
        connections.closed(opened);
        assert_eq!(connections.to(Protocol::Tcp, opened.remote), None);
    }

    #[test]
    fn rfc5923_an_alias_is_believed_over_verified_tls_only() {
        let mut connections = Connections::new();
        let tls = flow(Protocol::Tls, "192.0.2.9:40000");
        let advertised = "192.0.2.9:5061".parse().unwrap();
        let alias = via("SIP/2.0/TLS proxy.example.com;branch=z9hG4bK1;alias");
        assert!(!connections.claimed(tls, &alias, false));
        assert!(!connections.claimed(tls, &via("SIP/2.0/TLS proxy.example.com"), true));
        assert!(!connections.claimed(flow(Protocol::Tcp, "192.0.2.9:40000"), &alias, true));
        assert!(
            !connections.claimed(tls, &via("SIP/2.0/TLS 192.0.2.10;alias"), true),
            "another's address"
        );
        assert_eq!(connections.to(Protocol::Tls, advertised), None);
        assert!(connections.claimed(tls, &alias, true));
        assert_eq!(connections.to(Protocol::Tls, advertised), Some(tls));
        let second = flow(Protocol::Tls, "192.0.2.9:40001");
        assert!(!connections.claimed(second, &alias, true), "the first keeps it");
        connections.closed(tls);
        assert!(connections.claimed(second, &alias, true));
        for port in 1..10 {
            connections.claimed(second, &via(&format!("SIP/2.0/TLS h:{port};alias")), true);
        }
        assert_eq!(connections.reached.len(), ALIASES_MAX);
    }
}
