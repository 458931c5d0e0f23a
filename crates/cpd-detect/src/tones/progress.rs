//! Call-progress tones: ringback, busy and congestion of any country.
//!
//! Bursts with their lines come from [`BurstEar`]; consecutive bursts of the same tone are a train, whose lengths
//! [`Cadences`] weighs against every plan. A kind is told as soon as it is beyond reasonable doubt (a long first burst
//! is ringback after 0.9 s, busy types settle at the second burst), and told again when it changes or becomes clearer.
//! Where a length breaks the cadence heard so far (the network went from ringing to busy) a new train begins there.

use std::sync::Arc;

use super::burst::{BurstEar, Edge, same_tone};
use super::cadence::{Cadences, Opinion, SPANS, Span, VoiceFit, place};
use super::lines::Lines;
use crate::activity::Hearing;
use crate::event::{Event, EventKind, ProgressTone, ToneHeard};
use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::plan::Plans;
use crate::time::{SampleRate, SampleTime};

/// Probability at which a kind (or "busy or congestion") is told.
const SETTLED: f32 = 0.9;
/// How much surer a kind must have become to be told again.
const SURER: f32 = 0.2;
/// How much surer than the kind that was told another must be.
const OTHER_SURER: f32 = 0.15;
/// At most so many tellings a train: first, surer, cadence known, and changes of mind.
const TELLINGS: u8 = 6;
/// Logarithm of the prior odds of a tone that is no call progress.
const NONE_LN: f32 = -2.5;
/// The same after the answer or right after speech, when beeps are about.
const NONE_AMONG_BEEPS_LN: f32 = 1.0;
/// Speech this long ago still makes a beep likely, ms.
const AFTER_SPEECH_MS: u64 = 2_500;
/// A burst this long may be ringback's: shorter than any single ring (800 ms), longer than busy's of most countries.
const LONG_BURST_MS: f32 = 780.0;
/// Two bursts must be heard for so long together: the two of a double ring are 400 ms each.
const SHORT_BURSTS_MS: f32 = 480.0;
/// Cost of the best tone at which the lines are those of no plan, nats.
const FAR_FROM_ALL: f32 = 4.0;
/// The same for busy types: while there are one or two bursts, and later. Clean tones cost less than 0.5, in noise of
/// 5 dB up to 2.
const NEAR: f32 = 1.4;
const NEAR_ENOUGH: f32 = 2.2;
/// Bursts shorter than this, ms, must show three times: syllables are as short.
const SYLLABLE_MS: f32 = 125.0;
/// A burst this long settles a busy type when the next begins; shorter ones when the next has ended.
const SHOWN_ONCE_MS: f32 = 300.0;
/// A pause up to this long, ms, after a burst that many times longer, is a hole.
const HOLE_MS: f32 = 140.0;
const HOLE_IN: f32 = 1.6;
/// A pause this long ends a train, ms: the longest of any plan is 9 s.
const PAUSE_MAX_MS: u64 = 10_500;
/// Lengths of what still lasts at which the plans are weighed again, ms.
const CHECKS_MS: [f32; 8] = [300.0, 600.0, 880.0, 1_100.0, 1_400.0, 1_900.0, 2_600.0, 3_600.0];
/// Lost audio in a row that ends a train, ms.
const LOST_MAX_MS: u64 = 200;

/// Hears call-progress tones.
pub(crate) struct ProgressEar {
    plans: Arc<Plans>,
    cadences: Cadences,
    bursts: BurstEar,
    fit: VoiceFit,
    train: Train,
    told: Option<Told>,
    tellings: u8,
    answered: bool,
    spoken: Option<SampleTime>,
    next_hop: u64,
    lost_since: Option<u64>,
}

/// The bursts and pauses of one tone.
#[derive(Clone, Copy, Debug, Default)]
struct Train {
    spans: [Span; SPANS],
    len: usize,
    /// Beginning of the span that lasts.
    edge: SampleTime,
    /// Beginning of the first burst.
    from: SampleTime,
    /// Whether a burst lasts (or else a pause).
    on: bool,
    /// The burst that lasts began before the audio did.
    cut: bool,
    /// Next of [`CHECKS_MS`].
    check: usize,
    lines: Lines,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    kind: ProgressTone,
    confidence: f32,
    cadence_known: bool,
}

impl ProgressEar {
    /// An ear for the tones of `countries` above all others (all alike, where empty).
    pub(crate) fn new(plans: Arc<Plans>, countries: &[String]) -> ProgressEar {
        ProgressEar {
            cadences: Cadences::new(&plans, countries),
            bursts: BurstEar::new(),
            fit: VoiceFit::new(&plans),
            train: Train::default(),
            told: None,
            tellings: 0,
            answered: false,
            spoken: None,
            next_hop: 0,
            lost_since: None,
            plans,
        }
    }

    /// Hears one hop.
    pub(crate) fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, hearing: &Hearing, events: &mut Events) {
        self.answered |= frame.answered.is_some();
        if hearing.speech > 0.6 && hearing.tone < 0.5 {
            self.spoken = Some(frame.end());
        }
        let jumped = frame.index != self.next_hop && self.next_hop != 0;
        self.next_hop = frame.index + 1;
        if frame.lost > 0.0 || jumped {
            let since = *self.lost_since.get_or_insert(frame.index);
            let lost_ms = (frame.index - since) * 10;
            if jumped || lost_ms > LOST_MAX_MS {
                self.bursts.interrupt();
                self.end_train();
            }
            if frame.lost > 0.0 {
                return;
            }
        }
        self.lost_since = None;
        let edge = self.bursts.hear(frame, peaks);
        match edge {
            Some(Edge::Began { at, cut }) => self.on_began(frame, at, cut, events),
            Some(Edge::Looked) => self.fit.add(&self.plans, self.bursts.lines()),
            Some(Edge::Ended { at, cut }) => self.on_ended(frame, at, cut, events),
            Some(Edge::Withdrawn) => self.end_train(),
            None => self.on_time(frame, events),
        }
    }

    fn on_began(&mut self, frame: &Frame<'_>, at: SampleTime, cut: bool, events: &mut Events) {
        let lines = *self.bursts.lines();
        let follows = self.train.len > 0 && same_tone(&lines, &self.train.lines);
        if !follows {
            self.end_train();
        }
        self.train.lines = lines;
        self.fit.add(&self.plans, &lines);
        if follows && self.bridge(frame.rate, at) {
            return;
        }
        if follows {
            self.close_span(frame.rate, at);
        }
        if self.train.len == 0 {
            self.train.from = at;
        }
        self.train.edge = at;
        self.train.on = true;
        self.train.cut = cut;
        self.train.check = 0;
        self.weigh(frame, events);
    }

    fn on_ended(&mut self, frame: &Frame<'_>, at: SampleTime, cut: bool, events: &mut Events) {
        if cut {
            // Its length is not known, nor is what follows a pause.
            self.bursts.forget();
            self.end_train();
            return;
        }
        if self.fit.least() > FAR_FROM_ALL {
            self.bursts.forget();
            self.end_train();
            return;
        }
        self.close_span(frame.rate, at);
        self.train.edge = at;
        self.train.on = false;
        self.train.cut = false;
        self.train.check = 0;
        self.weigh(frame, events);
    }

    /// Nothing happened: perhaps that says something.
    fn on_time(&mut self, frame: &Frame<'_>, events: &mut Events) {
        if self.train.len == 0 && !self.train.on {
            return;
        }
        let lasts_ms = self.lasts_ms(frame);
        if !self.train.on && lasts_ms > PAUSE_MAX_MS as f32 {
            self.bursts.forget();
            self.end_train();
        } else if CHECKS_MS.get(self.train.check).is_some_and(|&ms| lasts_ms >= ms) {
            self.train.check += 1;
            self.weigh(frame, events);
        }
    }

    /// How long the present burst or pause lasts, ms: the newest audio counts half, being at the window's edge.
    fn lasts_ms(&self, frame: &Frame<'_>) -> f32 {
        let heard = SampleTime((frame.end() - SampleTime(frame.rate.at_ms(16).0)).max(self.train.edge.0));
        length_ms(frame.rate, self.train.edge, heard)
    }

    /// Takes a pause that is too short for the burst before it as a hole in that burst: packets that were lost. No plan
    /// has such a pause after a longer tone.
    fn bridge(&mut self, rate: SampleRate, at: SampleTime) -> bool {
        let train = &mut self.train;
        let pause_ms = length_ms(rate, train.edge, at);
        let Some(burst) = train.len.checked_sub(1).map(|n| train.spans[n]) else {
            return false;
        };
        if pause_ms > HOLE_MS || burst.ms < HOLE_IN * pause_ms {
            return false;
        }
        train.len -= 1;
        train.edge = SampleTime(train.edge - SampleTime((burst.ms * rate.hz() as f32 / 1_000.0) as u64));
        train.on = true;
        train.cut = burst.cut;
        train.check = CHECKS_MS.iter().filter(|&&ms| ms <= burst.ms).count();
        true
    }

    fn close_span(&mut self, rate: SampleRate, at: SampleTime) {
        let train = &mut self.train;
        if train.len == SPANS {
            train.spans.copy_within(2.., 0);
            train.len -= 2;
        }
        train.spans[train.len] = Span {
            ms: length_ms(rate, train.edge, at),
            cut: train.cut,
            lasts: false,
        };
        train.len += 1;
        // Did the plans foresee this length better than nothing at all does?
        let newest = self.train.len - 1;
        if newest == 0 {
            return;
        }
        let plans_ln = |spans: &[Span]| self.cadences.weigh(&self.plans, &self.fit, spans, 0.0).plans_ln;
        let gained = plans_ln(&self.train.spans[..=newest]) - plans_ln(&self.train.spans[..newest]);
        if gained < Cadences::any_ln(&self.train.spans[newest]) - 0.5 {
            self.begin_anew(newest, at);
        }
    }

    /// The cadence broke at span `newest`: what went before is over.
    fn begin_anew(&mut self, newest: usize, at: SampleTime) {
        let train = &mut self.train;
        if newest.is_multiple_of(2) {
            // A burst of another length: the new cadence begins with it.
            train.spans[0] = train.spans[newest];
            train.len = 1;
            train.from = train.edge;
        } else {
            train.len = 0;
            train.from = at;
        }
    }

    fn end_train(&mut self) {
        self.train = Train::default();
        self.fit.clear();
        self.told = None;
        self.tellings = 0;
    }

    fn none_ln(&self, now: SampleTime, rate: SampleRate) -> f32 {
        let spoken = self
            .spoken
            .is_some_and(|spoken| spoken < now && self.train.from - spoken < rate.at_ms(AFTER_SPEECH_MS).0);
        if self.answered || spoken {
            NONE_AMONG_BEEPS_LN
        } else {
            NONE_LN
        }
    }

    /// Weighs the train as it stands and tells what is settled.
    fn weigh(&mut self, frame: &Frame<'_>, events: &mut Events) {
        let mut spans = [Span::default(); SPANS + 1];
        let len = self.train.len;
        spans[..len].copy_from_slice(&self.train.spans[..len]);
        spans[len] = Span {
            ms: self.lasts_ms(frame),
            cut: self.train.on && self.train.cut,
            lasts: true,
        };
        if len == 0 && !self.train.on {
            return;
        }
        let odds = self.none_ln(frame.end(), frame.rate);
        let opinion = self.cadences.weigh(&self.plans, &self.fit, &spans[..=len], odds);
        self.tell(frame, &opinion, spans[len].ms, events);
    }

    fn tell(&mut self, frame: &Frame<'_>, opinion: &Opinion, lasts_ms: f32, events: &mut Events) {
        let [ring, busy, congestion] = opinion.kinds;
        let cost = self.fit.least();
        if cost > FAR_FROM_ALL {
            return;
        }
        let (kind, confidence, runner_up) = if ring >= SETTLED && self.ring_shown(lasts_ms) {
            let other = if busy > congestion {
                (ProgressTone::Busy, busy)
            } else {
                (ProgressTone::Congestion, congestion)
            };
            (ProgressTone::Ringback, ring, other)
        } else if busy + congestion >= SETTLED && self.busy_shown(cost) {
            if busy >= congestion {
                (ProgressTone::Busy, busy, (ProgressTone::Congestion, congestion))
            } else {
                (ProgressTone::Congestion, congestion, (ProgressTone::Busy, busy))
            }
        } else {
            return;
        };
        let cadence_known = self.train.len >= 2;
        let news = match self.told {
            None => true,
            Some(told) if told.kind != kind => confidence > opinion.kinds[place(told.kind)] + OTHER_SURER,
            Some(told) => confidence > told.confidence + SURER || (cadence_known && !told.cadence_known),
        };
        if !news || self.tellings >= TELLINGS {
            return;
        }
        self.told = Some(Told {
            kind,
            confidence,
            cadence_known,
        });
        self.tellings += 1;
        events.push(Event {
            known: frame.end(),
            from: self.train.from,
            confidence,
            kind: EventKind::Tone(self.heard(frame, kind, opinion, runner_up)),
        });
    }

    /// Where the newest burst began and ended; where it still lasts, the present.
    fn newest_burst(&self, frame: &Frame<'_>) -> [SampleTime; 2] {
        let edge = self.train.edge;
        let ended_ms = self.train.len.checked_sub(1).map(|at| self.train.spans[at].ms);
        match ended_ms {
            Some(ms) if !self.train.on => {
                let length = (ms * frame.rate.hz() as f32 / 1_000.0) as u64;
                [SampleTime(edge.0.saturating_sub(length)), edge]
            }
            Some(_) | None => [edge, frame.end()],
        }
    }

    /// Whether enough was heard to speak of ringing: one long burst, or two of any length.
    fn ring_shown(&self, lasts_ms: f32) -> bool {
        let bursts = self.train.spans[..self.train.len].iter().step_by(2);
        let lasting = if self.train.on { lasts_ms } else { 0.0 };
        let longest = bursts.clone().map(|s| s.ms).fold(lasting, f32::max);
        let heard = bursts.map(|s| s.ms).sum::<f32>() + lasting;
        longest >= LONG_BURST_MS || (self.train.len >= 2 && heard >= SHORT_BURSTS_MS)
    }

    /// The same of busy and congestion. Three lost packets make two short bursts of one long one: short cadences must
    /// show twice. Short notes of music that happen to lie near a plan's tone are less pure.
    fn busy_shown(&self, cost: f32) -> bool {
        match self.train.len {
            0 | 1 => false,
            2 => cost < NEAR && self.train.spans[0].ms >= SHOWN_ONCE_MS && !self.train.spans[0].cut,
            3 | 4 => cost < NEAR && self.train.spans[0].ms.min(self.train.spans[2].ms) >= SYLLABLE_MS,
            _ => cost < NEAR_ENOUGH,
        }
    }

    fn heard(
        &self,
        frame: &Frame<'_>,
        kind: ProgressTone,
        opinion: &Opinion,
        runner_up: (ProgressTone, f32),
    ) -> ToneHeard {
        let lines = self.train.lines.as_slice();
        let pattern = self.plans.patterns().get(opinion.best[place(kind)]);
        let mut hz = [0.0; 2];
        for (slot, line) in hz.iter_mut().zip(lines) {
            *slot = line.hz;
        }
        let single = pattern.is_some_and(|p| self.plans.voices()[p.voice].hz[1] == 0.0);
        if single || (lines.len() > 1 && lines[1].share < 0.15) {
            hz[1] = 0.0;
        } else if hz[1] > 0.0 && hz[1] < hz[0] {
            hz.swap(0, 1);
        }
        let mut cadence_ms = [0; 4];
        let whole = self.train.spans[..self.train.len]
            .iter()
            .skip(if self.train.spans[0].cut { 2 } else { 0 });
        for (slot, span) in cadence_ms.iter_mut().zip(whole) {
            *slot = span.ms as u16;
        }
        let countries = pattern.map(|p| Arc::clone(&p.codes)).unwrap_or_default();
        ToneHeard {
            kind,
            hz,
            cadence_ms,
            burst: self.newest_burst(frame),
            countries,
            runner_up: (runner_up.1 > 0.02).then_some(runner_up),
        }
    }
}

fn length_ms(rate: SampleRate, from: SampleTime, to: SampleTime) -> f32 {
    (to - from) as f32 * 1_000.0 / rate.hz() as f32
}

#[cfg(test)]
mod tests {
    use super::super::play::{Line, hear};
    use super::*;
    use crate::plan::{Step, Voice};

    const T425: Voice = Voice {
        hz: [425.0, 0.0],
        am_hz: 0.0,
    };

    fn tones(events: &[Event]) -> Vec<(&Event, &ToneHeard)> {
        events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Tone(tone) => Some((event, tone)),
                _ => None,
            })
            .collect()
    }

    fn ms(time: SampleTime) -> u64 {
        SampleRate::NARROWBAND.ms(time)
    }

    /// Two cycles of a cadence and at least 4 s, not more than 13 s.
    fn play(line: &mut Line, steps: &[Step], detuned: f32, stretched: f32) {
        line.pause(330.0);
        let cycle: f32 = steps.iter().map(|s| s.ms).sum();
        let wanted = (2.0 * cycle).clamp(4_000.0, 13_000.0);
        let mut played = 0.0;
        for step in steps.iter().cycle() {
            if played >= wanted {
                return;
            }
            let length = stretched * step.ms.min(wanted - played);
            match &step.voice {
                Some(voice) => line.voice(voice, detuned, length),
                None => line.pause(length),
            };
            played += step.ms;
        }
    }

    /// Every cadence of every country, `detuned` and `stretched`, is what its plan says, or the plan's meaning is the
    /// runner-up: another country means something else by the same tone.
    fn round_trip(named: bool, detuned: f32, stretched: f32, hiss: f32) {
        let plans = Arc::new(Plans::built_in());
        let mut wrong = Vec::new();
        let (mut right, mut ambiguous) = (0, 0);
        for (n, plan) in plans.countries().iter().enumerate() {
            for (kind, steps) in &plan.cadences {
                let mut line = Line::new(n as u32 + 1);
                line.hiss = hiss;
                play(&mut line, steps, detuned, stretched);
                let countries: &[&str] = if named { &[plan.country.as_str()] } else { &[] };
                let events = hear(&plans, countries, &line.samples);
                let told = tones(&events);
                match told.last().map(|(_, tone)| (tone.kind, tone.runner_up)) {
                    Some((told, _)) if told == *kind => right += 1,
                    Some((_, Some((runner_up, _)))) if runner_up == *kind => ambiguous += 1,
                    other => wrong.push(format!("{} {kind:?}: {other:?}", plan.country)),
                }
            }
        }
        println!("{right} right, {ambiguous} ambiguous, wrong: {wrong:#?}");
        let all = right + ambiguous + wrong.len();
        assert!(wrong.len() * 100 <= all, "{wrong:#?}");
        // The same tone means busy here and congestion there, in 21 countries both.
        assert!(
            right * 100 >= all * if named { 94 } else { 80 },
            "{right} of {all}"
        );
    }

    #[test]
    fn every_plan_is_recognised_with_the_country_unknown() {
        round_trip(false, 1.0, 1.0, 6.0);
    }

    #[test]
    fn every_plan_is_recognised_with_its_country_named() {
        round_trip(true, 1.0, 1.0, 6.0);
    }

    #[test]
    fn frequencies_off_by_one_percent_and_lengths_by_four_are_forgiven() {
        round_trip(false, 1.01, 0.96, 6.0);
    }

    #[test]
    fn noise_six_db_below_the_tone_is_forgiven() {
        // The sum of three uniform numbers has their amplitude as its deviation: 1,400 against 4,000 / √2.
        round_trip(true, 1.0, 1.0, 1_400.0);
    }

    #[test]
    fn ringing_is_told_within_its_first_second_with_its_beginning() {
        let mut line = Line::new(1);
        line.pause(400.0).voice(&T425, 1.0, 1_000.0).pause(2_000.0);
        let events = hear(&Arc::new(Plans::built_in()), &[], &line.samples);
        let told = tones(&events);
        let (event, tone) = told.first().expect("a tone");
        assert_eq!(tone.kind, ProgressTone::Ringback);
        assert!(ms(event.from).abs_diff(400) <= 8, "{event:?}");
        assert!(ms(event.known) <= 400 + 950, "{event:?}");
        assert!((tone.hz[0] - 425.0).abs() < 1.0 && tone.hz[1] == 0.0, "{tone:?}");
        assert!(tone.countries.iter().any(|c| c == "ru"), "{tone:?}");
    }

    #[test]
    fn busy_is_told_at_its_second_burst_with_its_cadence() {
        let mut line = Line::new(1);
        line.pause(400.0);
        for _ in 0..4 {
            line.voice(&T425, 1.0, 350.0).pause(350.0);
        }
        let events = hear(&Arc::new(Plans::built_in()), &["ru"], &line.samples);
        let told = tones(&events);
        let (event, tone) = told.first().expect("a tone");
        assert_eq!(tone.kind, ProgressTone::Busy);
        assert!(event.confidence > 0.9, "{event:?}");
        assert!(ms(event.known) <= 400 + 700 + 120, "{event:?}");
        let [on, off, ..] = tone.cadence_ms;
        assert!(on.abs_diff(350) <= 8 && off.abs_diff(350) <= 8, "{tone:?}");
    }

    #[test]
    fn a_caller_who_joins_in_the_middle_of_a_ring_is_told_at_the_next() {
        let mut line = Line::new(1);
        line.voice(&T425, 1.0, 300.0)
            .pause(4_000.0)
            .voice(&T425, 1.0, 1_000.0);
        let events = hear(&Arc::new(Plans::built_in()), &[], &line.samples);
        let told = tones(&events);
        assert_eq!(told.last().map(|t| t.1.kind), Some(ProgressTone::Ringback));
    }

    #[test]
    fn three_lost_packets_do_not_make_two_bursts() {
        let mut line = Line::new(1);
        line.pause(400.0).voice(&T425, 1.0, 500.0).pause(60.0);
        line.voice(&T425, 1.0, 440.0).pause(4_000.0);
        let events = hear(&Arc::new(Plans::built_in()), &[], &line.samples);
        let told = tones(&events);
        assert!(!told.is_empty());
        assert!(
            told.iter().all(|t| t.1.kind == ProgressTone::Ringback),
            "{told:?}"
        );
    }

    #[test]
    fn busy_after_ringing_is_told() {
        let mut line = Line::new(1);
        for _ in 0..2 {
            line.voice(&T425, 1.0, 1_000.0).pause(4_000.0);
        }
        line.voice(&T425, 1.0, 1_000.0).pause(700.0);
        for _ in 0..5 {
            line.voice(&T425, 1.0, 350.0).pause(350.0);
        }
        let events = hear(&Arc::new(Plans::built_in()), &["ru"], &line.samples);
        let told = tones(&events);
        let kinds: Vec<_> = told.iter().map(|t| t.1.kind).collect();
        assert_eq!(kinds.first(), Some(&ProgressTone::Ringback));
        assert_eq!(kinds.last(), Some(&ProgressTone::Busy));
        let busy = told
            .iter()
            .find(|t| t.1.kind == ProgressTone::Busy)
            .expect("busy");
        assert!(ms(busy.0.from).abs_diff(11_700) <= 20, "{busy:?}");
    }

    #[test]
    fn voices_beeps_and_melodies_are_no_call_progress() {
        let plans = Arc::new(Plans::built_in());
        for seed in 0..20 {
            let mut line = Line::new(seed + 1);
            for _ in 0..40 {
                // A vowel that glides, with its harmonics.
                let pitch = 120.0 + 60.0 * line.random();
                for step in 0..8 {
                    let hz = pitch * (1.0 + 0.02 * step as f32);
                    let harmonics: Vec<_> = (1..12).map(|h| (h as f32 * hz, 3_000.0 / h as f32)).collect();
                    line.sines(&harmonics, 30.0);
                }
                let gap = 120.0 + 100.0 * line.random();
                line.pause(gap);
                // A note of a melody with its octave.
                let hz = 440.0 * 2.0_f32.powf((12.0 * line.random()).round() / 12.0);
                let length = 250.0 + 150.0 * line.random();
                line.sines(&[(hz, 3_000.0), (2.0 * hz, 1_500.0)], length);
                line.sines(&[(700.0 + 600.0 * (hz / 440.0), 4_000.0)], 400.0);
            }
            let events = hear(&plans, &[], &line.samples);
            assert!(tones(&events).is_empty(), "seed {seed}: {:?}", tones(&events));
        }
    }
}
