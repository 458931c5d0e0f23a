//! Binds sockets and reads from them.

use super::config::{BindError, Listener};
use super::core::Input;
use cpd_sip::transport::{Flow, Protocol};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;

/// The largest datagram there is.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// How long accepting rests after it failed, as it does where files have run out: trying at once would only burn a core.
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// A socket that is bound.
pub(super) struct Bound {
    pub(super) protocol: Protocol,
    /// As peers reach it.
    pub(super) local: SocketAddr,
    /// Where connections go out from.
    pub(super) bind: SocketAddr,
    pub(super) socket: Socket,
}

#[derive(Clone)]
pub(super) enum Socket {
    Datagrams(Arc<UdpSocket>),
    Streams(Arc<TcpListener>),
}

pub(super) async fn bind(listener: Listener) -> Result<Bound, BindError> {
    let failed = |cause| BindError { listener, cause };
    if listener.bind.ip().is_unspecified() && listener.public.is_none() {
        let why = "nobody is reached at this address; a public one has to be told";
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, why)));
    }
    let (socket, bound) = match listener.protocol {
        Protocol::Udp => {
            let socket = UdpSocket::bind(listener.bind).await.map_err(failed)?;
            let bound = socket.local_addr().map_err(failed)?;
            (Socket::Datagrams(Arc::new(socket)), bound)
        }
        Protocol::Tcp | Protocol::Tls => {
            let socket = TcpListener::bind(listener.bind).await.map_err(failed)?;
            let bound = socket.local_addr().map_err(failed)?;
            (Socket::Streams(Arc::new(socket)), bound)
        }
        Protocol::Ws | Protocol::Wss => {
            let why = "this protocol is not spoken";
            return Err(failed(io::Error::new(io::ErrorKind::Unsupported, why)));
        }
    };
    Ok(Bound {
        protocol: listener.protocol,
        local: SocketAddr::new(listener.public.unwrap_or(bound.ip()), bound.port()),
        bind: bound,
        socket,
    })
}

/// Passes datagrams on. Where the core cannot follow, the kernel's buffer fills and drops, and peers repeat.
pub(super) async fn read_datagrams(socket: Arc<UdpSocket>, local: SocketAddr, inputs: mpsc::Sender<Input>) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        // An error here is an ICMP message about an earlier datagram; its transaction ends by its own timer.
        let Ok((count, remote)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let flow = Flow {
            protocol: Protocol::Udp,
            local,
            remote,
        };
        let bytes = buffer[..count].to_vec();
        if inputs.send(Input::Datagram { flow, bytes }).await.is_err() {
            return;
        }
    }
}

/// Passes connections on.
pub(super) async fn accept(
    listener: Arc<TcpListener>,
    protocol: Protocol,
    local: SocketAddr,
    inputs: mpsc::Sender<Input>,
) {
    loop {
        let Ok((stream, remote)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_REST).await;
            continue;
        };
        let flow = Flow {
            protocol,
            local,
            remote,
        };
        if inputs.send(Input::Accepted { flow, stream }).await.is_err() {
            return;
        }
    }
}

/// Opens a connection from the address that the listener has.
pub(super) async fn connect(bind: SocketAddr, remote: SocketAddr) -> io::Result<TcpStream> {
    let socket = match remote {
        SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
        SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
    };
    if !bind.ip().is_unspecified() {
        socket.bind(SocketAddr::new(bind.ip(), 0))?;
    }
    let stream = socket.connect(remote).await?;
    // A message is written whole; waiting to fill a segment only delays it.
    stream.set_nodelay(true)?;
    Ok(stream)
}
