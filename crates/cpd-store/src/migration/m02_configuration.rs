//! Trunks, policies, profiles, tone plans, and what nodes agree on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob_null, integer, json_binary, json_binary_null, pk_uuid, text, uuid,
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
                table: "objects",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("kind"),
                    text("name"),
                    json_binary("body"),
                    blob_null("secrets"),
                    integer("version"),
                    big_integer("created_ms"),
                    big_integer("changed_ms"),
                    text("changed_by"),
                ],
                key: &[],
                unique: &[&["tenant_id", "kind", "name"]],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "object_versions",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("object_id"),
                    integer("version"),
                    json_binary_null("body"),
                    big_integer("changed_ms"),
                    text("changed_by"),
                ],
                key: &[],
                unique: &[&["object_id", "version"]],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "revisions",
                columns: vec![text("name"), big_integer("value")],
                key: &["name"],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "settings",
                columns: vec![text("name"), json_binary("value")],
                key: &["name"],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "leases",
                columns: vec![text("name"), text("holder"), big_integer("until_ms")],
                key: &["name"],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        Ok(())
    }
}
