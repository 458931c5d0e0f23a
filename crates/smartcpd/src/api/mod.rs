//! The API and the console, over HTTP.
//!
//! - [`app`]: what handlers share. [`caller`]: who asks; [`permission`]: what they may. [`problem`]: what went wrong.
//! - A noun a file: [`session`], [`me`], [`users`], [`calls`], … each handler says who asks, what they want, does it, answers.
//! - [`console`]: the built pages. [`schema`]: the description, made of the handlers themselves.
//!
//! All of it runs on threads of its own: calls never wait for a page.

mod about;
pub(crate) mod app;
mod audit;
mod caller;
mod calls;
mod classes;
mod console;
mod desk;
mod extract;
mod headers;
mod heard;
mod hearing;
mod idempotency;
mod jobs;
mod keys;
mod libraries;
mod live;
mod me;
mod objects;
mod organisation;
mod password;
mod peer;
mod permission;
pub(crate) mod problem;
mod prompts;
mod provider;
mod recordings;
pub(crate) mod replays;
mod request_id;
mod retention;
pub(crate) mod schema;
mod session;
mod setup;
mod sound;
mod statistics;
mod streams;
mod tenants;
mod test_calls;
#[cfg(test)]
pub(crate) mod tests;
mod tone_plans;
mod totp;
pub(crate) mod traffic;
mod upload;
mod users;
mod version;
mod views;
mod webhooks;
mod workshop;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use app::App;
use problem::{Kind, Problem};

use crate::serve::config::keys::ConfigKind;

/// The largest body of a request that says nothing else, bytes: a policy has some kilobytes.
const BODY_MAX: usize = 1 << 20;
/// How often what has ended is taken away.
const SWEEP: Duration = Duration::from_secs(600);
/// How long an answer is kept for repeated requests, ms: a day.
const IDEMPOTENCY_MS: i64 = 86_400_000;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SmartCPD",
        description = "Administration of SmartCPD: customers, people, trunks, policies, prompts, calls. Times are ms of Unix time.",
        license(name = "Apache-2.0 OR MIT")
    ),
    servers((url = "/api/v1")),
    security(("key" = []), ("session" = [])),
    // What parameters of paths and messages of WebSockets are made of stands in no body.
    components(schemas(ConfigKind, live::Told))
)]
struct Described;

pub(crate) use calls::Which as WhichCalls;
pub(crate) use objects::{one as written, purpose as secrets_of, unsealed};
pub(crate) use password::hash_now as hash_password;
pub(crate) use schema::openapi;
pub(crate) use tone_plans::{Step as TonePlanStep, own as own_tone_plans};

/// All resources, with their description.
fn resources() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(setup::needed, setup::set_up))
        .routes(routes!(session::log_in, session::log_out))
        .routes(routes!(session::give_code))
        .routes(routes!(organisation::begin))
        .routes(routes!(organisation::arrive))
        .routes(routes!(me::me, me::change))
        .routes(routes!(me::set_password))
        .routes(routes!(me::begin_totp, me::confirm_totp, me::end_totp))
        .routes(routes!(me::own_sessions))
        .routes(routes!(me::end_session))
        .routes(routes!(tenants::list, tenants::add))
        .routes(routes!(tenants::find, tenants::change))
        .routes(routes!(users::list, users::add))
        .routes(routes!(users::find, users::change, users::remove))
        .routes(routes!(keys::list, keys::add))
        .routes(routes!(keys::revoke))
        .routes(routes!(audit::list))
        .routes(routes!(provider::find, provider::put, provider::remove))
        .routes(routes!(provider::check))
        .routes(routes!(objects::list))
        .routes(routes!(objects::find, objects::put, objects::remove))
        .routes(routes!(objects::check))
        .routes(routes!(objects::history))
        .routes(routes!(tone_plans::list))
        .routes(routes!(classes::list))
        .routes(routes!(calls::index))
        .routes(routes!(calls::find))
        .routes(routes!(calls::judge, calls::unjudge))
        .routes(routes!(calls::dispose))
        .routes(routes!(recordings::listen))
        .routes(routes!(hearing::of_call))
        .routes(routes!(hearing::analyse).layer(DefaultBodyLimit::max(upload::BODY_MAX)))
        .routes(routes!(prompts::list, prompts::add).layer(DefaultBodyLimit::max(upload::BODY_MAX)))
        .routes(routes!(prompts::find, prompts::change, prompts::remove))
        .routes(routes!(prompts::audio))
        .routes(routes!(prompts::peaks))
        .routes(routes!(libraries::list))
        .routes(routes!(libraries::publish))
        .routes(routes!(libraries::restore))
        .routes(routes!(libraries::discard))
        .routes(routes!(libraries::test).layer(DefaultBodyLimit::max(upload::BODY_MAX)))
        .routes(routes!(replays::begin))
        .routes(routes!(statistics::funnel))
        .routes(routes!(statistics::rightness))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::watch))
        .routes(routes!(streams::media))
        .routes(routes!(streams::find))
        .routes(routes!(test_calls::begin))
        .routes(routes!(test_calls::find))
        .routes(routes!(views::list, views::add))
        .routes(routes!(views::remove))
        .routes(routes!(webhooks::list, webhooks::add))
        .routes(routes!(webhooks::find, webhooks::change, webhooks::remove))
        .routes(routes!(webhooks::try_out))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::replay))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::find, jobs::cancel))
        .routes(routes!(jobs::file))
        .routes(routes!(jobs::export))
        .routes(routes!(jobs::statistics))
        .routes(routes!(retention::list, retention::set))
        .routes(routes!(about::about))
        .merge(of_the_desk())
}

/// Resources of the support desk.
fn of_the_desk() -> OpenApiRouter<Arc<App>> {
    use desk::{acts, contacts, contracts, files, masses, messages, reports, requests, texts};
    OpenApiRouter::new()
        .routes(routes!(requests::list, requests::add))
        .routes(routes!(requests::find, requests::change))
        .routes(routes!(requests::history))
        .routes(routes!(requests::deliveries))
        .routes(routes!(messages::list, messages::add))
        .routes(routes!(acts::assign))
        .routes(routes!(acts::ask))
        .routes(routes!(acts::solve))
        .routes(routes!(acts::refuse))
        .routes(routes!(acts::deny))
        .routes(routes!(acts::close))
        .routes(routes!(acts::wait, acts::resume))
        .routes(routes!(acts::merge, acts::unmerge))
        .routes(routes!(acts::attach, acts::detach))
        .routes(routes!(files::add).layer(DefaultBodyLimit::max(files::FILE_MAX)))
        .routes(routes!(files::find))
        .routes(routes!(contacts::list, contacts::add))
        .routes(routes!(contacts::erase))
        .routes(routes!(contracts::list, contracts::add))
        .routes(routes!(contracts::change))
        .routes(routes!(masses::list, masses::add))
        .routes(routes!(masses::suggestions))
        .routes(routes!(masses::find))
        .routes(routes!(masses::say))
        .routes(routes!(masses::solve))
        .routes(routes!(texts::list, texts::add))
        .routes(routes!(texts::change, texts::remove))
        .routes(routes!(reports::report))
}

/// Everything that is answered.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let (resources, _) = resources().split_for_parts();
    let schema = openapi();
    let resources = resources.route("/openapi.json", get(move || json(schema.clone())));
    let once = middleware::from_fn_with_state(Arc::clone(app), idempotency::once);
    let count = middleware::from_fn_with_state(Arc::clone(app), traffic::count);
    let resources = resources.layer(once).layer(count);
    let secure = app.secure;
    Router::new()
        .nest("/api/v1", resources)
        .fallback(console::serve)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        // Sound is compressed already, or asked for in parts.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("audio/"))),
        )
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(request_id::identify))
        .layer(middleware::from_fn(move |request, next| {
            headers::secure(secure, request, next)
        }))
        .layer(middleware::from_fn_with_state(Arc::clone(app), peer::find))
        .with_state(Arc::clone(app))
}

/// A fault in a handler is told as one, and the connection goes on.
fn panicked(why: Box<dyn std::any::Any + Send>) -> Response {
    let words = why.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| why.downcast_ref::<String>().cloned());
    let detail = words.unwrap_or_else(|| "a handler ended without words".to_owned());
    Problem::new(Kind::Fault, detail).into_response()
}

async fn json(text: String) -> ([(axum::http::HeaderName, &'static str); 1], String) {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], text)
}

/// Answers until `end` comes.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    end: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let sweeper = tokio::spawn(sweep(Arc::clone(&app)));
    let service = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let done = axum::serve(listener, service).with_graceful_shutdown(end).await;
    sweeper.abort();
    done
}

/// Takes away what has ended: sessions, kept answers, who asked a while ago.
async fn sweep(app: Arc<App>) {
    let mut tick = tokio::time::interval(SWEEP);
    loop {
        tick.tick().await;
        app.limits.sweep();
        let now = app.now();
        // A database that is away is swept at the next turn.
        if let Ok(tx) = app.service(true).await {
            let done = cpd_store::sessions::sweep(&tx, now).await.is_ok()
                && cpd_store::idempotency::sweep(&tx, now - IDEMPOTENCY_MS)
                    .await
                    .is_ok();
            if done {
                let _ = tx.commit().await;
            }
        }
    }
}
