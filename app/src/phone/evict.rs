//! What may not be read any more leaves the phone, as [`domain::eviction`] says.

use super::{Inner, StoreError, cache};
use crate::store::rows::DeviceRow;
use crate::store::{Key, Name};
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
        // Not what there are cursors of: a restored server and a repair take those away, and the pages stay.
        sync.hold_cursors();
        let held: Vec<Scope> = sync.held.iter().map(|held| held.scope).collect();
        let mut lost = eviction::lost(&before, &held, &sync.grants, now);
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
            for (page, scope) in self.pages().await? {
                if scope.is_some_and(|scope| due.contains(&scope)) {
                    plan.delete(Name::Pages, page, "not granted");
                }
            }
            plan.clear(Name::Cache, "not granted");
            sync.cursors.retain(|cursor| !due.contains(&cursor.scope));
            sync.held.retain(|held| !due.contains(&held.scope));
            sync.repair.retain(|repair| !due.contains(&repair.scope));
        }
        sync.lost = lost;
        self.write_sync(plan, sync).await?;
        if due.is_empty() { Ok(()) } else { self.read_anew().await }
    }

    /// The areas that the server has not acknowledged everything of.
    async fn unsent_in(&self) -> Result<Vec<AreaId>, StoreError> {
        let mut areas = Vec::new();
        for seq in self.to_send() {
            areas.extend(self.own(seq).await?.map(|operation| operation.header.area));
        }
        Ok(areas)
    }

    /// Every page with its stream; without one where it cannot be read.
    pub(super) async fn pages(&self) -> Result<Vec<(u64, Option<Scope>)>, StoreError> {
        let mut found = Vec::<(u64, Option<Scope>)>::new();
        loop {
            let after = found.last().map(|(page, _)| Key::Number(*page));
            let rows = self.store.rows(Name::Pages, after.as_ref(), Some(BATCH)).await?;
            if rows.is_empty() {
                return Ok(found);
            }
            for row in rows {
                let Key::Number(page) = row.key else { return Ok(found) };
                let scope = cache::read_page(&self.store, &row).map(|page| page.scope).ok();
                if scope.is_none() {
                    self.note_damaged(Name::Pages, page).await;
                }
                found.push((page, scope));
            }
        }
    }

    /// Makes the notebook anew from what is stored.
    pub(super) async fn read_anew(&self) -> Result<(), StoreError> {
        let device: DeviceRow = super::read_row(&self.store, "device").await?;
        let sync = self.sync.borrow().clone();
        let loaded = cache::load(&self.store, &device, &sync, Vec::new(), Vec::new()).await?;
        self.notebook.replace(loaded.notebook);
        self.seen.set(loaded.seen);
        self.page.replace(None);
        self.uncached.set(loaded.uncached);
        for page in loaded.damaged {
            self.note_damaged(Name::Pages, page).await;
        }
        self.mark_refused();
        self.grant();
        self.changed();
        Ok(())
    }
}
