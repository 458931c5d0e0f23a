//! Whose and which: ids that cannot be taken for one another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident),* $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(pub Uuid);
    )*};
}

id! {
    /// A request.
    RequestId,
    /// A message of a request's conversation.
    MessageId,
    /// A mass incident: the record that no customer sees.
    MassId,
    /// A customer: a legal entity with a contract.
    CustomerId,
    /// Somebody: of a customer, or of the desk.
    PersonId,
}
