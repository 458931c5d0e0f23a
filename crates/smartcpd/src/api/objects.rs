//! Trunks, policies, profiles and tone plans: each as its owner writes it, in the keys of `smartcpd.toml`. What is written is read by
//! the same code as the file, together with all else of the customer, before it is kept: nothing that cannot carry calls
//! gets in.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use cpd_store::objects::{self, Kind, Object, ObjectVersion};
use cpd_store::secrets::Sealer;
use cpd_store::{SERVICE, Tx, Uuid, Whose, tenants};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::{At, Body, List};
use super::permission::Permission;
use super::problem::{Kind as ProblemKind, Problem, Wrong};
use super::version::etag;
use crate::serve::config::keys::{ConfigBody, ConfigKind};
use crate::serve::config::owned::{self, SECRETS, Trunks, Written};

/// The most objects of one kind of one customer: pages and checks stay quick.
const OBJECTS_MAX: usize = 500;
/// The most tone plans: each call weighs each of their cadences.
const TONE_PLANS_MAX: usize = 16;

/// An object.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfigObject)]
pub(crate) struct Kept {
    id: Uuid,
    name: String,
    /// The keys of `smartcpd.toml`, without secrets.
    #[schema(value_type = ConfigBody)]
    body: Value,
    /// The secrets that it has, by their keys.
    secrets: Vec<String>,
    version: i32,
    changed_ms: i64,
    changed_by: String,
}

/// The kinds, as addresses have them.
const KINDS: [(&str, Kind); 5] = [
    ("carriers", Kind::Carrier),
    ("dialers", Kind::Dialer),
    ("policies", Kind::Policy),
    ("profiles", Kind::Profile),
    ("tone-plans", Kind::TonePlan),
];

/// How many objects of a kind a customer may have.
fn most(kind: Kind) -> usize {
    match kind {
        Kind::Dialer | Kind::Carrier | Kind::Policy | Kind::Profile => OBJECTS_MAX,
        Kind::TonePlan => TONE_PLANS_MAX,
    }
}

fn kind(word: &str) -> Result<Kind, Problem> {
    let found = KINDS.iter().find(|(own, _)| *own == word);
    found.map(|(_, kind)| *kind).ok_or_else(Problem::not_found)
}

/// What a secret is sealed for.
pub(crate) fn purpose(tenant: Uuid, kind: Kind, name: &str) -> String {
    format!("{} {tenant}/{name}", kind.as_str())
}

/// An object's secrets, in clear.
fn open(tx: &Tx, object: &Object, kind: Kind) -> Result<BTreeMap<String, String>, Problem> {
    let purpose = purpose(object.tenant_id, kind, &object.name);
    unsealed(tx.sealer(), &purpose, object.secrets.as_deref())
        .map_err(|why| Problem::new(ProblemKind::Fault, why))
}

/// Opens what was sealed of an object; the error says why it cannot be.
pub(crate) fn unsealed(
    sealer: &Sealer,
    purpose: &str,
    sealed: Option<&[u8]>,
) -> Result<BTreeMap<String, String>, String> {
    let Some(sealed) = sealed else {
        return Ok(BTreeMap::new());
    };
    let plain = sealer.open(purpose, sealed).map_err(|why| why.to_string())?;
    serde_json::from_slice(&plain).map_err(|why| format!("read the secrets of {purpose}: {why}"))
}

fn told(tx: &Tx, object: Object, kind: Kind) -> Result<Kept, Problem> {
    Ok(Kept {
        secrets: open(tx, &object, kind)?.into_keys().collect(),
        id: object.id,
        name: object.name,
        body: object.body,
        version: object.version,
        changed_ms: object.changed_ms,
        changed_by: object.changed_by,
    })
}

/// Objects of a kind
#[utoipa::path(get, path = "/config/{kind}", operation_id = "config_list", tag = "config", params(("kind" = ConfigKind, Path)),
    responses((status = 200, body = List<Kept>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(word): At<String>,
) -> Result<Json<List<Kept>>, Problem> {
    caller.may(Permission::ConfigRead)?;
    let kind = kind(&word)?;
    let tx = caller.read_own(&app).await?;
    let all = objects::list(&tx, kind).await?;
    let items = all
        .into_iter()
        .map(|object| told(&tx, object, kind))
        .collect::<Result<_, _>>()?;
    Ok(Json(List { items }))
}

/// One object
#[utoipa::path(get, path = "/config/{kind}/{name}", operation_id = "config_find", tag = "config", params(("kind" = ConfigKind, Path), ("name" = String, Path)),
    responses((status = 200, body = Kept), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At((word, name)): At<(String, String)>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Kept>), Problem> {
    caller.may(Permission::ConfigRead)?;
    let kind = kind(&word)?;
    let tx = caller.read_own(&app).await?;
    let object = objects::find(&tx, kind, &name).await?;
    Ok((etag(object.version), Json(told(&tx, object, kind)?)))
}

/// What is written.
#[derive(Deserialize, ToSchema)]
#[schema(as = ConfigNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    /// The keys of `smartcpd.toml`, without `id`; of a tone plan those of the files of `plans/`.
    #[schema(value_type = ConfigBody)]
    body: serde_json::Map<String, Value>,
    /// New secrets by key; those that are not named stay, an empty one goes.
    #[serde(default)]
    secrets: BTreeMap<String, String>,
}

/// Whether it is to be made, or changed from which version.
pub(super) fn wish(headers: &HeaderMap) -> Result<Option<i32>, Problem> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if text(header::IF_NONE_MATCH) == Some("*") {
        return Ok(None);
    }
    let version = text(header::IF_MATCH).and_then(|text| text.trim_matches('"').parse().ok());
    version.map(Some).ok_or_else(|| {
        let detail =
            "send If-Match with the ETag that it was read with, or If-None-Match: * to make a new one";
        Problem::new(ProblemKind::VersionWanted, detail)
    })
}

/// Makes or changes an object
#[utoipa::path(put, path = "/config/{kind}/{name}", operation_id = "config_put", tag = "config", params(("kind" = ConfigKind, Path), ("name" = String, Path),
    ("If-Match" = Option<String>, Header, description = "the version it was read at"), ("If-None-Match" = Option<String>, Header, description = "* to make a new one")),
    request_body = New, responses((status = 200, body = Kept), (status = 201, body = Kept), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    At((word, name)): At<(String, String)>,
    headers: HeaderMap,
    Body(new): Body<New>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Kept>), Problem> {
    caller.may(Permission::ConfigWrite)?;
    let (kind, version) = (kind(&word)?, wish(&headers)?);
    let tx = caller.write(&app).await?;
    let (old, secrets) = checked(&app, &tx, &caller, (kind, &name), &new).await?;
    if version.is_none() && objects::list(&tx, kind).await?.len() >= most(kind) {
        let detail = format!("there are {} {word} already; remove some first", most(kind));
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    // Sealed anew also where the last one goes.
    let had = old.as_ref().is_some_and(|old| old.secrets.is_some());
    let sealed = match secrets.is_empty() && !had {
        true => None,
        false => {
            let plain = serde_json::to_vec(&secrets).unwrap_or_default();
            Some(tx.sealer().seal(&purpose(caller.tenant, kind, &name), &plain)?)
        }
    };
    let change = json!({
        "from": old.as_ref().map(|old| &old.body),
        "to": &new.body,
        "secrets": new.secrets.keys().collect::<Vec<_>>(),
    });
    let written = objects::Written {
        body: Value::Object(new.body),
        secrets: sealed,
        by: caller.name.clone(),
        now_ms: app.now(),
    };
    let (status, action, object) = match version {
        None => (
            StatusCode::CREATED,
            "added",
            objects::add(&tx, kind, &name, written).await?,
        ),
        Some(version) => {
            let object = objects::change(&tx, kind, &name, version, written).await?;
            (StatusCode::OK, "changed", object)
        }
    };
    let action = format!("{}.{action}", kind.as_str());
    caller.note(&app, &tx, &action, &name, change).await?;
    let kept = told(&tx, object, kind)?;
    tx.commit().await?;
    Ok((status, etag(kept.version), Json(kept)))
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfigChecked)]
pub(crate) struct Checked {
    /// It could be kept as it is.
    ok: bool,
}

/// Checks an object without keeping it
#[utoipa::path(post, path = "/config/{kind}/{name}/check", operation_id = "config_check", tag = "config", params(("kind" = ConfigKind, Path), ("name" = String, Path)),
    request_body = New, responses((status = 200, body = Checked), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    At((word, name)): At<(String, String)>,
    Body(new): Body<New>,
) -> Result<Json<Checked>, Problem> {
    caller.may(Permission::ConfigWrite)?;
    let tx = caller.read_own(&app).await?;
    checked(&app, &tx, &caller, (kind(&word)?, &name), &new).await?;
    Ok(Json(Checked { ok: true }))
}

/// Takes an object away; its history stays
#[utoipa::path(delete, path = "/config/{kind}/{name}", operation_id = "config_remove", tag = "config", params(("kind" = ConfigKind, Path), ("name" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    At((word, name)): At<(String, String)>,
    super::version::IfMatch(version): super::version::IfMatch,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::ConfigWrite)?;
    let kind = kind(&word)?;
    let tx = caller.write(&app).await?;
    let old = objects::find(&tx, kind, &name).await?;
    let mut all = written(&tx).await?;
    let before = owned::trunks("", &all, &app.beside).faults;
    all.retain(|object| (object.kind, object.name.as_str()) != (kind, name.as_str()));
    let after = owned::trunks("", &all, &app.beside);
    refuse_others(&before, &after)?;
    let by = (caller.name.clone(), app.now());
    objects::remove(&tx, kind, &name, version, by).await?;
    let action = format!("{}.removed", kind.as_str());
    caller
        .note(&app, &tx, &action, &name, json!({ "from": old.body }))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an object was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfigWas)]
pub(crate) struct Was {
    version: i32,
    /// None: it was removed.
    #[schema(value_type = Option<ConfigBody>)]
    body: Option<Value>,
    changed_ms: i64,
    changed_by: String,
}

impl From<ObjectVersion> for Was {
    fn from(was: ObjectVersion) -> Was {
        Was {
            version: was.version,
            body: was.body,
            changed_ms: was.changed_ms,
            changed_by: was.changed_by,
        }
    }
}

/// What an object was before, newest first
#[utoipa::path(get, path = "/config/{kind}/{name}/history", operation_id = "config_history", tag = "config", params(("kind" = ConfigKind, Path), ("name" = String, Path)),
    responses((status = 200, body = List<Was>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn history(
    State(app): State<Arc<App>>,
    caller: Caller,
    At((word, name)): At<(String, String)>,
) -> Result<Json<List<Was>>, Problem> {
    caller.may(Permission::ConfigRead)?;
    let tx = caller.read_own(&app).await?;
    let object = objects::find(&tx, kind(&word)?, &name).await?;
    let items = objects::history(&tx, object.id)
        .await?
        .into_iter()
        .map(Was::from)
        .collect();
    Ok(Json(List { items }))
}

/// All objects of the transaction's tenant, as the reader of configurations takes them.
async fn written(tx: &Tx) -> Result<Vec<Written>, Problem> {
    let mut all = Vec::new();
    for object in objects::all(tx).await? {
        all.extend(one(tx, &object)?);
    }
    Ok(all)
}

/// An object with its secrets in clear; `None`: of a kind that this release does not know.
pub(crate) fn one(tx: &Tx, object: &Object) -> Result<Option<Written>, Problem> {
    let Some(kind) = Kind::named(&object.kind) else {
        return Ok(None);
    };
    Ok(Some(Written {
        secrets: open(tx, object, kind)?,
        kind,
        name: object.name.clone(),
        body: object.body.clone(),
    }))
}

/// Reads a new object together with all else of its customer. Gives back what it was, and its secrets.
async fn checked(
    app: &App,
    tx: &Tx,
    caller: &Caller,
    (kind, name): (Kind, &str),
    new: &New,
) -> Result<(Option<Object>, BTreeMap<String, String>), Problem> {
    if caller.tenant == SERVICE {
        let detail = "the service itself has no trunks; choose a customer, or write them into smartcpd.toml";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Err(Problem::wrong(
            "/name",
            format!("{name:?} is no name; write 1 to 64 letters, digits and -_."),
        ));
    }
    for key in SECRETS {
        if new.body.contains_key(key) {
            let detail = format!("{key} is a secret; send it in `secrets`, where it is sealed");
            return Err(Problem::wrong(&format!("/body/{key}"), detail));
        }
    }
    if let Some(key) = new.secrets.keys().find(|key| !SECRETS.contains(&key.as_str())) {
        let detail = format!("{key:?} is no secret; secrets are {}", SECRETS.join(", "));
        return Err(Problem::wrong(&format!("/secrets/{key}"), detail));
    }
    let old = match objects::find(tx, kind, name).await {
        Ok(old) => Some(old),
        Err(cpd_store::Error::Missing) => None,
        Err(why) => return Err(why.into()),
    };
    let mut secrets = match &old {
        Some(old) => open(tx, old, kind)?,
        None => BTreeMap::new(),
    };
    secrets.extend(new.secrets.clone());
    secrets.retain(|_, secret| !secret.is_empty());
    let mut all = written(tx).await?;
    let before = owned::trunks("", &all, &app.beside).faults;
    all.retain(|object| (object.kind, object.name.as_str()) != (kind, name));
    all.push(Written {
        kind,
        name: name.to_owned(),
        body: Value::Object(new.body.clone()),
        secrets: secrets.clone(),
    });
    let trunks = owned::trunks("", &all, &app.beside);
    let own: Vec<Wrong> = trunks
        .faults
        .iter()
        .filter(|fault| (fault.kind, fault.name.as_str()) == (kind, name))
        .map(|fault| Wrong {
            pointer: format!("/body{}", fault.pointer),
            detail: fault.detail.clone(),
        })
        .collect();
    if !own.is_empty() {
        return Err(Problem::invalid(own));
    }
    refuse_others(&before, &trunks)?;
    if kind == Kind::Dialer {
        refuse_clash(app, caller, name, &trunks).await?;
    }
    Ok((old, secrets))
}

/// A change must not make something else wrong that was right.
fn refuse_others(before: &[owned::Fault], after: &Trunks) -> Result<(), Problem> {
    let new: Vec<String> = after
        .faults
        .iter()
        .filter(|fault| !before.contains(fault))
        .map(|fault| format!("{} {}: {}", fault.kind.as_str(), fault.name, fault.detail))
        .collect();
    match new.is_empty() {
        true => Ok(()),
        false => Err(Problem::new(ProblemKind::Conflict, new.join("; "))),
    }
}

/// Two customers' trunks that are known by their addresses alone must not share one: calls would be somebody else's.
async fn refuse_clash(app: &App, caller: &Caller, name: &str, trunks: &Trunks) -> Result<(), Problem> {
    let own = format!("/{name}");
    let Some(dialer) = trunks.dialers.iter().find(|dialer| dialer.id == own) else {
        return Ok(());
    };
    let tx = app.store.read(Whose::Service).await?;
    for tenant in tenants::list(&tx)
        .await?
        .iter()
        .filter(|tenant| tenant.id != caller.tenant)
    {
        let tx = app.store.read(Whose::Tenant(tenant.id)).await?;
        let theirs = owned::trunks("", &written(&tx).await?, &app.beside);
        for other in &theirs.dialers {
            if owned::clash(dialer, other).is_some() {
                let detail = "calls from some of these addresses are another customer's; name narrower networks, or set user and password";
                return Err(Problem::wrong("/body/addresses", detail));
            }
        }
    }
    for other in &app.file_dialers {
        if owned::clash(dialer, other).is_some() {
            let detail = "calls from some of these addresses belong to a trunk of the service's own file; name narrower networks, or set user and password";
            return Err(Problem::wrong("/body/addresses", detail));
        }
    }
    Ok(())
}
