//! The notebooks on this phone. One is open; the others stay whole: of who enrolled anew, or who shares the phone.

use super::act::Acts;
use super::outbox::unnamed;
use super::{Canary, DATABASE, Phone, StoreError, read_row, waiting_in};
use crate::platform::{dom, memo};
use crate::store::rows::{DeviceRow, SyncRow};
use crate::store::{self, Key, Name, Store};
use domain::cbor;
use domain::short;
use domain::time::Time;

/// A notebook that is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNotebook {
    /// Whose it is.
    pub name: String,
    /// Acts that the server has not acknowledged. They are sent while it is open.
    pub waiting: u32,
    /// When it was last in step with the server.
    pub last_sync: Option<Time>,
    database: String,
}

/// Databases whose notes were replaced, because not every browser tells the names of all.
const REPLACED: &str = "gandan.notebooks";

impl Phone {
    /// The other notebooks on this phone, the one that was enrolled last in front. One that does not open now is left out.
    pub async fn others(self) -> Vec<OtherNotebook> {
        let open = self.inner().store.name().to_owned();
        let mut others = Vec::new();
        for database in databases().await.into_iter().filter(|name| *name != open) {
            if let Ok(Some(store)) = Store::open(&database).await
                && let Ok((device, sync)) = standing(&store).await
                && let Ok(waiting) = waiting(&store, &device, &sync).await
            {
                let other = OtherNotebook { name: device.name, waiting, last_sync: sync.complete_at, database };
                others.push((device.device, other));
            }
        }
        short::sort_by_key(&mut others, |(device, _)| std::cmp::Reverse(*device));
        others.into_iter().map(|(_, other)| other).collect()
    }

    /// Opens another notebook in place of this one, which stays as it is: the app begins anew, and shows how what waited
    /// there is sent.
    pub fn change_to(self, other: &OtherNotebook) {
        note(&other.database, &other.name, other.last_sync);
        dom::load("/app/sync");
    }
}

/// Notes which notebook is the open one, beside those that were.
pub(super) fn note(database: &str, name: &str, last_sync: Option<Time>) {
    let mut all = replaced();
    let before = Canary::read().map(|canary| canary.database);
    all.extend(before.filter(|before| before != database && !all.contains(before)));
    if !all.is_empty() {
        memo::write(REPLACED, &all.join("\n"));
    }
    Canary::write(database, last_sync, name);
}

fn replaced() -> Vec<String> {
    memo::read(REPLACED).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The databases of all notebooks on this phone.
async fn databases() -> Vec<String> {
    let mut names: Vec<String> = store::names().await.into_iter().filter(|name| name.starts_with(DATABASE)).collect();
    let noted: Vec<String> = replaced().into_iter().filter(|name| !names.contains(name)).collect();
    names.extend(noted);
    names
}

/// The notebook that was enrolled last, where no note tells of any.
pub(super) async fn newest() -> Result<Option<Store>, StoreError> {
    let mut newest = None;
    for name in databases().await {
        let Some(store) = Store::open(&name).await? else { continue };
        let (device, _) = standing(&store).await?;
        if newest.as_ref().is_none_or(|(known, _)| *known < device.device) {
            newest = Some((device.device, store));
        }
    }
    Ok(newest.map(|(_, store)| store))
}

async fn standing(store: &Store) -> Result<(DeviceRow, SyncRow), StoreError> {
    Ok((read_row(store, "device").await?, read_row(store, "sync").await?))
}

/// What the status line of that notebook would count.
async fn waiting(store: &Store, device: &DeviceRow, sync: &SyncRow) -> Result<u32, StoreError> {
    let mut acts = Acts::new(device.device);
    let mut last = sync.acked;
    for row in store.rows(Name::Outbox, Some(&Key::Number(sync.acked)), None).await? {
        let Key::Number(seq) = row.key else { continue };
        if let Some(operation) = store.unseal(&row).ok().and_then(|bytes| cbor::decode(&bytes).ok()) {
            acts.take(seq, &operation);
        }
        last = seq;
    }
    let unnamed = unnamed(store).await?.iter().filter(|said| said.waits(sync.epoch)).count();
    Ok((acts.of(&mut waiting_in(sync, last)).len() + unnamed) as u32)
}
