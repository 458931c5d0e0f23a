//! Our own dialect: `X-SmartCPD` asks, headers and an INFO package tell.

use std::time::Duration;

use cpd_call::{HOLD_MAX, NoVerdict, Telling, Told};
use cpd_sip::{Message, Name};
use serde::Serialize;

use super::names::ERROR;
use super::values::{Faults, number, switch};
use super::{Context, Header, Overrides, Saying};

const HEADER: &str = "X-SmartCPD";
/// How all headers of this dialect begin.
const PREFIX: &[u8] = b"X-SmartCPD";
const PACKAGE: &str = "smartcpd";
const CONTENT_TYPE: &str = "application/vnd.smartcpd+json";
/// The longest name of a profile.
const PROFILE_BYTES_MAX: usize = 64;

/// By which ways a dialer wants to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Notify {
    info: bool,
    header: bool,
    webhook: bool,
}

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    overrides: Overrides,
    header: bool,
    info: bool,
}

impl Asked {
    pub(super) fn read(invite: &Message, faults: &mut Faults) -> Asked {
        let mut asked = Asked {
            header: true,
            // Who says that it takes the package (RFC 6086, 4.2.2) gets it.
            info: invite.lists(Name::RECV_INFO, PACKAGE),
            ..Asked::default()
        };
        for value in invite.all(HEADER) {
            for param in value.split(|&b| b == b';').map(<[u8]>::trim_ascii) {
                if !param.is_empty() {
                    asked.read_param(param, faults);
                }
            }
        }
        asked
    }

    fn read_param(&mut self, param: &[u8], faults: &mut Faults) {
        let (name, value) = match param.iter().position(|&b| b == b'=') {
            Some(at) => (param[..at].trim_ascii(), param[at + 1..].trim_ascii()),
            None => (param, &b""[..]),
        };
        let overrides = &mut self.overrides;
        match name.to_ascii_lowercase().as_slice() {
            b"profile" => {
                overrides.profile =
                    faults.or_note(profile(value), "X-SmartCPD profile", "no name of a profile");
            }
            b"pre" => overrides.pre = faults.or_note(switch(value), "X-SmartCPD pre", "neither on nor off"),
            b"post" => {
                overrides.post = faults.or_note(switch(value), "X-SmartCPD post", "neither on nor off");
            }
            b"hold" => {
                let hold = number(value).map(|ms| Duration::from_millis(ms.into()));
                overrides.hold = faults.or_note(hold, "X-SmartCPD hold", "no whole number of ms");
                if overrides.hold.is_some_and(|hold| hold > HOLD_MAX) {
                    faults.note("X-SmartCPD hold", "longer than 5000 ms, which is what it gets");
                }
            }
            b"notify" => {
                let notify = notify(value, faults);
                (self.info, self.header) = (notify.info, notify.header);
                self.overrides.webhook = Some(notify.webhook);
            }
            _ => faults.note(HEADER, "parameter that is not known"),
        }
    }

    pub(super) fn overrides(&self) -> Overrides {
        self.overrides.clone()
    }

    pub(super) fn headers(&self, telling: &Telling, context: &Context<'_>, headers: &mut Vec<Header>) {
        let object = Object::new(telling, context);
        let Some(class) = object.class.filter(|_| self.header) else {
            return;
        };
        headers.push(("X-SmartCPD-Result", class.into()));
        if let Some(confidence) = object.confidence {
            headers.push(("X-SmartCPD-Confidence", format!("{confidence:.2}").into()));
        }
        headers.push(("X-SmartCPD-Phase", object.phase.into()));
        headers.push(("X-SmartCPD-Time-Ms", object.t_ms.to_string().into()));
        if let Some(prompt) = &object.prompt {
            headers.push(("X-SmartCPD-Prompt-Id", prompt.id.into()));
        }
        headers.push(("X-SmartCPD-Call-Id", context.call_id.into()));
    }

    pub(super) fn tell(&self, telling: &Telling, context: &Context<'_>, sayings: &mut Vec<Saying>) {
        if self.info {
            sayings.push(Saying::Info {
                package: Some(PACKAGE),
                content_type: CONTENT_TYPE,
                body: object(telling, context).into(),
            });
        }
    }
}

fn profile(value: &[u8]) -> Option<String> {
    let fits = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
    let good = (1..=PROFILE_BYTES_MAX).contains(&value.len()) && value.iter().all(fits);
    let text = std::str::from_utf8(value).ok()?;
    good.then(|| text.to_owned())
}

/// `none` and an empty list: by no way.
fn notify(value: &[u8], faults: &mut Faults) -> Notify {
    let mut notify = Notify::default();
    for token in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
        match token.to_ascii_lowercase().as_slice() {
            b"info" => notify.info = true,
            b"header" => notify.header = true,
            b"webhook" => notify.webhook = true,
            b"none" | b"" => {}
            _ => faults.note("X-SmartCPD notify", "way that is not known"),
        }
    }
    notify
}

/// What one telling is as JSON: in INFO, in webhooks, in the event stream and in the call's record.
pub fn object(telling: &Telling, context: &Context<'_>) -> String {
    // A struct of numbers and strings cannot fail to be written.
    serde_json::to_string(&Object::new(telling, context)).unwrap_or_default()
}

#[derive(Serialize)]
struct Object<'a> {
    /// The version of this form. A reader passes over keys that it does not know.
    v: u8,
    call_id: &'a str,
    seq: u32,
    phase: &'static str,
    /// What the call met.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    /// What happened, where it is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    t_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<Prompt<'a>>,
    #[serde(rename = "final")]
    last: bool,
}

#[derive(Serialize)]
struct Prompt<'a> {
    id: &'a str,
    name: String,
    score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_ms: Option<u32>,
}

impl<'a> Object<'a> {
    fn new(telling: &Telling, context: &Context<'a>) -> Object<'a> {
        let mut object = Object {
            v: 1,
            call_id: context.call_id,
            seq: telling.seq,
            phase: telling.phase.as_str(),
            class: None,
            event: None,
            reason: None,
            confidence: None,
            t_ms: telling.t_ms,
            prompt: None,
            last: telling.last,
        };
        match &telling.told {
            Told::Verdict {
                class,
                confidence,
                prompt,
                ..
            } => {
                let score = rounded(*confidence);
                object.class = Some(class.as_str());
                object.confidence = Some(score);
                object.prompt = prompt.and_then(|(prompt, offset_ms)| {
                    let info = context.library.info(prompt)?;
                    Some(Prompt {
                        id: &info.id,
                        name: format!("{} {}", info.operator, info.category).trim().to_owned(),
                        score,
                        offset_ms,
                    })
                });
            }
            Told::NoVerdict(NoVerdict::Deadline) => {
                object.class = Some("unknown");
                object.reason = Some("deadline");
            }
            Told::NoVerdict(NoVerdict::Deaf) => {
                object.class = Some(ERROR);
                object.reason = Some("deaf");
            }
            Told::SpeechStart => object.event = Some("speech.start"),
            Told::GreetingEnd => object.event = Some("machine.greeting_end"),
            Told::Beep(_) => object.event = Some("machine.beep"),
        }
        object
    }
}

/// Two decimals: what is behind them is noise.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 100.0).round() / 100.0
}

/// They bear our name: no carrier is told of them, whatever the trunk speaks.
pub(super) fn strip(invite: &mut Message) {
    super::bodies::remove_prefixed(invite, PREFIX);
}
