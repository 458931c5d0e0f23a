//! A table a file: its columns as a plain struct, times in ms of Unix time.
//!
//! Only this crate asks the tables; what leaves it are the structs.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod call_hours;
pub(crate) mod calls;
pub(crate) mod deliveries;
pub(crate) mod desk_addresses;
pub(crate) mod desk_contacts;
pub(crate) mod desk_contracts;
pub(crate) mod desk_events;
pub(crate) mod desk_files;
pub(crate) mod desk_masses;
pub(crate) mod desk_messages;
pub(crate) mod desk_names;
pub(crate) mod desk_outgoing;
pub(crate) mod desk_requests;
pub(crate) mod desk_texts;
pub(crate) mod idempotency;
pub(crate) mod identity_domains;
pub(crate) mod identity_providers;
pub(crate) mod jobs;
pub(crate) mod labels;
pub(crate) mod leases;
pub(crate) mod libraries;
pub(crate) mod object_versions;
pub(crate) mod objects;
pub(crate) mod outbox;
pub(crate) mod prompts;
pub(crate) mod recordings;
pub(crate) mod retention;
pub(crate) mod revisions;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sounds;
pub(crate) mod tenants;
pub(crate) mod users;
pub(crate) mod views;
pub(crate) mod webhooks;
