//! Which gateways a call tries, in which order.

use std::sync::Arc;

use super::{Carrier, Dialer, Route};
use crate::trunk::number::Number;

/// A gateway of a carrier, by its place in it.
#[derive(Clone)]
pub struct Choice {
    /// The carrier.
    pub carrier: Arc<Carrier>,
    /// The place among its gateways.
    pub gateway: usize,
}

impl Dialer {
    /// The route with the longest beginning of this number.
    pub fn route(&self, number: &Number) -> Option<&Route> {
        let fits = |route: &&Route| number.begins(&route.prefix);
        self.routes
            .iter()
            .filter(fits)
            .max_by_key(|route| route.prefix.len())
    }
}

impl Route {
    /// Gateways in the order in which a call tries them: carrier by carrier, priority by priority, drawn by weight; those
    /// that do not answer lately (`is_down`) stay in the list, behind all others, since the one that is left may be back.
    pub fn choices(
        &self,
        is_down: impl Fn(&Carrier, usize) -> bool,
        draw: &mut dyn FnMut(u32) -> u32,
    ) -> Vec<Choice> {
        let mut up = Vec::new();
        let mut down = Vec::new();
        for carrier in &self.carriers {
            let mut rest: Vec<usize> = (0..carrier.gateways.len()).collect();
            while let Some(priority) = rest.iter().map(|&place| carrier.gateways[place].priority).min() {
                let alike: Vec<usize> = rest
                    .iter()
                    .copied()
                    .filter(|&place| carrier.gateways[place].priority == priority)
                    .collect();
                let drawn = drawn(carrier, &alike, draw);
                rest.retain(|&place| place != drawn);
                let list = if is_down(carrier, drawn) {
                    &mut down
                } else {
                    &mut up
                };
                list.push(Choice {
                    carrier: Arc::clone(carrier),
                    gateway: drawn,
                });
            }
        }
        up.append(&mut down);
        up
    }
}

/// One of several, by weight, as RFC 2782 draws SRV records.
fn drawn(carrier: &Carrier, places: &[usize], draw: &mut dyn FnMut(u32) -> u32) -> usize {
    let weight = |place: usize| u32::from(carrier.gateways[place].weight);
    let sum: u32 = places.iter().map(|&place| weight(place)).sum();
    if sum == 0 {
        return places[draw(places.len() as u32) as usize];
    }
    let mut at = draw(sum);
    for &place in places {
        if at < weight(place) {
            return place;
        }
        at -= weight(place);
    }
    places[0]
}
