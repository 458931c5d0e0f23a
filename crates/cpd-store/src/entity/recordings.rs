//! Where a call's recording is.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a call's recording is.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "recordings")]
pub struct Model {
    /// Which call.
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// When the call began.
    pub began_ms: i64,
    /// On whose disk.
    pub node: String,
    /// Where there.
    pub path: String,
    /// How long.
    pub length_ms: i32,
    /// It ends before what was analysed.
    pub cut: bool,
    /// When it goes.
    pub expires_ms: Option<i64>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
