//! Scenarios for SIPp, written as ladders.
//!
//! A line is one step of one end: `> 183 | +sdp` sends, `< BYE | Reason: cause=31` waits for a message and looks into it,
//! `<? 183` lets one pass, `play busy` plays a sound to where the other's description says, `pause 300` waits.
//! What stands behind a `|` is a header, to be sent as it is or to be found by a regular expression; `body:` looks into
//! the body, `first:` into a response's first line; `proved` checks alice's password; `+sdp`, `+hold`, `+cisco` add a body; `phrase:` sets the reason phrase. `> ok` answers the last request,
//! `> reply 401` too, a status the INVITE. The scenario that comes of it lies in cargo's target folder, for reading when a test fails.

use std::fmt::Write;

/// Which end plays the script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Dialer,
    Carrier,
}

/// What the dialer calls; parameters of the Request-URI may follow in the test.
pub(crate) const NUMBER: &str = "79161234567";

const SDP: &str = "v=0\no=- 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\nm=audio [rtpstream_audio_port] RTP/AVP 8 101\n\
                   a=rtpmap:101 telephone-event/8000\n";

/// The body that a Cisco gateway or contact centre asks with.
const CISCO: &str = "Events=FT,Asm,AsmT,Sit\nCPAMinSilencePeriod=608\nCPAAnalysisPeriod=2500\n\
                     CPAMaxTimeAnalysis=3000\nCPAMinValidSpeechTime=112\nCPAMaxTermToneAnalysis=15000\n";

/// The scenario of a script.
pub(crate) fn compose(end: End, script: &str, audio: impl Fn(&str) -> String) -> String {
    let mut composer = Composer {
        end,
        number: 0,
        invited: 0,
        retried: false,
        open: None,
        reinvited: None,
        variables: Vec::new(),
        xml: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<scenario name=\"call\">\n"),
    };
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut parts = line.split('|').map(str::trim);
        let step = parts.next().unwrap();
        let details: Vec<&str> = parts.collect();
        match step.split_once(' ').unwrap() {
            (">", what) => composer.send(what, &details),
            ("<", what) => composer.receive(what, &details, false),
            ("<?", what) => composer.receive(what, &details, true),
            ("pause", ms) => {
                let _ = writeln!(composer.xml, "<pause milliseconds=\"{ms}\" />");
            }
            ("play", name) => {
                let file = audio(name);
                let _ = writeln!(
                    composer.xml,
                    "<nop><action><exec rtp_stream=\"{file},1,8\" /></action></nop>"
                );
            }
            _ => panic!("no step: {line}"),
        }
    }
    composer.finish()
}

struct Composer {
    end: End,
    /// The number of our last request, and of our last INVITE.
    number: u32,
    invited: u32,
    /// The INVITE was sent once more, with a password.
    retried: bool,
    /// Our later request that waits for its final response; see [`Composer::transaction`].
    open: Option<u32>,
    /// Our last INVITE, if it was a later one.
    reinvited: Option<u32>,
    variables: Vec<String>,
    xml: String,
}

impl Composer {
    fn finish(mut self) -> String {
        if !self.variables.is_empty() {
            // SIPp refuses variables that nobody reads.
            let _ = writeln!(
                self.xml,
                "<Reference variables=\"{}\" />",
                self.variables.join(",")
            );
        }
        self.xml.push_str("</scenario>\n");
        self.xml
    }

    fn send(&mut self, what: &str, details: &[&str]) {
        let mut head = match what.split(' ').next().unwrap() {
            "ok" => self.reply(200, details),
            "reply" => self.reply(what.split(' ').nth(1).unwrap().parse().unwrap(), details),
            status if status.starts_with(|first: char| first.is_ascii_digit()) => {
                self.answer(status.parse().unwrap(), details)
            }
            _ => self.request(what, details),
        };
        for detail in details {
            if !detail.starts_with(['+', '&']) && !detail.starts_with("phrase:") && *detail != "bare" {
                let _ = writeln!(head, "{detail}");
            }
        }
        let body = self.body(details);
        match body {
            Some((content_type, body)) => {
                let _ = write!(
                    head,
                    "Content-Type: {content_type}\nContent-Length: [len]\n\n{body}"
                );
            }
            None => head.push_str("Content-Length: 0\n\n"),
        }
        let once =
            what.starts_with("ACK") || what.starts_with("reply") || matches!(what, "100" | "180" | "ok");
        let unreliable = what == "183" && !details.iter().any(|detail| detail.starts_with("RSeq"));
        let again = if once || unreliable {
            ""
        } else {
            " retrans=\"500\""
        };
        let transaction = self.transaction(what);
        let _ = writeln!(
            self.xml,
            "<send{again}{transaction}><![CDATA[\n\n{head}\n]]></send>"
        );
    }

    /// Responses to a request in a dialog are known by its transaction. By its method alone, as SIPp else goes by, a 200 that
    /// was repeated for the INVITE would do for the request after it.
    fn transaction(&mut self, what: &str) -> String {
        let method = what.split(' ').next().unwrap_or_default();
        match method {
            "ACK" => self
                .reinvited
                .map(|number| format!(" ack_txn=\"t{number}\""))
                .unwrap_or_default(),
            "INVITE" | "BYE" | "UPDATE" | "PRACK" | "INFO" if self.number > 1 || self.end == End::Carrier => {
                self.open = Some(self.number);
                if method == "INVITE" {
                    self.reinvited = self.open;
                }
                format!(" start_txn=\"t{}\"", self.number)
            }
            _ => String::new(),
        }
    }

    fn body(&self, details: &[&str]) -> Option<(&'static str, String)> {
        let sdp = SDP.to_string();
        if details.contains(&"+sdp") {
            Some(("application/sdp", sdp))
        } else if details.contains(&"+hold") {
            Some((
                "application/sdp",
                sdp.replace("- 1 1 IN", "- 1 2 IN") + "a=sendonly\n",
            ))
        } else if details.contains(&"+cisco") {
            let body = format!(
                "--b\nContent-Type: application/sdp\n\n{sdp}\n--b\nContent-Type: application/x-cisco-cpa\n\
                 Content-Disposition: signal;handling=optional\n\n{CISCO}\n--b--\n"
            );
            Some(("multipart/mixed;boundary=b", body))
        } else {
            None
        }
    }

    fn request(&mut self, what: &str, details: &[&str]) -> String {
        let (method, how) = what.split_once(' ').unwrap_or((what, ""));
        let outside = format!("sip:{NUMBER}@[remote_ip]:[remote_port]");
        let again = how == "again";
        let refusal = how == "refusal";
        self.retried |= again;
        if !matches!(method, "ACK" | "CANCEL") {
            self.number += 1;
        }
        if method == "INVITE" {
            self.invited = self.number;
        }
        let first = self.number == 1 && !matches!(method, "ACK" | "CANCEL") || again;
        let number = if matches!(method, "ACK" | "CANCEL") {
            self.invited
        } else {
            self.number
        };
        let parameters = details.iter().find_map(|detail| detail.strip_prefix('&'));
        let uri = match self.end {
            End::Dialer if first || refusal || method == "CANCEL" => {
                format!("{outside}{}", parameters.unwrap_or_default())
            }
            End::Dialer | End::Carrier => "[next_url]".into(),
        };
        // An ACK of a refusal and a CANCEL belong to the INVITE's transaction.
        let via = if refusal || method == "CANCEL" {
            "[last_Via:]"
        } else {
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
        };
        let (from, to) = match self.end {
            End::Dialer => {
                let tag = if first || method == "CANCEL" {
                    ""
                } else {
                    "[peer_tag_param]"
                };
                (
                    "From: \"Call centre\" <sip:4950001@[local_ip]:[local_port]>;tag=d[call_number]"
                        .to_string(),
                    format!("To: <{outside}>{tag}"),
                )
            }
            End::Carrier => (
                "From:[$to];tag=c[call_number]".to_string(),
                "To:[$from]".to_string(),
            ),
        };
        let rack = if method == "PRACK" {
            format!("RAck: [$rseq] {} INVITE\n", self.invited)
        } else {
            String::new()
        };
        format!(
            "{method} {uri} SIP/2.0\n{via}\n{from}\n{to}\nCall-ID: [call_id]\nCSeq: {number} {method}\n\
             Max-Forwards: 70\nContact: <sip:{}@[local_ip]:[local_port];transport=[transport]>\n{rack}",
            self.name()
        )
    }

    /// An answer to the last request; a `bare` one without a Contact, as registrars send it.
    fn reply(&self, status: u16, details: &[&str]) -> String {
        let head = format!(
            "SIP/2.0 {status} {}\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n",
            phrase(status, details)
        );
        if details.contains(&"bare") {
            return head;
        }
        let name = self.name();
        format!("{head}Contact: <sip:{name}@[local_ip]:[local_port];transport=[transport]>\n")
    }

    /// An answer to the INVITE, whatever came since.
    fn answer(&self, status: u16, details: &[&str]) -> String {
        format!(
            "SIP/2.0 {status} {}\nVia:[$via]\nFrom:[$from]\nTo:[$to];tag=c[call_number]\n[last_Call-ID:]\n\
             CSeq:[$cseq]\nContact: <sip:{}@[local_ip]:[local_port];transport=[transport]>\n",
            phrase(status, details),
            self.name()
        )
    }

    fn name(&self) -> &'static str {
        match self.end {
            End::Dialer => "dialer",
            End::Carrier => "carrier",
        }
    }

    fn receive(&mut self, what: &str, details: &[&str], optional: bool) {
        let (message, how) = what.split_once(' ').unwrap_or((what, ""));
        let kind = if message.starts_with(|first: char| first.is_ascii_digit()) {
            "response"
        } else {
            "request"
        };
        let mut actions = String::new();
        if message == "INVITE" && how != "again" && self.end == End::Carrier {
            for (header, name) in [
                ("Via:", "via"),
                ("From:", "from"),
                ("To:", "to"),
                ("CSeq:", "cseq"),
            ] {
                self.find(&mut actions, "hdr", header, ".*", name);
            }
        }
        for detail in details {
            if *detail == "proved" {
                actions
                    .push_str("<verifyauth assign_to=\"proved\" username=\"alice\" password=\"s3cret\" />");
            }
            let Some((header, expression)) = detail.split_once(':') else {
                assert!(matches!(*detail, "auth" | "proved"), "no check: {detail}");
                continue;
            };
            let name = match header {
                "RSeq" => "rseq".to_string(),
                _ => format!("checked{}", self.variables.len()),
            };
            let expression = expression.trim();
            match header {
                "body" => self.find(&mut actions, "body", "", expression, &name),
                // The first line, whose phrase a dialplan reads.
                "first" => self.find(&mut actions, "msg", "", &format!("^SIP/2.0 {expression}"), &name),
                _ => self.find(&mut actions, "hdr", &format!("{header}:"), expression, &name),
            }
        }
        let auth = if details.contains(&"auth") {
            " auth=\"true\""
        } else {
            ""
        };
        let optional = if optional { " optional=\"true\"" } else { "" };
        let actions = if actions.is_empty() {
            String::new()
        } else {
            format!("<action>{actions}</action>")
        };
        // Where later requests go is the Contact of whatever set the dialog up; refusals have none.
        let routes = if message == "INVITE" || matches!(message, "180" | "183" | "200") && optional.is_empty()
        {
            " rrs=\"true\""
        } else {
            ""
        };
        let transaction = match self.open.filter(|_| kind == "response") {
            Some(number) => format!(" response_txn=\"t{number}\""),
            None => String::new(),
        };
        if kind == "response" && !message.starts_with('1') {
            self.open = None;
        }
        let _ = writeln!(
            self.xml,
            "<recv {kind}=\"{message}\"{transaction}{routes}{optional}{auth}>{actions}</recv>"
        );
        if details.contains(&"proved") {
            // One that is not proved waits for what never comes.
            self.xml.push_str(
                "<nop next=\"proved\" test=\"proved\" />\n<recv request=\"PROOF\" timeout=\"1\" />\n\
                 <label id=\"proved\" />\n",
            );
        }
    }

    fn find(&mut self, actions: &mut String, place: &str, header: &str, expression: &str, name: &str) {
        let header = if header.is_empty() {
            String::new()
        } else {
            format!(" header=\"{header}\"")
        };
        let expression = expression
            .replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;");
        let _ = write!(
            actions,
            "<ereg regexp=\"{expression}\" search_in=\"{place}\"{header} check_it=\"true\" assign_to=\"{name}\" />"
        );
        if !self.variables.iter().any(|known| known == name) {
            self.variables.push(name.to_string());
        }
    }
}

fn phrase<'a>(status: u16, details: &[&'a str]) -> &'a str {
    let told = details.iter().find_map(|detail| detail.strip_prefix("phrase:"));
    told.map(str::trim).unwrap_or(match status {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200 => "OK",
        401 => "Unauthorized",
        486 => "Busy Here",
        487 => "Request Terminated",
        503 => "Service Unavailable",
        _ => "Failure",
    })
}
