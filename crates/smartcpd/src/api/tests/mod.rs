//! The real router on fresh databases, both of them, as people and programs use it.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod desk;
mod house;
mod idempotency;
mod identity;
mod jobs;
mod live;
mod logins;
mod objects;
mod organisation;
mod prompts;
mod recordings;
mod schema;
mod streams;
mod test_calls;
mod tone_plans;
mod walls;
mod webhooks;

/// Fresh databases, as the store's own tests make them.
#[path = "../../../../cpd-store/tests/common/mod.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
pub(crate) mod databases;
