//! Redaction on the server: body parts go from the log, the records, the projections and the quarantine, and whatever brings
//! them again (a late phone, a list, a database that was put back) is stored without them.
//!
//! The rule is [`domain::redaction`]'s. Two places see to it that nothing comes back: [`super::stream::put`] and
//! [`super::push::log`], through which everything is stored.

use super::push::{count_visits, log, office_header};
use super::question::{Row, names};
use super::random::Random;
use super::tables::{Logged, Quarantined, RedactionLine, Result, Stored, Tables};
use super::units::Tree;
use super::{Ask, Device, DeviceKind, OfficeChange, StoreError, anonymous, sequence, stream};
use crate::journal::Entry;
use crate::keys::Keys;
use domain::cbor;
use domain::id::{DeviceId, PersonId, RecordId};
use domain::office::Listed;
use domain::operation::{Change, Class, Header, Kind, Operation, Part, Scope};
use domain::record::{Body, Record};
use domain::redaction::{Owing, Redact, Redaction, RedactionRow, Redactions, TOLD_MAX, Told, erasable, erase_parts};
use domain::register;
use domain::short::{Map, Set};
use domain::time::Time;
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet};

/// See [`super::Value::Redact`]. The tab's own operation is in the log and in no stream.
pub fn redact(
    t: &mut dyn Tables,
    keys: &Keys,
    random: &mut Random,
    change: &OfficeChange,
    asked: &Redact,
    tab: (Device, Vec<u8>),
    now: Time,
) -> Result<()> {
    let (mut device, request) = tab;
    if change.seen != 0 {
        return Err(StoreError::Stale);
    }
    let (scope, kind) = match t.place(asked.record)? {
        Some(place) => place,
        None => waiting(t)?
            .into_iter()
            .filter_map(|kept| header(&kept))
            .find(|header| header.record == asked.record)
            .map(|header| (Scope { area: header.area, stream: header.stream }, header.kind))
            .ok_or(StoreError::NotFound)?,
    };
    Tree::load(t)?.check(change.within, scope.area)?;
    if asked.parts.is_empty() || asked.parts.iter().any(|part| !erasable(&kind).contains(part)) {
        return Err(StoreError::Invalid("parts"));
    }
    // Every version says the same again.
    let mut all = Vec::new();
    for record in versions(t, asked.record)? {
        let Some((scope, kind)) = t.place(record)?.or((record == asked.record).then(|| (scope, kind.clone()))) else { continue };
        all.push(Entry::Redacted { record, scope, kind, parts: asked.parts.clone(), at: now, by: Some(change.by), why: Some(asked.why) });
    }
    let erased = Change::Redact { record: asked.record, parts: asked.parts.iter().copied().collect() };
    let header = office_header(kind, asked.record, scope, erased, now);
    device.have += 1;
    log(t, random, device.id, device.have, &request, now, Logged { header: &header, parts: &Map::new() })?;
    t.put_device(&device)?;
    erase(t, keys, all, Known::NotYet)?;
    t.scrub();
    Ok(())
}

/// An event with all its versions and what took it back, the earliest first. They are stored anew in this order, which is
/// the order in which they are shown.
fn versions(t: &mut dyn Tables, record: RecordId) -> Result<Vec<RecordId>> {
    let root = t.root(record)?.unwrap_or(record);
    let mut all: BTreeSet<RecordId> = t.versions(root)?.into_iter().collect();
    // The version that replaces an opinion without a name has it for its own, and not the other way round.
    all.extend([root, record]);
    let mut found = Vec::new();
    for id in all {
        let place = t.record(id)?.map_or(u64::MAX, |stored| stored.seq);
        found.push((id != root, place, id));
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(.., id)| id).collect())
}

/// See [`super::restore`]: what was redacted since the copy was made, by the journal.
pub fn replay(t: &mut dyn Tables, keys: &Keys, entries: &[Entry]) -> Result<()> {
    erase(t, keys, entries.iter().filter(|entry| matches!(entry, Entry::Redacted { .. })).cloned().collect(), Known::ByTheJournal)?;
    t.scrub();
    Ok(())
}

/// Whether a redaction comes from the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It has to be written there.
    NotYet,
    /// It does.
    ByTheJournal,
}

/// Does what is new of these redactions: all of it, whatever holds it here. The file is left to be scrubbed.
pub fn erase(t: &mut dyn Tables, keys: &Keys, entries: Vec<Entry>, known: Known) -> Result<()> {
    let mut asked = Redactions::default();
    let mut new = Vec::new();
    for entry in entries {
        if let Some(line) = put(t, entry, known)? {
            asked.add(line.record, &line.parts);
            new.push(line);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    // Corrections that wait for their first version say the same as well.
    let mut kept = waiting(t)?;
    let mut headers = Vec::new();
    for header in kept.iter().filter_map(header) {
        if is_nobodys(t, &header)? {
            headers.push(header);
        }
    }
    asked.spread(headers.iter());
    for header in &headers {
        if let (Some(parts), Some(first)) = (asked.parts(header.record).cloned(), new.first().cloned()) {
            let scope = Scope { area: header.area, stream: header.stream };
            let (record, kind) = (header.record, header.kind.clone());
            let more = Entry::Redacted { record, scope, kind, parts, at: first.at, by: first.by, why: first.why };
            new.extend(put(t, more, Known::NotYet)?);
        }
    }
    for line in &new {
        erase_record(t, line.record)?;
    }
    for kept in &mut kept {
        erase_waiting(t, kept, &asked)?;
    }
    anonymous::redact(t, keys, &asked)?;
    t.owe_scrub()
}

/// Whether bytes that nobody has judged may be taken at their word when they name their record: there is none that is
/// somebody else's, and none that is kept for as long as the office wants.
fn is_nobodys(t: &mut dyn Tables, header: &Header) -> Result<bool> {
    Ok(t.record(header.record)?.is_none() && !matches!(header.kind.shape(), Some((Class::Registry, _))))
}

/// Stores a redaction, and has it journalled; `None` where nothing of it is new.
fn put(t: &mut dyn Tables, entry: Entry, known: Known) -> Result<Option<RedactionLine>> {
    let Entry::Redacted { record, scope, kind, parts, at, by, why } = &entry else { return Ok(None) };
    let redacted = t.redacted(*record)?;
    if parts.iter().all(|part| redacted.contains(part)) {
        return Ok(None);
    }
    let (number, kind) = (t.last_redaction()? + 1, kind.code().to_owned());
    let line = RedactionLine { number, record: *record, scope: *scope, kind, parts: parts.clone(), at: *at, by: *by, why: *why };
    t.put_redaction(&line)?;
    if known == Known::NotYet {
        t.journal(entry);
    }
    Ok(Some(line))
}

/// The record as it is in its stream, and every operation that made it.
fn erase_record(t: &mut dyn Tables, id: RecordId) -> Result<()> {
    let redacted = t.redacted(id)?;
    let Some(Stored { scope, record, .. }) = t.record(id)? else { return Ok(()) };
    let operations = match &record.body {
        Body::Event(event) => vec![(event.dot.device, event.dot.seq)],
        _ => t.applied_to(id)?,
    };
    for (device, seq) in operations {
        let Some((header, mut parts)) = t.logged(device, seq)? else { continue };
        if erase_parts(&header.kind, &mut parts, &redacted) {
            t.erase_logged(device, seq, &parts)?;
            erase_salt(t, device, seq)?;
            erase_salts_of_press(t, device, seq)?;
            t.put_writer(id, device)?;
        }
    }
    stream::put(t, scope, Some(&record), &record)?;
    count_visits(t, &record)
}

/// Erases the salt of an operation, under every name of its phone: by any of them somebody could try what it was. It is
/// also that of other bytes which came under this number.
pub fn erase_salt(t: &mut dyn Tables, device: DeviceId, seq: u64) -> Result<()> {
    let Some(mac) = t.receipt(device, seq)?.map(|receipt| receipt.mac) else { return Ok(()) };
    for name in sequence::names(t, device)? {
        if t.receipt(name, seq)?.is_some_and(|receipt| receipt.mac == mac) {
            t.erase_salt(name, seq)?;
        }
    }
    Ok(())
}

/// One press at a desk may be several operations, and the first of them is known by all that was asked for.
fn erase_salts_of_press(t: &mut dyn Tables, device: DeviceId, seq: u64) -> Result<()> {
    if t.device(device)?.is_none_or(|device| device.kind == DeviceKind::Phone) {
        return Ok(());
    }
    let Some(at) = t.receipt(device, seq)?.map(|receipt| receipt.at) else { return Ok(()) };
    for earlier in (1..seq).rev() {
        if t.receipt(device, earlier)?.is_none_or(|receipt| receipt.at != at) {
            break;
        }
        t.erase_salt(device, earlier)?;
    }
    Ok(())
}

/// Everything that waits for a person.
pub fn waiting(t: &mut dyn Tables) -> Result<Vec<Quarantined>> {
    let mut all = Vec::new();
    for phone in t.devices(DeviceKind::Phone)? {
        for view in t.quarantine(phone.id, usize::MAX)? {
            all.extend(t.quarantined_bytes(phone.id, view.seq, &view.mac)?);
        }
    }
    Ok(all)
}

fn header(kept: &Quarantined) -> Option<Header> {
    cbor::decode::<Operation>(&kept.raw).ok().map(|operation| operation.header)
}

fn erase_waiting(t: &mut dyn Tables, kept: &mut Quarantined, redactions: &Redactions) -> Result<()> {
    let raw = match cbor::decode::<Operation>(&kept.raw) {
        Ok(operation) => {
            let Header { record, ref change, .. } = operation.header;
            // Also where it names a record that is not its own to name.
            let amended = if let Change::Amend { of } = change { redactions.parts(*of) } else { None };
            let all = redactions.parts(record).into_iter().chain(amended).flat_map(Set::iter).copied().collect();
            let left = left_of(operation, &all);
            if left.is_some() {
                t.put_writer(record, kept.device)?;
            }
            left
        }
        // Nobody can read it, and it names the record: it goes whole.
        Err(_) => redactions.names_one(&kept.raw).then(Vec::new),
    };
    raw.map_or(Ok(()), |raw| put_left(t, kept, raw))
}

/// What is left of an operation; `None` where it had nothing of these parts.
fn left_of(mut operation: Operation, redacted: &Set<Part>) -> Option<Vec<u8>> {
    operation.erase(redacted).then(|| cbor::encode(&operation))
}

/// Puts what is left of bytes that wait in their place.
fn put_left(t: &mut dyn Tables, kept: &mut Quarantined, raw: Vec<u8>) -> Result<()> {
    t.delete_quarantined(kept.device, kept.seq, &kept.mac)?;
    kept.raw = ByteBuf::from(raw);
    t.put_quarantined(kept)?;
    erase_salt(t, kept.device, kept.seq)
}

/// Takes what is over out of bytes that wait. The record and its place are to be redacted, so that phones are told, where
/// nobody else has it.
pub fn expire(t: &mut dyn Tables, mut kept: Quarantined, parts: &Set<Part>) -> Result<Option<(RecordId, Scope)>> {
    let Ok(operation) = cbor::decode::<Operation>(&kept.raw) else { return Ok(None) };
    let (record, scope) = (operation.header.record, operation.scope());
    if is_nobodys(t, &operation.header)? {
        return Ok(Some((record, scope)));
    }
    if let Some(raw) = left_of(operation, parts) {
        put_left(t, &mut kept, raw)?;
        t.owe_scrub()?;
    }
    Ok(None)
}

/// A record without what was redacted of it.
pub fn erased<'a>(record: &Record, redacted: &Set<Part>, place: &'a mut Option<Record>) -> &'a Record {
    let mut erased = record.clone();
    erased.erase(redacted);
    place.insert(erased)
}

/// The parts of an operation that were redacted before it came, of its record or of what it amends.
pub fn of_operation(t: &mut dyn Tables, device: DeviceId, header: &Header) -> Result<Set<Part>> {
    let mut redacted = t.redacted(header.record)?;
    if let Change::Amend { of } = header.change {
        redacted.extend(t.redacted(of)?.iter().copied());
    }
    if !redacted.is_empty() {
        t.put_writer(header.record, device)?;
    }
    Ok(redacted)
}

/// What amends something redacted is redacted itself from now on. To be said of what is about to be stored, and not before:
/// of what comes to wait it holds only where nobody else has the record.
pub fn hand_on(t: &mut dyn Tables, header: &Header, now: Time) -> Result<()> {
    let Change::Amend { of } = header.change else { return Ok(()) };
    let parts = t.redacted(of)?;
    if parts.is_empty() || !is_nobodys(t, header)? {
        return Ok(());
    }
    let (record, kind, scope) = (header.record, header.kind.clone(), Scope { area: header.area, stream: header.stream });
    // By whoever asked for it of the other.
    let asked = t.redactions(0)?.into_iter().rfind(|line| line.record == of && line.why.is_some());
    let (by, why) = asked.map_or((None, None), |line| (line.by, line.why));
    put(t, Entry::Redacted { record, scope, kind, parts, at: now, by, why }, Known::NotYet).map(drop)
}

/// What is kept of bytes that come to wait; `None` where nothing of them is redacted.
pub fn of_waiting(t: &mut dyn Tables, device: DeviceId, bytes: &[u8], now: Time) -> Result<Option<Vec<u8>>> {
    if t.last_redaction()? == 0 {
        return Ok(None);
    }
    let Ok(operation) = cbor::decode::<Operation>(bytes) else {
        let all = t.redactions(0)?;
        return Ok(Redactions::of(all.iter().map(|line| (line.record, &line.parts))).names_one(bytes).then(Vec::new));
    };
    let redacted = of_operation(t, device, &operation.header)?;
    hand_on(t, &operation.header, now)?;
    Ok(left_of(operation, &redacted))
}

/// Whether what was sent can be what something is left of.
pub fn is_left(sent: &[u8], held: &[u8]) -> bool {
    match (cbor::decode(sent), cbor::decode(held)) {
        (Ok(sent), Ok(held)) => is_same(&sent, &held),
        // Of what nobody could read nothing is left to compare.
        (Err(_), Err(_)) => held.is_empty() || sent == held,
        _ => false,
    }
}

/// Whether two are the same operation, as far as anything is left of them.
fn is_same(sent: &Operation, held: &Operation) -> bool {
    if sent.header != held.header {
        return false;
    }
    let is_household = held.header.kind == Kind::Household;
    match (register::values(&sent.parts), register::values(&held.parts)) {
        // Of a household's parts some fields may be gone, and others left.
        (Ok(sent), Ok(held)) if is_household => agree(&sent, &held),
        _ => agree(&sent.parts, &held.parts),
    }
}

/// Whether two say the same of whatever both of them speak of.
fn agree<K: Ord, V: PartialEq>(one: &Map<K, V>, other: &Map<K, V>) -> bool {
    one.iter().all(|(key, value)| other.get(key).is_none_or(|of_other| of_other == value))
}

/// What a phone has not confirmed yet.
pub fn told(t: &mut dyn Tables, device: &Device, done: u64) -> Result<Option<Told>> {
    let last = t.last_redaction()?;
    if done >= last {
        return Ok(None);
    }
    let mut told = Told { up_to: last, redactions: Vec::new() };
    let (concern, lines) = (Concern::of(t, device)?, t.redactions(done)?);
    for RedactionLine { number, record, scope, parts, at, .. } in lines {
        if told.redactions.len() == TOLD_MAX {
            break;
        }
        told.up_to = number;
        if concern.is(t, record, scope, at)? {
            told.redactions.push(Redaction { record, scope, parts });
        }
    }
    Ok(Some(told))
}

/// Which redactions are a phone's business: those of what its person could ever read or write, and of what it wrote; none
/// from before its database began.
pub(super) struct Concern {
    devices: Vec<DeviceId>,
    since: Time,
    scopes: BTreeSet<Scope>,
}

impl Concern {
    fn of(t: &mut dyn Tables, device: &Device) -> Result<Self> {
        let (mut devices, mut since, mut next) = (vec![device.id], device.enrolled_at, device.continues);
        // A copy goes on with the database of the one that it was copied from.
        while let Some(earlier) = next {
            devices.push(earlier.device);
            let Some(earlier) = t.device(earlier.device)? else { break };
            (since, next) = (since.min(earlier.enrolled_at), earlier.continues);
        }
        let mut scopes = BTreeSet::new();
        for version in 1..=t.newest_grants(device.person)?.map_or(0, |grants| grants.version) {
            if let Some((grants, _)) = t.grants(device.person, version)? {
                scopes.extend(grants.grants.into_iter().map(|grant| grant.scope));
            }
        }
        Ok(Self { devices, since, scopes })
    }

    /// Whether it could ever read what was deleted there at this time. [`Self::is`] asks besides who wrote a record.
    pub(super) fn reads(&self, scope: Scope, at: Time) -> bool {
        at >= self.since && self.scopes.contains(&scope)
    }

    fn is(&self, t: &mut dyn Tables, record: RecordId, scope: Scope, at: Time) -> Result<bool> {
        if at < self.since {
            return Ok(false);
        }
        if self.reads(scope, at) {
            return Ok(true);
        }
        for device in &self.devices {
            if t.is_writer(record, *device)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Phones that can owe a redaction: whose key is destroyed holds nothing any more that anybody could read.
pub(super) fn phones(t: &mut dyn Tables) -> Result<Vec<(Concern, Device)>> {
    let phones = t.devices(DeviceKind::Phone)?.into_iter().filter(|phone| phone.destroyed_at.is_none());
    phones.map(|phone| Ok((Concern::of(t, &phone)?, phone))).collect()
}

/// That a phone owes one.
pub(super) fn owes(phone: &Device, names: &BTreeMap<PersonId, String>) -> Owing {
    let name = names.get(&phone.person).cloned().unwrap_or_default();
    Owing { name, seen_at: phone.seen_at, revoked: phone.revoked.is_some() }
}

/// The number of the last redaction: what was read before it is not given out after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRedaction(pub u64);

/// One row.
impl Row for LastRedaction {
    fn list(t: &mut dyn Tables, _ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        Ok(Listed { rows: vec![Self(t.last_redaction()?)], total: 1, notable: 0 })
    }
}

/// What somebody asked for, the latest first; what was over by its own day is in the report of that. Those that phones in use
/// still owe are the notable ones: of a revoked one nobody can expect it.
impl Row for RedactionRow {
    fn list(t: &mut dyn Tables, ask: &Ask, _now: Time) -> Result<Listed<Self>> {
        let (tree, mut lines, names) = (Tree::load(t)?, t.redactions(0)?, names(t)?);
        lines.retain(|line| line.why.is_some() && tree.covers(ask.within, line.scope.area));
        let phones = phones(t)?;
        let (total, mut notable, mut rows) = (lines.len() as u32, 0, Vec::new());
        for RedactionLine { number, record, scope, kind, parts, at, by, why } in lines.into_iter().rev() {
            let mut owing = Vec::new();
            for (concern, phone) in &phones {
                if phone.redacted.unwrap_or(0) < number && concern.is(t, record, scope, at)? {
                    owing.push(owes(phone, &names));
                }
            }
            notable += u32::from(owing.iter().any(|phone| !phone.revoked));
            let by = by.and_then(|by| names.get(&by)).cloned().unwrap_or_default();
            rows.push(Self { number, record, kind: Some(kind), parts, at, why, by, owing });
        }
        let rows = rows.into_iter().skip(ask.filter.skip as usize).take(ask.limit as usize).collect();
        Ok(Listed { rows, total, notable })
    }
}
