//! The desk's rows: requests and their logs, conversations, who writes, contracts, what goes out.
//!
//! What may happen is decided elsewhere (`cpd-desk`); here its events are kept in order, each message once, each number once.
//! Who has not been told apart yet belongs to the service's own tenant.

pub mod contacts;
pub mod contracts;
pub mod files;
pub mod masses;
pub mod messages;
pub mod outgoing;
pub mod requests;
pub mod texts;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::entity::{desk_events, desk_files, desk_messages, desk_outgoing, desk_requests};
use crate::error::Error;
use crate::store::Tx;

/// What is gone of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Messages whose words are gone.
    pub messages: u64,
    /// Files that are gone.
    pub files: u64,
}

/// What stands where words stood.
const ERASED: &str = "—";

/// Makes somebody a pseudonym. Their name, addresses, words, topics and files go; requests stay with numbers, times and states,
/// for clocks and reports are made of these.
///
/// # Errors
///
/// The database's.
pub async fn erase(tx: &Tx, contact: &contacts::Contact, pseudonym: &str) -> Result<Gone, Error> {
    let own = || {
        desk_requests::Entity::find()
            .select_only()
            .column(desk_requests::Column::Id)
            .filter(desk_requests::Column::ContactId.eq(contact.id))
            .into_query()
    };
    let said = || {
        desk_messages::Entity::find()
            .select_only()
            .column(desk_messages::Column::Id)
            .filter(desk_messages::Column::Person.eq(contact.id))
            .into_query()
    };
    let files = desk_files::Entity::delete_many()
        .filter(desk_files::Column::MessageId.in_subquery(said()))
        .exec(&tx.db)
        .await?;
    let messages = desk_messages::Entity::update_many()
        .col_expr(desk_messages::Column::Name, Expr::value(pseudonym))
        .col_expr(desk_messages::Column::Text, Expr::value(ERASED))
        .col_expr(desk_messages::Column::Rest, Expr::value(""))
        .col_expr(desk_messages::Column::MailId, Expr::value(None::<String>))
        .filter(desk_messages::Column::Person.eq(contact.id))
        .exec(&tx.db)
        .await?;
    // What the desk answered may name them: quotes, greetings.
    desk_messages::Entity::update_many()
        .col_expr(desk_messages::Column::Text, Expr::value(ERASED))
        .col_expr(desk_messages::Column::Rest, Expr::value(""))
        .filter(desk_messages::Column::RequestId.in_subquery(own()))
        .exec(&tx.db)
        .await?;
    desk_events::Entity::update_many()
        .col_expr(desk_events::Column::ByName, Expr::value(pseudonym))
        .filter(desk_events::Column::RequestId.in_subquery(own()))
        .filter(desk_events::Column::ByName.eq(contact.name.as_str()))
        .exec(&tx.db)
        .await?;
    desk_outgoing::Entity::delete_many()
        .filter(desk_outgoing::Column::RequestId.in_subquery(own()))
        .exec(&tx.db)
        .await?;
    desk_requests::Entity::update_many()
        .col_expr(desk_requests::Column::Topic, Expr::value(ERASED))
        .filter(desk_requests::Column::ContactId.eq(contact.id))
        .exec(&tx.db)
        .await?;
    contacts::erase(tx, contact.id, pseudonym).await?;
    Ok(Gone {
        messages: messages.rows_affected,
        files: files.rows_affected,
    })
}
