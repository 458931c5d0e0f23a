//! Calls lie in a partition a month on PostgreSQL: old months go as whole tables, and a list of the newest looks at one.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error::Error;
use crate::migration::PARTITIONED;
use crate::store::{Store, Tx, Whose};

/// A month of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// From 1.
    pub month: u32,
}

/// A day, ms.
pub(crate) const DAY_MS: i64 = 86_400_000;

impl Month {
    /// The month of a moment, in UTC.
    #[must_use]
    pub fn of(at_ms: i64) -> Month {
        // Days to civil dates, by eras of 400 years (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let days = at_ms.div_euclid(DAY_MS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Month {
            year: i32::try_from(year).unwrap_or(i32::MAX),
            month: u32::try_from(month).unwrap_or(1),
        }
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Month {
        match self.month {
            12 => Month {
                year: self.year + 1,
                month: 1,
            },
            month => Month {
                month: month + 1,
                ..self
            },
        }
    }

    /// Its first millisecond.
    #[must_use]
    pub fn begins_ms(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = i64::from(self.month);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * shifted + 2) / 5;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        (era * 146_097 + day_of_era - 719_468) * DAY_MS
    }

    fn of_table(table: &str) -> Option<Month> {
        let (year, month) = table
            .strip_prefix(PARTITIONED)?
            .strip_prefix('_')?
            .split_once('_')?;
        Some(Month {
            year: year.parse().ok()?,
            month: month.parse().ok()?,
        })
    }

    fn table(self) -> String {
        format!("{PARTITIONED}_{:04}_{:02}", self.year, self.month)
    }
}

/// Remembers the months that have their partition.
#[derive(Debug, Default)]
pub struct Partitions(HashSet<Month>);

impl Partitions {
    /// Makes the partitions of these moments that are missing, and the next month's, so that midnight waits for nothing.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn ensure(&mut self, store: &Store, at_ms: impl Iterator<Item = i64>) -> Result<(), Error> {
        if !store.is_postgres() {
            return Ok(());
        }
        let wanted: HashSet<Month> = at_ms
            .map(Month::of)
            .flat_map(|month| [month, month.next()])
            .collect();
        for month in wanted.difference(&self.0.clone()) {
            make(store, *month).await?;
            self.0.insert(*month);
        }
        Ok(())
    }
}

/// Two nodes may make one at the same time: the lock lets the second find it made. It is made beside its parent and then
/// attached, which no reader and no writer waits for; `PARTITION OF` would lock the parent against both.
async fn make(store: &Store, month: Month) -> Result<(), Error> {
    const LOCK: i64 = 0x5343_5044_0002;
    let tx = store.write(Whose::Service).await?;
    let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
    tx.db.execute_unprepared(&lock).await?;
    let (table, from, until) = (month.table(), month.begins_ms(), month.next().begins_ms());
    if is_there(&tx, &table).await? {
        return Ok(());
    }
    for statement in [
        format!("CREATE TABLE {table} (LIKE {PARTITIONED} INCLUDING ALL)"),
        // Asked by its own name, a partition would not know its parent's wall.
        format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {PARTITIONED} ATTACH PARTITION {table} FOR VALUES FROM ({from}) TO ({until})"),
    ] {
        tx.db.execute_unprepared(&statement).await?;
    }
    tx.commit().await
}

/// The months that have a partition, oldest first.
///
/// # Errors
///
/// The database's.
pub async fn list(store: &Store) -> Result<Vec<Month>, Error> {
    let tx = store.read(Whose::Service).await?;
    let statement = format!(
        "SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid \
         WHERE inhparent = '{PARTITIONED}'::regclass ORDER BY relname"
    );
    let rows = tx
        .db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, statement))
        .await?;
    let mut months = Vec::new();
    for row in rows {
        let table: String = row.try_get_by_index(0)?;
        months.extend(Month::of_table(&table));
    }
    months.sort_unstable();
    Ok(months)
}

/// How long a month waits to be let go by those who read it, while others wait behind it.
const DROP_PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";

/// Drops a month with all its calls.
///
/// # Errors
///
/// [`Error::Away`]: somebody reads it just now.
pub async fn remove(store: &Store, month: Month) -> Result<(), Error> {
    let tx = store.write(Whose::Service).await?;
    tx.db.execute_unprepared(DROP_PATIENCE).await?;
    let statement = format!("DROP TABLE IF EXISTS {}", month.table());
    tx.db.execute_unprepared(&statement).await?;
    tx.commit().await
}

async fn is_there(tx: &Tx, table: &str) -> Result<bool, Error> {
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT to_regclass($1) IS NOT NULL",
        [table.into()],
    );
    match tx.db.query_one_raw(statement).await? {
        Some(row) => Ok(row.try_get_by_index(0)?),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        let month = |year, month| Month { year, month };
        for (at_ms, is) in [
            (0, month(1970, 1)),
            (951_782_400_000, month(2000, 2)), // 2000-02-29T00:00Z
            (951_868_799_999, month(2000, 2)), // its last ms
            (951_868_800_000, month(2000, 3)),
            (1_798_761_599_999, month(2026, 12)),
            (1_798_761_600_000, month(2027, 1)),
            (-1, month(1969, 12)),
        ] {
            assert_eq!(Month::of(at_ms), is, "{at_ms}");
        }
        let mut at = month(1999, 1);
        while at.year < 2105 {
            assert_eq!(Month::of(at.begins_ms()), at);
            assert_eq!(Month::of(at.next().begins_ms() - 1), at);
            at = at.next();
        }
    }
}
