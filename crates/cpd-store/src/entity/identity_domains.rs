//! Whose addresses of e-mail a tenant's provider vouches for.

use sea_orm::entity::prelude::*;

/// A domain of e-mail.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_domains")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// `acme.example`, in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The same name where the service's staff said that it is theirs: one tenant has it.
    pub confirmed: Option<String>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
