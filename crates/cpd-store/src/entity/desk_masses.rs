//! A mass incident: a record of the desk that no customer sees.

use sea_orm::entity::prelude::*;

/// A mass incident: a record of the desk that no customer sees.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_masses")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The service's.
    pub tenant_id: Uuid,
    /// What it is about, in a line.
    pub topic: String,
    /// The part of the service.
    pub component: String,
    /// What is known.
    pub text: String,
    /// `open`, `solved`.
    pub state: String,
    /// What solved it.
    pub solution: String,
    /// Who opened it.
    pub by: String,
    /// Counts its changes.
    pub version: i32,
    /// When it was opened.
    pub created_ms: i64,
    /// When it was solved.
    pub ended_ms: Option<i64>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
