//! Calls of an hour, counted as they are written.

use sea_orm::entity::prelude::*;

/// Calls of an hour, counted as they are written.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "call_hours")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The hour's first millisecond.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour_ms: i64,
    /// The trunk.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dialer: String,
    /// The campaign; empty: none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign: String,
    /// Whose prompt matched; empty: none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub operator: String,
    /// The class; empty: none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub class: String,
    /// `early`, `answered` or empty.
    #[sea_orm(primary_key, auto_increment = false)]
    pub phase: String,
    /// The carrier answered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub answered: bool,
    /// How many.
    pub calls: i64,
    /// How many were refused by us.
    pub refused: i64,
    /// How many have a verdict.
    pub decided: i64,
    /// Their times to the verdict, together; after the answer from the answer on.
    pub decided_ms: i64,
    /// Time connected, together.
    pub talk_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
