//! Deliberately wrong stand-ins for parts of the product, each one a mistake that others have made and shipped. They show
//! that the oracles see it: the true build passes the seeds at which a wrong one is caught.

use crate::base::answer_of;
use crate::chance::Chance;
use crate::network::{Request, Server};
use crate::phone::Phone;
use crate::world::Outcome;
use domain::cbor;
use domain::id::{DeviceId, RecordId};
use domain::operation::{Change, Dot, DotRef, Kind, Operation, Scope};
use domain::record::Record;
use domain::register::Register;
use domain::sequence::HERE;
use domain::session::{Answer, Step};
use domain::time::Time;
use domain::wire::{Frame, Page, Pulled, PushBatch};
use serde_bytes::ByteBuf;
use server::journal::Entry;
use server::store::{Seed, Store};
use std::collections::{BTreeMap, BTreeSet};

/// What a world is built of, where a part can be another one. What is written here is the product.
pub trait Build {
    /// A server process handles a request.
    fn handle(&mut self, server: &Server<'_>, from: DeviceId, request: &Request, seed: Seed) -> Outcome<Answer> {
        server.handle(from, request, seed)
    }

    /// A phone stores, or reads what is stored; `None` for a step that needs the network.
    fn store(&mut self, phone: &mut Phone, step: &Step, chance: &mut Chance) -> Option<Answer> {
        phone.store(step, chance)
    }

    /// After a complete pull a phone deletes what may not be read any more; says which streams that were.
    fn evict(&mut self, phone: &mut Phone, now: Time, typing: bool) -> Vec<Scope> {
        phone.evict(now, typing)
    }

    /// And compares what it has with the last digests; says whether another sync is to follow.
    fn compare(&mut self, phone: &mut Phone, now: Time) -> bool {
        phone.compare(now)
    }

    /// A phone's process has ended, and with it whatever was not stored.
    fn killed(&mut self, _device: DeviceId) {}

    /// What of the journal a restored server does again.
    fn replayed(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        entries
    }

    /// How a correction names the values that its writer sees.
    fn base(&self, phone: &Phone, seen: &[Dot]) -> Vec<DotRef> {
        phone.base(seen)
    }
}

/// The product.
pub struct True;

impl Build for True {}

/// The server looks whether an operation is there, and then stores it: two processes that hold the same request look at
/// the same moment. (KoBoToolbox doubled submissions for six years in this way.)
#[derive(Default)]
pub struct CheckThenInsert {
    /// The last batch, which another process may just be looking for.
    looking: Option<(DeviceId, PushBatch)>,
}

impl Build for CheckThenInsert {
    fn handle(&mut self, server: &Server<'_>, from: DeviceId, request: &Request, seed: Seed) -> Outcome<Answer> {
        let answer = server.handle(from, request, seed)?;
        if let Request::Push(batch) = request {
            let same = self.looking.replace((from, batch.clone()));
            if same.as_ref() == Some(&(from, batch.clone())) {
                // Without the unique index the rows are there twice: events under ids of their own.
                let mut chance = Chance::new(seed.iter().fold(0, |all, byte| all << 8 ^ u64::from(*byte)));
                let (code, double) = (chance.bytes(), DeviceId::new(server.now.0 as u64, chance.bytes()));
                let person = answer_of(server.store.device(from))?.person;
                answer_of(server.store.issue_code(None, person, code, server.now))?;
                answer_of(server.store.enrol(code, double, server.now))?;
                let frames = (1..).zip(&batch.frames).filter_map(|(seq, frame)| {
                    let mut operation: Operation = cbor::decode(&frame.bytes).ok()?;
                    operation.header.record = RecordId::new(server.now.0 as u64, chance.bytes());
                    Some(Frame { seq, bytes: ByteBuf::from(cbor::encode(&operation)) })
                });
                answer_of(server.store.push(PushBatch::of(double, frames.collect()), server.now, seed))?;
            }
        }
        Ok(answer)
    }
}

/// A writer takes its numbers from a sequence before it commits: whoever reads meanwhile is given a cursor behind rows
/// that cannot be seen yet.
#[derive(Default)]
pub struct SequenceBeforeCommit {
    /// What the last pushes wrote, each until some requests later.
    open: Vec<(DeviceId, BTreeSet<RecordId>, u8)>,
}

impl Build for SequenceBeforeCommit {
    fn handle(&mut self, server: &Server<'_>, from: DeviceId, request: &Request, seed: Seed) -> Outcome<Answer> {
        let mut answer = server.handle(from, request, seed)?;
        if let Answer::PulledIn(Ok(reply)) = &mut answer
            && let Pulled::Pages(pages) = &mut reply.pulled
        {
            let is_open = |id: &RecordId| self.open.iter().any(|(by, ids, _)| *by != from && ids.contains(id));
            for page in &mut pages.pages {
                page.records.retain(|bytes| cbor::decode::<Record>(bytes).is_ok_and(|record| !is_open(&record.id)));
            }
        }
        self.open.retain_mut(|(_, _, left)| {
            *left = left.saturating_sub(1);
            *left > 0
        });
        if let Request::Push(batch) = request {
            let ids = batch.frames.iter().filter_map(|frame| cbor::decode::<Operation>(&frame.bytes).ok()).map(|o| o.header.record);
            self.open.push((from, ids.collect(), 2));
        }
        Ok(answer)
    }
}

/// A phone stores the cursor in one transaction and what it stands behind in the next one. (PouchDB, RxDB.)
#[derive(Default)]
pub struct CursorApart {
    late: BTreeMap<DeviceId, (Vec<Page>, bool)>,
}

impl Build for CursorApart {
    fn store(&mut self, phone: &mut Phone, step: &Step, chance: &mut Chance) -> Option<Answer> {
        if let Some((pages, is_old)) = self.late.remove(&phone.device()) {
            for page in pages {
                phone.disk.keep(page.cursor.scope, page.records, is_old);
            }
        }
        let Step::SavePages { pages, grants, mark, settled, left } = step else { return phone.store(step, chance) };
        self.late.insert(phone.device(), (pages.clone(), phone.is_old));
        let cursors = pages.iter().map(|page| Page { records: Vec::new(), ..page.clone() }).collect();
        phone.store(&Step::SavePages { pages: cursors, grants: grants.clone(), mark: *mark, settled: *settled, left: *left }, chance)
    }

    fn killed(&mut self, device: DeviceId) {
        self.late.remove(&device);
    }
}

/// A phone that lost a right removes everything of there, what it has not sent as well. (Aam Digital.)
pub struct EvictBeforeSent;

impl Build for EvictBeforeSent {
    fn store(&mut self, phone: &mut Phone, step: &Step, chance: &mut Chance) -> Option<Answer> {
        if let Step::SavePages { grants, .. } = step {
            let disk = &mut phone.disk;
            let is_lost = |scope| disk.grants.may_write(scope) && !grants.may_write(scope);
            let evicted: Vec<u64> = disk
                .outbox
                .iter()
                .filter(|(seq, _)| !disk.acks.contains_key(seq))
                .filter(|(_, bytes)| cbor::decode::<Operation>(bytes).is_ok_and(|operation| is_lost(operation.scope())))
                .map(|(seq, _)| *seq)
                .collect();
            for seq in evicted {
                disk.outbox.remove(&seq);
            }
        }
        phone.store(step, chance)
    }
}

/// A phone deletes what may not be read any more as soon as it is told so for the first time.
pub struct EvictAtOnce;

impl Build for EvictAtOnce {
    fn evict(&mut self, phone: &mut Phone, _now: Time, _typing: bool) -> Vec<Scope> {
        let disk = &phone.disk;
        let due: Vec<Scope> = disk.cursors.keys().copied().filter(|scope| !disk.grants.may_read(*scope)).collect();
        phone.delete(&due);
        due
    }
}

/// A phone that differs from the server throws a stream away and then pulls it anew.
pub struct RepairDeletesFirst;

impl Build for RepairDeletesFirst {
    fn compare(&mut self, phone: &mut Phone, now: Time) -> bool {
        let begins = phone.compare(now);
        if begins {
            let differ: Vec<Scope> = phone.disk.repair.iter().map(|repair| repair.scope).collect();
            let repair = phone.disk.repair.clone();
            phone.delete(&differ);
            phone.disk.repair = repair;
        }
        begins
    }
}

/// A stream that was pulled anew takes the place of the old one as it is, whether it is whole or not.
pub struct RepairUnproven;

impl Build for RepairUnproven {
    fn compare(&mut self, phone: &mut Phone, now: Time) -> bool {
        for repair in &phone.disk.repair {
            phone.disk.held.insert(repair.scope, None);
        }
        phone.compare(now)
    }
}

/// The last write of a field wins, whatever its writer had seen.
#[derive(Default)]
pub struct LastWriteWins {
    registers: BTreeMap<RecordId, Register>,
    /// What became of each operation, so that a repetition is one.
    written: BTreeMap<(DeviceId, u64, ByteBuf), ByteBuf>,
}

impl LastWriteWins {
    /// The operation with every value that is there in its base.
    fn over_all(&mut self, from: DeviceId, frame: &Frame) -> ByteBuf {
        let key = (from, frame.seq, frame.bytes.clone());
        if let Some(bytes) = self.written.get(&key) {
            return bytes.clone();
        }
        let Ok(mut operation) = cbor::decode::<Operation>(&frame.bytes) else { return frame.bytes.clone() };
        if operation.header.kind != Kind::Household {
            return frame.bytes.clone();
        }
        let register = self.registers.entry(operation.header.record).or_default();
        if let Change::Set { fields } = &mut operation.header.change {
            for (field, base) in fields.iter_mut() {
                let before = register.base(field);
                let all: BTreeSet<DotRef> = base.iter().copied().chain(before.iter().map(|dot| dot.seen_by(from))).collect();
                *base = all.into_iter().collect();
            }
        }
        if let Ok(values) = domain::register::values(&operation.parts) {
            register.apply(from, frame.seq, &operation.header, values);
        }
        let bytes = ByteBuf::from(cbor::encode(&operation));
        self.written.insert(key, bytes.clone());
        bytes
    }
}

impl Build for LastWriteWins {
    fn handle(&mut self, server: &Server<'_>, from: DeviceId, request: &Request, seed: Seed) -> Outcome<Answer> {
        let Request::Push(batch) = request else { return server.handle(from, request, seed) };
        let frames = batch.frames.iter().map(|frame| Frame { seq: frame.seq, bytes: self.over_all(from, frame) }).collect();
        server.handle(from, &Request::Push(PushBatch { frames, ..batch.clone() }), seed)
    }
}

/// A correction replaces everything up to the highest number that its writer has of each device, in whatever record: a
/// version vector in the place of the values that were seen.
pub struct VersionVector;

impl Build for VersionVector {
    fn base(&self, phone: &Phone, seen: &[Dot]) -> Vec<DotRef> {
        let up_to = phone.highest().into_iter().flat_map(|(device, most)| (1..=most).map(move |seq| Dot { device, seq }));
        let all: BTreeSet<Dot> = up_to.chain(seen.iter().copied()).collect();
        phone.base(&all.into_iter().collect::<Vec<_>>())
    }
}

/// The server believes a cursor without its signature.
pub struct UnsignedCursor;

impl Build for UnsignedCursor {
    fn handle(&mut self, server: &Server<'_>, from: DeviceId, request: &Request, seed: Seed) -> Outcome<Answer> {
        let Request::Pull(pull) = request else { return server.handle(from, request, seed) };
        let mut pull = pull.clone();
        let epoch = answer_of(server.store.life())?.epoch;
        for cursor in &mut pull.cursors {
            if let Some((place, _)) = cursor.signed.split_first_chunk::<8>() {
                *cursor = server.keys.cursor(epoch, cursor.scope, u64::from_be_bytes(*place));
            }
        }
        server.handle(from, &Request::Pull(pull), seed)
    }
}

/// Operations name their own device, and go out as they are when it turns out to be a copy.
pub struct DeviceInBody;

impl Build for DeviceInBody {
    fn base(&self, phone: &Phone, seen: &[Dot]) -> Vec<DotRef> {
        let device = |dot: &Dot| if dot.device == HERE { phone.device() } else { dot.device };
        seen.iter().map(|dot| DotRef { device: Some(device(dot)), seq: dot.seq }).collect()
    }
}

/// A restored server does again what the journal knows of phones and rights, and forgets what was redacted.
pub struct RedactionsForgotten;

impl Build for RedactionsForgotten {
    fn replayed(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        entries.into_iter().filter(|entry| !matches!(entry, Entry::Redacted { .. })).collect()
    }
}

/// A phone says that it has deleted what was redacted, and leaves that to the pull: what it wrote itself stays in its outbox.
pub struct ConfirmedUndone;

impl Build for ConfirmedUndone {
    fn store(&mut self, phone: &mut Phone, step: &Step, chance: &mut Chance) -> Option<Answer> {
        let Step::Redact { up_to, .. } = step else { return phone.store(step, chance) };
        phone.disk.redacted = *up_to;
        Some(Answer::Saved)
    }
}

/// An old build drops what it cannot read instead of keeping it for the next one.
pub struct UnreadDropped;

impl Build for UnreadDropped {
    fn store(&mut self, phone: &mut Phone, step: &Step, chance: &mut Chance) -> Option<Answer> {
        let Step::SavePages { pages, grants, mark, settled, left } = step else { return phone.store(step, chance) };
        let mut pages = pages.clone();
        pages.iter_mut().for_each(|page| page.records.retain(|bytes| phone.reads(bytes)));
        phone.store(&Step::SavePages { pages, grants: grants.clone(), mark: *mark, settled: *settled, left: *left }, chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Oracle;
    use crate::world::{run, run_with};

    type Row = (&'static str, fn() -> Box<dyn Build>, Oracle, u64);

    /// Each wrong variant, who catches it, and the first of the [`SEEDS`] seeds that are tried on it.
    static WRONG: [Row; 14] = [
        ("check, then insert", || Box::new(CheckThenInsert::default()), Oracle::ExactlyOnce, 4),
        ("sequence before commit", || Box::new(SequenceBeforeCommit::default()), Oracle::CursorsAreComplete, 5),
        ("cursor apart from its data", || Box::new(CursorApart::default()), Oracle::CursorsAreComplete, 1),
        // It needs something that was saved while a sync ran.
        ("evict before sent", || Box::new(EvictBeforeSent), Oracle::NothingIsLost, 65),
        ("evict at the first word", || Box::new(EvictAtOnce), Oracle::NothingGoesTooEarly, 4),
        ("repair deletes first", || Box::new(RepairDeletesFirst), Oracle::NothingGoesTooEarly, 1),
        // It needs a repair whose pull did not bring everything.
        ("repair is not proven", || Box::new(RepairUnproven), Oracle::AllConverge, 570),
        ("last write wins", || Box::new(LastWriteWins::default()), Oracle::BothValuesStay, 4),
        // It needs a pull that was cut between two streams, and a correction before the next one.
        ("version vector for a register", || Box::new(VersionVector), Oracle::BothValuesStay, 430),
        ("cursor without its signature", || Box::new(UnsignedCursor), Oracle::AllConverge, 120),
        ("device id inside bodies", || Box::new(DeviceInBody), Oracle::BothValuesStay, 1),
        ("redactions forgotten by a restored server", || Box::new(RedactionsForgotten), Oracle::NothingRedactedReappears, 230),
        ("confirmed before it is done", || Box::new(ConfirmedUndone), Oracle::NothingRedactedReappears, 1),
        ("unread records dropped", || Box::new(UnreadDropped), Oracle::CursorsAreComplete, 1),
    ];

    const SEEDS: u64 = 60;

    /// Where a wrong variant is caught, by whom and with which words. The product passes every seed up to there.
    fn caught((name, build, _, from): &Row) -> (u64, Oracle, String) {
        for seed in *from..from + SEEDS {
            assert!(run(seed).is_ok(), "{name}: the product fails seed {seed}");
            if let Err(violation) = run_with(seed, build()) {
                return (seed, violation.oracle, violation.what);
            }
        }
        panic!("{name} passes {SEEDS} seeds");
    }

    #[test]
    fn every_wrong_variant_is_caught_where_the_product_passes() {
        let players: Vec<_> = WRONG.iter().map(|row| (row, std::thread::spawn(move || caught(row)))).collect();
        let mut by_others = Vec::new();
        for ((name, _, oracle, _), player) in players {
            let (seed, by, what) = player.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            println!("{name}: caught at seed {seed} by {by:?}: {what}");
            if by != *oracle {
                by_others.push((name, seed, by));
            }
        }
        assert!(by_others.is_empty(), "{by_others:?}");
    }
}
