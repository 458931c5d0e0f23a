//! A reference prompt, from the version that it came with to the one that it left with.

use sea_orm::entity::prelude::*;

/// A reference prompt, from the version that it came with to the one that it left with.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "prompts")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose; nil: the layer of all.
    pub tenant_id: Uuid,
    /// Its name in matches; unique among those of one version.
    pub name: String,
    /// Whose network says it.
    pub operator: String,
    /// What it says, as libraries sort it.
    pub category: String,
    /// What a match means.
    pub class: String,
    /// Its language.
    pub language: String,
    /// Its words.
    pub words: String,
    /// How long it is, ms.
    pub length_ms: i32,
    /// Its sound: the name in `sounds`.
    pub sound: String,
    /// Where it came from: a file, a call.
    pub source: String,
    /// The first version that has it.
    pub since: i32,
    /// The first version that has it no more.
    pub until: Option<i32>,
    /// When it came.
    pub created_ms: i64,
    /// Who brought it.
    pub created_by: String,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
