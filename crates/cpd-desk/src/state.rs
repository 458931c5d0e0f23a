//! The states of a request and what each leads to: one table.

use serde::{Deserialize, Serialize};

/// Where a request is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It came, by any door, and has its number.
    Registered,
    /// Somebody works on it.
    InProgress,
    /// The customer was asked for more.
    ClarificationRequested,
    /// It waits for an update, a supplier, or the mass incident above it.
    Waiting,
    /// A solution was given, and the customer may say whether it is one.
    SolutionProvided,
    /// It is over.
    Closed,
    /// The desk does not take it, and said why.
    Rejected,
    /// It goes on in another request.
    Merged,
}

/// What a state is to who counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The desk has to do something.
    Open,
    /// Others have to.
    Waiting,
    /// It is solved, and not yet over.
    Resolved,
    /// Nothing more happens in it.
    Final,
}

impl State {
    /// All, in the order of a request's life.
    pub const ALL: [State; 8] = [
        State::Registered,
        State::InProgress,
        State::ClarificationRequested,
        State::Waiting,
        State::SolutionProvided,
        State::Closed,
        State::Rejected,
        State::Merged,
    ];

    /// What it leads to. A merge is taken back to where the request was before it, by its own undo alone.
    #[must_use]
    pub fn leads_to(self) -> &'static [State] {
        use State::{
            ClarificationRequested, Closed, InProgress, Merged, Registered, Rejected, SolutionProvided,
            Waiting,
        };
        match self {
            Registered => &[InProgress, ClarificationRequested, Rejected, Merged],
            InProgress => &[ClarificationRequested, Waiting, SolutionProvided, Merged],
            ClarificationRequested => &[InProgress],
            Waiting => &[InProgress, SolutionProvided],
            SolutionProvided => &[Closed, InProgress],
            Closed | Rejected | Merged => &[],
        }
    }

    /// What it is to who counts.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            State::Registered | State::InProgress => Category::Open,
            State::ClarificationRequested | State::Waiting => Category::Waiting,
            State::SolutionProvided => Category::Resolved,
            State::Closed | State::Rejected | State::Merged => Category::Final,
        }
    }

    /// Its name in programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Registered => "registered",
            State::InProgress => "in_progress",
            State::ClarificationRequested => "clarification_requested",
            State::Waiting => "waiting",
            State::SolutionProvided => "solution_provided",
            State::Closed => "closed",
            State::Rejected => "rejected",
            State::Merged => "merged",
        }
    }

    /// What people call it, in English and in Russian: the contract's own words.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            State::Registered => ("Registered", "Зарегистрирован"),
            State::InProgress => ("In progress", "В работе"),
            State::ClarificationRequested => ("Clarification requested", "Запрошено уточнение"),
            State::Waiting => ("Waiting", "Ожидание"),
            State::SolutionProvided => ("Solution provided", "Решение предоставлено"),
            State::Closed => ("Closed", "Закрыт"),
            State::Rejected => ("Rejected", "Отклонён"),
            State::Merged => ("Merged", "Объединён"),
        }
    }

    /// The state of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What a request is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One user is affected.
    Incident,
    /// A considerable number of the customer's users lost the service.
    MassIncident,
    /// Information about the software.
    Consultation,
    /// A change for the customer's needs.
    Development,
}

impl Kind {
    /// All.
    pub const ALL: [Kind; 4] = [
        Kind::Incident,
        Kind::MassIncident,
        Kind::Consultation,
        Kind::Development,
    ];

    /// Its name in programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Incident => "incident",
            Kind::MassIncident => "mass_incident",
            Kind::Consultation => "consultation",
            Kind::Development => "development",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How much hurry there is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// The service stands.
    Critical,
    /// It works badly.
    High,
    /// As most.
    #[default]
    Normal,
    /// Some day.
    Low,
}

impl Priority {
    /// All, the most urgent first.
    pub const ALL: [Priority; 4] = [
        Priority::Critical,
        Priority::High,
        Priority::Normal,
        Priority::Low,
    ];

    /// Its name in programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Priority::Critical => "critical",
            Priority::High => "high",
            Priority::Normal => "normal",
            Priority::Low => "low",
        }
    }

    /// The priority of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Priority> {
        Priority::ALL
            .into_iter()
            .find(|priority| priority.as_str() == name)
    }
}

/// The door that something came by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The customers' own pages.
    Portal,
    /// A mail.
    Email,
    /// A chat on the site.
    Chat,
    /// The bot, or a widget that leads to it.
    Telegram,
    /// WhatsApp.
    Whatsapp,
    /// A telephone call, written down by the desk.
    Telephone,
    /// A program.
    Api,
}

impl Door {
    /// All.
    pub const ALL: [Door; 7] = [
        Door::Portal,
        Door::Email,
        Door::Chat,
        Door::Telegram,
        Door::Whatsapp,
        Door::Telephone,
        Door::Api,
    ];

    /// Its name in programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Door::Portal => "portal",
            Door::Email => "email",
            Door::Chat => "chat",
            Door::Telegram => "telegram",
            Door::Whatsapp => "whatsapp",
            Door::Telephone => "telephone",
            Door::Api => "api",
        }
    }

    /// The door of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Door> {
        Door::ALL.into_iter().find(|door| door.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_states_lead_nowhere_and_all_others_on() {
        for state in State::ALL {
            let last = state.category() == Category::Final;
            assert_eq!(state.leads_to().is_empty(), last, "{state:?}");
            assert_eq!(State::named(state.as_str()), Some(state));
        }
    }

    /// The contract's word.
    #[test]
    fn a_solution_is_called_so() {
        assert_eq!(State::SolutionProvided.words().1, "Решение предоставлено");
    }
}
