//! People: who they are, how they prove it, what they may do.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::users::Model as User;
use crate::entity::users::{ActiveModel, Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks, and changes nothing; no audio.
    ReadOnly,
    /// Looks, listens, labels, exports.
    Analyst,
    /// Everything of one customer.
    Admin,
    /// Of the service: looks at all customers and helps them.
    Support,
    /// Of the service: everything.
    Operator,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 5] = [
        Role::ReadOnly,
        Role::Analyst,
        Role::Admin,
        Role::Support,
        Role::Operator,
    ];

    /// In a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::ReadOnly => "read_only",
            Role::Analyst => "analyst",
            Role::Admin => "admin",
            Role::Support => "support",
            Role::Operator => "operator",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether it is of the service, and not of a customer.
    #[must_use]
    pub fn is_of_service(self) -> bool {
        matches!(self, Role::Support | Role::Operator)
    }
}

/// A new person.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// What they log in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2id, in PHC form.
    pub password_hash: Option<String>,
    /// `ru` or `en`.
    pub language: String,
}

/// An address as it is compared: without space around it, in lower case.
#[must_use]
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// Adds a person to a tenant.
///
/// # Errors
///
/// [`Error::Taken`]: another has the address.
pub async fn add(tx: &Tx, tenant: Uuid, new: NewUser, now_ms: i64) -> Result<User, Error> {
    if !tx.sees_all() && tenant != tx.tenant() {
        return Err(Error::Missing);
    }
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tenant),
        email: Set(normal_email(&new.email)),
        name: Set(new.name),
        role: Set(new.role.as_str().to_owned()),
        password_hash: Set(new.password_hash),
        totp_secret: Set(None),
        totp_confirmed: Set(false),
        totp_step: Set(0),
        oidc_subject: Set(None),
        language: Set(new.language),
        disabled: Set(false),
        failures: Set(0),
        locked_until_ms: Set(0),
        seen_ms: Set(None),
        created_ms: Set(now_ms),
        version: Set(1),
    };
    Ok(row.insert(&tx.db).await?)
}

/// People of a tenant.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, tenant: Uuid) -> Result<Vec<User>, Error> {
    let query = of(tx).filter(Column::TenantId.eq(tenant));
    Ok(query.order_by_asc(Column::Email).all(&tx.db).await?)
}

/// People of all customers by a piece of their name or address.
///
/// # Errors
///
/// The database's.
pub async fn search(tx: &Tx, words: &str, limit: u64) -> Result<Vec<User>, Error> {
    let plain = |words: &str| format!("%{}%", words.replace(['%', '_', '\\'], ""));
    let found = Condition::any()
        .add(Column::Email.like(plain(&words.to_lowercase())))
        .add(Column::Name.like(plain(words)));
    let query = of(tx).filter(found).order_by_asc(Column::Name).limit(limit);
    Ok(query.all(&tx.db).await?)
}

/// How many there are at all: none on a first run.
///
/// # Errors
///
/// The database's.
pub async fn any(tx: &Tx) -> Result<bool, Error> {
    Ok(of(tx).one(&tx.db).await?.is_some())
}

/// One by id.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<User, Error> {
    let query = of(tx).filter(Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// One to be changed: who wants to change it at the same time waits for this transaction.
async fn locked(tx: &Tx, id: Uuid) -> Result<User, Error> {
    let query = of(tx).filter(Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// One by address; login asks for the service, as it does not know the tenant yet.
///
/// # Errors
///
/// The database's.
pub async fn by_email(tx: &Tx, email: &str) -> Result<Option<User>, Error> {
    let query = of(tx).filter(Column::Email.eq(normal_email(email)));
    Ok(query.one(&tx.db).await?)
}

/// One by what an identity provider calls them.
///
/// # Errors
///
/// The database's.
pub async fn by_subject(tx: &Tx, subject: &str) -> Result<Option<User>, Error> {
    let query = of(tx).filter(Column::OidcSubject.eq(subject));
    Ok(query.one(&tx.db).await?)
}

/// Forgets what identity providers call a tenant's people: another provider calls them something else.
///
/// # Errors
///
/// The database's.
pub async fn unbind_all(tx: &Tx, tenant: Uuid) -> Result<u64, Error> {
    let mut update = Entity::update_many()
        .col_expr(Column::OidcSubject, Expr::value(None::<String>))
        .filter(Column::TenantId.eq(tenant))
        .filter(Column::OidcSubject.is_not_null());
    if !tx.sees_all() {
        update = update.filter(Column::TenantId.eq(tx.tenant()));
    }
    Ok(update.exec(&tx.db).await?.rows_affected)
}

/// Changes one that was read at `version`.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`], [`Error::Taken`].
pub async fn change(tx: &Tx, id: Uuid, version: i32, change: impl FnOnce(&mut User)) -> Result<User, Error> {
    let mut user = locked(tx, id).await?;
    if user.version != version {
        return Err(Error::Stale(user.version));
    }
    change(&mut user);
    user.version += 1;
    Ok(user.into_active_model().reset_all().update(&tx.db).await?)
}

/// Notes something that is no change of the person: a login, a wrong password.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn note(tx: &Tx, id: Uuid, change: impl FnOnce(&mut User)) -> Result<User, Error> {
    let mut user = locked(tx, id).await?;
    change(&mut user);
    Ok(user.into_active_model().reset_all().update(&tx.db).await?)
}

/// Takes a person away, with their sessions.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let user = find(tx, id).await?;
    crate::sessions::end_all(tx, user.id).await?;
    Entity::delete_by_id(user.id).exec(&tx.db).await?;
    Ok(())
}
