//! What an INVITE changes of its trunk's policy, within bounds.

use std::time::Duration;

use cpd_call::{HOLD_MAX, Policy};

/// The shortest and the longest that a dialer may have somebody listen for who answered: a verdict needs half a second of
/// speech, and after 20 s a greeting has said what it will.
const ANSWER_LIMIT: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(20)];
/// The longest that a dialer may have a beep waited for: two minutes, the longest greeting of a network's voicemail.
const BEEP_LIMIT_MAX: Duration = Duration::from_secs(120);

/// What an INVITE changes of its trunk's policy; `None`: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Listen before the answer.
    pub pre: Option<bool>,
    /// Listen after it.
    pub post: Option<bool>,
    /// The profile of detection, by name. The trunk decides which there are; an unknown one changes nothing.
    pub profile: Option<String>,
    /// How long the answer is held; zero: not at all.
    pub hold: Option<Duration>,
    /// How long somebody listens for who answered.
    pub answer_limit: Option<Duration>,
    /// How long a beep is waited for.
    pub beep_limit: Option<Duration>,
    /// Whether this call's verdicts go to webhooks.
    pub webhook: Option<bool>,
}

impl Overrides {
    /// Changes a policy, within bounds. How far the service may go, its tables of actions and its limits for whole calls are
    /// the trunk's alone.
    pub fn apply(&self, policy: &mut Policy) {
        if let Some(pre) = self.pre {
            policy.hear_early = pre;
        }
        if let Some(post) = self.post {
            policy.hear_answer = post;
        }
        if let Some(hold) = self.hold {
            policy.hold = (!hold.is_zero()).then(|| hold.min(HOLD_MAX));
        }
        if let Some(limit) = self.answer_limit {
            let [least, most] = ANSWER_LIMIT;
            policy.answer_limit = limit.clamp(least, most);
        }
        if let Some(limit) = self.beep_limit {
            policy.beep_limit = limit.min(BEEP_LIMIT_MAX);
        }
    }

    /// Takes over what another dialect says.
    pub(crate) fn merge(&mut self, other: Overrides) {
        fn take<T>(own: &mut Option<T>, other: Option<T>) {
            if other.is_some() {
                *own = other;
            }
        }
        take(&mut self.pre, other.pre);
        take(&mut self.post, other.post);
        take(&mut self.profile, other.profile);
        take(&mut self.hold, other.hold);
        take(&mut self.answer_limit, other.answer_limit);
        take(&mut self.beep_limit, other.beep_limit);
        take(&mut self.webhook, other.webhook);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialer_moves_a_policy_within_bounds() {
        let mut policy = Policy::default();
        let wants = Overrides {
            pre: Some(false),
            hold: Some(Duration::from_secs(60)),
            answer_limit: Some(Duration::ZERO),
            beep_limit: Some(Duration::from_secs(3_600)),
            ..Overrides::default()
        };
        wants.apply(&mut policy);
        assert!(!policy.hear_early && policy.hear_answer);
        assert_eq!(policy.hold, Some(HOLD_MAX));
        assert_eq!(policy.answer_limit, Duration::from_millis(500));
        assert_eq!(policy.beep_limit, Duration::from_secs(120));
    }

    #[test]
    fn no_hold_is_none_and_nothing_asked_changes_nothing() {
        let mut policy = Policy::default();
        policy.hold = Some(Duration::from_secs(1));
        let before = policy.clone();
        Overrides::default().apply(&mut policy);
        assert_eq!(policy, before);
        let none = Overrides {
            hold: Some(Duration::ZERO),
            ..Overrides::default()
        };
        none.apply(&mut policy);
        assert_eq!(policy.hold, None);
    }
}
