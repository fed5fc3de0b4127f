//! What an office changes: operations like any other, written by the server for a tab or an import.

use super::desk::working;
use super::push::{self, count_visits, log, mac_of, office_header};
use super::random::Random;
use super::tables::{Logged, Result, Stored, Tables};
use super::units::{self, Tree, village_code};
use super::{
    Account, Device, DeviceKind, OfficeChange, Seed, StoreError, Value, anonymous, book, code_book, enrolment, grants, hand_over, incident,
    rearrangement, redaction, share, stream, twin, typing, verification,
};
use crate::keys::Keys;
use domain::ahead::Ahead;
use domain::campaign::{Assignment, Campaign, CampaignError, CampaignState};
use domain::cbor;
use domain::code_book::CodeEntry;
use domain::id::{AreaId, PersonId, RecordId};
use domain::operation::{Change, Dot, Field, Ground, Header, Kind, LegalBasis, Operation, Part, Scope, Stream};
use domain::organization::Organization;
use domain::person::{Person, Role};
use domain::receive::{self, Known};
use domain::record::{Body, Record, Registry, Workflow};
use domain::register::Values;
use domain::short::Map;
use domain::team::{Team, TeamError};
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use domain::wire::Reason;
use domain::{household, text};
use serde::Serialize;
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;

/// The roll, its units and the people who work with it are kept for the work of the office for as long as it has that work.
pub const GROUND: Ground = Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX };

/// The stream of a unit's households; of a commune, of its units, people, teams, campaigns, assignments and codes.
pub const fn roll_of(area: AreaId) -> Scope {
    Scope { area, stream: Stream::Roll }
}

/// Where a unit's own record is: a village's in the roll of the commune that it was made in.
pub fn home_of(unit: &Unit) -> Scope {
    roll_of(unit.parent.filter(|_| unit.level == Level::Village).unwrap_or(unit.id))
}

/// See [`super::Store::write`].
pub fn write(t: &mut dyn Tables, keys: &Keys, change: OfficeChange, now: Time, seed: Seed) -> Result<()> {
    let change = OfficeChange { value: change.value.cleaned(), ..change };
    if let Value::HandOver(over) = &change.value {
        return hand_over::hand_over(t, &change, over, now, seed);
    }
    let device = t.device(change.device)?.ok_or(StoreError::NotFound)?;
    if device.kind != DeviceKind::Tab || device.person != change.by {
        return Err(StoreError::NotAllowed);
    }
    // What was asked for, not what became of it: a second press must be known by what the person saw and wanted.
    let request = request(&change);
    if let Some(receipt) = t.receipt(device.id, change.seq)? {
        let same = receipt.salt.is_none_or(|salt| mac_of(&salt, &request) == receipt.mac);
        return if same { Ok(()) } else { Err(StoreError::Stale) };
    }
    if change.seq != device.have + 1 {
        return Err(StoreError::Invalid("seq"));
    }
    let mut random = Random::new(seed);
    if let Value::Redact(asked) = &change.value {
        return redaction::redact(t, keys, &mut random, &change, asked, (device, request), now);
    }
    if let Value::Rearrangement(decided) = &change.value {
        return rearrangement::rearrange(t, &mut random, &change, decided, (device, request), now);
    }
    let plan = plan(t, &change, now)?;
    let mut writer = Writer::answering(t, &mut random, device, now, request)?;
    let (scope, before) = (plan.scope, plan.before.as_ref());
    match change.value {
        Value::Unit(unit) => {
            let unit = Unit { code: plan.code.unwrap_or_default(), ..unit };
            // What a merger or a split has ended stays ended.
            let unit = match before.and_then(units::read) {
                Some(ended) if ended.succession.is_some() => Unit { to: ended.to, succession: ended.succession, ..unit },
                _ => Unit { succession: None, ..unit },
            };
            put_unit(&mut writer, scope, before, &unit)?;
        }
        Value::Organization(organization) => {
            let old = before.and_then(self::organization).map(|before| before.values()).unwrap_or_default();
            let values = organization.values().into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect();
            put_registry(&mut writer, scope, Kind::Organization, organization.id, before, values)?;
        }
        Value::Code(_) => {
            if let Some(entry) = plan.entry {
                code_book::put(&mut writer, scope, before, &entry)?;
            }
        }
        Value::Team(team) => put_team(&mut writer, scope, before, team)?,
        Value::Campaign(campaign) => put_state(&mut writer, scope, Kind::Campaign, campaign.id, before, &campaign)?,
        Value::Assignment(work) => put_state(&mut writer, scope, Kind::Assignment, work.id, before, &work)?,
        Value::Verify(_) => {
            if let Some(event) = plan.event {
                put_event(&mut writer, change.by, event)?;
            }
        }
        Value::Household(entry) => book::write(&mut writer, scope, before, &entry)?,
        Value::Twins(decision) => twin::write(&mut writer, before, &decision)?,
        Value::Person(person, account) => {
            put_state(&mut writer, scope, Kind::Person, person.id.into(), before, &person)?;
            if let Some(account) = account {
                put_login(writer.t, person.id, &account)?;
            }
            if person.left {
                enrolment::leave(writer.t, person.id, now)?;
            }
        }
        Value::Drop(_) => {
            if let Some(ahead) = plan.ahead {
                put_state(&mut writer, scope, Kind::Rearrangement, ahead.id, before, &ahead)?;
            }
        }
        // Done above, by itself.
        Value::Rearrangement(_) | Value::HandOver(_) | Value::Redact(_) => {}
        Value::Typed(typed) => typing::put(&mut writer, &typed)?,
        Value::Incident(incident) => put_state(&mut writer, scope, Kind::Incident, incident.id, before, &incident)?,
    }
    writer.end()?;
    grants::refresh(t, &plan.affects.into_iter().collect(), now)
}

/// Stores an event.
fn put_event(w: &mut Writer<'_>, by: PersonId, operation: Operation) -> Result<()> {
    let dot = Dot { device: w.device.id, seq: w.device.have + 1 };
    let record = Record::event(operation.clone(), dot, by, w.now);
    w.write(operation.header, operation.parts, None, &record)?;
    count_visits(w.t, &record)
}

/// The bytes by which a second press is known.
pub fn request(change: &OfficeChange) -> Vec<u8> {
    let seen = change.seen;
    match &change.value {
        Value::Unit(unit) => cbor::encode(&("unit", seen, unit)),
        Value::Organization(organization) => cbor::encode(&("organization", seen, organization)),
        Value::Code(asked) => cbor::encode(&("code", seen, asked)),
        Value::Team(team) => cbor::encode(&("team", seen, team)),
        Value::Campaign(campaign) => cbor::encode(&("campaign", seen, campaign)),
        Value::Assignment(work) => cbor::encode(&("assignment", seen, work)),
        Value::Verify(asked) => cbor::encode(&("verify", seen, asked)),
        Value::Rearrangement(decided) => cbor::encode(&("rearrangement", seen, decided)),
        Value::Drop(drop) => cbor::encode(&("drop", seen, drop)),
        Value::Household(entry) => cbor::encode(&("household", seen, entry)),
        Value::Twins(decision) => cbor::encode(&("twins", seen, decision)),
        // The hash of one passphrase is another each time.
        Value::Person(person, account) => cbor::encode(&("person", seen, person, account.as_ref().map(|account| &account.login))),
        Value::HandOver(over) => cbor::encode(&("hand over", seen, over)),
        Value::Typed(typed) => cbor::encode(&("typed", seen, typed)),
        Value::Incident(incident) => cbor::encode(&("incident", seen, incident)),
        Value::Redact(asked) => cbor::encode(&("redact", seen, asked)),
    }
}

/// What a change comes to, once everything about it was found right.
struct Plan {
    scope: Scope,
    before: Option<Stored>,
    /// The event that is to be stored, where the change is one.
    event: Option<Operation>,
    /// A unit's code, as given or made up.
    code: Option<String>,
    /// What an entry of the code book is to be.
    entry: Option<CodeEntry>,
    /// What a decision that waited is to be.
    ahead: Option<Ahead>,
    /// The commune whose people's grants may follow.
    affects: Option<AreaId>,
}

fn plan(t: &mut dyn Tables, change: &OfficeChange, now: Time) -> Result<Plan> {
    let tree = Tree::load(t)?;
    let own = working(t, change.by)?.unit;
    let own = tree.commune(own);
    let (id, kind) = match &change.value {
        Value::Unit(unit) => (unit.id.into(), Kind::Unit),
        Value::Organization(organization) => (organization.id, Kind::Organization),
        Value::Code(asked) => (asked.id(), Kind::CodeEntry),
        Value::Team(team) => (team.id, Kind::Team),
        Value::Campaign(campaign) => (campaign.id, Kind::Campaign),
        Value::Assignment(work) => (work.id, Kind::Assignment),
        Value::Household(entry) => (entry.id, Kind::Household),
        Value::Twins(decision) => (decision.household, Kind::Household),
        Value::Person(person, _) => (person.id.into(), Kind::Person),
        Value::Verify(asked) => (asked.id, Kind::Verification),
        Value::Drop(drop) => (drop.id, Kind::Rearrangement),
        // Of several records, so they have plans of their own.
        Value::Rearrangement(_) | Value::HandOver(_) | Value::Redact(_) => return Err(StoreError::Invalid("value")),
        Value::Typed(typed) => typing::first(typed),
        Value::Incident(incident) => (incident.id, Kind::Incident),
    };
    let before = t.record(id)?;
    let seen = match &before {
        Some(stored) if stored.record.kind != kind => return Err(StoreError::Taken("id")),
        Some(stored) => revision(stored),
        None => 0,
    };
    // What was seen of a household stands in the change.
    if seen != change.seen && kind != Kind::Household {
        return Err(StoreError::Stale);
    }
    let home = |area: Option<AreaId>| area.map(roll_of).ok_or(StoreError::Invalid("unit"));
    let (mut event, mut entry, mut ahead) = (None, None, None);
    let (scope, affects, code) = match &change.value {
        Value::Unit(unit) => {
            let code = check_unit(t, &tree, change, unit, before.as_ref(), now)?;
            (home_of(unit), None, Some(code))
        }
        Value::Organization(organization) => {
            check_organization(&tree, organization)?;
            (home(own)?, None, None)
        }
        Value::Code(asked) => {
            let home = before.as_ref().map_or_else(|| home(own), |stored| Ok(stored.scope))?;
            // What a neighbour's book has in it is not told by a refusal.
            tree.check(change.within, home.area)?;
            entry = Some(code_book::after(t, &tree, home, asked, before.as_ref())?);
            (home, None, None)
        }
        Value::Team(team) => {
            check_team(t, &tree, own, team)?;
            (home(own)?, own, None)
        }
        Value::Campaign(campaign) => {
            check_campaign(campaign, before.as_ref())?;
            (home(own)?, own, None)
        }
        Value::Assignment(work) => {
            let commune = tree.commune(work.village);
            let team = check_assignment(t, &tree, work, before.as_ref())?;
            // Which household is whose is for those who read the village's roll.
            let scope = if work.share.is_some() { roll_of(work.village) } else { home(commune)? };
            (scope, team, None)
        }
        Value::Household(entry) => (roll_of(book::check(t, &tree, entry, before.as_ref(), now)?), None, None),
        Value::Twins(decision) => {
            twin::check(t, &tree, change.within, decision, before.as_ref())?;
            (before.as_ref().ok_or(StoreError::NotFound)?.scope, None, None)
        }
        Value::Person(person, account) => {
            check_person(t, person, account.as_ref(), before.as_ref())?;
            tree.get(person.unit).ok_or(StoreError::Invalid("unit"))?;
            tree.check(change.within, person.unit)?;
            let commune = tree.commune(person.unit);
            (roll_of(commune.unwrap_or(person.unit)), commune, None)
        }
        Value::Verify(asked) => {
            let operation = verification::operation(t, change.by, asked, now)?;
            let scope = operation.scope();
            event = Some(operation);
            (scope, None, None)
        }
        Value::Drop(_) => {
            let stored = before.as_ref().ok_or(StoreError::NotFound)?;
            ahead = Some(rearrangement::dropped(&tree, change.within, stored)?);
            (stored.scope, None, None)
        }
        Value::Rearrangement(_) | Value::HandOver(_) | Value::Redact(_) => return Err(StoreError::Invalid("value")),
        Value::Typed(typed) => {
            typing::check(t, &tree, change, typed, now)?;
            (Scope { area: typing::village(typed), stream: Stream::Visit }, None, None)
        }
        Value::Incident(incident) => (incident::check(t, change.by, incident, now)?, None, None),
    };
    let scope = before.as_ref().map_or(scope, |stored| stored.scope);
    if kind != Kind::Unit {
        tree.check(change.within, scope.area)?;
    }
    // Whoever is moved to another commune leaves what they had in the first one, so theirs is the new one's business; and a
    // village that was moved is still worked in by the team that had it.
    let affects = if matches!(kind, Kind::Person | Kind::Assignment) { affects } else { affects.and(tree.commune(scope.area)) };
    Ok(Plan { scope, before, event, code, entry, ahead, affects })
}

/// The number by which a person says which state of a record they saw.
pub fn revision(stored: &Stored) -> u64 {
    match &stored.record.body {
        Body::Workflow(workflow) => workflow.revision,
        // Its place in the stream is another one after every change.
        _ => stored.seq,
    }
}

/// Checks a unit and returns its code.
fn check_unit(t: &mut dyn Tables, tree: &Tree, change: &OfficeChange, unit: &Unit, before: Option<&Stored>, now: Time) -> Result<String> {
    if text::clean(&unit.name).is_empty() {
        return Err(StoreError::Invalid("name"));
    }
    if unit.to.is_some_and(|to| to < unit.from) {
        return Err(StoreError::Invalid("to"));
    }
    let above = unit.parent.map(|parent| tree.get(parent).ok_or(StoreError::Invalid("parent"))).transpose()?;
    if before.is_none() && above.is_some_and(|above| above.succession.is_some()) {
        return Err(StoreError::Invalid("parent"));
    }
    match (unit.level, above.map(|above| above.level)) {
        (Level::Province, None) | (Level::Commune, Some(Level::Province)) | (Level::Village, Some(Level::Commune)) => {}
        _ => return Err(StoreError::Invalid("parent")),
    }
    let is = before.and_then(units::read);
    if is.as_ref().is_some_and(|is| is.level != unit.level || is.parent != unit.parent) {
        return Err(StoreError::Invalid("parent"));
    }
    let keeps_names = is.as_ref().map_or(unit.former.is_empty(), |is| unit.keeps_names_of(is, now.date()));
    if !keeps_names {
        return Err(StoreError::Invalid("renamed"));
    }
    match (unit.parent, before) {
        (_, Some(_)) => tree.check(change.within, unit.id)?,
        (Some(parent), None) => tree.check(change.within, parent)?,
        (None, None) if change.within.is_none() => {}
        (None, None) => return Err(StoreError::NotAllowed),
    }
    let (Level::Village, Some(parent)) = (unit.level, unit.parent) else { return Ok(unit.code.clone()) };
    let commune = tree.commune(unit.id).unwrap_or(parent);
    // An import goes by the name: two of one name could not be told apart. Two that a merger of communes brought together
    // are told apart by a new name for one of them.
    let name = text::spelling(&unit.name);
    let is_named_anew = is.as_ref().is_none_or(|is| text::spelling(&is.name) != name);
    let mut beside = tree.below(commune).filter(|other| other.id != unit.id && other.to.is_none());
    if is_named_anew && beside.any(|other| text::spelling(&other.name) == name) {
        return Err(StoreError::Invalid("name"));
    }
    let taken: BTreeSet<String> = tree.coding(commune).filter(|other| other.id != unit.id).map(|other| other.code.clone()).collect();
    if let Some(is) = is {
        if unit.code.is_empty() {
            return Ok(is.code);
        }
        // Another village would take the letters, and give codes that stand on paper already.
        if is.code != unit.code && t.last_household(unit.id)? > 0 {
            return Err(StoreError::Invalid("code"));
        }
    }
    village_letters(&unit.name, &unit.code, &taken)
}

/// The letters of a new village's household codes: as asked for, or made up where nothing is.
pub fn village_letters(name: &str, asked: &str, taken: &BTreeSet<String>) -> Result<String> {
    if asked.is_empty() {
        return Ok(village_code(name, taken));
    }
    if asked.len() > 6 || !asked.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Err(StoreError::Invalid("code"));
    }
    if taken.contains(asked) { Err(StoreError::Taken("code")) } else { Ok(asked.to_owned()) }
}

/// The organisation in a record.
pub fn organization(stored: &Stored) -> Option<Organization> {
    match &stored.record.body {
        Body::Registry(registry) if stored.record.kind == Kind::Organization => Organization::read(stored.record.id, &registry.state),
        _ => None,
    }
}

fn check_organization(tree: &Tree, organization: &Organization) -> Result<()> {
    if text::clean(&organization.name).is_empty() {
        return Err(StoreError::Invalid("name"));
    }
    tree.get(organization.unit).map(|_| ()).ok_or(StoreError::Invalid("unit"))
}

fn check_team(t: &mut dyn Tables, tree: &Tree, own: Option<AreaId>, team: &Team) -> Result<()> {
    team.check().map_err(|error| {
        StoreError::Invalid(match error {
            TeamError::NoName => "name",
            TeamError::Dates => "to",
            TeamError::NoHead => "lead",
            TeamError::Duties => "members",
        })
    })?;
    // An officer of one commune knows those of their own.
    let mut known = |id: RecordId, field| {
        let home = t.record(id)?.filter(|stored| organization(stored).is_some()).and_then(|stored| tree.commune(stored.scope.area));
        if home.is_some() && home == own { Ok(()) } else { Err(StoreError::Invalid(field)) }
    };
    for organization in team.posts.values().filter_map(|post| post.organization) {
        known(organization, "members")?;
    }
    if let Some(issuer) = team.mandate.issuer {
        known(issuer, "issuer")?;
    }
    for &member in team.members.iter().chain(&team.lead) {
        let record = t.record(member.into())?;
        if record.as_ref().and_then(grants::state::<Person>).is_none() {
            return Err(StoreError::Invalid("members"));
        }
    }
    Ok(())
}

fn check_campaign(campaign: &Campaign, before: Option<&Stored>) -> Result<()> {
    campaign.check().map_err(|error| {
        StoreError::Invalid(match error {
            CampaignError::NoTitle => "title",
            CampaignError::NoPurpose => "purpose",
            CampaignError::Dates => "to",
            CampaignError::Retention => "until",
        })
    })?;
    let good = match before.and_then(grants::state::<Campaign>) {
        None => campaign.state != CampaignState::Closed,
        Some(before) if before.state == campaign.state => campaign.state != CampaignState::Closed,
        Some(before) => before.may_become(campaign.state),
    };
    if good { Ok(()) } else { Err(StoreError::Invalid("state")) }
}

/// Returns the commune of the team.
fn check_assignment(t: &mut dyn Tables, tree: &Tree, work: &Assignment, before: Option<&Stored>) -> Result<Option<AreaId>> {
    let team = t.record(work.team)?;
    let of_team = team.as_ref().and_then(|stored| tree.commune(stored.scope.area));
    let village = tree.get(work.village).filter(|unit| unit.level == Level::Village).ok_or(StoreError::Invalid("village"))?;
    if let Some(before) = before.and_then(grants::state::<Assignment>) {
        let same = (before.campaign, before.team, before.village) == (work.campaign, work.team, work.village);
        let member = |work: &Assignment| work.share.as_ref().map(|share| share.member);
        if !same || member(&before) != member(work) {
            return Err(StoreError::Invalid("village"));
        }
        if !work.ended {
            share::check(t, tree, work)?;
        }
        return Ok(of_team);
    }
    if village.succession.is_some() {
        return Err(StoreError::Invalid("village"));
    }
    // What any of the communes had that became this one is its own.
    let home = tree.commune(village.id);
    let campaign = t.record(work.campaign)?.filter(|stored| tree.commune(stored.scope.area) == home);
    let campaign: Campaign = campaign.as_ref().and_then(grants::state).ok_or(StoreError::Invalid("campaign"))?;
    if campaign.state == CampaignState::Closed {
        return Err(StoreError::Invalid("campaign"));
    }
    let team = team.filter(|_| of_team == home);
    let team = team.as_ref().and_then(grants::team).ok_or(StoreError::Invalid("team"))?;
    if let Some(share) = &work.share {
        if team.lead != Some(share.member) && !team.members.contains(&share.member) {
            return Err(StoreError::Invalid("member"));
        }
        share::check(t, tree, work)?;
        return Ok(of_team);
    }
    let others = t.working(&Kind::Assignment)?;
    let mut others = others.iter().filter_map(grants::state::<Assignment>).filter(|other| !other.ended && other.share.is_none());
    if others.any(|other| (other.campaign, other.team, other.village) == (work.campaign, work.team, work.village)) {
        return Err(StoreError::Taken("village"));
    }
    Ok(of_team)
}

fn check_person(t: &mut dyn Tables, person: &Person, account: Option<&Account>, before: Option<&Stored>) -> Result<()> {
    if text::clean(&person.name).is_empty() {
        return Err(StoreError::Invalid("name"));
    }
    let new = before.is_none();
    let runs = |person: &Person| person.role == Role::Admin && !person.left;
    if before.and_then(grants::state::<Person>).is_some_and(|before| runs(&before)) && !runs(person) {
        let others = t.working(&Kind::Person)?;
        let mut others = others.iter().filter_map(grants::state::<Person>).filter(|other| other.id != person.id);
        // Somebody must be able to let people in.
        if !others.any(|other| runs(&other)) {
            return Err(StoreError::Invalid(if person.left { "left" } else { "role" }));
        }
    }
    if person.role.is_field() && account.is_some() {
        return Err(StoreError::Invalid("account"));
    }
    if !person.role.is_field() && account.is_none() && (new || !t.logins()?.contains_key(&person.id)) {
        return Err(StoreError::Invalid("account"));
    }
    Ok(())
}

/// Writes operations of one device, one after the other.
pub struct Writer<'a> {
    /// The transaction.
    pub t: &'a mut dyn Tables,
    random: &'a mut Random,
    device: Device,
    now: Time,
    /// The bytes by which the first operation is known again, where they are not its own: see [`request`].
    pub request: Option<Vec<u8>>,
}

impl<'a> Writer<'a> {
    /// Goes on behind what the device has written; one that is new is stored.
    pub fn begin(t: &'a mut dyn Tables, random: &'a mut Random, device: Device, now: Time) -> Result<Self> {
        t.put_device(&device)?;
        Ok(Self { t, random, device, now, request: None })
    }

    /// Like [`Self::begin`]; the log knows the first operation by what was asked for.
    pub fn answering(t: &'a mut dyn Tables, random: &'a mut Random, device: Device, now: Time, request: Vec<u8>) -> Result<Self> {
        Ok(Self { request: Some(request), ..Self::begin(t, random, device, now)? })
    }

    /// Stores how far the device has written.
    pub fn end(self) -> Result<()> {
        self.t.put_device(&self.device)
    }

    /// The server's clock at this writing.
    pub const fn now(&self) -> Time {
        self.now
    }

    /// An id of its own for something that this writes.
    pub fn fresh(&mut self) -> RecordId {
        let (millis, random) = self.random.id(self.now);
        RecordId::new(millis, random)
    }

    /// Stores an event like one that a phone brings: it must be right in itself, and about what is there.
    pub fn event(&mut self, operation: Operation) -> Result<()> {
        let header = &operation.header;
        let known = Known {
            current: self.t.record(header.record)?.map(|stored| (stored.scope, stored.record)),
            target: match header.change {
                Change::Amend { of } | Change::Retract { of } => push::target(self.t, of, &header.kind)?,
                _ => None,
            },
            about: push::about(self.t, &operation)?,
            ..Known::default()
        };
        let dot = Dot { device: self.device.id, seq: self.device.have + 1 };
        let back = matches!(header.change, Change::Retract { .. });
        let record = receive::merged(&operation, dot, self.device.person, self.now, &known).map_err(|reason| match reason {
            Reason::Exists => StoreError::Taken("id"),
            _ if back => StoreError::NotAllowed,
            _ => StoreError::Invalid("household"),
        })?;
        let Operation { header, parts } = operation;
        let is_visit = header.kind == Kind::Visit;
        self.write(header, parts, None, &record)?;
        if is_visit { anonymous::count_visit(self.t, record.id) } else { Ok(()) }
    }

    fn write(&mut self, header: Header, parts: Map<Part, ByteBuf>, before: Option<&Stored>, after: &Record) -> Result<()> {
        let scope = Scope { area: header.area, stream: header.stream };
        let operation = Operation { header, parts };
        let bytes = self.request.take().unwrap_or_else(|| cbor::encode(&operation));
        let Operation { header, parts } = &operation;
        self.device.have += 1;
        log(self.t, self.random, self.device.id, self.device.have, &bytes, self.now, Logged { header, parts })?;
        stream::put(self.t, scope, before.map(|stored| &stored.record), after)
    }
}

/// Stores a login, unless somebody else has it. Whoever signed in with the passphrase before is signed out.
pub fn put_login(t: &mut dyn Tables, person: PersonId, account: &Account) -> Result<()> {
    if t.account(&account.login)?.is_some_and(|(other, _)| other != person) {
        return Err(StoreError::Taken("login"));
    }
    t.delete_sessions_of(person)?;
    t.put_account(person, account)
}

/// Stores a unit.
pub fn put_unit(w: &mut Writer<'_>, scope: Scope, before: Option<&Stored>, unit: &Unit) -> Result<()> {
    let old = before.and_then(units::read).map(|before| before.values()).unwrap_or_default();
    let values = unit.values().into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect();
    put_registry(w, scope, Kind::Unit, unit.id.into(), before, values)
}

/// Stores new values of a registry record: all that differ from what is shown.
pub fn put_registry(w: &mut Writer<'_>, scope: Scope, kind: Kind, id: RecordId, before: Option<&Stored>, values: Values) -> Result<()> {
    let registry = registry(before)?;
    let this = w.device.id;
    let base = |field: &String| registry.state.base(field).into_iter().map(|dot| dot.seen_by(this)).collect();
    let change = match before {
        None => Change::Create,
        Some(_) => Change::Set { fields: values.keys().map(|field| (field.clone(), base(field))).collect() },
    };
    let header = office_header(kind, id, scope, change, w.now);
    apply(w, header, (before, registry), values)
}

/// The registers of a record; none yet of one that is new.
fn registry(before: Option<&Stored>) -> Result<Registry> {
    match before.map(|stored| &stored.record.body) {
        Some(Body::Registry(registry)) => Ok(registry.clone()),
        Some(_) => Err(StoreError::Taken("id")),
        None => Ok(Registry::default()),
    }
}

/// Stores one change of a registry record.
fn apply(w: &mut Writer<'_>, header: Header, (before, mut registry): (Option<&Stored>, Registry), values: Values) -> Result<()> {
    let (id, kind) = (header.record, header.kind.clone());
    let parts = match kind {
        Kind::Household => household::parts(values.clone()),
        _ => Map::from([(Part::Facts, ByteBuf::from(cbor::encode(&values)))]),
    };
    registry.state.apply(w.device.id, w.device.have + 1, &header, values);
    w.write(header, parts, before, &Record { id, kind, body: Body::Registry(registry) })
}

/// Stores a team.
pub fn put_team(w: &mut Writer<'_>, scope: Scope, before: Option<&Stored>, mut team: Team) -> Result<()> {
    team.members.extend(team.lead);
    let values = match before.and_then(grants::team) {
        Some(before) => team.changed_values(&before),
        None => team.values(),
    };
    put_registry(w, scope, Kind::Team, team.id, before, values)
}

/// Stores a new household under its short code.
pub fn add_household(w: &mut Writer<'_>, id: RecordId, village: AreaId, code: String, values: Values) -> Result<()> {
    let header = office_header(Kind::Household, id, roll_of(village), Change::Create, w.now);
    apply(w, header, (None, Registry { code, ..Registry::default() }), values)
}

/// Stores values of some fields of a household in the place of those that their writer saw, and of no others.
pub fn correct_household(w: &mut Writer<'_>, before: &Stored, values: Values, seen: &Map<Field, Vec<Dot>>) -> Result<()> {
    let this = w.device.id;
    let base = |dots: &Vec<Dot>| dots.iter().map(|dot| dot.seen_by(this)).collect();
    let change = Change::Set { fields: seen.iter().map(|(field, dots)| (field.clone(), base(dots))).collect() };
    let header = office_header(Kind::Household, before.record.id, before.scope, change, w.now);
    apply(w, header, (Some(before), registry(Some(before))?), values)
}

/// Stores new values of some fields of a household.
pub fn change_household(w: &mut Writer<'_>, before: &Stored, values: Values) -> Result<()> {
    put_registry(w, before.scope, Kind::Household, before.record.id, Some(before), values)
}

/// Stores a household that an import brings, under its short code.
pub fn put_household(w: &mut Writer<'_>, village: AreaId, code: String, household: &household::Household) -> Result<()> {
    let (millis, random) = w.random.id(w.now);
    add_household(w, RecordId::new(millis, random), village, code, household.first_values())
}

/// Stores the next state of a workflow record.
pub fn put_state<T: Serialize>(
    w: &mut Writer<'_>,
    scope: Scope,
    kind: Kind,
    id: RecordId,
    before: Option<&Stored>,
    state: &T,
) -> Result<()> {
    let expect = before.map_or(0, revision);
    let state = ByteBuf::from(cbor::encode(state));
    let header = office_header(kind.clone(), id, scope, Change::Command { expect }, w.now);
    let parts = Map::from([(Part::Facts, state.clone())]);
    let body = Body::Workflow(Workflow { revision: expect + 1, state });
    w.write(header, parts, before, &Record { id, kind, body })
}
