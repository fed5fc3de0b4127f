//! The database on the phone: one wrapper over rexie that knows its traps.
//!
//! A write is a [`Plan`]: data, sealed before the transaction opens. The transaction issues every request at once and is
//! asked for its end before anything else happens; only "complete", with strict durability, counts as stored.
//!
//! The traps, each with its test in app/tests/store.rs: an upgrade deletes every store that it does not list; the end of
//! a transaction is never heard by who asks late, and an abort comes back as a success; an error rolls nothing back by
//! itself; the default durability is relaxed; opening can wait for ever; another tab's upgrade kills the connection.
//! Two more cannot be met here: a transaction ends under who awaits anything but the database, but nobody outside is given
//! one (`cargo xtask test` holds that rexie is named nowhere else), and in here it lives only from the first request, which
//! already has its bytes, to the last; and rows are read by two requests for all keys and all values, never by a scan.

mod error;
mod lock;
pub mod migrate;
pub mod rows;
mod schema;
pub mod seal;

pub use error::StoreError;
pub use lock::{Cover, Found, Locked, NewLock, NewSecret, UnlockError};
pub use schema::{Name, STORES, VERSION};
pub use seal::rehearse;

use crate::platform::time::{self, Soon};
use crate::platform::{device, random};
use domain::cbor;
use domain::short;
use js_sys::Uint8Array;
use lock::Lock;
use rexie::{KeyRange, ObjectStore, Rexie, TransactionMode};
use rows::LogRow;
use seal::Sealer;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::task::Poll;
use wasm_bindgen::{JsCast, JsValue};

/// How long an answer of the database may take, in milliseconds.
const PATIENCE: i32 = 10_000;

/// Before the database is opened again, in milliseconds: what is behind it comes back within moments, where it does.
const PAUSES: [i32; 2] = [50, 500];

/// Where a row is in its store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    /// A number, the browser's own or an operation's.
    #[serde(rename = "n")]
    Number(u64),
    /// A word.
    #[serde(rename = "w")]
    Word(String),
}

impl Key {
    fn to_js(&self) -> JsValue {
        match self {
            Self::Number(number) => JsValue::from_f64(*number as f64),
            Self::Word(word) => JsValue::from_str(word),
        }
    }

    fn from_js(key: &JsValue) -> Option<Self> {
        key.as_f64().map(|number| Self::Number(number as u64)).or_else(|| key.as_string().map(Self::Word))
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Number(number) => number.to_be_bytes().to_vec(),
            Self::Word(word) => word.as_bytes().to_vec(),
        }
    }
}

impl From<&str> for Key {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<u64> for Key {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// One row, still sealed.
pub struct Row {
    store: Name,
    /// Its key.
    pub key: Key,
    value: JsValue,
}

impl Row {
    /// Whether the same bytes lie there; what was sealed anew never is.
    pub fn is_same(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }

    fn bytes(&self) -> Vec<u8> {
        self.value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()
    }
}

/// What one transaction reads.
#[derive(Clone, Debug)]
pub struct Ask {
    store: Name,
    what: Wanted,
}

#[derive(Clone, Debug)]
enum Wanted {
    One(Key),
    Behind { after: Option<Key>, limit: Option<u32> },
}

impl Ask {
    /// The row under a key, if there is one.
    pub fn one(store: Name, key: impl Into<Key>) -> Self {
        Self { store, what: Wanted::One(key.into()) }
    }

    /// The rows in the order of their keys: those behind `after`, at most `limit`.
    pub const fn rows(store: Name, after: Option<Key>, limit: Option<u32>) -> Self {
        Self { store, what: Wanted::Behind { after, limit } }
    }
}

/// What one transaction writes.
#[derive(Debug)]
pub struct Plan {
    sealer: Sealer,
    changes: Vec<Change>,
    /// What is deleted, and why: for the log.
    deleted: Vec<(Name, &'static str)>,
    relaxed: bool,
}

#[derive(Debug)]
enum Change {
    Put {
        store: Name,
        key: Key,
        value: Vec<u8>,
    },
    Append {
        store: Name,
        value: Vec<u8>,
    },
    /// A row of `meta` that is not sealed.
    Keep {
        key: &'static str,
        value: JsValue,
    },
    Delete {
        store: Name,
        key: Key,
    },
    DeleteAbove {
        store: Name,
        key: Key,
    },
    DeleteUpTo {
        store: Name,
        key: Key,
    },
    Clear {
        store: Name,
    },
}

impl Change {
    const fn store(&self) -> Name {
        match self {
            Self::Put { store, .. }
            | Self::Append { store, .. }
            | Self::Delete { store, .. }
            | Self::DeleteAbove { store, .. }
            | Self::DeleteUpTo { store, .. }
            | Self::Clear { store } => *store,
            Self::Keep { .. } => Name::Meta,
        }
    }
}

impl Plan {
    /// Writes a row under a key, over the one that is there.
    pub fn put(&mut self, store: Name, key: impl Into<Key>, plain: &[u8]) {
        let key = key.into();
        let value = self.sealer.seal(store, &key.bytes(), plain);
        self.changes.push(Change::Put { store, key, value });
    }

    /// Adds a row to a store that [counts](Name::counts) its keys, sealed under `id`.
    pub fn append(&mut self, store: Name, id: [u8; 16], plain: &[u8]) {
        let mut value = id.to_vec();
        value.extend(self.sealer.seal(store, &id, plain));
        self.changes.push(Change::Append { store, value });
    }

    /// Deletes one row, if it is there. The log says so, in the same transaction, with this reason, and so it does of
    /// everything that is deleted; never what it was. Only the log's own oldest rows go without a word.
    pub fn delete(&mut self, store: Name, key: impl Into<Key>, why: &'static str) {
        self.remove(Change::Delete { store, key: key.into() }, why);
    }

    /// Deletes the rows behind a key.
    pub fn delete_above(&mut self, store: Name, key: impl Into<Key>, why: &'static str) {
        self.remove(Change::DeleteAbove { store, key: key.into() }, why);
    }

    /// Deletes the rows up to a key.
    pub fn delete_up_to(&mut self, store: Name, key: impl Into<Key>, why: &'static str) {
        self.remove(Change::DeleteUpTo { store, key: key.into() }, why);
    }

    /// Deletes every row.
    pub fn clear(&mut self, store: Name, why: &'static str) {
        self.remove(Change::Clear { store }, why);
    }

    fn remove(&mut self, change: Change, why: &'static str) {
        let of = (change.store(), why);
        if of.0 != Name::Log && !self.deleted.contains(&of) {
            self.deleted.push(of);
        }
        self.changes.push(change);
    }

    /// Writes other content into a row, under its key and its id.
    pub fn rewrite(&mut self, row: &Row, plain: &[u8]) {
        let value = if row.store.counts() {
            let mut value = row.bytes();
            value.truncate(16);
            value.extend(self.sealer.seal(row.store, &value.clone(), plain));
            value
        } else {
            self.sealer.seal(row.store, &row.key.bytes(), plain)
        };
        self.changes.push(Change::Put { store: row.store, key: row.key.clone(), value });
    }

    /// Adds the log's rows of what is deleted; says how many rows were appended before them.
    fn log_deletions(&mut self) -> usize {
        let appended = self.changes.iter().filter(|change| matches!(change, Change::Append { .. })).count();
        for (store, why) in std::mem::take(&mut self.deleted) {
            // The day only: at which hour a draft or an opinion without a name went is nobody's business.
            let at = time::now().date().start();
            let row = LogRow { at, code: "deleted".to_owned(), note: [store.code(), " ", why].concat() };
            self.append(Name::Log, random::bytes(), &cbor::encode(&row));
        }
        appended
    }

    /// May be lost with the battery: for what a later strict transaction makes whole, or what can be rebuilt.
    pub const fn relaxed(&mut self) {
        self.relaxed = true;
    }
}

/// The open database of one person on this phone.
pub struct Store {
    name: String,
    /// Replaced when the browser closes it under us.
    connection: RefCell<Rc<Rexie>>,
    sealer: Sealer,
    /// `None`: of a build that sealed nothing.
    lock: Option<Lock>,
}

/// The key of the row that all others are bound to.
const GENERATION: &str = "generation";

impl Store {
    /// Makes the database of a person, or takes one that is there and was never filled. `fill` writes the first rows,
    /// in the transaction that also makes the database's generation and its lock.
    pub async fn create(name: &str, new: &NewLock, fill: impl FnOnce(&mut Plan)) -> Result<Self, UnlockError> {
        let generation = random::bytes::<16>();
        let connection = make(name).await?;
        let (lock, key) = Lock::make(new, &generation).await?;
        let sealer = Sealer::new(generation, key);
        let store = Self { name: name.to_owned(), connection: RefCell::new(Rc::new(connection)), sealer, lock: None };
        let mut plan = store.plan();
        plan.keep(GENERATION, &generation);
        lock.first_rows(&mut plan, &new.cover);
        fill(&mut plan);
        store.write(plan).await?;
        Ok(Self { lock: Some(lock), ..store })
    }

    /// Finds the database of a person; `None` if there is none, or one that was never filled.
    pub async fn open(name: &str) -> Result<Option<Found>, StoreError> {
        let Some(connection) = connect(name).await? else { return Ok(None) };
        let connection = Rc::new(connection);
        let found = lock::find(name, connection.clone()).await?;
        // Whoever takes it off the phone would wait for who holds it open.
        if found.is_none()
            && let Ok(connection) = Rc::try_unwrap(connection)
        {
            connection.close();
        }
        Ok(found)
    }

    /// Empties the database, its keys with it: what was in it cannot be read any more, also where the browser leaves its
    /// file for a while. The next start takes it off the phone: [`discard`].
    /// Says `false` and does nothing where there is an own operation behind `own`, or another number of opinions without a
    /// name: somebody has saved since it was found that all of it is sent.
    pub async fn destroy(&self, own: u64, unnamed: usize) -> Result<bool, StoreError> {
        let all: Vec<&str> = STORES.map(Name::code).to_vec();
        let transaction = begin(&self.connection(), &all, TransactionMode::ReadWrite, false).map_err(|_| StoreError::Closed)?;
        let cleared = async {
            let newer = KeyRange::lower_bound(&JsValue::from_f64(own as f64), Some(true)).ok();
            let newer = transaction.store(Name::Outbox.code())?.get_all_keys(newer, Some(1)).await?;
            let said = transaction.store(Name::Anonymous.code())?.get_all_keys(None, None).await?;
            if !newer.is_empty() || said.len() != unnamed {
                return Ok(false);
            }
            for store in all {
                transaction.store(store)?.clear().await?;
            }
            Ok::<bool, rexie::Error>(true)
        };
        match time::within(PATIENCE, cleared).await {
            Some(Ok(true)) => match time::within(PATIENCE, transaction.done()).await {
                Some(Ok(_)) => Ok(true),
                Some(Err(error)) => Err(explain(&error::name(&error)).await),
                None => Err(StoreError::Timeout),
            },
            Some(Ok(false)) => {
                let _ = transaction.abort().await;
                Ok(false)
            }
            Some(Err(error)) => {
                let _ = transaction.abort().await;
                Err(explain(&error::name(&error)).await)
            }
            None => Err(StoreError::Timeout),
        }
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// An empty plan.
    pub const fn plan(&self) -> Plan {
        Plan { sealer: self.sealer, changes: Vec::new(), deleted: Vec::new(), relaxed: false }
    }

    /// Carries out a plan in one transaction, and gives back the keys of its appended rows. `Ok` means that the browser
    /// has reported "complete".
    pub fn write(&self, plan: Plan) -> Soon<'_, Result<Vec<u64>, StoreError>> {
        Box::pin(self.carry_out(plan))
    }

    async fn carry_out(&self, mut plan: Plan) -> Result<Vec<u64>, StoreError> {
        if plan.changes.is_empty() {
            return Ok(Vec::new());
        }
        let appended = plan.log_deletions();
        let mut written = self.attempt(&plan).await;
        for pause in PAUSES {
            if written != Err(StoreError::BackingStore) {
                break;
            }
            // All of it was rolled back: the whole of it again, on a new connection.
            time::sleep(pause).await;
            written = match self.reconnect().await {
                Ok(()) => self.attempt(&plan).await,
                Err(error) => Err(error),
            };
        }
        let mut keys = written?;
        keys.truncate(appended);
        Ok(keys)
    }

    async fn attempt(&self, plan: &Plan) -> Result<Vec<u64>, StoreError> {
        let stores = names_of(plan.changes.iter().map(Change::store));
        let transaction = match begin(&self.connection(), &stores, TransactionMode::ReadWrite, plan.relaxed) {
            Ok(transaction) => transaction,
            // Nothing was asked yet: the connection is dead. Once more, on a new one.
            Err(_) => {
                self.reconnect().await?;
                begin(&self.connection(), &stores, TransactionMode::ReadWrite, plan.relaxed).map_err(|_| StoreError::Closed)?
            }
        };
        let mut requests = Requests::default();
        let issued = plan.changes.iter().try_for_each(|change| {
            let store = Rc::new(transaction.store(change.store().code())?);
            requests.add(issue(store, change));
            Ok::<(), rexie::Error>(())
        });
        let issued = match issued {
            Ok(()) => requests.issue().await,
            Err(error) => Err(error),
        };
        if let Err(error) = issued {
            // An error rolls nothing back by itself: what was asked before it would be committed.
            let _ = transaction.abort().await;
            return Err(explain(&error::name(&error)).await);
        }
        match time::within(PATIENCE, requests.finish(transaction)).await {
            Some(Ok(keys)) => Ok(keys),
            Some(Err(name)) => Err(explain(&aborted_by().unwrap_or(name)).await),
            None if self.holds(plan).await => {
                // It was read after them, so the answers with the keys of appended rows have come by now.
                let _ = requests.issue().await;
                if requests.open.is_empty() { Ok(requests.keys()) } else { Err(StoreError::Timeout) }
            }
            None => Err(StoreError::Timeout),
        }
    }

    /// Reads all that is asked in one transaction, which sees one state of the database; the answers in the same order.
    pub fn read<'a>(&'a self, asks: &'a [Ask]) -> Soon<'a, Result<Vec<Vec<Row>>, StoreError>> {
        Box::pin(self.ask(asks))
    }

    /// The rows of a store in the order of their keys: those behind `after`, at most `limit`.
    pub fn rows(&self, store: Name, after: Option<&Key>, limit: Option<u32>) -> Soon<'_, Result<Vec<Row>, StoreError>> {
        let asks = [Ask::rows(store, after.cloned(), limit)];
        Box::pin(async move { Ok(self.ask(&asks).await?.pop().unwrap_or_default()) })
    }

    /// The content of one row.
    pub fn get(&self, store: Name, key: impl Into<Key>) -> Soon<'_, Result<Option<Vec<u8>>, StoreError>> {
        let asks = [Ask::one(store, key)];
        Box::pin(async move {
            let rows = self.ask(&asks).await?.pop().unwrap_or_default();
            rows.first().map(|row| self.unseal(row)).transpose()
        })
    }

    /// The content of one row; one that cannot be opened counts as none.
    pub async fn readable(&self, store: Name, key: impl Into<Key>) -> Result<Option<Vec<u8>>, StoreError> {
        match self.get(store, key).await {
            Err(StoreError::Damaged) => Ok(None),
            found => found,
        }
    }

    /// Opens a row.
    pub fn unseal(&self, row: &Row) -> Result<Vec<u8>, StoreError> {
        let value = row.bytes();
        if row.store.counts() {
            let (id, sealed) = value.split_first_chunk::<16>().ok_or(StoreError::Damaged)?;
            return self.sealer.open(row.store, id, sealed);
        }
        self.sealer.open(row.store, &row.key.bytes(), &value)
    }

    fn connection(&self) -> Rc<Rexie> {
        self.connection.borrow().clone()
    }

    async fn reconnect(&self) -> Result<(), StoreError> {
        let connection = connect(&self.name).await?.ok_or(StoreError::Closed)?;
        *self.connection.borrow_mut() = Rc::new(connection);
        Ok(())
    }

    /// Reads, and again on a new connection if the browser has closed this one, or what is behind it does not answer.
    async fn ask(&self, asks: &[Ask]) -> Result<Vec<Vec<Row>>, StoreError> {
        for pause in PAUSES {
            match time::within(PATIENCE, read(self.connection(), asks)).await {
                Some(Ok(found)) => return Ok(found),
                Some(Err(_)) => {}
                None => return Err(StoreError::Timeout),
            }
            time::sleep(pause).await;
            self.reconnect().await?;
        }
        answered(self.connection(), asks).await
    }

    /// Whether a plan is stored after all, although the browser never said so: transactions are stored whole, so one
    /// row answers for all.
    async fn holds(&self, plan: &Plan) -> bool {
        match plan.changes.iter().find(|change| matches!(change, Change::Put { .. } | Change::Append { .. })) {
            Some(Change::Put { store, key, value }) => {
                let stored = answered(self.connection(), &[Ask::one(*store, key.clone())]).await.unwrap_or_default();
                stored.iter().flatten().any(|row| row.bytes() == *value)
            }
            Some(Change::Append { store, value }) => {
                let rows = self.rows(*store, None, None).await.unwrap_or_default();
                rows.iter().any(|row| row.bytes() == *value)
            }
            _ => false,
        }
    }
}

/// The names of the databases on this phone, as far as the browser tells them (Firefox before 126 tells none).
pub async fn names() -> Vec<String> {
    let found = async {
        let factory = js_sys::Reflect::get(&js_sys::global(), &"indexedDB".into()).ok()?;
        let list: js_sys::Function = js_sys::Reflect::get(&factory, &"databases".into()).ok()?.dyn_into().ok()?;
        let promise: js_sys::Promise = list.call0(&factory).ok()?.dyn_into().ok()?;
        let databases = wasm_bindgen_futures::JsFuture::from(promise).await.ok()?;
        let name = |database: JsValue| js_sys::Reflect::get(&database, &"name".into()).ok()?.as_string();
        Some(js_sys::Array::from(&databases).iter().filter_map(name).collect())
    };
    found.await.unwrap_or_default()
}

/// Takes a database off this phone that holds nothing: one that was [destroyed](Store::destroy), or never filled.
pub async fn discard(name: &str) {
    // Held by another tab, it is tried again at the next start.
    let _ = time::within(PATIENCE, Rexie::delete(name)).await;
}

/// Opens a database that was filled before, of this build's version; `None` if there is none.
async fn connect(name: &str) -> Result<Option<Rexie>, StoreError> {
    // Without a version nothing is upgraded, so nothing is deleted. Where there was no database, the browser has now
    // made an empty one of version 1.
    let found = opened(name, false).await?;
    if found.store_names().is_empty() {
        found.close();
        return Ok(None);
    }
    check(&found)?;
    let complete = STORES.iter().all(|store| found.store_names().iter().any(|known| known == store.code()));
    if complete {
        return Ok(Some(found));
    }
    found.close();
    opened(name, true).await.map(Some)
}

/// Opens a database with every store in it, made now where it was not there.
async fn make(name: &str) -> Result<Rexie, StoreError> {
    let found = opened(name, false).await?;
    check(&found)?;
    found.close();
    opened(name, true).await
}

/// Refuses a database that this build would not leave whole. One of a later build of the same hundred has stores beside
/// ours: it is opened as it is, and an upgrade, which would delete them, is an error of the browser's there.
fn check(found: &Rexie) -> Result<(), StoreError> {
    let unknown = found.store_names().into_iter().find(|known| !STORES.iter().any(|store| store.code() == known));
    let version = found.version().unwrap_or(0);
    if version / 100 > VERSION / 100 {
        return Err(StoreError::Newer);
    }
    match unknown {
        Some(store) if version <= VERSION => Err(StoreError::UnknownStore(store)),
        _ => Ok(()),
    }
}

/// Opens a database as it is, or with every store of this build. Where what is behind it does not answer, it is tried
/// again, and nothing is ever deleted to get on.
async fn opened(name: &str, upgrade: bool) -> Result<Rexie, StoreError> {
    let mut pauses = PAUSES.iter();
    loop {
        let mut builder = Rexie::builder(name);
        if upgrade {
            builder = STORES.iter().fold(builder.version(VERSION), |builder, store| {
                builder.add_object_store(ObjectStore::new(store.code()).auto_increment(store.counts()))
            });
        }
        match (settle(builder.build()).await, pauses.next()) {
            (Err(StoreError::BackingStore), Some(pause)) => time::sleep(*pause).await,
            (opened, _) => return opened,
        }
    }
}

/// Waits for an open request, which the browser may leave unanswered while another tab holds an older version.
async fn settle(open: impl Future<Output = rexie::Result<Rexie>>) -> Result<Rexie, StoreError> {
    match time::within(PATIENCE, open).await {
        Some(Ok(connection)) => Ok(connection),
        Some(Err(error)) => Err(match error::name(&error).as_str() {
            "VersionError" => StoreError::Newer,
            "NotFoundError" | "SecurityError" => StoreError::Unavailable,
            name => explain(name).await,
        }),
        None => Err(StoreError::Blocked),
    }
}

/// Says what an exception means for the reader.
async fn explain(name: &str) -> StoreError {
    match name {
        "QuotaExceededError" => {
            let (used, quota) = device::room().await;
            StoreError::Full { used, quota }
        }
        "InvalidStateError" => StoreError::Closed,
        // A full disk may abort without a reason.
        _ => match device::room().await {
            (Some(used), Some(quota)) if used.saturating_add(1_000_000) > quota => {
                StoreError::Full { used: Some(used), quota: Some(quota) }
            }
            _ if name == "UnknownError" => StoreError::BackingStore,
            _ => StoreError::Aborted(name.to_owned()),
        },
    }
}

/// Why the browser rolled the last transaction back, where it was by itself: noted by public/durability.js. The requests of
/// one that failed at its end say no more than that it did.
fn aborted_by() -> Option<String> {
    js_sys::Reflect::get(&js_sys::global(), &"gandanAborted".into()).ok()?.as_string()
}

/// Opens a transaction. `relaxed` is read by public/durability.js, which makes every other one strict.
fn begin(connection: &Rexie, stores: &[&str], mode: TransactionMode, relaxed: bool) -> rexie::Result<rexie::Transaction> {
    let flag = |value: bool| drop(js_sys::Reflect::set(&js_sys::global(), &"gandanRelaxedWrites".into(), &value.into()));
    if relaxed {
        flag(true);
    }
    let transaction = connection.transaction(stores, mode);
    if relaxed {
        flag(false);
    }
    transaction
}

/// Sends every question at once, and waits for the answers.
async fn read(connection: Rc<Rexie>, asks: &[Ask]) -> rexie::Result<Vec<Vec<Row>>> {
    let stores = names_of(asks.iter().map(|ask| ask.store));
    let transaction = begin(&connection, &stores, TransactionMode::ReadOnly, false)?;
    let mut requests = Requests::default();
    for ask in asks {
        let store = Rc::new(transaction.store(ask.store.code())?);
        match &ask.what {
            Wanted::One(key) => {
                let key = key.to_js();
                requests.add(Box::pin(async move { Ok(store.get(key).await?.into_iter().collect()) }));
            }
            Wanted::Behind { after, limit } => {
                let limit = *limit;
                let range = || after.as_ref().and_then(|key| KeyRange::lower_bound(&key.to_js(), Some(true)).ok());
                let (keys, values, shared) = (range(), range(), store.clone());
                requests.add(Box::pin(async move { shared.get_all_keys(keys, limit).await }));
                requests.add(Box::pin(async move { store.get_all(values, limit).await }));
            }
        }
    }
    let mut answers = requests.answers().await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let rows = asks.iter().map(|ask| {
        let keys = match &ask.what {
            Wanted::One(key) => vec![key.to_js()],
            Wanted::Behind { .. } => next(),
        };
        let row = |(key, value): (JsValue, JsValue)| Some(Row { store: ask.store, key: Key::from_js(&key)?, value });
        keys.into_iter().zip(next()).filter_map(row).collect()
    });
    Ok(rows.collect())
}

/// Reads; an error as the reader knows it.
async fn answered(connection: Rc<Rexie>, asks: &[Ask]) -> Result<Vec<Vec<Row>>, StoreError> {
    match time::within(PATIENCE, read(connection, asks)).await {
        Some(Ok(found)) => Ok(found),
        Some(Err(error)) => Err(explain(&error::name(&error)).await),
        None => Err(StoreError::Timeout),
    }
}

/// The stores of a transaction, each once.
fn names_of(stores: impl Iterator<Item = Name>) -> Vec<&'static str> {
    let mut stores: Vec<&str> = stores.map(Name::code).collect();
    short::sort_by(&mut stores, Ord::cmp);
    stores.dedup();
    stores
}

/// One request, which is sent when it is first polled; the values that it answers with.
type Request = Soon<'static, rexie::Result<Vec<JsValue>>>;

/// The requests of one transaction.
#[derive(Default)]
struct Requests {
    open: Vec<(usize, Request)>,
    /// In the order of the requests.
    answers: Vec<Vec<JsValue>>,
}

/// What a change asks of the browser; the key of an appended row is its answer.
fn issue(store: Rc<rexie::Store>, change: &Change) -> Request {
    let bytes = |value: &Vec<u8>| JsValue::from(Uint8Array::from(value.as_slice()));
    match change {
        Change::Put { key, value, .. } => {
            let (key, value) = (key.to_js(), bytes(value));
            Box::pin(async move { store.put(&value, Some(&key)).await.map(|_| Vec::new()) })
        }
        Change::Keep { key, value } => {
            let (key, value) = (JsValue::from_str(key), value.clone());
            Box::pin(async move { store.put(&value, Some(&key)).await.map(|_| Vec::new()) })
        }
        Change::Append { value, .. } => {
            let value = bytes(value);
            Box::pin(async move { store.add(&value, None).await.map(|key| vec![key]) })
        }
        Change::Delete { key, .. } => {
            let key = key.to_js();
            Box::pin(async move { store.delete(key).await.map(|()| Vec::new()) })
        }
        Change::DeleteAbove { key, .. } => delete_range(store, KeyRange::lower_bound(&key.to_js(), Some(true))),
        Change::DeleteUpTo { key, .. } => delete_range(store, KeyRange::upper_bound(&key.to_js(), Some(false))),
        Change::Clear { .. } => Box::pin(async move { store.clear().await.map(|()| Vec::new()) }),
    }
}

fn delete_range(store: Rc<rexie::Store>, range: Result<KeyRange, idb::Error>) -> Request {
    Box::pin(async move { store.delete(range?.into()).await.map(|()| Vec::new()) })
}

impl Requests {
    fn add(&mut self, request: Request) {
        self.open.push((self.answers.len(), request));
        self.answers.push(Vec::new());
    }

    /// Sends every request; an error here is one that the browser threw at once.
    async fn issue(&mut self) -> rexie::Result<()> {
        std::future::poll_fn(|context| Poll::Ready(self.poll(context))).await
    }

    fn poll(&mut self, context: &mut std::task::Context<'_>) -> rexie::Result<()> {
        let mut result = Ok(());
        let answers = &mut self.answers;
        self.open.retain_mut(|(at, request)| match request.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Ok(answer)) => {
                if let Some(place) = answers.get_mut(*at) {
                    *place = answer;
                }
                false
            }
            Poll::Ready(Err(error)) => {
                result = Err(error);
                false
            }
        });
        result
    }

    /// Sends every request and waits for all answers.
    async fn answers(mut self) -> rexie::Result<Vec<Vec<JsValue>>> {
        std::future::poll_fn(|context| match self.poll(context) {
            Ok(()) if self.open.is_empty() => Poll::Ready(Ok(())),
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        })
        .await?;
        Ok(self.answers)
    }

    /// Asks the browser to commit at once, instead of when it has heard that every answer was heard, and waits for the
    /// end. The error is the name of the exception that rolled it back.
    async fn finish(&mut self, transaction: rexie::Transaction) -> Result<Vec<u64>, String> {
        let mut done = Box::pin(transaction.commit());
        let mut failed = None;
        let end = std::future::poll_fn(|context| {
            // The end is asked for first: its handlers must be there before the browser commits.
            let end = done.as_mut().poll(context);
            if let Err(error) = self.poll(context) {
                failed.get_or_insert(error::name(&error));
            }
            end
        })
        .await;
        match end {
            Ok(()) => Ok(self.keys()),
            Err(error) => Err(failed.unwrap_or_else(|| error::name(&error))),
        }
    }

    /// The keys of appended rows, in the order of the plan.
    fn keys(&self) -> Vec<u64> {
        self.answers.iter().flatten().filter_map(JsValue::as_f64).map(|key| key as u64).collect()
    }
}
