//! Records made from a seed.

#![allow(dead_code, reason = "not every test binary uses all of it")]

use cpd_store::Uuid;
use cpd_store::calls::Call;
use cpd_store::desk;
use cpd_store::record::Record;
use cpd_store::recordings::Recording;
use cpd_store::webhooks::Event;
use serde_json::json;

/// 2026-11-18T13:06:40Z.
pub(crate) const NOW: i64 = 1_795_007_200_000;

/// Random numbers by a seed (SplitMix64, Vigna).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// The tenant of a number.
pub(crate) fn tenant(number: u64) -> Uuid {
    Uuid::from_u128(0x7e4a_0000_0000_4000_8000_0000_0000_0000 | u128::from(number))
}

/// A call that began then, with an id of its own time as the service makes it.
pub(crate) fn record(random: &mut Random, began_ms: i64) -> Record {
    let time = u128::try_from(began_ms).unwrap() << 80;
    let noise = (u128::from(random.next()) << 64 | u128::from(random.next())) & ((1 << 74) - 1);
    let id = Uuid::from_u128(time | 7 << 76 | (noise >> 62) << 64 | 2 << 62 | noise & ((1 << 62) - 1));
    let tenant_id = tenant(random.below(4));
    let class = random.one_of(&[
        None,
        Some("human"),
        Some("machine.greeting"),
        Some("machine.operator.mailbox"),
        Some("network.number.unassigned"),
        Some("signal.busy"),
    ]);
    let answered = random.below(3) > 0;
    let length_ms = i32::try_from(random.below(90_000)).unwrap() + 3_000;
    let call = Call {
        id,
        began_ms,
        tenant_id,
        node: "a".to_owned(),
        name: id.simple().to_string(),
        dialer: random.one_of(&["vici", "east", "west"]).to_owned(),
        carrier: Some(random.one_of(&["main", "spare"]).to_owned()),
        caller: format!("7495{:07}", random.below(10_000_000)),
        callee: format!("79{:09}", random.below(1_000_000_000)),
        reference: Some(format!("{:x}", random.next())),
        campaign: random
            .one_of(&[None, Some("autumn"), Some("debts")])
            .map(str::to_owned),
        class: class.map(str::to_owned),
        phase: class.map(|_| if answered { "answered" } else { "early" }.to_owned()),
        confidence: class.map(|_| 0.75),
        prompt: None,
        operator: random.one_of(&[None, Some("north")]).map(str::to_owned),
        status: (random.below(5) == 0).then_some(486),
        ended_by: random.one_of(&["callee", "caller", "service"]).to_owned(),
        q850: 16,
        decided_ms: class.map(|_| 2_800),
        answered_ms: answered.then_some(2_000),
        connected_ms: (answered && random.below(2) == 0).then_some(2_900),
        held_ms: 900,
        length_ms,
        deaf: None,
        recorded: random.below(2) == 0,
        library: 3,
        own_library: 1,
        detail: json!({
            "tellings": [
                { "at_ms": 400, "what": "ringback" },
                { "at_ms": 2_000, "what": "answer" },
                { "at_ms": 2_800, "what": class, "why": "a greeting of one person, then silence" },
            ],
            "media": { "codec": "PCMA", "lost": random.below(9), "packets": length_ms / 20 },
            "messages": ["INVITE", "100", "183", "200", "ACK", "BYE", "200"],
        }),
    };
    let recording = call.recorded.then(|| Recording {
        call_id: id,
        tenant_id,
        began_ms,
        node: "a".to_owned(),
        path: format!("2026/11/18/{}.wav", call.name),
        length_ms,
        cut: false,
        expires_ms: None,
    });
    let event = Event {
        id: Uuid::from_u128(id.as_u128() ^ 1),
        tenant_id,
        kind: "call.ended".to_owned(),
        payload: json!({ "id": id, "class": class }),
        created_ms: began_ms + i64::from(length_ms),
        fanned: false,
    };
    Record {
        call,
        recording,
        events: vec![event],
    }
}

/// A request of the desk.
pub(crate) fn request(tenant: Uuid, contact: Uuid, serial: u64) -> desk::requests::Request {
    desk::requests::Request {
        id: Uuid::now_v7(),
        tenant_id: tenant,
        serial: i64::try_from(serial).unwrap(),
        number: serial.to_string(),
        topic: "t".to_owned(),
        kind: "incident".to_owned(),
        priority: "normal".to_owned(),
        state: "registered".to_owned(),
        door: "portal".to_owned(),
        component: String::new(),
        suggestion: false,
        contract: true,
        contact_id: contact,
        chosen: serde_json::json!([]),
        assignee: None,
        mass_id: None,
        survivor: None,
        follows: None,
        perhaps: None,
        call_id: None,
        evidence: None,
        unanswered: true,
        due_ms: None,
        next_ms: None,
        events: 0,
        created_ms: NOW,
        changed_ms: NOW,
    }
}

/// A message of a request.
pub(crate) fn message(request: &desk::requests::Request) -> desk::messages::Message {
    desk::messages::Message {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        request_id: request.id,
        at_ms: NOW,
        side: "public".to_owned(),
        from: "customer".to_owned(),
        person: Some(request.contact_id),
        name: "C".to_owned(),
        door: "portal".to_owned(),
        text: "x".to_owned(),
        rest: String::new(),
        automated: false,
        unverified: false,
        origin: None,
        mail_id: None,
    }
}

/// A file of a message.
pub(crate) fn file(request: &desk::requests::Request, message: Uuid) -> desk::files::File {
    desk::files::File {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        request_id: Some(request.id),
        message_id: Some(message),
        by: "user:1".to_owned(),
        name: "a.png".to_owned(),
        kind: "image/png".to_owned(),
        size: 1,
        width: Some(1),
        height: Some(1),
        data: vec![1],
        created_ms: NOW,
    }
}

/// Something that goes out for a request.
pub(crate) fn outgoing(request: &desk::requests::Request) -> desk::outgoing::Outgoing {
    desk::outgoing::Outgoing {
        id: Uuid::now_v7(),
        tenant_id: request.tenant_id,
        request_id: request.id,
        message_id: None,
        kind: "receipt".to_owned(),
        door: "email".to_owned(),
        address: "a@example.com".to_owned(),
        payload: serde_json::json!({}),
        state: "waiting".to_owned(),
        attempts: 0,
        next_ms: NOW,
        error: None,
        origin: None,
        created_ms: NOW,
        ended_ms: None,
    }
}
