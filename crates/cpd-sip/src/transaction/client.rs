//! Client transactions: INVITE (RFC 3261, 17.1.1; RFC 6026, 8.4) and all others (17.1.2).

use super::BaseTimers;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Sent, nothing heard: *Calling* of an INVITE, *Trying* of others.
    Trying,
    Proceeding,
    /// A final response came; what is repeated is absorbed.
    Completed,
    /// An INVITE was answered with 2xx; more of them may come, from other branches too.
    Accepted,
    /// An INVITE was cancelled and given up without a final response; a 2xx that comes yet is passed on, for somebody
    /// has answered and must be hung up on.
    GivenUp,
    Terminated,
}

/// What a response means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientStep {
    /// New: hand it up.
    Pass,
    /// The first refusal of an INVITE: acknowledge it and hand it up.
    AckAndPass,
    /// A repeated refusal of an INVITE: acknowledge it again.
    Ack,
    /// Seen before, or too late.
    Absorb,
}

/// What the clock brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientTick {
    Nothing,
    /// Send the request again.
    Repeat,
    /// No answer came, and the user need not wait for one. The transaction is over, but for a late 2xx to a cancelled
    /// INVITE.
    TimedOut,
}

/// One client transaction.
pub(crate) struct Client {
    invite: bool,
    reliable: bool,
    state: State,
    /// Timer A or E.
    repeat: Option<(Instant, Duration)>,
    /// Timer B, D, F, K or M.
    end: Option<Instant>,
}

impl Client {
    /// The request was just sent.
    pub(crate) fn new(now: Instant, timers: &BaseTimers, invite: bool, reliable: bool) -> Self {
        let repeat = (!reliable).then_some((now + timers.t1, timers.t1));
        Client {
            invite,
            reliable,
            state: State::Trying,
            repeat,
            end: Some(now + timers.silence()),
        }
    }

    pub(crate) fn on_response(&mut self, now: Instant, timers: &BaseTimers, status: u16) -> ClientStep {
        match (self.state, status) {
            (State::Trying | State::Proceeding, ..200) => {
                if self.state == State::Trying {
                    self.state = State::Proceeding;
                    if self.invite {
                        // From here the user decides how long it may ring.
                        self.repeat = None;
                        self.end = None;
                    } else if let Some((at, _)) = self.repeat {
                        self.repeat = Some((at, timers.t2));
                    }
                }
                ClientStep::Pass
            }
            (State::Trying | State::Proceeding | State::GivenUp, 200..300) if self.invite => {
                self.state = State::Accepted;
                self.repeat = None;
                self.end = Some(now + timers.silence());
                ClientStep::Pass
            }
            (State::Trying | State::Proceeding, _) | (State::GivenUp, 300..) if self.invite => {
                self.finish(now, timers.silence());
                ClientStep::AckAndPass
            }
            (State::Trying | State::Proceeding, _) => {
                self.finish(now, timers.t4);
                ClientStep::Pass
            }
            (State::Completed, 300..) if self.invite => ClientStep::Ack,
            (State::Accepted, 200..300) => ClientStep::Pass,
            (State::Completed | State::Accepted | State::GivenUp | State::Terminated, _) => {
                ClientStep::Absorb
            }
        }
    }

    fn finish(&mut self, now: Instant, linger: Duration) {
        self.repeat = None;
        if self.reliable {
            self.state = State::Terminated;
            self.end = None;
        } else {
            self.state = State::Completed;
            self.end = Some(now + linger);
        }
    }

    pub(crate) fn on_tick(&mut self, now: Instant, timers: &BaseTimers) -> ClientTick {
        if self.end.is_some_and(|end| end <= now) {
            let silent = self.is_pending();
            if self.invite && self.state == State::Proceeding {
                // As long again as the CANCEL was waited for: a callee repeats its 2xx for that long.
                self.state = State::GivenUp;
                self.end = Some(now + timers.silence());
            } else {
                self.terminate();
            }
            return if silent {
                ClientTick::TimedOut
            } else {
                ClientTick::Nothing
            };
        }
        match self.repeat {
            Some((at, wait)) if at <= now => {
                let longer = wait * 2;
                let wait = if self.invite {
                    longer
                } else {
                    longer.min(timers.t2)
                };
                self.repeat = Some((now + wait, wait));
                ClientTick::Repeat
            }
            Some(_) | None => ClientTick::Nothing,
        }
    }

    /// Gives up an INVITE that rings, if no final response comes by then: after a CANCEL (RFC 3261, 9.1).
    pub(crate) fn give_up_at(&mut self, at: Instant) {
        if self.state == State::Proceeding {
            self.end = Some(at);
        }
    }

    pub(crate) fn terminate(&mut self) {
        self.state = State::Terminated;
        self.repeat = None;
        self.end = None;
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        [self.repeat.map(|(at, _)| at), self.end]
            .into_iter()
            .flatten()
            .min()
    }

    pub(crate) fn is_invite(&self) -> bool {
        self.invite
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Terminated
    }

    /// No final response yet.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self.state, State::Trying | State::Proceeding)
    }

    pub(crate) fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Clock, T};
    use super::*;

    /// The times, in milliseconds, at which the request is repeated, and the end.
    fn run(client: &mut Client, clock: &mut Clock) -> (Vec<u64>, ClientTick) {
        let mut repeats = Vec::new();
        loop {
            let Some(next) = client.next() else {
                return (repeats, ClientTick::Nothing);
            };
            clock.now = next;
            match client.on_tick(next, &T) {
                ClientTick::Repeat => repeats.push(clock.ms()),
                ClientTick::Nothing if !client.is_over() => {}
                end => return (repeats, end),
            }
        }
    }

    #[test]
    fn rfc3261_17_1_1_2_invite_repeats_until_timer_b() {
        let mut clock = Clock::new();
        let mut client = Client::new(clock.now, &T, true, false);
        let (repeats, end) = run(&mut client, &mut clock);
        assert_eq!(repeats, [500, 1500, 3500, 7500, 15500, 31500]);
        assert_eq!((end, clock.ms()), (ClientTick::TimedOut, 32_000));
    }

    #[test]
    fn rfc3261_17_1_2_2_others_repeat_up_to_t2_until_timer_f() {
        let mut clock = Clock::new();
        let mut client = Client::new(clock.now, &T, false, false);
        let (repeats, end) = run(&mut client, &mut clock);
        assert_eq!(
            repeats,
            [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
        );
        assert_eq!((end, clock.ms()), (ClientTick::TimedOut, 32_000));
    }

    #[test]
    fn rfc3261_17_1_reliable_transports_repeat_nothing() {
        let mut clock = Clock::new();
        let mut client = Client::new(clock.now, &T, true, true);
        let (repeats, end) = run(&mut client, &mut clock);
        assert_eq!(
            (repeats.len(), end, clock.ms()),
            (0, ClientTick::TimedOut, 32_000)
        );
    }

    #[test]
    fn rfc3261_17_1_1_2_a_ringing_invite_waits_without_end() {
        let clock = Clock::new();
        let mut client = Client::new(clock.now, &T, true, false);
        assert_eq!(client.on_response(clock.now, &T, 180), ClientStep::Pass);
        assert_eq!(client.next(), None);
        client.give_up_at(clock.at(32_000));
        assert_eq!(client.on_tick(clock.at(32_000), &T), ClientTick::TimedOut);
    }

    #[test]
    fn rfc3261_17_1_1_2_a_repeated_refusal_is_acknowledged_again() {
        let mut clock = Clock::new();
        let mut client = Client::new(clock.now, &T, true, false);
        assert_eq!(client.on_response(clock.now, &T, 486), ClientStep::AckAndPass);
        assert_eq!(client.on_response(clock.at(500), &T, 486), ClientStep::Ack);
        assert_eq!(client.on_response(clock.at(500), &T, 180), ClientStep::Absorb);
        assert_eq!(run(&mut client, &mut clock), (vec![], ClientTick::Nothing));
        assert_eq!(clock.ms(), 32_000);
    }

    #[test]
    fn rfc6026_8_4_more_2xx_reach_the_user_until_timer_m() {
        let mut clock = Clock::new();
        let mut client = Client::new(clock.now, &T, true, true);
        assert_eq!(client.on_response(clock.now, &T, 200), ClientStep::Pass);
        assert_eq!(client.on_response(clock.at(9000), &T, 200), ClientStep::Pass);
        assert_eq!(client.on_response(clock.at(9000), &T, 486), ClientStep::Absorb);
        run(&mut client, &mut clock);
        assert_eq!(clock.ms(), 32_000);
        assert_eq!(client.on_response(clock.now, &T, 200), ClientStep::Absorb);
    }

    #[test]
    fn rfc3261_17_1_2_2_a_provisional_slows_the_repeats_down() {
        let mut clock = Clock::new();
        let mut client = Client::new(clock.now, &T, false, false);
        client.on_response(clock.at(100), &T, 100);
        let (repeats, end) = run(&mut client, &mut clock);
        assert_eq!(repeats[..3], [500, 4500, 8500]);
        assert_eq!((end, clock.ms()), (ClientTick::TimedOut, 32_000));
    }
}
