//! Beeps of answering machines.
//!
//! A beep is one line, or two begun together, that stands still for 120 to 1200 ms, alone: no harmonics, nothing beside
//! it but the noise that was there before. A greeting came before it and has paused. A plain one is told 80 to 90 ms after its
//! start, a clear one after 150 ms; a doubtful one (noise, a low-rate codec) when it has ended and nobody went on speaking.
//!
//! What looks alike and is held back until it has shown itself: the tones of call progress (350 to 640 Hz: a busy tone
//! comes again), the first tone of SIT (another follows), a car's horn (odd harmonics), melodies (other notes around it).

use crate::event::{Beep, Event, EventKind};
use crate::events::Events;
use crate::front::{BINS, Frame, nearest_bin};
use crate::peaks::Peaks;
use crate::quick::{DB_PER_OCTAVE, db, exp2};
use crate::tones::context::Context;
use crate::tones::dtmf;
use crate::tones::line::{LINES, Line, Lines, TOGETHER_DB, TOGETHER_HOPS};

/// Frequencies that beeps have: answering machines use 350 to 2100 Hz, the upper one of a pair lies up to 2600 Hz.
const BEEP_HZ: std::ops::RangeInclusive<f32> = 340.0..=2_640.0;
/// Hops after which a clear beep is told. The shortest last 120 ms; no harmonic of a voice that passes for clear
/// stood still for longer in the corpus.
const CLEAR_HOPS: u64 = 15;
/// The same for a plain one, and for one that no voice was ever as plain as: how far it stands out, dB (see
/// [`Candidate::clarity`]), and the hops. In 100 minutes of speech of 400 people one cry passed, and it lasted for 150 ms.
const PLAIN: (f32, u64) = (12.0, 8);
const PLAINEST: (f32, u64) = (20.0, 7);
/// And the latter stands still: a cry of one pitch can be as pure, but shakes by 2 Hz.
const PLAINEST_SHAKE_HZ: f32 = 1.2;
/// Hops that a doubtful one must have lasted.
const DOUBTFUL_HOPS: u64 = 16;
/// The same where voices have their strong harmonics.
const DOUBTFUL_PROGRESS_HOPS: u64 = 22;
/// The shortest beep that is told at its end.
const SHORTEST_HOPS: u64 = 11;
/// The longest beep: 1200 ms and the window's smear.
const LONGEST_HOPS: u64 = 127;
/// Tones of call progress, Hz (ITU-T E.180 supplement 2: 350 to 620).
const PROGRESS_HZ: std::ops::RangeInclusive<f32> = 340.0..=640.0;
/// The first tone of SIT, Hz (low and high form with deployed tolerances).
const SIT_FIRST_HZ: std::ops::RangeInclusive<f32> = 870.0..=1_032.0;
/// The second.
const SIT_SECOND_HZ: std::ops::RangeInclusive<f32> = 1_300.0..=1_500.0;
/// The longest first tone of SIT: 460 ms as deployed.
const SIT_LONGEST_HOPS: u64 = 48;
/// The fax calling tone (T.30) and its length.
const CNG_HZ: std::ops::RangeInclusive<f32> = 1_075.0..=1_125.0;
const CNG_HOPS: std::ops::RangeInclusive<u64> = 41..=61;
/// Voice that makes a greeting beyond doubt, ms.
const SURE_GREETING_MS: u32 = 1_000;
/// The answer tone of fax and modem (V.25).
const ANSWER_HZ: std::ops::RangeInclusive<f32> = 2_084.0..=2_116.0;
/// A pair of DTMF frequencies that lasts longer than a key is pressed as a rule.
const DIGIT_LONGEST_HOPS: u64 = 26;
/// A tone is hardly ever quieter than the noise that was there before, dB.
const LEAST_STEP_DB: f32 = -1.5;
/// Horns of cars, Hz: two-tone horns sound at 400 to 520, single ones from 350.
const HORN_HZ: std::ops::RangeInclusive<f32> = 340.0..=570.0;
/// The second of two beeps follows within this many hops (the first one's end is known to ±3 hops).
const DOUBLE_PAUSE_HOPS: u64 = 30;
/// Voice that makes a greeting, ms; the shortest of the corpus have a second of it.
const GREETING_MS: u32 = 400;
/// The same before the answer, where melodies sound; and the length of a beep that is believed there.
const EARLY_GREETING_MS: u32 = 1_500;
const EARLY_HOPS: u64 = 22;
/// A doubtful or short beep needs this much quiet before it: a voice's own line has its syllable there.
const QUIET_BEFORE_HOPS: u64 = 5;
/// A beep is short below this.
const SHORT_HOPS: u64 = 20;
/// And no voice stands still for so long.
const LONG_HOPS: u64 = 25;
/// Beeps that are quieter than the greeting by more than this are something else, dB.
const FAINTER_DB: f32 = 18.0;
/// Nobody goes on speaking for this long after a doubtful beep.
const SILENCE_AFTER_HOPS: u64 = 40;
/// A busy tone that comes again does so within this many hops (off times are up to 750 ms).
const CADENCE_HOPS: u64 = 80;
/// Tones remembered, to know a cadence or a melody.
const REMEMBERED: usize = 4;
/// Notes remembered, and the hops in which two of them make a melody.
const NOTES: usize = 6;
/// Notes stand stiller than the vowels of a greeting, Hz.
const NOTE_SHAKE_HZ: f32 = 2.5;
const MELODY_NOTES: usize = 2;
/// The same for a clear beep where tones of call progress are not: only a fast melody is taken for one.
const CLEAR_MELODY_NOTES: usize = 4;
const MELODY_HOPS: u64 = 120;
/// And for this many hops.
const MEMORY_HOPS: u64 = 300;
/// Probability of music from which a tone is one of its notes: a radio behind a person. At 102 beeps of machines the
/// probability was never above 0.2; at notes that looked like beeps, in 370 short answers before music, it was above 0.25 three
/// times in four.
const MUSIC: f32 = 0.25;

/// A line under observation.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    /// The line's id; 0: none.
    id: u32,
    /// Level of the band before the onset, and its floor, dBm0.
    before_dbm0: f32,
    floor_dbm0: f32,
    /// Voice since the answer before the onset, ms.
    voice_ms: u32,
    /// And how loud it was, dBm0.
    voice_dbm0: f32,
    /// Quiet before the onset, hops.
    quiet_hops: u64,
    /// Whether the call was answered at the onset.
    was_answered: bool,
    seen: f32,
    /// Mean share of tone in what is not the noise of before.
    purity: f32,
    /// Mean power of the strongest harmonic, of the third less the second, and of the line whose harmonic this one
    /// would be; all over the line's own.
    harmonic: f32,
    odd: f32,
    below: f32,
    /// Where it and its companion could be neighbouring harmonics: the power of the ones next to them.
    next: f32,
    /// In what part of the hops it had two companions and more: a voice or a chord.
    crowd: f32,
    /// Mean level, the other frequency's included, dBm0.
    tone_dbm0: f32,
    /// The other frequency, Hz; 0 for none.
    other_hz: f32,
    /// A line began with it that has not shown yet whether it is that frequency.
    has_unknown_other: bool,
    /// The line as last seen.
    line: Line,
}

/// How much a candidate looks like a beep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    No,
    Doubtful,
    Clear,
}

impl Candidate {
    fn look(&self) -> Look {
        let line = &self.line;
        let step_db = self.tone_dbm0 - self.before_dbm0.max(-60.0);
        let unrest_db = self.before_dbm0.max(-60.0) - self.floor_dbm0.max(-60.0);
        // The line was quiet before, or at least much quieter than the tone.
        let is_apart = step_db > LEAST_STEP_DB && (unrest_db < 7.5 || step_db > 3.5);
        let is_horn = HORN_HZ.contains(&line.hz) && self.odd > 0.045;
        // A beep is about as loud as the greeting.
        let is_faint = self.tone_dbm0 < self.voice_dbm0 - FAINTER_DB;
        let is_tone = BEEP_HZ.contains(&line.hz)
            && self.tone_dbm0 > -54.0
            && line.is_whole()
            && self.below < 1.0
            && self.harmonic < 0.5
            && self.crowd < 0.5
            && self.next < 0.05
            && is_apart
            && !is_faint
            && !is_horn;
        if !is_tone || !line.stands_out() || self.purity < 0.55 {
            return Look::No;
        }
        let is_progress = PROGRESS_HZ.contains(&line.hz);
        let is_long = line.last - line.from >= LONG_HOPS;
        let clear = match (is_progress, is_long) {
            (true, true) => 4.0,
            (true, false) => 10.0,
            (false, true) => 3.0,
            (false, false) => 6.0,
        };
        if self.clarity() > clear && self.harmonic < 0.12 && self.purity > 0.8 {
            Look::Clear
        } else {
            Look::Doubtful
        }
    }

    /// Whether it stands alone in a pause, and so far above all else that a few hops show it.
    fn is_plain(&self) -> bool {
        self.look() == Look::Clear
            && self.clarity() > PLAIN.0
            && self.harmonic < 0.05
            && self.purity > 0.9
            && !self.has_unknown_other
            && self.was_answered
            && self.quiet_hops >= QUIET_BEFORE_HOPS
    }

    /// Whether no voice ever sounded like it.
    fn is_unmistakable(&self) -> bool {
        self.look() == Look::Clear && self.clarity() > 20.0
    }

    /// How far it stands out, dB, less 5 dB for each Hz that it shakes. In the corpus and on speech of 300 others, the
    /// harmonics of voices that last like a beep reach 6 (nine in ten), beeps have 24 (the median) and 6 (one in fifty).
    fn clarity(&self) -> f32 {
        self.line.prominence_db - 5.0 * self.line.shake_hz
    }

    /// 0.6 at the edge of doubtful, 0.95 for the clearest.
    fn confidence(&self) -> f32 {
        let stillness = (1.0 - self.line.shake_hz / 4.0).clamp(0.0, 1.0);
        let height = ((self.line.prominence_db - 9.0) / 15.0).clamp(0.0, 1.0);
        0.6 + 0.35 * (0.5 * stillness + 0.5 * height) * self.purity
    }
}

/// A tone that ended.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    hz: f32,
    from: u64,
    last: u64,
    /// How often it came, pauses of less than [`CADENCE_HOPS`] between.
    times: u32,
}

/// The end of a still line.
#[derive(Clone, Copy, Debug, Default)]
struct Note {
    hz: f32,
    last: u64,
    dbm0: f32,
}

/// A beep that ended and waits for what comes after it, or that was told and may be the first of two.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    candidate: Candidate,
    from: u64,
    last: u64,
    count: u8,
    is_told: bool,
    until: u64,
}

impl Waiting {
    /// Whether a line is the same tone again; a decay or an echo of it is quieter.
    fn is_like(&self, line: &Line) -> bool {
        let own = &self.candidate.line;
        (own.hz - line.hz).abs() < 15.0
            && (own.loudest_dbm0 - line.loudest_dbm0).abs() < TOGETHER_DB
            && line.from > self.last
    }

    /// And so soon that the two are a double beep.
    fn is_followed_by(&self, line: &Line) -> bool {
        self.is_like(line) && line.from - self.last <= DOUBLE_PAUSE_HOPS
    }
}

/// Hears beeps.
#[derive(Clone, Debug, Default)]
pub struct BeepEar {
    candidates: [Candidate; LINES],
    past: [Past; REMEMBERED],
    /// Ends of the newest lines that stood as still as a tone, whatever they were.
    notes: [Note; NOTES],
    waiting: Option<Waiting>,
    /// The first hop of the beep told last; companions begun with it are part of it.
    told_from: Option<u64>,
    /// Probability that music plays.
    music: f32,
}

impl BeepEar {
    /// Hears one hop; `lines` and `context` have heard it already. `music`: the probability that it plays.
    pub fn hear(
        &mut self,
        frame: &Frame<'_>,
        peaks: &Peaks,
        music: f32,
        lines: &Lines,
        context: &Context,
        events: &mut Events,
    ) {
        self.music = music;
        for line in lines.ended() {
            if line.is_tone() && line.shake_hz < NOTE_SHAKE_HZ {
                self.notes.rotate_left(1);
                self.notes[NOTES - 1] = Note {
                    hz: line.hz,
                    last: line.last,
                    dbm0: line.loudest_dbm0,
                };
            }
            self.on_end(frame, line, lines, events);
        }
        if let Some(waiting) = self.waiting {
            self.on_wait(frame, waiting, lines, context, events);
        }
        for line in lines.alive() {
            if line.sounds(frame.index) {
                self.on_line(frame, peaks, line, lines, context, events);
            }
        }
    }

    fn on_line(
        &mut self,
        frame: &Frame<'_>,
        peaks: &Peaks,
        line: &Line,
        lines: &Lines,
        context: &Context,
        events: &mut Events,
    ) {
        let Some(at) = self.candidate_of(line, lines, context) else {
            return;
        };
        let candidate = &mut self.candidates[at];
        candidate.line = *line;
        // Before the fourth hop the window still holds the onset.
        if line.hops <= 3 || !line.is_loud() {
            return;
        }
        candidate.measure(frame, peaks, lines);
        let age = line.last - line.from;
        if !(PLAINEST.1..=LONGEST_HOPS).contains(&age) {
            return;
        }
        let candidate = *candidate;
        let is_settled = self.hold_hops(&candidate) <= age;
        if is_settled
            && candidate.look() == Look::Clear
            && !self.is_told(line)
            && self.may_be_beep(&candidate)
        {
            match self.waiting {
                Some(first) if first.count == 1 && first.is_followed_by(line) => {
                    self.tell(frame, &candidate, first.from, line.last - first.from, 2, events);
                    self.waiting = Some(Waiting { count: 2, ..first });
                }
                _ => self.tell(frame, &candidate, line.from, age, 1, events),
            }
        }
    }

    fn on_end(&mut self, frame: &Frame<'_>, line: &Line, lines: &Lines, events: &mut Events) {
        let Some(at) = self.candidates.iter().position(|c| c.id == line.id) else {
            return;
        };
        let candidate = std::mem::take(&mut self.candidates[at]);
        let length = line.last - line.from;
        let look = candidate.look();
        let is_tone = look != Look::No && length >= SHORTEST_HOPS - 2;
        let told = self.is_told(line);
        // The second of two?
        if let Some(mut first) = self.waiting
            && is_tone
            && first.is_followed_by(line)
        {
            first.last = line.last;
            first.until = frame.index + CADENCE_HOPS;
            // A clear one was counted when it was told.
            if !told {
                first.count += 1;
                if first.is_told && first.count == 2 {
                    let length = first.last - first.from;
                    self.tell(frame, &first.candidate, first.from, length, 2, events);
                }
            }
            self.remember(line);
            self.waiting = (first.count <= 2).then_some(first);
            return;
        }
        // The same tone after a longer pause: a cadence.
        if is_tone
            && self
                .waiting
                .is_some_and(|first| !first.is_told && first.is_like(line))
        {
            self.waiting = None;
            self.remember(line);
            return;
        }
        if told {
            self.remember(line);
            self.waiting = Some(Waiting {
                candidate,
                from: line.from,
                last: line.last,
                count: 1,
                is_told: true,
                until: line.last + DOUBLE_PAUSE_HOPS,
            });
            return;
        }
        let is_other_signal = (CNG_HZ.contains(&line.hz)
            && CNG_HOPS.contains(&length)
            && candidate.voice_ms < SURE_GREETING_MS)
            || (is_digit([line.hz, candidate.other_hz]) && length < DIGIT_LONGEST_HOPS);
        let has_quiet = candidate.quiet_hops >= QUIET_BEFORE_HOPS || candidate.is_unmistakable();
        let is_long_enough = match look {
            Look::Clear => length >= SHORT_HOPS || (length >= SHORTEST_HOPS && has_quiet),
            Look::Doubtful if PROGRESS_HZ.contains(&line.hz) => length >= DOUBTFUL_PROGRESS_HOPS && has_quiet,
            Look::Doubtful => length >= LONG_HOPS || (length >= DOUBTFUL_HOPS && has_quiet),
            Look::No => false,
        };
        let sit_goes_on = SIT_FIRST_HZ.contains(&line.hz)
            && lines.alive().any(|next| {
                SIT_SECOND_HZ.contains(&next.hz) && next.from + 4 >= line.last && next.from <= line.last + 6
            });
        let can_wait = is_long_enough
            && line.length_hops() <= LONGEST_HOPS
            && !sit_goes_on
            && !is_other_signal
            && self
                .waiting
                .is_none_or(|waiting| !waiting.is_told || waiting.until < frame.index)
            && self.may_be_beep(&candidate);
        if is_tone {
            self.remember(line);
        }
        if can_wait
            && self
                .waiting
                .is_none_or(|w| w.from.abs_diff(line.from) > TOGETHER_HOPS)
        {
            let hold = if PROGRESS_HZ.contains(&line.hz) {
                // Off times of busy and congestion are at most 2.3 times their on times (GB: 225 on, 525 off).
                (length * 5 / 2).clamp(35, CADENCE_HOPS)
            } else if look == Look::Clear {
                0
            } else {
                SILENCE_AFTER_HOPS
            };
            self.waiting = Some(Waiting {
                candidate,
                from: line.from,
                last: line.last,
                count: 1,
                is_told: false,
                until: line.last + hold,
            });
        }
    }

    fn on_wait(
        &mut self,
        frame: &Frame<'_>,
        waiting: Waiting,
        lines: &Lines,
        context: &Context,
        events: &mut Events,
    ) {
        let hop = frame.index;
        let hz = waiting.candidate.line.hz;
        let sounds_again = lines
            .alive()
            .any(|line| line.from > waiting.last && line.hops > 3 && (line.hz - hz).abs() < 15.0);
        if waiting.is_told {
            if hop > waiting.until && !sounds_again {
                self.waiting = None;
            }
            return;
        }
        // Somebody went on speaking: it was a sound of the voice.
        let needs_silence = waiting.candidate.look() == Look::Doubtful
            || (PROGRESS_HZ.contains(&hz) && waiting.last - waiting.from < LONG_HOPS);
        if needs_silence && context.last_voice().is_some_and(|at| at > waiting.last + 3) {
            self.waiting = None;
            return;
        }
        if hop >= waiting.until && !sounds_again {
            self.waiting = None;
            let length = waiting.last - waiting.from;
            self.tell(
                frame,
                &waiting.candidate,
                waiting.from,
                length,
                waiting.count,
                events,
            );
            self.waiting = Some(Waiting {
                is_told: true,
                until: waiting.last + DOUBLE_PAUSE_HOPS,
                ..waiting
            });
        } else if hop > waiting.last + 2 * LONGEST_HOPS {
            self.waiting = None;
        }
    }

    /// Hops that a beep must last before it is told: longer than what else has its frequency.
    fn hold_hops(&self, candidate: &Candidate) -> u64 {
        let hz = candidate.line.hz;
        let is_single = candidate.other_hz == 0.0;
        if PROGRESS_HZ.contains(&hz) || (is_single && (CNG_HZ.contains(&hz) || ANSWER_HZ.contains(&hz))) {
            // Told at the end, if it has one.
            u64::MAX
        } else if SIT_FIRST_HZ.contains(&hz) {
            SIT_LONGEST_HOPS
        } else if is_digit([hz, candidate.other_hz]) {
            DIGIT_LONGEST_HOPS
        } else if candidate.is_plain() {
            if candidate.clarity() > PLAINEST.0 && candidate.line.shake_hz < PLAINEST_SHAKE_HZ {
                PLAINEST.1
            } else {
                PLAIN.1
            }
        } else {
            CLEAR_HOPS
        }
    }

    /// Whether what came before allows a beep here.
    fn may_be_beep(&self, candidate: &Candidate) -> bool {
        let line = &candidate.line;
        let hop = line.last;
        let recent = || {
            self.past
                .iter()
                .filter(|p| p.times > 0 && p.last + MEMORY_HOPS > hop)
        };
        // A tone that came twice already is a cadence.
        let in_cadence = recent().any(|p| (p.hz - line.hz).abs() < 15.0 && p.times >= 2);
        // Another tone ended where this one began: SIT, DTMF, a melody.
        let after_tone = recent().any(|p| {
            (p.hz - line.hz).abs() >= 15.0 && p.last + 12 > line.from && p.from + TOGETHER_HOPS < line.from
        });
        let notes = self
            .notes
            .iter()
            .filter(|note| {
                note.last > 0
                    && note.last + MELODY_HOPS > line.from
                    && note.last < line.from + TOGETHER_HOPS
                    && note.dbm0 > line.loudest_dbm0 - TOGETHER_DB
                    && (note.hz - line.hz).abs() >= 15.0
            })
            .count();
        let melody = if candidate.is_unmistakable()
            || (candidate.look() == Look::Clear && !PROGRESS_HZ.contains(&line.hz))
        {
            CLEAR_MELODY_NOTES
        } else {
            MELODY_NOTES
        };
        let after_greeting = if candidate.was_answered {
            candidate.voice_ms >= GREETING_MS
        } else {
            // Before the answer there are melodies: a network's voicemail is only believed where all is clear.
            candidate.voice_ms >= EARLY_GREETING_MS
                && candidate.look() == Look::Clear
                && candidate.quiet_hops >= QUIET_BEFORE_HOPS
                && line.last - line.from >= EARLY_HOPS
                && !PROGRESS_HZ.contains(&line.hz)
                && notes == 0
        };
        after_greeting && !in_cadence && !after_tone && notes < melody && self.music < MUSIC
    }

    fn remember(&mut self, line: &Line) {
        let same = self
            .past
            .iter()
            .position(|p| p.times > 0 && (p.hz - line.hz).abs() < 15.0 && p.last + 600 > line.from);
        if let Some(at) = same {
            let past = &mut self.past[at];
            past.times = if line.from > past.last {
                past.times + 1
            } else {
                past.times
            };
            past.last = line.last;
        } else if let Some(oldest) = self.past.iter_mut().min_by_key(|p| p.last) {
            *oldest = Past {
                hz: line.hz,
                from: line.from,
                last: line.last,
                times: 1,
            };
        }
    }

    fn is_told(&self, line: &Line) -> bool {
        self.told_from
            .is_some_and(|from| from.abs_diff(line.from) <= TOGETHER_HOPS)
    }

    fn tell(
        &mut self,
        frame: &Frame<'_>,
        candidate: &Candidate,
        from: u64,
        hops: u64,
        count: u8,
        events: &mut Events,
    ) {
        self.told_from = Some(candidate.line.from);
        events.push(Event {
            known: frame.end(),
            from: frame.rate.at_hop(from),
            confidence: candidate.confidence(),
            kind: EventKind::Beep(Beep {
                hz: [candidate.line.hz, candidate.other_hz],
                ms: (hops * 10).min(u64::from(u16::MAX)) as u16,
                count,
            }),
        });
    }

    /// The candidate of a line: the one that exists, or a new one in the place of a line that is gone.
    fn candidate_of(&mut self, line: &Line, lines: &Lines, context: &Context) -> Option<usize> {
        if let Some(at) = self.candidates.iter().position(|c| c.id == line.id) {
            return Some(at);
        }
        let at = self
            .candidates
            .iter()
            .position(|c| !lines.alive().any(|alive| alive.id == c.id))?;
        self.candidates[at] = Candidate {
            id: line.id,
            before_dbm0: context.before_dbm0(),
            floor_dbm0: context.floor_dbm0(),
            voice_ms: context.voice_ms(),
            voice_dbm0: context.voice_dbm0(),
            quiet_hops: context.quiet_hops_before(line.from),
            was_answered: context.is_answered(),
            ..Candidate::default()
        };
        Some(at)
    }
}

impl Candidate {
    fn measure(&mut self, frame: &Frame<'_>, peaks: &Peaks, lines: &Lines) {
        let line = self.line;
        let at = |hz: f32| {
            let bin = nearest_bin(hz);
            if bin < 3 || bin + 1 >= BINS {
                return 0.0;
            }
            frame.power[bin - 1] + frame.power[bin] + frame.power[bin + 1]
        };
        // Power that stands out at a frequency, against the bins beside it.
        let stands_out = |hz: f32| {
            let bin = nearest_bin(hz);
            if bin < 6 || bin + 5 >= BINS {
                return 0.0;
            }
            let beside =
                frame.power[bin - 4] + frame.power[bin - 3] + frame.power[bin + 3] + frame.power[bin + 4];
            (at(hz) - 1.5 * beside).max(0.0)
        };
        let own = at(line.hz).max(1e-12);
        let mut with_others = own;
        self.other_hz = 0.0;
        self.has_unknown_other = false;
        let mut loudest = f32::MIN;
        let mut others = 0;
        for other in lines.alive() {
            let is_together = other.id != line.id
                && other.sounds(frame.index)
                && other.hops > 3
                && other.from.abs_diff(line.from) <= TOGETHER_HOPS
                && other.shake_hz < 6.0
                && (other.dbm0 - line.dbm0).abs() < TOGETHER_DB;
            if is_together {
                with_others += at(other.hz);
                if !is_multiple(other.hz, line.hz) {
                    others += 1;
                    self.has_unknown_other |= !other.is_tone();
                    if other.dbm0 > loudest && other.is_tone() {
                        loudest = other.dbm0;
                        self.other_hz = other.hz;
                    }
                }
            }
        }
        // What is neither tone nor the noise of before. Powers over the tone's: 10^(dB/10).
        let to_power = |db: f32| exp2(db * (1.0 / DB_PER_OCTAVE));
        let tone_dbm0 = line.dbm0;
        let total = to_power(peaks.band_dbm0 - tone_dbm0);
        let noise = to_power(self.before_dbm0 - tone_dbm0);
        let tone = with_others / own;
        let rest = (total - tone - noise).max(0.0);
        let second = stands_out(2.0 * line.hz) / own;
        let third = stands_out(3.0 * line.hz) / own;
        let more = stands_out(4.0 * line.hz).max(stands_out(5.0 * line.hz)) / own;
        let below = stands_out(line.hz / 2.0).max(stands_out(line.hz / 3.0)) / own;

        // A pair that could be two neighbouring harmonics: do the next ones sound as well?
        let base = (self.other_hz - line.hz).abs();
        let place = line.hz / base.max(1.0);
        let next = if self.other_hz > 0.0 && (place - place.round()).abs() < 0.04 {
            let (low, high) = (line.hz.min(self.other_hz), line.hz.max(self.other_hz));
            stands_out(low - base).max(stands_out(high + base)) / own
        } else {
            0.0
        };

        self.seen += 1.0;
        let part = 1.0 / self.seen;
        self.purity += part * (tone / (tone + rest) - self.purity);
        self.harmonic += part * (second.max(third).max(more) - self.harmonic);
        self.odd += part * ((third - second) - self.odd);
        self.crowd += part * (if others > 1 { 1.0 } else { 0.0 } - self.crowd);
        self.next += part * (next - self.next);
        self.below += part * (below - self.below);
        self.tone_dbm0 += part * (tone_dbm0 + db(tone) - self.tone_dbm0);
    }
}

/// Whether the two are the frequencies of a DTMF digit.
fn is_digit(hz: [f32; 2]) -> bool {
    let (low, high) = (hz[0].min(hz[1]), hz[0].max(hz[1]));
    let is_in = |group: &[f32; 4], hz: f32| group.iter().any(|&own| (own - hz).abs() < 0.022 * own);
    is_in(&dtmf::ROW_HZ, low) && is_in(&dtmf::COLUMN_HZ, high)
}

/// Whether the two stand as harmonics do, 1 to 2, 3, 4 or 5.
fn is_multiple(a: f32, b: f32) -> bool {
    let ratio = a.max(b) / a.min(b).max(1.0);
    let nearest = ratio.round();
    nearest >= 2.0 && (ratio / nearest - 1.0).abs() < 0.006
}

#[cfg(test)]
mod tests {
    use crate::tones::test_audio::{Audio, heard};

    fn greeting() -> Audio {
        Audio::new().answered().silence(300).voice(2_500).silence(400)
    }

    /// Where the greeting and its pause end, ms.
    const START_MS: u64 = 3_200;

    #[test]
    fn a_beep_is_told_100_ms_after_its_start() {
        for hz in [700.0, 1_230.0, 1_700.0, 2_050.0] {
            let heard = heard(&greeting().tone(&[hz], 400, -18.0).silence(1_500));
            assert_eq!(heard.names(), [format!("beep {hz} x1")]);
            assert!(heard[0].from_ms.abs_diff(START_MS) <= 20, "{heard:?}");
            assert!(heard[0].known_ms <= START_MS + 100, "{heard:?}");
        }
    }

    #[test]
    fn short_ones_faded_ones_and_ones_in_noise() {
        for ms in [120, 200, 1_200] {
            let audio = greeting().tone(&[1_000.0], ms, -18.0).silence(1_500);
            assert_eq!(heard(&audio).names(), ["beep 1000 x1"], "{ms} ms");
        }
        let faded = greeting().faded_tone(1_450.0, 600, 200, -18.0).silence(1_500);
        assert_eq!(heard(&faded).names(), ["beep 1450 x1"]);
        let noisy = greeting()
            .tone(&[1_450.0], 400, -18.0)
            .silence(1_500)
            .noise(-24.0);
        assert_eq!(heard(&noisy).names(), ["beep 1450 x1"]);
    }

    #[test]
    fn two_frequencies_are_one_beep_and_two_beeps_are_one_double() {
        let pair = greeting().tone(&[850.0, 1_180.0], 300, -18.0).silence(1_500);
        assert_eq!(heard(&pair).names(), ["beep 850+1180 x1"]);
        let double = greeting()
            .tone(&[1_400.0], 250, -18.0)
            .silence(150)
            .tone(&[1_400.0], 250, -18.0)
            .silence(1_500);
        let heard = heard(&double);
        assert_eq!(heard.names(), ["beep 1400 x1", "beep 1400 x2"]);
        assert!(
            heard.iter().all(|beep| beep.from_ms.abs_diff(START_MS) <= 20),
            "{heard:?}"
        );
    }

    #[test]
    fn at_a_frequency_of_call_progress_it_waits_whether_a_busy_tone_comes_again() {
        let beep = heard(&greeting().tone(&[440.0], 400, -18.0).silence(1_800));
        assert_eq!(beep.names(), ["beep 440 x1"]);
        assert!(beep[0].from_ms.abs_diff(START_MS) <= 20, "{beep:?}");
        for (on_ms, off_ms) in [(175, 175), (350, 350), (500, 500), (240, 240)] {
            let mut busy = greeting();
            for _ in 0..6 {
                busy = busy.tone(&[425.0], on_ms, -18.0).silence(off_ms);
            }
            assert!(
                heard(&busy.silence(1_000)).names().is_empty(),
                "busy {on_ms}/{off_ms}"
            );
        }
        let mut ring = greeting();
        for _ in 0..2 {
            ring = ring.tone(&[440.0, 480.0], 2_000, -18.0).silence(4_000);
        }
        assert!(heard(&ring).names().is_empty());
    }

    #[test]
    fn without_a_greeting_there_is_no_beep() {
        let audio = Audio::new()
            .answered()
            .silence(2_000)
            .tone(&[1_000.0], 400, -18.0)
            .silence(1_500);
        assert!(heard(&audio).names().is_empty());
        let hiss = Audio::new().answered().silence(3_000).noise(-35.0);
        assert!(
            heard(&hiss.tone(&[1_000.0], 400, -18.0).silence(900))
                .names()
                .is_empty()
        );
    }

    #[test]
    fn special_information_tones_are_no_beep() {
        let audio = greeting()
            .tone(&[950.0], 330, -18.0)
            .tone(&[1_400.0], 330, -18.0)
            .tone(&[1_800.0], 330, -18.0)
            .silence(1_500);
        assert!(heard(&audio).names().is_empty());
    }

    #[test]
    fn a_horn_is_no_beep() {
        for hz in [385.0, 440.0, 515.0] {
            for ms in [200, 600] {
                let audio = greeting().horn(hz, ms).silence(1_500);
                assert!(heard(&audio).names().is_empty(), "{hz} Hz, {ms} ms");
            }
        }
    }

    #[test]
    fn held_vowels_are_no_beep() {
        // Nobody holds a pitch to better than a few per cent over half a second.
        for pitch in (90..=220).step_by(10) {
            let audio = greeting().vowel(pitch as f32, 0.04, 500, -16.0).silence(1_500);
            assert!(heard(&audio).names().is_empty(), "pitch {pitch} Hz");
        }
    }

    #[test]
    fn of_a_melody_at_most_the_first_note_is_a_beep() {
        for (vibrato_hz, at_most) in [(0.0, 1), (8.0, 0)] {
            let mut audio = greeting();
            for hz in [523.0, 659.0, 784.0, 659.0, 880.0, 784.0, 698.0, 587.0] {
                audio = audio.note(hz, vibrato_hz, 260);
            }
            let names = heard(&audio.silence(1_500)).names();
            assert!(names.len() <= at_most, "vibrato {vibrato_hz} Hz: {names:?}");
        }
    }

    #[test]
    fn a_tone_that_does_not_end_and_digits_are_no_beep() {
        let long = greeting().tone(&[425.0], 3_000, -18.0).silence(1_000);
        assert!(heard(&long).names().is_empty());
        let digits =
            greeting()
                .tone(&[770.0, 1_336.0], 120, -18.0)
                .silence(100)
                .tone(&[852.0, 1_209.0], 120, -18.0);
        assert_eq!(heard(&digits.silence(1_000)).names(), ["5", "7"]);
    }

    #[test]
    fn lost_audio_within_a_beep_neither_ends_nor_makes_it() {
        let audio = greeting()
            .tone(&[1_000.0], 500, -18.0)
            .silence(1_500)
            .lose(3_300, 20);
        assert_eq!(heard(&audio).names(), ["beep 1000 x1"]);
        let gone = greeting()
            .tone(&[1_000.0], 160, -18.0)
            .silence(1_500)
            .lose(3_200, 160);
        assert!(heard(&gone).names().is_empty());
    }
}
