//! A recording that somebody sends, with the words beside it, as a form (RFC 7578).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use super::app::App;
use super::problem::{Kind, Problem};
use crate::audio::{self, Channel, Reading, Recording, Refusal};

/// The largest file, bytes: three minutes of 48 kHz stereo with 16 bits are 35 MB.
pub(crate) const FILE_MAX: usize = 40 << 20;
/// The largest request: the file, and words beside it.
pub(crate) const BODY_MAX: usize = FILE_MAX + (1 << 20);
/// The longest text of a field, bytes.
const TEXT_MAX: usize = 16 << 10;
/// Fields of a form.
const FIELDS_MAX: usize = 32;

/// A form.
#[derive(Default)]
pub(crate) struct Upload {
    /// The file's name, and what is in it.
    file: Option<(String, Bytes)>,
    fields: BTreeMap<String, String>,
}

impl Upload {
    /// Reads a form.
    pub(crate) async fn read(request: Request) -> Result<Upload, Problem> {
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|why| {
            let detail = format!(
                "{}; send a form (multipart/form-data) with a file",
                why.body_text()
            );
            Problem::wrong("", detail)
        })?;
        let mut upload = Upload::default();
        while let Some(field) = form.next_field().await.map_err(problem)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                let file = field.file_name().unwrap_or("recording").to_owned();
                let bytes = field.bytes().await.map_err(problem)?;
                if bytes.len() > FILE_MAX {
                    return Err(too_large());
                }
                upload.file = Some((file, bytes));
                continue;
            }
            let text = field.text().await.map_err(problem)?;
            if text.len() > TEXT_MAX || upload.fields.len() >= FIELDS_MAX {
                return Err(Problem::wrong(
                    &format!("/{name}"),
                    format!("a form has at most {FIELDS_MAX} fields of {TEXT_MAX} bytes"),
                ));
            }
            upload.fields.insert(name, text);
        }
        Ok(upload)
    }

    /// Takes a field's text out; an empty one is none.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.fields.remove(name).filter(|text| !text.is_empty())
    }

    /// Takes a number out.
    pub(crate) fn number<T: std::str::FromStr>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        let number = text.trim().parse();
        number.map(Some).map_err(|_| {
            Problem::wrong(
                &format!("/{name}"),
                format!("{text:?} is no number that is possible here"),
            )
        })
    }

    /// The file's name, for people.
    pub(crate) fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|(name, _)| name.as_str())
    }

    /// Nothing may be left that nobody asked for: a mistyped name would otherwise pass in silence.
    pub(crate) fn close(&self, known: &[&str]) -> Result<(), Problem> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(name) => Err(Problem::wrong(
                &format!("/{name}"),
                format!("unknown field {name:?}; known are file, {}", known.join(", ")),
            )),
        }
    }

    /// Decodes the file, on a thread that may block: one recording, or one for each stream of a capture.
    pub(crate) async fn decode(
        &mut self,
        app: &Arc<App>,
        channel: Option<usize>,
        seconds_max: usize,
    ) -> Result<Vec<Recording>, Problem> {
        let Some((name, bytes)) = self.file.take() else {
            return Err(Problem::wrong(
                "/file",
                "send the recording as a file of the form: WAV, FLAC, MP3, Ogg or a capture",
            ));
        };
        let reading = Reading {
            raw: None,
            channel: channel.map_or(Channel::Mixed, Channel::Only),
            seconds_max: Some(seconds_max),
        };
        let decode = move || audio::from_bytes(bytes.into(), &reading);
        match app.workshop.work(decode).await? {
            Ok((recordings, _)) => Ok(recordings),
            Err(Refusal(_, why)) => Err(Problem::wrong("/file", format!("{name}: {why}"))),
        }
    }
}

fn too_large() -> Problem {
    let detail = format!("a file has at most {} MB", FILE_MAX >> 20);
    Problem::new(Kind::TooLarge, detail)
}

fn problem(why: MultipartError) -> Problem {
    match why.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::wrong("", why.body_text()),
    }
}
