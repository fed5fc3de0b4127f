//! What was redacted goes from this phone, as [`domain::redaction`] says, before the phone says that it is gone: from own
//! operations, sent or not, from opinions without a name, from every page, from drafts and from the cache.

use super::draft::PLACE;
use super::outbox::unnamed_rows;
use super::{Inner, Phone, StoreError, cache};
use crate::store::rows::AnonymousRow;
use crate::store::{Ask, Key, Name, Plan, Row};
use domain::cbor;
use domain::operation::{Operation, Scope};
use domain::opinion::AnonymousOpinion;
use domain::redaction::{Redaction, Redactions, Slot, erase_anonymous};
use serde_bytes::ByteBuf;

/// Pages that are read and written at a time.
const BATCH: u32 = 20;

/// `meta/redactions`: everything that this phone was told, so that nothing of it is saved again.
const TOLD: &str = "redactions";

/// What is to be read of it at the start.
pub(super) fn row() -> Ask {
    Ask::one(Name::Meta, TOLD)
}

impl Phone {
    /// How many redactions this phone was told of.
    pub fn redactions(self) -> usize {
        self.followed().redactions.borrow().len()
    }
}

impl Inner {
    /// Deletes, and stores the number up to which all is deleted with the last transaction: whoever was killed before is
    /// told again.
    pub(super) async fn redact(&self, redactions: &[Redaction], up_to: u64) -> Result<(), StoreError> {
        let mut sync = self.sync.borrow().clone();
        sync.redacted = up_to;
        if redactions.is_empty() {
            return self.write_sync(self.store.plan(), sync).await.map(drop);
        }
        let mut all = self.redactions.borrow().clone();
        all.extend(redactions.iter().cloned());
        let own = self.store.rows(Name::Outbox, None, None).await?;
        let mut told = told(&all);
        let headers: Vec<_> = own.iter().filter_map(|row| self.operation(row)).map(|operation| operation.header).collect();
        told.spread(headers.iter());

        let mut plan = self.store.plan();
        for row in &own {
            if let Some(erased) = self.store.unseal(row).ok().and_then(|bytes| told.outbox(&bytes)) {
                plan.rewrite(row, &erased);
            }
        }
        self.redact_unnamed(&mut plan, &all).await?;
        self.redact_drafts(&all, &mut plan).await?;
        let unread = self.redact_pages(&told).await?;
        if !unread.is_empty() {
            sync.pull_anew(&unread, self.seen.get().page);
        }
        plan.clear(Name::Cache, "redacted");
        plan.put(Name::Meta, TOLD, &cbor::encode(&all));
        self.write_sync(plan, sync).await?;
        *self.redactions.borrow_mut() = all;
        self.tell_tabs();
        self.read_anew().await
    }

    fn operation(&self, row: &Row) -> Option<Operation> {
        cbor::decode(&self.store.unseal(row).ok()?).ok()
    }

    async fn redact_unnamed(&self, plan: &mut Plan, all: &[Redaction]) -> Result<(), StoreError> {
        let rows = unnamed_rows(&self.store).await?.0;
        let told = told_of_unnamed(all, rows.iter().map(|(_, row)| row));
        for (key, row) in rows {
            let Some(erased) = erase_unnamed(&told, &row) else { continue };
            if let Key::Word(word) = &key {
                plan.delete(Name::Drafts, correction_of_unnamed(word).as_str(), "redacted");
            }
            plan.put(Name::Anonymous, key, &cbor::encode(&erased));
        }
        Ok(())
    }

    /// What is left of opinions without a name that are to be saved.
    pub(super) async fn without_redacted(&self, mut new: Vec<AnonymousRow>) -> Result<Vec<AnonymousRow>, StoreError> {
        let all = self.redactions.borrow().clone();
        if !all.is_empty() && !new.is_empty() {
            let rows = unnamed_rows(&self.store).await?.0;
            let told = told_of_unnamed(&all, rows.iter().map(|(_, row)| row).chain(&new));
            for row in &mut new {
                *row = erase_unnamed(&told, row).unwrap_or_else(|| row.clone());
            }
        }
        Ok(new)
    }

    /// Whether a draft corrects what was redacted. A form that was open then goes on typing.
    pub(super) async fn is_redacted_draft(&self, key: &str) -> Result<bool, StoreError> {
        let all = self.redactions.borrow().clone();
        if all.iter().any(|one| is_correction(key, &one.record.to_string())) {
            return Ok(true);
        }
        // Asked while somebody types: the opinions without a name are read only where it corrects one.
        if all.is_empty() || !key.starts_with(UNNAMED) {
            return Ok(false);
        }
        let is_it = |row: &Key| matches!(row, Key::Word(word) if correction_of_unnamed(word) == key);
        let rows = unnamed_rows(&self.store).await?.0;
        let told = told_of_unnamed(&all, rows.iter().map(|(_, row)| row));
        Ok(rows.iter().any(|(row_key, row)| is_it(row_key) && erase_unnamed(&told, row).is_some()))
    }

    /// A correction of what is redacted holds it. Where the reader was goes as well: what they looked for there may be a name.
    async fn redact_drafts(&self, all: &[Redaction], plan: &mut Plan) -> Result<(), StoreError> {
        for key in self.drafts().await? {
            if all.iter().any(|one| is_correction(&key, &one.record.to_string())) {
                plan.delete(Name::Drafts, key.as_str(), "redacted");
            }
        }
        plan.delete(Name::Drafts, PLACE, "redacted");
        Ok(())
    }

    /// Gives back the streams of which a record went whole, because this build cannot read it.
    async fn redact_pages(&self, told: &Redactions) -> Result<Vec<Scope>, StoreError> {
        let (mut unread, mut after) = (Vec::new(), None);
        loop {
            let rows = self.store.rows(Name::Pages, after.as_ref(), Some(BATCH)).await?;
            let Some(last) = rows.last() else { return Ok(unread) };
            after = Some(last.key.clone());
            let mut plan = self.store.plan();
            for row in &rows {
                // One that does not open is pulled anew by the repair, free of what was redacted.
                let Ok(mut page) = cache::read_page(&self.store, row) else { continue };
                let slots: Vec<Slot> = page.records.iter().map(|bytes| told.slot(bytes)).collect();
                if slots.iter().all(|slot| *slot == Slot::Stays) {
                    continue;
                }
                if slots.contains(&Slot::Goes) {
                    unread.push(page.scope);
                }
                let left = page.records.into_iter().zip(slots).filter_map(|(bytes, slot)| match slot {
                    Slot::Stays => Some(bytes),
                    Slot::Becomes(erased) => Some(erased),
                    Slot::Goes => None,
                });
                page.records = left.collect();
                plan.rewrite(row, &cbor::encode(&page));
            }
            self.store.write(plan).await?;
        }
    }
}

/// All of it, by record.
pub(super) fn told(redactions: &[Redaction]) -> Redactions {
    Redactions::of(redactions.iter().map(|one| (one.record, &one.parts)))
}

/// Whether a draft is the correction of a record. A new visit to a redacted household is none, and stays.
pub(super) fn is_correction(draft: &str, record: &str) -> bool {
    draft.ends_with(record) && !draft.starts_with("visit/")
}

/// The same, and of opinions without a name whatever corrects one of them.
fn told_of_unnamed<'a>(all: &[Redaction], rows: impl Iterator<Item = &'a AnonymousRow>) -> Redactions {
    let opinions: Vec<AnonymousOpinion> = rows.filter_map(|row| cbor::decode(&row.opinion).ok()).collect();
    let mut told = told(all);
    told.spread_unnamed(opinions.iter());
    told
}

/// What is left of an opinion without a name; `None` where it stays as it is.
fn erase_unnamed(told: &Redactions, row: &AnonymousRow) -> Option<AnonymousRow> {
    let mut opinion: AnonymousOpinion = cbor::decode(&row.opinion).ok()?;
    let parts = told.parts(opinion.record())?;
    erase_anonymous(&mut opinion, parts);
    Some(AnonymousRow { opinion: ByteBuf::from(cbor::encode(&opinion)), ..row.clone() })
}

/// What the keys of drafts begin with that correct an opinion without a name.
const UNNAMED: &str = "unnamed/";

/// The key of the draft that corrects the opinion without a name of this key.
fn correction_of_unnamed(key: &str) -> String {
    [UNNAMED, key].concat()
}
