//! What hearing costs: `make bench`.
//!
//! First a table that is measured in rounds, each subject once a round, so that a busy machine slows all of them alike;
//! medians of processor time, not of the clock on the wall. Beside it the floor: A-law decoding and one 256-point real FFT
//! a hop, the least that anything which listens has to do. Then divan's distribution of the same.
//!
//! The calls are those of `make run`, encoded as A-law; the prompts of the libraries are made from a seed. No call plays a
//! prompt of them but those of the smallest library's, so what is measured is mostly the search.

use std::alloc::System;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use cpd_detect::front::FrontPlan;
use cpd_detect::prompts::PromptInfo;
use cpd_detect::{Class, Detector, Library, Plans, Profile, SampleRate, Shared};
use cpd_media::g711::Law;
use cpd_sim::{prompts, samples};
use divan::Bencher;
use divan::counter::ItemsCount;
use realfft::RealFftPlanner;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SEED: u64 = 11;
/// Samples in a packet of 20 ms.
const PACKET: usize = 160;
/// Samples in a hop of 10 ms.
const HOP: usize = 80;
/// Points of the floor's transform.
const POINTS: usize = 256;
/// Rounds of the table; the median of each subject is told.
const ROUNDS: usize = 9;
/// Sizes of the libraries.
const LIBRARIES: [usize; 4] = [0, 100, 1_000, 10_000];

fn main() {
    table();
    divan::main();
}

/// All sample calls in A-law, and where each was answered, in samples.
fn calls() -> &'static [(Vec<u8>, Option<usize>)] {
    static CALLS: OnceLock<Vec<(Vec<u8>, Option<usize>)>> = OnceLock::new();
    CALLS.get_or_init(|| {
        samples::calls()
            .into_iter()
            .map(|sample| {
                let mut codes = vec![0; sample.call.samples.len()];
                Law::A.encode_slice(&sample.call.samples, &mut codes);
                (codes, sample.call.answer_at_ms.map(|ms| ms as usize * 8))
            })
            .collect()
    })
}

fn seconds() -> f64 {
    calls()
        .iter()
        .map(|(codes, _)| codes.len() as f64 / 8_000.0)
        .sum()
}

/// What a call shares with others, with a library of this many prompts; and the library's share of the memory.
fn shared(count: usize) -> (Shared, usize) {
    static ALL: OnceLock<Vec<(usize, Shared, usize)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let plan = Arc::new(FrontPlan::new(SampleRate::NARROWBAND));
        let plans = Arc::new(Plans::built_in());
        let mut library = Library::empty();
        let mut all = Vec::new();
        let begin = Instant::now();
        for number in 0..=LIBRARIES[LIBRARIES.len() - 1] {
            if LIBRARIES.contains(&number) {
                let bytes = library.memory_bytes();
                let shared = Shared::new(
                    SampleRate::NARROWBAND,
                    Arc::clone(&plans),
                    Arc::new(library.clone()),
                );
                all.push((number, shared, bytes));
            }
            let prompt = prompts::prompt(SEED, number);
            let info = PromptInfo {
                id: prompt.id,
                operator: prompt.operator,
                category: prompt.category.to_owned(),
                class: Class::AnnouncedUnreachable,
                lang: prompt.lang,
                text: prompt.text,
                length_ms: 0,
            };
            // A prompt that is refused is not in the library; the table tells how many are.
            let _ = library.add(info, &prompt.samples, &plan);
        }
        eprintln!("libraries made in {:.0} s", begin.elapsed().as_secs_f64());
        all
    });
    let found = all
        .iter()
        .find(|(number, ..)| *number == count)
        .unwrap_or(&all[0]);
    (found.1.clone(), found.2)
}

/// Hears all calls; gives how many events there were.
fn hear(shared: &Shared) -> usize {
    let mut events = 0;
    let mut pcm = [0_i16; PACKET];
    for (codes, answered_at) in calls() {
        let mut detector = Detector::new(shared, &Profile::default());
        for (number, packet) in codes.chunks_exact(PACKET).enumerate() {
            if answered_at.is_some_and(|at| at / PACKET == number) {
                detector.answered();
            }
            Law::A.decode_slice(packet, &mut pcm);
            detector.push(&pcm);
            while let Some(event) = detector.poll() {
                black_box(&event);
                events += 1;
            }
        }
    }
    events
}

/// A-law decoding, a window and one real transform a hop, and its powers summed so that they are not left out.
fn floor() -> f32 {
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(POINTS);
    let mut scratch = transform.make_scratch_vec();
    let mut spectrum = transform.make_output_vec();
    let mut input = vec![0.0_f32; POINTS];
    let window: Vec<f32> = (0..POINTS)
        .map(|n| 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / POINTS as f32).cos())
        .collect();
    let mut history = vec![0.0_f32; POINTS];
    let mut pcm = [0_i16; HOP];
    let mut power = 0.0;
    for (codes, _) in calls() {
        for hop in codes.chunks_exact(HOP) {
            Law::A.decode_slice(hop, &mut pcm);
            history.copy_within(HOP.., 0);
            for (to, &from) in history[POINTS - HOP..].iter_mut().zip(&pcm) {
                *to = f32::from(from);
            }
            for ((to, from), weight) in input.iter_mut().zip(&history).zip(&window) {
                *to = from * weight;
            }
            if transform
                .process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .is_ok()
            {
                power += spectrum.iter().map(|bin| bin.norm_sqr()).sum::<f32>();
            }
        }
    }
    power
}

fn table() {
    // `cargo test --benches` and `--list` only ask whether it runs.
    if std::env::args().any(|arg| arg == "--test" || arg == "--list") {
        return;
    }
    let libraries: Vec<(Shared, usize)> = LIBRARIES.iter().map(|&count| shared(count)).collect();
    let seconds = seconds();
    println!(
        "{seconds:.0} s of {} calls, {ROUNDS} rounds, medians of processor time\n",
        calls().len()
    );
    let mut times = vec![Vec::new(); 1 + libraries.len()];
    for _ in 0..ROUNDS {
        times[0].push(busy(|| {
            black_box(floor());
        }));
        for (times, (shared, _)) in times[1..].iter_mut().zip(&libraries) {
            times.push(busy(|| {
                black_box(hear(shared));
            }));
        }
    }
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2] / seconds
        })
        .collect();
    println!("                      ms a second   channels    times     memory of the");
    println!("                      of audio      a core      the floor library");
    for (n, median) in medians.iter().enumerate() {
        let name = match n {
            0 => "floor".to_owned(),
            n => format!("{} prompts", LIBRARIES[n - 1]),
        };
        let memory = match n {
            0 => String::new(),
            n => format!("{:.1} MB", libraries[n - 1].1 as f64 / 1e6),
        };
        println!(
            "{name:<20} {:>10.3} {:>12.0} {:>12.2} {memory:>12}",
            median * 1e3,
            1.0 / median,
            median / medians[0]
        );
    }
    let region = Region::new(ALLOCATOR);
    let detector = Detector::new(&libraries[0].0, &Profile::default());
    let made = region.change();
    let bytes = size_of_val(&detector) + made.bytes_allocated - made.bytes_deallocated;
    println!("\none call's state: {bytes} bytes\n");
}

/// Processor time of this thread that something took, s. On systems that do not tell it, time on the wall.
fn busy(mut work: impl FnMut()) -> f64 {
    let begin = (thread_cpu_s(), Instant::now());
    work();
    match (begin.0, thread_cpu_s()) {
        (Some(from), Some(to)) => to - from,
        _ => begin.1.elapsed().as_secs_f64(),
    }
}

/// Linux tells nanoseconds on the processor as the first number of `schedstat` (proc(5)).
fn thread_cpu_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 / 1e9)
}

#[divan::bench(name = "floor")]
fn bench_floor(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(seconds() as usize))
        .bench_local(|| black_box(floor()));
}

/// Items are seconds of audio: items a second are channels a core.
#[divan::bench(name = "all_detectors", args = LIBRARIES)]
fn bench_detectors(bencher: Bencher, count: usize) {
    let (shared, _) = shared(count);
    bencher
        .counter(ItemsCount::new(seconds() as usize))
        .bench_local(|| black_box(hear(&shared)));
}
