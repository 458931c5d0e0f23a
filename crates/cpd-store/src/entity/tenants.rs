//! A customer. The one with the nil id is the service itself.

use sea_orm::entity::prelude::*;

/// A customer. The one with the nil id is the service itself.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name in trunks and addresses: lower-case letters, digits, `-`.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its people can log in and its trunks take calls.
    pub active: bool,
    /// What it set: language, retention, limits.
    pub settings: Json,
    /// When it came.
    pub created_ms: i64,
    /// Counts its changes.
    pub version: i32,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
