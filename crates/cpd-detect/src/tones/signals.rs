//! The signals of terminals: DTMF, fax, modem, answering machines' beeps.
//!
//! They share one set of lines and one idea of what sounded before.

use crate::events::Events;
use crate::front::Frame;
use crate::peaks::Peaks;
use crate::tones::answer_tone::AnswerToneEar;
use crate::tones::beep::BeepEar;
use crate::tones::context::Context;
use crate::tones::dtmf::DtmfEar;
use crate::tones::fax::FaxEar;
use crate::tones::line::Lines;
use crate::tones::modem::ModemEar;
use crate::tones::modem_data::ModemDataEar;

/// Hears the signals of terminals.
#[derive(Clone, Debug, Default)]
pub struct SignalEar {
    lines: Lines,
    context: Context,
    dtmf: DtmfEar,
    answer_tone: AnswerToneEar,
    fax: FaxEar,
    modem: ModemEar,
    modem_data: ModemDataEar,
    beep: BeepEar,
}

impl SignalEar {
    /// Hears one hop; `music` is the probability that music plays.
    pub fn hear(&mut self, frame: &Frame<'_>, peaks: &Peaks, music: f32, events: &mut Events) {
        self.lines.hear(frame, peaks);
        self.context.hear(frame, peaks, &self.lines);
        self.dtmf.hear(frame, peaks, events);
        self.answer_tone.hear(frame, &self.lines, &self.context, events);
        self.fax.hear(frame, peaks, &self.lines, &self.context, events);
        self.modem.hear(frame, &self.lines, &self.context, events);
        self.modem_data.hear(frame, peaks, events);
        self.beep
            .hear(frame, peaks, music, &self.lines, &self.context, events);
    }
}
