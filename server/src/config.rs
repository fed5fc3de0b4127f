//! What the server is told on its command line.

use crate::tls::Files;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Where the server listens, what it serves and where it keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `--listen`: the address and port; port 0 takes any free one.
    pub listen: SocketAddr,
    /// `--data`: the database, and beside it what must outlive it.
    pub data: PathBuf,
    /// `--dist`: holds `app/` and `office/` as `cargo xtask` builds them.
    pub dist: PathBuf,
    /// `--public-url`: the address that phones use, if it is not the one listened on. No slash at the end.
    pub public_url: Option<String>,
    /// `--tls-cert` and `--tls-key`: the files to speak TLS with, where no proxy does.
    pub tls: Option<Files>,
    /// `--demo`: a made-up commune in a database of its own, started afresh, for this machine only.
    pub demo: bool,
    /// `--restored`: the database was put back from a backup; begins a new life of it.
    pub restored: bool,
    /// `--new-passphrase`: whose passphrase is replaced by a new one, which is shown; nothing is served.
    pub new_passphrase: Option<String>,
}

/// What the command line may say.
pub const USAGE: &str = "gandan-server [--listen ADDRESS:PORT] [--data DIR] [--dist DIR] [--public-url URL] \
                         [--tls-cert FILE --tls-key FILE] [--demo] [--restored] [--new-passphrase LOGIN]";

/// A mistake on the command line, in words for whoever typed it.
#[derive(Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// There is no such argument.
    Unknown(String),
    /// Its value is missing.
    NoValue(String),
    /// `--listen` is not an address with a port.
    Listen(String),
    /// `--public-url` is not the beginning of an address.
    PublicUrl(String),
    /// One of `--tls-cert` and `--tls-key` without the other; which is missing.
    HalfTls(&'static str),
    /// With TLS of its own, but `--public-url` is http.
    TlsUrl(String),
    /// `--demo` would be reachable from other machines, with sign-ins that everybody can read.
    DemoOpen(SocketAddr),
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(argument) => write!(f, "{argument:?} is not known. Usage: {USAGE}"),
            Self::NoValue(argument) => write!(f, "{argument} needs a value after it. Usage: {USAGE}"),
            Self::Listen(given) => write!(f, "--listen needs an address and a port such as 127.0.0.1:8080, not {given:?}."),
            Self::PublicUrl(given) => {
                write!(f, "--public-url needs an address such as https://gandan.example, without a path, not {given:?}.")
            }
            Self::HalfTls(missing) => write!(f, "--tls-cert and --tls-key go together, each with a PEM file; {missing} is missing."),
            Self::TlsUrl(given) => write!(f, "With --tls-cert people come by https, so --public-url begins with https://, not {given:?}."),
            Self::DemoOpen(given) => {
                write!(f, "--demo has sign-ins that everybody can read, so it runs on 127.0.0.1 or [::1] only, not on {given}.")
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the arguments after the program's name.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, ConfigError> {
        let mut listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let (mut data, mut dist, mut public_url) = (None, PathBuf::from("dist"), None);
        let (mut tls_cert, mut tls_key) = (None, None);
        let (mut demo, mut restored, mut new_passphrase) = (false, false, None);
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| ConfigError::NoValue(argument.clone()));
            match argument.as_str() {
                "--listen" => {
                    let given = value()?;
                    listen = given.parse().map_err(|_| ConfigError::Listen(given))?;
                }
                "--data" => data = Some(PathBuf::from(value()?)),
                "--dist" => dist = PathBuf::from(value()?),
                "--public-url" => public_url = Some(read_url(value()?)?),
                "--tls-cert" => tls_cert = Some(PathBuf::from(value()?)),
                "--tls-key" => tls_key = Some(PathBuf::from(value()?)),
                "--demo" => demo = true,
                "--restored" => restored = true,
                "--new-passphrase" => new_passphrase = Some(value()?),
                _ => return Err(ConfigError::Unknown(argument)),
            }
        }
        if demo && !listen.ip().is_loopback() {
            return Err(ConfigError::DemoOpen(listen));
        }
        let tls = match (tls_cert, tls_key) {
            (Some(cert), Some(key)) => Some(Files { cert, key }),
            (None, None) => None,
            (Some(_), None) => return Err(ConfigError::HalfTls("--tls-key")),
            (None, Some(_)) => return Err(ConfigError::HalfTls("--tls-cert")),
        };
        if let Some(url) = public_url.as_ref().filter(|url| tls.is_some() && !url.starts_with("https://")) {
            return Err(ConfigError::TlsUrl(url.clone()));
        }
        // Made-up data never mixes with what somebody typed.
        let data = data.unwrap_or_else(|| PathBuf::from(if demo { "data/demo" } else { "data/main" }));
        Ok(Self { listen, data, dist, public_url, tls, demo, restored, new_passphrase })
    }
}

/// Scheme, host and port only: the paths under it are the server's own.
fn read_url(given: String) -> Result<String, ConfigError> {
    let url = given.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(plain) { Err(ConfigError::PublicUrl(given)) } else { Ok(url.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Config, ConfigError> {
        Config::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn defaults_and_values() {
        let config = parse("").unwrap();
        assert_eq!((config.listen.to_string().as_str(), config.demo), ("127.0.0.1:8080", false));
        assert_eq!(config.data, PathBuf::from("data/main"));
        assert_eq!(parse("--demo").unwrap().data, PathBuf::from("data/demo"));
        let config = parse("--listen [::1]:0 --data x --public-url https://gandan.example:444/ --restored").unwrap();
        assert_eq!(config.public_url.as_deref(), Some("https://gandan.example:444"));
        assert_eq!((config.restored, config.data), (true, PathBuf::from("x")));
        let files = Files { cert: PathBuf::from("a.pem"), key: PathBuf::from("b.pem") };
        assert_eq!(parse("--tls-key b.pem --tls-cert a.pem").unwrap().tls, Some(files));
        assert_eq!(parse("--new-passphrase kim.hanh").unwrap().new_passphrase.as_deref(), Some("kim.hanh"));
    }

    #[test]
    fn mistakes_say_what_to_do() {
        for (line, word) in [
            ("--port 80", "--port"),
            ("--data", "needs a value"),
            ("--listen 8080", "127.0.0.1:8080"),
            ("--public-url gandan.example", "https://"),
            ("--public-url https://gandan.example/x", "without a path"),
            ("--tls-cert a.pem", "--tls-key is missing"),
            ("--tls-key b.pem", "--tls-cert is missing"),
            ("--tls-cert a.pem --tls-key b.pem --public-url http://gandan.example", "https://"),
            ("--demo --listen 0.0.0.0:80", "everybody can read"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
