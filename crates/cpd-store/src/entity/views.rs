//! A view of the list of calls that somebody saved.

use sea_orm::entity::prelude::*;

/// A view of the list of calls that somebody saved.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "views")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Who saved it.
    pub user_id: Uuid,
    /// Its name.
    pub name: String,
    /// The query of its address.
    pub query: String,
    /// All of the tenant see it.
    pub shared: bool,
    /// When.
    pub created_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
