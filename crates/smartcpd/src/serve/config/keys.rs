//! The keys of trunks, policies and profiles as the API's schema tells them. What reads them is `trunks` and `policies`; that
//! both know the same keys is tested here.

#![allow(dead_code, reason = "these describe what is read key by key")]

use std::collections::BTreeMap;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::api::TonePlanStep;
use crate::api::schema::any_of;

/// A kind of objects, as addresses have it.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub(crate) enum ConfigKind {
    Carriers,
    Dialers,
    Policies,
    Profiles,
    TonePlans,
}

any_of! {
    /// The keys of an object, as its kind has them.
    ConfigBody { carrier: CarrierKeys, dialer: DialerKeys, policy: PolicyKeys, profile: ProfileKeys, tone_plan: TonePlanKeys }
}

/// Where calls go.
#[derive(ToSchema)]
pub(crate) struct CarrierKeys {
    gateways: Gateways,
    user: Option<String>,
    /// How often we register, 60s to 24h; off by itself.
    register: Option<TimeOrOff>,
    domain: Option<String>,
    /// Its sound comes from behind an address translation.
    nat: Option<bool>,
    srtp: Option<bool>,
    reliable: Option<Reliable>,
    /// Session timers, 90s to 2h; off by itself.
    session: Option<TimeOrOff>,
    /// How often its servers are asked whether they live, 5s to 1h.
    health: Option<TimeOrOff>,
    /// It is told who calls.
    identity: Option<bool>,
    rewrite_callee: Option<Vec<RewriteKeys>>,
    rewrite_caller: Option<Vec<RewriteKeys>>,
}

/// A carrier's server.
#[derive(ToSchema)]
struct GatewayKeys {
    /// `sip:gw.example.net`
    uri: String,
    /// The lowest is tried first.
    #[schema(minimum = 0, maximum = 65535)]
    priority: Option<u16>,
    #[schema(minimum = 0, maximum = 65535)]
    weight: Option<u16>,
}

any_of! {
    /// A server by its URI, or with priority and weight.
    GatewayChoice { text: String, whole: GatewayKeys }
}

any_of! {
    /// Servers; one alone may stand as its URI.
    Gateways { one: String, several: Vec<GatewayChoice> }
}

/// A rule for numbers: those that begin with `prefix` lose `strip` digits, then get `add` in front.
#[derive(ToSchema)]
struct RewriteKeys {
    prefix: Option<String>,
    #[schema(minimum = 0, maximum = 64)]
    strip: Option<u8>,
    add: Option<String>,
}

/// Whether provisional responses are acknowledged (RFC 3262).
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Reliable {
    No,
    Supported,
    Required,
}

/// Where calls come from.
#[derive(ToSchema)]
pub(crate) struct DialerKeys {
    /// Networks: `10.0.0.0/8`.
    addresses: Words,
    user: Option<String>,
    /// `md5`, `sha-256`, `sha-512-256`, in the order in which they are asked for.
    digest: Option<Words>,
    /// A policy's name; `default` by itself.
    policy: Option<String>,
    /// A profile's name; `default` by itself.
    profile: Option<String>,
    /// Profiles that a call may ask for.
    profiles: Option<Words>,
    nat: Option<bool>,
    reliable: Option<Reliable>,
    /// docs/dialects.md has them.
    dialects: Option<Words>,
    /// Lua (docs/scripts.md).
    script: Option<String>,
    rewrite_callee: Option<Vec<RewriteKeys>>,
    rewrite_caller: Option<Vec<RewriteKeys>>,
    /// Carriers by name, for numbers that no route names.
    carriers: Option<Words>,
    routes: Option<Vec<RouteKeys>>,
    #[schema(minimum = 1, maximum = 100000)]
    calls_max: Option<u32>,
    refer: Option<bool>,
    heard_first: Option<bool>,
    record: Option<RecordKeys>,
}

/// Where numbers with a beginning go.
#[derive(ToSchema)]
struct RouteKeys {
    prefix: Option<String>,
    /// Carriers by name, in their order.
    carriers: Words,
}

/// What is recorded.
#[derive(ToSchema)]
struct RecordKeys {
    /// How much of a call, up to 1h; `0s`: nothing.
    max: Option<Time>,
    /// Only calls of these classes: names, or beginnings as `answer.*`.
    classes: Option<Words>,
}

/// What is done about what is heard.
#[derive(ToSchema)]
pub(crate) struct PolicyKeys {
    mode: Option<Mode>,
    /// How long an answer is held back for a verdict; off by itself.
    hold: Option<TimeOrOff>,
    hear_early: Option<bool>,
    hear_answer: Option<bool>,
    #[schema(minimum = 0, maximum = 1)]
    confidence_min: Option<f32>,
    settle: Option<Time>,
    answer_limit: Option<Time>,
    beep_limit: Option<Time>,
    ring_limit: Option<Time>,
    talk_limit: Option<Time>,
    /// What is done before the answer, by class, or by a beginning as `announcement.*`.
    early: Option<BTreeMap<String, EarlyWord>>,
    /// What is done after it.
    answered: Option<BTreeMap<String, AnsweredWord>>,
    /// The status that calls are refused with, 400 to 699.
    status: Option<BTreeMap<String, u16>>,
}

/// What a trunk wants of the service.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Mode {
    Initial,
    DataCollection,
    Production,
}

/// What is done before the answer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum EarlyWord {
    Report,
    Pass,
    Reject,
}

/// What is done after the answer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum AnsweredWord {
    Notify,
    Pass,
    Reject,
    Cut,
}

/// How calls are heard.
#[derive(ToSchema)]
pub(crate) struct ProfileKeys {
    operating_point: Option<Point>,
    #[schema(minimum = 0, maximum = 1)]
    machine_threshold: Option<f32>,
    /// Countries whose tones are expected, by ISO 3166.
    countries: Option<Words>,
}

/// Which mistakes weigh more.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Point {
    Balanced,
    KeepPeople,
    CatchMachines,
}

any_of! {
    /// Words; one text may hold several, separated by commas.
    Words { one: String, several: Vec<String> }
}

/// The tones of a telephone system, in the keys of the files of `plans/`: one cadence of each kind, and further forms.
#[derive(ToSchema)]
pub(crate) struct TonePlanKeys {
    name: String,
    /// Where it is described.
    source: String,
    ringback: Option<Vec<TonePlanStep>>,
    busy: Option<Vec<TonePlanStep>>,
    congestion: Option<Vec<TonePlanStep>>,
    also: Option<Vec<TonePlanFormKeys>>,
}

/// A further form.
#[derive(ToSchema)]
struct TonePlanFormKeys {
    source: String,
    ringback: Option<Vec<TonePlanStep>>,
    busy: Option<Vec<TonePlanStep>>,
    congestion: Option<Vec<TonePlanStep>>,
}

/// A time with its unit.
struct Time;

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        text(
            "^[0-9]+(ms|s|m|h)$",
            "A time with its unit: `350ms`, `30s`, `5m`, `4h`.",
        )
    }
}

impl ToSchema for Time {}

/// A time with its unit, or none.
struct TimeOrOff;

impl PartialSchema for TimeOrOff {
    fn schema() -> RefOr<Schema> {
        text(
            "^([0-9]+(ms|s|m|h)|off)$",
            "A time with its unit, as `30s`, or `off`.",
        )
    }
}

impl ToSchema for TimeOrOff {}

fn text(pattern: &str, description: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.pattern(Some(pattern)).description(Some(description)).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::super::reader::{Section, Wrongs};
    use super::super::{owned, policies, source, trunks};
    use super::*;

    /// Keys of a described object; those of its objects and lists after a dot.
    fn described<T: PartialSchema>() -> BTreeSet<String> {
        let schema = serde_json::to_value(T::schema()).expect("a schema");
        schema["properties"]
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    }

    /// Keys that were asked for by what reads a section, without those that the API keeps elsewhere.
    fn asked(wrongs: &Wrongs, section: &str) -> BTreeSet<String> {
        let elsewhere = ["id", "password_file"];
        let keys = &wrongs.asked[section];
        keys.iter()
            .filter(|key| !elsewhere.contains(key) && !owned::SECRETS.contains(key))
            .map(|key| (*key).to_owned())
            .collect()
    }

    fn section(name: &str, body: Value, wrongs: &mut Wrongs) -> Section {
        Section::new(name, source::json(&body, "x").expect("a body"), wrongs)
    }

    #[test]
    fn keys_that_are_described_are_those_that_are_read() {
        let mut wrongs = Wrongs::default();
        let carrier = json!({ "id": "c", "gateways": [{}], "rewrite_callee": [{}] });
        let carrier = section("carrier", carrier, &mut wrongs);
        let carriers = trunks::carriers(vec![carrier], "", &mut wrongs);
        let all = section("policy", json!({ "p": {} }), &mut wrongs);
        let known = policies::policies(all, &mut wrongs);
        let all = section("profile", json!({ "p": {} }), &mut wrongs);
        let profiles = policies::profiles(all, &[], &|code: &str| Ok(code.to_owned()), &mut wrongs);
        let dialer = section("dialer", json!({ "id": "d", "routes": [{}] }), &mut wrongs);
        trunks::dialers(
            vec![dialer],
            "",
            (&carriers, &known, &profiles),
            None,
            &mut wrongs,
        );
        for (name, keys) in [
            ("carrier.c", described::<CarrierKeys>()),
            ("carrier.c.gateways", described::<GatewayKeys>()),
            ("carrier.c.rewrite_callee", described::<RewriteKeys>()),
            ("dialer.d", described::<DialerKeys>()),
            ("dialer.d.routes", described::<RouteKeys>()),
            ("dialer.d.record", described::<RecordKeys>()),
            ("policy.p", described::<PolicyKeys>()),
            ("profile.p", described::<ProfileKeys>()),
        ] {
            assert_eq!(keys, asked(&wrongs, name), "{name}");
        }
    }
}
