//! What came of many seeds, and what a run says of them.

use crate::fault::Fault;
use crate::variant::Build;
use crate::world::{self, Report, Violation};
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What came of some seeds.
#[derive(Default)]
pub struct Tally {
    /// Seeds that were played.
    pub played: u64,
    /// What all of them did, those too in which an oracle complained.
    pub report: Report,
    /// The seeds in which one did.
    pub violations: BTreeMap<u64, Violation>,
}

/// A run of so many seeds injects every kind of fault: a few may do without one kind or another; many that do prove
/// nothing about it.
pub const EVERY_FAULT_FROM: u64 = 1_000;

/// More traces than these nobody reads.
const TRACES: usize = 3;

impl Tally {
    /// Plays the seeds from `base` on, on every core; each is a world of its own.
    pub fn play(base: u64, seeds: u64, build: fn() -> Box<dyn Build>) -> Self {
        let next = AtomicU64::new(0);
        let player = || {
            let mut tally = Self::default();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= seeds {
                    return tally;
                }
                tally.add(base.wrapping_add(n), world::run_with(base.wrapping_add(n), build()));
            }
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            let players: Vec<_> = (0..cores).map(|_| scope.spawn(player)).collect();
            // A world that panicked ends the run as it did with one core.
            players
                .into_iter()
                .map(|player| player.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .fold(Self::default(), Self::join)
        })
    }

    /// Notes what came of a seed.
    pub fn add(&mut self, seed: u64, outcome: Result<Report, Violation>) {
        self.played += 1;
        match outcome {
            Ok(report) => self.report.add(&report),
            Err(violation) => {
                self.report.add(&violation.report);
                self.violations.insert(seed, violation);
            }
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.played += other.played;
        self.report.add(&other.report);
        self.violations.extend(other.violations);
        self
    }

    /// Kinds of fault that so many seeds should have injected, and did not.
    pub fn never(&self) -> Vec<Fault> {
        let kinds = Fault::ALL.into_iter().filter(|fault| !self.report.faults.contains_key(fault));
        kinds.filter(|_| self.played >= EVERY_FAULT_FROM).collect()
    }

    /// No oracle complained, and no kind of fault is missing.
    pub fn is_good(&self) -> bool {
        self.violations.is_empty() && self.never().is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (seed, Violation { oracle, what, report })) in self.violations.iter().enumerate() {
            if at < TRACES {
                writeln!(f, "{}", report.trace.join("\n"))?;
            }
            writeln!(f, "VIOLATION: {oracle:?}: {what}\nreplay: cargo xtask simulate --seed {seed}")?;
        }
        let Report { faults, operations, anonymous, released, renumbered, .. } = &self.report;
        writeln!(f, "saved: {operations} operations, {anonymous} anonymous opinions, {released} of them released from the pool")?;
        writeln!(f, "copied phones that went on under another name: {renumbered}")?;
        for fault in Fault::ALL {
            writeln!(f, "fault: {} {}", fault.name(), faults.get(&fault).copied().unwrap_or_default())?;
        }
        for fault in self.never() {
            writeln!(f, "never injected: {}", fault.name())?;
        }
        let failed = self.violations.len() as u64;
        write!(f, "simulator: {} passed, {failed} failed", self.played - failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Oracle;
    use crate::variant::{EvictBeforeSent, True};

    /// The first of some seeds of which one at least is too much for it.
    const FIRST: u64 = 61;

    fn wrong() -> Box<dyn Build> {
        Box::new(EvictBeforeSent)
    }

    #[test]
    fn a_seed_is_the_same_world_every_time() {
        let play = |seed| world::run(seed).unwrap_or_else(|violation| panic!("{seed}: {}", violation.what));
        for seed in 1..=6 {
            let (first, again) = (play(seed), play(seed));
            assert!(first.trace.len() > 50, "{}", first.trace.len());
            assert_eq!(first.trace, again.trace);
            assert_eq!((first.faults, first.operations), (again.faults, again.operations));
        }
        assert_ne!(play(1).trace[1..], play(2).trace[1..]);
    }

    #[test]
    fn a_violation_says_what_happened_and_how_to_see_it_again() {
        let tally = Tally::play(FIRST, 20, wrong);
        let (seed, violation) = tally.violations.first_key_value().unwrap_or_else(|| panic!("nobody complains in 20 seeds"));
        assert_eq!(violation.oracle, Oracle::NothingIsLost);
        let said = tally.to_string();
        let lines: Vec<&str> = said.lines().collect();
        let at = lines.iter().position(|line| line.starts_with("VIOLATION: NothingIsLost: ")).unwrap_or_default();
        assert_eq!(lines[0], format!("seed {seed}"));
        assert!(lines[1..at].iter().any(|line| line.contains(" saves ")), "{said}");
        assert!(lines[1..at].iter().any(|line| line.contains("grant ended in mid-flight")), "{said}");
        assert_eq!(lines[at + 1], format!("replay: cargo xtask simulate --seed {seed}"));
        assert!(said.ends_with(&format!("simulator: {} passed, {} failed", 20 - tally.violations.len(), tally.violations.len())));
        assert!(!tally.is_good());
        // What the line replays is what was printed.
        let again = world::run_with(*seed, wrong()).err().map(|again| again.report.trace);
        assert_eq!(again.as_ref(), Some(&violation.report.trace));
    }

    #[test]
    fn seeds_that_fail_count_their_faults() {
        let tally = Tally::play(FIRST, 20, wrong);
        let all: u64 = tally.report.faults.values().sum();
        let failing: u64 = tally.violations.values().flat_map(|violation| violation.report.faults.values()).sum();
        let passing: u64 = (FIRST..FIRST + 20)
            .filter(|seed| !tally.violations.contains_key(seed))
            .filter_map(|seed| world::run_with(seed, wrong()).ok())
            .flat_map(|report| report.faults.into_values())
            .sum();
        assert!(failing > 0);
        assert_eq!(all, passing + failing);
    }

    #[test]
    fn many_seeds_without_a_kind_of_fault_prove_nothing() {
        let mut tally = Tally::play(1, 1, || Box::new(True));
        tally.report.faults = Fault::ALL.into_iter().map(|fault| (fault, 1)).collect();
        tally.played = EVERY_FAULT_FROM;
        assert!(tally.is_good());
        tally.report.faults.remove(&Fault::Cloned);
        assert!(!tally.is_good());
        assert!(tally.to_string().contains("never injected: phone copied"), "{tally}");
        tally.played = EVERY_FAULT_FROM - 1;
        assert!(tally.is_good(), "of a few seeds nobody expects it");
    }
}
