//! A text in, a message out.

use std::path::Path;

use super::*;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let tell = |faults: Vec<Fault>| faults.iter().map(Fault::to_string).collect();
    parse(Path::new("smartcpd.toml"), text, variables).map_err(tell)
}

/// The faults of a text, without their common beginning.
fn faults(text: &str) -> Vec<String> {
    let list = read(text, &[]).err().unwrap_or_default();
    list.iter()
        .map(|line| {
            line.strip_prefix("failed to read smartcpd.toml: ")
                .unwrap_or(line)
                .to_owned()
        })
        .collect()
}

const TRUNKS: &str = r#"
[[carrier]]
id = "main"
gateways = ["sip:gw.example.net"]
[[dialer]]
id = "vici"
addresses = ["10.0.0.0/8"]
carriers = ["main"]
"#;

#[test]
fn the_template_is_valid_and_holds_the_defaults() {
    let template = read(TEMPLATE, &[]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let bare = r#"
[[carrier]]
id = "local"
gateways = ["sip:127.0.0.1:5080"]
[[dialer]]
id = "local"
addresses = ["127.0.0.0/8"]
carriers = ["local"]
"#;
    let bare = read(bare, &[]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(template.sip, bare.sip);
    assert_eq!(format!("{:?}", template.media), format!("{:?}", bare.media));
    assert_eq!(template.hearing, bare.hearing);
    assert_eq!(template.limits, bare.limits);
    assert_eq!(template.http, bare.http);
    assert_eq!(template.doors, bare.doors);
    assert_eq!(template.records, bare.records);
    assert!(template.homer.is_none() && bare.homer.is_none());
    assert_eq!(template.log, bare.log);
    let carrier = |config: &Config| {
        let one = &config.carriers[0];
        let plain = (
            one.id.clone(),
            one.gateways.clone(),
            one.register,
            one.domain.clone(),
            one.symmetric,
        );
        (
            plain,
            one.reliability,
            one.session,
            one.health,
            one.identity,
            one.callee.clone(),
            one.caller.clone(),
        )
    };
    assert_eq!(carrier(&template), carrier(&bare));
    let dialer = |config: &Config| {
        let one = &config.dialers[0];
        let plain = (
            one.id.clone(),
            one.networks.clone(),
            one.symmetric,
            one.reliability,
            one.calls_max,
        );
        let routes: Vec<_> = one
            .routes
            .iter()
            .map(|route| (route.prefix.clone(), route.carriers.len()))
            .collect();
        let heard = (
            format!("{:?}", one.profile),
            one.profiles.len(),
            format!("{:?}", one.record),
        );
        (
            plain,
            routes,
            heard,
            one.refer,
            one.heard_first,
            (*one.policy).clone(),
        )
    };
    assert_eq!(dialer(&template), dialer(&bare));
}

#[test]
fn every_key_of_the_template_that_is_commented_out_is_known() {
    // `# key = value` becomes `key = value`; prose has no such form.
    let mut text = String::new();
    for line in TEMPLATE.lines() {
        let key = line.strip_prefix("# ").filter(|rest| {
            let word = rest.split(" = ").next().unwrap_or_default();
            rest.contains(" = ")
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || b"_\".*".contains(&byte))
        });
        text.push_str(
            key.or(line.strip_prefix("# ").filter(|rest| *rest == "[sip.tls]"))
                .unwrap_or(line),
        );
        text.push('\n');
    }
    // Routes name carriers, and secrets files, that are not there.
    let told: Vec<_> = faults(&text)
        .into_iter()
        .filter(|line| !line.contains("there is no carrier") && !line.contains("password_file: /run/secrets"))
        .filter(|line| !line.contains("has no password"))
        .collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn what_is_wrong_is_told_with_line_key_reason_and_what_to_write() {
    let missing = std::cell::RefCell::new(Vec::new());
    let check = |text: &str, expected: &str| {
        let told = faults(&format!("{TRUNKS}\n{text}"));
        if !told.iter().any(|line| line == expected) {
            missing.borrow_mut().push((expected.to_owned(), told));
        }
    };
    // The trunks take nine lines.
    check("[sipp]\n", "line 10: sipp: unknown key, did you mean `sip`?");
    check(
        "[sip]\nlistn = 1\n",
        "line 11: sip.listn: unknown key, did you mean `listen`?",
    );
    check("[media]\nzzz = 1\n", "line 11: media.zzz: unknown key");
    check(
        "[sip]\nlisten = [\n  \"udp:0.0.0.0:5060\"]\n",
        "line 12: sip.listen: nobody is reached at 0.0.0.0; write the address of this machine, or \"udp:0.0.0.0:5060\" \
         followed by \" as \" and that address",
    );
    check(
        "[sip]\nlisten = \"5060\"\n",
        "line 11: sip.listen: \"5060\" is no listener; write udp, tcp or tls with address and port, as \
         udp:10.0.0.5:5060, behind NAT followed by the outside address: … as 203.0.113.5",
    );
    check(
        "[limits]\ncalls_max = 0\n",
        "line 11: limits.calls_max: 0 is out of range; write 1 to 100000",
    );
    check(
        "[limits]\ndrain = 30\n",
        "line 11: limits.drain: has no unit; write \"30s\" or \"30ms\"",
    );
    check(
        "[limits]\ndrain = \"30 min\"\n",
        "line 11: limits.drain: \"30 min\" is no time; write a number with its unit: 350ms, 30s, 5m, 4h",
    );
    check(
        "[policy.p]\nhold = \"9s\"\n",
        "line 11: policy.p.hold: 9s is out of range; write 100ms to 5s",
    );
    check(
        "[policy.p]\nmode = \"produktion\"\n",
        "line 11: policy.p.mode: \"produktion\" is unknown, did you mean \"production\"?; write one of initial, \
         data_collection, production",
    );
    check(
        "[policy.p.answered]\n\"answer.human\" = \"cut\"\n",
        "line 11: policy.p.answered.\"answer.human\": answer.human cannot be refused: people, and calls that still go on, \
         are never rejected; name the other classes",
    );
    check(
        "[policy.p]\nearly = { \"announcement.bsy\" = \"reject\" }\n",
        "line 11: policy.p.early: unknown class \"announcement.bsy\", did you mean \"announcement.busy\"?; \
         docs/classes.md names them all",
    );
    check(
        "[policy.p.status]\n\"tone.busy\" = 200\n",
        "line 11: policy.p.status.tone.busy: write a final status, 400 to 699",
    );
    check(
        "[profile.p]\ncountries = [\"russia\"]\n",
        "line 11: profile.p.countries: \"russia\" is no country; write its code of ISO 3166, as \"ru\"",
    );
    check(
        "[media]\nports = \"200-100\"\n",
        "line 11: media.ports: \"200-100\" holds no pair of ports above 1023; write first-last, as 16384-32767",
    );
    check(
        "[[dialer]]\nid = \"x\"\naddresses = [\"10.0.0.0/8\"]\ncarriers = [\"mian\"]\n",
        "line 13: dialer.x.carriers: there is no carrier \"mian\", did you mean \"main\"?; define it as [[carrier]] with \
         this id",
    );
    check(
        "[[dialer]]\nid = \"x\"\naddresses = [\"0.0.0.0/0\"]\ncarriers = [\"main\"]\n",
        "line 10: dialer.x.addresses: lets everybody call; name the dialer's networks, or set user and password",
    );
    check(
        "[[dialer]]\nid = \"x\"\naddresses = [\"10.0.0.1\"]\ncarriers = [\"main\"]\nuser = \"u\"\n",
        "line 14: dialer.x.user: has no password; write password_file = \"/run/secrets/…\" or password = \"…\"",
    );
    check(
        "[[carrier]]\nid = \"y\"\ngateways = [{ uri = \"tel:1\" }]\n",
        "line 12: carrier.y.gateways.uri: \"tel:1\" is no SIP URI; write sip:gw.example.net or sip:10.0.0.9:5060;transport=tcp",
    );
    check(
        "[sip]\nlisten = [\"tls:10.0.0.5:5061\"]\n",
        "line 10: sip.tls: certificate and key are wanted together; write certificate = \"/etc/smartcpd/tls.pem\", key = \"…\"",
    );
    assert_eq!(missing.into_inner(), Vec::new(), "wanted, told");
}

#[test]
fn several_faults_are_told_at_once_in_the_order_of_the_file() {
    let told = faults("[limits]\ncals_max = 1\ndrain = true\n[log]\nlevel = \"loud\"\n");
    let lines: Vec<_> = told
        .iter()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "line 2 limits.cals_max",
            "line 3 limits.drain",
            "line 5 log.level"
        ]
    );
}

#[test]
fn the_environment_sets_keys_and_its_faults_name_the_variable() {
    let config = read(
        TRUNKS,
        &[
            ("SMARTCPD_SIP__LISTEN", "udp:10.1.1.1:5062, tcp:10.1.1.1:5062"),
            ("SMARTCPD_DIALER__VICI__CALLS_MAX", "7"),
            ("SMARTCPD_LIMITS__DRAIN", "5m"),
            ("SMARTCPD_SERVICE_HOST", "10.96.0.1"),
        ],
    );
    let config = config.unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(config.sip.listeners.len(), 2);
    assert_eq!(config.media.networks.len(), 1);
    assert_eq!(config.dialers[0].calls_max, 7);
    assert_eq!(config.limits.drain, Duration::from_secs(300));
    let told = read(TRUNKS, &[("SMARTCPD_LIMITS__DRIAN", "5m")])
        .err()
        .unwrap_or_default();
    assert_eq!(
        told,
        [
            "failed to read smartcpd.toml: SMARTCPD_LIMITS__DRIAN: limits.drian: unknown key, did you mean `drain`?"
        ]
    );
}

#[test]
fn secrets_come_from_files_and_do_not_show() {
    let path = std::env::temp_dir().join(format!("smartcpd-secret-{}", std::process::id()));
    std::fs::write(&path, "s3cret\n").expect("written");
    let text = format!("{TRUNKS}user = \"vici\"\npassword_file = {path:?}\n");
    let config = read(&text, &[]);
    std::fs::remove_file(&path).expect("removed");
    let config = config.unwrap_or_else(|faults| panic!("{faults:#?}"));
    let user = config.dialers[0].user.clone().expect("a user");
    assert!(user.secret == cpd_sip::digest::Secret::password("s3cret"));
    assert!(!format!("{user:?}").contains("s3cret"));
    let told = faults(&text);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[1].contains("password_file") && told[1].contains("no such file"),
        "{told:?}"
    );
}

#[test]
fn what_is_named_more_exactly_has_the_last_word() {
    let text = format!(
        "{TRUNKS}policy = \"p\"\n[policy.p]\nhold = \"1800ms\"\n[policy.p.early]\n\"announcement.busy\" = \"pass\"\n\
         \"announcement.*\" = \"reject\"\n[policy.p.status]\n\"announcement.network\" = 487\n"
    );
    let config = read(&text, &[]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let policy = &config.dialers[0].policy;
    use cpd_call::EarlyAction;
    use cpd_detect::Class;
    assert_eq!(policy.early(Class::AnnouncedBusy), EarlyAction::Pass);
    assert_eq!(policy.early(Class::AnnouncedNetwork), EarlyAction::Reject);
    assert_eq!(policy.early(Class::Busy), EarlyAction::Report);
    assert_eq!(policy.hold, Some(Duration::from_millis(1_800)));
    assert_eq!(
        policy
            .rejection(Class::AnnouncedNetwork)
            .map(|rejection| rejection.status),
        Some(487)
    );
}

#[test]
fn trunks_known_by_their_address_are_trusted_and_others_limited() {
    let text = format!(
        "{TRUNKS}[[carrier]]\nid = \"b\"\ngateways = [\"sip:192.0.2.9:5070\"]\n[sip]\ndeny = [\"198.51.100.0/24\"]\n"
    );
    let list = read(&text, &[])
        .unwrap_or_else(|faults| panic!("{faults:#?}"))
        .addresses(["192.0.2.77".parse().expect("address")]);
    let check =
        |address: &str, expected| assert_eq!(list.treatment(address.parse().expect("address")), expected);
    check("10.9.9.9", Treatment::Trusted);
    check("192.0.2.9", Treatment::Trusted);
    check("192.0.2.77", Treatment::Trusted);
    check("192.0.2.8", Treatment::Limited);
    check("198.51.100.7", Treatment::Denied);
}

#[test]
fn a_door_without_a_password_says_whose_each_network_is() {
    let open = |rest: &str| format!("[doors]\naudiosocket = \"10.0.0.2:9093\"\n{rest}{TRUNKS}");
    let good = "networks = [\"10.0.0.0/8 of other\", \"10.1.0.0/16 of acme\"]\nhangup_on = [\"answer.*\"]\n";
    let config = read(&open(good), &[]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let owner = |address: &str| config.doors.owner(address.parse().expect("an address"));
    assert_eq!(owner("10.1.2.3"), Some("acme"));
    assert_eq!(owner("::ffff:10.2.0.1"), Some("other"));
    assert_eq!(owner("192.0.2.1"), None);
    for (rest, expected) in [
        ("", "AudioSocket has no password"),
        ("networks = [\"10.0.0.5\"]\n", "is no network of a customer"),
        (
            "networks = [\"10.0.0.5 of acme\"]\nhangup_on = [\"progress.*\"]\n",
            "ends no stream",
        ),
        (
            "networks = [\"10.0.0.5 of acme\"]\n[store]\nurl = \"off\"\n",
            "wants the database",
        ),
    ] {
        let told = faults(&open(rest)).join("\n");
        assert!(told.contains(expected), "{rest}: {told}");
    }
}
