//! What a payload is made of, and its samples at 8 kHz where it can be heard.
//!
//! A codec is named by the `a=rtpmap` of the description or, for the old ones, by its payload type alone (RFC 3551,
//! section 6). Those that can be heard have a [`Decoder`]; the others are carried unheard.

use crate::g711::Law;

/// What a payload type stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s; its RTP clock is 8,000 by an old mistake that stays (RFC 3551, 4.5.2).
    G722,
    /// Opus (RFC 7587).
    Opus,
    /// Comfort noise (RFC 3389): a level, not speech.
    ComfortNoise,
    /// Telephone events, DTMF (RFC 4733).
    TelephoneEvent,
    /// Anything else: carried, not heard.
    Other,
}

impl Codec {
    /// By the name and the clock rate of `a=rtpmap`; names know no case (RFC 8866, 6.6).
    pub fn named(name: &[u8], rate: u32) -> Codec {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match rate {
            8_000 if is("PCMU") => Codec::Pcmu,
            8_000 if is("PCMA") => Codec::Pcma,
            8_000 if is("G722") => Codec::G722,
            48_000 if is("opus") => Codec::Opus,
            _ if is("CN") => Codec::ComfortNoise,
            _ if is("telephone-event") => Codec::TelephoneEvent,
            _ => Codec::Other,
        }
    }

    /// By a payload type that needs no `a=rtpmap`.
    pub fn of_static_type(payload_type: u8) -> Codec {
        match payload_type {
            0 => Codec::Pcmu,
            8 => Codec::Pcma,
            9 => Codec::G722,
            13 => Codec::ComfortNoise,
            _ => Codec::Other,
        }
    }

    /// Whether there is a decoder for it.
    pub fn is_heard(self) -> bool {
        match self {
            Codec::Pcmu | Codec::Pcma => true,
            Codec::G722 | Codec::Opus => false,
            Codec::ComfortNoise | Codec::TelephoneEvent | Codec::Other => false,
        }
    }
}

/// Turns the payloads of one stream into samples at 8 kHz.
#[derive(Debug)]
pub struct Decoder(Kind);

#[derive(Debug)]
enum Kind {
    G711(Law),
}

impl Decoder {
    /// A decoder; `None` where the codec cannot be heard.
    pub fn new(codec: Codec) -> Option<Decoder> {
        match codec {
            Codec::Pcmu => Some(Decoder(Kind::G711(Law::Mu))),
            Codec::Pcma => Some(Decoder(Kind::G711(Law::A))),
            Codec::G722 | Codec::Opus => None,
            Codec::ComfortNoise | Codec::TelephoneEvent | Codec::Other => None,
        }
    }

    /// Appends the samples of a payload. One that is damaged appends nothing.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match &mut self.0 {
            Kind::G711(law) => {
                let begin = samples.len();
                samples.resize(begin + payload.len(), 0);
                law.decode_slice(payload, &mut samples[begin..]);
            }
        }
    }

    /// So many samples did not come: codecs that remember forget in time.
    pub fn lose(&mut self, _samples: u64) {
        match &mut self.0 {
            Kind::G711(_) => {}
        }
    }

    /// Another sender begins: what was remembered is not his.
    pub fn forget(&mut self) {
        match &mut self.0 {
            Kind::G711(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_old_numbers() {
        assert_eq!(Codec::named(b"pcmu", 8_000), Codec::Pcmu);
        assert_eq!(Codec::named(b"PCMU", 16_000), Codec::Other);
        assert_eq!(Codec::named(b"OPUS", 48_000), Codec::Opus);
        assert_eq!(Codec::named(b"Telephone-Event", 48_000), Codec::TelephoneEvent);
        assert_eq!(Codec::named(b"G729", 8_000), Codec::Other);
        assert_eq!(Codec::of_static_type(9), Codec::G722);
        assert_eq!(Codec::of_static_type(18), Codec::Other);
    }

    #[test]
    fn what_is_heard_has_a_decoder() {
        for codec in [
            Codec::Pcmu,
            Codec::Pcma,
            Codec::G722,
            Codec::Opus,
            Codec::ComfortNoise,
            Codec::TelephoneEvent,
            Codec::Other,
        ] {
            assert_eq!(Decoder::new(codec).is_some(), codec.is_heard(), "{codec:?}");
        }
    }

    #[test]
    fn samples_are_appended() {
        let mut samples = vec![7];
        Decoder::new(Codec::Pcma)
            .unwrap()
            .decode(&[Law::A.encode(1_000); 3], &mut samples);
        assert_eq!(samples.len(), 4);
        assert_eq!(samples[0], 7);
        assert!((samples[3] - 1_000).abs() < 40);
    }
}
