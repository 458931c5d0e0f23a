//! The clock of hearing: a count of samples since the detector began, and the rate that turns it into milliseconds.

use std::ops::{Add, Sub};

/// Samples a second of the audio that is heard.
///
/// Telephony knows 8,000 (G.711) and 16,000 (G.722, wideband Opus). Everything above 4 kHz is ignored: both
/// rates give the same 31.25 Hz spectrum bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleRate(u32);

impl SampleRate {
    /// 8 kHz, the rate of G.711 and of the public telephone network.
    pub const NARROWBAND: SampleRate = SampleRate(8_000);
    /// 16 kHz, the rate of G.722.
    pub const WIDEBAND: SampleRate = SampleRate(16_000);

    /// The rate in samples a second, where hearing supports it.
    pub fn new(hz: u32) -> Option<SampleRate> {
        matches!(hz, 8_000 | 16_000).then_some(SampleRate(hz))
    }

    /// Samples a second.
    pub fn hz(self) -> u32 {
        self.0
    }

    /// Samples of one hop: 10 ms.
    pub fn hop(self) -> usize {
        (self.0 / HOPS_PER_SECOND) as usize
    }

    /// The whole milliseconds that `time` lies after the start.
    pub fn ms(self, time: SampleTime) -> u64 {
        time.0.saturating_mul(1_000) / u64::from(self.0)
    }

    /// The sample time of a number of milliseconds.
    pub fn at_ms(self, ms: u64) -> SampleTime {
        SampleTime(ms.saturating_mul(u64::from(self.0)) / 1_000)
    }

    /// The time at which a hop begins.
    pub fn at_hop(self, hop: u64) -> SampleTime {
        SampleTime(hop.saturating_mul(self.hop() as u64))
    }
}

/// Hops a second: one hop is 10 ms, the granularity at which detectors hear and events come.
pub const HOPS_PER_SECOND: u32 = 100;

/// A position in the audio: samples since the detector began, lost ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleTime(pub u64);

impl Add<u64> for SampleTime {
    type Output = SampleTime;
    fn add(self, samples: u64) -> SampleTime {
        SampleTime(self.0.saturating_add(samples))
    }
}

/// The samples from one time to a later one; 0 where the second is not earlier.
impl Sub for SampleTime {
    type Output = u64;
    fn sub(self, earlier: SampleTime) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
