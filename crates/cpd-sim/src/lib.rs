//! Pretends: what a call sounds like, made from a seed.
//!
//! Tests, benches, training and the demonstration need calls whose truth is known. Here are the tones of networks and
//! terminals ([`tones`]), voices ([`voice`]), noise ([`noise`]), codecs ([`codec`]) and lossy lines ([`mod@line`]), put together to whole
//! calls ([`call`]), libraries of prompts of any size ([`prompts`]) and a set of samples ([`samples`]).
//! A pretended carrier takes its plays from [`carrier`] and sends them as [`stream`] says. Equal seeds give equal
//! samples; nothing reads a clock.
//!
//! All audio is 8 kHz mono. Inside, samples are `f32` of full scale ±1; a line takes and gives 16-bit samples.
//!
//! ```
//! use cpd_sim::{Codec, Line, NoiseKind, level, tones};
//!
//! let said = level::to_pcm(&tones::ringback(6_000.0, -15.0));
//! let line = Line {
//!     level_dbm0: Some(-22.0),
//!     band_hz: (300.0, 3_400.0),
//!     codecs: vec![Codec::Amr122],
//!     noise: Some((NoiseKind::Street, 15.0)),
//!     seed: 7,
//!     ..Line::clean()
//! };
//! let heard = line.carry(&said);
//! assert_eq!(heard.len(), said.len());
//! ```

#![forbid(unsafe_code)]

pub mod call;
pub mod carrier;
pub mod codec;
pub mod filter;
pub mod level;
pub mod line;
pub mod loss;
pub mod noise;
pub mod prompts;
pub mod rng;
pub mod samples;
pub mod stream;
pub mod tones;
pub mod voice;

pub use codec::Codec;
pub use line::{Echo, Line, Stretch};
pub use loss::{Conceal, Loss};
pub use noise::NoiseKind;
pub use rng::Rng;

/// Samples a second of all audio here.
pub const RATE_HZ: u32 = 8_000;
