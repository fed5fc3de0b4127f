//! `--demo`: brings a made-up commune into an empty store the way a real one gets there, so that every screen has
//! something to show: set up, rolls imported, two communes merged, teams sent out, phones pushing every evening, two villages
//! merged.

pub mod commune;

use crate::auth::{code_for_people, new_code, random};
use crate::error::Refused;
use crate::http::{App, now};
use crate::store::{Account, Ask, Confirmed, Desk, FirstSteps, Import, OfficeChange, Roll, Seed, Sender, Store, StoreError, Value};
use commune::{COMMUNE, Chance, Commune, FORMER, Held, Made, PROVINCE, Round, Said, Village};
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::cbor;
use domain::code_book::{CodeChange, NewTopic};
use domain::household::{self, Household, HouseholdStatus};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::incident::{Data, Harm, Incident};
use domain::meeting::{MeetingFacts, MeetingOpinion, MeetingState, MeetingWords};
use domain::office::{Filter, HouseholdRow, OpinionRow, Seen};
use domain::operation::{Change, Ground, Header, Kind, LegalBasis, Operation, Part, SCHEMA};
use domain::opinion::{AnonymousOpinion, Opinion, Reporter, ReporterMode, SecretHash};
use domain::organization::{OrgType, Organization};
use domain::person::{Person, Role};
use domain::record::{Body, Record};
use domain::redaction::{Redact, RedactionReason};
use domain::register::{Register, Values};
use domain::reimport::Choices;
use domain::roll::Row;
use domain::short::Map;
use domain::source::Source;
use domain::succession::{NewUnit, Rearrangement};
use domain::team::{Duty, Post, Team};
use domain::text;
use domain::time::{Date, Time};
use domain::topic::StandardTopic;
use domain::twin::{Decision, Verdict};
use domain::unit::{Level, Unit};
use domain::visit::{Appointment, Callback, CallbackContact, Visit};
use domain::wire::{Frame, Outcome, PROTOCOL, PUSH_MAX, PullRequest, Pulled, PushBatch, Reason};
use seal::recovery::{PrivateKey, PublicKey};
use seal::sheet::{self, Sheet};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// How somebody gets into the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIns {
    /// Role, sign-in name, at a desk; the passphrase of all is [`PASSPHRASE`].
    pub desks: Vec<(Role, &'static str)>,
    /// Role, name and one-time code, on a phone.
    pub phones: Vec<(Role, String, String)>,
    /// The public half of the recovery key.
    pub key: PublicKey,
    /// Two of its sheets, so that a phone can be opened. Nowhere else does a server ever have one.
    pub sheets: [Sheet; 2],
}

/// Everybody can read it, which is why the demonstration runs on this machine only.
pub const PASSPHRASE: &str = "tham-tung-nha";

/// The first two come with the set-up, the others are made by the officer.
const DESKS: [(Role, &str, &str); 4] = [
    (Role::Admin, "quantri", "Đinh Thị Ngân"),
    (Role::Officer, "canbo", "Trương Minh Huy"),
    (Role::Leader, "lanhdao", "Lương Thị Hạnh"),
    (Role::Dpo, "baove", "Mai Thị Nhàn"),
];

/// The file that says that a directory may be emptied.
const MARK: &str = "demo";

/// Empties the directory of an earlier demonstration, all but the files named in `keep`. Refuses a directory that
/// holds anything else.
pub fn empty_directory(data: &Path, keep: &[&str]) -> std::io::Result<()> {
    let kept = |entry: &std::fs::DirEntry| keep.iter().any(|name| entry.file_name() == *name);
    let entries = std::fs::read_dir(data)?.collect::<Result<Vec<_>, _>>()?;
    let others: Vec<_> = entries.iter().filter(|entry| !kept(entry)).collect();
    if !others.is_empty() && !data.join(MARK).is_file() {
        let message = format!("{} holds data that is no demonstration; choose another directory with --data", data.display());
        return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, message));
    }
    std::fs::write(data.join(MARK), "Made-up data. Emptied at the next start with --demo.\n")?;
    for entry in others.into_iter().filter(|entry| entry.file_name() != MARK) {
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Fills an empty store as it would stand on the morning of `today`.
pub async fn seed<S: Store>(app: &App<S>, today: Date) -> Result<SignIns, Refused> {
    let commune = Commune::new(today);
    let begun = today.plus(-410).start().plus_hours(8);
    let private = PrivateKey::new(random()?);
    let (key, [first, second, _]) = (private.public(), sheet::split(&private, random()?));
    let mut office = Office::open(app, key, begun).await?;
    let mut villages = office.settle(&commune, begun).await?;
    let teams = office.employ(&commune, &villages, begun).await?;
    let merged_on = today.plus(-60);
    for round in &commune.rounds {
        if merged_on <= round.from {
            office.merge_villages(&commune, &mut villages, merged_on).await?;
        }
        office.play(round, &villages, &teams, today).await?;
    }
    office.answer(today).await?;
    office.leave_work(&villages, &teams, today).await?;
    office.make_twice(&villages, &teams, today).await?;
    office.organize(&teams, today).await?;
    office.fit_lists(today).await?;
    office.write_down_an_incident(today).await?;
    office.delete_for_ever(today).await?;

    let mut phones = Vec::new();
    let team = teams.first().map(|team| team.members.as_slice()).unwrap_or_default();
    for (role, member) in [(Role::TeamLead, team.first()), (Role::FieldMember, team.get(1))] {
        let Some(member) = member else { continue };
        let code = new_code()?;
        app.store.issue_code(None, member.person, app.keys.code(&code), now()).await?;
        phones.push((role, member.name.clone(), code_for_people(&code)));
    }
    Ok(SignIns { desks: DESKS.map(|(role, login, _)| (role, login)).to_vec(), phones, key, sheets: [first, second] })
}

/// The first one issues decisions, the others send members.
const ORGANIZATIONS: [(&str, OrgType); 4] = [
    ("Ủy ban nhân dân xã Tân Khê Vân", OrgType::PeoplesCommittee),
    ("Ủy ban Mặt trận Tổ quốc xã Tân Khê Vân", OrgType::FatherlandFront),
    ("Hội Liên hiệp Phụ nữ xã Tân Khê Vân", OrgType::Women),
    ("Hội Nông dân xã Tân Khê Vân", OrgType::Farmers),
];

/// What the commune talks about and no standard topic says: where it stands, what it is called, and in English.
const OWN_TOPICS: [(StandardTopic, &str, &str); 2] =
    [(StandardTopic::Infra, "Bến đò, cầu tạm", "Ferries, makeshift bridges"), (StandardTopic::Market, "Chợ phiên", "Weekly market")];

struct Office<'a, S> {
    app: &'a App<S>,
    chance: Chance,
    commune: AreaId,
    officer: PersonId,
    tab: DeviceId,
    seq: u64,
    owed: Vec<Owed>,
}

/// An answer that was promised, and the phone that wrote it down.
struct Owed {
    by: DeviceId,
    promised: Date,
    written: Header,
}

/// How many answers a village still waits for: the latest promised.
const OWED: usize = 3;

struct Place {
    /// Until they are merged, the villages that were before it.
    areas: Vec<AreaId>,
    /// In the order of the roll, each with its area.
    households: Vec<(RecordId, AreaId)>,
}

impl Place {
    /// Where meetings are held.
    fn area(&self) -> Result<AreaId, StoreError> {
        self.areas.first().copied().ok_or(StoreError::NotFound)
    }
}

struct Staff {
    team: RecordId,
    members: Vec<Phone>,
}

struct Phone {
    person: PersonId,
    name: String,
    device: DeviceId,
}

impl<'a, S: Store> Office<'a, S> {
    async fn open(app: &'a App<S>, key: PublicKey, at: Time) -> Result<Self, Refused> {
        let mut chance = Chance(99);
        let hash = app.passphrases.hash(PASSPHRASE).await?;
        let [admin, officer, others @ ..] = DESKS;
        let account = |login: &str| Account { login: login.to_owned(), hash: hash.clone() };
        let desk = |(_, login, name): (Role, &str, &str)| Desk { name: name.to_owned(), account: account(login) };
        let [first, _] = FORMER;
        let (province, commune) = (PROVINCE.to_owned(), first.to_owned());
        let first = FirstSteps { admin: desk(admin), province, commune, officer: desk(officer), recovery: Some(key) };
        app.store.set_up(first, at, chance.bytes()).await?;
        let officer = app.store.credentials(officer.1.to_owned()).await?.person;
        let units = app.store.directory(None).await?.units;
        let commune = units.iter().find(|unit| unit.value.level == Level::Commune).ok_or(StoreError::NotFound)?.value.id;
        let tab = DeviceId::new(millis(at), chance.bytes());
        app.store.tab(tab, officer, at).await?;
        let mut office = Self { app, chance, commune, officer, tab, seq: 0, owed: Vec::new() };
        for (role, login, name) in others {
            let person = Person { id: office.id(at).into(), name: name.to_owned(), sort: String::new(), role, unit: commune, left: false };
            office.write(Value::Person(person, Some(account(login))), 0, at).await?;
        }
        Ok(office)
    }

    fn id(&mut self, at: Time) -> RecordId {
        RecordId::new(millis(at), self.chance.bytes())
    }

    async fn write(&mut self, value: Value, seen: u64, at: Time) -> Result<(), StoreError> {
        self.seq += 1;
        let change = OfficeChange { by: self.officer, within: None, device: self.tab, seq: self.seq, seen, value };
        let seed: Seed = self.chance.bytes();
        self.app.store.write(change, at, seed).await
    }

    /// A sheet of paper that lay somewhere for an afternoon: nothing to be reported, and written down all the same.
    async fn write_down_an_incident(&mut self, today: Date) -> Result<(), StoreError> {
        let detected = today.plus(-9).start().plus_hours(16);
        let incident = Incident {
            id: self.id(detected),
            detected,
            happened: Some(detected.date()),
            what: "Một tờ danh sách đi thăm để quên ở nhà văn hóa thôn, hai giờ sau tìm lại được.".to_owned(),
            data: vec![Data::Contact, Data::Household],
            people: Some(38),
            harm: Harm::No,
            consequences: "Không thấy ai đọc hay chụp lại.".to_owned(),
            measures: "Thu lại và hủy tờ danh sách; nhắc các tổ nộp lại danh sách sau mỗi buổi.".to_owned(),
            contact: "Bộ phận bảo vệ dữ liệu của xã".to_owned(),
            notified: None,
            reference: String::new(),
            device: None,
        };
        self.write(Value::Incident(incident), 0, detected).await
    }

    /// Somebody asked that it is no longer kept who said it.
    async fn delete_for_ever(&mut self, today: Date) -> Result<(), StoreError> {
        let at = today.plus(-3).start().plus_hours(15);
        let ask = Ask { within: Some(self.commune), filter: Filter::default(), limit: u32::MAX };
        let said = self.app.store.list::<OpinionRow>(ask, at).await?.rows;
        let Some(opinion) = said.into_iter().rev().find(|row| row.mode == Some(ReporterMode::Named)) else { return Ok(()) };
        let asked = Redact { record: opinion.id, parts: [Part::Contact].into_iter().collect(), why: RedactionReason::Asked };
        self.write(Value::Redact(asked), 0, at).await
    }

    /// Imports the rolls of two communes, villages with them, and makes the two one.
    async fn settle(&mut self, commune: &Commune, at: Time) -> Result<Vec<Place>, StoreError> {
        let [_, second] = FORMER;
        let units = self.app.store.directory(None).await?.units;
        let here = units.into_iter().find(|unit| unit.value.id == self.commune).ok_or(StoreError::NotFound)?.value;
        let second = Unit { id: self.id(at).into(), name: second.to_owned(), ..here };
        let communes = [self.commune, second.id];
        self.write(Value::Unit(second), 0, at).await?;
        let half = commune.villages.len() / 2;
        let mut places = Vec::new();
        for (commune, villages) in communes.into_iter().zip([commune.villages.get(..half), commune.villages.get(half..)]) {
            places.extend(self.import(commune, villages.unwrap_or_default(), at).await?);
        }
        let begun = Date::new(2025, 7, 1).unwrap_or(Date::MIN).min(at.date());
        let decision = ("9999/NQ-UBTVQH15", begun.plus(-15));
        let whole = NewUnit { id: self.id(at).into(), name: COMMUNE.to_owned(), code: String::new(), households: Vec::new() };
        self.commune = whole.id;
        self.merge(decision, begun, communes.to_vec(), whole, at).await?;
        Ok(places)
    }

    async fn import(&mut self, commune: AreaId, villages: &[Village], at: Time) -> Result<Vec<Place>, StoreError> {
        let mut rows = Vec::new();
        for village in villages {
            let whole = [(village.name, village.households.len())];
            let names = if village.former.is_empty() { whole.as_slice() } else { village.former };
            let names = names.iter().flat_map(|(name, count)| std::iter::repeat_n(*name, *count));
            rows.extend(names.zip(&village.households).map(|(name, household)| Row::from((name.to_owned(), household.clone()))));
        }
        let confirmed = Confirmed { device: DeviceId::from(self.id(at)), seen: None, watched: Arc::default() };
        let roll = Roll { by: self.officer, commune, rows, choices: Choices::default() };
        self.app.store.import(Import::Store(roll, confirmed), at, self.chance.bytes()).await?;

        let units = self.app.store.directory(None).await?.units;
        let mut places = Vec::new();
        for village in villages {
            let mut areas = Vec::new();
            let mut by_no = BTreeMap::new();
            for name in village.former.iter().map(|(name, _)| *name).chain(village.former.is_empty().then_some(village.name)) {
                let area = units.iter().find(|unit| unit.value.name == name).ok_or(StoreError::NotFound)?.value.id;
                let filter = Filter { village: Some(area), ..Filter::default() };
                let listed = self.app.store.list::<HouseholdRow>(Ask { within: None, filter, limit: u32::MAX }, at).await?;
                by_no.extend(listed.rows.into_iter().map(|row| (row.no, (row.id, area))));
                areas.push(area);
            }
            let in_order = village.households.iter().map(|household| by_no.get(&household.no).copied().ok_or(StoreError::NotFound));
            places.push(Place { areas, households: in_order.collect::<Result<_, _>>()? });
        }
        Ok(places)
    }

    /// Makes one village of those that stand where the map of today has one.
    async fn merge_villages(&mut self, commune: &Commune, places: &mut [Place], on: Date) -> Result<(), StoreError> {
        let at = on.start().plus_hours(8);
        for (village, place) in commune.villages.iter().zip(places).filter(|(_, place)| place.areas.len() > 1) {
            let whole = NewUnit { id: self.id(at).into(), name: village.name.to_owned(), code: String::new(), households: Vec::new() };
            let former = std::mem::replace(&mut place.areas, vec![whole.id]);
            self.merge(("45/NQ-HĐND", on.plus(-20)), on, former, whole, at).await?;
        }
        Ok(())
    }

    async fn merge(&mut self, decision: (&str, Date), on: Date, from: Vec<AreaId>, whole: NewUnit, at: Time) -> Result<(), StoreError> {
        let (decision_no, decision_date) = (decision.0.to_owned(), decision.1);
        let decided = Rearrangement { decision_no, decision_date, on, from, into: vec![whole], commune: None };
        self.write(Value::Rearrangement(decided), 0, at).await
    }

    /// Makes people, teams and phones.
    async fn employ(&mut self, commune: &Commune, villages: &[Place], at: Time) -> Result<Vec<Staff>, StoreError> {
        let mut all = Vec::new();
        for (village, place) in commune.villages.iter().zip(villages) {
            let mut members = Vec::new();
            for (n, name) in village.team.iter().enumerate() {
                let role = if n == 0 { Role::TeamLead } else { Role::FieldMember };
                let person =
                    Person { id: self.id(at).into(), name: name.clone(), sort: String::new(), role, unit: self.commune, left: false };
                let phone = Phone { person: person.id, name: name.clone(), device: self.id(at).into() };
                self.write(Value::Person(person, None), 0, at).await?;
                members.push(phone);
            }
            let team = Team {
                id: self.id(at),
                name: format!("Tổ dân vận {}", text::lower_first(village.name)),
                decision_no: format!("{}/QĐ-UBND", 20 + all.len()),
                decision_date: Some(at.date()),
                mandate: Default::default(),
                posts: Default::default(),
                lead: members.first().map(|lead| lead.person),
                members: members.iter().map(|member| member.person).collect(),
            };
            let id = team.id;
            self.write(Value::Team(team), 0, at).await?;
            for member in &members {
                let code = self.app.keys.code(&format!("{:032x}", place.area()?.0.as_u128() ^ member.device.0.as_u128()));
                self.app.store.issue_code(None, member.person, code, at).await?;
                self.app.store.enrol(code, member.device, at).await?;
            }
            all.push(Staff { team: id, members });
        }
        Ok(all)
    }

    /// One campaign, day by day: in the evening every phone sends what its owner did.
    async fn play(&mut self, round: &Round, villages: &[Place], teams: &[Staff], today: Date) -> Result<(), StoreError> {
        let begun = round.from.start();
        let mut campaign = Campaign {
            id: self.id(begun),
            title: round.title.to_owned(),
            purpose: round.purpose.to_owned(),
            from: round.from,
            to: round.to,
            basis: LegalBasis::StateWork,
            basis_text: "Điều 19 khoản 1 điểm c Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15".to_owned(),
            until: round.to.plus(730),
            contact_until: None,
            state: CampaignState::Draft,
        };
        self.write(Value::Campaign(campaign.clone()), 0, begun).await?;
        campaign.state = CampaignState::Active;
        self.rewrite(campaign.clone(), begun).await?;
        for (place, staff) in villages.iter().zip(teams) {
            for &village in &place.areas {
                let (id, campaign, team) = (self.id(begun), campaign.id, staff.team);
                let assignment = Assignment { id, campaign, team, village, due: Some(round.to), ended: false, share: None };
                self.write(Value::Assignment(assignment), 0, begun).await?;
            }
        }
        let mut versions = BTreeMap::new();
        for phone in teams.iter().flat_map(|staff| &staff.members) {
            versions.insert(phone.device, self.pull(phone, begun).await?.0);
        }
        let last = round.to.min(today.plus(-1));
        for day in (0..=last.since(round.from)).map(|n| round.from.plus(n)) {
            let mut batches: BTreeMap<DeviceId, Batch> = BTreeMap::new();
            for visit in round.visits.iter().filter(|visit| visit.at.date() == day) {
                let (Some(place), Some(staff)) = (villages.get(visit.village), teams.get(visit.village)) else { continue };
                let (Some(home), Some(phone)) = (place.households.get(visit.household), staff.members.get(visit.by)) else { continue };
                let grant = versions.get(&phone.device).copied().unwrap_or_default();
                let batch = batches.entry(phone.device).or_default();
                self.record((phone.device, batch), visit, *home, grant, &campaign);
            }
            for held in round.meetings.iter().filter(|held| held.at.date() == day) {
                let (Some(place), Some(lead)) =
                    (villages.get(held.village), teams.get(held.village).and_then(|staff| staff.members.first()))
                else {
                    continue;
                };
                let grant = versions.get(&lead.device).copied().unwrap_or_default();
                let operations = self.meeting(held, place.area()?, grant, &campaign);
                batches.entry(lead.device).or_default().operations.extend(operations);
            }
            let evening = day.start().plus_hours(21);
            for (device, batch) in batches {
                self.push(device, batch.operations, evening, None).await?;
                if !batch.anonymous.is_empty() {
                    self.app.store.anonymous(Sender::Phone(device), batch.anonymous, evening).await?;
                }
            }
            self.app.store.tick(evening.plus_hours(2), self.chance.bytes()).await?;
        }
        if round.to < today {
            campaign.state = CampaignState::Closed;
            self.rewrite(campaign, round.to.plus(1).start()).await?;
            // After the campaign, what could not be told apart by week is told apart by campaign only.
            self.app.store.tick(round.to.plus(8).start(), self.chance.bytes()).await?;
        }
        Ok(())
    }

    async fn rewrite(&mut self, campaign: Campaign, at: Time) -> Result<(), StoreError> {
        let campaigns = self.app.store.directory(None).await?.campaigns;
        let seen = campaigns.iter().find(|seen| seen.value.id == campaign.id).ok_or(StoreError::NotFound)?.seen;
        self.write(Value::Campaign(campaign), seen, at).await
    }

    /// The version of a phone's grants, and the records that it may read.
    async fn pull(&self, phone: &Phone, at: Time) -> Result<(u32, Vec<Record>), StoreError> {
        let request =
            PullRequest { protocol: PROTOCOL, mark: None, cursors: Vec::new(), report: None, refused: Vec::new(), redacted: None };
        let Pulled::Pages(pages) = self.app.store.pull(phone.device, request, at).await?.pulled else {
            return Err(StoreError::Broken("a first pull without pages".to_owned()));
        };
        let records = pages.pages.iter().flat_map(|page| &page.records).filter_map(|record| cbor::decode(record).ok());
        Ok((pages.grants.version, records.collect()))
    }

    /// The operations of one visit, as a phone writes them.
    fn record(
        &mut self,
        (device, batch): (DeviceId, &mut Batch),
        visit: &Made,
        (household, area): (RecordId, AreaId),
        grant: u32,
        campaign: &Campaign,
    ) {
        let at = visit.at;
        let header = |record, kind| heading(record, kind, area, Change::Create, grant, at, campaign.ground());
        let id = self.id(at);
        let promised = visit.said.as_ref().and_then(|said| said.promised);
        let facts = Visit {
            household,
            contact: visit.contact,
            purposes: visit.purposes.clone(),
            next: visit.next,
            promised,
            source: Source::PhoneVisit,
            visitor: None,
        };
        batch.operations.push(Operation::new(header(id, Kind::Visit)).with(Part::Facts, &facts));
        let Some(said) = &visit.said else { return };
        let Said { mode, kind, topic, urgency, text, promised } = said.clone();
        if mode != ReporterMode::Named {
            let opinion = AnonymousOpinion {
                id: SecretHash::of(&self.chance.bytes::<32>()),
                area,
                week: Some(at.date().week()),
                campaign: campaign.id,
                mode,
                kind,
                topic,
                urgency,
                text,
                basis: campaign.basis,
                until: campaign.until,
                amends: None,
            };
            batch.anonymous.push(ByteBuf::from(cbor::encode(&opinion)));
            return;
        }
        let opinion = self.id(at);
        batch.operations.push(
            Operation::new(header(opinion, Kind::Opinion))
                .with(Part::Facts, &Opinion { kind, topic, urgency, source: Source::PhoneVisit })
                .with(Part::Text, &text)
                .with(Part::Contact, &Reporter { household, visit: Some(id) }),
        );
        if let Some(promised) = promised {
            let written = header(self.id(at), Kind::Callback);
            self.owed.push(Owed { by: device, promised, written: written.clone() });
            batch.operations.push(
                Operation::new(written)
                    .with(Part::Facts, &Callback { opinion, promised })
                    .with(Part::Contact, &CallbackContact { household }),
            );
        }
    }

    /// The operations of one meeting, as a phone writes them: opened, spoken at, concluded.
    fn meeting(&mut self, held: &Held, area: AreaId, grant: u32, campaign: &Campaign) -> Vec<Operation> {
        let at = |minutes: usize| Time(held.at.0 + i64::try_from(minutes).unwrap_or_default() * 60_000);
        let header = |record, kind, change, minutes| heading(record, kind, area, change, grant, at(minutes), campaign.ground());
        let minute = held.at.0.saturating_sub(held.at.date().start().0) / 60_000;
        let opened = MeetingFacts {
            kind: held.kind,
            state: MeetingState::InSession,
            start: Appointment { date: held.at.date(), minute: u16::try_from(minute).ok() },
            expected: Some(held.expected),
            present: None,
            people: None,
            speakers: None,
        };
        let words = MeetingWords { title: held.title.to_owned(), place: "Nhà văn hóa".to_owned(), conclusion: String::new() };
        let id = self.id(held.at);
        let open = header(id, Kind::Meeting, Change::Command { expect: 0 }, 0);
        let mut operations = vec![Operation::new(open).with(Part::Facts, &opened).with(Part::Text, &words)];
        for (n, (said, text)) in held.said.iter().enumerate() {
            let opinion = header(self.id(at(10 + n * 8)), Kind::MeetingOpinion, Change::Create, 10 + n * 8);
            let facts = MeetingOpinion { meeting: id, said: said.clone() };
            operations.push(Operation::new(opinion).with(Part::Facts, &facts).with(Part::Text, text));
        }
        let concluded = MeetingFacts {
            state: MeetingState::Concluded,
            present: Some(held.present),
            people: Some(held.people),
            speakers: Some(held.speakers),
            ..opened
        };
        let words = MeetingWords { conclusion: held.conclusion.to_owned(), ..words };
        let end = header(id, Kind::Meeting, Change::Command { expect: 1 }, 100);
        operations.push(Operation::new(end).with(Part::Facts, &concluded).with(Part::Text, &words));
        operations
    }

    /// Pushes, and makes sure of what became of it.
    async fn push(&mut self, device: DeviceId, operations: Vec<Operation>, at: Time, refused: Option<Reason>) -> Result<(), StoreError> {
        let expected = refused.map_or(Outcome::Applied, Outcome::Quarantined);
        for operations in operations.chunks(PUSH_MAX) {
            let have = self.app.store.device(device).await?.have;
            let frames = (have + 1..).zip(operations).map(|(seq, operation)| Frame { seq, bytes: ByteBuf::from(cbor::encode(operation)) });
            let reply = self.app.store.push(PushBatch::of(device, frames.collect()), at, self.chance.bytes()).await?;
            if let Some((_, outcome, _)) = reply.each().find(|(_, outcome, _)| *outcome != expected) {
                return Err(StoreError::Broken(format!("an operation of the demonstration is {outcome:?}")));
            }
        }
        Ok(())
    }

    /// Carries answers back, and takes them off what is owed, until each village waits for [`OWED`].
    async fn answer(&mut self, today: Date) -> Result<(), StoreError> {
        let evening = today.plus(-1).start().plus_hours(21);
        let mut owed = std::mem::take(&mut self.owed);
        owed.sort_by_key(|owed| std::cmp::Reverse(owed.promised));
        let mut waiting: BTreeMap<AreaId, usize> = BTreeMap::new();
        let mut done: BTreeMap<DeviceId, Vec<Operation>> = BTreeMap::new();
        for Owed { by, promised, written } in owed {
            let waits = waiting.entry(written.area).or_default();
            *waits += 1;
            if *waits > OWED {
                let at = promised.plus(-1).start().plus_hours(18).min(evening);
                let header = Header { record: self.id(at), change: Change::Retract { of: written.record }, at, ..written };
                done.entry(by).or_default().push(Operation::new(header));
            }
        }
        for (device, operations) in done {
            self.push(device, operations, evening, None).await?;
        }
        Ok(())
    }

    /// Who issued the decisions, and who sends members to the teams.
    async fn organize(&mut self, staff: &[Staff], today: Date) -> Result<(), StoreError> {
        const DUTIES: [Duty; 3] = [Duty::Deputy, Duty::Secretary, Duty::Member];
        let at = today.plus(-1).start().plus_hours(22);
        let mut made = Vec::new();
        for (name, kind) in ORGANIZATIONS {
            let organization = Organization { id: self.id(at), name: name.to_owned(), kind, unit: self.commune, ended: false };
            made.push(organization.id);
            self.write(Value::Organization(organization), 0, at).await?;
        }
        for Seen { seen, value: mut team, .. } in self.app.store.directory(None).await?.teams {
            let Some(staff) = staff.iter().find(|staff| staff.team == team.id) else { continue };
            team.mandate.issuer = made.first().copied();
            let sent = made.iter().skip(1).cycle();
            for ((member, duty), organization) in staff.members.iter().skip(1).zip(DUTIES).zip(sent) {
                team.posts.insert(member.person, Post { duty, organization: Some(*organization) });
            }
            self.write(Value::Team(team), seen, at).await?;
        }
        Ok(())
    }

    /// Fits the code lists to the commune.
    async fn fit_lists(&mut self, today: Date) -> Result<(), StoreError> {
        let at = today.plus(-1).start().plus_hours(22);
        for (parent, name, name_en) in OWN_TOPICS {
            let new = NewTopic { id: self.id(at), parent, name: name.to_owned(), name_en: name_en.to_owned() };
            self.write(Value::Code(CodeChange::Add(new)), 0, at).await?;
        }
        Ok(())
    }

    /// What waits for a person this morning: a household on which two people disagree, and an operation in quarantine.
    async fn leave_work(&mut self, villages: &[Place], teams: &[Staff], today: Date) -> Result<(), StoreError> {
        let at = today.plus(-1).start().plus_hours(22);
        let (Some(place), Some(elsewhere)) = (villages.first(), villages.last()) else { return Ok(()) };
        let members = teams.first().map(|staff| staff.members.as_slice()).unwrap_or_default();
        let ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: today.plus(730) };
        let mut pulled = Vec::new();
        for member in members.iter().take(2) {
            pulled.push((member, self.pull(member, at).await?));
        }
        let (household, area) = place.households.get(4).copied().ok_or(StoreError::NotFound)?;
        for (n, (member, (grant, records))) in (5_u16..).zip(pulled) {
            let state = state(&records, household).ok_or(StoreError::NotFound)?;
            let base = state.base("people").into_iter().map(|dot| dot.seen_by(member.device)).collect();
            let change = Change::Set { fields: Map::from([("people".to_owned(), base)]) };
            let values = Values::from([("people".to_owned(), ByteBuf::from(cbor::encode(&Some(n))))]);
            let header = heading(household, Kind::Household, area, change, grant, at, ground.clone());
            self.push(member.device, vec![Operation { header, parts: household::parts(values) }], at, None).await?;
            if n == 5 {
                let header = heading(self.id(at), Kind::Visit, elsewhere.area()?, Change::Create, grant, at, ground.clone());
                let visit = Visit {
                    household,
                    contact: domain::visit::ContactResult::NotHome,
                    purposes: Vec::new(),
                    next: None,
                    promised: None,
                    source: Source::PhoneVisit,
                    visitor: None,
                };
                let operation = Operation::new(header).with(Part::Facts, &visit);
                self.push(member.device, vec![operation], at, Some(Reason::NotAllowed)).await?;
            }
        }
        Ok(())
    }

    /// Two households that a member made a second time at the door: one waits for a person, the other was recognised.
    async fn make_twice(&mut self, villages: &[Place], teams: &[Staff], today: Date) -> Result<(), StoreError> {
        let at = today.plus(-1).start().plus_hours(22);
        let (Some(place), Some(member)) = (villages.first(), teams.first().and_then(|staff| staff.members.first())) else { return Ok(()) };
        let ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: today.plus(730) };
        let (grant, records) = self.pull(member, at).await?;
        let known =
            |id| state(&records, id).map(Household::read).filter(|home| !home.phone.is_empty() && home.status == HouseholdStatus::Active);
        let homes = place.households.iter().skip(19).filter_map(|(id, area)| Some((*id, *area, known(*id)?)));
        let homes: Vec<_> = homes.take(2).collect();
        for ((kept, area, known), is_recognised) in homes.into_iter().zip([false, true]) {
            let id = self.id(at);
            let made = Household { head: known.head, phone: known.phone, ..Household::default() };
            let header = heading(id, Kind::Household, area, Change::Create, grant, at, ground.clone());
            self.push(member.device, vec![Operation { header, parts: household::parts(made.first_values()) }], at, None).await?;
            if is_recognised {
                let decision = Decision { household: id, other: kept, seen: Verdict::Open, is: Verdict::Same };
                self.write(Value::Twins(decision), 0, at).await?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Batch {
    operations: Vec<Operation>,
    anonymous: Vec<ByteBuf>,
}

fn heading(record: RecordId, kind: Kind, area: AreaId, change: Change, grant: u32, at: Time, ground: Ground) -> Header {
    let stream = kind.shape().map_or(domain::operation::Stream::Visit, |(_, stream)| stream);
    Header { schema: SCHEMA, kind, record, area, stream, change, grant, at, ground }
}

fn state(records: &[Record], id: RecordId) -> Option<&Register> {
    records.iter().find(|record| record.id == id).and_then(|record| match &record.body {
        Body::Registry(registry) => Some(&registry.state),
        _ => None,
    })
}

fn millis(at: Time) -> u64 {
    u64::try_from(at.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demonstration_is_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        std::fs::write(file("lock"), "").unwrap();
        empty_directory(dir.path(), &["lock"]).unwrap();
        std::fs::write(file("db"), "x").unwrap();
        std::fs::create_dir(file("backups")).unwrap();
        empty_directory(dir.path(), &["lock"]).unwrap();
        assert!(!file("db").exists() && !file("backups").exists() && file("lock").exists());
        std::fs::remove_file(file(MARK)).unwrap();
        std::fs::write(file("db"), "x").unwrap();
        assert!(empty_directory(dir.path(), &["lock"]).is_err());
        assert!(file("db").exists());
    }
}
