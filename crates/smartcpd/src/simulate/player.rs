//! Sends and receives the RTP of many calls: one thread, a tick, a socket a call.
//!
//! What is sent when is decided by `cpd_sim::stream`; here are only the sockets and the clock.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use cpd_media::sdp::{self, Audio, Carried, Description, Direction, Format, Local, Origin, Protection};
use cpd_media::{Codec, Law, Packet};
use cpd_sim::stream::Stream;

/// How often packets are sent: a quarter of a packet's time, so that no packet is later than that.
const TICK: Duration = Duration::from_millis(5);
/// Sockets are read every so many ticks, a part of them each tick: the kernel holds 100 ms of a call easily.
const READ_EVERY: u64 = 20;

/// The thread. It ends when the last handle is gone.
#[derive(Clone)]
pub(crate) struct Player {
    orders: Sender<Order>,
    /// Peers hear here, whatever address they tell the world.
    near: Option<IpAddr>,
}

enum Order {
    Open(u64, UdpSocket, Arc<Counts>),
    /// From now on to there; `None` on hold.
    Aim(u64, Option<SocketAddr>),
    Play(u64, Box<Stream>),
    Codec(u64, Law, u8),
    Close(u64),
}

/// Packets of one call.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    sent: AtomicU64,
    received: AtomicU64,
}

impl Counts {
    /// Sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Received.
    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

impl Player {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Player> {
        let (orders, received) = channel();
        thread::Builder::new()
            .name("simulated-rtp".to_owned())
            .spawn(move || run(&received))?;
        Ok(Player { orders, near: None })
    }

    /// The same for peers on this machine that tell the world another address than the one they hear at (NAT).
    pub(crate) fn near(self, address: Option<IpAddr>) -> Player {
        Player {
            near: address,
            ..self
        }
    }

    /// Peers are on this machine: what they tell the world as their own address leads elsewhere.
    pub(crate) fn is_near(&self) -> bool {
        self.near.is_some()
    }

    fn order(&self, order: Order) {
        // The thread ends after its handles.
        let _ = self.orders.send(order);
    }
}

struct Line {
    socket: UdpSocket,
    counts: Arc<Counts>,
    remote: Option<SocketAddr>,
    stream: Option<Box<Stream>>,
}

fn run(orders: &Receiver<Order>) {
    let mut lines: HashMap<u64, Line> = HashMap::new();
    let mut datagram = Vec::with_capacity(256);
    let mut buffer = vec![0; 2_048];
    let mut due = Instant::now();
    let mut tick = 0;
    loop {
        loop {
            match orders.try_recv() {
                Ok(order) => carry_out(&mut lines, order),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        let now = Instant::now();
        for (id, line) in &mut lines {
            line.send(now, &mut datagram);
            if (id + tick) % READ_EVERY == 0 {
                line.receive(&mut buffer);
            }
        }
        tick += 1;
        due += TICK;
        match due.checked_duration_since(Instant::now()) {
            Some(rest) => thread::sleep(rest),
            // Too much to do for one tick: no use in catching up.
            None => due = Instant::now(),
        }
    }
}

fn carry_out(lines: &mut HashMap<u64, Line>, order: Order) {
    match order {
        Order::Open(id, socket, counts) => {
            let line = Line {
                socket,
                counts,
                remote: None,
                stream: None,
            };
            lines.insert(id, line);
        }
        Order::Aim(id, remote) => {
            if let Some(line) = lines.get_mut(&id) {
                line.remote = remote;
            }
        }
        Order::Play(id, stream) => {
            if let Some(line) = lines.get_mut(&id) {
                line.stream = Some(stream);
            }
        }
        Order::Codec(id, law, payload_type) => {
            if let Some(stream) = lines.get_mut(&id).and_then(|line| line.stream.as_mut()) {
                stream.set_codec(law, payload_type);
            }
        }
        Order::Close(id) => {
            if let Some(mut line) = lines.remove(&id) {
                line.receive(&mut vec![0; 2_048]);
            }
        }
    }
}

impl Line {
    fn send(&mut self, now: Instant, datagram: &mut Vec<u8>) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        while stream.poll(now, datagram) {
            // What cannot be sent is lost, as on any network; on hold nothing is to be sent.
            if let Some(remote) = self.remote
                && self.socket.send_to(datagram, remote).is_ok()
            {
                self.counts.sent.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) {
        // An error is no packet either: the peer's port was closed (ICMP), and the next one may be there.
        for _ in 0..256 {
            let Ok(bytes) = self.socket.recv(buffer) else {
                return;
            };
            if Packet::parse(&buffer[..bytes]).is_ok() {
                self.counts.received.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// The media of one call of ours: its socket, what the peer was told, what the peer said.
pub(crate) struct Leg {
    player: Player,
    id: u64,
    rtp: SocketAddr,
    version: u64,
    answered: Option<(Law, u8)>,
    remote: Option<SocketAddr>,
    plays: bool,
    /// Packets.
    pub(crate) counts: Arc<Counts>,
}

/// What we speak, besides telephone events.
fn formats() -> [Format; 3] {
    [Format::pcma(), Format::pcmu(), Format::telephone_event(101)]
}

impl Leg {
    /// Takes a port at an address. `id` must be free.
    pub(crate) fn open(player: &Player, id: u64, ip: IpAddr) -> io::Result<Leg> {
        let socket = UdpSocket::bind((ip, 0))?;
        socket.set_nonblocking(true)?;
        let rtp = socket.local_addr()?;
        let counts = Arc::new(Counts::default());
        player.order(Order::Open(id, socket, Arc::clone(&counts)));
        Ok(Leg {
            player: player.clone(),
            id,
            rtp,
            version: 0,
            answered: None,
            remote: None,
            plays: false,
            counts,
        })
    }

    /// Our offer.
    pub(crate) fn offer(&mut self) -> Vec<u8> {
        self.version += 1;
        sdp::offer(&self.local(), Direction::SendRecv, &formats())
    }

    /// Our answer to an offer, or why there is none.
    pub(crate) fn answer(&mut self, offer: &[u8]) -> Result<Vec<u8>, String> {
        let description = Description::parse(offer).map_err(|bad| bad.to_string())?;
        self.version += 1;
        let answer = sdp::answer(&description, &self.local(), &formats()).map_err(|why| why.to_string())?;
        self.learn(&description);
        Ok(answer)
    }

    /// The peer answered our offer, or told more.
    pub(crate) fn answered(&mut self, answer: &[u8]) {
        if let Ok(description) = Description::parse(answer) {
            self.learn(&description);
        }
    }

    fn learn(&mut self, description: &Description) {
        let Ok(Carried::Audio(audio)) = description.carried() else {
            return;
        };
        let told = audio.rtp.filter(|_| !is_silenced(&audio));
        self.remote = told.map(|told| SocketAddr::new(self.player.near.unwrap_or(told.ip()), told.port()));
        if let Some((law, payload_type)) = g711(&audio) {
            self.answered = Some((law, payload_type));
            self.player.order(Order::Codec(self.id, law, payload_type));
        }
        self.player.order(Order::Aim(self.id, self.remote));
    }

    /// Whether a sound has begun.
    pub(crate) fn plays(&self) -> bool {
        self.plays
    }

    /// Whether the peer said where and how it hears.
    pub(crate) fn can_play(&self) -> bool {
        self.remote.is_some() && self.answered.is_some()
    }

    /// Begins a sound, made for this law and payload type.
    pub(crate) fn play(&mut self, stream: impl FnOnce(Law, u8) -> Stream) {
        if let Some((law, payload_type)) = self.answered {
            self.plays = true;
            self.player
                .order(Order::Play(self.id, Box::new(stream(law, payload_type))));
        }
    }

    fn local(&self) -> Local<'static> {
        Local {
            rtp: self.rtp,
            rtcp_port: self.rtp.port().wrapping_add(1),
            rtcp_mux: false,
            origin: Origin {
                session: self.id,
                version: self.version,
            },
            protection: Protection::Plain,
            order: sdp::Order::AsItCame,
        }
    }
}

impl Drop for Leg {
    fn drop(&mut self) {
        self.player.order(Order::Close(self.id));
    }
}

/// The peer does not want to hear us.
fn is_silenced(audio: &Audio) -> bool {
    audio.refused || audio.is_hold()
}

/// The first law of G.711 in the list.
fn g711(audio: &Audio) -> Option<(Law, u8)> {
    audio.formats.iter().find_map(|format| match format.codec {
        Codec::Pcma => Some((Law::A, format.payload_type)),
        Codec::Pcmu => Some((Law::Mu, format.payload_type)),
        Codec::G722 | Codec::Opus | Codec::ComfortNoise | Codec::TelephoneEvent | Codec::Other => None,
    })
}
