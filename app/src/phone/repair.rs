//! A phone that differs from the server without knowing it finds out and puts it right, as [`domain::repair`] says.
//!
//! A page that cannot be read is not waited with for a day. Of which stream it was cannot be read either: every stream
//! that is not known to be whole without it is pulled again.

use super::{Inner, StoreError};
use crate::platform::time;
use crate::store::Name;
use crate::store::rows::{PageRow, SyncRow};
use domain::cbor;
use domain::operation::Scope;
use domain::repair::{self, Own, Repair};
use domain::short;

impl Inner {
    /// Called after each complete sync: what came with it reaches as far as the digests say.
    pub(super) async fn compare(&self) -> Result<(), StoreError> {
        let (mut sync, now) = (self.sync.borrow().clone(), self.now());
        let back = repair::back(&sync.repair, &sync.grants);
        if !back.is_empty() {
            let pages = self.pages().await?;
            let mut whole = Vec::new();
            for repair in back {
                if !self.differs(&mut sync, repair.scope, &pages).await?.unwrap_or(false) {
                    whole.push(repair);
                }
            }
            if !whole.is_empty() {
                sync.repair.retain(|repair| !whole.contains(repair));
                return self.swap(&whole, &pages, sync).await;
            }
        }
        let unread = !self.damaged.borrow().pages.is_empty();
        if !repair::is_time(sync.compared_at, now) && !unread {
            return Ok(());
        }
        // What was pulled for the first time just now is not compared with itself.
        let first = sync.compared_at.replace(now).is_none() && !unread;
        let pages = if first { Vec::new() } else { self.pages().await? };
        // So is whatever an older build forgot to have pulled.
        for scope in pages.iter().filter_map(|(_, scope)| *scope) {
            sync.held(scope);
        }
        // Nobody knows what was in them, so it may be missing wherever the opposite is not certain.
        let damaged: Vec<u64> = pages.iter().filter(|(_, scope)| scope.is_none()).map(|(page, _)| *page).collect();
        let scopes: Vec<Scope> = sync.cursors.iter().map(|cursor| cursor.scope).filter(|scope| sync.grants.may_read(*scope)).collect();
        let mut differ = Vec::new();
        for scope in scopes.iter().filter(|_| !first) {
            if self.differs(&mut sync, *scope, &pages).await?.unwrap_or(!damaged.is_empty()) {
                differ.push(*scope);
            }
        }
        if !differ.is_empty() {
            sync.pull_anew(&differ, self.seen.get().page);
        }
        let mut plan = self.store.plan();
        for page in damaged {
            plan.delete(Name::Pages, page, "damaged");
        }
        self.write_sync(plan, sync).await?;
        self.damaged.borrow_mut().pages = short::Set::new();
        if !differ.is_empty() {
            self.log("diverged", &differ.len().to_string()).await;
            self.again.set(true);
        }
        Ok(())
    }

    /// These streams are here once more, whole: the old pages go.
    async fn swap(&self, whole: &[Repair], pages: &[(u64, Option<Scope>)], sync: SyncRow) -> Result<(), StoreError> {
        let mut plan = self.store.plan();
        for (page, scope) in pages {
            if whole.iter().any(|repair| *scope == Some(repair.scope) && *page <= u64::from(repair.up_to)) {
                plan.delete(Name::Pages, *page, "repaired");
            }
        }
        plan.clear(Name::Cache, "repaired");
        self.write_sync(plan, sync).await?;
        self.read_anew().await
    }

    /// Whether a stream is here otherwise than the server said with its last page; `None` where it said nothing, or this
    /// build cannot read all of it.
    async fn differs(&self, sync: &mut SyncRow, of: Scope, pages: &[(u64, Option<Scope>)]) -> Result<Option<bool>, StoreError> {
        let (behind, mut own) = (u64::from(repair::behind(&sync.repair, of)), Own::default());
        let Some(known) = sync.held(of).digest else { return Ok(None) };
        for (page, _) in pages.iter().rev().filter(|(page, scope)| *scope == Some(of) && *page > behind) {
            let Some(content) = self.store.readable(Name::Pages, *page).await? else { continue };
            if !cbor::decode::<PageRow>(&content).is_ok_and(|row| own.take(&row.records)) {
                return Ok(None);
            }
            // Others want to work on this phone meanwhile.
            time::sleep(0).await;
        }
        Ok(Some(own.digest != known))
    }
}
