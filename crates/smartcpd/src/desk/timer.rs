//! What happens because time passed: a solution that nobody objected to is over, and a clock that ends is told.

use std::time::Duration;

use cpd_desk::{Act, Clock, Clocks};
use cpd_store::desk::{files, requests};
use cpd_store::{SERVICE, Store, Uuid, Whose, leases, webhooks};
use serde_json::json;

use super::terms;
use super::work::{self, By, Fault};

/// Requests that are looked at in a round.
const ROUND: u64 = 200;

/// How often clocks are looked at: promises are made in minutes.
const PAUSE: Duration = Duration::from_secs(10);
/// How long one node looks before another may, ms.
const LEASE_MS: i64 = 60_000;
/// What the lease is called.
const LEASE: &str = "desk.timer";
/// How long a file waits for the message that it was sent up for, ms: a day.
const FILES_MS: i64 = 86_400_000;

/// Looks for ever; one node does.
pub(crate) async fn run(store: Store, node: String, clock: impl Fn() -> i64) {
    loop {
        // A database that is away is asked again.
        let _ = step(&store, &node, clock()).await;
        tokio::time::sleep(PAUSE).await;
    }
}

async fn step(store: &Store, node: &str, now_ms: i64) -> Result<(), Fault> {
    let tx = store.write(Whose::Service).await?;
    if !leases::hold(&tx, LEASE, node, (now_ms, now_ms + LEASE_MS)).await? {
        return Ok(());
    }
    files::sweep(&tx, now_ms - FILES_MS).await?;
    tx.commit().await?;
    while look(store, now_ms).await? as u64 == ROUND {}
    Ok(())
}

/// Looks at requests whose clocks are due. Tells how many there were.
pub(crate) async fn look(store: &Store, now_ms: i64) -> Result<usize, Fault> {
    let tx = store.read(Whose::Service).await?;
    let due = requests::due(&tx, now_ms, ROUND).await?;
    drop(tx);
    let count = due.len();
    for request in due {
        let tx = store.write(Whose::Service).await?;
        one(&tx, request.id, now_ms).await?;
        tx.commit().await?;
    }
    Ok(count)
}

async fn one(tx: &cpd_store::Tx, id: Uuid, now_ms: i64) -> Result<(), Fault> {
    let mut request = requests::hold(tx, id).await?;
    // Somebody else looked meanwhile.
    let Some(looked_ms) = request.next_ms.filter(|at| *at <= now_ms) else {
        return Ok(());
    };
    let log = work::log(tx, &request).await?;
    let contract = work::contract(tx, request.tenant_id, now_ms).await?;
    let contract = contract.unwrap_or_else(terms::none);
    let clocks = Clocks::of(&log, &contract);
    if clocks.closes_ms.is_some_and(|at| at <= now_ms) {
        work::act_on(tx, request, &By::desk(), &Act::Expire, now_ms).await?;
        return Ok(());
    }
    for (name, clock) in [
        ("first", clocks.first),
        ("next", clocks.next),
        ("solution", clocks.solution),
    ] {
        let Clock::Running { warn_ms, due_ms } = clock else {
            continue;
        };
        let passed = |at: i64| (looked_ms..=now_ms).contains(&at);
        let kind = match (passed(warn_ms), passed(due_ms)) {
            (_, true) => "request.breached",
            (true, false) => "request.warned",
            (false, false) => continue,
        };
        let event = webhooks::Event {
            id: Uuid::now_v7(),
            tenant_id: SERVICE,
            kind: kind.to_owned(),
            payload: json!({ "request": request.id, "number": request.number, "clock": name, "due_ms": due_ms }),
            created_ms: now_ms,
            fanned: false,
        };
        webhooks::emit(tx, &[event]).await?;
    }
    request.due_ms = clocks.due_ms();
    request.next_ms = clocks.next_ms(now_ms);
    requests::append(tx, request, Vec::new()).await?;
    Ok(())
}
