//! What a request is called: its number, and those of other desks.

use sea_orm::entity::prelude::*;

/// What a request is called: its number, and those of other desks.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_names")]
pub struct Model {
    /// In the form that is compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Whose.
    pub tenant_id: Uuid,
    /// Which request.
    pub request_id: Uuid,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
