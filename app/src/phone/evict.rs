//! What may not be read any more leaves the phone, as [`domain::eviction`] says.

use super::{Inner, StoreError, cache, waiting_in};
use crate::store::rows::{DeviceRow, PageRow};
use crate::store::{Key, Name};
use domain::cbor;
use domain::eviction::{self, Lost};
use domain::id::AreaId;
use domain::operation::Scope;

/// Pages that are read at a time.
const BATCH: u32 = 20;

impl Inner {
    /// Called after each complete pull.
    pub(super) async fn evict(&self) -> Result<(), StoreError> {
        let (mut sync, now) = (self.sync.borrow().clone(), self.now());
        let before = sync.lost.clone();
        let mut lost = eviction::lost(&before, &sync.held(), &sync.grants, now);
        let mut due: Vec<Scope> = Vec::new();
        if lost.iter().any(|lost| lost.is_confirmed(now)) {
            let (unsent, typing) = (self.unsent_in().await?, !self.drafts().await?.is_empty());
            let is_due = |lost: &&Lost| lost.is_due(now, &unsent, typing);
            due = lost.iter().filter(is_due).map(|lost| lost.scope).collect();
        }
        lost.retain(|lost| !due.contains(&lost.scope));
        if lost == before && due.is_empty() {
            return Ok(());
        }
        let mut plan = self.store.plan();
        if !due.is_empty() {
            for key in self.pages_of(&due).await? {
                plan.delete(Name::Pages, key, "not granted");
            }
            plan.clear(Name::Cache, "not granted");
            sync.cursors.retain(|cursor| !due.contains(&cursor.scope));
            sync.repair.retain(|repair| !due.contains(&repair.scope));
            sync.adrift.retain(|scope| !due.contains(scope));
        }
        sync.lost = lost;
        self.write_sync(plan, sync).await?;
        if due.is_empty() { Ok(()) } else { self.read_anew().await }
    }

    /// The areas that the server has not acknowledged everything of.
    async fn unsent_in(&self) -> Result<Vec<AreaId>, StoreError> {
        let waiting: Vec<u64> = waiting_in(&self.sync.borrow(), self.seen.get().own).collect();
        let mut areas = Vec::new();
        for seq in waiting {
            areas.extend(self.own(seq).await?.map(|operation| operation.header.area));
        }
        Ok(areas)
    }

    /// The keys of the pages of some streams.
    pub(super) async fn pages_of(&self, scopes: &[Scope]) -> Result<Vec<Key>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let rows = self.store.rows(Name::Pages, after.as_ref(), Some(BATCH)).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = Some(last.key.clone());
            for row in rows {
                let content = self.store.unseal(&row)?;
                if cbor::decode(&content).is_ok_and(|page: PageRow| scopes.contains(&page.scope)) {
                    found.push(row.key);
                }
            }
        }
    }

    /// Makes the notebook anew from what is stored.
    pub(super) async fn read_anew(&self) -> Result<(), StoreError> {
        let device: DeviceRow = super::read_row(&self.store, "device").await?;
        let sync = self.sync.borrow().clone();
        let (notebook, seen, changes) = cache::load(&self.store, &device, &sync, &[]).await?;
        self.notebook.replace(notebook);
        self.seen.set(seen);
        self.page.replace(None);
        self.uncached.set(changes);
        self.mark_refused();
        self.grant();
        self.changed();
        Ok(())
    }
}
