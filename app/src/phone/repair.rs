//! A phone that differs from the server without knowing it finds out and puts it right, as [`domain::repair`] says.

use super::{Inner, StoreError};
use crate::platform::time;
use crate::store::rows::{PageRow, SyncRow};
use crate::store::{Key, Name};
use domain::cbor;
use domain::operation::Scope;
use domain::record::Digest;
use domain::repair::{self, Own, Repair};

impl Inner {
    /// Called after each complete pull, with the digests that it brought.
    pub(super) async fn compare(&self, digests: &[(Scope, Digest)]) -> Result<(), StoreError> {
        let (mut sync, now) = (self.sync.borrow().clone(), self.now());
        if let Some(repair) = repair::done(&mut sync.repair, &sync.cursors) {
            return self.swap(repair, sync).await;
        }
        if !repair::is_time(sync.compared_at, now) || digests.is_empty() {
            return Ok(());
        }
        // What was pulled for the first time just now is not compared with itself.
        let first = sync.compared_at.replace(now).is_none();
        let mut differ = Vec::new();
        for (scope, digest) in digests.iter().filter(|_| !first) {
            if self.digest_of(*scope).await?.is_some_and(|own| own != *digest) {
                differ.push(*scope);
            }
        }
        if !differ.is_empty() {
            repair::begin(&mut sync.repair, &mut sync.cursors, &differ, self.seen.get().page);
            sync.mark = None;
        }
        let plan = self.store.plan();
        self.write_sync(plan, sync).await?;
        if !differ.is_empty() {
            self.log("diverged", &differ.len().to_string()).await;
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
        let mut own = Own::default();
        for key in self.pages_of(&[scope]).await?.into_iter().rev() {
            let Key::Number(page) = key else { continue };
            let Some(content) = self.store.get(Name::Pages, page).await? else { continue };
            if !cbor::decode::<PageRow>(&content).is_ok_and(|row| own.take(&row.records)) {
                return Ok(None);
            }
            // Others want to work on this phone meanwhile.
            time::sleep(0).await;
        }
        Ok(Some(own.digest))
    }
}
