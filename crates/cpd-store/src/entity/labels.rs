//! What somebody says a call was.

use sea_orm::entity::prelude::*;

/// What somebody says a call was.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "labels")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Which call.
    pub call_id: Uuid,
    /// When the call began.
    pub began_ms: i64,
    /// `person` or `dialer`.
    pub source: String,
    /// The verdict was right; none: not said.
    pub right: Option<bool>,
    /// The class that it was.
    pub truth: Option<String>,
    /// The dialer's own word.
    pub code: Option<String>,
    /// Why.
    pub note: String,
    /// Who says so.
    pub by: String,
    /// When.
    pub at_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
