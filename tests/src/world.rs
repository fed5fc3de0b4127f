//! One simulated world: it works, its network fails, then everything is let settle and the oracles look.

use crate::chance::Chance;
use crate::phone::Phone;
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::cbor;
use domain::household::{self, Household, HouseholdStatus};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::meeting::{MeetingFacts, MeetingOpinion, MeetingState, MeetingType, MeetingWords};
use domain::office::{Filter, HouseholdRow, OpinionRow};
use domain::operation::{Change, Dot, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Scope, Stream};
use domain::opinion::{Amends, AnonymousOpinion, Opinion, OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
use domain::person::{Person, Role};
use domain::record::{Body, Digest, Record};
use domain::register::Values;
use domain::reimport::Choices;
use domain::roll::Row;
use domain::session::{Answer, End, NetError, Step};
use domain::short::{Map, Set};
use domain::source::Source;
use domain::succession::{NewUnit, Rearrangement};
use domain::team::Team;
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use domain::visit::{Appointment, ContactResult, PurposeResult, Visit};
use domain::wire::{AnonymousBatch, PullRequest, Pulled, PushBatch};
use serde_bytes::ByteBuf;
use server::journal::Journal;
use server::keys::Keys;
use server::store::memory::Memory;
use server::store::{
    Account, Ask, Confirmed, Desk, FirstSteps, Import, OfficeChange, Roll, Seed, Sender, Store, StoreError, Upkeep, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What one run did, when nothing was violated.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How often each fault was injected.
    pub faults: BTreeMap<&'static str, u64>,
    /// Operations saved on phones.
    pub operations: u64,
    /// Anonymous opinions saved on phones.
    pub anonymous: u64,
    /// Of them, those that were released from the pool.
    pub released: u64,
}

/// An oracle's complaint, with the trace that led to it.
#[derive(Debug)]
pub struct Violation {
    /// What is wrong.
    pub what: String,
    /// Everything that happened.
    pub trace: Vec<String>,
}

/// Plays one seed to its end.
pub fn run(seed: u64) -> Result<Report, Violation> {
    let mut world = World::new(seed);
    let outcome = (0..60).try_for_each(|_| world.step()).and_then(|()| world.settle()).and_then(|()| world.judge());
    match outcome {
        Ok(()) => Ok(world.report),
        Err(what) => Err(Violation { what, trace: world.trace }),
    }
}

enum Request {
    Push(PushBatch),
    Anonymous(AnonymousBatch),
    Pull(PullRequest),
}

struct World {
    chance: Chance,
    store: Memory,
    keys: Arc<Keys>,
    now: Time,
    officer: PersonId,
    tab: DeviceId,
    tab_seq: u64,
    commune: AreaId,
    villages: Vec<AreaId>,
    campaign: Campaign,
    team: Team,
    phones: Vec<Phone>,
    /// Requests that the network still holds: they arrive later, after newer ones.
    delayed: Vec<(usize, Request)>,
    /// Every household that phones made or the office imported.
    households: Vec<(AreaId, RecordId)>,
    /// Operations that the server must quarantine, by device and number.
    poisoned: BTreeSet<(DeviceId, u64)>,
    /// The secret of each anonymous opinion.
    secrets: BTreeMap<SecretHash, Vec<u8>>,
    /// Each anonymous opinion that was amended, and by which.
    amended: BTreeMap<SecretHash, SecretHash>,
    faulty: bool,
    report: Report,
    trace: Vec<String>,
}

type Outcome<T = ()> = Result<T, String>;

/// The memory store answers at once, so its futures need no executor.
fn now_or_error<T>(future: impl Future<Output = Result<T, StoreError>>) -> Outcome<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(|error| format!("the store refused: {error}")),
        Poll::Pending => Err("the memory store did not answer at once".into()),
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let now = Date::new(2026, 11, 18).unwrap_or_default().start().plus_hours(9);
        let keys = Arc::new(Keys::new(&chance.bytes()));
        let store = Memory::new(Epoch::new(now.0 as u64, chance.bytes()), Arc::clone(&keys), Arc::new(Journal::in_memory()));
        let id = |chance: &mut Chance| RecordId::new(now.0 as u64, chance.bytes());
        let campaign = Campaign {
            id: id(&mut chance),
            title: "Mở rộng đường liên thôn".into(),
            purpose: "Thông tin phương án".into(),
            from: now.date().plus(-30),
            to: now.date().plus(60),
            basis: LegalBasis::StateWork,
            basis_text: String::new(),
            until: now.date().plus(700),
            state: CampaignState::Active,
        };
        let team = Team {
            id: id(&mut chance),
            name: "Tổ công tác".into(),
            decision_no: "05/QĐ-UBND".into(),
            decision_date: None,
            mandate: Default::default(),
            posts: Default::default(),
            lead: None,
            members: Set::new(),
        };
        let tab = DeviceId::new(now.0 as u64, chance.bytes());
        let mut world = Self {
            chance,
            store,
            keys,
            now,
            officer: PersonId::new(0, [0; 10]),
            tab,
            tab_seq: 0,
            commune: AreaId::new(0, [0; 10]),
            villages: Vec::new(),
            campaign,
            team,
            phones: Vec::new(),
            delayed: Vec::new(),
            households: Vec::new(),
            poisoned: BTreeSet::new(),
            secrets: BTreeMap::new(),
            amended: BTreeMap::new(),
            faulty: true,
            report: Report::default(),
            trace: vec![format!("seed {seed}")],
        };
        if let Err(error) = world.begin() {
            world.trace.push(format!("BEGIN FAILED: {error}"));
        }
        world
    }

    fn seed(&mut self) -> Seed {
        self.chance.bytes()
    }

    fn id(&mut self) -> RecordId {
        RecordId::new(self.now.0 as u64, self.chance.bytes())
    }

    /// Two villages, a team of two people with a phone each, and some households.
    fn begin(&mut self) -> Outcome {
        let desk = |login: &str| Desk { name: login.into(), account: Account { login: login.into(), hash: "-".into() } };
        let first =
            FirstSteps {
                admin: desk("quantri"), province: "Tỉnh Sông Lĩnh".into(), commune: "Xã Phú Lĩnh".into(), officer: desk("hanh")
            };
        let seed = self.seed();
        now_or_error(self.store.set_up(first, self.now, seed))?;
        self.officer = now_or_error(self.store.credentials("hanh".into()))?.person;
        now_or_error(self.store.tab(self.tab, self.officer, self.now))?;
        let directory = now_or_error(self.store.directory(None))?;
        let commune = directory.units.iter().find(|seen| seen.value.level == Level::Commune);
        self.commune = commune.ok_or("no commune after set-up")?.value.id;

        for name in ["Thôn Đồng Cừ", "Bản Nậm Lĩnh"] {
            let id = AreaId::from(self.id());
            let unit = Unit {
                id,
                parent: Some(self.commune),
                level: Level::Village,
                name: name.into(),
                code: String::new(),
                from: Date::MIN,
                to: None,
                succession: None,
            };
            self.office(Value::Unit(unit), 0)?;
            self.villages.push(id);
        }
        let campaign = self.campaign.clone();
        self.office(Value::Campaign(campaign), 0)?;
        let mut people = Vec::new();
        for (name, role) in [("Lương Văn Bền", Role::FieldMember), ("Trần Thị Thu Nhàn", Role::TeamLead)] {
            let id = PersonId::from(self.id());
            self.office(
                Value::Person(Person { id, name: name.into(), sort: String::new(), role, unit: self.commune, left: false }, None),
                0,
            )?;
            people.push((id, name));
        }
        self.team.members = people.iter().map(|(id, _)| *id).collect();
        self.team.lead = self.team.members.iter().next().copied();
        let team = self.team.clone();
        self.office(Value::Team(team), 0)?;
        for village in self.villages.clone() {
            let id = self.id();
            let assignment =
                Assignment { id, campaign: self.campaign.id, team: self.team.id, village, due: None, ended: false, share: None };
            self.office(Value::Assignment(assignment), 0)?;
        }
        self.import(12)?;
        for (person, name) in people {
            self.enrol(person, name)?;
        }
        Ok(())
    }

    fn enrol(&mut self, person: PersonId, name: &str) -> Outcome {
        let code = self.seed();
        now_or_error(self.store.issue_code(None, person, code, self.now))?;
        let device = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        let reply = now_or_error(self.store.enrol(code, device, self.now))?;
        self.phones.push(Phone {
            name: name.into(),
            device,
            person,
            outbox: BTreeMap::new(),
            acks: BTreeMap::new(),
            anonymous: Vec::new(),
            records: BTreeMap::new(),
            cursors: BTreeMap::new(),
            mark: None,
            epoch: reply.standing.epoch,
            grants: reply.grants,
            settled: 0,
        });
        Ok(())
    }

    fn office(&mut self, value: Value, seen: u64) -> Outcome {
        self.tab_seq += 1;
        let change = OfficeChange { by: self.officer, within: None, device: self.tab, seq: self.tab_seq, seen, value };
        let seed = self.seed();
        // Pressed twice every now and then: the same number stores once.
        if self.chance.percent(20) {
            now_or_error(self.store.write(change.clone(), self.now, seed))?;
        }
        let seed = self.seed();
        now_or_error(self.store.write(change, self.now, seed))
    }

    fn import(&mut self, rows: usize) -> Outcome {
        let confirmation = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        let rows = (0..rows)
            .map(|n| {
                let village = if n % 2 == 0 { "Thôn Đồng Cừ" } else { "Bản Nậm Lĩnh" };
                let head = format!("Phạm Văn Bền {}", self.chance.below(1000));
                Row::from((village.to_owned(), Household { no: format!("{n}"), head, people: Some(4), ..Household::default() }))
            })
            .collect();
        let confirmed = Confirmed { device: confirmation, seen: None, watched: Arc::default() };
        let roll = Roll { by: self.officer, commune: self.commune, rows, choices: Choices::default() };
        for _ in 0..=usize::from(self.chance.percent(30)) {
            let seed = self.seed();
            now_or_error(self.store.import(Import::Store(roll.clone(), confirmed.clone()), self.now, seed))?;
        }
        Ok(())
    }

    fn note(&mut self, line: String) {
        self.trace.push(format!("{:>4} {line}", self.trace.len()));
    }

    fn fault(&mut self, name: &'static str) {
        *self.report.faults.entry(name).or_default() += 1;
    }

    fn step(&mut self) -> Outcome {
        self.now = Time(self.now.0 + 60_000 * self.chance.below(600) as i64);
        let who = self.chance.below(self.phones.len().max(1));
        match self.chance.below(100) {
            0..27 => (0..=self.chance.below(4)).for_each(|_| self.save_visit(who)),
            27..30 => self.save_meeting(who),
            30..45 => self.correct_household(who),
            45..50 => self.add_household(who),
            50..57 => self.save_anonymous(who, None),
            57..60 => self.amend_anonymous(who),
            60..62 => self.poison(who),
            62..90 => return self.sync(who),
            90..93 => return self.import(2),
            93..95 => return self.rename_team(),
            95 => return self.rearrange(),
            _ => {
                let seed = self.seed();
                self.note("tick".into());
                now_or_error(self.store.tick(self.now, seed))?;
                return self.what_waits_is_sealed();
            }
        }
        Ok(())
    }

    fn rename_team(&mut self) -> Outcome {
        let directory = now_or_error(self.store.directory(None))?;
        let Some(seen) = directory.teams.first() else { return Ok(()) };
        let team = Team { name: format!("Tổ công tác {}", self.chance.below(100)), ..seen.value.clone() };
        self.note(format!("office renames the team to {}", team.name));
        self.office(Value::Team(team), seen.seen)
    }

    /// Merges the villages that stand, or splits the one that does. What phones do meanwhile goes on.
    fn rearrange(&mut self) -> Outcome {
        const MOST: usize = 12;
        let units = now_or_error(self.store.directory(None))?.units;
        let stand: Vec<Unit> =
            units.into_iter().map(|seen| seen.value).filter(|u| u.level == Level::Village && u.succession.is_none()).collect();
        // A village stands for a day at least: the office would be told so.
        let on = self.now.date();
        if self.villages.len() >= MOST || stand.iter().any(|unit| unit.from >= on) {
            return Ok(());
        }
        let from: Vec<AreaId> = stand.iter().map(|unit| unit.id).collect();
        let mut into = Vec::new();
        for n in 0..if from.len() > 1 { 1 } else { 2 } {
            let (id, name) = (AreaId::from(self.id()), format!("Thôn Mới {}", self.villages.len()));
            self.villages.push(id);
            let homes = if n == 0 { Vec::new() } else { self.some_households(&from)? };
            into.push(NewUnit { id, name, code: String::new(), households: homes });
        }
        self.note(format!("office makes {} villages of {}", into.len(), from.len()));
        let decided = Rearrangement { decision_no: "45/QĐ-UBND".into(), decision_date: on, on, from, into };
        let before = self.counted()?;
        self.office(Value::Rearrangement(decided), 0)?;
        let after = self.counted()?;
        if before == after { Ok(()) } else { Err(format!("{before} households before a merger or a split, {after} after it")) }
    }

    /// Some of the households that these villages count.
    fn some_households(&mut self, villages: &[AreaId]) -> Outcome<Vec<RecordId>> {
        let mut all = Vec::new();
        for village in villages {
            let filter = Filter { village: Some(*village), ..Filter::default() };
            let ask = Ask { within: None, filter, limit: u32::MAX };
            all.extend(now_or_error(self.store.list::<HouseholdRow>(ask, self.now))?.rows.into_iter().map(|row| row.id));
        }
        all.retain(|_| self.chance.percent(40));
        Ok(all)
    }

    /// The households of all villages together.
    fn counted(&self) -> Outcome<u32> {
        let ask = Ask { within: None, filter: Filter::default(), limit: u32::MAX };
        let found = now_or_error(self.store.coverage(ask, self.now))?;
        let sum: u32 = found.villages.iter().map(|village| village.counts.households).sum();
        let assigned = found.total.assigned;
        if (sum, assigned) == (found.total.households, found.total.households) {
            Ok(sum)
        } else {
            Err(format!("villages count {sum} households, all together are {}, {assigned} assigned", found.total.households))
        }
    }

    /// Every active household counts to one village, and is in the list of that one alone.
    fn every_household_counts_once(&self) -> Outcome {
        let active = |record: &Record| match &record.body {
            Body::Registry(registry) => Household::read(&registry.state).status == HouseholdStatus::Active,
            _ => false,
        };
        let held = self.server_records()?;
        let held = held.values().filter(|(_, record)| record.kind == Kind::Household && active(record)).count();
        let counted = self.counted()? as usize;
        if held == counted { Ok(()) } else { Err(format!("{held} households are held and {counted} counted")) }
    }

    /// An area in which this phone may write.
    fn area_of(&mut self, who: usize) -> Option<AreaId> {
        let grants = self.phones[who].grants.grants.iter();
        let areas: Vec<AreaId> =
            grants.filter(|grant| grant.write && grant.scope.stream == Stream::Roll).map(|grant| grant.scope.area).collect();
        self.chance.pick(&areas).copied()
    }

    /// A clock that is off by up to two years, as phones' clocks are.
    fn phone_clock(&mut self, who: usize) -> Time {
        let skew = if who == 0 { 0 } else { 17_500 };
        self.now.plus_hours(-skew)
    }

    fn header(&mut self, who: usize, kind: Kind, record: RecordId, area: AreaId, stream: Stream, change: Change) -> Header {
        let at = self.phone_clock(who);
        let grant = self.phones[who].grants.version;
        Header { schema: SCHEMA, kind, record, area, stream, change, grant, at, ground: self.campaign.ground() }
    }

    /// A household that this phone knows.
    fn known(&mut self, who: usize) -> Option<(AreaId, RecordId)> {
        let phone = &self.phones[who];
        let pulled = phone.records.values().filter(|(_, r)| r.kind == Kind::Household).map(|(scope, r)| (scope.area, r.id));
        let own =
            self.households.iter().copied().filter(|(_, id)| !phone.records.contains_key(id) && !phone.register(*id).first.is_empty());
        let all: Vec<_> = pulled.chain(own).collect();
        self.chance.pick(&all).copied()
    }

    fn save(&mut self, who: usize, operation: &Operation) -> u64 {
        self.report.operations += 1;
        let seq = self.phones[who].save(cbor::encode(operation));
        let (name, kind, record) = (&self.phones[who].name, operation.header.kind.code(), operation.header.record);
        self.note(format!("{name} saves {seq}: {kind} {record}"));
        seq
    }

    fn save_visit(&mut self, who: usize) {
        let Some((area, household)) = self.known(who) else { return };
        let contact =
            *self.chance.pick(&[ContactResult::MetRep, ContactResult::NotHome, ContactResult::PhoneDone]).unwrap_or(&ContactResult::Other);
        let id = self.id();
        let facts = Visit {
            household,
            contact,
            purposes: vec![PurposeResult::InfoDelivered],
            next: None,
            promised: None,
            source: Source::default(),
            visitor: None,
        };
        let header = self.header(who, Kind::Visit, id, area, Stream::Visit, Change::Create);
        self.save(who, &Operation::new(header).with(Part::Facts, &facts));
        if self.chance.percent(10) {
            let amended = self.id();
            let header = self.header(who, Kind::Visit, amended, area, Stream::Visit, Change::Amend { of: id });
            self.save(who, &Operation::new(header).with(Part::Facts, &Visit { contact: ContactResult::MetOther, ..facts }));
        }
    }

    /// A meeting from its opening to its conclusion, with what was said there.
    fn save_meeting(&mut self, who: usize) {
        let Some(area) = self.area_of(who) else { return };
        let meeting = self.id();
        let start = Appointment { date: self.now.date(), minute: Some(1_170) };
        let command = |world: &mut Self, expect, state| {
            let (kind, people) = (MeetingType::VillageInfo, Some(world.chance.below(300) as u16));
            let facts = MeetingFacts { kind, state, start, expected: None, present: None, people, speakers: None };
            let header = world.header(who, Kind::Meeting, meeting, area, Stream::Voice, Change::Command { expect });
            world.save(who, &Operation::new(header).with(Part::Facts, &facts).with(Part::Text, &MeetingWords::default()));
        };
        command(self, 0, MeetingState::InSession);
        for n in 0..self.chance.below(5) {
            let id = self.id();
            let said =
                Opinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
            let header = self.header(who, Kind::MeetingOpinion, id, area, Stream::Voice, Change::Create);
            let said = Operation::new(header).with(Part::Facts, &MeetingOpinion { meeting, said });
            self.save(who, &said.with(Part::Text, &format!("Làm cống hay làm cầu, hỏi lần {n}?")));
        }
        command(self, 1, MeetingState::Concluded);
    }

    fn correct_household(&mut self, who: usize) {
        let Some((area, household)) = self.known(who) else { return };
        let state = self.phones[who].register(household);
        let device = self.phones[who].device;
        let base = state.base("people").into_iter().map(|dot| dot.seen_by(device)).collect();
        let people = Some(self.chance.below(9) as u16);
        let change = Change::Set { fields: Map::from([("people".to_owned(), base)]) };
        let header = self.header(who, Kind::Household, household, area, Stream::Roll, change);
        let values = Values::from([("people".to_owned(), ByteBuf::from(cbor::encode(&people)))]);
        self.save(who, &Operation { header, parts: household::parts(values) });
    }

    fn add_household(&mut self, who: usize) {
        let Some(area) = self.area_of(who) else { return };
        let id = self.id();
        let household = Household { head: "Vàng Thị Mỷ".into(), no: "99".into(), people: Some(3), ..Household::default() };
        let header = self.header(who, Kind::Household, id, area, Stream::Roll, Change::Create);
        self.save(who, &Operation { header, parts: household::parts(household.first_values()) });
        self.households.push((area, id));
    }

    /// Amends one of the phone's anonymous opinions that nothing amends yet.
    fn amend_anonymous(&mut self, who: usize) {
        let all: Vec<_> = self.phones[who].secrets().filter(|id| !self.amended.contains_key(id)).collect();
        let Some(&first) = self.chance.pick(&all) else { return };
        self.save_anonymous(who, Some(first));
    }

    fn save_anonymous(&mut self, who: usize, amends: Option<SecretHash>) {
        let village = self.area_of(who);
        let of_first = self.phones[who].anonymous.iter().find(|(opinion, _)| Some(opinion.id) == amends).map(|(first, _)| first.area);
        let Some(area) = of_first.or(village) else { return };
        let urgency = if self.chance.percent(if amends.is_some() { 50 } else { 10 }) { Urgency::Urgent } else { Urgency::Normal };
        let secret = self.chance.bytes::<32>().to_vec();
        let id = SecretHash::of(&secret);
        self.secrets.insert(id, secret);
        let amends = amends.and_then(|first| {
            self.amended.insert(first, id);
            self.secrets.get(&first).map(|secret| Amends::Proof(ByteBuf::from(secret.clone())))
        });
        let opinion = AnonymousOpinion {
            id,
            area,
            week: Some(self.now.date().week()),
            campaign: self.campaign.id,
            mode: ReporterMode::Anonymous,
            kind: OpinionKind::Recommendation,
            topic: Topic::InfraIrrigation,
            urgency,
            text: format!("Mương thoát nước tắc, lần thứ {}.", self.chance.below(1_000_000_000)),
            basis: LegalBasis::StateWork,
            until: self.campaign.until,
            amends,
        };
        self.report.anonymous += 1;
        self.note(format!("{} saves an anonymous opinion {}", self.phones[who].name, hex(opinion.id.bytes())));
        self.phones[who].anonymous.push((opinion, None));
    }

    /// An operation that no server of this build can apply; whatever follows it must not be held up.
    fn poison(&mut self, who: usize) {
        if !self.poisoned.is_empty() {
            return;
        }
        let bytes = if self.chance.percent(50) {
            vec![0xff, 0x00, 0x13]
        } else {
            let header =
                self.header(who, Kind::Other("ballot".into()), RecordId::new(1, [1; 10]), self.villages[0], Stream::Roll, Change::Create);
            cbor::encode(&Operation::new(Header { schema: SCHEMA + 1, ..header }))
        };
        let seq = self.phones[who].save(bytes);
        self.poisoned.insert((self.phones[who].device, seq));
        self.note(format!("{} saves {seq}: poisoned", self.phones[who].name));
        self.fault("poisoned operation");
    }

    /// One sync of one phone, which may be killed between any two steps.
    fn sync(&mut self, who: usize) -> Outcome {
        self.deliver_late()?;
        let mut session = self.phones[who].session();
        let mut answer = Answer::Begin;
        self.note(format!("{} syncs", self.phones[who].name));
        for _ in 0..1_000 {
            if self.faulty && self.chance.percent(3) {
                self.fault("phone killed");
                self.note(format!("{} is killed", self.phones[who].name));
                return Ok(());
            }
            let step = session.next(answer);
            answer = match self.phones[who].store(&step, &mut self.chance) {
                Some(answer) => answer,
                None => match step {
                    Step::Done(summary) => {
                        self.note(format!("{} ends its sync: {summary:?}", self.phones[who].name));
                        let broken = !self.faulty && summary.end != End::Complete;
                        return if broken { Err(format!("a sync without faults ended with {:?}", summary.end)) } else { Ok(()) };
                    }
                    Step::Push(batch) => self.send(who, Request::Push(batch))?,
                    Step::SendAnonymous(batch) => self.send(who, Request::Anonymous(batch))?,
                    Step::Pull(request) => self.send(who, Request::Pull(request))?,
                    _ => return Err("a step that stores was not done".into()),
                },
            };
        }
        Err("a sync did not end within 1,000 steps".into())
    }

    /// The network: it may lose the request, or the reply after the server has committed, or deliver twice, or late.
    fn send(&mut self, who: usize, request: Request) -> Outcome<Answer> {
        let lost = match &request {
            Request::Push(_) => Answer::Pushed(Err(NetError::Lost)),
            Request::Anonymous(_) => Answer::Sent(Err(NetError::Lost)),
            Request::Pull(_) => Answer::PulledIn(Err(NetError::Lost)),
        };
        match if self.faulty { self.chance.below(100) } else { 100 } {
            0..8 => {
                self.fault("request dropped");
                Ok(lost)
            }
            8..16 => {
                self.fault("cut after commit");
                self.arrive(who, &request)?;
                Ok(lost)
            }
            16..24 => {
                self.fault("delivered twice");
                self.arrive(who, &request)?;
                self.arrive(who, &request)
            }
            24..30 => {
                self.fault("delayed and reordered");
                self.delayed.push((who, request));
                Ok(lost)
            }
            _ => self.arrive(who, &request),
        }
    }

    fn deliver_late(&mut self) -> Outcome {
        while !self.delayed.is_empty() && (!self.faulty || self.chance.percent(40)) {
            let at = self.chance.below(self.delayed.len());
            let (who, request) = self.delayed.swap_remove(at);
            self.note(format!("a request of {} arrives late", self.phones[who].name));
            self.arrive(who, &request)?;
        }
        Ok(())
    }

    fn arrive(&mut self, who: usize, request: &Request) -> Outcome<Answer> {
        let device = self.phones[who].device;
        let seed = self.seed();
        Ok(match request {
            Request::Push(batch) => {
                Answer::Pushed(Ok(now_or_error(self.store.push(device, batch.frames.clone(), batch.report.clone(), self.now, seed))?))
            }
            Request::Anonymous(batch) => {
                Answer::Sent(Ok(now_or_error(self.store.anonymous(Sender::Phone(device), batch.opinions.clone(), self.now))?))
            }
            Request::Pull(request) => Answer::PulledIn(Ok(now_or_error(self.store.pull(device, request.clone(), self.now))?)),
        })
    }

    /// Faults off: everything must be delivered within a few rounds.
    fn settle(&mut self) -> Outcome {
        self.faulty = false;
        self.note("--- faults off ---".into());
        self.deliver_late()?;
        for round in 0..2 {
            for who in 0..self.phones.len() {
                self.sync(who)?;
            }
            // The schedule of the week after: what never found a crowd in its week is widened to the campaign.
            if round == 0 {
                self.now = self.now.plus_hours(8 * 24);
                let seed = self.seed();
                now_or_error(self.store.tick(self.now, seed))?;
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Outcome {
        self.everything_was_acknowledged()?;
        self.nothing_is_lost_or_doubled()?;
        self.anonymous_exactly_once()?;
        self.what_waits_is_sealed()?;
        self.only_the_last_version_is_shown()?;
        self.a_crowd_stands_behind_each_release()?;
        self.all_converge()?;
        self.every_household_counts_once()?;
        self.siblings_are_written_minus_bases()
    }

    fn everything_was_acknowledged(&self) -> Outcome {
        for phone in &self.phones {
            for seq in phone.outbox.keys() {
                if !phone.acks.contains_key(seq) {
                    return Err(format!("{}: {seq} was never acknowledged", phone.name));
                }
            }
            if let Some((opinion, _)) = phone.anonymous.iter().find(|(_, acked)| acked.is_none()) {
                return Err(format!("{}: an anonymous opinion was never acknowledged: {}", phone.name, hex(opinion.id.bytes())));
            }
        }
        Ok(())
    }

    /// Every saved event is one record with its own dot, and every command about a meeting was done once; every poisoned
    /// operation waits once, with its raw bytes.
    fn nothing_is_lost_or_doubled(&self) -> Outcome {
        let dump = now_or_error(self.store.dump())?;
        let held = self.server_records()?;
        for phone in &self.phones {
            for (seq, bytes) in &phone.outbox {
                let quarantined = dump.iter().filter(|row| row.starts_with("quarantine") && row.contains(&hex(bytes))).count();
                let poisoned = self.poisoned.contains(&(phone.device, *seq));
                if quarantined != usize::from(poisoned) {
                    return Err(format!("{}: {seq} is {quarantined} times in quarantine, poisoned: {poisoned}", phone.name));
                }
                let Ok(operation) = cbor::decode::<Operation>(bytes) else { continue };
                if let (Kind::Meeting, Change::Command { expect }) = (&operation.header.kind, &operation.header.change) {
                    let held = held.get(&operation.header.record).map(|(_, record)| &record.body);
                    // Two commands each: opened, concluded.
                    let done = matches!(held, Some(Body::Workflow(workflow)) if workflow.revision == 2 && *expect < 2);
                    if !done {
                        return Err(format!("{}: {seq} should be a command that was done, found {held:?}", phone.name));
                    }
                }
                if poisoned || !matches!(operation.header.kind, Kind::Visit | Kind::MeetingOpinion) {
                    continue;
                }
                let dot = Dot { device: phone.device, seq: *seq };
                match held.get(&operation.header.record).map(|(_, record)| &record.body) {
                    Some(Body::Event(event)) if event.dot == dot && event.parts == operation.parts && event.by == phone.person => {}
                    other => return Err(format!("{}: {seq} should be an event on the server, found {other:?}", phone.name)),
                }
            }
        }
        Ok(())
    }

    /// The anonymous opinions that were released, by identity.
    fn released(&self) -> Outcome<BTreeMap<SecretHash, (RecordId, AnonymousOpinion)>> {
        let held = self.server_records()?;
        let opinions = held.into_values().filter_map(|(_, record)| match record.body {
            Body::Anonymous(opinion) => Some((opinion.id, (record.id, opinion))),
            _ => None,
        });
        Ok(opinions.collect())
    }

    /// By the hash of its secret: in the pool or released, once, or amended before anybody saw it; and beside nothing that
    /// names the sender.
    fn anonymous_exactly_once(&self) -> Outcome {
        let dump = now_or_error(self.store.dump())?;
        let released = self.released()?;
        let rows_of = |tables: &[&str], what: &[u8]| {
            let (tables, what) = (tables.iter().map(|table| format!("{table} ")).collect::<Vec<_>>(), hex(what));
            dump.iter().filter(|row| tables.iter().any(|table| row.starts_with(table)) && row.contains(&what)).count()
        };
        for phone in &self.phones {
            for id in phone.secrets() {
                let name = self.keys.name(id.bytes());
                let held = rows_of(&["pool"], &name) + usize::from(released.contains_key(&id));
                let gave_way = self.amended.contains_key(&id) && rows_of(&["replaced"], &name) == 1;
                if held != 1 && !(held == 0 && gave_way) {
                    return Err(format!("an anonymous opinion is held {held} times: {}", hex(id.bytes())));
                }
                for row in dump.iter().filter(|row| row.contains(&hex(id.bytes())) || row.contains(&hex(&name))) {
                    for (what, secret) in [("device", phone.device.bytes()), ("person", phone.person.bytes())] {
                        if row.contains(&hex(secret))
                            || row.contains(&DeviceId::from_bytes(secret).map(|id| id.to_string()).unwrap_or_default())
                        {
                            return Err(format!("an anonymous opinion stands beside its sender's {what}: {row}"));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// No row of any table says what an opinion says that is not released, or what it is; what is kept of it names neither
    /// village nor campaign; and no secret is kept at all, released or not.
    fn what_waits_is_sealed(&self) -> Outcome {
        let dump = now_or_error(self.store.dump())?;
        let released = self.released()?;
        for row in &dump {
            for (opinion, _) in self.phones.iter().flat_map(|phone| &phone.anonymous) {
                let here = released.contains_key(&opinion.id);
                // A released amendment names what it amends, which may still wait.
                let named = here || row.starts_with("record ");
                let secret = self.secrets.get(&opinion.id).is_some_and(|secret| row.contains(&hex(secret)));
                if secret || !here && row.contains(&hex(opinion.text.as_bytes())) || !named && row.contains(&hex(opinion.id.bytes())) {
                    return Err(format!("the anonymous opinion {} can be read in {row}", hex(opinion.id.bytes())));
                }
            }
            if ["pool ", "replaced ", "quarantine_anonymous "].iter().any(|table| row.starts_with(table)) {
                let campaign = self.campaign.id;
                let places = self.villages.iter().map(AreaId::bytes).chain([campaign.bytes()]);
                if places.into_iter().any(|place| row.contains(&hex(place))) {
                    return Err(format!("what waits shows where: {row}"));
                }
            }
        }
        Ok(())
    }

    /// What is out of sight has a later version that was released; what a released amendment amends is out of sight.
    fn only_the_last_version_is_shown(&self) -> Outcome {
        let released = self.released()?;
        let ask = Ask { within: None, filter: Filter::default(), limit: u32::MAX };
        let shown: BTreeSet<RecordId> =
            now_or_error(self.store.list::<OpinionRow>(ask, self.now))?.rows.into_iter().map(|row| row.id).collect();
        let next = |id: &SecretHash| self.amended.get(id).copied();
        for (id, (record, _)) in &released {
            let shown = shown.contains(record);
            // The first correction may never be released: while it waited, a later one took its place.
            let later = std::iter::successors(next(id), |id| next(id)).any(|later| released.contains_key(&later));
            let corrected = next(id).is_some_and(|next| released.contains_key(&next));
            if shown && corrected || !shown && !later {
                return Err(format!("the anonymous opinion {} is shown: {shown}, corrected: {corrected}", hex(id.bytes())));
            }
        }
        Ok(())
    }

    /// Recorded as urgent, and so was everything that it amends: only then the phone said that it would not wait.
    fn may_be_at_once(&self, id: SecretHash) -> bool {
        let mut all = self.phones.iter().flat_map(|phone| &phone.anonymous);
        let urgent = all.any(|(opinion, _)| opinion.id == id && opinion.urgency == Urgency::Urgent);
        let first = self.amended.iter().find(|(_, by)| **by == id).map(|(first, _)| *first);
        urgent && first.is_none_or(|first| self.may_be_at_once(first))
    }

    /// Whatever a released opinion shares with visits at which somebody was spoken to fits at least five households.
    fn a_crowd_stands_behind_each_release(&mut self) -> Outcome {
        let held = self.server_records()?;
        let mut behind: BTreeMap<(AreaId, Option<Date>), BTreeSet<RecordId>> = BTreeMap::new();
        for (scope, record) in held.values() {
            let Body::Event(event) = &record.body else { continue };
            let Some(visit) = event.read::<Visit>(Part::Facts).filter(|visit| visit.contact.spoke()) else { continue };
            for week in [Some(event.header.at.date().week()), None] {
                behind.entry((scope.area, week)).or_default().insert(visit.household);
            }
        }
        for (scope, record) in held.values() {
            let Body::Anonymous(opinion) = &record.body else { continue };
            if opinion.urgency == Urgency::Urgent && self.may_be_at_once(opinion.id) {
                continue;
            }
            self.report.released += 1;
            let crowd = behind.get(&(scope.area, opinion.week)).map_or(0, BTreeSet::len);
            if crowd < domain::receive::CROWD {
                return Err(format!("an anonymous opinion of week {:?} was released with {crowd} households behind it", opinion.week));
            }
        }
        Ok(())
    }

    /// Everything that the lead may read, asked for from the beginning; and each stream's digest recomputed.
    fn server_records(&self) -> Outcome<BTreeMap<RecordId, (Scope, Record)>> {
        let mut all = BTreeMap::new();
        for phone in &self.phones {
            let mut cursors = Vec::new();
            let mut digests: BTreeMap<Scope, Digest> = BTreeMap::new();
            let mut announced = BTreeMap::new();
            loop {
                let request =
                    PullRequest { protocol: domain::wire::PROTOCOL, mark: None, cursors: std::mem::take(&mut cursors), report: None };
                let before = request.cursors.clone();
                let reply = now_or_error(self.store.pull(phone.device, request, self.now))?;
                let Pulled::Pages(pages) = reply.pulled else { return Err("a pull with cursors brought no pages".into()) };
                cursors = before;
                for page in pages.pages {
                    let scope = page.cursor.scope;
                    cursors.retain(|cursor: &domain::wire::Cursor| cursor.scope != scope);
                    cursors.push(page.cursor);
                    announced.insert(scope, page.digest);
                    for bytes in page.records {
                        let record: Record = cbor::decode(&bytes).map_err(|_| "a pulled record cannot be read".to_owned())?;
                        let digest = digests.entry(scope).or_default();
                        *digest = digest.replace(None, Some(&record));
                        all.insert(record.id, (scope, record));
                    }
                }
                if !pages.more {
                    break;
                }
            }
            if announced.iter().any(|(scope, digest)| digests.get(scope) != Some(digest)) {
                return Err(format!("{}: a stream's digest is not that of its records", phone.name));
            }
        }
        Ok(all)
    }

    fn all_converge(&self) -> Outcome {
        let server = self.server_records()?;
        for phone in &self.phones {
            let readable = |scope: &Scope| phone.grants.may_read(*scope);
            let expected: BTreeMap<_, _> = server.iter().filter(|(_, (scope, _))| readable(scope)).collect();
            let have: BTreeMap<_, _> = phone.records.iter().collect();
            if have != expected {
                let missing = expected.keys().filter(|id| !have.contains_key(*id)).count();
                let other = expected.iter().filter(|(id, value)| have.get(*id).is_some_and(|mine| mine != *value)).count();
                return Err(format!("{} differs from the server: {missing} records missing, {other} different", phone.name));
            }
            if let Some((scope, _)) = phone.records.values().find(|(scope, _)| !readable(scope)) {
                return Err(format!("{} holds a record of {scope:?}, which it may not read", phone.name));
            }
        }
        Ok(())
    }

    /// Both values stay: of every household's field exactly those that nobody who had seen them replaced.
    fn siblings_are_written_minus_bases(&self) -> Outcome {
        let server = self.server_records()?;
        let mut written: BTreeMap<RecordId, (BTreeSet<Dot>, BTreeSet<Dot>)> = BTreeMap::new();
        for phone in &self.phones {
            for (seq, bytes) in &phone.outbox {
                let Ok(operation) = cbor::decode::<Operation>(bytes) else { continue };
                if operation.header.kind != Kind::Household || self.poisoned.contains(&(phone.device, *seq)) {
                    continue;
                }
                let (dots, based) = written.entry(operation.header.record).or_default();
                dots.insert(Dot { device: phone.device, seq: *seq });
                if let Change::Set { fields } = &operation.header.change {
                    based.extend(fields.values().flatten().map(|dot| dot.of(phone.device)));
                }
            }
        }
        for (id, (mut dots, based)) in written {
            let Some((_, Record { body: Body::Registry(registry), .. })) = server.get(&id) else {
                return Err(format!("household {id} is not on the server"));
            };
            dots.extend(registry.state.origin.map(|origin| origin.dot));
            let expected: BTreeSet<_> = dots.difference(&based).copied().collect();
            let found: BTreeSet<_> = registry.state.base("people").into_iter().collect();
            if found != expected {
                return Err(format!("household {id}: siblings {found:?}, expected {expected:?}"));
            }
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
