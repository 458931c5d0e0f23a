//! What is kept long enough goes: rows of the database by their customers' rules, on one node, and files of recordings on
//! the node that has them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cpd_detect::Class;
use cpd_store::{Error, Store, Whose, leases, recordings, sweep};
use serde_json::json;
use tokio::runtime::Handle;

use super::log::{Level, Log};
use crate::fault::system_words;

/// How often: what is kept for days may stay an hour more.
const EVERY: Duration = Duration::from_secs(3_600);
/// The lease of whoever sweeps, and how long it holds, ms: longer than a sweep takes, shorter than the next one waits.
const LEASE: &str = "sweep";
const LEASE_MS: i64 = 30 * 60_000;
/// Files of one question.
const FILES: u64 = 500;

/// Takes away what is old.
pub(super) struct Keeping {
    pub(super) store: Store,
    pub(super) node: String,
    /// Where recordings are; nothing outside is touched.
    pub(super) recordings: Option<PathBuf>,
    pub(super) clock: fn() -> i64,
    pub(super) log: Log,
}

impl Keeping {
    /// For ever, once an hour; on a thread of its own, since files are deleted.
    pub(super) async fn go(self) {
        let keeping = Arc::new(self);
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            let (turn, runtime) = (Arc::clone(&keeping), Handle::current());
            let now = (keeping.clock)();
            let done = tokio::task::spawn_blocking(move || runtime.block_on(turn.sweep(now))).await;
            // The next turn does what was not done.
            let why = match done {
                Ok(Ok(())) => continue,
                Ok(Err(why)) => why.to_string(),
                Err(why) => why.to_string(),
            };
            let what = "what is old could not be taken away";
            keeping.log.say(Level::Warn, what, json!({ "why": why }));
        }
    }

    async fn sweep(&self, now_ms: i64) -> Result<(), Error> {
        let tx = self.store.write(Whose::Service).await?;
        let ours = leases::hold(&tx, LEASE, &self.node, (now_ms, now_ms + LEASE_MS)).await?;
        tx.commit().await?;
        if ours {
            let classes: Vec<&str> = Class::ALL.iter().map(|class| class.as_str()).collect();
            let swept = sweep::run(&self.store, &classes, now_ms).await?;
            if swept != sweep::Swept::default() {
                let fields = json!({ "what": format!("{swept:?}") });
                self.log.say(Level::Info, "what was old is gone", fields);
            }
        }
        match &self.recordings {
            Some(folder) => self.drop_files(folder, now_ms).await,
            None => Ok(()),
        }
    }

    /// Deletes this node's recordings whose time is over, file first: a row without a file is told as away, a file
    /// without a row would stay for ever.
    async fn drop_files(&self, folder: &Path, now_ms: i64) -> Result<(), Error> {
        loop {
            let tx = self.store.read(Whose::Service).await?;
            let due = recordings::expired(&tx, &self.node, now_ms, FILES).await?;
            drop(tx);
            let mut forgotten = 0;
            for recording in &due {
                let path = Path::new(&recording.path);
                let inside =
                    path.starts_with(folder) && !path.components().any(|part| part.as_os_str() == "..");
                match if inside {
                    std::fs::remove_file(path)
                } else {
                    Ok(())
                } {
                    Ok(()) => {}
                    Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
                    Err(why) => {
                        let fields = json!({ "call": recording.call_id, "why": system_words(&why) });
                        self.log
                            .say(Level::Warn, "a recording could not be deleted", fields);
                        continue;
                    }
                }
                let tx = self.store.write(Whose::Service).await?;
                recordings::forget(&tx, recording.call_id).await?;
                tx.commit().await?;
                forgotten += 1;
            }
            // Those that stay would be asked for again and again.
            if forgotten == 0 || (due.len() as u64) < FILES {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpd_store::recordings::Recording;
    use cpd_store::secrets::{KEY_BYTES, Sealer};
    use cpd_store::{SERVICE, Uuid};

    #[tokio::test]
    async fn recordings_go_with_their_files_and_nothing_else_does() {
        let folder = std::env::temp_dir().join(format!("smartcpd-keeping-{}", std::process::id()));
        let recordings_folder = folder.join("recordings");
        std::fs::create_dir_all(&recordings_folder).expect("folder");
        let url = format!("sqlite:{}", folder.join("smartcpd.db").display());
        let store = Store::open(&url, Sealer::new(&[7; KEY_BYTES]))
            .await
            .expect("opened");
        store.migrate().await.expect("migrated");
        let outside = folder.join("secret.key");
        let (old, new) = (
            recordings_folder.join("old.wav"),
            recordings_folder.join("new.wav"),
        );
        for path in [&old, &new, &outside] {
            std::fs::write(path, b"x").expect("written");
        }
        let one = |n: u128, path: &Path, expires_ms: i64, node: &str| Recording {
            call_id: Uuid::from_u128(n),
            tenant_id: SERVICE,
            began_ms: 0,
            node: node.to_owned(),
            path: path.display().to_string(),
            length_ms: 1,
            cut: false,
            expires_ms: Some(expires_ms),
        };
        let all = [
            one(1, &old, 10, "n1"),
            one(2, &new, 20, "n1"),
            one(3, &outside, 10, "n1"),
            one(4, &recordings_folder.join("missing.wav"), 10, "n1"),
            one(5, &new, 10, "n2"),
        ];
        let tx = store.write(Whose::Service).await.expect("write");
        recordings::write(&tx, &all).await.expect("written");
        tx.commit().await.expect("kept");
        let keeping = Keeping {
            store: store.clone(),
            node: "n1".to_owned(),
            recordings: Some(recordings_folder.clone()),
            clock: || 15,
            log: Log::start(Level::Error),
        };
        keeping.drop_files(&recordings_folder, 15).await.expect("dropped");
        assert!(!old.exists() && new.exists() && outside.exists());
        let tx = store.read(Whose::Service).await.expect("read");
        let mut left = Vec::new();
        for n in 1..=5 {
            if recordings::of_call(&tx, Uuid::from_u128(n)).await.is_ok() {
                left.push(n);
            }
        }
        assert_eq!(left, [2, 5]);
        drop(tx);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
