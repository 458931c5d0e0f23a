//! A contract of a customer.

use sea_orm::entity::prelude::*;

/// A contract of a customer.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_contracts")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// What both sides call it.
    pub number: String,
    /// From when on it is in force.
    pub from_ms: i64,
    /// Until when.
    pub until_ms: Option<i64>,
    /// Calendar, promises, who sees what.
    pub terms: Json,
    /// Counts its changes.
    pub version: i32,
    /// When it was written down.
    pub created_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
