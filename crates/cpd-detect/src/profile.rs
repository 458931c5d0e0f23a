//! What a caller may set: the operating point, the countries, the tone plans and the deadlines.

/// How a doubtful answer is decided. One knob: it moves the probability of "machine" that a verdict of machine needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OperatingPoint {
    /// The table of `docs/accuracy.md` is measured here.
    #[default]
    Balanced,
    /// A machine must be beyond doubt; more machines pass as people.
    KeepPeople,
    /// More machines are caught, more people are lost.
    CatchMachines,
}

/// The profile of detection of one call.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The operating point for who answered.
    pub operating_point: OperatingPoint,
    /// Probability of machine that a verdict of machine needs, in place of the operating point's own (0 to 1): the
    /// knob itself, for printing the whole curve.
    pub machine_threshold: Option<f32>,
    /// Countries whose tones are expected (ISO 3166 codes, lower case); empty: any.
    pub countries: Vec<String>,
}
