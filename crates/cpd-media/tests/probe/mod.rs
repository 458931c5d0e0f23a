//! What must hold for any bytes. The fuzz targets and the tests of their corpora both ask it.

use cpd_media::rtcp::{self, Part};
use cpd_media::sdp::{
    self, Carried, Crypto, Description, Direction, Format, Local, Order, Origin, Protection,
};
use cpd_media::srtp::{Key, Suite};

/// A description is refused, or goes on as one with our address, and going on again changes nothing.
pub(crate) fn sdp(bytes: &[u8]) {
    let Ok(description) = Description::parse(bytes) else {
        return;
    };
    let keys = [Crypto {
        tag: 1,
        key: Key::new(Suite::AesCm256Sha1_80, &[7; 46]).expect("the length is right"),
    }];
    for (protection, order) in [
        (Protection::AsItCame, Order::AsItCame),
        (Protection::Plain, Order::HeardFirst),
        (Protection::Sdes(&keys), Order::HeardFirst),
    ] {
        let local = Local {
            rtp: "198.51.100.7:30000".parse().expect("an address"),
            rtcp_port: 30_003,
            rtcp_mux: false,
            origin: Origin {
                session: 1,
                version: 2,
            },
            protection,
            order,
        };
        let relayed = description.relayed(&local);
        let again = match Description::parse(&relayed) {
            Ok(again) => again,
            // What we add may not fit any more.
            Err(sdp::BadSdp::TooLong { .. } | sdp::BadSdp::TooManyLines) => continue,
            Err(why) => panic!("{why}: {}", relayed.escape_ascii()),
        };
        let twice = again.relayed(&local);
        assert!(
            twice == relayed,
            "{}\n{}",
            relayed.escape_ascii(),
            twice.escape_ascii()
        );
        for line in relayed.split(|&byte| byte == b'\n') {
            if line.starts_with(b"c=") {
                assert!(line == b"c=IN IP4 198.51.100.7\r" || line == b"c=IN IP4 0.0.0.0\r");
            }
            assert!(!line.starts_with(b"a=candidate:"));
        }
        match (description.carried(), again.carried()) {
            (Ok(Carried::Audio(came)), Ok(Carried::Audio(goes))) => {
                assert_eq!(came.refused, goes.refused);
                assert_eq!(came.unspecified && !came.refused, goes.unspecified);
                assert_eq!(goes.rtp.is_none(), goes.refused || goes.unspecified);
                if !came.refused {
                    assert_eq!(came.direction, goes.direction);
                    assert_eq!(came.ptime_ms, goes.ptime_ms);
                    assert_eq!(came.formats.len(), goes.formats.len());
                }
            }
            (Ok(Carried::Fax(_)), Ok(Carried::Fax(_))) | (Err(_), _) => {}
            (came, goes) => panic!("{came:?} became {goes:?}"),
        }
        let formats = [Format::pcma(), Format::pcmu(), Format::telephone_event(101)];
        if let Ok(answer) = sdp::answer(&description, &local, &formats) {
            let answer = Description::parse(&answer).expect("our own");
            answer.carried().expect("an answer has audio");
        }
        Description::parse(&sdp::offer(&local, Direction::SendRecv, &formats)).expect("our own");
    }
}

/// A datagram gives no more than it holds, and a report is written again as what was read.
pub(crate) fn rtcp(bytes: &[u8]) {
    let mut count = 0;
    for part in rtcp::parts(bytes) {
        count += 1;
        let (ssrc, sender, blocks) = match part {
            Part::SenderReport(sender, blocks) => (sender.ssrc, Some(sender), blocks),
            Part::ReceiverReport { ssrc, blocks } => (ssrc, None, blocks),
            Part::Bye(sources) => {
                assert!(sources.iter().count() < 32);
                continue;
            }
            Part::Other(_) => continue,
        };
        let told: Vec<_> = blocks.iter().collect();
        let mut written = Vec::new();
        rtcp::write_report(&mut written, ssrc, sender.as_ref(), &told, "name");
        let (again, blocks) = match rtcp::parts(&written).next() {
            Some(Part::SenderReport(sender, blocks)) => (Some(sender), blocks),
            Some(Part::ReceiverReport { blocks, .. }) => (None, blocks),
            other => panic!("{other:?}"),
        };
        assert_eq!(again, sender);
        assert!(blocks.iter().eq(told));
    }
    assert!(count <= bytes.len() / 4);
}
