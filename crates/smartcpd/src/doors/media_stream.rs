//! What is said over the WebSocket of a media stream: messages in, messages out, and how it ends.

use std::sync::Arc;

use axum::extract::ws::close_code;
use cpd_media::g711::Law;
use cpd_store::Uuid;
use serde_json::{Value, json};

use super::frames::{self, Coding, Frame, Media, Start, Unreadable};
use super::order::{Order, Piece};
use super::stream::{About, Open};
use super::streams::{Door, Ending};
use super::wishes::Wishes;
use crate::api::app::App;
use crate::api::problem::Problem;

/// A mark of this name says that the call was answered.
const ANSWERED_MARK: &str = "answered";

/// One socket.
pub(crate) struct Talk {
    app: Arc<App>,
    tenant: Uuid,
    wishes: Wishes,
    heard: Option<Heard>,
}

/// A stream that began.
struct Heard {
    open: Open,
    order: Order,
    law: Law,
    /// Room that is used again.
    pieces: Vec<Piece>,
    samples: Vec<i16>,
}

/// What is to be done after a message.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// These are sent, and it goes on.
    On(Vec<Value>),
    /// These are sent, and the socket is closed.
    End(Vec<Value>),
}

/// Why a socket is closed early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Of the WebSocket's closing (RFC 6455, 7.4.1).
    pub(crate) code: u16,
    pub(crate) detail: String,
}

impl Failed {
    fn protocol(detail: impl Into<String>) -> Failed {
        Failed {
            code: close_code::PROTOCOL,
            detail: detail.into(),
        }
    }

    /// The message that tells of it.
    pub(crate) fn frame(&self) -> Value {
        json!({ "event": "error", "error": { "code": self.code, "detail": self.detail } })
    }
}

impl From<Unreadable> for Failed {
    fn from(why: Unreadable) -> Failed {
        let code = match why {
            Unreadable::TooLong => close_code::SIZE,
            Unreadable::Unheard(_) => close_code::UNSUPPORTED,
            Unreadable::NoJson | Unreadable::Wrong(..) => close_code::INVALID,
        };
        Failed {
            code,
            detail: why.to_string(),
        }
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Failed {
        let code = match problem.status() {
            status if status.is_server_error() || status == 429 => close_code::AGAIN,
            _ => close_code::POLICY,
        };
        Failed {
            code,
            detail: problem.detail().to_owned(),
        }
    }
}

impl Talk {
    /// A socket on which nothing was said yet.
    pub(crate) fn new(app: Arc<App>, tenant: Uuid, wishes: Wishes) -> Talk {
        Talk {
            app,
            tenant,
            wishes,
            heard: None,
        }
    }

    /// A stream began.
    pub(crate) fn has_begun(&self) -> bool {
        self.heard.is_some()
    }

    /// A message came.
    pub(crate) async fn on_text(&mut self, text: &str) -> Result<Step, Failed> {
        match frames::read(text)? {
            Frame::Connected | Frame::Other => Ok(Step::On(Vec::new())),
            Frame::Start(start) => self.on_start(start).await,
            Frame::Media(media) => self.on_media(media),
            Frame::Dtmf(digit) => {
                self.begun()?.open.digit(digit);
                Ok(Step::On(Vec::new()))
            }
            Frame::Mark(name) => self.on_mark(&name),
            Frame::Stop => Ok(self.end(Ending::Stopped)),
        }
    }

    /// It is over; what is left to be told.
    pub(crate) fn end(&mut self, by: Ending) -> Step {
        let Some(mut heard) = self.heard.take() else {
            return Step::End(Vec::new());
        };
        heard.order.finish(&mut heard.pieces);
        heard.hear();
        let told = heard.open.end(by);
        Step::End(if self.wishes.answers { told } else { Vec::new() })
    }

    async fn on_start(&mut self, start: Start) -> Result<Step, Failed> {
        if self.heard.is_some() {
            return Err(Failed::protocol("a second start; one socket carries one stream"));
        }
        for (key, value) in &start.parameters {
            self.wishes.take(key, value).map_err(|detail| Failed {
                code: close_code::POLICY,
                detail,
            })?;
        }
        let about = About {
            tenant: self.tenant,
            id: Uuid::now_v7(),
            door: Door::MediaStream,
            stream_sid: start.stream,
            call_sid: start.call,
        };
        let open = Open::begin(&self.app, about, &self.wishes).await?;
        let began = json!({ "event": "listening", "listening": { "stream_id": open.id() } });
        self.heard = Some(Heard {
            open,
            order: Order::default(),
            law: match start.law {
                Coding::Mu => Law::Mu,
                Coding::A => Law::A,
            },
            pieces: Vec::new(),
            samples: Vec::new(),
        });
        Ok(Step::On(if self.wishes.answers {
            vec![began]
        } else {
            Vec::new()
        }))
    }

    fn on_media(&mut self, media: Media) -> Result<Step, Failed> {
        let (track, answers) = (self.wishes.track, self.wishes.answers);
        let heard = self.begun()?;
        if media.track.is_some_and(|own| own != track) {
            return Ok(Step::On(Vec::new()));
        }
        heard.order.push(media, &mut heard.pieces);
        heard.hear();
        let told = heard.open.tell();
        match heard.open.ends() {
            None => Ok(Step::On(if answers { told } else { Vec::new() })),
            Some(by) => Ok(match self.end(by) {
                Step::End(rest) if answers => Step::End([told, rest].concat()),
                other => other,
            }),
        }
    }

    fn on_mark(&mut self, name: &str) -> Result<Step, Failed> {
        let (marks, answers) = (self.wishes.marks, self.wishes.answers);
        let heard = self.begun()?;
        let mut told = Vec::new();
        if name == ANSWERED_MARK {
            heard.open.session().answered();
            told = heard.open.tell();
        }
        if !answers {
            told.clear();
        }
        if marks {
            told.push(json!({ "event": "mark", "mark": { "name": name } }));
        }
        Ok(Step::On(told))
    }

    fn begun(&mut self) -> Result<&mut Heard, Failed> {
        let wanted = || Failed::protocol("the stream did not begin; send start first");
        self.heard.as_mut().ok_or_else(wanted)
    }
}

impl Heard {
    /// Hears what is in order.
    fn hear(&mut self) {
        for piece in self.pieces.drain(..) {
            match piece {
                Piece::Heard(bytes) => {
                    self.samples.resize(bytes.len(), 0);
                    self.law.decode_slice(&bytes, &mut self.samples);
                    self.open.session().push(&self.samples);
                }
                Piece::Lost(samples) => self.open.session().gap(samples),
            }
        }
    }
}
