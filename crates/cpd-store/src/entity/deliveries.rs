//! An event on its way to a webhook.

use sea_orm::entity::prelude::*;

/// An event on its way to a webhook.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Where to.
    pub webhook_id: Uuid,
    /// What.
    pub event_id: Uuid,
    /// What kind.
    pub kind: String,
    /// `waiting`, `delivered`, `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_ms: i64,
    /// What the last answer was.
    pub status: Option<i32>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// How long the last try took.
    pub took_ms: Option<i32>,
    /// When it was made.
    pub created_ms: i64,
    /// When it was over.
    pub ended_ms: Option<i64>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
