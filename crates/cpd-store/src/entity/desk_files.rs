//! A file of a message.

use sea_orm::entity::prelude::*;

/// A file of a message.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_files")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Of which request; none: not sent yet.
    pub request_id: Option<Uuid>,
    /// Of which message.
    pub message_id: Option<Uuid>,
    /// Who sent it up.
    pub by: String,
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
    /// Itself.
    pub data: Vec<u8>,
    /// When it came.
    pub created_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
