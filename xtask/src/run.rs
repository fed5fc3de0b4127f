//! `cargo xtask run`: the apps and the server on this machine.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::{Outcome, bundle, files, setup, shell};

/// Builds what changed, then serves until it is stopped.
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments)?;
    setup::for_building()?;
    eprintln!("Building the apps, if they changed");
    bundle::build_all()?;

    let mut server = shell::cargo();
    server.args(["run", "--release", "-p", "server", "--bin", "gandan-server", "--"]).arg("--dist").arg(files::root().join("dist")).args([
        "--data",
        &options.data,
        "--listen",
        &format!("127.0.0.1:{}", options.port),
    ]);
    if let Some(url) = &options.public_url {
        server.args(["--public-url", url]);
    }
    if options.demo {
        server.arg("--demo");
    }
    shell::run(&mut server)
}

/// The README's first command as a stranger gives it, on a database of its own: it serves, and prints the link by which
/// the first administrator comes in. Gives back what it printed.
pub fn check() -> Outcome<Vec<String>> {
    let data = files::target().join("xtask/first-run");
    let _ = fs::remove_dir_all(&data);
    let program = env::current_exe().map_err(|error| format!("This program cannot be found: {error}"))?;
    let mut command = Command::new(program);
    // A group of its own: cargo and the server below it end with it.
    command.args(["run", "--port", "0", "--data"]).arg(&data).process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("It cannot be started: {error}"))?;
    let printed = child.stdout.take().map(first_words).unwrap_or_default();
    let answered = serves(&printed);
    let _ = Command::new("kill").args(["-TERM", "--", &format!("-{}", child.id())]).status();
    let _ = child.wait();
    answered.map_err(|error| format!("`cargo xtask run` printed\n{}\nand {error}", printed.join("\n")))?;
    Ok(printed)
}

/// How long it may take to build and to say where it is.
const PATIENCE: Duration = Duration::from_secs(900);

/// Its lines up to the link of the first set-up; those that came, where that one does not in time.
fn first_words(output: ChildStdout) -> Vec<String> {
    let (say, said) = mpsc::channel();
    // Reads to the end: a server whose words nobody reads any more would stop at one.
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).for_each(|line| drop(say.send(line))));
    let until = Instant::now() + PATIENCE;
    let mut lines = Vec::new();
    while let Ok(line) = said.recv_timeout(until.saturating_duration_since(Instant::now())) {
        let is_last = line.contains("/office/setup#");
        lines.push(line);
        if is_last {
            break;
        }
    }
    lines
}

/// Asks for the page that the link leads to.
fn serves(printed: &[String]) -> Outcome {
    let link = printed.iter().find_map(|line| line.split_once("http://")?.1.split_once("/office/setup#"));
    let Some((host, _)) = link else { return Err("no link to set it up.".into()) };
    let asked = TcpStream::connect(host).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(format!("GET /office/setup HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    });
    match asked {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") && answer.contains("<html") => Ok(()),
        Ok(answer) => Err(format!("answered {:?}", answer.lines().next().unwrap_or_default())),
        Err(error) => Err(format!("did not answer: {error}")),
    }
}

#[derive(Debug, PartialEq)]
struct Options {
    demo: bool,
    port: u16,
    public_url: Option<String>,
    data: String,
}

impl Options {
    fn parse(arguments: &[String]) -> Outcome<Self> {
        let (mut demo, mut port, mut public_url, mut data) = (false, 3000, None, None);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().cloned().ok_or_else(|| format!("{argument} needs a value after it."));
            match argument.as_str() {
                "--demo" => demo = true,
                "--port" => {
                    let given = value()?;
                    port = given.parse().map_err(|_| format!("--port needs a number up to 65535, not {given:?}."))?;
                }
                "--public-url" => public_url = Some(value()?),
                "--data" => data = Some(value()?),
                other => {
                    return Err(format!("cargo xtask run knows --demo, --port N, --public-url URL and --data DIR, not {other:?}."));
                }
            }
        }
        // Demonstration data never mixes with what somebody typed.
        let data = data.unwrap_or_else(|| if demo { "data/demo" } else { "data/main" }.to_string());
        Ok(Self { demo, port, public_url, data })
    }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use crate::Outcome;

    fn parse(line: &str) -> Outcome<Options> {
        Options::parse(&line.split_whitespace().map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn demonstration_data_lives_apart() {
        assert_eq!(parse("").unwrap().data, "data/main");
        assert_eq!(parse("--demo").unwrap().data, "data/demo");
        assert_eq!(parse("--demo --data x --port 80").unwrap(), Options { demo: true, port: 80, public_url: None, data: "x".to_string() });
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parse("--port many").unwrap_err().contains("many"));
        assert!(parse("--port").unwrap_err().contains("value"));
        assert!(parse("--prot 1").unwrap_err().contains("--prot"));
    }
}
