//! What a dialer asks of a stream, by parameters: in the address, or in the stream's own.

use cpd_detect::Class;

use super::frames::{NAME_BYTES_MAX, Track};
use super::session::may_end;
use crate::serve::config::classes;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wishes {
    /// The dialer's own name of the call.
    pub(crate) reference: Option<String>,
    pub(crate) campaign: Option<String>,
    /// The profile of detection, by its name.
    pub(crate) profile: Option<String>,
    /// The call is answered when the stream begins.
    pub(crate) answered: bool,
    /// Classes that end the stream.
    pub(crate) hangup_on: Vec<Class>,
    /// The side that is listened to.
    pub(crate) track: Track,
    /// Verdicts are told on the same socket.
    pub(crate) answers: bool,
    /// Marks are sent back.
    pub(crate) marks: bool,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes {
            reference: None,
            campaign: None,
            profile: None,
            // Both doors are opened by a call that was answered, unless a dialer knows better.
            answered: true,
            hangup_on: Vec::new(),
            track: Track::Inbound,
            answers: true,
            marks: false,
        }
    }
}

impl Wishes {
    /// Takes a parameter; those that are not known are the dialer's own. An error says what to write.
    pub(crate) fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        let text = || match value.len() {
            0 => Ok(None),
            1..=NAME_BYTES_MAX => Ok(Some(value.to_owned())),
            _ => Err(format!("{key}: at most {NAME_BYTES_MAX} bytes are taken")),
        };
        let flag = || match value {
            "true" | "on" | "1" | "yes" => Ok(true),
            "false" | "off" | "0" | "no" => Ok(false),
            _ => Err(format!("{key}: {value:?} is neither true nor false")),
        };
        match key {
            "reference" => self.reference = text()?,
            "campaign" => self.campaign = text()?,
            "profile" => self.profile = text()?,
            "answered" => self.answered = flag()?,
            "answers" => self.answers = flag()?,
            "marks" => self.marks = flag()?,
            "hangup_on" => self.hangup_on = endings(value).map_err(|why| format!("{key}: {why}"))?,
            "track" => {
                self.track = Track::named(value)
                    .ok_or_else(|| format!("{key}: {value:?} is no track; write inbound or outbound"))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Classes that end a stream: `answer.machine,announcement.*`.
pub(crate) fn endings(text: &str) -> Result<Vec<Class>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut all = Vec::new();
    for part in parts {
        all.extend(ending(part)?);
    }
    Ok(all)
}

/// Classes of one name or beginning that may end a stream.
pub(crate) fn ending(text: &str) -> Result<Vec<Class>, String> {
    let mut found = classes(text)?;
    found.retain(|class| may_end(*class));
    match found.is_empty() {
        false => Ok(found),
        true => Err(format!(
            "{text:?} ends no stream: what matters is still to come; name other classes"
        )),
    }
}
