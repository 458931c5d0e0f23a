//! An address at a door: who is behind it.

use sea_orm::entity::prelude::*;

/// An address at a door: who is behind it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_addresses")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Who is behind it.
    pub contact_id: Uuid,
    /// `email`, `telegram`, `whatsapp`, `telephone`, `chat`.
    pub door: String,
    /// As it is compared: small letters, digits alone.
    pub address: String,
    /// They showed that it is theirs.
    pub verified: bool,
    /// When it was first seen.
    pub created_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
