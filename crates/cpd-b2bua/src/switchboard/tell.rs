//! Verdicts on their way to the dialer, in the dialects of its trunk.
//!
//! What is said in headers stands in the next message of the dialog, and in all that follow; where none is due, a
//! provisional response is sent for it. INFO and UPDATE go at once if the dialog allows it, else after the answer.

use std::time::Instant;

use cpd_call::Telling;
use cpd_sip::Endpoint;
use cpd_sip::message::Message;

use super::bridge::Bridge;
use super::{Media, Notice, Switchboard};
use crate::dialect::{Context, Saying, netborder_call_id};

/// What waits to be said until the dialog allows it: more than a call tells before its answer.
const UNSAID_MAX: usize = 32;

impl<M: Media> Switchboard<M> {
    pub(super) fn tell(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64, telling: Telling) {
        let Some(bridge) = self.bridges.get(&id) else {
            return;
        };
        let netborder_call_id = self.netborder_call_id(bridge);
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        let hearing = bridge.settings.hearing_of(&bridge.dialer);
        let context = Context {
            call_id: &bridge.name,
            netborder_call_id: &netborder_call_id,
            library: hearing.map_or(&self.no_prompts, |shared| shared.library()),
        };
        let sayings = bridge.wishes.tell(&telling, &context);
        for saying in sayings {
            match saying {
                Saying::Headers => bridge.caller.results_wait = true,
                Saying::Info { .. } | Saying::Update { .. } => {
                    if bridge.caller.unsaid.len() < UNSAID_MAX {
                        bridge.caller.unsaid.push_back(saying);
                    } else {
                        self.figures.unsaid += 1;
                    }
                }
            }
        }
        let call = bridge.name.clone();
        self.say_rest(now, endpoint, id);
        self.notify(Notice::Told { call, telling });
    }

    /// A call's name in NetBorder's form.
    pub(super) fn netborder_call_id(&self, bridge: &Bridge) -> String {
        let attempt = bridge.callee.target as u32 + 1;
        netborder_call_id(self.epoch_s, self.process, bridge.id, attempt)
    }

    /// Says what waits, as far as the dialog allows it.
    pub(super) fn say_rest(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        if !bridge.caller.rings {
            return;
        }
        while let Some(saying) = bridge.caller.unsaid.pop_front() {
            let Some(draft) = saying.request() else {
                continue;
            };
            if endpoint.request(now, bridge.caller.dialog, &draft).is_err() {
                if bridge.caller.connected {
                    self.figures.unsaid += 1;
                    continue;
                }
                // After the answer the dialog allows more.
                bridge.caller.unsaid.push_front(saying);
                return;
            }
        }
    }

    /// A verdict in headers that no message has carried gets a provisional response of its own, while that is possible.
    pub(super) fn say_results(&mut self, now: Instant, endpoint: &mut Endpoint, id: u64) {
        let Some(bridge) = self.bridges.get_mut(&id) else {
            return;
        };
        if bridge.caller.results_wait && bridge.caller.rings && !bridge.caller.connected {
            self.send_progress(now, endpoint, id, Message::response(183, ""));
        }
    }
}
