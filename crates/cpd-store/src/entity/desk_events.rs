//! A row of a request's log.

use sea_orm::entity::prelude::*;

/// A row of a request's log.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_events")]
pub struct Model {
    /// Of which request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// Its place.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    /// Whose.
    pub tenant_id: Uuid,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub by: Json,
    /// What they are called.
    pub by_name: String,
    /// What.
    pub what: Json,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
