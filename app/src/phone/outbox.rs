//! "Đã ghi": everything that was written on this phone, and where it stands.

use super::act::{Acts, meeting_of};
use super::{Inner, Phone, Removed, StoreError};
use crate::platform::time::Soon;
use crate::store::rows::{AckRow, AnonymousRow, SyncRow};
use crate::store::{Key, Name, Store};
use domain::cbor;
use domain::id::{AreaId, Epoch, RecordId};
use domain::meeting::MeetingState;
use domain::operation::{Change, Kind, Operation, Part};
use domain::opinion::{Amends, AnonymousOpinion, OpinionKind, Reporter};
use domain::time::Time;
use domain::visit::{ContactResult, Note, Visit};
use domain::wire::{Outcome, Reason};
use leptos::prelude::Update;

/// The three lists of the screen, each latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxPage {
    /// Stored by the server with a reason why a person must look, or unreadable on this phone.
    pub attention: Vec<OutboxItem>,
    /// Not acknowledged yet.
    pub waiting: Vec<OutboxItem>,
    /// Received by the server; the newest `limit` of them.
    pub sent: Vec<OutboxItem>,
    /// How many are sent in all.
    pub sent_total: usize,
}

/// Something written on this phone. A visit with its note, named opinions and callbacks is one item, and so is a meeting
/// with everything that was said there.
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
        /// Its head; empty where the household may not be read any more.
        head: String,
        /// When it was written.
        at: Time,
        /// Somebody of the household was met.
        met: bool,
        /// How many named opinions it holds.
        opinions: u32,
        /// A correction: of the visit, or of something that was said there.
        amends: bool,
        /// Takes an earlier visit back.
        retracts: bool,
    },
    /// A meeting, or what was said there.
    Meeting {
        /// Its page.
        meeting: RecordId,
        /// Its title; empty where it has none, or where the village may not be read any more.
        title: String,
        /// When it was first written about.
        at: Time,
        /// How many opinions were written down there, taken-back ones left out.
        opinions: u32,
        /// It was opened by mistake and taken back.
        cancelled: bool,
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
        /// Its name on this phone.
        key: u128,
        /// It was corrected.
        amended: bool,
        /// It never left the phone, so that it can be thrown away: [`Phone::anonymous_remove`].
        unsent: bool,
    },
    /// Visits of others were confirmed or voided, or a day was closed; or that was taken back.
    Verification {
        /// The village.
        village: AreaId,
        /// When it was written.
        at: Time,
        /// A day was closed.
        closing: bool,
        /// An earlier one was taken back.
        retracts: bool,
    },
    /// A row of this phone that cannot be read.
    Damaged {
        /// An opinion without a name.
        unnamed: bool,
        /// When what stands before it was written.
        after: Option<Time>,
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
    /// It cannot be read, so it cannot be sent. It stays on this phone as it is.
    Damaged,
}

/// An item that is still being put together from the operations of one act.
struct Act {
    first: u64,
    last: u64,
    waits: bool,
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
                None if act.waits && matches!(act.what, What::Damaged { .. }) => page.attention.push(item(ItemState::Damaged)),
                None if act.waits => page.waiting.push(item(ItemState::Waiting)),
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
        for said in unnamed(&inner.store).await? {
            let (village, kind) = (said.opinion.area, said.opinion.kind);
            let what = What::Anonymous { village, kind, key: said.key, amended: said.opinion.amends.is_some(), unsent: said.unsent() };
            if said.waits(sync.epoch) {
                page.waiting.push(OutboxItem { what, state: ItemState::Waiting });
            } else {
                page.sent_total += 1;
                page.sent.push(OutboxItem { what, state: ItemState::Sent { received_at: None } });
            }
        }
        let (_, damaged) = unnamed_rows(&inner.store).await?;
        let what = What::Damaged { unnamed: true, after: None };
        page.attention.extend((0..damaged).map(|_| OutboxItem { what: what.clone(), state: ItemState::Damaged }));
        Ok(page)
    }

    /// Throws an opinion without a name away, with its corrections, and gives it back for who pressed by mistake; `None`
    /// where it may have left the phone by now.
    pub async fn anonymous_remove(self, key: u128) -> Result<Option<Removed>, StoreError> {
        let inner = self.inner();
        let Some(said) = unnamed(&inner.store).await?.into_iter().find(|said| said.key == key && said.unsent()) else { return Ok(None) };
        let mut plan = inner.store.plan();
        said.rows.iter().for_each(|(key, _)| plan.delete(Name::Anonymous, key.clone(), "thrown away"));
        inner.store.write(plan).await?;
        inner.count_anonymous().await;
        inner.changed();
        inner.tell_tabs();
        Ok(Some(Removed(said.rows.into_iter().map(|(key, row)| (Name::Anonymous, key, cbor::encode(&row))).collect())))
    }

    /// An opinion without a name as it was last recorded.
    pub async fn anonymous(self, key: u128) -> Result<Option<AnonymousOpinion>, StoreError> {
        let all = unnamed(&self.inner().store).await?;
        Ok(all.into_iter().find(|said| said.key == key).map(|said| said.opinion))
    }
}

/// An opinion without a name, in its last version.
pub(super) struct Unnamed {
    /// The last version's name on this phone.
    pub(super) key: u128,
    /// As it leaves the phone.
    pub(super) opinion: AnonymousOpinion,
    /// Every version, the last one in front.
    pub(super) rows: Vec<(Key, AnonymousRow)>,
}

impl Unnamed {
    /// Some version is not in this life of the server yet.
    pub(super) fn waits(&self, epoch: Epoch) -> bool {
        self.rows.iter().any(|(_, row)| row.stored_in != Some(epoch))
    }

    fn unsent(&self) -> bool {
        self.rows.iter().all(|(_, row)| !row.tried && row.stored_in.is_none())
    }
}

/// The key of an opinion without a name in its store.
pub(super) fn anonymous_key(key: u128) -> Key {
    Key::Word(format!("{key:032x}"))
}

/// The rows of opinions without a name, and how many more there are that cannot be read.
pub(super) async fn unnamed_rows(store: &Store) -> Result<(Vec<(Key, AnonymousRow)>, u32), StoreError> {
    let (mut read, mut damaged) = (Vec::new(), 0);
    for row in store.rows(Name::Anonymous, None, None).await? {
        match store.unseal(&row).ok().and_then(|bytes| cbor::decode::<AnonymousRow>(&bytes).ok()) {
            Some(content) => read.push((row.key, content)),
            None => damaged += 1,
        }
    }
    Ok((read, damaged))
}

/// Every opinion without a name that was recorded in this notebook, as far as it can be read.
pub(super) async fn unnamed(store: &Store) -> Result<Vec<Unnamed>, StoreError> {
    let mut rows = Vec::new();
    for (key, content) in unnamed_rows(store).await?.0 {
        if let Ok(opinion) = cbor::decode::<AnonymousOpinion>(&content.opinion) {
            rows.push((key, content, opinion));
        }
    }
    let amended: Vec<_> = rows.iter().filter_map(|(_, _, opinion)| opinion.amends.as_ref().map(Amends::of)).collect();
    let mut all = Vec::new();
    for (key, _, last) in rows.iter().filter(|(_, _, opinion)| !amended.contains(&opinion.id)) {
        let Key::Word(word) = key else { continue };
        let Ok(key) = u128::from_str_radix(word, 16) else { continue };
        let (mut versions, mut of) = (Vec::new(), Some(last.id));
        while let Some((key, row, opinion)) = of.and_then(|id| rows.iter().find(|(_, _, opinion)| opinion.id == id)) {
            versions.push((key.clone(), row.clone()));
            of = opinion.amends.as_ref().map(Amends::of);
        }
        all.push(Unnamed { key, opinion: last.clone(), rows: versions });
    }
    Ok(all)
}

/// How many more opinions a meeting has with this operation.
fn said_more(operation: &Operation) -> i32 {
    match (&operation.header.kind, &operation.header.change) {
        (Kind::MeetingOpinion, Change::Create) => 1,
        (Kind::MeetingOpinion, Change::Retract { .. }) => -1,
        _ => 0,
    }
}

impl Inner {
    /// Everything in the outbox, in its order, what was written in one act as one item.
    async fn acts(&self, sync: &SyncRow) -> Result<Vec<Act>, StoreError> {
        let (mut acts, mut together, mut before) = (Vec::<Act>::new(), Acts::new(self.me.device), None);
        for row in self.store.rows(Name::Outbox, None, None).await? {
            let Key::Number(seq) = row.key else { continue };
            let bytes = self.store.unseal(&row);
            let operation = bytes.as_ref().ok().and_then(|bytes| cbor::decode::<Operation>(bytes).ok());
            let refused = if sync.refused.contains(&seq) { self.refused_for(seq).await? } else { None };
            let first = operation.as_ref().map_or(seq, |operation| together.take(seq, operation));
            if first != seq
                && let Some(act) = acts.iter_mut().rev().find(|act| act.first == first)
            {
                act.last = seq;
                act.waits |= sync.waits(seq);
                act.refused = act.refused.or(refused);
                let Some(operation) = operation else { continue };
                if let What::Meeting { opinions, .. } = &mut act.what {
                    *opinions = opinions.saturating_add_signed(said_more(&operation));
                }
                if let What::Visit { met, opinions, .. } = &mut act.what {
                    let new = operation.header.change == Change::Create;
                    *opinions += u32::from(new && operation.header.kind == Kind::Opinion);
                    *met = operation.read(Part::Facts).map_or(*met, |visit: Visit| visit.contact.met());
                }
                continue;
            }
            let what = match &operation {
                Some(operation) => {
                    before = Some(operation.header.at);
                    self.what(operation)
                }
                None if bytes.is_err() => What::Damaged { unnamed: false, after: before },
                None => What::Other { at: None },
            };
            acts.push(Act { first, last: seq, waits: sync.waits(seq), what, refused });
        }
        Ok(acts)
    }

    /// What the operation that begins an act is an item of.
    fn what(&self, operation: &Operation) -> What {
        let header = &operation.header;
        let notebook = self.notebook.borrow();
        let line = |id| notebook.household(id, None, header.at.date());
        let amends = matches!(header.change, Change::Amend { .. });
        let said: Option<RecordId> = match header.kind {
            Kind::Opinion => operation.read(Part::Contact).and_then(|reporter: Reporter| reporter.visit),
            Kind::Note => operation.read(Part::Facts).map(|note: Note| note.visit),
            _ => None,
        };
        match (&header.kind, said) {
            (Kind::Visit, _) | (_, Some(_)) => {
                let first = said.unwrap_or(match header.change {
                    Change::Amend { of } | Change::Retract { of } => of,
                    _ => header.record,
                });
                let visit: Option<Visit> = if said.is_none() { operation.read(Part::Facts) } else { None };
                let stands = notebook.visit(first);
                let household = visit.as_ref().map(|visit| visit.household).or(stands.as_ref().map(|line| line.household));
                let contact = visit.map(|visit| visit.contact).or(stands.filter(|_| said.is_some()).map(|line| line.contact));
                let household = household.and_then(line);
                What::Visit {
                    visit: first,
                    no: household.as_ref().map(|line| line.no.clone()).unwrap_or_default(),
                    head: household.map(|line| line.head).unwrap_or_default(),
                    at: header.at,
                    met: contact.is_some_and(ContactResult::met),
                    opinions: u32::from(header.kind == Kind::Opinion),
                    amends,
                    retracts: matches!(header.change, Change::Retract { .. }),
                }
            }
            (Kind::Meeting | Kind::MeetingOpinion, _) => {
                let there = match (&header.kind, &header.change) {
                    (Kind::Meeting, _) => Some(header.record),
                    (_, Change::Retract { of }) => notebook.said_at(*of).map(|(_, meeting)| meeting),
                    _ => meeting_of(operation),
                };
                let meeting = there.unwrap_or(header.record);
                let line = notebook.meeting(meeting);
                What::Meeting {
                    meeting,
                    cancelled: line.as_ref().is_some_and(|line| line.facts.state == MeetingState::Cancelled),
                    title: line.map(|line| line.words.title).unwrap_or_default(),
                    at: header.at,
                    opinions: u32::try_from(said_more(operation)).unwrap_or_default(),
                }
            }
            (Kind::Household, _) => {
                let household = line(header.record);
                What::Household {
                    household: header.record,
                    no: household.as_ref().map(|line| line.no.clone()).unwrap_or_default(),
                    head: household.map(|line| line.head).unwrap_or_default(),
                    at: header.at,
                    new: header.change == Change::Create,
                }
            }
            (Kind::Verification | Kind::DayClosing, _) => What::Verification {
                village: header.area,
                at: header.at,
                closing: header.kind == Kind::DayClosing,
                retracts: matches!(header.change, Change::Retract { .. }),
            },
            _ => What::Other { at: Some(header.at) },
        }
    }

    pub(super) async fn ack(&self, seq: u64) -> Result<Option<AckRow>, StoreError> {
        Ok(self.store.readable(Name::Acks, seq).await?.and_then(|row| cbor::decode(&row).ok()))
    }

    /// Why the server keeps an own operation for a person; in general words where what it said cannot be read any more.
    pub(super) async fn refused_for(&self, seq: u64) -> Result<Option<Reason>, StoreError> {
        Ok(match self.ack(seq).await?.map(|ack| ack.outcome) {
            Some(Outcome::Quarantined(reason)) => Some(reason),
            Some(_) => None,
            None => Some(Reason::Other),
        })
    }

    /// Opinions without a name that this life of the server has not acknowledged.
    pub(super) async fn waiting_anonymous(&self) -> Result<u32, StoreError> {
        let all = unnamed(&self.store).await?;
        let epoch = self.sync.borrow().epoch;
        Ok(all.iter().filter(|said| said.waits(epoch)).count() as u32)
    }

    /// Brings the number of waiting anonymous opinions up to date.
    pub(super) fn count_anonymous(&self) -> Soon<'_, ()> {
        Box::pin(async move {
            let Ok(waiting) = self.waiting_anonymous().await else { return };
            if let Ok((_, damaged)) = unnamed_rows(&self.store).await {
                self.note_damaged_unnamed(damaged).await;
            }
            self.status.update(|status| status.waiting_anonymous = waiting);
            self.count();
        })
    }
}
