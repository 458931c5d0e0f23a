//! Sound at one end of a call: what it sends is known, what arrives is kept, so that both can be compared.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cpd_media::rtp::Packet;
use cpd_media::sdp::{self, Crypto, Description, Direction, Format, Local, Order, Origin, Protection};
use cpd_media::srtp::{Key, Srtp, Suite};

use crate::audio;

/// Samples of a packet, and bytes of it in A-law.
const SAMPLES: usize = 160;
const PACKET: Duration = Duration::from_millis(20);

/// A socket that plays a sound as soon as a description says where to. Its thread ends with it.
pub(crate) struct Voice {
    own: SocketAddr,
    key: Option<Crypto>,
    codes: Arc<[u8]>,
    told: Sender<Told>,
    heard: Arc<Mutex<Heard>>,
}

struct Told {
    remote: SocketAddr,
    theirs: Option<Key>,
}

/// What arrived.
#[derive(Clone, Default)]
pub(crate) struct Heard {
    /// Numbers and payloads.
    pub(crate) packets: Vec<(u16, Vec<u8>)>,
    /// Datagrams that were no RTP, or not protected by the key that was told.
    pub(crate) strange: usize,
}

impl Voice {
    /// At an address of this machine; secured by SDES where it should be.
    pub(crate) fn new(host: IpAddr, sound: &str, secured: bool) -> Arc<Voice> {
        let socket = UdpSocket::bind((host, 0)).unwrap();
        // A quarter of a packet: what is due goes out in time.
        socket.set_read_timeout(Some(PACKET / 4)).unwrap();
        let own = socket.local_addr().unwrap();
        let key = secured.then(|| Crypto {
            tag: 1,
            key: Key::from_random(
                Suite::AesCm128Sha1_80,
                &[own.port() as u8 ^ 0x5a; Key::SECRET_MAX],
            ),
        });
        let codes: Arc<[u8]> = std::fs::read(audio::file(sound)).unwrap().into();
        let (told, orders) = channel();
        let heard = Arc::default();
        let voice = Voice {
            own,
            key: key.clone(),
            codes: Arc::clone(&codes),
            told,
            heard: Arc::clone(&heard),
        };
        let sender = Line {
            socket,
            codes,
            ours: key.map(|crypto| Srtp::new(&crypto.key)),
            heard,
        };
        std::thread::spawn(move || sender.run(&orders));
        Arc::new(voice)
    }

    pub(crate) fn offer(&self) -> Vec<u8> {
        sdp::offer(&self.local(), Direction::SendRecv, &[Format::pcma()])
    }

    /// Answers an offer, and plays to where it says.
    pub(crate) fn answer(&self, offer: &[u8]) -> Vec<u8> {
        self.learn(offer);
        let offer = Description::parse(offer).unwrap();
        sdp::answer(&offer, &self.local(), &[Format::pcma()]).unwrap()
    }

    /// Plays to where a description says.
    pub(crate) fn learn(&self, description: &[u8]) {
        let audio = Description::parse(description).unwrap().audio().unwrap();
        assert_eq!(audio.profile.is_secure(), self.key.is_some(), "{audio:?}");
        let told = Told {
            remote: audio.rtp.unwrap(),
            theirs: audio.crypto.first().map(|crypto| crypto.key.clone()),
        };
        assert_eq!(told.remote.is_ipv6(), self.own.is_ipv6(), "{}", told.remote);
        // The thread lives as long as this sender.
        let _ = self.told.send(told);
    }

    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }

    /// The payload of the packet with this number.
    fn payload(codes: &[u8], number: u16) -> &[u8] {
        let packets = codes.len() / SAMPLES;
        let at = usize::from(number) % packets * SAMPLES;
        &codes[at..at + SAMPLES]
    }

    /// Every packet that arrived is one of `from`'s, byte for byte, and there are so many of them without a gap in a row.
    #[track_caller]
    pub(crate) fn hears(&self, from: &Voice, at_least: usize) {
        let heard = self.heard();
        assert_eq!(heard.strange, 0);
        let mut row = 0;
        let mut longest = 0;
        let mut last = None;
        for (number, payload) in &heard.packets {
            assert_eq!(payload, Voice::payload(&from.codes, *number), "packet {number}");
            row = if last == number.checked_sub(1) { row + 1 } else { 1 };
            longest = longest.max(row);
            last = Some(*number);
        }
        assert!(longest >= at_least, "{longest} of {}", heard.packets.len());
    }

    fn local(&self) -> Local<'_> {
        Local {
            rtp: self.own,
            rtcp_port: self.own.port().wrapping_add(1),
            rtcp_mux: false,
            origin: Origin {
                session: 1,
                version: 1,
            },
            protection: match &self.key {
                Some(key) => Protection::Sdes(std::slice::from_ref(key)),
                None => Protection::Plain,
            },
            order: Order::AsItCame,
        }
    }
}

/// The thread's side.
struct Line {
    socket: UdpSocket,
    codes: Arc<[u8]>,
    ours: Option<Srtp>,
    heard: Arc<Mutex<Heard>>,
}

impl Line {
    fn run(mut self, orders: &Receiver<Told>) {
        let Ok(mut told) = orders.recv() else { return };
        let mut theirs = told.theirs.as_ref().map(Srtp::new);
        let mut buffer = [0; 2_048];
        let mut due = Instant::now();
        let mut number = 0;
        loop {
            match orders.try_recv() {
                Ok(newer) => {
                    // One key opens all its packets; begun anew it would take those that came again.
                    if newer.theirs != told.theirs {
                        theirs = newer.theirs.as_ref().map(Srtp::new);
                    }
                    told = newer;
                }
                Err(std::sync::mpsc::TryRecvError::Empty) => {}
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
            }
            if due <= Instant::now() {
                self.send(number, told.remote);
                number += 1;
                due += PACKET;
            }
            // A time-out is no packet, nor is word of a port that was closed.
            if let Ok(length) = self.socket.recv(&mut buffer) {
                self.take(&buffer[..length], theirs.as_mut());
            }
        }
    }

    fn send(&mut self, number: u16, remote: SocketAddr) {
        let packet = Packet {
            marker: number == 0,
            payload_type: 8,
            sequence: number,
            timestamp: u32::from(number) * SAMPLES as u32,
            ssrc: 0x1000 + u32::from(remote.port()),
            extension: None,
            payload: Voice::payload(&self.codes, number),
        };
        let mut plain = Vec::new();
        packet.write(&mut plain);
        let mut sealed = Vec::new();
        let bytes = match &mut self.ours {
            Some(ours) => {
                ours.protect_rtp(&plain, &mut sealed).unwrap();
                &sealed
            }
            None => &plain,
        };
        // The call may be over.
        let _ = self.socket.send_to(bytes, remote);
    }

    fn take(&self, datagram: &[u8], theirs: Option<&mut Srtp>) {
        let mut opened = Vec::new();
        let bytes = match theirs {
            Some(theirs) => theirs.unprotect_rtp(datagram, &mut opened).map(|()| &opened[..]),
            None => Ok(datagram),
        };
        let mut heard = self.heard.lock().unwrap();
        match bytes.ok().and_then(|bytes| Packet::parse(bytes).ok()) {
            Some(packet) => heard.packets.push((packet.sequence, packet.payload.to_vec())),
            None => heard.strange += 1,
        }
    }
}
