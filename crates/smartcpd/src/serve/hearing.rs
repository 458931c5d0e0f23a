//! What calls are heard with: tone plans and announcements, loaded whole.

use std::path::PathBuf;
use std::sync::Arc;

use cpd_detect::{Library, Shared};

use crate::cli::{Hearing, ProfileName};
use crate::fault::Fault;
use crate::hearing::RATE;
use crate::library;
use crate::plans;
use crate::serve::config::HearingPlan;

/// What is heard with where no customer's own prompts come before it.
#[derive(Clone)]
pub(crate) struct Base {
    /// Tone plans, without prompts: customers' prompts are put into it.
    pub(crate) bare: Shared,
    /// With the announcements of the file; `None`: they could not be read, and calls pass unheard.
    pub(crate) file: Option<Shared>,
}

/// What was loaded.
pub(crate) struct Loaded {
    pub(crate) base: Base,
    /// Announcements in it.
    pub(crate) prompts: usize,
    /// What is wrong with the folder, or with single announcements.
    pub(crate) faults: Vec<Fault>,
}

impl Loaded {
    /// There is a folder, and not one announcement in it could be read.
    pub(crate) fn is_broken(&self) -> bool {
        self.prompts == 0 && !self.faults.is_empty()
    }
}

/// Loads plans and announcements. Takes seconds for thousands of them.
///
/// # Errors
///
/// A tone plan with a fault, or a country without one: that is wrong configuration.
pub(crate) fn load(plan: &HearingPlan) -> Result<Loaded, Fault> {
    let plans = plans::load(&Hearing {
        prompts: None,
        country: plan.countries.clone(),
        plans: plan.plans.clone(),
        profile: ProfileName::Balanced,
    })?;
    let (library, faults) = match plan.prompts.as_deref().map(library::snapshot) {
        None => (Some(Library::empty()), Vec::new()),
        Some(Ok((library, faults))) => (Some(library), faults),
        Some(Err(fault)) => (None, vec![fault]),
    };
    let bare = Shared::new(RATE, plans, Arc::new(Library::empty()));
    Ok(Loaded {
        prompts: library.as_ref().map_or(0, Library::len),
        base: Base {
            file: library.map(|library| bare.with_library(Arc::new(library))),
            bare,
        },
        faults,
    })
}

/// The files whose change is a reason to load again.
pub(crate) fn watched(plan: &HearingPlan) -> Vec<PathBuf> {
    let folder = plan.prompts.iter();
    folder
        .flat_map(|folder| {
            [
                folder.join("prompts.jsonl"),
                folder.join("refs.jsonl"),
                folder.clone(),
            ]
        })
        .chain(plan.plans.clone())
        .collect()
}
