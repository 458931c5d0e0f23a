//! Where bytes come from and go to.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// The protocol under SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Protocol {
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
}

impl Protocol {
    /// True if the transport repeats what is lost, so that transactions need not.
    pub fn is_reliable(self) -> bool {
        self != Protocol::Udp
    }

    /// As it stands in a Via.
    pub fn via(self) -> &'static str {
        match self {
            Protocol::Udp => "UDP",
            Protocol::Tcp => "TCP",
            Protocol::Tls => "TLS",
            Protocol::Ws => "WS",
            Protocol::Wss => "WSS",
        }
    }

    /// The port where none is written.
    pub fn default_port(self) -> u16 {
        match self {
            Protocol::Udp | Protocol::Tcp => 5060,
            Protocol::Tls => 5061,
            Protocol::Ws => 80,
            Protocol::Wss => 443,
        }
    }

    /// What a URI to this transport carries behind its host and port. UDP is what a bare URI means.
    pub fn uri_param(self) -> &'static str {
        match self {
            Protocol::Udp => "",
            Protocol::Tcp => ";transport=tcp",
            Protocol::Tls => ";transport=tls",
            Protocol::Ws | Protocol::Wss => ";transport=ws",
        }
    }
}

/// A way between here and a peer: a socket and an address, or a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The protocol.
    pub protocol: Protocol,
    /// Our side, as the peer reaches it: it goes into Via and Contact.
    pub local: SocketAddr,
    /// The peer's side.
    pub remote: SocketAddr,
}

/// Bytes to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub flow: Flow,
    /// One message. Shared with the transaction that may repeat it.
    pub bytes: Arc<[u8]>,
}

/// Hides what is said.
impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes to {}", self.bytes.len(), self.flow.remote)
    }
}
