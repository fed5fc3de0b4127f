//! TLS by certificate files, for a server without a proxy before it. HTTP/1.1 and HTTP/2, whichever the browser asks for.

use axum::serve::Listener;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// Where a certificate and its key are, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate, and behind it those that lead to the authority.
    pub cert: PathBuf,
    /// Its private key: PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
}

/// A certificate that is served. While it is, its files are read again every minute, so a renewal needs no restart.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    served: Arc<Served>,
    config: Arc<ServerConfig>,
}

/// What the next handshake is made with.
#[derive(Debug)]
struct Served(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.present())
    }
}

impl Served {
    fn present(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Certificate {
    /// Reads the files, and makes sure that they belong to each other.
    pub fn open(files: Files) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let served = Arc::new(Served(RwLock::new(Arc::new(read(&files, &provider)?))));
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(TlsError::Tls)?;
        let resolver: Arc<dyn ResolvesServerCert> = served.clone();
        let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { files, served, config: Arc::new(config) })
    }

    /// Reads the files again and says whether they hold another certificate, which is served from now on. Files that cannot
    /// be used, such as a certificate whose key is not there yet, leave the present one.
    pub fn renew(&self) -> Result<bool, TlsError> {
        let read = read(&self.files, self.config.crypto_provider())?;
        let is_new = read.cert != self.served();
        if is_new {
            *self.served.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        }
        Ok(is_new)
    }

    /// The chain that is served now.
    pub fn served(&self) -> Vec<CertificateDer<'static>> {
        self.served.present().cert.clone()
    }

    /// Speaks TLS on every connection that comes in there.
    pub fn listen(self, tcp: TcpListener) -> TlsListener {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        let renewal = tokio::spawn(async move {
            let mut each = interval(RENEWAL);
            loop {
                each.tick().await;
                match self.renew() {
                    Ok(true) => tracing::info!("a new certificate is served"),
                    Ok(false) => {}
                    Err(error) => tracing::error!(%error, "the certificate of before is served on"),
                }
            }
        });
        TlsListener { tcp, acceptor, handshakes: JoinSet::new(), renewal }
    }
}

/// How often the files are looked at.
const RENEWAL: Duration = Duration::from_secs(60);

/// How long a handshake may take, and how many there may be at a time: whoever says nothing holds up nobody else.
const HANDSHAKE: Duration = Duration::from_secs(10);
const HANDSHAKES: usize = 512;

fn read(files: &Files, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let wrong = |path: &Path| {
        let path = path.to_owned();
        |error| match error {
            pem::Error::Io(error) => TlsError::File(path, error),
            _ => TlsError::Pem(path),
        }
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&files.cert).and_then(Iterator::collect);
    let chain = chain.map_err(wrong(&files.cert))?;
    if chain.is_empty() {
        return Err(TlsError::Pem(files.cert.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(wrong(&files.key))?;
    CertifiedKey::from_der(chain, key, provider).map_err(TlsError::Tls)
}

/// A socket whose connections have their handshakes behind them.
pub struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
    renewal: JoinHandle<()>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                (stream, peer) = Listener::accept(&mut self.tcp), if self.handshakes.len() < HANDSHAKES => {
                    let handshake = self.acceptor.accept(stream);
                    self.handshakes.spawn(async move { Some((timeout(HANDSHAKE, handshake).await.ok()?.ok()?, peer)) });
                }
                ended = self.handshakes.join_next(), if !self.handshakes.is_empty() => {
                    // Of whoever speaks no TLS, or never ended the handshake, there is nothing to be said.
                    if let Some(Ok(Some(connection))) = ended {
                        return connection;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

/// Why there is no TLS with these files.
#[derive(Debug)]
pub enum TlsError {
    /// One cannot be read.
    File(PathBuf, io::Error),
    /// One is no PEM file, or has in it nothing of what it is for.
    Pem(PathBuf),
    /// They do not fit each other, or the kind of key is not one of TLS.
    Tls(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => {
                write!(f, "cannot read {} ({error}); whoever runs the server must be able to read --tls-cert and --tls-key", path.display())
            }
            Self::Pem(path) => write!(
                f,
                "{} holds nothing to use; --tls-cert is the certificate with its chain, --tls-key its private key without a password, \
                 both in PEM",
                path.display()
            ),
            Self::Tls(rustls::Error::InconsistentKeys(_)) => f.write_str("--tls-key is not the key of the certificate in --tls-cert"),
            Self::Tls(error) => write!(f, "--tls-cert and --tls-key cannot be used: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}
