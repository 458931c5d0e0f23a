//! A version of a layer of prompts.

use sea_orm::entity::prelude::*;

/// A version of a layer of prompts.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "libraries")]
pub struct Model {
    /// Whose layer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Which version, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// `draft`, `published`, `retired`.
    pub state: String,
    /// What changed, in words.
    pub note: String,
    /// How many it has.
    pub prompts: i32,
    /// When it was begun.
    pub created_ms: i64,
    /// When it was published.
    pub published_ms: Option<i64>,
    /// By whom.
    pub published_by: Option<String>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
