//! The server of Gần Dân: accounts, sync, the office API, exports and the files of both apps.
//!
//! [`http`] has every route; [`store`] is all that is kept and the only place that knows SQL; the rules themselves are
//! in `domain`. What must outlive a database that is lost stands beside it: [`keys`], [`journal`] and the epoch file.

pub mod assets;
pub mod auth;
mod book;
pub mod config;
pub mod demo;
pub mod error;
pub mod export;
pub mod form;
pub mod http;
pub mod journal;
pub mod keys;
pub mod roll;
pub mod store;
pub mod take_out;
pub mod tls;

use crate::auth::{NoSecret, Passphrases};
use crate::config::Config;
use crate::demo::SignIns;
use crate::error::Refused;
use crate::http::{App, Route, Site};
use crate::journal::{Journal, StartError};
use crate::keys::{Keys, KeysError};
use crate::store::sqlite::Sqlite;
use crate::store::{StoreError, Upkeep as _};
use crate::tls::{Certificate, TlsError};
use domain::id::Epoch;
use std::fs::{File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;

/// A server that has all it needs and holds its address. It answers once it is told to [`Server::serve`].
pub struct Server {
    listener: TcpListener,
    certificate: Option<Certificate>,
    app: App<Sqlite>,
    dist: PathBuf,
    setup_link: Option<String>,
    sign_ins: Option<SignIns>,
    new_passphrase: Option<String>,
    /// Held for as long as the server lives: two on one directory would each believe to be the only writer.
    _lock: File,
}

/// The file that is locked while a server runs on a directory.
const LOCK: &str = "lock";

impl Server {
    /// Takes the directory and the address, opens or makes the database, and for a demonstration fills it.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        create_private(&config.data).map_err(OpenError::Data)?;
        let file = |name: &str| config.data.join(name);
        let lock = File::create(file(LOCK)).map_err(OpenError::Data)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::Running(config.data.clone()),
            TryLockError::Error(error) => OpenError::Data(error),
        })?;
        let certificate = config.tls.clone().map(Certificate::open).transpose()?;
        let listener = TcpListener::bind(config.listen).await.map_err(|error| OpenError::Listen(config.listen, error))?;
        let address = listener.local_addr().map_err(|error| OpenError::Listen(config.listen, error))?;
        if config.demo {
            demo::empty_directory(&config.data, &[LOCK]).map_err(OpenError::Data)?;
        }

        let keys = Arc::new(Keys::open(&file("keys"), &auth::random()?)?);
        let journal = Arc::new(Journal::open(&file("journal")).map_err(OpenError::Data)?);
        let store = Sqlite::open(&file("gandan.db"), new_epoch()?, Arc::clone(&keys), Arc::clone(&journal))?;
        let restored = if config.restored { Some(new_epoch()?) } else { None };
        let (_, damaged) = journal::start(&store, &journal, &file("epoch"), restored).await?;
        if damaged > 0 {
            tracing::error!(damaged, "lines of the journal cannot be read");
        }

        let new_passphrase = match &config.new_passphrase {
            Some(login) => Some(replace_passphrase(&store, login).await?),
            None => None,
        };

        let scheme = if certificate.is_some() { "https" } else { "http" };
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        let behind_proxy = config.public_url.is_some() && certificate.is_none();
        let site = Site { public_url, behind_proxy, demo: config.demo };
        let app = App::new(store, keys, site);
        let sign_ins = if config.demo { Some(demo::seed(&app, http::now().date()).await?) } else { None };
        let setup_link = app.setup_link().await?;
        Ok(Self { listener, certificate, app, dist: config.dist.clone(), setup_link, sign_ins, new_passphrase, _lock: lock })
    }

    /// The address that it holds.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address that phones use.
    pub fn public_url(&self) -> &str {
        &self.app.site.public_url
    }

    /// The one-time link, while nobody has set the server up.
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref()
    }

    /// How to get into a demonstration.
    pub const fn sign_ins(&self) -> Option<&SignIns> {
        self.sign_ins.as_ref()
    }

    /// The passphrase that was made, where one was asked for.
    pub fn new_passphrase(&self) -> Option<&str> {
        self.new_passphrase.as_deref()
    }

    /// Every route of the API.
    pub fn routes(&self) -> Vec<Route> {
        http::routes(&self.app)
    }

    /// Answers until `stop` comes.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        http::serve(self.listener, self.certificate, self.app, &self.dist, stop).await
    }
}

/// The way back for whoever holds the machine when nobody can sign in any more: a passphrase of 80 random bits.
async fn replace_passphrase(store: &Sqlite, login: &str) -> Result<String, OpenError> {
    let halves = [auth::new_code()?, auth::new_code()?].map(|half| auth::code_for_people(&half));
    let passphrase = halves.join("-");
    let hash = Passphrases::default().hash(&passphrase).await.map_err(|_| OpenError::NoSecret)?;
    store.new_passphrase(login.trim().to_lowercase(), hash).await.map_err(|error| match error {
        StoreError::NotFound => OpenError::NoLogin(login.to_owned()),
        error => error.into(),
    })?;
    Ok(passphrase)
}

/// Makes a directory that only its owner can read, or makes it so where it is there already.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn new_epoch() -> Result<Epoch, NoSecret> {
    Ok(Epoch::new(u64::try_from(http::now().0).unwrap_or_default(), auth::random()?))
}

/// Why the server does not start.
#[derive(Debug)]
pub enum OpenError {
    /// Another server runs on this directory.
    Running(PathBuf),
    /// The directory cannot be used.
    Data(io::Error),
    /// The address cannot be used.
    Listen(SocketAddr, io::Error),
    /// There is no TLS with these files.
    Tls(TlsError),
    /// The keys cannot be had.
    Keys(KeysError),
    /// The database cannot be had.
    Store(StoreError),
    /// It is another database than the one that ran here last.
    Start(StartError),
    /// The machine has no randomness.
    NoSecret,
    /// Nobody who works here signs in with this name.
    NoLogin(String),
    /// The demonstration could not be made.
    Demo(Refused),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Running(data) => write!(f, "another server runs on {}; stop it, or choose another directory with --data", data.display()),
            Self::Data(error) => write!(f, "the data directory: {error}"),
            Self::Listen(address, error) => write!(f, "cannot listen on {address} ({error}); choose another address with --listen"),
            Self::Tls(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Start(error) => error.fmt(f),
            Self::NoSecret => f.write_str("the machine has no randomness"),
            Self::NoLogin(login) => write!(f, "nobody who works here signs in as {login:?}"),
            Self::Demo(refused) => write!(f, "the demonstration: {:?}", refused.refusal),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<TlsError> for OpenError {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}

impl From<KeysError> for OpenError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<StartError> for OpenError {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

impl From<NoSecret> for OpenError {
    fn from(_: NoSecret) -> Self {
        Self::NoSecret
    }
}

impl From<Refused> for OpenError {
    fn from(refused: Refused) -> Self {
        Self::Demo(refused)
    }
}
