//! Who writes to the desk, and by which addresses.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, extension::postgres::PgExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

pub use crate::entity::desk_addresses::Model as Address;
pub use crate::entity::desk_contacts::Model as Contact;
use crate::entity::{desk_addresses as addresses, desk_contacts as contacts};
use crate::error::Error;
use crate::store::Tx;

/// Somebody new.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Whose they are; the service's: nobody knows.
    pub tenant: Uuid,
    /// What they are called.
    pub name: String,
    /// Their login.
    pub user: Option<Uuid>,
    /// `ru` or `en`.
    pub language: String,
}

fn of(tx: &Tx) -> Select<contacts::Entity> {
    match tx.sees_all() {
        true => contacts::Entity::find(),
        false => contacts::Entity::find().filter(contacts::Column::TenantId.eq(tx.tenant())),
    }
}

/// Adds somebody.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, new: NewContact, now_ms: i64) -> Result<Contact, Error> {
    let row = contacts::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(new.tenant),
        name: Set(new.name),
        user_id: Set(new.user),
        language: Set(new.language),
        erased: Set(false),
        created_ms: Set(now_ms),
    };
    Ok(row.insert(&tx.db).await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Contact, Error> {
    let query = of(tx).filter(contacts::Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Several of them.
///
/// # Errors
///
/// The database's.
pub async fn among(tx: &Tx, ids: &[Uuid]) -> Result<Vec<Contact>, Error> {
    let query = of(tx).filter(contacts::Column::Id.is_in(ids.iter().copied()));
    Ok(query.all(&tx.db).await?)
}

/// The contact of a login.
///
/// # Errors
///
/// The database's.
pub async fn known(tx: &Tx, user: Uuid) -> Result<Option<Contact>, Error> {
    let query = of(tx).filter(contacts::Column::UserId.eq(user));
    Ok(query
        .order_by_asc(contacts::Column::CreatedMs)
        .one(&tx.db)
        .await?)
}

/// The contact of a login, made where there is none yet.
///
/// # Errors
///
/// The database's.
pub async fn of_user(tx: &Tx, user: &crate::users::User, now_ms: i64) -> Result<Contact, Error> {
    if let Some(found) = known(tx, user.id).await? {
        return Ok(found);
    }
    // Who wrote mails before they had a login is the same person: the address says so.
    if let Some((contact, _)) = behind(tx, "email", &user.email).await?
        && contact.tenant_id == user.tenant_id
    {
        let row = contacts::ActiveModel {
            id: Set(contact.id),
            user_id: Set(Some(user.id)),
            ..Default::default()
        };
        return Ok(row.update(&tx.db).await?);
    }
    let new = NewContact {
        tenant: user.tenant_id,
        name: user.name.clone(),
        user: Some(user.id),
        language: user.language.clone(),
    };
    let contact = add(tx, new, now_ms).await?;
    bind(tx, &contact, "email", &user.email, false, now_ms).await?;
    Ok(contact)
}

/// Who is behind an address.
///
/// # Errors
///
/// The database's.
pub async fn behind(tx: &Tx, door: &str, address: &str) -> Result<Option<(Contact, Address)>, Error> {
    let query = addresses::Entity::find()
        .filter(addresses::Column::Door.eq(door))
        .filter(addresses::Column::Address.eq(address));
    let Some(found) = query.one(&tx.db).await? else {
        return Ok(None);
    };
    Ok(of(tx)
        .filter(contacts::Column::Id.eq(found.contact_id))
        .one(&tx.db)
        .await?
        .map(|contact| (contact, found)))
}

/// Gives somebody an address; `false`: it is somebody's already.
///
/// # Errors
///
/// The database's.
pub async fn bind(
    tx: &Tx,
    contact: &Contact,
    door: &str,
    address: &str,
    verified: bool,
    now_ms: i64,
) -> Result<bool, Error> {
    let row = addresses::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(contact.tenant_id),
        contact_id: Set(contact.id),
        door: Set(door.to_owned()),
        address: Set(address.to_owned()),
        verified: Set(verified),
        created_ms: Set(now_ms),
    };
    let conflict = OnConflict::columns([addresses::Column::Door, addresses::Column::Address])
        .do_nothing()
        .to_owned();
    let written = addresses::Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(&tx.db)
        .await?;
    Ok(written > 0)
}

/// Their addresses.
///
/// # Errors
///
/// The database's.
pub async fn addresses(tx: &Tx, contact: Uuid) -> Result<Vec<Address>, Error> {
    let mut query = addresses::Entity::find().filter(addresses::Column::ContactId.eq(contact));
    if !tx.sees_all() {
        query = query.filter(addresses::Column::TenantId.eq(tx.tenant()));
    }
    Ok(query
        .order_by_asc(addresses::Column::CreatedMs)
        .all(&tx.db)
        .await?)
}

/// Waits until nobody else writes for this contact: what comes by several doors at once comes one after the other.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn hold(tx: &Tx, id: Uuid) -> Result<Contact, Error> {
    let query = of(tx).filter(contacts::Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// People by a piece of their name or address, for who answers a telephone.
///
/// # Errors
///
/// The database's.
pub async fn search(tx: &Tx, words: &str, limit: u64) -> Result<Vec<Contact>, Error> {
    let like = format!("%{}%", words.replace(['%', '_', '\\'], ""));
    let by_address = addresses::Entity::find()
        .select_only()
        .column(addresses::Column::ContactId)
        .filter(addresses::Column::Address.like(like.to_lowercase()))
        .into_query();
    // SQLite's LIKE folds Latin letters alone: both ways that a Russian name is written are asked for.
    let name = Expr::col((contacts::Entity, contacts::Column::Name));
    let titled: String = {
        let mut letters = words.chars();
        let first = letters.next().map(char::to_uppercase);
        first.into_iter().flatten().chain(letters).collect()
    };
    let titled = format!("%{}%", titled.replace(['%', '_', '\\'], ""));
    let by_name = match tx.is_postgres() {
        true => Condition::any().add(name.ilike(like)),
        false => Condition::any()
            .add(name.clone().like(like))
            .add(name.like(titled)),
    };
    let found = by_name.add(contacts::Column::Id.in_subquery(by_address));
    let query = of(tx).filter(contacts::Column::Erased.eq(false)).filter(found);
    Ok(query
        .order_by_asc(contacts::Column::Name)
        .limit(limit)
        .all(&tx.db)
        .await?)
}

/// Makes somebody a pseudonym: the name and all addresses go.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn erase(tx: &Tx, id: Uuid, pseudonym: &str) -> Result<Contact, Error> {
    let mut contact = find(tx, id).await?;
    addresses::Entity::delete_many()
        .filter(addresses::Column::ContactId.eq(id))
        .exec(&tx.db)
        .await?;
    pseudonym.clone_into(&mut contact.name);
    contact.erased = true;
    contact.user_id = None;
    Ok(contact.into_active_model().reset_all().update(&tx.db).await?)
}
