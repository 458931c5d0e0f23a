//! Binds sockets and reads from them.

use super::config::{BindError, ListenError, Listener};
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

/// How long a listener rests after it failed, as it does where files or memory have run out: trying at once would only
/// burn a core. Twice as long after each further failure.
const REST_FIRST: Duration = Duration::from_millis(10);

/// The longest rest: calls that come meanwhile are repeated for longer than that.
const REST_LONGEST: Duration = Duration::from_secs(1);

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
    let mut rests = Rests::default();
    loop {
        let (count, remote) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(cause) => {
                if !rests.bear(cause, Protocol::Udp, local, &inputs).await {
                    return;
                }
                continue;
            }
        };
        rests = Rests::default();
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
    let mut rests = Rests::default();
    loop {
        let (stream, remote) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(cause) => {
                if !rests.bear(cause, protocol, local, &inputs).await {
                    return;
                }
                continue;
            }
        };
        rests = Rests::default();
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

/// How a listener bears errors.
#[derive(Default)]
struct Rests {
    last: Option<Duration>,
}

impl Rests {
    /// How long to rest; `None` where the error is news of one peer, which says nothing of the socket: an ICMP message
    /// about an earlier datagram, whose transaction ends by its own timer, or a connection that ended before it was taken.
    fn after(&mut self, cause: &io::Error) -> Option<Duration> {
        use io::ErrorKind::{
            ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted,
            NetworkUnreachable,
        };
        match cause.kind() {
            ConnectionAborted | ConnectionRefused | ConnectionReset | HostUnreachable | Interrupted
            | NetworkUnreachable => None,
            _ => {
                let rest = self.last.map_or(REST_FIRST, |last| (last * 2).min(REST_LONGEST));
                self.last = Some(rest);
                Some(rest)
            }
        }
    }

    /// Rests as long as need be; the first of several failures is told. False if nobody listens any more.
    async fn bear(
        &mut self,
        cause: io::Error,
        protocol: Protocol,
        local: SocketAddr,
        inputs: &mpsc::Sender<Input>,
    ) -> bool {
        let first = self.last.is_none();
        let Some(rest) = self.after(&cause) else {
            return true;
        };
        let error = ListenError {
            protocol,
            local,
            cause,
        };
        if first && inputs.send(Input::Deaf(error)).await.is_err() {
            return false;
        }
        tokio::time::sleep(rest).await;
        true
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_that_fails_rests_longer_and_longer() {
        let full = io::Error::other("no buffer space available");
        let mut rests = Rests::default();
        let rested: Vec<_> = (0..9).map(|_| rests.after(&full).unwrap().as_millis()).collect();
        assert_eq!(rested, [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    }

    #[test]
    fn news_of_one_peer_costs_the_others_no_time() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(Rests::default().after(&refused), None);
    }
}
