//! What goes out, what was done, and what is under way.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, boolean, float, integer, integer_null, json_binary,
    json_binary_null, pk_uuid, text, text_null, uuid,
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
                table: "webhooks",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("name"),
                    text("url"),
                    json_binary("events"),
                    blob("secret"),
                    boolean("active"),
                    integer("failures"),
                    big_integer("created_ms"),
                    integer("version"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["tenant_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "outbox",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("kind"),
                    json_binary("payload"),
                    big_integer("created_ms"),
                    boolean("fanned"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["tenant_id", "created_ms"], &["fanned", "created_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "deliveries",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("webhook_id"),
                    uuid("event_id"),
                    text("kind"),
                    text("state"),
                    integer("attempts"),
                    big_integer("next_ms"),
                    integer_null("status"),
                    text_null("error"),
                    integer_null("took_ms"),
                    big_integer("created_ms"),
                    big_integer_null("ended_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[
                    &["state", "next_ms"],
                    &["tenant_id", "webhook_id", "created_ms"],
                    &["event_id"],
                ],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "audit",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    big_integer("at_ms"),
                    text("actor"),
                    text("actor_name"),
                    text("address"),
                    text("action"),
                    text("object"),
                    json_binary("change"),
                    text("request"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["tenant_id", "at_ms", "id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "idempotency",
                columns: vec![
                    uuid("tenant_id"),
                    text("actor"),
                    text("name"),
                    text("request"),
                    integer("status"),
                    json_binary("body"),
                    big_integer("created_ms"),
                ],
                key: &["tenant_id", "actor", "name"],
                unique: &[],
                indexes: &[&["created_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "jobs",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("kind"),
                    text("state"),
                    json_binary("parameters"),
                    float("progress"),
                    json_binary_null("result"),
                    text_null("file"),
                    text_null("error"),
                    text("node"),
                    big_integer("lease_ms"),
                    text("created_by"),
                    big_integer("created_ms"),
                    big_integer_null("ended_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["state", "created_ms"], &["tenant_id", "created_ms"]],
            },
        )
        .await?;
        Ok(())
    }
}
