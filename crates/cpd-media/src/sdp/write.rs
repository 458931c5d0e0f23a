//! Descriptions of our own: where no other leg gives one, and for pretended peers.

use super::relay::{write_connection, write_medium, write_origin, write_ours, write_word};
use super::{Audio, CannotCarry, Carried, Description, Direction, Format, Kind, Local, Protection};
use crate::codec::Codec;

/// An offer of one audio stream with these codecs.
pub fn offer(local: &Local<'_>, direction: Direction, formats: &[Format]) -> Vec<u8> {
    let transport: &[u8] = match local.protection {
        Protection::Sdes(_) => b"RTP/SAVP",
        Protection::AsItCame | Protection::Plain => b"RTP/AVP",
    };
    let mut out = begin(local);
    write_audio(&mut out, local, transport, direction, formats);
    out
}

/// An answer: the codecs of `formats` that are offered, in the offer's order and under its numbers; every other medium
/// refused; the offer's direction seen from here. Keys are told where the offer is secured.
pub fn answer(offer: &Description, local: &Local<'_>, formats: &[Format]) -> Result<Vec<u8>, CannotCarry> {
    let Carried::Audio(audio) = offer.carried()? else {
        return Err(CannotCarry::NoAudio);
    };
    let common = in_common(&audio, formats);
    if common.iter().all(|format| is_aside(format.codec)) {
        return Err(CannotCarry::NoCodec);
    }
    let protection = match local.protection {
        Protection::Sdes(_) if audio.profile.is_secure() => local.protection,
        _ if audio.profile.is_secure() => return Err(CannotCarry::NoKey),
        Protection::AsItCame | Protection::Plain | Protection::Sdes(_) => Protection::Plain,
    };
    let local = Local { protection, ..*local };
    let carried = offer.carried_index();
    let mut out = begin(&local);
    for index in 0..offer.media.len() {
        let medium = offer.medium(index);
        if carried == Some(index) && medium.kind == Kind::Audio && !audio.refused {
            write_audio(
                &mut out,
                &local,
                medium.transport,
                audio.direction.mirrored(),
                &common,
            );
        } else {
            write_medium(&mut out, medium.name, 0, medium.transport);
            let first = super::words(medium.formats).next().unwrap_or(b"0");
            write_word(&mut out, first);
            out.extend_from_slice(b"\r\n");
        }
    }
    Ok(out)
}

/// What is in both lists, under the offer's numbers and with our parameters.
fn in_common(audio: &Audio, formats: &[Format]) -> Vec<Format> {
    let ours = |offered: &Format| {
        formats.iter().find(|ours| {
            ours.codec == offered.codec
                && ours.rate_hz == offered.rate_hz
                && ours.name.eq_ignore_ascii_case(&offered.name)
        })
    };
    let common = audio.formats.iter().filter_map(|offered| {
        Some(Format {
            payload_type: offered.payload_type,
            ..ours(offered)?.clone()
        })
    });
    common.collect()
}

/// What goes beside speech and is none.
fn is_aside(codec: Codec) -> bool {
    match codec {
        Codec::ComfortNoise | Codec::TelephoneEvent => true,
        Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Opus | Codec::Other => false,
    }
}

fn begin(local: &Local<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(b"v=0\r\n");
    write_origin(&mut out, local);
    out.extend_from_slice(b"s=-\r\n");
    write_connection(&mut out, local.rtp.ip(), false);
    out.extend_from_slice(b"t=0 0\r\n");
    out
}

fn write_audio(
    out: &mut Vec<u8>,
    local: &Local<'_>,
    transport: &[u8],
    direction: Direction,
    formats: &[Format],
) {
    write_medium(out, b"audio", local.rtp.port(), transport);
    for format in formats {
        write_word(out, format.payload_type.to_string().as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    for format in formats {
        let Format {
            payload_type,
            name,
            rate_hz,
            channels,
            fmtp,
            ..
        } = format;
        if !name.is_empty() {
            let channels = if *channels > 1 {
                format!("/{channels}")
            } else {
                String::new()
            };
            out.extend_from_slice(
                format!("a=rtpmap:{payload_type} {name}/{rate_hz}{channels}\r\n").as_bytes(),
            );
        }
        if let Some(fmtp) = fmtp {
            out.extend_from_slice(format!("a=fmtp:{payload_type} {fmtp}\r\n").as_bytes());
        }
    }
    out.extend_from_slice(format!("a=ptime:20\r\na={}\r\n", direction.name()).as_bytes());
    write_ours(out, local);
}
