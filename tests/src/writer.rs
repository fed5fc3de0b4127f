//! Who writes in a simulated world, and what: people with phones, an office, and imports.

use crate::base::answer_of;
use crate::fault::Fault;
use crate::ledger::{Nature, Said, Saw, Seen, Written};
use crate::oracle::Oracle;
use crate::phone::Phone;
use crate::world::{Outcome, World};
use domain::book::{Edit, Entry, Sheet};
use domain::cbor;
use domain::coverage::Counts;
use domain::household::{self, Household};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::meeting::{MeetingFacts, MeetingOpinion, MeetingState, MeetingType, MeetingWords};
use domain::office::{Filter, HouseholdRow};
use domain::operation::{Change, Dot, DotRef, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Stream};
use domain::opinion::{Amends, AnonymousOpinion, Opinion, OpinionKind, Reporter, ReporterMode, SecretHash, Topic, Urgency};
use domain::person::Role;
use domain::record::{Body, Record, Registry};
use domain::register::Values;
use domain::reimport::{Choice, Choices};
use domain::roll::Row;
use domain::short::Map;
use domain::source::Source;
use domain::succession::{NewUnit, Rearrangement};
use domain::unit::{Level, Unit};
use domain::verification::{DayClosing, Look, Verification, VoidReason};
use domain::visit::{Appointment, Callback, CallbackContact, ContactResult, Note, PurposeResult, Visit};
use serde_bytes::ByteBuf;
use server::keys::hex;
use server::store::{Ask, Confirmed, Import, OfficeChange, Roll, Store, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Of phones.
impl World {
    /// One thing that a person does with their phone. What cannot be stored for want of room was never saved.
    pub(crate) fn work(&mut self, who: usize) {
        if self.is_faulty && self.chance.percent(1) {
            self.fault(Fault::QuotaExceeded);
            return;
        }
        match self.chance.below(100) {
            0..38 => (0..=self.chance.below(4)).for_each(|_| self.save_visit(who)),
            38..43 => self.save_meeting(who),
            43..68 => self.correct_household(who),
            68..74 => self.add_household(who),
            74..79 => self.take_back_visit(who),
            79..84 => self.verify(who),
            84..92 => self.save_anonymous(who, None),
            92..95 => self.amend_anonymous(who),
            95..97 => self.poison(who),
            97..99 => self.write_early(who),
            _ => self.save_deadly(who),
        }
    }

    /// An area in which this phone may write.
    fn area_of(&mut self, who: usize) -> Option<AreaId> {
        let grants = self.phones[who].disk.grants.grants.iter();
        let areas: Vec<AreaId> =
            grants.filter(|grant| grant.write && grant.scope.stream == Stream::Roll).map(|grant| grant.scope.area).collect();
        self.chance.pick(&areas).copied()
    }

    fn header(&self, who: usize, kind: Kind, record: RecordId, area: AreaId, stream: Stream, change: Change) -> Header {
        let phone = &self.phones[who];
        let (at, grant) = (phone.now(self.now), phone.disk.grants.version);
        Header { schema: SCHEMA, kind, record, area, stream, change, grant, at, ground: self.campaign.ground() }
    }

    /// A household that this phone shows.
    fn known(&mut self, who: usize) -> Option<(AreaId, RecordId)> {
        let phone = &self.phones[who];
        let pulled = phone.disk.all().filter(|(_, record)| record.kind == Kind::Household).map(|(scope, record)| (scope.area, record.id));
        let own = self.households.iter().copied().filter(|(_, id)| {
            let is_pulled = phone.disk.records.contains_key(id);
            !is_pulled && !phone.register(*id).first.is_empty()
        });
        let all: Vec<_> = pulled.chain(own).filter(|(area, _)| phone.may_write(*area)).collect();
        self.chance.pick(&all).copied()
    }

    fn save(&mut self, who: usize, operation: &Operation, saw: Saw) -> usize {
        let at = self.keep(who, cbor::encode(operation), saw);
        let (name, kind, record) = (&self.phones[who].name, operation.header.kind.code(), operation.header.record);
        self.note(format!("{name} saves {}: {kind} {record}", self.ledger.entries[at].dot.seq));
        at
    }

    /// Saves bytes on a phone, and remembers that its holder was told so.
    pub(crate) fn keep(&mut self, who: usize, bytes: Vec<u8>, saw: Saw) -> usize {
        self.report.operations += 1;
        let phone = &mut self.phones[who];
        let bytes = phone.strip(bytes);
        let seq = phone.save(bytes.clone());
        let at = self.ledger.note(phone.name.clone(), Dot { device: phone.device(), seq }, phone.person, bytes, saw);
        phone.wrote.insert(seq, at);
        at
    }

    fn save_visit(&mut self, who: usize) {
        if let Some((area, household)) = self.known(who) {
            self.save_visit_to(who, area, household);
        }
    }

    /// Says which entry of the ledger the visit is.
    pub(crate) fn save_visit_to(&mut self, who: usize, area: AreaId, household: RecordId) -> usize {
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
        let at = self.save(who, &Operation::new(header).with(Part::Facts, &facts), Saw::new());
        if self.chance.percent(10) {
            let amended = self.id();
            let header = self.header(who, Kind::Visit, amended, area, Stream::Visit, Change::Amend { of: id });
            self.save(who, &Operation::new(header).with(Part::Facts, &Visit { contact: ContactResult::MetOther, ..facts }), Saw::new());
        }
        if contact.spoke() && self.chance.percent(20) {
            self.save_what_was_said(who, area, household, id);
        }
        at
    }

    /// An opinion with a name and perhaps the promise of an answer, and a note.
    fn save_what_was_said(&mut self, who: usize, area: AreaId, household: RecordId, visit: RecordId) {
        let (opinion, note) = (self.id(), self.id());
        let said =
            Opinion { kind: OpinionKind::Recommendation, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
        let header = self.header(who, Kind::Opinion, opinion, area, Stream::Voice, Change::Create);
        let operation = Operation::new(header).with(Part::Facts, &said).with(Part::Text, &format!("Ngõ 3 cần thêm đèn đường. {opinion}"));
        self.save(who, &operation.with(Part::Contact, &Reporter { household, visit: Some(visit) }), Saw::new());
        if self.chance.percent(50) {
            self.save_callback(who, area, household, opinion);
        }
        let header = self.header(who, Kind::Note, note, area, Stream::Voice, Change::Create);
        self.save(
            who,
            &Operation::new(header).with(Part::Facts, &Note { visit }).with(Part::Text, &format!("Chiều tối mới có nhà. {note}")),
            Saw::new(),
        );
    }

    /// The promise of an answer.
    pub(crate) fn save_callback(&mut self, who: usize, area: AreaId, household: RecordId, opinion: RecordId) {
        let (id, promised) = (self.id(), self.now.date().plus(7));
        let header = self.header(who, Kind::Callback, id, area, Stream::Callback, Change::Create);
        let operation = Operation::new(header).with(Part::Facts, &Callback { opinion, promised });
        self.save(who, &operation.with(Part::Contact, &CallbackContact { household }), Saw::new());
    }

    /// Takes one of the person's own visits back, where they may still write.
    fn take_back_visit(&mut self, who: usize) {
        let phone = &self.phones[who];
        let own = phone.wrote.values().filter_map(|at| self.ledger.entries.get(*at)?.operation.as_ref());
        let visits: Vec<_> = own
            .map(|operation| &operation.header)
            .filter(|header| (&header.kind, &header.change) == (&Kind::Visit, &Change::Create) && phone.may_write(header.area))
            .map(|header| (header.area, header.record))
            .collect();
        let Some((area, of)) = self.chance.pick(&visits).copied() else { return };
        let id = self.id();
        let header = self.header(who, Kind::Visit, id, area, Stream::Visit, Change::Retract { of });
        self.save(who, &Operation::new(header), Saw::new());
    }

    /// A lead confirms or voids what others recorded, or closes a day.
    fn verify(&mut self, who: usize) {
        let phone = &self.phones[who];
        if self.roles.get(&phone.person) != Some(&Role::TeamLead) {
            return;
        }
        let of_others = phone.disk.all().filter_map(|(scope, record)| match &record.body {
            Body::Event(event) if record.kind == Kind::Visit && event.header.change == Change::Create && event.by != phone.person => {
                phone.may_write(scope.area).then_some((scope.area, record.id))
            }
            _ => None,
        });
        let all: Vec<_> = of_others.collect();
        let Some((area, visit)) = self.chance.pick(&all).copied() else { return };
        let id = self.id();
        if self.chance.percent(20) {
            let header = self.header(who, Kind::DayClosing, id, area, Stream::Visit, Change::Create);
            self.save(who, &Operation::new(header).with(Part::Facts, &DayClosing { day: self.now.date() }), Saw::new());
            return;
        }
        let void = self.chance.percent(30).then_some(VoidReason::Trial);
        let looks = vec![Look { visit, version: visit }];
        let header = self.header(who, Kind::Verification, id, area, Stream::Visit, Change::Create);
        self.save(who, &Operation::new(header).with(Part::Facts, &Verification { visits: looks, void }), Saw::new());
    }

    /// A meeting from its opening to its conclusion, with what was said there.
    fn save_meeting(&mut self, who: usize) {
        if let Some(area) = self.area_of(who) {
            self.save_meeting_in(who, area);
        }
    }

    pub(crate) fn save_meeting_in(&mut self, who: usize, area: AreaId) {
        let meeting = self.id();
        let start = Appointment { date: self.now.date(), minute: Some(1_170) };
        let command = |world: &mut Self, expect, state| {
            let (kind, people) = (MeetingType::VillageInfo, Some(world.chance.below(300) as u16));
            let facts = MeetingFacts { kind, state, start, expected: None, present: None, people, speakers: None };
            let header = world.header(who, Kind::Meeting, meeting, area, Stream::Voice, Change::Command { expect });
            let command = Operation::new(header)
                .with(Part::Facts, &facts)
                .with(Part::Text, &MeetingWords { title: format!("Họp {meeting}"), ..MeetingWords::default() });
            world.save(who, &command, Saw::new());
        };
        command(self, 0, MeetingState::InSession);
        for n in 0..self.chance.below(5) {
            let id = self.id();
            let said =
                Opinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
            let header = self.header(who, Kind::MeetingOpinion, id, area, Stream::Voice, Change::Create);
            let said = Operation::new(header).with(Part::Facts, &MeetingOpinion { meeting, said });
            self.save(who, &said.with(Part::Text, &format!("Làm cống hay làm cầu, hỏi lần {n}? {id}")), Saw::new());
        }
        command(self, 1, MeetingState::Concluded);
    }

    /// Corrects a household, and every now and then again.
    fn correct_household(&mut self, who: usize) {
        let Some((area, household)) = self.known(who) else { return };
        let fields: BTreeSet<&str> = (0..=usize::from(self.chance.percent(30))).map(|_| self.some_field()).collect();
        for _ in 0..=usize::from(self.chance.percent(30)) {
            let values: Values = fields.iter().map(|field| ((*field).to_owned(), self.some_value(field))).collect();
            let phone = &self.phones[who];
            let shown = phone.register(household);
            let (mut fields, mut saw) = (Map::new(), Saw::new());
            for field in values.keys() {
                let dots = shown.base(field);
                fields.insert(field.clone(), self.build.base(phone, &dots));
                saw.insert(field.clone(), dots.iter().map(|dot| seen(phone, *dot)).collect());
            }
            let header = self.header(who, Kind::Household, household, area, Stream::Roll, Change::Set { fields });
            self.save(who, &Operation { header, parts: household::parts(values) }, saw);
        }
    }

    /// One of a household's fields.
    fn some_field(&mut self) -> &'static str {
        self.chance.pick(&["people", "people", "hint", "phone"]).copied().unwrap_or_default()
    }

    /// A value for it.
    fn some_value(&mut self, field: &str) -> ByteBuf {
        // Each telephone number and each place is written once, so that it can be looked for where it must not be.
        let (n, once) = (self.chance.below(9), self.ledger.entries.len());
        ByteBuf::from(match field {
            "people" => cbor::encode(&Some(n as u16)),
            "hint" => cbor::encode(&format!("ngõ {n}, nhà {once}")),
            _ => cbor::encode(&format!("01{once:07}{n}")),
        })
    }

    fn add_household(&mut self, who: usize) {
        if let Some(area) = self.area_of(who) {
            self.add_household_to(who, area);
        }
    }

    pub(crate) fn add_household_to(&mut self, who: usize, area: AreaId) {
        let id = self.id();
        let household = Household { head: format!("Vàng Thị Mỷ {id}"), no: "99".into(), people: Some(3), ..Household::default() };
        let header = self.header(who, Kind::Household, id, area, Stream::Roll, Change::Create);
        self.save(who, &Operation { header, parts: household::parts(household.first_values()) }, Saw::new());
        self.households.push((area, id));
    }

    /// Amends one of the phone's anonymous opinions that nothing amends yet.
    fn amend_anonymous(&mut self, who: usize) {
        let all: Vec<_> = self.phones[who].secrets().filter(|id| !self.ledger.amended.contains_key(id)).collect();
        let Some(&first) = self.chance.pick(&all) else { return };
        self.save_anonymous(who, Some(first));
    }

    fn save_anonymous(&mut self, who: usize, amends: Option<SecretHash>) {
        let village = self.area_of(who);
        let first = amends.and_then(|first| self.ledger.said.get(&first));
        let Some(area) = first.map(|said| said.opinion.area).or(village) else { return };
        let amends_by = first.map(|said| Amends::Proof(ByteBuf::from(said.secret.clone())));
        let urgency = if self.chance.percent(if amends.is_some() { 50 } else { 10 }) { Urgency::Urgent } else { Urgency::Normal };
        let secret = self.chance.bytes::<32>().to_vec();
        let id = SecretHash::of(&secret);
        if let Some(first) = amends {
            self.ledger.amended.insert(first, id);
        }
        let opinion = AnonymousOpinion {
            id,
            area,
            week: Some(self.phones[who].now(self.now).date().week()),
            campaign: self.campaign.id,
            mode: ReporterMode::Anonymous,
            kind: OpinionKind::Recommendation,
            topic: Topic::InfraIrrigation,
            urgency,
            text: format!("Mương thoát nước tắc, lần thứ {}.", self.chance.below(1_000_000_000)),
            basis: LegalBasis::StateWork,
            until: self.campaign.until,
            amends: amends_by,
        };
        self.report.anonymous += 1;
        self.note(format!("{} saves an anonymous opinion {}", self.phones[who].name, hex(opinion.id.bytes())));
        let phone = &mut self.phones[who];
        self.ledger.said.insert(id, Said { opinion: opinion.clone(), secret, device: phone.device(), person: phone.person });
        phone.save_anonymous(opinion);
    }

    /// An operation that no server of this build can apply; whatever follows it must not be held up.
    fn poison(&mut self, who: usize) {
        let bytes = if self.chance.percent(50) {
            [[0xff, 0x00, 0x13].as_slice(), &self.chance.bytes::<8>()].concat()
        } else {
            let (id, area) = (self.id(), self.villages[0]);
            let header = self.header(who, Kind::Other("ballot".into()), id, area, Stream::Roll, Change::Create);
            cbor::encode(&Operation::new(Header { schema: SCHEMA + 1, ..header }))
        };
        let at = self.keep(who, bytes, Saw::new());
        self.ledger.entries[at].nature = Nature::Poisoned;
        self.note(format!("{} saves {}: poisoned", self.phones[who].name, self.ledger.entries[at].dot.seq));
        self.fault(Fault::Poisoned);
    }

    /// A visit that is like any other, but that servers die of as they look into it.
    fn save_deadly(&mut self, who: usize) {
        let before = self.ledger.entries.len();
        self.save_visit(who);
        if let Some(entry) = self.ledger.entries.get_mut(before) {
            entry.nature = Nature::Deadly;
            self.deadly.insert(entry.bytes.clone());
        }
    }

    /// A visit to a household of a village that its writer was not given.
    fn write_early(&mut self, who: usize) {
        let (phone, others) = (&self.phones[who], self.phones.iter().flat_map(|phone| phone.disk.all()));
        let elsewhere: BTreeSet<(AreaId, RecordId)> = others
            .filter(|(scope, record)| record.kind == Kind::Household && !phone.may_write(scope.area))
            .map(|(scope, record)| (scope.area, record.id))
            .collect();
        let Some((area, household)) = self.chance.pick(&Vec::from_iter(elsewhere)).copied() else { return };
        let from = self.save_visit_to(who, area, household);
        self.ledger.entries[from..].iter_mut().for_each(|entry| entry.nature = Nature::Early);
        self.fault(Fault::Early);
    }

    /// A phone for somebody, by a code of the office. Says which it is.
    pub(crate) fn enrol(&mut self, person: PersonId, name: &str) -> Outcome<usize> {
        let code = self.seed();
        answer_of(self.store().issue_code(None, person, code, self.now))?;
        let device = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        let reply = answer_of(self.store().enrol(code, device, self.now))?;
        let mut phone = Phone::new(name.into(), device, person, reply.standing.epoch, reply.grants);
        phone.is_old = self.chance.percent(25);
        self.phones.push(phone);
        Ok(self.phones.len() - 1)
    }
}

/// What somebody who corrects a value had before their eyes.
fn seen(phone: &Phone, dot: Dot) -> Seen {
    match (phone.seen(dot), phone.wrote.get(&dot.seq)) {
        (DotRef { device: None, .. }, Some(at)) => Seen::Own(*at),
        _ => Seen::Other(dot),
    }
}

/// Of the office.
impl World {
    /// One change by the officer's tab, pressed twice every now and then: the same number stores once.
    pub(crate) fn office(&mut self, value: Value, seen: u64) -> Outcome {
        self.tab_seq += 1;
        let change = OfficeChange { by: self.officer, within: None, device: self.tab, seq: self.tab_seq, seen, value };
        let seed = self.seed();
        if self.chance.percent(20) {
            answer_of(self.store().write(change.clone(), self.now, seed))?;
        }
        let seed = self.seed();
        answer_of(self.store().write(change, self.now, seed))
    }

    /// Brings in a list, confirmed twice every now and then.
    pub(crate) fn import(&mut self, rows: usize) -> Outcome {
        let confirmation = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        // Numbers and heads of its own: a list that repeats some of the book's waits for a person.
        let list = self.imports.len();
        let rows = (0..rows)
            .map(|n| {
                let village = if n % 2 == 0 { "Thôn Đồng Cừ" } else { "Bản Nậm Lĩnh" };
                let (no, head) = (format!("{list}-{n}"), format!("Phạm Văn Bền {list} {n}"));
                Row::from((village.to_owned(), Household { no, head, people: Some(4), ..Household::default() }))
            })
            .collect();
        self.imports.insert(confirmation);
        let confirmed = Confirmed { device: confirmation, seen: None, watched: Arc::default() };
        let roll = Roll { by: self.officer, commune: self.commune, rows, choices: Choices::default() };
        for _ in 0..=usize::from(self.chance.percent(30)) {
            let seed = self.seed();
            answer_of(self.store().import(Import::Store(roll.clone(), confirmed.clone()), self.now, seed))?;
        }
        Ok(())
    }

    /// Brings in a list of households that the book has, with other values: a list writes where nobody but a list has
    /// written, and nothing over what somebody corrected.
    pub(crate) fn import_again(&mut self) -> Outcome {
        let of_a_list = |registry: &Registry| registry.state.origin.is_some_and(|origin| self.imports.contains(&origin.dot.device));
        let standing = self.records()?.into_iter().filter_map(|(id, (_, record))| match record.body {
            Body::Registry(registry) if record.kind == Kind::Household && of_a_list(&registry) => Some((id, registry.state)),
            _ => None,
        });
        let all: Vec<_> = standing.collect();
        let Some((id, before)) = self.chance.pick(&all).cloned() else { return Ok(()) };
        let ask = Ask { within: None, filter: Filter { household: Some(id), ..Filter::default() }, limit: 1 };
        let sheet = answer_of(self.store().list::<Sheet>(ask, self.now))?.rows.pop();
        // A line of a list is never a household that another one stands for.
        // Nor one whose head nobody knows any more.
        let Some(sheet) = sheet.filter(|sheet| sheet.stands && !sheet.household.head.is_empty()) else { return Ok(()) };
        let units = answer_of(self.store().directory(None))?.units;
        let Some(village) = units.iter().find(|unit| unit.value.id == sheet.village) else { return Ok(()) };
        let people = Some(10 + self.chance.below(9) as u16);
        let hint = format!("xóm {}", self.chance.below(9));
        let household = Household { people, hint, ..sheet.household.clone() };
        let row = Row::from((village.value.name.clone(), household.clone()));
        let lines = BTreeMap::from([(row.sheet.clone(), BTreeMap::from([(row.line, Choice::Is(id))]))]);
        let device = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        self.imports.insert(device);
        self.note(format!("a list corrects household {id}"));
        let roll = Roll { by: self.officer, commune: self.commune, rows: vec![row], choices: Choices { lines, numbers: false } };
        let confirmed = Confirmed { device, seen: None, watched: Arc::default() };
        let seed = self.seed();
        answer_of(self.store().import(Import::Store(roll, confirmed), self.now, seed))?;
        for field in household.changed_values(&sheet.household).keys() {
            let saw = before.base(field);
            if saw.iter().all(|dot| self.imports.contains(&dot.device)) {
                self.ledger.written.push(Written { record: id, field: field.clone(), dot: Dot { device, seq: 1 }, saw });
            }
        }
        Ok(())
    }

    /// The officer opens the page of a household, or saves what they corrected on the one that stands open. Whatever
    /// phones sent meanwhile is not on it.
    pub(crate) fn desk(&mut self) -> Outcome {
        let Some(mut sheet) = self.page.take() else {
            let made = |record: &Record| matches!(&record.body, Body::Registry(registry) if registry.state.is_made());
            let households = self.records()?.into_iter().filter(|(_, (_, record))| record.kind == Kind::Household && made(record));
            let all: Vec<RecordId> = households.map(|(id, _)| id).collect();
            let household = self.chance.pick(&all).copied();
            let ask = Ask { within: None, filter: Filter { household, ..Filter::default() }, limit: 1 };
            self.page = answer_of(self.store().list::<Sheet>(ask, self.now))?.rows.pop();
            return Ok(());
        };
        sheet.household.people = Some(20 + self.chance.below(9) as u16);
        sheet.household.hours = format!("sau {} giờ", self.chance.below(9));
        let id = sheet.id;
        self.note(format!("office corrects household {id}"));
        let seen = ["people", "hours"].map(|field| (field.to_owned(), sheet.base.get(field).cloned().unwrap_or_default()));
        let what = Edit::Correct(seen.clone().into_iter().collect());
        self.office(Value::Household(Entry { id, household: sheet.household, what, anyway: true }), 0)?;
        let dot = Dot { device: self.tab, seq: self.tab_seq };
        self.ledger.written.extend(seen.map(|(field, saw)| Written { record: id, field, dot, saw }));
        Ok(())
    }

    /// Gives a team another name.
    pub(crate) fn rename_team(&mut self) -> Outcome {
        let at = self.chance.below(self.teams.len());
        self.teams[at].name = format!("Tổ công tác {}", self.chance.below(100));
        self.note(format!("office renames a team to {}", self.teams[at].name));
        self.save_team(at)
    }

    /// Merges the villages that stand, or splits the one that does. What phones do meanwhile goes on.
    pub(crate) fn rearrange(&mut self) -> Outcome {
        const MOST: usize = 12;
        let units = answer_of(self.store().directory(None))?.units;
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
        for areas in &mut self.work {
            if areas.iter().any(|area| from.contains(area)) {
                areas.extend(into.iter().map(|unit| unit.id));
            }
        }
        let decided = Rearrangement { decision_no: "45/QĐ-UBND".into(), decision_date: on, on, from, into, commune: None };
        let before = self.counts()?.households;
        self.office(Value::Rearrangement(decided), 0)?;
        let after = self.counts()?.households;
        // What an office did since a copy was made only the office can do again, and villages it would make others.
        self.copies.clear();
        if before == after {
            return Ok(());
        }
        Oracle::CountedOnce.says(format!("{before} households before a merger or a split, {after} after it"))
    }

    /// Some of the households that these villages count.
    fn some_households(&mut self, villages: &[AreaId]) -> Outcome<Vec<RecordId>> {
        let mut all = Vec::new();
        for village in villages {
            let filter = Filter { village: Some(*village), ..Filter::default() };
            let ask = Ask { within: None, filter, limit: u32::MAX };
            all.extend(answer_of(self.store().list::<HouseholdRow>(ask, self.now))?.rows.into_iter().map(|row| row.id));
        }
        all.retain(|_| self.chance.percent(40));
        Ok(all)
    }

    /// What there is in all villages together.
    pub(crate) fn counts(&self) -> Outcome<Counts> {
        let ask = Ask { within: None, filter: Filter::default(), limit: u32::MAX };
        let found = answer_of(self.store().coverage(ask, self.now))?;
        let sum: u32 = found.villages.iter().map(|village| village.counts.households).sum();
        let assigned = found.total.assigned;
        if (sum, assigned) == (found.total.households, found.total.households) {
            return Ok(found.total);
        }
        let all = found.total.households;
        Oracle::CountedOnce.says(format!("villages count {sum} households, all together are {all}, {assigned} assigned"))
    }
}
