//! Bringing this phone into the work: a code that is used once, then what will open the notebook.

use super::lock::typed;
use super::{DATABASE, Phone, notebooks};
use crate::platform::net::{self, Failure};
use crate::platform::{memo, random, time};
use crate::store::rows::{DeviceRow, SyncRow};
use crate::store::{Cover, Name, NewLock, Plan, Store, StoreError, UnlockError};
use domain::cbor;
use domain::id::{DeviceId, PersonId};
use domain::lock::{WeakSecret, secret_kind};
use domain::pace::Pace;
use domain::short;
use domain::wire::{EnrolReply, EnrolRequest, PROTOCOL, Refusal, RefusalCode};
use seal::recovery::PublicKey;

/// Why the phone was not enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolError {
    /// A code has eight letters and digits; so many are missing (negative: too many).
    Length(i32),
    /// No network, or it broke: try again where there is one. Asking again with the same code is safe.
    Net,
    /// The server said no, and why.
    Refused(RefusalCode),
    /// The answer is not one that this build reads: update the app.
    Unreadable,
    /// The commune's recovery key is another one than the code was printed with: somebody may be in between. Nothing was
    /// stored.
    OtherKey,
}

/// Why an enrolled phone has no notebook yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeginError {
    /// What was chosen to open it is too weak.
    Weak(WeakSecret),
    /// The phone has no memory for it: close other apps.
    Memory,
    /// The phone could not store the notebook.
    Store(StoreError),
}

/// How long the server may take, in milliseconds.
const PATIENCE: i32 = 30_000;

/// What was asked with which code, until the answer is stored: a lost reply is asked for again under the same device.
struct Asked {
    code: String,
    device: DeviceId,
}

const ASKED: &str = "gandan.enrolling";

impl Asked {
    fn read() -> Option<Self> {
        let memo = memo::read(ASKED)?;
        let (code, device) = memo.split_once(' ')?;
        Some(Self { code: code.to_owned(), device: device.parse().ok()? })
    }
}

/// Letters and digits of a code.
const LENGTH: usize = 8;
/// Letters and digits of a fingerprint.
const FINGERPRINT: usize = 16;

/// The commune has taken this phone. Nothing is stored before somebody chooses what opens the notebook: an app that is
/// ended before that asks with the same code again.
pub struct Enrolled {
    reply: EnrolReply,
    recovery: PublicKey,
    device: DeviceId,
}

/// Enrols this phone with a typed or scanned code. Case, spaces and hyphens do not matter. Behind a scanned code stands
/// the fingerprint of the commune's recovery key, after a dot.
pub async fn enrol(code: &str) -> Result<Enrolled, EnrolError> {
    // A full stop that somebody typed stands before fewer letters.
    let scanned = code.rsplit_once('.').map(|(code, behind)| (code, letters(behind))).filter(|(_, behind)| behind.len() == FINGERPRINT);
    let (code, fingerprint) = scanned.unwrap_or((code, String::new()));
    let code = letters(code);
    let missing = LENGTH as i32 - code.len() as i32;
    if missing != 0 {
        return Err(EnrolError::Length(missing));
    }
    let asked = Asked::read().filter(|asked| asked.code == code);
    let asked = asked.unwrap_or_else(|| Asked { code, device: DeviceId::from(random::record_id()) });
    memo::write(ASKED, &format!("{} {}", asked.code, asked.device));

    let request = EnrolRequest { protocol: PROTOCOL, code: asked.code, device: asked.device };
    let reply = match net::post("/api/v1/enrol", &cbor::encode(&request), None, PATIENCE).await {
        Ok(body) => cbor::decode::<EnrolReply>(&body).map_err(|_| EnrolError::Unreadable)?,
        Err(Failure::Lost) => return Err(EnrolError::Net),
        Err(Failure::Status(status, body)) => {
            return Err(match cbor::decode::<Refusal>(&body) {
                Ok(refusal) => EnrolError::Refused(refusal.code),
                Err(_) if status >= 500 => EnrolError::Net,
                Err(_) => EnrolError::Unreadable,
            });
        }
    };
    let recovery = PublicKey::read(&reply.recovery).ok_or(EnrolError::Unreadable)?;
    if !fingerprint.is_empty() && fingerprint != letters(&recovery.fingerprint()) {
        return Err(EnrolError::OtherKey);
    }
    Ok(Enrolled { reply, recovery, device: asked.device })
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

impl Enrolled {
    /// Makes the notebook, opened by `secret` from then on, and opens it.
    pub async fn begin(&self, secret: &str) -> Result<Phone, BeginError> {
        Phone::start(self.notebook(secret).await?, Vec::new()).await.map_err(BeginError::Store)
    }

    /// The same on a phone that has a notebook, which stays whole. The new one is open when the app begins anew.
    pub async fn begin_beside(&self, secret: &str) -> Result<(), BeginError> {
        self.notebook(secret).await.map(drop)
    }

    async fn notebook(&self, secret: &str) -> Result<Store, BeginError> {
        let kind = secret_kind(secret).map_err(BeginError::Weak)?;
        let secret = typed(kind, secret).await.ok_or(BeginError::Memory)?;
        let Self { reply, recovery, device } = self;
        let database = free_name(reply.person, *device).await.map_err(BeginError::Store)?;
        let (name, unit_name) = (reply.name.clone(), reply.unit_name.clone());
        let cover = Cover { name, unit_name, waiting: 0, own: 0, complete_at: None };
        let new = NewLock { secret, recovery: *recovery, device: *device, cover };
        let store = Store::create(&database, &new, |plan| first_rows(plan, reply.clone(), *device)).await;
        let store = store.map_err(|error| match error {
            UnlockError::Store(error) => BeginError::Store(error),
            _ => BeginError::Memory,
        })?;
        notebooks::note(&database, None);
        memo::forget(ASKED);
        Ok(store)
    }
}

/// One database for each person on the phone. A filled one that is there already belongs to an earlier device with its
/// own numbers; it is left alone.
async fn free_name(person: PersonId, device: DeviceId) -> Result<String, StoreError> {
    let name = format!("{DATABASE}{person}");
    Ok(match Store::open(&name).await? {
        None => name,
        Some(_) => format!("{name}-{device}"),
    })
}

/// Device and sync state are made in the transaction that makes the database, so that neither is ever without the other.
fn first_rows(plan: &mut Plan, reply: EnrolReply, device: DeviceId) {
    let sync = SyncRow {
        epoch: reply.standing.epoch,
        acked: 0,
        beyond: short::Set::new(),
        pace: Pace::default(),
        mark: None,
        cursors: Vec::new(),
        grants: reply.grants,
        settled: 0,
        refused: Vec::new(),
        durable_seq: reply.standing.durable_seq,
        complete_at: None,
        lost: Vec::new(),
        held: Vec::new(),
        repair: Vec::new(),
        compared_at: None,
        clock_off: reply.standing.time.0 - time::now().0,
        renumbered: None,
        deposited: None,
        redacted: 0,
    };
    let device = DeviceRow {
        device,
        token: reply.token,
        person: reply.person,
        name: reply.name,
        role: reply.role,
        unit: reply.unit,
        unit_name: reply.unit_name,
    };
    plan.put(Name::Meta, "device", &cbor::encode(&device));
    plan.put(Name::Meta, "sync", &cbor::encode(&sync));
}
