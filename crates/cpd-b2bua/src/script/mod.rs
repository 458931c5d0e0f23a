//! Policy scripts in Lua, where tables are not enough: `on_invite(call)` and `on_verdict(call, verdict)`.
//!
//! A [`Script`] is a text that was tried once, shared by calls as it is. [`Scripts`] is a handful of threads that run it,
//! each time in a sandbox of its own, with a deadline. Who asks never waits for a thread: it awaits an answer, and
//! where there is none in time, or a fault, the policy's table decides.
//!
//! ```
//! use std::sync::Arc;
//! use cpd_b2bua::script::{CallFacts, Limits, Script, Scripts};
//!
//! let text = r#"
//!     function on_invite(call)
//!         if string.starts_with(call.number, "7800") then
//!             return { carrier = "toll-free", hold = 0 }
//!         end
//!     end
//! "#;
//! let limits = Limits::default();
//! let script = Arc::new(Script::load("policy.lua", text, &limits).unwrap());
//! let scripts = Scripts::start(limits, 2).unwrap();
//! let call = CallFacts { number: b"78001234567".to_vec(), ..CallFacts::default() };
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! let change = runtime.block_on(scripts.on_invite(&script, call)).unwrap().unwrap();
//! assert_eq!(change.carrier.as_deref(), Some("toll-free"));
//! ```

mod fault;
mod sandbox;
#[cfg(test)]
mod tests;
mod values;

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

pub use fault::{Fault, Why};
pub use sandbox::Limits;
pub use values::{Act, CallFacts, Change, VerdictFacts};

use sandbox::Sandbox;

const ON_INVITE: &str = "on_invite";
const ON_VERDICT: &str = "on_verdict";

/// The longest script: a policy has some hundred lines.
const SOURCE_BYTES_MAX: usize = 64 * 1024;

/// What a script has at least to be tried in: nobody waits on the telephone then, and a busy machine shall not refuse a good
/// script.
const LOADING_MIN: Duration = Duration::from_secs(1);

/// Calls that wait for a thread: at a tenth of a millisecond a run, what two threads do in 6 ms.
const WAITING_MAX: usize = 128;

/// A script as calls share it.
pub struct Script {
    name: String,
    source: String,
    on_invite: bool,
    on_verdict: bool,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Script({})", self.name)
    }
}

impl Script {
    /// Takes a script's text, under the name that faults are told with. It is run once, to see that it can be.
    ///
    /// # Errors
    ///
    /// What is wrong with it: no Lua, a failure while it runs, a limit, or neither function in it.
    pub fn load(name: &str, source: &str, limits: &Limits) -> Result<Script, Fault> {
        let fault = |what: &str| Fault {
            script: name.to_owned(),
            function: "",
            line: None,
            why: Why::Failed(what.to_owned()),
        };
        if source.len() > SOURCE_BYTES_MAX {
            return Err(fault("longer than 64 KiB"));
        }
        let until = Instant::now() + limits.deadline.max(LOADING_MIN);
        let sandbox = Sandbox::open(name, source, limits, until)?;
        let script = Script {
            name: name.to_owned(),
            source: source.to_owned(),
            on_invite: sandbox.has(ON_INVITE),
            on_verdict: sandbox.has(ON_VERDICT),
        };
        if !script.on_invite && !script.on_verdict {
            return Err(fault("has neither on_invite nor on_verdict"));
        }
        Ok(script)
    }

    /// Whether it wants to see calls that come.
    pub fn hears_invites(&self) -> bool {
        self.on_invite
    }

    /// Whether it wants to see verdicts.
    pub fn hears_verdicts(&self) -> bool {
        self.on_verdict
    }
}

/// What is asked, and where the answer goes.
enum Question {
    Invite(CallFacts, oneshot::Sender<Result<Option<Change>, Fault>>),
    Verdict(
        CallFacts,
        VerdictFacts,
        oneshot::Sender<Result<Option<Act>, Fault>>,
    ),
}

struct Job {
    script: Arc<Script>,
    until: Instant,
    question: Question,
}

/// The threads that run scripts. They end with it.
pub struct Scripts {
    limits: Limits,
    jobs: SyncSender<Job>,
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scripts").field("limits", &self.limits).finish()
    }
}

impl Scripts {
    /// Starts the threads, at least one.
    ///
    /// # Errors
    ///
    /// The system has no thread to give.
    pub fn start(limits: Limits, threads: usize) -> io::Result<Scripts> {
        let (jobs, waiting) = sync_channel(WAITING_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for n in 0..threads.max(1) {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name(format!("script-{n}"))
                .spawn(move || work(&limits, &waiting))?;
        }
        Ok(Scripts { limits, jobs })
    }

    /// What a script changes of a call that came; `None`: nothing.
    ///
    /// # Errors
    ///
    /// Why there is no answer. The table decides then.
    pub async fn on_invite(&self, script: &Arc<Script>, call: CallFacts) -> Result<Option<Change>, Fault> {
        if !script.on_invite || call.emergency {
            return Ok(None);
        }
        let (answer, answered) = oneshot::channel();
        self.ask(script, ON_INVITE, Question::Invite(call, answer), answered)
            .await
    }

    /// What a script wants done about a verdict; `None`: what the table says.
    ///
    /// # Errors
    ///
    /// As [`Scripts::on_invite`].
    pub async fn on_verdict(
        &self,
        script: &Arc<Script>,
        call: CallFacts,
        verdict: VerdictFacts,
    ) -> Result<Option<Act>, Fault> {
        if !script.on_verdict || call.emergency {
            return Ok(None);
        }
        let (answer, answered) = oneshot::channel();
        self.ask(
            script,
            ON_VERDICT,
            Question::Verdict(call, verdict, answer),
            answered,
        )
        .await
    }

    async fn ask<T>(
        &self,
        script: &Arc<Script>,
        function: &'static str,
        question: Question,
        answered: oneshot::Receiver<Result<Option<T>, Fault>>,
    ) -> Result<Option<T>, Fault> {
        let fault = |why| Fault {
            script: script.name.clone(),
            function,
            line: None,
            why,
        };
        let job = Job {
            script: Arc::clone(script),
            until: Instant::now() + self.limits.deadline,
            question,
        };
        self.jobs.try_send(job).map_err(|_| fault(Why::Busy))?;
        // A thread stops at the deadline by itself and tells the line; one that cannot is not waited for.
        match tokio::time::timeout(self.limits.deadline * 2, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(fault(Why::Late)),
        }
    }
}

fn work(limits: &Limits, waiting: &Mutex<Receiver<Job>>) {
    loop {
        // Poisoned: another thread panicked while it waited. What it waited for is as it was.
        let job = waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .recv();
        let Ok(job) = job else { return };
        let (script, until) = (&job.script, job.until);
        // Nobody is there to be answered where a call ended or was decided without.
        match job.question {
            Question::Invite(call, answer) => {
                let ran = open(script, limits, until)
                    .and_then(|sandbox| sandbox.call(ON_INVITE, |lua| call.table(lua), Change::read));
                let _ = answer.send(ran);
            }
            Question::Verdict(call, verdict, answer) => {
                let arguments = |lua: &mlua::Lua| Ok((call.table(lua)?, verdict.table(lua)?));
                let ran = open(script, limits, until)
                    .and_then(|sandbox| sandbox.call(ON_VERDICT, arguments, Act::read));
                let _ = answer.send(ran);
            }
        }
    }
}

fn open(script: &Script, limits: &Limits, until: Instant) -> Result<Sandbox, Fault> {
    if Instant::now() >= until {
        return Err(Fault {
            script: script.name.clone(),
            function: "",
            line: None,
            why: Why::Late,
        });
    }
    Sandbox::open(&script.name, &script.source, limits, until)
}
