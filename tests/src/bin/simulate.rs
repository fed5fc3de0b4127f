//! `cargo xtask simulate [--seeds N] [--base B | --seed S]`: plays many seeds, or one with its trace.

use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use std::time::Instant;
use tests::tally::Tally;
use tests::variant::True;
use tests::world;

fn main() -> ExitCode {
    match Asked::read(std::env::args().skip(1)) {
        Ok(asked) => play(&asked),
        Err(wrong) => {
            eprintln!("simulate: {wrong}");
            ExitCode::FAILURE
        }
    }
}

/// What is to be played.
#[derive(Default)]
struct Asked {
    seeds: Option<u64>,
    base: Option<u64>,
    seed: Option<u64>,
}

impl Asked {
    /// Whatever is not understood is refused: somebody who asks for a million seeds must not be told of a thousand good ones.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self::default();
        while let Some(name) = arguments.next() {
            let place = match name.as_str() {
                "--seeds" => &mut asked.seeds,
                "--base" => &mut asked.base,
                "--seed" => &mut asked.seed,
                _ => return Err(format!("there is no {name:?}, only --seeds N, --base B and --seed S")),
            };
            let number = arguments.next().unwrap_or_default();
            *place = Some(number.parse().map_err(|_| format!("{name} needs a number, and {number:?} is none"))?);
        }
        Ok(asked)
    }
}

fn play(asked: &Asked) -> ExitCode {
    let began = Instant::now();
    let tally = match asked.seed {
        Some(seed) => replayed(seed),
        None => {
            let (base, seeds) = (asked.base.unwrap_or_else(fresh), asked.seeds.unwrap_or(1_000));
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
