//! Dialects by their names: the only place that knows how [`Dialects`] is made.

use cpd_b2bua::dialect::{Dialect, Dialects, Release, SitForm, Tag};

use crate::words::nearest;

/// Dialects by name.
const NAMES: [&str; 5] = ["netborder", "audiocodes", "cisco", "reason", "smartcpd"];

/// One dialect: its name, and after a colon what may be chosen of it: `netborder:v1`, `audiocodes:plain`, `reason:CPD`.
pub(super) fn one(text: &str) -> Result<Dialect, String> {
    let (name, choice) = text
        .split_once(':')
        .map_or((text, None), |(name, choice)| (name, Some(choice)));
    let bad = |form: &str| Err(format!("{text:?} is no dialect; write {form}"));
    match (name, choice) {
        ("netborder", Some("v1")) => Ok(Dialect::Netborder(Release::V1)),
        ("netborder", Some("v2")) => Ok(Dialect::Netborder(Release::V2)),
        ("netborder", Some(_)) => bad("netborder:v1 (a person is Voice) or netborder:v2 (Human)"),
        ("audiocodes", Some("plain")) => Ok(Dialect::Audiocodes(SitForm::Plain)),
        ("audiocodes", Some("kinds")) => Ok(Dialect::Audiocodes(SitForm::Kinds)),
        ("audiocodes", Some(_)) => bad("audiocodes:kinds (SIT-VC, …) or audiocodes:plain (SIT)"),
        ("reason", Some(tag)) => match Tag::new(tag) {
            Some(tag) => Ok(Dialect::Reason(tag)),
            None => bad("reason:TAG, up to 32 letters, digits, -_."),
        },
        ("cisco" | "smartcpd", Some(_)) => bad(name),
        (_, _) => Dialect::named(name).ok_or_else(|| {
            let near = nearest(name, NAMES, "\"");
            format!("{name:?} is unknown{near}; write some of {}", NAMES.join(", "))
        }),
    }
}

/// All of a trunk; the error says which two clash.
pub(super) fn of(list: Vec<Dialect>) -> Result<Dialects, String> {
    Dialects::new(list).map_err(|clash| format!("{clash}; leave one of them out"))
}
