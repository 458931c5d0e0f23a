//! Customers, their people and programs, and who is logged in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob_null, boolean, integer, json_binary, pk_uuid, text, text_null, uuid,
    uuid_null,
};

use super::{Columns, create};

/// The step.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            Columns {
                table: "tenants",
                columns: vec![
                    pk_uuid("id"),
                    text("slug"),
                    text("name"),
                    boolean("active"),
                    json_binary("settings"),
                    big_integer("created_ms"),
                    integer("version"),
                ],
                key: &[],
                unique: &[&["slug"]],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "users",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("email"),
                    text("name"),
                    text("role"),
                    text_null("password_hash"),
                    blob_null("totp_secret"),
                    boolean("totp_confirmed"),
                    big_integer("totp_step"),
                    text_null("oidc_subject"),
                    text("language"),
                    boolean("disabled"),
                    integer("failures"),
                    big_integer("locked_until_ms"),
                    big_integer_null("seen_ms"),
                    big_integer("created_ms"),
                    integer("version"),
                ],
                key: &[],
                unique: &[&["email"]],
                indexes: &[&["tenant_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "sessions",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("user_id"),
                    text("token_hash"),
                    big_integer("created_ms"),
                    big_integer("seen_ms"),
                    big_integer("expires_ms"),
                    text("address"),
                    text("agent"),
                    boolean("pending"),
                ],
                key: &[],
                unique: &[&["token_hash"]],
                indexes: &[&["user_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "api_keys",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("name"),
                    text("prefix"),
                    text("token_hash"),
                    text("role"),
                    json_binary("scopes"),
                    uuid_null("created_by"),
                    big_integer("created_ms"),
                    big_integer_null("expires_ms"),
                    big_integer_null("seen_ms"),
                    big_integer_null("revoked_ms"),
                ],
                key: &[],
                unique: &[&["token_hash"]],
                indexes: &[&["tenant_id"]],
            },
        )
        .await?;
        Ok(())
    }
}
