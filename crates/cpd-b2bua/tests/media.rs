//! Calls through the media threads, with peers on loopback sockets. No test sleeps: what is waited for has a bound.

#![allow(clippy::unwrap_used, reason = "helpers of tests are not seen as tests")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpd_b2bua::media::{
    Close, DeafReason, ForkId, ListenPlan, MediaCommand, MediaConfig, MediaPool, Network, News, OpenError,
    OpenPlan, Opened, Purpose, RecordPlan, Remote, Secure, SessionId, Side, SideStats, Transport,
};
use cpd_detect::{Detector, Event, EventKind, Library, Plans, Profile, SampleRate, Shared};
use cpd_media::codec::Codec;
use cpd_media::g711::Law;
use cpd_media::latch::Mode;
use cpd_media::quality::ReceptionReport;
use cpd_media::rtcp::{self, Block};
use cpd_media::rtp::Packet;
use cpd_media::sdp::Format;
use cpd_media::srtp::{Key, Srtp, Suite};
use tokio::sync::mpsc::Receiver;

/// Nothing on a loopback takes so long.
const BOUND: Duration = Duration::from_secs(10);
const CALL: SessionId = SessionId(7);
const FORK: ForkId = ForkId(0);

/// A pool, its news, and a call in it.
struct House {
    pool: MediaPool,
    news: Receiver<(SessionId, News)>,
    clock: tokio::runtime::Runtime,
}

impl House {
    fn new() -> House {
        House::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut MediaConfig)) -> House {
        let mut config = MediaConfig {
            networks: vec![Network::at(Ipv4Addr::LOCALHOST.into())],
            // Tests run at once, and other programs run too: what they hold is passed over.
            ports: 23_000..=27_999,
            threads: 2,
            ..MediaConfig::default()
        };
        change(&mut config);
        let (pool, news) = MediaPool::start(config).unwrap();
        let clock = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        House { pool, news, clock }
    }

    fn open(&self, listen: Option<ListenPlan>) -> Opened {
        self.try_open(listen).unwrap()
    }

    fn try_open(&self, listen: Option<ListenPlan>) -> Result<Opened, OpenError> {
        self.pool.open(
            CALL,
            OpenPlan {
                caller_network: 0,
                callee_network: 0,
                listen,
            },
        )
    }

    fn describe(&self, side: Side, fork: ForkId, remote: Remote) {
        self.pool
            .send(CALL, MediaCommand::Describe { side, fork, remote });
    }

    fn next(&mut self) -> News {
        let news = async { tokio::time::timeout(BOUND, self.news.recv()).await };
        let (call, news) = self.clock.block_on(news).expect("news in time").unwrap();
        assert_eq!(call, CALL);
        news
    }

    /// Ends the call and gives what was heard until then, and what the call was.
    fn close(&mut self, close: Close) -> (Vec<Event>, [SideStats; 2], Option<cpd_b2bua::media::Recorded>) {
        self.pool.send(CALL, MediaCommand::Close(close));
        let mut events = Vec::new();
        loop {
            match self.next() {
                News::Heard { event, .. } => events.push(event),
                News::Closed {
                    caller,
                    callee,
                    recording,
                } => return (events, [caller, callee], recording),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// One end of a call.
struct Peer {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    sequence: u16,
}

impl Peer {
    fn new() -> Peer {
        Peer::at(Ipv4Addr::LOCALHOST.into())
    }

    fn at(address: IpAddr) -> Peer {
        let bind = || {
            let socket = UdpSocket::bind((address, 0)).unwrap();
            socket.set_read_timeout(Some(BOUND)).unwrap();
            socket
        };
        Peer {
            rtp: bind(),
            rtcp: bind(),
            sequence: 0,
        }
    }

    fn remote(&self) -> Remote {
        Remote {
            rtp: Some(self.rtp.local_addr().unwrap()),
            rtcp: Some(self.rtcp.local_addr().unwrap()),
            rtcp_mux: false,
            believe: Mode::Negotiated,
            formats: vec![Format::pcma(), Format::telephone_event(101)],
            transport: Transport::Rtp,
            secure: None,
        }
    }

    /// Sends a packet of its own numbering.
    fn say(&mut self, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
        self.sequence += 1;
        let bytes = packet(self.sequence, 8, u32::from(self.sequence) * 160, payload);
        self.rtp.send_to(&bytes, to).unwrap();
        bytes
    }

    fn heard(&self) -> Vec<u8> {
        received(&self.rtp)
    }
}

fn received(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 2_048];
    let (length, _) = socket.recv_from(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

fn packet(sequence: u16, payload_type: u8, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let packet = Packet {
        marker: false,
        payload_type,
        sequence,
        timestamp,
        ssrc: 77,
        extension: None,
        payload,
    };
    packet.write(&mut bytes);
    bytes
}

fn shared() -> Shared {
    Shared::new(
        SampleRate::NARROWBAND,
        Arc::new(Plans::built_in()),
        Arc::new(Library::empty()),
    )
}

fn listen() -> ListenPlan {
    ListenPlan {
        shared: shared(),
        profile: Profile::default(),
        purpose: Purpose::Act,
        record: None,
    }
}

/// A call between two described peers.
fn call(house: &House, listen: Option<ListenPlan>) -> (Peer, Peer, Opened) {
    let (caller, callee) = (Peer::new(), Peer::new());
    let opened = house.open(listen);
    house.describe(Side::Caller, FORK, caller.remote());
    house.describe(Side::Callee, FORK, callee.remote());
    (caller, callee, opened)
}

/// So many packets of A-law: a tone for half a second, silence for half a second, and again.
fn audio(packets: usize) -> Vec<Vec<u8>> {
    (0..packets)
        .map(|index| {
            let sample = |n: usize| {
                let angle = (index * 160 + n) as f32 * 425.0 * std::f32::consts::TAU / 8_000.0;
                if index / 25 % 2 == 0 {
                    (angle.sin() * 8_000.0) as i16
                } else {
                    0
                }
            };
            (0..160).map(|n| Law::A.encode(sample(n))).collect()
        })
        .collect()
}

fn decoded(payload: &[u8]) -> Vec<i16> {
    payload.iter().map(|&code| Law::A.decode(code)).collect()
}

#[test]
fn media_and_rtcp_go_both_ways_as_they_came() {
    let mut house = House::new();
    let (mut caller, mut callee, opened) = call(&house, None);
    for index in 0..50 {
        let sent = caller.say(opened.caller.rtp, &[index; 160]);
        assert_eq!(callee.heard(), sent);
        let sent = callee.say(opened.callee.rtp, &[index; 33]);
        assert_eq!(caller.heard(), sent);
    }
    // A payload that nobody described, and one that is not RTP at all.
    for bytes in [packet(900, 34, 5, &[1; 1_200]), vec![7; 40]] {
        callee.rtp.send_to(&bytes, opened.callee.rtp).unwrap();
        assert_eq!(caller.heard(), bytes);
    }
    let report = [0x80, 201, 0, 1, 1, 2, 3, 4];
    callee.rtcp.send_to(&report, opened.callee.rtcp).unwrap();
    assert_eq!(received(&caller.rtcp), report);
    caller.rtcp.send_to(&report, opened.caller.rtcp).unwrap();
    assert_eq!(received(&callee.rtcp), report);
    // What a side says of what it hears is kept: a quarter lost, jitter of 80 ticks.
    let mut report = Vec::new();
    let reception = ReceptionReport {
        ssrc: 77,
        fraction_lost: 64,
        lost: 10,
        highest: 50,
        jitter: 80,
    };
    let block = Block {
        reception,
        last_report: 0,
        since_last_report: 0,
    };
    rtcp::write_report(&mut report, 5, None, &[block], "peer");
    callee.rtcp.send_to(&report, opened.callee.rtcp).unwrap();
    assert_eq!(received(&caller.rtcp), report);
    let (events, [from_caller, from_callee], recording) = house.close(Close::default());
    assert_eq!((events.len(), recording), (0, None));
    let reported = (from_callee.reported_loss, from_callee.reported_jitter_ms);
    assert_eq!(reported, (Some(0.25), Some(10.0)));
    assert_eq!(from_caller.reported_loss, None);
    assert_eq!((from_caller.packets, from_caller.bytes), (50, 50 * 172));
    assert_eq!(
        (from_callee.packets, from_callee.bytes),
        (52, 50 * 45 + 1_212 + 40)
    );
    assert_eq!((from_caller.lost, from_caller.refused), (0, 0));
}

#[test]
fn ports_of_ipv6_carry_too_and_the_two_versions_meet() {
    let mut house = House::with(|config| {
        config.networks.push(Network::at(Ipv6Addr::LOCALHOST.into()));
    });
    assert_eq!(
        (house.pool.network(false), house.pool.network(true)),
        (Some(0), Some(1))
    );
    let (mut caller, mut callee) = (Peer::new(), Peer::at(Ipv6Addr::LOCALHOST.into()));
    let plan = OpenPlan {
        caller_network: 0,
        callee_network: 1,
        listen: None,
    };
    let opened = house.pool.open(CALL, plan).unwrap();
    house.describe(Side::Caller, FORK, caller.remote());
    // Not settled before its first packet: the address of the description is sent to, the source looked at.
    let mut remote = callee.remote();
    remote.believe = Mode::Anywhere;
    house.describe(Side::Callee, FORK, remote);
    for index in 0..3 {
        let sent = caller.say(opened.caller.rtp, &[index; 160]);
        assert_eq!(callee.heard(), sent);
        let sent = callee.say(opened.callee.rtp, &[index; 160]);
        assert_eq!(caller.heard(), sent);
    }
    assert_eq!(house.close(Close::default()).1.map(|side| side.packets), [3, 3]);
}

/// The carrier's next server is of the other IP version: it has ports of its own, and those of the one before it drain,
/// whether it was ever heard of or not.
#[test]
fn the_callee_s_side_moves_to_other_ports() {
    for played_before in [false, true] {
        let mut house = House::with(|config| {
            config.networks.push(Network::at(Ipv6Addr::LOCALHOST.into()));
        });
        let (mut caller, mut first, mut second) =
            (Peer::new(), Peer::at(Ipv6Addr::LOCALHOST.into()), Peer::new());
        let plan = OpenPlan {
            caller_network: 0,
            callee_network: 1,
            listen: Some(listen()),
        };
        let opened = house.pool.open(CALL, plan).unwrap();
        house.describe(Side::Caller, FORK, caller.remote());
        if played_before {
            house.describe(Side::Callee, FORK, first.remote());
            for index in 0..3 {
                let sent = caller.say(opened.caller.rtp, &[index; 160]);
                assert_eq!(first.heard(), sent);
                let sent = first.say(opened.callee.rtp, &[index; 160]);
                assert_eq!(caller.heard(), sent);
            }
        }
        let callee = house.pool.move_callee(CALL, 0).unwrap();
        assert!(
            callee.rtp.is_ipv4() && callee.rtp != opened.caller.rtp,
            "{callee:?}"
        );
        // It does not know yet that the call went elsewhere; nobody hears it any more.
        first.say(opened.callee.rtp, &[0xee; 160]);
        house.describe(Side::Callee, FORK, second.remote());
        for index in 0..3 {
            let sent = second.say(callee.rtp, &[index; 160]);
            assert_eq!(caller.heard(), sent);
            let sent = caller.say(opened.caller.rtp, &[index; 160]);
            assert_eq!(second.heard(), sent);
        }
        // The ports that were left come back while the call stands.
        let moved = Instant::now();
        while house.pool.stats().idle < 1 {
            assert!(moved.elapsed() < BOUND, "{:?}", house.pool.stats());
            std::thread::yield_now();
        }
        let (_, sides, _) = house.close(Close::default());
        let packets = if played_before { 6 } else { 3 };
        assert_eq!(sides.map(|side| side.packets), [packets; 2]);
        assert_eq!(house.pool.stats().discarded, 1);
    }
}

#[test]
fn an_outsider_neither_speaks_nor_hears() {
    let mut house = House::new();
    let (caller, callee) = (Peer::new(), Peer::new());
    let opened = house.open(None);
    house.describe(Side::Caller, FORK, caller.remote());
    house.describe(Side::Callee, FORK, callee.remote());
    let (mut caller, mut callee, mut outsider) = (caller, callee, Peer::new());
    for index in 0..20 {
        outsider.say(opened.callee.rtp, &[0xee; 160]);
        let sent = callee.say(opened.callee.rtp, &[index; 160]);
        assert_eq!(caller.heard(), sent);
        outsider
            .rtcp
            .send_to(&[0x80, 201, 0, 0, 9, 9, 9, 9], opened.callee.rtp)
            .unwrap();
        let sent = caller.say(opened.caller.rtp, &[index; 160]);
        assert_eq!(callee.heard(), sent);
    }
    assert_eq!(house.close(Close::default()).1.map(|side| side.packets), [20, 20]);
}

#[test]
fn a_peer_behind_nat_is_found_once_and_not_replaced() {
    let mut house = House::new();
    let (mut caller, mut callee, mut outsider, inside) = (Peer::new(), Peer::new(), Peer::new(), Peer::new());
    let opened = house.open(None);
    house.describe(Side::Caller, FORK, caller.remote());
    let mut remote = inside.remote();
    remote.believe = Mode::Anywhere;
    house.describe(Side::Callee, FORK, remote.clone());
    // 60 packets: beyond the point from where only the kernel looks at the source.
    for index in 0..60 {
        let sent = callee.say(opened.callee.rtp, &[index; 160]);
        assert_eq!(caller.heard(), sent);
        outsider.say(opened.callee.rtp, &[0xee; 160]);
        let sent = caller.say(opened.caller.rtp, &[index; 160]);
        assert_eq!(callee.heard(), sent);
    }
    // The same description again is no second chance; another address is one.
    house.describe(Side::Callee, FORK, remote.clone());
    outsider.say(opened.callee.rtp, &[0xee; 160]);
    let sent = callee.say(opened.callee.rtp, &[1; 160]);
    assert_eq!(caller.heard(), sent);
    let other = Peer::new();
    remote.rtp = Some(other.rtp.local_addr().unwrap());
    house.describe(Side::Callee, FORK, remote);
    let sent = caller.say(opened.caller.rtp, &[2; 160]);
    assert_eq!(other.heard(), sent);
    let mut moved = Peer::new();
    let sent = moved.say(opened.callee.rtp, &[3; 160]);
    assert_eq!(caller.heard(), sent);
    let sent = caller.say(opened.caller.rtp, &[4; 160]);
    assert_eq!(moved.heard(), sent);
    let [_, from_callee] = house.close(Close::default()).1;
    assert_eq!(from_callee.packets, 62);
    assert!(from_callee.refused >= 40, "{from_callee:?}");
}

#[test]
fn of_several_forks_one_is_relayed_and_all_are_listened_to() {
    let mut house = House::new();
    let (mut caller, mut first, mut second) = (Peer::new(), Peer::new(), Peer::new());
    let opened = house.open(Some(listen()));
    house.describe(Side::Caller, FORK, caller.remote());
    house.describe(Side::Callee, ForkId(1), first.remote());
    house.describe(Side::Callee, ForkId(2), second.remote());
    for payload in audio(20) {
        second.say(opened.callee.rtp, &payload);
        let sent = first.say(opened.callee.rtp, &payload);
        assert_eq!(caller.heard(), sent);
    }
    let mut told = Vec::new();
    while told.len() < 2 {
        match house.next() {
            News::Heard { fork, .. } if !told.contains(&fork) => told.push(fork),
            News::Heard { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    house.pool.send(CALL, MediaCommand::Through { fork: ForkId(2) });
    // The command is obeyed after what came before it; from then on the second is heard.
    let sent = loop {
        let sent = second.say(opened.callee.rtp, &[0xd5; 160]);
        caller
            .rtp
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let mut buffer = [0; 2_048];
        if let Ok((length, _)) = caller.rtp.recv_from(&mut buffer) {
            caller.rtp.set_read_timeout(Some(BOUND)).unwrap();
            assert_eq!(buffer[..length], sent);
            break sent;
        }
    };
    assert_eq!(sent.len(), 172);
    let sent = caller.say(opened.caller.rtp, &[5; 160]);
    assert_eq!(second.heard(), sent);
    house.pool.send(CALL, MediaCommand::Answered { fork: ForkId(1) });
    // The first is the only one from now on.
    let sent = loop {
        let sent = caller.say(opened.caller.rtp, &[6; 160]);
        first
            .rtp
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let mut buffer = [0; 2_048];
        if let Ok((length, _)) = first.rtp.recv_from(&mut buffer) {
            break (sent, buffer[..length].to_vec());
        }
    };
    assert_eq!(sent.0, sent.1);
    second.say(opened.callee.rtp, &[0xee; 160]);
    let sent = first.say(opened.callee.rtp, &[0xd5; 160]);
    assert_eq!(caller.heard(), sent);
    house.close(Close::default());
}

#[test]
fn what_is_heard_is_what_a_detector_hears() {
    let mut house = House::new();
    let (caller, mut callee, opened) = call(&house, Some(listen()));
    let mut detector = Detector::new(&shared(), &Profile::default());
    // Less than two seconds: more at once is a flood.
    for (index, payload) in audio(90).iter().enumerate() {
        if index == 45 {
            house.pool.send(CALL, MediaCommand::Answered { fork: FORK });
            detector.answered();
        }
        let sent = callee.say(opened.callee.rtp, payload);
        assert_eq!(caller.heard(), sent);
        detector.push(&decoded(payload));
    }
    detector.ended();
    let wanted: Vec<Event> = std::iter::from_fn(|| detector.poll()).collect();
    assert!(wanted.iter().any(|event| event.kind == EventKind::Answered));
    let (events, _, _) = house.close(Close::default());
    assert_eq!(events, wanted);
}

#[test]
fn what_is_lost_is_a_gap_and_what_comes_late_is_none() {
    let mut house = House::new();
    let (caller, callee, opened) = call(&house, Some(listen()));
    // No more than the clock bears out: audio that comes faster than it passes makes up for a gap.
    let audio = audio(8);
    for index in [0, 2, 1, 3, 5, 6, 7] {
        let bytes = packet(index as u16, 8, index as u32 * 160, &audio[index]);
        callee.rtp.send_to(&bytes, opened.callee.rtp).unwrap();
        assert_eq!(caller.heard(), bytes);
    }
    // What is missing is waited for; when it is given up, all that came is heard.
    let gap = loop {
        match house.next() {
            News::Heard { event, .. } if matches!(event.kind, EventKind::Gap(_)) => break event,
            News::Heard { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((gap.kind, gap.from.0), (EventKind::Gap(160), 4 * 160));
    let (events, [_, from_callee], _) = house.close(Close::default());
    let gaps = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Gap(_)));
    assert_eq!(gaps.count(), 0);
    assert_eq!(from_callee.lost, 1);
}

#[test]
fn digits_are_told_once_by_side() {
    let mut house = House::new();
    let (caller, callee, opened) = call(&house, None);
    for (sequence, timestamp, digit) in [(1, 160, 5), (2, 160, 5), (3, 160, 5), (4, 800, 11)] {
        let bytes = packet(sequence, 101, timestamp, &[digit, 10, 0, 160]);
        caller.rtp.send_to(&bytes, opened.caller.rtp).unwrap();
        assert_eq!(callee.heard(), bytes);
    }
    let bytes = packet(9, 101, 5, &[1, 10, 0, 160]);
    callee.rtp.send_to(&bytes, opened.callee.rtp).unwrap();
    for wanted in [(Side::Caller, '5'), (Side::Caller, '#'), (Side::Callee, '1')] {
        match house.next() {
            News::Digit { side, digit } => assert_eq!((side, digit), wanted),
            other => panic!("{other:?}"),
        }
    }
    house.close(Close::default());
}

#[test]
fn a_side_that_stops_is_told_after_the_answer_and_not_on_hold() {
    let mut house = House::with(|config| config.rtp_timeout = Duration::from_millis(300));
    let (_caller, mut callee, opened) = call(&house, None);
    callee.say(opened.callee.rtp, &[0xd5; 160]);
    let (side, on) = (Side::Caller, true);
    house.pool.send(CALL, MediaCommand::Hold { side, on });
    house.pool.send(CALL, MediaCommand::Answered { fork: FORK });
    let begun = Instant::now();
    match house.next() {
        News::Silent { side: Side::Callee } => assert!(begun.elapsed() >= Duration::from_millis(290)),
        other => panic!("{other:?}"),
    }
    house.pool.send(CALL, MediaCommand::Hold { side, on: false });
    match house.next() {
        News::Silent { side: Side::Caller } => {}
        other => panic!("{other:?}"),
    }
    house.close(Close::default());
}

#[test]
fn ports_rest_until_silent_and_run_out_with_words() {
    // Four ports that nobody else has.
    let (mut house, opened) = (24_000..27_000)
        .step_by(4)
        .map(|first| House::with(|config| config.ports = first..=first + 3))
        .find_map(|house| house.try_open(None).ok().map(|opened| (house, opened)))
        .unwrap();
    house.describe(Side::Callee, FORK, Peer::new().remote());
    let full = house.try_open(None).unwrap_err();
    assert_eq!(
        full.to_string(),
        "take a media port in network 0: 2 pairs are in use or draining, 0 are held by others"
    );
    house.close(Close::default());
    let closed = Instant::now();
    Peer::new().say(opened.callee.rtp, &[1; 160]);
    // Sent before it is asked, but perhaps not counted yet.
    let counted = || house.pool.stats().discarded == 1;
    while !counted() && closed.elapsed() < BOUND {
        std::thread::yield_now();
    }
    assert!(counted());
    let again = loop {
        match house.try_open(None) {
            Ok(again) => break again,
            Err(why) => assert!(closed.elapsed() < BOUND, "{why}"),
        }
        std::thread::yield_now();
    };
    assert!(
        closed.elapsed() >= Duration::from_millis(900),
        "{:?}",
        closed.elapsed()
    );
    assert!([again.caller, again.callee].contains(&opened.caller));
}

#[test]
fn a_peer_that_does_not_listen_yet_ends_nothing() {
    let mut house = House::new();
    let (mut caller, callee) = (Peer::new(), Peer::new());
    let opened = house.open(None);
    house.describe(Side::Caller, FORK, caller.remote());
    let remote = callee.remote();
    let address = remote.rtp.unwrap();
    drop(callee);
    house.describe(Side::Callee, FORK, remote);
    for _ in 0..5 {
        caller.say(opened.caller.rtp, &[1; 160]);
    }
    let late = UdpSocket::bind(address).unwrap();
    late.set_read_timeout(Some(BOUND)).unwrap();
    let said = packet(1, 8, 160, &[2; 160]);
    late.send_to(&said, opened.callee.rtp).unwrap();
    assert_eq!(caller.heard(), said);
    let sent = caller.say(opened.caller.rtp, &[3; 160]);
    while received(&late) != sent {}
    house.close(Close::default());
}

#[test]
fn a_fax_passes_without_being_looked_into() {
    let mut house = House::new();
    let (caller, callee, opened) = call(&house, Some(listen()));
    for (side, peer) in [(Side::Caller, &caller), (Side::Callee, &callee)] {
        let address = peer.rtp.local_addr().unwrap();
        house.describe(side, FORK, Remote::fax(Some(address), Mode::Negotiated));
    }
    // What looks like RTCP is UDPTL here.
    let bytes = [0x80, 200, 1, 2, 3, 4, 5, 6, 7];
    callee.rtp.send_to(&bytes, opened.callee.rtp).unwrap();
    assert_eq!(caller.heard(), bytes);
    let (events, ..) = house.close(Close::default());
    assert_eq!(events, []);
}

#[test]
fn rtcp_on_the_port_of_rtp_goes_where_the_other_side_wants_it() {
    let mut house = House::new();
    let (caller, callee) = (Peer::new(), Peer::new());
    let opened = house.open(None);
    house.describe(Side::Caller, FORK, caller.remote());
    let mut remote = callee.remote();
    (remote.rtcp, remote.rtcp_mux) = (None, true);
    house.describe(Side::Callee, FORK, remote);
    let report = [0x80, 201, 0, 1, 1, 2, 3, 4];
    callee.rtp.send_to(&report, opened.callee.rtp).unwrap();
    assert_eq!(received(&caller.rtcp), report);
    caller.rtcp.send_to(&report, opened.caller.rtcp).unwrap();
    assert_eq!(callee.heard(), report);
    assert_eq!(house.close(Close::default()).1.map(|side| side.packets), [0, 0]);
}

#[test]
fn a_codec_that_cannot_be_heard_is_said() {
    let mut house = House::new();
    let (caller, mut callee) = (Peer::new(), Peer::new());
    let opened = house.open(Some(listen()));
    house.describe(Side::Caller, FORK, caller.remote());
    let mut remote = callee.remote();
    remote.formats = vec![Format {
        payload_type: 18,
        codec: Codec::Other,
        ..Format::pcma()
    }];
    house.describe(Side::Callee, FORK, remote);
    match house.next() {
        News::Deafened {
            reason: DeafReason::Codec(FORK),
        } => {}
        other => panic!("{other:?}"),
    }
    let sent = callee.say(opened.callee.rtp, &[1; 20]);
    assert_eq!(caller.heard(), sent);
    house.close(Close::default());
}

#[test]
fn what_was_analysed_is_kept_or_not_as_told() {
    let folder = Folder(std::env::temp_dir().join(format!("cpd-media-{}", std::process::id())));
    let mut house = House::with(|config| config.recordings = Some(folder.0.clone()));
    let kept = folder.0.join("kept.wav");
    for keep in [None, Some(kept.clone())] {
        let plan = ListenPlan {
            record: Some(RecordPlan { ms_max: 60_000 }),
            ..listen()
        };
        let opened = loop {
            // The first call's ports rest for a second.
            if let Ok(opened) = house.try_open(Some(plan.clone())) {
                break opened;
            }
            std::thread::yield_now();
        };
        let (caller, mut callee) = (Peer::new(), Peer::new());
        house.describe(Side::Caller, FORK, caller.remote());
        house.describe(Side::Callee, FORK, callee.remote());
        let audio = audio(60);
        for payload in &audio {
            let sent = callee.say(opened.callee.rtp, payload);
            assert_eq!(caller.heard(), sent);
        }
        // What comes after this is not analysed.
        house.pool.send(CALL, MediaCommand::Deaf);
        let (_, _, recording) = house.close(Close { keep: keep.clone() });
        assert_eq!(recording.as_ref().map(|recorded| &recorded.path), keep.as_ref());
        if let Some(recorded) = recording {
            assert_eq!((recorded.ms, recorded.cut), (1_200, false));
            let samples: Vec<i16> = hound::WavReader::open(&kept)
                .unwrap()
                .into_samples()
                .map(Result::unwrap)
                .collect();
            assert_eq!(samples, decoded(&audio.concat()));
        }
    }
    let files: Vec<_> = std::fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files, [kept]);
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn one_side_is_secured_and_the_other_hears_it_plain() {
    let mut house = House::new();
    let (mut caller, callee, mut outsider) = (Peer::new(), Peer::new(), Peer::new());
    let key = |byte| Key::from_random(Suite::AesCm128Sha1_80, &[byte; Key::SECRET_MAX]);
    let opened = house.open(Some(listen()));
    house.describe(Side::Caller, FORK, caller.remote());
    let secured = |believe| Remote {
        believe,
        secure: Some(Box::new(Secure {
            ours: key(1),
            theirs: key(2),
        })),
        ..callee.remote()
    };
    house.describe(Side::Callee, FORK, secured(Mode::Anywhere));
    let (mut theirs, mut ours) = (Srtp::new(&key(2)), Srtp::new(&key(1)));
    // Without the key nobody is found first.
    outsider.say(opened.callee.rtp, &[0xee; 160]);
    for index in 0..20 {
        let plain = packet(index, 8, u32::from(index) * 160, &[index as u8; 160]);
        let mut sealed = Vec::new();
        theirs.protect_rtp(&plain, &mut sealed).unwrap();
        callee.rtp.send_to(&sealed, opened.callee.rtp).unwrap();
        assert_eq!(caller.heard(), plain);
        // Again, or plain from the right address: nobody's.
        callee.rtp.send_to(&sealed, opened.callee.rtp).unwrap();
        callee.rtp.send_to(&plain, opened.callee.rtp).unwrap();
        let sent = caller.say(opened.caller.rtp, &[index as u8; 160]);
        let mut opened = Vec::new();
        ours.unprotect_rtp(&callee.heard(), &mut opened).unwrap();
        assert_eq!(opened, sent);
        if index == 10 {
            // The same keys again: their packets are numbered on.
            house.describe(Side::Callee, FORK, secured(Mode::Anywhere));
        }
    }
    let report = [0x80, 201, 0, 1, 1, 2, 3, 4];
    caller.rtcp.send_to(&report, opened.caller.rtcp).unwrap();
    let mut plain = Vec::new();
    ours.unprotect_rtcp(&received(&callee.rtcp), &mut plain).unwrap();
    assert_eq!(plain, report);
    let mut sealed = Vec::new();
    theirs.protect_rtcp(&report, &mut sealed).unwrap();
    callee.rtcp.send_to(&sealed, opened.callee.rtcp).unwrap();
    assert_eq!(received(&caller.rtcp), report);
    let (events, [from_caller, from_callee], _) = house.close(Close::default());
    assert!(!events.is_empty());
    assert_eq!((from_caller.packets, from_callee.packets), (20, 20));
    assert_eq!(from_callee.refused, 41);
}
