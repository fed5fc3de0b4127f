//! `cargo xtask simulate [--seeds N] [--base B | --seed S]`: plays many seeds, or one with its trace.

use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use std::time::Instant;
use tests::tally::Tally;
use tests::variant::True;
use tests::world;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    let began = Instant::now();
    let tally = match number("--seed") {
        Some(seed) => replayed(seed),
        None => {
            let (base, seeds) = (number("--base").unwrap_or_else(fresh), number("--seeds").unwrap_or(1_000));
            println!("simulator: base {base}, {seeds} seeds");
            Tally::play(base, seeds, || Box::new(True))
        }
    };
    println!("{:.1} seeds a second", tally.played as f64 / began.elapsed().as_secs_f64());
    println!("{tally}");
    if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One seed with its trace, whether an oracle complains or not.
fn replayed(seed: u64) -> Tally {
    let outcome = world::run(seed);
    if let Ok(report) = &outcome {
        println!("{}", report.trace.join("\n"));
    }
    let mut tally = Tally::default();
    tally.add(seed, outcome);
    tally
}

/// A base that nobody has tried before: the standard library's hashers are keyed with the system's random numbers.
fn fresh() -> u64 {
    RandomState::new().hash_one(())
}
