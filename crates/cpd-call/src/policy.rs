//! What a trunk wants done about what is heard. A call keeps the policy that it began with.

use std::time::Duration;

use cpd_detect::Class;

use crate::outcome::Rejection;

/// What the service may do on a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everything passes; nobody listens.
    Initial,
    /// Listens and records; changes and tells nothing.
    DataCollection,
    /// Listens, acts and tells.
    #[default]
    Production,
}

/// What becomes of a call that was not answered yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarlyAction {
    /// The verdict is told; the call goes on.
    #[default]
    Report,
    /// Nothing is told; the call goes on.
    Pass,
    /// The caller gets a final response, the carrier a CANCEL.
    Reject,
}

/// What becomes of a call that was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerAction {
    /// The verdict is told; the dialer decides.
    #[default]
    Notify,
    /// Nothing is told; the call goes on.
    Pass,
    /// While the answer is held, the caller gets a refusal instead of it; later the verdict is told.
    Reject,
    /// The call is ended: refused while the answer is held, hung up both ways later.
    Cut,
}

/// What a trunk wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// How far the service may go.
    pub mode: Mode,
    /// Actions before the answer; a class that is not in it: as [`EarlyAction::default`].
    early: Vec<(Class, EarlyAction)>,
    /// Actions after the answer; a class that is not in it: as [`AnswerAction::default`].
    answered: Vec<(Class, AnswerAction)>,
    /// Statuses in place of the class table's.
    statuses: Vec<(Class, u16)>,
    /// Listen before the answer.
    pub hear_early: bool,
    /// Listen after the answer.
    pub hear_answer: bool,
    /// How long the carrier's answer is kept from the caller while nothing is decided: none, or up to 5 s. The time is
    /// billed by the carrier, and the person at the other end says hello into nothing.
    pub hold: Option<Duration>,
    /// Confidence that an action other than telling needs, 0 to 1: 0.6, what the most eager operating point asks of a
    /// machine. Caution about who answered belongs into the operating point, which was measured.
    pub confidence_min: f32,
    /// How long a match of an announcement, or a machine known by its greeting alone, has to stand before the call is ended
    /// for it: 350 ms. Two announcements with one beginning are told apart within 0.3 s of their parting.
    pub settle: Duration,
    /// How long after the answer somebody listens for who it is: 10 s. 98 in 100 short human answers end within 3.7 s;
    /// half of the machines' greetings do within 5.7 s, and the beep that settles a doubtful one follows.
    pub answer_limit: Duration,
    /// How long after the answer the end of a machine's greeting and its beep are waited for: 60 s; zero: not at all.
    pub beep_limit: Duration,
    /// How long a call may ring in all, over all targets: 3 min.
    pub ring_limit: Duration,
    /// How long a call may last once it is answered: 4 h. A call that both ends forgot ends by it.
    pub talk_limit: Duration,
}

/// The longest that an answer is held. A person who hears nothing for longer hangs up.
pub const HOLD_MAX: Duration = Duration::from_secs(5);

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            mode: Mode::Production,
            early: Vec::new(),
            answered: Vec::new(),
            statuses: Vec::new(),
            hear_early: true,
            hear_answer: true,
            hold: None,
            confidence_min: 0.6,
            settle: Duration::from_millis(350),
            answer_limit: Duration::from_secs(10),
            beep_limit: Duration::from_secs(60),
            ring_limit: Duration::from_secs(180),
            talk_limit: Duration::from_secs(4 * 3600),
        }
    }
}

impl Policy {
    /// What becomes of a call that meets this class before its answer.
    pub fn early(&self, class: Class) -> EarlyAction {
        find(&self.early, class).unwrap_or_default()
    }

    /// What becomes of a call that meets this class after its answer.
    pub fn answered(&self, class: Class) -> AnswerAction {
        find(&self.answered, class).unwrap_or_default()
    }

    /// Sets an action. A class that the class table never ends a call for cannot be rejected: false, and nothing is set.
    pub fn set_early(&mut self, class: Class, action: EarlyAction) -> bool {
        let may = action != EarlyAction::Reject || self.rejection(class).is_some();
        if may {
            set(&mut self.early, class, action);
        }
        may
    }

    /// Sets an action; as [`Policy::set_early`].
    pub fn set_answered(&mut self, class: Class, action: AnswerAction) -> bool {
        let ends = matches!(action, AnswerAction::Reject | AnswerAction::Cut);
        let may = !ends || self.rejection(class).is_some();
        if may {
            set(&mut self.answered, class, action);
        }
        may
    }

    /// Sets the status that a class is rejected with, 400 to 699. False if the class is no reason to end a call.
    pub fn set_status(&mut self, class: Class, status: u16) -> bool {
        let may = Rejection::of(class).is_some() && (400..700).contains(&status);
        if may {
            set(&mut self.statuses, class, status);
        }
        may
    }

    /// How a call of this class is refused.
    pub fn rejection(&self, class: Class) -> Option<Rejection> {
        let rejection = Rejection::of(class)?;
        let status = find(&self.statuses, class).unwrap_or(rejection.status);
        Some(Rejection { status, ..rejection })
    }

    /// Whether anybody listens at all.
    pub fn listens(&self) -> bool {
        self.mode != Mode::Initial && (self.hear_early || self.hear_answer)
    }

    /// Whether the service may change or tell anything.
    pub(crate) fn acts(&self) -> bool {
        self.mode == Mode::Production
    }
}

fn find<A: Copy>(table: &[(Class, A)], class: Class) -> Option<A> {
    table
        .iter()
        .find(|(own, _)| *own == class)
        .map(|(_, action)| *action)
}

fn set<A>(table: &mut Vec<(Class, A)>, class: Class, action: A) {
    table.retain(|(own, _)| *own != class);
    table.push((class, action));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_cannot_be_rejected_by_any_table() {
        let mut policy = Policy::default();
        assert!(!policy.set_answered(Class::Human, AnswerAction::Cut));
        assert!(!policy.set_early(Class::Ringback, EarlyAction::Reject));
        assert!(!policy.set_status(Class::Human, 480));
        assert_eq!(policy.answered(Class::Human), AnswerAction::Notify);
    }

    #[test]
    fn a_table_may_be_changed_and_a_status_set() {
        let mut policy = Policy::default();
        assert!(policy.set_early(Class::Busy, EarlyAction::Reject));
        assert!(policy.set_early(Class::Busy, EarlyAction::Pass));
        assert_eq!(policy.early(Class::Busy), EarlyAction::Pass);
        assert!(policy.set_status(Class::Congestion, 503));
        assert_eq!(policy.rejection(Class::Congestion).unwrap().status, 503);
        assert!(!policy.set_status(Class::Congestion, 200));
    }
}
