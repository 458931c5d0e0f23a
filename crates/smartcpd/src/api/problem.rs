//! What went wrong with a request, as RFC 9457 has it: a word that programs know it by, and a sentence for people.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A request that was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind: `/problems/stale`.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What it is this time, and what to do.
    detail: String,
    /// The id of the request, to be told to support.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) request_id: Option<String>,
    /// Single faults of what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Wrong>,
}

/// One fault of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Wrong {
    /// Where, as a JSON pointer (RFC 6901): `/body/gateways/0/uri`.
    pub(crate) pointer: String,
    /// What is wrong there, and what to write.
    pub(crate) detail: String,
}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nobody is logged in, or the key is not known.
    LoginWanted,
    /// Address or password is wrong.
    LoginWrong,
    /// The one-time code is wanted, or wrong.
    CodeWanted,
    /// Too many wrong passwords.
    Locked,
    /// Passwords are turned off for them: the organisation vouches for its people.
    OrganisationWanted,
    /// One may not do that.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// There is one of that name, or it cannot be done as things are.
    Conflict,
    /// It was changed meanwhile.
    Stale,
    /// `If-Match` is missing.
    VersionWanted,
    /// What was sent is wrong.
    Invalid,
    /// What was sent is too large.
    TooLarge,
    /// Too many requests.
    TooMany,
    /// The database or another node cannot be reached.
    Away,
    /// A fault of ours.
    Fault,
}

impl Kind {
    fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Kind::LoginWanted => ("login_wanted", StatusCode::UNAUTHORIZED, "Nobody is logged in"),
            Kind::LoginWrong => (
                "login_wrong",
                StatusCode::UNAUTHORIZED,
                "The address or the password is wrong",
            ),
            Kind::CodeWanted => (
                "code_wanted",
                StatusCode::UNAUTHORIZED,
                "The one-time code is wanted",
            ),
            Kind::Locked => (
                "locked",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many wrong passwords",
            ),
            Kind::OrganisationWanted => (
                "organisation_wanted",
                StatusCode::FORBIDDEN,
                "The login with the organisation is wanted",
            ),
            Kind::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "This is not allowed"),
            Kind::NotFound => ("not_found", StatusCode::NOT_FOUND, "There is no such thing"),
            Kind::Conflict => (
                "conflict",
                StatusCode::CONFLICT,
                "This cannot be done as things are",
            ),
            Kind::Stale => (
                "stale",
                StatusCode::PRECONDITION_FAILED,
                "It was changed meanwhile",
            ),
            Kind::VersionWanted => (
                "version_wanted",
                StatusCode::PRECONDITION_REQUIRED,
                "The version is wanted",
            ),
            Kind::Invalid => (
                "invalid",
                StatusCode::UNPROCESSABLE_ENTITY,
                "What was sent is wrong",
            ),
            Kind::TooLarge => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "What was sent is too large",
            ),
            Kind::TooMany => ("too_many", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Kind::Away => (
                "away",
                StatusCode::SERVICE_UNAVAILABLE,
                "Something that is needed cannot be reached",
            ),
            Kind::Fault => (
                "fault",
                StatusCode::INTERNAL_SERVER_ERROR,
                "A fault of the service",
            ),
        }
    }
}

/// How long a client waits before it asks again what could not be reached, s.
const RETRY_S: u32 = 5;

impl Problem {
    /// A problem of a kind; `detail` says what it is this time.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        let (word, status, title) = kind.parts();
        Problem {
            kind: format!("/problems/{word}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            request_id: None,
            errors: Vec::new(),
        }
    }

    /// Wrong values, each at its place.
    pub(crate) fn invalid(errors: Vec<Wrong>) -> Problem {
        let detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            many => format!("{} values are wrong", many.len()),
        };
        Problem {
            errors,
            ..Problem::new(Kind::Invalid, detail)
        }
    }

    /// One wrong value.
    pub(crate) fn wrong(pointer: &str, detail: impl Into<String>) -> Problem {
        Problem::invalid(vec![Wrong {
            pointer: pointer.to_owned(),
            detail: detail.into(),
        }])
    }

    /// There is no such thing, or it is somebody else's: both look alike.
    pub(crate) fn not_found() -> Problem {
        Problem::new(Kind::NotFound, "it does not exist, or is not yours to see")
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Says nothing of what happened inside.
    pub(crate) fn hide(&mut self) {
        self.detail = "something went wrong here; tell support the id of the request".to_owned();
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let kept = self.clone();
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            headers.insert(header::RETRY_AFTER, RETRY_S.into());
        }
        // The outermost layer puts the request's id into it, and logs faults of ours.
        response.extensions_mut().insert(kept);
        response
    }
}

impl From<cpd_store::Error> for Problem {
    fn from(why: cpd_store::Error) -> Problem {
        use cpd_store::Error;
        match why {
            Error::Away(_) => Problem::new(
                Kind::Away,
                "the database cannot be reached; try again in a moment",
            ),
            Error::Taken => Problem::new(
                Kind::Conflict,
                "there is one of that name already; choose another",
            ),
            Error::Missing => Problem::not_found(),
            Error::Stale(version) => Problem::new(
                Kind::Stale,
                format!("somebody changed it meanwhile: it is at version {version}; read it again"),
            ),
            Error::Failed(why) => Problem::new(Kind::Fault, why),
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(why: JsonRejection) -> Problem {
        match why.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, why.body_text()),
            _ => Problem::wrong("", why.body_text()),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(why: QueryRejection) -> Problem {
        Problem::wrong("", why.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Problem {
        Problem::not_found()
    }
}
