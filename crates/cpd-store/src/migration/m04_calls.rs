//! Calls, their recordings, what people say of them, and their counts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, boolean_null, float_null, integer, integer_null, json_binary,
    pk_uuid, text, text_null, uuid,
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
                table: "calls",
                columns: vec![
                    uuid("id"),
                    big_integer("began_ms"),
                    uuid("tenant_id"),
                    text("node"),
                    text("name"),
                    text("dialer"),
                    text_null("carrier"),
                    text("caller"),
                    text("callee"),
                    text_null("reference"),
                    text_null("campaign"),
                    text_null("class"),
                    text_null("phase"),
                    float_null("confidence"),
                    text_null("prompt"),
                    text_null("operator"),
                    integer_null("status"),
                    text("ended_by"),
                    integer("q850"),
                    integer_null("decided_ms"),
                    integer_null("answered_ms"),
                    integer_null("connected_ms"),
                    integer("held_ms"),
                    integer("length_ms"),
                    text_null("deaf"),
                    boolean("recorded"),
                    integer("library"),
                    integer("own_library"),
                    json_binary("detail"),
                ],
                key: &["id", "began_ms"],
                unique: &[],
                indexes: &[
                    &["tenant_id", "began_ms", "id"],
                    &["tenant_id", "class", "began_ms"],
                    &["tenant_id", "callee", "began_ms"],
                    &["tenant_id", "dialer", "began_ms"],
                ],
            },
        )
        .await?;
        finish_calls(manager).await?;
        create(
            manager,
            Columns {
                table: "recordings",
                columns: vec![
                    uuid("call_id"),
                    uuid("tenant_id"),
                    big_integer("began_ms"),
                    text("node"),
                    text("path"),
                    integer("length_ms"),
                    boolean("cut"),
                    big_integer_null("expires_ms"),
                ],
                key: &["call_id"],
                unique: &[],
                indexes: &[&["tenant_id", "began_ms"], &["expires_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "labels",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("call_id"),
                    big_integer("began_ms"),
                    text("source"),
                    boolean_null("right"),
                    text_null("truth"),
                    text_null("code"),
                    text("note"),
                    text("by"),
                    big_integer("at_ms"),
                ],
                key: &[],
                unique: &[&["call_id", "source"]],
                indexes: &[&["tenant_id", "began_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "call_hours",
                columns: vec![
                    uuid("tenant_id"),
                    big_integer("hour_ms"),
                    text("dialer"),
                    text("campaign"),
                    text("operator"),
                    text("class"),
                    text("phase"),
                    boolean("answered"),
                    big_integer("calls"),
                    big_integer("refused"),
                    big_integer("decided"),
                    big_integer("decided_ms"),
                    big_integer("talk_ms"),
                ],
                key: &[
                    "tenant_id",
                    "hour_ms",
                    "dialer",
                    "campaign",
                    "operator",
                    "class",
                    "phase",
                    "answered",
                ],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "views",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("user_id"),
                    text("name"),
                    text("query"),
                    boolean("shared"),
                    big_integer("created_ms"),
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
                table: "retention",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("what"),
                    text("class"),
                    integer("days"),
                ],
                key: &[],
                unique: &[&["tenant_id", "what", "class"]],
                indexes: &[],
            },
        )
        .await?;
        Ok(())
    }
}

/// Words that few calls have take no room in an index for those that have none. Numbers are compared byte by byte, so that
/// their beginnings are a range of the index: PostgreSQL's own operators of patterns may not look at rows before the wall
/// between tenants did, so its indexes do not serve `LIKE`.
async fn finish_calls(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut statements = Vec::new();
    if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
        for number in ["caller", "callee"] {
            statements.push(format!(
                "ALTER TABLE calls ALTER COLUMN {number} TYPE text COLLATE \"C\""
            ));
        }
    }
    for (word, and) in [
        ("campaign", ", began_ms"),
        ("prompt", ", began_ms"),
        ("operator", ", began_ms"),
        ("reference", ""),
    ] {
        statements.push(format!(
            "CREATE INDEX calls_{word} ON calls (tenant_id, {word}{and}) WHERE {word} IS NOT NULL"
        ));
    }
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
