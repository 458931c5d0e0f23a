//! Where the offer and the answer stand (RFC 3264, 4; RFC 6337).

/// The exchange of session descriptions in one dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// We offered and wait for the answer.
    Local,
    /// The peer offered and waits for ours.
    Remote,
}

/// Tracks one exchange after the other. Only reliable messages count: a description in an unreliable provisional
/// response is a preview of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    state: State,
    /// The INVITE under way has had its offer: further descriptions in its responses are copies (RFC 3261, 13.2.1).
    settled: bool,
}

impl Offer {
    /// An INVITE goes out.
    pub(crate) fn invite_sent(&mut self, described: bool) {
        self.settled = described;
        self.request_sent(described);
    }

    /// An INVITE comes in.
    pub(crate) fn invite_received(&mut self, described: bool) {
        self.settled = described;
        self.request_received(described);
    }

    /// UPDATE or PRACK goes out; of an answer in a PRACK or ACK too.
    pub(crate) fn request_sent(&mut self, described: bool) {
        if described {
            self.state = if self.state == State::Remote {
                State::Idle
            } else {
                State::Local
            };
        }
    }

    /// UPDATE, PRACK or ACK comes in.
    pub(crate) fn request_received(&mut self, described: bool) {
        if described {
            self.state = if self.state == State::Local {
                State::Idle
            } else {
                State::Remote
            };
        }
    }

    /// A reliable response comes in. True if it brings an offer, which ACK or PRACK must answer.
    pub(crate) fn response_received(&mut self, described: bool) -> bool {
        match self.state {
            State::Local if described => self.state = State::Idle,
            State::Idle if described && !self.settled => {
                self.settled = true;
                self.state = State::Remote;
                return true;
            }
            State::Idle | State::Local | State::Remote => {}
        }
        false
    }

    /// A reliable response goes out.
    pub(crate) fn response_sent(&mut self, described: bool) {
        match self.state {
            State::Remote if described => self.state = State::Idle,
            State::Idle if described && !self.settled => {
                self.settled = true;
                self.state = State::Local;
            }
            State::Idle | State::Local | State::Remote => {}
        }
    }

    /// The request that carried the offer was refused: all is as before it.
    pub(crate) fn withdrawn(&mut self) {
        self.state = State::Idle;
    }

    pub(crate) fn is_local(&self) -> bool {
        self.state == State::Local
    }

    pub(crate) fn is_remote(&self) -> bool {
        self.state == State::Remote
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3261_13_2_1_a_copy_of_the_answer_is_no_offer() {
        let mut offer = Offer::default();
        offer.invite_sent(true);
        assert!(offer.is_local());
        assert!(!offer.response_received(true), "a reliable 183 answers");
        assert!(!offer.response_received(true), "the 200 repeats it");
        assert_eq!((offer.is_local(), offer.is_remote()), (false, false));
    }

    #[test]
    fn rfc3261_13_2_1_an_invite_without_offer_gets_one_in_its_response() {
        let (mut ours, mut theirs) = (Offer::default(), Offer::default());
        ours.invite_sent(false);
        theirs.invite_received(false);
        theirs.response_sent(true);
        assert!(theirs.is_local());
        assert!(ours.response_received(true));
        ours.request_sent(true);
        theirs.request_received(true);
        assert_eq!((ours.state, theirs.state), (State::Idle, State::Idle));
    }
}
