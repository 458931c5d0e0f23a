//! The tone plans of countries, which are built in or come from the service's own files. A customer's own are objects of its
//! configuration.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cpd_detect::Plan;
use cpd_detect::event::ProgressTone;
use cpd_detect::plan::Step as PlanStep;
use cpd_store::objects::{self, Kind};
use cpd_store::{Tx, Uuid};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::caller::Caller;
use super::extract::List;
use super::permission::Permission;
use super::problem::Problem;
use crate::serve::config::keys::TonePlanKeys;
use crate::serve::config::owned;

/// The plan of one country, in the keys that a customer's own has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TonePlan {
    /// The code that profiles name it by.
    code: String,
    /// A customer's own plan is written like this.
    #[schema(value_type = TonePlanKeys)]
    body: TonePlanBody,
}

/// What a tone plan says.
#[derive(Debug, Default, Serialize)]
pub(crate) struct TonePlanBody {
    name: String,
    source: String,
    #[serde(flatten)]
    tones: Tones,
    /// Further forms that are heard there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<Form>,
}

/// A further form.
#[derive(Debug, Serialize)]
pub(crate) struct Form {
    source: String,
    #[serde(flatten)]
    tones: Tones,
}

/// One cadence of each kind.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tones {
    #[serde(skip_serializing_if = "Option::is_none")]
    ringback: Option<Vec<Step>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    busy: Option<Vec<Step>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    congestion: Option<Vec<Step>>,
}

/// A step of a cadence: a tone, or a pause.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TonePlanStep)]
pub(crate) struct Step {
    /// One frequency or two, Hz; none: a pause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hz: Vec<f32>,
    /// What modulates it, Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    am_hz: Option<f32>,
    ms: f32,
}

impl Tones {
    fn has(&self, kind: ProgressTone) -> bool {
        match kind {
            ProgressTone::Ringback => self.ringback.is_some(),
            ProgressTone::Busy => self.busy.is_some(),
            ProgressTone::Congestion => self.congestion.is_some(),
        }
    }

    fn of(&mut self, kind: ProgressTone) -> &mut Option<Vec<Step>> {
        match kind {
            ProgressTone::Ringback => &mut self.ringback,
            ProgressTone::Busy => &mut self.busy,
            ProgressTone::Congestion => &mut self.congestion,
        }
    }
}

impl From<&PlanStep> for Step {
    fn from(step: &PlanStep) -> Step {
        let voice = step.voice.unwrap_or(cpd_detect::plan::Voice {
            hz: [0.0; 2],
            am_hz: 0.0,
        });
        Step {
            hz: voice.hz.into_iter().filter(|hz| *hz > 0.0).collect(),
            am_hz: Some(voice.am_hz).filter(|hz| *hz > 0.0),
            ms: step.ms,
        }
    }
}

impl From<&Plan> for TonePlan {
    fn from(plan: &Plan) -> TonePlan {
        let mut body = TonePlanBody {
            name: plan.name.clone(),
            source: plan.source.clone(),
            ..TonePlanBody::default()
        };
        for (kind, steps) in &plan.cadences {
            let steps = Some(steps.iter().map(Step::from).collect());
            if !body.tones.has(*kind) {
                *body.tones.of(*kind) = steps;
                continue;
            }
            let free = body.also.iter_mut().find(|form| !form.tones.has(*kind));
            match free {
                Some(form) => *form.tones.of(*kind) = steps,
                None => {
                    let mut tones = Tones::default();
                    *tones.of(*kind) = steps;
                    body.also.push(Form {
                        source: plan.source.clone(),
                        tones,
                    });
                }
            }
        }
        TonePlan {
            code: plan.country.clone(),
            body,
        }
    }
}

/// Tone plans of countries
///
/// Those that each customer's calls are heard with; a customer's own (`/config/tone-plans`) come beside them, and in the place of one of
/// the same name. `??` is what private exchanges send that are set to no country.
#[utoipa::path(get, path = "/tone-plans", operation_id = "tone_plan_list", tag = "config", responses((status = 200, body = List<TonePlan>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<List<TonePlan>>, Problem> {
    caller.may(Permission::ConfigRead)?;
    let base = app.base.borrow().clone();
    let mut items: Vec<TonePlan> = base.bare.plans().countries().iter().map(TonePlan::from).collect();
    items.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Json(List { items }))
}

/// A customer's own tone plans, as its calls are heard with them.
pub(crate) async fn own(tx: &Tx, tenant: Uuid) -> Result<Vec<Plan>, Problem> {
    let mut written = Vec::new();
    for object in objects::list(tx, Kind::TonePlan).await? {
        if object.tenant_id == tenant {
            written.extend(super::objects::one(tx, &object)?);
        }
    }
    Ok(owned::tone_plans(&written).0)
}
