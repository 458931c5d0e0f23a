//! Somebody who writes to the desk, with or without a login.

use sea_orm::entity::prelude::*;

/// Somebody who writes to the desk, with or without a login.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_contacts")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose they are; the service's: nobody knows.
    pub tenant_id: Uuid,
    /// What they are called.
    pub name: String,
    /// Their login.
    pub user_id: Option<Uuid>,
    /// `ru` or `en`.
    pub language: String,
    /// They were made a pseudonym.
    pub erased: bool,
    /// When they first wrote.
    pub created_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
