//! Who vouches for a customer's people, and for whose addresses.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, boolean, integer, json_binary, pk_uuid, text, text_null, uuid,
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
                table: "identity_providers",
                columns: vec![
                    pk_uuid("tenant_id"),
                    text("issuer"),
                    text("client_id"),
                    blob("client_secret"),
                    json_binary("discovered"),
                    text_null("role"),
                    boolean("passwords"),
                    boolean("second_factor"),
                    big_integer("checked_ms"),
                    big_integer("created_ms"),
                    integer("version"),
                ],
                key: &[],
                unique: &[],
                indexes: &[],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "identity_domains",
                columns: vec![uuid("tenant_id"), text("name"), text_null("confirmed")],
                key: &["tenant_id", "name"],
                // Many may name a domain, one has it: NULLs differ from each other in both databases.
                unique: &[&["confirmed"]],
                indexes: &[],
            },
        )
        .await?;
        // One at the provider is one here.
        let mut subjects = Index::create();
        subjects
            .name("users_tenant_id_oidc_subject")
            .table("users")
            .col("tenant_id")
            .col("oidc_subject")
            .unique();
        manager.create_index(subjects).await
    }
}
