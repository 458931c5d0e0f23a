//! Remembers: customers, people, keys, trunks, prompts, calls, what goes out and who did what, in SQLite or PostgreSQL.
//!
//! A [`Store`] is the database. Whoever asks begins a transaction for a tenant or for the service ([`Store::read`],
//! [`Store::write`]) and gives it to the functions of the noun's module: `tenants::list(&tx)`. Each statement carries the
//! tenant; PostgreSQL's row-level security is the second wall.
//!
//! Times are arguments, in ms of Unix time; no function here reads the clock. The database's types stay inside: rows leave
//! as plain structs.

pub mod audit;
pub mod calls;
pub mod desk;
#[allow(
    unreachable_pub,
    reason = "the derived types of a table are public; the module is not"
)]
mod entity;
mod error;
pub mod hours;
pub mod idempotency;
pub mod jobs;
pub mod keys;
pub mod labels;
pub mod leases;
pub mod matches;
mod migration;
pub mod objects;
pub mod page;
pub mod partitions;
pub mod prompts;
pub mod providers;
pub mod record;
pub mod recordings;
pub mod retention;
pub mod secrets;
pub mod sessions;
pub mod settings;
mod spool;
mod store;
pub mod sweep;
pub mod tenants;
pub mod users;
pub mod views;
pub mod webhooks;
pub mod writer;

pub use error::Error;
pub use store::{SERVICE, Store, Tx, Whose};
pub use uuid::Uuid;
