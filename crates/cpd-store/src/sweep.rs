//! What is older than its tenant's rules goes: in small steps, each a short transaction, so that calls are written and
//! looked at meanwhile. The counts of hours stay: they name nobody.
//!
//! A rule names classes by their beginning. Which classes there are is the caller's to say; a call of a class that is not
//! among them is kept as the rule without a class says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::entity::{audit, calls, deliveries, jobs, labels, outbox, recordings};
use crate::error::Error;
use crate::partitions::{self, DAY_MS};
use crate::retention::{self, Rule};
use crate::settings;
use crate::store::{SERVICE, Store, Tx, Whose};
use crate::tenants;

/// Days that calls are kept where no rule says otherwise: a year beside the year before.
pub const CALLS_DAYS: i32 = 365;
/// Days of recordings: complaints come within a quarter; audio is what fills disks.
pub const RECORDINGS_DAYS: i32 = 90;
/// Days of the audit log: two years, so that an auditor of a year finds all of it.
pub const AUDIT_DAYS: i32 = 730;
/// Days of deliveries and their events: a receiver that was broken for a month has other troubles.
pub const DELIVERIES_DAYS: i32 = 30;
/// Days that a job is shown after its end: who exported a month knows by the next that it was done.
const JOBS_DAYS: i64 = 90;

/// Rows of one step: some tens of milliseconds of PostgreSQL, and of SQLite's one writer.
const STEP_ROWS: u64 = 500;
/// Between steps: the call path has the database to itself for longer than a step takes.
const PAUSE: Duration = Duration::from_millis(50);
/// Which rules the recordings' ends were set by.
const APPLIED: &str = "retention.recordings";

/// What went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Calls, without those of whole months.
    pub calls: u64,
    /// Whole months of calls.
    pub months: u64,
    /// Labels.
    pub labels: u64,
    /// Recordings whose end was set.
    pub recordings: u64,
    /// Entries of the audit log.
    pub audit: u64,
    /// Deliveries.
    pub deliveries: u64,
    /// Events.
    pub events: u64,
    /// Jobs; their files went before.
    pub jobs: u64,
}

/// Sweeps once. One node does so, by a lease.
///
/// # Errors
///
/// The database's; what was done stays done.
pub async fn run(store: &Store, classes: &[&str], now_ms: i64) -> Result<Swept, Error> {
    let rules = Rules::read(store, classes).await?;
    let mut swept = Swept::default();
    if store.is_postgres() {
        drop_months(store, &rules, now_ms, &mut swept).await?;
    }
    for tenant in &rules.tenants {
        for (days, which) in rules.by_days(*tenant, "calls") {
            let before_ms = now_ms - i64::from(days) * DAY_MS;
            let mut labels = 0;
            let calls = steps(store, async |tx| {
                let (calls, of_them) = remove_calls(tx, *tenant, &which, before_ms, now_ms).await?;
                labels += of_them;
                Ok(calls)
            });
            swept.calls += calls.await?;
            swept.labels += labels;
        }
        let before = |what| now_ms - i64::from(rules.days(*tenant, what, None)) * DAY_MS;
        let (audit_ms, deliveries_ms) = (before("audit"), before("deliveries"));
        swept.audit += steps(store, async |tx| remove_audit(tx, *tenant, audit_ms).await).await?;
        swept.deliveries += steps(store, async |tx| {
            remove_deliveries(tx, *tenant, deliveries_ms).await
        })
        .await?;
        swept.events += steps(store, async |tx| remove_events(tx, *tenant, deliveries_ms).await).await?;
        let jobs_ms = now_ms - JOBS_DAYS * DAY_MS;
        swept.jobs += steps(store, async |tx| remove_jobs(tx, *tenant, jobs_ms).await).await?;
    }
    forget_ends(store, &rules).await?;
    swept.recordings = steps(store, async |tx| set_ends(tx, &rules, now_ms).await).await?;
    Ok(swept)
}

/// Does a step until it finds less than a whole one to do.
async fn steps(store: &Store, mut step: impl AsyncFnMut(&Tx) -> Result<u64, Error>) -> Result<u64, Error> {
    let mut all = 0;
    loop {
        let tx = store.write(Whose::Service).await?;
        let done = step(&tx).await?;
        tx.commit().await?;
        all += done;
        if done < STEP_ROWS {
            return Ok(all);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// All tenants' rules.
struct Rules {
    tenants: Vec<Uuid>,
    rules: HashMap<Uuid, Vec<Rule>>,
    classes: Vec<String>,
}

/// Which calls a number of days is for.
#[derive(Debug, Default, PartialEq)]
struct Which {
    /// Of these classes; without a verdict: empty.
    classes: Vec<String>,
    /// And those of classes that nobody knows, which are none of these.
    but: Option<Vec<String>>,
}

impl Rules {
    async fn read(store: &Store, classes: &[&str]) -> Result<Rules, Error> {
        let tx = store.read(Whose::Service).await?;
        let mut tenants: Vec<Uuid> = tenants::list(&tx).await?.iter().map(|tenant| tenant.id).collect();
        // The service's own entries and events.
        tenants.push(SERVICE);
        let mut rules: HashMap<Uuid, Vec<Rule>> = HashMap::new();
        for rule in retention::list(&tx).await? {
            rules.entry(rule.tenant_id).or_default().push(rule);
        }
        Ok(Rules {
            tenants,
            rules,
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        })
    }

    /// How long something is kept: by the rule with the longest beginning of its class. A call without a verdict is of the
    /// class `none`.
    fn days(&self, tenant: Uuid, what: &str, class: Option<&str>) -> i32 {
        let fits = |rule: &&Rule| rule.what == what && class.unwrap_or("").starts_with(&rule.class);
        let rules = self.rules.get(&tenant).map_or(&[][..], Vec::as_slice);
        let rule = rules.iter().filter(fits).max_by_key(|rule| rule.class.len());
        rule.map_or_else(
            || match what {
                "recordings" => RECORDINGS_DAYS,
                "audit" => AUDIT_DAYS,
                "deliveries" => DELIVERIES_DAYS,
                _ => CALLS_DAYS,
            },
            |rule| Ord::max(rule.days, 0),
        )
    }

    /// The class that a call counts as for rules.
    fn class<'a>(&self, class: Option<&'a str>) -> Option<&'a str> {
        match class {
            None => Some("none"),
            Some(class) if self.classes.iter().any(|known| known == class) => Some(class),
            Some(_) => None,
        }
    }

    fn by_days(&self, tenant: Uuid, what: &str) -> BTreeMap<i32, Which> {
        let mut by_days: BTreeMap<i32, Which> = BTreeMap::new();
        for class in self.classes.iter().map(String::as_str).chain(["none"]) {
            let days = self.days(tenant, what, Some(class));
            by_days.entry(days).or_default().classes.push(class.to_owned());
        }
        let others = by_days.entry(self.days(tenant, what, None)).or_default();
        others.but = Some(self.classes.clone());
        by_days
    }

    /// The longest that any tenant keeps any call.
    fn longest(&self) -> i32 {
        let by_rules = self
            .tenants
            .iter()
            .flat_map(|tenant| self.by_days(*tenant, "calls"));
        by_rules.map(|(days, _)| days).max().unwrap_or(CALLS_DAYS)
    }
}

impl Which {
    fn condition(&self) -> Condition {
        let column = calls::Column::Class;
        let (none, named): (Vec<&String>, Vec<&String>) =
            self.classes.iter().partition(|class| *class == "none");
        let mut any = Condition::any();
        if !none.is_empty() {
            any = any.add(column.is_null());
        }
        if !named.is_empty() {
            any = any.add(column.is_in(named));
        }
        if let Some(known) = &self.but {
            any = any.add(column.is_not_in(known));
        }
        any
    }
}

async fn remove_calls(
    tx: &Tx,
    tenant: Uuid,
    which: &Which,
    before_ms: i64,
    now_ms: i64,
) -> Result<(u64, u64), Error> {
    let found: Vec<(Uuid, i64)> = calls::Entity::find()
        .select_only()
        .columns([calls::Column::Id, calls::Column::BeganMs])
        .filter(calls::Column::TenantId.eq(tenant))
        .filter(calls::Column::BeganMs.lt(before_ms))
        .filter(which.condition())
        .order_by_asc(calls::Column::BeganMs)
        .limit(STEP_ROWS)
        .into_tuple()
        .all(&tx.db)
        .await?;
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok((0, 0));
    };
    let ids = || found.iter().map(|(id, _)| *id);
    let done = calls::Entity::delete_many()
        .filter(calls::Column::Id.is_in(ids()))
        .filter(calls::Column::BeganMs.between(first.1, last.1))
        .exec(&tx.db)
        .await?;
    let labels = labels::Entity::delete_many()
        .filter(labels::Column::CallId.is_in(ids()))
        .exec(&tx.db)
        .await?;
    // A recording does not outlive its call; its node deletes it.
    recordings::Entity::update_many()
        .col_expr(recordings::Column::ExpiresMs, Expr::value(now_ms))
        .filter(recordings::Column::CallId.is_in(ids()))
        .filter(
            Condition::any()
                .add(recordings::Column::ExpiresMs.is_null())
                .add(recordings::Column::ExpiresMs.gt(now_ms)),
        )
        .exec(&tx.db)
        .await?;
    Ok((done.rows_affected, labels.rows_affected))
}

/// Months that are older than anybody wants go as whole tables.
async fn drop_months(store: &Store, rules: &Rules, now_ms: i64, swept: &mut Swept) -> Result<(), Error> {
    let before_ms = now_ms - i64::from(rules.longest()) * DAY_MS;
    for month in partitions::list(store).await? {
        let ends_ms = month.next().begins_ms();
        if ends_ms > before_ms {
            continue;
        }
        swept.labels += steps(store, async |tx| remove_labels(tx, ends_ms).await).await?;
        steps(store, async |tx| end_recordings(tx, ends_ms, now_ms).await).await?;
        // Where somebody reads the table for long, it goes with a later sweep.
        match partitions::remove(store, month).await {
            Ok(()) => swept.months += 1,
            Err(Error::Away(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

async fn remove_labels(tx: &Tx, before_ms: i64) -> Result<u64, Error> {
    let old = Query::select()
        .column(labels::Column::Id)
        .from(labels::Entity)
        .and_where(labels::Column::BeganMs.lt(before_ms))
        .limit(STEP_ROWS)
        .take();
    let done = labels::Entity::delete_many()
        .filter(labels::Column::Id.in_subquery(old))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}

async fn end_recordings(tx: &Tx, before_ms: i64, now_ms: i64) -> Result<u64, Error> {
    let late = Condition::any()
        .add(recordings::Column::ExpiresMs.is_null())
        .add(recordings::Column::ExpiresMs.gt(now_ms));
    let old = Query::select()
        .column(recordings::Column::CallId)
        .from(recordings::Entity)
        .and_where(recordings::Column::BeganMs.lt(before_ms))
        .cond_where(late)
        .limit(STEP_ROWS)
        .take();
    let done = recordings::Entity::update_many()
        .col_expr(recordings::Column::ExpiresMs, Expr::value(now_ms))
        .filter(recordings::Column::CallId.in_subquery(old))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}

async fn remove_audit(tx: &Tx, tenant: Uuid, before_ms: i64) -> Result<u64, Error> {
    let old = audit::Entity::find()
        .select_only()
        .column(audit::Column::Id)
        .filter(audit::Column::TenantId.eq(tenant))
        .filter(audit::Column::AtMs.lt(before_ms))
        .limit(STEP_ROWS)
        .into_query();
    let done = audit::Entity::delete_many()
        .filter(audit::Column::Id.in_subquery(old))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}

/// What is still on its way stays, however old.
async fn remove_deliveries(tx: &Tx, tenant: Uuid, before_ms: i64) -> Result<u64, Error> {
    let old = deliveries::Entity::find()
        .select_only()
        .column(deliveries::Column::Id)
        .filter(deliveries::Column::TenantId.eq(tenant))
        .filter(deliveries::Column::CreatedMs.lt(before_ms))
        .filter(deliveries::Column::State.ne("waiting"))
        .limit(STEP_ROWS)
        .into_query();
    let done = deliveries::Entity::delete_many()
        .filter(deliveries::Column::Id.in_subquery(old))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}

/// An event goes when no delivery needs it any more.
async fn remove_events(tx: &Tx, tenant: Uuid, before_ms: i64) -> Result<u64, Error> {
    let delivery = Query::select()
        .expr(Expr::value(1))
        .from(deliveries::Entity)
        .and_where(
            Expr::col((deliveries::Entity, deliveries::Column::EventId))
                .equals((outbox::Entity, outbox::Column::Id)),
        )
        .take();
    let old = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(outbox::Column::TenantId.eq(tenant))
        .filter(outbox::Column::CreatedMs.lt(before_ms))
        .filter(outbox::Column::Fanned.eq(true))
        .filter(Expr::exists(delivery).not())
        .limit(STEP_ROWS)
        .into_query();
    let done = outbox::Entity::delete_many()
        .filter(outbox::Column::Id.in_subquery(old))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}

async fn remove_jobs(tx: &Tx, tenant: Uuid, before_ms: i64) -> Result<u64, Error> {
    let old = jobs::Entity::find()
        .select_only()
        .column(jobs::Column::Id)
        .filter(jobs::Column::TenantId.eq(tenant))
        .filter(jobs::Column::EndedMs.lt(before_ms))
        .limit(STEP_ROWS)
        .into_query();
    let done = jobs::Entity::delete_many()
        .filter(jobs::Column::Id.in_subquery(old))
        .exec(&tx.db)
        .await?;
    Ok(done.rows_affected)
}

/// Ends that were set by other rules than today's are set anew.
async fn forget_ends(store: &Store, rules: &Rules) -> Result<(), Error> {
    let today: BTreeMap<String, Vec<(&str, i32)>> = rules
        .tenants
        .iter()
        .map(|tenant| {
            let mut of_it: Vec<_> = rules
                .rules
                .get(tenant)
                .into_iter()
                .flatten()
                .filter(|rule| rule.what == "recordings")
                .map(|rule| (rule.class.as_str(), rule.days))
                .collect();
            of_it.sort_unstable();
            (tenant.to_string(), of_it)
        })
        .filter(|(_, rules)| !rules.is_empty())
        .collect();
    let today = serde_json::json!(today);
    let tx = store.read(Whose::Service).await?;
    let applied = settings::get(&tx, APPLIED)
        .await?
        .unwrap_or_else(|| serde_json::json!({}));
    drop(tx);
    if applied == today {
        return Ok(());
    }
    for tenant in &rules.tenants {
        let name = tenant.to_string();
        if applied.get(&name) != today.get(&name) {
            let mut after = Uuid::nil();
            steps(store, async |tx| forget_some(tx, *tenant, &mut after).await).await?;
        }
    }
    let tx = store.write(Whose::Service).await?;
    settings::set(&tx, APPLIED, today).await?;
    tx.commit().await
}

async fn forget_some(tx: &Tx, tenant: Uuid, after: &mut Uuid) -> Result<u64, Error> {
    let ids: Vec<Uuid> = recordings::Entity::find()
        .select_only()
        .column(recordings::Column::CallId)
        .filter(recordings::Column::TenantId.eq(tenant))
        .filter(recordings::Column::CallId.gt(*after))
        .order_by_asc(recordings::Column::CallId)
        .limit(STEP_ROWS)
        .into_tuple()
        .all(&tx.db)
        .await?;
    let Some(last) = ids.last() else {
        return Ok(0);
    };
    *after = *last;
    recordings::Entity::update_many()
        .col_expr(recordings::Column::ExpiresMs, Expr::value(Option::<i64>::None))
        .filter(recordings::Column::CallId.is_in(ids.iter().copied()))
        .exec(&tx.db)
        .await?;
    Ok(ids.len() as u64)
}

#[derive(FromQueryResult)]
struct Endless {
    call_id: Uuid,
    tenant_id: Uuid,
    began_ms: i64,
}

/// Recordings get their end; those whose call is gone end now.
async fn set_ends(tx: &Tx, rules: &Rules, now_ms: i64) -> Result<u64, Error> {
    let found: Vec<Endless> = recordings::Entity::find()
        .select_only()
        .columns([
            recordings::Column::CallId,
            recordings::Column::TenantId,
            recordings::Column::BeganMs,
        ])
        .filter(recordings::Column::ExpiresMs.is_null())
        .limit(STEP_ROWS)
        .into_model()
        .all(&tx.db)
        .await?;
    let times = || found.iter().map(|one| one.began_ms);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Ok(0);
    };
    let classes: Vec<(Uuid, Option<String>)> = calls::Entity::find()
        .select_only()
        .columns([calls::Column::Id, calls::Column::Class])
        .filter(calls::Column::Id.is_in(found.iter().map(|one| one.call_id)))
        .filter(calls::Column::BeganMs.between(first, last))
        .into_tuple()
        .all(&tx.db)
        .await?;
    let classes: HashMap<Uuid, Option<String>> = classes.into_iter().collect();
    let mut by_days: BTreeMap<i32, Vec<Uuid>> = BTreeMap::new();
    let mut orphans = HashSet::new();
    for one in &found {
        match classes.get(&one.call_id) {
            Some(class) => {
                let class = rules.class(class.as_deref());
                let days = rules.days(one.tenant_id, "recordings", class);
                by_days.entry(days).or_default().push(one.call_id);
            }
            None => {
                orphans.insert(one.call_id);
            }
        }
    }
    let began = || Expr::col(recordings::Column::BeganMs);
    let ends = by_days
        .into_iter()
        .map(|(days, ids)| (began().add(i64::from(days) * DAY_MS), ids));
    let orphans = (Expr::value(now_ms), orphans.into_iter().collect());
    for (end, ids) in ends.chain([orphans]) {
        if !ids.is_empty() {
            recordings::Entity::update_many()
                .col_expr(recordings::Column::ExpiresMs, end)
                .filter(recordings::Column::CallId.is_in(ids))
                .exec(&tx.db)
                .await?;
        }
    }
    Ok(found.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_with_the_longest_beginning_counts() {
        let tenant = Uuid::from_u128(1);
        let rule = |what: &str, class: &str, days| Rule {
            id: Uuid::nil(),
            tenant_id: tenant,
            what: what.to_owned(),
            class: class.to_owned(),
            days,
        };
        let rules = Rules {
            tenants: vec![tenant],
            rules: HashMap::from([(
                tenant,
                vec![
                    rule("calls", "", 100),
                    rule("calls", "machine.", 10),
                    rule("calls", "machine.greeting", 20),
                    rule("calls", "none", 5),
                    rule("recordings", "human", 1),
                ],
            )]),
            classes: ["human", "machine.greeting", "machine.operator"]
                .map(str::to_owned)
                .into(),
        };
        for (class, days) in [
            (Some("human"), 100),
            (Some("machine.greeting"), 20),
            (Some("machine.operator"), 10),
            (Some("machine.unheard.of"), 100),
            (None, 5),
        ] {
            let class_of_rules = rules.class(class);
            assert_eq!(rules.days(tenant, "calls", class_of_rules), days, "{class:?}");
        }
        assert_eq!(rules.days(tenant, "audit", None), AUDIT_DAYS);
        assert_eq!(rules.days(Uuid::nil(), "calls", Some("human")), CALLS_DAYS);
        let by_days = rules.by_days(tenant, "calls");
        assert_eq!(by_days.keys().copied().collect::<Vec<_>>(), [5, 10, 20, 100]);
        assert_eq!(by_days[&5].classes, ["none"]);
        assert_eq!(by_days[&100].classes, ["human"]);
        assert_eq!(by_days[&100].but.as_ref().map(Vec::len), Some(3));
        assert_eq!(rules.longest(), 100);
    }
}
