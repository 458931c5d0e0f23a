//! Call records on their way into the database, off the call path.
//!
//! ```text
//! push → queue → journal (a thread: one write a batch) → files → the database (a task: one transaction a batch)
//! ```
//!
//! What was handed over lies in files until the database has committed it. While the database is away the files grow, up
//! to a bound; when it is back they are read oldest first. A batch that may have been written is written again, which
//! changes nothing ([`record::write`]). A record that the database refuses is set aside in a file, and the others go on.

use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::Error;
use crate::partitions::Partitions;
use crate::record::{self, Record};
use crate::spool::{Bounds, Lines, Spool};
use crate::store::{SERVICE, Store, Whose};

/// Records of one transaction. More would make each cheaper by little, and cost a crash more to repeat.
pub const BATCH_MAX: usize = 1_000;
/// Between two transactions that were not full: a list shows a call that soon after its end, and few calls a second do not
/// make a transaction each.
const GATHER: Duration = Duration::from_millis(50);
/// The first pause after the database did not answer: a restart takes a second.
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest pause: when it is back after hours, records go on within these seconds.
const RETRY_MAX: Duration = Duration::from_secs(5);
/// The pause after the journal could not be written: a full disk is freed by a person or by a sweep.
const JOURNAL_RETRY: Duration = Duration::from_secs(1);
/// How often a file is tried that cannot be read, before the ones after it get their turn.
const READS_MAX: u32 = 5;

/// How much waits at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Records in memory, which a thread writes to disk at once: 8,192 are four seconds of a disk that hangs at 2,000
    /// records a second, 20 MB of memory. 1 and up.
    pub queue: usize,
    /// Files on disk, bytes: 2 GiB are a million records of 2 kB, a day at 10 calls a second. Beyond, the oldest stay.
    pub spool_bytes: u64,
    /// One file, bytes. 4 MiB: a disk frees space in such steps, and a thousand files are not too many for a folder.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            queue: 8_192,
            spool_bytes: 2 << 30,
            file_bytes: 4 << 20,
        }
    }
}

/// Where records go in the end: a [`Store`]; tests put what fails between.
pub trait Sink: Send + 'static {
    /// Writes records, all or none. Those that are there already stay as they are.
    fn write(&mut self, records: &[Record]) -> impl Future<Output = Result<(), Error>> + Send;

    /// Whether an ordinary record of that time would be written, without writing it: then one that was refused is itself
    /// at fault.
    fn probe(&mut self, began_ms: i64) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Writes into a store, and makes the months' partitions there.
#[derive(Debug)]
pub struct IntoStore {
    store: Store,
    partitions: Partitions,
}

impl IntoStore {
    /// Into this store.
    #[must_use]
    pub fn new(store: Store) -> IntoStore {
        IntoStore {
            store,
            partitions: Partitions::default(),
        }
    }

    async fn attempt(&mut self, records: &[Record], keep: bool) -> Result<(), Error> {
        let times = records.iter().map(|record| record.call.began_ms);
        self.partitions.ensure(&self.store, times).await?;
        let tx = self.store.write(Whose::Service).await?;
        record::write(&tx, records).await?;
        if keep { tx.commit().await } else { Ok(()) }
    }
}

impl Sink for IntoStore {
    async fn write(&mut self, records: &[Record]) -> Result<(), Error> {
        match self.attempt(records, true).await {
            // A sweep may have dropped a month that is remembered here.
            Err(Error::Failed(_)) => {
                self.partitions = Partitions::default();
                self.attempt(records, true).await
            }
            done => done,
        }
    }

    async fn probe(&mut self, began_ms: i64) -> Result<(), Error> {
        self.attempt(&[ordinary(began_ms)], false).await
    }
}

fn ordinary(began_ms: i64) -> Record {
    let call = crate::calls::Call {
        id: uuid::Uuid::now_v7(),
        began_ms,
        tenant_id: SERVICE,
        node: String::new(),
        name: String::new(),
        dialer: String::new(),
        carrier: None,
        caller: String::new(),
        callee: String::new(),
        reference: None,
        campaign: None,
        class: None,
        phase: None,
        confidence: None,
        prompt: None,
        operator: None,
        status: None,
        ended_by: String::new(),
        q850: 16,
        decided_ms: None,
        answered_ms: None,
        connected_ms: None,
        held_ms: 0,
        length_ms: 0,
        deaf: None,
        recorded: false,
        library: 0,
        own_library: 0,
        detail: json!({}),
    };
    Record {
        call,
        recording: None,
        events: Vec::new(),
    }
}

/// What the writer did and does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Records that the database has.
    pub written: u64,
    /// Records on their way: in memory and in files.
    pub waiting: u64,
    /// Those of them that are in memory still.
    pub queued: u64,
    /// Bytes of the files.
    pub spooled_bytes: u64,
    /// Records that are lost: the queue or the files were full, a file could not be read.
    pub lost: u64,
    /// Records that the database refused; they are in `refused.jsonl`.
    pub refused: u64,
    /// Lines that were no records; they are in `unreadable.jsonl`.
    pub unreadable: u64,
    /// Lines that a crash cut off.
    pub half: u64,
    /// Since when the database does not take records, ms.
    pub away_since_ms: Option<i64>,
    /// What went wrong last, and when.
    pub last_error: Option<(i64, String)>,
}

/// Takes call records.
#[derive(Debug)]
pub struct Writer {
    queue: Option<mpsc::Sender<Record>>,
    shared: Arc<Shared>,
    over: Option<oneshot::Receiver<()>>,
    task: JoinHandle<()>,
}

struct Shared {
    /// `None` when all is over.
    spool: Mutex<Option<Spool>>,
    appended: Notify,
    journal_over: AtomicBool,
    give_up: AtomicBool,
    node: String,
    clock: Mutex<Box<dyn Fn() -> i64 + Send>>,
    counts: Counts,
    trouble: Mutex<Trouble>,
}

#[derive(Default)]
struct Counts {
    queued: AtomicU64,
    spooled: AtomicU64,
    spooled_bytes: AtomicU64,
    written: AtomicU64,
    lost: AtomicU64,
    refused: AtomicU64,
    unreadable: AtomicU64,
    half: AtomicU64,
}

#[derive(Default)]
struct Trouble {
    last: Option<(i64, String)>,
    away_since_ms: Option<i64>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// Begins, with the records that an earlier process left in the folder. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// The folder's; another process has it.
    pub fn start(
        store: Store,
        folder: &Path,
        node: &str,
        limits: Limits,
        clock: impl Fn() -> i64 + Send + 'static,
    ) -> io::Result<Writer> {
        Writer::start_into(IntoStore::new(store), folder, node, limits, clock)
    }

    /// The same, into something else than a store.
    ///
    /// # Errors
    ///
    /// The folder's; another process has it.
    pub fn start_into(
        sink: impl Sink,
        folder: &Path,
        node: &str,
        limits: Limits,
        clock: impl Fn() -> i64 + Send + 'static,
    ) -> io::Result<Writer> {
        let bounds = Bounds {
            bytes: limits.spool_bytes,
            segment_bytes: limits.file_bytes,
        };
        let spool = Spool::open(folder, bounds)?;
        let shared = Arc::new(Shared {
            spool: Mutex::new(None),
            appended: Notify::new(),
            journal_over: AtomicBool::new(false),
            give_up: AtomicBool::new(false),
            node: node.to_owned(),
            clock: Mutex::new(Box::new(clock)),
            counts: Counts::default(),
            trouble: Mutex::default(),
        });
        shared.measure(&spool);
        *lock(&shared.spool) = Some(spool);
        let (queue, handed) = mpsc::channel(limits.queue.max(1));
        let (ended, over) = oneshot::channel();
        let journal = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("records".to_owned())
            .spawn(move || {
                keep_journal(handed, &journal);
                journal.journal_over.store(true, Ordering::Release);
                journal.appended.notify_one();
                let _ = ended.send(());
            })?;
        let task = tokio::spawn(drain(sink, Arc::clone(&shared)));
        Ok(Writer {
            queue: Some(queue),
            shared,
            over: Some(over),
            task,
        })
    }

    /// Hands a record over. It never waits: where the queue is full the record is lost and counted.
    pub fn push(&self, record: Record) {
        let counts = &self.shared.counts;
        counts.queued.fetch_add(1, Ordering::Relaxed);
        let taken = self
            .queue
            .as_ref()
            .is_some_and(|queue| queue.try_send(record).is_ok());
        if !taken {
            counts.queued.fetch_sub(1, Ordering::Relaxed);
            self.shared
                .lose(1, "hand a record over: the queue to the disk is full");
        }
    }

    /// What it did and does; reads counters only.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shared.figures()
    }

    /// Ends: takes no more, and writes what waits, until then at the latest. What is not in the database by then stays in
    /// the files for the next start.
    pub async fn finish(mut self, deadline: Instant) -> Figures {
        self.queue = None;
        if timeout_at(deadline, &mut self.task).await.is_err() {
            self.task.abort();
            let _ = (&mut self.task).await;
            self.shared.give_up.store(true, Ordering::Release);
        }
        // The journal is written whole even when the database is away.
        if let Some(over) = self.over.take() {
            let _ = over.await;
        }
        let shared = Arc::clone(&self.shared);
        let _ = spawn_blocking(move || lock(&shared.spool).take()).await;
        self.shared.figures()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.give_up.store(true, Ordering::Release);
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The journal: what was handed over goes to disk, batch by batch, as fast as it comes.
fn keep_journal(mut handed: mpsc::Receiver<Record>, shared: &Shared) {
    let mut batch = Vec::new();
    while handed.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        let mut text = Vec::new();
        let mut lines = 0;
        let taken = batch.len() as u64;
        for mut record in batch.drain(..) {
            record.mend();
            let before = text.len();
            match serde_json::to_writer(&mut text, &record) {
                Ok(()) => {
                    text.push(b'\n');
                    lines += 1;
                }
                Err(why) => {
                    text.truncate(before);
                    shared.lose(1, &format!("write a record as JSON: {why}"));
                }
            }
        }
        shared.append(&text, lines);
        shared.counts.queued.fetch_sub(taken, Ordering::Relaxed);
    }
}

/// The way into the database: the oldest lines, again and again until it has them.
async fn drain(mut sink: impl Sink, shared: Arc<Shared>) {
    let mut retry = RETRY_FIRST;
    let mut failed_reads = 0;
    loop {
        let over = shared.journal_over.load(Ordering::Acquire);
        let lines = match on_spool(&shared, |spool, _| spool.read(BATCH_MAX)).await {
            Ok(Some(lines)) => lines,
            Ok(None) if over => return,
            Ok(None) => {
                shared.appended.notified().await;
                continue;
            }
            Err(why) => {
                failed_reads += 1;
                shared.tell(&format!("read records from the spool: {why}"));
                if why.kind() == io::ErrorKind::NotFound || failed_reads >= READS_MAX {
                    give_file_up(&shared).await;
                    failed_reads = 0;
                } else {
                    sleep(RETRY_FIRST).await;
                }
                continue;
            }
        };
        failed_reads = 0;
        let (records, unreadable) = decode(&lines);
        let full = lines.lines.len() == BATCH_MAX;
        match insert(&mut sink, &records).await {
            Ok(refused) => {
                retry = RETRY_FIRST;
                let written = (records.len() - refused.len()) as u64;
                shared.counts.written.fetch_add(written, Ordering::Relaxed);
                settle(&shared, lines, unreadable, refused).await;
            }
            Err(why) => {
                shared.away(&why);
                sleep(retry).await;
                retry = (retry * 2).min(RETRY_MAX);
                continue;
            }
        }
        if !full && !over {
            sleep(GATHER).await;
        }
    }
}

fn decode(lines: &Lines) -> (Vec<Record>, Vec<Vec<u8>>) {
    let mut unreadable = Vec::new();
    let mut records = Vec::with_capacity(lines.lines.len());
    for line in &lines.lines {
        match serde_json::from_slice(line) {
            Ok(record) => records.push(record),
            Err(_) => unreadable.push(line.clone()),
        }
    }
    (records, unreadable)
}

/// Writes records. Where the database refuses them together, halves of them show which it refuses; those come back.
async fn insert(sink: &mut impl Sink, records: &[Record]) -> Result<Vec<(Record, Error)>, Error> {
    let mut refused = Vec::new();
    let mut parts = vec![records];
    while let Some(part) = parts.pop() {
        let why = match part {
            [] => continue,
            part => match sink.write(part).await {
                Ok(()) => continue,
                Err(why @ Error::Away(_)) => return Err(why),
                Err(why) => why,
            },
        };
        match part {
            [record] => {
                // A database that refuses everybody is at fault itself: no rights, no table.
                sink.probe(record.call.began_ms).await?;
                refused.push((record.clone(), why));
            }
            part => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
        }
    }
    Ok(refused)
}

async fn settle(shared: &Arc<Shared>, lines: Lines, unreadable: Vec<Vec<u8>>, refused: Vec<(Record, Error)>) {
    shared.here();
    let counts = &shared.counts;
    counts.half.fetch_add(u64::from(lines.half), Ordering::Relaxed);
    counts
        .unreadable
        .fetch_add(unreadable.len() as u64, Ordering::Relaxed);
    counts.refused.fetch_add(refused.len() as u64, Ordering::Relaxed);
    let done = on_spool(shared, move |spool, shared| {
        for line in &unreadable {
            shared.tell("read a record of the spool: it is in unreadable.jsonl");
            shared.set_aside(spool, "unreadable.jsonl", line);
        }
        for (record, why) in &refused {
            let why = why.to_string();
            shared.tell(&format!("write a record, which is in refused.jsonl: {why}"));
            let at_ms = shared.now();
            let line = json!({ "at_ms": at_ms, "node": shared.node, "why": why, "record": record });
            shared.set_aside(spool, "refused.jsonl", line.to_string().as_bytes());
        }
        spool.settle(&lines)
    })
    .await;
    if let Err(why) = done {
        shared.tell(&format!("settle records of the spool: {why}"));
    }
}

async fn give_file_up(shared: &Arc<Shared>) {
    let lost = on_spool(shared, |spool, _| Ok(spool.give_up())).await;
    if let Ok(lost) = lost {
        shared.lose(lost, "read a file of the spool: its records are lost");
    }
}

/// Does something with the files, off the runtime's threads.
async fn on_spool<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&mut Spool, &Shared) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let shared = Arc::clone(shared);
    let done = spawn_blocking(move || {
        let mut guard = lock(&shared.spool);
        let Some(spool) = guard.as_mut() else {
            return Err(io::Error::other("the writer has ended"));
        };
        let done = work(spool, &shared);
        shared.measure(spool);
        done
    });
    done.await.unwrap_or_else(|why| Err(io::Error::other(why)))
}

impl Shared {
    fn append(&self, text: &[u8], lines: u64) {
        loop {
            let done = {
                let mut guard = lock(&self.spool);
                let Some(spool) = guard.as_mut() else { return };
                let done = spool.append(text);
                self.measure(spool);
                done
            };
            match done {
                Ok(kept) => {
                    self.appended.notify_one();
                    if kept < lines {
                        self.lose(lines - kept, "keep records on disk: the spool is full");
                    }
                    return;
                }
                Err(why) if self.give_up.load(Ordering::Acquire) => {
                    return self.lose(lines, &format!("keep records on disk: {why}"));
                }
                Err(why) => {
                    self.tell(&format!("keep records on disk: {why}"));
                    std::thread::sleep(JOURNAL_RETRY);
                }
            }
        }
    }

    /// What cannot even be set aside is lost; the others go on.
    fn set_aside(&self, spool: &Spool, name: &str, line: &[u8]) {
        match spool.set_aside(name, line) {
            Ok(true) => {}
            Ok(false) => self.lose(1, &format!("set a record aside: {name} is full")),
            Err(why) => self.lose(1, &format!("set a record aside in {name}: {why}")),
        }
    }

    fn measure(&self, spool: &Spool) {
        self.counts.spooled.store(spool.lines(), Ordering::Relaxed);
        self.counts.spooled_bytes.store(spool.bytes(), Ordering::Relaxed);
    }

    fn now(&self) -> i64 {
        lock(&self.clock)()
    }

    fn lose(&self, records: u64, what: &str) {
        self.counts.lost.fetch_add(records, Ordering::Relaxed);
        self.tell(what);
    }

    fn tell(&self, what: &str) {
        let now = self.now();
        lock(&self.trouble).last = Some((now, format!("failed to {what}")));
    }

    fn away(&self, why: &Error) {
        let now = self.now();
        let mut trouble = lock(&self.trouble);
        trouble.away_since_ms.get_or_insert(now);
        trouble.last = Some((now, format!("failed to write records: {why}")));
    }

    fn here(&self) {
        lock(&self.trouble).away_since_ms = None;
    }

    fn figures(&self) -> Figures {
        let counts = &self.counts;
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let trouble = lock(&self.trouble);
        Figures {
            written: get(&counts.written),
            waiting: get(&counts.queued) + get(&counts.spooled),
            queued: get(&counts.queued),
            spooled_bytes: get(&counts.spooled_bytes),
            lost: get(&counts.lost),
            refused: get(&counts.refused),
            unreadable: get(&counts.unreadable),
            half: get(&counts.half),
            away_since_ms: trouble.away_since_ms,
            last_error: trouble.last.clone(),
        }
    }
}
