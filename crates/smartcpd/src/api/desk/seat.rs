//! On which side of the desk somebody sits.
//!
//! The desk's staff see all customers' requests, or those of the customer that they chose. Somebody of a customer sees what
//! the contract shows of it: their own at least. What one does not see does not exist.

use cpd_desk::{Actor, PersonId, Sees, Side, Viewer, may_see};
use cpd_store::desk::contacts::{self, Contact, NewContact};
use cpd_store::desk::requests::{self, Request, Sight};
use cpd_store::users::{self, Role};
use cpd_store::{SERVICE, Tx, Uuid};

use super::super::app::App;
use super::super::caller::{Caller, Who};
use super::super::permission::Permission;
use super::super::problem::{Kind, Problem};
use crate::desk::work::{self, By};

/// Where somebody sits.
#[derive(Clone, Debug)]
pub(super) enum Seat {
    /// Of the desk; for one customer, or for all.
    Staff { person: Uuid, customer: Option<Uuid> },
    /// Of a customer.
    Customer {
        contact: Contact,
        user: Option<Uuid>,
        administrator: bool,
        sees: Sees,
    },
}

/// A transaction, and the seat of who asks.
pub(super) async fn take(app: &App, caller: &Caller, writes: bool) -> Result<(Tx, Seat), Problem> {
    caller.may(match writes {
        true => Permission::RequestsWrite,
        false => Permission::RequestsRead,
    })?;
    if caller.home == SERVICE {
        caller.may(Permission::DeskWork)?;
        let tx = app.service(writes).await?;
        let customer = (caller.tenant != SERVICE).then_some(caller.tenant);
        return Ok((
            tx,
            Seat::Staff {
                person: id(caller),
                customer,
            },
        ));
    }
    let now = app.now();
    let (tx, contact, user) = match writes {
        true => known_or_new(app, caller, now).await?,
        false => {
            let tx = caller.read_own(app).await?;
            match known(&tx, caller).await? {
                Some((contact, user)) => (tx, contact, user),
                // Who is seen for the first time gets a contact.
                None => known_or_new(app, caller, now).await?,
            }
        }
    };
    let sees = work::contract(&tx, caller.tenant, now)
        .await?
        .map_or(Sees::Nobody, |contract| contract.sees);
    let seat = Seat::Customer {
        contact,
        user,
        administrator: caller.role == Role::Admin,
        sees,
    };
    Ok((tx, seat))
}

type Known = (Contact, Option<Uuid>);

/// Somebody of a customer, if they were seen before.
async fn known(tx: &Tx, caller: &Caller) -> Result<Option<Known>, Problem> {
    Ok(match &caller.who {
        Who::Person { user, .. } => contacts::known(tx, *user)
            .await?
            .map(|contact| (contact, Some(*user))),
        Who::Program { key, .. } => {
            let found = contacts::behind(tx, "api", &key.to_string()).await?;
            found.map(|(contact, _)| (contact, None))
        }
    })
}

async fn known_or_new(
    app: &App,
    caller: &Caller,
    now_ms: i64,
) -> Result<(Tx, Contact, Option<Uuid>), Problem> {
    let tx = caller.write(app).await?;
    let (contact, user) = match (known(&tx, caller).await?, &caller.who) {
        (Some(known), _) => known,
        (None, Who::Person { user, .. }) => {
            let user = users::find(&tx, *user).await?;
            (contacts::of_user(&tx, &user, now_ms).await?, Some(user.id))
        }
        (None, Who::Program { key, .. }) => (of_program(&tx, caller, *key, now_ms).await?, None),
    };
    Ok((tx, contact, user))
}

/// The same, for what only the desk does.
pub(super) async fn staff(app: &App, caller: &Caller, writes: bool) -> Result<(Tx, By), Problem> {
    caller.may(Permission::DeskWork)?;
    let tx = app.service(writes).await?;
    Ok((tx, by_staff(caller)))
}

fn by_staff(caller: &Caller) -> By {
    By {
        actor: Actor::Staff(PersonId(id(caller))),
        name: caller.name.clone(),
    }
}

fn id(caller: &Caller) -> Uuid {
    match caller.who {
        Who::Person { user, .. } => user,
        Who::Program { key, .. } => key,
    }
}

/// A program of a customer writes as itself.
async fn of_program(tx: &Tx, caller: &Caller, key: Uuid, now_ms: i64) -> Result<Contact, Problem> {
    let new = NewContact {
        tenant: caller.tenant,
        name: caller.name.clone(),
        user: None,
        language: "ru".to_owned(),
    };
    let contact = contacts::add(tx, new, now_ms).await?;
    contacts::bind(tx, &contact, "api", &key.to_string(), true, now_ms).await?;
    Ok(contact)
}

impl Seat {
    pub(super) fn is_staff(&self) -> bool {
        matches!(self, Seat::Staff { .. })
    }

    /// Who acts, for the rules.
    pub(super) fn by(&self, caller: &Caller) -> By {
        match self {
            Seat::Staff { .. } => by_staff(caller),
            Seat::Customer { contact, .. } => By {
                actor: Actor::Customer(Some(PersonId(contact.id))),
                name: contact.name.clone(),
            },
        }
    }

    /// Lists tell no more than this.
    pub(super) fn sight(&self) -> Sight {
        match self {
            Seat::Staff { .. } => Sight::All,
            Seat::Customer {
                contact,
                user,
                administrator,
                sees,
            } => match (sees, user) {
                (Sees::Everyone, _) => Sight::All,
                (Sees::Administrators, _) if *administrator => Sight::All,
                (Sees::Chosen, Some(user)) => Sight::Chosen(contact.id, *user),
                (Sees::Nobody | Sees::Administrators | Sees::Chosen, _) => Sight::Own(contact.id),
            },
        }
    }

    fn sees(&self, request: &Request) -> bool {
        match self {
            Seat::Staff { customer, .. } => customer.is_none_or(|customer| request.tenant_id == customer),
            Seat::Customer {
                contact,
                user,
                administrator,
                sees,
            } => {
                // The author is a contact, colleagues are chosen by their login.
                if request.contact_id == contact.id {
                    return true;
                }
                let viewer = Viewer::Colleague {
                    person: PersonId(user.unwrap_or(contact.id)),
                    administrator: *administrator,
                };
                may_see(viewer, sees, None, &work::chosen(request))
            }
        }
    }

    /// A request, by its id or its number, if it is seen from here.
    pub(super) async fn find(&self, tx: &Tx, name: &str) -> Result<Request, Problem> {
        let found = match Uuid::try_parse(name) {
            Ok(id) => Some(requests::find(tx, id).await?),
            Err(_) => requests::named(tx, &cpd_desk::tag(name)).await?,
        };
        found
            .filter(|request| self.sees(request))
            .ok_or_else(Problem::not_found)
    }

    /// The side of a message that one wants to write.
    pub(super) fn side(&self, internal: bool) -> Result<Side, Problem> {
        match (internal, self) {
            (false, _) => Ok(Side::Public),
            (true, Seat::Staff { .. }) => Ok(Side::Internal),
            (true, Seat::Customer { .. }) => Err(Problem::new(
                Kind::Forbidden,
                "notes of its own are for the desk alone",
            )),
        }
    }
}
