//! Each dialect as its readers see it: whole messages as text.

use std::sync::Arc;
use std::time::Duration;

use cpd_call::{NoVerdict, Phase};
use cpd_detect::event::Beep;
use cpd_detect::front::FrontPlan;
use cpd_detect::prompts::PromptInfo;
use cpd_detect::{Evidence, SampleRate};

use super::*;

fn wire(text: &str) -> Message {
    Message::parse_datagram(text.replace('\n', "\r\n").into_bytes()).unwrap()
}

fn text(message: &Message) -> String {
    String::from_utf8_lossy(&message.to_bytes()).replace("\r\n", "\n")
}

fn dialects(names: &[&str]) -> Dialects {
    Dialects::new(names.iter().map(|name| Dialect::named(name).unwrap())).unwrap()
}

fn verdict(phase: Phase, class: Class, last: bool) -> Telling {
    let told = Told::Verdict {
        class,
        confidence: 0.968,
        evidence: Evidence::Greeting,
        prompt: None,
    };
    telling(phase, told, last)
}

fn telling(phase: Phase, told: Told, last: bool) -> Telling {
    Telling {
        seq: 3,
        phase,
        t_ms: 1_240,
        told,
        last,
    }
}

fn beep() -> Telling {
    let beep = Beep {
        hz: [1_000.0, 0.0],
        ms: 240,
        count: 1,
    };
    telling(Phase::Post, Told::Beep(beep), false)
}

fn event(told: Told) -> Telling {
    telling(Phase::Post, told, false)
}

/// Tells with an empty library; gives each saying as the request that it makes, `headers` for what makes none.
fn tell(wishes: &mut Wishes, telling: &Telling) -> Vec<String> {
    let library = Library::empty();
    let context = Context {
        call_id: "c-1",
        netborder_call_id: "1766000000-412-7-1",
        library: &library,
    };
    let said = |saying: &Saying| {
        let request = saying.request();
        request.map_or("headers".to_owned(), |request| text(&request))
    };
    wishes.tell(telling, &context).iter().map(said).collect()
}

const SDP: &str = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n";

const VICIDIAL: &str = "\
INVITE sip:79161234567@trunk.example;cpd=on SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1
From: \"V1\" <sip:78000000000@192.0.2.1>;tag=as1
To: <sip:79161234567@trunk.example;cpd=on>
Call-ID: 1@192.0.2.1
CSeq: 102 INVITE
X-Netborder-Cpa-Reference-ID: lead-8841
X-Netborder-Cpa-Campaign-Name: spring
X-Lead: 7

";

#[test]
fn vicidial_reads_its_result_in_a_refusal() {
    let invite = wire(VICIDIAL);
    let mut wishes = dialects(&["netborder"]).read(&invite);
    assert_eq!(wishes.overrides().pre, Some(true));
    assert_eq!(wishes.reference(), Some(&b"lead-8841"[..]));

    let mut onward = invite;
    wishes.strip(&mut onward);
    assert_eq!(
        text(&onward),
        "\
INVITE sip:79161234567@trunk.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1
From: \"V1\" <sip:78000000000@192.0.2.1>;tag=as1
To: <sip:79161234567@trunk.example>
Call-ID: 1@192.0.2.1
CSeq: 102 INVITE
X-Lead: 7

"
    );

    let said = tell(&mut wishes, &verdict(Phase::Post, Class::Machine, true));
    assert_eq!(said, ["headers"]);
    let mut refusal = Message::response(200, "");
    wishes.refuse(&Rejection::of(Class::Machine).unwrap(), &mut refusal);
    assert_eq!(
        text(&refusal),
        "\
SIP/2.0 480 Temporarily Unavailable
Reason: Q.850;cause=31;text=\"voicemail\"
CPD-Result: Answering-Machine
X-Netborder-Detailed-CPD-Result-v2-0: Answering-Machine
X-Netborder-Call-ID: 1766000000-412-7-1
X-Netborder-Cpa-Reference-ID: lead-8841
X-Netborder-Cpa-Campaign-Name: spring

"
    );
}

#[test]
fn an_older_vicidial_reads_voice_in_a_held_answer() {
    let v1 = Dialects::new([Dialect::Netborder(Release::V1)]).unwrap();
    let mut wishes = v1.read(&wire(VICIDIAL));
    tell(&mut wishes, &verdict(Phase::Post, Class::Human, true));
    let mut answer = Message::response(200, "");
    wishes.dress(&mut answer);
    assert_eq!(answer.header("CPD-Result"), Some(&b"Voice"[..]));
}

#[test]
fn who_asks_for_no_detection_gets_none() {
    let wishes = dialects(&["netborder"]).read(&wire(&VICIDIAL.replace("cpd=on", "cpd=off")));
    let overrides = wishes.overrides();
    assert_eq!((overrides.pre, overrides.post), (Some(false), Some(false)));
    let silent = dialects(&["netborder"]).read(&wire(&VICIDIAL.replace(";cpd=on", "")));
    assert_eq!(silent.overrides(), Overrides::default());
}

#[test]
fn what_was_heard_before_the_answer_is_not_read_as_who_answered() {
    let mut wishes = dialects(&["netborder", "smartcpd"]).read(&wire(VICIDIAL));
    tell(
        &mut wishes,
        &verdict(Phase::Pre, Class::AnnouncedUnreachable, true),
    );
    let result = |wishes: &Wishes, mut message: Message| {
        wishes.dress(&mut message);
        message.header("CPD-Result").map(<[u8]>::to_vec)
    };
    for status in [180, 183, 480] {
        let found = result(&wishes, Message::response(status, ""));
        assert_eq!(found.as_deref(), Some(&b"No-Answer"[..]), "{status}");
    }
    assert_eq!(result(&wishes, Message::response(200, "")), None);
    assert_eq!(result(&wishes, Message::request(Method::Bye, b"sip:a")), None);
    // A later verdict that the dialect has no word for takes the earlier one back.
    tell(&mut wishes, &verdict(Phase::Pre, Class::Ringback, false));
    assert_eq!(result(&wishes, Message::response(183, "")), None);
}

const MEDIANT: &str = "\
INVITE sip:101@10.33.2.53;user=phone SIP/2.0
Via: SIP/2.0/UDP 10.33.2.53;branch=z9hG4bKac5906
From: <sip:100@10.33.2.53>;tag=1c25298
To: <sip:101@10.33.2.53;user=phone>
Call-ID: 11923@10.33.2.53
CSeq: 1 INVITE
x-detect : request = amd, CPT ,PVD,PTT,XYZ

";

#[test]
fn an_audiocodes_platform_leaves_its_message_after_the_greeting() {
    let invite = wire(MEDIANT);
    let mut wishes = dialects(&["audiocodes"]).read(&invite);
    let faults: Vec<_> = wishes.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["X-Detect: type that is not known"]);

    let mut early = Message::response(183, "");
    wishes.announce(Hears::of(&Policy::default()), &mut early);
    assert_eq!(early.header("X-Detect"), Some(&b"Response=AMD,CPT,PTT"[..]));
    let mut tones_only = Message::response(183, "");
    let hears = Hears {
        early: true,
        answer: false,
    };
    wishes.announce(hears, &mut tones_only);
    assert_eq!(tones_only.header("X-Detect"), Some(&b"Response=CPT"[..]));
    let mut deaf = Message::response(183, "");
    wishes.announce(Hears::default(), &mut deaf);
    assert_eq!(deaf.header("X-Detect"), None);

    // Speech is heard before it is known whose; it is told behind the verdict, as a dialer waits for it.
    assert_eq!(tell(&mut wishes, &event(Told::SpeechStart)), Vec::<String>::new());
    assert_eq!(
        tell(&mut wishes, &verdict(Phase::Post, Class::Machine, false)),
        Vec::<String>::new()
    );
    let info = |kind: &str, subtype: &str| {
        // PTT SPEECH-START makes 34, as in the examples of the Mediant manuals.
        let length = 19 + kind.len() + subtype.len();
        format!(
            "INFO  SIP/2.0\nContent-Type: application/x-detect\nContent-Length: {length}\n\nType= {kind}\nSubType= {subtype}\n"
        )
    };
    assert_eq!(
        tell(&mut wishes, &verdict(Phase::Post, Class::Machine, true)),
        [info("AMD", "AUTOMATA"), info("PTT", "SPEECH-START")]
    );
    assert_eq!(
        tell(&mut wishes, &event(Told::GreetingEnd)),
        [info("PTT", "SPEECH-END")]
    );
    assert_eq!(tell(&mut wishes, &beep()), [info("AMD", "BEEP")]);

    let mut onward = invite;
    wishes.strip(&mut onward);
    assert_eq!(onward.header("X-Detect"), None);
}

#[test]
fn x_detect_tells_only_what_was_asked_and_nothing_twice() {
    let invite = wire(&MEDIANT.replace("amd, CPT ,PVD,PTT,XYZ", "CPT"));
    let mut wishes = dialects(&["audiocodes"]).read(&invite);
    let sit = verdict(Phase::Pre, Class::SitVacant, true);
    assert!(tell(&mut wishes, &sit)[0].ends_with("\n\nType= CPT\nSubType= SIT-VC\n"));
    assert!(tell(&mut wishes, &sit).is_empty());
    for telling in [
        verdict(Phase::Post, Class::Machine, true),
        event(Told::SpeechStart),
    ] {
        assert!(tell(&mut wishes, &telling).is_empty());
    }
    assert!(tell(&mut wishes, &beep())[0].ends_with("Type= CPT\nSubType= BEEP\n"));

    let plain = Dialects::new([Dialect::Audiocodes(SitForm::Plain)]).unwrap();
    let said = tell(&mut plain.read(&invite), &sit);
    assert!(said[0].ends_with("Type= CPT\nSubType= SIT\n"));

    let unasked = wire(&MEDIANT.replace("x-detect", "X-Other"));
    let mut wishes = dialects(&["audiocodes"]).read(&unasked);
    assert!(tell(&mut wishes, &sit).is_empty() && wishes.faults().is_empty());
}

fn cisco_invite(headers: &str) -> Message {
    let body = format!(
        "--b1\nContent-Type: application/sdp\n\n{SDP}\n--b1\nContent-Type: application/x-cisco-cpa\n\
         Content-Disposition: signal;handling=optional\n\nEvents=FT,Asm,AsmT,Sit\nCPAMinSilencePeriod=608\n\
         CPAAnalysisPeriod=2500\nCPAMaxTimeAnalysis=3000\nCPAMinValidSpeechTime=112\nCPAMaxTermToneAnalysis=much\n\n--b1--\n"
    );
    wire(&format!(
        "INVITE sip:1@192.0.2.2 SIP/2.0\nCall-ID: 1\n{headers}Content-Type: multipart/mixed;boundary=b1\n\n{body}"
    ))
}

#[test]
fn a_cisco_dialer_is_told_by_update() {
    let invite = cisco_invite("Supported: timer,100rel\nAllow: INVITE,ACK,UPDATE\n");
    let mut wishes = dialects(&["cisco"]).read(&invite);
    let overrides = wishes.overrides();
    assert_eq!(overrides.answer_limit, Some(Duration::from_secs(3)));
    assert_eq!(overrides.beep_limit, None);
    assert_eq!(wishes.faults()[0].place, "CPAMaxTermToneAnalysis");

    let mut onward = invite;
    wishes.strip(&mut onward);
    assert_eq!(onward.header(Name::CONTENT_TYPE), Some(&b"application/sdp"[..]));
    assert_eq!(onward.body(), SDP.replace('\n', "\r\n").as_bytes());

    let mut early = Message::response(183, "");
    early.set_body("application/sdp", SDP.as_bytes());
    let hears = Hears::of(&Policy::default());
    wishes.announce(hears, &mut early);
    wishes.announce(hears, &mut early);
    assert_eq!(
        early.part("application/x-cisco-cpa"),
        Some(&b"event=enabled\r\n"[..])
    );
    assert_eq!(early.part("application/sdp"), Some(SDP.as_bytes()));
    assert_eq!(text(&early).matches("event=enabled").count(), 1);

    let update = |status: &str| {
        let length = 25 + status.len();
        format!(
            "UPDATE  SIP/2.0\nContent-Type: application/x-cisco-cpa\nContent-Length: {length}\n\nevent=detected\nstatus={status}\n"
        )
    };
    assert_eq!(
        tell(&mut wishes, &verdict(Phase::Pre, Class::SitIntercept, false)),
        [update("SitIC")]
    );
    assert_eq!(
        tell(&mut wishes, &verdict(Phase::Post, Class::Machine, true)),
        [update("Asm")]
    );
    assert_eq!(tell(&mut wishes, &beep()), [update("AsmT")]);
    let deadline = Told::NoVerdict(NoVerdict::Deadline);
    assert_eq!(
        tell(&mut wishes, &telling(Phase::Post, deadline, true)),
        [update("CpaS")]
    );
}

#[test]
fn a_cisco_dialer_that_could_not_take_it_is_told_later_or_never() {
    let mut unreliable = dialects(&["cisco"]).read(&cisco_invite(""));
    assert!(tell(&mut unreliable, &verdict(Phase::Pre, Class::SitIntercept, true)).is_empty());
    assert_eq!(
        tell(&mut unreliable, &verdict(Phase::Post, Class::Human, false)).len(),
        1
    );
    let wishes = dialects(&["cisco"]).read(&cisco_invite("Allow: INVITE,ACK\n"));
    assert_eq!(wishes.faults()[0].what, "the caller takes no UPDATE");
    let mut answer = Message::response(200, "");
    wishes.announce(Hears::of(&Policy::default()), &mut answer);
    assert!(answer.body().is_empty());
}

#[test]
fn an_unpatched_asterisk_reads_the_phrase() {
    let invite = wire("INVITE sip:1@192.0.2.2 SIP/2.0\nCall-ID: 1\nX-IQANTIBOT-Info: \"order \u{41f}\"\n\n");
    let mut wishes = dialects(&["reason"]).read(&invite);
    assert_eq!(wishes.info(), Some("order \u{41f}".as_bytes()));
    assert!(tell(&mut wishes, &verdict(Phase::Post, Class::Machine, true)).is_empty());
    let mut refusal = Message::response(480, "");
    let rejection = Rejection::of(Class::Machine).unwrap();
    wishes.refuse(&rejection, &mut refusal);
    assert_eq!(
        text(&refusal),
        "SIP/2.0 480 SMARTCPD voicemail\nReason: Q.850;cause=31;text=\"SMARTCPD voicemail\"\n\n"
    );

    let reason = |wishes: &Wishes, cause: &Cause| {
        let mut bye = Message::request(Method::Bye, b"sip:1@192.0.2.1");
        wishes.farewell(cause, &mut bye);
        String::from_utf8(bye.header(Name::REASON).unwrap().to_vec()).unwrap()
    };
    assert_eq!(
        reason(&wishes, &rejection.cause()),
        "Q.850;cause=31;text=\"SMARTCPD voicemail\""
    );
    // What the carrier ends is not ours, whatever it says.
    assert_eq!(
        reason(&wishes, &Cause::new(17, "busy \"\\\r\nX: y")),
        "Q.850;cause=17;text=\"busy \\\"\\\\X: y\""
    );
    assert_eq!(reason(&wishes, &Cause::new(16, "")), "Q.850;cause=16");

    let tag = Dialect::Reason(Tag::new("IQANTIBOT").unwrap());
    let mut wishes = Dialects::new([tag]).unwrap().read(&invite);
    tell(
        &mut wishes,
        &verdict(Phase::Pre, Class::AnnouncedUnreachable, true),
    );
    let mut refusal = Message::response(480, "");
    wishes.refuse(&Rejection::of(Class::AnnouncedUnreachable).unwrap(), &mut refusal);
    assert_eq!(refusal.reason(), b"IQANTIBOT unreachable");
    for bad in ["", "two words", "a\r\nb", "\u{43f}", &"x".repeat(33)] {
        assert_eq!(Tag::new(bad), None, "{bad}");
    }
}

const OWN: &str = "\
INVITE sip:1@192.0.2.2 SIP/2.0
Call-ID: 1
X-SmartCPD: profile=collections-ru; pre=on; POST=off; hold=1800; notify=info,header,webhook
X-SmartCPD-Info: order 7

";

#[test]
fn our_own_header_asks_for_everything_that_a_call_can_change() {
    let invite = wire(OWN);
    let wishes = dialects(&["smartcpd"]).read(&invite);
    assert_eq!(
        wishes.overrides(),
        Overrides {
            pre: Some(true),
            post: Some(false),
            profile: Some("collections-ru".to_owned()),
            hold: Some(Duration::from_millis(1_800)),
            webhook: Some(true),
            ..Overrides::default()
        }
    );
    assert_eq!(wishes.info(), Some(&b"order 7"[..]));
    let mut onward = invite;
    wishes.strip(&mut onward);
    assert_eq!(text(&onward), "INVITE sip:1@192.0.2.2 SIP/2.0\nCall-ID: 1\n\n");
}

#[test]
fn a_bad_value_is_left_out_and_the_others_stand() {
    let invite = wire(&OWN.replace(
        "profile=collections-ru; pre=on; POST=off; hold=1800; notify=info,header,webhook",
        "profile=../x;pre=maybe;post=off;hold=-1;;colour=red;notify=info,fax; hold",
    ));
    let wishes = dialects(&["smartcpd"]).read(&invite);
    assert_eq!(
        wishes.overrides(),
        Overrides {
            post: Some(false),
            webhook: Some(false),
            ..Overrides::default()
        }
    );
    let places: Vec<_> = wishes.faults().iter().map(|fault| fault.place).collect();
    assert_eq!(
        places,
        [
            "X-SmartCPD profile",
            "X-SmartCPD pre",
            "X-SmartCPD hold",
            "X-SmartCPD",
            "X-SmartCPD notify",
            "X-SmartCPD hold"
        ]
    );
    // However many there are, a line of log is not flooded.
    let many = wire(&OWN.replace("pre=on", &"pre=x;".repeat(200)));
    assert_eq!(dialects(&["smartcpd"]).read(&many).faults().len(), 16);
}

#[test]
fn our_own_info_and_headers_tell_the_prompt() {
    let mut library = Library::empty();
    let info = PromptInfo {
        id: "mf-\"off\"".to_owned(),
        operator: "MegaFon".to_owned(),
        category: "switched_off".to_owned(),
        class: Class::AnnouncedUnreachable,
        lang: "ru".to_owned(),
        text: String::new(),
        length_ms: 0,
    };
    let voice = cpd_sim::prompts::prompt(7, 0).samples;
    let prompt = library
        .add(info, &voice, &Arc::new(FrontPlan::new(SampleRate::NARROWBAND)))
        .unwrap()
        .prompt;
    let told = Told::Verdict {
        class: Class::AnnouncedUnreachable,
        confidence: 0.968,
        evidence: Evidence::Prompt(prompt),
        prompt: Some((prompt, Some(480))),
    };
    let context = Context {
        call_id: "c-1",
        netborder_call_id: "",
        library: &library,
    };
    let mut wishes = dialects(&["smartcpd"]).read(&wire(OWN));
    let sayings = wishes.tell(&telling(Phase::Pre, told, true), &context);
    assert_eq!(sayings[0], Saying::Headers);
    let request = sayings[1].request().unwrap();
    let json = r#"{"v":1,"call_id":"c-1","seq":3,"phase":"pre","class":"announcement.unreachable","confidence":0.97,"t_ms":1240,"prompt":{"id":"mf-\"off\"","name":"MegaFon switched_off","score":0.97,"offset_ms":480},"final":true}"#;
    assert_eq!(
        text(&request),
        format!(
            "INFO  SIP/2.0\nInfo-Package: smartcpd\nContent-Disposition: Info-Package\n\
             Content-Type: application/vnd.smartcpd+json\nContent-Length: {}\n\n{json}",
            json.len()
        )
    );
    let mut early = Message::response(183, "");
    wishes.dress(&mut early);
    assert_eq!(
        text(&early),
        "\
SIP/2.0 183 Session Progress
X-SmartCPD-Result: announcement.unreachable
X-SmartCPD-Confidence: 0.97
X-SmartCPD-Phase: pre
X-SmartCPD-Time-Ms: 1240
X-SmartCPD-Prompt-Id: mf-\"off\"
X-SmartCPD-Call-Id: c-1

"
    );
}

#[test]
fn our_own_info_tells_events_and_why_there_is_no_verdict() {
    let bare = "INVITE sip:1@192.0.2.2 SIP/2.0\nCall-ID: 1\nRecv-Info: dtmf, smartcpd\n\n";
    let mut wishes = dialects(&["smartcpd"]).read(&wire(bare));
    let body = |said: Vec<String>| said.last().unwrap().split("\n\n").last().unwrap().to_owned();
    assert_eq!(
        body(tell(&mut wishes, &beep())),
        r#"{"v":1,"call_id":"c-1","seq":3,"phase":"post","event":"machine.beep","t_ms":1240,"final":false}"#
    );
    let deaf = telling(Phase::Post, Told::NoVerdict(NoVerdict::Deaf), true);
    assert_eq!(
        body(tell(&mut wishes, &deaf)),
        r#"{"v":1,"call_id":"c-1","seq":3,"phase":"post","class":"error","reason":"deaf","t_ms":1240,"final":true}"#
    );
    // Who neither takes the package nor asks gets no INFO, only headers.
    let silent = bare.replace("Recv-Info: dtmf, smartcpd\n", "");
    let said = tell(&mut dialects(&["smartcpd"]).read(&wire(&silent)), &deaf);
    assert_eq!(said, ["headers"]);
}

#[test]
fn several_dialects_are_spoken_at_once() {
    let invite = wire(&VICIDIAL.replace("X-Lead: 7", "X-Detect: Request=AMD\nX-SmartCPD: notify=none"));
    let mut wishes = dialects(&["netborder", "audiocodes", "reason", "smartcpd"]).read(&invite);
    let said = tell(&mut wishes, &verdict(Phase::Post, Class::Machine, true));
    assert_eq!(said.len(), 2);
    let mut refusal = Message::response(480, "");
    wishes.refuse(&Rejection::of(Class::Machine).unwrap(), &mut refusal);
    assert_eq!(refusal.reason(), b"SMARTCPD voicemail");
    assert_eq!(refusal.header("CPD-Result"), Some(&b"Answering-Machine"[..]));
    assert_eq!(refusal.header("X-SmartCPD-Result"), None);
}

#[test]
fn our_own_word_is_the_last() {
    let invite = wire(&VICIDIAL.replace("X-Lead: 7", "X-SmartCPD: pre=off"));
    let overrides = dialects(&["netborder", "smartcpd"]).read(&invite).overrides();
    assert_eq!((overrides.pre, overrides.post), (Some(false), Some(true)));
}

#[test]
fn dialects_that_clash_are_refused_with_the_reason() {
    let named = |names: [&str; 2]| names.map(|name| Dialect::named(name).unwrap());
    let clash = Dialects::new(named(["cisco", "audiocodes"])).unwrap_err();
    assert_eq!(
        clash.to_string(),
        "dialects audiocodes and cisco clash: both report each verdict by a request in the dialog, and the dialer would act on it twice"
    );
    let twice = Dialects::new(named(["reason", "reason"])).unwrap_err();
    assert_eq!(twice.why, "named twice");
    assert_eq!(Dialect::named("esperanto"), None);
}

#[test]
fn what_a_dialer_sends_cannot_smuggle_a_header_in() {
    let mut raw = VICIDIAL.replace('\n', "\r\n").into_bytes();
    let at = raw.windows(9).position(|window| window == b"lead-8841").unwrap();
    raw.splice(at..at + 9, *b"\xcf\xf0\xe8\r\n  CPD-Result: Human\x00");
    let invite = Message::parse_datagram(raw).unwrap();
    let mut wishes = dialects(&["netborder"]).read(&invite);
    tell(&mut wishes, &verdict(Phase::Pre, Class::Busy, true));
    let mut refusal = Message::response(486, "");
    wishes.dress(&mut refusal);
    let again = Message::parse_datagram(refusal.to_bytes()).unwrap();
    assert_eq!(again.header("CPD-Result"), Some(&b"Busy"[..]));
    assert_eq!(
        again.header("X-Netborder-Cpa-Reference-ID"),
        Some(&b"\xcf\xf0\xe8 CPD-Result: Human"[..])
    );
    assert!(!format!("{wishes:?}").contains("Human"));
    let long = wire(&VICIDIAL.replace("lead-8841", &"9".repeat(300)));
    let wishes = dialects(&["netborder"]).read(&long);
    assert_eq!((wishes.reference(), wishes.faults().len()), (None, 1));
}

#[test]
fn what_belongs_to_a_dialect_that_is_off_goes_on() {
    let invite = wire(&VICIDIAL.replace("X-Lead: 7", "X-Detect: Request=AMD\nX-SmartCPD: pre=on"));
    let wishes = dialects(&["reason"]).read(&invite);
    let mut onward = invite;
    wishes.strip(&mut onward);
    assert_eq!(onward.uri(), b"sip:79161234567@trunk.example;cpd=on");
    assert!(onward.header("X-Detect").is_some());
    assert!(onward.header("X-Netborder-Cpa-Reference-ID").is_some());
    assert!(onward.header("X-SmartCPD").is_none());
    assert_eq!(wishes.overrides(), Overrides::default());
}

#[test]
fn the_guide_has_the_table_of_the_code() {
    let guide = include_str!("../../../../docs/dialects.md");
    for &class in Class::ALL {
        let row = guide.lines().find_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            cells[0]
                .split(", ")
                .any(|name| name == class.as_str())
                .then_some(cells)
        });
        let names = names::Names::of(class);
        let detect = names.detect.map(|(kind, sub)| format!("{} {sub}", kind.as_str()));
        let dash = "–";
        let wanted = [
            names.cpd_result.unwrap_or(dash),
            detect.as_deref().unwrap_or(dash),
            names.cisco.map_or(dash, |(_, status)| status),
            Rejection::of(class).map_or(dash, |_| Rejection::word(class)),
        ];
        assert_eq!(
            row.unwrap_or_default().get(1..).unwrap_or_default(),
            wanted,
            "{}",
            class.as_str()
        );
    }
}

proptest::proptest! {
    /// Whatever a dialer sends: its call goes on, its wishes stay within bounds, and nothing of ours reaches the carrier.
    #[test]
    fn any_bytes_are_wishes(
        own: Vec<u8>, detect: Vec<u8>, part: Vec<u8>, id: Vec<u8>, param in "[a-z=;%0-9@]{0,12}",
    ) {
        let uri = format!("sip:7916;cpd{param}@trunk.example;cpd={param};lr");
        let mut invite = Message::request(Method::Invite, uri.as_bytes());
        invite.push(Name::TO, format!("<{uri}>").as_bytes());
        invite.push("X-SmartCPD", &own);
        invite.push("X-Detect", &[&b"Request=AMD,"[..], &detect].concat());
        invite.push("X-Netborder-Cpa-Reference-ID", &id);
        invite.set_body("application/x-cisco-cpa", &part);
        for second in ["audiocodes", "cisco"] {
            let mut wishes = dialects(&["netborder", second, "reason", "smartcpd"]).read(&invite);
            let mut policy = Policy::default();
            wishes.overrides().apply(&mut policy);
            assert!(policy.hold.is_none_or(|hold| hold <= cpd_call::HOLD_MAX));
            assert!(policy.answer_limit <= Duration::from_secs(20));
            assert_eq!(policy.answered(Class::Human), cpd_call::AnswerAction::Notify);
            let mut onward = invite.clone();
            wishes.strip(&mut onward);
            assert!(onward.header("X-SmartCPD").is_none());
            assert!(second != "cisco" || onward.part("application/x-cisco-cpa").is_none());
            tell(&mut wishes, &verdict(Phase::Post, Class::Machine, true));
            let mut refusal = Message::response(480, "");
            wishes.refuse(&Rejection::of(Class::Machine).unwrap(), &mut refusal);
            let again = Message::parse_datagram(refusal.to_bytes()).unwrap();
            assert_eq!(again.headers().count(), refusal.headers().count());
        }
    }
}
