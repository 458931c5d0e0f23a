//! Tells customers' servers what happened, as Standard Webhooks has it.
//!
//! - [`sender`]: from the outbox to deliveries, which are tried until they are taken or given up. One node does it.
//! - [`signature`]: what proves that it was us. [`address`]: where nothing is sent. [`network`]: how it is sent.

pub(crate) mod address;
pub(crate) mod network;
pub(crate) mod sender;
pub(crate) mod signature;

/// The events that there are. Of the desk's clocks the service's own webhooks are told alone.
pub(crate) const KINDS: [&str; 7] = [
    "call.ended",
    "job.ended",
    "request.registered",
    "request.moved",
    "request.warned",
    "request.breached",
    TRIAL,
];
/// The event of a trial.
pub(crate) const TRIAL: &str = "webhook.trial";

/// Whether a webhook that wants this gets events of a kind: its name, or a beginning that ends with a dot.
pub(crate) fn wants(wanted: &str, kind: &str) -> bool {
    match wanted.ends_with('.') {
        true => kind.starts_with(wanted),
        false => kind == wanted,
    }
}
