//! What carries a soak's messages: datagrams that are lost and doubled, or connections, plain or TLS, that break.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use cpd_b2bua::transport::Tls;
use cpd_sip::stream::{Frame, Framer, PONG};
use cpd_sip::transport::{Flow, Protocol, Transmit};
use rustls::{ClientConnection, ServerConnection, StreamOwned};

/// How long one look for messages takes.
const LOOK: Duration = Duration::from_millis(2);

/// One end's sockets.
pub(crate) struct Wire {
    local: SocketAddr,
    carried: Carried,
}

enum Carried {
    Datagrams(UdpSocket),
    Streams(Streams),
}

struct Streams {
    listener: TcpListener,
    tls: Option<Tls>,
    open: HashMap<SocketAddr, Connection>,
}

struct Connection {
    bytes: Box<dyn Bytes>,
    framer: Framer,
}

trait Bytes: Read + Write + Send {}
impl<T: Read + Write + Send> Bytes for T {}

impl Wire {
    /// At this port; over TLS it shows and believes what `tls` has.
    pub(crate) fn bind(protocol: Protocol, port: u16, tls: Option<Tls>) -> Wire {
        let at = ("127.0.0.1", port);
        if protocol == Protocol::Udp {
            let socket = UdpSocket::bind(at).unwrap();
            socket.set_read_timeout(Some(LOOK)).unwrap();
            return Wire {
                local: socket.local_addr().unwrap(),
                carried: Carried::Datagrams(socket),
            };
        }
        let listener = TcpListener::bind(at).unwrap();
        listener.set_nonblocking(true).unwrap();
        Wire {
            local: listener.local_addr().unwrap(),
            carried: Carried::Streams(Streams {
                listener,
                tls,
                open: HashMap::new(),
            }),
        }
    }

    /// The way from here to there.
    pub(crate) fn flow(&self, remote: SocketAddr) -> Flow {
        Flow {
            protocol: match &self.carried {
                Carried::Datagrams(_) => Protocol::Udp,
                Carried::Streams(streams) if streams.tls.is_some() => Protocol::Tls,
                Carried::Streams(_) => Protocol::Tcp,
            },
            local: self.local,
            remote,
        }
    }

    pub(crate) fn is_datagrams(&self) -> bool {
        matches!(self.carried, Carried::Datagrams(_))
    }

    /// What came meanwhile, and the flows of connections that ended.
    pub(crate) fn look(&mut self) -> (Vec<(Flow, Vec<u8>)>, Vec<Flow>) {
        let flow = self.flow(self.local);
        let (mut came, mut ended) = (Vec::new(), Vec::new());
        match &mut self.carried {
            Carried::Datagrams(socket) => {
                let mut buffer = [0; 4_096];
                if let Ok((length, remote)) = socket.recv_from(&mut buffer) {
                    came.push((Flow { remote, ..flow }, buffer[..length].to_vec()));
                }
            }
            Carried::Streams(streams) => {
                streams.accept();
                streams.open.retain(|&remote, connection| {
                    let flow = Flow { remote, ..flow };
                    let lives = connection.read(|message| came.push((flow, message)));
                    if !lives {
                        ended.push(flow);
                    }
                    lives
                });
                if streams.open.is_empty() {
                    std::thread::park_timeout(LOOK);
                }
            }
        }
        (came, ended)
    }

    /// Sends a message, over a connection that is there or a new one; false where there is none.
    pub(crate) fn send(&mut self, transmit: &Transmit) -> bool {
        let remote = transmit.flow.remote;
        match &mut self.carried {
            Carried::Datagrams(socket) => socket.send_to(&transmit.bytes, remote).is_ok(),
            Carried::Streams(streams) => {
                let sent = streams
                    .to(remote)
                    .and_then(|connection| connection.write(&transmit.bytes));
                if sent.is_err() {
                    streams.open.remove(&remote);
                }
                sent.is_ok()
            }
        }
    }

    /// Closes a connection in the middle of whatever goes over it, as a firewall does; gives its flow.
    pub(crate) fn break_one(&mut self, chance: u64) -> Option<Flow> {
        let Carried::Streams(streams) = &mut self.carried else {
            return None;
        };
        let mut all: Vec<SocketAddr> = streams.open.keys().copied().collect();
        all.sort_unstable();
        let remote = *all.get(chance as usize % all.len().max(1))?;
        streams.open.remove(&remote);
        Some(self.flow(remote))
    }
}

impl Streams {
    fn accept(&mut self) {
        while let Ok((stream, remote)) = self.listener.accept() {
            stream.set_nonblocking(false).unwrap();
            stream.set_read_timeout(Some(LOOK)).unwrap();
            let bytes: Box<dyn Bytes> = match &self.tls {
                Some(tls) => {
                    let session = ServerConnection::new(tls.server.clone()).unwrap();
                    Box::new(StreamOwned::new(session, stream))
                }
                None => Box::new(stream),
            };
            self.open.insert(remote, Connection::new(bytes));
        }
    }

    fn to(&mut self, remote: SocketAddr) -> io::Result<&mut Connection> {
        if !self.open.contains_key(&remote) {
            let stream = TcpStream::connect(remote)?;
            stream.set_read_timeout(Some(LOOK))?;
            let bytes: Box<dyn Bytes> = match &self.tls {
                Some(tls) => {
                    let session = ClientConnection::new(tls.client.clone(), remote.ip().into());
                    Box::new(StreamOwned::new(session.map_err(io::Error::other)?, stream))
                }
                None => Box::new(stream),
            };
            self.open.insert(remote, Connection::new(bytes));
        }
        Ok(self.open.get_mut(&remote).unwrap())
    }
}

impl Connection {
    fn new(bytes: Box<dyn Bytes>) -> Connection {
        Connection {
            bytes,
            framer: Framer::new(),
        }
    }

    /// Reads what is there; false if the connection is over.
    fn read(&mut self, mut message: impl FnMut(Vec<u8>)) -> bool {
        let mut buffer = [0; 16_384];
        match self.bytes.read(&mut buffer) {
            Ok(0) => return false,
            Ok(length) => self.framer.push(&buffer[..length]),
            Err(why) => return is_patience(&why),
        }
        loop {
            match self.framer.poll() {
                Ok(Some(Frame::Message(bytes))) => message(bytes),
                Ok(Some(Frame::Ping)) => {
                    if self.write(PONG).is_err() {
                        return false;
                    }
                }
                Ok(Some(Frame::Pong)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    fn write(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            match self.bytes.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = &rest[written..],
                // A handshake that waits for the other side.
                Err(why) if is_patience(&why) => {}
                Err(why) => return Err(why),
            }
        }
        match self.bytes.flush() {
            Err(why) if !is_patience(&why) => Err(why),
            _ => Ok(()),
        }
    }
}

fn is_patience(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}
