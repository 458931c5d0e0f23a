//! How long things are kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cpd_store::retention;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::{Body, List};
use super::permission::Permission;
use super::problem::Problem;

/// The longest time, days: ten years.
const DAYS_MAX: i32 = 3_660;

/// What is kept for a time.
#[derive(ToSchema)]
#[schema(as = RetentionWhat, rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
enum Kept {
    Calls,
    Recordings,
    Audit,
    Deliveries,
}

/// A rule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RetentionRule)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[schema(value_type = Kept)]
    what: String,
    /// Of which classes, by their beginning; empty: all.
    class: String,
    /// 1 to 3660.
    #[schema(minimum = 1, maximum = 3660)]
    days: i32,
}

/// The rules
#[utoipa::path(get, path = "/retention", operation_id = "retention_list", tag = "retention", responses((status = 200, body = List<Rule>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<List<Rule>>, Problem> {
    caller.may(Permission::ConfigRead)?;
    let tx = caller.read_own(&app).await?;
    Ok(Json(told(retention::list(&tx).await?)))
}

fn told(rules: Vec<retention::Rule>) -> List<Rule> {
    let items = rules.into_iter().map(|rule| Rule {
        what: rule.what,
        class: rule.class,
        days: rule.days,
    });
    List {
        items: items.collect(),
    }
}

/// Rules to go by.
#[derive(Deserialize, ToSchema)]
#[schema(as = RetentionRules)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    items: Vec<Rule>,
}

/// Puts these rules in the place of those that are there
#[utoipa::path(put, path = "/retention", operation_id = "retention_set", tag = "retention", request_body = Rules, responses((status = 200, body = List<Rule>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(rules): Body<Rules>,
) -> Result<Json<List<Rule>>, Problem> {
    caller.may(Permission::RetentionWrite)?;
    for (at, rule) in rules.items.iter().enumerate() {
        if !retention::KINDS.contains(&rule.what.as_str()) {
            let detail = format!(
                "{:?} is not kept by rules; write one of {}",
                rule.what,
                retention::KINDS.join(", ")
            );
            return Err(Problem::wrong(&format!("/items/{at}/what"), detail));
        }
        if !(1..=DAYS_MAX).contains(&rule.days) {
            let detail = format!("{} is not 1 to {DAYS_MAX} days", rule.days);
            return Err(Problem::wrong(&format!("/items/{at}/days"), detail));
        }
        let classed = matches!(rule.what.as_str(), "calls" | "recordings");
        if !rule.class.is_empty() && (!classed || !super::classes::begins_one(&rule.class)) {
            let detail = format!(
                "no class begins with {:?}, or {} have none",
                rule.class, rule.what
            );
            return Err(Problem::wrong(&format!("/items/{at}/class"), detail));
        }
    }
    let tx = caller.write(&app).await?;
    let change = json!({ "from": told(retention::list(&tx).await?).items, "to": rules.items });
    let new = rules
        .items
        .into_iter()
        .map(|rule| (rule.what, rule.class, rule.days));
    let set = retention::set(&tx, new.collect()).await?;
    caller
        .note(&app, &tx, "retention.changed", "retention", change)
        .await?;
    tx.commit().await?;
    Ok(Json(told(set)))
}
