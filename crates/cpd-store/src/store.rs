//! The door to the database: who asks says for whom, and sees nobody else's rows.
//!
//! Every question is asked in a transaction, [`Tx`], that belongs to a tenant or to the service. The functions of this
//! crate put the tenant into each statement; on PostgreSQL the transaction names its tenant too, and row-level security
//! is the second wall.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use crate::error::Error;
use crate::migration::Steps;
use crate::secrets::Sealer;

/// Connections to PostgreSQL: the API's requests, the writer of records, jobs; a server takes a hundred by itself.
const CONNECTIONS_MAX: u32 = 16;
/// Connections to SQLite: one writes at a time, some read beside it.
const SQLITE_CONNECTIONS_MAX: u32 = 6;
/// How long a request waits for a connection, or for the one writer of SQLite.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest statement that PostgreSQL runs for us: statistics over a year take a second.
const STATEMENT_MAX: Duration = Duration::from_secs(30);

/// The advisory lock of whoever changes the schema: "SCPD" and 1.
const MIGRATION_LOCK: i64 = 0x5343_5044_0001;

/// The tenant that is the service itself: its staff, the common prompts.
pub const SERVICE: Uuid = Uuid::nil();

/// A database.
#[derive(Clone, Debug)]
pub struct Store {
    db: DatabaseConnection,
    sealer: Sealer,
}

/// For whom something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One tenant's rows.
    Tenant(Uuid),
    /// The service's own work: all rows.
    Service,
}

/// A transaction. Dropped without [`commit`](Tx::commit), it changes nothing.
pub struct Tx {
    pub(crate) db: DatabaseTransaction,
    whose: Whose,
    sealer: Sealer,
}

impl Store {
    /// Opens `sqlite:PATH` (the file is made where it is missing) or `postgres://…`. The schema is not touched:
    /// [`migrate`](Store::migrate) does that.
    ///
    /// # Errors
    ///
    /// [`Error::Away`]: nobody answers there.
    pub async fn open(url: &str, sealer: Sealer) -> Result<Store, Error> {
        let sqlite = url.starts_with("sqlite:");
        let mut options = ConnectOptions::new(url);
        options
            .sqlx_logging(false)
            .acquire_timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .max_connections(if sqlite {
                SQLITE_CONNECTIONS_MAX
            } else {
                CONNECTIONS_MAX
            });
        if sqlite {
            options.map_sqlx_sqlite_opts(|options| {
                options
                    .create_if_missing(true)
                    .busy_timeout(PATIENCE)
                    .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                    .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
            });
        } else {
            options.statement_timeout(STATEMENT_MAX);
        }
        let db = Database::connect(options).await?;
        Ok(Store { db, sealer })
    }

    /// Brings the schema up to this release; tells how many steps that took.
    ///
    /// # Errors
    ///
    /// The database's. On PostgreSQL each step happens whole or not at all, one node at a time.
    pub async fn migrate(&self) -> Result<usize, Error> {
        // Nodes of a cluster start at once: one takes the steps, the others wait and find them taken. SQLite has one node.
        let lock = if self.is_postgres() {
            let lock = self.begin(Whose::Service, true).await?;
            let statement = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
            lock.db.execute_unprepared(&statement).await?;
            Some(lock)
        } else {
            None
        };
        let pending = self.pending().await?;
        if pending > 0 {
            Steps::up(&self.db, None).await?;
        }
        drop(lock);
        Ok(pending)
    }

    /// Steps of the schema that were not taken yet.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn pending(&self) -> Result<usize, Error> {
        Ok(Steps::get_pending_migrations(&self.db).await?.len())
    }

    /// Begins to read.
    ///
    /// # Errors
    ///
    /// [`Error::Away`].
    pub async fn read(&self, whose: Whose) -> Result<Tx, Error> {
        self.begin(whose, false).await
    }

    /// Begins to write.
    ///
    /// # Errors
    ///
    /// [`Error::Away`].
    pub async fn write(&self, whose: Whose) -> Result<Tx, Error> {
        self.begin(whose, true).await
    }

    async fn begin(&self, whose: Whose, writes: bool) -> Result<Tx, Error> {
        let postgres = self.is_postgres();
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: (postgres && !writes).then_some(AccessMode::ReadOnly),
            // A reader that becomes a writer in SQLite fails where another wrote meanwhile; writers wait at the door.
            sqlite_transaction_mode: (!postgres && writes).then_some(SqliteTransactionMode::Immediate),
        };
        let db = self.db.begin_with_options(options).await?;
        if postgres {
            let name = match whose {
                Whose::Tenant(tenant) => tenant.to_string(),
                Whose::Service => "*".to_owned(),
            };
            // Readers' statements are planned for their values: the plan for any value reads a hundred thousand rows where
            // that for the beginning of a number reads some thousand.
            let statement = match writes {
                true => "SELECT set_config('smartcpd.tenant', $1, true)",
                false => {
                    "SELECT set_config('smartcpd.tenant', $1, true), \
                     set_config('plan_cache_mode', 'force_custom_plan', true)"
                }
            };
            db.execute_raw(Statement::from_sql_and_values(
                DbBackend::Postgres,
                statement,
                [name.into()],
            ))
            .await?;
        }
        Ok(Tx {
            db,
            whose,
            sealer: self.sealer.clone(),
        })
    }

    /// Whether the second wall between tenants holds: PostgreSQL's row-level security binds neither superusers nor roles
    /// that bypass it. SQLite has no second wall.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn is_walled(&self) -> Result<bool, Error> {
        if !self.is_postgres() {
            return Ok(true);
        }
        let statement = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
        let row = self
            .db
            .query_one_raw(Statement::from_string(DbBackend::Postgres, statement))
            .await?;
        let over = row.map(|row| row.try_get_by_index::<bool>(0)).transpose()?;
        Ok(!over.unwrap_or(false))
    }

    /// Whether this is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    /// Closes all connections.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn close(self) -> Result<(), Error> {
        Ok(self.db.close().await?)
    }
}

impl Tx {
    /// Keeps what was changed.
    ///
    /// # Errors
    ///
    /// The database's; then it may or may not have been kept.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.db.commit().await?)
    }

    /// The tenant whose transaction this is; the service itself where it is the service's.
    #[must_use]
    pub fn tenant(&self) -> Uuid {
        match self.whose {
            Whose::Tenant(tenant) => tenant,
            Whose::Service => SERVICE,
        }
    }

    /// Whether all tenants' rows are seen.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.whose == Whose::Service
    }

    /// Whether this is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    /// What seals secrets.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }
}
