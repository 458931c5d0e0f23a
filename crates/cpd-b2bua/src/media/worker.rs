//! The loop of a media thread.
//!
//! A turn: wait for sockets, relay what came, then listen to a bounded number of streams, then see to commands and
//! time. Listening waits for relaying and never the other way round; how long it waits is the measure of overload.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use super::command::{Close, ListenPlan, MediaCommand, SessionId, Side};
use super::half::{Buffers, Port};
use super::lane::{Counts, Lane, SlotKey};
use super::news::{News, Recorded, SideStats};
use super::outbox::Outbox;
use super::ports::{PortPair, Ports};
use super::record::RecordingDesk;
use super::session::{Remains, Session};

/// Sockets that one wait brings.
const READY_MAX: usize = 256;
/// Streams heard in one turn: a fifth of a millisecond or so, so that a packet that comes meanwhile does not wait long.
const HEARD_A_TURN: usize = 8;
/// Time passes in streams without packets, and owed news are tried again, every 5 ms for a quarter of the sessions:
/// each is looked at every 20 ms, a packet's time, without a long turn.
const TICK: Duration = Duration::from_millis(5);
const TICK_PARTS: usize = 4;
/// Silence and draining are counted in seconds: 250 ms are exact enough.
const WATCH: Duration = Duration::from_millis(250);
/// Streams that wait longer than this to be heard are more than the machine can hear. A verdict 100 ms later is no
/// worse; from there on it would be late by ever more.
const LAG_MAX: Duration = Duration::from_millis(100);
/// From so many streams that are listened to, two packets of 20 ms are heard at a time. What a detector knows of its call, 8 kB
/// of which every hop touches, is then in no cache when its turn comes, and fetching it costs a third of hearing; so it
/// is fetched half as often. A verdict comes 20 ms later at most. 128 of them stay in a cache of 1 MB.
const RESTING_FROM: u64 = 128;
/// Rest after a turn: longer than a packet of 20 ms, shorter than two.
const REST: Duration = Duration::from_millis(30);
/// The part of the listened calls that is left out at a time: an eighth. It shows after the streams that wait have had
/// their turn, so the next part goes no sooner than the lag is long, and only if that grew.
const RELIEF_PART: usize = 8;
/// A closed call's port that brought nothing for so long is silent.
const SILENT: Duration = Duration::from_secs(1);
/// And after so long it is given out again at any rate: who still sends there is not believed by the next call.
const DRAINED_AT_LAST: Duration = Duration::from_secs(30);

/// The event that says that there are commands.
const WAKE: u64 = u64::MAX;

/// What a thread is told.
pub(super) enum Order {
    Open {
        session: SessionId,
        pairs: [PortPair; 2],
        listen: Option<ListenPlan>,
    },
    Tell(SessionId, MediaCommand),
    /// The callee's side goes on with other ports.
    Move(SessionId, PortPair),
    Recorded(SessionId, Option<Recorded>),
}

/// Orders on their way to a thread.
pub(super) struct Mailbox {
    orders: Mutex<Vec<Order>>,
    wake: OwnedFd,
    stop: AtomicBool,
}

impl Mailbox {
    pub(super) fn new() -> Result<Mailbox, Errno> {
        Ok(Mailbox {
            orders: Mutex::new(Vec::new()),
            wake: eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?,
            stop: AtomicBool::new(false),
        })
    }

    /// Puts an order in.
    pub(super) fn put(&self, order: Order) {
        let mut orders = locked(&self.orders);
        orders.push(order);
        if orders.len() == 1 {
            drop(orders);
            self.wake();
        }
    }

    /// Orders that wait.
    pub(super) fn waiting(&self) -> usize {
        locked(&self.orders).len()
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wake();
    }

    fn wake(&self) {
        // It fails only where the counter is full, and then the thread is awake.
        let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
    }
}

/// A lock that a panic elsewhere does not take away: what is in it is whole after every step.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a thread shows of itself.
#[derive(Default)]
pub(super) struct Gauges {
    pub(super) sessions: AtomicU64,
    pub(super) listening: AtomicU64,
    pub(super) draining: AtomicU64,
    pub(super) packets: AtomicU64,
    pub(super) discarded: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) deafened: AtomicU64,
    pub(super) recordings_cut: AtomicU64,
    pub(super) hearing_lag_us: AtomicU64,
    pub(super) turn_us_max: AtomicU64,
}

struct Slot {
    generation: u32,
    content: Content,
}

enum Content {
    Free,
    Open(Box<Session>),
    Draining(Box<Draining>),
}

struct Draining {
    /// By side.
    pairs: [Option<PortPair>; 2],
    closed: Instant,
    heard: Instant,
}

/// A media thread.
pub(super) struct Worker {
    mailbox: Arc<Mailbox>,
    ports: Arc<[Mutex<Ports>]>,
    gauges: Arc<Gauges>,
    desk: Option<RecordingDesk>,
    rtp_timeout: Duration,
    epoll: OwnedFd,
    lane: Lane,
    slots: Vec<Slot>,
    free: Vec<u32>,
    names: HashMap<SessionId, SlotKey>,
    /// Sessions whose recording is not complete yet.
    closing: HashMap<SessionId, [SideStats; 2]>,
    opened: u64,
    next_tick: Instant,
    tick_part: usize,
    next_watch: Instant,
    next_relief: Instant,
    /// The lag when calls were left out last.
    relieved_lag: Duration,
    turn_max: Duration,
}

/// What a worker is made of.
pub(super) struct Parts {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) ports: Arc<[Mutex<Ports>]>,
    pub(super) gauges: Arc<Gauges>,
    pub(super) desk: Option<RecordingDesk>,
    pub(super) rtp_timeout: Duration,
    pub(super) out: Outbox,
}

impl Worker {
    pub(super) fn new(parts: Parts) -> Result<Worker, Errno> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(
            &epoll,
            &parts.mailbox.wake,
            epoll::EventData::new_u64(WAKE),
            epoll::EventFlags::IN,
        )?;
        let now = Instant::now();
        Ok(Worker {
            mailbox: parts.mailbox,
            ports: parts.ports,
            gauges: parts.gauges,
            desk: parts.desk,
            rtp_timeout: parts.rtp_timeout,
            epoll,
            lane: Lane {
                now,
                slot: SlotKey {
                    index: 0,
                    generation: 0,
                },
                out: parts.out,
                rest: Duration::ZERO,
                due: std::collections::VecDeque::new(),
                counts: Counts::default(),
            },
            slots: Vec::new(),
            free: Vec::new(),
            names: HashMap::new(),
            closing: HashMap::new(),
            opened: 0,
            next_tick: now + TICK,
            tick_part: 0,
            next_watch: now + WATCH,
            next_relief: now,
            relieved_lag: Duration::ZERO,
            turn_max: Duration::ZERO,
        })
    }

    /// Works until it is told to stop.
    pub(super) fn run(mut self) {
        let mut ready = Vec::with_capacity(READY_MAX);
        let mut buffers = Buffers::new();
        let mut orders = Vec::new();
        while !self.mailbox.stop.load(Ordering::Relaxed) {
            let wait = self.wait();
            ready.clear();
            // A signal may end the wait early; then nothing is ready.
            let _ = epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut ready),
                Some(&wait),
            );
            self.lane.now = Instant::now();
            let data = |event: &epoll::Event| {
                let data = event.data;
                data.u64()
            };
            // Orders first: a packet that comes after an answer is heard after it.
            if ready.iter().any(|event| data(event) == WAKE) {
                self.obey(&mut orders);
            }
            for event in &ready {
                self.receive(data(event), &mut buffers);
            }
            for _ in 0..HEARD_A_TURN {
                let Some(due) = self.lane.due.pop_front() else {
                    break;
                };
                self.act(due.slot, |session, lane| session.hear(due.fork, lane));
            }
            if self.lane.now >= self.next_tick {
                self.tick();
            }
        }
    }

    fn wait(&self) -> Timespec {
        let wait = if !self.lane.due.is_empty() {
            Duration::ZERO
        } else if self.names.is_empty() && !self.lane.out.owes() {
            // Nobody to tick for; ports that drain are looked at now and then.
            WATCH
        } else {
            self.next_tick.saturating_duration_since(Instant::now())
        };
        // At most [`WATCH`], far below what a Timespec holds.
        Timespec::try_from(wait).unwrap_or_default()
    }

    fn receive(&mut self, data: u64, buffers: &mut Buffers) {
        let (key, side, port) = read_event(data);
        let Some(slot) = self.slots.get_mut(key.index as usize) else {
            return;
        };
        if slot.generation & GENERATION_MASK != key.generation {
            return;
        }
        match &mut slot.content {
            Content::Open(session) => {
                self.lane.slot = key;
                session.receive(side, port, buffers, &mut self.lane);
            }
            Content::Draining(draining) => {
                draining.heard = self.lane.now;
                let socket = draining.pairs[side as usize].as_ref().map(|pair| match port {
                    Port::Rtp => &pair.rtp,
                    Port::Rtcp => &pair.rtcp,
                });
                if socket
                    .is_some_and(|socket| recv(socket, &mut buffers.datagram[..], RecvFlags::empty()).is_ok())
                {
                    self.lane.counts.discarded += 1;
                }
            }
            Content::Free => {}
        }
    }

    /// Lets an open session do something.
    fn act(&mut self, key: SlotKey, act: impl FnOnce(&mut Session, &mut Lane)) {
        if let Some(slot) = self.slots.get_mut(key.index as usize)
            && slot.generation & GENERATION_MASK == key.generation
            && let Content::Open(session) = &mut slot.content
        {
            self.lane.slot = key;
            act(session, &mut self.lane);
        }
    }

    fn obey(&mut self, orders: &mut Vec<Order>) {
        // The counter goes to zero first: an order that comes after it wakes the thread again.
        let _ = rustix::io::read(&self.mailbox.wake, &mut [0_u8; 8]);
        std::mem::swap(&mut *locked(&self.mailbox.orders), orders);
        for order in orders.drain(..) {
            match order {
                Order::Open {
                    session,
                    pairs,
                    listen,
                } => self.open(session, pairs, listen),
                Order::Tell(session, MediaCommand::Close(close)) => self.close(session, close),
                Order::Tell(session, command) => {
                    if let Some(&key) = self.names.get(&session) {
                        let described = match &command {
                            MediaCommand::Describe { side, .. } => Some(*side),
                            _ => None,
                        };
                        let desk = self.desk.clone();
                        self.act(key, |session, lane| session.command(command, desk.as_ref(), lane));
                        if let Some(side) = described {
                            self.attend(key, side);
                        }
                    }
                }
                Order::Move(session, pair) => self.move_callee(session, pair),
                Order::Recorded(session, recorded) => {
                    if let Some(stats) = self.closing.remove(&session) {
                        self.tell_closed(session, stats, recorded);
                    }
                }
            }
        }
    }

    fn open(&mut self, id: SessionId, pairs: [PortPair; 2], listen: Option<ListenPlan>) {
        let session = Session::new(id, self.opened, pairs, listen, self.lane.now);
        self.opened += 1;
        let key = self.place(Content::Open(Box::new(session)));
        self.names.insert(id, key);
    }

    /// Puts something into a free slot.
    fn place(&mut self, content: Content) -> SlotKey {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                generation: 0,
                content: Content::Free,
            });
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.content = content;
        SlotKey {
            index,
            generation: slot.generation & GENERATION_MASK,
        }
    }

    /// The callee's side goes on with other ports; those that it had drain by themselves.
    fn move_callee(&mut self, id: SessionId, pair: PortPair) {
        let session = self.names.get(&id).and_then(|key| {
            let slot = &mut self.slots[key.index as usize];
            match &mut slot.content {
                Content::Open(session) => Some(session),
                Content::Free | Content::Draining(_) => None,
            }
        });
        let left = match session {
            Some(session) => session.move_callee(pair),
            // The call is over: nobody was told of them.
            None => pair,
        };
        for socket in [&left.rtp, &left.rtcp] {
            // It fails where nobody attended to them yet.
            let _ = epoll::delete(&self.epoll, socket);
        }
        let key = self.place(Content::Free);
        for (port, socket) in [(Port::Rtp, &left.rtp), (Port::Rtcp, &left.rtcp)] {
            let data = epoll::EventData::new_u64(event_data(key, Side::Callee, port));
            let _ = epoll::add(&self.epoll, socket, data, epoll::EventFlags::IN);
        }
        self.slots[key.index as usize].content = Content::Draining(Box::new(Draining {
            pairs: [None, Some(left)],
            closed: self.lane.now,
            heard: self.lane.now,
        }));
    }

    /// Looks at a side's sockets from its first description on: what came before waits in them, for nobody can say
    /// yet whether it is the peer's.
    fn attend(&mut self, key: SlotKey, side: Side) {
        let epoll = &self.epoll;
        let slot = &mut self.slots[key.index as usize];
        if let Content::Open(session) = &mut slot.content
            && let Some(pair) = session.begin_attending(side)
        {
            for (port, socket) in [(Port::Rtp, &pair.rtp), (Port::Rtcp, &pair.rtcp)] {
                let data = epoll::EventData::new_u64(event_data(key, side, port));
                // It fails only where the kernel has no memory left; the call goes on without this socket.
                let _ = epoll::add(epoll, socket, data, epoll::EventFlags::IN);
            }
        }
    }

    fn close(&mut self, id: SessionId, close: Close) {
        let Some(key) = self.names.remove(&id) else { return };
        let slot = &mut self.slots[key.index as usize];
        let Content::Open(session) = std::mem::replace(&mut slot.content, Content::Free) else {
            return;
        };
        self.lane.slot = key;
        let Remains {
            pairs,
            stats,
            recorder,
        } = session.close(&mut self.lane);
        slot.content = Content::Draining(Box::new(Draining {
            pairs: pairs.map(Some),
            closed: self.lane.now,
            heard: self.lane.now,
        }));
        self.lane.counts.refused += stats[0].refused + stats[1].refused;
        self.lane.counts.recordings_cut +=
            u64::from(recorder.as_ref().is_some_and(|recorder| recorder.is_cut()));
        match recorder.zip(close.keep) {
            Some((recorder, path)) => {
                self.closing.insert(id, stats);
                let mailbox = Arc::clone(&self.mailbox);
                recorder.keep(
                    path,
                    Box::new(move |recorded| mailbox.put(Order::Recorded(id, recorded))),
                );
            }
            None => self.tell_closed(id, stats, None),
        }
    }

    fn tell_closed(&mut self, id: SessionId, stats: [SideStats; 2], recording: Option<Recorded>) {
        let [caller, callee] = stats;
        self.lane.out.tell(
            id,
            News::Closed {
                caller,
                callee,
                recording,
            },
        );
    }

    fn tick(&mut self) {
        let now = self.lane.now;
        self.next_tick = now + TICK;
        self.tick_part = (self.tick_part + 1) % TICK_PARTS;
        for index in (self.tick_part..self.slots.len()).step_by(TICK_PARTS) {
            let slot = &mut self.slots[index];
            if let Content::Open(session) = &mut slot.content {
                self.lane.slot = SlotKey {
                    index: index as u32,
                    generation: slot.generation & GENERATION_MASK,
                };
                session.tick(&mut self.lane);
            }
        }
        if self.lane.out.owes() {
            self.lane.out.settle();
        }
        self.relieve();
        if now >= self.next_watch {
            self.next_watch = now + WATCH;
            self.watch();
        }
        self.turn_max = self.turn_max.max(now.elapsed());
        self.show();
    }

    /// The longest time that a stream waits to be heard.
    fn lag(&self) -> Duration {
        self.lane.due.front().map_or(Duration::ZERO, |due| {
            self.lane.now.saturating_duration_since(due.since)
        })
    }

    /// Stops listening to some calls where more is to be heard than the machine can.
    fn relieve(&mut self) {
        let (now, lag) = (self.lane.now, self.lag());
        if lag < LAG_MAX {
            self.relieved_lag = Duration::ZERO;
            return;
        }
        if now < self.next_relief || lag <= self.relieved_lag {
            return;
        }
        self.next_relief = now + lag;
        self.relieved_lag = lag;
        let mut expendable: Vec<_> = self
            .slots
            .iter_mut()
            .enumerate()
            .filter_map(|(index, slot)| match &slot.content {
                Content::Open(session) => session.expendable().map(|order| (order, index)),
                Content::Free | Content::Draining(_) => None,
            })
            .collect();
        expendable.sort_unstable_by(|one, other| other.cmp(one));
        for &(_, index) in &expendable[..expendable.len().div_ceil(RELIEF_PART)] {
            if let Content::Open(session) = &mut self.slots[index].content {
                session.overloaded(&mut self.lane);
                self.lane.counts.deafened += 1;
            }
        }
    }

    fn watch(&mut self) {
        let now = self.lane.now;
        let (mut sessions, mut listening, mut draining) = (0, 0, 0);
        for index in 0..self.slots.len() {
            let slot = &mut self.slots[index];
            match &mut slot.content {
                Content::Free => {}
                Content::Open(session) => {
                    sessions += 1;
                    listening += session.listening() as u64;
                    session.watch(self.rtp_timeout, &mut self.lane);
                }
                Content::Draining(drained)
                    if now.saturating_duration_since(drained.heard) < SILENT
                        && now.saturating_duration_since(drained.closed) < DRAINED_AT_LAST =>
                {
                    draining += 1;
                }
                Content::Draining(_) => {
                    if let Content::Draining(drained) = std::mem::replace(&mut slot.content, Content::Free) {
                        slot.generation = slot.generation.wrapping_add(1);
                        self.free.push(index as u32);
                        self.give_back(drained.pairs);
                    }
                }
            }
        }
        self.lane.rest = if listening < RESTING_FROM {
            Duration::ZERO
        } else {
            REST
        };
        self.gauges.sessions.store(sessions, Ordering::Relaxed);
        self.gauges.listening.store(listening, Ordering::Relaxed);
        self.gauges.draining.store(draining, Ordering::Relaxed);
    }

    fn give_back(&self, pairs: [Option<PortPair>; 2]) {
        for pair in pairs.into_iter().flatten() {
            for socket in [&pair.rtp, &pair.rtcp] {
                let _ = epoll::delete(&self.epoll, socket);
            }
            if let Some(ports) = self.ports.get(pair.network) {
                locked(ports).give_back(pair);
            }
        }
    }

    fn show(&self) {
        let counts = &self.lane.counts;
        for (gauge, value) in [
            (&self.gauges.packets, counts.packets),
            (&self.gauges.discarded, counts.discarded),
            (&self.gauges.refused, counts.refused),
            (&self.gauges.deafened, counts.deafened),
            (&self.gauges.recordings_cut, counts.recordings_cut),
            (&self.gauges.hearing_lag_us, self.lag().as_micros() as u64),
        ] {
            gauge.store(value, Ordering::Relaxed);
        }
        self.gauges
            .turn_us_max
            .fetch_max(self.turn_max.as_micros() as u64, Ordering::Relaxed);
    }
}

/// Bits of a generation that an event carries: a slot is used a billion times before one returns.
const GENERATION_MASK: u32 = (1 << 30) - 1;

/// Index, side, port and generation in one word.
fn event_data(key: SlotKey, side: Side, port: Port) -> u64 {
    u64::from(key.index)
        | (side as u64) << 32
        | (port as u64) << 33
        | u64::from(key.generation & GENERATION_MASK) << 34
}

fn read_event(data: u64) -> (SlotKey, Side, Port) {
    let side = if data >> 32 & 1 == 0 {
        Side::Caller
    } else {
        Side::Callee
    };
    let port = if data >> 33 & 1 == 0 {
        Port::Rtp
    } else {
        Port::Rtcp
    };
    let key = SlotKey {
        index: data as u32,
        generation: (data >> 34) as u32,
    };
    (key, side, port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::command::{ForkId, Purpose, Remote};
    use crate::media::config::Network;
    use crate::media::news::DeafReason;
    use crate::media::ports::SocketPlan;
    use crate::media::session::Due;
    use cpd_detect::{Library, Plans, Profile, SampleRate, Shared};
    use cpd_media::latch::Mode;
    use cpd_media::sdp::Format;
    use std::net::{Ipv4Addr, SocketAddr};

    const FORK: ForkId = ForkId(0);

    /// A worker that nobody runs: its turns are taken by the test.
    fn worker(news_max: usize) -> (Worker, tokio::sync::mpsc::Receiver<(SessionId, News)>) {
        let (news, receiver) = tokio::sync::mpsc::channel(news_max);
        let plan = SocketPlan {
            receive_buffer: 65_536,
            dscp: 0,
        };
        let network = Network::at(Ipv4Addr::LOCALHOST.into());
        let ports = Ports::new(0, network, &(31_000..=31_999), plan).unwrap();
        let worker = Worker::new(Parts {
            mailbox: Arc::new(Mailbox::new().unwrap()),
            ports: Arc::new([Mutex::new(ports)]),
            gauges: Arc::new(Gauges::default()),
            desk: None,
            rtp_timeout: Duration::ZERO,
            out: Outbox::new(news),
        });
        (worker.unwrap(), receiver)
    }

    fn open(worker: &mut Worker, name: u64, purpose: Purpose) {
        let pairs = [(); 2].map(|()| locked(&worker.ports[0]).take().unwrap());
        let shared = Shared::new(
            SampleRate::NARROWBAND,
            Arc::new(Plans::built_in()),
            Arc::new(Library::empty()),
        );
        let listen = ListenPlan {
            shared,
            profile: Profile::default(),
            purpose,
            record: None,
        };
        worker.mailbox.put(Order::Open {
            session: SessionId(name),
            pairs,
            listen: Some(listen),
        });
        let remote = Remote {
            formats: vec![Format::pcma()],
            transport: crate::media::Transport::Rtp,
            ..Remote::fax(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 9))), Mode::Negotiated)
        };
        let (side, fork) = (Side::Callee, FORK);
        tell(worker, name, MediaCommand::Describe { side, fork, remote });
    }

    fn tell(worker: &mut Worker, name: u64, command: MediaCommand) {
        worker.mailbox.put(Order::Tell(SessionId(name), command));
        worker.obey(&mut Vec::new());
    }

    /// The order in which calls go without: data collection, answered ones, the newest.
    #[test]
    fn who_is_no_longer_listened_to_comes_in_the_stated_order() {
        let (mut worker, mut news) = worker(100);
        for (name, purpose) in [
            (0, Purpose::Act),
            (1, Purpose::Act),
            (2, Purpose::Collect),
            (3, Purpose::Act),
            (4, Purpose::Collect),
        ] {
            open(&mut worker, name, purpose);
        }
        tell(&mut worker, 1, MediaCommand::Answered { fork: FORK });
        tell(&mut worker, 2, MediaCommand::Answered { fork: FORK });
        let begun = worker.lane.now;
        worker.lane.due.push_back(Due {
            slot: worker.names[&SessionId(0)],
            fork: FORK,
            since: begun,
        });
        let mut order = Vec::new();
        for turn in 1..=200_u32 {
            worker.lane.now = begun + turn * Duration::from_millis(20);
            worker.relieve();
            while let Ok((SessionId(name), told)) = news.try_recv() {
                if let News::Deafened { reason } = told {
                    assert_eq!(reason, DeafReason::Overload);
                    order.push((turn, name));
                }
            }
        }
        // Each waits for what the one before it brings: as long as the lag was.
        assert_eq!(order, [(5, 2), (10, 4), (20, 1), (40, 3), (80, 0)]);
        assert_eq!(worker.lane.counts.deafened, 5);
    }

    #[test]
    fn news_that_find_no_room_wait_and_closed_comes_last() {
        let (mut worker, mut news) = worker(1);
        for name in 0..3 {
            open(&mut worker, name, Purpose::Act);
            tell(&mut worker, name, MediaCommand::Close(Close::default()));
        }
        let mut told: Vec<Vec<bool>> = vec![Vec::new(); 3];
        while worker.lane.out.owes() || !news.is_empty() {
            while let Ok((SessionId(name), what)) = news.try_recv() {
                told[name as usize].push(matches!(what, News::Closed { .. }));
            }
            worker.lane.out.settle();
        }
        for told in told {
            assert_eq!(told.iter().filter(|&&closed| closed).count(), 1);
            assert_eq!(told.last(), Some(&true));
        }
    }

    #[test]
    fn an_event_tells_its_socket() {
        for side in [Side::Caller, Side::Callee] {
            for port in [Port::Rtp, Port::Rtcp] {
                for (index, generation) in [(0, 0), (70_000, 5), (u32::MAX - 1, GENERATION_MASK)] {
                    let key = SlotKey { index, generation };
                    let data = event_data(key, side, port);
                    assert_ne!(data, WAKE);
                    assert_eq!(read_event(data), (key, side, port));
                }
            }
        }
    }
}
