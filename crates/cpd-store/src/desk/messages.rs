//! Messages of conversations.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::desk_messages::Model as Message;
use crate::entity::desk_messages::{Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// Messages of a request that are read at most.
const MESSAGES_MAX: u64 = 5_000;

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// Keeps a message; `false`: its door gave it before.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, message: Message) -> Result<bool, Error> {
    let row = message.into_active_model().reset_all();
    let written = Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Origin).do_nothing().to_owned())
        .exec_without_returning(&tx.db)
        .await?;
    Ok(written > 0)
}

/// The message that a door calls so.
///
/// # Errors
///
/// The database's.
pub async fn by_origin(tx: &Tx, origin: &str) -> Result<Option<Message>, Error> {
    Ok(of(tx).filter(Column::Origin.eq(origin)).one(&tx.db).await?)
}

/// The newest message with this Message-ID.
///
/// # Errors
///
/// The database's.
pub async fn by_mail_id(tx: &Tx, mail_id: &str) -> Result<Option<Message>, Error> {
    let query = of(tx).filter(Column::MailId.eq(mail_id));
    Ok(query.order_by_desc(Column::AtMs).one(&tx.db).await?)
}

/// One of them.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Message, Error> {
    let query = of(tx).filter(Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// A conversation, the first message first; the desk's own notes where `internal`.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, request: Uuid, internal: bool) -> Result<Vec<Message>, Error> {
    let mut query = of(tx).filter(Column::RequestId.eq(request));
    if !internal {
        query = query.filter(Column::Side.eq("public"));
    }
    Ok(query
        .order_by_asc(Column::AtMs)
        .order_by_asc(Column::Id)
        .limit(MESSAGES_MAX)
        .all(&tx.db)
        .await?)
}
