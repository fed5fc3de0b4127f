//! A phone that differs from the server without knowing it: a page was lost or bent on the way to the disk, or a mistake
//! of ours went by unnoticed. Each stream has a digest of its records; the phone keeps the last one that it was told of
//! each, and once a day, after any complete sync, works out its own and compares. Quiet streams are compared like others.
//!
//! What differs is pulled again from its beginning, behind the pages that are there. These stay until the new ones are
//! complete, and go in one transaction then: nothing that can be read is deleted before it is replaced.
//!
//! A page that cannot be read is not waited with for a day. Of which stream it was cannot be read either: every stream
//! that is not known to be whole without it is pulled again.

use super::{Inner, StoreError};
use crate::platform::time;
use crate::store::Name;
use crate::store::rows::{PageRow, Repair, SyncRow};
use domain::cbor;
use domain::id::RecordId;
use domain::operation::Scope;
use domain::record::{Digest, Record};
use domain::short;

/// In milliseconds: to compare costs a walk over everything that was pulled, and to repair costs the download of it.
const DAY: i64 = 24 * 3_600_000;

impl Inner {
    /// Called after each complete sync: what came with it reaches as far as the digests say.
    pub(super) async fn compare(&self) -> Result<(), StoreError> {
        let (mut sync, now) = (self.sync.borrow().clone(), self.now());
        // The cursor was taken away when the repair began: where there is one again, all that is before it has come.
        let is_back = |repair: &Repair| sync.cursors.iter().any(|cursor| cursor.scope == repair.scope);
        let (back, under_way): (Vec<Repair>, Vec<Repair>) = sync.repair.iter().cloned().partition(is_back);
        if !back.is_empty() {
            sync.repair = under_way;
            return self.swap(&back, sync).await;
        }
        let early = sync.compared_at.is_some_and(|at| now.0.saturating_sub(at.0) < DAY);
        let unread = !self.damaged.borrow().pages.is_empty();
        if early && !unread {
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
        let before = sync.repair.len();
        for scope in scopes.iter().filter(|_| !first) {
            let known = sync.held(*scope).digest;
            let own = if known.is_some() { self.digest_of(*scope, &pages).await? } else { None };
            if known.zip(own).map_or(!damaged.is_empty(), |(known, own)| known != own) {
                sync.repair.push(Repair { scope: *scope, up_to: self.seen.get().page });
                sync.cursors.retain(|cursor| cursor.scope != *scope);
                sync.mark = None;
            }
        }
        let differ = sync.repair.len() - before;
        let mut plan = self.store.plan();
        for page in damaged {
            plan.delete(Name::Pages, page, "damaged");
        }
        self.write_sync(plan, sync).await?;
        self.damaged.borrow_mut().pages = short::Set::new();
        if differ > 0 {
            self.log("diverged", &differ.to_string()).await;
            self.again.set(true);
        }
        Ok(())
    }

    /// These streams are here once more, whole: the old pages go.
    async fn swap(&self, back: &[Repair], sync: SyncRow) -> Result<(), StoreError> {
        let mut plan = self.store.plan();
        for (page, scope) in self.pages().await? {
            if back.iter().any(|repair| scope == Some(repair.scope) && page <= u64::from(repair.up_to)) {
                plan.delete(Name::Pages, page, "repaired");
            }
        }
        plan.clear(Name::Cache, "repaired");
        self.write_sync(plan, sync).await?;
        self.read_anew().await
    }

    /// The digest of a stream as it is here; `None` where this build cannot read all of it.
    async fn digest_of(&self, of: Scope, pages: &[(u64, Option<Scope>)]) -> Result<Option<Digest>, StoreError> {
        let (mut seen, mut digest) = (short::Set::<RecordId>::new(), Digest::default());
        // The newest page first: what it says of a record counts.
        for (page, _) in pages.iter().rev().filter(|(_, scope)| *scope == Some(of)) {
            let Some(content) = self.store.readable(Name::Pages, *page).await? else { continue };
            let Ok(row) = cbor::decode::<PageRow>(&content) else { return Ok(None) };
            for bytes in row.records.iter().rev() {
                let Ok(record) = cbor::decode::<Record>(bytes) else { return Ok(None) };
                if seen.insert(record.id) {
                    digest = digest.replace(None, Some(&record));
                }
            }
            // Others want to work on this phone meanwhile.
            time::sleep(0).await;
        }
        Ok(Some(digest))
    }
}
