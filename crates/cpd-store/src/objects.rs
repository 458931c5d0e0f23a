//! Trunks, policies, profiles, tone plans: each as its owner wrote it, in the keys of `smartcpd.toml`, with its history.
//!
//! Secrets are taken out of the body before it gets here and are sealed beside it. Every change counts up the revision
//! that nodes look at.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value;
use uuid::Uuid;

pub use crate::entity::object_versions::Model as ObjectVersion;
pub use crate::entity::objects::Model as Object;
use crate::entity::objects::{ActiveModel, Column, Entity};
use crate::entity::{object_versions, revisions};
use crate::error::Error;
use crate::store::Tx;

/// What sorts of objects there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A trunk that calls come from.
    Dialer,
    /// A trunk that calls go to.
    Carrier,
    /// What is done about what is heard.
    Policy,
    /// How calls are heard.
    Profile,
    /// A country's tones.
    TonePlan,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [
        Kind::Dialer,
        Kind::Carrier,
        Kind::Policy,
        Kind::Profile,
        Kind::TonePlan,
    ];

    /// In a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Dialer => "dialer",
            Kind::Carrier => "carrier",
            Kind::Policy => "policy",
            Kind::Profile => "profile",
            Kind::TonePlan => "tone_plan",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What somebody writes.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its keys, without secrets.
    pub body: Value,
    /// New secrets, sealed; `None` keeps those that it has.
    pub secrets: Option<Vec<u8>>,
    /// Who writes.
    pub by: String,
    /// When.
    pub now_ms: i64,
}

/// The revision that counts changes of objects.
pub const REVISION: &str = "objects";

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// Objects of a kind by name; for the service, everybody's.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, kind: Kind) -> Result<Vec<Object>, Error> {
    let query = of(tx).filter(Column::Kind.eq(kind.as_str()));
    Ok(query.order_by_asc(Column::Name).all(&tx.db).await?)
}

/// All objects, for a node to build its settings of.
///
/// # Errors
///
/// The database's.
pub async fn all(tx: &Tx) -> Result<Vec<Object>, Error> {
    let query = of(tx).order_by_asc(Column::TenantId).order_by_asc(Column::Name);
    Ok(query.all(&tx.db).await?)
}

/// One by name.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, kind: Kind, name: &str) -> Result<Object, Error> {
    named(tx, kind, name).one(&tx.db).await?.ok_or(Error::Missing)
}

/// One to be changed: who wants to change it at the same time waits for this transaction.
async fn locked(tx: &Tx, kind: Kind, name: &str) -> Result<Object, Error> {
    let query = named(tx, kind, name).lock_exclusive();
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

fn named(tx: &Tx, kind: Kind, name: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(tx.tenant()))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::Name.eq(name))
}

/// Adds one.
///
/// # Errors
///
/// [`Error::Taken`]: there is one of this kind and name.
pub async fn add(tx: &Tx, kind: Kind, name: &str, written: Written) -> Result<Object, Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        kind: Set(kind.as_str().to_owned()),
        name: Set(name.to_owned()),
        body: Set(written.body),
        secrets: Set(written.secrets),
        version: Set(1),
        created_ms: Set(written.now_ms),
        changed_ms: Set(written.now_ms),
        changed_by: Set(written.by),
    };
    let object = row.insert(&tx.db).await?;
    remember(tx, &object, Some(object.body.clone())).await?;
    Ok(object)
}

/// Changes one that was read at `version`.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn change(
    tx: &Tx,
    kind: Kind,
    name: &str,
    version: i32,
    written: Written,
) -> Result<Object, Error> {
    let mut object = locked(tx, kind, name).await?;
    if object.version != version {
        return Err(Error::Stale(object.version));
    }
    object.body = written.body;
    object.secrets = written.secrets.or(object.secrets);
    object.version += 1;
    object.changed_ms = written.now_ms;
    object.changed_by = written.by;
    let object = object.into_active_model().reset_all().update(&tx.db).await?;
    remember(tx, &object, Some(object.body.clone())).await?;
    Ok(object)
}

/// Takes one away that was read at `version`; its history stays.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`].
pub async fn remove(
    tx: &Tx,
    kind: Kind,
    name: &str,
    version: i32,
    (by, now_ms): (String, i64),
) -> Result<(), Error> {
    let mut object = locked(tx, kind, name).await?;
    if object.version != version {
        return Err(Error::Stale(object.version));
    }
    Entity::delete_by_id(object.id).exec(&tx.db).await?;
    object.version += 1;
    object.changed_ms = now_ms;
    object.changed_by = by;
    remember(tx, &object, None).await
}

/// What an object was, newest first; also one that is gone.
///
/// # Errors
///
/// The database's.
pub async fn history(tx: &Tx, object: Uuid) -> Result<Vec<ObjectVersion>, Error> {
    let query = object_versions::Entity::find()
        .filter(object_versions::Column::TenantId.eq(tx.tenant()))
        .filter(object_versions::Column::ObjectId.eq(object));
    let query = query.order_by_desc(object_versions::Column::Version);
    Ok(query.all(&tx.db).await?)
}

async fn remember(tx: &Tx, object: &Object, body: Option<Value>) -> Result<(), Error> {
    let row = object_versions::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(object.tenant_id),
        object_id: Set(object.id),
        version: Set(object.version),
        body: Set(body),
        changed_ms: Set(object.changed_ms),
        changed_by: Set(object.changed_by.clone()),
    };
    row.insert(&tx.db).await?;
    count_up(tx, REVISION).await
}

/// Counts a change, which nodes see at their next look.
///
/// # Errors
///
/// The database's.
pub async fn count_up(tx: &Tx, name: &str) -> Result<(), Error> {
    use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
    let row = revisions::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(1),
    };
    let conflict = OnConflict::column(revisions::Column::Name)
        .value(
            revisions::Column::Value,
            Expr::col((revisions::Entity, revisions::Column::Value)).add(1),
        )
        .to_owned();
    revisions::Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(&tx.db)
        .await?;
    Ok(())
}

/// How many changes of a name there were.
///
/// # Errors
///
/// The database's.
pub async fn revision(tx: &Tx, name: &str) -> Result<i64, Error> {
    let found = revisions::Entity::find_by_id(name.to_owned()).one(&tx.db).await?;
    Ok(found.map_or(0, |row| row.value))
}
