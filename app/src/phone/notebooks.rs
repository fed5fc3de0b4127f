//! The notebooks on this phone. One is in front; the others stay whole: of who enrolled anew, or who shares the phone.

use super::{Canary, DATABASE, Phone, StoreError, read_row};
use crate::platform::{dom, memo};
use crate::store::rows::{DeviceRow, SyncRow};
use crate::store::{self, Found, Key, Name, Store};
use domain::id::DeviceId;
use domain::short;
use domain::time::Time;

/// A notebook that is not in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNotebook {
    /// Whose it is; empty where its cover cannot be read.
    pub name: String,
    /// What the server has not acknowledged, as far as the cover knows. It is sent while the notebook is open.
    pub waiting: u32,
    /// When it was last in step with the server.
    pub last_sync: Option<Time>,
    database: String,
}

/// Databases whose notes were replaced, because not every browser tells the names of all.
const REPLACED: &str = "gandan.notebooks";

impl Phone {
    /// The other notebooks on this phone, the one that was enrolled last in front.
    pub async fn others(self) -> Vec<OtherNotebook> {
        others(self.inner().store.name()).await
    }
}

impl OtherNotebook {
    /// Takes this notebook in place of the one that is in front, which stays as it is: the app begins anew, and once it is
    /// open, shows how what waited there is sent.
    pub fn change_to(&self) {
        note(&self.database, self.last_sync);
        dom::load("/app/sync");
    }
}

/// All notebooks but the one in front. One that does not answer now is left out.
pub(super) async fn others(front: &str) -> Vec<OtherNotebook> {
    let mut others = Vec::new();
    for database in databases().await.into_iter().filter(|name| name != front) {
        let found = match Store::open(&database).await {
            Ok(Some(found)) => outside(&found, database).await.ok(),
            _ => None,
        };
        others.extend(found);
    }
    short::sort_by_key(&mut others, |(device, _)| std::cmp::Reverse(*device));
    others.into_iter().map(|(_, other)| other).collect()
}

/// What can be said of a notebook without opening it.
async fn outside(found: &Found, database: String) -> Result<(DeviceId, OtherNotebook), StoreError> {
    match found {
        Found::Locked(locked) => {
            let cover = locked.cover().cloned();
            let written = match &cover {
                // An app that was ended had no time to write these on the cover.
                Some(cover) => locked.outbox_behind(cover.own).await? as u32,
                None => 0,
            };
            let waiting = cover.as_ref().map_or(0, |cover| cover.waiting).saturating_add(written);
            let last_sync = cover.as_ref().and_then(|cover| cover.complete_at);
            let name = cover.map(|cover| cover.name).unwrap_or_default();
            Ok((locked.device(), OtherNotebook { name, waiting, last_sync, database }))
        }
        Found::Unsealed(store) => {
            let (device, sync): (DeviceRow, SyncRow) = (read_row(store, "device").await?, read_row(store, "sync").await?);
            let rows = store.rows(Name::Outbox, Some(&Key::Number(sync.acked)), None).await?;
            let other = OtherNotebook { name: device.name, waiting: rows.len() as u32, last_sync: sync.complete_at, database };
            Ok((device.device, other))
        }
    }
}

/// Notes which notebook is in front, beside those that were.
pub(super) fn note(database: &str, last_sync: Option<Time>) {
    let mut all = replaced();
    let before = Canary::read().map(|canary| canary.database);
    all.extend(before.filter(|before| before != database && !all.contains(before)));
    write_replaced(&all);
    Canary::write(database, last_sync);
}

/// Forgets a notebook that was taken off this phone.
pub(super) fn forget(database: &str) {
    let mut all = replaced();
    all.retain(|name| name != database);
    write_replaced(&all);
    if Canary::read().is_some_and(|canary| canary.database == database) {
        Canary::forget();
    }
}

fn replaced() -> Vec<String> {
    memo::read(REPLACED).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn write_replaced(all: &[String]) {
    if all.is_empty() {
        memo::forget(REPLACED);
    } else {
        memo::write(REPLACED, &all.join("\n"));
    }
}

/// The databases of all notebooks on this phone.
async fn databases() -> Vec<String> {
    let mut names: Vec<String> = store::names().await.into_iter().filter(|name| name.starts_with(DATABASE)).collect();
    let noted: Vec<String> = replaced().into_iter().filter(|name| !names.contains(name)).collect();
    names.extend(noted);
    names
}

/// The notebook that was enrolled last, where no note tells of any. What is left of one that was taken off the phone goes
/// now.
pub(super) async fn newest() -> Result<Option<Found>, StoreError> {
    let mut newest: Option<(DeviceId, Found)> = None;
    for name in databases().await {
        let Some(found) = Store::open(&name).await? else {
            store::discard(&name).await;
            continue;
        };
        let device = match &found {
            Found::Locked(locked) => locked.device(),
            Found::Unsealed(store) => read_row::<DeviceRow>(store, "device").await?.device,
        };
        if newest.as_ref().is_none_or(|(known, _)| *known < device) {
            newest = Some((device, found));
        }
    }
    Ok(newest.map(|(_, found)| found))
}
