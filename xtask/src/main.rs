//! The commands of the project, `cargo xtask …`. See [`USAGE`].

mod bench;
mod budget;
mod bundle;
mod conformance;
mod files;
mod pack;
mod run;
mod rust_source;
mod screens;
mod setup;
mod shell;
mod shorten;
mod stamp;
mod test;
mod walls;

use std::process::ExitCode;

/// What went wrong and what to do next, in words for the person at the keyboard.
pub type Outcome<T = ()> = Result<T, String>;

const USAGE: &str = "\
cargo xtask run [--demo] [--port N] [--public-url URL] [--data DIR]
    Builds what changed and serves both apps on this machine.
cargo xtask test [--fast] [--long]
    Every check, cheapest first. --fast: only those that need neither browser nor bundle.
    --long: the tests that take their time, too (GANDAN_LONG=1).
cargo xtask bench
    The figures, one a line: `name value unit`, or `name - reason`.
cargo xtask build
    Both apps into dist/, as `run` and `test` do it.
cargo xtask simulate [ARGUMENTS]
    The sync simulator; its arguments are its own.
cargo xtask conformance [--steps N] [--seeds N] [DIRECTORY…]
    The survey engine beside pyxform and ODK Web Forms: on the forms of tests/conformance/, or on the workbooks of
    other directories.
cargo xtask screens
    The pictures of the README and the user guide, taken from the demonstration into docs/screens/.
cargo xtask setup
    Installs the tools that all of the above need.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", &[][..]),
    };
    let outcome = match command {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(),
        "build" => setup::for_building().and_then(|()| bundle::build_all()),
        "simulate" => test::simulate(rest),
        "conformance" => conformance::conformance(rest),
        "screens" => screens::screens(),
        "setup" => setup::for_testing(),
        _ => Err(format!("No such command: {command:?}. There are:\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
