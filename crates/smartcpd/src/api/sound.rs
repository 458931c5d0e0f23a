//! Sound in answers: whole, or the part that a player asks for (RFC 9110, 14).

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

/// What is asked for of a sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not there.
    Nothing,
}

impl Wish {
    /// The wish for a sound of `length` bytes. What cannot be read as one range is no wish for a part.
    pub(crate) fn of(headers: &HeaderMap, length: u64) -> Wish {
        let wished = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
        let Some((from, to)) = wished
            .and_then(|wish| wish.strip_prefix("bytes="))
            .and_then(|wish| wish.split_once('-'))
        else {
            return Wish::Whole;
        };
        let part = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
            (Ok(from), Ok(to)) if from <= to => from..to.saturating_add(1).min(length),
            (Ok(from), Err(_)) if to.trim().is_empty() => from..length,
            (Err(_), Ok(last)) if from.trim().is_empty() => length.saturating_sub(last)..length,
            _ => return Wish::Whole,
        };
        match part.is_empty() {
            true => Wish::Nothing,
            false => Wish::Part(part),
        }
    }

    /// Which bytes of `length` these are.
    pub(crate) fn bytes(&self, length: u64) -> Range<u64> {
        match self {
            Wish::Whole => 0..length,
            Wish::Part(part) => part.clone(),
            Wish::Nothing => 0..0,
        }
    }

    /// The answer with these bytes of a WAV file of `length`.
    pub(crate) fn answer(&self, bytes: Vec<u8>, length: u64) -> Response {
        let (status, place) = match self {
            Wish::Whole => (StatusCode::OK, None),
            Wish::Part(part) => (
                StatusCode::PARTIAL_CONTENT,
                Some(format!("bytes {}-{}/{length}", part.start, part.end - 1)),
            ),
            Wish::Nothing => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                Some(format!("bytes */{length}")),
            ),
        };
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(place) = place.and_then(|place| place.parse().ok()) {
            headers.insert(header::CONTENT_RANGE, place);
        }
        response
    }
}

/// A WAV file in memory, as it is asked for.
pub(crate) fn answer(headers: &HeaderMap, whole: &[u8]) -> Response {
    let length = whole.len() as u64;
    let wish = Wish::of(headers, length);
    let wanted = wish.bytes(length);
    let bytes = whole.get(wanted.start as usize..wanted.end as usize);
    wish.answer(bytes.unwrap_or_default().to_vec(), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_standard() {
        let asked = |wish: &str| {
            let headers = HeaderMap::from_iter([(header::RANGE, wish.parse().expect("a value"))]);
            Wish::of(&headers, 100)
        };
        assert_eq!(asked("bytes=0-9"), Wish::Part(0..10));
        assert_eq!(asked("bytes=90-"), Wish::Part(90..100));
        assert_eq!(asked("bytes=-10"), Wish::Part(90..100));
        assert_eq!(asked("bytes=-1000"), Wish::Part(0..100));
        assert_eq!(asked("bytes=50-1000"), Wish::Part(50..100));
        assert_eq!(asked("bytes=100-"), Wish::Nothing);
        assert_eq!(asked("bytes=9-0"), Wish::Whole);
        assert_eq!(asked("bytes=0-1,5-6"), Wish::Whole);
        assert_eq!(asked("lines=0-1"), Wish::Whole);
    }
}
