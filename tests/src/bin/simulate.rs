//! `cargo xtask simulate [--seeds N] [--base B | --seed S]`: plays many seeds, or one with its trace.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use tests::world;

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
    let mut faults: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut passed, mut failed, mut operations, mut anonymous, mut released) = (0u64, 0u64, 0u64, 0u64, 0u64);
    println!("simulator: base {base}, {seeds} seeds");
    for seed in base..base.saturating_add(seeds) {
        match world::run(seed) {
            Ok(report) => {
                passed += 1;
                operations += report.operations;
                anonymous += report.anonymous;
                released += report.released;
                for (fault, count) in report.faults {
                    *faults.entry(fault).or_default() += count;
                }
            }
            Err(violation) => {
                failed += 1;
                if failed <= 3 {
                    println!("{}", violation.trace.join("\n"));
                    println!("VIOLATION: {}\nreplay: cargo xtask simulate --seed {seed}", violation.what);
                }
            }
        }
    }
    println!("saved: {operations} operations, {anonymous} anonymous opinions, {released} of them released from the pool");
    for (fault, count) in &faults {
        println!("fault: {fault} {count}");
    }
    println!("simulator: {passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A base that nobody has tried before.
fn fresh() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_millis() as u64)
}
