//! Trunks, policies and profiles that customers keep in the database: the same keys as in `smartcpd.toml`, read by the same
//! code. A customer's names are its own; in records its trunks are called `customer/name`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpd_b2bua::trunk::{Carrier, Dialer, Hearing};
use cpd_call::Policy;
use cpd_detect::{Plan, Plans, Profile};
use cpd_sip::admission::Network;
use cpd_store::objects::Kind;
use serde_json::Value as Json;

use super::reader::{Section, Wrongs};
use super::source::{self, Node, Place, Value};
use super::{policies, trunks};
use crate::plans;
use crate::serve::hearing::Base;
use crate::stock::Stocked;
use crate::words::nearest;

/// An object as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) body: Json,
    /// Its secrets by key, in clear.
    pub(crate) secrets: BTreeMap<String, String>,
}

/// What ends the customer's name in a trunk's; no name of the file's own trunks holds it.
pub(crate) const OWNER_END: char = '/';

/// The keys that are kept as secrets.
pub(crate) const SECRETS: [&str; 1] = ["password"];

/// A fault of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// Where in its body, as a JSON pointer.
    pub(crate) pointer: String,
    /// Which key, why, and what to write.
    pub(crate) detail: String,
}

/// A customer's trunks, ready for calls.
#[derive(Default)]
pub(crate) struct Trunks {
    /// The customer's short name.
    pub(crate) owner: String,
    pub(crate) carriers: Vec<Arc<Carrier>>,
    pub(crate) dialers: Vec<Arc<Dialer>>,
    /// Its own tone plans.
    pub(crate) plans: Vec<Plan>,
    /// What is wrong; an object with a fault is not in use.
    pub(crate) faults: Vec<Fault>,
    /// The prompts that its calls are heard with; `None`: those of the file, for neither the service nor the customer has
    /// published any.
    pub(crate) prompts: Option<Stocked>,
}

impl Trunks {
    /// What the customer's calls are heard with; `None`: as the service's own.
    pub(crate) fn hearing(&self, base: &Base) -> Option<Hearing> {
        let shared = match (&self.prompts, self.plans.is_empty()) {
            (Some(prompts), _) => base.bare.with_library(Arc::clone(&prompts.library)),
            (None, false) => base.file.clone()?,
            (None, true) => return None,
        };
        let (common, own) = self.prompts.as_ref().map_or((0, 0), Stocked::versions);
        Some(Hearing {
            shared: plans::with(shared, &self.plans),
            common,
            own,
        })
    }

    /// The dialers, each heard with the customer's prompts and tone plans.
    pub(crate) fn heard_dialers(&self, base: &Base) -> Vec<Arc<Dialer>> {
        let Some(hearing) = self.hearing(base) else {
            return self.dialers.clone();
        };
        let heard = self.dialers.iter().map(|dialer| {
            Arc::new(Dialer {
                hearing: Some(hearing.clone()),
                ..Dialer::clone(dialer)
            })
        });
        heard.collect()
    }
}

/// What a customer's objects are read beside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    /// Countries whose tones are expected without a wish.
    pub(crate) countries: Vec<String>,
    /// The folder for recordings.
    pub(crate) recordings: Option<PathBuf>,
}

/// Makes trunks of a customer's objects. What is faulty is left out, with what leads to it, and told.
pub(crate) fn trunks(owner: &str, objects: &[Written], beside: &Beside) -> Trunks {
    let mut faults = Vec::new();
    let mut good: Vec<&Written> = Vec::new();
    // Each by itself first, so that one that is wrong does not take the others away.
    for object in objects {
        let alone = read(owner, &[object], beside, true);
        match alone.faults.is_empty() {
            true => good.push(object),
            false => faults.extend(alone.faults),
        }
    }
    // Then together: what leads to something that is missing or faulty goes, until all that is left fits.
    loop {
        let mut whole = read(owner, &good, beside, false);
        if whole.faults.is_empty() {
            whole.faults = faults;
            return whole;
        }
        let before = good.len();
        good.retain(|object| {
            !whole
                .faults
                .iter()
                .any(|fault| (fault.kind, &fault.name) == (object.kind, &object.name))
        });
        faults.append(&mut whole.faults);
        if good.len() == before {
            return Trunks {
                owner: owner.to_owned(),
                faults,
                ..Trunks::default()
            };
        }
    }
}

/// Reads objects; `alone`: what they lead to is not looked for.
fn read(owner: &str, objects: &[&Written], beside: &Beside, alone: bool) -> Trunks {
    let prefix = format!("{owner}{OWNER_END}");
    let mut wrongs = Wrongs::default();
    let sections = |kind: Kind, wrongs: &mut Wrongs| -> Vec<Section> {
        let of_kind = objects.iter().filter(|object| object.kind == kind);
        of_kind.map(|object| section(object, alone, wrongs)).collect()
    };
    let tables = |kind: Kind, wrongs: &mut Wrongs| -> Section {
        let of_kind = objects.iter().filter(|object| object.kind == kind);
        let entries = of_kind
            .map(|object| (object.name.clone(), node(object)))
            .collect();
        let all = Node {
            value: Value::Table(entries),
            place: Place::Pointer(String::new()),
        };
        Section::new(kind.as_str(), all, wrongs)
    };
    let carriers = trunks::carriers(sections(Kind::Carrier, &mut wrongs), &prefix, &mut wrongs);
    let policies = policies::policies(tables(Kind::Policy, &mut wrongs), &mut wrongs);
    let of_kind = objects.iter().filter(|object| object.kind == Kind::TonePlan);
    let (plans, mut faults) = tone_plans(of_kind.copied());
    let country = |word: &str| match alone {
        true => any_code(word),
        false => code(word, &plans),
    };
    let all = tables(Kind::Profile, &mut wrongs);
    let profiles = policies::profiles(all, &beside.countries, &country, &mut wrongs);
    let folder = beside.recordings.as_ref().map(|folder| folder.join(owner));
    let known = (&carriers, &policies, &profiles);
    let sections = sections(Kind::Dialer, &mut wrongs);
    let dialers = trunks::dialers(sections, &prefix, known, folder.as_deref(), &mut wrongs);
    let others = wrongs.into_places().into_iter();
    faults.extend(others.filter_map(|(place, detail)| fault(&place, detail)));
    Trunks {
        owner: owner.to_owned(),
        plans,
        carriers: carriers.into_values().collect(),
        dialers,
        faults,
        prompts: None,
    }
}

/// The most cadences of a plan: three kinds, in as many forms as any country has, and half as many again.
const CADENCES_MAX: usize = 24;

/// The tone plans among objects, and what is wrong with the others.
pub(crate) fn tone_plans<'a>(objects: impl IntoIterator<Item = &'a Written>) -> (Vec<Plan>, Vec<Fault>) {
    let (mut plans, mut faults) = (Vec::new(), Vec::new());
    for object in objects {
        match tone_plan(object) {
            Ok(plan) => plans.push(plan),
            Err((pointer, detail)) => faults.push(Fault {
                kind: Kind::TonePlan,
                name: object.name.clone(),
                pointer,
                detail,
            }),
        }
    }
    (plans, faults)
}

/// A tone plan as the files of `plans/` hold it. Its name is its code, so that profiles name it as they name a country; that of a
/// country takes the place of the country's.
fn tone_plan(object: &Written) -> Result<Plan, (String, String)> {
    let whole = |detail: String| (String::new(), detail);
    let name = &object.name;
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(whole(format!(
            "{name:?} is no name of a tone plan; write small letters, digits and -_."
        )));
    }
    let is_country = || {
        Plans::built_in()
            .countries()
            .iter()
            .any(|plan| plan.country == *name)
    };
    if name.len() <= 2 && !is_country() {
        let detail =
            "names of two letters are countries', and there is none of this code; choose a longer name";
        return Err(whole(detail.to_owned()));
    }
    if let Some(key) = object.secrets.keys().next() {
        return Err((format!("/{key}"), "a tone plan has no secrets".to_owned()));
    }
    let mut table =
        toml::Table::try_from(&object.body).map_err(|why| whole(format!("is no tone plan: {why}")))?;
    if table
        .get("country")
        .is_some_and(|country| country.as_str() != Some(name))
    {
        let detail = format!("a tone plan is called by its name, {name:?}; leave country out");
        return Err(("/country".to_owned(), detail));
    }
    table.insert("country".to_owned(), name.clone().into());
    let plan = Plan::from_table(name, table).map_err(|why| (pointer(&why.key), why.reason))?;
    match plan.cadences.len() <= CADENCES_MAX {
        true => Ok(plan),
        false => Err((
            "/also".to_owned(),
            format!("a tone plan has at most {CADENCES_MAX} cadences"),
        )),
    }
}

/// `busy[1].ms` as a JSON pointer.
fn pointer(key: &str) -> String {
    match key.is_empty() {
        true => String::new(),
        false => format!("/{}", key.replace(']', "").replace(['[', '.'], "/")),
    }
}

/// The tone plan that a profile means: one of the customer's own, or a country's.
fn code(word: &str, own: &[Plan]) -> Result<String, String> {
    let wanted = word.to_ascii_lowercase();
    if own.iter().any(|plan| plan.country == wanted) {
        return Ok(wanted);
    }
    super::country(word).map_err(|_| {
        let near = nearest(&wanted, own.iter().map(|plan| plan.country.as_str()), "\"");
        format!("there is no tone plan {word:?}{near}; write a country's code, as \"ru\", or the name of a tone plan of yours")
    })
}

/// Any word: what it stands for is looked for elsewhere.
fn any_code(word: &str) -> Result<String, String> {
    Ok(word.to_ascii_lowercase())
}

/// A policy and a profile, where they are given.
pub(crate) type WhatIf = (Option<Arc<Policy>>, Option<Profile>);

/// A policy and a profile as a customer would write them, by themselves.
pub(crate) fn what_if(
    policy: Option<&Json>,
    profile: Option<&Json>,
    beside: &Beside,
) -> Result<WhatIf, Vec<Fault>> {
    const NAME: &str = "what-if";
    let mut wrongs = Wrongs::default();
    let table = |kind: Kind, body: Option<&Json>, wrongs: &mut Wrongs| {
        let entries = body.map(|body| {
            let written = Written {
                kind,
                name: NAME.to_owned(),
                body: body.clone(),
                secrets: BTreeMap::new(),
            };
            (NAME.to_owned(), node(&written))
        });
        let all = Node {
            value: Value::Table(entries.into_iter().collect()),
            place: Place::Pointer(String::new()),
        };
        Section::new(kind.as_str(), all, wrongs)
    };
    let policies = policies::policies(table(Kind::Policy, policy, &mut wrongs), &mut wrongs);
    let all = table(Kind::Profile, profile, &mut wrongs);
    let profiles = policies::profiles(all, &beside.countries, &any_code, &mut wrongs);
    let faults: Vec<Fault> = wrongs
        .into_places()
        .into_iter()
        .filter_map(|(place, detail)| fault(&place, detail))
        .collect();
    match faults.is_empty() {
        true => Ok((policies.get(NAME).cloned(), profiles.get(NAME).cloned())),
        false => Err(faults),
    }
}

/// The profile of an object; none: it is something else, or faulty.
pub(crate) fn profile(object: &Written, countries: &[String]) -> Option<Profile> {
    let mut wrongs = Wrongs::default();
    let all = Node {
        value: Value::Table(vec![(object.name.clone(), node(object))]),
        place: Place::Pointer(String::new()),
    };
    let section = Section::new(object.kind.as_str(), all, &mut wrongs);
    let mut profiles = policies::profiles(section, countries, &any_code, &mut wrongs);
    let whole = object.kind == Kind::Profile && wrongs.into_places().is_empty();
    profiles.remove(&object.name).filter(|_| whole)
}

/// Keys that lead to other objects.
const LEADING: [&str; 5] = ["carriers", "routes", "policy", "profile", "profiles"];

fn section(object: &Written, alone: bool, wrongs: &mut Wrongs) -> Section {
    let mut node = node(object);
    if let Value::Table(entries) = &mut node.value {
        let place = node.place.clone();
        let id = Node {
            value: Value::Text(object.name.clone()),
            place: place.clone(),
        };
        entries.retain(|(key, _)| key != "id");
        entries.push(("id".to_owned(), id));
        if alone && object.kind == Kind::Dialer {
            entries.retain(|(key, _)| !LEADING.contains(&key.as_str()));
            let none = Node {
                value: Value::List(Vec::new()),
                place,
            };
            entries.push(("carriers".to_owned(), none));
        }
    }
    Section::new(object.kind.as_str(), node, wrongs)
}

/// A body with its secrets in their places. Pointers begin with kind and name, so that a fault is told of its object.
fn node(object: &Written) -> Node {
    let at = format!("{}/{}", object.kind.as_str(), object.name);
    let mut node = source::json(&object.body, &at).unwrap_or(Node {
        value: Value::Text("something nested too deep".to_owned()),
        place: Place::Pointer(at.clone()),
    });
    if let Value::Table(entries) = &mut node.value {
        for (key, secret) in &object.secrets {
            entries.retain(|(own, _)| own != key);
            let secret = Node {
                value: Value::Text(secret.clone()),
                place: Place::Pointer(format!("{at}/{key}")),
            };
            entries.push((key.clone(), secret));
        }
    }
    node
}

fn fault(place: &Place, detail: String) -> Option<Fault> {
    let Place::Pointer(at) = place else {
        return None;
    };
    let (kind, rest) = at.split_once('/')?;
    let (name, pointer) = match rest.split_once('/') {
        Some((name, pointer)) => (name, format!("/{pointer}")),
        None => (rest, String::new()),
    };
    Some(Fault {
        kind: Kind::named(kind)?,
        name: name.to_owned(),
        pointer,
        detail,
    })
}

/// Whether calls from one place could be either's: both are known by their address alone, and share some.
pub(crate) fn clash(one: &Dialer, other: &Dialer) -> Option<Network> {
    if one.user.is_some() || other.user.is_some() {
        return None;
    }
    let found = one
        .networks
        .iter()
        .find(|a| other.networks.iter().any(|b| a.overlaps(b)));
    found.copied()
}

/// Makes the folders that recordings of these trunks go to.
pub(crate) fn make_folders(trunks: &Trunks) -> std::io::Result<()> {
    let folders = trunks.dialers.iter().map(|dialer| dialer.record.folder.as_path());
    for folder in folders.filter(|folder| *folder != Path::new("")) {
        std::fs::create_dir_all(folder)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(kind: Kind, name: &str, body: Json) -> Written {
        Written {
            kind,
            name: name.to_owned(),
            body,
            secrets: BTreeMap::new(),
        }
    }

    fn carrier(name: &str) -> Written {
        written(Kind::Carrier, name, json!({ "gateways": ["sip:192.0.2.9"] }))
    }

    fn check(objects: &[Written], expected: &[&str]) -> Trunks {
        let trunks = trunks("acme", objects, &Beside::default());
        let told: Vec<String> = trunks
            .faults
            .iter()
            .map(|fault| {
                format!(
                    "{} {} {} {}",
                    fault.kind.as_str(),
                    fault.name,
                    fault.pointer,
                    fault.detail
                )
            })
            .collect();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told} is not {expected}");
        }
        trunks
    }

    #[test]
    fn trunks_are_called_by_their_customer() {
        let dialer = json!({ "addresses": ["198.51.100.0/24"], "carriers": ["main"], "policy": "strict" });
        let policy = json!({ "hold": "1800ms", "early": { "announcement.*": "reject" } });
        let trunks = check(
            &[
                carrier("main"),
                written(Kind::Policy, "strict", policy),
                written(Kind::Dialer, "vici", dialer),
            ],
            &[],
        );
        assert_eq!(trunks.dialers[0].id, "acme/vici");
        assert_eq!(trunks.dialers[0].routes[0].carriers[0].id, "acme/main");
        assert_eq!(
            trunks.dialers[0].policy.hold.map(|hold| hold.as_millis()),
            Some(1_800)
        );
    }

    #[test]
    fn calls_of_its_trunks_are_heard_with_its_prompts() {
        let dialer = json!({ "addresses": ["198.51.100.0/24"], "carriers": ["main"] });
        let mut trunks = check(&[carrier("main"), written(Kind::Dialer, "vici", dialer)], &[]);
        let library = Arc::new(cpd_detect::Library::empty());
        let plans = Arc::new(cpd_detect::Plans::built_in());
        let bare = cpd_detect::Shared::new(crate::hearing::RATE, plans, Arc::clone(&library));
        let base = Base { bare, file: None };
        assert!(trunks.heard_dialers(&base)[0].hearing.is_none());
        trunks.prompts = Some(Stocked {
            common: 3,
            own: 5,
            library: Arc::clone(&library),
            ids: Arc::default(),
            refused: Arc::new([]),
        });
        let dialers = trunks.heard_dialers(&base);
        let hearing = dialers[0].hearing.as_ref().expect("a hearing of its own");
        assert_eq!((hearing.common, hearing.own), (3, 5));
        assert!(Arc::ptr_eq(hearing.shared.library(), &library));
    }

    #[test]
    fn a_fault_is_told_with_its_place_and_takes_only_what_leads_to_it() {
        let bad = written(Kind::Carrier, "bad", json!({ "gateways": ["http://x"] }));
        let to = |carrier: &str| json!({ "addresses": ["198.51.100.7"], "carriers": [carrier] });
        let trunks = check(
            &[
                carrier("main"),
                bad,
                written(Kind::Dialer, "one", to("main")),
                written(Kind::Dialer, "two", to("bad")),
            ],
            &["carrier bad /gateways/0 ", "dialer two /carriers/0 "],
        );
        let ids: Vec<_> = trunks.dialers.iter().map(|dialer| dialer.id.as_str()).collect();
        assert_eq!(ids, ["acme/one"]);
    }

    #[test]
    fn the_servers_files_are_out_of_reach() {
        let mut body = json!({ "addresses": ["198.51.100.7"], "user": "a", "password_file": "/etc/passwd", "carriers": ["main"] });
        check(
            &[carrier("main"), written(Kind::Dialer, "one", body.clone())],
            &["dialer one /password_file ", "dialer one /user "],
        );
        body = json!({ "addresses": ["198.51.100.7"], "carriers": ["main"], "script": "/etc/passwd" });
        check(
            &[carrier("main"), written(Kind::Dialer, "one", body)],
            &["dialer one /script "],
        );
    }

    /// What a private exchange plays: busy as no country has it.
    fn office() -> Json {
        json!({ "name": "The office exchange", "source": "measured",
            "busy": [{ "hz": [610], "ms": 700 }, { "ms": 130 }] })
    }

    fn with_profile(countries: &[&str]) -> Vec<Written> {
        let dialer = json!({ "addresses": ["198.51.100.7"], "carriers": ["main"], "profile": "mine" });
        vec![
            carrier("main"),
            written(Kind::Profile, "mine", json!({ "countries": countries })),
            written(Kind::Dialer, "one", dialer),
        ]
    }

    #[test]
    fn a_profile_names_a_tone_plan_of_its_customers() {
        let mut objects = with_profile(&["office", "RU"]);
        check(&objects, &["profile mine /countries/0 ", "dialer one /profile "]);
        objects.push(written(Kind::TonePlan, "office", office()));
        let trunks = check(&objects, &[]);
        assert_eq!(trunks.dialers[0].profile.countries, ["office", "ru"]);
        let plans = Arc::new(Plans::built_in());
        let bare = cpd_detect::Shared::new(
            crate::hearing::RATE,
            plans,
            Arc::new(cpd_detect::Library::empty()),
        );
        let base = Base {
            file: Some(bare.clone()),
            bare,
        };
        let heard = &trunks.heard_dialers(&base)[0];
        let hearing = heard.hearing.as_ref().expect("a hearing of its own");
        let known = hearing.shared.plans().countries();
        assert_eq!(known.len(), Plans::built_in().countries().len() + 1);
        assert!(known.iter().any(|plan| plan.country == "office"));
    }

    #[test]
    fn what_is_wrong_with_a_tone_plan_is_told_at_its_key() {
        let mut late = office();
        late["busy"][1]["ms"] = json!(70_000);
        let mut form = office();
        form["also"] = json!([{ "source": "x", "busy": [{ "hz": [9_000], "ms": 100 }, { "ms": 100 }] }]);
        let mut other = office();
        other["country"] = json!("ru");
        check(
            &[
                written(Kind::TonePlan, "late", late),
                written(Kind::TonePlan, "form", form),
                written(Kind::TonePlan, "other", other),
                written(Kind::TonePlan, "zz", office()),
                written(Kind::TonePlan, "Office", office()),
                written(Kind::TonePlan, "none", json!({ "name": "x", "source": "y" })),
                written(Kind::TonePlan, "ru", office()),
            ],
            &[
                "tone_plan late /busy/1/ms 70000 is not within 40 to 60000",
                "tone_plan form /also/0/busy/0/hz ",
                "tone_plan other /country ",
                "tone_plan zz  names of two letters are countries'",
                "tone_plan Office  ",
                "tone_plan none  holds none of ringback, busy, congestion",
            ],
        );
    }

    #[test]
    fn secrets_come_from_beside_the_body() {
        let body = json!({ "addresses": ["0.0.0.0/0"], "user": "vici", "carriers": ["main"] });
        let mut dialer = written(Kind::Dialer, "vici", body);
        dialer.secrets.insert("password".to_owned(), "s3cret".to_owned());
        let trunks = check(&[carrier("main"), dialer], &[]);
        assert!(trunks.dialers[0].user.is_some());
    }
}
