//! Messages of a media stream over a WebSocket, in Twilio's form, and in Telnyx's, which is the same in snake_case.
//!
//! A message is read by what it means to a listener; keys that are not known are passed over, and so are events that a
//! carrier adds later. What cannot be read is told with the place.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The longest message, bytes: a second of sound in base64 takes 10.7 kB, and senders pack 20 ms to 200 ms.
pub(crate) const MESSAGE_BYTES_MAX: usize = 16 << 10;
/// The longest sound of a message, bytes of G.711: a second.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 8_000;
/// The longest name, bytes: ids of calls have some hundred.
pub(crate) const NAME_BYTES_MAX: usize = 256;
/// The most parameters of one's own.
pub(crate) const PARAMETERS_MAX: usize = 32;

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Frame {
    /// The socket stands.
    Connected,
    Start(Start),
    Media(Media),
    Dtmf(char),
    Mark(String),
    Stop,
    /// Something that says nothing to a listener.
    Other,
}

/// How a stream begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Start {
    pub(crate) stream: Option<String>,
    pub(crate) call: Option<String>,
    pub(crate) law: Coding,
    /// Names and values, as they came.
    pub(crate) parameters: Vec<(String, String)>,
}

/// How sound is coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Coding {
    /// G.711, µ-law.
    #[default]
    Mu,
    /// G.711, A-law.
    A,
}

/// Sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Media {
    /// `inbound` or `outbound`; without one, there is only one.
    pub(crate) track: Option<Track>,
    /// Its number within the track, from 1.
    pub(crate) chunk: Option<u64>,
    /// Ms since the stream began.
    pub(crate) timestamp_ms: Option<u64>,
    /// G.711, a byte a sample.
    pub(crate) payload: Vec<u8>,
}

/// A side of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Track {
    Inbound,
    Outbound,
}

impl Track {
    /// A track by its name.
    pub(crate) fn named(text: &str) -> Option<Track> {
        match text {
            "inbound" | "inbound_track" => Some(Track::Inbound),
            "outbound" | "outbound_track" => Some(Track::Outbound),
            _ => None,
        }
    }
}

/// Why a message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    TooLong,
    NoJson,
    /// It says what cannot be: where, and what to send.
    Wrong(&'static str, &'static str),
    /// It is of a kind that nobody here can hear.
    Unheard(&'static str),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::TooLong => write!(f, "a message has at most {MESSAGE_BYTES_MAX} bytes"),
            Unreadable::NoJson => f.write_str("a message is an object of JSON with the key \"event\""),
            Unreadable::Wrong(place, wanted) => write!(f, "{place}: {wanted}"),
            Unreadable::Unheard(what) => f.write_str(what),
        }
    }
}

/// Reads a message.
pub(crate) fn read(text: &str) -> Result<Frame, Unreadable> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(Unreadable::TooLong);
    }
    let message: Value = serde_json::from_str(text).map_err(|_| Unreadable::NoJson)?;
    let event = message
        .get("event")
        .and_then(Value::as_str)
        .ok_or(Unreadable::NoJson)?;
    match event {
        "connected" => Ok(Frame::Connected),
        "start" => start(&message).map(Frame::Start),
        "media" => media(&message).map(Frame::Media),
        "dtmf" => digit(&message).map(Frame::Dtmf),
        "mark" => {
            let name = name(
                message.get("mark").unwrap_or(&Value::Null),
                &["name"],
                "mark.name",
            )?;
            Ok(Frame::Mark(name.unwrap_or_default()))
        }
        "stop" => Ok(Frame::Stop),
        _ => Ok(Frame::Other),
    }
}

/// The first of these keys.
fn first<'a>(object: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter()
        .find_map(|key| object.get(key))
        .filter(|value| !value.is_null())
}

fn name(object: &Value, keys: &[&str], place: &'static str) -> Result<Option<String>, Unreadable> {
    match first(object, keys) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= NAME_BYTES_MAX => Ok(Some(text.clone())),
        Some(_) => Err(Unreadable::Wrong(place, "text of at most 256 bytes is wanted")),
    }
}

/// A whole number, as a number or as text.
fn number(object: &Value, key: &str, place: &'static str) -> Result<Option<u64>, Unreadable> {
    let read = match object.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
    };
    read.map(Some)
        .ok_or(Unreadable::Wrong(place, "a whole number is wanted, as \"12\""))
}

fn start(message: &Value) -> Result<Start, Unreadable> {
    let start = message
        .get("start")
        .filter(|start| start.is_object())
        .ok_or(Unreadable::Wrong("start", "an object is wanted"))?;
    let format = first(start, &["mediaFormat", "media_format"]).unwrap_or(&Value::Null);
    let ids = ["streamSid", "stream_id", "stream_sid"];
    let stream = match name(message, &ids, "streamSid")? {
        Some(stream) => Some(stream),
        None => name(start, &ids, "start.streamSid")?,
    };
    Ok(Start {
        stream,
        call: name(
            start,
            &["callSid", "call_control_id", "call_sid"],
            "start.callSid",
        )?,
        law: coding(format)?,
        parameters: parameters(start)?,
    })
}

fn coding(format: &Value) -> Result<Coding, Unreadable> {
    let rate = ["sampleRate", "sample_rate"]
        .iter()
        .find(|key| format.get(**key).is_some());
    let rate = match rate {
        Some(key) => number(format, key, "mediaFormat.sampleRate")?,
        None => None,
    };
    if rate.is_some_and(|rate| rate != 8_000) {
        return Err(Unreadable::Unheard(
            "mediaFormat.sampleRate: 8000 is heard, and no other rate",
        ));
    }
    if number(format, "channels", "mediaFormat.channels")?.is_some_and(|channels| channels != 1) {
        return Err(Unreadable::Unheard(
            "mediaFormat.channels: one channel is heard; send tracks",
        ));
    }
    let encoding = name(format, &["encoding"], "mediaFormat.encoding")?.unwrap_or_default();
    match encoding.to_ascii_lowercase().as_str() {
        "" | "audio/x-mulaw" | "audio/pcmu" | "pcmu" | "mulaw" | "ulaw" => Ok(Coding::Mu),
        "audio/x-alaw" | "audio/pcma" | "pcma" | "alaw" => Ok(Coding::A),
        _ => Err(Unreadable::Unheard(
            "mediaFormat.encoding: audio/x-mulaw and audio/x-alaw are heard",
        )),
    }
}

fn parameters(start: &Value) -> Result<Vec<(String, String)>, Unreadable> {
    const PLACE: &str = "start.customParameters";
    let Some(all) = first(start, &["customParameters", "custom_parameters"]) else {
        return Ok(Vec::new());
    };
    let wrong = Unreadable::Wrong(PLACE, "an object of at most 32 short texts is wanted");
    let all = all
        .as_object()
        .filter(|all| all.len() <= PARAMETERS_MAX)
        .ok_or(wrong.clone())?;
    all.iter()
        .map(|(key, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                _ => return Err(wrong.clone()),
            };
            match key.len() <= NAME_BYTES_MAX && value.len() <= NAME_BYTES_MAX {
                true => Ok((key.clone(), value)),
                false => Err(wrong.clone()),
            }
        })
        .collect()
}

fn media(message: &Value) -> Result<Media, Unreadable> {
    let media = message
        .get("media")
        .filter(|media| media.is_object())
        .ok_or(Unreadable::Wrong("media", "an object is wanted"))?;
    let track = match name(media, &["track"], "media.track")? {
        None => None,
        Some(name) => Some(
            Track::named(&name).ok_or(Unreadable::Wrong("media.track", "inbound or outbound is wanted"))?,
        ),
    };
    let payload = media
        .get("payload")
        .and_then(Value::as_str)
        .ok_or(Unreadable::Wrong("media.payload", "base64 is wanted"))?;
    let payload = STANDARD
        .decode(payload)
        .map_err(|_| Unreadable::Wrong("media.payload", "base64 is wanted"))?;
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(Unreadable::Wrong("media.payload", "at most a second is wanted"));
    }
    Ok(Media {
        track,
        chunk: number(media, "chunk", "media.chunk")?,
        timestamp_ms: number(media, "timestamp", "media.timestamp")?,
        payload,
    })
}

fn digit(message: &Value) -> Result<char, Unreadable> {
    let digit = message.get("dtmf").and_then(|dtmf| dtmf.get("digit"));
    let digit = digit.and_then(Value::as_str).unwrap_or_default();
    let mut letters = digit.chars();
    match (letters.next(), letters.next()) {
        (Some(digit), None) if digit.is_ascii_digit() || "*#ABCD".contains(digit) => Ok(digit),
        _ => Err(Unreadable::Wrong("dtmf.digit", "one of 0-9, *, #, A-D is wanted")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twilios_form_and_telnyxs_are_the_same_to_a_listener() {
        let twilio = r#"{"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"accountSid":"AC1","streamSid":"MZ1",
            "callSid":"CA1","tracks":["inbound"],"customParameters":{"campaign":"spring","answered":"true"},
            "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}"#;
        let telnyx = r#"{"event":"start","sequence_number":"1","stream_id":"MZ1","start":{"user_id":"u","call_control_id":"CA1",
            "custom_parameters":{"campaign":"spring","answered":true},
            "media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1}}}"#;
        let both = |text| match read(text) {
            Ok(Frame::Start(mut start)) => {
                start.parameters.sort();
                start
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(both(twilio), both(telnyx));
        assert_eq!(both(twilio).stream.as_deref(), Some("MZ1"));
        let media =
            r#"{"event":"media","media":{"track":"inbound","chunk":"3","timestamp":"40","payload":"//8="}}"#;
        let expected = Media {
            track: Some(Track::Inbound),
            chunk: Some(3),
            timestamp_ms: Some(40),
            payload: vec![0xff, 0xff],
        };
        assert_eq!(read(media), Ok(Frame::Media(expected)));
        assert_eq!(read(r#"{"event":"clear"}"#), Ok(Frame::Other));
        assert_eq!(
            read(r##"{"event":"dtmf","dtmf":{"digit":"#"}}"##),
            Ok(Frame::Dtmf('#'))
        );
    }

    #[test]
    fn what_cannot_be_heard_is_told_with_its_place() {
        let check = |text: &str, expected: &str| {
            let told = read(text).expect_err(text).to_string();
            assert!(told.starts_with(expected), "{told}");
        };
        check("{}", "a message is an object");
        check("[1", "a message is an object");
        check(&" ".repeat(MESSAGE_BYTES_MAX + 1), "a message has at most");
        check(r#"{"event":"start"}"#, "start: ");
        check(
            r#"{"event":"start","start":{"mediaFormat":{"sampleRate":16000}}}"#,
            "mediaFormat.sampleRate: 8000",
        );
        check(
            r#"{"event":"start","start":{"mediaFormat":{"encoding":"OPUS"}}}"#,
            "mediaFormat.encoding: ",
        );
        check(
            r#"{"event":"media","media":{"payload":"%"}}"#,
            "media.payload: base64",
        );
        check(
            r#"{"event":"media","media":{"chunk":"x","payload":""}}"#,
            "media.chunk: ",
        );
        check(
            r#"{"event":"media","media":{"track":"left","payload":""}}"#,
            "media.track: ",
        );
        check(r#"{"event":"dtmf","dtmf":{"digit":"12"}}"#, "dtmf.digit: ");
    }
}
