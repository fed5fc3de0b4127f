//! Who writes in a simulated world, and what: people with phones, an office, and imports.

use crate::fault::Fault;
use crate::ledger::{Said, Seen};
use crate::oracle::Oracle;
use crate::phone::Phone;
use crate::world::{Outcome, World, hex, now_or_error};
use domain::cbor;
use domain::household::{self, Household};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::meeting::{MeetingFacts, MeetingOpinion, MeetingState, MeetingType, MeetingWords};
use domain::office::{Filter, HouseholdRow};
use domain::operation::{Change, Dot, Header, Kind, LegalBasis, Operation, Part, SCHEMA, Stream};
use domain::opinion::{Amends, AnonymousOpinion, Opinion, OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
use domain::register::Values;
use domain::reimport::Choices;
use domain::roll::Row;
use domain::short::Map;
use domain::source::Source;
use domain::succession::{NewUnit, Rearrangement};
use domain::unit::{Level, Unit};
use domain::visit::{Appointment, ContactResult, PurposeResult, Visit};
use serde_bytes::ByteBuf;
use server::store::{Ask, Confirmed, Import, OfficeChange, Roll, Store, Value};
use std::sync::Arc;

/// Of phones.
impl World {
    /// One thing that a person does with their phone. What cannot be stored for want of room was never saved.
    pub(crate) fn work(&mut self, who: usize) {
        // Whoever is told that theirs is a copy goes to the office.
        if self.phones[who].is_gone || self.phones[who].is_forked() {
            return;
        }
        if self.is_faulty && self.chance.percent(1) {
            self.fault(Fault::QuotaExceeded);
            return;
        }
        match self.chance.below(100) {
            0..42 => (0..=self.chance.below(4)).for_each(|_| self.save_visit(who)),
            42..47 => self.save_meeting(who),
            47..75 => self.correct_household(who),
            75..82 => self.add_household(who),
            82..92 => self.save_anonymous(who, None),
            92..97 => self.amend_anonymous(who),
            _ => self.poison(who),
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

    fn save(&mut self, who: usize, operation: &Operation, saw: Vec<Seen>) -> usize {
        let at = self.keep(who, cbor::encode(operation), saw);
        let (name, kind, record) = (&self.phones[who].name, operation.header.kind.code(), operation.header.record);
        self.note(format!("{name} saves {}: {kind} {record}", self.ledger.entries[at].dot.seq));
        at
    }

    /// Saves bytes on a phone, and remembers that its holder was told so.
    pub(crate) fn keep(&mut self, who: usize, bytes: Vec<u8>, saw: Vec<Seen>) -> usize {
        self.report.operations += 1;
        let phone = &mut self.phones[who];
        let seq = phone.save(bytes.clone());
        let at = self.ledger.note(phone.name.clone(), Dot { device: phone.device, seq }, phone.person, bytes, saw);
        phone.wrote.insert(seq, at);
        at
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
        self.save(who, &Operation::new(header).with(Part::Facts, &facts), Vec::new());
        if self.chance.percent(10) {
            let amended = self.id();
            let header = self.header(who, Kind::Visit, amended, area, Stream::Visit, Change::Amend { of: id });
            self.save(who, &Operation::new(header).with(Part::Facts, &Visit { contact: ContactResult::MetOther, ..facts }), Vec::new());
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
            let command = Operation::new(header).with(Part::Facts, &facts).with(Part::Text, &MeetingWords::default());
            world.save(who, &command, Vec::new());
        };
        command(self, 0, MeetingState::InSession);
        for n in 0..self.chance.below(5) {
            let id = self.id();
            let said =
                Opinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, source: Source::default() };
            let header = self.header(who, Kind::MeetingOpinion, id, area, Stream::Voice, Change::Create);
            let said = Operation::new(header).with(Part::Facts, &MeetingOpinion { meeting, said });
            self.save(who, &said.with(Part::Text, &format!("Làm cống hay làm cầu, hỏi lần {n}?")), Vec::new());
        }
        command(self, 1, MeetingState::Concluded);
    }

    /// Corrects a household, and every now and then again.
    fn correct_household(&mut self, who: usize) {
        let Some((area, household)) = self.known(who) else { return };
        for _ in 0..=usize::from(self.chance.percent(30)) {
            let phone = &self.phones[who];
            let dots = phone.register(household).base("people");
            let saw = dots.iter().map(|dot| seen(phone, *dot)).collect();
            let base = self.build.base(phone, &dots);
            let people = Some(self.chance.below(9) as u16);
            let change = Change::Set { fields: Map::from([("people".to_owned(), base)]) };
            let header = self.header(who, Kind::Household, household, area, Stream::Roll, change);
            let values = Values::from([("people".to_owned(), ByteBuf::from(cbor::encode(&people)))]);
            self.save(who, &Operation { header, parts: household::parts(values) }, saw);
        }
    }

    fn add_household(&mut self, who: usize) {
        let Some(area) = self.area_of(who) else { return };
        let id = self.id();
        let household = Household { head: "Vàng Thị Mỷ".into(), no: "99".into(), people: Some(3), ..Household::default() };
        let header = self.header(who, Kind::Household, id, area, Stream::Roll, Change::Create);
        self.save(who, &Operation { header, parts: household::parts(household.first_values()) }, Vec::new());
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
        self.ledger.said.insert(id, Said { opinion: opinion.clone(), secret, device: phone.device, person: phone.person });
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
        let at = self.keep(who, bytes, Vec::new());
        self.ledger.entries[at].is_poisoned = true;
        self.note(format!("{} saves {}: poisoned", self.phones[who].name, self.ledger.entries[at].dot.seq));
        self.fault(Fault::Poisoned);
    }

    /// A phone for somebody, by a code of the office. Says which it is.
    pub(crate) fn enrol(&mut self, person: PersonId, name: &str) -> Outcome<usize> {
        let code = self.seed();
        now_or_error(self.store.issue_code(None, person, code, self.now))?;
        let device = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        let reply = now_or_error(self.store.enrol(code, device, self.now))?;
        let mut phone = Phone::new(name.into(), device, person, reply.standing.epoch, reply.grants);
        phone.is_old = self.chance.percent(25);
        self.phones.push(phone);
        Ok(self.phones.len() - 1)
    }
}

/// What somebody who corrects a value had before their eyes.
fn seen(phone: &Phone, dot: Dot) -> Seen {
    match phone.wrote.get(&dot.seq) {
        Some(at) if dot.device == phone.device => Seen::Own(*at),
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
            now_or_error(self.store.write(change.clone(), self.now, seed))?;
        }
        let seed = self.seed();
        now_or_error(self.store.write(change, self.now, seed))
    }

    /// Brings in a list, confirmed twice every now and then.
    pub(crate) fn import(&mut self, rows: usize) -> Outcome {
        let confirmation = DeviceId::new(self.now.0 as u64, self.chance.bytes());
        let rows = (0..rows)
            .map(|n| {
                let village = if n % 2 == 0 { "Thôn Đồng Cừ" } else { "Bản Nậm Lĩnh" };
                let head = format!("Phạm Văn Bền {}", self.chance.below(1000));
                Row::from((village.to_owned(), Household { no: format!("{n}"), head, people: Some(4), ..Household::default() }))
            })
            .collect();
        self.imports.insert(confirmation);
        let confirmed = Confirmed { device: confirmation, seen: None, watched: Arc::default() };
        let roll = Roll { by: self.officer, commune: self.commune, rows, choices: Choices::default() };
        for _ in 0..=usize::from(self.chance.percent(30)) {
            let seed = self.seed();
            now_or_error(self.store.import(Import::Store(roll.clone(), confirmed.clone()), self.now, seed))?;
        }
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
        for areas in &mut self.work {
            if areas.iter().any(|area| from.contains(area)) {
                areas.extend(into.iter().map(|unit| unit.id));
            }
        }
        let decided = Rearrangement { decision_no: "45/QĐ-UBND".into(), decision_date: on, on, from, into };
        let before = self.counted()?;
        self.office(Value::Rearrangement(decided), 0)?;
        let after = self.counted()?;
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
            all.extend(now_or_error(self.store.list::<HouseholdRow>(ask, self.now))?.rows.into_iter().map(|row| row.id));
        }
        all.retain(|_| self.chance.percent(40));
        Ok(all)
    }

    /// The households of all villages together.
    pub(crate) fn counted(&self) -> Outcome<u32> {
        let ask = Ask { within: None, filter: Filter::default(), limit: u32::MAX };
        let found = now_or_error(self.store.coverage(ask, self.now))?;
        let sum: u32 = found.villages.iter().map(|village| village.counts.households).sum();
        let assigned = found.total.assigned;
        if (sum, assigned) == (found.total.households, found.total.households) {
            return Ok(sum);
        }
        let all = found.total.households;
        Oracle::CountedOnce.says(format!("villages count {sum} households, all together are {all}, {assigned} assigned"))
    }
}
