//! What is written beforehand: answers of the desk, articles for customers.

use sea_orm::entity::prelude::*;

/// What is written beforehand: answers of the desk, articles for customers.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_texts")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The service's.
    pub tenant_id: Uuid,
    /// `answer` or `article`.
    pub kind: String,
    /// `ru` or `en`.
    pub language: String,
    /// What it is called.
    pub title: String,
    /// Itself.
    pub text: String,
    /// Customers see it.
    pub published: bool,
    /// Counts its changes.
    pub version: i32,
    /// When it was last changed.
    pub changed_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
