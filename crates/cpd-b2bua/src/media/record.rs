//! Records what is analysed, on a thread of its own.
//!
//! A [`Recorder`] gathers half a second and hands it over; it never waits. Where the writer does not follow, the
//! recording ends there and says so. A file has a name of its own until the call is over; then it is renamed to what
//! the policy keeps, or deleted.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::command::RecordPlan;
use super::news::Recorded;

/// Samples of one chunk: half a second.
const CHUNK: usize = 4_000;
/// Chunks that wait to be written: 32 MB; a thousand calls wait for two seconds of a busy disk.
const CHUNKS_MAX: usize = 4_096;
/// Samples a second of what is recorded.
const RATE: u32 = 8_000;
/// What a recording is called while its call lives.
const PREFIX: &str = "smartcpd-";
const SUFFIX: &str = ".part";

/// Called on the writer's thread with what became of the recording.
pub(super) type WhenKept = Box<dyn FnOnce(Option<Recorded>) + Send>;

enum Job {
    Write { recording: u64, samples: Vec<i16> },
    Keep { recording: u64, keep: Keep },
    Drop { recording: u64 },
}

struct Keep {
    path: PathBuf,
    samples: u64,
    answered: Option<u64>,
    cut: bool,
    done: WhenKept,
}

/// Begins recordings.
#[derive(Clone)]
pub(super) struct RecordingDesk {
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
    next: Arc<AtomicU64>,
}

/// One recording.
pub struct Recorder {
    desk: RecordingDesk,
    recording: u64,
    chunk: Vec<i16>,
    samples: u64,
    samples_max: u64,
    /// Samples before the answer.
    answered: Option<u64>,
    cut: bool,
    finished: bool,
}

/// Starts the writer's thread; it ends when every desk and recorder is gone. Leftovers of processes that are gone are
/// deleted.
pub(super) fn start(folder: &Path) -> io::Result<RecordingDesk> {
    fs::create_dir_all(folder)?;
    sweep(folder)?;
    let (jobs, receiver) = channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let writer = Writer {
        folder: folder.to_path_buf(),
        waiting: Arc::clone(&waiting),
        open: HashMap::new(),
    };
    std::thread::Builder::new()
        .name("cpd-record".into())
        .spawn(move || writer.run(&receiver))?;
    Ok(RecordingDesk {
        jobs,
        waiting,
        next: Arc::new(AtomicU64::new(0)),
    })
}

impl RecordingDesk {
    pub(super) fn begin(&self, plan: RecordPlan) -> Recorder {
        Recorder {
            desk: self.clone(),
            recording: self.next.fetch_add(1, Ordering::Relaxed),
            chunk: Vec::new(),
            samples: 0,
            answered: None,
            samples_max: u64::from(plan.ms_max) * u64::from(RATE) / 1_000,
            cut: false,
            finished: false,
        }
    }
}

impl Recorder {
    /// Samples that were heard.
    pub(super) fn push(&mut self, samples: &[i16]) {
        let room = usize::try_from(self.samples_max - self.samples).unwrap_or(usize::MAX);
        let mut samples = &samples[..samples.len().min(room)];
        while !samples.is_empty() && !self.cut {
            if self.chunk.capacity() == 0 {
                self.chunk.reserve_exact(CHUNK);
            }
            let (now, later) = samples.split_at(samples.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            self.samples += now.len() as u64;
            samples = later;
            if self.chunk.len() == CHUNK {
                self.hand_over();
            }
        }
    }

    /// Samples that were lost: silence.
    pub(super) fn gap(&mut self, samples: u64) {
        let mut rest = samples.min(self.samples_max - self.samples);
        while rest > 0 && !self.cut {
            let now = rest.min(160);
            self.push(&[0; 160][..now as usize]);
            rest -= now;
        }
    }

    /// The call was answered here, unless the recording is full.
    pub(super) fn answered(&mut self) {
        if self.samples < self.samples_max && !self.cut {
            self.answered = Some(self.samples);
        }
    }

    /// The recording was cut because the writer did not follow.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The call is over: the recording becomes that file. `done` hears of it, at any rate, on the writer's thread.
    pub(super) fn keep(mut self, path: PathBuf, done: WhenKept) {
        self.hand_over();
        self.finished = true;
        let keep = Keep {
            path,
            samples: self.samples,
            answered: self.answered,
            cut: self.cut,
            done,
        };
        let _ = self.desk.jobs.send(Job::Keep {
            recording: self.recording,
            keep,
        });
    }

    fn hand_over(&mut self) {
        if self.chunk.is_empty() {
            return;
        }
        if self.desk.waiting.load(Ordering::Relaxed) >= CHUNKS_MAX {
            self.samples -= self.chunk.len() as u64;
            self.chunk = Vec::new();
            self.cut = true;
            return;
        }
        self.desk.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.desk.jobs.send(Job::Write {
            recording: self.recording,
            samples: std::mem::take(&mut self.chunk),
        });
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if !self.finished && self.samples > 0 {
            let _ = self.desk.jobs.send(Job::Drop {
                recording: self.recording,
            });
        }
    }
}

struct Writer {
    folder: PathBuf,
    waiting: Arc<AtomicUsize>,
    open: HashMap<u64, Open>,
}

struct Open {
    path: PathBuf,
    /// `None` once writing failed.
    file: Option<WavWriter<BufWriter<File>>>,
}

impl Writer {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Write { recording, samples } => {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.write(recording, &samples);
                }
                Job::Keep { recording, keep } => self.keep(recording, keep),
                Job::Drop { recording } => self.discard(recording),
            }
        }
        let left: Vec<u64> = self.open.keys().copied().collect();
        for recording in left {
            self.discard(recording);
        }
    }

    fn write(&mut self, recording: u64, samples: &[i16]) {
        let open = self.open.entry(recording).or_insert_with(|| {
            let name = format!("{PREFIX}{}-{recording}{SUFFIX}", std::process::id());
            let path = self.folder.join(name);
            let spec = WavSpec {
                channels: 1,
                sample_rate: RATE,
                bits_per_sample: 16,
                sample_format: SampleFormat::Int,
            };
            let file = WavWriter::create(&path, spec).ok();
            Open { path, file }
        });
        if let Some(file) = &mut open.file {
            let mut failed = false;
            for &sample in samples {
                failed |= file.write_sample(sample).is_err();
            }
            if failed {
                open.file = None;
            }
        }
    }

    fn keep(&mut self, recording: u64, keep: Keep) {
        let kept = self.open.remove(&recording).and_then(|open| {
            let complete = open
                .file
                .and_then(|file| file.finalize().ok())
                .and_then(|()| fs::rename(&open.path, &keep.path).ok());
            if complete.is_none() {
                let _ = fs::remove_file(&open.path);
            }
            complete
        });
        (keep.done)(kept.map(|()| Recorded {
            path: keep.path,
            ms: keep.samples * 1_000 / u64::from(RATE),
            answered_ms: keep.answered.map(|samples| samples * 1_000 / u64::from(RATE)),
            cut: keep.cut,
        }));
    }

    fn discard(&mut self, recording: u64) {
        if let Some(open) = self.open.remove(&recording) {
            drop(open.file);
            let _ = fs::remove_file(&open.path);
        }
    }
}

/// Deletes unfinished recordings of processes that are gone.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let owner = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.split('-').next());
        if let Some(owner) = owner
            && owner.parse().is_ok_and(|pid: u32| pid != std::process::id())
            && !Path::new("/proc").join(owner).exists()
        {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("cpd-record-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Folder(path)
        }

        fn files(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(&self.0)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn kept(recorder: Recorder, path: PathBuf) -> Option<Recorded> {
        let (tell, told) = mpsc::channel();
        recorder.keep(path, Box::new(move |recorded| tell.send(recorded).unwrap()));
        told.recv().unwrap()
    }

    #[test]
    fn a_kept_recording_has_what_was_heard_with_silence_for_what_was_lost() {
        let folder = Folder::new("kept");
        let desk = start(&folder.0).unwrap();
        let mut recorder = desk.begin(RecordPlan { ms_max: 2_000 });
        let heard: Vec<i16> = (0..6_000).collect();
        recorder.push(&heard);
        recorder.answered();
        recorder.gap(400);
        recorder.push(&heard[..100]);
        let path = folder.0.join("call.wav");
        let recorded = kept(recorder, path.clone()).unwrap();
        assert_eq!((recorded.ms, recorded.cut), (6_500 / 8, false));
        assert_eq!(recorded.answered_ms, Some(750));
        let samples: Vec<i16> = hound::WavReader::open(&path)
            .unwrap()
            .into_samples()
            .map(Result::unwrap)
            .collect();
        assert_eq!(samples[..6_000], heard);
        assert_eq!(samples[6_000..6_400], [0; 400]);
        assert_eq!(samples[6_400..], heard[..100]);
        assert_eq!(folder.files(), ["call.wav"]);
    }

    #[test]
    fn a_recording_ends_at_its_longest() {
        let folder = Folder::new("long");
        let desk = start(&folder.0).unwrap();
        let mut recorder = desk.begin(RecordPlan { ms_max: 1_000 });
        recorder.gap(u64::MAX);
        recorder.push(&[1; 160]);
        recorder.answered();
        let recorded = kept(recorder, folder.0.join("long.wav")).unwrap();
        assert_eq!((recorded.ms, recorded.answered_ms), (1_000, None));
    }

    #[test]
    fn what_is_not_kept_is_deleted() {
        let folder = Folder::new("dropped");
        fs::create_dir_all(&folder.0).unwrap();
        // No process has this number: it is above the kernel's largest.
        fs::write(folder.0.join("smartcpd-4194999-3.part"), "left by a crash").unwrap();
        fs::write(folder.0.join("other.part"), "not ours").unwrap();
        let desk = start(&folder.0).unwrap();
        let mut recorder = desk.begin(RecordPlan { ms_max: 60_000 });
        recorder.push(&[7; 9_000]);
        drop(recorder);
        // The writer works in order: what it is told after this is done after it.
        let mut next = desk.begin(RecordPlan { ms_max: 60_000 });
        next.push(&[7; 160]);
        let path = folder.0.join("next.wav");
        kept(next, path.clone()).unwrap();
        fs::remove_file(path).unwrap();
        assert_eq!(folder.files(), ["other.part"]);
    }

    #[test]
    fn where_the_writer_does_not_follow_the_recording_says_so() {
        let folder = Folder::new("cut");
        let desk = start(&folder.0).unwrap();
        let mut recorder = desk.begin(RecordPlan { ms_max: 60_000 });
        recorder.push(&[7; 2 * CHUNK]);
        desk.waiting.fetch_add(CHUNKS_MAX, Ordering::Relaxed);
        recorder.push(&[7; CHUNK + 1]);
        desk.waiting.fetch_sub(CHUNKS_MAX, Ordering::Relaxed);
        recorder.push(&[7; 3 * CHUNK]);
        let recorded = kept(recorder, folder.0.join("cut.wav")).unwrap();
        assert_eq!((recorded.ms, recorded.cut), (1_000, true));
    }

    #[test]
    fn a_recording_that_cannot_be_written_is_none() {
        let folder = Folder::new("gone");
        let desk = start(&folder.0).unwrap();
        let mut recorder = desk.begin(RecordPlan { ms_max: 60_000 });
        recorder.push(&[7; CHUNK]);
        assert_eq!(kept(recorder, folder.0.join("nowhere/call.wav")), None);
    }
}
