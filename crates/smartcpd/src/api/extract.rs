//! What handlers take out of a request; what does not fit is a [`Problem`].

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::problem::Problem;

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        let Json(body) = Json::from_request(request, state).await?;
        Ok(Body(body))
    }
}

/// The query of an address.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        let Query(query) = Query::from_request_parts(parts, state).await?;
        Ok(Asked(query))
    }
}

/// Names in a path. What does not fit there does not exist.
pub(crate) struct At<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Problem> {
        let Path(path) = Path::from_request_parts(parts, state).await?;
        Ok(At(path))
    }
}

/// A list that is short enough to be told whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
}

/// A part of a list that grows at the top.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Paged<T> {
    pub(crate) items: Vec<T>,
    /// What `after` is for the next part; none: this is the last.
    pub(crate) next: Option<String>,
}

/// How a list that grows is asked for.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// How many, 1 to 500; 100 by itself.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) limit: Option<u64>,
    /// `next` of the part before.
    pub(crate) after: Option<String>,
}

/// Items of a part by itself, and at most.
const LIMIT: u64 = 100;
const LIMIT_MAX: u64 = 500;

impl Part {
    /// Limit and cursor.
    pub(crate) fn read(&self) -> Result<(u64, Option<cpd_store::page::Cursor>), Problem> {
        let limit = self.limit.unwrap_or(LIMIT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::wrong(
                "/limit",
                format!("{limit} is not 1 to {LIMIT_MAX}"),
            ));
        }
        let after = match &self.after {
            None => None,
            Some(text) => Some(
                cpd_store::page::Cursor::decode(text)
                    .ok_or_else(|| Problem::wrong("/after", "write what `next` of the part before was"))?,
            ),
        };
        Ok((limit, after))
    }
}

impl<T> Paged<T> {
    pub(crate) fn of<R>(page: cpd_store::page::Page<R>, make: impl FnMut(R) -> T) -> Paged<T> {
        Paged {
            next: page.next.map(|cursor| cursor.encode()),
            items: page.rows.into_iter().map(make).collect(),
        }
    }
}
