//! What the desk sends.

use sea_orm::entity::prelude::*;

/// What the desk sends.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_outgoing")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Of which request.
    pub request_id: Uuid,
    /// Which message it carries.
    pub message_id: Option<Uuid>,
    /// `message`, `receipt`, `solution`, `question`.
    pub kind: String,
    /// By which door.
    pub door: String,
    /// Where to.
    pub address: String,
    /// What.
    pub payload: Json,
    /// `waiting`, `sent`, `failed`.
    pub state: String,
    /// Tries so far.
    pub attempts: i32,
    /// The next one.
    pub next_ms: i64,
    /// Why the last one failed.
    pub error: Option<String>,
    /// What the door calls it.
    pub origin: Option<String>,
    /// When it was caused.
    pub created_ms: i64,
    /// When it was sent, or given up.
    pub ended_ms: Option<i64>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
