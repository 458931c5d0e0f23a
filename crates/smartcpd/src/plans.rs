//! The tone plans of a run: the built-in ones and the user's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpd_detect::{Plan, Plans, Shared};

use crate::cli::Hearing;
use crate::fault::{Fault, FaultClass};

/// The built-in plans and those of `--plans`, which take the place of built-in ones of the same country.
///
/// # Errors
///
/// A plan that cannot be read or has a fault, and a country of `--country` that has no plan: what is heard would not be
/// what was asked for.
pub(crate) fn load(hearing: &Hearing) -> Result<Arc<Plans>, Fault> {
    let plans = match &hearing.plans {
        None => Plans::built_in(),
        Some(path) => {
            let mut own = Vec::new();
            for file in files(path)? {
                let text = std::fs::read_to_string(&file).map_err(|why| Fault::unreadable(&file, &why))?;
                let plan = Plan::parse(&file.to_string_lossy(), &text)
                    .map_err(|why| Fault::new(FaultClass::Plans, format_args!("read tone plan {why}")))?;
                own.push(plan);
            }
            Plans::of(Plans::built_in().countries().iter().cloned().chain(own))
        }
    };
    for code in &hearing.country {
        if !plans.countries().iter().any(|plan| plan.country == *code) {
            let why = format_args!(
                "expect the tones of country {code}: there is no tone plan of it; codes are those of ISO 3166, as ru,us, and \
                 --plans adds your own"
            );
            return Err(Fault::new(FaultClass::Plans, why));
        }
    }
    Ok(Arc::new(plans))
}

/// What calls are heard with, and these plans beside and in place of its own.
pub(crate) fn with(shared: Shared, own: &[Plan]) -> Shared {
    if own.is_empty() {
        return shared;
    }
    let all = shared.plans().countries().iter().chain(own).cloned();
    let plans = Plans::of(all);
    shared.with_plans(Arc::new(plans))
}

/// The plan file itself, or the `.toml` files of a folder in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |why| Fault::unreadable(path, &why);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|ending| ending == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let why = format_args!(
            "read tone plans in {}: no .toml file in this folder",
            path.display()
        );
        return Err(Fault::new(FaultClass::Plans, why));
    }
    Ok(files)
}
