//! A request, as its log has made it.

use sea_orm::entity::prelude::*;

/// A request, as its log has made it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_requests")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose; the service's: of nobody whom we know.
    pub tenant_id: Uuid,
    /// Its number without the check digit.
    pub serial: i64,
    /// Its number.
    pub number: String,
    /// What it is about, in a line.
    pub topic: String,
    /// Incident, mass incident, consultation, development.
    pub kind: String,
    /// How much hurry.
    pub priority: String,
    /// Where it is.
    pub state: String,
    /// The door that it came by.
    pub door: String,
    /// The part of the service; empty: not said.
    pub component: String,
    /// It is a suggestion for the software.
    pub suggestion: bool,
    /// A contract was in force.
    pub contract: bool,
    /// Who wrote it.
    pub contact_id: Uuid,
    /// Colleagues that may see it.
    pub chosen: Json,
    /// Who works on it.
    pub assignee: Option<Uuid>,
    /// The mass incident above it.
    pub mass_id: Option<Uuid>,
    /// Where it goes on.
    pub survivor: Option<Uuid>,
    /// The earlier request that its first message answered.
    pub follows: Option<Uuid>,
    /// What it may belong to, for the desk.
    pub perhaps: Option<Uuid>,
    /// The call that it is about.
    pub call_id: Option<Uuid>,
    /// What was known of the call.
    pub evidence: Option<Json>,
    /// The last public word is the customer's.
    pub unanswered: bool,
    /// The first end of its running clocks.
    pub due_ms: Option<i64>,
    /// When its clocks are looked at again.
    pub next_ms: Option<i64>,
    /// Rows of its log.
    pub events: i32,
    /// When it came.
    pub created_ms: i64,
    /// When something last happened.
    pub changed_ms: i64,
}

/// None: ids lead from one to the other.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
