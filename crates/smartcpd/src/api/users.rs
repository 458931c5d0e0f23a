//! People of a customer, or of the service.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use cpd_store::users::{self, NewUser, Role, User};
use cpd_store::{SERVICE, Uuid, providers, sessions};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::{At, Body, List};
use super::password;
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::schema::{Language, RoleName};
use super::version::{IfMatch, etag};

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct Person {
    id: Uuid,
    email: String,
    name: String,
    #[schema(value_type = RoleName)]
    role: String,
    #[schema(value_type = Language)]
    language: String,
    /// One-time codes are asked for at login.
    totp: bool,
    /// The identity provider knows them: they came by it.
    organisation: bool,
    disabled: bool,
    /// Too many wrong passwords: locked until then.
    locked_until_ms: Option<i64>,
    seen_ms: Option<i64>,
    created_ms: i64,
    version: i32,
}

impl Person {
    fn of(user: User, now_ms: i64) -> Person {
        Person {
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role,
            language: user.language,
            totp: user.totp_confirmed,
            organisation: user.oidc_subject.is_some(),
            disabled: user.disabled,
            locked_until_ms: (user.locked_until_ms > now_ms).then_some(user.locked_until_ms),
            seen_ms: user.seen_ms,
            created_ms: user.created_ms,
            version: user.version,
        }
    }
}

/// Refuses what is no address of e-mail.
pub(crate) fn check_email(pointer: &str, email: &str) -> Result<(), Problem> {
    let fits = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    match fits {
        true => Ok(()),
        false => Err(Problem::wrong(
            pointer,
            format!("{email:?} is no e-mail address; write name@example.com"),
        )),
    }
}

/// Refuses an empty or endless name.
pub(crate) fn check_name(pointer: &str, name: &str) -> Result<(), Problem> {
    let length = name.trim().chars().count();
    match (1..=100).contains(&length) && !name.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(Problem::wrong(pointer, "a name has 1 to 100 characters")),
    }
}

/// Refuses a language that the console does not speak.
pub(crate) fn check_language(pointer: &str, language: &str) -> Result<(), Problem> {
    match ["ru", "en"].contains(&language) {
        true => Ok(()),
        false => Err(Problem::wrong(
            pointer,
            format!("{language:?} is not spoken; write ru or en"),
        )),
    }
}

/// The role of a word, if one may give it.
pub(super) fn role(pointer: &str, word: &str, caller: &Caller) -> Result<Role, Problem> {
    let fits = |role: &Role| role.is_of_service() == (caller.tenant == SERVICE) && *role <= caller.role;
    Role::named(word).filter(fits).ok_or_else(|| {
        let words: Vec<_> = Role::ALL
            .iter()
            .filter(|role| fits(role))
            .map(|role| role.as_str())
            .collect();
        Problem::wrong(
            pointer,
            format!(
                "{word:?} is no role that you can give here; write one of {}",
                words.join(", ")
            ),
        )
    })
}

/// People
#[utoipa::path(get, path = "/users", operation_id = "users_list", tag = "users", responses((status = 200, body = List<Person>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<List<Person>>, Problem> {
    caller.may(Permission::UsersRead)?;
    let tx = caller.read_own(&app).await?;
    let now = app.now();
    let all = users::list(&tx, caller.tenant).await?;
    let items = all.into_iter().map(|user| Person::of(user, now)).collect();
    Ok(Json(List { items }))
}

/// A new person.
#[derive(Deserialize, ToSchema)]
#[schema(as = UserNew)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    email: String,
    name: String,
    #[schema(value_type = RoleName)]
    role: String,
    #[schema(value_type = Language)]
    language: String,
    /// A first password, to be told to them. May be left out where an identity provider vouches for them.
    #[schema(format = Password)]
    password: Option<String>,
}

type Answer = Result<([(HeaderName, HeaderValue); 1], Json<Person>), Problem>;

/// Adds a person
#[utoipa::path(post, path = "/users", operation_id = "user_add", tag = "users", request_body = New, responses((status = 201, body = Person), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Person>), Problem> {
    caller.may(Permission::UsersWrite)?;
    check_email("/email", &new.email)?;
    check_name("/name", &new.name)?;
    check_language("/language", &new.language)?;
    let role = role("/role", &new.role, &caller)?;
    let hash = match &new.password {
        Some(password) => {
            password::check("/password", password, &new.email)?;
            Some(password::hash(&app, password).await?)
        }
        None => None,
    };
    let now = app.now();
    // An address is unique among all customers, and only the service sees that.
    let tx = app.service(true).await?;
    if hash.is_none() {
        providers::find(&tx, caller.tenant).await.map_err(|_| {
            let detail = "write a first password: no identity provider vouches for people here";
            Problem::wrong("/password", detail)
        })?;
    }
    let new = NewUser {
        email: new.email,
        name: new.name,
        role,
        password_hash: hash,
        language: new.language,
    };
    let user = users::add(&tx, caller.tenant, new, now).await?;
    let change = json!({ "email": user.email, "role": user.role });
    caller
        .note(&app, &tx, "user.added", &user.id.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        etag(user.version),
        Json(Person::of(user, now)),
    ))
}

/// One person
#[utoipa::path(get, path = "/users/{id}", operation_id = "user_find", tag = "users", params(("id" = Uuid, Path)), responses((status = 200, body = Person), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(State(app): State<Arc<App>>, caller: Caller, At(id): At<Uuid>) -> Answer {
    caller.may(Permission::UsersRead)?;
    let tx = caller.read_own(&app).await?;
    let user = users::find(&tx, id).await?;
    Ok((etag(user.version), Json(Person::of(user, app.now()))))
}

/// What changes of a person.
#[derive(Deserialize, ToSchema)]
#[schema(as = UserChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    #[schema(value_type = Option<RoleName>)]
    role: Option<String>,
    #[schema(value_type = Option<Language>)]
    language: Option<String>,
    disabled: Option<bool>,
    /// A new password; their sessions end.
    #[schema(format = Password)]
    password: Option<String>,
    /// `false` turns one-time codes off, for somebody who lost their phone.
    totp: Option<bool>,
    /// `false` forgets who they are at the identity provider: the next who comes with their address is they.
    organisation: Option<bool>,
    /// `false` lifts the lock of wrong passwords.
    locked: Option<bool>,
}

/// Changes a person
#[utoipa::path(patch, path = "/users/{id}", operation_id = "user_change", tag = "users", params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Changes, responses((status = 200, body = Person), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    IfMatch(version): IfMatch,
    Body(changes): Body<Changes>,
) -> Answer {
    caller.may(Permission::UsersWrite)?;
    if let Some(name) = &changes.name {
        check_name("/name", name)?;
    }
    if let Some(language) = &changes.language {
        check_language("/language", language)?;
    }
    for (pointer, value) in [
        ("/totp", changes.totp),
        ("/organisation", changes.organisation),
        ("/locked", changes.locked),
    ] {
        if value == Some(true) {
            return Err(Problem::wrong(pointer, "only false can be set here"));
        }
    }
    let new_role = match &changes.role {
        Some(word) => Some(role("/role", word, &caller)?),
        None => None,
    };
    let tx = caller.read_own(&app).await?;
    let old = users::find(&tx, id).await?;
    drop(tx);
    // Nobody changes who may do more than they.
    role("/role", &old.role, &caller)
        .map_err(|_| Problem::new(Kind::Forbidden, "they may do more than you"))?;
    let hash = match &changes.password {
        Some(password) => {
            password::check("/password", password, &old.email)?;
            Some(password::hash(&app, password).await?)
        }
        None => None,
    };
    let stops = new_role.is_some_and(|role| role.as_str() != old.role) || changes.disabled == Some(true);
    let told = json!({
        "name": changes.name, "role": changes.role, "language": changes.language, "disabled": changes.disabled,
        "password": hash.as_ref().map(|_| "changed"), "totp": changes.totp,
        "organisation": changes.organisation, "locked": changes.locked,
    });
    let tx = caller.write(&app).await?;
    if stops {
        refuse_last(&tx, &old).await?;
    }
    let ends = hash.is_some() || changes.disabled == Some(true) || changes.organisation == Some(false);
    let change = |user: &mut User| {
        user.name = changes.name.unwrap_or(std::mem::take(&mut user.name));
        user.language = changes.language.unwrap_or(std::mem::take(&mut user.language));
        user.disabled = changes.disabled.unwrap_or(user.disabled);
        if let Some(role) = new_role {
            user.role = role.as_str().to_owned();
        }
        if let Some(hash) = hash {
            user.password_hash = Some(hash);
        }
        if changes.totp == Some(false) {
            user.totp_secret = None;
            user.totp_confirmed = false;
        }
        if changes.organisation == Some(false) {
            user.oidc_subject = None;
        }
        if changes.locked == Some(false) {
            user.failures = 0;
            user.locked_until_ms = 0;
        }
    };
    let user = users::change(&tx, id, version, change).await?;
    if ends {
        sessions::end_all(&tx, id).await?;
    }
    caller
        .note(&app, &tx, "user.changed", &id.to_string(), told)
        .await?;
    tx.commit().await?;
    Ok((etag(user.version), Json(Person::of(user, app.now()))))
}

/// Takes a person away
#[utoipa::path(delete, path = "/users/{id}", operation_id = "user_remove", tag = "users", params(("id" = Uuid, Path)), responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::UsersWrite)?;
    let tx = caller.write(&app).await?;
    let user = users::find(&tx, id).await?;
    role("/role", &user.role, &caller)
        .map_err(|_| Problem::new(Kind::Forbidden, "they may do more than you"))?;
    refuse_last(&tx, &user).await?;
    users::remove(&tx, id).await?;
    let change = json!({ "email": user.email, "role": user.role });
    caller
        .note(&app, &tx, "user.removed", &id.to_string(), change)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The last one who can change people stays.
async fn refuse_last(tx: &cpd_store::Tx, user: &User) -> Result<(), Problem> {
    let all = users::list(tx, user.tenant_id).await?;
    let others = all
        .iter()
        .filter(|other| other.role == user.role && !other.disabled && other.id != user.id);
    let keeps = matches!(Role::named(&user.role), Some(Role::Admin | Role::Operator));
    if keeps && !user.disabled && others.count() == 0 {
        let detail = format!("this is the last {}; make another one first", user.role);
        return Err(Problem::new(Kind::Conflict, detail));
    }
    Ok(())
}
