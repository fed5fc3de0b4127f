//! A simulated phone: its disk is what IndexedDB would hold, and every step of a sync is one transaction on it.

use crate::chance::Chance;
use domain::cbor;
use domain::eviction::{self, Lost};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::operation::{Dot, DotRef, Header, Kind, Operation, Scope, Stream};
use domain::opinion::{AnonymousOpinion, SecretHash};
use domain::pace::Pace;
use domain::person::GrantSet;
use domain::record::{Body, Digest, Record};
use domain::redaction::{self, Redaction, Redactions, Slot};
use domain::register::Register;
use domain::repair::{self, Own, Repair};
use domain::sequence::Sequence;
use domain::session::{Ack, Answer, End, Session, Start, Step};
use domain::short::Set;
use domain::time::Time;
use domain::wire::{Cursor, Frame, Mark, Outcome};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A phone, whose it is, and everything that it has stored.
pub struct Phone {
    /// Its name in a trace.
    pub name: String,
    /// Whose it is.
    pub person: PersonId,
    /// What is stored, as its app sees it.
    pub disk: Disk,
    /// What the battery's end would leave, where that is less: the disk before the first relaxed transaction since the
    /// last strict one.
    durable: Option<Box<Disk>>,
    /// How far its clock is ahead, in hours.
    pub clock: i64,
    /// Its build is older than meetings, and cannot read them.
    pub is_old: bool,
    /// The entry of the ledger for each number of the outbox.
    pub wrote: BTreeMap<u64, usize>,
    /// The sync that runs.
    pub sync: Option<Sync>,
    /// How the last one ended.
    pub ended: Option<End>,
    /// Pages that were lost, and that nothing has replaced yet.
    pub damage: Vec<LostPage>,
    /// When a complete pull first said of a stream that it may not be read any more.
    pub told: BTreeMap<Scope, Time>,
}

/// What is stored on a phone.
#[derive(Clone)]
pub struct Disk {
    /// Whose the numbers of the outbox are. A copy of the disk has the same, until it is told.
    pub sequence: Sequence,
    /// Everything that was saved, by number. Never rewritten.
    pub outbox: BTreeMap<u64, Vec<u8>>,
    /// Operations from 1 to this number were acknowledged.
    acked: u64,
    /// So were these above it.
    beyond: Set<u64>,
    /// How pushing went.
    pub pace: Pace,
    /// What became of it.
    pub acks: BTreeMap<u64, Ack>,
    /// Anonymous opinions with the life of the server that acknowledged them.
    pub anonymous: Vec<(AnonymousOpinion, Option<Epoch>)>,
    /// What was pulled, page by page in the order of arrival.
    pub pages: BTreeMap<u32, Arc<Stored>>,
    /// The number of the last page, there or not: none is given twice.
    last_page: u32,
    /// What the pages come to, a later one before an earlier one: made from them by every start.
    pub records: BTreeMap<RecordId, (Scope, Held)>,
    /// Where pulling stands.
    pub cursors: BTreeMap<Scope, Cursor>,
    /// The mark of the last complete pull.
    pub mark: Option<Mark>,
    /// The life of the server that the phone knows.
    pub epoch: Epoch,
    /// The person's grants as last heard.
    pub grants: GrantSet,
    /// Own operations up to this number are contained in what was pulled.
    pub settled: u64,
    /// What is here and may not be read any more.
    lost: Vec<Lost>,
    /// Streams that differ from the server's and are pulled anew.
    pub repair: Vec<Repair>,
    /// The streams of which there may be pages here, each with the digest that the last page brought since it was pulled anew.
    pub held: BTreeMap<Scope, Option<Digest>>,
    /// When the phone last looked whether any does.
    compared_at: Option<Time>,
    /// Whatever was redacted up to this number is deleted here.
    pub redacted: u64,
    /// What it was ever told to delete: nothing of it is written here again.
    told: Redactions,
}

/// A stored page of a stream.
pub struct Stored {
    /// Which stream.
    pub scope: Scope,
    /// Its records, as they came.
    pub records: Vec<ByteBuf>,
}

/// A page that was lost, and whose it was.
#[derive(Clone)]
pub struct LostPage {
    /// Of which stream.
    pub scope: Scope,
    /// Its number.
    number: u32,
    /// What it said something of.
    pub records: BTreeSet<RecordId>,
}

/// A pulled record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// As this build reads it.
    Read(Box<Record>),
    /// Of a kind that this build does not know: the bytes as they came.
    Unread(ByteBuf),
}

/// A sync that runs.
pub struct Sync {
    /// The core that says what to do.
    pub session: Session,
    /// The answer to its last step, once there is one.
    pub ready: Option<Answer>,
    /// The exchange with a server whose reply it waits for.
    pub awaits: u64,
}

impl Phone {
    /// A phone that was enrolled just now.
    pub fn new(name: String, device: DeviceId, person: PersonId, epoch: Epoch, grants: GrantSet) -> Self {
        let disk = Disk {
            sequence: Sequence::of(device),
            outbox: BTreeMap::new(),
            acked: 0,
            beyond: Set::new(),
            pace: Pace::default(),
            acks: BTreeMap::new(),
            anonymous: Vec::new(),
            pages: BTreeMap::new(),
            last_page: 0,
            records: BTreeMap::new(),
            cursors: BTreeMap::new(),
            mark: None,
            epoch,
            grants,
            settled: 0,
            lost: Vec::new(),
            repair: Vec::new(),
            held: BTreeMap::new(),
            compared_at: None,
            redacted: 0,
            told: Redactions::default(),
        };
        let (wrote, damage, told) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { name, person, disk, durable: None, clock: 0, is_old: false, wrote, sync: None, ended: None, damage, told }
    }

    /// A second phone with a copy of the database, and everything in it, the device's identity too.
    #[must_use]
    pub fn copy(&self) -> Self {
        let name = format!("{} (copy)", self.name);
        Self {
            is_old: self.is_old,
            wrote: self.wrote.clone(),
            damage: self.damage.clone(),
            told: self.told.clone(),
            disk: self.disk.clone(),
            ..Self::new(name, self.device(), self.person, self.disk.epoch, self.disk.grants.clone())
        }
    }

    /// Its device. A copy of its database has the same, until it is told.
    pub const fn device(&self) -> DeviceId {
        self.disk.sequence.device
    }

    /// How a correction names a value that this phone shows.
    pub fn seen(&self, dot: Dot) -> DotRef {
        self.disk.sequence.seen(dot, |seq| self.disk.is_acknowledged(seq))
    }

    /// How it names all of them.
    pub fn base(&self, shown: &[Dot]) -> Vec<DotRef> {
        self.disk.sequence.base(shown, &|seq| self.disk.is_acknowledged(seq))
    }

    /// What its clock says.
    pub const fn now(&self, now: Time) -> Time {
        now.plus_hours(self.clock)
    }

    /// What is saved of an operation: nothing that is deleted for ever.
    pub fn strip(&self, bytes: Vec<u8>) -> Vec<u8> {
        let Ok(Operation { header, .. }) = cbor::decode(&bytes) else { return bytes };
        let mut told = self.disk.told.clone();
        // It was no business of this phone then, and it was given the village since.
        if let Some(Body::Registry(registry)) = self.disk.read(header.record).map(|record| &record.body) {
            told.add(header.record, &registry.erased);
        }
        told.spread(std::iter::once(&header));
        told.outbox(&bytes).unwrap_or(bytes)
    }

    /// Saves an operation and gives its number: what the outbox's key does.
    pub fn save(&mut self, bytes: Vec<u8>) -> u64 {
        let seq = self.disk.outbox.keys().next_back().map_or(1, |last| last + 1);
        self.disk.outbox.insert(seq, bytes);
        self.durable = None;
        seq
    }

    /// Saves an anonymous opinion.
    pub fn save_anonymous(&mut self, mut opinion: AnonymousOpinion) {
        // What it corrects is deleted for ever, and so is this.
        self.disk.told.spread_unnamed(std::iter::once(&opinion));
        if let Some(parts) = self.disk.told.parts(opinion.record()) {
            redaction::erase_anonymous(&mut opinion, parts);
        }
        self.disk.anonymous.push((opinion, None));
        self.durable = None;
    }

    /// The tab is killed: whatever was committed stays.
    pub fn killed(&mut self) {
        self.sync = None;
    }

    /// The battery is empty: what was committed without waiting for the disk is gone. Says whether anything was.
    pub fn lost_power(&mut self) -> bool {
        self.sync = None;
        match self.durable.take() {
            Some(durable) => {
                self.disk = *durable;
                // It may have been updated since.
                self.disk.read_anew(self.is_old);
                true
            }
            None => false,
        }
    }

    /// Begins a sync, unless one runs.
    pub fn begin_sync(&mut self) {
        if self.sync.is_some() {
            return;
        }
        let session = Session::new(Start {
            device: self.device(),
            epoch: self.disk.epoch,
            acked: self.disk.acked,
            beyond: self.disk.beyond.clone(),
            pace: self.disk.pace,
            mark: self.disk.mark,
            cursors: self.disk.cursors.values().cloned().collect(),
            written: self.disk.outbox.keys().next_back().copied().unwrap_or_default(),
            build: "0.1.0".to_owned(),
            refused: self.disk.refused(),
            redacted: Some(self.disk.redacted),
        });
        self.sync = Some(Sync { session, ready: Some(Answer::Begin), awaits: 0 });
    }

    /// Does a step that needs no network; `None` for one that does.
    pub fn store(&mut self, step: &Step, chance: &mut Chance) -> Option<Answer> {
        let before =
            matches!(step, Step::SavePages { left: 1.., .. }).then(|| self.durable.take().unwrap_or_else(|| Box::new(self.disk.clone())));
        let answer = self.disk.store(step, self.is_old, chance);
        // Everything is pulled anew.
        if matches!(step, Step::Unack { .. }) {
            self.damage.clear();
        }
        if !matches!(step, Step::ReadOutbox { .. } | Step::ReadAnonymous { .. }) && answer.is_some() {
            self.durable = before;
        }
        answer
    }

    /// The next build: it reads what this one kept. Says how much that was.
    pub fn upgrade(&mut self) -> usize {
        self.is_old = false;
        let unread = |disk: &Disk| disk.records.values().filter(|(_, held)| matches!(held, Held::Unread(_))).count();
        let before = unread(&self.disk);
        self.disk.read_anew(false);
        before - unread(&self.disk)
    }

    /// Whether this build reads a record.
    pub fn reads(&self, bytes: &ByteBuf) -> bool {
        cbor::decode::<Record>(bytes).is_ok_and(|record| !(self.is_old && is_new(&record.kind)))
    }

    /// The flash chip loses a page, and nobody notices before the next start. Says which there was.
    pub fn lose_page(&mut self, number: u32) -> Option<Scope> {
        let page = self.disk.pages.remove(&number)?;
        if let Some(durable) = &mut self.durable {
            durable.pages.remove(&number);
            durable.read_anew(self.is_old);
        }
        let ids = page.records.iter().filter_map(|bytes| Some(cbor::decode::<Record>(bytes).ok()?.id));
        self.damage.push(LostPage { scope: page.scope, number, records: ids.collect() });
        self.sync = None;
        self.disk.read_anew(self.is_old);
        Some(page.scope)
    }

    /// After a complete pull: notes what may not be read any more, and deletes what was said so often enough. Says which
    /// streams that were.
    pub fn evict(&mut self, now: Time, typing: bool) -> Vec<Scope> {
        let disk = &mut self.disk;
        let held: Vec<Scope> = disk.held.keys().copied().collect();
        disk.lost = eviction::lost(&disk.lost, &held, &disk.grants, now);
        let unsent = disk.unsent();
        let due: Vec<Scope> = disk.lost.iter().filter(|lost| lost.is_due(now, &unsent, typing)).map(|lost| lost.scope).collect();
        self.delete(&due);
        due
    }

    /// Deletes streams, and their cursors with them.
    pub fn delete(&mut self, due: &[Scope]) {
        let disk = &mut self.disk;
        disk.lost.retain(|lost| !due.contains(&lost.scope));
        disk.pages.retain(|_, page| !due.contains(&page.scope));
        disk.cursors.retain(|scope, _| !due.contains(scope));
        disk.repair.retain(|repair| !due.contains(&repair.scope));
        disk.held.retain(|scope, _| !due.contains(scope));
        self.damage.retain(|lost| !due.contains(&lost.scope));
        self.durable = None;
        if !due.is_empty() {
            self.disk.read_anew(self.is_old);
        }
    }

    /// After a complete pull, behind [`Phone::evict`]: finishes a repair, or compares what is here with the last digests and
    /// begins one. Says whether another sync is to follow at once.
    pub fn compare(&mut self, now: Time) -> bool {
        let disk = &mut self.disk;
        let back = repair::back(&disk.repair, &disk.grants);
        let whole: Vec<Repair> = back.into_iter().filter(|repair| !disk.differs(repair.scope).unwrap_or(false)).collect();
        if !whole.is_empty() {
            let is_old = |scope: Scope, number: u32| whole.iter().any(|repair| repair.scope == scope && number <= repair.up_to);
            disk.repair.retain(|repair| !whole.contains(repair));
            disk.pages.retain(|number, page| !is_old(page.scope, *number));
            self.damage.retain(|lost| !is_old(lost.scope, lost.number));
            self.durable = None;
            self.disk.read_anew(self.is_old);
            return false;
        }
        if !repair::is_time(disk.compared_at, now) {
            return false;
        }
        let first = disk.compared_at.replace(now).is_none();
        let compared = disk.cursors.keys().filter(|scope| !first && disk.grants.may_read(**scope));
        let differ: Vec<Scope> = compared.filter(|scope| disk.differs(**scope).unwrap_or(false)).copied().collect();
        if !differ.is_empty() {
            disk.pull_anew(&differ);
        }
        self.durable = None;
        !differ.is_empty()
    }

    /// A household's registers as this phone shows them: what was pulled, and its own changes that are not in there yet.
    pub fn register(&self, household: RecordId) -> Register {
        let mut state = match self.disk.read(household).map(|record| &record.body) {
            Some(Body::Registry(registry)) => registry.state.clone(),
            _ => Register::default(),
        };
        for (seq, bytes) in &self.disk.outbox {
            let contained = *seq <= self.disk.settled;
            if contained || self.disk.is_refused(*seq) {
                continue;
            }
            let Ok(mut operation) = cbor::decode::<Operation>(bytes) else { continue };
            if operation.header.record != household {
                continue;
            }
            if let Ok(values) = domain::register::values(&operation.parts) {
                let sequence = &self.disk.sequence;
                sequence.spell_out(*seq, &mut operation.header.change);
                state.lay_over(sequence.dot(*seq), &operation.header, values);
            }
        }
        state
    }

    /// May its holder write what is in the roll of this area, as far as the phone has heard?
    pub fn may_write(&self, area: AreaId) -> bool {
        self.disk.grants.may_write(Scope { area, stream: Stream::Roll })
    }

    /// The highest number of each device in anything that was pulled or written here.
    pub fn highest(&self) -> BTreeMap<DeviceId, u64> {
        let mut highest = BTreeMap::from([(self.device(), self.disk.outbox.len() as u64)]);
        let mut see = |dot: Dot| {
            let most = highest.entry(dot.device).or_default();
            *most = dot.seq.max(*most);
        };
        for (_, held) in self.disk.records.values() {
            match held {
                Held::Read(record) => match &record.body {
                    Body::Event(event) => see(event.dot),
                    Body::Registry(registry) => registry.state.dots().iter().for_each(|dot| see(*dot)),
                    _ => {}
                },
                Held::Unread(_) => {}
            }
        }
        highest
    }

    /// The hashes of every anonymous opinion that is kept here.
    pub fn secrets(&self) -> impl Iterator<Item = SecretHash> {
        self.disk.anonymous.iter().map(|(opinion, _)| opinion.id)
    }
}

/// Whether older builds do not know a kind of record.
pub fn is_new(kind: &Kind) -> bool {
    matches!(kind, Kind::Meeting | Kind::MeetingOpinion)
}

impl Disk {
    /// The server has said that it holds this operation.
    fn is_acknowledged(&self, seq: u64) -> bool {
        seq <= self.acked || self.beyond.contains(&seq)
    }

    /// The server has said that this operation waits for a person.
    pub fn is_refused(&self, seq: u64) -> bool {
        matches!(self.acks.get(&seq), Some(Ack { outcome: Outcome::Quarantined(_), .. }))
    }

    /// The operations that do.
    fn refused(&self) -> Vec<u64> {
        self.acks.keys().copied().filter(|seq| self.is_refused(*seq)).collect()
    }

    fn store(&mut self, step: &Step, is_old: bool, chance: &mut Chance) -> Option<Answer> {
        match step {
            // As on a phone: the rows behind a key. Which of them go out is the session's to say.
            Step::ReadOutbox { after, limit } => {
                let frames = self
                    .outbox
                    .range(after + 1..)
                    .take(*limit)
                    .map(|(seq, bytes)| Frame { seq: *seq, bytes: ByteBuf::from(bytes.clone()) })
                    .collect();
                Some(Answer::Outbox(frames))
            }
            Step::SaveAcks { acks, acked, beyond } => {
                (self.acked, self.beyond) = (*acked, beyond.clone());
                self.acks.extend(acks.iter().map(|ack| (ack.seq, *ack)));
                Some(Answer::Saved)
            }
            Step::Renumber { fork, acks, acked, beyond } => {
                self.sequence.fork(fork.device, fork.up_to);
                self.acks.retain(|seq, _| *seq <= fork.up_to);
                self.acks.extend(acks.iter().map(|ack| (ack.seq, *ack)));
                (self.acked, self.beyond) = (*acked, beyond.clone());
                self.settled = self.settled.min(*acked);
                Some(Answer::Saved)
            }
            Step::Unack { have, epoch } => {
                self.acks.retain(|seq, _| seq <= have);
                (self.acked, self.beyond) = (*have, Set::new());
                let held: Vec<Scope> = self.held.keys().copied().collect();
                self.pull_anew(&held);
                if self.epoch != *epoch {
                    self.redacted = 0;
                }
                self.epoch = *epoch;
                self.settled = self.settled.min(*have);
                Some(Answer::Saved)
            }
            Step::ReadAnonymous { limit } => {
                let mut waiting: Vec<ByteBuf> = self
                    .anonymous
                    .iter()
                    .filter(|(_, acked)| *acked != Some(self.epoch))
                    .map(|(opinion, _)| ByteBuf::from(cbor::encode(opinion)))
                    .collect();
                chance.shuffle(&mut waiting);
                waiting.truncate(*limit);
                Some(Answer::Anonymous(waiting))
            }
            Step::SaveAnonymous { stored, epoch } => {
                for (opinion, acked) in &mut self.anonymous {
                    if stored.contains(&opinion.id) {
                        *acked = Some(*epoch);
                    }
                }
                Some(Answer::Saved)
            }
            Step::SavePages { pages, grants, mark, settled, .. } => {
                for page in pages {
                    self.held.insert(page.cursor.scope, Some(page.digest));
                    if !page.records.is_empty() {
                        self.keep(page.cursor.scope, page.records.clone(), is_old);
                    }
                    self.cursors.insert(page.cursor.scope, page.cursor.clone());
                }
                eviction::returned(&mut self.lost, grants);
                self.grants = grants.clone();
                self.mark = mark.or(self.mark.filter(|_| pages.is_empty()));
                self.settled = settled.unwrap_or(self.settled);
                Some(Answer::Saved)
            }
            Step::Redact { redactions, up_to } => {
                self.redact(redactions, is_old);
                self.redacted = *up_to;
                Some(Answer::Saved)
            }
            Step::Push(_) | Step::SendAnonymous(_) | Step::Pull(_) | Step::Done(_) => None,
        }
    }

    /// Deletes parts from whatever is here: what it wrote, whether the server has it or not, and what it pulled.
    fn redact(&mut self, redactions: &[Redaction], is_old: bool) {
        redactions.iter().for_each(|one| self.told.add(one.record, &one.parts));
        let own: Vec<Header> =
            self.outbox.values().filter_map(|bytes| cbor::decode::<Operation>(bytes).ok()).map(|operation| operation.header).collect();
        self.told.spread(own.iter());
        for bytes in self.outbox.values_mut() {
            if let Some(erased) = self.told.outbox(bytes) {
                *bytes = erased;
            }
        }
        self.told.spread_unnamed(self.anonymous.iter().map(|(opinion, _)| opinion));
        for (opinion, _) in &mut self.anonymous {
            if let Some(parts) = self.told.parts(opinion.record()) {
                redaction::erase_anonymous(opinion, parts);
            }
        }
        let mut gone = Vec::new();
        for page in self.pages.values_mut() {
            let slots: Vec<Slot> = page.records.iter().map(|bytes| self.told.slot(bytes)).collect();
            if slots.iter().all(|slot| *slot == Slot::Stays) {
                continue;
            }
            if slots.contains(&Slot::Goes) {
                gone.push(page.scope);
            }
            let records = page.records.iter().zip(slots).filter_map(|(bytes, slot)| match slot {
                Slot::Stays => Some(bytes.clone()),
                Slot::Becomes(erased) => Some(erased),
                Slot::Goes => None,
            });
            *page = Arc::new(Stored { scope: page.scope, records: records.collect() });
        }
        if !gone.is_empty() {
            self.pull_anew(&gone);
        }
        self.read_anew(is_old);
    }

    /// The areas that the server has not acknowledged everything of.
    fn unsent(&self) -> Vec<AreaId> {
        let waiting = self.outbox.iter().filter(|(seq, _)| !self.is_acknowledged(**seq));
        waiting.filter_map(|(_, bytes)| Some(cbor::decode::<Operation>(bytes).ok()?.header.area)).collect()
    }

    /// These streams are pulled from their beginning, behind the pages that are here.
    fn pull_anew(&mut self, scopes: &[Scope]) {
        let mut cursors = std::mem::take(&mut self.cursors).into_values().collect();
        repair::begin(&mut self.repair, &mut cursors, scopes, self.last_page);
        self.cursors = cursors.into_iter().map(|cursor| (cursor.scope, cursor)).collect();
        scopes.iter().for_each(|scope| _ = self.held.insert(*scope, None));
        self.mark = None;
    }

    /// Whether a stream is here otherwise than the server said with its last page; `None` where it said nothing, or this
    /// build cannot read all of it.
    fn differs(&self, of: Scope) -> Option<bool> {
        let known = self.held.get(&of).copied().flatten()?;
        if self.records.values().any(|(scope, held)| *scope == of && matches!(held, Held::Unread(_))) {
            return None;
        }
        let (behind, mut own) = (repair::behind(&self.repair, of), Own::default());
        let mut pages = self.pages.range(behind + 1..).rev().filter(|(_, page)| page.scope == of);
        pages.all(|(_, page)| own.take(&page.records)).then(|| own.digest != known)
    }

    /// Stores a page.
    pub fn keep(&mut self, scope: Scope, records: Vec<ByteBuf>, is_old: bool) {
        records.iter().for_each(|bytes| self.take(scope, bytes, is_old));
        self.last_page += 1;
        self.pages.insert(self.last_page, Arc::new(Stored { scope, records }));
    }

    /// Reads every page, as a start does.
    fn read_anew(&mut self, is_old: bool) {
        self.records.clear();
        for page in self.pages.values().cloned().collect::<Vec<_>>() {
            page.records.iter().for_each(|bytes| self.take(page.scope, bytes, is_old));
        }
    }

    /// Shows a record that was pulled, as far as this build can read it.
    fn take(&mut self, scope: Scope, bytes: &ByteBuf, is_old: bool) {
        let Ok(record) = cbor::decode::<Record>(bytes) else { return };
        let id = record.id;
        let held = if is_old && is_new(&record.kind) { Held::Unread(bytes.clone()) } else { Held::Read(Box::new(record)) };
        self.records.insert(id, (scope, held));
    }

    /// A pulled record, if this build reads it.
    pub fn read(&self, id: RecordId) -> Option<&Record> {
        match self.records.get(&id) {
            Some((_, Held::Read(record))) => Some(record),
            _ => None,
        }
    }

    /// Every pulled record that this build reads, and where it is.
    pub fn all(&self) -> impl Iterator<Item = (Scope, &Record)> {
        self.records.values().filter_map(|(scope, held)| match held {
            Held::Read(record) => Some((*scope, record.as_ref())),
            Held::Unread(_) => None,
        })
    }
}
