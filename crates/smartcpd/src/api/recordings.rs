//! Recordings of calls. The audio lies on the disk of the node that carried the call; only that node gives it out.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use cpd_store::calls::{self, Call};
use cpd_store::recordings::{self, Recording};
use cpd_store::{Tx, Uuid, Whose, audit};
use serde_json::json;

use super::app::App;
use super::caller::Caller;
use super::extract::At;
use super::permission::Permission;
use super::problem::{Kind, Problem};
use super::sound::Wish;

/// The largest part of a recording that is given out at once, bytes: an hour, the longest that is recorded.
const BYTES_MAX: u64 = 64 << 20;

/// A call's recording, to be listened to
#[utoipa::path(get, path = "/calls/{id}/recording", operation_id = "call_listen", tag = "calls", params(("id" = Uuid, Path), ("Range" = Option<String>, Header, description = "One range of bytes")),
    responses((status = 200, description = "8 kHz mono", content_type = "audio/wav"), (status = 206, description = "A part of it", content_type = "audio/wav"), (status = 416, description = "No part of it"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn listen(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::AudioRead)?;
    let tx = caller.read(&app).await?;
    let call = calls::find(&tx, id).await?;
    let path = locate(&app, &recordings::of_call(&tx, id).await?).await?;
    drop(tx);
    let _room = app.workshop.sound()?;
    let read = move || -> io::Result<(u64, Wish, Vec<u8>)> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let wish = Wish::of(&headers, length);
        let wanted = wish.bytes(length);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(wanted.start))?;
        file.take((wanted.end - wanted.start).min(BYTES_MAX))
            .read_to_end(&mut bytes)?;
        Ok((length, wish, bytes))
    };
    let done = tokio::task::spawn_blocking(read).await;
    let done = done.map_err(|why| Problem::new(Kind::Fault, why.to_string()))?;
    let (length, wish, bytes) = done.map_err(|_| gone())?;
    note(&app, &caller, &call).await?;
    Ok(wish.answer(bytes, length))
}

/// Writes into the customer's log that somebody listens to a call, once for all parts that a player asks for.
pub(crate) async fn note(app: &App, caller: &Caller, call: &Call) -> Result<(), Problem> {
    if !app.workshop.begins_to_listen(caller.id(), call.id, app.now()) {
        return Ok(());
    }
    let tx = app.store.write(Whose::Tenant(call.tenant_id)).await?;
    let (object, change) = (call.id.to_string(), json!({ "call": call.name }));
    let actor = caller.actor();
    audit::note(
        &tx,
        call.tenant_id,
        &actor,
        "recording.heard",
        &object,
        change,
        app.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A call's recording on this node, where it is.
pub(crate) async fn of_call(app: &App, tx: &Tx, call: &Call) -> Result<PathBuf, Problem> {
    locate(app, &recordings::of_call(tx, call.id).await?).await
}

/// Where a recording is on this node.
pub(crate) async fn locate(app: &App, recording: &Recording) -> Result<PathBuf, Problem> {
    if recording.node != app.node {
        return Err(Problem::new(
            Kind::Away,
            format!(
                "the recording lies on the node {:?}, and this is {:?}; ask there",
                recording.node, app.node
            ),
        ));
    }
    let Some(folder) = app.beside.recordings.clone() else {
        return Err(gone());
    };
    let path = PathBuf::from(&recording.path);
    let found = tokio::task::spawn_blocking(move || inside(&folder, &path)).await;
    found.ok().flatten().ok_or_else(gone)
}

/// The real path of a file, where that is in the folder: neither `..` nor a link leads out of it.
fn inside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let (folder, path) = (folder.canonicalize().ok()?, path.canonicalize().ok()?);
    (path.starts_with(folder) && path.is_file()).then_some(path)
}

fn gone() -> Problem {
    Problem::new(
        Kind::NotFound,
        "the recording is not in this node's folder for recordings any more",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_given_out() {
        let root = std::env::temp_dir().join(format!("smartcpd-inside-{}", std::process::id()));
        let folder = root.join("recordings");
        std::fs::create_dir_all(folder.join("acme")).expect("folders");
        std::fs::write(folder.join("acme/call.wav"), "x").expect("a recording");
        std::fs::write(root.join("secret.key"), "x").expect("a secret");
        std::os::unix::fs::symlink(root.join("secret.key"), folder.join("link.wav")).expect("a link");
        assert!(inside(&folder, &folder.join("acme/call.wav")).is_some());
        for outside in ["link.wav", "../secret.key", "acme", "none.wav"] {
            assert_eq!(inside(&folder, &folder.join(outside)), None, "{outside}");
        }
        assert_eq!(inside(&folder, &root.join("secret.key")), None);
        std::fs::remove_dir_all(&root).expect("removed");
    }
}
