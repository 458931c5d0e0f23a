//! Where events come together and are read from.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cpd_b2bua::node::Status;
use cpd_b2bua::switchboard::{CallReport, Notice};
use cpd_b2bua::trunk::number::Number;
use cpd_call::{Phase, Telling, Told};
use cpd_store::Uuid;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::figures::{Counts, Figures, Gateway, Trunk};
use crate::serve::config::owned::OWNER_END;

/// Events that are kept: 16,384, some 6 MB, ten seconds of five hundred calls a second.
const EVENTS_MAX: usize = 16_384;
/// Calls that are remembered as open: notices of their end can be lost.
const OPEN_MAX: usize = 65_536;
/// How long a call is taken to stand at most, ms: the end of one that is older was lost.
const OPEN_MS_MAX: i64 = 24 * 3_600_000;
/// Owners with figures of their own.
const OWNERS_MAX: usize = 4_096;

/// Whose something is: a customer by its short name; none: the service itself.
pub(crate) type Owner = Option<Arc<str>>;

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Event {
    /// Counts up by one. The first of a process is above all of those before it, as long as they had less than a million a
    /// second: it is the time, in µs.
    pub(crate) seq: u64,
    /// Unix time, ms.
    pub(crate) at_ms: i64,
    pub(crate) owner: Owner,
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum What {
    Began {
        call: Arc<str>,
        dialer: Arc<str>,
    },
    Told {
        call: Arc<str>,
        telling: Box<Telling>,
    },
    Ended(Box<Ended>),
    Refused {
        dialer: Option<Arc<str>>,
        status: u16,
        why: &'static str,
    },
    Gateway {
        carrier: Arc<str>,
        uri: String,
        up: bool,
    },
    Registration {
        carrier: Arc<str>,
        registered: bool,
    },
    /// Of a stream of sound; the data is what its dialer is told.
    Stream {
        kind: &'static str,
        data: Value,
    },
}

/// What is told of a call that is over.
#[derive(Debug)]
pub(crate) struct Ended {
    id: Option<Uuid>,
    call: Arc<str>,
    dialer: Arc<str>,
    carrier: Option<Arc<str>>,
    caller: Number,
    callee: Number,
    campaign: Option<String>,
    reference: Option<String>,
    class: Option<&'static str>,
    phase: Option<Phase>,
    confidence: Option<f32>,
    status: Option<u16>,
    ended_by: &'static str,
    answered_ms: Option<u64>,
    length_ms: u64,
}

impl What {
    /// Its kind, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            What::Began { .. } => "call.began",
            What::Told { .. } => "call.told",
            What::Ended(_) => "call.ended",
            What::Refused { .. } => "call.refused",
            What::Gateway { .. } => "gateway",
            What::Registration { .. } => "registration",
            What::Stream { kind, .. } => kind,
        }
    }

    /// As JSON; `numbers`: telephone numbers in full.
    pub(crate) fn data(&self, numbers: bool) -> Value {
        match self {
            What::Began { call, dialer } => json!({ "name": &**call, "dialer": &**dialer }),
            What::Told { call, telling } => {
                let confidence = match &telling.told {
                    Told::Verdict { confidence, .. } => Some(rounded(*confidence)),
                    _ => None,
                };
                json!({
                    "name": &**call,
                    "seq": telling.seq,
                    "phase": phase(telling.phase),
                    "t_ms": telling.t_ms,
                    "class": telling.told.class().map(|class| class.as_str()),
                    "confidence": confidence,
                    "event": event(&telling.told),
                })
            }
            What::Ended(ended) => ended.data(numbers),
            What::Refused { dialer, status, why } => {
                json!({ "dialer": dialer.as_deref(), "status": status, "why": why })
            }
            What::Gateway { carrier, uri, up } => json!({ "carrier": &**carrier, "uri": uri, "up": up }),
            What::Registration { carrier, registered } => {
                json!({ "carrier": &**carrier, "registered": registered })
            }
            What::Stream { data, .. } => data.clone(),
        }
    }
}

impl Ended {
    fn data(&self, numbers: bool) -> Value {
        let number = |number: &Number| {
            if numbers {
                number.reveal()
            } else {
                number.to_string()
            }
        };
        json!({
            "id": self.id,
            "name": &*self.call,
            "dialer": &*self.dialer,
            "carrier": self.carrier.as_deref(),
            "caller": number(&self.caller),
            "callee": number(&self.callee),
            "campaign": self.campaign,
            "reference": self.reference,
            "class": self.class,
            "phase": self.phase.map(phase),
            "confidence": self.confidence.map(rounded),
            "status": self.status,
            "ended_by": self.ended_by,
            "answered_ms": self.answered_ms,
            "length_ms": self.length_ms,
        })
    }
}

/// A thousandth is more than anybody reads.
fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1_000.0).round() / 1_000.0
}

/// As the list of calls has it.
fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Pre => "early",
        Phase::Post => "answered",
    }
}

fn event(told: &Told) -> Option<&'static str> {
    match told {
        Told::SpeechStart => Some("speech_start"),
        Told::GreetingEnd => Some("greeting_end"),
        Told::Beep(_) => Some("beep"),
        Told::Verdict { .. } | Told::NoVerdict(_) => None,
    }
}

/// What is known of the node itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) listeners_max: u64,
}

/// A part of the events.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Those that one sees, oldest first.
    pub(crate) events: Vec<Arc<Event>>,
    /// Where to read on.
    pub(crate) next: u64,
    /// Events between where one wanted to go on and the first that is still there were lost.
    pub(crate) lost: bool,
}

/// Figures of each second, for all and by owner.
#[derive(Debug, Default)]
struct Second {
    whole: Arc<Figures>,
    owners: BTreeMap<Arc<str>, Arc<Figures>>,
    /// What an owner has of whom nothing is known.
    none: Figures,
}

/// Takes what happens and lets it be read.
#[derive(Debug)]
pub(crate) struct Hub {
    inner: Mutex<Inner>,
    /// The last event's number.
    last: watch::Sender<u64>,
    second: watch::Sender<Arc<Second>>,
}

#[derive(Debug)]
struct Inner {
    node: Node,
    ring: VecDeque<Arc<Event>>,
    next: u64,
    open: HashMap<Arc<str>, Open>,
    whole: Counts,
    owners: BTreeMap<Arc<str>, Counts>,
    registered: BTreeMap<Arc<str>, bool>,
}

#[derive(Debug)]
struct Open {
    dialer: Arc<str>,
    began_ms: i64,
}

impl Hub {
    /// A hub that begins now (Unix time, ms).
    pub(crate) fn new(now_ms: i64, node: Node) -> Arc<Hub> {
        let next = u64::try_from(now_ms).unwrap_or(0).saturating_mul(1_000);
        Arc::new(Hub {
            inner: Mutex::new(Inner {
                node,
                ring: VecDeque::new(),
                next,
                open: HashMap::new(),
                whole: Counts::default(),
                owners: BTreeMap::new(),
                registered: BTreeMap::new(),
            }),
            last: watch::Sender::new(next.saturating_sub(1)),
            second: watch::Sender::default(),
        })
    }

    /// Something happened; of a call that is over [`ended`](Hub::ended) tells, when its record is made.
    pub(crate) fn on_notice(&self, at_ms: i64, notice: &Notice) {
        match notice {
            Notice::Began { call, dialer } => self.began(at_ms, call, dialer),
            Notice::Told { call, telling } => self.told(at_ms, call, telling),
            Notice::Refused {
                dialer, status, why, ..
            } => self.refused(at_ms, dialer.as_ref(), *status, why),
            Notice::Gateway { carrier, uri, up } => self.gateway(at_ms, carrier, uri, *up),
            Notice::Registration { carrier, registered } => self.registration(at_ms, carrier, *registered),
            Notice::Ended(_) | Notice::ScriptFailed(_) | Notice::Locate { .. } => {}
        }
    }

    /// A call began.
    pub(crate) fn began(&self, at_ms: i64, call: &Arc<str>, dialer: &Arc<str>) {
        let owner = owner(dialer);
        let mut inner = self.inner();
        inner.whole.began();
        if let Some(counts) = inner.counts(&owner) {
            counts.began();
        }
        if inner.open.len() < OPEN_MAX {
            let open = Open {
                dialer: Arc::clone(dialer),
                began_ms: at_ms,
            };
            inner.open.insert(Arc::clone(call), open);
        }
        let what = What::Began {
            call: Arc::clone(call),
            dialer: Arc::clone(dialer),
        };
        self.push(inner, at_ms, owner, what);
    }

    /// Something was told of a call.
    pub(crate) fn told(&self, at_ms: i64, call: &Arc<str>, telling: &Telling) {
        let inner = self.inner();
        // Whose it is stood where it began; that notice may have been lost.
        let Some(owner) = inner.open.get(call).map(|open| owner(&open.dialer)) else {
            return;
        };
        let what = What::Told {
            call: Arc::clone(call),
            telling: Box::new(telling.clone()),
        };
        self.push(inner, at_ms, owner, what);
    }

    /// A call is over. `id`: what it is found by in the database.
    pub(crate) fn ended(&self, at_ms: i64, report: &CallReport, id: Option<Uuid>) {
        let owner = owner(&report.dialer);
        let record = &report.record;
        let verdict = record.verdict();
        let (mut class, mut confidence) = (None, None);
        if let Some(Told::Verdict {
            class: is,
            confidence: sure,
            ..
        }) = verdict.map(|verdict| &verdict.told)
        {
            (class, confidence) = (Some(is.as_str()), Some(*sure));
        }
        let mut inner = self.inner();
        // A call whose beginning was lost was never counted as standing.
        let known = inner.open.remove(&report.call).is_some();
        let decided = verdict.filter(|_| class.is_some()).map(|verdict| verdict.t_ms);
        inner.whole.now += u64::from(!known);
        inner.whole.ended(at_ms, class, decided);
        if let Some(counts) = inner.counts(&owner) {
            counts.now += u64::from(!known);
            counts.ended(at_ms, class, decided);
        }
        let since = |at: std::time::Instant| at.saturating_duration_since(record.began).as_millis() as u64;
        let ended = Ended {
            id,
            call: Arc::clone(&report.call),
            dialer: Arc::clone(&report.dialer),
            carrier: report.carrier.clone(),
            caller: report.caller.clone(),
            callee: report.callee.clone(),
            campaign: report.campaign.clone(),
            reference: report.reference.clone(),
            class,
            phase: verdict.map(|verdict| verdict.phase),
            confidence,
            status: record.termination.status,
            ended_by: record.termination.by.as_str(),
            answered_ms: record.answered.map(since),
            length_ms: since(record.ended),
        };
        self.push(inner, at_ms, owner, What::Ended(Box::new(ended)));
    }

    /// A call was turned away.
    fn refused(&self, at_ms: i64, dialer: Option<&Arc<str>>, status: u16, why: &'static str) {
        let owner = dialer.and_then(owner);
        let what = What::Refused {
            dialer: dialer.cloned(),
            status,
            why,
        };
        self.push(self.inner(), at_ms, owner, what);
    }

    /// A gateway went down or came back.
    pub(crate) fn gateway(&self, at_ms: i64, carrier: &Arc<str>, uri: &str, up: bool) {
        let what = What::Gateway {
            carrier: Arc::clone(carrier),
            uri: uri.to_owned(),
            up,
        };
        self.push(self.inner(), at_ms, owner(carrier), what);
    }

    /// A registration changed.
    fn registration(&self, at_ms: i64, carrier: &Arc<str>, registered: bool) {
        let mut inner = self.inner();
        inner.registered.insert(Arc::clone(carrier), registered);
        let what = What::Registration {
            carrier: Arc::clone(carrier),
            registered,
        };
        self.push(inner, at_ms, owner(carrier), what);
    }

    /// Something happened to a stream of sound.
    pub(crate) fn stream(&self, at_ms: i64, owner: Owner, kind: &'static str, data: Value) {
        self.push(self.inner(), at_ms, owner, What::Stream { kind, data });
    }

    /// Calls that were listened to in the last second, and the most that are.
    pub(crate) fn room(&self) -> (u64, u64) {
        let heard = self.figures(None).heard.unwrap_or(0);
        (heard, self.inner().node.listeners_max)
    }

    /// A second is over: figures are made. `dialers`: the trunks that calls come from.
    pub(crate) fn tick(&self, at_ms: i64, status: &Status, dialers: &[&str]) {
        let mut inner = self.inner();
        inner.forget_lost(at_ms, status);
        inner.whole.tick(at_ms);
        for counts in inner.owners.values_mut() {
            counts.tick(at_ms);
        }
        inner.owners.retain(|_, counts| !counts.is_quiet());
        let told = inner.figures(at_ms, status, dialers);
        drop(inner);
        self.second.send_replace(Arc::new(told));
    }

    /// The figures of the last second, of all or of one owner.
    pub(crate) fn figures(&self, of: Option<&str>) -> Arc<Figures> {
        let told = Arc::clone(&self.second.borrow());
        match of {
            None => Arc::clone(&told.whole),
            Some(slug) => match told.owners.get(slug) {
                Some(own) => Arc::clone(own),
                None => Arc::new(told.none.clone()),
            },
        }
    }

    /// Tells when something happened.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// The last event's number.
    pub(crate) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Events after a number, of all or of one owner; at most `most` are looked at.
    pub(crate) fn after(&self, seq: u64, of: Option<&str>, most: usize) -> Batch {
        let inner = self.inner();
        let first = inner.ring.front().map_or(inner.next, |event| event.seq);
        let lost = seq.saturating_add(1) < first || seq >= inner.next;
        let from = if lost { first } else { seq + 1 };
        let skip = usize::try_from(from - first).unwrap_or(usize::MAX);
        let looked: Vec<_> = inner.ring.iter().skip(skip).take(most).cloned().collect();
        drop(inner);
        let next = looked.last().map_or(from.saturating_sub(1), |event| event.seq);
        let sees = |event: &Arc<Event>| of.is_none() || event.owner.as_deref() == of;
        Batch {
            events: looked.into_iter().filter(sees).collect(),
            next,
            lost,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Figures that a panic left half-counted are better than none.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, mut inner: MutexGuard<'_, Inner>, at_ms: i64, owner: Owner, what: What) {
        let seq = inner.next;
        inner.next += 1;
        inner.ring.push_back(Arc::new(Event {
            seq,
            at_ms,
            owner,
            what,
        }));
        if inner.ring.len() > EVENTS_MAX {
            inner.ring.pop_front();
        }
        drop(inner);
        self.last.send_replace(seq);
    }
}

impl Inner {
    /// An owner's counts; the service's own trunks are in the whole alone.
    fn counts(&mut self, owner: &Owner) -> Option<&mut Counts> {
        let owner = owner.as_ref()?;
        if self.owners.len() >= OWNERS_MAX && !self.owners.contains_key(owner) {
            return None;
        }
        Some(self.owners.entry(Arc::clone(owner)).or_default())
    }

    /// Calls whose end was lost do not stand for ever.
    fn forget_lost(&mut self, at_ms: i64, status: &Status) {
        let none = status.calls.calls == 0 && status.calls.closing == 0;
        let oldest = at_ms - OPEN_MS_MAX;
        // A notice of a new call may be under way: those of this second stay.
        let stale = |open: &Open| open.began_ms < oldest || (none && open.began_ms < at_ms - 5_000);
        let gone: Vec<_> = self
            .open
            .iter()
            .filter(|(_, open)| stale(open))
            .map(|(call, open)| (Arc::clone(call), owner(&open.dialer)))
            .collect();
        for (call, owner) in gone {
            self.open.remove(&call);
            self.whole.now = self.whole.now.saturating_sub(1);
            if let Some(counts) = self.counts(&owner) {
                counts.now = counts.now.saturating_sub(1);
            }
        }
    }

    fn figures(&self, at_ms: i64, status: &Status, dialers: &[&str]) -> Second {
        let trunks = self.trunks(status, dialers);
        let base = Figures {
            at_ms,
            seq: self.next.saturating_sub(1),
            nodes: vec![self.node.name.clone()],
            ..Figures::default()
        };
        let mut whole = Figures {
            heard: Some(status.calls.listeners as u64),
            listeners_max: Some(self.node.listeners_max),
            trunks: trunks.clone(),
            ..base.clone()
        };
        self.whole.tell(&mut whole);
        let mut owners: BTreeMap<Arc<str>, Figures> = BTreeMap::new();
        for trunk in trunks {
            if let Some(owner) = owner(&Arc::from(trunk.name.as_str())) {
                let own = owners.entry(owner).or_insert_with(|| base.clone());
                own.trunks.push(trunk);
            }
        }
        for (owner, counts) in &self.owners {
            let own = owners.entry(Arc::clone(owner)).or_insert_with(|| base.clone());
            counts.tell(own);
        }
        Second {
            whole: Arc::new(whole),
            owners: owners
                .into_iter()
                .map(|(owner, own)| (owner, Arc::new(own)))
                .collect(),
            none: base,
        }
    }

    fn trunks(&self, status: &Status, dialers: &[&str]) -> Vec<Trunk> {
        let mut calls: BTreeMap<&str, u64> = dialers.iter().map(|name| (*name, 0)).collect();
        for open in self.open.values() {
            *calls.entry(&open.dialer).or_default() += 1;
        }
        let dialers = calls.into_iter().map(|(name, calls)| Trunk {
            name: name.to_owned(),
            kind: "dialer",
            up: true,
            calls: Some(calls),
            registered: None,
            gateways: Vec::new(),
        });
        let mut carriers: BTreeMap<&str, Vec<Gateway>> = BTreeMap::new();
        for (carrier, uri, up) in &status.gateways {
            carriers.entry(carrier).or_default().push(Gateway {
                uri: uri.clone(),
                up: *up,
            });
        }
        let carriers = carriers.into_iter().map(|(name, gateways)| {
            let registered = self.registered.get(name).copied();
            Trunk {
                name: name.to_owned(),
                kind: "carrier",
                up: gateways.iter().any(|gateway| gateway.up) && registered != Some(false),
                calls: None,
                registered,
                gateways,
            }
        });
        dialers.chain(carriers).collect()
    }
}

/// Whose a trunk is.
fn owner(trunk: &Arc<str>) -> Owner {
    trunk.split_once(OWNER_END).map(|(owner, _)| Arc::from(owner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::records::tests::report;

    const NOW: i64 = 1_795_000_000_000;

    fn hub() -> Arc<Hub> {
        let node = Node {
            name: "n1".to_owned(),
            listeners_max: 100,
        };
        Hub::new(NOW, node)
    }

    fn name(text: &str) -> Arc<str> {
        Arc::from(text)
    }

    /// The machine of [`report`], of a customer.
    fn machine(call: &str, dialer: &str) -> CallReport {
        CallReport {
            call: name(call),
            dialer: name(dialer),
            ..report()
        }
    }

    fn kinds(batch: &Batch) -> Vec<&'static str> {
        batch.events.iter().map(|event| event.what.kind()).collect()
    }

    #[test]
    fn a_customer_sees_its_own_and_staff_see_all() {
        let hub = hub();
        let start = hub.last();
        hub.began(NOW, &name("c1"), &name("acme/vici"));
        hub.began(NOW, &name("c2"), &name("other/vici"));
        hub.began(NOW, &name("c3"), &name("vici"));
        let report = machine("c1", "acme/vici");
        hub.told(NOW, &name("c1"), &report.record.tellings[0]);
        hub.ended(NOW, &report, None);
        hub.told(NOW, &name("never begun"), &report.record.tellings[0]);
        let own = hub.after(start, Some("acme"), 100);
        assert_eq!(kinds(&own), ["call.began", "call.told", "call.ended"]);
        assert_eq!(own.next, hub.last());
        assert_eq!(hub.after(start, Some("other"), 100).events.len(), 1);
        assert_eq!(hub.after(start, None, 100).events.len(), 5);
        hub.tick(NOW, &Status::default(), &[]);
        assert_eq!(hub.figures(Some("acme")).verdicts["answer.machine"], 1);
        assert_eq!(
            hub.figures(Some("acme")).decided_ms.p50.map(|ms| ms / 100),
            Some(12)
        );
        assert_eq!(hub.figures(Some("other")).verdicts, BTreeMap::new());
        assert_eq!(
            (hub.figures(Some("other")).calls_now, hub.figures(None).calls_now),
            (1, 2)
        );
        assert_eq!(hub.figures(Some("other")).trunks[0].name, "other/vici");
        assert_eq!(hub.figures(Some("other")).trunks.len(), 1);
        assert_eq!(
            (
                hub.figures(None).listeners_max,
                hub.figures(Some("acme")).listeners_max
            ),
            (Some(100), None)
        );
        assert_eq!(hub.figures(Some("nobody")).nodes, ["n1"]);
    }

    #[test]
    fn numbers_are_masked_unless_they_may_be_seen() {
        let hub = hub();
        hub.ended(NOW, &machine("c1", "acme/vici"), None);
        let event = &hub.after(hub.last() - 1, None, 1).events[0];
        assert_eq!(event.what.data(true)["callee"], "+79161234567");
        let masked = event.what.data(false).to_string();
        assert!(!masked.contains("1234567") && masked.contains('*'), "{masked}");
    }

    #[test]
    fn who_reads_on_gets_each_event_once_and_hears_of_a_loss() {
        let hub = hub();
        let start = hub.last();
        for n in 0..EVENTS_MAX as u64 + 10 {
            let batch = hub.after(start + n, None, 10);
            assert!(batch.events.is_empty() && !batch.lost);
            hub.began(NOW, &name(&n.to_string()), &name("acme/vici"));
        }
        let late = hub.after(start, None, 4);
        assert!(late.lost);
        assert_eq!(late.events[0].seq, start + 11);
        let mut at = late.next;
        let mut seen = late.events.len();
        loop {
            let batch = hub.after(at, None, 1_000);
            assert!(!batch.lost);
            if batch.events.is_empty() {
                break;
            }
            seen += batch.events.len();
            at = batch.next;
        }
        assert_eq!((seen, at), (EVENTS_MAX, hub.last()));
        // A number that was never given out is of another life of the service.
        assert!(hub.after(hub.last() + 1_000, None, 1).lost);
        // Others' events are passed over without being told.
        let others = hub.after(start + 11, Some("other"), 1_000);
        assert_eq!((others.events.len(), others.next), (0, start + 1_011));
    }

    #[test]
    fn a_call_whose_end_was_lost_does_not_stand_for_ever() {
        let hub = hub();
        hub.began(NOW, &name("c1"), &name("acme/vici"));
        hub.tick(NOW + 1_000, &Status::default(), &[]);
        assert_eq!(hub.figures(Some("acme")).calls_now, 1);
        hub.tick(NOW + 6_000, &Status::default(), &[]);
        assert_eq!(
            (hub.figures(Some("acme")).calls_now, hub.figures(None).calls_now),
            (0, 0)
        );
        // And one whose beginning was lost is not taken from the others.
        hub.began(NOW, &name("c2"), &name("acme/vici"));
        hub.ended(NOW, &machine("c3", "acme/vici"), None);
        let standing = Status {
            calls: cpd_b2bua::switchboard::Figures {
                calls: 1,
                ..Default::default()
            },
            ..Status::default()
        };
        hub.tick(NOW + 7_000, &standing, &[]);
        assert_eq!(hub.figures(Some("acme")).calls_now, 1);
    }

    #[test]
    fn a_carrier_is_up_while_a_gateway_answers_and_its_registration_stands() {
        let hub = hub();
        let status = Status {
            gateways: vec![
                ("acme/main".to_owned(), "sip:a".to_owned(), false),
                ("acme/main".to_owned(), "sip:b".to_owned(), true),
                ("other/main".to_owned(), "sip:c".to_owned(), false),
            ],
            ..Status::default()
        };
        hub.tick(NOW, &status, &[]);
        let up = |slug: &str| {
            hub.figures(Some(slug))
                .trunks
                .iter()
                .map(|trunk| trunk.up)
                .collect::<Vec<_>>()
        };
        assert_eq!((up("acme"), up("other")), (vec![true], vec![false]));
        hub.registration(NOW, &name("acme/main"), false);
        hub.tick(NOW, &status, &[]);
        assert_eq!(up("acme"), [false]);
        assert_eq!(hub.figures(Some("acme")).trunks[0].registered, Some(false));
        hub.tick(NOW, &status, &["acme/vici"]);
        assert_eq!(hub.figures(Some("acme")).trunks[0].calls, Some(0));
    }
}
