//! What an object was.

use sea_orm::entity::prelude::*;

/// What an object was.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "object_versions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Which object.
    pub object_id: Uuid,
    /// Which version.
    pub version: i32,
    /// What it was; none: it was deleted.
    pub body: Option<Json>,
    /// When.
    pub changed_ms: i64,
    /// By whom.
    pub changed_by: String,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
