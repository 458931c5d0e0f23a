//! Reference prompts: the library and the ear that recognises them.

use std::sync::Arc;

use crate::activity::Hearing;
use crate::events::Events;
use crate::front::Frame;
use crate::verdict::Class;

/// A prompt's number within one library snapshot.
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

/// An immutable snapshot of reference prompts. Adding gives a new snapshot that shares what was there.
#[derive(Clone, Default)]
pub struct Library {}

impl Library {
    /// A library without prompts.
    pub fn empty() -> Library {
        Library::default()
    }

    /// Prompts in it.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known of a prompt of this library.
    pub fn info(&self, prompt: PromptId) -> Option<&PromptInfo> {
        let _ = prompt;
        None
    }
}

/// Recognises the prompts of a library in one call.
pub struct PromptEar {
    _library: Arc<Library>,
}

impl PromptEar {
    /// An ear for the prompts of a library.
    pub fn new(library: Arc<Library>) -> PromptEar {
        PromptEar { _library: library }
    }

    /// Hears one hop.
    pub fn hear(&mut self, frame: &Frame<'_>, hearing: &Hearing, events: &mut Events) {
        let _ = (frame, hearing, events);
    }
}
