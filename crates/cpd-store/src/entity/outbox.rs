//! An event, written with what it tells of.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An event, written with what it tells of.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// What: `call.ended`.
    pub kind: String,
    /// The body.
    pub payload: Json,
    /// When.
    pub created_ms: i64,
    /// Its deliveries are made.
    pub fanned: bool,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
