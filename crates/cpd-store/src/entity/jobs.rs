//! Work that takes longer than a request.

use sea_orm::entity::prelude::*;

/// Work that takes longer than a request.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// `export`, `analysis`, `replay`.
    pub kind: String,
    /// `waiting`, `running`, `done`, `failed`, `cancelled`.
    pub state: String,
    /// What is wanted.
    pub parameters: Json,
    /// How far, 0 to 1.
    pub progress: f32,
    /// What came of it.
    pub result: Option<Json>,
    /// The file that came of it, on its node.
    pub file: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Who does it; empty: nobody yet.
    pub node: String,
    /// Until when that node has it.
    pub lease_ms: i64,
    /// Who wants it.
    pub created_by: String,
    /// When.
    pub created_ms: i64,
    /// When it was over.
    pub ended_ms: Option<i64>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
