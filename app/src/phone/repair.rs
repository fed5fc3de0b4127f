//! A phone that differs from the server without knowing it: a page was lost or bent on the way to the disk, or a mistake
//! of ours went by unnoticed. Each stream has a digest of its records; once a day the phone works out its own for the
//! streams that a complete pull brought news of, and compares.
//!
//! What differs is pulled again from its beginning, behind the pages that are there. These stay until the new ones are
//! complete, and go in one transaction then: nothing is deleted before it is replaced.

use super::{Inner, StoreError};
use crate::platform::time;
use crate::store::rows::{PageRow, Repair, SyncRow};
use crate::store::{Key, Name};
use domain::cbor;
use domain::id::RecordId;
use domain::operation::Scope;
use domain::record::{Digest, Record};
use domain::short;

/// In milliseconds: to compare costs a walk over everything that was pulled, and to repair costs the download of it.
const DAY: i64 = 24 * 3_600_000;

impl Inner {
    /// Called after each complete pull, with the digests that it brought.
    pub(super) async fn compare(&self, digests: &[(Scope, Digest)]) -> Result<(), StoreError> {
        let (mut sync, now) = (self.sync.borrow().clone(), self.now());
        // The cursor was taken away when the repair began: where there is one again, all that is before it has come.
        let is_back = |repair: &Repair| sync.cursors.iter().any(|cursor| cursor.scope == repair.scope);
        if let Some(at) = sync.repair.iter().position(is_back) {
            let repair = sync.repair.swap_remove(at);
            return self.swap(repair, sync).await;
        }
        let early = sync.compared_at.is_some_and(|at| now.0.saturating_sub(at.0) < DAY);
        if early || digests.is_empty() {
            return Ok(());
        }
        // What was pulled for the first time just now is not compared with itself.
        let first = sync.compared_at.replace(now).is_none();
        let before = sync.repair.len();
        for (scope, digest) in digests.iter().filter(|_| !first) {
            if self.digest_of(*scope).await?.is_some_and(|own| own != *digest) {
                sync.repair.push(Repair { scope: *scope, up_to: self.seen.get().page });
                sync.cursors.retain(|cursor| cursor.scope != *scope);
                sync.mark = None;
            }
        }
        let differ = sync.repair.len() - before;
        let plan = self.store.plan();
        self.write_sync(plan, sync).await?;
        if differ > 0 {
            self.log("diverged", &differ.to_string()).await;
            self.again.set(true);
        }
        Ok(())
    }

    /// The stream is here once more, whole: the old pages go.
    async fn swap(&self, repair: Repair, sync: SyncRow) -> Result<(), StoreError> {
        let mut plan = self.store.plan();
        for key in self.pages_of(&[repair.scope]).await? {
            if matches!(key, Key::Number(page) if page <= u64::from(repair.up_to)) {
                plan.delete(Name::Pages, key, "repaired");
            }
        }
        plan.clear(Name::Cache, "repaired");
        self.write_sync(plan, sync).await?;
        self.read_anew().await
    }

    /// The digest of a stream as it is here; `None` where this build cannot read all of it.
    async fn digest_of(&self, scope: Scope) -> Result<Option<Digest>, StoreError> {
        let (mut seen, mut digest) = (short::Set::<RecordId>::new(), Digest::default());
        // The newest page first: what it says of a record counts.
        for key in self.pages_of(&[scope]).await?.into_iter().rev() {
            let Key::Number(page) = key else { continue };
            let Some(content) = self.store.get(Name::Pages, page).await? else { continue };
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
