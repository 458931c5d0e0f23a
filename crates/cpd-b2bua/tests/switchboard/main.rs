//! Calls through the switchboard in simulated time: SIP in, SIP out, media told. Each scenario gives a ladder, compared
//! with the text in `tests/switchboard/ladders/`; `LADDERS=write cargo test -p cpd-b2bua --test switchboard` writes what a
//! change made of them, for a person to read before it is committed.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod calls;
mod dialects;
mod races;
mod scripts;
mod stage;
