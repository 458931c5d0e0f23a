//! How dialers ask for verdicts, and where they read them: the words of docs/simulate.md.

use clap::ValueEnum;
use cpd_sip::message::{Message, Name};

/// Dialers that are pretended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// `;cpd=on`; headers CPD-Result, X-Netborder-…
    Netborder,
    /// X-Detect; INFO of type application/x-detect
    Audiocodes,
    /// A part application/x-cisco-cpa; UPDATE of that type
    Cisco,
    /// X-SmartCPD; headers X-SmartCPD-…, INFO of package smartcpd
    Own,
}

/// Headers that carry a verdict.
const RESULTS: [&str; 3] = [
    "CPD-Result",
    "X-Netborder-Detailed-CPD-Result-v2-0",
    "X-SmartCPD-Result",
];

/// Types of bodies that carry one.
const BODIES: [&str; 3] = [
    "application/x-detect",
    "application/x-cisco-cpa",
    "application/vnd.smartcpd+json",
];

/// What is behind the R-URI's host.
pub(super) fn uri_params(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Netborder => ";cpd=on",
        Dialect::Audiocodes | Dialect::Cisco | Dialect::Own => "",
    }
}

/// Puts the question and the offer into an INVITE.
pub(super) fn ask(dialect: Dialect, draft: &mut Message, offer: &[u8], id: u64) {
    const SDP: &str = "application/sdp";
    match dialect {
        Dialect::Netborder => {
            draft.push_fmt("X-Netborder-Cpa-Reference-ID", format_args!("call-{id}"));
            draft.push("X-Netborder-Cpa-Campaign-Name", b"simulated");
            draft.set_body(SDP, offer);
        }
        Dialect::Audiocodes => {
            draft.push("X-Detect", b"Request=AMD,CPT,FAX,PTT");
            draft.set_body(SDP, offer);
        }
        Dialect::Own => {
            draft.push("X-SmartCPD", b"pre=on; post=on; notify=info,header");
            draft.push("Recv-Info", b"smartcpd");
            draft.set_body(SDP, offer);
        }
        Dialect::Cisco => {
            const BOUNDARY: &str = "simulated-dialer";
            let mut body = Vec::new();
            body.extend(format!("--{BOUNDARY}\r\nContent-Type: {SDP}\r\n\r\n").as_bytes());
            body.extend(offer);
            body.extend(
                format!(
                    "\r\n--{BOUNDARY}\r\nContent-Type: application/x-cisco-cpa\r\n\
                     Content-Disposition: signal;handling=optional\r\n\r\n\
                     Events=FT,Asm,AsmT,Sit\r\nCPAMaxTermToneAnalysis=15000\r\n\r\n--{BOUNDARY}--\r\n"
                )
                .as_bytes(),
            );
            draft.set_body(&format!("multipart/mixed;boundary={BOUNDARY}"), &body);
        }
    }
}

/// What a message tells of a verdict, each in one line.
pub(super) fn told(message: &Message) -> Vec<String> {
    let mut told = Vec::new();
    for name in RESULTS {
        let values = message.all(name);
        told.extend(values.map(|value| format!("{name}: {}", plain(value))));
    }
    if message.is_request() {
        let reasons = message.all(Name::REASON);
        told.extend(reasons.map(|value| format!("Reason: {}", plain(value))));
        for body in BODIES {
            told.extend(message.part(body).map(plain).filter(|words| !words.is_empty()));
        }
    }
    told
}

/// What words mean to a dialer whose call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It knows who answered; a machine's beep is waited for.
    Verdict {
        /// A machine answered.
        machine: bool,
    },
    /// The machine records from now on.
    Beep,
    /// Nothing that it acts on.
    Nothing,
}

/// Reads what was told after the answer.
pub(super) fn meaning(words: &str) -> Meaning {
    let has = |part: &str| words.contains(part);
    let machine = has("answer.machine") || has("SubType= AUTOMATA") || has("status=Asm");
    if has("\"event\":\"machine.beep\"") || has("SubType= BEEP") || has("status=AsmT") {
        Meaning::Beep
    } else if (has("\"class\":\"") && has("\"phase\":\"post\"")) || has("Type= AMD") || has("event=detected")
    {
        Meaning::Verdict { machine }
    } else {
        Meaning::Nothing
    }
}

/// One line without control characters.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use cpd_sip::message::Method;

    use super::*;

    const OFFER: &[u8] = b"v=0\r\n";

    fn asked(dialect: Dialect) -> String {
        let mut draft = Message::request(Method::Invite, b"sip:1@192.0.2.1");
        ask(dialect, &mut draft, OFFER, 7);
        assert_eq!(
            draft.part("application/sdp").map(<[u8]>::trim_ascii),
            Some(OFFER.trim_ascii())
        );
        String::from_utf8(draft.to_bytes()).unwrap()
    }

    #[test]
    fn each_dialer_asks_in_its_own_way() {
        assert!(asked(Dialect::Netborder).contains("X-Netborder-Cpa-Reference-ID: call-7"));
        assert!(asked(Dialect::Audiocodes).contains("X-Detect: Request=AMD,CPT,FAX,PTT"));
        assert!(asked(Dialect::Own).contains("Recv-Info: smartcpd"));
        assert!(asked(Dialect::Cisco).contains("Events=FT,Asm,AsmT,Sit"));
        assert_eq!(uri_params(Dialect::Netborder), ";cpd=on");
    }

    #[test]
    fn verdicts_are_read_from_headers_and_bodies() {
        let mut response = Message::response(183, "");
        response.push("CPD-Result", b"Busy");
        response.push("X-Detect", b"Response=AMD");
        assert_eq!(told(&response), ["CPD-Result: Busy"]);
        let mut info = Message::request(Method::Info, b"sip:1@192.0.2.1");
        info.set_body("application/x-detect", b"Type= AMD\r\nSubType= AUTOMATA\r\n");
        assert_eq!(told(&info), ["Type= AMD SubType= AUTOMATA"]);
        assert_eq!(meaning(&told(&info)[0]), Meaning::Verdict { machine: true });
        assert_eq!(meaning("Type= PTT SubType= SPEECH-END"), Meaning::Nothing);
        assert_eq!(meaning("event=detected status=AsmT"), Meaning::Beep);
        let early = r#"{"v":1,"phase":"pre","class":"progress.ringback"}"#;
        assert_eq!(meaning(early), Meaning::Nothing);
    }
}
