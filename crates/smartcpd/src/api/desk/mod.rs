//! The support desk: requests and what is said in them, for customers and for the desk; contracts, mass incidents, texts.
//!
//! A noun a file. [`seat`]: on which side of the desk somebody sits, and what they see from there.

pub(super) mod acts;
pub(super) mod contacts;
pub(super) mod contracts;
pub(super) mod files;
pub(super) mod masses;
pub(super) mod messages;
pub(super) mod reports;
pub(super) mod requests;
mod seat;
pub(super) mod texts;

use super::problem::{Kind, Problem};
use crate::desk::work::Fault;

impl From<Fault> for Problem {
    fn from(why: Fault) -> Problem {
        match why {
            Fault::Store(why) => why.into(),
            Fault::Refused(why) => Problem::new(Kind::Conflict, why.to_string()),
        }
    }
}
