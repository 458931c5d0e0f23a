//! Reference prompts and the versions of their layers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, integer, integer_null, pk_uuid, text, text_null, uuid,
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
                table: "prompts",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("name"),
                    text("operator"),
                    text("category"),
                    text("class"),
                    text("language"),
                    text("words"),
                    integer("length_ms"),
                    text("sound"),
                    text("source"),
                    integer("since"),
                    integer_null("until"),
                    big_integer("created_ms"),
                    text("created_by"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["tenant_id", "name"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "sounds",
                columns: vec![uuid("tenant_id"), text("name"), blob("samples")],
                key: &["tenant_id", "name"],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "libraries",
                columns: vec![
                    uuid("tenant_id"),
                    integer("number"),
                    text("state"),
                    text("note"),
                    integer("prompts"),
                    big_integer("created_ms"),
                    big_integer_null("published_ms"),
                    text_null("published_by"),
                ],
                key: &["tenant_id", "number"],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        Ok(())
    }
}
