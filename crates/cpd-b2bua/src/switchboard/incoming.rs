//! A dialer's INVITE: whose it is, whether it is taken, what it is begun with.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use cpd_call::{Call, Deaf, Fork, Leg, Mode, Plan};
use cpd_media::sdp::Description;
use cpd_sip::digest::Algorithm;
use cpd_sip::endpoint::DialogId;
use cpd_sip::headers::Auth;
use cpd_sip::message::{Message, Name};
use cpd_sip::transport::Flow;
use cpd_sip::{Endpoint, Uri};

use super::bridge::{Bridge, CalleeLeg, CallerLeg, Described, Numbers, Target};
use super::{Media, Notice, Switchboard, Whose, describe};
use crate::dialect::{Hears, Overrides};
use crate::media::{ListenPlan, OpenPlan, Purpose, RecordPlan, SessionId};
use crate::script::Change;
use crate::trunk::Dialer;
use crate::trunk::number::Number;

/// What a call gets that comes when there is no room: the other nodes may take it.
const RETRY_FULL_S: u32 = 5;
/// And while we drain.
const RETRY_DRAINING_S: u32 = 30;
/// The most places that one call is sent to, one after the other.
const TARGETS_MAX: usize = 8;

/// Why a call is not taken.
pub(super) struct Refusal {
    status: u16,
    why: &'static str,
    detail: Option<String>,
    headers: Vec<(Name<'static>, Vec<u8>)>,
}

impl Refusal {
    fn new(status: u16, why: &'static str) -> Refusal {
        Refusal {
            status,
            why,
            detail: None,
            headers: Vec::new(),
        }
    }

    fn retry(after_s: u32, why: &'static str) -> Refusal {
        Refusal {
            headers: vec![(Name::RETRY_AFTER, after_s.to_string().into_bytes())],
            ..Refusal::new(503, why)
        }
    }

    /// Words for the engineer who looks into the trace (RFC 3261, 20.43).
    fn warning(status: u16, why: &'static str, words: &str) -> Refusal {
        let text = words.replace(['"', '\\'], "'");
        Refusal {
            headers: vec![(Name::WARNING, format!("399 smartcpd \"{text}\"").into_bytes())],
            detail: Some(words.to_owned()),
            ..Refusal::new(status, why)
        }
    }
}

impl<M: Media> Switchboard<M> {
    pub(super) fn on_invited(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        request: Message,
        flow: Flow,
    ) {
        let dialer = match self.recognise(now, &request, flow) {
            Ok(dialer) => dialer,
            Err(refusal) => return self.refuse(now, endpoint, dialog, None, refusal),
        };
        // The script of a trunk without room is not asked.
        if self.check_room(&dialer).is_ok() && self.ask_script(dialog, &request, flow, &dialer) {
            return;
        }
        self.take_or_refuse(now, endpoint, dialog, request, flow, &dialer, None);
    }

    #[allow(clippy::too_many_arguments, reason = "everything that an INVITE came with")]
    pub(super) fn take_or_refuse(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        request: Message,
        flow: Flow,
        dialer: &Arc<Dialer>,
        change: Option<&Change>,
    ) {
        match self.take(now, dialog, request, flow, dialer, change) {
            Ok(id) => {
                self.figures.begun += 1;
                self.perform(now, endpoint, id);
            }
            Err(refusal) => self.refuse(now, endpoint, dialog, Some(dialer), refusal),
        }
    }

    fn refuse(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        dialog: DialogId,
        dialer: Option<&Dialer>,
        refusal: Refusal,
    ) {
        let mut draft = Message::response(refusal.status, "");
        for (name, value) in &refusal.headers {
            draft.push(*name, value);
        }
        // A caller that has given up meanwhile needs no refusal.
        let _ = endpoint.answer(now, dialog, &draft);
        // A first INVITE without credentials is how every call with digest begins.
        if refusal.status != 401 {
            self.figures.refused += 1;
            self.notify(Notice::Refused {
                dialer: dialer.map(|dialer| Arc::from(&*dialer.id)),
                status: refusal.status,
                why: refusal.why,
                detail: refusal.detail,
            });
        }
    }

    /// Whose call it is: by the address, and by a user's secret where the trunk wants one.
    fn recognise(&mut self, now: Instant, request: &Message, flow: Flow) -> Result<Arc<Dialer>, Refusal> {
        let settings = Arc::clone(&self.settings);
        let mut plain = None;
        let mut asked: Vec<Algorithm> = Vec::new();
        let mut stale = false;
        let named = |name: &[u8]| {
            let mut auths = request
                .all(Name::AUTHORIZATION)
                .filter_map(|value| Auth::parse(value).ok());
            auths.any(|auth| auth.params.get("username").as_deref() == Some(name))
        };
        for dialer in settings.dialers_at(flow.remote.ip()) {
            let Some(user) = &dialer.user else {
                plain.get_or_insert(dialer);
                continue;
            };
            for &algorithm in &dialer.digest {
                if !asked.contains(&algorithm) {
                    asked.push(algorithm);
                }
            }
            if !named(&user.name) {
                continue;
            }
            let secret = |name: &[u8]| (name == user.name).then(|| user.secret.clone());
            match self.digest.check(now, request, secret) {
                Ok(accepted) if dialer.digest.contains(&accepted.algorithm) => return Ok(Arc::clone(dialer)),
                // A proof by what was not asked for: it is asked again.
                Ok(_) => {}
                Err(refusal) => stale |= refusal.is_stale(),
            }
        }
        match plain {
            Some(dialer) => Ok(Arc::clone(dialer)),
            None if !asked.is_empty() => {
                let lines = self.digest.challenge_by(now, stale, &asked);
                Err(Refusal {
                    headers: lines
                        .into_iter()
                        .map(|line| (Name::WWW_AUTHENTICATE, line))
                        .collect(),
                    ..Refusal::new(401, "no credentials")
                })
            }
            None => Err(Refusal::new(403, "no trunk has this address")),
        }
    }

    fn take(
        &mut self,
        now: Instant,
        dialog: DialogId,
        request: Message,
        flow: Flow,
        dialer: &Arc<Dialer>,
        change: Option<&Change>,
    ) -> Result<u64, Refusal> {
        let settings = Arc::clone(&self.settings);
        self.check_room(dialer)?;
        if request.max_forwards() == Some(0) {
            return Err(Refusal::new(483, "too many hops"));
        }
        let mut numbers = Numbers::of(&request, dialer)?;
        let emergency = self.is_emergency(&numbers);
        let change = change.filter(|_| !emergency);
        if let Some(status) = change.and_then(|change| change.reject) {
            return Err(Refusal::new(status, "script"));
        }
        if let Some(number) = change.and_then(|change| change.number.as_ref()) {
            numbers.callee = Number::new(number.as_bytes());
        }
        let targets = self.targets(
            now,
            dialer,
            &numbers.callee,
            change.and_then(|change| change.carrier.as_deref()),
        )?;
        let offer = describe::of(&request).map(<[u8]>::to_vec);
        if let Some(offer) = &offer {
            let cannot = |words: &str| Refusal::warning(488, "media cannot be carried", words);
            let description = Description::parse(offer).map_err(|bad| cannot(&bad.to_string()))?;
            description.carried().map_err(|why| cannot(&why.to_string()))?;
        }

        let wishes = dialer.dialects.read(&request);
        let mut overrides = wishes.overrides();
        if let Some(change) = change {
            // The trunk's own script has the last word.
            overrides.merge(change.overrides.clone());
        }
        let mut policy = Arc::clone(&dialer.policy);
        if overrides != Overrides::default() {
            overrides.apply(Arc::make_mut(&mut policy));
        }
        let profile = overrides.profile.as_ref().and_then(|wanted| {
            let mut named = dialer.profiles.iter();
            named.find(|(name, _)| name == wanted).map(|(_, profile)| profile)
        });
        let deaf = match () {
            () if emergency => Some(Deaf::Emergency),
            () if !policy.listens() => Some(Deaf::Policy),
            () if settings.hearing_of(dialer).is_none() => Some(Deaf::Library),
            () if self.figures.listeners >= settings.listeners_max => Some(Deaf::Overload),
            () => None,
        };
        let listen = settings
            .hearing_of(dialer)
            .filter(|_| deaf.is_none())
            .map(|shared| ListenPlan {
                shared: shared.clone(),
                profile: profile.unwrap_or(&dialer.profile).clone(),
                purpose: match policy.mode {
                    Mode::Production => Purpose::Act,
                    Mode::DataCollection | Mode::Initial => Purpose::Collect,
                },
                record: (!dialer.record.max.is_zero()).then(|| RecordPlan {
                    ms_max: u32::try_from(dialer.record.max.as_millis()).unwrap_or(u32::MAX),
                }),
            });

        let hears = match deaf {
            Some(_) => Hears::default(),
            None => Hears::of(&policy),
        };

        let id = self.next;
        let listened = listen.is_some();
        let network = |remote: SocketAddr| {
            self.media.network(remote.is_ipv6()).ok_or_else(|| {
                Refusal::warning(488, "no media network", "no media network of this IP version")
            })
        };
        let caller_network = network(flow.remote)?;
        // Most calls are sent to one place alone, or to places of one IP version; see `dial` for the others.
        let callee_network = network(targets[0].flow.remote)?;
        let plan = OpenPlan {
            caller_network,
            callee_network,
            listen,
        };
        let media = self.media.open(SessionId(id), plan).map_err(|error| Refusal {
            detail: Some(error.to_string()),
            ..Refusal::retry(RETRY_FULL_S, "no media ports")
        })?;
        self.next += 1;

        let name: Arc<str> = format!("{:016x}{:016x}", self.random.next(), self.random.next()).into();
        let call = Call::new(
            now,
            Plan {
                policy,
                targets: targets.len(),
                emergency,
                consults: dialer
                    .script
                    .as_ref()
                    .is_some_and(|script| script.hears_verdicts()),
                unholdable: offer.is_none(),
                deaf,
            },
        );
        let bridge = Bridge {
            id,
            name: Arc::clone(&name),
            call,
            settings,
            dialer: Arc::clone(dialer),
            wishes,
            hears,
            invite: request,
            numbers,
            targets,
            caller: CallerLeg {
                dialog,
                host: flow.remote.ip(),
                side: Described::default(),
                rings: false,
                early_media: false,
                connected: false,
                results_wait: false,
                unsaid: VecDeque::new(),
                ack_for: None,
                prack_for: None,
            },
            callee: CalleeLeg {
                network: callee_network,
                ..CalleeLeg::default()
            },
            media,
            listened,
            heard: None,
            queued: None,
        };
        self.bridges.insert(id, Box::new(bridge));
        *self.by_dialer.entry(dialer.id.clone()).or_default() += 1;
        self.figures.listeners += usize::from(listened);
        self.dialogs.insert(dialog, (id, Whose::Caller));
        self.notify(Notice::Began {
            call: name,
            dialer: Arc::from(&*dialer.id),
        });
        Ok(id)
    }

    fn check_room(&self, dialer: &Dialer) -> Result<(), Refusal> {
        if self.draining {
            return Err(Refusal::retry(RETRY_DRAINING_S, "draining"));
        }
        if self.bridges.len() >= self.settings.calls_max {
            return Err(Refusal::retry(RETRY_FULL_S, "too many calls"));
        }
        if self
            .by_dialer
            .get(&dialer.id)
            .is_some_and(|&own| own >= dialer.calls_max)
        {
            return Err(Refusal::retry(RETRY_FULL_S, "too many calls of this trunk"));
        }
        Ok(())
    }

    /// The places that a call is sent to; those of a carrier that a script prefers come first.
    fn targets(
        &mut self,
        now: Instant,
        dialer: &Dialer,
        callee: &Number,
        preferred: Option<&str>,
    ) -> Result<Vec<Target>, Refusal> {
        let unrouted = || Refusal::warning(500, "no route", "no carrier is configured for this number");
        let route = dialer.route(callee).ok_or_else(unrouted)?;
        let gateways = &self.gateways;
        let random = &mut self.random;
        let mut choices = route.choices(
            |carrier, place| gateways.is_down(&carrier.id, &carrier.gateways[place].uri),
            &mut |bound| random.below(bound),
        );
        if let Some(preferred) = preferred {
            choices.sort_by_key(|choice| choice.carrier.id != preferred);
        }
        let mut targets = Vec::new();
        for choice in choices {
            let uri = &choice.carrier.gateways[choice.gateway].uri;
            for (protocol, remote) in self.gateways.places(now, uri) {
                targets.extend(self.local(protocol, remote).map(|flow| Target {
                    carrier: Arc::clone(&choice.carrier),
                    gateway: choice.gateway,
                    flow,
                }));
            }
        }
        // One of an IP version without media could be called and not be heard; where there is no other, that is said.
        let carries = |target: &Target| self.media.network(target.flow.remote.is_ipv6()).is_some();
        if targets.iter().any(carries) {
            targets.retain(carries);
        }
        targets.truncate(TARGETS_MAX);
        if targets.is_empty() {
            return Err(Refusal::warning(
                500,
                "no gateway",
                "no gateway of the carrier has a known address",
            ));
        }
        Ok(targets)
    }

    /// The caller's first description goes to the media threads; the carrier gets ours.
    pub(super) fn offer(&mut self, id: u64) -> Option<Vec<u8>> {
        let bridge = self.bridges.get_mut(&id)?;
        let offer = describe::of(&bridge.invite)?.to_vec();
        // It was read before the call was taken.
        describe::pass(
            &mut self.media,
            &mut self.random,
            bridge,
            Leg::Caller,
            Fork(0),
            &offer,
        )
        .ok()
    }
}

impl Numbers {
    pub(super) fn of(request: &Message, dialer: &Dialer) -> Result<Numbers, Refusal> {
        let unread = |why| Refusal::new(400, why);
        let uri = Uri::parse(request.uri()).map_err(|_| unread("request uri"))?;
        let dialled = Number::new(uri.number());
        if dialled.as_bytes().is_empty() {
            return Err(Refusal::new(484, "no number"));
        }
        let from = request.from().map_err(|_| unread("from"))?;
        let caller = from
            .uri()
            .map(|uri| Number::new(uri.number()))
            .unwrap_or_default();
        Ok(Numbers {
            callee: dialled.rewritten(&dialer.callee),
            caller: caller.rewritten(&dialer.caller),
            dialled,
        })
    }
}
