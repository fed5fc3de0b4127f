//! How a database is locked. Everything in it is sealed under a random data key; beside it lies that key, sealed under
//! what a PIN or a passphrase, a salt and a secret of this browser make together, and sealed to the organisation's
//! recovery key. A wrong guess is counted and deletes nothing.
//!
//! The rows here are the only ones that are readable without the data key. They hold nobody's words.

use super::{Ask, Change, GENERATION, Name, Plan, Row, Sealer, Store, StoreError, answered};
use crate::platform::random;
use crate::platform::secret::Secret;
use crate::platform::time::{self, Soon};
use domain::cbor;
use domain::id::DeviceId;
use domain::lock::{SecretKind, Tries};
use domain::recovery::{ReopenRequest, answered_to, deposited_by};
use domain::text::compose;
use domain::time::Time;
use domain::wire::PROTOCOL;
use js_sys::Uint8Array;
use rexie::Rexie;
use seal::Key;
use seal::pin::{Cost, stretch};
use seal::recovery::{PrivateKey, PublicKey};
use seal::value::{self, NONCE};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// What a database that is made is locked with.
pub struct NewLock {
    /// What its person chose, and will type.
    pub secret: NewSecret,
    /// Whose key can open it when that is forgotten.
    pub recovery: PublicKey,
    /// The phone.
    pub device: DeviceId,
    /// What stands outside.
    pub cover: Cover,
}

/// Something typed to be a secret.
pub struct NewSecret {
    /// What it is.
    pub kind: SecretKind,
    /// The text.
    pub text: String,
    /// What a guess is to cost.
    pub cost: Cost,
}

/// What a closed notebook shows: whose it is, and what waits in it. Sealed under the browser's secret only, so that a
/// copied disk does not simply say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Its holder's name.
    #[serde(rename = "n")]
    pub name: String,
    /// Their commune.
    #[serde(rename = "m")]
    pub unit_name: String,
    /// Entries that wait to be sent.
    #[serde(rename = "w")]
    pub waiting: u32,
    /// Of the own operations up to this number.
    #[serde(rename = "o")]
    pub own: u64,
    /// When it was last in step with the server.
    #[serde(rename = "t")]
    pub complete_at: Option<Time>,
}

/// `meta/lock`.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LockRow {
    /// The form of this row.
    #[serde(rename = "v")]
    version: u8,
    #[serde(rename = "d")]
    device: DeviceId,
    /// Opens the data key.
    #[serde(rename = "p")]
    door: Door,
    /// The data key, sealed to the recovery key for this device.
    #[serde(rename = "r")]
    deposit: ByteBuf,
    /// The recovery key's public half.
    #[serde(rename = "o")]
    recovery: ByteBuf,
}

const VERSION: u8 = 1;

/// A key that is sealed under something typed.
#[derive(Clone, Serialize, Deserialize)]
struct Door {
    #[serde(rename = "k")]
    kind: SecretKind,
    #[serde(rename = "s")]
    salt: ByteBuf,
    /// In KiB.
    #[serde(rename = "m")]
    memory: u32,
    #[serde(rename = "p")]
    passes: u32,
    #[serde(rename = "w")]
    sealed: ByteBuf,
}

/// `meta/ask`: the request to be opened that is under way.
#[derive(Clone, Serialize, Deserialize)]
struct AskRow {
    /// Opens the request's private key: what the notebook will be opened with from then on.
    #[serde(rename = "p")]
    door: Door,
    #[serde(rename = "u")]
    public: ByteBuf,
}

const LOCK: &str = "lock";
const SECRET: &str = "secret";
const TRIES: &str = "tries";
const COVER: &str = "cover";
const ASK: &str = "ask";

/// How an open database can be locked again.
pub(super) struct Lock {
    row: RefCell<LockRow>,
    secret: Secret,
    cover_key: Key,
}

/// Why something typed did not open a notebook. Nothing was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnlockError {
    /// It is another one: type it again. With what was typed wrong so far.
    Wrong(Tries),
    /// Too many wrong ones: wait so many milliseconds.
    Wait(i64),
    /// It is what was chosen for the request that is under way, and that has no answer yet.
    NotAnswered,
    /// The phone has no memory for it: close other apps.
    Memory,
    /// The database did not answer as it should.
    Store(StoreError),
}

impl From<StoreError> for UnlockError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A database as it is found.
pub enum Found {
    /// Closed.
    Locked(Box<Locked>),
    /// Of a build that sealed nothing.
    Unsealed(Store),
}

impl Found {
    /// The database's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Locked(locked) => locked.name(),
            Self::Unsealed(store) => store.name(),
        }
    }
}

/// A closed database.
pub struct Locked {
    /// Nothing is read or written through it but the rows of this file.
    store: Store,
    generation: [u8; 16],
    secret: Secret,
    row: LockRow,
    tries: Tries,
    ask: Option<AskRow>,
    /// The request's private key, and what its door will seal from now on, once somebody has opened it.
    asking: Option<(PrivateKey, Key)>,
    cover: Option<Cover>,
}

impl Locked {
    /// The database's name.
    pub fn name(&self) -> &str {
        self.store.name()
    }

    /// The phone, as it goes by now.
    pub const fn device(&self) -> DeviceId {
        self.row.device
    }

    /// What is to be typed: also what was chosen for a request that is under way, where words stand for both.
    pub fn kind(&self) -> SecretKind {
        match &self.ask {
            Some(ask) if ask.door.kind != self.row.door.kind => SecretKind::Passphrase,
            _ => self.row.door.kind,
        }
    }

    /// What stands outside, if it can be read.
    pub const fn cover(&self) -> Option<&Cover> {
        self.cover.as_ref()
    }

    /// What was typed wrong so far.
    pub const fn tries(&self) -> Tries {
        self.tries
    }

    /// Rows as they lie there.
    pub fn sealed(&self, ask: Ask) -> Soon<'static, Result<Vec<Row>, StoreError>> {
        let connection = self.store.connection();
        Box::pin(async move { Ok(answered(connection, &[ask]).await?.pop().unwrap_or_default()) })
    }

    /// How many own operations stand behind a number.
    pub async fn outbox_behind(&self, own: u64) -> Result<usize, StoreError> {
        Ok(self.store.rows(Name::Outbox, Some(&own.into()), None).await?.len())
    }

    /// The public half of the request that is under way.
    pub fn asked(&self) -> Option<&[u8]> {
        self.ask.as_ref().map(|ask| ask.public.as_slice())
    }

    /// Opens the database. The try is counted before it is made.
    pub async fn unlock(&mut self, secret: &str) -> Result<Store, UnlockError> {
        let before = self.begin_try().await?;
        let Some(kek) = self.row.door.key(&self.secret, secret).await else {
            // Nothing was tried.
            self.count(before).await?;
            return Err(UnlockError::Memory);
        };
        if let Some(key) = self.row.door.open(&kek, &self.generation) {
            return self.opened(key).await;
        }
        let Some(ask) = self.ask.clone() else { return Err(UnlockError::Wrong(self.tries)) };
        let kek = ask.door.key(&self.secret, secret).await.ok_or(UnlockError::Memory)?;
        let Some(private) = ask.door.open(&kek, &self.generation) else { return Err(UnlockError::Wrong(self.tries)) };
        self.asking = Some((PrivateKey::new(private), kek));
        self.count(before).await?;
        Err(UnlockError::NotAnswered)
    }

    /// Begins a request to be opened without the secret: `new` opens the notebook once two people have answered.
    pub async fn ask(&mut self, new: &NewSecret) -> Result<(), UnlockError> {
        let private = random::bytes();
        let (door, kek) = Door::close(new, &self.secret, &self.generation, &private).await.ok_or(UnlockError::Memory)?;
        let private = PrivateKey::new(private);
        let ask = AskRow { door, public: ByteBuf::from(private.public().0) };
        let mut plan = self.store.plan();
        plan.keep(ASK, &cbor::encode(&ask));
        self.store.write(plan).await?;
        (self.ask, self.asking) = (Some(ask), Some((private, kek)));
        Ok(())
    }

    /// What the server is asked, as long as a request is under way.
    pub fn request(&self) -> Option<ReopenRequest> {
        let public = self.ask.as_ref()?.public.clone();
        Some(ReopenRequest { protocol: PROTOCOL, device: self.row.device, public, sealed: self.row.deposit.clone() })
    }

    /// The request's own key is open: an answer would open the notebook.
    pub const fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// Opens the database with the answer of two people; from now on by what was chosen for the request.
    pub async fn reopen(&mut self, answer: &[u8]) -> Result<Store, UnlockError> {
        let damaged = UnlockError::Store(StoreError::Damaged);
        let (Some((private, kek)), Some(ask)) = (&self.asking, &self.ask) else { return Err(UnlockError::NotAnswered) };
        let key = private.open(&answered_to(self.row.device), answer).and_then(|key| Key::try_from(key).ok());
        let key = key.ok_or_else(|| damaged.clone())?;
        // Another phone's key opens nothing here, and must not take the place of this one's.
        let device = answered(self.store.connection(), &[Ask::one(Name::Meta, "device")]).await?;
        let sealer = Sealer::new(self.generation, key);
        let opens = |row: &Row| sealer.open(Name::Meta, b"device", &row.bytes()).is_ok();
        if !device.iter().flatten().any(opens) {
            return Err(damaged);
        }
        let sealed = wrap(kek, &self.generation, &key);
        self.row.door = Door { sealed, ..ask.door.clone() };
        let mut plan = self.store.plan();
        plan.keep(LOCK, &cbor::encode(&self.row));
        self.store.write(plan).await?;
        self.opened(key).await
    }

    /// The open database. What was typed wrong is forgotten, and so is a request.
    async fn opened(&mut self, key: Key) -> Result<Store, UnlockError> {
        let cover_key = cover_key(&self.secret).await.ok_or(UnlockError::Memory)?;
        let lock = Lock { row: RefCell::new(self.row.clone()), secret: self.secret.clone(), cover_key };
        let store = Store {
            name: self.store.name.clone(),
            connection: RefCell::new(self.store.connection()),
            sealer: Sealer::new(self.generation, key),
            lock: Some(lock),
        };
        super::migrate::run(&store).await?;
        let mut plan = store.plan();
        if self.tries != Tries::default() {
            plan.keep(TRIES, &cbor::encode(&Tries::default()));
        }
        if self.ask.take().is_some() {
            plan.delete(Name::Meta, ASK, "opened");
        }
        // What is not written now is written when it is opened again.
        let _ = store.write(plan).await;
        Ok(store)
    }

    /// Counts one more, and gives back what was counted before. As another tab has left it: each has the same fingers.
    async fn begin_try(&mut self) -> Result<Tries, UnlockError> {
        let found = answered(self.store.connection(), &[Ask::one(Name::Meta, TRIES)]).await?;
        let now = time::now();
        let before = read::<Tries>(&found, 0).unwrap_or_default().since(now);
        let wait = before.wait(now);
        self.count(if wait > 0 { before } else { before.and_one(now) }).await?;
        if wait > 0 { Err(UnlockError::Wait(wait)) } else { Ok(before) }
    }

    /// On a phone that is full it is counted as long as the page lives: whoever holds the secret must come in to make room.
    async fn count(&mut self, tries: Tries) -> Result<(), StoreError> {
        self.tries = tries;
        let mut plan = self.store.plan();
        plan.keep(TRIES, &cbor::encode(&tries));
        match self.store.write(plan).await {
            Err(StoreError::Full { .. }) => Ok(()),
            written => written.map(drop),
        }
    }
}

impl Door {
    /// Seals a key under something typed; `None` where the phone has no memory for it. With the key that opens it.
    async fn close(typed: &NewSecret, secret: &Secret, generation: &[u8; 16], key: &Key) -> Option<(Self, Key)> {
        let salt = ByteBuf::from(random::bytes::<16>());
        let Cost { memory, passes } = typed.cost;
        let mut door = Self { kind: typed.kind, salt, memory, passes, sealed: ByteBuf::new() };
        let kek = door.key(secret, &typed.text).await?;
        door.sealed = wrap(&kek, generation, key);
        Some((door, kek))
    }

    /// The key that something typed makes with this door's salt and cost, and the browser's secret.
    async fn key(&self, secret: &Secret, typed: &str) -> Option<Key> {
        // What is on the screen is on it before the work begins.
        time::sleep(0).await;
        let salt = self.salt.as_slice().try_into().ok()?;
        let stretched = stretch(compose(typed.to_owned()).as_bytes(), salt, Cost { memory: self.memory, passes: self.passes })?;
        secret.sign(&stretched).await
    }

    fn open(&self, kek: &Key, generation: &[u8; 16]) -> Option<Key> {
        let (nonce, sealed) = self.sealed.split_first_chunk::<NONCE>()?;
        value::open(kek, nonce, &bound(generation), sealed)?.try_into().ok()
    }
}

fn wrap(kek: &Key, generation: &[u8; 16], key: &Key) -> ByteBuf {
    let nonce = random::bytes::<NONCE>();
    let mut sealed = nonce.to_vec();
    value::seal(&mut sealed, kek, &nonce, &bound(generation), key);
    ByteBuf::from(sealed)
}

fn bound(generation: &[u8; 16]) -> Vec<u8> {
    [b"gandan door ".as_slice(), generation].concat()
}

async fn cover_key(secret: &Secret) -> Option<Key> {
    secret.sign(b"gandan cover").await
}

impl Lock {
    /// Makes a lock and its data key.
    pub(super) async fn make(new: &NewLock, generation: &[u8; 16]) -> Result<(Self, Key), UnlockError> {
        let secret = Secret::make().await.ok_or(StoreError::Unavailable)?;
        let key = random::bytes();
        let (door, _) = Door::close(&new.secret, &secret, generation, &key).await.ok_or(UnlockError::Memory)?;
        // A recovery key was looked at when it came: what agrees with everybody on the same is none.
        let deposit = deposit(&new.recovery, new.device, &key).ok_or(StoreError::Unavailable)?;
        let row = LockRow { version: VERSION, device: new.device, door, deposit, recovery: ByteBuf::from(new.recovery.0) };
        let cover_key = cover_key(&secret).await.ok_or(UnlockError::Memory)?;
        Ok((Self { row: RefCell::new(row), secret, cover_key }, key))
    }

    /// Writes the rows of a new lock.
    pub(super) fn first_rows(&self, plan: &mut Plan, cover: &Cover) {
        plan.keep(LOCK, &cbor::encode(&*self.row.borrow()));
        plan.changes.push(Change::Keep { key: SECRET, value: self.secret.as_js() });
        self.cover(plan, cover);
    }

    fn cover(&self, plan: &mut Plan, cover: &Cover) {
        let nonce = random::bytes::<NONCE>();
        let mut sealed = nonce.to_vec();
        value::seal(&mut sealed, &self.cover_key, &nonce, COVER.as_bytes(), &cbor::encode(cover));
        plan.keep(COVER, &sealed);
    }
}

fn deposit(recovery: &PublicKey, device: DeviceId, key: &Key) -> Option<ByteBuf> {
    recovery.seal(&deposited_by(device), random::bytes(), key).map(ByteBuf::from)
}

impl Plan {
    /// Writes one of the rows that stand outside the lock. Never anybody's words.
    pub(super) fn keep(&mut self, key: &'static str, bytes: &[u8]) {
        self.changes.push(Change::Keep { key, value: JsValue::from(Uint8Array::from(bytes)) });
    }
}

impl Store {
    /// Writes what the closed notebook shows.
    pub fn cover(&self, plan: &mut Plan, cover: &Cover) {
        if let Some(lock) = &self.lock {
            lock.cover(plan, cover);
        }
    }

    /// What people compare with the office's, of the key that can open this notebook when its secret is forgotten.
    pub fn recovery_fingerprint(&self) -> Option<String> {
        PublicKey::read(&self.lock.as_ref()?.row.borrow().recovery).map(|key| key.fingerprint())
    }

    /// What this notebook is opened with.
    pub fn kind(&self) -> Option<SecretKind> {
        self.lock.as_ref().map(|lock| lock.row.borrow().door.kind)
    }

    /// The data key, sealed to the recovery key for the device that this phone is by now.
    pub async fn deposit(&self, device: DeviceId) -> Result<Option<ByteBuf>, StoreError> {
        let (Some(lock), Some(key)) = (&self.lock, self.sealer.key()) else { return Ok(None) };
        let mut row = self.lock_row(lock).await?;
        if row.device != device {
            let recovery = PublicKey::read(&row.recovery).ok_or(StoreError::Damaged)?;
            let deposit = deposit(&recovery, device, key).ok_or(StoreError::Damaged)?;
            row = LockRow { device, deposit, ..row };
            self.relock(lock, row.clone()).await?;
        }
        Ok(Some(row.deposit))
    }

    /// From now on opened by something else.
    pub async fn change_secret(&self, new: &NewSecret) -> Result<(), UnlockError> {
        let (Some(lock), Some(key)) = (&self.lock, self.sealer.key()) else { return Err(StoreError::Damaged.into()) };
        let (door, _) = Door::close(new, &lock.secret, self.sealer.generation(), key).await.ok_or(UnlockError::Memory)?;
        let row = LockRow { door, ..self.lock_row(lock).await? };
        self.relock(lock, row).await?;
        Ok(())
    }

    /// As another tab has left it.
    async fn lock_row(&self, lock: &Lock) -> Result<LockRow, StoreError> {
        let found = answered(self.connection(), &[Ask::one(Name::Meta, LOCK)]).await?;
        Ok(read(&found, 0).unwrap_or_else(|| lock.row.borrow().clone()))
    }

    async fn relock(&self, lock: &Lock, row: LockRow) -> Result<(), StoreError> {
        let mut plan = self.plan();
        plan.keep(LOCK, &cbor::encode(&row));
        self.write(plan).await?;
        *lock.row.borrow_mut() = row;
        Ok(())
    }
}

/// Reads the rows outside the lock; `None` for a database that was never filled.
pub(super) async fn find(name: &str, connection: Rc<Rexie>) -> Result<Option<Found>, StoreError> {
    let asks = [GENERATION, LOCK, SECRET, TRIES, ASK, COVER].map(|key| Ask::one(Name::Meta, key));
    let found = answered(connection.clone(), &asks).await?;
    let row = |n: usize| found.get(n).and_then(|rows| rows.first());
    let Some(generation) = row(0).and_then(|row| <[u8; 16]>::try_from(row.bytes()).ok()) else { return Ok(None) };
    let store = Store { name: name.to_owned(), connection: RefCell::new(connection), sealer: Sealer::unsealed(generation), lock: None };
    if row(1).is_none() {
        super::migrate::run(&store).await?;
        return Ok(Some(Found::Unsealed(store)));
    }
    let lock: LockRow = read(&found, 1).ok_or(StoreError::Damaged)?;
    if lock.version > VERSION {
        return Err(StoreError::Newer);
    }
    let secret = row(2).and_then(|row| Secret::kept(&row.value)).ok_or(StoreError::Damaged)?;
    let (tries, ask) = (read(&found, 3).unwrap_or_default(), read(&found, 4));
    let cover = match (row(5), cover_key(&secret).await) {
        (Some(row), Some(key)) => read_cover(&key, &row.bytes()),
        _ => None,
    };
    let locked = Locked { store, generation, secret, row: lock, tries, ask, asking: None, cover };
    Ok(Some(Found::Locked(Box::new(locked))))
}

fn read_cover(key: &Key, bytes: &[u8]) -> Option<Cover> {
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
    cbor::decode(&value::open(key, nonce, COVER.as_bytes(), sealed)?).ok()
}

fn read<T: serde::de::DeserializeOwned>(found: &[Vec<Row>], at: usize) -> Option<T> {
    cbor::decode(&found.get(at)?.first()?.bytes()).ok()
}
