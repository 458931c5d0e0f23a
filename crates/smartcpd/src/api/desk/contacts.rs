//! Who writes to the desk: found while they telephone, and forgotten when they want to be.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cpd_store::desk::contacts::{self, Contact, NewContact};
use cpd_store::{SERVICE, Uuid, tenants, users};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{Asked, At, Body, List};
use super::super::permission::Permission;
use super::super::problem::Problem;
use super::super::users::{check_email, check_name};
use super::seat;

/// People that are found at once.
const FOUND_MAX: u64 = 50;

/// Somebody who writes to the desk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskContact)]
pub(crate) struct ContactTold {
    id: Uuid,
    name: String,
    /// Whose they are; none: nobody knows.
    customer: Option<Uuid>,
    customer_name: Option<String>,
    /// Their login.
    user: Option<Uuid>,
    addresses: Vec<Address>,
    erased: bool,
}

/// Where they are reached.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskAddress)]
pub(crate) struct Address {
    door: String,
    address: String,
    verified: bool,
}

/// Who is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// A piece of a name, an address or a telephone number.
    q: String,
}

/// People by a piece of their name, address or telephone number
#[utoipa::path(get, path = "/desk/contacts", operation_id = "desk_contacts_list", tag = "desk", params(Wanted), responses((status = 200, body = List<ContactTold>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<List<ContactTold>>, Problem> {
    // Logins become contacts when they are first looked for: a person who never wrote telephones too.
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let words = wanted.q.trim();
    if words.is_empty() || words.chars().count() > 100 {
        return Err(Problem::wrong(
            "/q",
            "write 1 to 100 characters of a name, an address or a number",
        ));
    }
    for user in users::search(&tx, words, FOUND_MAX).await? {
        if user.tenant_id != SERVICE {
            contacts::of_user(&tx, &user, app.now()).await?;
        }
    }
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let looks_like_number = digits.len() >= 4 && words.chars().all(|letter| !letter.is_alphabetic());
    let words = if looks_like_number { digits.as_str() } else { words };
    let found = contacts::search(&tx, words, FOUND_MAX).await?;
    let names: HashMap<Uuid, String> = tenants::list(&tx)
        .await?
        .into_iter()
        .map(|tenant| (tenant.id, tenant.name))
        .collect();
    let mut items = Vec::with_capacity(found.len());
    for contact in found {
        items.push(told(&tx, contact, &names).await?);
    }
    tx.commit().await?;
    Ok(Json(List { items }))
}

async fn told(
    tx: &cpd_store::Tx,
    contact: Contact,
    names: &HashMap<Uuid, String>,
) -> Result<ContactTold, Problem> {
    let addresses = contacts::addresses(tx, contact.id).await?;
    let known = (contact.tenant_id != SERVICE).then_some(contact.tenant_id);
    Ok(ContactTold {
        id: contact.id,
        name: contact.name,
        customer: known,
        customer_name: known.and_then(|id| names.get(&id).cloned()),
        user: contact.user_id,
        addresses: addresses
            .into_iter()
            .map(|address| Address {
                door: address.door,
                address: address.address,
                verified: address.verified,
            })
            .collect(),
        erased: contact.erased,
    })
}

/// Somebody new.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewDeskContact)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    customer: Uuid,
    #[serde(default)]
    email: Option<String>,
    /// Digits, as they are dialled.
    #[serde(default)]
    telephone: Option<String>,
}

/// Writes somebody down who telephones for the first time
#[utoipa::path(post, path = "/desk/contacts", operation_id = "desk_contacts_add", tag = "desk", request_body = New, responses((status = 201, body = ContactTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<ContactTold>), Problem> {
    check_name("/name", &new.name)?;
    if let Some(email) = &new.email {
        check_email("/email", email)?;
    }
    let telephone = new.telephone.as_deref().map(number).transpose()?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let tenant = tenants::find(&tx, new.customer).await?;
    let now = app.now();
    let contact = NewContact {
        tenant: tenant.id,
        name: new.name.trim().to_owned(),
        user: None,
        language: "ru".to_owned(),
    };
    let contact = contacts::add(&tx, contact, now).await?;
    let email = new.email.map(|email| users::normal_email(&email));
    for (door, address) in [("email", email), ("telephone", telephone)] {
        let Some(address) = address else { continue };
        if !contacts::bind(&tx, &contact, door, &address, false, now).await? {
            return Err(Problem::wrong(
                &format!("/{door}"),
                "somebody has this address already; look for them",
            ));
        }
    }
    let names = HashMap::from([(tenant.id, tenant.name)]);
    let told = told(&tx, contact, &names).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// A telephone number as it is compared.
fn number(text: &str) -> Result<String, Problem> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let fits = (3..=15).contains(&digits.len()) && text.chars().all(|letter| !letter.is_alphabetic());
    match fits {
        true => Ok(digits),
        false => Err(Problem::wrong(
            "/telephone",
            "a number has 3 to 15 digits (E.164)",
        )),
    }
}

/// Why somebody is forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    /// Who wanted it, and when: it stands in the act.
    reason: String,
}

/// The act of an erasure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasureAct {
    contact: Uuid,
    /// What they are called from now on.
    pseudonym: String,
    /// Messages whose words are gone.
    messages: u64,
    /// Files that are gone.
    files: u64,
    at_ms: i64,
}

/// Makes somebody a pseudonym: name, addresses, words and files go; requests keep their number, times and states
#[utoipa::path(post, path = "/desk/contacts/{id}/erasure", operation_id = "desk_contacts_erase", tag = "desk", request_body = Erasure, params(("id" = Uuid, Path)), responses((status = 200, body = ErasureAct), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn erase(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    Body(erasure): Body<Erasure>,
) -> Result<Json<ErasureAct>, Problem> {
    caller.may(Permission::TenantsWrite)?;
    super::requests::check_text("/reason", &erasure.reason)?;
    let (tx, _) = seat::staff(&app, &caller, true).await?;
    let contact = contacts::find(&tx, id).await?;
    let pseudonym = format!("person-{}", &contact.id.simple().to_string()[20..]);
    let gone = cpd_store::desk::erase(&tx, &contact, &pseudonym).await?;
    let now = app.now();
    let change = json!({ "reason": erasure.reason, "messages": gone.messages, "files": gone.files });
    let object = format!("contact:{id}");
    let (actor, tenant) = (caller.actor(), contact.tenant_id);
    cpd_store::audit::note(&tx, tenant, &actor, "contact.erased", &object, change, now).await?;
    tx.commit().await?;
    Ok(Json(ErasureAct {
        contact: id,
        pseudonym,
        messages: gone.messages,
        files: gone.files,
        at_ms: now,
    }))
}
