//! Reference prompts: the library and the ear that recognises them.
//!
//! [`Library`] holds what is known of operators' announcements: a compact fingerprint of each and an index over all of
//! them. [`PromptEar`] hears a call and says which of them plays, from where, and how sure it is.

mod category;
mod ear;
mod hits;
mod index;
mod library;
mod print;
#[cfg(test)]
mod tests;
mod trails;

pub use category::class_of_category;
pub use ear::PromptEar;
pub use library::{Added, Library, PROMPT_MS_MAX, Refused, Shared};

use crate::event::PromptHeard;
use crate::verdict::Class;

/// A prompt's number within one library snapshot and those made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PromptId(pub u32);

/// What is known of a prompt beside its sound.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptInfo {
    /// The user's own identifier.
    pub id: String,
    /// The operator that plays it; empty where unknown.
    pub operator: String,
    /// The user's category, as `switched_off`.
    pub category: String,
    /// What a call that meets it is.
    pub class: Class,
    /// Language, as `ru` or `ru+en`.
    pub lang: String,
    /// What it says.
    pub text: String,
    /// Length, ms.
    pub length_ms: u32,
}
