//! Bringing this phone into the work with a code that is used once.

use super::{DATABASE, Phone, notebooks};
use crate::platform::net::{self, Failure};
use crate::platform::{memo, random, time};
use crate::store::rows::{DeviceRow, SyncRow};
use crate::store::{Name, Plan, Store, StoreError};
use domain::cbor;
use domain::id::{DeviceId, PersonId};
use domain::pace::Pace;
use domain::short;
use domain::wire::{EnrolReply, EnrolRequest, PROTOCOL, Refusal, RefusalCode};

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
const LENGTH: i32 = 8;

/// Enrols this phone with a typed or scanned code and opens the new notebook. Case, spaces and hyphens do not matter.
pub async fn enrol(code: &str) -> Result<Phone, EnrolError> {
    let store = new_notebook(code).await?;
    Phone::start(store).await.map_err(EnrolError::Store)
}

/// Enrols a phone that has a notebook, which stays whole. The new one is open when the app begins anew.
pub async fn enrol_again(code: &str) -> Result<(), EnrolError> {
    new_notebook(code).await.map(drop)
}

async fn new_notebook(code: &str) -> Result<Store, EnrolError> {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let missing = LENGTH - code.len() as i32;
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
    let database = free_name(reply.person, asked.device).await.map_err(EnrolError::Store)?;
    let name = reply.name.clone();
    let store = Store::create(&database, |plan| first_rows(plan, reply, asked.device)).await.map_err(EnrolError::Store)?;
    notebooks::note(&database, &name, None);
    memo::forget(ASKED);
    Ok(store)
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
        repair: Vec::new(),
        adrift: Vec::new(),
        compared_at: None,
        clock_off: reply.standing.time.0 - time::now().0,
        renumbered: None,
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
