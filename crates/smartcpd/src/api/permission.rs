//! What roles may do. One table; handlers ask for a permission and never for a role.

use cpd_store::users::Role;

/// Something that one may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// See calls, statistics, the live view.
    CallsRead,
    /// See telephone numbers in full; otherwise they are masked.
    NumbersRead,
    /// Listen to recordings and prompts.
    AudioRead,
    /// Say whether a verdict was right.
    CallsLabel,
    /// Take calls out of the service.
    CallsExport,
    /// See trunks, policies, profiles, tone plans.
    ConfigRead,
    /// Change them.
    ConfigWrite,
    /// See reference prompts.
    PromptsRead,
    /// Change and publish them.
    PromptsWrite,
    /// See people.
    UsersRead,
    /// Add, change and remove people.
    UsersWrite,
    /// Make and take back keys.
    KeysWrite,
    /// Hand over sound to be listened to.
    StreamsWrite,
    /// Change webhooks and see their deliveries.
    WebhooksWrite,
    /// See who did what.
    AuditRead,
    /// Change how long things are kept.
    RetentionWrite,
    /// Add and change customers.
    TenantsWrite,
    /// See the service itself: all customers, nodes.
    ServiceRead,
    /// See requests to the desk: one's own, and those that the contract shows.
    RequestsRead,
    /// Write to the desk.
    RequestsWrite,
    /// Sit at the desk: answer all customers.
    DeskWork,
}

use Permission as P;

const ALL: [(Permission, &str); 21] = [
    (P::CallsRead, "calls.read"),
    (P::NumbersRead, "numbers.read"),
    (P::AudioRead, "audio.read"),
    (P::CallsLabel, "calls.label"),
    (P::CallsExport, "calls.export"),
    (P::ConfigRead, "config.read"),
    (P::ConfigWrite, "config.write"),
    (P::PromptsRead, "prompts.read"),
    (P::PromptsWrite, "prompts.write"),
    (P::UsersRead, "users.read"),
    (P::UsersWrite, "users.write"),
    (P::KeysWrite, "keys.write"),
    (P::StreamsWrite, "streams.write"),
    (P::WebhooksWrite, "webhooks.write"),
    (P::AuditRead, "audit.read"),
    (P::RetentionWrite, "retention.write"),
    (P::TenantsWrite, "tenants.write"),
    (P::ServiceRead, "service.read"),
    (P::RequestsRead, "requests.read"),
    (P::RequestsWrite, "requests.write"),
    (P::DeskWork, "desk.work"),
];

impl Permission {
    /// In a word, as scopes of keys and the console have it.
    pub(crate) fn as_str(self) -> &'static str {
        ALL.iter()
            .find(|(own, _)| *own == self)
            .map_or("", |(_, word)| word)
    }

    /// The permission of a word.
    pub(crate) fn named(word: &str) -> Option<Permission> {
        ALL.iter().find(|(_, own)| *own == word).map(|(own, _)| *own)
    }

    /// All words.
    pub(crate) fn words() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|(_, word)| *word)
    }
}

/// What a role may do.
pub(crate) fn of(role: Role) -> impl Iterator<Item = Permission> {
    ALL.into_iter()
        .map(|(permission, _)| permission)
        .filter(move |permission| may(role, *permission))
}

/// Whether a role may do something.
pub(crate) fn may(role: Role, permission: Permission) -> bool {
    // Whoever is of a customer may ask for help.
    let looks = matches!(
        permission,
        P::CallsRead | P::ConfigRead | P::PromptsRead | P::RequestsRead | P::RequestsWrite
    );
    let works = matches!(
        permission,
        P::NumbersRead | P::AudioRead | P::CallsLabel | P::CallsExport
    );
    let service = matches!(permission, P::TenantsWrite | P::ServiceRead | P::DeskWork);
    match role {
        Role::ReadOnly => looks,
        Role::Analyst => looks || works,
        Role::Admin => !service,
        // Support helps without changing: what it does for a customer, the customer's log shows.
        Role::Support => {
            looks
                || works
                || matches!(
                    permission,
                    P::UsersRead | P::AuditRead | P::ServiceRead | P::DeskWork
                )
        }
        Role::Operator => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_service_sees_the_service() {
        for role in Role::ALL {
            assert_eq!(may(role, P::ServiceRead), role.is_of_service(), "{role:?}");
            assert_eq!(may(role, P::TenantsWrite), role == Role::Operator, "{role:?}");
        }
    }

    #[test]
    fn words_are_permissions_and_back() {
        for word in Permission::words() {
            assert_eq!(Permission::named(word).map(Permission::as_str), Some(word));
        }
    }
}
