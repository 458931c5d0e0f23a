//! What is true of every mail; the fuzz target asks the same.

use cpd_desk::mail::{self, Address, MailKey, Own, SIZE_MAX, TEXT_MAX, read};

/// Asks everything of any bytes, and looks at what is promised of each mail.
pub(crate) fn probe(bytes: &[u8]) {
    let Ok(mail) = read(bytes) else {
        assert!(bytes.len() > SIZE_MAX);
        return;
    };
    let own = Own {
        addresses: vec![Address::new("desk@example.com").expect("it is one")],
        keys: vec![MailKey::new(b"k")],
    };
    let _ = mail::automated(&mail, &own);
    let _ = mail::bounce(&mail, &own.keys);
    let _ = mail::verified(&mail, "mx.example.com");
    let clues = mail::clues(&mail, &own.keys);
    assert_eq!((clues.ours, clues.plus), (None, None), "nobody guesses a MAC");
    let body = &mail.body;
    assert!(body.said.len() <= TEXT_MAX + 64 && body.quoted.len() <= TEXT_MAX + 64);
    for text in [&mail.subject, &mail.from_said, &mail.id] {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    for one in &mail.attachments {
        assert!(
            !one.name.is_empty() && one.name.chars().count() <= 100,
            "{:?}",
            one.name
        );
        assert!(
            !one.name.contains(['/', '\\', '\0', '\n']) && !one.name.starts_with('.'),
            "{:?}",
            one.name
        );
    }
    assert_eq!(Ok(mail.key), read(bytes).map(|mail| mail.key));
}
