//! Customers of the service.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use cpd_store::tenants::{self, NewTenant, Tenant};
use cpd_store::{SERVICE, Uuid, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::{At, Body, List};
use super::permission::Permission;
use super::problem::Problem;
use super::version::{IfMatch, etag};

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(crate) struct Customer {
    id: Uuid,
    slug: String,
    name: String,
    /// Its people can log in and its trunks take calls.
    active: bool,
    created_ms: i64,
    version: i32,
}

impl From<Tenant> for Customer {
    fn from(tenant: Tenant) -> Customer {
        Customer {
            id: tenant.id,
            slug: tenant.slug,
            name: tenant.name,
            active: tenant.active,
            created_ms: tenant.created_ms,
            version: tenant.version,
        }
    }
}

/// A new customer.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    /// Lower-case letters, digits, `-`; 2 to 32.
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{1,31}$")]
    pub(crate) slug: String,
    pub(crate) name: String,
}

impl New {
    pub(crate) fn check(&self, at: &str) -> Result<(), Problem> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let slug = &self.slug;
        if !(2..=32).contains(&slug.len()) || !slug.bytes().all(fits) || slug.starts_with('-') {
            let detail = format!("{slug:?} is no short name; write 2 to 32 of a-z, 0-9 and -, as \"acme\"");
            return Err(Problem::wrong(&format!("{at}/slug"), detail));
        }
        super::users::check_name(&format!("{at}/name"), &self.name)
    }
}

/// Customers that one may see
#[utoipa::path(get, path = "/tenants", operation_id = "tenants_list", tag = "tenants", responses((status = 200, body = List<Customer>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<List<Customer>>, Problem> {
    caller.may(Permission::ServiceRead)?;
    let tx = app.service(false).await?;
    let items = tenants::list(&tx)
        .await?
        .into_iter()
        .map(Customer::from)
        .collect();
    Ok(Json(List { items }))
}

/// Adds a customer
#[utoipa::path(post, path = "/tenants", operation_id = "tenant_add", tag = "tenants", request_body = New, responses((status = 201, body = Customer), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Customer>), Problem> {
    caller.may(Permission::TenantsWrite)?;
    new.check("")?;
    let now = app.now();
    let tx = app.service(true).await?;
    let new = NewTenant {
        slug: new.slug,
        name: new.name,
    };
    let tenant = tenants::add(&tx, Uuid::now_v7(), new, now).await?;
    let change = json!({ "slug": tenant.slug, "name": tenant.name });
    let object = tenant.id.to_string();
    audit::note(
        &tx,
        SERVICE,
        &caller.actor(),
        "tenant.added",
        &object,
        change,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, etag(tenant.version), Json(tenant.into())))
}

/// One customer
#[utoipa::path(get, path = "/tenants/{id}", operation_id = "tenant_find", tag = "tenants", params(("id" = Uuid, Path)), responses((status = 200, body = Customer), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Customer>), Problem> {
    if !caller.role.is_of_service() && id != caller.home {
        return Err(Problem::not_found());
    }
    let tx = app.service(false).await?;
    let tenant = tenants::find(&tx, id).await?;
    Ok((etag(tenant.version), Json(tenant.into())))
}

/// What changes of a customer.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    active: Option<bool>,
}

/// Changes a customer
#[utoipa::path(patch, path = "/tenants/{id}", operation_id = "tenant_change", tag = "tenants", params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Changes, responses((status = 200, body = Customer), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    IfMatch(version): IfMatch,
    Body(changes): Body<Changes>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Customer>), Problem> {
    if !caller.role.is_of_service() {
        return Err(Problem::not_found());
    }
    caller.may(Permission::TenantsWrite)?;
    if let Some(name) = &changes.name {
        super::users::check_name("/name", name)?;
    }
    let now = app.now();
    let tx = app.service(true).await?;
    let told = json!({ "name": changes.name, "active": changes.active });
    let change = |tenant: &mut Tenant| {
        tenant.name = changes.name.unwrap_or(std::mem::take(&mut tenant.name));
        tenant.active = changes.active.unwrap_or(tenant.active);
    };
    let tenant = tenants::change(&tx, id, version, change).await?;
    // Nodes take a suspended customer's trunks away.
    cpd_store::objects::count_up(&tx, cpd_store::objects::REVISION).await?;
    let object = id.to_string();
    audit::note(
        &tx,
        SERVICE,
        &caller.actor(),
        "tenant.changed",
        &object,
        told,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((etag(tenant.version), Json(tenant.into())))
}
