//! The desk: requests, who writes them, what was promised, what goes out.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, boolean, integer, integer_null, json_binary, json_binary_null,
    pk_uuid, text, text_null, uuid, uuid_null,
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
                table: "desk_contacts",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("name"),
                    uuid_null("user_id"),
                    text("language"),
                    boolean("erased"),
                    big_integer("created_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["tenant_id", "name"], &["user_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_addresses",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("contact_id"),
                    text("door"),
                    text("address"),
                    boolean("verified"),
                    big_integer("created_ms"),
                ],
                key: &[],
                unique: &[&["door", "address"]],
                indexes: &[&["tenant_id", "contact_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_contracts",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("number"),
                    big_integer("from_ms"),
                    big_integer_null("until_ms"),
                    json_binary("terms"),
                    integer("version"),
                    big_integer("created_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["tenant_id", "from_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_requests",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    big_integer("serial"),
                    text("number"),
                    text("topic"),
                    text("kind"),
                    text("priority"),
                    text("state"),
                    text("door"),
                    text("component"),
                    boolean("suggestion"),
                    boolean("contract"),
                    uuid("contact_id"),
                    json_binary("chosen"),
                    uuid_null("assignee"),
                    uuid_null("mass_id"),
                    uuid_null("survivor"),
                    uuid_null("follows"),
                    uuid_null("perhaps"),
                    uuid_null("call_id"),
                    json_binary_null("evidence"),
                    boolean("unanswered"),
                    big_integer_null("due_ms"),
                    big_integer_null("next_ms"),
                    integer("events"),
                    big_integer("created_ms"),
                    big_integer("changed_ms"),
                ],
                key: &[],
                unique: &[&["serial"]],
                indexes: &[
                    &["tenant_id", "changed_ms", "id"],
                    &["state", "changed_ms", "id"],
                    &["assignee", "state"],
                    &["mass_id"],
                    &["next_ms"],
                    &["contact_id", "changed_ms"],
                ],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_names",
                columns: vec![text("name"), uuid("tenant_id"), uuid("request_id")],
                key: &["name"],
                unique: &[],
                indexes: &[&["request_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_events",
                columns: vec![
                    uuid("request_id"),
                    integer("seq"),
                    uuid("tenant_id"),
                    big_integer("at_ms"),
                    json_binary("by"),
                    text("by_name"),
                    json_binary("what"),
                ],
                key: &["request_id", "seq"],
                unique: &[],
                indexes: &[&["tenant_id", "at_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_messages",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("request_id"),
                    big_integer("at_ms"),
                    text("side"),
                    text("from"),
                    uuid_null("person"),
                    text("name"),
                    text("door"),
                    text("text"),
                    text("rest"),
                    boolean("automated"),
                    boolean("unverified"),
                    text_null("origin"),
                    text_null("mail_id"),
                ],
                key: &[],
                unique: &[&["origin"]],
                indexes: &[&["request_id", "at_ms", "id"], &["mail_id"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_files",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid_null("request_id"),
                    uuid_null("message_id"),
                    text("by"),
                    text("name"),
                    text("kind"),
                    integer("size"),
                    integer_null("width"),
                    integer_null("height"),
                    blob("data"),
                    big_integer("created_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["message_id"], &["request_id", "created_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_outgoing",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    uuid("request_id"),
                    uuid_null("message_id"),
                    text("kind"),
                    text("door"),
                    text("address"),
                    json_binary("payload"),
                    text("state"),
                    integer("attempts"),
                    big_integer("next_ms"),
                    text_null("error"),
                    text_null("origin"),
                    big_integer("created_ms"),
                    big_integer_null("ended_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[
                    &["state", "next_ms"],
                    &["request_id", "created_ms"],
                    &["message_id"],
                ],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_masses",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("topic"),
                    text("component"),
                    text("text"),
                    text("state"),
                    text("solution"),
                    text("by"),
                    integer("version"),
                    big_integer("created_ms"),
                    big_integer_null("ended_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["state", "created_ms"]],
            },
        )
        .await?;
        create(
            manager,
            Columns {
                table: "desk_texts",
                columns: vec![
                    pk_uuid("id"),
                    uuid("tenant_id"),
                    text("kind"),
                    text("language"),
                    text("title"),
                    text("text"),
                    boolean("published"),
                    integer("version"),
                    big_integer("changed_ms"),
                ],
                key: &[],
                unique: &[],
                indexes: &[&["kind", "title"]],
            },
        )
        .await?;
        Ok(())
    }
}
