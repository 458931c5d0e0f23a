//! National tone plans: what ringback, busy and congestion sound like, country by country.

/// The plans in use.
#[derive(Clone, Debug, Default)]
pub struct Plans {}

impl Plans {
    /// The plans that are built in.
    pub fn built_in() -> Plans {
        Plans::default()
    }
}
