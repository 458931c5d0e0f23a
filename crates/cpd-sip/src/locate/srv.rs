//! The order among the servers of a service.

use super::NAMES_MAX;

/// One SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Srv {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

/// By priority; within one, drawn by weight: each next one with a chance of its weight over the sum of the rest.
pub(super) fn ordered(mut records: Vec<Srv>, draw: &mut dyn FnMut(u32) -> u32) -> Vec<Srv> {
    // Weight 0 goes first, so that it has its very small chance (RFC 2782).
    records.sort_by_key(|record| (record.priority, record.weight));
    records.truncate(NAMES_MAX);
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let priority = first.priority;
        let peers = records.iter().take_while(|record| record.priority == priority);
        let sum: u32 = peers.clone().map(|record| u32::from(record.weight)).sum();
        let mark = draw(sum + 1);
        let mut running = 0;
        let chosen = peers
            .take_while(|record| {
                running += u32::from(record.weight);
                running < mark
            })
            .count();
        ordered.push(records.remove(chosen.min(records.len() - 1)));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn record(priority: u16, weight: u16) -> Srv {
        Srv {
            priority,
            weight,
            port: 5060,
            target: format!("{priority}-{weight}"),
        }
    }

    #[test]
    fn priority_goes_before_weight() {
        let mut random = Random::new([5; 32]);
        for _ in 0..100 {
            let records = vec![
                record(2, 9),
                record(1, 0),
                record(3, 1),
                record(1, 60),
                record(1, 30),
            ];
            let order = ordered(records, &mut |end| random.below(end));
            let priorities: Vec<_> = order.iter().map(|record| record.priority).collect();
            assert_eq!(priorities, [1, 1, 1, 2, 3]);
        }
    }

    #[test]
    fn weights_are_shares() {
        let mut random = Random::new([6; 32]);
        let mut first = [0; 3];
        for _ in 0..10_000 {
            let order = ordered(vec![record(1, 0), record(1, 25), record(1, 75)], &mut |end| {
                random.below(end)
            });
            first[match order[0].weight {
                0 => 0,
                25 => 1,
                _ => 2,
            }] += 1;
        }
        // 1 in 101, 25 in 101, 75 in 101; three standard deviations are 30, 132 and 132.
        assert!((70..130).contains(&first[0]), "{first:?}");
        assert!((2340..2610).contains(&first[1]), "{first:?}");
    }

    #[test]
    fn equal_records_without_weight_keep_their_order() {
        let mut draws = Vec::new();
        let order = ordered(vec![record(1, 0), record(1, 0)], &mut |end| {
            draws.push(end);
            0
        });
        assert_eq!((order.len(), draws), (2, vec![1, 1]));
    }
}
