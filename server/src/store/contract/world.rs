//! A small made-up commune to test in: two villages, a campaign, a team, phones.

use crate::journal::Journal;
use crate::keys::Keys;
use crate::store::engine::Engine;
use crate::store::memory::Memory;
use crate::store::sqlite::Sqlite;
use crate::store::tables::Tables;
use crate::store::{Account, Ask, Confirmed, Desk, FirstSteps, Import, OfficeChange, Roll, Seed, Sender, StoreError, Upkeep, Value};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::cbor;
use domain::household::{self, Household};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::meeting::{MeetingFacts, MeetingOpinion, MeetingState, MeetingType, MeetingWords};
use domain::office::{Filter, HouseholdRow, OpinionRow, ROWS, Seen};
use domain::operation::{Change, Dot, Ground, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Stream};
use domain::opinion::{AnonymousOpinion, Opinion, OpinionKind, Reporter, ReporterMode, SecretHash, Topic, Urgency};
use domain::person::{Person, Role};
use domain::quarantine::TakenIn;
use domain::record::{Digest, Record};
use domain::register::Values;
use domain::reimport::Choices;
use domain::roll::Row;
use domain::short::{Map, Set};
use domain::source::Source;
use domain::team::{Mandate, Team};
use domain::time::{Date, Time};
use domain::typing::{Typed, TypedPlace, TypedSaid, TypedVisit};
use domain::visit::{Appointment, ContactResult, Visit};
use domain::wire::{Cursor, EnrolReply, Frame, Mark, Outcome, PROTOCOL, PullRequest, Pulled, PushBatch, PushReply};
use seal::recovery::PrivateKey;
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;

/// A store that the suite runs on.
pub trait Subject: Upkeep + Sized {
    /// An empty one, and what must live as long.
    fn open(epoch: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> (Self, Option<TempDir>);

    /// Runs a transaction of the test's own.
    async fn run(&self, run: impl FnOnce(&mut dyn Tables) -> Result<(), StoreError> + Send + 'static);
}

impl Subject for Memory {
    fn open(epoch: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> (Self, Option<TempDir>) {
        (Self::new(epoch, keys, journal), None)
    }

    async fn run(&self, run: impl FnOnce(&mut dyn Tables) -> Result<(), StoreError> + Send + 'static) {
        Engine::write(self, run).await.unwrap();
    }
}

impl Subject for Sqlite {
    fn open(epoch: Epoch, keys: Arc<Keys>, journal: Arc<Journal>) -> (Self, Option<TempDir>) {
        let directory = tempfile::tempdir().unwrap();
        (Self::open(&directory.path().join("test.db"), epoch, keys, journal).unwrap(), Some(directory))
    }

    async fn run(&self, run: impl FnOnce(&mut dyn Tables) -> Result<(), StoreError> + Send + 'static) {
        Engine::write(self, run).await.unwrap();
    }
}

pub struct World<S> {
    pub store: S,
    directory: Option<TempDir>,
    pub keys: Arc<Keys>,
    pub journal: Arc<Journal>,
    pub now: Time,
    count: u64,
    pub admin: PersonId,
    pub officer: PersonId,
    pub commune: AreaId,
    pub tab: DeviceId,
    pub tab_seq: u64,
    pub campaign: RecordId,
    pub team: RecordId,
    pub members: Set<PersonId>,
}

pub fn record(n: u64) -> RecordId {
    let mut random = [7; 10];
    random[..8].copy_from_slice(&n.to_be_bytes());
    RecordId::new(n, random)
}

pub fn ground(campaign: RecordId) -> Ground {
    Ground { campaign: Some(campaign), basis: LegalBasis::StateWork, until: Date::new(2027, 12, 31).unwrap() }
}

/// The private half of the organisation's key, which no store ever sees.
pub fn recovery_key() -> PrivateKey {
    PrivateKey::new([77; 32])
}

fn desk(name: &str, login: &str) -> Desk {
    Desk { name: name.into(), account: Account { login: login.into(), hash: format!("$argon2id$made-up${login}") } }
}

impl<S: Subject> World<S> {
    /// Set up, with nothing but its officers.
    pub async fn empty() -> Self {
        let keys = Arc::new(Keys::new(&[1; 32]));
        let journal = Arc::new(Journal::in_memory());
        let (store, directory) = S::open(Epoch::new(1, [1; 10]), Arc::clone(&keys), Arc::clone(&journal));
        // A Wednesday.
        let now = Date::new(2026, 11, 18).unwrap().start().plus_hours(9);
        let first = FirstSteps {
            admin: desk("Lò Thị Mẫu", "mau"),
            province: "Tỉnh Vân Sơn".into(),
            commune: "Xã Đồng Cừ".into(),
            officer: desk("Vi Văn Thử", "thu"),
            recovery: Some(recovery_key().public()),
        };
        let admin = store.set_up(first, now, [9; 32]).await.unwrap();
        let officer = store.credentials("thu".into()).await.unwrap().person;
        let commune = store.directory(None).await.unwrap().people[0].value.person.unit;
        let tab = DeviceId::new(1, [200; 10]);
        store.tab(tab, officer, now).await.unwrap();
        Self {
            store,
            directory,
            keys,
            journal,
            now,
            count: 1_000,
            admin,
            officer,
            commune,
            tab,
            tab_seq: 0,
            campaign: record(1),
            team: record(2),
            members: Set::new(),
        }
    }

    /// With eight households in Đồng Cừ and two in Bến Lĩnh, a running campaign and a team for Đồng Cừ.
    pub async fn new() -> Self {
        let mut world = Self::empty().await;
        let rows = (1..=10).map(|n| (if n <= 8 { "Thôn Đồng Cừ" } else { "Thôn Bến Lĩnh" }, n));
        world.import(DeviceId::new(2, [201; 10]), rows.map(|(village, n)| (village.to_owned(), household(n))).collect()).await.unwrap();
        let (campaign, team, members) = (world.campaign(CampaignState::Active), world.team(), Value::Assignment);
        world.write(0, Value::Campaign(campaign)).await.unwrap();
        world.write(0, Value::Team(team)).await.unwrap();
        let village = world.village("Thôn Đồng Cừ").await;
        let work = Assignment { id: record(3), campaign: record(1), team: record(2), village, due: None, ended: false, share: None };
        world.write(0, members(work)).await.unwrap();
        world
    }

    /// Where the files of a store are that has any.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.as_ref().unwrap().path()
    }

    pub fn seed(&mut self) -> Seed {
        self.count += 1;
        let mut seed = [5; 32];
        seed[..8].copy_from_slice(&self.count.to_be_bytes());
        seed
    }

    pub fn fresh(&mut self) -> RecordId {
        self.count += 1;
        record(self.count)
    }

    pub fn campaign(&self, state: CampaignState) -> Campaign {
        let day = |m, d| Date::new(2026, m, d).unwrap();
        Campaign {
            id: self.campaign,
            title: "Mở rộng đường liên thôn".into(),
            purpose: "Lấy ý kiến về tuyến đường".into(),
            from: day(11, 1),
            to: day(12, 31),
            basis: LegalBasis::StateWork,
            basis_text: "Điều 19".into(),
            until: Date::new(2027, 12, 31).unwrap(),
            contact_until: None,
            state,
        }
    }

    pub fn team(&self) -> Team {
        Team {
            id: self.team,
            name: "Tổ dân vận Đồng Cừ".into(),
            decision_no: "12/QĐ-UBND".into(),
            decision_date: None,
            mandate: Mandate::default(),
            lead: self.members.iter().next().copied(),
            members: self.members.clone(),
            posts: Map::new(),
        }
    }

    pub async fn import(&mut self, confirmation: DeviceId, rows: Vec<(String, Household)>) -> Result<domain::office::Imported, StoreError> {
        let seed = self.seed();
        let confirmed = Confirmed { device: confirmation, seen: None, watched: Arc::default() };
        let rows = rows.into_iter().map(Row::from).collect();
        let roll = Roll { by: self.officer, commune: self.commune, rows, choices: Choices::default() };
        self.store.import(Import::Store(roll, confirmed), self.now, seed).await.map(|done| done.imported.expect("it was confirmed"))
    }

    /// Writes as the officer's tab.
    pub async fn write(&mut self, seen: u64, value: Value) -> Result<(), StoreError> {
        let change = OfficeChange { by: self.officer, within: Some(self.commune), device: self.tab, seq: self.tab_seq + 1, seen, value };
        let seed = self.seed();
        let done = self.store.write(change, self.now, seed).await;
        self.tab_seq += u64::from(done.is_ok());
        done
    }

    /// Types in as the officer's tab; one press may be several operations.
    pub async fn type_in(&mut self, typed: Typed) -> Result<(), StoreError> {
        let done = self.write(0, Value::Typed(typed)).await;
        self.tab_seq = self.store.device(self.tab).await.unwrap().have;
        done
    }

    /// A sheet on which this person met somebody, so many days ago.
    pub fn sheet(&mut self, village: AreaId, visitor: PersonId, home: RecordId, days_ago: i32) -> TypedVisit {
        let place = TypedPlace { village, campaign: self.campaign, day: self.now.date().plus(-days_ago) };
        TypedVisit {
            id: self.fresh(),
            place,
            visitor,
            household: home,
            contact: ContactResult::MetRep,
            purposes: Vec::new(),
            next: None,
            promised: None,
            opinions: Vec::new(),
            note: None,
        }
    }

    /// An opinion as a desk types it.
    pub fn typed(&mut self, text: &str) -> TypedSaid {
        let (kind, topic, urgency) = (OpinionKind::Wish, Topic::InfraRoad, Urgency::Normal);
        TypedSaid { id: self.fresh(), promise: self.fresh(), kind, topic, urgency, text: text.into() }
    }

    /// The number that a change of this record has to name.
    pub async fn seen(&self, id: RecordId) -> u64 {
        let all = self.store.directory(None).await.unwrap();
        fn of<T>(rows: &[Seen<T>], is: impl Fn(&T) -> bool) -> Option<u64> {
            rows.iter().find(|row| is(&row.value)).map(|row| row.seen)
        }
        of(&all.teams, |team| team.id == id)
            .or(of(&all.campaigns, |campaign| campaign.id == id))
            .or(of(&all.assignments, |work| work.id == id))
            .or(of(&all.organizations, |organization| organization.id == id))
            .or(of(&all.codes, |entry| entry.id == id))
            .or(of(&all.people, |row| RecordId::from(row.person.id) == id))
            .or(of(&all.units, |unit| RecordId::from(unit.id) == id))
            .unwrap()
    }

    pub async fn village(&self, name: &str) -> AreaId {
        self.store.directory(None).await.unwrap().units.iter().find(|unit| unit.value.name == name).unwrap().value.id
    }

    pub async fn households(&self, village: AreaId) -> Vec<RecordId> {
        let ask = self.ask(Filter { village: Some(village), ..Filter::default() });
        self.store.list::<HouseholdRow>(ask, self.now).await.unwrap().rows.iter().map(|row| row.id).collect()
    }

    pub fn ask(&self, filter: Filter) -> Ask {
        Ask { within: Some(self.commune), filter, limit: ROWS }
    }

    pub async fn tick(&mut self) -> TakenIn {
        let seed = self.seed();
        self.store.tick(self.now, seed).await.unwrap()
    }

    /// A new person of the team with an enrolled phone.
    pub async fn phone(&mut self, role: Role) -> Phone {
        let id = PersonId::from(self.fresh());
        let person = Person { id, name: format!("Người {}", self.count), sort: String::new(), role, unit: self.commune, left: false };
        self.write(0, Value::Person(person, None)).await.unwrap();
        self.members.insert(id);
        let (seen, team) = (self.seen(self.team).await, self.team());
        self.write(seen, Value::Team(team)).await.unwrap();
        self.enrol(id).await
    }

    /// Another phone of the same person.
    pub async fn enrol(&mut self, person: PersonId) -> Phone {
        let device = DeviceId::from(self.fresh());
        let code = self.keys.code(&format!("CODE{}", self.count));
        self.store.issue_code(Some(self.commune), person, code, self.now).await.unwrap();
        let welcome = self.store.enrol(code, device, self.now).await.unwrap();
        let area = self.village("Thôn Đồng Cừ").await;
        Phone { device, person, area, campaign: self.campaign, grant: welcome.grants.version, seq: 0, at: self.now, welcome }
    }

    pub async fn push(&mut self, phone: &Phone, frames: &[Frame]) -> PushReply {
        let seed = self.seed();
        self.store.push(PushBatch::of(phone.device, frames.to_vec()), self.now, seed).await.unwrap()
    }

    /// What became of each frame.
    pub async fn outcomes(&mut self, phone: &Phone, frames: &[Frame]) -> Vec<Outcome> {
        self.push(phone, frames).await.each().map(|(_, outcome, _)| outcome).collect()
    }

    pub async fn send(&mut self, phone: &Phone, opinions: &[&AnonymousOpinion]) -> Vec<SecretHash> {
        let bytes = opinions.iter().map(|opinion| ByteBuf::from(cbor::encode(opinion))).collect();
        self.store.anonymous(Sender::Phone(phone.device), bytes, self.now).await.unwrap().stored
    }

    pub async fn pull(&self, phone: &Phone, mark: Option<Mark>, cursors: Vec<Cursor>) -> Pulled {
        let request = PullRequest { protocol: PROTOCOL, mark, cursors, report: None, refused: Vec::new(), redacted: None };
        self.store.pull(phone.device, request, self.now).await.unwrap().pulled
    }

    /// Everything that a phone may read: the records by stream with the digest that was sent for it, and the mark.
    pub async fn pull_all(&self, phone: &Phone) -> (BTreeMap<domain::operation::Scope, (Vec<Record>, Digest)>, Mark, Vec<Cursor>) {
        let (mut all, mut cursors): (BTreeMap<_, (Vec<Record>, Digest)>, Vec<Cursor>) = Default::default();
        loop {
            let Pulled::Pages(pages) = self.pull(phone, None, cursors.clone()).await else { panic!("asked with cursors") };
            for page in pages.pages {
                let stream = all.entry(page.cursor.scope).or_default();
                stream.0.extend(page.records.iter().map(|bytes| cbor::decode::<Record>(bytes).unwrap()));
                stream.1 = page.digest;
                cursors.retain(|cursor| cursor.scope != page.cursor.scope);
                cursors.push(page.cursor);
            }
            if !pages.more {
                return (all, pages.mark, cursors);
            }
        }
    }

    /// The released anonymous opinions of a village.
    pub async fn released(&self, village: AreaId) -> Vec<OpinionRow> {
        let filter = Filter { village: Some(village), ..Filter::default() };
        let rows = self.store.list::<OpinionRow>(self.ask(filter), self.now).await.unwrap().rows;
        rows.into_iter().filter(|row| row.meeting.is_none() && row.mode != Some(ReporterMode::Named)).collect()
    }

    /// The rows of some tables.
    pub async fn table(&self, names: &[&str]) -> Vec<String> {
        let dump = self.store.dump().await.unwrap();
        dump.into_iter().filter(|line| line.split(' ').next().is_some_and(|table| names.contains(&table))).collect()
    }
}

pub fn household(n: usize) -> Household {
    Household { no: n.to_string(), head: format!("Hộ Thử {n}"), people: Some(4), ..Household::default() }
}

/// Something that was said at a meeting.
pub fn said(header: Header, meeting: RecordId, text: &str) -> Operation {
    let said = Opinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
    Operation::new(header).with(Part::Facts, &MeetingOpinion { meeting, said }).with(Part::Text, &text)
}

/// A phone that counts its own operations.
pub struct Phone {
    pub device: DeviceId,
    pub person: PersonId,
    pub area: AreaId,
    pub campaign: RecordId,
    pub grant: u32,
    pub seq: u64,
    pub at: Time,
    pub welcome: EnrolReply,
}

impl Phone {
    pub fn header(&self, kind: Kind, record: RecordId, stream: Stream, change: Change) -> Header {
        let (area, grant, at) = (self.area, self.grant, self.at);
        Header { schema: SCHEMA, kind, record, area, stream, change, grant, at, ground: ground(self.campaign) }
    }

    pub fn frame(&mut self, operation: &Operation) -> Frame {
        self.raw(cbor::encode(operation))
    }

    pub fn raw(&mut self, bytes: Vec<u8>) -> Frame {
        self.seq += 1;
        Frame { seq: self.seq, bytes: ByteBuf::from(bytes) }
    }

    pub fn visit(&mut self, id: RecordId, home: RecordId, contact: ContactResult) -> Frame {
        self.change_visit(id, home, contact, Change::Create)
    }

    pub fn change_visit(&mut self, id: RecordId, home: RecordId, contact: ContactResult, change: Change) -> Frame {
        let visit =
            Visit { household: home, contact, purposes: Vec::new(), next: None, promised: None, source: Source::default(), visitor: None };
        let operation = Operation::new(self.header(Kind::Visit, id, Stream::Visit, change)).with(Part::Facts, &visit);
        self.frame(&operation)
    }

    pub fn retract(&mut self, kind: Kind, id: RecordId, stream: Stream, of: RecordId) -> Frame {
        let operation = Operation::new(self.header(kind, id, stream, Change::Retract { of }));
        self.frame(&operation)
    }

    pub fn opinion(&mut self, id: RecordId, home: RecordId, visit: RecordId, text: &str) -> Frame {
        let facts = Opinion { kind: OpinionKind::Reflection, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
        let operation = Operation::new(self.header(Kind::Opinion, id, Stream::Voice, Change::Create))
            .with(Part::Facts, &facts)
            .with(Part::Text, &text)
            .with(Part::Contact, &Reporter { household: home, visit: Some(visit) });
        self.frame(&operation)
    }

    /// A command about a meeting.
    pub fn meeting(&mut self, id: RecordId, expect: u64, state: MeetingState) -> Frame {
        let (kind, start) = (MeetingType::VillageDecision, Appointment { date: self.at.date(), minute: Some(1_170) });
        let speakers = (state == MeetingState::Concluded).then_some(7);
        let facts = MeetingFacts { kind, state, start, expected: Some(8), present: Some(6), people: Some(9), speakers };
        let words = MeetingWords { title: "Bàn góp công".into(), place: "Nhà văn hóa".into(), conclusion: String::new() };
        let operation = Operation::new(self.header(Kind::Meeting, id, Stream::Voice, Change::Command { expect }))
            .with(Part::Facts, &facts)
            .with(Part::Text, &words);
        self.frame(&operation)
    }

    pub fn meeting_opinion(&mut self, id: RecordId, meeting: RecordId, text: &str) -> Frame {
        let operation = said(self.header(Kind::MeetingOpinion, id, Stream::Voice, Change::Create), meeting, text);
        self.frame(&operation)
    }

    pub fn new_household(&mut self, id: RecordId, home: &Household) -> Frame {
        let mut operation = Operation::new(self.header(Kind::Household, id, Stream::Roll, Change::Create));
        operation.parts = household::parts(home.first_values());
        self.frame(&operation)
    }

    pub fn set_people(&mut self, id: RecordId, people: u16, base: &[Dot]) -> Frame {
        let fields = Map::from([("people".to_owned(), base.iter().map(|dot| dot.seen_by(self.device)).collect())]);
        let mut operation = Operation::new(self.header(Kind::Household, id, Stream::Roll, Change::Set { fields }));
        let values = Values::from([("people".to_owned(), ByteBuf::from(cbor::encode(&Some(people))))]);
        operation.parts = household::parts(values);
        self.frame(&operation)
    }

    pub fn anonymous(&self, secret: &[u8]) -> AnonymousOpinion {
        AnonymousOpinion {
            id: SecretHash::of(secret),
            area: self.area,
            week: Some(self.at.date().week()),
            campaign: self.campaign,
            mode: ReporterMode::Anonymous,
            kind: OpinionKind::Reflection,
            topic: Topic::InfraRoad,
            urgency: Urgency::Normal,
            text: format!("lời {}", String::from_utf8_lossy(secret)),
            basis: LegalBasis::StateWork,
            until: Date::new(2027, 12, 31).unwrap(),
            amends: None,
        }
    }
}
