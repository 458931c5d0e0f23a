//! Hears a telephone call: samples in, events and a verdict out. Time is the sample count.
//!
//! Nothing here reads a clock, opens a file, spawns a thread or fails: [`Detector::push`] and [`Detector::gap`] return
//! nothing, and equal samples give equal events however they are cut into packets.
//!
//! ```
//! use std::sync::Arc;
//! use cpd_detect::{Detector, Library, Plans, Profile, SampleRate, Shared};
//!
//! let shared = Shared::new(SampleRate::NARROWBAND, Arc::new(Plans::built_in()), Arc::new(Library::empty()));
//! let mut detector = Detector::new(&shared, &Profile::default());
//! detector.push(&[0; 160]); // heard
//! detector.gap(160); // lost: time passes, evidence does not
//! detector.answered(); // the signalling says so, at this sample
//! while let Some(event) = detector.poll() {
//!     println!("{event:?}");
//! }
//! ```

pub mod activity;
pub mod answer;
mod detector;
mod early_talk;
pub mod event;
mod events;
pub mod front;
mod judge;
mod keys;
pub mod peaks;
pub mod plan;
mod profile;
pub mod prompts;
mod quick;
mod time;
pub mod tones;
mod verdict;

pub use detector::{Detector, Shared};
pub use event::{Event, EventKind};
pub use events::Events;
pub use plan::{Plan, PlanError, Plans};
pub use profile::{OperatingPoint, Profile};
pub use prompts::Library;
pub use time::{HOPS_PER_SECOND, SampleRate, SampleTime};
pub use verdict::{Class, Evidence, Verdict};
