//! Trunks, policies and profiles that customers keep in the database: the same keys as in `smartcpd.toml`, read by the same
//! code. A customer's names are its own; in records its trunks are called `customer/name`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpd_b2bua::trunk::{Carrier, Dialer, Hearing};
use cpd_call::Policy;
use cpd_detect::{Profile, Shared};
use cpd_sip::admission::Network;
use cpd_store::objects::Kind;
use serde_json::Value as Json;

use super::reader::{Section, Wrongs};
use super::source::{self, Node, Place, Value};
use super::{policies, trunks};
use crate::stock::Stocked;

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
    /// What is wrong; an object with a fault is not in use.
    pub(crate) faults: Vec<Fault>,
    /// The prompts that its calls are heard with; `None`: those of the file, for neither the service nor the customer has
    /// published any.
    pub(crate) prompts: Option<Stocked>,
}

impl Trunks {
    /// What the customer's calls are heard with; `None`: as the service's own.
    pub(crate) fn hearing(&self, bare: &Shared) -> Option<Hearing> {
        let prompts = self.prompts.as_ref()?;
        Some(Hearing {
            shared: bare.with_library(Arc::clone(&prompts.library)),
            common: prompts.common,
            own: prompts.own,
        })
    }

    /// The dialers, each heard with the customer's prompts.
    pub(crate) fn heard_dialers(&self, bare: &Shared) -> Vec<Arc<Dialer>> {
        let Some(hearing) = self.hearing(bare) else {
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
    let profiles = policies::profiles(tables(Kind::Profile, &mut wrongs), &beside.countries, &mut wrongs);
    let folder = beside.recordings.as_ref().map(|folder| folder.join(owner));
    let known = (&carriers, &policies, &profiles);
    let sections = sections(Kind::Dialer, &mut wrongs);
    let dialers = trunks::dialers(sections, &prefix, known, folder.as_deref(), &mut wrongs);
    let faults = wrongs
        .into_places()
        .into_iter()
        .filter_map(|(place, detail)| fault(&place, detail));
    Trunks {
        owner: owner.to_owned(),
        carriers: carriers.into_values().collect(),
        dialers,
        faults: faults.collect(),
        prompts: None,
    }
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
    let profiles = policies::profiles(all, &beside.countries, &mut wrongs);
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
    let mut profiles = policies::profiles(section, countries, &mut wrongs);
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
        let bare = Shared::new(crate::hearing::RATE, plans, Arc::clone(&library));
        assert!(trunks.heard_dialers(&bare)[0].hearing.is_none());
        trunks.prompts = Some(Stocked {
            common: 3,
            own: 5,
            library: Arc::clone(&library),
            ids: Arc::default(),
            refused: Arc::new([]),
        });
        let dialers = trunks.heard_dialers(&bare);
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

    #[test]
    fn secrets_come_from_beside_the_body() {
        let body = json!({ "addresses": ["0.0.0.0/0"], "user": "vici", "carriers": ["main"] });
        let mut dialer = written(Kind::Dialer, "vici", body);
        dialer.secrets.insert("password".to_owned(), "s3cret".to_owned());
        let trunks = check(&[carrier("main"), dialer], &[]);
        assert!(trunks.dialers[0].user.is_some());
    }
}
