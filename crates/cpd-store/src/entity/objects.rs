//! A trunk, policy, profile or tone plan as its owner wrote it.

use sea_orm::entity::prelude::*;

/// A trunk, policy, profile or tone plan as its owner wrote it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "objects")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// `dialer`, `carrier`, `policy`, `profile`, `tone_plan`.
    pub kind: String,
    /// Its name, unique in its kind.
    pub name: String,
    /// The keys of `smartcpd.toml`, without secrets.
    pub body: Json,
    /// Its secrets, sealed.
    pub secrets: Option<Vec<u8>>,
    /// Counts its changes.
    pub version: i32,
    /// When it came.
    pub created_ms: i64,
    /// When it last changed.
    pub changed_ms: i64,
    /// Who changed it.
    pub changed_by: String,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
