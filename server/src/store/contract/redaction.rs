//! One made-up name, followed through every table, every file and a copy that is put back.

use super::world::{Phone, Subject, World, household, record, recovery_key};
use super::{APPLIED, outcomes_of, quarantined};
use crate::journal::{Entry, Journal, replay};
use crate::keys::hex;
use crate::store::sqlite::Sqlite;
use crate::store::tables::Tables;
use crate::store::{Device, LastRedaction, OfficeChange, Recovery, StoreError, Upkeep, Value};
use domain::cbor;
use domain::household::{self, Household};
use domain::id::{DeviceId, Epoch, RecordId};
use domain::meeting::{MeetingFacts, MeetingState, MeetingType, MeetingWords};
use domain::office::{Filter, HouseholdRow, OpinionRow, VisitRow};
use domain::operation::{Change, Kind, Operation, Part, Stream};
use domain::opinion::{AnonymousOpinion, Opinion, OpinionKind, Reporter, Topic, Urgency};
use domain::person::Role;
use domain::recovery::ReopenedRow;
use domain::redaction::{Redact, RedactionReason, RedactionRow, Redactions, Told, erasable};
use domain::register::Values;
use domain::retention::RetentionRow;
use domain::short::{Map, Set};
use domain::source::Source;
use domain::time::Time;
use domain::visit::Appointment;
use domain::visit::ContactResult::MetRep;
use domain::wire::{Frame, PROTOCOL, PullRequest, PushBatch, Reason};
use seal::recovery::PrivateKey;
use serde_bytes::ByteBuf;
use std::path::Path;
use std::sync::Arc;

const NAME: &str = "Trần Thị Khuyết Danh";
const PHONE: &str = "0187250999";

/// Whether bytes hold the name, the number, or the name as it is searched by.
pub fn tells(bytes: &[u8]) -> bool {
    let holds = |what: &str| bytes.windows(what.len()).any(|window| window == what.as_bytes());
    holds(NAME) || holds(PHONE) || holds("tran thi khuyet danh") || holds("Khuyết Danh")
}

/// Rows of tables that do.
fn telling(dump: &[String]) -> Vec<String> {
    let words = [NAME, PHONE, "tran thi khuyet danh", "Khuyết Danh"];
    let tells = |row: &&String| words.iter().any(|word| row.contains(word) || row.contains(&hex(word.as_bytes())));
    dump.iter().filter(tells).map(|row| row.split(' ').next().unwrap_or_default().to_owned()).collect()
}

const HOME: u64 = 60;
const SAID: u64 = 62;
const AGAIN: u64 = 63;
const MEETING: u64 = 64;
const CORRECTED: u64 = 65;
const SECRET: &[u8] = b"a secret that a phone keeps to itself";

/// Everything that phones say about one person.
struct Story {
    phone: Phone,
    other: Phone,
    lead: Phone,
    frames: Vec<Frame>,
    waiting: Vec<Frame>,
    unnamed: AnonymousOpinion,
}

/// An opinion that tells.
pub fn said(phone: &mut Phone, id: u64, change: Change) -> Frame {
    let facts = Opinion { kind: OpinionKind::Wish, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
    let operation = Operation::new(phone.header(Kind::Opinion, record(id), Stream::Voice, change))
        .with(Part::Facts, &facts)
        .with(Part::Text, &format!("Bà {NAME} cần đèn đường"))
        .with(Part::Contact, &Reporter { household: record(HOME), visit: None });
    phone.frame(&operation)
}

fn meeting(phone: &mut Phone, expect: u64) -> Frame {
    let (kind, state, start) = (MeetingType::VillageInfo, MeetingState::InSession, Appointment { date: phone.at.date(), minute: None });
    let facts = MeetingFacts { kind, state, start, expected: None, present: None, people: None, speakers: None };
    let words = MeetingWords { title: format!("Họp ở nhà bà {NAME}"), ..MeetingWords::default() };
    let header = phone.header(Kind::Meeting, record(MEETING), Stream::Voice, Change::Command { expect });
    let operation = Operation::new(header).with(Part::Facts, &facts).with(Part::Text, &words);
    phone.frame(&operation)
}

fn corrected(phone: &mut Phone) -> Frame {
    let fields = Map::from([("head".to_owned(), Vec::new()), ("people".to_owned(), Vec::new())]);
    let values = Values::from([
        ("head".to_owned(), ByteBuf::from(cbor::encode(&format!("{NAME} (con)")))),
        ("people".to_owned(), ByteBuf::from(cbor::encode(&Some(3u16)))),
    ]);
    let header = phone.header(Kind::Household, record(HOME), Stream::Roll, Change::Set { fields });
    phone.frame(&Operation { header, parts: household::parts(values) })
}

impl<S: Subject> World<S> {
    async fn story(&mut self) -> Story {
        let mut phone = self.phone(Role::FieldMember).await;
        let mut other = self.phone(Role::FieldMember).await;
        let lead = self.phone(Role::TeamLead).await;
        let home = Household { head: NAME.into(), phone: PHONE.into(), hint: format!("sau nhà bà {NAME}"), ..Household::default() };
        let frames = vec![
            phone.new_household(record(HOME), &home),
            phone.visit(record(61), record(HOME), MetRep),
            said(&mut phone, SAID, Change::Create),
            said(&mut phone, AGAIN, Change::Amend { of: record(SAID) }),
            meeting(&mut phone, 0),
            phone.retract(Kind::Visit, record(66), Stream::Visit, record(61)),
        ];
        // Not the author's, and of a build to come: both wait with their bytes.
        let later = [&[0xff], record(SAID).bytes().as_slice(), NAME.as_bytes()].concat();
        let waiting = vec![said(&mut other, CORRECTED, Change::Amend { of: record(SAID) }), other.raw(later)];
        let text = format!("Bà {NAME} hỏi bao giờ làm");
        let unnamed = AnonymousOpinion { urgency: Urgency::Urgent, text, ..phone.anonymous(SECRET) };
        Story { phone, other, lead, frames, waiting, unnamed }
    }

    async fn tell(&mut self, story: &Story) {
        assert!(outcomes_of(&self.push(&story.phone, &story.frames).await).iter().all(|outcome| *outcome == APPLIED));
        let waits = outcomes_of(&self.push(&story.other, &story.waiting).await);
        assert_eq!(waits, [quarantined(Reason::Invalid), quarantined(Reason::Unreadable)]);
        self.send(&story.phone, &[&story.unnamed]).await;
    }

    pub async fn redact(&mut self, record: RecordId, kind: &Kind) -> Result<(), StoreError> {
        self.redact_parts(record, erasable(kind)).await
    }

    pub async fn redact_parts(&mut self, record: RecordId, parts: &[Part]) -> Result<(), StoreError> {
        let parts = parts.iter().copied().collect();
        let seed = self.seed();
        let value = Value::Redact(Redact { record, parts, why: RedactionReason::Asked });
        let change = OfficeChange { by: self.officer, within: None, device: self.tab, seq: self.tab_seq + 1, seen: 0, value };
        let done = self.store.write(change, self.now, seed).await;
        self.tab_seq += u64::from(done.is_ok());
        done
    }

    async fn redact_all(&mut self) {
        let unnamed = crate::store::anonymous::record_of(&domain::opinion::SecretHash::of(SECRET));
        for (record, kind) in [
            (record(HOME), Kind::Household),
            (record(SAID), Kind::Opinion),
            (record(MEETING), Kind::Meeting),
            (unnamed, Kind::AnonymousOpinion),
        ] {
            self.redact(record, &kind).await.unwrap();
        }
    }

    async fn told(&self, phone: &Phone, done: u64) -> Option<Told> {
        let request =
            PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: Some(done) };
        self.store.pull(phone.device, request, self.now).await.unwrap().redactions
    }

    /// Whether each of those that wait without a name tells: first those that wait for a crowd, then those for a
    /// person, what nobody can read before the others.
    async fn words_without_a_name(&self) -> Vec<bool> {
        let (keys, (tell, told)) = (Arc::clone(&self.keys), std::sync::mpsc::channel());
        let run = move |t: &mut dyn Tables| {
            let pool = t.pool()?.into_iter().map(|(name, sealed)| keys.unseal("pool", &name, &sealed));
            let mut waiting = t.quarantined_anonymous_bytes()?;
            waiting.sort_by_key(|(_, reason, _)| *reason);
            let waiting = waiting.into_iter().map(|(name, _, sealed)| keys.unseal("quarantine_anonymous", &name, &sealed));
            for bytes in pool.chain(waiting) {
                let _ = tell.send(tells(&bytes.unwrap()));
            }
            Ok(())
        };
        self.store.run(run).await;
        told.iter().collect()
    }

    async fn owing(&self) -> Vec<usize> {
        let ask = crate::store::Ask { within: None, filter: Filter::default(), limit: 100 };
        let listed = self.store.list::<RedactionRow>(ask, self.now).await.unwrap();
        listed.rows.iter().map(|row| row.owing.len()).collect()
    }
}

pub async fn a_name_goes_from_every_table_and_nobody_brings_it_back<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut story = world.story().await;
    world.tell(&story).await;
    let tables = telling(&world.store.dump().await.unwrap());
    for table in ["record", "quarantine", "household"] {
        assert!(tables.iter().any(|found| found == table), "{table}: the test can fail");
    }
    let before = world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap().total.households;
    world.redact_all().await;
    assert_eq!(telling(&world.store.dump().await.unwrap()), [] as [String; 0]);
    assert_eq!(world.store.coverage(world.ask(Filter::default()), world.now).await.unwrap().total.households, before);
    let opinions = world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    assert!(opinions.iter().all(|row| row.text.is_empty()), "the words");
    // Late: a correction from a phone that does not know yet, a command, one more version, everything once more.
    let late = [corrected(&mut story.other), said(&mut story.other, 70, Change::Amend { of: record(SAID) })];
    assert_eq!(outcomes_of(&world.push(&story.other, &late).await), [APPLIED, quarantined(Reason::Invalid)]);
    let late = [meeting(&mut story.phone, 1), said(&mut story.phone, 71, Change::Amend { of: record(AGAIN) })];
    assert_eq!(outcomes_of(&world.push(&story.phone, &late).await), [APPLIED, APPLIED]);
    world.push(&story.phone, &story.frames).await;
    world.push(&story.other, &story.waiting).await;
    world.send(&story.phone, &[&story.unnamed]).await;
    world.tick().await;
    assert_eq!(telling(&world.store.dump().await.unwrap()), [] as [String; 0]);
    for (_, (records, _)) in world.pull_all(&story.lead).await.0 {
        assert!(records.iter().all(|record| !tells(&cbor::encode(record))));
    }
    // What is shown is what is made again from the records.
    let shown = world.table(&["household", "visit", "opinion", "meeting", "progress"]).await;
    world.store.rebuild().await.unwrap();
    assert_eq!(world.table(&["household", "visit", "opinion", "meeting", "progress"]).await, shown);
}

pub async fn each_phone_is_told_until_it_says_that_it_is_done<S: Subject>() {
    let mut world = World::<S>::new().await;
    let story = world.story().await;
    world.tell(&story).await;
    assert_eq!(world.told(&story.phone, 0).await, None);
    world.redact_all().await;
    let told = world.told(&story.phone, 0).await.unwrap();
    // The opinion with both of its versions and the one that waits.
    assert_eq!((told.up_to, told.redactions.len()), (6, 6));
    // Its own outbox loses the parts and keeps its numbers.
    let mut all = Redactions::of(told.redactions.iter().map(|one| (one.record, &one.parts)));
    let own: Vec<Operation> = story.frames.iter().map(|frame| cbor::decode(&frame.bytes).unwrap()).collect();
    all.spread(own.iter().map(|operation| &operation.header));
    let erased: Vec<Frame> = story
        .frames
        .iter()
        .map(|frame| Frame { seq: frame.seq, bytes: all.outbox(&frame.bytes).map_or(frame.bytes.clone(), ByteBuf::from) })
        .collect();
    assert!(erased.iter().all(|frame| !tells(&frame.bytes)));
    // Sent once more, they are what is here already.
    let again = outcomes_of(&world.push(&story.phone, &erased).await);
    assert!(again.iter().all(|outcome| *outcome == domain::wire::Outcome::Duplicate), "{again:?}");
    assert_eq!(world.owing().await, [3; 6]);
    assert_eq!(world.told(&story.phone, 6).await, None);
    assert_eq!(world.owing().await, [2; 6]);
    world.told(&story.lead, 4).await;
    assert_eq!(world.owing().await, [2, 2, 1, 1, 1, 1]);
    // Whoever comes later has nothing of it, and one that does not know redactions is told nothing.
    let later = world.enrol(story.phone.person).await;
    world.now = world.now.plus_hours(1);
    let request = PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
    assert_eq!(world.store.pull(later.device, request, world.now).await.unwrap().redactions, None);
}

pub async fn a_redaction_is_checked<S: Subject>() {
    let mut world = World::<S>::new().await;
    let story = world.story().await;
    world.tell(&story).await;
    assert_eq!(world.redact(record(9_999), &Kind::Opinion).await, Err(StoreError::NotFound));
    assert_eq!(world.redact(record(1), &Kind::Opinion).await, Err(StoreError::Invalid("parts")), "a campaign");
    assert_eq!(world.redact(record(SAID), &Kind::Person).await, Err(StoreError::Invalid("parts")), "nothing");
    let last = async |world: &World<S>| world.store.list::<LastRedaction>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    assert_eq!(last(&world).await, [LastRedaction(0)]);
    world.redact(record(SAID), &Kind::Opinion).await.unwrap();
    // What was being taken out meanwhile is not given out.
    assert_eq!(last(&world).await, [LastRedaction(3)]);
    // An officer has their own commune's, and sees who wanted it and why.
    let parts: Set<Part> = [Part::Text].into_iter().collect();
    let (value, seed) = (Value::Redact(Redact { record: record(MEETING), parts, why: RedactionReason::Asked }), world.seed());
    let elsewhere = Some(domain::id::AreaId::new(9, [9; 10]));
    let change = OfficeChange { by: world.officer, within: elsewhere, device: world.tab, seq: world.tab_seq + 1, seen: 0, value };
    assert_eq!(world.store.write(change, world.now, seed).await, Err(StoreError::NotAllowed));
    for (within, seen) in [(None, 3), (Some(world.commune), 3), (elsewhere, 0)] {
        let ask = crate::store::Ask { within, filter: Filter::default(), limit: 100 };
        let listed = world.store.list::<RedactionRow>(ask, world.now).await.unwrap();
        assert_eq!((listed.rows.len(), listed.total), (seen, seen as u32), "{within:?}");
        assert!(listed.rows.iter().all(|row| row.why == Some(RedactionReason::Asked) && row.by == "Vi Văn Thử"));
    }
    // Twice is once, and another version is the same opinion.
    let told = world.told(&story.phone, 0).await.unwrap();
    world.redact(record(AGAIN), &Kind::Opinion).await.unwrap();
    assert_eq!(world.told(&story.phone, 0).await, Some(told));
}

pub async fn what_was_redacted_does_not_come_back_with_the_phones_of_a_restored_database<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut story = world.story().await;
    world.tell(&story).await;
    world.redact_all().await;
    let lines = world.journal.entries().unwrap().0.iter().map(Entry::line).collect::<String>();
    assert!(!tells(lines.as_bytes()) && !lines.contains(&hex(NAME.as_bytes())));
    let (store, directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    let before = world.journal.entries().unwrap().0.len();
    for n in 4..6 {
        replay(&world.journal, &store, Epoch::new(n, [4; 10])).await.unwrap();
    }
    assert_eq!(world.journal.entries().unwrap().0.len(), before, "replayed, not written once more");
    world.store = store;
    // Phones that know nothing of it yet bring all they have.
    world.push(&story.phone, &story.frames).await;
    world.push(&story.other, &story.waiting[..1]).await;
    world.send(&story.phone, &[&story.unnamed]).await;
    let late = [corrected(&mut story.other)];
    world.push(&story.other, &late).await;
    assert_eq!(telling(&world.store.dump().await.unwrap()), [] as [String; 0]);
    assert_eq!(world.told(&story.phone, 0).await.unwrap().redactions.len(), 6);
    drop(directory);
}

pub async fn a_redaction_survives_a_restore_beside_the_end_of_a_phone_and_a_use_of_the_recovery_key<S: Subject>() {
    let mut world = World::<S>::new().await;
    let story = world.story().await;
    world.tell(&story).await;
    let (lost, own) = (story.phone.device, PrivateKey::new([9; 32]).public());
    let sealed = ByteBuf::from(b"sealed".to_vec());
    let ask = |device| Recovery::Ask { device, public: own, sealed: sealed.clone() };
    for device in [lost, story.other.device] {
        world.store.recover(Recovery::Deposit(device, sealed.clone()), world.now).await.unwrap();
        world.store.recover(ask(device), world.now).await.unwrap();
    }
    let answer = sealed.clone();
    let opened = Recovery::Answer { within: None, by: world.admin, device: story.other.device, public: own, answer };
    world.store.recover(opened, world.now).await.unwrap();
    world.redact_all().await;
    let owed = world.owing().await;
    assert!(owed.iter().all(|phones| *phones > 0));
    // Revoked it still holds what was said, and once its key is destroyed it does not.
    world.store.revoke(Some(world.commune), lost, world.now).await.unwrap();
    assert_eq!(world.owing().await, owed);
    world.store.push(PushBatch::last_word(lost), world.now, [3; 32]).await.unwrap();
    let fewer: Vec<usize> = owed.iter().map(|phones| phones - 1).collect();
    assert_eq!(world.owing().await, fewer);
    let nothing_is_left = async |store: &S| {
        store
            .run(move |t| {
                assert_eq!((t.deposit(lost)?, t.reopening(lost)?), (None, None), "it would give the key back");
                Ok(())
            })
            .await;
    };
    nothing_is_left(&world.store).await;
    for what in [Recovery::Deposit(lost, sealed.clone()), ask(lost)] {
        assert_eq!(world.store.recover(what, world.now).await, Err(StoreError::Revoked));
    }

    // A copy from before all of it.
    let (store, directory) = S::open(Epoch::new(3, [3; 10]), Arc::clone(&world.keys), Arc::clone(&world.journal));
    replay(&world.journal, &store, Epoch::new(4, [4; 10])).await.unwrap();
    let held = sealed.clone();
    store.run(move |t| t.put_deposit(lost, &held)).await;
    // Not destroyed yet, as far as that copy knows.
    store.run(move |t| t.device(lost)?.map_or(Ok(()), |device| t.put_device(&Device { destroyed_at: None, ..device }))).await;
    replay(&world.journal, &store, Epoch::new(5, [5; 10])).await.unwrap();
    world.store = store;
    nothing_is_left(&world.store).await;
    assert_eq!(world.store.life().await.unwrap().recovery, Some(recovery_key().public()));
    let ask = crate::store::Ask { within: None, filter: Filter::default(), limit: 100 };
    let used = world.store.list::<ReopenedRow>(ask, world.now).await.unwrap().rows;
    assert_eq!(used.iter().map(|row| row.device).collect::<Vec<_>>(), [story.other.device]);
    assert_eq!(world.owing().await, fewer);
    // What is brought after all, also by a copy of the phone with a key, is redacted; that one owes again.
    world.push(&story.phone, &story.frames).await;
    world.push(&story.other, &story.waiting).await;
    assert_eq!(telling(&world.store.dump().await.unwrap()), [] as [String; 0]);
    assert_eq!(world.owing().await, owed);
    drop(directory);
}

pub async fn what_is_over_goes_by_its_own_day_and_the_job_reports_it<S: Subject>() {
    let mut world = World::<S>::new().await;
    let story = world.story().await;
    world.tell(&story).await;
    let rows = async |world: &World<S>| {
        let ask = crate::store::Ask { within: None, filter: Filter::default(), limit: 100 };
        let rows = world.store.list::<RetentionRow>(ask, world.now).await.unwrap().rows;
        rows.into_iter().map(|row| (row.day, row.kind, row.records)).collect::<Vec<_>>()
    };
    let until = domain::time::Date::new(2027, 12, 31).unwrap();
    world.now = until.start();
    world.tick().await;
    assert_eq!(rows(&world).await, []);
    world.now = until.plus(1).start();
    world.tick().await;
    world.tick().await;
    // The opinion in two versions and the one that waits, the visit, the meeting.
    let counted = [("anonymous_opinion", 1), ("meeting", 1), ("opinion", 3), ("visit", 1)];
    assert_eq!(rows(&world).await, counted.map(|(kind, records)| (until.plus(1), kind.to_owned(), records)));
    // The book of households stays, and so does what nobody can read.
    let book = ["household", "record", "operation", "operation_part", "quarantine"];
    assert!(telling(&world.store.dump().await.unwrap()).iter().all(|table| book.contains(&table.as_str())));
    let opinions = world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    assert!(opinions.iter().all(|row| row.text.is_empty()));
    // Its phones are told like of any other, and owe it until they say that it is done.
    let owing = async |world: &World<S>| {
        let ask = crate::store::Ask { within: None, filter: Filter::default(), limit: 100 };
        let found = world.store.list::<RetentionRow>(ask, world.now).await.unwrap();
        (found.notable, found.rows.iter().map(|row| row.owing.len()).collect::<Vec<_>>())
    };
    let (notable, owed) = owing(&world).await;
    assert!(notable == 4 && owed.iter().all(|phones| *phones > 1), "{owed:?}");
    assert_eq!(world.told(&story.phone, 0).await.unwrap().redactions.len(), 6);
    assert_eq!(owing(&world).await.1, owed);
    world.told(&story.phone, 6).await;
    assert_eq!(owing(&world).await.1, owed.iter().map(|phones| phones - 1).collect::<Vec<_>>());
    // Who said something goes earlier, by the campaign's own day.
    let mut world = World::<S>::new().await;
    let mut story = world.story().await;
    let seen = world.seen(world.campaign).await;
    let cut = domain::time::Date::new(2027, 1, 31).unwrap();
    let campaign = domain::campaign::Campaign { contact_until: Some(cut), ..world.campaign(domain::campaign::CampaignState::Active) };
    world.write(seen, Value::Campaign(campaign)).await.unwrap();
    let first = [story.frames.remove(0), story.frames.remove(0), story.frames.remove(0)];
    world.push(&story.phone, &first).await;
    world.now = cut.plus(1).start();
    world.tick().await;
    assert_eq!(rows(&world).await, [(cut.plus(1), "opinion".to_owned(), 1)]);
    let opinions = world.store.list::<OpinionRow>(world.ask(Filter::default()), world.now).await.unwrap().rows;
    assert_eq!(opinions.iter().map(|row| (row.text.is_empty(), row.household.is_none())).collect::<Vec<_>>(), [(false, true)]);
}

pub async fn what_waits_without_a_name_ends_by_its_own_day<S: Subject>() {
    let mut world = World::<S>::new().await;
    let phone = world.phone(Role::FieldMember).await;
    // One waits for a crowd, one was not said in a village of this phone, and one cannot be read.
    let pooled = AnonymousOpinion { text: NAME.into(), ..phone.anonymous(b"one") };
    let elsewhere = AnonymousOpinion { area: domain::id::AreaId::new(9, [9; 10]), text: NAME.into(), ..phone.anonymous(b"two") };
    world.send(&phone, &[&pooled, &elsewhere]).await;
    let garbage = ByteBuf::from([&[0xff], NAME.as_bytes()].concat());
    world.store.anonymous(crate::store::Sender::Phone(phone.device), vec![garbage], world.now).await.unwrap();
    assert_eq!(world.words_without_a_name().await, [true; 3]);
    for (day, left) in [(pooled.until, vec![true; 3]), (pooled.until.plus(1), vec![false, true, false])] {
        world.now = day.start();
        world.tick().await;
        assert_eq!(world.words_without_a_name().await, left);
    }
    assert_eq!(world.store.quarantine(None).await.unwrap().iter().map(|row| row.count).collect::<Vec<_>>(), [1, 1], "it waits on");
}

pub async fn a_phone_confirms_nothing_that_is_still_to_come<S: Subject>() {
    let mut world = World::<S>::new().await;
    let story = world.story().await;
    world.tell(&story).await;
    assert_eq!(world.told(&story.phone, u64::MAX).await, None);
    world.redact_all().await;
    assert_eq!(world.owing().await, [3; 6]);
    // Once an hour and not each time: it says nothing new by that.
    let before = world.store.device(story.phone.device).await.unwrap();
    world.now = Time(world.now.0 + 1);
    for _ in 0..2 {
        world.told(&story.phone, u64::MAX).await;
    }
    let after = world.store.device(story.phone.device).await.unwrap();
    assert_eq!((before.redacted, after.redacted, after.seen_at), (Some(0), Some(6), Some(world.now)));
    world.now = Time(world.now.0 + 1);
    world.told(&story.phone, u64::MAX).await;
    assert_eq!(world.store.device(story.phone.device).await.unwrap().seen_at, after.seen_at);
}

pub async fn what_ended_by_its_own_day_is_in_the_report_and_not_in_the_list<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut story = world.story().await;
    world.tell(&story).await;
    world.redact(record(SAID), &Kind::Opinion).await.unwrap();
    // A version that comes later is asked for like the others.
    let late = [said(&mut story.phone, 70, Change::Amend { of: record(SAID) })];
    assert_eq!(outcomes_of(&world.push(&story.phone, &late).await), [APPLIED]);
    world.now = domain::time::Date::new(2028, 1, 1).unwrap().start();
    world.tick().await;
    let last = world.store.list::<LastRedaction>(world.ask(Filter::default()), world.now).await.unwrap().rows[0].0;
    assert!(last > 4, "phones are told of everything");
    let ask = crate::store::Ask { within: None, filter: Filter::default(), limit: 100 };
    let listed = world.store.list::<RedactionRow>(ask, world.now).await.unwrap();
    assert!(listed.rows.iter().all(|row| row.why == Some(RedactionReason::Asked) && row.by == "Vi Văn Thử"));
    let mut records: Vec<RecordId> = listed.rows.iter().map(|row| row.record).collect();
    records.sort();
    assert_eq!((records, listed.total, listed.notable), ([SAID, AGAIN, CORRECTED, 70].map(record).to_vec(), 4, 4));
}

/// Every file beside a database.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

/// The files themselves, and a copy from before.
#[tokio::test]
async fn a_name_goes_from_every_file_and_from_a_copy_that_is_put_back() {
    let mut world = World::<Sqlite>::new().await;
    let story = world.story().await;
    world.tell(&story).await;
    // Pages are split and filled anew around it.
    for n in 0..4u8 {
        let rows = (0..200).map(|row| ("Thôn Đồng Cừ".to_owned(), household(1_000 + 200 * usize::from(n) + row))).collect();
        world.import(DeviceId::new(7, [n; 10]), rows).await.unwrap();
    }
    // The schedule empties the log into the database.
    world.tick().await;
    let copy = std::fs::read(world.directory().join("test.db")).unwrap();
    assert!(tells(&copy), "the test can fail");
    world.redact_all().await;
    for (path, bytes) in files(world.directory()) {
        assert!(!tells(&bytes), "{path}");
    }

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gandan.db");
    std::fs::write(&path, &copy).unwrap();
    let journal_path = directory.path().join("journal");
    let journal = Arc::new(Journal::open(&journal_path).unwrap());
    journal.append(&world.journal.entries().unwrap().0).unwrap();
    let store = Sqlite::open(&path, Epoch::new(1, [1; 10]), Arc::clone(&world.keys), Arc::clone(&journal)).unwrap();
    assert!(!telling(&store.dump().await.unwrap()).is_empty(), "the test can fail");
    replay(&journal, &store, Epoch::new(5, [5; 10])).await.unwrap();
    assert_eq!(telling(&store.dump().await.unwrap()), [] as [String; 0]);
    for (path, bytes) in files(directory.path()) {
        assert!(!tells(&bytes), "{path}");
    }
    let households = crate::store::Store::list::<HouseholdRow>(&store, world.ask(Filter::default()), world.now).await.unwrap();
    assert_eq!(households.total, 8 + 2 + 1 + 800);
    let visits = crate::store::Store::list::<VisitRow>(&store, world.ask(Filter::default()), world.now).await.unwrap();
    assert_eq!(visits.total, 0);
    let parts: Set<Part> = erasable(&Kind::Opinion).iter().copied().collect();
    let line = Entry::Redacted {
        record: record(SAID),
        scope: domain::operation::Scope { area: story.phone.area, stream: Stream::Voice },
        kind: Kind::Opinion,
        parts,
        at: world.now,
        by: Some(world.officer),
        why: Some(RedactionReason::Asked),
    };
    assert!(journal.entries().unwrap().0.contains(&line));
}
