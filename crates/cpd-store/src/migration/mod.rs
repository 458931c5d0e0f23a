//! The schema, step by step. A step that was released is never changed; what comes later is a step of its own.
//!
//! Steps only add (a column with a default, a table, an index), so that the release before this one runs on the new schema;
//! what nobody reads any more goes a release later.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

mod m01_people;
mod m02_configuration;
mod m03_prompts;
mod m04_calls;
mod m05_delivery;
mod m06_organisations;
mod m08_desk;

/// All steps, oldest first.
pub(crate) struct Steps;

#[async_trait::async_trait]
impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m01_people::Migration),
            Box::new(m02_configuration::Migration),
            Box::new(m03_prompts::Migration),
            Box::new(m04_calls::Migration),
            Box::new(m05_delivery::Migration),
            Box::new(m06_organisations::Migration),
            Box::new(m08_desk::Migration),
        ]
    }
}

/// A table to make.
struct Columns {
    table: &'static str,
    columns: Vec<ColumnDef>,
    /// The primary key, where it is not a column that says so itself.
    key: &'static [&'static str],
    unique: &'static [&'static [&'static str]],
    indexes: &'static [&'static [&'static str]],
}

/// The table whose rows lie in a partition a month on PostgreSQL.
pub(crate) const PARTITIONED: &str = "calls";

/// Layers whose rows with the nil tenant everybody reads.
const LAYERED: [&str; 3] = ["prompts", "sounds", "libraries"];

async fn create(manager: &SchemaManager<'_>, wanted: Columns) -> Result<(), DbErr> {
    let Columns {
        table,
        columns,
        key,
        unique,
        indexes,
    } = wanted;
    let walled = match table {
        "tenants" => Some("id"),
        _ => columns
            .iter()
            .any(|column| column.get_column_name() == "tenant_id")
            .then_some("tenant_id"),
    };
    let mut create = Table::create().table(table).take();
    for column in columns {
        create.col(column);
    }
    if !key.is_empty() {
        let mut primary = Index::create();
        for column in key {
            primary.col(*column);
        }
        create.primary_key(&mut primary);
    }
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    if postgres && table == PARTITIONED {
        let statement = create.to_string(PostgresQueryBuilder) + " PARTITION BY RANGE (began_ms)";
        manager.get_connection().execute_unprepared(&statement).await?;
    } else {
        manager.create_table(create).await?;
    }
    let lists = unique.iter().map(|columns| (columns, true));
    for (columns, unique) in lists.chain(indexes.iter().map(|columns| (columns, false))) {
        let mut index = Index::create();
        index.name(format!("{table}_{}", columns.join("_"))).table(table);
        for column in *columns {
            index.col(*column);
        }
        if unique {
            index.unique();
        }
        manager.create_index(index).await?;
    }
    match walled {
        Some(column) if postgres => wall_off(manager, table, column).await,
        _ => Ok(()),
    }
}

/// The second wall between tenants: PostgreSQL itself shows a transaction only the rows of the tenant that it named
/// (`smartcpd.tenant`), `*` for the service's own work, none where it named nobody. The owner of the tables is bound by it
/// too; superusers are not, so the service should log in as none. The setting is read in subqueries: once a statement and
/// not once a row.
async fn wall_off(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    let named = "current_setting('smartcpd.tenant', true)";
    let own = format!("(SELECT {named}) = '*' OR {column} = (SELECT NULLIF(NULLIF({named}, '*'), '')::uuid)");
    let mut statements = vec![
        format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
        format!("CREATE POLICY tenant ON {table} USING ({own}) WITH CHECK ({own})"),
    ];
    if LAYERED.contains(&table) {
        let nil = uuid::Uuid::nil();
        statements.push(format!(
            "CREATE POLICY layer ON {table} FOR SELECT USING ({column} = '{nil}')"
        ));
    }
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
