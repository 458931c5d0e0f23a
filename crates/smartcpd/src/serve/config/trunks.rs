//! Dialers and carriers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cpd_b2bua::dialect::Dialects;
use cpd_b2bua::script::{Limits, Script};
use cpd_b2bua::trunk::number::Rewrite;
use cpd_b2bua::trunk::{Carrier, Dialer, Gateway, Recording, Route, User};
use cpd_sip::Uri;
use cpd_sip::admission::Network;
use cpd_sip::dialog::SessionWish;
use cpd_sip::digest::{Algorithm, Secret};
use cpd_sip::endpoint::Reliability;
use cpd_sip::uri::Scheme;

use super::policies::{DEFAULT, Policies, Profiles, classes};
use super::reader::{Section, Wrongs};
use super::source::{Place, Value};
use crate::fault::system_words;
use crate::words::nearest;

/// Carriers by id.
pub(super) type Carriers = BTreeMap<String, Arc<Carrier>>;

const RELIABLE: [(&str, Reliability); 3] = [
    ("no", Reliability::Absent),
    ("supported", Reliability::Supported),
    ("required", Reliability::Required),
];

/// The most calls of a trunk: what one node bears by far.
const CALLS_MAX: i64 = 100_000;

/// Reads `[[carrier]]`; in records each is called `owner` and its id.
pub(super) fn carriers(sections: Vec<Section>, owner: &str, wrongs: &mut Wrongs) -> Carriers {
    let mut carriers = Carriers::new();
    for mut section in sections {
        let Some(id) = id(&mut section, "carrier", wrongs) else {
            continue;
        };
        if carriers.contains_key(&id) {
            section.wrong(
                wrongs,
                &section.place,
                "id",
                format_args!("{id:?} is given twice; ids are unique"),
            );
        }
        let carrier = carrier(format!("{owner}{id}"), section, wrongs);
        carriers.insert(id, Arc::new(carrier));
    }
    carriers
}

fn carrier(id: String, mut section: Section, wrongs: &mut Wrongs) -> Carrier {
    let second = Duration::from_secs;
    let gateways = gateways(&mut section, wrongs);
    let user = user(&mut section, wrongs);
    let register = section
        .time_or_off("register", second(60)..=second(86_400), wrongs)
        .flatten();
    if register.is_some() && user.is_none() {
        section.wrong(
            wrongs,
            &section.place,
            "register",
            "needs user and password, and they are missing",
        );
    }
    let session = section
        .time_or_off("session", second(90)..=second(7_200), wrongs)
        .flatten();
    let carrier = Carrier {
        id,
        gateways,
        user,
        register,
        domain: section
            .text("domain", wrongs)
            .map(|(text, _)| text)
            .filter(|text| !text.is_empty()),
        symmetric: section.flag("nat", wrongs).unwrap_or(false),
        srtp: section.flag("srtp", wrongs).unwrap_or(false),
        reliability: section.choice("reliable", &RELIABLE, wrongs).unwrap_or_default(),
        session: session.map(wish),
        health: section
            .time_or_off("health", second(5)..=second(3_600), wrongs)
            .unwrap_or(Some(second(30))),
        identity: section.flag("identity", wrongs).unwrap_or(true),
        callee: rewrites(&mut section, "rewrite_callee", wrongs),
        caller: rewrites(&mut section, "rewrite_caller", wrongs),
    };
    section.close(wrongs);
    carrier
}

/// What is asked of session timers.
pub(super) fn wish(expires: Duration) -> SessionWish {
    SessionWish {
        expires_s: expires.as_secs() as u32,
        ..SessionWish::default()
    }
}

fn gateways(section: &mut Section, wrongs: &mut Wrongs) -> Vec<Gateway> {
    let missing = "is missing; write [\"sip:gw.example.net\"] or [{ uri = \"sip:10.0.0.9:5060\", priority = 1, weight = 10 }]";
    let Some(node) = section.take("gateways") else {
        section.wrong(wrongs, &section.place, "gateways", missing);
        return Vec::new();
    };
    let (list, whole) = (node.value, node.place);
    let items = match list {
        Value::List(items) if !items.is_empty() => items,
        Value::Text(_) => vec![super::source::Node {
            value: list,
            place: whole.clone(),
        }],
        _ => {
            section.wrong(wrongs, &whole, "gateways", missing);
            return Vec::new();
        }
    };
    let mut gateways = Vec::new();
    for item in items {
        let place = item.place.clone();
        if let Value::Text(text) = &item.value {
            match uri(text) {
                Ok(uri) => gateways.push(Gateway {
                    uri,
                    priority: 1,
                    weight: 1,
                }),
                Err(why) => section.wrong(wrongs, &place, "gateways", why),
            }
            continue;
        }
        let mut item = Section::new(format!("{}.gateways", section.name), item, wrongs);
        let priority = item.whole("priority", 0..=65_535, wrongs).unwrap_or(1) as u16;
        let weight = item.whole("weight", 0..=65_535, wrongs).unwrap_or(1) as u16;
        match item.text("uri", wrongs) {
            Some((text, place)) => match uri(&text) {
                Ok(uri) => gateways.push(Gateway {
                    uri,
                    priority,
                    weight,
                }),
                Err(why) => item.wrong(wrongs, &place, "uri", why),
            },
            None => item.wrong(
                wrongs,
                &place,
                "uri",
                "is missing; write uri = \"sip:gw.example.net\"",
            ),
        }
        item.close(wrongs);
    }
    gateways
}

/// A SIP URI that a gateway can have.
fn uri(text: &str) -> Result<String, String> {
    let fits = Uri::parse(text.as_bytes())
        .is_ok_and(|uri| matches!(uri.scheme, Scheme::Sip | Scheme::Sips) && uri.host.is_some());
    match fits {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "{text:?} is no SIP URI; write sip:gw.example.net or sip:10.0.0.9:5060;transport=tcp"
        )),
    }
}

/// Reads `[[dialer]]`; in records each is called `owner` and its id.
pub(super) fn dialers(
    sections: Vec<Section>,
    owner: &str,
    known: (&Carriers, &Policies, &Profiles),
    recordings: Option<&Path>,
    wrongs: &mut Wrongs,
) -> Vec<Arc<Dialer>> {
    let mut dialers: Vec<Arc<Dialer>> = Vec::new();
    for mut section in sections {
        let Some(id) = id(&mut section, "dialer", wrongs) else {
            continue;
        };
        let whole = format!("{owner}{id}");
        if dialers.iter().any(|dialer| dialer.id == whole) {
            section.wrong(
                wrongs,
                &section.place,
                "id",
                format_args!("{id:?} is given twice; ids are unique"),
            );
        }
        dialers.push(Arc::new(dialer(whole, section, known, recordings, wrongs)));
    }
    dialers
}

fn dialer(
    id: String,
    mut section: Section,
    (carriers, policies, profiles): (&Carriers, &Policies, &Profiles),
    recordings: Option<&Path>,
    wrongs: &mut Wrongs,
) -> Dialer {
    let network = |text: &str| {
        text.parse::<Network>()
            .map_err(|_| format!("{text:?} is no network; write an address, or address/prefix as 10.0.0.0/8"))
    };
    let networks = section.list("addresses", wrongs, network).unwrap_or_default();
    if networks.is_empty() {
        let why =
            "names no network; write [\"10.0.0.0/8\"], or [\"0.0.0.0/0\"] together with user and password";
        section.wrong(wrongs, &section.place, "addresses", why);
    }
    let user = user(&mut section, wrongs);
    let digest = digest(&mut section, wrongs);
    if user.is_none() && networks.iter().any(|network| [0, 96].contains(&network.prefix())) {
        let why = "lets everybody call; name the dialer's networks, or set user and password";
        section.wrong(wrongs, &section.place, "addresses", why);
    }
    let name = section.text("policy", wrongs);
    let policy = named(&section, "policy", name, policies, wrongs).unwrap_or_default();
    let name = section.text("profile", wrongs);
    let profile = named(&section, "profile", name, profiles, wrongs).unwrap_or_default();
    let mut offered = Vec::new();
    for (name, place) in section.texts("profiles", wrongs).unwrap_or_default() {
        let found = named(
            &section,
            "profiles",
            Some((name.clone(), place)),
            profiles,
            wrongs,
        );
        offered.extend(found.map(|profile| (name, profile)));
    }
    let dialer = Dialer {
        id,
        networks,
        user,
        digest,
        policy,
        profile,
        profiles: offered,
        symmetric: section.flag("nat", wrongs).unwrap_or(false),
        reliability: section.choice("reliable", &RELIABLE, wrongs).unwrap_or_default(),
        dialects: dialects(&mut section, wrongs),
        script: script(&mut section, wrongs),
        callee: rewrites(&mut section, "rewrite_callee", wrongs),
        caller: rewrites(&mut section, "rewrite_caller", wrongs),
        routes: routes(&mut section, carriers, wrongs),
        calls_max: section
            .whole("calls_max", 1..=CALLS_MAX, wrongs)
            .unwrap_or(CALLS_MAX) as usize,
        refer: section.flag("refer", wrongs).unwrap_or(false),
        heard_first: section.flag("heard_first", wrongs).unwrap_or(true),
        record: recording(&mut section, recordings, wrongs),
        hearing: None,
    };
    section.close(wrongs);
    dialer
}

/// The algorithms that a dialer is asked to prove itself by, in their order.
fn digest(section: &mut Section, wrongs: &mut Wrongs) -> Vec<Algorithm> {
    let spoken = [Algorithm::MD5, Algorithm::SHA_256, Algorithm::SHA_512_256];
    let algorithm = |text: &str| {
        let found = Algorithm::parse(text.as_bytes()).filter(|algorithm| spoken.contains(algorithm));
        found
            .ok_or_else(|| format!("{text:?} is no algorithm; write \"md5\", \"sha-256\" or \"sha-512-256\""))
    };
    let list = section.list("digest", wrongs, algorithm);
    let list = list.unwrap_or_else(|| vec![Algorithm::MD5, Algorithm::SHA_256]);
    if list.is_empty() {
        let why = "names no algorithm; write [\"md5\", \"sha-256\"]";
        section.wrong(wrongs, &section.place, "digest", why);
    }
    list
}

/// What a name stands for; without a name, the one called `default`.
fn named<T: Clone>(
    section: &Section,
    key: &'static str,
    name: Option<(String, Place)>,
    known: &BTreeMap<String, T>,
    wrongs: &mut Wrongs,
) -> Option<T> {
    let Some((name, place)) = name else {
        return known.get(DEFAULT).cloned();
    };
    let found = known.get(&name).cloned();
    if found.is_none() {
        let near = nearest(&name, known.keys().map(String::as_str), "\"");
        let kind = key.strip_suffix('s').unwrap_or(key);
        let why = format_args!("there is no {kind} {name:?}{near}; define it as [{kind}.{name}]");
        section.wrong(wrongs, &place, key, why);
    }
    found
}

fn dialects(section: &mut Section, wrongs: &mut Wrongs) -> Dialects {
    let list = section
        .list("dialects", wrongs, super::dialects::one)
        .unwrap_or_default();
    super::dialects::of(list).unwrap_or_else(|why| {
        section.wrong(wrongs, &section.place, "dialects", why);
        Dialects::default()
    })
}

/// The script of a trunk, run once to see that it can be.
fn script(section: &mut Section, wrongs: &mut Wrongs) -> Option<Arc<Script>> {
    let (text, place) = section
        .text("script", wrongs)
        .filter(|(text, _)| !text.is_empty())?;
    // By the API comes the script itself, from a file its path.
    let (name, source) = match &place {
        Place::Pointer(_) => (section.name.clone(), Ok(text)),
        Place::Line(_) | Place::Variable(_) => {
            let read = std::fs::read_to_string(&text);
            let read = read.map_err(|why| format!("{text}: {}", system_words(&why)));
            (text, read)
        }
    };
    let loaded = source
        .and_then(|source| Script::load(&name, &source, &Limits::default()).map_err(|why| why.to_string()));
    match loaded {
        Ok(script) => Some(Arc::new(script)),
        Err(why) => {
            section.wrong(wrongs, &place, "script", why);
            None
        }
    }
}

fn routes(section: &mut Section, carriers: &Carriers, wrongs: &mut Wrongs) -> Vec<Route> {
    let find = |section: &mut Section, wrongs: &mut Wrongs| -> Option<Vec<Arc<Carrier>>> {
        let names = section.texts("carriers", wrongs)?;
        let mut found = Vec::new();
        for (name, place) in names {
            match carriers.get(&name) {
                Some(carrier) => found.push(Arc::clone(carrier)),
                None => {
                    let near = nearest(&name, carriers.keys().map(String::as_str), "\"");
                    let why = format_args!(
                        "there is no carrier {name:?}{near}; define it as [[carrier]] with this id"
                    );
                    section.wrong(wrongs, &place, "carriers", why);
                }
            }
        }
        Some(found)
    };
    let mut routes = Vec::new();
    let all = find(section, wrongs);
    for mut route in section.tables("routes", wrongs) {
        route.name = format!("{}.routes", section.name);
        let prefix = route
            .text("prefix", wrongs)
            .map(|(text, _)| text)
            .unwrap_or_default();
        match find(&mut route, wrongs) {
            Some(carriers) => routes.push(Route { prefix, carriers }),
            None => route.wrong(
                wrongs,
                &route.place,
                "carriers",
                "is missing; write [\"id of a carrier\"]",
            ),
        }
        route.close(wrongs);
    }
    if let Some(carriers) = all {
        routes.push(Route {
            prefix: String::new(),
            carriers,
        });
    }
    if routes.is_empty() {
        let why = "is missing, so its calls lead nowhere; write carriers = [\"id of a carrier\"], or routes by prefix";
        section.wrong(wrongs, &section.place, "carriers", why);
    }
    routes
}

fn recording(section: &mut Section, folder: Option<&Path>, wrongs: &mut Wrongs) -> Recording {
    let mut record = section.table("record", wrongs);
    let max = record.time("max", Duration::ZERO..=Duration::from_secs(3_600), wrongs);
    let listed = record.list("classes", wrongs, classes).unwrap_or_default();
    if folder.is_none() && max.is_some_and(|max| !max.is_zero()) {
        record.wrong(
            wrongs,
            &record.place,
            "max",
            "has nowhere to go; write media.recordings = \"/var/lib/smartcpd/recordings\"",
        );
    }
    record.close(wrongs);
    Recording {
        max: max.unwrap_or_default(),
        folder: folder.unwrap_or(Path::new("")).to_owned(),
        classes: listed.concat(),
    }
}

fn rewrites(section: &mut Section, key: &'static str, wrongs: &mut Wrongs) -> Vec<Rewrite> {
    let mut rewrites = Vec::new();
    for mut rule in section.tables(key, wrongs) {
        rule.name = format!("{}.{key}", section.name);
        rewrites.push(Rewrite {
            prefix: rule
                .text("prefix", wrongs)
                .map(|(text, _)| text)
                .unwrap_or_default(),
            strip: rule.whole("strip", 0..=64, wrongs).unwrap_or(0) as usize,
            add: rule.text("add", wrongs).map(|(text, _)| text).unwrap_or_default(),
        });
        rule.close(wrongs);
    }
    rewrites
}

fn user(section: &mut Section, wrongs: &mut Wrongs) -> Option<User> {
    let name = section.text("user", wrongs).filter(|(name, _)| !name.is_empty());
    let password = section.secret("password", "password_file", wrongs);
    match (name, password) {
        (Some((name, _)), Some(password)) => Some(User {
            name: name.into_bytes(),
            secret: Secret::password(password),
        }),
        (Some((_, place)), None) => {
            let why = "has no password; write password_file = \"/run/secrets/…\" or password = \"…\"";
            section.wrong(wrongs, &place, "user", why);
            None
        }
        (None, Some(_)) => {
            section.wrong(
                wrongs,
                &section.place,
                "password",
                "belongs to no user; write user = \"…\"",
            );
            None
        }
        (None, None) => None,
    }
}

/// An id, and the section's name in faults by it.
fn id(section: &mut Section, kind: &str, wrongs: &mut Wrongs) -> Option<String> {
    let Some((id, place)) = section.text("id", wrongs) else {
        section.wrong(
            wrongs,
            &section.place,
            "id",
            format_args!("is missing; every {kind} has one, as id = \"main\""),
        );
        return None;
    };
    let fits = !id.is_empty()
        && id.len() <= 64
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !fits {
        let why = format_args!("{id:?} is no id; write 1 to 64 letters, digits and -_.");
        section.wrong(wrongs, &place, "id", why);
        return None;
    }
    section.name = format!("{kind}.{id}");
    Some(id)
}
