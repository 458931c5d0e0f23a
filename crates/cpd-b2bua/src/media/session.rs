//! One call on its thread: what comes in at one side goes out at the other, and then it is listened to.

use std::time::{Duration, Instant};

use cpd_media::codec::Codec;
use cpd_media::rtcp::{self, Part};
use cpd_media::rtp::{Packet, TelephoneEvent};

use super::command::{ForkId, ListenPlan, MediaCommand, Purpose, Remote, SessionId, Side};
use super::fork::{Fork, is_rtcp, is_rtp};
use super::half::{Buffers, Half, Port};
use super::hearing::Hearing;
use super::lane::{Lane, SlotKey};
use super::news::{DeafReason, News, SideStats};
use super::ports::PortPair;
use super::record::{Recorder, RecordingDesk};

/// Forks that are listened to at once. Each costs what a call costs, and an operator's network plays at most one
/// announcement a fork; a carrier that forks to more is not heard in full.
const LISTENED_MAX: usize = 8;

/// Datagrams that a socket may bring in one turn while what came before it was connected is looked through.
const TURN_MAX: usize = 64;

/// One call.
pub(super) struct Session {
    pub(super) id: SessionId,
    plan: Option<ListenPlan>,
    caller: Half,
    callee: Half,
    /// The fork that answered.
    answered: Option<ForkId>,
    /// Nobody listens any more.
    deaf: bool,
    /// Sessions that were opened before it on this thread.
    age: u64,
}

/// What is left of a session that is over.
pub(super) struct Remains {
    pub(super) pairs: [PortPair; 2],
    pub(super) stats: [SideStats; 2],
    /// The recording that may be kept.
    pub(super) recorder: Option<Recorder>,
}

impl Session {
    pub(super) fn new(
        id: SessionId,
        age: u64,
        pairs: [PortPair; 2],
        plan: Option<ListenPlan>,
        now: Instant,
    ) -> Session {
        let [caller, callee] = pairs.map(|pair| Half::new(pair, now));
        Session {
            id,
            plan,
            caller,
            callee,
            answered: None,
            deaf: false,
            age,
        }
    }

    /// The ports of a side, if nobody attends to them yet; from now on somebody does.
    pub(super) fn begin_attending(&mut self, side: Side) -> Option<&PortPair> {
        let half = self.half_mut(side);
        let first = !std::mem::replace(&mut half.attended, true);
        first.then_some(&half.pair)
    }

    /// The callee's side goes on with other ports, which nobody attends to until it is described anew. Gives those that
    /// it had.
    pub(super) fn move_callee(&mut self, pair: PortPair) -> PortPair {
        self.callee.move_to(pair)
    }

    /// A socket is ready.
    pub(super) fn receive(&mut self, side: Side, port: Port, buffers: &mut Buffers, lane: &mut Lane) {
        match port {
            Port::Rtp => {
                for _ in 0..TURN_MAX {
                    self.receive_rtp(side, buffers, lane);
                    if !self.half(side).is_sifting() {
                        return;
                    }
                }
            }
            Port::Rtcp => {
                let (from, to) = self.halves(side);
                let (incoming, sealed) = buffers.split();
                if let Some((bytes, fork)) = from.receive_rtcp(incoming) {
                    carry_rtcp(from, to, fork, bytes, sealed);
                }
            }
        }
    }

    fn receive_rtp(&mut self, side: Side, buffers: &mut Buffers, lane: &mut Lane) {
        let id = self.id;
        let (from, to) = self.halves(side);
        let (incoming, sealed) = buffers.split();
        let Some((bytes, index)) = from.receive_rtp(incoming) else {
            return;
        };
        if is_rtcp(bytes) && !from.forks[index].is_opaque() {
            carry_rtcp(from, to, index, bytes, sealed);
            return;
        }
        if index == from.active {
            to.send_rtp(bytes, sealed);
            from.last_media = lane.now;
            from.silence_told = false;
            from.stats.packets += 1;
            from.stats.bytes += bytes.len() as u64;
            lane.counts.packets += 1;
        }
        let fork = &mut from.forks[index];
        if fork.is_opaque() || !is_rtp(bytes) {
            return;
        }
        let Ok(packet) = Packet::parse(bytes) else { return };
        let kind = fork.kind(packet.payload_type);
        if index == from.active {
            from.reception.push(lane.now, &packet, kind.clock_hz);
        }
        if kind.codec == Codec::TelephoneEvent
            && fork.event_at != Some(packet.timestamp)
            && let Some(digit) = TelephoneEvent::parse(packet.payload).and_then(|event| event.digit())
        {
            fork.event_at = Some(packet.timestamp);
            lane.out.tell(id, News::Digit { side, digit });
        }
        if let Some(hearing) = &mut fork.hearing
            && hearing.take(&packet, lane.now, lane.rest)
        {
            lane.due.push_back(Due {
                slot: lane.slot,
                fork: fork.id,
                since: lane.now,
            });
        }
    }

    /// Signalling says something; [`MediaCommand::Close`] is the thread's affair.
    pub(super) fn command(&mut self, command: MediaCommand, desk: Option<&RecordingDesk>, lane: &mut Lane) {
        match command {
            MediaCommand::Describe { side, fork, remote } => self.describe(side, fork, remote, desk, lane),
            MediaCommand::Through { fork } => self.callee.choose(fork),
            MediaCommand::Answered { fork } => self.answer(fork, lane),
            MediaCommand::Deaf => self.deafen(lane),
            MediaCommand::Hold { side, on } => {
                let half = self.half_mut(side);
                half.on_hold = on;
                half.last_media = lane.now;
            }
            MediaCommand::Close(_) => {}
        }
    }

    /// A stream that has something to be heard, or whose time has come.
    pub(super) fn hear(&mut self, fork: ForkId, lane: &mut Lane) {
        let id = self.id;
        if let Some(fork) = self.callee.forks.iter_mut().find(|known| known.id == fork)
            && let Some(hearing) = &mut fork.hearing
        {
            hearing.is_due = false;
            hearing.hear(lane.now);
            tell_events(id, fork.id, hearing, lane);
        }
    }

    /// Time passes for what is listened to, packets or not.
    pub(super) fn tick(&mut self, lane: &mut Lane) {
        for fork in &mut self.callee.forks {
            if let Some(hearing) = &mut fork.hearing
                && !hearing.is_due
                && hearing.is_quiet(lane.now)
            {
                hearing.is_due = true;
                lane.due.push_back(Due {
                    slot: lane.slot,
                    fork: fork.id,
                    since: lane.now,
                });
            }
        }
    }

    /// Tells a side that is silent for longer than it may; before the answer nobody needs to send.
    pub(super) fn watch(&mut self, timeout: Duration, lane: &mut Lane) {
        if self.answered.is_none() || timeout.is_zero() {
            return;
        }
        for (side, half) in [(Side::Caller, &mut self.caller), (Side::Callee, &mut self.callee)] {
            let silent = lane.now.saturating_duration_since(half.last_media) >= timeout;
            if silent && !half.on_hold && !half.silence_told {
                half.silence_told = true;
                lane.out.tell(self.id, News::Silent { side });
            }
        }
    }

    /// Who goes without first when the machine is short of time, the greatest first: data collection, then answered
    /// calls, whose verdict comes too late for most, then the newest. `None` is not listened to.
    pub(super) fn expendable(&self) -> Option<(bool, bool, u64)> {
        let purpose = self.plan.as_ref()?.purpose;
        (self.listening() > 0).then_some((purpose == Purpose::Collect, self.answered.is_some(), self.age))
    }

    /// Streams that are listened to.
    pub(super) fn listening(&self) -> usize {
        self.callee
            .forks
            .iter()
            .filter(|fork| fork.hearing.is_some())
            .count()
    }

    /// Nobody listens any more; recordings stay until the end.
    pub(super) fn deafen(&mut self, lane: &mut Lane) {
        self.deaf = true;
        for fork in &mut self.callee.forks {
            if let Some(mut hearing) = fork.hearing.take() {
                hearing.hear(lane.now);
                tell_events(self.id, fork.id, &mut hearing, lane);
                fork.recorder = hearing.into_recorder();
            }
        }
    }

    /// The machine is short of time.
    pub(super) fn overloaded(&mut self, lane: &mut Lane) {
        self.deafen(lane);
        let reason = DeafReason::Overload;
        lane.out.tell(self.id, News::Deafened { reason });
    }

    /// The call is over. What was heard last is told; the recording is that of the fork that was relayed.
    pub(super) fn close(mut self, lane: &mut Lane) -> Remains {
        for fork in &mut self.callee.forks {
            if let Some(mut hearing) = fork.hearing.take() {
                hearing.end(lane.now);
                while let Some(event) = hearing.listener.poll() {
                    let news = News::Heard {
                        fork: fork.id,
                        event,
                        at: hearing.arrival,
                    };
                    lane.out.tell(self.id, news);
                }
                fork.recorder = hearing.into_recorder();
            }
        }
        let active = self.callee.active;
        Remains {
            recorder: self
                .callee
                .forks
                .get_mut(active)
                .and_then(|fork| fork.recorder.take()),
            stats: [self.caller.summary(), self.callee.summary()],
            pairs: [self.caller.into_pair(), self.callee.into_pair()],
        }
    }

    fn describe(
        &mut self,
        side: Side,
        id: ForkId,
        remote: Remote,
        desk: Option<&RecordingDesk>,
        lane: &mut Lane,
    ) {
        let half = self.half_mut(side);
        half.described(Fork::new(id, remote));
        half.last_media = lane.now;
        if side == Side::Callee {
            self.listen(id, desk, lane);
        }
        let Session { caller, callee, .. } = self;
        caller.share_formats(callee, lane.now);
        callee.share_formats(caller, lane.now);
    }

    /// Begins to listen to a fork, where somebody wants it and it can be heard.
    fn listen(&mut self, id: ForkId, desk: Option<&RecordingDesk>, lane: &mut Lane) {
        let listening = self.listening();
        let Some(plan) = self.plan.as_ref().filter(|_| !self.deaf) else {
            return;
        };
        let Some(fork) = self.callee.forks.iter_mut().find(|known| known.id == id) else {
            return;
        };
        if fork.is_opaque() {
            // A fax began: what was heard until then is all that there is to hear.
            if let Some(hearing) = fork.hearing.take() {
                fork.recorder = hearing.into_recorder();
            }
            return;
        }
        if fork.hearing.is_some() {
            return;
        }
        let reason = if !fork.formats.iter().any(|format| format.codec.is_heard()) {
            Some(DeafReason::Codec(id))
        } else if listening == LISTENED_MAX {
            Some(DeafReason::Forks(id))
        } else {
            None
        };
        if let Some(reason) = reason {
            lane.out.tell(self.id, News::Deafened { reason });
            return;
        }
        let recorder = fork.recorder.take().or_else(|| Some(desk?.begin(plan.record?)));
        let mut hearing = Box::new(Hearing::new(plan, &fork.formats, recorder, lane.now));
        if self.answered == Some(id) {
            hearing.listener.answered();
        }
        fork.hearing = Some(hearing);
    }

    fn answer(&mut self, id: ForkId, lane: &mut Lane) {
        if self.answered.is_none() {
            self.caller.last_media = lane.now;
            self.callee.last_media = lane.now;
        }
        let first = self.answered != Some(id);
        self.answered = Some(id);
        self.callee.keep_only(id);
        if first
            && let Some(fork) = self.callee.forks.first_mut()
            && let Some(hearing) = &mut fork.hearing
        {
            // What came before the answer is before it on the detector's clock too.
            hearing.hear(lane.now);
            hearing.listener.answered();
            tell_events(self.id, id, hearing, lane);
        }
    }

    fn half(&self, side: Side) -> &Half {
        match side {
            Side::Caller => &self.caller,
            Side::Callee => &self.callee,
        }
    }

    fn half_mut(&mut self, side: Side) -> &mut Half {
        self.halves(side).0
    }

    /// That side and the other.
    fn halves(&mut self, side: Side) -> (&mut Half, &mut Half) {
        match side {
            Side::Caller => (&mut self.caller, &mut self.callee),
            Side::Callee => (&mut self.callee, &mut self.caller),
        }
    }
}

/// A stream that waits to be heard.
pub(super) struct Due {
    pub(super) slot: SlotKey,
    pub(super) fork: ForkId,
    pub(super) since: Instant,
}

/// RTCP goes on like media, and what it says of our side of the path is kept.
fn carry_rtcp(from: &mut Half, to: &mut Half, fork: usize, bytes: &[u8], sealed: &mut Vec<u8>) {
    if fork != from.active || !is_rtcp(bytes) {
        return;
    }
    to.send_rtcp(bytes, sealed);
    let clock_hz = to.clock_hz();
    for part in rtcp::parts(bytes) {
        let blocks = match part {
            Part::SenderReport(_, blocks) | Part::ReceiverReport { blocks, .. } => blocks,
            Part::Bye(_) | Part::Other(_) => continue,
        };
        for block in blocks.iter() {
            from.stats.reported_loss = Some(block.loss());
            from.stats.reported_jitter_ms = Some(block.reception.jitter as f32 * 1_000.0 / clock_hz as f32);
        }
    }
}

/// Tells what was heard; what finds no room waits in the detector.
fn tell_events(session: SessionId, fork: ForkId, hearing: &mut Hearing, lane: &mut Lane) {
    while let Some(event) = hearing.listener.poll() {
        if let Err(event) = lane.out.event(session, fork, event, hearing.arrival) {
            hearing.listener.hold(event);
            return;
        }
    }
}
