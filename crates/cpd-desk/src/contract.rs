//! What a contract promises: hours, times for each kind and priority, and who sees what inside a customer.

use crate::calendar::Calendar;
use crate::ids::PersonId;
use crate::state::{Kind, Priority};

/// A contract of a customer.
#[derive(Clone, Debug)]
pub struct Contract {
    /// From when on it is in force, ms since 1970.
    pub from_ms: i64,
    /// Until when; none: until somebody says.
    pub until_ms: Option<i64>,
    /// When the desk works for it.
    pub calendar: Calendar,
    /// What is promised; the first that fits.
    pub promises: Vec<Promise>,
    /// Clocks stand while a request waits for an update or a supplier.
    pub waiting_pauses: bool,
    /// Working days after a solution until the request is over by itself.
    pub close_days: u16,
    /// Who else of the customer sees somebody's requests.
    pub sees: Sees,
}

/// Working days until what is solved is over, where a contract says nothing else.
pub const CLOSE_DAYS: u16 = 3;

/// Times of working that are promised; none: not promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// For which kind; none: every.
    pub kind: Option<Kind>,
    /// For which priority; none: every.
    pub priority: Option<Priority>,
    /// Until the first answer of a person, ms of work.
    pub first_ms: Option<i64>,
    /// Until each further answer, ms of work.
    pub next_ms: Option<i64>,
    /// Until a solution, ms of work.
    pub solution_ms: Option<i64>,
}

/// Who of a customer sees a colleague's requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sees {
    /// Nobody: the strictest is the default.
    #[default]
    Nobody,
    /// The customer's administrators.
    Administrators,
    /// Those whom the request names.
    Chosen,
    /// Everybody of the customer.
    Everyone,
}

impl Contract {
    /// Whether it is in force.
    #[must_use]
    pub fn in_force(&self, at_ms: i64) -> bool {
        at_ms >= self.from_ms && self.until_ms.is_none_or(|until| at_ms < until)
    }

    /// What it promises for a request.
    #[must_use]
    pub fn promise(&self, kind: Kind, priority: Priority) -> Promise {
        let fits = |promise: &&Promise| {
            promise.kind.is_none_or(|of| of == kind) && promise.priority.is_none_or(|of| of == priority)
        };
        self.promises.iter().find(fits).copied().unwrap_or_default()
    }
}

/// Somebody who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Of the desk.
    Staff,
    /// Of the customer whose request it is. Who is of another one never comes here: another customer's request does not exist.
    Colleague {
        /// Who.
        person: PersonId,
        /// An administrator of the customer.
        administrator: bool,
    },
}

/// Whether somebody sees a request of the same customer.
#[must_use]
pub fn may_see(viewer: Viewer, sees: &Sees, author: Option<PersonId>, chosen: &[PersonId]) -> bool {
    match viewer {
        Viewer::Staff => true,
        Viewer::Colleague { person, .. } if author == Some(person) => true,
        Viewer::Colleague {
            person,
            administrator,
        } => match sees {
            Sees::Nobody => false,
            Sees::Administrators => administrator,
            Sees::Chosen => chosen.contains(&person),
            Sees::Everyone => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    #[test]
    fn colleagues_see_what_the_contract_says() {
        let (author, boss, chosen, other) = (person(1), person(2), person(3), person(4));
        let sees = |sees: Sees| {
            [author, boss, chosen, other].map(|person| {
                let viewer = Viewer::Colleague {
                    person,
                    administrator: person == boss,
                };
                may_see(viewer, &sees, Some(author), &[chosen])
            })
        };
        assert_eq!(sees(Sees::default()), [true, false, false, false]);
        assert_eq!(sees(Sees::Administrators), [true, true, false, false]);
        assert_eq!(sees(Sees::Chosen), [true, false, true, false]);
        assert_eq!(sees(Sees::Everyone), [true; 4]);
        assert!(may_see(Viewer::Staff, &Sees::Nobody, None, &[]));
    }

    #[test]
    fn the_first_promise_that_fits_counts() {
        let hour = |n: i64| Some(n * 3_600_000);
        let contract = Contract {
            from_ms: 10,
            until_ms: Some(20),
            calendar: Calendar::always(),
            promises: vec![
                Promise {
                    kind: Some(Kind::MassIncident),
                    first_ms: hour(1),
                    ..Promise::default()
                },
                Promise {
                    priority: Some(Priority::Critical),
                    first_ms: hour(2),
                    ..Promise::default()
                },
                Promise {
                    first_ms: hour(8),
                    ..Promise::default()
                },
            ],
            waiting_pauses: false,
            close_days: CLOSE_DAYS,
            sees: Sees::Nobody,
        };
        let first = |kind, priority| contract.promise(kind, priority).first_ms;
        assert_eq!(first(Kind::MassIncident, Priority::Low), hour(1));
        assert_eq!(first(Kind::Incident, Priority::Critical), hour(2));
        assert_eq!(first(Kind::Consultation, Priority::Normal), hour(8));
        assert_eq!(
            [9, 10, 19, 20].map(|at| contract.in_force(at)),
            [false, true, true, false]
        );
    }
}
