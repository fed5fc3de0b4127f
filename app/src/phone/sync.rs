//! The driver of a sync: executes what [`domain::session`] says, over the store and the network.

use super::act::Acts;
use super::clock::believed;
use super::outbox::unnamed_rows;
use super::status::{LastSync, SyncStep};
use super::{Canary, Inner, notebooks};
use crate::platform::net::{self, Failure};
use crate::platform::tabs::try_lock;
use crate::platform::time::Soon;
use crate::platform::{device, random, time};
use crate::store::rows::{AckRow, AnonymousRow, PageRow, Renumbered, SyncRow};
use crate::store::{Key, Name, Plan, StoreError};
use domain::cbor;
use domain::device::Farewell;
use domain::eviction;
use domain::id::Epoch;
use domain::operation::Scope;
use domain::opinion::SecretHash;
use domain::person::GrantSet;
use domain::session::{Ack, Answer, End, NetError, Session, Start, Step, Summary};
use domain::short;
use domain::wire::{Fork, Frame, Mark, Outcome, Page};
use leptos::prelude::{GetUntracked, Update};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use std::rc::Rc;

/// How long a request may take, in milliseconds: a page of 500 records on a bad line included.
const PATIENCE: i32 = 60_000;

/// After a save, so that what is saved in one go is sent in one go.
const SOON: i32 = 1_500;

/// A push holds at most this many bytes of operations, well below [`domain::wire::BODY_MAX`].
const PUSH_BYTES: usize = 1_500_000;

impl Inner {
    /// Syncs in a moment, if there is a network.
    pub(super) async fn sync_soon(self: Rc<Self>) {
        time::sleep(SOON).await;
        if device::online() {
            self.sync().await;
        }
    }

    /// Syncs, unless a sync runs already, here or in another tab; one that runs here is followed by another.
    pub(super) fn sync(self: Rc<Self>) -> Soon<'static, ()> {
        Box::pin(self.sync_in_turn())
    }

    async fn sync_in_turn(self: Rc<Self>) {
        if self.syncing.replace(true) {
            self.again.set(true);
            return;
        }
        let mut tally = Tally { first: self.sync.borrow().complete_at.is_none(), ..Tally::default() };
        // Held from the first to the last of them: a lock that was let go of just now is not free yet.
        let lock = try_lock(&format!("{}-sync", self.store.name())).await;
        while lock.is_some() {
            self.again.set(false);
            let summary = self.one_sync(&mut tally).await;
            if !self.again.get() || summary.end != End::Complete {
                break;
            }
        }
        drop(lock);
        self.syncing.set(false);
        self.status.update(|status| status.syncing = None);
    }

    async fn one_sync(self: &Rc<Self>, tally: &mut Tally) -> Summary {
        // Another tab may have synced since.
        let summary = match self.catch_up().await {
            Ok(()) => self.run(tally).await,
            Err(_) => Summary { end: End::Store, pace: self.sync.borrow().pace, ..Summary::default() },
        };
        self.finish(summary, tally).await;
        summary
    }

    async fn run(self: &Rc<Self>, tally: &mut Tally) -> Summary {
        let total = self.status.get_untracked().waiting + tally.acts.len() as u32;
        self.step(SyncStep::Connecting);
        let mut session = {
            let sync = self.sync.borrow();
            Session::new(Start {
                device: sync.sequence(self.me.device).device,
                epoch: sync.epoch,
                acked: sync.acked,
                beyond: sync.beyond.clone(),
                pace: sync.pace,
                mark: sync.mark,
                cursors: sync.cursors.clone(),
                written: self.seen.get().own,
                build: device::build(),
                refused: sync.refused.clone(),
                redacted: Some(sync.redacted),
            })
        };
        let mut answer = Answer::Begin;
        loop {
            let done = match session.next(answer) {
                Step::Done(summary) => return summary,
                Step::ReadOutbox { after, limit } => self.read_outbox(after, limit).await.map(Answer::Outbox),
                Step::Push(batch) => {
                    let sent = tally.acts.len() as u32;
                    self.step(SyncStep::Sending { sent, total: total.max(sent) });
                    Ok(Answer::Pushed(self.ask("/api/v1/push", &batch).await))
                }
                Step::SaveAcks { acks, acked, beyond } => {
                    tally.add(&self.acts.borrow(), &acks);
                    self.save_acks(&acks, acked, beyond).await.map(|()| Answer::Saved)
                }
                Step::Renumber { fork, acks, acked, beyond } => {
                    tally.add(&self.acts.borrow(), &acks);
                    self.renumber(fork, &acks, acked, beyond).await.map(|()| Answer::Saved)
                }
                Step::Redact { redactions, up_to } => self.redact(&redactions, up_to).await.map(|()| Answer::Saved),
                Step::Unack { have, epoch } => self.unack(have, epoch).await.map(|()| Answer::Saved),
                Step::ReadAnonymous { limit } => self.read_anonymous(limit).await.map(Answer::Anonymous),
                Step::SendAnonymous(batch) => Ok(Answer::Sent(self.ask("/api/v1/anonymous", &batch).await)),
                Step::SaveAnonymous { stored, epoch } => self.save_anonymous(&stored, epoch).await.map(|sent| {
                    tally.anonymous += sent;
                    Answer::Saved
                }),
                Step::Pull(request) => Ok(Answer::PulledIn(self.ask("/api/v1/pull", &request).await)),
                Step::SavePages { pages, grants, mark, settled, left } => {
                    tally.received += pages.iter().map(|page| page.records.len() as u64).sum::<u64>();
                    let saved = self.save_pages(pages, grants, mark, settled, left).await;
                    self.step(SyncStep::Receiving { received: tally.received, total: tally.received + left });
                    saved.map(|()| Answer::Saved)
                }
            };
            answer = done.unwrap_or(Answer::StoreFailed);
        }
    }

    fn step(&self, step: SyncStep) {
        self.status.update(|status| status.syncing = Some(step));
    }

    /// One request; how it failed in the words of the session.
    async fn ask<Q: Serialize, A: DeserializeOwned>(&self, path: &str, request: &Q) -> Result<A, NetError> {
        cbor::decode(&self.send(path, request).await?).map_err(|_| NetError::Unreadable)
    }

    /// The same; the answer as it came.
    pub(super) async fn send<Q: Serialize>(&self, path: &str, request: &Q) -> Result<Vec<u8>, NetError> {
        let renumbered = self.sync.borrow().renumbered.as_ref().map(|renumbered| renumbered.token.clone());
        let token = renumbered.as_ref().unwrap_or(&self.token);
        match net::post(path, &cbor::encode(request), Some(token), PATIENCE).await {
            Ok(body) => Ok(body),
            Err(Failure::Lost) => Err(NetError::Lost),
            Err(Failure::Status(401 | 403, _)) => Err(NetError::Rejected),
            // Too large as well: a smaller batch may get through.
            Err(Failure::Status(408 | 413 | 429 | 500.., _)) => Err(NetError::Busy),
            Err(Failure::Status(..)) => Err(NetError::Unreadable),
        }
    }

    /// No frames mean that there is nothing more: what cannot be read is passed over.
    async fn read_outbox(&self, mut after: u64, limit: usize) -> Result<Vec<Frame>, StoreError> {
        let (mut frames, mut size) = (Vec::new(), 0);
        while frames.is_empty() {
            let rows = self.store.rows(Name::Outbox, Some(&Key::Number(after)), Some(limit as u32)).await?;
            let Some(Key::Number(last)) = rows.last().map(|row| &row.key) else { break };
            after = *last;
            for row in &rows {
                let Key::Number(seq) = row.key else { continue };
                let Ok(bytes) = self.store.unseal(row) else {
                    self.note_damaged(Name::Outbox, seq).await;
                    continue;
                };
                size += bytes.len();
                if size > PUSH_BYTES && !frames.is_empty() {
                    break;
                }
                frames.push(Frame { seq, bytes: ByteBuf::from(bytes) });
            }
        }
        Ok(frames)
    }

    async fn save_acks(&self, acks: &[Ack], acked: u64, beyond: short::Set<u64>) -> Result<(), StoreError> {
        let sync = SyncRow { acked, beyond, ..self.sync.borrow().clone() };
        self.write_acks(self.store.plan(), sync, acks).await?;
        self.mark_refused();
        self.count();
        Ok(())
    }

    async fn write_acks(&self, mut plan: Plan, mut sync: SyncRow, acks: &[Ack]) -> Result<(), StoreError> {
        for ack in acks {
            plan.put(Name::Acks, ack.seq, &cbor::encode(&AckRow { outcome: ack.outcome, received_at: ack.received_at }));
            // What was refused before may have been taken in since.
            sync.refused.retain(|seq| *seq != ack.seq);
            if matches!(ack.outcome, Outcome::Quarantined(_)) {
                sync.refused.push(ack.seq);
            }
        }
        self.write_sync(plan, sync).await.map(drop)
    }

    /// This phone is a copy: it goes on under another name, and the notebook is read anew with it.
    async fn renumber(&self, fork: Fork, acks: &[Ack], acked: u64, beyond: short::Set<u64>) -> Result<(), StoreError> {
        let Fork { device, token, up_to } = fork;
        let mut sync = SyncRow { acked, beyond, ..self.sync.borrow().clone() };
        let mut sequence = sync.sequence(self.me.device);
        sequence.fork(device, up_to);
        sync.renumbered = Some(Renumbered { sequence, token });
        sync.settled = sync.settled.min(acked);
        sync.refused.retain(|seq| *seq <= up_to);
        let mut plan = self.store.plan();
        plan.delete_above(Name::Acks, up_to, "copied");
        plan.clear(Name::Cache, "copied");
        self.write_acks(plan, sync, acks).await?;
        self.log("copied", &up_to.to_string()).await;
        self.read_anew().await?;
        self.count();
        Ok(())
    }

    async fn unack(&self, have: u64, epoch: Epoch) -> Result<(), StoreError> {
        let mut sync = self.sync.borrow().clone();
        if epoch != sync.epoch {
            sync.redacted = 0;
        }
        sync.epoch = epoch;
        sync.acked = have;
        sync.beyond = short::Set::new();
        sync.settled = sync.settled.min(have);
        sync.refused.retain(|seq| *seq <= have);
        sync.hold_cursors();
        let held: Vec<Scope> = sync.held.iter().map(|held| held.scope).collect();
        sync.pull_anew(&held, self.seen.get().page);
        let mut plan = self.store.plan();
        plan.delete_above(Name::Acks, have, "server restored");
        self.write_sync(plan, sync).await?;
        self.count_anonymous().await;
        Ok(())
    }

    async fn read_anonymous(&self, limit: usize) -> Result<Vec<ByteBuf>, StoreError> {
        let epoch = self.sync.borrow().epoch;
        let (mut waiting, _) = unnamed_rows(&self.store).await?;
        waiting.retain(|(_, row)| row.stored_in != Some(epoch));
        random::shuffle(&mut waiting);
        waiting.truncate(limit);
        // Noted before it goes: an answer may get lost.
        let mut plan = self.store.plan();
        for (key, row) in waiting.iter().filter(|(_, row)| !row.tried) {
            plan.put(Name::Anonymous, key.clone(), &cbor::encode(&AnonymousRow { tried: true, ..row.clone() }));
        }
        self.store.write(plan).await?;
        Ok(waiting.into_iter().map(|(_, row)| row.opinion).collect())
    }

    /// Says how many fewer wait now.
    async fn save_anonymous(&self, stored: &[SecretHash], epoch: Epoch) -> Result<u32, StoreError> {
        let before = self.waiting_anonymous().await?;
        let mut plan = self.store.plan();
        for (key, row) in unnamed_rows(&self.store).await?.0 {
            if stored.contains(&SecretHash::of(&row.secret)) {
                plan.put(Name::Anonymous, key, &cbor::encode(&AnonymousRow { stored_in: Some(epoch), ..row }));
            }
        }
        self.store.write(plan).await?;
        self.count_anonymous().await;
        Ok(before.saturating_sub(self.waiting_anonymous().await?))
    }

    /// Records, cursors, grants and marks: one transaction, so that no cursor is ever ahead of its records.
    async fn save_pages(
        self: &Rc<Self>,
        pages: Vec<Page>,
        grants: GrantSet,
        mark: Option<Mark>,
        settled: Option<u64>,
        left: u64,
    ) -> Result<(), StoreError> {
        let mut sync = self.sync.borrow().clone();
        eviction::returned(&mut sync.lost, &grants);
        sync.grants = grants;
        sync.mark = mark;
        sync.settled = settled.unwrap_or(sync.settled);
        let mut plan = self.store.plan();
        if left > 0 {
            // The last pages of a long pull, and their cursors, are strict again.
            plan.relaxed();
        }
        let mut rows = Vec::new();
        for page in pages {
            match sync.cursors.iter_mut().find(|cursor| cursor.scope == page.cursor.scope) {
                Some(cursor) => cursor.clone_from(&page.cursor),
                None => sync.cursors.push(page.cursor.clone()),
            }
            sync.held(page.cursor.scope).digest = Some(page.digest);
            if page.records.is_empty() {
                continue;
            }
            let contained = self.sent_up_to();
            let row = PageRow { scope: page.cursor.scope, contained, records: page.records, writers: page.writers };
            plan.append(Name::Pages, random::bytes(), &cbor::encode(&row));
            rows.push(row);
        }
        let keys = self.write_sync(plan, sync).await?;
        for (key, row) in keys.into_iter().zip(&rows) {
            self.take_page(key as u32, row);
        }
        self.mark_refused();
        self.grant();
        self.changed();
        Ok(())
    }

    /// Writes a plan and the sync state in one transaction, and remembers the state once it is stored.
    pub(super) async fn write_sync(&self, mut plan: Plan, sync: SyncRow) -> Result<Vec<u64>, StoreError> {
        plan.put(Name::Meta, "sync", &cbor::encode(&sync));
        let keys = self.store.write(plan).await?;
        *self.sync.borrow_mut() = sync;
        Ok(keys)
    }

    async fn finish(self: &Rc<Self>, summary: Summary, tally: &Tally) {
        let clock = time::now();
        let complete = summary.end == End::Complete;
        let mut sync = self.sync.borrow().clone();
        sync.pace = summary.pace;
        if let Some(server) = summary.server_time {
            sync.clock_off = server.0 - clock.0;
            sync.durable_seq = summary.durable_seq;
        }
        let at = believed(clock, &sync);
        if complete {
            sync.complete_at = Some(at);
            // Another notebook may have been opened in another tab.
            if Canary::read().is_none_or(|canary| canary.database == self.store.name()) {
                notebooks::note(self.store.name(), Some(at));
            }
        }
        let mut plan = self.store.plan();
        plan.relaxed();
        let _ = self.write_sync(plan, sync).await;
        let operations = summary.sent.saturating_sub(summary.anonymous);
        if operations > 0 || summary.received > 0 {
            self.log("sync", &format!("{operations} {} {}", summary.received, if complete { "ok" } else { "cut" })).await;
        }
        // What is only half there still waits.
        let waiting = self.waiting_acts();
        let sent = tally.acts.iter().filter(|act| !waiting.contains(act)).count() as u32 + tally.anonymous;
        let (refused, received) = (tally.refused.iter().filter(|act| !waiting.contains(act)).count() as u32, tally.received as u32);
        self.status.update(|status| {
            status.last = Some(LastSync { at, first: tally.first && complete, sent, refused, received, summary });
            status.rejected = match summary.end {
                End::Complete => false,
                End::Net(NetError::Rejected) => true,
                _ => status.rejected,
            };
        });
        self.count();
        self.look_at_room().await;
        if complete {
            // What fails here is done after the next sync.
            let _ = self.evict().await;
            let _ = self.compare().await;
            self.deposit().await;
        }
        self.write_cover().await;
        if summary.sent > 0 || summary.received > 0 {
            self.changed();
            self.tell_tabs();
            self.write_cache().await;
        }
        if summary.farewell == Some(Farewell::Destroy) {
            self.end().await;
        }
    }
}

/// What was done so far: by one sync, and by those that went before it without a pause.
#[derive(Default)]
struct Tally {
    first: bool,
    /// Acts of which something was acknowledged.
    acts: short::Set<u64>,
    /// Acts of which something was refused.
    refused: short::Set<u64>,
    anonymous: u32,
    received: u64,
}

impl Tally {
    fn add(&mut self, acts: &Acts, acks: &[Ack]) {
        for ack in acks {
            let act = acts.first(ack.seq);
            self.acts.insert(act);
            if matches!(ack.outcome, Outcome::Quarantined(_)) {
                self.refused.insert(act);
            }
        }
    }
}
