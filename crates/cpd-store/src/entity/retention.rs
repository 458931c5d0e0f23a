//! How long something is kept.

use sea_orm::entity::prelude::*;

/// How long something is kept.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "retention")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// `calls`, `recordings`, `audit`, `deliveries`.
    pub what: String,
    /// Of which classes, by their beginning; empty: all.
    pub class: String,
    /// How many days.
    pub days: i32,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
