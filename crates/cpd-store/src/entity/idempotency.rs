//! An answer that a repeated request gets again.

use sea_orm::entity::prelude::*;

/// An answer that a repeated request gets again.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Whose key of them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: String,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// SHA-256 of the request, in hex.
    pub request: String,
    /// The answer's status; 0: still under way.
    pub status: i32,
    /// The answer.
    pub body: Json,
    /// When.
    pub created_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
