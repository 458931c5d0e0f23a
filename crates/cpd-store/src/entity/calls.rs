//! A call that is over.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A call that is over.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "calls")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When the INVITE came.
    #[sea_orm(primary_key, auto_increment = false)]
    pub began_ms: i64,
    /// Whose.
    pub tenant_id: Uuid,
    /// Which node carried it.
    pub node: String,
    /// Its name in logs and headers.
    pub name: String,
    /// The trunk it came from.
    pub dialer: String,
    /// The trunk it went to last.
    pub carrier: Option<String>,
    /// Who called.
    pub caller: String,
    /// Whom.
    pub callee: String,
    /// The dialer's own word for it.
    pub reference: Option<String>,
    /// The dialer's campaign.
    pub campaign: Option<String>,
    /// What stood in the end.
    pub class: Option<String>,
    /// Before the answer or after it.
    pub phase: Option<String>,
    /// How sure, 0 to 1.
    pub confidence: Option<f32>,
    /// The prompt that matched.
    pub prompt: Option<String>,
    /// Whose prompt that is.
    pub operator: Option<String>,
    /// The status that refused it.
    pub status: Option<i32>,
    /// Who ended it.
    pub ended_by: String,
    /// Why, as Q.850 counts.
    pub q850: i32,
    /// When the verdict stood, ms from the beginning.
    pub decided_ms: Option<i32>,
    /// When the carrier answered.
    pub answered_ms: Option<i32>,
    /// When the dialer was answered.
    pub connected_ms: Option<i32>,
    /// How long the answer was held.
    pub held_ms: i32,
    /// The whole.
    pub length_ms: i32,
    /// Why nobody listened.
    pub deaf: Option<String>,
    /// There is a recording.
    pub recorded: bool,
    /// The version of the common prompts it was heard with.
    pub library: i32,
    /// The version of its tenant's prompts.
    pub own_library: i32,
    /// Tellings, media, faults, messages.
    pub detail: Json,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
