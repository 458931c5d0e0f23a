//! Whom to believe: from which address a stream is taken.
//!
//! Ports of a relay are found and tried by strangers, who want to hear the call (it would be sent to them) or to speak in
//! it. Packets are taken from the negotiated address; a peer behind an address translator is known only by what it sends
//! (RFC 7362), and then once: the address that is taken first is kept, with its sender (SSRC), until a new description
//! says another place. Who has the negotiated address always comes before whom only the first packet speaks for.

use std::net::{IpAddr, SocketAddr};

/// From where a stream may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From the negotiated address only.
    Negotiated,
    /// From any port of the negotiated host, or of the one that signalling comes from.
    Host(IpAddr),
    /// From wherever the first packet comes. Only for peers of whom neither is known.
    Anywhere,
}

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It is the peer's.
    Accept,
    /// It is the peer's, and what is sent to it goes to its source from now on.
    Move,
    /// It is a stranger's, and counted.
    Refuse,
}

/// So many packets in a row, and none of the old among them, make a new sender at the address that is kept: carriers
/// change senders between announcement and answer. RFC 3550 (A.1) has two; three are 60 ms.
const SENDER_PACKETS: u8 = 3;

/// Whom to believe on one port.
#[derive(Clone, Debug)]
pub struct Latch {
    negotiated: Option<SocketAddr>,
    mode: Mode,
    kept: Option<Kept>,
    /// The description changed: once, another address may be taken.
    open: bool,
    strangers: u64,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    source: SocketAddr,
    ssrc: Option<u32>,
    /// Another sender at the same address, and its packets in a row.
    candidate: Option<(u32, u8)>,
}

impl Latch {
    /// For the address that a description tells, where it tells one.
    pub fn new(negotiated: Option<SocketAddr>, mode: Mode) -> Latch {
        Latch {
            negotiated: negotiated.map(canonical),
            mode,
            kept: None,
            open: true,
            strangers: 0,
        }
    }

    /// A new description. Where it tells another address than before, another may be taken, once.
    pub fn renegotiate(&mut self, negotiated: Option<SocketAddr>) {
        let negotiated = negotiated.map(canonical);
        if negotiated != self.negotiated {
            self.negotiated = negotiated;
            self.open = true;
        }
    }

    /// Judges an RTP packet, or one of RTCP by the SSRC of who reports.
    pub fn accept(&mut self, source: SocketAddr, ssrc: u32) -> Word {
        self.judge(canonical(source), Some(ssrc))
    }

    /// Judges a datagram that has no sender in it: a fax.
    pub fn accept_opaque(&mut self, source: SocketAddr) -> Word {
        self.judge(canonical(source), None)
    }

    /// Where to send: to whom is believed, else where the description says.
    pub fn remote(&self) -> Option<SocketAddr> {
        match self.kept {
            Some(kept) if !self.open || self.negotiated.is_none() => Some(kept.source),
            _ => self.negotiated,
        }
    }

    /// Packets refused.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    fn judge(&mut self, source: SocketAddr, ssrc: Option<u32>) -> Word {
        let is_negotiated = self.negotiated == Some(source);
        if let Some(kept) = &mut self.kept
            && kept.source == source
        {
            // The former address, while a new one is open, may still be on its way out: heard, but not kept.
            if is_negotiated || kept.is_sender(ssrc) {
                return Word::Accept;
            }
            return self.refuse();
        }
        if is_negotiated || self.open && self.may_come_from(source.ip()) {
            self.kept = Some(Kept {
                source,
                ssrc,
                candidate: None,
            });
            self.open = false;
            return if is_negotiated { Word::Accept } else { Word::Move };
        }
        self.refuse()
    }

    fn may_come_from(&self, ip: IpAddr) -> bool {
        match self.mode {
            Mode::Negotiated => false,
            Mode::Host(signalling) => {
                signalling.to_canonical() == ip || self.negotiated.is_some_and(|address| address.ip() == ip)
            }
            Mode::Anywhere => true,
        }
    }

    fn refuse(&mut self) -> Word {
        self.strangers += 1;
        Word::Refuse
    }
}

impl Kept {
    /// Whether the packet is of the sender that is kept, or of one that has replaced it.
    fn is_sender(&mut self, ssrc: Option<u32>) -> bool {
        let (Some(kept), Some(ssrc)) = (self.ssrc, ssrc) else {
            self.ssrc = self.ssrc.or(ssrc);
            return true;
        };
        if kept == ssrc {
            self.candidate = None;
            return true;
        }
        let count = match self.candidate {
            Some((candidate, count)) if candidate == ssrc => count + 1,
            _ => 1,
        };
        if count < SENDER_PACKETS {
            self.candidate = Some((ssrc, count));
            return false;
        }
        self.ssrc = Some(ssrc);
        self.candidate = None;
        true
    }
}

/// A socket of IPv6 shows peers of IPv4 in its own form.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEGOTIATED: &str = "192.0.2.1:4000";

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// Packets as `source ssrc`, and what is said to each.
    fn check(latch: &mut Latch, packets: &[(&str, u32, Word)]) {
        for &(source, ssrc, word) in packets {
            assert_eq!(latch.accept(address(source), ssrc), word, "{source} {ssrc}");
        }
    }

    #[test]
    fn the_negotiated_address_and_no_other() {
        let mut latch = Latch::new(Some(address(NEGOTIATED)), Mode::Negotiated);
        check(
            &mut latch,
            &[
                ("192.0.2.1:4001", 1, Word::Refuse),
                (NEGOTIATED, 1, Word::Accept),
                ("203.0.113.5:4000", 1, Word::Refuse),
                ("[::ffff:192.0.2.1]:4000", 2, Word::Accept),
            ],
        );
        assert_eq!(latch.strangers(), 2);
        assert_eq!(latch.remote(), Some(address(NEGOTIATED)));
    }

    #[test]
    fn one_latch_that_an_outsider_cannot_steal() {
        let mut latch = Latch::new(
            Some(address("10.0.0.5:4000")),
            Mode::Host("198.51.100.9".parse().unwrap()),
        );
        check(
            &mut latch,
            &[
                ("203.0.113.5:999", 6, Word::Refuse),
                ("198.51.100.9:61000", 1, Word::Move),
                ("198.51.100.9:61000", 1, Word::Accept),
                ("198.51.100.9:61001", 1, Word::Refuse),
                ("203.0.113.5:999", 1, Word::Refuse),
            ],
        );
        assert_eq!(latch.remote(), Some(address("198.51.100.9:61000")));
    }

    #[test]
    fn who_has_the_negotiated_address_comes_first() {
        let mut latch = Latch::new(Some(address(NEGOTIATED)), Mode::Anywhere);
        check(
            &mut latch,
            &[
                ("203.0.113.5:999", 6, Word::Move),
                (NEGOTIATED, 1, Word::Accept),
                ("203.0.113.5:999", 6, Word::Refuse),
            ],
        );
        assert_eq!(latch.remote(), Some(address(NEGOTIATED)));
    }

    #[test]
    fn a_sender_is_replaced_only_by_one_that_stays() {
        let mut latch = Latch::new(None, Mode::Anywhere);
        let there = "198.51.100.9:61000";
        check(
            &mut latch,
            &[
                (there, 1, Word::Move),
                // Strangers that forge the address are no match while the sender speaks.
                (there, 6, Word::Refuse),
                (there, 6, Word::Refuse),
                (there, 1, Word::Accept),
                (there, 6, Word::Refuse),
                (there, 7, Word::Refuse),
                (there, 7, Word::Refuse),
                (there, 7, Word::Accept),
                (there, 1, Word::Refuse),
            ],
        );
        assert_eq!(latch.remote(), Some(address(there)));
    }

    #[test]
    fn a_new_description_unlocks_once() {
        let mut latch = Latch::new(Some(address("10.0.0.5:4000")), Mode::Anywhere);
        check(&mut latch, &[("198.51.100.9:61000", 1, Word::Move)]);
        latch.renegotiate(Some(address("10.0.0.5:4000")));
        check(&mut latch, &[("203.0.113.5:999", 6, Word::Refuse)]);
        latch.renegotiate(Some(address("10.0.0.6:4000")));
        assert_eq!(latch.remote(), Some(address("10.0.0.6:4000")));
        check(
            &mut latch,
            &[
                ("198.51.100.9:61000", 1, Word::Accept),
                ("198.51.100.7:5", 3, Word::Move),
                ("198.51.100.9:61000", 1, Word::Refuse),
                ("203.0.113.5:999", 6, Word::Refuse),
            ],
        );
        assert_eq!(latch.remote(), Some(address("198.51.100.7:5")));
    }

    #[test]
    fn datagrams_without_a_sender_are_known_by_their_address() {
        let mut latch = Latch::new(Some(address(NEGOTIATED)), Mode::Negotiated);
        assert_eq!(latch.accept_opaque(address(NEGOTIATED)), Word::Accept);
        assert_eq!(latch.accept_opaque(address("203.0.113.5:1")), Word::Refuse);
    }

    proptest! {
        /// Whatever strangers send between, the peer at the negotiated address is heard.
        #[test]
        fn strangers_never_silence_the_peer(packets in prop::collection::vec((0_u8..4, 0_u32..4), 0..60)) {
            let mut latch = Latch::new(Some(address(NEGOTIATED)), Mode::Anywhere);
            for (host, ssrc) in packets {
                latch.accept(SocketAddr::from(([203, 0, 113, host], 9)), ssrc);
                prop_assert_eq!(latch.accept(address(NEGOTIATED), 1), Word::Accept);
                prop_assert_eq!(latch.remote(), Some(address(NEGOTIATED)));
            }
        }
    }
}
