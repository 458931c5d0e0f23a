//! Reference prompts in layers: one of the service for all, one of each tenant. A layer has versions; a prompt is in those
//! from `since` on, up to `until`. Changes are made in the draft, the version that is not published yet; publishing
//! freezes it. Going back to an older version is a new one with the older one's prompts, so numbers only grow and a call's
//! record names what it was heard with for ever.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

pub use crate::entity::libraries::Model as Library;
pub use crate::entity::prompts::Model as Prompt;
use crate::entity::{libraries, prompts, sounds};
use crate::error::Error;
use crate::objects::count_up;
use crate::secrets::hex;
use crate::store::{SERVICE, Tx};

/// The revision that counts publications.
pub const REVISION: &str = "prompts";

/// A prompt as somebody brings it.
#[derive(Clone, Debug)]
pub struct NewPrompt {
    /// Its name in matches.
    pub name: String,
    /// Whose network says it.
    pub operator: String,
    /// What it says, as libraries sort it.
    pub category: String,
    /// What a match means.
    pub class: String,
    /// Its language.
    pub language: String,
    /// Its words.
    pub words: String,
    /// Where it came from.
    pub source: String,
    /// 8 kHz samples.
    pub samples: Vec<i16>,
}

/// Samples a millisecond.
const RATE: usize = 8;

fn layer(tenant: Uuid) -> Select<prompts::Entity> {
    prompts::Entity::find().filter(prompts::Column::TenantId.eq(tenant))
}

fn of_version(number: i32) -> Condition {
    Condition::all().add(prompts::Column::Since.lte(number)).add(
        Condition::any()
            .add(prompts::Column::Until.is_null())
            .add(prompts::Column::Until.gt(number)),
    )
}

/// Versions of the transaction's layer, newest first.
///
/// # Errors
///
/// The database's.
pub async fn libraries(tx: &Tx) -> Result<Vec<Library>, Error> {
    let query = libraries::Entity::find().filter(libraries::Column::TenantId.eq(tx.tenant()));
    Ok(query.order_by_desc(libraries::Column::Number).all(&tx.db).await?)
}

/// The newest version of the transaction's layer, for whoever changes it: others wait for this transaction, so that
/// nothing comes into a draft while it is published.
async fn newest(tx: &Tx) -> Result<Option<Library>, Error> {
    let query = libraries::Entity::find().filter(libraries::Column::TenantId.eq(tx.tenant()));
    let query = query.order_by_desc(libraries::Column::Number).limit(1);
    Ok(query.lock_exclusive().one(&tx.db).await?)
}

/// The number of the version of a layer that is in use; 0: none was published.
///
/// # Errors
///
/// The database's.
pub async fn published(tx: &Tx, layer: Uuid) -> Result<i32, Error> {
    let query = libraries::Entity::find()
        .filter(libraries::Column::TenantId.eq(layer))
        .filter(libraries::Column::State.eq("published"));
    Ok(query.one(&tx.db).await?.map_or(0, |library| library.number))
}

/// Layers that have something published.
///
/// # Errors
///
/// The database's.
pub async fn layers(tx: &Tx) -> Result<Vec<Library>, Error> {
    let query = libraries::Entity::find().filter(libraries::Column::State.eq("published"));
    Ok(query.all(&tx.db).await?)
}

/// Prompts of a version of a layer, by name: one's own or the service's.
///
/// # Errors
///
/// [`Error::Missing`]: it is another tenant's layer.
pub async fn list(tx: &Tx, tenant: Uuid, number: i32) -> Result<Vec<Prompt>, Error> {
    if !tx.sees_all() && tenant != tx.tenant() && tenant != SERVICE {
        return Err(Error::Missing);
    }
    let query = layer(tenant).filter(of_version(number));
    Ok(query.order_by_asc(prompts::Column::Name).all(&tx.db).await?)
}

/// One prompt: one's own or the service's.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn find(tx: &Tx, id: Uuid) -> Result<Prompt, Error> {
    let mut query = prompts::Entity::find_by_id(id);
    if !tx.sees_all() {
        query = query.filter(prompts::Column::TenantId.is_in([tx.tenant(), SERVICE]));
    }
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

/// A prompt's samples.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn samples(tx: &Tx, prompt: &Prompt) -> Result<Vec<i16>, Error> {
    let key = (prompt.tenant_id, prompt.sound.clone());
    let sound = sounds::Entity::find_by_id(key).one(&tx.db).await?;
    let bytes = sound.ok_or(Error::Missing)?.samples;
    Ok(bytes
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect())
}

/// The draft of the transaction's layer; it is begun where there is none.
///
/// # Errors
///
/// The database's.
pub async fn draft(tx: &Tx, now_ms: i64) -> Result<Library, Error> {
    let newest = newest(tx).await?;
    if let Some(draft) = newest.as_ref().filter(|library| library.state == "draft") {
        return Ok(draft.clone());
    }
    let row = libraries::ActiveModel {
        tenant_id: Set(tx.tenant()),
        number: Set(newest.map_or(0, |library| library.number) + 1),
        state: Set("draft".to_owned()),
        note: Set(String::new()),
        prompts: Set(0),
        created_ms: Set(now_ms),
        published_ms: Set(None),
        published_by: Set(None),
    };
    Ok(row.insert(&tx.db).await?)
}

/// Adds a prompt to the draft.
///
/// # Errors
///
/// [`Error::Taken`]: the draft has one of this name.
pub async fn add(tx: &Tx, new: NewPrompt, by: &str, now_ms: i64) -> Result<Prompt, Error> {
    let draft = draft(tx, now_ms).await?;
    let same = layer(tx.tenant())
        .filter(of_version(draft.number))
        .filter(prompts::Column::Name.eq(&new.name));
    if same.one(&tx.db).await?.is_some() {
        return Err(Error::Taken);
    }
    let length_ms = i32::try_from(new.samples.len() / RATE).unwrap_or(i32::MAX);
    let row = prompts::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tx.tenant()),
        name: Set(new.name),
        operator: Set(new.operator),
        category: Set(new.category),
        class: Set(new.class),
        language: Set(new.language),
        words: Set(new.words),
        length_ms: Set(length_ms),
        sound: Set(keep_sound(tx, &new.samples).await?),
        source: Set(new.source),
        since: Set(draft.number),
        until: Set(None),
        created_ms: Set(now_ms),
        created_by: Set(by.to_owned()),
    };
    Ok(row.insert(&tx.db).await?)
}

async fn keep_sound(tx: &Tx, samples: &[i16]) -> Result<String, Error> {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let name = hex(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref());
    let row = sounds::ActiveModel {
        tenant_id: Set(tx.tenant()),
        name: Set(name.clone()),
        samples: Set(bytes),
    };
    let conflict = OnConflict::columns([sounds::Column::TenantId, sounds::Column::Name])
        .do_nothing()
        .to_owned();
    sounds::Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(&tx.db)
        .await?;
    Ok(name)
}

/// Changes what a prompt of the draft is called and means. One that is published already leaves with this draft, and a
/// changed one comes in its place.
///
/// # Errors
///
/// [`Error::Missing`]: the draft has none of this id. [`Error::Taken`]: another has the name.
pub async fn change(
    tx: &Tx,
    id: Uuid,
    by: &str,
    now_ms: i64,
    change: impl FnOnce(&mut Prompt),
) -> Result<Prompt, Error> {
    let draft = draft(tx, now_ms).await?;
    let old = in_draft(tx, id, draft.number).await?;
    let mut new = old.clone();
    change(&mut new);
    let same = layer(tx.tenant())
        .filter(of_version(draft.number))
        .filter(prompts::Column::Name.eq(&new.name))
        .filter(prompts::Column::Id.ne(id));
    if same.one(&tx.db).await?.is_some() {
        return Err(Error::Taken);
    }
    if old.since == draft.number {
        return Ok(new.into_active_model().reset_all().update(&tx.db).await?);
    }
    leave(tx, &old, draft.number).await?;
    new.id = Uuid::now_v7();
    new.since = draft.number;
    new.created_ms = now_ms;
    new.created_by = by.to_owned();
    Ok(new.into_active_model().reset_all().insert(&tx.db).await?)
}

/// Takes a prompt out of the draft.
///
/// # Errors
///
/// [`Error::Missing`].
pub async fn remove(tx: &Tx, id: Uuid, now_ms: i64) -> Result<Prompt, Error> {
    let draft = draft(tx, now_ms).await?;
    let old = in_draft(tx, id, draft.number).await?;
    if old.since == draft.number {
        prompts::Entity::delete_by_id(id).exec(&tx.db).await?;
    } else {
        leave(tx, &old, draft.number).await?;
    }
    Ok(old)
}

async fn in_draft(tx: &Tx, id: Uuid, number: i32) -> Result<Prompt, Error> {
    let query = layer(tx.tenant())
        .filter(prompts::Column::Id.eq(id))
        .filter(of_version(number));
    query.one(&tx.db).await?.ok_or(Error::Missing)
}

async fn leave(tx: &Tx, prompt: &Prompt, number: i32) -> Result<(), Error> {
    let row = prompts::ActiveModel {
        id: Set(prompt.id),
        until: Set(Some(number)),
        ..Default::default()
    };
    row.update(&tx.db).await?;
    Ok(())
}

/// Publishes the draft: new calls are heard with it.
///
/// # Errors
///
/// [`Error::Missing`]: there is no draft.
pub async fn publish(tx: &Tx, note: &str, by: &str, now_ms: i64) -> Result<Library, Error> {
    let draft = newest(tx)
        .await?
        .filter(|library| library.state == "draft")
        .ok_or(Error::Missing)?;
    libraries::Entity::update_many()
        .col_expr(libraries::Column::State, Expr::value("retired"))
        .filter(libraries::Column::TenantId.eq(tx.tenant()))
        .filter(libraries::Column::State.eq("published"))
        .exec(&tx.db)
        .await?;
    let count = layer(tx.tenant())
        .filter(of_version(draft.number))
        .count(&tx.db)
        .await?;
    let row = libraries::ActiveModel {
        tenant_id: Set(draft.tenant_id),
        number: Set(draft.number),
        state: Set("published".to_owned()),
        note: Set(note.to_owned()),
        prompts: Set(i32::try_from(count).unwrap_or(i32::MAX)),
        published_ms: Set(Some(now_ms)),
        published_by: Set(Some(by.to_owned())),
        ..Default::default()
    };
    let library = row.update(&tx.db).await?;
    count_up(tx, REVISION).await?;
    Ok(library)
}

/// Throws the draft away.
///
/// # Errors
///
/// [`Error::Missing`]: there is none.
pub async fn discard(tx: &Tx) -> Result<(), Error> {
    let draft = newest(tx)
        .await?
        .filter(|library| library.state == "draft")
        .ok_or(Error::Missing)?;
    prompts::Entity::delete_many()
        .filter(prompts::Column::TenantId.eq(tx.tenant()))
        .filter(prompts::Column::Since.eq(draft.number))
        .exec(&tx.db)
        .await?;
    prompts::Entity::update_many()
        .col_expr(prompts::Column::Until, Expr::value(Option::<i32>::None))
        .filter(prompts::Column::TenantId.eq(tx.tenant()))
        .filter(prompts::Column::Until.eq(draft.number))
        .exec(&tx.db)
        .await?;
    libraries::Entity::delete_by_id((tx.tenant(), draft.number))
        .exec(&tx.db)
        .await?;
    Ok(())
}

/// Makes the draft hold what an older version held; publishing it goes back to that.
///
/// # Errors
///
/// [`Error::Missing`]: there is no such version.
pub async fn restore(tx: &Tx, number: i32, by: &str, now_ms: i64) -> Result<Library, Error> {
    let all = libraries(tx).await?;
    if !all
        .iter()
        .any(|library| library.number == number && library.state != "draft")
    {
        return Err(Error::Missing);
    }
    if all.first().is_some_and(|library| library.state == "draft") {
        discard(tx).await?;
    }
    let draft = draft(tx, now_ms).await?;
    let now = by_look(list(tx, tx.tenant(), draft.number).await?);
    let then = by_look(list(tx, tx.tenant(), number).await?);
    for (_, prompt) in now.iter().filter(|(look, _)| !then.contains_key(*look)) {
        leave(tx, prompt, draft.number).await?;
    }
    for (_, prompt) in then.into_iter().filter(|(look, _)| !now.contains_key(look)) {
        let back = Prompt {
            id: Uuid::now_v7(),
            since: draft.number,
            until: None,
            created_ms: now_ms,
            created_by: by.to_owned(),
            ..prompt
        };
        back.into_active_model().reset_all().insert(&tx.db).await?;
    }
    Ok(draft)
}

/// Prompts by all that a call could notice of them.
fn by_look(prompts: Vec<Prompt>) -> BTreeMap<[String; 7], Prompt> {
    let look = |prompt: &Prompt| {
        [
            prompt.name.clone(),
            prompt.operator.clone(),
            prompt.category.clone(),
            prompt.class.clone(),
            prompt.language.clone(),
            prompt.words.clone(),
            prompt.sound.clone(),
        ]
    };
    prompts
        .into_iter()
        .map(|prompt| (look(&prompt), prompt))
        .collect()
}
