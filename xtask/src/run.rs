//! `cargo xtask run`: the apps and the server on this machine.

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
