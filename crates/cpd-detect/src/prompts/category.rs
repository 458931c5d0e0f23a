//! What a prompt's category means for a call.

use crate::verdict::Class;

/// The class of a call that meets a prompt of this category: the categories that operators and users name, or a class's
/// own name as on the wire (`announcement.busy`).
pub fn class_of_category(category: &str) -> Option<Class> {
    let class = match category {
        "unavailable" | "switched_off" | "unreachable" => Class::AnnouncedUnreachable,
        "busy" => Class::AnnouncedBusy,
        "no_answer" => Class::AnnouncedNoAnswer,
        "out_of_service" | "invalid_number" => Class::AnnouncedInvalidNumber,
        "number_changed" => Class::AnnouncedNumberChanged,
        "no_funds" | "blocked" => Class::AnnouncedBlocked,
        "barred" => Class::AnnouncedBarred,
        "rejected" => Class::AnnouncedRejected,
        "spam_blocked" => Class::AnnouncedSpamBlocked,
        "network_congestion" | "network" => Class::AnnouncedNetwork,
        "call_forwarding" | "hold_notice" => Class::HoldNotice,
        "voicemail_intro" | "voicemail" => Class::Machine,
        "assistant" => Class::Assistant,
        name => return Class::ALL.iter().copied().find(|class| class.as_str() == name),
    };
    Some(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_and_class_names_are_understood() {
        assert_eq!(
            class_of_category("switched_off"),
            Some(Class::AnnouncedUnreachable)
        );
        assert_eq!(class_of_category("voicemail_intro"), Some(Class::Machine));
        for &class in Class::ALL {
            assert_eq!(class_of_category(class.as_str()), Some(class));
        }
        assert_eq!(class_of_category("weather"), None);
    }
}
