//! A real server on a free port with a directory of its own, and a client that speaks HTTP to it.

use domain::cbor;
use domain::id::{DeviceId, Epoch, PersonId};
use domain::office::{Account, Me, SetUp, SignIn, Tab, WORDS, Write};
use domain::time::Time;
use domain::wire::{EnrolReply, EnrolRequest, Refusal, RefusalCode};
use flate2::read::GzDecoder;
use seal::recovery::PrivateKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use server::config::Config;
use server::demo::SignIns;
use server::http::Route;
use server::journal::Journal;
use server::keys::Keys;
use server::store::sqlite::Sqlite;
use server::store::{Store as _, Upkeep as _};
use std::cell::Cell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// Stops and cleans up when it goes.
pub struct TestServer {
    pub address: SocketAddr,
    pub dir: TempDir,
    pub setup_link: Option<String>,
    pub sign_ins: Option<SignIns>,
    pub new_passphrase: Option<String>,
    pub routes: Vec<Route>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub const PASSPHRASE: &str = "một cụm từ dài";

impl TestServer {
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), &[])
    }

    /// On data that is there already, with further arguments.
    pub fn start_in(dir: TempDir, arguments: &[&str]) -> Self {
        let path = |name: &str| dir.path().join(name).display().to_string();
        write_dist(&dir.path().join("dist"));
        let fixed = ["--listen", "127.0.0.1:0", "--data", &path("data"), "--dist", &path("dist")].map(str::to_owned);
        let config = Config::parse(fixed.into_iter().chain(arguments.iter().map(|argument| (*argument).to_owned()))).unwrap();
        let (started, is_started) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = server::Server::open(&config).await.unwrap();
                let owned = |words: Option<&str>| words.map(str::to_owned);
                let (setup_link, new_passphrase) = (owned(server.setup_link()), owned(server.new_passphrase()));
                started.send((server.address().unwrap(), setup_link, server.sign_ins().cloned(), new_passphrase, server.routes())).unwrap();
                server.serve(async { stopped.await.unwrap_or_default() }).await.unwrap();
            });
        });
        let (address, setup_link, sign_ins, new_passphrase, routes) = is_started.recv().unwrap();
        Self { address, dir, setup_link, sign_ins, new_passphrase, routes, stop: Some(stop), thread: Some(thread) }
    }

    /// Stops it and starts it again on the same data.
    pub fn restart(mut self, arguments: &[&str]) -> Self {
        self.stop_now();
        let dir = std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap());
        Self::start_in(dir, arguments)
    }

    /// Stops it and reads every row of every table.
    pub fn dump(mut self) -> Vec<String> {
        self.stop_now();
        block_on(self.store().0.dump()).unwrap()
    }

    /// Stops it, gives a person a code as it was given at some moment, and starts it again.
    pub fn issue_code(mut self, person: PersonId, code: &str, at: Time) -> Self {
        self.stop_now();
        let (store, keys) = self.store();
        block_on(store.issue_code(None, person, keys.code(code), at)).unwrap();
        drop(store);
        self.restart(&[])
    }

    /// Stops it, changes rows as no server does, and starts it again.
    pub fn alter(mut self, sql: &str) -> Self {
        self.stop_now();
        let database = rusqlite::Connection::open(self.dir.path().join("data/gandan.db")).unwrap();
        assert!(database.execute(sql, []).unwrap() > 0);
        drop(database);
        self.restart(&[])
    }

    /// A copy of its database, as a night makes one while it runs.
    pub fn copy(&self) -> Vec<u8> {
        let copy = self.dir.path().join("copy.db");
        let database = rusqlite::Connection::open(self.dir.path().join("data/gandan.db")).unwrap();
        database.execute("VACUUM INTO ?1", [copy.display().to_string()]).unwrap();
        let bytes = std::fs::read(&copy).unwrap();
        std::fs::remove_file(copy).unwrap();
        bytes
    }

    /// Stops it, puts a copy in the place of its database, and starts it again as the manual says.
    pub fn put_back(mut self, copy: &[u8]) -> Self {
        self.stop_now();
        std::fs::write(self.dir.path().join("data/gandan.db"), copy).unwrap();
        self.restart(&["--restored"])
    }

    /// The store of a server that was stopped.
    fn store(&self) -> (Sqlite, Arc<Keys>) {
        let data = self.dir.path().join("data");
        let keys = Arc::new(Keys::open(&data.join("keys"), &[0; 32]).unwrap());
        let store = Sqlite::open(&data.join("gandan.db"), Epoch::new(0, [0; 10]), keys.clone(), Arc::new(Journal::in_memory()));
        (store.unwrap(), keys)
    }

    fn stop_now(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    pub fn setup_token(&self) -> &str {
        self.setup_link.as_deref().unwrap().split_once('#').unwrap().1
    }

    pub fn send(&self, request: &Request) -> Answer {
        request.send(self.address)
    }

    /// Sets the server up, and signs the officer in.
    pub fn officer(&self) -> Desk<'_> {
        let account = |name: &str, login: &str| Account { name: name.into(), login: login.into(), passphrase: PASSPHRASE.into() };
        let first = SetUp {
            admin: account("Đinh Thị Ngân", "quantri"),
            province: "Tỉnh Sông Lĩnh".into(),
            commune: "Xã Tân Khê Vân".into(),
            officer: account("Trương Minh Huy", "canbo"),
            recovery: Some(ByteBuf::from(recovery_key().public().0.to_vec())),
        };
        let answer = self.send(&Request::post(&format!("setup/{}", self.setup_token())).json(&first));
        assert_eq!(answer.status, 200, "{answer:?}");
        self.sign_in("canbo")
    }

    pub fn sign_in(&self, login: &str) -> Desk<'_> {
        self.sign_in_with(login, PASSPHRASE)
    }

    pub fn sign_in_with(&self, login: &str, passphrase: &str) -> Desk<'_> {
        let answer = self.send(&sign_in(login, passphrase));
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.header("set-cookie").unwrap();
        let me: Me = answer.json();
        // The same for each sign-in of a person, and nobody else's.
        let device = DeviceId(me.person.id.0);
        let desk = Desk { server: self, cookie: cookie.split(';').next().unwrap().to_owned(), me, device, seq: Cell::new(0) };
        desk.post("tab", &Tab { device }).ok();
        desk
    }

    /// Enrols a phone with a code.
    pub fn enrol(&self, code: &str, device: DeviceId) -> Answer {
        self.send(&Request::post("enrol").cbor(&EnrolRequest { protocol: domain::wire::PROTOCOL, code: code.to_owned(), device }))
    }
}

/// The organisation's recovery key, whose sheets are in three places and whose private half no server has.
pub fn recovery_key() -> PrivateKey {
    PrivateKey::new([77; 32])
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop_now();
    }
}

pub fn sign_in(login: &str, passphrase: &str) -> Request {
    Request::post("session").json(&SignIn { login: login.into(), passphrase: passphrase.into() })
}

/// Somebody signed in at a desk.
pub struct Desk<'a> {
    server: &'a TestServer,
    pub cookie: String,
    pub me: Me,
    pub device: DeviceId,
    seq: Cell<u64>,
}

impl Desk<'_> {
    pub fn get(&self, path: &str) -> Answer {
        self.server.send(&Request::get(path).header("cookie", &self.cookie))
    }

    /// What these words find, spelled as in an address.
    pub fn find(&self, path: &str, words: &str) -> Answer {
        self.send(Request::get(path).header(WORDS, words))
    }

    pub fn post<T: Serialize>(&self, path: &str, body: &T) -> Answer {
        self.server.send(&Request::post(path).json(body).header("cookie", &self.cookie))
    }

    pub fn send(&self, request: Request) -> Answer {
        self.server.send(&request.header("cookie", &self.cookie))
    }

    /// A change by this tab. One that is refused has not used its number.
    pub fn write<T: Serialize>(&self, path: &str, seen: u64, value: T) -> Answer {
        let seq = self.seq.get() + 1;
        let answer = self.post(path, &Write { device: self.device, seq, seen, value });
        self.seq.set(if answer.status < 300 { seq } else { seq - 1 });
        answer
    }
}

/// An enrolled phone.
pub struct Phone<'a> {
    pub server: &'a TestServer,
    pub device: DeviceId,
    pub reply: EnrolReply,
}

impl Phone<'_> {
    pub fn post<T: Serialize>(&self, path: &str, body: &T) -> Answer {
        self.server.send(&self.request(path).cbor(body))
    }

    pub fn request(&self, path: &str) -> Request {
        Request::post(path).header("authorization", &format!("Bearer {}", self.reply.token))
    }
}

/// A request to be sent.
#[derive(Clone)]
pub struct Request {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str) -> Self {
        Self::new("POST", path).header("x-gandan", "1")
    }

    /// A path under the API, or with a slash at the beginning any other.
    pub fn new(method: &'static str, path: &str) -> Self {
        let target = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        Self { method, target, headers: Vec::new(), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    pub fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", content_type)
    }

    pub fn json<T: Serialize>(self, body: &T) -> Self {
        self.body("application/json", serde_json::to_vec(body).unwrap())
    }

    pub fn cbor<T: Serialize>(self, body: &T) -> Self {
        self.body("application/cbor", cbor::encode(body))
    }

    /// As a browser sends a form: name, file name, content.
    pub fn form(self, parts: &[(&str, Option<&str>, &[u8])]) -> Self {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            body.extend(format!("--gd-boundary\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--gd-boundary--\r\n");
        self.body("multipart/form-data; boundary=gd-boundary", body)
    }

    /// Sends it to whatever listens there.
    pub fn send(&self, address: SocketAddr) -> Answer {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", self.body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses a large body may answer and close before it was read.
        let _ = stream.write_all(&self.body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&answer)
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    /// After decompression.
    pub body: Vec<u8>,
    /// How many bytes travelled.
    pub travelled: usize,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> =
            lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let mut answer = Self { status, headers, body: bytes[end + 4..].to_vec(), travelled: 0 };
        if answer.header("transfer-encoding").is_some() {
            answer.body = unchunk(&answer.body);
        }
        answer.travelled = answer.body.len();
        if answer.header("content-encoding").as_deref() == Some("gzip") {
            let mut plain = Vec::new();
            GzDecoder::new(answer.body.as_slice()).read_to_end(&mut plain).unwrap();
            answer.body = plain;
        }
        answer
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }

    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{self:?}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn cbor<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{self:?}");
        cbor::decode(&self.body).unwrap()
    }

    /// The refusal, in whichever format the route speaks.
    pub fn refusal(&self) -> Refusal {
        assert!(self.status >= 400, "{self:?}");
        serde_json::from_slice(&self.body).ok().or_else(|| cbor::decode(&self.body).ok()).unwrap_or_else(|| panic!("no refusal: {self:?}"))
    }

    pub fn refused(&self) -> RefusalCode {
        self.refusal().code
    }

    /// Somebody unknown asked.
    pub fn asks_to_sign_in(&self) -> bool {
        self.status >= 400 && self.refused() == RefusalCode::SignIn
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
}

/// As small as a build can be.
fn write_dist(dist: &std::path::Path) {
    for (name, content) in [
        ("app/index.html", "<title>field</title>"),
        ("app/csp.txt", "'sha256-field='"),
        ("app/sw.js", "\"use strict\";\n"),
        ("app/manifest.webmanifest", "{}"),
        ("app/field-3f2a9c04d1b7e65a_bg.wasm", "wasm"),
        ("app/field-3f2a9c04d1b7e65a_bg.wasm.br", "brotli"),
        ("office/index.html", "<title>office</title>"),
        ("office/csp.txt", "'sha256-office='"),
    ] {
        let path = dist.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}
