//! Cisco's dialect: a part of the INVITE's body asks, UPDATE tells.

use std::time::Duration;

use cpd_call::{Phase, Telling, Told};
use cpd_sip::{Message, Name};

use super::bodies::{add_part, remove_part};
use super::names::{CiscoEvent, Names};
use super::values::{Faults, number};
use super::{Hears, Overrides, Saying, settled};

const CONTENT_TYPE: &str = "application/x-cisco-cpa";

/// What was asked, and what was told.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    events: Vec<CiscoEvent>,
    analysis: Option<Duration>,
    term_tone: Option<Duration>,
    /// The caller takes UPDATE before its call is answered: that needs reliable provisional responses (RFC 3311, 5.1).
    early: bool,
    last: Option<&'static str>,
}

impl Asked {
    pub(super) fn read(invite: &Message, faults: &mut Faults) -> Option<Asked> {
        let part = invite.part(CONTENT_TYPE)?;
        // A caller that names its methods without UPDATE could not be told.
        if invite.header(Name::ALLOW).is_some() && !invite.lists(Name::ALLOW, "UPDATE") {
            faults.note(CONTENT_TYPE, "the caller takes no UPDATE");
            return None;
        }
        let mut asked = Asked {
            events: Vec::new(),
            analysis: None,
            term_tone: None,
            early: invite.lists(Name::SUPPORTED, "100rel") || invite.lists(Name::REQUIRE, "100rel"),
            last: None,
        };
        for line in part.split(|&b| b == b'\n').map(<[u8]>::trim_ascii) {
            let Some(at) = line.iter().position(|&b| b == b'=') else {
                if !line.is_empty() {
                    faults.note(CONTENT_TYPE, "line without =");
                }
                continue;
            };
            let (name, value) = (line[..at].trim_ascii(), line[at + 1..].trim_ascii());
            let mut millis = |place| {
                let value = faults.or_note(number(value), place, "no whole number of ms")?;
                Some(Duration::from_millis(value.into()))
            };
            if name.eq_ignore_ascii_case(b"Events") {
                asked.read_events(value, faults);
            } else if name.eq_ignore_ascii_case(b"CPAMaxTimeAnalysis") {
                asked.analysis = millis("CPAMaxTimeAnalysis");
            } else if name.eq_ignore_ascii_case(b"CPAMaxTermToneAnalysis") {
                asked.term_tone = millis("CPAMaxTermToneAnalysis");
            }
            // The others tune a detector by lengths of speech and silence; ours has no such lengths.
        }
        Some(asked)
    }

    fn read_events(&mut self, value: &[u8], faults: &mut Faults) {
        for token in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
            let known = [
                ("FT", CiscoEvent::Ft),
                ("AsmT", CiscoEvent::AsmT),
                ("Asm", CiscoEvent::Asm),
                ("Sit", CiscoEvent::Sit),
            ];
            let event = known
                .into_iter()
                .find(|(name, _)| token.eq_ignore_ascii_case(name.as_bytes()));
            if let Some((_, event)) = faults.or_note(event, "Events", "event that is not known")
                && !self.events.contains(&event)
            {
                self.events.push(event);
            }
        }
    }

    /// Live speech, low volume and the end of the analysis are no events to ask for: they are what the analysis comes to.
    fn wants(&self, event: CiscoEvent) -> bool {
        event == CiscoEvent::End || self.events.contains(&event)
    }

    pub(super) fn overrides(&self) -> Overrides {
        Overrides {
            pre: self.wants(CiscoEvent::Sit).then_some(true),
            post: Some(true),
            answer_limit: self.analysis,
            beep_limit: self.term_tone,
            ..Overrides::default()
        }
    }

    pub(super) fn announce(&self, hears: Hears, response: &mut Message) {
        if (hears.early || hears.answer) && response.part(CONTENT_TYPE).is_none() {
            add_part(response, CONTENT_TYPE, b"event=enabled\r\n");
        }
    }

    pub(super) fn tell(&mut self, telling: &Telling, sayings: &mut Vec<Saying>) {
        if telling.phase == Phase::Pre && !self.early {
            return;
        }
        let named = match telling.told {
            Told::Verdict { .. } | Told::NoVerdict(_) => Names::told(&telling.told)
                .and_then(|names| names.cisco)
                .filter(|_| settled(telling)),
            Told::Beep(_) => Some((CiscoEvent::AsmT, "AsmT")),
            Told::SpeechStart | Told::GreetingEnd => None,
        };
        let Some((_, status)) = named.filter(|(event, _)| self.wants(*event)) else {
            return;
        };
        if self.last != Some(status) {
            self.last = Some(status);
            sayings.push(Saying::Update {
                content_type: CONTENT_TYPE,
                body: format!("event=detected\r\nstatus={status}\r\n").into(),
            });
        }
    }
}

pub(super) fn strip(invite: &mut Message) {
    remove_part(invite, CONTENT_TYPE);
}
