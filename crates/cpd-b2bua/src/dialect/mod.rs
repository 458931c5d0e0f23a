//! What is said to a dialer, in the dialects that dialers understand.
//!
//! A trunk speaks some [`Dialects`]. Its INVITE is read for [`Wishes`]: what the dialer asks of this call, in each of
//! them. The wishes then dress what goes back: they [`announce`](Wishes::announce) detection, turn each
//! [`Telling`] into [`Saying`]s, put the last verdict's headers into later messages and word a refusal. Nothing here knows a
//! socket or a clock, and no fault of a dialer's wishes loses a call: a value that cannot be read is left out and noted.
//!
//! ```
//! use cpd_b2bua::dialect::{Context, Dialect, Dialects, Hears};
//! use cpd_call::{Phase, Policy, Telling, Told};
//! use cpd_detect::{Class, Evidence, Library};
//! use cpd_sip::{Message, Method};
//!
//! let dialects = Dialects::new([Dialect::named("netborder").unwrap(), Dialect::named("reason").unwrap()]).unwrap();
//! let mut invite = Message::request(Method::Invite, b"sip:79161234567@trunk.example;cpd=on");
//! let mut wishes = dialects.read(&invite);
//! wishes.strip(&mut invite); // what goes on to the carrier
//! assert_eq!(invite.uri(), b"sip:79161234567@trunk.example");
//!
//! let mut policy = Policy::default();
//! wishes.overrides().apply(&mut policy);
//! let told = Told::Verdict { class: Class::Machine, confidence: 0.97, evidence: Evidence::Greeting, prompt: None };
//! let telling = Telling { seq: 1, phase: Phase::Post, t_ms: 1_240, told, last: true };
//! let library = Library::empty();
//! wishes.tell(&telling, &Context { call_id: "c1", netborder_call_id: "1766000000-1-1-1", library: &library });
//! let mut refusal = Message::response(480, "");
//! wishes.refuse(&policy.rejection(Class::Machine).unwrap(), &mut refusal);
//! assert_eq!(refusal.reason(), b"SMARTCPD voicemail");
//! assert_eq!(refusal.header("CPD-Result"), Some(&b"Answering-Machine"[..]));
//! ```

mod audiocodes;
mod bodies;
mod cisco;
pub mod names;
mod netborder;
mod overrides;
mod own;
mod reason;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;

use cpd_call::{Cause, Mode, Phase, Policy, Rejection, Telling, Told};
use cpd_detect::{Class, Library};
use cpd_sip::{Message, Method, Name};

pub use audiocodes::SitForm;
pub use netborder::{Release, call_id as netborder_call_id};
pub use overrides::Overrides;
pub use own::object;
pub use reason::Tag;
pub use values::BadWish;

use values::Private;

/// One dialect, with what a trunk may choose of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// NetBorder's result headers: VICIdial, Genesys OCS.
    Netborder(Release),
    /// `X-Detect` and INFO: Mediant gateways, Genesys media platform.
    Audiocodes(SitForm),
    /// `application/x-cisco-cpa` and UPDATE.
    Cisco,
    /// A tag and a word in reason phrases and Reason headers: dialplans of an unpatched Asterisk or FreeSWITCH.
    Reason(Tag),
    /// Our own headers and INFO package.
    Own,
}

impl Dialect {
    /// A dialect by its name in the configuration, with the usual choices.
    pub fn named(name: &str) -> Option<Dialect> {
        Some(match name {
            "netborder" => Dialect::Netborder(Release::default()),
            "audiocodes" => Dialect::Audiocodes(SitForm::default()),
            "cisco" => Dialect::Cisco,
            "reason" => Dialect::Reason(Tag::default()),
            "smartcpd" => Dialect::Own,
            _ => return None,
        })
    }

    /// The name in the configuration.
    pub fn name(&self) -> &'static str {
        match self {
            Dialect::Netborder(_) => "netborder",
            Dialect::Audiocodes(_) => "audiocodes",
            Dialect::Cisco => "cisco",
            Dialect::Reason(_) => "reason",
            Dialect::Own => "smartcpd",
        }
    }
}

/// The dialects of a trunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialects {
    netborder: Option<Release>,
    audiocodes: Option<SitForm>,
    cisco: bool,
    reason: Option<Tag>,
    own: bool,
}

/// Two dialects that one trunk cannot speak at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// One.
    pub first: &'static str,
    /// The other.
    pub second: &'static str,
    /// Why not both.
    pub why: &'static str,
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "dialects {} and {} clash: {}",
            self.first, self.second, self.why
        )
    }
}

impl std::error::Error for Clash {}

impl Dialects {
    /// The dialects of a trunk.
    ///
    /// # Errors
    ///
    /// Two that clash: each of the two that report by a request of their own in the dialog makes a dialer act, so a call
    /// that asked in both would be acted on twice; and one dialect cannot be spoken in two ways.
    pub fn new(list: impl IntoIterator<Item = Dialect>) -> Result<Dialects, Clash> {
        let mut dialects = Dialects::default();
        for dialect in list {
            let name = dialect.name();
            let known = match dialect {
                Dialect::Netborder(release) => dialects.netborder.replace(release).is_some(),
                Dialect::Audiocodes(form) => dialects.audiocodes.replace(form).is_some(),
                Dialect::Cisco => std::mem::replace(&mut dialects.cisco, true),
                Dialect::Reason(tag) => dialects.reason.replace(tag).is_some(),
                Dialect::Own => std::mem::replace(&mut dialects.own, true),
            };
            if known {
                return Err(Clash {
                    first: name,
                    second: name,
                    why: "named twice",
                });
            }
        }
        if dialects.audiocodes.is_some() && dialects.cisco {
            return Err(Clash {
                first: "audiocodes",
                second: "cisco",
                why: "both report each verdict by a request in the dialog, and the dialer would act on it twice",
            });
        }
        Ok(dialects)
    }

    /// Two dialects know the dialer's tag for the call log.
    fn takes_info(&self) -> bool {
        self.own || self.reason.is_some()
    }

    /// What a dialer asks of a call.
    pub fn read(&self, invite: &Message) -> Wishes {
        let mut faults = values::Faults::default();
        let netborder = self
            .netborder
            .map(|release| netborder::Asked::read(release, invite, &mut faults));
        let audiocodes = self
            .audiocodes
            .and_then(|form| audiocodes::Asked::read(form, invite, &mut faults));
        let cisco = self
            .cisco
            .then(|| cisco::Asked::read(invite, &mut faults))
            .flatten();
        let own = self.own.then(|| own::Asked::read(invite, &mut faults));
        let info = self
            .takes_info()
            .then(|| reason::info(invite, &mut faults))
            .flatten();
        Wishes {
            dialects: self.clone(),
            netborder,
            audiocodes,
            cisco,
            own,
            info,
            faults,
            headers: Vec::new(),
            verdict: None,
        }
    }
}

/// What a dialer asked of one call, and what it was told so far.
#[derive(Clone, Debug)]
pub struct Wishes {
    dialects: Dialects,
    netborder: Option<netborder::Asked>,
    /// `None`: not asked in it.
    audiocodes: Option<audiocodes::Asked>,
    /// `None`: not asked in it.
    cisco: Option<cisco::Asked>,
    own: Option<own::Asked>,
    info: Option<Private>,
    faults: values::Faults,
    /// What a later message carries of the last verdict.
    headers: Vec<Header>,
    /// The last verdict that was told.
    verdict: Option<(Phase, Class)>,
}

/// A header of ours.
type Header = (&'static str, Vec<u8>);

/// What is known where a verdict is told.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Our identifier of the call.
    pub call_id: &'a str,
    /// The same in NetBorder's form: see [`netborder_call_id`].
    pub netborder_call_id: &'a str,
    /// The prompts that the call is heard with.
    pub library: &'a Library,
}

/// When somebody will listen to a call and tell of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hears {
    /// Before the answer.
    pub early: bool,
    /// After it.
    pub answer: bool,
}

impl Hears {
    /// As a policy has it, where nothing else makes the call deaf.
    pub fn of(policy: &Policy) -> Hears {
        let tells = match policy.mode {
            Mode::Production => true,
            Mode::Initial | Mode::DataCollection => false,
        };
        Hears {
            early: tells && policy.hear_early,
            answer: tells && policy.hear_answer,
        }
    }
}

/// One thing to be said to the dialer.
#[derive(Clone, PartialEq, Eq)]
pub enum Saying {
    /// What [`Wishes::dress`] adds has changed: worth a provisional response of its own while the call is not answered.
    Headers,
    /// An INFO in the dialog.
    Info {
        /// The Info-Package, where it belongs to one (RFC 6086).
        package: Option<&'static str>,
        /// The type of its body.
        content_type: &'static str,
        /// Its body.
        body: Vec<u8>,
    },
    /// An UPDATE in the dialog.
    Update {
        /// The type of its body.
        content_type: &'static str,
        /// Its body.
        body: Vec<u8>,
    },
}

impl Saying {
    /// The request in the dialog that says it, as a draft; `None` for headers.
    pub fn request(&self) -> Option<Message> {
        let (method, content_type, body) = match self {
            Saying::Headers => return None,
            Saying::Info {
                content_type, body, ..
            } => (Method::Info, content_type, body),
            Saying::Update { content_type, body } => (Method::Update, content_type, body),
        };
        let mut draft = Message::request(method, b"");
        if let Saying::Info {
            package: Some(package),
            ..
        } = self
        {
            draft.push(Name::INFO_PACKAGE, package.as_bytes());
            draft.push(Name::CONTENT_DISPOSITION, b"Info-Package");
        }
        draft.set_body(content_type, body);
        Some(draft)
    }
}

/// Without the body: identifiers of prompts and calls are nobody's business.
impl fmt::Debug for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Saying::Headers => f.write_str("Headers"),
            Saying::Info {
                content_type, body, ..
            } => {
                write!(f, "Info({content_type}, {} bytes)", body.len())
            }
            Saying::Update { content_type, body } => {
                write!(f, "Update({content_type}, {} bytes)", body.len())
            }
        }
    }
}

impl Wishes {
    /// What in the INVITE could not be read, and was left out.
    pub fn faults(&self) -> &[BadWish] {
        self.faults.list()
    }

    /// The dialer's reference for its statistics (`X-Netborder-Cpa-Reference-ID`).
    pub fn reference(&self) -> Option<&[u8]> {
        self.netborder.as_ref()?.reference()
    }

    /// The dialer's campaign for its statistics (`X-Netborder-Cpa-Campaign-Name`).
    pub fn campaign(&self) -> Option<&[u8]> {
        self.netborder.as_ref()?.campaign()
    }

    /// The dialer's tag for the call log (`X-SmartCPD-Info`, `X-IQANTIBOT-Info`).
    pub fn info(&self) -> Option<&[u8]> {
        self.info.as_ref().map(Private::as_bytes)
    }

    /// What is changed of the trunk's policy for this call. Our own header has the last word.
    pub fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::default();
        if let Some(asked) = &self.audiocodes {
            overrides.merge(asked.overrides());
        }
        if let Some(asked) = &self.cisco {
            overrides.merge(asked.overrides());
        }
        if let Some(asked) = &self.netborder {
            overrides.merge(asked.overrides());
        }
        if let Some(asked) = &self.own {
            overrides.merge(asked.overrides());
        }
        overrides
    }

    /// Takes out of an INVITE to the carrier what was meant for us. What belongs to a dialect that the trunk does not speak
    /// is none of our business and goes on.
    pub fn strip(&self, invite: &mut Message) {
        own::strip(invite);
        if self.netborder.is_some() {
            netborder::strip(invite);
        }
        if self.dialects.audiocodes.is_some() {
            audiocodes::strip(invite);
        }
        if self.dialects.cisco {
            cisco::strip(invite);
        }
        if self.dialects.takes_info() {
            reason::strip(invite);
        }
    }

    /// Adds to a provisional response or a 200 to the dialer what says that detection is on, beside its body.
    pub fn announce(&self, hears: Hears, response: &mut Message) {
        if let Some(asked) = &self.audiocodes {
            asked.announce(hears, response);
        }
        if let Some(asked) = &self.cisco {
            asked.announce(hears, response);
        }
    }

    /// What a telling is in the trunk's dialects.
    pub fn tell(&mut self, telling: &Telling, context: &Context<'_>) -> Vec<Saying> {
        let mut sayings = Vec::new();
        match telling.told {
            Told::Verdict { .. } | Told::NoVerdict(_) => {
                let class = telling.told.class();
                self.verdict = class.map(|class| (telling.phase, class));
                let headers = self.headers(telling, context);
                if headers != self.headers && !headers.is_empty() {
                    sayings.push(Saying::Headers);
                }
                self.headers = headers;
            }
            Told::SpeechStart | Told::GreetingEnd | Told::Beep(_) => {}
        }
        if let Some(asked) = &mut self.audiocodes {
            asked.tell(telling, &mut sayings);
        }
        if let Some(asked) = &mut self.cisco {
            asked.tell(telling, &mut sayings);
        }
        if let Some(asked) = &self.own {
            asked.tell(telling, context, &mut sayings);
        }
        sayings
    }

    fn headers(&self, telling: &Telling, context: &Context<'_>) -> Vec<Header> {
        let mut headers = Vec::new();
        // NetBorder's go first: who searches whole messages for "CPD-Result" finds its own before `X-SmartCPD-Result`.
        if let Some(asked) = &self.netborder {
            asked.headers(telling, context, &mut headers);
        }
        if let Some(asked) = &self.own {
            asked.headers(telling, context, &mut headers);
        }
        headers
    }

    /// Puts the last verdict's headers into a later message of the dialog.
    ///
    /// A verdict from before the answer says nothing of who answered: it goes into provisional responses and refusals,
    /// and not into an answer or a request, where it would be read as the result of an answered call.
    pub fn dress(&self, message: &mut Message) {
        let before_answer = !message.is_request() && message.status() / 100 != 2;
        match self.verdict {
            Some((Phase::Post, _)) => {}
            Some((Phase::Pre, _)) if before_answer => {}
            Some((Phase::Pre, _)) | None => return,
        }
        for (name, value) in &self.headers {
            message.set(*name, value);
        }
    }

    /// Words a refusal of ours: status, phrase, Reason (RFC 6432) and the last verdict's headers.
    pub fn refuse(&self, rejection: &Rejection, draft: &mut Message) {
        let word = Rejection::word(rejection.class);
        let text = reason::text(self.dialects.reason.as_ref(), word);
        let phrase = self.dialects.reason.as_ref().map_or("", |_| text.as_str());
        draft.set_status_line(rejection.status, phrase);
        reason::set(draft, rejection.q850, &text);
        self.dress(draft);
    }

    /// Puts into a BYE, or into a refusal for another reason than a verdict, why the call ends.
    pub fn farewell(&self, cause: &Cause, draft: &mut Message) {
        // Only what we ended for a verdict carries the tag: a dialplan that finds it takes the word behind it for a class.
        let ours = self
            .verdict
            .and_then(|(_, class)| Rejection::of(class))
            .is_some_and(|rejection| rejection.cause() == *cause);
        let tag = self.dialects.reason.as_ref().filter(|_| ours);
        reason::set(draft, cause.q850, &reason::text(tag, &cause.text));
        self.dress(draft);
    }
}

/// Whether a telling is fit for a dialect whose reader acts on the first word: what makes it hang up has to be final,
/// a person may be told at once.
fn settled(telling: &Telling) -> bool {
    let person = matches!(telling.told.class(), Some(Class::Human | Class::HumanBusiness));
    telling.phase == Phase::Pre || telling.last || person
}
