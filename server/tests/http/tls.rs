//! TLS by certificate files: what a browser gets, and what becomes of it when the files do.

use crate::support::{TestServer, recovery_key};
use domain::cbor;
use domain::id::DeviceId;
use domain::office::{Account, SetUp};
use domain::wire::{EnrolRequest, PROTOCOL, Refusal, RefusalCode};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_bytes::ByteBuf;
use server::tls::{Certificate, Files};
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use tempfile::{TempDir, tempdir};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A self-signed certificate for this machine, written to its two files; returns what a client has to trust.
fn certify(dir: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(dir.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(dir.join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

fn arguments(dir: &TempDir) -> [String; 4] {
    let path = |name: &str| dir.path().join(name).display().to_string();
    ["--tls-cert".to_owned(), path("cert.pem"), "--tls-key".to_owned(), path("key.pem")]
}

fn start(dir: &TempDir, more: &[&str]) -> TestServer {
    let arguments = arguments(dir);
    let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    TestServer::start_in(tempdir().unwrap(), &all)
}

/// A connection from `from` to a server that is trusted for this certificate alone.
async fn connect(to: SocketAddr, from: &str, trusted: &CertificateDer<'static>, protocol: &[u8]) -> TlsStream<tokio::net::TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let tcp = socket.connect(to).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
    stream
}

/// One request by HTTP/1.1.
async fn ask(to: SocketAddr, from: &str, trusted: &CertificateDer<'static>, request: Request<Whole>) -> Response<Incoming> {
    let stream = connect(to, from, trusted, b"http/1.1").await;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender.send_request(request).await.unwrap()
}

/// One by HTTP/2.
async fn ask_by_two(to: SocketAddr, trusted: &CertificateDer<'static>, request: Request<Whole>) -> Response<Incoming> {
    let stream = connect(to, "127.0.0.1", trusted, b"h2").await;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender.send_request(request).await.unwrap()
}

/// A body that is all there.
struct Whole(Option<Bytes>);

impl hyper::body::Body for Whole {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(hyper::body::Frame::data(bytes))))
    }
}

async fn read(response: Response<Incoming>) -> Vec<u8> {
    let (mut body, mut bytes) = (response.into_body(), Vec::new());
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        bytes.extend(frame.unwrap().into_data().unwrap_or_default());
    }
    bytes
}

fn get(address: &str) -> Request<Whole> {
    Request::get(address).header("host", "localhost").body(Whole(None)).unwrap()
}

fn enrolment(forwarded: &str) -> Request<Whole> {
    let asked = EnrolRequest { protocol: PROTOCOL, code: "0000-0000".into(), device: DeviceId::new(1, [1; 10]) };
    let request = Request::post("/api/v1/enrol").header("host", "localhost").header("x-forwarded-for", forwarded);
    request.body(Whole(Some(cbor::encode(&asked).into()))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_apps_and_the_office_are_served() {
    let dir = tempdir().unwrap();
    let trusted = certify(dir.path());
    let server = start(&dir, &[]);
    assert!(server.setup_link.as_deref().unwrap().starts_with("https://127.0.0.1:"));
    let page = ask(server.address, "127.0.0.1", &trusted, get("/app/")).await;
    assert_eq!((page.status().as_u16(), page.headers()["strict-transport-security"].as_bytes()), (200, b"max-age=31536000".as_slice()));
    assert!(String::from_utf8(read(page).await).unwrap().contains("field"));
    let page = ask_by_two(server.address, &trusted, get("https://localhost/app/")).await;
    assert_eq!(page.version(), hyper::Version::HTTP_2);
    assert!(String::from_utf8(read(page).await).unwrap().contains("field"));

    // In HTTP/2 the host stands in the address, and is the one that the page came from.
    let account =
        |login: &str| Account { name: "Đinh Thị Ngân".into(), login: login.into(), passphrase: "một cụm từ dài".into() };
    let (admin, officer) = (account("quantri"), account("canbo"));
    let recovery = Some(ByteBuf::from(recovery_key().public().0.to_vec()));
    let first = SetUp { admin, province: "Tỉnh Sông Lĩnh".into(), commune: "Xã Tân Khê Vân".into(), officer, recovery };
    let set_up = |origin: &str| {
        let request = Request::post(format!("https://localhost/api/v1/setup/{}", server.setup_token()));
        let request = request.header("x-gandan", "1").header("origin", origin).header("content-type", "application/json");
        request.body(Whole(Some(serde_json::to_vec(&first).unwrap().into()))).unwrap()
    };
    assert_eq!(ask_by_two(server.address, &trusted, set_up("https://elsewhere.example")).await.status(), 403);
    let signed_in = ask_by_two(server.address, &trusted, set_up("https://localhost")).await;
    assert_eq!(signed_in.status(), 200);
    assert!(signed_in.headers()["set-cookie"].to_str().unwrap().contains("; Secure"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_told_by_their_own_address() {
    let dir = tempdir().unwrap();
    let trusted = certify(dir.path());
    // With an address for people, but no proxy: what a request says of where it comes from is believed of nobody.
    let server = start(&dir, &["--public-url", "https://gandan.example"]);
    for n in 0..6 {
        let answer = ask(server.address, "127.0.0.1", &trusted, enrolment(&format!("203.0.113.{n}"))).await;
        let code = cbor::decode::<Refusal>(&read(answer).await).unwrap().code;
        assert_eq!(code, if n < 5 { RefusalCode::UnknownCode } else { RefusalCode::TooMany }, "{n}");
    }
    let other = ask(server.address, "127.0.0.2", &trusted, enrolment("203.0.113.9")).await;
    assert_eq!(cbor::decode::<Refusal>(&read(other).await).unwrap().code, RefusalCode::UnknownCode);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_ends_a_handshake_holds_up_nobody() {
    let dir = tempdir().unwrap();
    let trusted = certify(dir.path());
    let server = start(&dir, &[]);
    let silent = std::net::TcpStream::connect(server.address).unwrap();
    // Plain HTTP gets no answer either.
    let plain = std::net::TcpStream::connect(server.address).unwrap();
    std::io::Write::write_all(&mut &plain, b"GET /office/ HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(ask(server.address, "127.0.0.1", &trusted, get("/office/")).await.status(), 200);
    drop((silent, plain));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_served_and_half_a_renewal_is_not() {
    let dir = tempdir().unwrap();
    let first = certify(dir.path());
    let files = || Files { cert: dir.path().join("cert.pem"), key: dir.path().join("key.pem") };
    let certificate = Certificate::open(files()).unwrap();
    assert!(!certificate.renew().unwrap(), "the same files are the same certificate");
    let old_key = std::fs::read(dir.path().join("key.pem")).unwrap();
    let second = certify(dir.path());
    let new_key = std::fs::read(dir.path().join("key.pem")).unwrap();
    // Between the two files.
    std::fs::write(dir.path().join("key.pem"), old_key).unwrap();
    let error = certificate.renew().unwrap_err().to_string();
    assert!(error.contains("--tls-key is not the key"), "{error}");
    assert_eq!(certificate.served()[0], first);
    std::fs::write(dir.path().join("key.pem"), new_key).unwrap();
    assert!(certificate.renew().unwrap());
    assert_eq!(certificate.served()[0], second);
}

#[test]
fn files_that_cannot_be_used_say_which() {
    let dir = tempdir().unwrap();
    certify(dir.path());
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("empty.pem"), "").unwrap();
    let other = tempdir().unwrap();
    certify(other.path());
    for (cert, key, word) in [
        (path("gone.pem"), path("key.pem"), "cannot read"),
        (path("cert.pem"), path("gone.pem"), "gone.pem"),
        (path("empty.pem"), path("key.pem"), "empty.pem holds nothing"),
        // The two the other way round.
        (path("key.pem"), path("cert.pem"), "key.pem holds nothing"),
        (path("cert.pem"), path("cert.pem"), "cert.pem holds nothing"),
        (path("cert.pem"), other.path().join("key.pem"), "is not the key of the certificate"),
    ] {
        let error = Certificate::open(Files { cert, key }).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}
