//! The words in which results are told, in JSON and to people.

use cpd_detect::event::{Activity, FaxKind, ModemKind, ProgressTone};
use cpd_detect::{Class, Evidence, Verdict};

/// What the line sounds like.
pub(crate) fn activity(activity: Activity) -> &'static str {
    match activity {
        Activity::Silence => "silence",
        Activity::ComfortNoise => "comfort noise",
        Activity::Noise => "noise",
        Activity::Speech => "speech",
        Activity::Music => "music",
        Activity::Tone => "tone",
    }
}

/// A tone of call progress.
pub(crate) fn tone(tone: ProgressTone) -> &'static str {
    match tone {
        ProgressTone::Ringback => "ringback",
        ProgressTone::Busy => "busy",
        ProgressTone::Congestion => "congestion",
    }
}

/// A fax's tone.
pub(crate) fn fax(kind: FaxKind) -> &'static str {
    match kind {
        FaxKind::Cng => "CNG",
        FaxKind::Ced => "CED",
        FaxKind::Flags => "V.21 flags",
    }
}

/// A modem's tone.
pub(crate) fn modem(kind: ModemKind) -> &'static str {
    match kind {
        ModemKind::AnsPr => "ANSpr",
        ModemKind::AnsAm => "ANSam",
        ModemKind::V22 => "V.22",
        ModemKind::Bell103 => "Bell 103",
        ModemKind::V23 => "V.23",
    }
}

/// What a verdict rests on.
pub(crate) fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Tone => "tone",
        Evidence::Sit(_) => "sit",
        Evidence::Melody => "melody",
        Evidence::Dtmf => "dtmf",
        Evidence::Prompt(_) => "prompt",
        Evidence::UnknownAnnouncement => "unknown_announcement",
        Evidence::Greeting => "greeting",
        Evidence::Beep => "beep",
        Evidence::Silence => "silence",
    }
}

/// A verdict as a person would say it.
pub(crate) fn headline(verdict: &Verdict) -> &'static str {
    match (verdict.class, verdict.evidence) {
        (Class::Ringback, Evidence::Melody) => "Melody instead of ringing",
        (Class::FalseAnswer, Evidence::Melody) => "Answered, but a melody plays",
        (Class::Unknown, Evidence::Dtmf) => "DTMF digits",
        (Class::Unknown, Evidence::UnknownAnnouncement) => "An announcement that is not in the library",
        (Class::Ringback, _) => "Ringing",
        (Class::HoldNotice, _) => "Announcement: please wait",
        (Class::Busy, _) => "Busy tone",
        (Class::Congestion, _) => "Congestion tone",
        (Class::SitVacant, _) => "SIT: vacant code",
        (Class::SitIntercept, _) => "SIT: intercept",
        (Class::SitNoCircuit, _) => "SIT: no circuit",
        (Class::SitReorder, _) => "SIT: reorder",
        (Class::SitUnknown, _) => "Special information tone",
        (Class::AnnouncedBusy, _) => "Announcement: busy",
        (Class::AnnouncedNoAnswer, _) => "Announcement: no answer",
        (Class::AnnouncedUnreachable, _) => "Announcement: unreachable",
        (Class::AnnouncedInvalidNumber, _) => "Announcement: no such number",
        (Class::AnnouncedNumberChanged, _) => "Announcement: number changed",
        (Class::AnnouncedBlocked, _) => "Announcement: service suspended",
        (Class::AnnouncedBarred, _) => "Announcement: barred",
        (Class::AnnouncedRejected, _) => "Announcement: declined",
        (Class::AnnouncedSpamBlocked, _) => "Announcement: blocked as spam",
        (Class::AnnouncedNetwork, _) => "Announcement: network fault or overload",
        (Class::Human, _) => "A person",
        (Class::HumanBusiness, _) => "A person, with a long greeting",
        (Class::Machine, _) => "Answering machine",
        (Class::Assistant, _) => "Voice assistant",
        (Class::Screening, _) => "Call screening",
        (Class::Ivr, _) => "Voice menu",
        (Class::Fax, _) => "Fax",
        (Class::Modem, _) => "Modem",
        (Class::Silence, _) => "Silence",
        (Class::FalseAnswer, _) => "Answered, but it goes on ringing",
        (Class::Unknown, Evidence::Silence) => "Silence before the answer",
        (Class::Unknown, _) => "Unsure",
    }
}

/// ", did you mean …?" where a known word is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, quote: &str) -> String {
    known
        .into_iter()
        .map(|known| (distance(word, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .map(|(_, known)| format!(", did you mean {quote}{known}{quote}?"))
        .unwrap_or_default()
}

/// Letters to insert, delete or replace to make one word of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_suggested_only_where_they_are_near() {
        assert_eq!(distance("operater", "operator"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(
            nearest("catgory", ["category", "class"], "`"),
            ", did you mean `category`?"
        );
        assert_eq!(nearest("zzzzzz", ["category"], "`"), "");
    }
}
