//! The oracles: what must be true of a world once it has settled, whatever went wrong in it.

use crate::base::answer_of;
use crate::fault::Fault;
use crate::ledger::{Entry, Nature, Seen};
use crate::phone::{Held, Phone};
use crate::quarantine::{Row, keys_of};
use crate::world::{Outcome, World};
use domain::cbor;
use domain::household::{Household, HouseholdStatus};
use domain::id::{AreaId, DeviceId, PersonId, RecordId};
use domain::office::{Filter, OpinionRow};
use domain::operation::{Change, Dot, Field, Header, Kind, Part, Scope, Stream};
use domain::opinion::{AnonymousOpinion, SecretHash, Urgency};
use domain::person::{GrantSet, Role};
use domain::receive;
use domain::record::{Body, Digest, Record, Registry};
use domain::redaction;
use domain::time::Date;
use domain::verification::Verification;
use domain::visit::Visit;
use domain::wire::{Cursor, PROTOCOL, PullRequest, Pulled, Reason};
use server::keys::hex;
use server::store::{Ask, Store, Upkeep};
use std::collections::{BTreeMap, BTreeSet};

/// Who complains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oracle {
    /// Every request that an honest phone or office makes is answered.
    Answered,
    /// In a fair schedule everything is sent, and every sync comes to its end.
    EverythingIsSent,
    /// Nothing that was saved is lost: it is applied, or waits in quarantine with its bytes, for a reason that holds.
    NothingIsLost,
    /// What was taken in is as if it had arrived in order: then nothing waits but what is lacking something itself.
    NothingWaitsInVain,
    /// Every phone knows what became of everything that was saved on it.
    ThePhoneKnows,
    /// Nothing is stored twice, and nothing that nobody saved.
    ExactlyOnce,
    /// An anonymous opinion is held once, by its secret's hash, and beside nothing that names its sender.
    AnonymousOnce,
    /// Nothing that is stored says what an opinion says that is not released.
    WhatWaitsIsSealed,
    /// Of an anonymous opinion that was amended, the last version is shown.
    OnlyTheLastVersion,
    /// At least five households stand behind each release.
    ACrowdBehindEachRelease,
    /// Nothing outside somebody's scope is sent to them.
    NothingOutsideTheScope,
    /// What a phone may not read any more it deletes when it was told so twice and has sent everything of there, and it
    /// deletes nothing else before it is replaced.
    NothingGoesTooEarly,
    /// Everything up to a phone's cursors is on the phone.
    CursorsAreComplete,
    /// Phones and the server end the same.
    AllConverge,
    /// Every household counts to one village, and whatever was written to it once.
    CountedOnce,
    /// Of every field, exactly the values that nobody who had seen them replaced.
    BothValuesStay,
    /// What was handled before changes nothing when it arrives once more.
    ReplayIsHarmless,
    /// No part that was redacted is anywhere: in no table, in no copy that was put back, on no phone that says so.
    NothingRedactedReappears,
}

impl Oracle {
    /// A complaint.
    pub(crate) fn says<T>(self, what: String) -> Outcome<T> {
        Err(Complaint { oracle: self, what })
    }
}

/// What is wrong, and who says so.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// Who.
    pub oracle: Oracle,
    /// What.
    pub what: String,
}

impl From<String> for Complaint {
    fn from(what: String) -> Self {
        Self { oracle: Oracle::Answered, what }
    }
}

impl From<&str> for Complaint {
    fn from(what: &str) -> Self {
        what.to_owned().into()
    }
}

/// Everything that the server holds.
pub(crate) struct Holding {
    /// Every row of every table.
    pub(crate) dump: Vec<String>,
    /// Every record, as the lead of all teams may read it.
    records: BTreeMap<RecordId, (Scope, Record)>,
}

impl Holding {
    /// Whether something is not there that an operation builds upon.
    fn lacks(&self, entry: &Entry) -> bool {
        let Some(operation) = &entry.operation else { return false };
        let Header { record, area, change, .. } = &operation.header;
        let event = |id: &RecordId| match self.records.get(id) {
            Some((scope, Record { body: Body::Event(event), .. })) if scope.area == *area => Some(event),
            _ => None,
        };
        let is_there = |kind: &Kind, id: &RecordId| {
            self.records.get(id).is_some_and(|(scope, found)| {
                let is_made = !matches!(&found.body, Body::Registry(registry) if !registry.state.is_made());
                found.kind == *kind && scope.area == *area && is_made
            })
        };
        let revision = match self.records.get(record) {
            Some((_, Record { body: Body::Workflow(workflow), .. })) => workflow.revision,
            _ => 0,
        };
        receive::about(operation).is_some_and(|(kind, id)| !is_there(&kind, &id))
            || receive::looked_at(operation).iter().any(|visit| event(visit).is_none())
            || match change {
                Change::Amend { of } | Change::Retract { of } => event(of).is_none_or(|event| event.by != entry.person),
                Change::Command { expect } => *expect != revision,
                _ => false,
            }
    }

    /// The anonymous opinions that were released, by identity.
    fn released(&self) -> BTreeMap<SecretHash, (RecordId, &AnonymousOpinion)> {
        let opinions = self.records.values().filter_map(|(_, record)| match &record.body {
            Body::Anonymous(opinion) => Some((opinion.id, (record.id, opinion))),
            _ => None,
        });
        opinions.collect()
    }
}

/// Everything that a device is sent, and its grants.
struct Sent {
    records: BTreeMap<RecordId, (Scope, Record)>,
    grants: GrantSet,
}

impl World {
    pub(crate) fn judge(&mut self) -> Outcome {
        self.everything_was_acknowledged()?;
        self.nothing_redacted_reappears()?;
        let held = self.held()?;
        let waiting = self.waiting(&held)?;
        self.nothing_is_lost_or_doubled(&held, &waiting)?;
        self.take_everything_in()?;
        self.all_sync()?;
        let held = self.held()?;
        let waiting = self.waiting(&held)?;
        self.nothing_is_lost_or_doubled(&held, &waiting)?;
        self.nothing_waits_in_vain(&held, &waiting)?;
        self.every_phone_knows(&waiting)?;
        self.anonymous_exactly_once(&held)?;
        self.what_waits_is_sealed(&held)?;
        self.only_the_last_version_is_shown(&held)?;
        self.a_crowd_stands_behind_each_release(&held)?;
        self.all_converge(&held)?;
        self.everything_counts_once(&held)?;
        self.siblings_are_written_minus_bases(&held, &waiting)?;
        self.a_replay_changes_nothing(&held)
    }

    fn everything_was_acknowledged(&self) -> Outcome {
        for phone in &self.phones {
            if let Some(seq) = phone.disk.outbox.keys().find(|seq| !phone.disk.acks.contains_key(seq)) {
                return Oracle::EverythingIsSent.says(format!("{}: {seq} was never acknowledged", phone.name));
            }
            if let Some((opinion, _)) = phone.disk.anonymous.iter().find(|(_, acked)| acked.is_none()) {
                let id = hex(opinion.id.bytes());
                return Oracle::EverythingIsSent.says(format!("{}: an anonymous opinion was never acknowledged: {id}", phone.name));
            }
        }
        Ok(())
    }

    /// Why each entry of the ledger waits, if it does.
    fn waiting(&self, held: &Holding) -> Outcome<Vec<Option<Reason>>> {
        let mut waiting: BTreeMap<(DeviceId, u64, Vec<u8>), Vec<Reason>> = BTreeMap::new();
        for row in Row::all(&held.dump)? {
            waiting.entry((row.device, row.seq, row.raw.into_vec())).or_default().push(row.reason);
        }
        let (mut of_entries, redacted) = (Vec::new(), self.redacted());
        for entry in &self.ledger.entries {
            let left = self.left_of(&entry.bytes, &redacted);
            let reasons = waiting.remove(&(entry.dot.device, entry.dot.seq, left)).unwrap_or_default();
            if reasons.len() > 1 {
                return Oracle::ExactlyOnce.says(format!("{}: {} waits {} times", entry.phone, entry.dot.seq, reasons.len()));
            }
            of_entries.push(reasons.first().copied());
        }
        match waiting.keys().next() {
            Some((device, seq, _)) => Oracle::ExactlyOnce.says(format!("{device}: {seq} waits, and nobody saved it")),
            None => Ok(of_entries),
        }
    }

    /// Whether an operation may wait for that reason in this world.
    fn may_wait(&self, held: &Holding, entry: &Entry, reason: Reason) -> bool {
        let ended = self.ended.contains(&entry.person);
        match reason {
            Reason::Unreadable => entry.nature == Nature::Poisoned,
            Reason::TooLate => ended,
            Reason::NotAllowed => entry.nature == Nature::Early,
            // A server died of it, or over having looked once more into what it could not read.
            Reason::Suspect => {
                let was_unread = entry.is_new() && self.report.faults.contains_key(&Fault::ServersUpdated);
                matches!(entry.nature, Nature::Deadly | Nature::Poisoned) || was_unread
            }
            // What it builds upon waits.
            Reason::Invalid | Reason::Stale => held.lacks(entry),
            _ => false,
        }
    }

    /// Somebody has had everything taken in: each of those that wait on is lacking something.
    fn nothing_waits_in_vain(&self, held: &Holding, waiting: &[Option<Reason>]) -> Outcome {
        for (entry, reason) in self.ledger.entries.iter().zip(waiting) {
            let lacks = match reason {
                None => true,
                Some(Reason::Unreadable) => entry.nature == Nature::Poisoned,
                Some(Reason::TooLate | Reason::NotAllowed) => {
                    !entry.operation.as_ref().is_some_and(|operation| self.works_in(entry.person, operation.header.area))
                }
                Some(Reason::Invalid | Reason::Stale) => held.lacks(entry),
                Some(_) => false,
            };
            if !lacks {
                let (name, seq) = (&entry.phone, entry.dot.seq);
                return Oracle::NothingWaitsInVain.says(format!("{name}: {seq} waits as {reason:?}, and lacks nothing"));
            }
        }
        Ok(())
    }

    /// A phone shows as waiting what waits, and nothing else.
    fn every_phone_knows(&self, waiting: &[Option<Reason>]) -> Outcome {
        for phone in &self.phones {
            for (seq, at) in &phone.wrote {
                let waits = waiting.get(*at).is_some_and(Option::is_some);
                if phone.disk.is_refused(*seq) != waits {
                    let name = &phone.name;
                    return Oracle::ThePhoneKnows.says(format!("{name}: {seq} waits: {waits}, and its phone says {}", !waits));
                }
            }
        }
        Ok(())
    }

    /// Every saved event is one record with its own dot, every command was done once, every correction is in the log; or
    /// the bytes wait, once, for a reason that holds.
    fn nothing_is_lost_or_doubled(&self, held: &Holding, waiting: &[Option<Reason>]) -> Outcome {
        let received: BTreeSet<&str> = held.dump.iter().map(String::as_str).filter(|row| row.starts_with("operation ")).collect();
        let mut done: BTreeMap<RecordId, u64> = BTreeMap::new();
        let mut applied: BTreeSet<Dot> = BTreeSet::new();
        let redacted = self.redacted();
        for (entry, reason) in self.ledger.entries.iter().zip(waiting) {
            let (name, seq) = (&entry.phone, entry.dot.seq);
            if let Some(reason) = reason {
                if !self.may_wait(held, entry, *reason) {
                    return Oracle::NothingIsLost.says(format!("{name}: {seq} waits as {reason:?}, and that is not so"));
                }
                continue;
            }
            let keys = keys_of(entry.dot.device, seq);
            if !keys.iter().any(|key| received.range(key.as_str()..).next().is_some_and(|row| row.starts_with(key))) {
                return Oracle::NothingIsLost.says(format!("{name}: {seq} is on no phone that sends it, and not on the server"));
            }
            if entry.nature == Nature::Poisoned {
                return Oracle::NothingIsLost.says(format!("{name}: {seq} should wait with its bytes"));
            }
            if !applied.insert(entry.dot) {
                return Oracle::NothingIsLost.says(format!("{name}: {seq} is held, and so are other bytes under this number"));
            }
            let Some(mut operation) = entry.operation.clone() else { continue };
            if let Some(parts) = redacted.parts(operation.header.record) {
                operation.erase(parts);
            }
            let body = held.records.get(&operation.header.record).map(|(_, record)| &record.body);
            match (&operation.header.kind, body) {
                (Kind::Meeting, Some(Body::Workflow(_))) => *done.entry(operation.header.record).or_default() += 1,
                (Kind::Household, Some(Body::Registry(registry)))
                    if operation.header.change != Change::Create || registry.state.origin.is_some_and(|origin| origin.dot == entry.dot) => {
                }
                (_, Some(Body::Event(event))) if event.dot == entry.dot && event.parts == operation.parts && event.by == entry.person => {}
                (_, other) => return Oracle::NothingIsLost.says(format!("{name}: {seq} should be on the server, found {other:?}")),
            }
        }
        for (id, (_, record)) in &held.records {
            match &record.body {
                Body::Event(event) if !applied.contains(&event.dot) => {
                    return Oracle::ExactlyOnce.says(format!("{} {id} is on the server, and nobody saved it", record.kind.code()));
                }
                Body::Registry(registry) if record.kind == Kind::Household => {
                    let origin = registry.state.origin.map(|origin| origin.dot);
                    if origin.is_some_and(|dot| !self.imports.contains(&dot.device) && !applied.contains(&dot)) {
                        return Oracle::ExactlyOnce.says(format!("household {id} is on the server, and nobody saved it"));
                    }
                }
                Body::Workflow(workflow) if record.kind == Kind::Meeting => {
                    let commands = done.remove(id).unwrap_or_default();
                    if workflow.revision != commands {
                        return Oracle::ExactlyOnce
                            .says(format!("meeting {id}: {commands} commands were applied, its revision is {}", workflow.revision));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// By the hash of its secret: in the pool, released or in quarantine, once, or amended before anybody saw it; and
    /// beside nothing that names the sender.
    fn anonymous_exactly_once(&self, held: &Holding) -> Outcome {
        let (dump, released) = (&held.dump, held.released());
        let rows_of = |table: &str, what: &[u8]| {
            let (table, what) = (format!("{table} "), hex(what));
            dump.iter().filter(|row| row.starts_with(&table) && row.contains(&what)).count()
        };
        for (id, said) in &self.ledger.said {
            let name = self.keys.name(id.bytes());
            let erased = AnonymousOpinion { text: String::new(), ..said.opinion.clone() };
            let refused = rows_of("quarantine_anonymous", &self.keys.name(&cbor::encode(&said.opinion)))
                + rows_of("quarantine_anonymous", &self.keys.name(&cbor::encode(&erased)));
            if refused > 0 && !self.ended.contains(&said.person) {
                return Oracle::AnonymousOnce.says(format!("an anonymous opinion waits for a person: {}", hex(id.bytes())));
            }
            let times = rows_of("pool", &name) + usize::from(released.contains_key(id)) + refused;
            let gave_way = self.ledger.amended.contains_key(id) && rows_of("replaced", &name) == 1;
            if times != 1 && !(times == 0 && gave_way) {
                return Oracle::AnonymousOnce.says(format!("an anonymous opinion is held {times} times: {}", hex(id.bytes())));
            }
            for row in dump.iter().filter(|row| row.contains(&hex(id.bytes())) || row.contains(&hex(&name))) {
                for (what, sender) in [("device", said.device.bytes()), ("person", said.person.bytes())] {
                    let text = DeviceId::from_bytes(sender).map(|id| id.to_string()).unwrap_or_default();
                    if row.contains(&hex(sender)) || row.contains(&text) {
                        return Oracle::AnonymousOnce.says(format!("an anonymous opinion stands beside its sender's {what}: {row}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// No row of any table says what an opinion says that is not released, or what it is; what is kept of it names neither
    /// village nor campaign; and no secret is kept at all, released or not.
    pub(crate) fn what_waits_is_sealed(&self, held: &Holding) -> Outcome {
        let released = held.released();
        for row in &held.dump {
            for (id, said) in &self.ledger.said {
                let here = released.contains_key(id);
                // A released amendment names what it amends, which may still wait.
                let named = here || row.starts_with("record ");
                let secret = row.contains(&hex(&said.secret));
                if secret || !here && row.contains(&hex(said.opinion.text.as_bytes())) || !named && row.contains(&hex(id.bytes())) {
                    return Oracle::WhatWaitsIsSealed.says(format!("the anonymous opinion {} can be read in {row}", hex(id.bytes())));
                }
            }
            if ["pool ", "replaced ", "quarantine_anonymous "].iter().any(|table| row.starts_with(table)) {
                let campaign = self.campaign.id;
                let places = self.villages.iter().map(AreaId::bytes).chain([campaign.bytes()]);
                if places.into_iter().any(|place| row.contains(&hex(place))) {
                    return Oracle::WhatWaitsIsSealed.says(format!("what waits shows where: {row}"));
                }
            }
        }
        Ok(())
    }

    /// What is out of sight has a later version that was released; what a released amendment amends is out of sight.
    fn only_the_last_version_is_shown(&self, held: &Holding) -> Outcome {
        let released = held.released();
        let ask = Ask { within: None, filter: Filter::default(), limit: u32::MAX };
        let shown: BTreeSet<RecordId> =
            answer_of(self.store().list::<OpinionRow>(ask, self.now))?.rows.into_iter().map(|row| row.id).collect();
        let next = |id: &SecretHash| self.ledger.amended.get(id).copied();
        for (id, (record, _)) in &released {
            let shown = shown.contains(record);
            // The first correction may never be released: while it waited, a later one took its place.
            let later = std::iter::successors(next(id), |id| next(id)).any(|later| released.contains_key(&later));
            let corrected = next(id).is_some_and(|next| released.contains_key(&next));
            if shown && corrected || !shown && !later {
                let id = hex(id.bytes());
                return Oracle::OnlyTheLastVersion.says(format!("the anonymous opinion {id} is shown: {shown}, corrected: {corrected}"));
            }
        }
        Ok(())
    }

    /// Recorded as urgent, and so was everything that it amends: only then the phone said that it would not wait.
    fn may_be_at_once(&self, id: SecretHash) -> bool {
        let urgent = self.ledger.said.get(&id).is_some_and(|said| said.opinion.urgency == Urgency::Urgent);
        let first = self.ledger.amended.iter().find(|(_, by)| **by == id).map(|(first, _)| *first);
        urgent && first.is_none_or(|first| self.may_be_at_once(first))
    }

    /// Whatever a released opinion shares with visits at which somebody was spoken to fits at least five households.
    fn a_crowd_stands_behind_each_release(&mut self, held: &Holding) -> Outcome {
        let mut behind: BTreeMap<(AreaId, Option<Date>), BTreeSet<RecordId>> = BTreeMap::new();
        for (scope, record) in held.records.values() {
            let Body::Event(event) = &record.body else { continue };
            let Some(visit) = event.read::<Visit>(Part::Facts).filter(|visit| visit.contact.spoke()) else { continue };
            for week in [Some(event.written_at().date().week()), None] {
                behind.entry((scope.area, week)).or_default().insert(visit.household);
            }
        }
        for (scope, record) in held.records.values() {
            let Body::Anonymous(opinion) = &record.body else { continue };
            if opinion.urgency == Urgency::Urgent && self.may_be_at_once(opinion.id) {
                continue;
            }
            self.report.released += 1;
            let crowd = behind.get(&(scope.area, opinion.week)).map_or(0, BTreeSet::len);
            if crowd < domain::receive::CROWD {
                let week = opinion.week;
                return Oracle::ACrowdBehindEachRelease
                    .says(format!("an anonymous opinion of week {week:?} was released with {crowd} households behind it"));
            }
        }
        Ok(())
    }

    fn works_in(&self, person: PersonId, area: AreaId) -> bool {
        self.teams.iter().zip(&self.work).any(|(team, areas)| team.members.contains(&person) && areas.contains(&area))
    }

    /// What somebody may read follows from their work and from nothing that the server says.
    fn may_read(&self, person: PersonId, scope: Scope) -> bool {
        let works_there = || self.works_in(person, scope.area);
        match scope.stream {
            Stream::Roll if scope.area == self.commune => true,
            Stream::Roll | Stream::Visit | Stream::Callback => works_there(),
            Stream::Voice => self.roles.get(&person) == Some(&Role::TeamLead) && works_there(),
            Stream::Restricted => false,
        }
    }

    /// Something of this scope is sent to somebody now.
    pub(crate) fn may_be_shown(&self, person: PersonId, scope: Scope) -> Outcome {
        if self.may_read(person, scope) {
            return Ok(());
        }
        Oracle::NothingOutsideTheScope.says(format!("{person} is sent records of {scope:?}"))
    }

    /// Everything on the server.
    pub(crate) fn held(&self) -> Outcome<Holding> {
        Ok(Holding { dump: answer_of(self.store().dump())?, records: self.records()? })
    }

    /// Every record on the server.
    pub(crate) fn records(&self) -> Outcome<BTreeMap<RecordId, (Scope, Record)>> {
        Ok(self.sent(self.observer, Vec::new())?.records)
    }

    /// Everything that a device is sent from these cursors on. From the beginning, each stream's digest must be that of
    /// its records.
    fn sent(&self, device: DeviceId, cursors: Vec<Cursor>) -> Outcome<Sent> {
        let from_beginning = cursors.is_empty();
        let mut records = BTreeMap::new();
        let mut digests: BTreeMap<Scope, Digest> = BTreeMap::new();
        let mut announced = BTreeMap::new();
        let mut cursors: BTreeMap<Scope, Cursor> = cursors.into_iter().map(|cursor| (cursor.scope, cursor)).collect();
        loop {
            let request = PullRequest {
                protocol: PROTOCOL,
                mark: None,
                cursors: cursors.values().cloned().collect(),
                report: None,
                refused: Vec::new(),
                redacted: None,
            };
            let reply = answer_of(self.store().pull(device, request, self.now))?;
            let Pulled::Pages(pages) = reply.pulled else { return Err("a pull with cursors brought no pages".into()) };
            for page in pages.pages {
                let scope = page.cursor.scope;
                cursors.insert(scope, page.cursor);
                announced.insert(scope, page.digest);
                for bytes in page.records {
                    let record: Record = cbor::decode(&bytes).map_err(|_| "a pulled record cannot be read".to_owned())?;
                    let digest = digests.entry(scope).or_default();
                    *digest = digest.replace(None, Some(&record));
                    records.insert(record.id, (scope, record));
                }
            }
            if pages.more {
                continue;
            }
            if from_beginning && announced.iter().any(|(scope, digest)| digests.get(scope) != Some(digest)) {
                return Oracle::AllConverge.says("a stream's digest is not that of its records".into());
            }
            return Ok(Sent { records, grants: pages.grants });
        }
    }

    /// The records that a phone would be sent from its cursors on.
    pub(crate) fn next_for(&self, phone: &Phone) -> Outcome<BTreeSet<RecordId>> {
        Ok(self.sent(phone.device(), phone.disk.cursors.values().cloned().collect())?.records.into_keys().collect())
    }

    /// What a phone has, and what it would be sent from its cursors on, is together everything that it may read.
    pub(crate) fn cursors_are_complete(&self) -> Outcome {
        let server = self.records()?;
        for phone in &self.phones {
            let Sent { records: next, grants } = self.sent(phone.device(), phone.disk.cursors.values().cloned().collect())?;
            let has = |id: &RecordId| next.get(id).map(|(_, record)| record).or_else(|| phone.disk.read(*id));
            let is_lost = |id: &RecordId| phone.damage.iter().any(|lost| lost.records.contains(id));
            let missing = server.iter().find(|(id, (scope, record))| grants.may_read(*scope) && has(id) != Some(record) && !is_lost(id));
            if let Some((id, (scope, record))) = missing {
                let (kind, stream) = (record.kind.code(), scope.stream);
                return Oracle::CursorsAreComplete
                    .says(format!("{}: {kind} {id} of {stream:?} is before its cursor, and not on the phone", phone.name));
            }
        }
        Ok(())
    }

    fn all_converge(&self, held: &Holding) -> Outcome {
        for phone in &self.phones {
            self.is_as_the_server(phone, &held.records)?;
        }
        Ok(())
    }

    fn is_as_the_server(&self, phone: &Phone, server: &BTreeMap<RecordId, (Scope, Record)>) -> Outcome {
        let name = &phone.name;
        for grant in &phone.disk.grants.grants {
            if grant.read && !self.may_read(phone.person, grant.scope) {
                return Oracle::NothingOutsideTheScope.says(format!("{name} may read {:?}, where its holder does not work", grant.scope));
            }
        }
        for (id, (scope, record)) in server.iter().filter(|(_, (scope, _))| self.may_read(phone.person, *scope)) {
            match phone.disk.records.get(id) {
                Some((at, Held::Read(mine))) if at == scope && **mine == *record => {}
                Some(_) => return Oracle::AllConverge.says(format!("{name} has another {} {id} than the server", record.kind.code())),
                None => return Oracle::AllConverge.says(format!("{name} has no {} {id} of {scope:?}", record.kind.code())),
            }
        }
        let outside = |scope: &Scope| !self.may_read(phone.person, *scope);
        if let Some((id, (scope, _))) = phone.disk.records.iter().find(|(_, (scope, _))| outside(scope)) {
            return Oracle::NothingOutsideTheScope.says(format!("{name} still has {id} of {scope:?}, where its holder does not work"));
        }
        match phone.disk.records.keys().find(|id| !server.contains_key(id)) {
            Some(id) => Oracle::AllConverge.says(format!("{name} has a record that the server does not have: {id}")),
            None => Ok(()),
        }
    }

    /// Every active household that no other one stands for counts to one village, and is in the list of that one alone; so
    /// does every visit that was not taken back or voided, whichever of the households that are one it was written to.
    fn everything_counts_once(&self, held: &Holding) -> Outcome {
        let twins = self.twins();
        let of_households = held.records.values().filter_map(|(_, record)| match &record.body {
            Body::Registry(registry) if record.kind == Kind::Household && registry.state.is_made() => Some((record.id, registry)),
            _ => None,
        });
        let made: BTreeMap<RecordId, &Registry> = of_households.collect();
        let active = |registry: &Registry| Household::read(&registry.state).status == HouseholdStatus::Active;
        let households = made.iter().filter(|(id, registry)| twins.stands(**id) && active(registry)).count();
        let (mut visits, mut gone) = (BTreeMap::new(), BTreeSet::new());
        for (_, record) in held.records.values() {
            let Body::Event(event) = &record.body else { continue };
            match (&record.kind, &event.header.change) {
                (Kind::Visit, Change::Retract { of }) => {
                    gone.insert(*of);
                }
                (Kind::Visit, change) => {
                    let Some(visit) = event.read::<Visit>(Part::Facts) else { continue };
                    let root = if let Change::Amend { of } = change { *of } else { record.id };
                    let met = visits.entry(root).or_insert((visit.household, false));
                    met.1 |= visit.contact.met();
                }
                (Kind::Verification, _) => {
                    let said = event.read::<Verification>(Part::Facts).filter(|said| said.void.is_some());
                    gone.extend(said.into_iter().flat_map(|said| said.visits.into_iter().map(|look| look.visit)));
                }
                _ => {}
            }
        }
        visits.retain(|visit, _| !gone.contains(visit));
        let met: BTreeSet<RecordId> = visits.values().filter(|(_, met)| *met).map(|(id, _)| twins.one(*id)).collect();
        let expected = (households, visits.len(), met.len());
        let counts = self.counts()?;
        let found = (counts.households as usize, counts.visits as usize, counts.met as usize);
        if found == expected {
            return Ok(());
        }
        Oracle::CountedOnce.says(format!("households, visits and households met: {expected:?} are held, {found:?} counted"))
    }

    /// Both values stay: of every household's field exactly those that nobody who had seen them replaced, whoever wrote them.
    fn siblings_are_written_minus_bases(&self, held: &Holding, waiting: &[Option<Reason>]) -> Outcome {
        /// What a list says of a new household.
        const LISTED: [&str; 3] = ["no", "head", "people"];
        let mut written: BTreeMap<(RecordId, Field), (BTreeSet<Dot>, BTreeSet<Dot>)> = BTreeMap::new();
        for (entry, reason) in self.ledger.entries.iter().zip(waiting) {
            let Some(operation) = entry.operation.as_ref().filter(|operation| operation.header.kind == Kind::Household && reason.is_none())
            else {
                continue;
            };
            let values = domain::register::values(&operation.parts).map_err(|_| "a saved household cannot be read")?;
            for field in values.keys() {
                let (dots, replaced) = written.entry((operation.header.record, field.clone())).or_default();
                dots.insert(entry.dot);
                let saw = entry.saw.get(field).into_iter().flatten();
                replaced.extend(saw.filter_map(|seen: &Seen| self.ledger.dot(*seen)));
            }
        }
        for write in &self.ledger.written {
            let (dots, replaced) = written.entry((write.record, write.field.clone())).or_default();
            dots.insert(write.dot);
            replaced.extend(&write.saw);
        }
        for ((id, field), (mut dots, replaced)) in written {
            if self.ledger.redacted.parts(id).is_some_and(|parts| redaction::goes(&field, parts)) {
                continue;
            }
            let Some((_, Record { body: Body::Registry(registry), .. })) = held.records.get(&id) else {
                return Oracle::NothingIsLost.says(format!("household {id} is not on the server"));
            };
            let listed = registry.state.origin.filter(|origin| self.imports.contains(&origin.dot.device));
            dots.extend(listed.filter(|_| LISTED.contains(&field.as_str())).map(|origin| origin.dot));
            let expected: BTreeSet<_> = dots.difference(&replaced).copied().collect();
            let found: BTreeSet<_> = registry.state.base(&field).into_iter().collect();
            if found != expected {
                return Oracle::BothValuesStay.says(format!("{field} of household {id}: siblings {found:?}, expected {expected:?}"));
            }
        }
        Ok(())
    }

    /// Requests that were handled arrive once more, and leave every table as it was.
    fn a_replay_changes_nothing(&mut self, held: &Holding) -> Outcome {
        self.replay()?;
        self.take_everything_in()?;
        let dump = answer_of(self.store().dump())?;
        // When a phone was last heard of may change.
        let rows = |dump: &[String]| dump.iter().filter(|row| !row.starts_with("device ")).cloned().collect::<BTreeSet<_>>();
        let (before, after) = (rows(&held.dump), rows(&dump));
        match before.symmetric_difference(&after).next() {
            Some(row) => Oracle::ReplayIsHarmless.says(format!("a replay made or changed {row}")),
            None => Ok(()),
        }
    }
}
