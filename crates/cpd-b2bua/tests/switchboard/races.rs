//! Many calls, with both ends doing something at random moments: every call ends, and nothing is left over.

use cpd_detect::Class;
use cpd_sip::Fact;
use cpd_sip::message::{Message, Method, Name};

use crate::stage::*;

/// splitmix64 (Steele and others, 2014).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

#[test]
fn whatever_both_ends_do_every_call_ends() {
    let seeds = match std::env::var("RACES_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..300).collect::<Vec<u64>>(),
    };
    for seed in seeds {
        play(seed);
    }
}

fn play(seed: u64) {
    let mut random = Seeded(seed);
    let mut setup = Setup::default();
    if random.below(2) == 0 {
        setup.policy.hold = Some(std::time::Duration::from_millis(500));
    }
    let mut stage = Stage::new(setup);
    stage.invite("79161234567", |invite| {
        if seed.is_multiple_of(5) {
            invite.set_body("", b"");
        }
    });
    let call = stage.call.unwrap();
    let mut dialer = None;
    let mut callee = None;
    for _ in 0..12 {
        stage.pass(random.below(40));
        while let Some(fact) = stage.take(CARRIER, |fact| matches!(fact, Fact::Invited { .. })) {
            if let Fact::Invited { dialog, .. } = fact {
                callee = Some(dialog);
            }
        }
        if let Some(Fact::Answered {
            dialog, ack_wanted, ..
        }) = stage.take(DIALER, |fact| matches!(fact, Fact::Answered { .. }))
        {
            dialer = Some(dialog);
            if ack_wanted {
                let answer = offer();
                stage.act(DIALER, |endpoint, now| {
                    let _ = endpoint.ack(now, dialog, "application/sdp", answer.as_bytes());
                });
            }
        }
        // Requests that came through are answered, sooner or later.
        for end in [DIALER, CARRIER] {
            if random.below(2) == 0
                && let Some(Fact::Request { server, request, .. }) =
                    stage.take(end, |fact| matches!(fact, Fact::Request { .. }))
            {
                let mut draft = Message::response(200, "");
                if request.header(Name::CONTENT_TYPE).is_some() {
                    draft.set_body("application/sdp", offer().as_bytes());
                }
                stage.act(end, |endpoint, now| {
                    let _ = endpoint.respond(now, server, &draft);
                });
            }
        }
        match random.below(10) {
            0 => stage.act(DIALER, |endpoint, now| {
                let _ = endpoint.cancel(now, call, b"");
            }),
            1 | 2 => {
                if let Some(dialog) = callee {
                    let mut draft = Message::response(183, "");
                    draft.set_body("application/sdp", sdp("192.0.2.3", 5000).as_bytes());
                    stage.act(CARRIER, |endpoint, now| {
                        let _ = endpoint.answer(now, dialog, &draft);
                    });
                }
            }
            3 | 4 => {
                if let Some(dialog) = callee {
                    let mut draft = Message::response(200, "");
                    draft.set_body("application/sdp", sdp("192.0.2.3", 5000).as_bytes());
                    stage.act(CARRIER, |endpoint, now| {
                        let _ = endpoint.answer(now, dialog, &draft);
                    });
                }
            }
            5 => {
                if let Some(dialog) = callee {
                    stage.act(CARRIER, |endpoint, now| {
                        let _ = endpoint.answer(now, dialog, &Message::response(486, ""));
                    });
                }
            }
            6 => stage.verdict(Class::Machine, 0.95, true),
            7 => {
                for (end, dialog) in [(DIALER, dialer), (CARRIER, callee)] {
                    let Some(dialog) = dialog else { continue };
                    let mut draft = Message::request(Method::Invite, b"");
                    draft.set_body("application/sdp", sdp("192.0.2.9", 6000).as_bytes());
                    stage.act(end, |endpoint, now| {
                        let _ = endpoint.request(now, dialog, &draft);
                    });
                }
            }
            8 => {
                if let Some(dialog) = dialer {
                    stage.act(DIALER, |endpoint, now| {
                        let _ = endpoint.bye(now, dialog, None);
                    });
                }
            }
            _ => {
                if let Some(dialog) = callee {
                    stage.act(CARRIER, |endpoint, now| {
                        let _ = endpoint.bye(now, dialog, None);
                    });
                }
            }
        }
    }
    let ladder = stage.ladder.clone();
    let left = stage.leaks();
    assert_eq!(left, "", "seed {seed}\n{ladder}");
    assert_eq!(stage.reports.len(), 1, "seed {seed}\n{ladder}");
}
