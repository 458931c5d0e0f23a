//! Sound of prompts: 8 kHz, 16 bit little-endian, one channel.

use sea_orm::entity::prelude::*;

/// Sound of prompts: 8 kHz, 16 bit little-endian, one channel.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sounds")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// SHA-256 of the samples, in hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The samples.
    pub samples: Vec<u8>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
