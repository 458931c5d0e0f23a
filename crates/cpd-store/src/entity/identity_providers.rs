//! Who vouches for a tenant's people.

use sea_orm::entity::prelude::*;

/// Who vouches for a tenant's people.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_providers")]
pub struct Model {
    /// Whose people: a tenant has one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// What it calls itself: an address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The sealed secret that we prove it with.
    pub client_secret: Vec<u8>,
    /// What its discovery document said.
    pub discovered: Json,
    /// What somebody may do who comes for the first time; none: only known people get in.
    pub role: Option<String>,
    /// The tenant's people may log in by password, too.
    pub passwords: bool,
    /// It asks for a second factor itself, and says so.
    pub second_factor: bool,
    /// When the document was read.
    pub checked_ms: i64,
    /// When it came.
    pub created_ms: i64,
    /// Counts its changes.
    pub version: i32,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
