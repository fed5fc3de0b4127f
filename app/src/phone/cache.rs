//! The notebook between two starts: kept as a cache, rebuilt from pages and outbox where there is none that fits.

use super::{Inner, Seen};
use crate::platform::{device, time};
use crate::store::rows::{DeviceRow, PageRow, SyncRow};
use crate::store::{Ask, Key, Name, Row, Store, StoreError};
use domain::cbor;
use domain::id::PersonId;
use domain::notebook::{Location, Notebook};
use domain::operation::Operation;
use domain::record::Record;
use std::rc::Rc;

/// Which pages and own operations the cached notebook contains, and the build that read them; beside its numbered pieces.
/// Another build reads every page itself: what this one could not read is a record there.
const SEEN: &str = "seen";

/// So few changes are read again quicker than the cache is written.
const WORTH_WRITING: usize = 50;

/// Pages that are read at a time while rebuilding.
const BATCH: u32 = 20;

/// What is to be read for [`load`]: everything or, where rows were [read ahead](super::LockedPhone::get_ready), whether
/// they are still what is stored.
pub(super) fn ask(ahead: &[Row]) -> Ask {
    if ahead.is_empty() { all() } else { Ask::one(Name::Cache, SEEN) }
}

/// All rows.
pub(super) const fn all() -> Ask {
    Ask::rows(Name::Cache, None, None)
}

/// A notebook that was read.
pub(super) struct Loaded {
    pub(super) notebook: Notebook,
    /// How far into the database it reads.
    pub(super) seen: Seen,
    /// How many of its changes no cache holds.
    pub(super) uncached: usize,
    /// Pages that could not be read, as far as it was made from pages.
    pub(super) damaged: Vec<u64>,
}

/// The notebook. `found` answers [`ask`] for `ahead`.
pub(super) async fn load(
    store: &Store,
    device: &DeviceRow,
    sync: &SyncRow,
    found: Vec<Row>,
    ahead: Vec<Row>,
) -> Result<Loaded, StoreError> {
    let rows = match &ahead[..] {
        [] => found,
        // Sealed anew, even the same would be other bytes.
        _ if seen(&ahead).zip(seen(&found)).is_some_and(|(before, now)| before.is_same(now)) => ahead,
        _ => store.rows(Name::Cache, None, None).await?,
    };
    match from_cache(store, device.person, &rows) {
        Some((notebook, seen)) => Ok(Loaded { notebook, seen, uncached: 0, damaged: Vec::new() }),
        None => rebuild(store, device, sync).await,
    }
}

fn from_cache(store: &Store, me: PersonId, rows: &[Row]) -> Option<(Notebook, Seen)> {
    let (build, seen): (String, Seen) = cbor::decode(&store.unseal(seen(rows)?).ok()?).ok()?;
    if build != device::build() {
        return None;
    }
    let pieces = rows.iter().filter(|row| matches!(row.key, Key::Number(_))).map_while(|row| store.unseal(row).ok());
    Some((Notebook::from_cache(me, pieces)?, seen))
}

fn seen(rows: &[Row]) -> Option<&Row> {
    rows.iter().find(|row| row.key == SEEN.into())
}

/// Own operations first: where a page then says that it contains them, they are taken off again.
async fn rebuild(store: &Store, device: &DeviceRow, sync: &SyncRow) -> Result<Loaded, StoreError> {
    let sequence = sync.sequence(device.device);
    let (mut notebook, mut seen, mut uncached, mut damaged) = (Notebook::new(device.person), Seen::default(), 0, Vec::new());
    for row in store.rows(Name::Outbox, None, None).await? {
        let Key::Number(seq) = row.key else { continue };
        if let Some(mut operation) = store.unseal(&row).ok().and_then(|bytes| cbor::decode::<Operation>(&bytes).ok()) {
            sequence.spell_out(seq, &mut operation.header.change);
            notebook.apply_own(&operation, sequence.dot(seq), None);
        }
        seen.own = seq;
        uncached += 1;
    }
    notebook.refuse(&sync.refused);
    loop {
        let rows = store.rows(Name::Pages, Some(&Key::Number(seen.page.into())), Some(BATCH)).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let Key::Number(page) = row.key else { continue };
            seen.page = page as u32;
            let Ok(content) = read_page(store, &row) else {
                damaged.push(page);
                continue;
            };
            apply_page(&mut notebook, page as u32, &content);
            uncached += content.records.len();
        }
    }
    Ok(Loaded { notebook, seen, uncached, damaged })
}

/// A row of `pages`.
pub(super) fn read_page(store: &Store, row: &Row) -> Result<PageRow, StoreError> {
    cbor::decode(&store.unseal(row)?).map_err(|_| StoreError::Damaged)
}

/// Takes a page into a notebook. A record that this build cannot read stays in its page, for a later one.
pub(super) fn apply_page(notebook: &mut Notebook, page: u32, row: &PageRow) {
    for (slot, bytes) in (0u16..).zip(&row.records) {
        if let Ok(record) = cbor::decode::<Record>(bytes) {
            notebook.apply(&record, row.scope.area, Location::Page { page, slot }, row.contained);
        }
    }
}

impl Inner {
    /// Writes the cache when the browser has nothing better to do, if enough has changed.
    pub(super) async fn write_cache(self: &Rc<Self>) {
        if self.uncached.get() < WORTH_WRITING {
            return;
        }
        time::idle(5_000).await;
        let mut plan = self.store.plan();
        plan.relaxed();
        plan.clear(Name::Cache, "written anew");
        let seen = self.seen.get();
        for (number, piece) in (1u64..).zip(self.notebook.borrow().to_cache()) {
            plan.put(Name::Cache, number, &piece);
        }
        plan.put(Name::Cache, SEEN, &cbor::encode(&(device::build(), seen)));
        self.uncached.set(0);
        // A cache that was not written is missed only by the next start.
        let _ = self.store.write(plan).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::survives;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn what_a_damaged_cache_has_seen_is_something_or_nothing() {
        survives(&(device::build(), Seen { page: 187, own: 70_000 }), drop);
    }
}
