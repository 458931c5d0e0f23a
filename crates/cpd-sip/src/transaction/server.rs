//! Server transactions: INVITE (RFC 3261, 17.2.1; RFC 6026, 8.5 and 8.7) and all others (17.2.2).

use super::BaseTimers;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No final response yet: *Trying* and *Proceeding*.
    Proceeding,
    Completed,
    /// The refusal of an INVITE was acknowledged; more ACKs are absorbed.
    Confirmed,
    /// An INVITE was answered with 2xx, which its dialog repeats, not the transaction.
    Accepted,
    Terminated,
}

/// What the clock brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerTick {
    Nothing,
    /// Send the last response again.
    Repeat,
    /// A refusal was never acknowledged, or the user never answered.
    TimedOut,
}

/// One server transaction.
pub(crate) struct Server {
    invite: bool,
    reliable: bool,
    state: State,
    /// Timer G.
    repeat: Option<(Instant, Duration)>,
    /// Timer H, I, J or L; before a final response the time that a user may take.
    end: Option<Instant>,
}

impl Server {
    /// `patience`: how long the user may take for a final response.
    pub(crate) fn new(now: Instant, invite: bool, reliable: bool, patience: Duration) -> Self {
        Server {
            invite,
            reliable,
            state: State::Proceeding,
            repeat: None,
            end: Some(now + patience),
        }
    }

    /// The same request came again: true if the last response, if there is one, is to be sent again.
    pub(crate) fn on_request_again(&self) -> bool {
        match self.state {
            State::Proceeding | State::Completed => true,
            // RFC 6026, 7.1: the 2xx is the dialog's to repeat.
            State::Accepted | State::Confirmed | State::Terminated => false,
        }
    }

    /// A response is about to be sent; false if it comes too late.
    pub(crate) fn on_respond(&mut self, now: Instant, timers: &BaseTimers, status: u16) -> bool {
        if self.state != State::Proceeding {
            return false;
        }
        match status {
            ..200 => {}
            200..300 if self.invite => {
                self.state = State::Accepted;
                self.end = Some(now + timers.silence());
            }
            _ if self.invite => {
                self.state = State::Completed;
                self.repeat = (!self.reliable).then_some((now + timers.t1, timers.t1));
                self.end = Some(now + timers.silence());
            }
            _ if self.reliable => self.terminate(),
            _ => {
                self.state = State::Completed;
                self.end = Some(now + timers.silence());
            }
        }
        true
    }

    /// An ACK with the INVITE's own branch: true if it acknowledges a refusal.
    pub(crate) fn on_ack(&mut self, now: Instant, timers: &BaseTimers) -> bool {
        match self.state {
            State::Completed if self.reliable => self.terminate(),
            State::Completed => {
                self.state = State::Confirmed;
                self.repeat = None;
                self.end = Some(now + timers.t4);
            }
            State::Confirmed | State::Terminated => {}
            State::Proceeding | State::Accepted => return false,
        }
        true
    }

    pub(crate) fn on_tick(&mut self, now: Instant, timers: &BaseTimers) -> ServerTick {
        if self.end.is_some_and(|end| end <= now) {
            let waited = self.state == State::Proceeding || (self.invite && self.state == State::Completed);
            self.terminate();
            return if waited {
                ServerTick::TimedOut
            } else {
                ServerTick::Nothing
            };
        }
        match self.repeat {
            Some((at, wait)) if at <= now => {
                let wait = (wait * 2).min(timers.t2);
                self.repeat = Some((now + wait, wait));
                ServerTick::Repeat
            }
            Some(_) | None => ServerTick::Nothing,
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

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Terminated
    }

    /// No final response yet.
    pub(crate) fn is_pending(&self) -> bool {
        self.state == State::Proceeding
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Clock, T};
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(300);

    fn run(server: &mut Server, clock: &mut Clock) -> (Vec<u64>, ServerTick) {
        let mut repeats = Vec::new();
        loop {
            let Some(next) = server.next() else {
                return (repeats, ServerTick::Nothing);
            };
            clock.now = next;
            match server.on_tick(next, &T) {
                ServerTick::Repeat => repeats.push(clock.ms()),
                ServerTick::Nothing if !server.is_over() => {}
                end => return (repeats, end),
            }
        }
    }

    #[test]
    fn rfc3261_17_2_1_a_refusal_repeats_until_timer_h() {
        let mut clock = Clock::new();
        let mut server = Server::new(clock.now, true, false, PATIENCE);
        assert!(server.on_respond(clock.now, &T, 486));
        let (repeats, end) = run(&mut server, &mut clock);
        assert_eq!(
            repeats,
            [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
        );
        assert_eq!((end, clock.ms()), (ServerTick::TimedOut, 32_000));
    }

    #[test]
    fn rfc3261_17_2_1_an_ack_ends_the_repeats() {
        let mut clock = Clock::new();
        let mut server = Server::new(clock.now, true, false, PATIENCE);
        server.on_respond(clock.now, &T, 486);
        assert!(server.on_ack(clock.at(200), &T));
        assert!(server.on_ack(clock.at(300), &T), "a second ACK is absorbed");
        assert!(!server.on_request_again());
        assert_eq!(run(&mut server, &mut clock), (vec![], ServerTick::Nothing));
        assert_eq!(clock.ms(), 5200);
    }

    #[test]
    fn rfc6026_8_5_a_2xx_is_not_repeated_here_and_requests_are_absorbed() {
        let mut clock = Clock::new();
        let mut server = Server::new(clock.now, true, false, PATIENCE);
        assert!(server.on_request_again());
        assert!(server.on_respond(clock.now, &T, 200));
        assert!(!server.on_request_again());
        assert!(!server.on_ack(clock.now, &T), "this ACK is the dialog's");
        assert!(!server.on_respond(clock.now, &T, 486));
        assert_eq!(run(&mut server, &mut clock), (vec![], ServerTick::Nothing));
        assert_eq!(clock.ms(), 32_000);
    }

    #[test]
    fn rfc3261_17_2_2_others_answer_again_until_timer_j() {
        let mut clock = Clock::new();
        let mut server = Server::new(clock.now, false, false, PATIENCE);
        server.on_respond(clock.now, &T, 200);
        assert!(server.on_request_again());
        assert_eq!(run(&mut server, &mut clock), (vec![], ServerTick::Nothing));
        assert_eq!(clock.ms(), 32_000);
        let mut server = Server::new(clock.now, false, true, PATIENCE);
        server.on_respond(clock.now, &T, 200);
        assert!(server.is_over(), "timer J is 0 on a reliable transport");
    }

    #[test]
    fn a_user_who_never_answers_is_not_waited_for() {
        let mut clock = Clock::new();
        let mut server = Server::new(clock.now, true, false, PATIENCE);
        assert_eq!(run(&mut server, &mut clock), (vec![], ServerTick::TimedOut));
        assert_eq!(clock.ms(), 300_000);
    }
}
