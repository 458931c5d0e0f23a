//! Prompts of the database become libraries that calls are heard with.
//!
//! A customer's calls are heard with the service's common prompts and the customer's own; an own prompt takes the place of a
//! common one of its name. Libraries are carried on from version to version: a prompt is fingerprinted once, when it comes in,
//! and customers without prompts of their own share one library. Fingerprints are made on threads that may block.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use cpd_detect::front::FrontPlan;
use cpd_detect::prompts::{PromptId, PromptInfo, class_of_category};
use cpd_detect::{Class, Library};
use cpd_store::prompts::{self, Prompt};
use cpd_store::{Error, SERVICE, Tx, Uuid};
use tokio::sync::Mutex;

use crate::hearing::RATE;

/// Prompts whose sound is in memory at once while a library is filled: 60 MB where each is as long as one may be.
const PORTION: usize = 32;
/// Drafts that are kept ready: so many people work on prompts at once.
const DRAFTS_MAX: usize = 8;

/// Prompts, ready to hear with.
#[derive(Clone)]
pub(crate) struct Stocked {
    /// The version of the common ones; 0: none.
    pub(crate) common: i32,
    /// The version of the customer's own; 0: none.
    pub(crate) own: i32,
    pub(crate) library: Arc<Library>,
    /// The rows of the prompts, by name.
    pub(crate) ids: Arc<HashMap<String, Uuid>>,
    /// Prompts that cannot be recognised, and why.
    pub(crate) refused: Arc<[String]>,
}

impl Stocked {
    /// Common and own.
    pub(crate) fn versions(&self) -> (i32, i32) {
        (self.common, self.own)
    }
}

/// Why a library is not there.
#[derive(Debug)]
pub(crate) enum Unstocked {
    Store(Error),
    /// Work on it broke down.
    Broken(String),
}

impl From<Error> for Unstocked {
    fn from(why: Error) -> Unstocked {
        Unstocked::Store(why)
    }
}

/// Libraries that were made.
pub(crate) struct Stock {
    nothing: Arc<Library>,
    published: Mutex<Published>,
    /// The newest last.
    drafts: Mutex<VecDeque<(Uuid, Filled)>>,
}

struct Published {
    common: Filled,
    own: HashMap<Uuid, Filled>,
}

impl Default for Stock {
    fn default() -> Stock {
        let nothing = Arc::new(Library::empty());
        Stock {
            published: Mutex::new(Published {
                common: Filled::on(&nothing),
                own: HashMap::new(),
            }),
            drafts: Mutex::default(),
            nothing,
        }
    }
}

impl Stock {
    /// What calls of a tenant are heard with; `None`: neither the service nor it has published anything.
    pub(crate) async fn published(&self, tx: &Tx, tenant: Uuid) -> Result<Option<Stocked>, Unstocked> {
        let common = prompts::published(tx, SERVICE).await?;
        let own = match tenant {
            SERVICE => 0,
            tenant => prompts::published(tx, tenant).await?,
        };
        let mut kept = self.published.lock().await;
        if own == 0 {
            kept.own.remove(&tenant);
        }
        if (common, own) == (0, 0) {
            return Ok(None);
        }
        let below = common_layer(&mut kept.common, tx, common).await?;
        if own == 0 {
            return Ok(Some(below.stocked(common, 0, None)));
        }
        let before = kept.own.remove(&tenant);
        let filled = match before {
            Some(filled) if filled.version == own && Arc::ptr_eq(&filled.base, &below.library) => filled,
            before => {
                let wanted = prompts::list(tx, tenant, own).await?;
                fill(tx, &below.library, before, wanted, own).await?
            }
        };
        let stocked = filled.stocked(common, own, Some(&below));
        kept.own.insert(tenant, filled);
        Ok(Some(stocked))
    }

    /// What calls of the transaction's tenant would be heard with if its draft were published; without a draft, what is.
    /// `own` is the draft's number.
    pub(crate) async fn draft(&self, tx: &Tx) -> Result<Stocked, Unstocked> {
        let tenant = tx.tenant();
        let newest = prompts::libraries(tx).await?.into_iter().next();
        let number = newest.map_or(0, |library| library.number);
        let wanted = prompts::list(tx, tenant, number).await?;
        let mut kept = self.published.lock().await;
        let (common, below, published) = match tenant {
            SERVICE => (0, Filled::on(&self.nothing), Some(kept.common.clone())),
            tenant => {
                let common = prompts::published(tx, SERVICE).await?;
                let below = common_layer(&mut kept.common, tx, common).await?;
                (common, below, kept.own.get(&tenant).cloned())
            }
        };
        drop(kept);
        let mut drafts = self.drafts.lock().await;
        let at = drafts.iter().position(|(own, _)| *own == tenant);
        let before = at.and_then(|at| drafts.remove(at)).map(|(_, filled)| filled);
        // A first draft goes on from what is published.
        let before = before.or(published);
        let filled = fill(tx, &below.library, before, wanted, number).await?;
        let stocked = filled.stocked(common, number, Some(&below));
        drafts.push_back((tenant, filled));
        if drafts.len() > DRAFTS_MAX {
            drafts.pop_front();
        }
        Ok(stocked)
    }
}

/// The service's own prompts.
async fn common_layer(kept: &mut Filled, tx: &Tx, number: i32) -> Result<Filled, Unstocked> {
    if kept.version != number {
        let wanted = prompts::list(tx, SERVICE, number).await?;
        let nothing = Arc::clone(&kept.base);
        *kept = fill(tx, &nothing, Some(kept.clone()), wanted, number).await?;
    }
    Ok(kept.clone())
}

/// A layer on another.
#[derive(Clone)]
struct Filled {
    version: i32,
    base: Arc<Library>,
    /// By row; those that were refused have no number.
    prompts: HashMap<Uuid, (Prompt, Result<PromptId, String>)>,
    /// Names that stand in the base too: this layer's count.
    hidden: BTreeSet<String>,
    library: Arc<Library>,
}

impl Filled {
    fn on(base: &Arc<Library>) -> Filled {
        Filled {
            version: 0,
            base: Arc::clone(base),
            prompts: HashMap::new(),
            hidden: BTreeSet::new(),
            library: Arc::clone(base),
        }
    }

    fn stocked(&self, common: i32, own: i32, below: Option<&Filled>) -> Stocked {
        let layers = below.into_iter().chain([self]);
        let ids = layers.flat_map(|layer| layer.prompts.values());
        let refused = self.prompts.values().filter_map(|(prompt, added)| {
            let why = added.as_ref().err()?;
            Some(format!("{}: {why}", prompt.name))
        });
        Stocked {
            common,
            own,
            library: Arc::clone(&self.library),
            ids: Arc::new(ids.map(|(prompt, _)| (prompt.name.clone(), prompt.id)).collect()),
            refused: refused.collect(),
        }
    }
}

/// All of a prompt that a call could notice.
fn look(prompt: &Prompt) -> [&str; 7] {
    [
        &prompt.name,
        &prompt.operator,
        &prompt.category,
        &prompt.class,
        &prompt.language,
        &prompt.words,
        &prompt.sound,
    ]
}

/// A library of the base and these prompts, carried on from what was there before.
async fn fill(
    tx: &Tx,
    base: &Arc<Library>,
    before: Option<Filled>,
    wanted: Vec<Prompt>,
    version: i32,
) -> Result<Filled, Unstocked> {
    let hidden: BTreeSet<String> = wanted
        .iter()
        .map(|prompt| prompt.name.clone())
        .filter(|name| base.find(name).is_some())
        .collect();
    let mut filled = before
        .filter(|before| Arc::ptr_eq(&before.base, base) && before.hidden == hidden)
        .unwrap_or_else(|| Filled::on(base));
    let mut library = Library::clone(&filled.library);
    if filled.prompts.is_empty() {
        for hides in hidden.iter().filter_map(|name| base.find(name)) {
            library = library.without(hides);
        }
    }
    let by_id: HashMap<Uuid, &Prompt> = wanted.iter().map(|prompt| (prompt.id, prompt)).collect();
    let stays = |kept: &Prompt| {
        by_id
            .get(&kept.id)
            .is_some_and(|prompt| look(prompt) == look(kept))
    };
    let (stay, go): (HashMap<_, _>, HashMap<_, _>) =
        filled.prompts.into_iter().partition(|(_, (kept, _))| stays(kept));
    for number in go.into_values().filter_map(|(_, added)| added.ok()) {
        library = library.without(number);
    }
    let mut prompts = stay;
    let mut fresh: Vec<Prompt> = wanted;
    fresh.retain(|prompt| !prompts.contains_key(&prompt.id));
    while !fresh.is_empty() {
        let rest = fresh.split_off(fresh.len().min(PORTION));
        let portion = std::mem::replace(&mut fresh, rest);
        let mut sounds = Vec::with_capacity(portion.len());
        for prompt in portion {
            let samples = prompts::samples(tx, &prompt).await?;
            sounds.push((prompt, samples));
        }
        let added = tokio::task::spawn_blocking(move || add_all(library, sounds)).await;
        let (grown, added) = added.map_err(|why| Unstocked::Broken(why.to_string()))?;
        library = grown;
        prompts.extend(
            added
                .into_iter()
                .map(|(prompt, added)| (prompt.id, (prompt, added))),
        );
    }
    filled = Filled {
        version,
        base: Arc::clone(base),
        prompts,
        hidden,
        library: Arc::new(library),
    };
    Ok(filled)
}

type Taken = Vec<(Prompt, Result<PromptId, String>)>;

fn add_all(mut library: Library, sounds: Vec<(Prompt, Vec<i16>)>) -> (Library, Taken) {
    let plan = Arc::new(FrontPlan::new(RATE));
    let mut taken = Vec::with_capacity(sounds.len());
    for (prompt, samples) in sounds {
        let added = library.add(info(&prompt), &samples, &plan);
        let added = added.map(|added| added.prompt).map_err(|why| why.to_string());
        taken.push((prompt, added));
    }
    (library, taken)
}

/// A prompt, as detectors know it.
pub(crate) fn info(prompt: &Prompt) -> PromptInfo {
    PromptInfo {
        id: prompt.name.clone(),
        operator: prompt.operator.clone(),
        category: prompt.category.clone(),
        // A class is checked before it is kept; an older release may know more of them.
        class: class_of_category(&prompt.class).unwrap_or(Class::Unknown),
        lang: prompt.language.clone(),
        text: prompt.words.clone(),
        length_ms: u32::try_from(prompt.length_ms).unwrap_or(0),
    }
}
