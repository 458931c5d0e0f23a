//! What calls can be: the classes, and what dialects call them.

use axum::Json;
use cpd_detect::Class;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::extract::List;
use super::problem::Problem;
use super::schema::ClassName;

/// A class.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Class)]
pub(crate) struct Described {
    /// Its name: `answer.machine`.
    #[schema(value_type = ClassName)]
    class: &'static str,
    /// The part before the first dot.
    group: &'static str,
}

/// The classes
#[utoipa::path(get, path = "/classes", operation_id = "classes_list", tag = "classes", responses((status = 200, body = List<Described>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(_caller: Caller) -> Json<List<Described>> {
    let items = Class::ALL.iter().map(|class| {
        let name = class.as_str();
        Described {
            class: name,
            group: name.split('.').next().unwrap_or(name),
        }
    });
    Json(List {
        items: items.collect(),
    })
}

/// Whether a class begins with this.
pub(crate) fn begins_one(beginning: &str) -> bool {
    Class::ALL
        .iter()
        .any(|class| class.as_str().starts_with(beginning))
}

/// Classes of names and of beginnings that end with a dot: `answer.` is all of them.
pub(crate) fn expand(wanted: &str) -> Option<Vec<String>> {
    if wanted == "none" {
        return Some(vec![wanted.to_owned()]);
    }
    let fits = |class: &&Class| match wanted.ends_with('.') {
        true => class.as_str().starts_with(wanted),
        false => class.as_str() == wanted,
    };
    let found: Vec<String> = Class::ALL
        .iter()
        .filter(fits)
        .map(|class| class.as_str().to_owned())
        .collect();
    (!found.is_empty()).then_some(found)
}
