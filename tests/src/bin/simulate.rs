//! `cargo xtask simulate [--seeds N] [--base B | --seed S]`: plays many seeds, or one with its trace.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tests::fault::Fault;
use tests::world::{self, Report, Violation};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    // One seed replays with its trace, whether it fails or not.
    let (base, seeds) = match number("--seed") {
        Some(seed) => (seed, 1),
        None => (number("--base").unwrap_or_else(fresh), number("--seeds").unwrap_or(1_000)),
    };
    println!("simulator: base {base}, {seeds} seeds");
    let began = Instant::now();
    let Tally { passed, operations, anonymous, released, faults, violations } = play(base, seeds);
    for (seed, violation) in violations.iter().take(TRACES) {
        println!("{}", violation.trace.join("\n"));
        println!("VIOLATION: {:?}: {}\nreplay: cargo xtask simulate --seed {seed}", violation.oracle, violation.what);
    }
    println!("saved: {operations} operations, {anonymous} anonymous opinions, {released} of them released from the pool");
    for fault in Fault::ALL {
        println!("fault: {} {}", fault.name(), faults.get(&fault).copied().unwrap_or_default());
    }
    let never: Vec<&str> = Fault::ALL.iter().filter(|fault| !faults.contains_key(fault)).map(|fault| fault.name()).collect();
    // A few seeds may do without one kind or another; many that do prove nothing about it.
    let is_blind = seeds >= EVERY_FAULT_FROM && !never.is_empty();
    if is_blind {
        println!("never injected: {}", never.join(", "));
    }
    println!("{:.1} seeds a second", seeds as f64 / began.elapsed().as_secs_f64());
    println!("simulator: {passed} passed, {} failed", violations.len());
    if violations.is_empty() && !is_blind { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A run of so many seeds injects every kind of fault.
const EVERY_FAULT_FROM: u64 = 1_000;

/// More than these nobody reads.
const TRACES: usize = 3;

/// What came of some seeds.
#[derive(Default)]
struct Tally {
    passed: u64,
    operations: u64,
    anonymous: u64,
    released: u64,
    faults: BTreeMap<Fault, u64>,
    violations: BTreeMap<u64, Violation>,
}

impl Tally {
    fn add(&mut self, report: Report) {
        self.passed += 1;
        self.operations += report.operations;
        self.anonymous += report.anonymous;
        self.released += report.released;
        self.count(report.faults);
    }

    fn count(&mut self, faults: BTreeMap<Fault, u64>) {
        for (fault, count) in faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.passed += other.passed;
        self.operations += other.operations;
        self.anonymous += other.anonymous;
        self.released += other.released;
        self.count(other.faults);
        self.violations.extend(other.violations);
        self
    }
}

/// Plays the seeds on every core; each is a world of its own.
fn play(base: u64, seeds: u64) -> Tally {
    let next = AtomicU64::new(0);
    let player = || {
        let mut tally = Tally::default();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= seeds {
                return tally;
            }
            let seed = base.saturating_add(n);
            match world::run(seed) {
                Ok(report) => tally.add(report),
                Err(violation) => drop(tally.violations.insert(seed, violation)),
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let players: Vec<_> = (0..cores).map(|_| scope.spawn(player)).collect();
        // A world that panicked ends the run as it did with one core.
        players
            .into_iter()
            .map(|player| player.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .fold(Tally::default(), Tally::join)
    })
}

/// A base that nobody has tried before.
fn fresh() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_millis() as u64)
}
