//! AudioCodes' dialect: `X-Detect` asks and answers, INFO bodies tell.

use cpd_call::{Phase, Telling, Told};
use cpd_sip::Message;

use super::names::{DetectType, Names};
use super::values::Faults;
use super::{Hears, Overrides, Saying, settled};

const HEADER: &str = "X-Detect";
const CONTENT_TYPE: &str = "application/x-detect";

/// How special information tones are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SitForm {
    /// By their kind: `SIT-VC`.
    #[default]
    Kinds,
    /// As `SIT`, all of them: receivers from before release 6.8 know no kinds.
    Plain,
}

/// Speech that was heard before it may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    Began,
    Ended,
}

/// What was asked, and what was told.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    form: SitForm,
    types: Vec<DetectType>,
    last: Option<(Phase, DetectType, &'static str)>,
    /// It was told who answered, or will not be.
    decided: bool,
    /// A dialer waits for who answered first and for speech after it: what came too early is kept until then.
    owed: Option<Speech>,
    /// And so is a beep: often it is what decides that a machine answered.
    owed_beep: bool,
}

impl Asked {
    pub(super) fn read(form: SitForm, invite: &Message, faults: &mut Faults) -> Option<Asked> {
        let mut types = Vec::new();
        for value in invite.all(HEADER) {
            let list = faults.or_note(request(value), HEADER, "no Request=");
            let tokens = list.into_iter().flat_map(|list| {
                list.split(|b| b",; \t\r\n".contains(b))
                    .filter(|token| !token.is_empty())
            });
            for token in tokens {
                match detect_type(token) {
                    Some(kind) if !types.contains(&kind) => types.push(kind),
                    Some(_) => {}
                    // Genesys asks for it too. What is told of it is written nowhere that we know of: it is not answered.
                    None if token.eq_ignore_ascii_case(b"PVD") => {}
                    None => faults.note(HEADER, "type that is not known"),
                }
            }
        }
        (!types.is_empty()).then_some(Asked {
            form,
            types,
            last: None,
            decided: false,
            owed: None,
            owed_beep: false,
        })
    }

    fn wants(&self, kind: DetectType) -> bool {
        self.types.contains(&kind)
    }

    /// What is asked for is heard; what is not is left to the trunk's policy.
    pub(super) fn overrides(&self) -> Overrides {
        let answered = self.types.iter().any(|kind| needs_answer(*kind));
        Overrides {
            pre: self.wants(DetectType::Cpt).then_some(true),
            post: answered.then_some(true),
            ..Overrides::default()
        }
    }

    pub(super) fn announce(&self, hears: Hears, response: &mut Message) {
        let mut list = String::new();
        for kind in DetectType::ALL {
            let heard = hears.answer || (hears.early && !needs_answer(kind));
            if self.wants(kind) && heard {
                if !list.is_empty() {
                    list.push(',');
                }
                list.push_str(kind.as_str());
            }
        }
        // Without the header nothing is detected.
        if !list.is_empty() {
            response.set(HEADER, format!("Response={list}").as_bytes());
        }
    }

    pub(super) fn tell(&mut self, telling: &Telling, sayings: &mut Vec<Saying>) {
        match telling.told {
            Told::Verdict { .. } | Told::NoVerdict(_) => self.tell_verdict(telling, sayings),
            Told::SpeechStart => self.tell_speech(Speech::Began, sayings),
            Told::GreetingEnd => self.tell_speech(Speech::Ended, sayings),
            Told::Beep(_) if self.wants(DetectType::Amd) && !self.decided => self.owed_beep = true,
            Told::Beep(_) => self.tell_beep(sayings),
        }
    }

    fn tell_beep(&self, sayings: &mut Vec<Saying>) {
        let kinds = [DetectType::Amd, DetectType::Cpt];
        if let Some(kind) = kinds.into_iter().find(|kind| self.wants(*kind)) {
            sayings.push(body(kind, "BEEP"));
        }
    }

    fn tell_verdict(&mut self, telling: &Telling, sayings: &mut Vec<Saying>) {
        if !settled(telling) {
            return;
        }
        let named = Names::told(&telling.told).and_then(|names| names.detect);
        if let Some((kind, subtype)) = named.filter(|(kind, _)| self.wants(*kind)) {
            let subtype = match self.form {
                SitForm::Plain if subtype.starts_with("SIT") => "SIT",
                SitForm::Plain | SitForm::Kinds => subtype,
            };
            let news = (telling.phase, kind, subtype);
            if self.last != Some(news) {
                self.last = Some(news);
                sayings.push(body(kind, subtype));
            }
        }
        if telling.phase == Phase::Post {
            self.decided = true;
            match self.owed.take() {
                Some(Speech::Began) => sayings.push(body(DetectType::Ptt, "SPEECH-START")),
                Some(Speech::Ended) => {
                    sayings.push(body(DetectType::Ptt, "SPEECH-START"));
                    sayings.push(body(DetectType::Ptt, "SPEECH-END"));
                }
                None => {}
            }
            if std::mem::take(&mut self.owed_beep) {
                self.tell_beep(sayings);
            }
        }
    }

    fn tell_speech(&mut self, speech: Speech, sayings: &mut Vec<Saying>) {
        if !self.wants(DetectType::Ptt) {
            return;
        }
        if self.wants(DetectType::Amd) && !self.decided {
            self.owed = Some(speech);
            return;
        }
        sayings.push(body(
            DetectType::Ptt,
            match speech {
                Speech::Began => "SPEECH-START",
                Speech::Ended => "SPEECH-END",
            },
        ));
    }
}

/// What only an answered call has. Tones are heard at any time.
fn needs_answer(kind: DetectType) -> bool {
    match kind {
        DetectType::Amd | DetectType::Fax | DetectType::Ptt => true,
        DetectType::Cpt => false,
    }
}

/// The list behind `Request=`, whatever the case and spaces.
fn request(value: &[u8]) -> Option<&[u8]> {
    let at = value.iter().position(|&b| b == b'=')?;
    value[..at]
        .trim_ascii()
        .eq_ignore_ascii_case(b"Request")
        .then(|| &value[at + 1..])
}

fn detect_type(token: &[u8]) -> Option<DetectType> {
    DetectType::ALL
        .into_iter()
        .find(|kind| token.eq_ignore_ascii_case(kind.as_str().as_bytes()))
}

fn body(kind: DetectType, subtype: &str) -> Saying {
    Saying::Info {
        package: None,
        content_type: CONTENT_TYPE,
        body: format!("Type= {}\r\nSubType= {subtype}\r\n", kind.as_str()).into(),
    }
}

pub(super) fn strip(invite: &mut Message) {
    invite.remove(HEADER);
}
