//! Other programs: finding them, running them, keeping what they said.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::files;

/// The cargo that runs this program.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(files::root());
    cargo
}

/// Where `PATH` has a program of this name.
pub fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// `PATH` with these folders first.
pub fn path_with(first: &[PathBuf]) -> Outcome<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(first.iter().cloned().chain(env::split_paths(&rest))).map_err(|error| format!("Cannot put the tools on PATH: {error}"))
}

/// Runs a program on this terminal.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status}).", said(command))) }
}

/// Runs a program and gives back what it wrote to both outputs. The same stands in `target/xtask/<name>.log`;
/// if the program fails, its last lines are the error.
pub fn log(name: &str, command: &mut Command) -> Outcome<String> {
    const SHOWN: usize = 200;
    let path = files::target().join("xtask").join(format!("{name}.log"));
    files::write(&path, "")?;
    let file = File::options().append(true).open(&path);
    let (out, err) =
        file.and_then(|file| Ok((file.try_clone()?, file))).map_err(|error| format!("Cannot write {}: {error}", path.display()))?;
    let status = command.stdin(Stdio::null()).stdout(out).stderr(err).status().map_err(|error| cannot_start(command, &error))?;
    let output = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
    if status.success() {
        return Ok(output);
    }
    let lines: Vec<&str> = output.lines().collect();
    let tail = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
    Err(format!("{tail}\n`{}` failed ({status}). All it said: {}", said(command), path.display()))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    format!("Cannot start {program}: {error}. `cargo xtask setup` installs what is needed.")
}

/// A command as one would type it.
fn said(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
