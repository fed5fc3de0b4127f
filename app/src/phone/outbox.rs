//! "Đã ghi": everything that was written on this phone, and where it stands.

use super::{Inner, Phone, StoreError};
use crate::store::rows::{AckRow, AnonymousRow, SyncRow};
use crate::store::{Key, Name};
use domain::cbor;
use domain::id::{AreaId, RecordId};
use domain::operation::{Change, Kind, Operation, Part};
use domain::opinion::{AnonymousOpinion, OpinionKind};
use domain::time::Time;
use domain::visit::Visit;
use domain::wire::{Outcome, Reason};
use leptos::prelude::Update;

/// The three lists of the screen, each latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxPage {
    /// Stored by the server with a reason why a person must look.
    pub attention: Vec<OutboxItem>,
    /// Not acknowledged yet.
    pub waiting: Vec<OutboxItem>,
    /// Received by the server; the newest `limit` of them.
    pub sent: Vec<OutboxItem>,
    /// How many are sent in all.
    pub sent_total: usize,
}

/// Something written on this phone. A visit with its note, named opinions and callbacks is one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// What it is.
    pub what: What,
    /// Where it stands.
    pub state: ItemState,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A visit.
    Visit {
        /// Its page.
        visit: RecordId,
        /// The household's number.
        no: String,
        /// Its head.
        head: String,
        /// When it was written.
        at: Time,
        /// Somebody of the household was met.
        met: bool,
        /// How many named opinions it holds.
        opinions: u32,
        /// A correction of an earlier visit.
        amends: bool,
        /// Takes an earlier visit back.
        retracts: bool,
    },
    /// A household was added or corrected.
    Household {
        /// Its page.
        household: RecordId,
        /// Its number.
        no: String,
        /// Its head.
        head: String,
        /// When it was written.
        at: Time,
        /// It was added.
        new: bool,
    },
    /// An opinion without a name: no household, number, name or hour.
    Anonymous {
        /// The village.
        village: AreaId,
        /// What sort.
        kind: OpinionKind,
    },
    /// Of a build that this one does not know.
    Other {
        /// When it was written, if that can be read.
        at: Option<Time>,
    },
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// Safe on this phone, not acknowledged yet.
    Waiting,
    /// The server has it.
    Sent {
        /// When the server received it; `None` for anonymous opinions, whose time is not kept.
        received_at: Option<Time>,
    },
    /// The server keeps it, and a person must look.
    Attention(Reason),
}

/// An item that is still being put together from the operations of one act.
struct Act {
    last: u64,
    what: What,
    refused: Option<Reason>,
}

impl Phone {
    /// What was written on this phone; of the sent items the newest `limit`.
    pub async fn outbox_items(self, limit: usize) -> Result<OutboxPage, StoreError> {
        let inner = self.inner();
        let sync = inner.sync.borrow().clone();
        let mut page = OutboxPage::default();
        let mut sent: Vec<(u64, OutboxItem)> = Vec::new();
        for act in inner.acts(&sync).await? {
            let item = |state| OutboxItem { what: act.what.clone(), state };
            match act.refused {
                Some(reason) => page.attention.push(item(ItemState::Attention(reason))),
                None if act.last > sync.acked => page.waiting.push(item(ItemState::Waiting)),
                None => sent.push((act.last, item(ItemState::Sent { received_at: None }))),
            }
        }
        page.attention.reverse();
        page.waiting.reverse();
        page.sent_total = sent.len();
        for (seq, mut item) in sent.into_iter().rev().take(limit) {
            let ack = inner.ack(seq).await?;
            item.state = ItemState::Sent { received_at: ack.map(|ack| ack.received_at) };
            page.sent.push(item);
        }
        for row in inner.anonymous_rows().await? {
            let Ok(opinion) = cbor::decode::<AnonymousOpinion>(&row.opinion) else { continue };
            let what = What::Anonymous { village: opinion.area, kind: opinion.kind };
            if row.stored_in == Some(sync.epoch) {
                page.sent_total += 1;
                page.sent.push(OutboxItem { what, state: ItemState::Sent { received_at: None } });
            } else {
                page.waiting.push(OutboxItem { what, state: ItemState::Waiting });
            }
        }
        Ok(page)
    }
}

impl Inner {
    /// Everything in the outbox, in its order, what was written in one act as one item.
    async fn acts(&self, sync: &SyncRow) -> Result<Vec<Act>, StoreError> {
        let mut acts: Vec<Act> = Vec::new();
        for row in self.store.rows(Name::Outbox, None, None).await? {
            let Key::Number(seq) = row.key else { continue };
            let operation = cbor::decode::<Operation>(&self.store.unseal(&row)?).ok();
            let refused = match sync.refused.contains(&seq) {
                true => {
                    self.ack(seq).await?.and_then(|ack| if let Outcome::Quarantined(reason) = ack.outcome { Some(reason) } else { None })
                }
                false => None,
            };
            let what = operation.as_ref().map_or(Some(What::Other { at: None }), |operation| self.what(operation));
            match (what, acts.last_mut()) {
                (Some(what), _) => acts.push(Act { last: seq, what, refused }),
                // What follows a visit belongs to it.
                (None, Some(act)) => {
                    act.last = seq;
                    act.refused = act.refused.or(refused);
                    if let (What::Visit { opinions, .. }, Some(Kind::Opinion)) =
                        (&mut act.what, operation.map(|operation| operation.header.kind))
                    {
                        *opinions += 1;
                    }
                }
                (None, None) => acts.push(Act { last: seq, what: What::Other { at: None }, refused }),
            }
        }
        Ok(acts)
    }

    /// What an operation is an item of; `None` for one that belongs to the visit before it.
    fn what(&self, operation: &Operation) -> Option<What> {
        let header = &operation.header;
        let notebook = self.notebook.borrow();
        let line = |id| notebook.household(id, None, header.at.date());
        match header.kind {
            Kind::Visit => {
                let (first, amends, retracts) = match &header.change {
                    Change::Amend { of } => (*of, true, false),
                    Change::Retract { of } => (*of, false, true),
                    _ => (header.record, false, false),
                };
                let visit: Option<Visit> = operation.read(Part::Facts);
                let household = visit.as_ref().map(|visit| visit.household).or_else(|| notebook.visit(first).map(|line| line.household));
                let household = household.and_then(line);
                Some(What::Visit {
                    visit: first,
                    no: household.as_ref().map(|line| line.no.clone()).unwrap_or_default(),
                    head: household.map(|line| line.head).unwrap_or_default(),
                    at: header.at,
                    met: visit.is_some_and(|visit| visit.contact.met()),
                    opinions: 0,
                    amends,
                    retracts,
                })
            }
            Kind::Household => {
                let household = line(header.record);
                Some(What::Household {
                    household: header.record,
                    no: household.as_ref().map(|line| line.no.clone()).unwrap_or_default(),
                    head: household.map(|line| line.head).unwrap_or_default(),
                    at: header.at,
                    new: header.change == Change::Create,
                })
            }
            Kind::Note | Kind::Opinion | Kind::Callback => None,
            _ => Some(What::Other { at: Some(header.at) }),
        }
    }

    async fn ack(&self, seq: u64) -> Result<Option<AckRow>, StoreError> {
        Ok(self.store.get(Name::Acks, seq).await?.and_then(|row| cbor::decode(&row).ok()))
    }

    pub(super) async fn anonymous_rows(&self) -> Result<Vec<AnonymousRow>, StoreError> {
        let rows = self.store.rows(Name::Anonymous, None, None).await?;
        let read = |row| cbor::decode(&self.store.unseal(&row)?).map_err(|_| StoreError::Damaged);
        rows.into_iter().map(read).collect()
    }

    /// Brings the number of waiting anonymous opinions up to date.
    pub(super) async fn count_anonymous(&self) {
        let Ok(rows) = self.anonymous_rows().await else { return };
        let epoch = self.sync.borrow().epoch;
        let waiting = rows.iter().filter(|row| row.stored_in != Some(epoch)).count() as u32;
        self.status.update(|status| status.waiting_anonymous = waiting);
        self.count();
    }
}
