//! A person.

use sea_orm::entity::prelude::*;

/// A person.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose they are.
    pub tenant_id: Uuid,
    /// What they log in with, in lower case.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: String,
    /// Argon2id, in PHC form; none where only an identity provider vouches.
    pub password_hash: Option<String>,
    /// The sealed secret of their one-time codes.
    pub totp_secret: Option<Vec<u8>>,
    /// One-time codes are asked for.
    pub totp_confirmed: bool,
    /// The last time step whose code was taken: none is taken twice.
    pub totp_step: i64,
    /// Who they are at the identity provider.
    pub oidc_subject: Option<String>,
    /// `ru` or `en`.
    pub language: String,
    /// They cannot log in.
    pub disabled: bool,
    /// Wrong passwords in a row.
    pub failures: i32,
    /// Until then no password is looked at.
    pub locked_until_ms: i64,
    /// Their last login.
    pub seen_ms: Option<i64>,
    /// When they came.
    pub created_ms: i64,
    /// Counts their changes.
    pub version: i32,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
