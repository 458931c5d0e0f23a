//! A message of a conversation.

use sea_orm::entity::prelude::*;

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Of which request.
    pub request_id: Uuid,
    /// When it came, or was written.
    pub at_ms: i64,
    /// `public` or `internal`.
    pub side: String,
    /// `customer`, `staff`, `mass`, `desk`.
    pub from: String,
    /// The contact or the user.
    pub person: Option<Uuid>,
    /// What they are called.
    pub name: String,
    /// The door that it came by.
    pub door: String,
    /// What was written.
    pub text: String,
    /// What was quoted.
    pub rest: String,
    /// A machine wrote it.
    pub automated: bool,
    /// Nobody vouches for who wrote it.
    pub unverified: bool,
    /// What the door calls it: the same is taken once.
    pub origin: Option<String>,
    /// Its Message-ID.
    pub mail_id: Option<String>,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
