//! Mass incidents: when one is suggested, and whom it concerns.
//!
//! A mass incident is a record of the desk without a customer. Each customer has a request of its own below it; what solves
//! the incident is said in each of them, and each is closed by its own customer or its own timer. Nobody sees from one
//! what stands above or beside it.

use std::collections::{BTreeMap, VecDeque};

use crate::ids::{CustomerId, RequestId};

/// Customers that report one part of the service before a mass incident is suggested.
pub(crate) const CUSTOMERS: usize = 3;
/// Within this time, ms.
pub(crate) const WITHIN_MS: i64 = 15 * 60_000;
/// How long a part is not suggested again, ms.
pub(crate) const QUIET_MS: i64 = 60 * 60_000;
/// Reports of a part that are kept: a flood of one customer's does not push the others' out, for each counts once.
const CUSTOMERS_MAX: usize = 1_000;

/// A suggestion: several customers report one part of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The part.
    pub component: String,
    /// Their requests, the first report first.
    pub requests: Vec<RequestId>,
}

/// What was reported lately.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    parts: BTreeMap<String, Part>,
}

#[derive(Clone, Debug, Default)]
struct Part {
    /// The first report of each customer, oldest first.
    lately: VecDeque<(i64, CustomerId, RequestId)>,
    quiet_until_ms: i64,
}

impl Reports {
    /// A customer reports a part of the service. Reports come in the order of time.
    pub fn report(
        &mut self,
        at_ms: i64,
        component: &str,
        customer: CustomerId,
        request: RequestId,
    ) -> Option<Suggestion> {
        self.parts.retain(|_, part| {
            part.lately.retain(|(at, ..)| *at > at_ms - WITHIN_MS);
            !part.lately.is_empty() || part.quiet_until_ms > at_ms
        });
        let part = self.parts.entry(component.to_owned()).or_default();
        if part.lately.iter().all(|(_, of, _)| *of != customer) {
            if part.lately.len() == CUSTOMERS_MAX {
                part.lately.pop_front();
            }
            part.lately.push_back((at_ms, customer, request));
        }
        if part.lately.len() < CUSTOMERS || at_ms < part.quiet_until_ms {
            return None;
        }
        part.quiet_until_ms = at_ms + QUIET_MS;
        Some(Suggestion {
            component: component.to_owned(),
            requests: part.lately.iter().map(|(.., request)| *request).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const MINUTE: i64 = 60_000;

    fn reports(list: &[(i64, &str, u128)]) -> Vec<(i64, usize)> {
        let mut reports = Reports::default();
        let mut out = Vec::new();
        for (n, (minute, component, customer)) in list.iter().enumerate() {
            let request = RequestId(Uuid::from_u128(n as u128));
            let customer = CustomerId(Uuid::from_u128(*customer));
            if let Some(found) = reports.report(minute * MINUTE, component, customer, request) {
                out.push((*minute, found.requests.len()));
            }
        }
        out
    }

    #[test]
    fn three_customers_within_minutes_are_one_incident() {
        assert_eq!(
            reports(&[(0, "calls", 1), (5, "calls", 2), (14, "calls", 3)]),
            [(14, 3)]
        );
    }

    #[test]
    fn one_customer_that_reports_often_is_not() {
        assert_eq!(
            reports(&[(0, "calls", 1), (1, "calls", 1), (2, "calls", 1), (3, "calls", 2)]),
            []
        );
    }

    #[test]
    fn neither_are_parts_or_hours_apart() {
        assert_eq!(
            reports(&[(0, "calls", 1), (1, "console", 2), (2, "calls", 3)]),
            []
        );
        assert_eq!(
            reports(&[(0, "calls", 1), (10, "calls", 2), (15, "calls", 3)]),
            []
        );
    }

    #[test]
    fn is_not_suggested_again_at_once() {
        let list: Vec<_> = (0..100).map(|n| (n, "calls", n as u128)).collect();
        assert_eq!(reports(&list), [(2, 3), (62, 15)]);
    }
}
