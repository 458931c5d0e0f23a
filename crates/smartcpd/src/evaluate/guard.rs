//! The guard: figures that must be reached, read from a TOML file, so that a change that makes hearing worse is seen.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::score::Scores;
use crate::fault::{Fault, FaultClass};

/// Bounds by the path of a figure in the JSON of the scores, as `"classes.busy.recall"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guard {
    #[serde(default)]
    at_least: BTreeMap<String, f64>,
    #[serde(default)]
    at_most: BTreeMap<String, f64>,
}

impl Guard {
    /// Reads a guard.
    pub(crate) fn read(path: &Path) -> Result<Guard, Fault> {
        let text = std::fs::read_to_string(path).map_err(|why| Fault::unreadable(path, &why))?;
        toml::from_str(&text).map_err(|why| Fault::reading(FaultClass::Calls, path, why.message()))
    }

    /// The figures that are not reached, in words.
    pub(crate) fn missed(&self, scores: &Scores) -> Vec<String> {
        let scores = serde_json::to_value(scores).unwrap_or_default();
        let least = self
            .at_least
            .iter()
            .map(|(path, bound)| (path, *bound, "at least", true));
        let most = self
            .at_most
            .iter()
            .map(|(path, bound)| (path, *bound, "at most", false));
        least
            .chain(most)
            .filter_map(|(path, bound, words, upwards)| {
                let figure = find(&scores, path);
                let reached = match figure {
                    Some(figure) if upwards => figure >= bound,
                    Some(figure) => figure <= bound,
                    // A figure that does not exist guards nothing: that is a mistake in the file or in the scores.
                    None => false,
                };
                let figure = figure.map_or("not measured".to_owned(), |figure| format!("{figure:.3}"));
                (!reached).then(|| format!("{path} {words} {bound}: {figure}"))
            })
            .collect()
    }
}

/// The number at a path; names with dots in them (`ann.at.1.5`) are matched whole.
fn find(value: &Value, path: &str) -> Option<f64> {
    if path.is_empty() {
        return value.as_f64();
    }
    value.as_object()?.iter().find_map(|(key, inner)| {
        let rest = path.strip_prefix(key.as_str())?;
        match rest.strip_prefix('.') {
            Some(rest) => find(inner, rest),
            None if rest.is_empty() => find(inner, rest),
            None => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_figure_is_found_by_its_path() {
        let value = serde_json::json!({"ann": {"at": {"1.5": 0.9}}, "n": 3});
        assert_eq!(find(&value, "ann.at.1.5"), Some(0.9));
        assert_eq!(find(&value, "n"), Some(3.0));
        assert_eq!(find(&value, "ann.at.2"), None);
    }

    #[test]
    fn what_is_missed_is_told() {
        let guard: Guard =
            toml::from_str("[at_least]\n\"classes.busy.recall\" = 0.9\n[at_most]\n\"false_match.n\" = 0\n")
                .expect("a guard");
        let missed = guard.missed(&Scores::of(&[], &HashMap::new()));
        assert_eq!(missed, ["classes.busy.recall at least 0.9: not measured"]);
    }
}
