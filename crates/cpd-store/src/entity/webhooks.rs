//! Where a tenant wants to hear of events.

use sea_orm::entity::prelude::*;

/// Where a tenant wants to hear of events.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// What for.
    pub name: String,
    /// Where.
    pub url: String,
    /// Which: a list of beginnings.
    pub events: Json,
    /// The sealed secret that signs.
    pub secret: Vec<u8>,
    /// It is on.
    pub active: bool,
    /// Deliveries in a row that failed for good.
    pub failures: i32,
    /// When it came.
    pub created_ms: i64,
    /// Counts its changes.
    pub version: i32,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
