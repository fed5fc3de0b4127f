//! Every check, cheapest first; the first that fails ends the run.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::{Outcome, budget, bundle, files, run, setup, shell, walls};

/// Worlds that the simulator plays in an ordinary run: always the same ones, so that what passed in one place passes in the
/// next. New ones are what `cargo xtask simulate` looks for, from a fresh base each time.
const SIMULATED: &str = "--base 5000 --seeds 1000";
const WASM: &str = "wasm32-unknown-unknown";

/// The browser of the tests: `$CHROME`, or Debian's.
pub fn chromium() -> PathBuf {
    env::var_os("CHROME").map_or("/usr/bin/chromium".into(), PathBuf::from)
}

/// Its driver: `$CHROMEDRIVER`, or Debian's.
pub fn chromedriver() -> PathBuf {
    env::var_os("CHROMEDRIVER").map_or("/usr/bin/chromedriver".into(), PathBuf::from)
}

/// The other engine, for the offline proof: `$FIREFOX`, or Debian's.
pub fn firefox() -> PathBuf {
    env::var_os("FIREFOX").map_or("/usr/bin/firefox-esr".into(), PathBuf::from)
}

/// `cargo xtask test`.
pub fn test(arguments: &[String]) -> Outcome {
    let (mut fast, mut long) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--fast" => fast = true,
            "--long" => long = true,
            other => return Err(format!("cargo xtask test knows --fast and --long, not {other:?}.")),
        }
    }
    let runs = Runs { long };

    step("walls", || walls::check().map(|files| vec![format!("{files} files keep to the walls")]))?;
    step("format", || quiet(runs.cargo("fmt", "fmt --all --check -- --color never")))?;
    step("clippy", || quiet(runs.cargo("clippy", "clippy --locked --workspace --exclude app --all-targets -- -D warnings")))?;
    step("native tests", || cargo_tests(&runs.cargo("native-tests", "test --locked --workspace --exclude app")?))?;
    if fast {
        return Ok(());
    }

    step("setup", || setup::for_testing().map(|()| Vec::new()))?;
    step("clippy, app", || {
        quiet(runs.cargo("clippy-app", &format!("clippy --locked -p app --target {WASM} --all-targets -- -D warnings")))
    })?;
    step("wasm tests", || wasm_tests(&runs))?;
    // Linking an app takes one core for minutes; the other one is the simulator's meanwhile.
    thread::scope(|scope| {
        let apps = scope.spawn(|| {
            step("field build", || bundle::build(bundle::FIELD).map(|()| Vec::new()))?;
            step("office build", || bundle::build(bundle::OFFICE).map(|()| Vec::new()))
        });
        let native = step("simulator", || {
            let command = format!("run --locked --release -p tests --bin simulate -- {SIMULATED}");
            plain_closing_line(&runs.cargo("simulator", &command)?)
        })
        .and_then(|()| step("server build", || build_server().map(|_| Vec::new())));
        let apps = apps.join().unwrap_or_else(|_| Err("The thread that builds the apps has died.".to_owned()));
        native.and(apps)
    })?;
    step("sizes", budget::check_sizes)?;
    step("office words", budget::check_office_words)?;
    step("first run", || run::check().map(|_| Vec::new()))?;
    step("end to end", || end_to_end(&runs))
}

/// `cargo xtask simulate`: the simulator with the caller's own arguments.
pub fn simulate(arguments: &[String]) -> Outcome {
    let mut cargo = shell::cargo();
    shell::run(cargo.args(["run", "--release", "-p", "tests", "--bin", "simulate", "--"]).args(arguments))
}

/// Builds the server as it will be run; gives back its path.
pub fn build_server() -> Outcome<PathBuf> {
    shell::log("server", shell::cargo().args(["build", "--release", "-p", "server", "--bin", "gandan-server"]))?;
    Ok(files::target().join("release/gandan-server"))
}

/// Prints one line with the name of the step and its time, then what its runners closed with.
fn step(name: &str, work: impl FnOnce() -> Outcome<Vec<String>>) -> Outcome {
    let start = Instant::now();
    let outcome = work();
    let state = if outcome.is_ok() { "ok" } else { "FAILED" };
    println!("{name:<14} {:>7.1} s  {state}", start.elapsed().as_secs_f64());
    for line in outcome? {
        println!("{line}");
    }
    Ok(())
}

/// How the tests are run this time.
struct Runs {
    long: bool,
}

impl Runs {
    /// Runs cargo, keeping what it says under this name.
    fn cargo(&self, name: &str, command: &str) -> Outcome<String> {
        shell::log(name, self.prepare(shell::cargo().args(command.split_whitespace())))
    }

    fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if self.long {
            command.env("GANDAN_LONG", "1");
        }
        command
    }
}

/// In a real browser: IndexedDB and the DOM have no other test.
fn wasm_tests(runs: &Runs) -> Outcome<Vec<String>> {
    let mut cargo = shell::cargo();
    cargo
        .args(["test", "--locked", "-p", "app", "--tests", "--target", WASM])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", setup::wasm_test_runner()?)
        .env("CHROMEDRIVER", chromedriver())
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    cargo_tests(&shell::log("wasm-tests", runs.prepare(&mut cargo))?)
}

/// The built apps and the real server, driven from outside.
fn end_to_end(runs: &Runs) -> Outcome<Vec<String>> {
    let mut playwright = Command::new(files::root().join("tests/node_modules/.bin/playwright"));
    playwright
        .arg("test")
        .current_dir(files::root().join("tests"))
        .env("CHROME", chromium())
        .env("FIREFOX", firefox())
        .env("GANDAN_SERVER_BIN", build_server()?)
        .env("GANDAN_DIST", files::root().join("dist"))
        .env("GANDAN_UNSEALED", bundle::build_unsealed()?);
    playwright_tests(&shell::log("end-to-end", runs.prepare(&mut playwright))?)
}

fn quiet(outcome: Outcome<String>) -> Outcome<Vec<String>> {
    outcome.map(|_| Vec::new())
}

/// The closing lines of cargo's test runner, one a program that held tests.
fn cargo_tests(output: &str) -> Outcome<Vec<String>> {
    let lines = output.lines().filter(|line| line.starts_with("test result:"));
    ran_something(lines.filter(|line| number_before(line, "passed") > 0).map(str::to_string).collect())
}

/// A runner of our own closes with `N passed, N failed`, perhaps after its name and a colon.
fn plain_closing_line(output: &str) -> Outcome<Vec<String>> {
    let lines = output.lines().filter(|line| line.contains(" passed, ") && line.contains(" failed"));
    ran_something(lines.filter(|line| number_before(line, "passed") > 0).map(str::to_string).collect())
}

/// Playwright closes with a line for each way a test can end; written here as the one line that every runner has.
fn playwright_tests(output: &str) -> Outcome<Vec<String>> {
    let total = |word| output.lines().rev().map(|line| number_before(line.trim(), word)).find(|number| *number > 0).unwrap_or(0);
    let (passed, flaky, skipped) = (total("passed"), total("flaky"), total("skipped"));
    ran_something(match passed {
        0 => Vec::new(),
        _ => vec![format!("playwright: {passed} passed, 0 failed, {flaky} flaky, {skipped} skipped")],
    })
}

fn ran_something(closing_lines: Vec<String>) -> Outcome<Vec<String>> {
    if closing_lines.is_empty() {
        return Err("The runner ran no test: a green step that proves nothing counts as a failure.".to_string());
    }
    Ok(closing_lines)
}

/// The number that stands before a word in a closing line, or none at all.
fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ';', ',']).collect();
    let pair = words.windows(2).find(|pair| pair[1] == word);
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{cargo_tests, plain_closing_line, playwright_tests};

    #[test]
    fn a_runner_that_ran_nothing_fails() {
        assert!(cargo_tests("test result: ok. 0 passed; 0 failed; 0 ignored").is_err());
        assert!(plain_closing_line("done").is_err());
        assert!(plain_closing_line("simulator: 0 passed, 0 failed").is_err());
        assert!(playwright_tests("Running 0 tests").is_err());
    }

    #[test]
    fn closing_lines_are_passed_on() {
        let cargo = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored\ntest result: ok. 0 passed; 0 failed";
        assert_eq!(cargo_tests(cargo).unwrap(), ["test result: ok. 2 passed; 0 failed; 0 ignored"]);
        let simulator = "seed 1\nsimulator: 1000 passed, 0 failed";
        assert_eq!(plain_closing_line(simulator).unwrap(), ["simulator: 1000 passed, 0 failed"]);
        let playwright = "  ✓ 1 [phone] › shell.spec.ts\n\n  1 flaky\n    [phone] › shell.spec.ts\n  1 skipped\n  12 passed (30.1s)\n";
        assert_eq!(playwright_tests(playwright).unwrap(), ["playwright: 12 passed, 0 failed, 1 flaky, 1 skipped"]);
    }
}
