//! A key of a program.

use sea_orm::entity::prelude::*;

/// A key of a program.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// What it is for.
    pub name: String,
    /// Its beginning, to know it by.
    pub prefix: String,
    /// SHA-256 of the key, in hex.
    pub token_hash: String,
    /// What it may do at most.
    pub role: String,
    /// What it may do: a list.
    pub scopes: Json,
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// When.
    pub created_ms: i64,
    /// When it ends.
    pub expires_ms: Option<i64>,
    /// When it was last used, to the minute.
    pub seen_ms: Option<i64>,
    /// When it was taken back.
    pub revoked_ms: Option<i64>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
