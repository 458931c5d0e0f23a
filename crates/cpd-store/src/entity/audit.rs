//! Who did what.

use sea_orm::entity::prelude::*;

/// Who did what.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// When.
    pub at_ms: i64,
    /// Who: `user:…`, `key:…`, `service`.
    pub actor: String,
    /// What they were called.
    pub actor_name: String,
    /// From where.
    pub address: String,
    /// What: `trunk.changed`.
    pub action: String,
    /// To what.
    pub object: String,
    /// From what to what; secrets are left out.
    pub change: Json,
    /// The id of the request.
    pub request: String,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
