//! Files of messages: screenshots, mostly.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::desk::requests::Request;
pub use crate::entity::desk_files::Model as File;
use crate::entity::desk_files::{Column, Entity};
use crate::error::Error;
use crate::store::Tx;

/// What is told of a file without its bytes.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct About {
    /// Its id.
    pub id: Uuid,
    /// Of which message.
    pub message_id: Option<Uuid>,
    /// What it is called.
    pub name: String,
    /// Its type, by its bytes.
    pub kind: String,
    /// Its bytes.
    pub size: i32,
    /// Of a picture, pixels.
    pub width: Option<i32>,
    /// Of a picture, pixels.
    pub height: Option<i32>,
}

fn of(tx: &Tx) -> Select<Entity> {
    match tx.sees_all() {
        true => Entity::find(),
        false => Entity::find().filter(Column::TenantId.eq(tx.tenant())),
    }
}

/// Keeps a file.
///
/// # Errors
///
/// The database's.
pub async fn add(tx: &Tx, file: File) -> Result<File, Error> {
    Ok(file.into_active_model().reset_all().insert(&tx.db).await?)
}

/// One of them, with its bytes.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<File, Error> {
    let query = of(tx).filter(Column::Id.eq(id));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// Puts a file that was sent up before into a message; `false`: it is somebody else's, or in a message already.
///
/// # Errors
///
/// The database's.
pub async fn put(tx: &Tx, id: Uuid, by: &str, request: &Request, message: Uuid) -> Result<bool, Error> {
    let query = of(tx)
        .filter(Column::Id.eq(id))
        .filter(Column::By.eq(by))
        .filter(Column::MessageId.is_null());
    let Some(file) = query.one(&tx.db).await? else {
        return Ok(false);
    };
    let mut row = file.into_active_model();
    // The desk's files become the customer's with the message that they are in.
    row.tenant_id = Set(request.tenant_id);
    row.request_id = Set(Some(request.id));
    row.message_id = Set(Some(message));
    row.update(&tx.db).await?;
    Ok(true)
}

/// Files of a request's messages, without their bytes.
///
/// # Errors
///
/// The database's.
pub async fn list(tx: &Tx, request: Uuid) -> Result<Vec<About>, Error> {
    let query = of(tx)
        .filter(Column::RequestId.eq(request))
        .select_only()
        .columns([
            Column::Id,
            Column::MessageId,
            Column::Name,
            Column::Kind,
            Column::Size,
            Column::Width,
            Column::Height,
        ]);
    Ok(query
        .order_by_asc(Column::CreatedMs)
        .into_model::<About>()
        .all(&tx.db)
        .await?)
}

/// Takes away what was sent up before `before_ms` and never put into a message.
///
/// # Errors
///
/// The database's.
pub async fn sweep(tx: &Tx, before_ms: i64) -> Result<u64, Error> {
    let gone = Entity::delete_many()
        .filter(Column::MessageId.is_null())
        .filter(Column::CreatedMs.lt(before_ms))
        .exec(&tx.db)
        .await?;
    Ok(gone.rows_affected)
}
