//! Fresh databases for tests: SQLite in a file, and PostgreSQL in a cluster of our own, made with the system's `initdb`.

#![allow(
    clippy::unwrap_used,
    clippy::zombie_processes,
    reason = "a test that cannot begin fails; the watchdog outlives it"
)]

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use cpd_store::Store;
use cpd_store::secrets::{KEY_BYTES, Sealer};

pub(crate) mod made;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Runs a test on a fresh SQLite file and on a fresh PostgreSQL database.
#[allow(dead_code, reason = "not every test binary does that")]
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    on_both_at(|store, _| test(store));
}

#[allow(dead_code, reason = "not every test binary does that")]
/// The same, for a test that asks the database behind the store's back too: with its URL.
pub(crate) fn on_both_at<F: Future<Output = ()>>(test: impl Fn(Store, String) -> F) {
    runtime().block_on(async {
        for url in [sqlite(), cluster().fresh()] {
            test(migrated(&url).await, url).await;
        }
    });
}

/// What a test waits in: one thread, as the service's loop.
#[allow(dead_code, reason = "a bench has its own")]
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A folder for a test's files; it goes with the process.
pub(crate) fn folder(name: &str) -> PathBuf {
    static BASE: OnceLock<PathBuf> = OnceLock::new();
    let base = BASE.get_or_init(|| {
        let process = std::process::id();
        let base = std::env::temp_dir().join(format!("cpd-store-{process}"));
        std::fs::create_dir_all(&base).unwrap();
        // When this process is gone, whatever its end was, its servers and files go too.
        let script = format!(
            "while [ -d /proc/{process} ]; do sleep 1; done; cd {} || exit
             for server in */data/postmaster.pid; do [ -e $server ] && kill -QUIT $(head -n 1 $server); done
             sleep 1; rm -rf {}",
            base.display(),
            base.display()
        );
        let mut watchdog = Command::new("setsid");
        watchdog.args(["sh", "-c", &script]).stdin(Stdio::null());
        watchdog
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        base
    });
    let path = base.join(format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub(crate) fn sealer() -> Sealer {
    Sealer::new(&[7; KEY_BYTES])
}

/// The URL of a fresh SQLite file.
#[allow(dead_code, reason = "not every test binary does that")]
pub(crate) fn sqlite() -> String {
    format!("sqlite:{}", folder("sqlite").join("smartcpd.db").display())
}

/// A database with the schema.
pub(crate) async fn migrated(url: &str) -> Store {
    let store = Store::open(url, sealer()).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Statements past the store, by whatever means the URL names.
#[allow(dead_code, reason = "not every test binary does that")]
pub(crate) async fn raw(url: &str, statements: &str) {
    use sqlx::{Connection, Executor};
    let statements = sqlx::AssertSqlSafe(statements.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        connection.execute(sqlx::raw_sql(statements)).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        connection.execute(sqlx::raw_sql(statements)).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Waits until something is so, for a minute at most.
#[allow(dead_code, reason = "not every test binary does that")]
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !so() {
        assert!(begun.elapsed().as_secs() < 60, "not in a minute: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

/// The cluster of this test binary; it ends with the process.
#[allow(dead_code, reason = "a bench has its own")]
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start(&folder("cluster")))
}

/// A PostgreSQL server of our own, on a socket in its folder.
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    options: String,
}

impl Cluster {
    /// Makes and starts one, for whose files no disk is waited for.
    #[allow(dead_code, reason = "a bench waits for the disk")]
    pub(crate) fn start(folder: &Path) -> Cluster {
        Cluster::start_with(folder, "-c fsync=off")
    }

    /// Makes and starts one with options of the server's.
    pub(crate) fn start_with(folder: &Path, options: &str) -> Cluster {
        let cluster = Cluster {
            folder: folder.to_owned(),
            programs: programs(),
            options: options.to_owned(),
        };
        // initdb refuses to be root: then Debian's user `postgres` owns the folder.
        if is_root() {
            let done = Command::new("chown")
                .arg("postgres")
                .arg(folder)
                .status()
                .unwrap();
            assert!(done.success(), "chown {}", folder.display());
        }
        cluster.run(
            "initdb",
            &[
                "-D",
                "data",
                "-U",
                "owner",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
            ],
        );
        cluster.up();
        cluster.psql("CREATE ROLE smartcpd LOGIN CREATEDB");
        cluster
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn up(&self) {
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=60 {}",
            self.folder.display(),
            self.options
        );
        self.run(
            "pg_ctl",
            &[
                "-D", "data", "-w", "-t", "60", "-l", "log", "-o", &options, "start",
            ],
        );
    }

    /// Stops the server at once, as a crash would.
    #[allow(dead_code, reason = "not every test binary does that")]
    pub(crate) fn down(&self) {
        self.run("pg_ctl", &["-D", "data", "-m", "immediate", "-w", "stop"]);
    }

    /// A fresh database's URL.
    pub(crate) fn fresh(&self) -> String {
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.psql(&format!("CREATE DATABASE {name} OWNER smartcpd"));
        format!(
            "postgres://smartcpd@localhost/{name}?host={}",
            self.folder.display()
        )
    }

    /// Runs a statement as a superuser.
    pub(crate) fn psql(&self, statement: &str) {
        let folder = self.folder.display().to_string();
        self.run(
            "psql",
            &[
                "-q", "-h", &folder, "-U", "owner", "-d", "postgres", "-c", statement,
            ],
        );
    }

    /// What a program of the server's says, asked at its socket.
    #[allow(dead_code, reason = "not every test binary does that")]
    pub(crate) fn output(&self, program: &str, arguments: &[&str]) -> String {
        let path = self.programs.join(program).display().to_string();
        let folder = self.folder.display().to_string();
        let arguments: Vec<&str> = ["-h", &folder].iter().chain(arguments).copied().collect();
        let done = self.command(&path, &arguments).output().unwrap();
        assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.programs.join(program);
        let done = self
            .command(&path.display().to_string(), arguments)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{program} {arguments:?}: {done}");
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid",
                "postgres",
                "--regid",
                "postgres",
                "--clear-groups",
                program,
            ]);
            command
        } else {
            Command::new(program)
        };
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// Where Debian has the server's programs: the newest of 15 and up.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL is needed: apt-get install postgresql")
        .map(|entry| entry.unwrap().path().join("bin"))
        .filter(|path| path.join("initdb").exists())
        .collect();
    found.sort();
    found
        .pop()
        .expect("PostgreSQL is needed: apt-get install postgresql")
}
