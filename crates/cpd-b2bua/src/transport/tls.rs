//! TLS over a stream: whose certificate is shown, and whose is believed.

use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

/// What TLS listeners and connections go by. The caller decides over certificates, roots and versions.
#[derive(Clone)]
pub struct Tls {
    /// For connections that come.
    pub server: Arc<rustls::ServerConfig>,
    /// For connections that we open.
    pub client: Arc<rustls::ClientConfig>,
    /// The names that peers' certificates must carry (RFC 5922: the domain of the URI, not the host it led to); a peer
    /// that is not in here must show its address.
    pub names: HashMap<SocketAddr, ServerName<'static>>,
}

/// Names only: the configurations hold keys.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Tls {
    pub(super) async fn accept(self, stream: TcpStream) -> io::Result<server::TlsStream<TcpStream>> {
        TlsAcceptor::from(self.server).accept(stream).await
    }

    pub(super) async fn connect(
        self,
        stream: TcpStream,
        name: ServerName<'static>,
    ) -> io::Result<client::TlsStream<TcpStream>> {
        TlsConnector::from(self.client).connect(name, stream).await
    }
}
