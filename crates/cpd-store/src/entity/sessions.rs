//! A login that stands.

use sea_orm::entity::prelude::*;

/// A login that stands.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// Its id, to be listed and ended by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Who.
    pub user_id: Uuid,
    /// SHA-256 of the cookie, in hex.
    pub token_hash: String,
    /// When they logged in.
    pub created_ms: i64,
    /// When it was last used, to the minute.
    pub seen_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// From where.
    pub address: String,
    /// With what.
    pub agent: String,
    /// The one-time code has not been given yet.
    pub pending: bool,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
